/* SPDX-License-Identifier: ISC */
/*
 * Sessions: octets in order, each direction with its own delays and a limited
 * number in flight, until cut; then each end notices in its own time, as with
 * TCP.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

enum message_kind {
	MESSAGE_UPDATE,
	MESSAGE_DIGEST,
	MESSAGE_NEIGHBOURS,
	MESSAGE_HELLO
};

struct message {
	monotime_t		at;		/* when it arrives */
	enum message_kind	kind;
	union {
		struct update		update;
		struct digest		digest;
		struct neighbours	neighbours;
	};
};

static void	pump(struct session *, int);
static void	pump_later(struct sim *, const struct event *);
static void	arrive(struct sim *, const struct event *);

static int
end_of(const struct session *session, const struct router *router,
    uint32_t peer)
{
	int end;

	for (end = 0; end < 2; end++)
		if (session->end[end] == router && session->up[end] &&
		    session->peer[end] == peer)
			return end;
	return -1;
}

static struct session *
find(struct sim *sim, const struct router *router, uint32_t peer, int *end)
{
	struct session *session;

	if (peer >= sim->next_peer)
		return NULL;
	if ((session = sim->by_peer[peer]) == NULL)
		return NULL;
	*end = end_of(session, router, peer);
	return *end != -1 ? session : NULL;
}

struct session *
session_add(struct router *a, struct router *b, bool extended)
{
	struct sim *sim = a->sim;
	struct session *session = sim_alloc(sizeof(*session));

	session->end[0] = a;
	session->end[1] = b;
	session->extended = extended && a->v1 == NULL && b->v1 == NULL;
	session->digests = session->extended && !sim_chance(sim, 20);
	session->window = (int)sim_between(sim, 1, 32);
	session->delay_min = sim_between(sim, 100, 5000);
	session->delay_max = session->delay_min +
	    sim_between(sim, 0, sim_chance(sim, 20) ? 100000 : 10000);
	if (!session->extended)
		sim->v1 = true;
	sim->sessions = realloc(sim->sessions,
	    (size_t)(sim->nsessions + 1) * sizeof(*sim->sessions));
	if (sim->sessions == NULL)
		abort();
	sim->sessions[sim->nsessions++] = session;
	session_open(session);
	return session;
}

void
session_free(struct session *session)
{
	free(session->queue[0]);
	free(session->queue[1]);
	free(session);
}

static uint32_t
new_peer(struct sim *sim, struct session *session)
{
	uint32_t peer = sim->next_peer++;

	if ((peer & (peer - 1)) == 0) {
		sim->by_peer = realloc(sim->by_peer,
		    2 * peer * sizeof(struct session *));
		if (sim->by_peer == NULL)
			abort();
	}
	sim->by_peer[peer] = session;
	return peer;
}

uint32_t
session_raw(struct router *router, unsigned int flags)
{
	uint32_t peer = new_peer(router->sim, NULL);

	ap_begin(router);
	core_peer_up(router->core, peer, flags, ap_now(router));
	ap_end(router);
	return peer;
}

void
session_raw_end(struct router *router, uint32_t peer)
{
	ap_begin(router);
	core_peer_down(router->core, peer, ap_now(router));
	ap_end(router);
}

static void
end_up(struct sim *sim, const struct event *event)
{
	struct session *session = event->obj;
	struct router *router = session->end[event->n];
	unsigned int flags;

	if (event->gen != session->gen || !ap_is_up(router))
		return;
	session->peer[event->n] = new_peer(sim, session);
	session->up[event->n] = true;
	session->hello[event->n] = session->extended;
	sim_trace(sim, "r%d session %u to r%d up", router->index,
	    session->peer[event->n], session->end[!event->n]->index);
	flags = (session->extended ? PEER_EXTENDED : 0) |
	    (session->digests ? PEER_DIGESTS : 0) |
	    (event->n == 0 ? PEER_OPENER : 0);
	if (router->v1 != NULL)
		v1_up(router->v1, session->peer[event->n]);
	else {
		ap_begin(router);
		core_peer_up(router->core, session->peer[event->n], flags,
		    ap_now(router));
		ap_end(router);
	}
	pump(session, event->n);
	pump(session, !event->n);
}

