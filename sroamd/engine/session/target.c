/* SPDX-License-Identifier: ISC */
/* The configured peers: when to connect to each. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/local.h"

#define RETRY_MIN_MS	1000
#define RETRY_SOON_MS	100		/* reachable, with a new key */
#define RETRY_MAX_MS	5000
#define RETRY_ROUTE_MS	1000		/* since the last try */
#define RETRY_DUP_MS	30000		/* the peer has a session with us */
#define STABLE_MS	10000		/* a session this long was good */

static struct target	*target_new(struct sessions *);
static struct target	*target_add(struct sessions *, const struct conf_peer *,
			    uint32_t);
static struct target	*target_same(struct sessions *,
			    const struct conf_peer *);
static bool		 target_keep(struct target *, const struct conf *);
static void		 target_try(evutil_socket_t, short, void *);
static void		 target_wait(struct target *, int ms);
static const char	*not_permitted(const struct session *,
			    const struct conf *);
static void		 close_unwanted(struct sessions *, const struct conf *);

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

static struct target *
target_same(struct sessions *all, const struct conf_peer *conf)
{
	struct target	key;

	key.conf = *conf;
	return RB_FIND(target_tree, &all->targets, &key);
}

static struct target *
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

/* NULL: no memory, and none was prepared. */
static struct target *
target_add(struct sessions *all, const struct conf_peer *conf,
    uint32_t number)
{
	struct target	*t = target_same(all, conf);

	/*
	 * A session without TLS does not stay if TLS is configured, and vice
	 * versa.
	 */
	if (t != NULL && (t->conf.notls != conf->notls ||
	    addr_cmp(&t->conf.from, &conf->from) != 0)) {
		target_free(t);
		t = NULL;
	}
	if (t != NULL) {
		t->number = number;
		t->keep = 1;
		/* The reason of failures may be gone: try soon again. */
		t->backoff = RETRY_MIN_MS;
		if (t->session == NULL && t->state == CTL_PEER_IDLE)
			target_wait(t, 0);
		return t;
	}
	if ((t = LIST_FIRST(&all->spare_targets)) != NULL)
		LIST_REMOVE(t, spare);
	else if ((t = target_new(all)) == NULL)
		return NULL;
	t->conf = *conf;
	t->number = number;
	t->keep = 1;
	t->backoff = RETRY_MIN_MS;
	t->since = t->down = clock_monotime();
	RB_INSERT(target_tree, &all->targets, t);
	target_wait(t, 0);
	return t;
}

void
target_found(struct sessions *all, const struct conf_peer *conf,
    uint32_t number, uint32_t ifindex, const struct router_id *id)
{
	struct target	*t = target_same(all, conf);

	if (t != NULL && t->ifindex != ifindex && t->session == NULL)
		target_free(t);
	else if (t != NULL)
		return;
	if ((t = target_add(all, conf, number)) == NULL)
		return;			/* its next hello comes soon */
	t->ifindex = ifindex;
	t->router = *id;
}

void
target_free(struct target *t)
{
	struct session	*s = t->session;

	event_free(t->retry);
	RB_REMOVE(target_tree, &t->all->targets, t);
	if (s != NULL) {
		s->target = NULL;
		session_close(s, "no longer configured", false);
	}
	free(t);
}

/* As many targets as there may be new ones. */
int
sessions_prepare(struct sessions *all, const struct conf *conf, char *why,
    size_t len)
{
	struct target	*t;
	size_t		 i;

	sessions_abort(all);
	if (tls_prepare(all->tls, conf, why, len) == -1)
		return -1;
	for (i = 0; i < conf->npeers; i++) {
		if (conf->peers[i].automatic)
			continue;
		if ((t = target_new(all)) == NULL)
			break;
		LIST_INSERT_HEAD(&all->spare_targets, t, spare);
	}
	if (i == conf->npeers && auto_prepare(all, conf) == 0) {
		all->prepared = true;
		return 0;
	}
	sessions_abort(all);
	return -1;
}

void
sessions_abort(struct sessions *all)
{
	all->prepared = false;
	tls_abort(all->tls);
	targets_trim(all);
	auto_trim(all);
}

