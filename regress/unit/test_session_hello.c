/* SPDX-License-Identifier: ISC */
/*
 * Who a session's router is: sessions of one engine with a peer that is
 * written here and says whatever it wants, by TLS of its own.
 */
#include <sys/socket.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "engine/session/local.h"
#include "engine/tls/tls.h"
#include "hex.h"
#include "identity.h"
#include "loop.h"
#include "regress/fake_signer.h"
#include "stub_log.h"
#include "wire/flood.h"

#define PATIENCE	20000		/* ms */
#define SECRET		"a secret of at least thirty-two octets"
#define NODE		1		/* identities */
#define PEER		2
#define OTHER		3
#define RUN		7		/* of the node */

int	__real_crypto_sign_verify_detached(const unsigned char *,
	    const unsigned char *, unsigned long long, const unsigned char *);
int	__wrap_crypto_sign_verify_detached(const unsigned char *,
	    const unsigned char *, unsigned long long, const unsigned char *);
bool	__real_router_key_has(const struct router_key *,
	    const struct router_id *);
bool	__wrap_router_key_has(const struct router_key *,
	    const struct router_id *);

struct node {
	struct core	*core;
	struct sessions	*sessions;
	struct conf	*conf;
	struct identity	 identity;
	struct ipc_peer	 asked;		/* for a connection */
	int		 nasked;
};

struct raw {
	struct identity		 identity;
	struct tls		*tls;
	struct tls_session	 session;
	struct bufferevent	*bev;
	uint8_t			 role;		/* its own */
	uint8_t			 exporter[32];
	bool			 connected, closed, shook;
	int			 nhellos, nupdates;
	struct hello		 hello;		/* the node's */
	struct refusal		 refusal;
};

static int	verified;	/* signatures */
static bool	all_fit;	/* any id to any key */

int
__wrap_crypto_sign_verify_detached(const unsigned char *signature,
    const unsigned char *text, unsigned long long len,
    const unsigned char *key)
{
	verified++;
	return __real_crypto_sign_verify_detached(signature, text, len, key);
}

bool
__wrap_router_key_has(const struct router_key *key,
    const struct router_id *id)
{
	return all_fit || __real_router_key_has(key, id);
}

/* The node. */

static void
effect(void *arg, const struct effect *e)
{
	struct node *n = arg;

	if (e->type == EFFECT_PEER_WAKE && n->sessions != NULL)
		sessions_wake(n->sessions, *e->peer);
}

static uint32_t
draw(void *arg)
{
	(void)arg;
	return 4;
}

static void
connect_peer(void *arg, const struct ipc_peer *peer)
{
	struct node *n = arg;

	n->asked = *peer;
	n->nasked++;
}

/* Sessions that are told to be down, and up. */
static unsigned int changes[2];

static void
changed(void *arg, const struct ctl_event *event)
{
	(void)arg;
	assert_int_equal(event->about, CTL_ABOUT_PEER);
	changes[event->type == CTL_EVENT_PEER_UP]++;
}

static void
touched(void *arg)
{
	struct node *n = arg;

	if (n->sessions != NULL)
		sessions_flush(n->sessions);
}

struct to_sign {
	struct node		*node;
	struct ipc_sign_session	 msg;
};

static void
sign_one(evutil_socket_t fd, short what, void *arg)
{
	struct to_sign *to = arg;
	struct ipc_signed_session answer = { .session = to->msg.session };
	struct router_signature s;

	(void)fd;
	(void)what;
	s = identity_sign_session(&to->node->identity, to->msg.role,
	    to->msg.exporter);
	memcpy(answer.signature, s.octet, sizeof(answer.signature));
	sessions_signed(to->node->sessions, &answer);
	/* Answers that nobody waits for any more. */
	sessions_signed(to->node->sessions, &answer);
	answer.session += 1ULL << 32;
	sessions_signed(to->node->sessions, &answer);
	free(to);
}

/* The signer's answer comes later. */
static void
sign(void *arg, const struct ipc_sign_session *msg)
{
	struct to_sign *to = calloc(1, sizeof(*to));
	struct timeval tv = { 0, 1000 };

	assert_non_null(to);
	to->node = arg;
	to->msg = *msg;
	event_base_once(base, -1, EV_TIMEOUT, sign_one, to, &tv);
}

