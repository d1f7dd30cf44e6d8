/* SPDX-License-Identifier: ISC */
/*
 * Sessions with memory refused, to them and to libevent below them, at each
 * allocation in turn: sessions may end because of it, and begin again, and
 * both tables are the same at the end.  The test has a clock of its own, so
 * that a minute takes no time and is the same on every machine.
 */
#include <sys/socket.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/ssl.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "engine/session/session.h"
#include "engine/tls/tls.h"
#include "identity.h"
#include "refuse.h"
#include "regress/fake_signer.h"

#define ATTEMPTS	2000
#define TIMERS		256
#define TURNS		8	/* of the loop, to handle what is ready */
#define STEP_MS		250
#define ASKED		64
#define UNSIGNED	16

int	__wrap_clock_gettime(clockid_t, struct timespec *);
int	__real_event_add(struct event *, const struct timeval *);
int	__wrap_event_add(struct event *, const struct timeval *);
int	__real_event_del(struct event *);
int	__wrap_event_del(struct event *);
int	__real_event_pending(const struct event *, short, struct timeval *);
int	__wrap_event_pending(const struct event *, short, struct timeval *);
void	__real_event_free(struct event *);
void	__wrap_event_free(struct event *);

typedef struct bufferevent *socket_new(struct event_base *, evutil_socket_t,
	    SSL *, enum bufferevent_ssl_state, int);
socket_new __real_bufferevent_openssl_socket_new;
socket_new __wrap_bufferevent_openssl_socket_new;

struct end {
	struct core		*core;
	struct sessions		*sessions;
	struct conf		*conf;
	struct identity		 identity;
	uint32_t		 random;
	struct ipc_peer		 asked[ASKED];	/* for a connection */
	int			 nasked;
	struct ipc_sign_session	 unsigned_hello[UNSIGNED];
	int			 nunsigned;
};

struct world {
	struct event_base	*base;
	struct end		 end[2];
	bool			 tls;
};

static monotime_t	now;
static struct {
	struct event	*ev;
	monotime_t	 due;
} timers[TIMERS];

/* The sessions' clock. */

int
__wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	int64_t us = now.us - CLOCK_PAST * 1000000;

	(void)clock;
	ts->tv_sec = us / 1000000;
	ts->tv_nsec = us % 1000000 * 1000;
	return 0;
}

static int
timer_at(const struct event *ev)
{
	int i;

	for (i = 0; i < TIMERS; i++)
		if (timers[i].ev == ev)
			return i;
	return -1;
}

int
__wrap_event_add(struct event *ev, const struct timeval *tv)
{
	void *p;
	int i;

	if (event_get_fd(ev) != -1)
		return __real_event_add(ev, tv);
	/* As libevent needs it for its heap. */
	if ((i = timer_at(ev)) == -1) {
		if ((p = refuse_malloc(1)) == NULL)
			return -1;
		refuse_free(p);
		i = timer_at(NULL);
		assert_int_not_equal(i, -1);
	}
	timers[i].ev = ev;
	timers[i].due = monotime_add(now, tv->tv_sec * 1000LL +
	    tv->tv_usec / 1000);
	return 0;
}

int
__wrap_event_del(struct event *ev)
{
	int i = timer_at(ev);

	if (i != -1)
		timers[i].ev = NULL;
	return __real_event_del(ev);
}

int
__wrap_event_pending(const struct event *ev, short what, struct timeval *tv)
{
	return event_get_fd(ev) != -1 ? __real_event_pending(ev, what, tv) :
	    timer_at(ev) != -1;
}

void
__wrap_event_free(struct event *ev)
{
	int i = timer_at(ev);

	if (i != -1)
		timers[i].ev = NULL;
	__real_event_free(ev);
}

/*
 * A refusal in here would end the process: engine/tls/tls.c tests before that
 * there is memory.
 */
struct bufferevent *
__wrap_bufferevent_openssl_socket_new(struct event_base *base,
    evutil_socket_t fd, SSL *ssl, enum bufferevent_ssl_state state,
    int options)
{
	struct bufferevent *bev;

	refuse_pause(true);
	bev = __real_bufferevent_openssl_socket_new(base, fd, ssl, state,
	    options);
	refuse_pause(false);
	return bev;
}

