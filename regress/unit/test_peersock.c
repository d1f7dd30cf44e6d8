/* SPDX-License-Identifier: ISC */
/* Sockets of sessions, over the loopback. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "parent/peersock.h"

#define V4(a, b, c, d)	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, \
			    a, b, c, d } }
#define PATIENCE	10		/* s */

static const struct addr any, loopback = V4(127, 0, 0, 1);

static struct event_base	*base;
static struct peersock		*ps;
static struct ipc_peer		 got[8];
static int			 fds[8];
static unsigned int		 ngot, nfailed, nroutes;
static unsigned int		 naccepted, nrefused, nknown;
static bool			 is_busy;
static uint32_t			 question;
static char			 asked[CONF_HOST];

static void
connected(void *arg, const struct ipc_peer *peer, int fd)
{
	(void)arg;
	assert_true(ngot < 8);
	fds[ngot] = fd;
	got[ngot++] = *peer;
	event_base_loopbreak(base);
}

static void
failed(void *arg, const struct ipc_peer *peer)
{
	(void)arg;
	assert_true(ngot < 8);
	fds[ngot] = -1;
	got[ngot++] = *peer;
	nfailed++;
	event_base_loopbreak(base);
}

static void
route(void *arg, const struct ipc_peer *peer)
{
	(void)arg;
	assert_int_equal(peer->number, 1);
	nroutes++;
}

static void
resolve(void *arg, uint32_t number, const char *host)
{
	(void)arg;
	question = number;
	strlcpy(asked, host, sizeof(asked));
}

static bool
busy(void *arg)
{
	(void)arg;
	return is_busy;
}

static int
setup(void **state)
{
	const struct peersock_ops ops = { connected, failed, route, resolve,
	    busy, NULL };

	(void)state;
	ngot = nfailed = nroutes = 0;
	is_busy = false;
	base = event_base_new();
	ps = base == NULL ? NULL : peersock_new(base, &ops);
	return ps == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ngot; i++)
		if (fds[i] != -1)
			close(fds[i]);
	peersock_free(ps);
	event_base_free(base);
	return 0;
}

/* Run until there are n answers; fails if they do not come. */
static void
await(unsigned int n)
{
	struct timeval tv = { PATIENCE, 0 };

	event_base_loopexit(base, &tv);
	while (ngot < n) {
		assert_int_not_equal(event_base_loop(base, EVLOOP_ONCE), -1);
		if (event_base_got_exit(base))
			break;
	}
	assert_int_equal(ngot, n);
}

/* A port that is free now. */
static uint16_t
free_port(int *holder)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(s, (struct sockaddr *)&in, len), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&in, &len), 0);
	if (holder != NULL) {
		assert_int_equal(listen(s, 1), 0);
		*holder = s;
	} else
		close(s);
	return ntohs(in.sin_port);
}

static int
use(const struct addr *listen_on, uint16_t port, uint16_t peer_port,
    char *why, size_t len)
{
	struct conf_listen l = { .port = port, .notls = 1 };
	struct conf_peer p = { .addr = loopback, .port = peer_port,
	    .notls = 1 };
	struct conf conf = {
		.listens = &l, .nlistens = listen_on != NULL,
		.peers = &p, .npeers = peer_port != 0
	};

	if (listen_on != NULL)
		l.addr = *listen_on;
	if (peersock_prepare(ps, &conf, why, len) == -1)
		return -1;
	peersock_commit(ps);
	return 0;
}

static void
ask(uint32_t number, const struct addr *addr, uint16_t port)
{
	struct ipc_peer peer = {
		.number = number, .addr = *addr, .port = port, .notls = 1
	};

	peersock_connect(ps, &peer);
}