void
sessions_conf(struct sessions *all, const struct conf *conf)
{
	struct target	*t, *next;
	char		 why[128] = "out of memory";
	size_t		 i;

	/* At the start sessions_prepare was not called. */
	if (!all->prepared &&
	    sessions_prepare(all, conf, why, sizeof(why)) == -1)
		fatalx("sessions: %s", why);
	all->max = conf->global.max_peers;
	all->max_source = conf->global.max_source;
	all->nconf_peers = (uint32_t)conf->npeers;
	all->max_greeting = conf->global.max_handshakes;
	all->max_rate = conf->global.max_updates;
	tls_commit(all->tls);
	RB_FOREACH(t, target_tree, &all->targets)
		t->keep = 0;
	for (i = 0; i < conf->npeers; i++)
		if (!conf->peers[i].automatic)
			(void)target_add(all, &conf->peers[i],
			    (uint32_t)i + 1);
	RB_FOREACH_SAFE(t, target_tree, &all->targets, next)
		if (!t->keep && !target_keep(t, conf))
			target_free(t);
	auto_conf(all, conf);
	close_unwanted(all, conf);
	sessions_abort(all);		/* frees unused ones */
}

/* A neighbour that discovery would find again. */
static bool
target_keep(struct target *t, const struct conf *conf)
{
	size_t	i;

	for (i = 0; i < conf->npeers; i++) {
		if (!t->conf.automatic || !conf->peers[i].automatic ||
		    conf->peers[i].notls != t->conf.notls ||
		    strcmp(conf->peers[i].host, t->conf.host) != 0)
			continue;
		t->number = (uint32_t)i + 1;
		return true;
	}
	return false;
}

/* Whether an inbound session would not be permitted any more: NULL, or why. */
static const char *
not_permitted(const struct session *s, const struct conf *conf)
{
	bool	any = false;
	size_t	i;

	for (i = 0; i < conf->nlistens; i++) {
		if (conf->listens[i].notls != s->notls)
			continue;
		if (conf_permits(&conf->listens[i], &s->addr))
			return NULL;
		any = true;
	}
	if (any)
		return "may not connect from this address any more";
	return s->notls ? "no tls is not configured any more" : NULL;
}

/* Sessions that the new configuration does not permit. */
static void
close_unwanted(struct sessions *all, const struct conf *conf)
{
	struct session	*s, after;
	const char	*why;

	after.id = 0;
	while ((s = RB_NFIND(session_tree, &all->sessions, &after)) != NULL) {
		after.id = s->id + 1;
		if (s->target == NULL &&
		    (why = not_permitted(s, conf)) != NULL)
			session_close(s, why, false);
		else if (s->secured && !tls_accepts(all->tls, &s->tls)) {
			if (s->target != NULL)
				s->target->backoff = RETRY_SOON_MS;
			session_close(s, "its key is not accepted any more",
			    false);
		}
	}
}

static void
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

static void
target_try(evutil_socket_t fd, short what, void *arg)
{
	struct target	*t = arg;
	struct ipc_peer	 peer;

	(void)fd;
	(void)what;
	/* It may have connected to us meanwhile: one session is enough. */
	if (!router_id_is_none(&t->router) &&
	    session_of_router(t->all, &t->router, NULL) != NULL) {
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

	t->failures++;
	if (strncmp(t->error, why, sizeof(t->error) - 1) != 0)
		log_info("peer %s port %u: %s", target_text(t), t->conf.port,
		    why);
	strlcpy(t->error, why, sizeof(t->error));
	t->backoff = t->backoff * 2 < RETRY_MAX_MS ? t->backoff * 2 :
	    RETRY_MAX_MS;
	t->since = clock_monotime();
	target_wait(t, ms - (int)arc4random_uniform((uint32_t)ms / 4 + 1));
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
	t->session = NULL;
	t->fruitless = !s->up;
	if (!router_id_is_none(&s->router))
		t->router = s->router;
	if (s->up)
		t->down = clock_monotime();
	if (s->up && t->backoff > RETRY_MIN_MS &&
	    monotime_ms(s->since, clock_monotime()) > STABLE_MS)
		t->backoff = RETRY_MIN_MS;
	if (quiet)
		target_wait(t, RETRY_DUP_MS);
	else
		target_failed(t, why);
}