static void
libevent_says(int severity, const char *text)
{
	(void)severity;
	log_debug("%s", text);
}

/* Two routers. */

static void
effect(void *arg, const struct effect *e)
{
	struct end *end = arg;

	if (e->type == EFFECT_PEER_WAKE && end->sessions != NULL)
		sessions_wake(end->sessions, *e->peer);
	else if (e->type == EFFECT_NO_MEMORY)
		nomem(e->no_memory);
}

static uint32_t
draw(void *arg)
{
	struct end *end = arg;

	return end->random = end->random * 1664525 + 1013904223;
}

static void
connect_peer(void *arg, const struct ipc_peer *peer)
{
	struct end *end = arg;

	if (end->nasked < ASKED)
		end->asked[end->nasked++] = *peer;
}

static void
sign(void *arg, const struct ipc_sign_session *msg)
{
	struct end *end = arg;

	if (end->nunsigned < UNSIGNED)
		end->unsigned_hello[end->nunsigned++] = *msg;
}

/* The signer's answers. */
static void
sign_all(struct end *end)
{
	const struct ipc_sign_session *msg;
	struct ipc_signed_session answer = { 0 };
	struct router_signature s;

	while (end->nunsigned > 0) {
		msg = &end->unsigned_hello[--end->nunsigned];
		s = identity_sign_session(&end->identity, msg->role,
		    msg->exporter);
		answer.session = msg->session;
		memcpy(answer.signature, s.octet, sizeof(answer.signature));
		sessions_signed(end->sessions, &answer);
	}
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
	struct end *end = arg;

	if (end->sessions != NULL)
		sessions_flush(end->sessions);
}

/* What the parents do: peers 10.0.0.x exist, others do not. */
static void
connect_all(struct world *w, int i)
{
	struct end *end = &w->end[i], *other = &w->end[!i];
	struct ipc_peer peer;
	int fd[2];

	while (end->nasked > 0) {
		peer = end->asked[--end->nasked];
		if (addr_v4(&peer.addr)[0] != 10) {
			peer.error = ECONNREFUSED;
			sessions_failed(end->sessions, &peer);
			continue;
		}
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM |
		    SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
		sessions_connected(end->sessions, &peer, fd[0]);
		memset(&peer, 0, sizeof(peer));
		(void)addr_parse("10.0.0.1", &peer.addr);
		peer.port = 30000;
		peer.notls = !w->tls;
		peer.known = 1;
		sessions_connected(other->sessions, &peer, fd[1]);
	}
}

static void
turn(struct world *w)
{
	int i, n;

	for (n = 0; n < TURNS; n++) {
		for (i = 0; i < 2; i++) {
			connect_all(w, i);
			sign_all(&w->end[i]);
			core_tick(w->end[i].core, now);
			sessions_flush(w->end[i].sessions);
		}
		event_base_loop(w->base, EVLOOP_NONBLOCK);
	}
}

static void
pass(struct world *w, int ms)
{
	struct event *ev;
	int i;

	for (; ms > 0; ms -= STEP_MS) {
		turn(w);
		now = monotime_add(now, STEP_MS);
		for (i = 0; i < TIMERS; i++) {
			ev = timers[i].ev;
			if (ev == NULL || monotime_before(now, timers[i].due))
				continue;
			timers[i].ev = NULL;
			event_active(ev, EV_TIMEOUT, 0);
		}
		turn(w);
	}
}

