/* SPDX-License-Identifier: ISC */
/* Peers that we connect to, as objects: when to connect to each. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/local.h"

#define RETRY_MAX_MS	5000
#define RETRY_ROUTE_MS	1000		/* since the last try */
#define RETRY_DUP_MS	30000		/* the peer has a session with us */
#define RETRY_REFUSED_MS 30000		/* an operator must act */
#define STABLE_MS	10000		/* a session this long was good */

static void	target_try(evutil_socket_t, short, void *);
static void	note(struct target *, const char *, bool);

RB_GENERATE(target_tree, target, entry, target_cmp)

int
target_cmp(const struct target *a, const struct target *b)
{
	int	c;

	/* Names after addresses, and below a name the addresses that it has. */
	if ((c = a->conf.automatic - b->conf.automatic) != 0 ||
	    (c = strcmp(a->conf.host, b->conf.host)) != 0 ||
	    (c = addr_cmp(&a->conf.addr, &b->conf.addr)) != 0)
		return c;
	return (a->conf.port > b->conf.port) - (a->conf.port < b->conf.port);
}

/* A peer with a name comes with the address that it was found at. */
struct target *
target_find(struct sessions *all, const struct ipc_peer *peer)
{
	struct target	key;

	memset(&key.conf, 0, sizeof(key.conf));
	strlcpy(key.conf.host, peer->host, sizeof(key.conf.host));
	if (peer->host[0] == '\0' || peer->automatic)
		key.conf.addr = peer->addr;
	key.conf.port = peer->port;
	key.conf.automatic = peer->automatic;
	return RB_FIND(target_tree, &all->targets, &key);
}

const char *
target_text(const struct target *t)
{
	return t->conf.host[0] == '\0' || t->conf.automatic ?
	    addr_text(&t->conf.addr) : t->conf.host;
}

struct target *
target_new(struct sessions *all)
{
	struct target	*t;

	if ((t = calloc(1, sizeof(*t))) == NULL ||
	    (t->retry = evtimer_new(all->base, target_try, t)) == NULL) {
		free(t);
		nomem("a peer");
		return NULL;
	}
	t->all = all;
	return t;
}

void
targets_trim(struct sessions *all)
{
	struct target	*t;

	while ((t = LIST_FIRST(&all->spare_targets)) != NULL) {
		LIST_REMOVE(t, spare);
		event_free(t->retry);
		free(t);
	}
}

void
target_wait(struct target *t, int ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	t->state = CTL_PEER_IDLE;
	t->retry_at = monotime_add(clock_monotime(), ms);
	if (evtimer_add(t->retry, &tv) == -1)
		nomem("a timer");	/* targets_watch sets it */
}

void
targets_watch(struct sessions *all)
{
	struct target	*t;

	RB_FOREACH(t, target_tree, &all->targets)
		if (t->session == NULL && t->state == CTL_PEER_IDLE &&
		    !evtimer_pending(t->retry, NULL))
			target_wait(t, RETRY_MIN_MS);
}

/* With its router; a copy of that does not count, if they can be told apart. */
bool
target_is_met(const struct target *t)
{
	if (router_id_is_none(&t->router))
		return false;
	return t->run == 0 ?
	    session_of_router(t->all, &t->router, NULL) != NULL :
	    session_of_start(t->all, &t->router, t->run, NULL) != NULL;
}

/*
 * Where several are behind one address, by their ports, it is any of them.
 */
void
target_met(const struct session *s)
{
	struct target	 key, *t, *found = NULL;
	int		 n = 0;

	memset(&key.conf, 0, sizeof(key.conf));
	key.conf.addr = s->addr;
	for (t = RB_NFIND(target_tree, &s->all->targets, &key); t != NULL &&
	    !t->conf.automatic && t->conf.host[0] == '\0' &&
	    addr_cmp(&t->conf.addr, &s->addr) == 0 && n < 2;
	    t = RB_NEXT(target_tree, &s->all->targets, t)) {
		found = t;
		n++;
	}
	if (n == 1 && router_id_is_none(&found->router))
		found->router = s->router;
}