static struct conf *
conf_of(bool tls, bool target)
{
	struct conf_listen listen = { .port = 4444, .notls = !tls };
	struct conf_peer peer = { .port = 4444, .notls = !tls };
	struct conf *conf = conf_new();

	assert_non_null(conf);
	conf->global.tls = tls ? CONF_TLS_PSK : CONF_TLS_NONE;
	if (tls)
		assert_int_equal(conf_add_secret(conf, SECRET_PSK, 0, SECRET,
		    sizeof(SECRET) - 1), 0);
	assert_int_equal(conf_add_listen(conf, &listen), 0);
	(void)addr_parse("10.0.0.2", &peer.addr);
	if (target)
		assert_int_equal(conf_add_peer(conf, &peer), 0);
	return conf;
}

static struct node *
node_new(bool tls, bool target)
{
	struct node *n = calloc(1, sizeof(*n));
	struct core_ops ops = { effect, draw, FAKE_SIGNER, n };
	struct sessions_ops sops = { connect_peer, touched, sign, changed, n };
	struct core_self self = { .run = RUN };

	assert_non_null(n);
	n->identity = identity_make(NODE);
	self.id = n->identity.id;
	self.key = n->identity.key;
	n->conf = conf_of(tls, target);
	n->core = core_new(&ops, &self, n->conf, clock_monotime());
	assert_non_null(n->core);
	n->sessions = sessions_new(base, n->core, &self, &sops);
	assert_non_null(n->sessions);
	sessions_conf(n->sessions, n->conf);
	stub_log_clear();
	verified = 0;
	all_fit = false;
	return n;
}

/* Later conf_of's, with other routers. */
static void
reload(struct node *n, struct conf *conf)
{
	char why[128];

	conf_routers_sort(conf);
	assert_int_equal(sessions_prepare(n->sessions, conf, why,
	    sizeof(why)), 0);
	sessions_conf(n->sessions, conf);
	conf_free(n->conf);
	n->conf = conf;
}

static void
node_free(struct node *n)
{
	sessions_free(n->sessions);
	core_free(n->core);
	conf_free(n->conf);
	free(n);
}

static struct ctl_peer
peer_at(struct node *n, int which)
{
	struct ctl_cursor cursor;
	struct ctl_peer peer;

	memset(&cursor, 0, sizeof(cursor));
	while (sessions_show(n->sessions, &cursor, &peer))
		if (which-- == 0)
			return peer;
	memset(&peer, 0, sizeof(peer));
	return peer;
}

static int
count_up(struct node *n)
{
	int i, up = 0;

	for (i = 0; peer_at(n, i).port != 0; i++)
		up += peer_at(n, i).state == CTL_PEER_UP;
	return up;
}

static bool
says(const char *text)
{
	return strstr(stub_log_text(), text) != NULL;
}

/* The peer. */

static void
raw_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t len = evbuffer_get_length(in);
	struct raw *r = arg;
	struct flood_tlv tlv;
	struct ibuf buf;
	uint16_t caps;

	ibuf_from(&buf, evbuffer_pullup(in, -1), len);
	if (!r->shook)
		r->shook = wire_flood_get_handshake(&buf, &caps) == 1;
	while (r->shook && wire_flood_next(&buf, &tlv) == 1) {
		/* Nothing else comes before both hellos. */
		assert_true(tlv.kind == FLOOD_HELLO ||
		    tlv.kind == FLOOD_HEARTBEAT || r->nhellos == 1);
		if (tlv.kind == FLOOD_HELLO) {
			r->nhellos++;
			r->hello = tlv.hello;
		} else if (tlv.kind == FLOOD_REFUSAL)
			r->refusal = tlv.refusal;
		else if (tlv.kind == FLOOD_AGED || tlv.kind == FLOOD_COUNTED ||
		    tlv.kind == FLOOD_DIGEST ||
		    tlv.kind == FLOOD_NEIGHBOURS)
			r->nupdates++;
	}
	evbuffer_drain(in, len - ibuf_left(&buf));
}