static int
option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void
both_ends_have_their_options(void **state)
{
	uint16_t port = free_port(NULL);
	char why[256];
	unsigned int i;

	(void)state;
	assert_int_equal(use(&any, port, port, why, sizeof(why)), 0);
	ask(1, &loopback, port);
	await(2);
	assert_int_equal(nfailed, 0);
	assert_int_equal(got[0].number + got[1].number, 1);
	for (i = 0; i < 2; i++) {
		assert_int_equal(addr_cmp(&got[i].addr, &loopback), 0);
		assert_int_equal(got[i].notls, 1);
		assert_true(option(fds[i], IPPROTO_TCP, TCP_NODELAY));
		assert_true(option(fds[i], SOL_SOCKET, SO_KEEPALIVE));
		assert_int_equal(option(fds[i], IPPROTO_TCP, TCP_KEEPIDLE), 5);
		assert_int_equal(option(fds[i], IPPROTO_TCP, TCP_KEEPINTVL),
		    2);
		assert_int_equal(option(fds[i], IPPROTO_TCP, TCP_KEEPCNT), 2);
		assert_int_equal(option(fds[i], IPPROTO_TCP,
		    TCP_USER_TIMEOUT), 10000);
		assert_true(fcntl(fds[i], F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
	}
}

static void
refused_connection_is_reported_with_its_error(void **state)
{
	uint16_t port = free_port(NULL);
	char why[256];

	(void)state;
	assert_int_equal(use(NULL, 0, port, why, sizeof(why)), 0);
	ask(1, &loopback, port);
	await(1);
	assert_int_equal(nfailed, 1);
	assert_int_equal(got[0].number, 1);
	assert_int_equal(got[0].error, ECONNREFUSED);
	/* One failure has no effect on others. */
	ask(1, &loopback, port);
	await(2);
	assert_int_equal(got[1].error, ECONNREFUSED);
}

static int
use_peer(const struct conf_peer *peer, const struct conf_listen *listen)
{
	struct conf_peer p = *peer;
	struct conf_listen l = *listen;
	struct conf conf = { .listens = &l, .nlistens = 1, .peers = &p,
	    .npeers = 1 };
	char why[256];

	if (peersock_prepare(ps, &conf, why, sizeof(why)) == -1)
		return -1;
	peersock_commit(ps);
	return 0;
}

/* A reload changes the permitted addresses, and the socket stays. */
static void
connection_not_permitted_is_closed_and_reported(void **state)
{
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .addr = loopback, .port = port,
	    .notls = 1 };
	struct conf_listen at = { .addr = loopback, .port = port, .notls = 1,
	    .nfrom = 1 };
	unsigned int i, denied = 0;
	char octet;

	(void)state;
	assert_int_equal(prefix_parse("10.0.0.0/8", &at.from[0]), 0);
	assert_int_equal(use_peer(&peer, &at), 0);
	ask(1, &loopback, port);
	await(2);
	assert_int_equal(nfailed, 1);
	for (i = 0; i < 2; i++)
		if (got[i].number == 0) {
			assert_int_equal(got[i].error, EACCES);
			assert_int_equal(addr_cmp(&got[i].addr, &loopback), 0);
			denied++;
		} else {
			(void)fcntl(fds[i], F_SETFL, 0);
			assert_true(recv(fds[i], &octet, 1, 0) <= 0);
		}
	assert_int_equal(denied, 1);
	assert_int_equal(prefix_parse("127.0.0.0/8", &at.from[0]), 0);
	assert_int_equal(use_peer(&peer, &at), 0);
	ask(1, &loopback, port);
	await(4);
	assert_int_equal(nfailed, 1);
}

static void
connections_come_from_the_given_address(void **state)
{
	uint16_t port = free_port(NULL);
	struct conf_peer peer = { .addr = loopback, .port = port, .notls = 1,
	    .from = V4(127, 0, 0, 9) };
	const struct conf_listen at = { .addr = loopback, .port = port,
	    .notls = 1 };

	(void)state;
	assert_int_equal(use_peer(&peer, &at), 0);
	ask(1, &loopback, port);
	await(2);
	assert_int_equal(nfailed, 0);
	assert_int_equal(addr_cmp(&got[got[0].number == 0 ? 0 : 1].addr,
	    &peer.from), 0);
	/* Not one of our numbers. */
	peer.from = (const struct addr)V4(192, 0, 2, 1);
	assert_int_equal(use_peer(&peer, &at), 0);
	ask(1, &loopback, port);
	await(3);
	assert_int_equal(got[2].error, EADDRNOTAVAIL);
}

static void
only_configured_peers_are_connected_to(void **state)
{
	static const struct addr other = V4(127, 0, 0, 2);
	uint16_t port = free_port(NULL);
	char why[256];
	unsigned int i;

	(void)state;
	assert_int_equal(use(&any, port, port, why, sizeof(why)), 0);
	ask(0, &loopback, port);
	ask(2, &loopback, port);
	ask(UINT32_MAX, &loopback, port);
	ask(1, &other, port);
	ask(1, &loopback, port ^ 1);
	assert_int_equal(ngot, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(got[i].error, EPERM);
}

static void
ask_name(uint16_t port)
{
	struct ipc_peer peer = { .number = 1, .port = port, .notls = 1,
	    .host = "ap2.example" };

	question = 0;
	peersock_connect(ps, &peer);
}

static void
addresses_of_a_name_are_tried_in_turn(void **state)
{
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .port = port, .notls = 1,
	    .host = "ap2.example" };
	const struct conf_listen at = { .addr = loopback, .port = port,
	    .notls = 1 };
	const struct ipc_resolved answer = { .naddrs = 3,
	    .addrs = { V4(127, 0, 0, 2), V4(127, 0, 0, 3),
	    V4(127, 0, 0, 1) } };

	(void)state;
	assert_int_equal(use_peer(&peer, &at), 0);
	ask_name(port);
	assert_int_not_equal(question, 0);
	assert_string_equal(asked, "ap2.example");
	assert_int_equal(ngot, 0);
	/* An answer to a lookup that nobody waits for changes nothing. */
	peersock_resolved(ps, question + 1, &answer);
	peersock_resolved(ps, question, &answer);
	await(2);
	assert_int_equal(nfailed, 0);
	assert_int_equal(addr_cmp(&got[0].addr, &loopback), 0);
	assert_int_equal(addr_cmp(&got[1].addr, &loopback), 0);
	assert_string_equal(got[got[0].number == 1 ? 0 : 1].host,
	    "ap2.example");
}

static void
name_without_address_is_reported_and_looked_up_again(void **state)
{
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .port = port, .notls = 1,
	    .host = "ap2.example" };
	const struct conf_listen at = { .addr = loopback, .port = port,
	    .notls = 1 };
	const struct ipc_resolved no = { .error = IPC_EAI(EAI_NONAME) };
	unsigned int i;

	(void)state;
	assert_int_equal(use_peer(&peer, &at), 0);
	for (i = 0; i < 3; i++) {
		ask_name(port);
		assert_int_not_equal(question, 0);
		peersock_resolved(ps, question, &no);
		assert_int_equal(nfailed, i + 1);
		assert_int_equal(got[i].error, IPC_EAI(EAI_NONAME));
		assert_true(addr_is_none(&got[i].addr));
	}
	/* A reload ends lookups in progress; a late answer has no effect. */
	ask_name(port);
	assert_int_equal(use_peer(&peer, &at), 0);
	assert_int_equal(nfailed, 4);
	assert_int_equal(got[3].error, ECANCELED);
	peersock_resolved(ps, question, &no);
	assert_int_equal(nfailed, 4);
}

