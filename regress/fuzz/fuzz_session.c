/* SPDX-License-Identifier: ISC */
/*
 * Octets from a peer, in pieces, to a session without TLS and the core behind
 * it.  The first octet says who has connected and how long the pieces are.  The
 * core's time is virtual: it passes between two pieces, and behind the last.
 */
#include <sys/socket.h>

#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "engine/session/session.h"
#include "regress/fake_signer.h"

#define TURNS	6

#define CHECK(truth)	do {						\
	if (!(truth))							\
		abort();						\
} while (0)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);
int	__wrap_clock_gettime(clockid_t, struct timespec *);

static struct event_base	*base;
static struct core		*core;
static struct sessions		*sessions;
static uint32_t			 asked;		/* of configured peers */
static monotime_t		 now;

int
__wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t us = now.us - CLOCK_PAST * 1000000;

	(void)id;
	ts->tv_sec = us / 1000000;
	ts->tv_nsec = us % 1000000 * 1000;
	return 0;
}

static void
connect_peer(void *arg, const struct ipc_peer *peer)
{
	(void)arg;
	asked = peer->number;
}

static void
changed(void *arg, const struct ctl_event *event)
{
	(void)arg;
	CHECK(event->about == CTL_ABOUT_PEER);
	CHECK(memchr(event->text, '\0', sizeof(event->text)) != NULL);
}

static void
touched(void *arg)
{
	(void)arg;
	if (sessions != NULL)
		sessions_flush(sessions);
}

static void
sign(void *arg, const struct ipc_sign_session *msg)
{
	(void)arg;
	(void)msg;
}

static void
effect(void *arg, const struct effect *f)
{
	(void)arg;
	if (f->type == EFFECT_PEER_WAKE)
		sessions_wake(sessions, *f->peer);
	else if (f->type == EFFECT_REFUSED)
		sessions_refused(sessions, f->refused->peer, f->refused->why);
}

static uint32_t
random32(void *arg)
{
	(void)arg;
	return 4;
}

static struct conf *
configuration(void)
{
	struct conf_listen listen = { .port = 4444, .notls = 1 };
	struct conf_peer peer = { .port = 4444, .notls = 1 };
	struct conf *conf = conf_new();

	CHECK(conf != NULL);
	conf->global.tls = CONF_TLS_NONE;
	(void)prefix_parse("10.1.0.0/16", &conf->networks[0].prefixes[0]);
	(void)prefix_parse("2001:db8::/48", &conf->networks[0].prefixes[1]);
	conf->networks[0].nprefixes = 2;
	(void)addr_parse("10.0.0.2", &peer.addr);
	CHECK(conf_add_listen(conf, &listen) == 0);
	CHECK(conf_add_peer(conf, &peer) == 0);
	return conf;
}

static void
begin(void)
{
	const struct core_ops ops = { effect, random32, FAKE_SIGNER, NULL };
	const struct sessions_ops sops = {
		connect_peer, touched, sign, changed, NULL
	};
	struct core_self self = { .id = { { 2, 0, 0, 0, 0, 0, 0, 1 } },
	    .run = 7 };
	struct conf *conf = configuration();

	now.us = 5000000000000LL + CLOCK_PAST * 1000000;
	self.key = fake_key(&self.id);
	core = fake_core(&ops, &self.id, conf, now);
	CHECK(core != NULL);
	sessions = sessions_new(base, core, &self, &sops);
	CHECK(sessions != NULL);
	sessions_conf(sessions, conf);
	conf_free(conf);
}

/* Let it work, and read what it says. */
static void
turn(int fd, int64_t ms)
{
	uint8_t octets[65536];
	int i;

	now = monotime_add(now, ms);
	for (i = 0; i < TURNS; i++) {
		core_tick(core, now);
		sessions_flush(sessions);
		event_base_loop(base, EVLOOP_NONBLOCK);
		while (recv(fd, octets, sizeof(octets), MSG_DONTWAIT) > 0)
			continue;
	}
}

static void
shows(void)
{
	struct ctl_cursor cursor = { 0 };
	struct ctl_peer peer;
	int n;

	for (n = 0; sessions_show(sessions, &cursor, &peer) == 1; n++)
		CHECK(memchr(peer.error, '\0', sizeof(peer.error)) != NULL);
	CHECK(n <= 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ipc_peer peer = { .port = 4444, .notls = 1 };
	size_t n, piece;
	int sv[2];

	if (len < 1 || len > 16384)
		return 0;
	if (base == NULL)
		base = event_base_new();
	asked = 0;
	begin();
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, sv) == 0);
	(void)addr_parse("10.0.0.2", &peer.addr);
	peer.number = data[0] & 1 && asked != 0 ? asked : 0;
	peer.known = peer.number == 0 && data[0] & 2;
	sessions_connected(sessions, &peer, sv[0]);
	turn(sv[1], 10);
	piece = (size_t)1 << (4 + (data[0] >> 2 & 7));
	for (data++, len--; len > 0; data += n, len -= n) {
		n = len < piece ? len : piece;
		if (send(sv[1], data, n, MSG_NOSIGNAL) == -1)
			break;
		turn(sv[1], 10);
	}
	turn(sv[1], 40000);
	shows();
	close(sv[1]);
	turn(-1, 10);
	sessions_free(sessions);
	sessions = NULL;
	core_free(core);
	return 0;
}