static struct conf *
end_conf(const struct world *w, int i, bool more)
{
	struct conf_listen listen = { .port = 4444, .notls = !w->tls };
	struct conf_peer peer = { .port = 4444, .notls = !w->tls };
	struct conf *conf = conf_new();

	if (conf == NULL)
		return NULL;
	conf->global.tls = w->tls ? CONF_TLS_PSK : CONF_TLS_NONE;
	(void)prefix_parse("10.1.0.0/16", &conf->networks[0].prefixes[0]);
	conf->networks[0].nprefixes = 1;
	if (w->tls && conf_add_secret(conf, SECRET_PSK, 0,
	    "a secret of at least thirty-two octets", 38) == -1)
		goto fail;
	if (i == 1 && conf_add_listen(conf, &listen) == -1)
		goto fail;
	(void)addr_parse("10.0.0.2", &peer.addr);
	if (i == 0 && conf_add_peer(conf, &peer) == -1)
		goto fail;
	(void)addr_parse("11.0.0.1", &peer.addr);
	if (more && conf_add_peer(conf, &peer) == -1)
		goto fail;
	memset(&peer.addr, 0, sizeof(peer.addr));
	peer.automatic = 1;
	strlcpy(peer.host, "eth0", sizeof(peer.host));
	if (more && conf_add_peer(conf, &peer) == -1)
		goto fail;
	return conf;

 fail:
	conf_free(conf);
	return NULL;
}

/* As the engine does it. */
static void
reload(struct world *w, int i, bool more)
{
	struct end *end = &w->end[i];
	struct conf *conf = end_conf(w, i, more);
	char why[128];

	if (conf != NULL && core_prepare(end->core, conf) == 0) {
		if (sessions_prepare(end->sessions, conf, why,
		    sizeof(why)) == 0) {
			core_conf(end->core, conf, now);
			sessions_conf(end->sessions, conf);
		} else {
			core_abort(end->core);
			sessions_abort(end->sessions);
		}
	}
	conf_free(conf);
	touched(end);
}

static struct world *
world_new(bool tls)
{
	struct world *w = calloc(1, sizeof(*w));
	struct core_ops ops = { effect, draw, FAKE_SIGNER, NULL };
	struct sessions_ops sops = { connect_peer, touched, sign, changed,
	    NULL };
	struct core_self self;
	struct end *end;

	assert_non_null(w);
	now = (monotime_t){ (CLOCK_PAST + 1000) * 1000000 };
	memset(timers, 0, sizeof(timers));
	w->tls = tls;
	assert_non_null(w->base = event_base_new());
	for (end = w->end; end < w->end + 2; end++) {
		end->identity = identity_make((uint8_t)(end - w->end));
		self.id = end->identity.id;
		self.key = end->identity.key;
		self.run = 1;
		ops.arg = sops.arg = end;
		end->conf = end_conf(w, (int)(end - w->end), false);
		assert_non_null(end->conf);
		end->core = fake_core(&ops, &self.id, end->conf, now);
		assert_non_null(end->core);
		end->sessions = sessions_new(w->base, end->core, &self,
		    &sops);
		assert_non_null(end->sessions);
	}
	return w;
}

static void
world_free(struct world *w)
{
	struct end *end;

	for (end = w->end; end < w->end + 2; end++) {
		sessions_free(end->sessions);
		end->sessions = NULL;
		core_free(end->core);
		conf_free(end->conf);
	}
	event_base_free(w->base);
	free(w);
}

static void
put(struct end *end, int number, uint64_t seqno)
{
	struct update u;

	memset(&u, 0, sizeof(u));
	u.lifetime = 100000;
	u.seqno = seqno;
	u.keylen = 3;
	u.vallen = 200;
	u.data[0] = 77;
	u.data[1] = (uint8_t)(number >> 8);
	u.data[2] = (uint8_t)number;
	core_update(end->core, 99, &u, now);
	touched(end);
}

static void
stranger(struct world *w, int n)
{
	struct ipc_peer peer;
	int fd[2];

	memset(&peer, 0, sizeof(peer));
	(void)addr_parse("192.168.7.7", &peer.addr);
	peer.port = (uint16_t)(1000 + n);
	peer.notls = !w->tls;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, fd), 0);
	sessions_connected(w->end[1].sessions, &peer, fd[0]);
	turn(w);
	if (n > 0)
		(void)!write(fd[1], "who is there?", 13);
	turn(w);
	close(fd[1]);
	turn(w);
}