static void
neighbours_are_connected_to_on_their_interface_only(void **state)
{
	static const struct addr neighbour = { { 0xfe, 0x80, [15] = 1 } };
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .port = 4444, .notls = 1,
	    .automatic = 1, .host = "lo" };
	const struct conf_listen at = { .addr = loopback, .port = port,
	    .notls = 1 };
	struct ipc_peer want = { .number = 1, .addr = neighbour, .port = port,
	    .ifindex = if_nametoindex("lo") + 1, .notls = 1, .automatic = 1,
	    .host = "lo" };

	(void)state;
	assert_int_equal(use_peer(&peer, &at), 0);
	peersock_connect(ps, &want);
	want.ifindex = 0;
	peersock_connect(ps, &want);
	want.automatic = 0;
	peersock_connect(ps, &want);
	assert_int_equal(nfailed, 3);
	assert_int_equal(got[0].error, EPERM);
	assert_int_equal(got[1].error, EPERM);
	assert_int_equal(got[2].error, EPERM);
}

static void
busy_port_is_an_error_that_names_it(void **state)
{
	char why[256], want[64];
	uint16_t port;
	int holder;

	(void)state;
	port = free_port(&holder);
	assert_int_equal(use(&any, port, 0, why, sizeof(why)), -1);
	snprintf(want, sizeof(want), "listen on * port %u: Address already "
	    "in use", port);
	assert_string_equal(why, want);
	close(holder);
	assert_int_equal(use(&any, port, 0, why, sizeof(why)), 0);
}

