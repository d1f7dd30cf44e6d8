/* SPDX-License-Identifier: ISC */
#include <sys/queue.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/engine.h"
#include "proc/memory.h"

/* A listing under way; its place in the table is kept by key. */
struct listing {
	TAILQ_ENTRY(listing)	 entry;
	uint32_t		 client, type;
	struct ctl_cursor	 cursor;
};

TAILQ_HEAD(listings, listing);

struct engine_ctl {
	struct core	*core;
	struct sessions	*sessions;
	struct listings	 listings;
};

union record {
	struct ctl_lease	 lease;
	struct ctl_station	 station;
	struct ctl_router	 router;
	struct ctl_peer		 peer;
	struct ctl_roam		 roam;
};

static int	next_lease(struct engine_ctl *, struct ctl_cursor *,
		    union record *);
static int	next_station(struct engine_ctl *, struct ctl_cursor *,
		    union record *);
static int	next_router(struct engine_ctl *, struct ctl_cursor *,
		    union record *);
static int	next_peer(struct engine_ctl *, struct ctl_cursor *,
		    union record *);
static int	next_roam(struct engine_ctl *, struct ctl_cursor *,
		    union record *);
static void	end(struct pipe *, uint32_t, const char *, ...)
		    __attribute__((format(printf, 3, 4)));
static void	status(struct engine_ctl *, struct pipe *, uint32_t);
static void	memory(struct engine_ctl *, struct pipe *, uint32_t);
static void	drops(struct engine_ctl *, struct pipe *, uint32_t);

static const struct {
	uint32_t	 request;	/* CTL_SHOW_* */
	uint32_t	 answer;	/* CTL_* */
	size_t		 len;
	int		(*next)(struct engine_ctl *, struct ctl_cursor *,
			    union record *);
} lists[] = {
	{ CTL_SHOW_LEASES, CTL_LEASE, sizeof(struct ctl_lease),
	    next_lease },
	{ CTL_SHOW_STATIONS, CTL_STATION, sizeof(struct ctl_station),
	    next_station },
	{ CTL_SHOW_ROUTERS, CTL_ROUTER, sizeof(struct ctl_router),
	    next_router },
	{ CTL_SHOW_PEERS, CTL_PEER, sizeof(struct ctl_peer), next_peer },
	{ CTL_SHOW_ROAMS, CTL_ROAM, sizeof(struct ctl_roam), next_roam },
};

#define NLISTS	(sizeof(lists) / sizeof(lists[0]))

struct engine_ctl *
engine_ctl_new(struct core *core, struct sessions *sessions)
{
	struct engine_ctl	*ctl;

	if ((ctl = calloc(1, sizeof(*ctl))) == NULL)
		return NULL;
	ctl->core = core;
	ctl->sessions = sessions;
	TAILQ_INIT(&ctl->listings);
	return ctl;
}

void
engine_ctl_free(struct engine_ctl *ctl)
{
	struct listing	*l;

	if (ctl == NULL)
		return;
	while ((l = TAILQ_FIRST(&ctl->listings)) != NULL) {
		TAILQ_REMOVE(&ctl->listings, l, entry);
		free(l);
	}
	free(ctl);
}

static int
next_lease(struct engine_ctl *ctl, struct ctl_cursor *cursor,
    union record *r)
{
	return core_show_lease(ctl->core, cursor, &r->lease,
	    clock_monotime());
}

static int
next_station(struct engine_ctl *ctl, struct ctl_cursor *cursor,
    union record *r)
{
	return core_show_station(ctl->core, cursor, &r->station,
	    clock_monotime());
}

static int
next_router(struct engine_ctl *ctl, struct ctl_cursor *cursor,
    union record *r)
{
	if (!core_show_router(ctl->core, cursor, &r->router,
	    clock_monotime()))
		return 0;
	sessions_router(ctl->sessions, &r->router);
	core_name_router(ctl->core, &r->router.via, r->router.via_name,
	    sizeof(r->router.via_name));
	return 1;
}

static int
next_peer(struct engine_ctl *ctl, struct ctl_cursor *cursor, union record *r)
{
	if (!sessions_show(ctl->sessions, cursor, &r->peer))
		return 0;
	core_name_router(ctl->core, &r->peer.router, r->peer.router_name,
	    sizeof(r->peer.router_name));
	return 1;
}

static int
next_roam(struct engine_ctl *ctl, struct ctl_cursor *cursor, union record *r)
{
	return core_show_roam(ctl->core, cursor, &r->roam, clock_monotime());
}

