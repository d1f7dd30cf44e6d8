/* SPDX-License-Identifier: ISC */
/* Sessions with other routers: handshake, reading and sending. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "common/clock.h"
#include "common/ibuf.h"
#include "common/imsg.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/local.h"
#include "wire/flood.h"

#define OUTPUT_HIGH	(64 * 1024)	/* octets: enough in flight */
#define OUTPUT_LOW	(16 * 1024)
#define ALL_TLVS	INT32_MAX	/* TLVs: all that are in its buffer */

static struct session	*session_find(struct sessions *, uint32_t);
static void		 hang_up(int);
static void		 no_session(struct sessions *, struct target *,
			    const struct addr *, const char *);
static void		 session_read(struct bufferevent *, void *);
static void		 session_written(struct bufferevent *, void *);
static void		 session_event(struct bufferevent *, short, void *);
static int		 session_handshake(struct session *, struct ibuf *,
			    const char **);
static bool		 session_hello(struct session *,
			    const struct router_id *);
static void		 session_secured(struct session *);
static void		 session_start(struct session *);
static const char	*hello_fault(const struct session *,
			    const struct router_id *);
static int		 session_update(const struct session *, struct ibuf *,
			    const struct update *);
static const char	*cert_fault(const struct session *,
			    const struct router_id *);
static void		 session_pump(struct session *);
static void		 session_refused(struct session *, const char *);
static bool		 session_take(struct session *);
static bool		 session_input(struct session *, struct ibuf *);

RB_GENERATE(session_tree, session, entry, session_cmp)

int
session_cmp(const struct session *a, const struct session *b)
{
	return (a->id > b->id) - (a->id < b->id);
}

struct sessions *
sessions_new(struct event_base *base, struct core *core,
    const struct router_id *self, const struct sessions_ops *ops)
{
	struct sessions	*all;

	if ((all = calloc(1, sizeof(*all))) == NULL)
		return NULL;
	all->base = base;
	all->core = core;
	all->self = *self;
	all->ops = *ops;
	if ((all->tls = tls_new(self)) == NULL) {
		free(all);
		return NULL;
	}
	RB_INIT(&all->targets);
	RB_INIT(&all->sessions);
	RB_INIT(&all->sources);
	TAILQ_INIT(&all->woken);
	TAILQ_INIT(&all->greeting);
	TAILQ_INIT(&all->links);
	LIST_INIT(&all->spare_targets);
	TAILQ_INIT(&all->spare_links);
	if (watch_start(all) == -1 || parts_start(all) == -1) {
		watch_stop(all);
		tls_free(all->tls);
		free(all);
		return NULL;
	}
	return all;
}

void
sessions_free(struct sessions *all)
{
	struct session	*s;
	struct target	*t;

	if (all == NULL)
		return;
	while ((s = RB_ROOT(&all->sessions)) != NULL)
		session_close(s, "shutting down", true);
	while ((t = RB_ROOT(&all->targets)) != NULL)
		target_free(t);
	targets_trim(all);
	auto_free(all);
	event_free(all->parts);
	watch_stop(all);
	tls_free(all->tls);
	free(all);
}

uint32_t
sessions_count(const struct sessions *all)
{
	return all->count;
}

static struct session *
session_find(struct sessions *all, uint32_t id)
{
	struct session	key;

	key.id = id;
	return RB_FIND(session_tree, &all->sessions, &key);
}

/* Another session with the same router: rare, so all are searched. */
struct session *
session_of_router(struct sessions *all, const struct router_id *id,
    const struct session *other_than)
{
	struct session	*s;

	RB_FOREACH(s, session_tree, &all->sessions)
		if (s != other_than && s->up &&
		    router_id_cmp(&s->router, id) == 0)
			return s;
	return NULL;
}