/* Only at start, when it may be a child of the former run. */
static void
busy_port_is_waited_for_at_start(void **state)
{
	struct timespec soon = { 0, 100000000 };
	char why[256];
	uint16_t port;
	int holder, status;
	pid_t pid;

	(void)state;
	port = free_port(&holder);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		nanosleep(&soon, NULL);
		_exit(0);
	}
	close(holder);
	assert_int_equal(use(&any, port, 0, why, sizeof(why)), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void
reload_moves_between_all_addresses_and_one(void **state)
{
	uint16_t port = free_port(NULL);
	char why[256];
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_int_equal(use(i % 2 ? &loopback : &any, port, port,
		    why, sizeof(why)), 0);
		ask(1, &loopback, port);
		await(2 * (i + 1));
		assert_int_equal(nfailed, 0);
	}
}

static void
failed_reload_leaves_what_was(void **state)
{
	uint16_t port = free_port(NULL), taken;
	char why[256];
	int holder;

	(void)state;
	taken = free_port(&holder);
	assert_int_equal(use(&any, port, port, why, sizeof(why)), 0);
	assert_int_equal(use(&any, taken, taken, why, sizeof(why)), -1);
	ask(1, &loopback, port);
	await(2);
	assert_int_equal(nfailed, 0);
	close(holder);
}

static void
connections_wait_while_the_engine_is_busy(void **state)
{
	uint16_t port = free_port(NULL);
	struct timeval soon = { 0, 50000 };
	char why[256];

	(void)state;
	is_busy = true;
	assert_int_equal(use(&loopback, port, port, why, sizeof(why)), 0);
	ask(1, &loopback, port);
	await(1);
	assert_int_equal(got[0].number, 1);
	event_base_loopexit(base, &soon);
	event_base_dispatch(base);
	assert_int_equal(ngot, 1);
	is_busy = false;
	await(2);
	assert_int_equal(got[1].number, 0);
}

static void
count_reported(void)
{
	for (; ngot > 0; ngot--) {
		if (fds[ngot - 1] != -1) {
			naccepted++;
			close(fds[ngot - 1]);
		} else
			nrefused += 1 + got[ngot - 1].more;
		nknown += got[ngot - 1].known;
	}
}

/* n connections to it from one address; they are closed at the end. */
static void
knock(const char *from, uint16_t port, unsigned int n)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(port) }, at = { .sin_family = AF_INET };
	unsigned int i;
	int s;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(inet_pton(AF_INET, from, &at.sin_addr), 1);
	for (i = 0; i < n; i++) {
		s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
		assert_int_equal(bind(s, (struct sockaddr *)&at, sizeof(at)),
		    0);
		(void)connect(s, (struct sockaddr *)&to, sizeof(to));
		event_base_loop(base, EVLOOP_NONBLOCK);
		close(s);
		count_reported();
	}
}

/* How many of n were accepted, when all refused ones were reported. */
static unsigned int
accepted_of(const char *from, uint16_t port, unsigned int n)
{
	time_t end = time(NULL) + PATIENCE;

	naccepted = nrefused = nknown = 0;
	knock(from, port, n);
	while (naccepted + nrefused < n && time(NULL) < end) {
		event_base_loop(base, EVLOOP_ONCE);
		count_reported();
	}
	assert_int_equal(naccepted + nrefused, n);
	return naccepted;
}

static void
flood_from_one_address_is_its_own_loss(void **state)
{
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .addr = V4(127, 0, 0, 7),
	    .port = port, .notls = 1 };
	const struct conf_listen at = { .addr = loopback, .port = port,
	    .notls = 1 };

	(void)state;
	assert_int_equal(use_peer(&peer, &at), 0);
	assert_in_range(accepted_of("127.0.0.2", port, 500), 64, 200);
	assert_int_equal(accepted_of("127.0.0.3", port, 20), 20);
	assert_int_equal(nknown, 0);
	/* A peer's address, at any rate. */
	assert_int_equal(accepted_of("127.0.0.7", port, 500), 500);
	assert_int_equal(nknown, 500);
}