static void
open_now(struct sim *sim, const struct event *event)
{
	struct session *session = event->obj;
	int end;

	if (event->gen != session->gen || session->alive || session->blocked)
		return;
	if (!ap_is_up(session->end[0]) || !ap_is_up(session->end[1]))
		return;
	/* Both must have noticed the end of the last one. */
	if (session->up[0] || session->up[1]) {
		sim_at(sim, 200000, open_now, session, session->gen, 0, NULL);
		return;
	}
	session->gen++;
	session->alive = true;
	session->room = session->window;
	for (end = 0; end < 2; end++) {
		free(session->queue[end]);
		session->queue[end] = sim_alloc((size_t)session->room *
		    sizeof(struct message));
		session->first[end] = session->queued[end] = 0;
		session->inflight[end] = 0;
		session->busy[end] = sim->now;
		session->wake[end] = false;
		session->last[end] = sim->now;
		sim_at(sim, sim_between(sim, session->delay_min,
		    session->delay_max), end_up, session, session->gen, end,
		    NULL);
	}
}

/* Connect, after the time that a connection takes. */
void
session_open(struct session *session)
{
	struct sim *sim = session->end[0]->sim;

	sim_at(sim, sim_between(sim, 1000, 500000), open_now, session,
	    session->gen, 0, NULL);
}

static void
end_down(struct sim *sim, const struct event *event)
{
	struct session *session = event->obj;
	struct router *router = session->end[event->n];

	if (!session->up[event->n] ||
	    event->gen != session->peer[event->n])
		return;
	session->up[event->n] = false;
	if (router->v1 != NULL)
		v1_down(router->v1, session->peer[event->n]);
	if (router->core == NULL)
		return;
	sim_trace(sim, "r%d session %u to r%d down", router->index,
	    session->peer[event->n], session->end[!event->n]->index);
	ap_begin(router);
	core_peer_down(router->core, session->peer[event->n], ap_now(router));
	ap_end(router);
}

/* Data in flight is lost; one end may take the session for up for 10 s more. */
static void
cut(struct session *session, int64_t longest)
{
	struct sim *sim = session->end[0]->sim;
	int end;

	session->gen++;
	session->alive = false;
	sim->disturbed = sim->now;
	for (end = 0; end < 2; end++)
		if (session->up[end])
			sim_at(sim, sim_between(sim, 0, longest), end_down,
			    session, session->peer[end], end, NULL);
}

void
session_cut(struct session *session)
{
	struct sim *sim = session->end[0]->sim;

	if (!session->alive)
		return;
	sim_trace(sim, "session r%d r%d cut", session->end[0]->index,
	    session->end[1]->index);
	cut(session, sim_chance(sim, 30) ? 10000000 : 1000);
	session_open(session);
}

/*
 * For how long the busiest session has had something to send, or was about to
 * come up: until then the network is not quiet.
 */
int64_t
session_lag(struct sim *sim)
{
	const struct session *session;
	monotime_t first = sim->now;
	int i, end;

	for (i = 0; i < sim->nsessions; i++) {
		session = sim->sessions[i];
		if (session->blocked || !ap_is_up(session->end[0]) ||
		    !ap_is_up(session->end[1]))
			continue;
		if (!session->alive)
			first = monotime_min(first, sim->disturbed);
		for (end = 0; session->alive && end < 2; end++)
			first = monotime_min(first, session->busy[end]);
	}
	return monotime_ms(first, sim->now);
}

/* The time of an update on the slowest session at most, if many wait. */
int64_t
session_slowest(struct sim *sim)
{
	int64_t us, most = 0;
	int i;

	for (i = 0; i < sim->nsessions; i++) {
		us = sim->sessions[i]->delay_max / sim->sessions[i]->window;
		if (us > most)
			most = us;
	}
	return most;
}

void
session_wake(struct sim *sim, struct router *router, uint32_t peer)
{
	struct session *session;
	int end;

	if ((session = find(sim, router, peer, &end)) == NULL) {
		if (peer < sim->next_peer && sim->by_peer[peer] == NULL)
			return;		/* a raw one */
		sim_fail(sim, "r%d wakes session %u, which it has not",
		    router->index, peer);
		return;
	}
	if (session->wake[end])
		return;
	session->wake[end] = true;
	sim_at(sim, 0, pump_later, session, session->peer[end], end, NULL);
}