void
sessions_connected(struct sessions *all, const struct ipc_peer *peer, int fd)
{
	struct target	*t = NULL;
	struct session	*s;

	if (peer->number != 0) {
		t = target_find(all, peer);
		if (t == NULL || t->session != NULL ||
		    t->conf.notls != peer->notls) {
			hang_up(fd);
			return;
		}
	} else if (!limit_admit(all, peer)) {
		hang_up(fd);
		return;
	}
	if (fd == IMSG_FD_LOST) {
		no_session(all, t, &peer->addr, "too many open files");
		return;
	}
	if ((s = calloc(1, sizeof(*s))) == NULL) {
		no_session(all, t, &peer->addr, NULL);
		close(fd);
		return;
	}
	s->bev = peer->notls ? bufferevent_socket_new(all->base, fd,
	    BEV_OPT_CLOSE_ON_FREE) : tls_bufferevent(all->tls, all->base, fd,
	    t != NULL ? &t->conf : NULL, &peer->addr, &s->tls);
	if (s->bev == NULL) {
		no_session(all, t, &peer->addr, peer->notls ? NULL :
		    "tls cannot begin");
		free(s);
		close(fd);
		return;
	}
	s->all = all;
	s->id = ++all->last_id;
	s->addr = peer->addr;
	s->ifindex = peer->ifindex;
	s->port = peer->port;
	s->notls = peer->notls;
	s->known = peer->known;
	s->since = s->heard = s->said = s->moved = clock_monotime();
	s->target = t;
	if (limit_begin(s) == -1) {
		no_session(all, t, &peer->addr, NULL);
		bufferevent_free(s->bev);
		free(s);
		return;
	}
	if (t != NULL)
		t->session = s;
	RB_INSERT(session_tree, &all->sessions, s);
	all->count++;
	bufferevent_setcb(s->bev, session_read, session_written,
	    session_event, s);
	bufferevent_setwatermark(s->bev, EV_WRITE, OUTPUT_LOW, 0);
	if (s->notls)
		session_start(s);
	if (bufferevent_enable(s->bev, EV_READ | EV_WRITE) == -1) {
		nomem("a session");
		session_close(s, "no memory", false);
	}
}

static void
hang_up(int fd)
{
	if (fd != IMSG_FD_LOST)
		close(fd);
}

/* why: NULL if memory was refused. */
static void
no_session(struct sessions *all, struct target *t, const struct addr *addr,
    const char *why)
{
	if (why == NULL) {
		nomem("a session");
		why = "no memory";
	}
	if (t != NULL)
		target_failed(t, why);
	else
		limit_failed(all, addr, why);
}

/* A lost update comes again in the next session, which is soon. */
void
session_send(struct session *s, const void *data, size_t len)
{
	if (s->starved)
		return;
	if (bufferevent_write(s->bev, data, len) == -1) {
		nomem("an update to a peer");
		s->starved = true;
		return;
	}
	s->given += len;
	s->said = clock_monotime();
}

static void
session_start(struct session *s)
{
	struct ibuf	 buf;
	uint8_t		 room[FLOOD_HANDSHAKE_LEN];

	ibuf_to(&buf, room, sizeof(room));
	wire_flood_add_handshake(&buf, FLOOD_CAP_EXTENDED |
	    FLOOD_CAP_HEARTBEAT | FLOOD_CAP_DIGESTS | FLOOD_CAP_HOPS);
	session_send(s, room, ibuf_len(&buf));
}

/* quiet: no log line, and no need to connect again soon. */
void
session_close(struct session *s, const char *why, bool quiet)
{
	struct sessions	*all = s->all;
	struct target	*t = s->target;
	bool		 was_up = s->up;

	if (was_up && !quiet)
		log_info("peer %s port %u: session ended: %s",
		    addr_text(&s->addr), s->port, why);
	else if (!was_up && t == NULL && !quiet)
		limit_failed(all, &s->addr, why);
	if (s->is_woken)
		TAILQ_REMOVE(&all->woken, s, woken);
	RB_REMOVE(session_tree, &all->sessions, s);
	all->count--;
	limit_end(s);
	bufferevent_free(s->bev);
	if (t != NULL)
		target_lost(t, s, why, quiet);
	if (was_up) {
		core_peer_down(all->core, s->id, clock_monotime());
		all->ops.touched(all->ops.arg);
	}
	free(s);
}