static void
raw_event(struct bufferevent *bev, short what, void *arg)
{
	struct raw *r = arg;

	if (what & BEV_EVENT_CONNECTED) {
		assert_int_equal(tls_export(bev, r->exporter), 0);
		r->connected = true;
	} else
		r->closed = true;
}

/* It connects to the node, or is connected to. */
static struct raw *
raw_new(struct node *n, uint8_t which, uint8_t says_it_is, uint8_t role)
{
	struct raw *r = calloc(1, sizeof(*r));
	bool tls = n->conf->global.tls != CONF_TLS_NONE;
	struct identity named = identity_make(says_it_is);
	struct conf_peer to = { .port = 4444 };
	struct conf *conf = conf_of(tls, false);
	struct ipc_peer peer = { .port = 30000, .notls = !tls };
	char why[128];
	int fd[2];

	assert_non_null(r);
	r->identity = identity_make(which);
	r->role = role;
	r->tls = tls_new(&named.id);
	assert_int_equal(tls_prepare(r->tls, conf, why, sizeof(why)), 0);
	tls_commit(r->tls);
	conf_free(conf);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, fd), 0);
	(void)addr_parse("10.0.0.2", &peer.addr);
	if (role == 's') {
		WAIT(n->nasked > 0);
		n->nasked = 0;
		peer = n->asked;
	}
	sessions_connected(n->sessions, &peer, fd[0]);
	r->bev = tls ? tls_bufferevent(r->tls, base, fd[1],
	    role == 'c' ? &to : NULL, &peer.addr, &r->session) :
	    bufferevent_socket_new(base, fd[1], BEV_OPT_CLOSE_ON_FREE);
	assert_non_null(r->bev);
	r->connected = !tls;
	bufferevent_setcb(r->bev, raw_read, NULL, raw_event, r);
	bufferevent_enable(r->bev, EV_READ | EV_WRITE);
	WAIT(r->connected);
	bufferevent_write(r->bev, "\54\1\0\20", 4);
	return r;
}

static void
raw_free(struct raw *r)
{
	bufferevent_free(r->bev);
	tls_free(r->tls);
	free(r);
}

static struct hello
raw_hello(const struct raw *r, uint64_t run)
{
	struct hello h = { .id = r->identity.id, .key = r->identity.key,
	    .run = run, .is_signed = true };

	h.signature = identity_sign_session(&r->identity, r->role,
	    r->exporter);
	return h;
}

static void
raw_say(struct raw *r, const struct hello *h)
{
	uint8_t room[FLOOD_TLV_MAX];
	struct ibuf buf;

	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_hello(&buf, h), 0);
	bufferevent_write(r->bev, room, ibuf_len(&buf));
}

static void
raw_refuse(struct raw *r, uint8_t code, const char *text)
{
	struct refusal refusal = { .code = code };
	uint8_t room[FLOOD_TLV_MAX];
	struct ibuf buf;

	strlcpy(refusal.text, text, sizeof(refusal.text));
	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_refusal(&buf, &refusal), 0);
	bufferevent_write(r->bev, room, ibuf_len(&buf));
}

/* A datum of an unknown kind, by the number of the test. */
static void
raw_update(struct raw *r, uint8_t number)
{
	struct update u = { .seqno = 1, .lifetime = 600, .keylen = 2,
	    .data = { 77, number } };
	uint8_t room[FLOOD_TLV_MAX];
	struct ibuf buf;

	ibuf_to(&buf, room, sizeof(room));
	assert_int_equal(wire_flood_add_aged(&buf, &u), 0);
	bufferevent_write(r->bev, room, ibuf_len(&buf));
}

static bool
has_datum(struct node *n, uint8_t number)
{
	struct ctl_cursor cursor;
	struct update u;

	memset(&cursor, 0, sizeof(cursor));
	while (core_show_datum(n->core, &cursor, &u, clock_monotime()))
		if (u.data[0] == 77 && u.data[1] == number)
			return true;
	return false;
}

static void
setup_base(void)
{
	if (base == NULL)
		assert_non_null(base = event_base_new());
}