static void
pump_later(struct sim *sim, const struct event *event)
{
	struct session *session = event->obj;

	(void)sim;
	if (session->up[event->n] && session->peer[event->n] == event->gen) {
		session->wake[event->n] = false;
		pump(session, event->n);
	}
}

/* The part of an update that version 1 sends. */
static bool
to_v1(struct update *update)
{
	update->age = AGE_UNKNOWN;
	return update->keylen > 0 && is_of_v1(update);
}

/* 1 and what there is to send, or 0. */
static int
next_message(struct session *session, int end, struct message *m)
{
	struct router *router = session->end[end];
	uint32_t peer = session->peer[end];
	int more;

	memset(m, 0, sizeof(*m));
	if (router->v1 != NULL)
		return v1_next(router->v1, peer, &m->update);
	if (session->hello[end]) {
		session->hello[end] = false;
		m->kind = MESSAGE_HELLO;
		return 1;
	}
	ap_begin(router);
	more = session->extended &&
	    core_peer_say(router->core, peer, &m->neighbours);
	if (more)
		m->kind = MESSAGE_NEIGHBOURS;
	else
		more = core_peer_next(router->core, peer, &m->update,
		    ap_now(router));
	if (!session->extended)
		m->update.seqno &= UINT16_MAX;
	if (!more && session->digests) {
		more = core_peer_digest(router->core, peer, &m->digest);
		m->kind = MESSAGE_DIGEST;
	}
	ap_end(router);
	return more;
}

/* The router sends nothing any more. */
void
session_discard(struct router *router)
{
	struct sim *sim = router->sim;
	struct message m;
	int i, end;

	for (i = 0; i < sim->nsessions; i++)
		for (end = 0; end < 2; end++)
			if (sim->sessions[i]->end[end] == router &&
			    sim->sessions[i]->up[end])
				while (next_message(sim->sessions[i], end, &m))
					;
}

/* Take from the core while there is room. */
static void
pump(struct session *session, int end)
{
	struct router *router = session->end[end];
	struct sim *sim = router->sim;
	struct message *m;
	int64_t at;

	/* Nothing arrives before the other end has completed its handshake. */
	if (session->alive && !session->up[!end])
		return;
	while (session->up[end] && session->inflight[end] < session->room) {
		m = &session->queue[end][(session->first[end] +
		    session->queued[end]) % session->room];
		if (!next_message(session, end, m)) {
			if (session->inflight[end] == 0)
				session->busy[end] = MONOTIME_NEVER;
			return;
		}
		if (m->kind == MESSAGE_UPDATE && (m->update.keylen == 0 ||
		    m->update.keylen + m->update.vallen > DATUM_MAX)) {
			sim_fail(sim, "r%d sends a malformed update",
			    router->index);
			return;
		}
		if (!session->extended && !to_v1(&m->update))
			continue;
		if (m->kind == MESSAGE_UPDATE && session->digests &&
		    sim_chance(sim, sim->lose))
			continue;
		session->inflight[end]++;
		if (monotime_is_never(session->busy[end]))
			session->busy[end] = sim->now;
		if (!session->alive)
			continue;
		at = sim->now.us + sim_between(sim, session->delay_min,
		    session->delay_max);
		if (sim_chance(sim, session->stall))
			at += sim_between(sim, 200000, 3000000);
		if (at < session->last[end].us)
			at = session->last[end].us;
		m->at = session->last[end] = (monotime_t){ at };
		if (session->queued[end]++ == 0)
			sim_at(sim, at - sim->now.us, arrive, session,
			    session->gen, end, NULL);
	}
}

static const char *
update_text(const struct update *update)
{
	static char text[3 * DATUM_MAX + 64];
	size_t len = 0;
	int i;

	for (i = 0; i < update->keylen + update->vallen; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%02x", i == update->keylen ? "=" : "",
		    update->data[i]);
	snprintf(text + len, sizeof(text) - len, " seqno %" PRIu64
	    " life %u age %d", update->seqno, update->lifetime,
	    (int)update->age);
	return text;
}

static void
forget_ack(struct router *router, const struct update *update)
{
	const uint8_t *key;
	struct addr addr;
	int len;

	if (net_inner(router->sim, update, &key, &len) == -1 ||
	    key[0] != DATUM_LEASE4 || len != 5)
		return;
	addr_from_v4(&addr, key + 1);
	ap_forget_ack(router, &addr);
}