static void
session_event(struct bufferevent *bev, short what, void *arg)
{
	struct session	*s = arg;
	const char	*why = "closed by the peer";

	if (what & BEV_EVENT_CONNECTED) {
		session_secured(s);
		return;
	}
	/* With TLS the end may be reported before the last data. */
	s->limited = false;
	s->tokens = ALL_TLVS;
	if (s->up && !session_take(s))
		return;
	if ((what & BEV_EVENT_ERROR) && s->notls)
		why = strerror(EVUTIL_SOCKET_ERROR());
	else if (what & BEV_EVENT_ERROR)
		why = tls_error(&s->tls, bev);
	else if (s->tls.why[0] != '\0')
		why = s->tls.why;
	else if (!s->notls && !s->secured)
		why = "closed before tls began";
	session_close(s, why, false);
}

/* TLS is up: the peer has the key, or a certificate.  Now our handshake. */
static void
session_secured(struct session *s)
{
	if (tls_connected(&s->tls, s->bev) == -1) {
		session_close(s, s->tls.why, false);
		return;
	}
	if (!tls_accepts(s->all->tls, &s->tls)) {
		session_close(s, "its key is not accepted any more", false);
		return;
	}
	s->secured = true;
	session_start(s);
}

/* 1: done; 0: incomplete; -1: close it, and why. */
static int
session_handshake(struct session *s, struct ibuf *in, const char **why)
{
	struct ibuf	buf;
	uint16_t	caps;
	uint8_t		room[16];
	int		r;

	*why = "does not speak our protocol";
	if ((r = wire_flood_get_handshake(in, &caps)) != 1)
		return r;
	s->extended = (caps & FLOOD_CAP_EXTENDED) != 0;
	/* Version 1 has no tls, and no router id. */
	if (!s->notls && !s->extended)
		return -1;
	/* A version 1 peer may be silent while nothing happens. */
	s->heartbeat = s->extended && (caps & FLOOD_CAP_HEARTBEAT) != 0;
	s->counts = s->extended && (caps & FLOOD_CAP_HOPS) != 0;
	limit_up(s);
	s->up = true;
	s->since = clock_monotime();
	if (s->extended) {
		ibuf_to(&buf, room, sizeof(room));
		wire_flood_add_hello(&buf, &s->all->self);
		session_send(s, room, ibuf_len(&buf));
	}
	if (s->target != NULL)
		s->target->error[0] = '\0';
	log_info("peer %s port %u: session is up%s%s%s", addr_text(&s->addr),
	    s->port, s->extended ? "" : ", version 1",
	    s->secured ? ", tls " : "", s->tls.identity);
	if (core_peer_up(s->all->core, s->id, session_flags(s, caps),
	    s->since) == 0)
		return 1;
	*why = "no memory";
	return -1;
}

/*
 * The peer's hello.  Our own id: a loop, useless.  If there is a session with
 * the router already, the one that the router with the greater id opened
 * stays; if both were opened by the same, the newer.  False if s is closed.
 */
static bool
session_hello(struct session *s, const struct router_id *id)
{
	struct session	*other;
	const char	*why;
	bool		 theirs_wins, mine, others;

	if (s->secured && (why = hello_fault(s, id)) != NULL) {
		session_close(s, why, false);
		return false;
	}
	s->router = *id;
	s->greeted = true;
	if (router_id_cmp(id, &s->all->self) == 0) {
		log_debug("peer %s: is ourselves", addr_text(&s->addr));
		session_close(s, "is ourselves", true);
		return false;
	}
	if ((other = session_of_router(s->all, id, s)) == NULL)
		return true;
	theirs_wins = router_id_cmp(id, &s->all->self) > 0;
	mine = (s->target == NULL) == theirs_wins;
	others = (other->target == NULL) == theirs_wins;
	if (mine || !others) {
		session_close(other, "a second session", true);
		return true;
	}
	session_close(s, "a second session", true);
	return false;
}

