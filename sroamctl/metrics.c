/* SPDX-License-Identifier: ISC */
/* Records as metrics, in the OpenMetrics format. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sroamctl/metrics.h"
#include "sroamctl/record.h"

#define LABELS_TEXT	512
#define VALUE_TEXT	256

/* The records of one kind, each with its labels. */
struct answer {
	const struct record	*record;
	size_t			 n;
	struct measured {
		void	*data;
		char	 labels[LABELS_TEXT];
	}		*measured;
};

static const enum ctl_type requests[] = {
	CTL_SHOW_STATUS, CTL_SHOW_INTERFACES, CTL_SHOW_PEERS,
	CTL_SHOW_ROUTERS, CTL_SHOW_MEMORY, CTL_SHOW_NETWORKS
};

#define ANSWERS	(sizeof(requests) / sizeof(requests[0]))

struct metrics {
	struct answer	answers[ANSWERS];
	size_t		asked;		/* requests sent so far */
};

static bool	is_foreign(uint32_t, const void *);
static void	label(const struct record *, const void *, char *, size_t);
static void	label_value(const struct field *, const void *, char *, size_t);
static bool	is_label(const struct record *, const struct field *);
static void	print_info(const struct answer *, FILE *);
static void	print_field(const struct answer *, const struct field *,
		    FILE *);
static void	print_states(const char *, const struct measured *,
		    const struct field *, FILE *);
static uint64_t	value(const struct field *, const void *);
static void	family(const struct record *, const struct field *, char *,
		    size_t);

struct metrics *
metrics_new(void)
{
	struct metrics *m;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		err(1, NULL);
	return m;
}

void
metrics_free(struct metrics *m)
{
	struct answer *a;
	size_t i;

	for (a = m->answers; a < m->answers + ANSWERS; a++) {
		for (i = 0; i < a->n; i++)
			free(a->measured[i].data);
		free(a->measured);
	}
	free(m);
}

enum ctl_type
metrics_next(struct metrics *m)
{
	if (m->asked == ANSWERS)
		return CTL_NONE;
	m->answers[m->asked].record = record_find(requests[m->asked]);
	return requests[m->asked++];
}

int
metrics_record(struct metrics *m, uint32_t type, const void *data, size_t len)
{
	struct answer *a = &m->answers[m->asked - 1];
	const struct ctl_peer *peer = data;
	struct measured *new;
	size_t i;

	if (type != a->record->type || len != a->record->len)
		return -1;
	/* Its router has a record of the connection that there is. */
	if (is_foreign(type, data) ||
	    (type == CTL_PEER && peer->state == CTL_PEER_OTHER_WAY))
		return 0;
	new = reallocarray(a->measured, a->n + 1, sizeof(*new));
	if (new == NULL)
		err(1, NULL);
	a->measured = new;
	new += a->n;
	if ((new->data = malloc(len)) == NULL)
		err(1, NULL);
	memcpy(new->data, data, len);
	label(a->record, new->data, new->labels, sizeof(new->labels));
	/*
	 * Two records of one name would make the output invalid: the first
	 * counts.
	 */
	for (i = 0; i < a->n; i++)
		if (strcmp(a->measured[i].labels, new->labels) == 0) {
			free(new->data);
			return 0;
		}
	a->n++;
	return 0;
}

/*
 * Networks that are not configured here: a peer could make up any number of
 * names, each of which would be a series of its own.
 */
static bool
is_foreign(uint32_t type, const void *data)
{
	struct ctl_network network;

	if (type != CTL_NETWORK)
		return false;
	memcpy(&network, data, sizeof(network));
	return !network.configured;
}

/* router="ap1",address="10.1.1.2" */
static void
label(const struct record *record, const void *data, char *text, size_t size)
{
	const struct field *f;
	char one[VALUE_TEXT + 32], what[VALUE_TEXT];
	size_t i;

	text[0] = '\0';
	for (i = 0; record->labels[i].key != NULL; i++) {
		for (f = record->fields; f->key == NULL ||
		    strcmp(f->key, record->labels[i].key) != 0; f++)
			;
		label_value(f, data, what, sizeof(what));
		snprintf(one, sizeof(one), "%s%s=\"%s\"", i > 0 ? "," : "",
		    record->labels[i].name, what);
		strlcat(text, one, size);
	}
}

/*
 * Stations and peers choose their names: quotes and backslashes are replaced.
 */