/* Addresses that may not connect use up nothing of the others' share. */
static void
who_is_not_permitted_spends_nothing(void **state)
{
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .addr = V4(127, 0, 0, 7),
	    .port = port, .notls = 1 };
	struct conf_listen at = { .addr = loopback, .port = port, .notls = 1,
	    .nfrom = 1 };
	char from[16];
	int i;

	(void)state;
	assert_int_equal(prefix_parse("127.0.1.0/24", &at.from[0]), 0);
	assert_int_equal(use_peer(&peer, &at), 0);
	for (i = 1; i <= 3; i++) {
		snprintf(from, sizeof(from), "127.0.2.%d", i);
		assert_int_equal(accepted_of(from, port, 400), 0);
	}
	assert_int_equal(accepted_of("127.0.1.1", port, 50), 50);
}

static void
many_addresses_leave_places_for_peers(void **state)
{
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .addr = V4(127, 0, 0, 7),
	    .port = port, .notls = 1 };
	const struct conf_listen at = { .addr = loopback, .port = port,
	    .notls = 1 };
	unsigned int accepted = 0;
	char from[16];
	int i;

	(void)state;
	assert_int_equal(use_peer(&peer, &at), 0);
	for (i = 1; i <= 20; i++) {
		snprintf(from, sizeof(from), "127.0.2.%d", i);
		accepted += accepted_of(from, port, 60);
	}
	assert_true(accepted < 20 * 60);
	assert_int_equal(accepted_of("127.0.0.7", port, 60), 60);
}

/*
 * A router in a namespace: 10.0.0.1 on lo; 10.9.0.0/24 is a link of it, and a
 * peer listens at 10.9.0.9, which is here, too.  Last test: there is no way
 * back.
 */
static int
router_setup(void **state)
{
	if (geteuid() == 0 && (unshare(CLONE_NEWNET) == -1 ||
	    system("ip link set lo up && ip link add e0 type bridge && "
	    "ip addr add 10.0.0.1/32 dev lo && ip link set e0 up && "
	    "ip addr add 10.9.0.1/24 dev e0 && "
	    "ip addr add 10.9.0.9/32 dev lo") != 0))
		return -1;
	return setup(state);
}

static const struct addr	 link_peer = V4(10, 9, 0, 9);

/* The address that the peer sees; it permits this prefix only. */
static void
use_router(const char *router_addr, uint16_t port, const char *from)
{
	struct conf_peer p = { .addr = link_peer, .port = port, .notls = 1 };
	struct conf_listen l = { .addr = link_peer, .port = port, .notls = 1,
	    .nfrom = 1 };
	struct conf conf = { .listens = &l, .nlistens = 1, .peers = &p,
	    .npeers = 1 };
	char why[256];

	assert_int_equal(prefix_parse(from, &l.from[0]), 0);
	assert_int_equal(addr_parse(router_addr, &conf.global.router_addr4),
	    0);
	assert_int_equal(peersock_prepare(ps, &conf, why, sizeof(why)), 0);
	peersock_commit(ps);
}

/* Both ends of the last connection were reported; the address that was seen. */
static const struct ipc_peer *
seen(unsigned int n)
{
	await(n);
	return got[n - 1].number == 0 ? &got[n - 1] : &got[n - 2];
}

/* The last connection did not become a session. */
static void
ask_again(const struct addr *addr, uint16_t port)
{
	struct ipc_peer peer = { .number = 1, .addr = *addr, .port = port,
	    .notls = 1, .fruitless = 1 };

	peersock_connect(ps, &peer);
}

#define NEEDS_ROOT()	do { if (geteuid() != 0) skip(); } while (0)

static void
the_router_address_is_tried_first(void **state)
{
	uint16_t port = free_port(NULL);

	(void)state;
	NEEDS_ROOT();
	use_router("10.0.0.1", port, "0.0.0.0/0");
	ask(1, &link_peer, port);
	assert_string_equal(addr_text(&seen(2)->addr), "10.0.0.1");
	/* Also soon after a connection that was one. */
	ask(1, &link_peer, port);
	assert_string_equal(addr_text(&seen(4)->addr), "10.0.0.1");
	assert_int_equal(nfailed, 0);
}

