/* SPDX-License-Identifier: ISC */
/* Answers to sroamctl, sent through the frontend as fast as it takes them. */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "common/clock.h"
#include "common/nomem.h"
#include "engine/engine.h"
#include "engine/monitor.h"
#include "ipc/listing.h"
#include "proc/memory.h"

struct engine_ctl {
	struct core	*core;
	struct sessions	*sessions;
	struct monitor	*monitor;
	struct listings	*listings;
	struct event	*again;		/* the listings have more to look at */
	struct pipe	*pipe;		/* to the frontend; NULL: gone */
};

typedef int	next_fn(void *, struct ctl_cursor *, void *);
typedef void	request_fn(struct engine_ctl *, struct pipe *,
		    uint32_t client, const struct ctl_request *);

static next_fn	next_lease, next_station, next_router, next_peer, next_roam,
		next_network, next_event;
static bool	wanted_lease(const struct ctl_request *, const void *);
static bool	wanted_station(const struct ctl_request *, const void *);
static bool	wanted_roam(const struct ctl_request *, const void *);
static bool	has_router(struct engine_ctl *, const char *);
static void	again(void *);
static void	look_again(evutil_socket_t, short, void *);
static request_fn status, memory, drops, disassociate, clear_lease, retire,
		clear_router;

static const struct listing_kind lists[CTL_REQUESTS] = {
	[CTL_SHOW_LEASES] = { CTL_LEASE, sizeof(struct ctl_lease),
	    next_lease, wanted_lease },
	[CTL_SHOW_STATIONS] = { CTL_STATION, sizeof(struct ctl_station),
	    next_station, wanted_station },
	[CTL_SHOW_ROUTERS] = { CTL_ROUTER, sizeof(struct ctl_router),
	    next_router, NULL },
	[CTL_SHOW_PEERS] = { CTL_PEER, sizeof(struct ctl_peer), next_peer,
	    NULL },
	[CTL_SHOW_ROAMS] = { CTL_ROAM, sizeof(struct ctl_roam), next_roam,
	    wanted_roam },
	[CTL_SHOW_NETWORKS] = { CTL_NETWORK, sizeof(struct ctl_network),
	    next_network, NULL },
	[CTL_MONITOR] = { CTL_EVENT, sizeof(struct ctl_event), next_event,
	    NULL }
};

static request_fn *const requests[CTL_REQUESTS] = {
	[CTL_SHOW_STATUS] = status,
	[CTL_SHOW_MEMORY] = memory,
	[CTL_SHOW_INTERFACES] = drops,
	[CTL_DISASSOCIATE] = disassociate,
	[CTL_CLEAR_LEASE] = clear_lease,
	[CTL_CLEAR_ROUTER] = clear_router,
	[CTL_RETIRE] = retire
};

struct engine_ctl *
engine_ctl_new(struct event_base *base, struct core *core,
    struct sessions *sessions, struct monitor *monitor)
{
	struct engine_ctl	*ctl;

	if ((ctl = calloc(1, sizeof(*ctl))) == NULL)
		return NULL;
	ctl->core = core;
	ctl->sessions = sessions;
	ctl->monitor = monitor;
	ctl->again = evtimer_new(base, look_again, ctl);
	ctl->listings = listings_new(ctl, again);
	if (ctl->again == NULL || ctl->listings == NULL) {
		engine_ctl_free(ctl);
		return NULL;
	}
	return ctl;
}

void
engine_ctl_free(struct engine_ctl *ctl)
{
	if (ctl == NULL)
		return;
	listings_free(ctl->listings);
	if (ctl->again != NULL)
		event_free(ctl->again);
	free(ctl);
}

void
engine_ctl_request(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ipc_ctl *req)
{
	ctl->pipe = pipe;
	if (!has_router(ctl, req->request.router))
		listing_end(pipe, client, "%s: no such router",
		    req->request.router);
	else if (lists[req->type].next != NULL)
		listings_start(ctl->listings, pipe, client, &lists[req->type],
		    &req->request);
	else if (requests[req->type] != NULL)
		requests[req->type](ctl, pipe, client, &req->request);
	else
		listing_end(pipe, client, "request %u is not for the engine",
		    req->type);
}

