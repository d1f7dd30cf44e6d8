/* SPDX-License-Identifier: ISC */
/* Events as lines for people, and as JSON, as they come. */
#include <inttypes.h>
#include <json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/ctl.h"
#include "sroamctl/monitor.h"
#include "sroamctl/text.h"

#define TIME_TEXT	40

static const char	*event_name(const struct ctl_event *);
static void		 time_text(uint64_t, char [TIME_TEXT]);
static void		 clean(struct ctl_event *);
static bool		 has_mac(const struct ctl_event *);
static const char	*router(const struct monitor *,
			    const struct router_id *, const char *);
static void		 print_line(const struct monitor *,
			    const struct ctl_event *);
static void		 print_json(const struct monitor *,
			    const struct ctl_event *);
static void		 add_text(json_object *, const char *, const char *);
static void		 add_router(json_object *, const char *, const char *,
			    const struct router_id *, const char *);
static json_object	*addresses(const struct ctl_event *);

static const char *const names[CTL_EVENTS] = {
#define NAME(name, word, told)	[CTL_EVENT_##name] = word,
	CTL_EVENT_LIST(NAME)
#undef NAME
};

/* What `present' is about, for programs. */
static const char *const subjects[CTL_SUBJECTS] = {
	[CTL_ABOUT_STATION] = "station",
	[CTL_ABOUT_LEASE] = "lease",
	[CTL_ABOUT_ROUTER] = "router",
	[CTL_ABOUT_PEER] = "peer"
};

int
monitor_record(const struct monitor *m, uint32_t type, const void *data,
    size_t len)
{
	struct ctl_event e;

	if (type != CTL_EVENT || len != sizeof(e))
		return -1;
	memcpy(&e, data, sizeof(e));
	clean(&e);
	if (m->json)
		print_json(m, &e);
	else
		print_line(m, &e);
	return 0;
}

/* Names and texts come from other routers and stations. */
static void
clean(struct ctl_event *e)
{
	char *const texts[] = { e->scope.network, e->router_name,
	    e->from_name, e->interface, e->port, e->text };
	const size_t sizes[] = { sizeof(e->scope.network),
	    sizeof(e->router_name), sizeof(e->from_name),
	    sizeof(e->interface), sizeof(e->port), sizeof(e->text) };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		texts[i][sizes[i] - 1] = '\0';
		text_printable(texts[i]);
	}
	if (e->nprefixes > CTL_EVENT_PREFIXES)
		e->nprefixes = CTL_EVENT_PREFIXES;
}

static const char *
event_name(const struct ctl_event *e)
{
	return e->type < CTL_EVENTS ? names[e->type] : "?";
}

/* RFC 3339, section 5.6. */
static void
time_text(uint64_t ms, char text[TIME_TEXT])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	size_t n = 0;

	if (gmtime_r(&seconds, &tm) != NULL)
		n = strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, TIME_TEXT - n, ".%03uZ", (unsigned int)(ms % 1000));
}

static bool
has_mac(const struct ctl_event *e)
{
	static const struct mac none;

	return mac_cmp(&e->mac, &none) != 0;
}

/* NULL: none. */
static const char *
router(const struct monitor *m, const struct router_id *id, const char *name)
{
	if (router_id_is_none(id))
		return NULL;
	return m->numeric || name[0] == '\0' ? router_id_text(id) : name;
}

static void
print_line(const struct monitor *m, const struct ctl_event *e)
{
	char when[TIME_TEXT];
	const char *name;
	unsigned int i;

	time_text(e->time, when);
	fprintf(m->file, "%s %s", when, event_name(e));
	if (e->type == CTL_EVENT_PRESENT && e->about < CTL_SUBJECTS &&
	    subjects[e->about] != NULL)
		fprintf(m->file, " %s", subjects[e->about]);
	if (has_mac(e))
		fprintf(m->file, " %s", mac_text(&e->mac));
	for (i = 0; i < e->nprefixes; i++)
		fprintf(m->file, " %s", prefix_text(&e->prefixes[i]));
	if ((name = router(m, &e->from, e->from_name)) != NULL)
		fprintf(m->file, " from %s", name);
	if ((name = router(m, &e->router, e->router_name)) != NULL)
		fprintf(m->file, e->about == CTL_ABOUT_STATION ||
		    e->about == CTL_ABOUT_LEASE ? " at %s" : " %s", name);
	if (e->port[0] != '\0')
		fprintf(m->file, " on %s", e->port);
	if (e->scope.width > 0 && e->scope.network[0] != '\0')
		fprintf(m->file, " in %s", e->scope.network);
	if (e->type == CTL_EVENT_LOST)
		fprintf(m->file, " %" PRIu64 " events", e->count);
	if (e->text[0] != '\0')
		fprintf(m->file, " %s", e->text);
	fputc('\n', m->file);
	fflush(m->file);
}

static void
add_text(json_object *object, const char *key, const char *text)
{
	if (text[0] != '\0')
		json_object_object_add(object, key,
		    json_object_new_string(text));
}

static void
add_router(json_object *object, const char *key, const char *id_key,
    const struct router_id *id, const char *name)
{
	if (router_id_is_none(id))
		return;
	add_text(object, key, name);
	add_text(object, id_key, router_id_text(id));
}

static json_object *
addresses(const struct ctl_event *e)
{
	json_object *array = json_object_new_array();
	unsigned int i;

	for (i = 0; i < e->nprefixes; i++)
		json_object_array_add(array, json_object_new_string(
		    prefix_text(&e->prefixes[i])));
	return array;
}

/* A key whose value is not known is left out. */
static void
print_json(const struct monitor *m, const struct ctl_event *e)
{
	json_object *object = json_object_new_object();
	char when[TIME_TEXT];

	time_text(e->time, when);
	add_text(object, "time", when);
	add_text(object, "event", event_name(e));
	if (e->seq != 0)
		json_object_object_add(object, "seq",
		    json_object_new_uint64(e->seq));
	if (e->about < CTL_SUBJECTS && subjects[e->about] != NULL)
		add_text(object, "about", subjects[e->about]);
	add_text(object, "network", e->scope.network);
	if (has_mac(e))
		add_text(object, "mac", mac_text(&e->mac));
	if (e->about == CTL_ABOUT_STATION || e->about == CTL_ABOUT_LEASE)
		json_object_object_add(object, "addresses", addresses(e));
	add_router(object, "router", "router_id", &e->router, e->router_name);
	add_router(object, "from", "from_id", &e->from, e->from_name);
	add_text(object, "interface", e->interface);
	add_text(object, "port", e->port);
	if (e->type == CTL_EVENT_LOST)
		json_object_object_add(object, "count",
		    json_object_new_uint64(e->count));
	add_text(object, "text", e->text);
	fprintf(m->file, "%s\n", json_object_to_json_string_ext(object,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(m->file);
	json_object_put(object);
}