/* Counted, and logged at most once a minute. */
static void
session_refused(struct session *s, const char *why)
{
	s->dropped++;
	if (ratelimit_pass(&s->refused, RATELIMIT_LOG, clock_monotime()))
		log_warnx("peer %s port %u: refused: %s (%" PRIu64 " updates "
		    "so far)", addr_text(&s->addr), s->port, why, s->dropped);
}

/* It must be the router whose key it has, during all of the session. */
static const char *
hello_fault(const struct session *s, const struct router_id *id)
{
	if (s->tls.mode == CONF_TLS_PSK && s->tls.accepted &&
	    router_id_cmp(id, &s->tls.client) != 0)
		return "is not the router whose key it has";
	if (s->greeted && router_id_cmp(id, &s->router) != 0)
		return "is now another router";
	return s->tls.mode == CONF_TLS_CERT ? cert_fault(s, id) : NULL;
}

/*
 * A certificate with router ids is valid for those.  One without ids is valid
 * for any router, but for one at a time, and not for a router that another
 * certificate is for.  One with the router's id takes precedence.
 */
static const char *
cert_fault(const struct session *s, const struct router_id *id)
{
	struct session	*o, *next;
	bool		 same;

	if (!tls_names(&s->tls, id))
		return "is not a router that its certificate names";
	RB_FOREACH_SAFE(o, session_tree, &s->all->sessions, next) {
		if (o == s || !o->greeted || !o->secured ||
		    o->tls.mode != CONF_TLS_CERT)
			continue;
		same = memcmp(o->tls.cert, s->tls.cert,
		    sizeof(s->tls.cert)) == 0;
		if (router_id_cmp(&o->router, id) != 0) {
			if (same && s->tls.nids == 0)
				return "another router speaks by the same "
				    "certificate";
		} else if (!same && s->tls.nids == 0)
			return "the router speaks by another certificate";
		else if (!same && o->tls.nids == 0)
			session_close(o, "its router has a certificate "
			    "that names it", false);
	}
	return NULL;
}

/* All complete TLVs; false if the session is closed. */
static bool
session_input(struct session *s, struct ibuf *in)
{
	struct flood_tlv	tlv;
	monotime_t		now = clock_monotime();
	const char		*why;
	int			r;

	while (!s->limited && (r = wire_flood_next(in, &tlv)) != 0) {
		if (!limit_take(s))
			bufferevent_disable(s->bev, EV_READ);
		if (r == -1) {
			session_refused(s, tlv.why);
			continue;
		}
		if (tlv.kind == FLOOD_HELLO) {
			if (s->extended && !session_hello(s, &tlv.router))
				return false;
		} else if (tlv.kind == FLOOD_UPDATE ||
		    tlv.kind == FLOOD_AGED || tlv.kind == FLOOD_COUNTED ||
		    tlv.kind == FLOOD_DIGEST) {
			if (s->secured && !s->greeted) {
				session_close(s, "does not say who it is",
				    false);
				return false;
			}
			if (tlv.kind == FLOOD_DIGEST) {
				core_digest(s->all->core, s->id, &tlv.digest);
				continue;
			}
			s->in++;
			why = core_update(s->all->core, s->id, &tlv.update,
			    now);
			if (why != NULL)
				session_refused(s, why);
		}
	}
	return true;
}