void
target_learn_name(struct target *t)
{
	core_name_router(t->all->core, &t->router, t->name, sizeof(t->name));
}

static void
target_try(evutil_socket_t fd, short what, void *arg)
{
	struct target	*t = arg;
	struct ipc_peer	 peer;

	(void)fd;
	(void)what;
	/* It may have connected to us meanwhile: one session is enough. */
	if (target_is_met(t)) {
		target_wait(t, RETRY_DUP_MS);
		return;
	}
	memset(&peer, 0, sizeof(peer));
	peer.number = t->number;
	peer.addr = t->conf.addr;
	peer.ifindex = t->ifindex;
	peer.port = t->conf.port;
	peer.notls = t->conf.notls;
	peer.automatic = t->conf.automatic;
	peer.fruitless = t->fruitless;
	strlcpy(peer.host, t->conf.host, sizeof(peer.host));
	t->state = CTL_PEER_CONNECTING;
	t->since = clock_monotime();
	t->connects++;
	t->all->ops.connect(t->all->ops.arg, &peer);
}

/* Longer after each failure; a quarter of the time is random. */
void
target_failed(struct target *t, const char *why)
{
	int	ms = t->backoff;

	note(t, why, false);
	t->backoff = t->backoff * 2 < RETRY_MAX_MS ? t->backoff * 2 :
	    RETRY_MAX_MS;
	target_wait(t, ms - (int)arc4random_uniform((uint32_t)ms / 4 + 1));
}

/* said: it is in the log already. */
static void
note(struct target *t, const char *why, bool said)
{
	t->failures++;
	if (!said && strncmp(t->error, why, sizeof(t->error) - 1) != 0)
		log_info("peer %s port %u: %s", target_text(t), t->conf.port,
		    why);
	strlcpy(t->error, why, sizeof(t->error));
	t->since = clock_monotime();
}

void
sessions_failed(struct sessions *all, const struct ipc_peer *peer)
{
	struct target	*t;

	if (peer->number == 0) {
		limit_refused(all, peer);
		return;
	}
	t = target_find(all, peer);
	/* The configuration may have changed meanwhile. */
	if (t != NULL && t->session == NULL &&
	    t->state == CTL_PEER_CONNECTING)
		target_failed(t, ipc_error_text(peer->error));
}

void
sessions_route(struct sessions *all, const struct ipc_peer *peer)
{
	struct target	*t = target_find(all, peer);
	monotime_t	 now = clock_monotime(), soon;

	if (t == NULL || t->session != NULL || t->state != CTL_PEER_IDLE)
		return;
	t->backoff = RETRY_MIN_MS;
	soon = monotime_add(t->since, RETRY_ROUTE_MS);
	if (monotime_before(soon, now))
		soon = now;
	if (monotime_before(soon, t->retry_at))
		target_wait(t, (int)monotime_ms(now, soon));
}

void
target_lost(struct target *t, const struct session *s, const char *why,
    bool quiet)
{
	bool	was_up = s->stage == STAGE_UP;

	t->session = NULL;
	t->fruitless = !was_up;
	if (!router_id_is_none(&s->router)) {
		if (router_id_cmp(&t->router, &s->router) != 0)
			t->name[0] = '\0';
		t->router = s->router;
		t->run = s->run;
		target_learn_name(t);
	}
	if (was_up)
		t->down = clock_monotime();
	if (was_up && t->backoff > RETRY_MIN_MS &&
	    monotime_ms(s->since, clock_monotime()) > STABLE_MS)
		t->backoff = RETRY_MIN_MS;
	if (quiet)
		target_wait(t, RETRY_DUP_MS);
	else if (s->is_refused) {
		note(t, why, s->said_why);
		target_wait(t, RETRY_REFUSED_MS);
	} else
		target_failed(t, why);
}