static void
label_value(const struct field *f, const void *data, char *text, size_t size)
{
	const char *at = (const char *)data + f->offset;

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_SCOPE:
		field_string(f, data, text, size);
		break;
	case FIELD_ENUM:
		strlcpy(text, field_name(f, field_number(f, data)), size);
		break;
	case FIELD_ROUTER:
		strlcpy(text, router_id_is_none((const void *)at) ? "" :
		    router_id_text((const void *)at), size);
		break;
	case FIELD_ADDR:
		strlcpy(text, addr_is_none((const void *)at) ? "" :
		    addr_text((const void *)at), size);
		break;
	default:
		text[0] = '\0';
	}
	for (; *text != '\0'; text++)
		if (*text == '"' || *text == '\\')
			*text = '?';
}

void
metrics_print(const struct metrics *m, FILE *file)
{
	const struct answer *a;
	const struct field *f;

	for (a = m->answers; a < m->answers + ANSWERS; a++) {
		if (a->n == 0)
			continue;
		if (a->record->single)
			print_info(a, file);
		for (f = a->record->fields; !field_is_last(f); f++)
			if (f->key != NULL && !is_label(a->record, f) &&
			    !(f->flags & FIELD_IDENTITY))
				print_field(a, f, file);
	}
	fputs("# EOF\n", file);
}

static bool
is_label(const struct record *record, const struct field *f)
{
	size_t i;

	for (i = 0; record->labels[i].key != NULL; i++)
		if (strcmp(record->labels[i].key, f->key) == 0)
			return true;
	return false;
}

static void
print_info(const struct answer *a, FILE *file)
{
	fprintf(file, "# TYPE sroamd_info gauge\nsroamd_info{%s} 1\n",
	    a->measured[0].labels);
}

/*
 * A family: its kind and unit, and a sample of each record.  Counters and
 * gauges only, which readers of Prometheus's older format understand, too.
 */
static void
print_field(const struct answer *a, const struct field *f, FILE *file)
{
	const struct measured *m;
	const char *kind = "gauge", *unit = NULL, *add = "";
	char name[VALUE_TEXT];

	switch (f->type) {
	case FIELD_COUNTER:
		kind = "counter";
		add = "_total";
		break;
	case FIELD_SECONDS:
		unit = "seconds";
		break;
	case FIELD_OCTETS:
		unit = "bytes";
		break;
	case FIELD_TEXT:		/* of a fault: 1 if there is one */
		if (!(f->flags & FIELD_NONZERO))
			return;
		break;
	case FIELD_BOOL:
	case FIELD_NUMBER:
	case FIELD_ENUM:
		break;
	default:
		return;
	}
	family(a->record, f, name, sizeof(name));
	fprintf(file, "# TYPE %s %s\n", name, kind);
	if (unit != NULL)
		fprintf(file, "# UNIT %s %s\n", name, unit);
	for (m = a->measured; m < a->measured + a->n; m++)
		if (f->type == FIELD_ENUM)
			print_states(name, m, f, file);
		else if (a->record->single)
			fprintf(file, "%s%s %" PRIu64 "\n", name, add,
			    value(f, m->data));
		else
			fprintf(file, "%s%s{%s} %" PRIu64 "\n", name, add,
			    m->labels, value(f, m->data));
}

/* One state has the value 1, the others 0. */
static void
print_states(const char *name, const struct measured *m,
    const struct field *f, FILE *file)
{
	uint64_t i, is = field_number(f, m->data);

	for (i = 0; f->names[i] != NULL; i++)
		fprintf(file, "%s{%s,is=\"%s\"} %d\n", name, m->labels,
		    f->names[i], i == is);
}

static uint64_t
value(const struct field *f, const void *data)
{
	if (f->type == FIELD_TEXT)
		return *((const char *)data + f->offset) != '\0';
	return field_number(f, data);
}

/* sroamd_interface_sent; sizes are in bytes there. */
static void
family(const struct record *record, const struct field *f, char *name,
    size_t size)
{
	static const char octets[] = "_octets";
	size_t len;

	snprintf(name, size, "sroamd_%s%s", record->metrics, f->key);
	len = strlen(name);
	if (len > sizeof(octets) - 1 &&
	    strcmp(name + len - (sizeof(octets) - 1), octets) == 0) {
		name[len - (sizeof(octets) - 1)] = '\0';
		strlcat(name, "_bytes", size);
	}
}