void
engine_ctl_gone(struct engine_ctl *ctl)
{
	if (ctl != NULL)
		ctl->pipe = NULL;
}

void
engine_ctl_early(struct pipe *pipe, uint32_t client)
{
	listing_end(pipe, client, "still starting");
}

void
engine_ctl_resume(struct engine_ctl *ctl, struct pipe *pipe)
{
	listings_resume(ctl->listings, pipe);
}

void
engine_ctl_more(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    uint32_t records)
{
	listings_more(ctl->listings, pipe, client, records);
}

static void
again(void *arg)
{
	struct engine_ctl	*ctl = arg;
	const struct timeval	 now = { 0, 0 };

	if (evtimer_add(ctl->again, &now) == -1)
		nomem("a timer");
}

static void
look_again(evutil_socket_t fd, short what, void *arg)
{
	struct engine_ctl	*ctl = arg;

	(void)fd;
	(void)what;
	if (ctl->pipe != NULL)
		listings_resume(ctl->listings, ctl->pipe);
}

/* What is asked for. */

static bool
is_router(const char *want, const struct router_id *id, const char *name)
{
	return want[0] == '\0' || strcmp(want, name) == 0 ||
	    (!router_id_is_none(id) && strcmp(want, router_id_text(id)) == 0);
}

static bool
is_mac(const struct ctl_request *want, const struct mac *mac)
{
	return !mac_is_station(&want->mac) || mac_cmp(&want->mac, mac) == 0;
}

static bool
wanted_lease(const struct ctl_request *want, const void *record)
{
	const struct ctl_lease	*l = record;

	return is_mac(want, &l->mac) &&
	    is_router(want->router, &l->router, l->router_name) &&
	    (!want->has_prefix || prefix_covers(&want->prefix, &l->prefix) ||
	    prefix_covers(&l->prefix, &want->prefix));
}

static bool
wanted_station(const struct ctl_request *want, const void *record)
{
	const struct ctl_station	*s = record;

	return is_mac(want, &s->mac) &&
	    is_router(want->router, &s->router, s->router_name);
}

static bool
wanted_roam(const struct ctl_request *want, const void *record)
{
	const struct ctl_roam	*r = record;

	return is_mac(want, &r->mac);
}

/* Of this name or id, or none is asked for. */
static bool
has_router(struct engine_ctl *ctl, const char *want)
{
	struct ctl_cursor	cursor;
	struct ctl_router	r;

	memset(&cursor, 0, sizeof(cursor));
	if (want[0] == '\0')
		return true;
	while (core_show_router(ctl->core, &cursor, &r, clock_monotime()))
		if (is_router(want, &r.id, r.name))
			return true;
	return false;
}

/* Long answers. */

static int
next_lease(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct engine_ctl	*ctl = arg;

	return core_show_lease(ctl->core, cursor, record, clock_monotime());
}

static int
next_station(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct engine_ctl	*ctl = arg;

	return core_show_station(ctl->core, cursor, record, clock_monotime());
}

static int
next_router(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct engine_ctl	*ctl = arg;
	struct ctl_router	*r = record;

	if (!core_show_router(ctl->core, cursor, r, clock_monotime()))
		return 0;
	sessions_router(ctl->sessions, r);
	core_name_router(ctl->core, &r->via, r->via_name,
	    sizeof(r->via_name));
	return 1;
}

static int
next_peer(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct engine_ctl	*ctl = arg;
	struct ctl_peer		*r = record;

	if (!sessions_show(ctl->sessions, cursor, r))
		return 0;
	core_name_router(ctl->core, &r->router, r->router_name,
	    sizeof(r->router_name));
	return 1;
}

