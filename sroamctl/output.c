/* SPDX-License-Identifier: ISC */
/* Records as tables for people, and as JSON. */
#include <inttypes.h>
#include <json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sroamctl/output.h"
#include "sroamctl/record.h"
#include "sroamctl/text.h"

#define SCREEN		80
#define NARROW_NAME	17		/* of a router; a MAC address fits */
#define INDENT		"  "
#define VALUE_TEXT	320
#define LINE_HEADING	14		/* width, of vertical records */

/* Lines below a record, filled word by word. */
struct paragraph {
	FILE	*file;
	size_t	 column;	/* 0: nothing yet */
};

static void		 begin(struct output *);
static void		 print_headings(struct output *);
static void		 print_row(struct output *, const void *);
static size_t		 width_of(const struct output *,
			    const struct field *);
static void		 print_cell(struct output *, const struct field *,
			    const char *, size_t *);
static void		 print_details(struct output *, const void *);
static void		 print_lines(struct output *, const void *);
static void		 print_json(struct output *, const void *);
static void		 paragraph_add(struct paragraph *, const char *);
static void		 paragraph_pools(struct paragraph *,
			    const struct ctl_network *);
static void		 paragraph_names(struct paragraph *,
			    const struct field *, const void *);
static void		 paragraph_leases(struct paragraph *,
			    const struct ctl_station *);
static void		 find_scope(struct output *, const void *);
static bool		 is_column(const struct output *, const struct field *);
static void		 field_print(const struct field *, const void *, bool,
			    char *, size_t);
static int64_t		 field_signed(const struct field *, const void *);
static json_object	*field_json(const struct field *, const void *);
static json_object	*json_pools(const struct ctl_network *);
static json_object	*json_names(const struct field *, const void *);
static json_object	*json_leases(const struct ctl_station *);
static json_object	*json_text(const char *);
static bool		 name_at(const struct field *, const void *, size_t,
			    char [CTL_NETWORK_NAME]);
static bool		 is_zero(const void *, size_t);

void
output_init(struct output *out, enum ctl_type request, FILE *file, bool json,
    bool numeric)
{
	memset(out, 0, sizeof(*out));
	out->file = file;
	out->json = json;
	out->numeric = numeric;
	out->record = record_find(request);
}

int
output_record(struct output *out, uint32_t type, const void *data, size_t len)
{
	union ctl_record copy;		/* what was read may not be aligned */

	if (out->record == NULL || type != out->record->type ||
	    len != out->record->len)
		return -1;
	memcpy(&copy, data, len);
	if (!out->begun) {
		find_scope(out, &copy);
		begin(out);
	}
	if (out->json)
		print_json(out, &copy);
	else if (out->record->single)
		print_lines(out, &copy);
	else {
		print_row(out, &copy);
		print_details(out, &copy);
	}
	out->n++;
	return 0;
}

/* Whether there are several networks, by the first record. */
static void
find_scope(struct output *out, const void *data)
{
	const struct field *f;
	struct ctl_scope scope;

	for (f = out->record->fields; !field_is_last(f); f++) {
		if (f->type != FIELD_SCOPE)
			continue;
		memcpy(&scope, (const char *)data + f->offset, sizeof(scope));
		out->width = scope.width;
	}
}

static void
begin(struct output *out)
{
	out->begun = true;
	if (out->json)
		fprintf(out->file, out->record->single ? "{\"%s\":" :
		    "{\"%s\":[", out->record->key);
	else if (!out->record->single)
		print_headings(out);
}

void
output_end(struct output *out, bool ok)
{
	if (out->record == NULL) {
		if (out->json && ok)
			fprintf(out->file, "{\"ok\":true}\n");
		return;
	}
	if (!out->begun && ok)
		begin(out);
	if (!out->begun || !out->json)
		return;
	if (out->record->single)
		fprintf(out->file, out->n == 0 ? "null}\n" : "}\n");
	else
		fprintf(out->file, out->n == 0 ? "]}\n" : "\n]}\n");
}