/* Read all there is; false if the session is closed. */
static bool
session_take(struct session *s)
{
	struct evbuffer	*input = bufferevent_get_input(s->bev);
	struct ibuf	 in;
	const char	*why;
	const uint8_t	*data;
	size_t		 len = evbuffer_get_length(input);
	int		 r;

	if (len == 0)
		return true;
	if ((data = evbuffer_pullup(input, -1)) == NULL) {
		nomem("what a peer has said");
		s->again = true;
		return true;
	}
	ibuf_from(&in, data, len);
	if (!s->up && (r = session_handshake(s, &in, &why)) != 1) {
		if (r == -1)
			session_close(s, why, false);
		return r == 0;
	}
	if (!session_input(s, &in))
		return false;
	evbuffer_drain(input, len - ibuf_left(&in));
	return true;
}

static void
session_read(struct bufferevent *bev, void *arg)
{
	struct session	*s = arg;
	struct sessions	*all = s->all;

	(void)bev;
	s->heard = clock_monotime();
	(void)session_take(s);
	all->ops.touched(all->ops.arg);
}

void
session_resume(struct session *s)
{
	s->limited = s->again = false;
	if (bufferevent_enable(s->bev, EV_READ) == -1) {
		nomem("what a peer has said");
		s->again = true;
		return;
	}
	session_read(s->bev, s);
}

/* Send as much as should be in flight; the rest stays in the table. */

/* If there is no room for its age, it is sent without. */
static int
session_update(const struct session *s, struct ibuf *buf,
    const struct update *u)
{
	if (s->counts && u->hops != 0 &&
	    wire_flood_add_counted(buf, u) == 0)
		return 0;
	if (s->extended && wire_flood_add_aged(buf, u) == 0)
		return 0;
	return wire_flood_add_update(buf, u);
}

static void
session_pump(struct session *s)
{
	struct evbuffer	*output = bufferevent_get_output(s->bev);
	struct update	 u;
	struct ibuf	 buf;
	uint8_t		 room[FLOOD_TLV_MAX];
	monotime_t	 now = clock_monotime();
	size_t		 len;

	while (!s->starved && evbuffer_get_length(output) < OUTPUT_HIGH &&
	    core_peer_next(s->all->core, s->id, &u, now)) {
		ibuf_to(&buf, room, sizeof(room));
		if (session_update(s, &buf, &u) == -1) {
			s->dropped++;
			continue;
		}
		session_send(s, room, ibuf_len(&buf));
		s->out++;
	}
	/* Digests describe the table after the updates before them. */
	while (!s->starved && evbuffer_get_length(output) < OUTPUT_HIGH &&
	    (len = session_digest(s, room, sizeof(room))) > 0)
		session_send(s, room, len);
}

static void
session_written(struct bufferevent *bev, void *arg)
{
	struct session	*s = arg;

	(void)bev;
	if (s->up)
		session_pump(s);
}

void
sessions_wake(struct sessions *all, uint32_t id)
{
	struct session	*s = session_find(all, id);

	if (s == NULL || s->is_woken)
		return;
	s->is_woken = true;
	TAILQ_INSERT_TAIL(&all->woken, s, woken);
}

void
sessions_flush(struct sessions *all)
{
	struct session	*s;

	watch_go_on(all);
	parts_go_on(all);
	while ((s = TAILQ_FIRST(&all->woken)) != NULL) {
		TAILQ_REMOVE(&all->woken, s, woken);
		s->is_woken = false;
		session_pump(s);
	}
}

void
sessions_show_status(const struct sessions *all, struct ctl_status *status)
{
	status->sessions_refused = all->refused;
	status->sessions_failed = all->failed;
}

/* Listing: configured peers first, then those that connected to us. */

