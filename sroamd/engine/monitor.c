/* SPDX-License-Identifier: ISC */
/* Events for the listeners of the control socket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "core/core.h"
#include "engine/monitor.h"
#include "engine/session/session.h"
#include "ipc/pipe.h"

/* Of events, to the frontend, octets: less than what stations may take. */
#define QUEUE_MAX	(2u * 1024 * 1024)

struct monitor {
	struct core	*core;
	struct sessions	*sessions;
	bool		 listened;
	uint64_t	 seq;		/* of the last event */
	uint64_t	 lost;		/* that had no room */
};

typedef int	present_fn(struct monitor *, struct ctl_cursor *,
		    struct ctl_event *);

static present_fn	station, lease, router, peer, live;

/* All that is told of how things are, in this order. */
static present_fn *const parts[] = { station, lease, router, peer, live };

struct monitor *
monitor_new(struct core *core, struct sessions *sessions)
{
	struct monitor	*m;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		return NULL;
	m->core = core;
	m->sessions = sessions;
	return m;
}

void
monitor_free(struct monitor *m)
{
	free(m);
}

void
monitor_listen(struct monitor *m, bool listened)
{
	m->listened = listened;
	m->lost = 0;
	core_listen(m->core, listened);
}

void
monitor_tell(struct monitor *m, struct pipe *pipe, const struct ctl_event *what)
{
	struct ctl_event	e = *what;

	if (!m->listened || pipe == NULL)
		return;
	monitor_resume(m, pipe);
	m->seq++;
	if (!pipe_below(pipe, QUEUE_MAX)) {
		m->lost++;
		return;
	}
	e.seq = m->seq;
	e.time = (uint64_t)clock_wall();
	pipe_send(pipe, CTL_EVENT, 0, -1, &e, sizeof(e));
}

void
monitor_say(struct monitor *m, struct pipe *pipe, enum ctl_event_type type,
    const char *text)
{
	struct ctl_event	e = { .type = (uint8_t)type };

	if (!m->listened)
		return;
	strlcpy(e.text, text, sizeof(e.text));
	monitor_tell(m, pipe, &e);
}

void
monitor_resume(struct monitor *m, struct pipe *pipe)
{
	struct ctl_event	e = { .type = CTL_EVENT_LOST };

	if (m->lost == 0 || !pipe_below(pipe, QUEUE_MAX / 2))
		return;
	e.seq = m->seq;
	e.time = (uint64_t)clock_wall();
	e.count = m->lost;
	m->lost = 0;
	pipe_send(pipe, CTL_EVENT, 0, -1, &e, sizeof(e));
}

int
monitor_next(struct monitor *m, struct ctl_cursor *cursor,
    struct ctl_event *e)
{
	while (cursor->part < sizeof(parts) / sizeof(parts[0])) {
		memset(e, 0, sizeof(*e));
		e->time = (uint64_t)clock_wall();
		if (parts[cursor->part](m, cursor, e))
			return 1;
		cursor->part++;
		cursor->started = cursor->len = 0;
	}
	return 0;
}

static int
station(struct monitor *m, struct ctl_cursor *cursor, struct ctl_event *e)
{
	struct ctl_station	s;

	do {
		if (!core_show_station(m->core, cursor, &s, clock_monotime()))
			return 0;
	} while (router_id_is_none(&s.router));
	e->about = CTL_ABOUT_STATION;
	e->scope = s.scope;
	e->mac = s.mac;
	e->nprefixes = s.nprefixes;
	memcpy(e->prefixes, s.prefixes, sizeof(e->prefixes));
	e->router = s.router;
	memcpy(e->router_name, s.router_name, sizeof(e->router_name));
	memcpy(e->interface, s.interface, sizeof(e->interface));
	memcpy(e->port, s.port, sizeof(e->port));
	return 1;
}

static int
lease(struct monitor *m, struct ctl_cursor *cursor, struct ctl_event *e)
{
	struct ctl_lease	l;

	do {
		if (!core_show_lease(m->core, cursor, &l, clock_monotime()))
			return 0;
	} while (l.state != CTL_LEASE_VALID);
	e->about = CTL_ABOUT_LEASE;
	e->scope = l.scope;
	e->mac = l.mac;
	e->nprefixes = 1;
	e->prefixes[0] = l.prefix;
	e->router = l.router;
	memcpy(e->router_name, l.router_name, sizeof(e->router_name));
	return 1;
}

static int
router(struct monitor *m, struct ctl_cursor *cursor, struct ctl_event *e)
{
	struct ctl_router	r;

	do {
		if (!core_show_router(m->core, cursor, &r, clock_monotime()))
			return 0;
	} while (r.self || r.silent || !r.known);
	e->about = CTL_ABOUT_ROUTER;
	e->router = r.id;
	memcpy(e->router_name, r.name, sizeof(e->router_name));
	return 1;
}

static int
peer(struct monitor *m, struct ctl_cursor *cursor, struct ctl_event *e)
{
	struct ctl_peer	p;

	do {
		if (!sessions_show(m->sessions, cursor, &p))
			return 0;
	} while (p.state != CTL_PEER_UP);
	e->about = CTL_ABOUT_PEER;
	e->router = p.router;
	core_name_router(m->core, &p.router, e->router_name,
	    sizeof(e->router_name));
	snprintf(e->text, sizeof(e->text), "%s port %u", addr_text(&p.addr),
	    p.port);
	return 1;
}

/* The last one. */
static int
live(struct monitor *m, struct ctl_cursor *cursor, struct ctl_event *e)
{
	(void)m;
	if (cursor->started)
		return 0;
	cursor->started = 1;
	e->type = CTL_EVENT_LIVE;
	return 1;
}