static void
digest_arrives(struct session *session, int end, const struct digest *g)
{
	struct router *router = session->end[!end];
	struct sim *sim = router->sim;

	sim->digests++;
	sim_trace(sim, "r%d hears from r%d digest %u of %u/%u",
	    router->index, session->end[end]->index, g->kind, g->level,
	    g->index);
	ap_begin(router);
	core_digest(router->core, session->peer[!end], g);
	ap_end(router);
}

static void
update_arrives(struct session *session, int end, const struct update *update)
{
	struct router *router = session->end[!end];
	struct sim *sim = router->sim;

	sim->updates++;
	sim->opaque += update->data[0] == SIM_OPAQUE;
	if (sim->trace != NULL)
		sim_trace(sim, "r%d hears from r%d %s", router->index,
		    session->end[end]->index, update_text(update));
	if (router->v1 != NULL)
		v1_update(router->v1, session->peer[!end], update);
	else {
		forget_ack(router, update);
		ap_begin(router);
		core_update(router->core, session->peer[!end], update,
		    ap_now(router));
		ap_end(router);
	}
}

/* Who the other end is, and with whom it has sessions. */
static void
neighbours_arrive(struct session *session, int end, const struct message *m)
{
	struct router *router = session->end[!end];
	struct sim *sim = router->sim;
	int i;

	ap_begin(router);
	if (m->kind == MESSAGE_HELLO)
		core_peer_is(router->core, session->peer[!end],
		    &session->end[end]->id, ap_now(router));
	else {
		sim_trace(sim, "r%d hears from r%d neighbours %u:",
		    router->index, session->end[end]->index,
		    m->neighbours.operation);
		for (i = 0; i < m->neighbours.n; i++)
			sim_trace(sim, "  %s",
			    router_id_text(&m->neighbours.ids[i]));
		core_peer_neighbours(router->core, session->peer[!end],
		    &m->neighbours, ap_now(router));
	}
	ap_end(router);
}

static void
arrive(struct sim *sim, const struct event *event)
{
	struct session *session = event->obj;
	const struct message *m;
	int end = event->n;

	if (event->gen != session->gen)
		return;
	m = &session->queue[end][session->first[end]];
	if (m->kind == MESSAGE_DIGEST)
		digest_arrives(session, end, &m->digest);
	else if (m->kind != MESSAGE_UPDATE)
		neighbours_arrive(session, end, m);
	else
		update_arrives(session, end, &m->update);
	session->inflight[end]--;
	session->first[end] = (session->first[end] + 1) % session->room;
	if (--session->queued[end] > 0)
		sim_at(sim, session->queue[end][session->first[end]].at.us -
		    sim->now.us, arrive, session, session->gen, end, NULL);
	pump(session, end);
}

void
session_router_down(struct router *router)
{
	struct sim *sim = router->sim;
	struct session *session;
	int i, end;

	for (i = 0; i < sim->nsessions; i++) {
		session = sim->sessions[i];
		for (end = 0; end < 2; end++)
			if (session->end[end] == router) {
				session->up[end] = false;
				cut(session, 10000000);
			}
	}
}

void
session_router_up(struct router *router)
{
	struct sim *sim = router->sim;
	int i;

	for (i = 0; i < sim->nsessions; i++)
		if ((sim->sessions[i]->end[0] == router ||
		    sim->sessions[i]->end[1] == router) &&
		    !sim->sessions[i]->alive)
			session_open(sim->sessions[i]);
}

/* No session between routers of different sides is left. */
void
sim_partition(struct sim *sim, const uint8_t *side)
{
	struct session *session;
	int i;

	sim_trace(sim, "partition");
	for (i = 0; i < sim->nsessions; i++) {
		session = sim->sessions[i];
		if (side[session->end[0]->index] ==
		    side[session->end[1]->index])
			continue;
		session->blocked = true;
		if (session->alive)
			cut(session, sim_chance(sim, 30) ? 10000000 : 1000);
	}
}

void
sim_merge(struct sim *sim)
{
	int i;

	sim_trace(sim, "merge");
	sim->disturbed = sim->now;
	for (i = 0; i < sim->nsessions; i++)
		if (sim->sessions[i]->blocked) {
			sim->sessions[i]->blocked = false;
			session_open(sim->sessions[i]);
		}
}