static int
next_roam(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct engine_ctl	*ctl = arg;

	return core_show_roam(ctl->core, cursor, record, clock_monotime());
}

static int
next_network(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct engine_ctl	*ctl = arg;

	return core_show_network(ctl->core, cursor, record, clock_monotime());
}

static int
next_event(void *arg, struct ctl_cursor *cursor, void *record)
{
	struct engine_ctl	*ctl = arg;

	return monitor_next(ctl->monitor, cursor, record);
}

/* Requests that are answered at once. */

static void
status(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ctl_request *arg)
{
	struct ctl_status	s;

	(void)arg;
	core_show_status(ctl->core, &s, clock_monotime());
	sessions_status(ctl->sessions, &s);
	sessions_show_status(ctl->sessions, &s);
	s.memory_refused = nomem_count();
	listing_one(pipe, client, CTL_STATUS, &s, sizeof(s));
}

static void
memory(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ctl_request *arg)
{
	struct ctl_memory	m;

	(void)arg;
	memset(&m, 0, sizeof(m));
	memory_fill(&m, CTL_ENGINE);
	core_show_memory(ctl->core, &m.objects, &m.object_bytes);
	listing_one(pipe, client, CTL_MEMORY, &m, sizeof(m));
}

/*
 * The frontend answers for interfaces; it gets the counters of dropped
 * messages.
 */
static void
drops(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ctl_request *arg)
{
	struct ipc_drops	d;

	(void)arg;
	memset(&d, 0, sizeof(d));
	while (core_show_drops(ctl->core, &d.ifindex, d.count))
		pipe_send(pipe, IPC_DROPS, 0, -1, &d, sizeof(d));
	listing_end(pipe, client, NULL);
}

static void
disassociate(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ctl_request *arg)
{
	switch (core_disassociate(ctl->core, arg->network, &arg->mac,
	    clock_monotime())) {
	case 0:
		listing_end(pipe, client, NULL);
		break;
	case -1:
		listing_end(pipe, client, "%s: no such station here",
		    mac_text(&arg->mac));
		break;
	default:
		listing_end(pipe, client, "%s: no hostapd is attached that "
		    "could drop it", mac_text(&arg->mac));
		break;
	}
}

static void
clear_lease(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ctl_request *arg)
{
	if (core_clear_lease(ctl->core, arg->network,
	    arg->has_prefix ? &arg->prefix : NULL, &arg->mac,
	    clock_monotime()) == 0)
		listing_end(pipe, client, NULL);
	else
		listing_end(pipe, client, "%s: no such lease",
		    arg->has_prefix ? prefix_text(&arg->prefix) :
		    mac_text(&arg->mac));
}

static void
retire(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ctl_request *arg)
{
	(void)arg;
	core_retire(ctl->core, clock_monotime());
	listing_end(pipe, client, NULL);
}

/* A router that was replaced has the name of its successor: by id then. */
static void
clear_router(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ctl_request *arg)
{
	monotime_t		now = clock_monotime();
	struct ctl_cursor	cursor;
	struct ctl_router	r, found;
	uint32_t		heard, n = 0;

	memset(&cursor, 0, sizeof(cursor));
	while (core_show_router(ctl->core, &cursor, &r, now))
		if (is_router(arg->router, &r.id, r.name)) {
			found = r;
			n++;
		}
	if (n != 1) {
		listing_end(pipe, client, n == 0 ? "%s: no such router" :
		    "%s: routers of this name are several, write the id of "
		    "one", arg->router);
		return;
	}
	switch (core_clear_router(ctl->core, &found.id, &heard, now)) {
	case 0:
		listing_end(pipe, client, NULL);
		break;
	case -1:
		listing_end(pipe, client, "%s: this router, or one of which "
		    "nothing is held", arg->router);
		break;
	default:
		listing_end(pipe, client, "%s: was heard of %u s ago and would "
		    "be back: stop it first, or deny it", arg->router, heard);
		break;
	}
}
