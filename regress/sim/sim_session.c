/* SPDX-License-Identifier: ISC */
/*
 * Flooding sessions: octets in order, each way with its own delays and a
 * bounded number in flight, until cut; then each end hears of it in its own
 * time, as with TCP.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

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
	int i;

	for (i = 0; i < sim->nsessions; i++)
		if ((*end = end_of(sim->sessions[i], router, peer)) != -1)
			return sim->sessions[i];
	return NULL;
}

struct session *
session_add(struct router *a, struct router *b, bool extended)
{
	struct sim *sim = a->sim;
	struct session *session = sim_alloc(sizeof(*session));

	session->end[0] = a;
	session->end[1] = b;
	session->extended = extended;
	session->window = (int)sim_between(sim, 1, 32);
	session->delay_min = sim_between(sim, 100, 5000);
	session->delay_max = session->delay_min +
	    sim_between(sim, 0, sim_chance(sim, 20) ? 100000 : 10000);
	if (!extended)
		sim->v1 = true;
	sim->sessions = realloc(sim->sessions,
	    (size_t)(sim->nsessions + 1) * sizeof(*sim->sessions));
	if (sim->sessions == NULL)
		abort();
	sim->sessions[sim->nsessions++] = session;
	session_open(session);
	return session;
}

static void
end_up(struct sim *sim, const struct event *event)
{
	struct session *session = event->obj;
	struct router *router = session->end[event->n];

	if (event->gen != session->gen || router->core == NULL)
		return;
	session->peer[event->n] = sim->next_peer++;
	session->up[event->n] = true;
	sim_trace(sim, "r%d session %u to r%d up", router->index,
	    session->peer[event->n], session->end[!event->n]->index);
	ap_begin(router);
	core_peer_up(router->core, session->peer[event->n],
	    session->extended, sim->now);
	ap_end(router);
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
	if (session->end[0]->core == NULL || session->end[1]->core == NULL)
		return;
	/* Both must have noticed the end of the last one. */
	if (session->up[0] || session->up[1]) {
		sim_at(sim, 200000, open_now, session, session->gen, 0, NULL);
		return;
	}
	session->gen++;
	session->alive = true;
	for (end = 0; end < 2; end++) {
		session->inflight[end] = 0;
		session->wake[end] = false;
		session->last[end] = sim->now;
		sim_at(sim, sim_between(sim, session->delay_min,
		    session->delay_max), end_up, session, session->gen, end,
		    NULL);
	}
}

/* Connect, after what a connection takes. */
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
	if (router->core == NULL)
		return;
	sim_trace(sim, "r%d session %u to r%d down", router->index,
	    session->peer[event->n], session->end[!event->n]->index);
	ap_begin(router);
	core_peer_down(router->core, session->peer[event->n], sim->now);
	ap_end(router);
}

/* What is in flight is lost; one end may believe in it for 10 s more. */
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

void
session_wake(struct sim *sim, struct router *router, uint32_t peer)
{
	struct session *session;
	int end;

	if ((session = find(sim, router, peer, &end)) == NULL) {
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

/* What version 1 carries of an update. */
static bool
to_v1(struct update *update)
{
	update->age = AGE_UNKNOWN;
	return update->keylen > 0 && update->data[0] <= DATUM_LOCATION;
}

/* Take from the core while there is room. */
static void
pump(struct session *session, int end)
{
	struct router *router = session->end[end];
	struct sim *sim = router->sim;
	struct update update;
	int64_t at;
	int more;

	/* Nothing arrives before the other end has its handshake done. */
	if (session->alive && !session->up[!end])
		return;
	while (session->up[end] && session->inflight[end] < session->window) {
		memset(&update, 0, sizeof(update));
		ap_begin(router);
		more = core_peer_next(router->core, session->peer[end],
		    &update, sim->now);
		ap_end(router);
		if (!more)
			return;
		if (update.keylen == 0 ||
		    update.keylen + update.vallen > DATUM_MAX) {
			sim_fail(sim, "r%d sends a malformed update",
			    router->index);
			return;
		}
		if (!session->extended && !to_v1(&update))
			continue;
		session->inflight[end]++;
		if (!session->alive)
			continue;
		at = sim->now.us + sim_between(sim, session->delay_min,
		    session->delay_max);
		if (at < session->last[end].us)
			at = session->last[end].us;
		session->last[end].us = at;
		sim_at(sim, at - sim->now.us, arrive, session, session->gen,
		    end, sim_copy(&update, sizeof(update)));
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
	snprintf(text + len, sizeof(text) - len, " seqno %u life %u age %d",
	    update->seqno, update->lifetime, (int)update->age);
	return text;
}

static void
forget_ack(struct router *router, const struct update *update)
{
	struct addr addr;

	if (update->data[0] != DATUM_LEASE4 || update->keylen != 5)
		return;
	addr_from_v4(&addr, update->data + 1);
	ap_forget_ack(router, &addr);
}

static void
arrive(struct sim *sim, const struct event *event)
{
	struct session *session = event->obj;
	struct router *router = session->end[!event->n];
	const struct update *update = event->data;

	if (event->gen != session->gen)
		return;
	session->inflight[event->n]--;
	sim->updates++;
	if (sim->trace != NULL)
		sim_trace(sim, "r%d hears from r%d %s", router->index,
		    session->end[event->n]->index, update_text(update));
	forget_ack(router, update);
	ap_begin(router);
	core_update(router->core, session->peer[!event->n], update, sim->now);
	ap_end(router);
	pump(session, event->n);
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

/* No session between routers of different sides lives on. */
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