static void
discover_socket(struct end *end)
{
	struct ipc_discover discover;
	int fd[2];

	memset(&discover, 0, sizeof(discover));
	strlcpy(discover.name, "eth0", sizeof(discover.name));
	discover.port = 4444;
	discover.ifindex = 3;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, fd), 0);
	sessions_discover(end->sessions, &discover, fd[0]);
	(void)!write(fd[1], "something", 9);
	close(fd[1]);
}

static void
play(struct world *w)
{
	int i;

	pass(w, 4000);
	for (i = 0; i < 150; i++)
		put(&w->end[i % 2], i, 1);
	pass(w, 1000);
	reload(w, 0, true);
	discover_socket(&w->end[0]);
	stranger(w, 0);
	stranger(w, 1);
	for (i = 0; i < 150; i++)
		put(&w->end[i % 2], i, 2);
	pass(w, 12000);
	reload(w, 0, false);
	reload(w, 1, false);
	pass(w, 1000);
}

static bool
same(struct world *w)
{
	struct ctl_cursor at[2];
	struct update u[2];
	int i, more[2];

	memset(at, 0, sizeof(at));
	do {
		for (i = 0; i < 2; i++) {
			memset(&u[i], 0, sizeof(u[i]));
			more[i] = core_show_datum(w->end[i].core, &at[i],
			    &u[i], now);
		}
		if (more[0] != more[1] || u[0].seqno != u[1].seqno ||
		    u[0].keylen != u[1].keylen || memcmp(u[0].data,
		    u[1].data, sizeof(u[0].data)) != 0)
			return false;
	} while (more[0]);
	return true;
}

static int
sessions_up(struct end *end)
{
	struct ctl_cursor cursor;
	struct ctl_peer peer;
	int n = 0;

	memset(&cursor, 0, sizeof(cursor));
	while (sessions_show(end->sessions, &cursor, &peer))
		n += peer.state == CTL_PEER_UP;
	return n;
}

/* Whether any allocation was refused. */
static bool
refused(bool tls, unsigned int first, unsigned int len)
{
	struct world *w;
	long before = refuse_held();
	uint64_t counted = nomem_count();
	unsigned int n;
	int i;

	w = world_new(tls);
	for (i = 0; i < 2; i++)
		sessions_conf(w->end[i].sessions, w->end[i].conf);
	refuse(first, len);
	play(w);
	n = refuse_refused();
	refuse(0, 0);
	/* A refusal inside of libevent ends a session, with libevent's text. */
	if (n > 20 && !tls)
		assert_true(nomem_count() > counted);
	reload(w, 0, false);
	reload(w, 1, false);
	for (i = 0; i < 150; i++)
		put(&w->end[i % 2], i, 3);
	pass(w, 80000);
	assert_int_equal(sessions_up(&w->end[0]), 1);
	assert_int_equal(sessions_up(&w->end[1]), 1);
	assert_int_not_equal(changes[1], 0);
	assert_true(same(w));
	world_free(w);
	for (i = 0; i < TIMERS; i++)
		assert_null(timers[i].ev);
	assert_int_equal(refuse_held(), before);
	return n > 0;
}

static void
each(bool tls)
{
	unsigned int n, all;

	(void)refused(tls, 0, 0);	/* allocated once */
	for (n = 1; n <= ATTEMPTS && refused(tls, n, 1); n++)
		;
	all = n;
	assert_true(all > 300);
	for (n = 1; n <= all; n += 29)
		(void)refused(tls, n, 25);
	print_message("%u allocations\n", all - 1);
}

static void
each_allocation_in_turn_may_be_refused(void **state)
{
	(void)state;
	each(false);
}

static void
by_tls_as_well(void **state)
{
	(void)state;
	each(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_in_turn_may_be_refused),
		cmocka_unit_test(by_tls_as_well)
	};

	(void)signal(SIGPIPE, SIG_IGN);		/* as proc/proc.c does */
	event_set_log_callback(libevent_says);
	event_set_mem_functions(refuse_malloc, refuse_realloc, refuse_free);
	tls_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