static bool
is_column(const struct output *out, const struct field *field)
{
	return field->heading != NULL &&
	    (field->type != FIELD_SCOPE || out->width > 0);
}

static void
print_headings(struct output *out)
{
	const struct field *f;
	size_t pad = 0;

	for (f = out->record->fields; !field_is_last(f); f++)
		if (is_column(out, f))
			print_cell(out, f, f->heading, &pad);
	fputc('\n', out->file);
}

static void
print_row(struct output *out, const void *data)
{
	char text[VALUE_TEXT];
	const struct field *f;
	size_t pad = 0;

	for (f = out->record->fields; !field_is_last(f); f++) {
		if (!is_column(out, f))
			continue;
		field_print(f, data, out->numeric, text, sizeof(text));
		print_cell(out, f, text, &pad);
	}
	fputc('\n', out->file);
}

/* A table that has networks, too, is to fit a screen. */
static size_t
width_of(const struct output *out, const struct field *f)
{
	size_t width = (size_t)abs(f->width);

	if (f->type == FIELD_SCOPE)
		return width < out->width ? out->width : width;
	if ((f->flags & FIELD_NAME) && out->width > 0 && !out->numeric)
		return NARROW_NAME;
	return width;
}

/* pad: blanks to print before the text; none are printed at a line's end. */
static void
print_cell(struct output *out, const struct field *f, const char *text,
    size_t *pad)
{
	size_t width = width_of(out, f), len = strlen(text);
	size_t rest = len < width ? width - len : 0;

	if (f->width < 0)
		*pad += rest;
	fprintf(out->file, "%*s%s", (int)*pad, "", text);
	*pad = 1;
	if (f->width > 0)
		*pad += rest;
}

static void
print_details(struct output *out, const void *data)
{
	struct paragraph p = { out->file, 0 };
	char value[VALUE_TEXT], text[VALUE_TEXT + 64];
	const struct field *f;

	for (f = out->record->fields; !field_is_last(f); f++) {
		if (!(f->flags & FIELD_DETAIL))
			continue;
		if (f->type == FIELD_LEASES)
			paragraph_leases(&p, data);
		else if (f->type == FIELD_POOLS)
			paragraph_pools(&p, data);
		else if (f->type == FIELD_NAMES)
			paragraph_names(&p, f, data);
		if ((f->flags & FIELD_NONZERO) && f->make == NULL &&
		    is_zero((const char *)data + f->offset, f->size))
			continue;
		field_print(f, data, out->numeric, value, sizeof(value));
		if ((f->flags & FIELD_NONZERO) && strcmp(value, "-") == 0)
			continue;
		snprintf(text, sizeof(text), "%s%s%s", value,
		    f->label != NULL ? " " : "",
		    f->label != NULL ? f->label : "");
		paragraph_add(&p, text);
	}
	if (p.column > 0)
		fputc('\n', out->file);
}

static void
paragraph_pools(struct paragraph *p, const struct ctl_network *n)
{
	const struct ctl_pool *pool = n->pools;
	char text[PREFIX_TEXT + 80];

	for (; pool < n->pools + CTL_NETWORK_POOLS && pool->prefix.len > 0;
	    pool++) {
		snprintf(text, sizeof(text), "%s %" PRIu64 " of %" PRIu64,
		    prefix_text(&pool->prefix), pool->used, pool->size);
		paragraph_add(p, text);
	}
}

static void
paragraph_names(struct paragraph *p, const struct field *f, const void *data)
{
	char name[CTL_NETWORK_NAME], text[CTL_NETWORK_NAME + 32];
	size_t i;

	for (i = 0; name_at(f, data, i, name); i++) {
		snprintf(text, sizeof(text), "%s %s", f->label, name);
		paragraph_add(p, text);
	}
}

/* The i-th of a list of names, printable; false: there are no more. */
static bool
name_at(const struct field *f, const void *data, size_t i,
    char name[CTL_NETWORK_NAME])
{
	if (i >= f->size / CTL_NETWORK_NAME)
		return false;
	memcpy(name, (const char *)data + f->offset + i * CTL_NETWORK_NAME,
	    CTL_NETWORK_NAME);
	name[CTL_NETWORK_NAME - 1] = '\0';
	text_printable(name);
	return name[0] != '\0';
}