/* The last word to a client: why it failed, or (NULL) that it did not. */
static void
end(struct pipe *pipe, uint32_t client, const char *fmt, ...)
{
	struct ctl_end	e;
	va_list		ap;

	memset(&e, 0, sizeof(e));
	if (fmt != NULL) {
		e.error = 1;
		va_start(ap, fmt);
		vsnprintf(e.text, sizeof(e.text), fmt, ap);
		va_end(ap);
	}
	pipe_send(pipe, CTL_END, client, -1, &e, sizeof(e));
}

static void
status(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client)
{
	struct ctl_status	s;

	core_show_status(ctl->core, &s, clock_monotime());
	sessions_status(ctl->sessions, &s);
	sessions_show_status(ctl->sessions, &s);
	s.memory_refused = nomem_count();
	pipe_send(pipe, CTL_STATUS, client, -1, &s, sizeof(s));
	end(pipe, client, NULL);
}

static void
memory(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client)
{
	struct ctl_memory	m;

	memset(&m, 0, sizeof(m));
	memory_fill(&m, CTL_ENGINE);
	core_show_memory(ctl->core, &m.objects, &m.object_bytes);
	pipe_send(pipe, CTL_MEMORY, client, -1, &m, sizeof(m));
	end(pipe, client, NULL);
}

/* The frontend shows interfaces; it is told what of theirs was dropped here. */
static void
drops(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client)
{
	struct ipc_drops	d;

	memset(&d, 0, sizeof(d));
	while (core_show_drops(ctl->core, &d.ifindex, d.count))
		pipe_send(pipe, IPC_DROPS, 0, -1, &d, sizeof(d));
	end(pipe, client, NULL);
}

void
engine_ctl_early(struct pipe *pipe, uint32_t client)
{
	end(pipe, client, "still starting");
}

static void
disassociate(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct mac *mac)
{
	switch (core_disassociate(ctl->core, mac, clock_monotime())) {
	case 0:
		end(pipe, client, NULL);
		break;
	case -1:
		end(pipe, client, "%s: no such station here", mac_text(mac));
		break;
	default:
		end(pipe, client, "%s: no hostapd is attached that could drop "
		    "it", mac_text(mac));
		break;
	}
}

void
engine_ctl_request(struct engine_ctl *ctl, struct pipe *pipe, uint32_t client,
    const struct ipc_ctl *req)
{
	const struct ctl_request *arg = &req->request;
	monotime_t		 now = clock_monotime();
	struct listing		*l;

	switch (req->type) {
	case CTL_SHOW_STATUS:
		status(ctl, pipe, client);
		return;
	case CTL_SHOW_MEMORY:
		memory(ctl, pipe, client);
		return;
	case CTL_SHOW_INTERFACES:
		drops(ctl, pipe, client);
		return;
	case CTL_DISASSOCIATE:
		disassociate(ctl, pipe, client, &arg->mac);
		return;
	case CTL_RETIRE:
		core_retire(ctl->core, now);
		end(pipe, client, NULL);
		return;
	case CTL_CLEAR_LEASE:
		if (core_clear_lease(ctl->core, arg->has_prefix ?
		    &arg->prefix : NULL, &arg->mac, now) == 0)
			end(pipe, client, NULL);
		else
			end(pipe, client, "%s: no such lease",
			    arg->has_prefix ? prefix_text(&arg->prefix) :
			    mac_text(&arg->mac));
		return;
	}
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		nomem("a listing");
		end(pipe, client, "out of memory");
		return;
	}
	l->client = client;
	l->type = req->type;
	TAILQ_INSERT_TAIL(&ctl->listings, l, entry);
	engine_ctl_resume(ctl, pipe);
}

/* Go on with the listings until the frontend has enough for now. */
void
engine_ctl_resume(struct engine_ctl *ctl, struct pipe *pipe)
{
	union record	 r;
	struct listing	*l;
	size_t		 i;

	while ((l = TAILQ_FIRST(&ctl->listings)) != NULL) {
		for (i = 0; i < NLISTS; i++)
			if (lists[i].request == l->type)
				break;
		while (i < NLISTS && !pipe_full(pipe) &&
		    lists[i].next(ctl, &l->cursor, &r))
			pipe_send(pipe, lists[i].answer, l->client, -1, &r,
			    lists[i].len);
		if (i < NLISTS && pipe_full(pipe))
			return;		/* until it has drained */
		if (i == NLISTS)
			end(pipe, l->client, "request %u is not for the engine",
			    l->type);
		else
			end(pipe, l->client, NULL);
		TAILQ_REMOVE(&ctl->listings, l, entry);
		free(l);
	}
}
