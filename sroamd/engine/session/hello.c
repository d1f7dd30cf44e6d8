/* SPDX-License-Identifier: ISC */
/*
 * Hellos: ours, signed for this session, and the peer's, by which it becomes a
 * router that we know.  Before both nothing is exchanged but the handshake and
 * heartbeats.
 */
#include <string.h>

#include "common/clock.h"
#include "common/ibuf.h"
#include "common/log.h"
#include "engine/session/local.h"
#include "wire/flood.h"

static void		 send_hello(struct session *,
			    const struct router_signature *);
static bool		 same(const struct session *, const struct hello *);
static bool		 is_proven(const struct session *,
			    const struct hello *);
static const char	*cert_fault(const struct session *,
			    const struct router_id *);
static bool		 has_other_key(const struct session *,
			    const struct hello *);
static bool		 meet_ourselves(struct session *, const struct hello *);
static bool		 meet_router(struct session *);
static bool		 stays(const struct session *);

/* After the handshakes.  0, or -1: TLS has no keying material. */
int
hello_begin(struct session *s)
{
	struct ipc_sign_session	 msg = { .session = s->id };

	if (s->notls) {
		send_hello(s, NULL);
		return 0;
	}
	if (tls_export(s->bev, s->exporter) == -1)
		return -1;
	s->stage = STAGE_SIGNS;
	msg.role = s->target != NULL ? SIGN_CLIENT : SIGN_SERVER;
	memcpy(msg.exporter, s->exporter, sizeof(msg.exporter));
	s->all->ops.sign(s->all->ops.arg, &msg);
	return 0;
}

void
hello_signed(struct session *s, const struct router_signature *signature)
{
	send_hello(s, signature);
}

static void
send_hello(struct session *s, const struct router_signature *signature)
{
	const struct core_self	*self = &s->all->self;
	struct hello			 h = { .id = self->id,
					    .key = self->key,
					    .run = self->run };
	struct ibuf			 buf;
	uint8_t				 room[FLOOD_TLV_MAX];

	if (signature != NULL) {
		h.is_signed = true;
		h.signature = *signature;
	}
	ibuf_to(&buf, room, sizeof(room));
	wire_flood_add_hello(&buf, &h);
	session_send(s, room, ibuf_len(&buf));
	s->stage = STAGE_GREETS;
}

/*
 * The peer's hello: cheap checks first, and one signature for a session at
 * most.  False if s is closed.
 */
bool
hello_take(struct session *s, const struct hello *h)
{
	const char	*why;
	uint8_t		 code;

	if (s->greeted && same(s, h))
		return true;
	if (s->greeted || !router_key_has(&h->key, &h->id)) {
		session_close(s, s->greeted ? "is now another router" :
		    "its id does not follow from its key", false);
		return false;
	}
	if (s->tls.mode == CONF_TLS_PSK && s->tls.accepted &&
	    router_id_cmp(&h->id, &s->tls.client) != 0) {
		session_close(s, "is not the router whose key it has", false);
		return false;
	}
	if (s->secured && !is_proven(s, h)) {
		session_refuse(s, REFUSAL_UNPROVEN);
		return true;
	}
	if (s->tls.mode == CONF_TLS_CERT &&
	    (why = cert_fault(s, &h->id)) != NULL) {
		session_close(s, why, false);
		return false;
	}
	s->greeted = true;
	s->router = h->id;
	s->proven = s->secured;
	s->key = h->key;
	s->run = h->run;
	if (has_other_key(s, h)) {
		session_refuse(s, REFUSAL_OTHER_KEY);
		return true;
	}
	if (router_id_cmp(&h->id, &s->all->self.id) == 0)
		return meet_ourselves(s, h);
	if ((code = admission_refusal(s->all, &h->id)) != 0) {
		session_refuse(s, code);
		return true;
	}
	return meet_router(s);
}

static bool
same(const struct session *s, const struct hello *h)
{
	return router_id_cmp(&s->router, &h->id) == 0 &&
	    router_key_cmp(&s->key, &h->key) == 0 && s->run == h->run;
}

static bool
is_proven(const struct session *s, const struct hello *h)
{
	return h->is_signed && proof_fits(&h->key, s->target != NULL ?
	    SIGN_SERVER : SIGN_CLIENT, s->exporter, &h->signature);
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
		if (o == s || o->stage != STAGE_UP || !o->secured ||
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

/*
 * Two keys with one id, of 64 bits, do not happen by chance: somebody has
 * looked for one.
 */
static bool
has_other_key(const struct session *s, const struct hello *h)
{
	const struct session	*o;
	struct router_key	 known;

	if (router_id_cmp(&h->id, &s->all->self.id) == 0)
		return router_key_cmp(&h->key, &s->all->self.key) != 0;
	o = session_of_router(s->all, &h->id, s);
	if (o != NULL && router_key_cmp(&o->key, &h->key) != 0)
		return true;
	return core_router_key(s->all->core, &h->id, &known,
	    clock_monotime()) && router_key_cmp(&known, &h->key) != 0;
}

/*
 * Our own hello: a loop, useless.  Of another start: a router with a copy of
 * our identity.
 */
static bool
meet_ourselves(struct session *s, const struct hello *h)
{
	if (h->run != s->all->self.run) {
		if (s->proven)
			core_clone(s->all->core, h->run, clock_monotime());
		session_refuse(s, REFUSAL_CLONE);
		return true;
	}
	log_debug("peer %s: is ourselves", addr_text(&s->addr));
	session_close(s, "is ourselves", true);
	return false;
}

/*
 * If there is a session with the router already, the one that the router with
 * the greater id opened stays; if both were opened by the same, the newer.
 * Those with another start of it stay: it has ended, and is silent from now
 * on, or has a copy, and each of the two would throw the other out.
 */
static bool
meet_router(struct session *s)
{
	struct session	*other = session_of_start(s->all, &s->router,
			    s->run, s);

	if (other != NULL && stays(other) && !stays(s)) {
		session_close(s, "a second session", true);
		return false;
	}
	if (!session_up(s))
		return false;
	core_peer_is(s->all->core, s->id, &s->router, s->since);
	if (other != NULL)
		session_close(other, "a second session", true);
	return true;
}

/* Opened by the router with the greater id. */
static bool
stays(const struct session *s)
{
	bool	theirs_wins;

	theirs_wins = router_id_cmp(&s->router, &s->all->self.id) > 0;
	return (s->target == NULL) == theirs_wins;
}