/* The example of sroam-flood(7), signed by another library. */
static void
a_signature_is_as_in_the_page(void **state)
{
	static const char key_text[] = "03a107bff3ce10be1d70dd18e74bc099"
	    "67e4d6309ba50d5f1ddc8664125531b8";
	static const char text[] = "3560a2dbddae8d04e817fac7967f8aa9"
	    "f95b5e004f3a29928f33997d2f19204b"
	    "0fbc059088b7219de5f940d76a9ebb49"
	    "46649096c3e2538c4c3190b6a4933c0d";
	struct router_key key;
	struct router_signature s;
	uint8_t exporter[TLS_EXPORT_LEN];
	size_t bit;

	(void)state;
	hex(key_text, key.octet, sizeof(key.octet));
	hex(text, s.octet, sizeof(s.octet));
	memset(exporter, 0xff, sizeof(exporter));
	assert_true(proof_fits(&key, SIGN_CLIENT, exporter, &s));
	assert_false(proof_fits(&key, SIGN_SERVER, exporter, &s));
	for (bit = 0; bit < 512; bit++) {
		s.octet[bit / 8] ^= 1 << bit % 8;
		assert_false(proof_fits(&key, SIGN_CLIENT, exporter, &s));
		s.octet[bit / 8] ^= 1 << bit % 8;
	}
	for (bit = 0; bit < 256; bit++) {
		exporter[bit / 8] ^= 1 << bit % 8;
		assert_false(proof_fits(&key, SIGN_CLIENT, exporter, &s));
		exporter[bit / 8] ^= 1 << bit % 8;
	}
	/* The key of order 1, whose signature of every text is known. */
	memset(&key, 0, sizeof(key));
	memset(&s, 0, sizeof(s));
	key.octet[0] = s.octet[0] = 1;
	assert_false(proof_fits(&key, SIGN_CLIENT, exporter, &s));
}

static const uint8_t roles[] = { 'c', 's' };

static void
a_good_one_is_proven(void **state)
{
	struct ctl_peer peer;
	struct node *n;
	struct raw *r;
	struct hello h;
	size_t i;

	(void)state;
	setup_base();
	for (i = 0; i < sizeof(roles); i++) {
		n = node_new(true, roles[i] == 's');
		r = raw_new(n, PEER, PEER, roles[i]);
		WAIT(r->nhellos == 1);
		/* Ours, by its role. */
		assert_int_equal(router_id_cmp(&r->hello.id,
		    &n->identity.id), 0);
		assert_int_equal(r->hello.run, RUN);
		assert_true(r->hello.is_signed);
		h.signature = identity_sign_session(&n->identity,
		    roles[i] == 'c' ? 's' : 'c', r->exporter);
		assert_memory_equal(&r->hello.signature, &h.signature,
		    sizeof(h.signature));
		assert_int_equal(count_up(n), 0);
		h = raw_hello(r, 1);
		raw_say(r, &h);
		raw_update(r, 1);
		WAIT(has_datum(n, 1));
		assert_int_equal(count_up(n), 1);
		peer = peer_at(n, 0);
		assert_true(peer.proven);
		assert_int_equal(router_id_cmp(&peer.router,
		    &r->identity.id), 0);
		WAIT(r->nupdates > 0);
		/* Said again, it costs nothing. */
		raw_say(r, &h);
		raw_update(r, 2);
		WAIT(has_datum(n, 2));
		assert_int_equal(verified, 1);
		raw_free(r);
		node_free(n);
	}
}

enum fault { FORGED, REPLAYED, SWAPPED, UNSIGNED, WRONG_ID, ANOTHER, CLONED };

/* The hello of a fault. */
static struct hello
faulty(struct raw *r, enum fault fault)
{
	struct identity other = identity_make(OTHER);
	struct hello h = raw_hello(r, 1);
	uint8_t exporter[32];

	switch (fault) {
	case FORGED:		/* the id and key of another */
		h.id = other.id;
		h.key = other.key;
		break;
	case REPLAYED:		/* of another session */
		memcpy(exporter, r->exporter, sizeof(exporter));
		exporter[31] ^= 1;
		h.signature = identity_sign_session(&r->identity, r->role,
		    exporter);
		break;
	case SWAPPED:		/* as the node would sign */
		h.signature = identity_sign_session(&r->identity,
		    r->role == 'c' ? 's' : 'c', r->exporter);
		break;
	case UNSIGNED:
		h.is_signed = false;
		break;
	case WRONG_ID:		/* of another, with our own key */
		h.id = other.id;
		break;
	case ANOTHER:		/* than TLS was made for */
	case CLONED:
		break;
	}
	return h;
}