static void
a_router_address_that_is_not_here_does_no_harm(void **state)
{
	uint16_t port = free_port(NULL);

	(void)state;
	NEEDS_ROOT();
	use_router("10.0.0.77", port, "0.0.0.0/0");
	ask(1, &link_peer, port);
	assert_string_equal(addr_text(&seen(2)->addr), "10.9.0.9");
	assert_int_equal(nfailed, 0);
}

/* It is accepted first, and closed then. */
static void
a_router_address_that_is_not_permitted_is_tried_last(void **state)
{
	uint16_t port = free_port(NULL);

	(void)state;
	NEEDS_ROOT();
	use_router("10.0.0.1", port, "10.9.0.0/24");
	ask(1, &link_peer, port);
	assert_string_equal(addr_text(&seen(2)->addr), "10.0.0.1");
	assert_int_equal(nfailed, 1);
	ask_again(&link_peer, port);
	assert_string_equal(addr_text(&seen(4)->addr), "10.9.0.9");
	assert_int_equal(nfailed, 1);
}

static void
route_to_a_peer_is_reported_once_a_second(void **state)
{
	static const struct {
		const char	*prefix;
		unsigned int	 reported;
	} rows[] = {
		{ "10.9.0.10/32", 0 }, { "10.9.0.8/32", 0 },
		{ "10.9.1.0/24", 0 }, { "2001:db8::/32", 0 },
		{ "10.9.0.9/32", 1 }, { "10.9.0.0/24", 1 },
		{ "10.0.0.0/8", 1 }, { "0.0.0.0/0", 1 }
	};
	uint16_t port = free_port(NULL);
	struct prefix p;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		use_router("10.0.0.1", port, "0.0.0.0/0");
		nroutes = 0;
		assert_int_equal(prefix_parse(rows[i].prefix, &p), 0);
		peersock_route(ps, &p);
		if (nroutes != rows[i].reported)
			fail_msg("%s: %u reports", rows[i].prefix, nroutes);
		peersock_route(ps, &p);
		assert_int_equal(nroutes, rows[i].reported);
	}
}

static void
any_route_may_lead_to_who_answers_for_a_name(void **state)
{
	uint16_t port = free_port(NULL);
	const struct conf_peer peer = { .port = port, .notls = 1,
	    .host = "ap2.example" };
	const struct conf_listen at = { .addr = loopback, .port = port,
	    .notls = 1 };
	const struct ipc_resolved answer = { .naddrs = 1,
	    .addrs = { V4(127, 0, 0, 1) } };
	struct prefix p;

	(void)state;
	assert_int_equal(use_peer(&peer, &at), 0);
	assert_int_equal(prefix_parse("10.9.9.0/24", &p), 0);
	ask_name(port);
	/* the name is being looked up */
	peersock_route(ps, &p);
	assert_int_equal(nroutes, 0);
	peersock_resolved(ps, question, &answer);
	await(2);
	assert_int_equal(use_peer(&peer, &at), 0);
	peersock_route(ps, &p);
	assert_int_equal(nroutes, 1);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
#define ROUTER(f) cmocka_unit_test_setup_teardown(f, router_setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_ends_have_their_options),
		TEST(refused_connection_is_reported_with_its_error),
		TEST(connection_not_permitted_is_closed_and_reported),
		TEST(connections_come_from_the_given_address),
		TEST(only_configured_peers_are_connected_to),
		TEST(addresses_of_a_name_are_tried_in_turn),
		TEST(name_without_address_is_reported_and_looked_up_again),
		TEST(neighbours_are_connected_to_on_their_interface_only),
		TEST(busy_port_is_an_error_that_names_it),
		TEST(busy_port_is_waited_for_at_start),
		TEST(reload_moves_between_all_addresses_and_one),
		TEST(failed_reload_leaves_what_was),
		TEST(connections_wait_while_the_engine_is_busy),
		TEST(flood_from_one_address_is_its_own_loss),
		TEST(who_is_not_permitted_spends_nothing),
		TEST(many_addresses_leave_places_for_peers),
		TEST(any_route_may_lead_to_who_answers_for_a_name),
		ROUTER(the_router_address_is_tried_first),
		ROUTER(a_router_address_that_is_not_here_does_no_harm),
		ROUTER(a_router_address_that_is_not_permitted_is_tried_last),
		ROUTER(route_to_a_peer_is_reported_once_a_second),
	};

	return cmocka_run_group_tests_name("peersock", tests, NULL, NULL);
}