static void
paragraph_leases(struct paragraph *p, const struct ctl_station *s)
{
	char left[32], text[PREFIX_TEXT + 40];
	unsigned int i;

	for (i = 0; i < s->nprefixes && i < CTL_STATION_PREFIXES; i++) {
		text_duration((uint64_t)s->lifetimes[i] * 1000, left,
		    sizeof(left));
		snprintf(text, sizeof(text), "%s %s left",
		    prefix_text(&s->prefixes[i]), left);
		paragraph_add(p, text);
	}
}

static void
paragraph_add(struct paragraph *p, const char *text)
{
	size_t len = strlen(text);

	if (p->column > 0 && p->column + 2 + len < SCREEN)
		p->column += (size_t)fprintf(p->file, ", %s", text);
	else {
		if (p->column > 0)
			fprintf(p->file, ",\n");
		p->column = (size_t)fprintf(p->file, INDENT "%s", text);
	}
}

/* A single record: a line for each heading. */
static void
print_lines(struct output *out, const void *data)
{
	char text[VALUE_TEXT];
	const struct field *f;
	const char *heading = NULL;

	for (f = out->record->fields; !field_is_last(f); f++) {
		/*
		 * The heading of a field that is left out goes to the next
		 * field of its line.
		 */
		if (f->heading != NULL)
			heading = f->heading;
		if ((f->flags & FIELD_NONZERO) &&
		    is_zero((const char *)data + f->offset, f->size))
			continue;
		if (heading != NULL)
			fprintf(out->file, "%s%-*s",
			    f == out->record->fields ? "" : "\n",
			    LINE_HEADING, heading);
		else
			fputs(", ", out->file);
		heading = NULL;
		field_print(f, data, out->numeric, text, sizeof(text));
		fputs(text, out->file);
		if (f->label != NULL)
			fprintf(out->file, " %s", f->label);
	}
	fputc('\n', out->file);
}

static void
print_json(struct output *out, const void *data)
{
	json_object *object = json_object_new_object();
	const struct field *f;

	for (f = out->record->fields; !field_is_last(f); f++)
		if (f->key != NULL)
			json_object_object_add(object, f->key,
			    field_json(f, data));
	if (!out->record->single)
		fputs(out->n == 0 ? "\n" : ",\n", out->file);
	fputs(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
	    JSON_C_TO_STRING_NOSLASHESCAPE), out->file);
	json_object_put(object);
}

/* The value for people; "-": no value. */
static void
field_print(const struct field *f, const void *data, bool numeric, char *text,
    size_t size)
{
	const char *at = (const char *)data + f->offset;

	text[0] = '\0';
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_SCOPE:
		field_string(f, data, text, size);
		break;
	case FIELD_BOOL:
		strlcpy(text, field_number(f, data) ? "yes" : "no", size);
		break;
	case FIELD_NUMBER:
	case FIELD_COUNTER:
		snprintf(text, size, "%" PRIu64, field_number(f, data));
		break;
	case FIELD_SIGNED:
		snprintf(text, size, "%" PRId64, field_signed(f, data));
		break;
	case FIELD_ENUM:
		strlcpy(text, field_name(f, field_number(f, data)), size);
		break;
	case FIELD_SECONDS:
		text_duration(field_number(f, data) * 1000, text, size);
		break;
	case FIELD_MS:
		text_duration(field_number(f, data), text, size);
		break;
	case FIELD_OCTETS:
		text_octets(field_number(f, data), text, size);
		break;
	case FIELD_MAC:
		if (!is_zero(at, f->size))
			strlcpy(text, mac_text((const void *)at), size);
		break;
	case FIELD_ADDR:
		if (!is_zero(at, f->size))
			strlcpy(text, addr_text((const void *)at), size);
		break;
	case FIELD_PREFIX:
		strlcpy(text, prefix_text((const void *)at), size);
		break;
	case FIELD_ROUTER:
		if (!is_zero(at, f->size))
			strlcpy(text, router_id_text((const void *)at), size);
		break;
	case FIELD_MADE:
		f->make(data, numeric, text, size);
		text_printable(text);
		break;
	case FIELD_LEASES:
	case FIELD_POOLS:
	case FIELD_NAMES:
		break;
	}
	if (text[0] == '\0')
		strlcpy(text, "-", size);
}