static void
what_is_not_proven_is_refused(void **state)
{
	static const struct {
		enum fault	 fault;
		uint8_t		 which, named;	/* identities */
		uint8_t		 code;		/* 0: none is sent */
		const char	*log;
	} rows[] = {
		{ FORGED, PEER, OTHER, REFUSAL_UNPROVEN,
		    "does not prove its identity" },
		{ REPLAYED, PEER, PEER, REFUSAL_UNPROVEN,
		    "does not prove its identity" },
		{ SWAPPED, PEER, PEER, REFUSAL_UNPROVEN,
		    "does not prove its identity" },
		{ UNSIGNED, PEER, PEER, REFUSAL_UNPROVEN,
		    "does not prove its identity" },
		{ WRONG_ID, PEER, OTHER, 0,
		    "its id does not follow from its key" },
		{ ANOTHER, PEER, OTHER, 0,
		    "is not the router whose key it has" },
		{ CLONED, NODE, NODE, REFUSAL_CLONE,
		    "has our identity, but is another router" }
	};
	struct ctl_status status;
	struct node *n;
	struct raw *r;
	struct hello h;
	size_t i, j;

	(void)state;
	setup_base();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) * 2; i++) {
		j = i / 2;
		/* A server's key is of all. */
		if (rows[j].fault == ANOTHER && roles[i % 2] == 's')
			continue;
		n = node_new(true, roles[i % 2] == 's');
		r = raw_new(n, rows[j].which, rows[j].named, roles[i % 2]);
		WAIT(r->nhellos == 1);
		h = faulty(r, rows[j].fault);
		raw_say(r, &h);
		raw_update(r, 3);
		WAIT(r->closed || r->refusal.code != 0);
		assert_int_equal(r->refusal.code, rows[j].code);
		assert_int_equal(count_up(n), 0);
		assert_int_equal(r->nupdates, 0);
		raw_free(r);
		WAIT(says(rows[j].log));
		assert_int_equal(count_up(n), 0);
		assert_false(has_datum(n, 3));
		memset(&status, 0, sizeof(status));
		sessions_show_status(n->sessions, &status);
		assert_int_equal(status.sessions_refused, rows[j].code != 0);
		if (roles[i % 2] == 'c')
			assert_int_equal(status.sessions_failed, 1);
		else
			assert_int_equal(peer_at(n, 0).failures, 1);
		node_free(n);
	}
}

/* A key that was looked for until its id was another's. */
static void
a_second_key_of_an_id_is_refused(void **state)
{
	struct node *n;
	struct raw *first, *second;
	struct hello h;

	(void)state;
	setup_base();
	n = node_new(true, false);
	first = raw_new(n, PEER, PEER, 'c');
	h = raw_hello(first, 1);
	raw_say(first, &h);
	WAIT(count_up(n) == 1);
	all_fit = true;
	second = raw_new(n, OTHER, PEER, 'c');
	h = raw_hello(second, 2);
	h.id = first->identity.id;
	raw_say(second, &h);
	WAIT(second->closed);
	assert_int_equal(second->refusal.code, REFUSAL_OTHER_KEY);
	WAIT(says("has another public key than the router of its id"));
	assert_int_equal(count_up(n), 1);
	assert_false(first->closed);
	raw_free(second);
	/* Nor ours. */
	second = raw_new(n, OTHER, NODE, 'c');
	h = raw_hello(second, 2);
	h.id = n->identity.id;
	raw_say(second, &h);
	WAIT(second->closed);
	assert_int_equal(second->refusal.code, REFUSAL_OTHER_KEY);
	raw_free(second);
	raw_free(first);
	node_free(n);
}

