/* SPDX-License-Identifier: ISC */
/*
 * Sessions with other routers, from the connection to the end: handshake,
 * reading and sending.
 */
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

static bool	admit(struct sessions *, const struct ipc_peer *);
static void	hang_up(int);
static void	no_session(struct sessions *, struct target *,
		    const struct addr *, const char *);
static void	session_read(struct bufferevent *, void *);
static void	session_written(struct bufferevent *, void *);
static void	session_event(struct bufferevent *, short, void *);
static int	session_handshake(struct session *, struct ibuf *,
		    const char **);
static void	session_secured(struct session *);
static void	session_start(struct session *);
static int	session_update(const struct session *, struct ibuf *,
		    const struct update *);
static void	session_refused(struct session *, const char *);
static void	session_hear(struct session *, const struct flood_tlv *,
		    monotime_t);
static bool	session_tlv(struct session *, const struct flood_tlv *,
		    monotime_t);
static bool	session_take(struct session *);
static bool	session_input(struct session *, struct ibuf *);

/*
 * Sessions before their hello cost little, but there may be many.  A router
 * needs milliseconds for it, so the oldest is probably none.  Connections from
 * a configured peer's address are not counted here, and are accepted even if
 * others have used up the limit.
 */
static bool
admit(struct sessions *all, const struct ipc_peer *peer)
{
	const struct addr	*addr = &peer->addr;
	struct source		*source = source_find(all, addr);
	uint32_t		 places = all->max;

	if (source != NULL && source->count >= all->max_source) {
		all->refused++;
		limit_failed(all, addr, "too many sessions of this address");
		return false;
	}
	if (peer->known)
		places += all->nconf_peers;
	else if (all->ngreeting > 0 && (all->ngreeting >= all->max_greeting ||
	    all->count >= places)) {
		all->refused++;
		session_close(TAILQ_FIRST(&all->greeting),
		    "makes room for another", false);
	}
	if (all->count >= places) {
		all->refused++;
		limit_failed(all, addr, "no room for another session");
		return false;
	}
	return true;
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
	} else if (!admit(all, peer)) {
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

static void
session_start(struct session *s)
{
	struct ibuf	 buf;
	uint8_t		 room[FLOOD_HANDSHAKE_LEN];

	ibuf_to(&buf, room, sizeof(room));
	wire_flood_add_handshake(&buf, FLOOD_CAP_2);
	session_send(s, room, ibuf_len(&buf));
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
	if (s->stage != STAGE_SHAKES && !session_take(s))
		return;
	if (s->stage == STAGE_REFUSED)
		why = refusal_why(s);
	else if ((what & BEV_EVENT_ERROR) && s->notls)
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
	uint16_t	caps;
	int		r;

	*why = "does not speak our protocol";
	if ((r = wire_flood_get_handshake(in, &caps)) != 1)
		return r;
	s->extended = (caps & FLOOD_CAP_2) != 0;
	/* Version 1 has no tls, and no router id. */
	if (!s->notls && !s->extended)
		return -1;
	*why = WHY_V1;
	if (!s->extended && !admission_of_v1(s->all))
		return -1;
	*why = "no memory";
	if (!s->extended)
		return session_begin(s) == -1 ? -1 : 1;
	*why = "tls has no keying material";
	return hello_begin(s) == -1 ? -1 : 1;
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

void
sessions_refused(struct sessions *all, uint32_t id, const char *why)
{
	struct session	*s;

	if (all != NULL && (s = session_find(all, id)) != NULL)
		session_refused(s, why);
}

/* What the peer says, but for what a session begins with. */
static void
session_hear(struct session *s, const struct flood_tlv *tlv, monotime_t now)
{
	const char	*why;

	if (tlv->kind != FLOOD_UPDATE && tlv->kind != FLOOD_AGED &&
	    tlv->kind != FLOOD_COUNTED && tlv->kind != FLOOD_DIGEST &&
	    tlv->kind != FLOOD_NEIGHBOURS)
		return;
	/* Either version has updates of its own. */
	if ((tlv->kind == FLOOD_UPDATE) == s->extended) {
		session_refused(s, "an update of another version");
		return;
	}
	if (tlv->kind == FLOOD_NEIGHBOURS) {
		core_peer_neighbours(s->all->core, s->id, &tlv->neighbours,
		    now);
		return;
	}
	if (tlv->kind == FLOOD_DIGEST) {
		core_digest(s->all->core, s->id, &tlv->digest);
		return;
	}
	s->in++;
	why = core_update(s->all->core, s->id, &tlv->update, now);
	if (why != NULL)
		session_refused(s, why);
}

/* One TLV; false if the session is closed. */
static bool
session_tlv(struct session *s, const struct flood_tlv *tlv, monotime_t now)
{
	/* To version 1 it is a type that is not known. */
	if (tlv->kind == FLOOD_BAD_HELLO && !s->extended)
		return true;
	if (tlv->kind == FLOOD_BAD_HELLO) {
		session_close(s, tlv->why, false);
		return false;
	}
	if (tlv->kind == FLOOD_MALFORMED) {
		session_refused(s, tlv->why);
		return true;
	}
	if (s->extended && tlv->kind == FLOOD_HELLO)
		return hello_take(s, &tlv->hello);
	if (s->extended && tlv->kind == FLOOD_REFUSAL) {
		refusal_take(s, &tlv->refusal);
		return false;
	}
	if (tlv->kind == FLOOD_PAD || tlv->kind == FLOOD_HEARTBEAT ||
	    tlv->kind == FLOOD_UNKNOWN)
		return true;
	if (s->stage != STAGE_UP) {
		session_close(s, "does not say who it is", false);
		return false;
	}
	session_hear(s, tlv, now);
	return true;
}

/* All complete TLVs; false if the session is closed. */
static bool
session_input(struct session *s, struct ibuf *in)
{
	struct flood_tlv	tlv;
	monotime_t		now = clock_monotime();

	while (!s->limited && s->stage != STAGE_REFUSED &&
	    wire_flood_next(in, &tlv) != 0) {
		if (!limit_take(s))
			bufferevent_disable(s->bev, EV_READ);
		if (!session_tlv(s, &tlv, now))
			return false;
	}
	return true;
}

/*
 * Read all there is; false if the session is closed.  Until our own hello is
 * signed the peer's waits, so that it is told who we are before it is refused.
 */
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
	if (s->stage == STAGE_REFUSED) {
		evbuffer_drain(input, len);
		return true;
	}
	if ((data = evbuffer_pullup(input, -1)) == NULL) {
		nomem("what a peer has said");
		s->again = true;
		return true;
	}
	ibuf_from(&in, data, len);
	if (s->stage == STAGE_SHAKES &&
	    (r = session_handshake(s, &in, &why)) != 1) {
		if (r == -1)
			session_close(s, why, false);
		return r == 0;
	}
	if (s->stage == STAGE_SIGNS)
		bufferevent_disable(s->bev, EV_READ);
	else if (!session_input(s, &in))
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

/* The session may have ended meanwhile: its number is never used again. */
void
sessions_signed(struct sessions *all, const struct ipc_signed_session *msg)
{
	struct router_signature	 signature;
	struct session		*s;

	if (msg->session > UINT32_MAX ||
	    (s = session_find(all, (uint32_t)msg->session)) == NULL ||
	    s->stage != STAGE_SIGNS)
		return;
	memcpy(signature.octet, msg->signature, sizeof(signature.octet));
	hello_signed(s, &signature);
	session_resume(s);
}

static int
session_update(const struct session *s, struct ibuf *buf,
    const struct update *u)
{
	if (!s->extended)
		return wire_flood_add_update(buf, u);
	return u->hops != 0 ? wire_flood_add_counted(buf, u) :
	    wire_flood_add_aged(buf, u);
}

/* Send as much as should be in flight; the rest stays in the table. */
void
session_pump(struct session *s)
{
	struct evbuffer	*output = bufferevent_get_output(s->bev);
	struct neighbours n;
	struct update	 u;
	struct ibuf	 buf;
	uint8_t		 room[FLOOD_TLV_MAX];
	monotime_t	 now = clock_monotime();
	size_t		 len;

	/* First, as it decides what the peer need not send to others. */
	while (!s->starved && evbuffer_get_length(output) < OUTPUT_HIGH &&
	    core_peer_say(s->all->core, s->id, &n)) {
		ibuf_to(&buf, room, sizeof(room));
		wire_flood_add_neighbours(&buf, &n);
		session_send(s, room, ibuf_len(&buf));
	}
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
	if (s->stage == STAGE_UP)
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