static json_object *
field_json(const struct field *f, const void *data)
{
	const char *at = (const char *)data + f->offset;
	char text[VALUE_TEXT];

	switch (f->type) {
	case FIELD_BOOL:
		return json_object_new_boolean(field_number(f, data) != 0);
	case FIELD_NUMBER:
	case FIELD_COUNTER:
	case FIELD_SECONDS:
	case FIELD_MS:
	case FIELD_OCTETS:
		return json_object_new_uint64(field_number(f, data));
	case FIELD_SIGNED:
		return json_object_new_int64(field_signed(f, data));
	case FIELD_ENUM:
		return json_text(field_name(f, field_number(f, data)));
	case FIELD_TEXT:
	case FIELD_SCOPE:
		field_string(f, data, text, sizeof(text));
		return json_text(text);
	case FIELD_PREFIX:
		return json_text(prefix_text((const void *)at));
	case FIELD_LEASES:
		return json_leases(data);
	case FIELD_POOLS:
		return json_pools(data);
	case FIELD_NAMES:
		return json_names(f, data);
	case FIELD_MADE:
		text[0] = '\0';
		f->make(data, false, text, sizeof(text));
		text_printable(text);
		return json_text(text);
	default:
		break;
	}
	/* Addresses of all types: none is all zeroes. */
	if (is_zero(at, f->size))
		return NULL;
	field_print(f, data, true, text, sizeof(text));
	return json_text(text);
}

static json_object *
json_leases(const struct ctl_station *s)
{
	json_object *list = json_object_new_array(), *lease;
	unsigned int i;

	for (i = 0; i < s->nprefixes && i < CTL_STATION_PREFIXES; i++) {
		lease = json_object_new_object();
		json_object_object_add(lease, "prefix",
		    json_text(prefix_text(&s->prefixes[i])));
		json_object_object_add(lease, "remaining_seconds",
		    json_object_new_uint64(s->lifetimes[i]));
		json_object_array_add(list, lease);
	}
	return list;
}

static json_object *
json_pools(const struct ctl_network *n)
{
	json_object *list = json_object_new_array(), *one;
	const struct ctl_pool *pool = n->pools;

	for (; pool < n->pools + CTL_NETWORK_POOLS && pool->prefix.len > 0;
	    pool++) {
		one = json_object_new_object();
		json_object_object_add(one, "prefix",
		    json_text(prefix_text(&pool->prefix)));
		json_object_object_add(one, "size",
		    json_object_new_uint64(pool->size));
		json_object_object_add(one, "used",
		    json_object_new_uint64(pool->used));
		json_object_array_add(list, one);
	}
	return list;
}

static json_object *
json_names(const struct field *f, const void *data)
{
	json_object *list = json_object_new_array();
	char name[CTL_NETWORK_NAME];
	size_t i;

	for (i = 0; name_at(f, data, i, name); i++)
		json_object_array_add(list, json_object_new_string(name));
	return list;
}

/* null: no value. */
static json_object *
json_text(const char *text)
{
	return text[0] == '\0' ? NULL : json_object_new_string(text);
}

static int64_t
field_signed(const struct field *f, const void *data)
{
	int32_t n;

	memcpy(&n, (const char *)data + f->offset, sizeof(n));
	return n;
}

static bool
is_zero(const void *data, size_t len)
{
	const uint8_t *octets = data;
	size_t i;

	for (i = 0; i < len; i++)
		if (octets[i] != 0)
			return false;
	return true;
}