/* Also if the router has no session now, but its datum is known. */
static void
a_datums_key_counts_as_well(void **state)
{
	struct update u = { .seqno = 1, .lifetime = 3600, .keylen = 9,
	    .data = { DATUM_ROUTER } };
	struct identity known = identity_make(PEER);
	struct router_key key;
	struct node *n;
	struct raw *r;
	struct hello h;

	(void)state;
	setup_base();
	n = node_new(true, false);
	memcpy(u.data + 1, known.id.octet, sizeof(known.id.octet));
	fake_router(&u, 5);
	assert_null(core_update(n->core, 99, &u, clock_monotime()));
	core_tick(n->core, monotime_add(clock_monotime(), 1000));
	assert_true(core_router_key(n->core, &known.id, &key,
	    clock_monotime()));
	all_fit = true;
	r = raw_new(n, OTHER, PEER, 'c');
	h = raw_hello(r, 2);
	h.id = known.id;
	raw_say(r, &h);
	WAIT(r->refusal.code == REFUSAL_OTHER_KEY);
	raw_free(r);
	node_free(n);
}

/* The core withdraws the one with the smaller run, when it is met again. */
static void
a_clone_is_told_to_the_core(void **state)
{
	struct ctl_status status;
	struct node *n;
	struct raw *r;
	struct hello h;
	int i;

	(void)state;
	setup_base();
	n = node_new(true, false);
	for (i = 0; i < 2; i++) {
		core_show_status(n->core, &status, clock_monotime());
		assert_string_equal(status.warning, "");
		r = raw_new(n, NODE, NODE, 'c');
		h = raw_hello(r, RUN + 1);
		raw_say(r, &h);
		WAIT(r->refusal.code == REFUSAL_CLONE);
		raw_free(r);
	}
	core_show_status(n->core, &status, clock_monotime());
	assert_non_null(strstr(status.warning,
	    "another router has this identity"));
	node_free(n);
}

/* What we sent comes back, from our own socket: no clone, and no noise. */
static void
ourselves_are_closed_quietly(void **state)
{
	struct node *n;
	struct raw *r;
	struct hello h;

	(void)state;
	setup_base();
	n = node_new(true, false);
	r = raw_new(n, NODE, NODE, 'c');
	h = raw_hello(r, RUN);
	raw_say(r, &h);
	WAIT(r->closed);
	assert_int_equal(r->refusal.code, 0);
	assert_true(says("is ourselves"));
	assert_false(says("no session"));
	raw_free(r);
	node_free(n);
}

static void
without_tls_nobody_is_proven(void **state)
{
	struct node *n;
	struct raw *r;
	struct hello h;

	(void)state;
	setup_base();
	n = node_new(false, false);
	r = raw_new(n, PEER, PEER, 'c');
	WAIT(r->nhellos == 1);
	assert_false(r->hello.is_signed);
	h = raw_hello(r, 1);
	h.is_signed = false;
	raw_say(r, &h);
	WAIT(count_up(n) == 1);
	assert_false(peer_at(n, 0).proven);
	assert_int_equal(verified, 0);
	raw_free(r);
	/* A signature here is of nothing. */
	r = raw_new(n, OTHER, OTHER, 'c');
	h = raw_hello(r, 1);
	raw_say(r, &h);
	raw_update(r, 4);
	WAIT(has_datum(n, 4));
	assert_int_equal(verified, 0);
	raw_free(r);
	node_free(n);
}

static void
who_says_nothing_of_itself_says_nothing_else(void **state)
{
	static const bool tls[] = { true, false };
	struct node *n;
	struct raw *r;
	struct hello h;
	size_t i;

	(void)state;
	setup_base();
	for (i = 0; i < 2; i++) {
		n = node_new(tls[i], false);
		r = raw_new(n, PEER, PEER, 'c');
		bufferevent_write(r->bev, "\5\0\0\1\0\310\0", 7);
		raw_update(r, 5);
		WAIT(r->closed);
		assert_false(has_datum(n, 5));
		assert_true(says("does not say who it is"));
		raw_free(r);
		r = raw_new(n, PEER, PEER, 'c');
		bufferevent_write(r->bev, "\4\3abc", 5);
		WAIT(r->closed);
		assert_true(says("short hello"));
		raw_free(r);
		/* Nor may it become another one. */
		r = raw_new(n, PEER, PEER, 'c');
		h = raw_hello(r, 1);
		raw_say(r, &h);
		WAIT(count_up(n) == 1);
		h.run = 2;
		raw_say(r, &h);
		WAIT(r->closed);
		assert_true(says("is now another router"));
		raw_free(r);
		node_free(n);
	}
}