static void
show_session(const struct session *s, struct ctl_peer *c)
{
	c->addr = s->addr;
	c->ifindex = s->ifindex;
	c->port = s->port;
	c->state = s->up ? CTL_PEER_UP : CTL_PEER_HANDSHAKE;
	c->inbound = s->target == NULL;
	c->extended = s->extended;
	c->notls = s->notls;
	c->heartbeat = s->heartbeat;
	c->limits = s->limits;
	strlcpy(c->tls_version, s->tls.version, sizeof(c->tls_version));
	strlcpy(c->tls_cipher, s->tls.cipher, sizeof(c->tls_cipher));
	strlcpy(c->tls_identity, s->tls.identity, sizeof(c->tls_identity));
	c->router = s->router;
	c->since = (uint64_t)monotime_ms(s->since, clock_monotime()) / 1000;
	c->updates_in = s->in;
	c->updates_out = s->out;
	c->dropped = s->dropped;
	c->queued = (uint32_t)evbuffer_get_length(
	    bufferevent_get_output(s->bev));
}

static void
show_target(const struct target *t, struct ctl_peer *c)
{
	monotime_t	now = clock_monotime();

	if (t->session != NULL)
		show_session(t->session, c);
	else {
		c->addr = t->conf.addr;
		c->ifindex = t->ifindex;
		c->port = t->conf.port;
		c->notls = t->conf.notls;
		c->state = t->state;
		c->since = (uint64_t)monotime_ms(t->since, now) / 1000;
		if (t->state == CTL_PEER_IDLE &&
		    monotime_before(now, t->retry_at))
			c->retry = (uint32_t)
			    ((monotime_ms(now, t->retry_at) + 999) / 1000);
	}
	c->configured = !t->conf.automatic;
	c->automatic = t->conf.automatic;
	strlcpy(c->host, t->conf.host, sizeof(c->host));
	c->connects = t->connects;
	c->failures = t->failures;
	c->cuts = t->cuts;
	strlcpy(c->error, t->error, sizeof(c->error));
}

/* key[0]: 0, or 1 and a session's id. */
static void
cursor_put(struct ctl_cursor *cur, const struct target *t)
{
	cur->started = 1;
	cur->key[0] = 0;
	cur->key[1] = t->conf.automatic;
	memcpy(cur->key + 2, &t->conf.port, 2);
	memcpy(cur->key + 4, &t->conf.addr, sizeof(t->conf.addr));
	memcpy(cur->key + 20, t->conf.host, sizeof(t->conf.host));
}

static void
cursor_get(const struct ctl_cursor *cur, struct target *t)
{
	t->conf.automatic = cur->key[1];
	memcpy(&t->conf.port, cur->key + 2, 2);
	memcpy(&t->conf.addr, cur->key + 4, sizeof(t->conf.addr));
	memcpy(t->conf.host, cur->key + 20, sizeof(t->conf.host));
}

int
sessions_show(struct sessions *all, struct ctl_cursor *cur,
    struct ctl_peer *c)
{
	struct target	*t, tkey;
	struct session	*s, skey;

	memset(c, 0, sizeof(*c));
	if (!cur->started)
		t = RB_MIN(target_tree, &all->targets);
	else if (cur->key[0] == 0) {
		cursor_get(cur, &tkey);
		t = RB_NFIND(target_tree, &all->targets, &tkey);
		if (t != NULL && target_cmp(t, &tkey) == 0)
			t = RB_NEXT(target_tree, &all->targets, t);
	} else
		t = NULL;
	if (t != NULL) {
		cursor_put(cur, t);
		show_target(t, c);
		return 1;
	}
	skey.id = 0;
	if (cur->started && cur->key[0] == 1)
		memcpy(&skey.id, cur->key + 1, sizeof(skey.id));
	skey.id++;
	for (s = RB_NFIND(session_tree, &all->sessions, &skey); s != NULL;
	    s = RB_NEXT(session_tree, &all->sessions, s))
		if (s->target == NULL)
			break;
	if (s == NULL)
		return 0;
	cur->started = 1;
	cur->key[0] = 1;
	memcpy(cur->key + 1, &s->id, sizeof(s->id));
	show_session(s, c);
	return 1;
}