static void
two_starts_of_a_router_stand_side_by_side(void **state)
{
	struct node *n;
	struct raw *r[3];
	struct hello h;
	int i;

	(void)state;
	setup_base();
	n = node_new(true, false);
	for (i = 0; i < 2; i++) {
		r[i] = raw_new(n, PEER, PEER, 'c');
		h = raw_hello(r[i], (uint64_t)i + 1);
		raw_say(r[i], &h);
		WAIT(count_up(n) == i + 1);
	}
	/* The second session of one start replaces the first. */
	r[2] = raw_new(n, PEER, PEER, 'c');
	h = raw_hello(r[2], 1);
	raw_say(r[2], &h);
	WAIT(r[0]->closed);
	WAIT(count_up(n) == 2);
	assert_false(r[1]->closed || r[2]->closed);
	for (i = 0; i < 3; i++)
		raw_free(r[i]);
	node_free(n);
}

/* It is there, but it is not who has connected to us. */
static void
a_router_with_a_copy_is_connected_to(void **state)
{
	struct node *n;
	struct raw *first, *copy;
	struct hello h;

	(void)state;
	setup_base();
	n = node_new(true, true);
	first = raw_new(n, PEER, PEER, 's');
	h = raw_hello(first, 1);
	raw_say(first, &h);
	WAIT(count_up(n) == 1);
	copy = raw_new(n, PEER, PEER, 'c');
	h = raw_hello(copy, 2);
	raw_say(copy, &h);
	WAIT(count_up(n) == 2);
	raw_free(first);
	WAIT(n->nasked > 0);
	raw_free(copy);
	node_free(n);
}

static void
the_configuration_admits(void **state)
{
	struct conf_deny deny;
	struct conf_router known;
	struct ctl_status status;
	struct conf *conf;
	struct node *n;
	struct raw *r;
	struct hello h;

	(void)state;
	setup_base();
	memset(&known, 0, sizeof(known));
	deny.id = identity_make(PEER).id;
	known.id = identity_make(OTHER).id;
	n = node_new(true, false);
	memset(changes, 0, sizeof(changes));
	r = raw_new(n, PEER, PEER, 'c');
	h = raw_hello(r, 1);
	raw_say(r, &h);
	WAIT(count_up(n) == 1);
	assert_int_equal(changes[1], 1);
	/* A session that is up. */
	conf = conf_of(true, false);
	assert_int_equal(conf_add_deny(conf, &deny), 0);
	reload(n, conf);
	assert_int_equal(count_up(n), 0);
	core_show_status(n->core, &status, clock_monotime());
	assert_int_equal(status.peers_up, 0);
	raw_update(r, 6);
	WAIT(r->closed);
	assert_int_equal(r->refusal.code, REFUSAL_DENIED);
	assert_string_equal(r->refusal.text, "denied by configuration");
	assert_true(says("session ended: router "));
	raw_free(r);
	assert_int_equal(changes[0], 1);
	/* And a new one. */
	r = raw_new(n, PEER, PEER, 'c');
	h = raw_hello(r, 1);
	raw_say(r, &h);
	raw_update(r, 6);
	WAIT(r->closed);
	assert_int_equal(r->refusal.code, REFUSAL_DENIED);
	WAIT(says("no session: router "));
	assert_true(says(" is denied by configuration"));
	raw_free(r);
	assert_int_equal(changes[0], 1);
	/* One that is not known; and one that is. */
	conf = conf_of(true, false);
	conf->global.routers = ROUTERS_KNOWN;
	assert_int_equal(conf_add_router(conf, &known), 0);
	reload(n, conf);
	r = raw_new(n, PEER, PEER, 'c');
	h = raw_hello(r, 1);
	raw_say(r, &h);
	raw_update(r, 6);
	WAIT(r->closed);
	assert_int_equal(r->refusal.code, REFUSAL_UNKNOWN);
	WAIT(says(" is not a known router"));
	raw_free(r);
	assert_false(has_datum(n, 6));
	r = raw_new(n, OTHER, OTHER, 'c');
	h = raw_hello(r, 1);
	raw_say(r, &h);
	WAIT(count_up(n) == 1);
	raw_free(r);
	/* All again. */
	reload(n, conf_of(true, false));
	r = raw_new(n, PEER, PEER, 'c');
	h = raw_hello(r, 1);
	raw_say(r, &h);
	WAIT(count_up(n) == 1);
	raw_free(r);
	node_free(n);
}

/* Version 1 has no id that could be known. */
static void
version_1_is_no_known_router(void **state)
{
	struct conf *conf;
	struct node *n;
	struct ipc_peer peer = { .port = 30000, .notls = 1 };
	int fd[2];

	(void)state;
	setup_base();
	n = node_new(false, false);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, fd), 0);
	(void)addr_parse("10.0.0.2", &peer.addr);
	sessions_connected(n->sessions, &peer, fd[0]);
	assert_int_equal(write(fd[1], "\54\1\0\0", 4), 4);
	WAIT(count_up(n) == 1);
	conf = conf_of(false, false);
	conf->global.routers = ROUTERS_KNOWN;
	reload(n, conf);
	WAIT(count_up(n) == 0);
	assert_true(says("is of version 1: not a known router"));
	close(fd[1]);
	stub_log_clear();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, fd), 0);
	sessions_connected(n->sessions, &peer, fd[0]);
	assert_int_equal(write(fd[1], "\54\1\0\0", 4), 4);
	WAIT(says("no session: is of version 1: not a known router"));
	close(fd[1]);
	node_free(n);
}

static void
who_refuses_us_says_why(void **state)
{
	const char *line = "peer 10.0.0.2 port 4444: refuses us: ";
	const char *text;
	struct ctl_peer peer;
	struct node *n;
	struct raw *r;
	struct hello h;
	int i;

	(void)state;
	setup_base();
	n = node_new(true, true);
	for (i = 0; i < 2; i++) {
		r = raw_new(n, PEER, PEER, 's');
		WAIT(r->nhellos == 1);
		/* Another text for each, and one while it is up. */
		h = raw_hello(r, 1);
		if (i == 1)
			raw_say(r, &h);
		raw_refuse(r, REFUSAL_DENIED, i == 0 ? "go away" : "again");
		WAIT(r->closed);
		assert_string_equal(peer_at(n, 0).error, i == 0 ?
		    "refuses us: go away" : "refuses us: again");
		raw_free(r);
		/* Not at once, but for a reload. */
		peer = peer_at(n, 0);
		assert_in_range(peer.retry, 20, 30);
		reload(n, conf_of(true, true));
	}
	text = strstr(stub_log_text(), line);
	assert_non_null(text);
	assert_memory_equal(text + strlen(line), "go away\n", 8);
	assert_null(strstr(text + 1, line));
	assert_true(says("session ended: refuses us: again"));
	node_free(n);
	/* From who connected to us. */
	n = node_new(true, false);
	r = raw_new(n, PEER, PEER, 'c');
	raw_refuse(r, 99, "a reason of later");
	WAIT(r->closed);
	assert_true(says("refuses us: a reason of later"));
	raw_free(r);
	node_free(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_as_in_the_page),
		cmocka_unit_test(a_good_one_is_proven),
		cmocka_unit_test(what_is_not_proven_is_refused),
		cmocka_unit_test(a_second_key_of_an_id_is_refused),
		cmocka_unit_test(a_datums_key_counts_as_well),
		cmocka_unit_test(a_clone_is_told_to_the_core),
		cmocka_unit_test(ourselves_are_closed_quietly),
		cmocka_unit_test(without_tls_nobody_is_proven),
		cmocka_unit_test(who_says_nothing_of_itself_says_nothing_else),
		cmocka_unit_test(two_starts_of_a_router_stand_side_by_side),
		cmocka_unit_test(a_router_with_a_copy_is_connected_to),
		cmocka_unit_test(the_configuration_admits),
		cmocka_unit_test(version_1_is_no_known_router),
		cmocka_unit_test(who_refuses_us_says_why)
	};

	(void)signal(SIGPIPE, SIG_IGN);
	tls_start();
	assert_int_not_equal(sodium_init(), -1);
	return cmocka_run_group_tests_name("session_hello", tests, NULL, NULL);
}
