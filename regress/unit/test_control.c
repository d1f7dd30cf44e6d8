/* SPDX-License-Identifier: ISC */
/* The control socket, with clients that are slow, many and malicious. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"
#include "frontend/control.h"
#include "ipc/listing.h"
#include "parent/controlsock.h"

#define TURNS		20000		/* loops, at most, per wait */
#define ASKED_MAX	64

/* The daemon's side; the tests take the place of the other processes. */
struct fixture {
	struct event_base	*base;
	struct control		*control;
	char			 path[64];
	bool			 absent;	/* siblings are not there yet */
	bool			 listened;	/* the engine tells events */
	/* records that it may send, clients that it forgets */
	unsigned int		 granted, left;
	unsigned int		 nasked;
	struct asked {
		enum proc_id	to;
		uint32_t	client;
		struct ipc_ctl	ctl;
	} asked[ASKED_MAX];
};

static int
forward(void *arg, enum proc_id to, uint32_t client, const struct ipc_ctl *ctl)
{
	struct fixture *f = arg;

	if (f->absent)
		return -1;
	assert_true(f->nasked < ASKED_MAX);
	f->asked[f->nasked++] = (struct asked){ to, client, *ctl };
	return 0;
}

static void
answer(void *arg, uint32_t client, const struct ctl_request *request,
    uint32_t type)
{
	struct fixture *f = arg;
	struct ctl_interface interface = { .name = "roam0" };
	struct ctl_memory memory = { .process = CTL_FRONTEND };

	assert_int_equal(request->version, CTL_VERSION);
	if (type == CTL_SHOW_INTERFACES)
		control_record(f->control, client, CTL_INTERFACE, &interface,
		    sizeof(interface));
	else
		control_record(f->control, client, CTL_MEMORY, &memory,
		    sizeof(memory));
}

static void
more(void *arg, enum proc_id to, uint32_t number, uint32_t records)
{
	struct fixture *f = arg;

	(void)to;
	(void)number;
	f->granted += records;
	f->left += records == 0;
}

static void
listening(void *arg, bool on)
{
	struct fixture *f = arg;

	assert_int_not_equal(f->listened, on);
	f->listened = on;
}

static bool
named(void *arg, const char *network)
{
	(void)arg;
	return strcmp(network, "guest") == 0;
}

static int
setup(void **state)
{
	const struct control_ops ops_of = { forward, answer, more,
	    listening, named, NULL };
	struct control_ops ops = ops_of;
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	assert_non_null(f);
	ops.arg = f;
	f->base = event_base_new();
	f->control = control_new(f->base, &ops);
	snprintf(f->path, sizeof(f->path), "/tmp/test_control.%d",
	    (int)getpid());
	fd = controlsock_open(f->path);
	assert_int_not_equal(fd, -1);
	control_listen(f->control, fd);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	control_free(f->control);
	event_base_free(f->base);
	unlink(f->path);
	free(f);
	return 0;
}

static void
turn(struct fixture *f)
{
	event_base_loop(f->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static struct imsgbuf *
client(struct fixture *f)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct imsgbuf *c;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", f->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	c = imsgbuf_new(fd, false, IMSG_MAX);
	assert_non_null(c);
	turn(f);
	return c;
}

static void
ask_octets(struct imsgbuf *c, uint32_t type, const void *data, size_t len)
{
	assert_int_equal(imsg_compose(c, type, 0, -1, data, len), 0);
	assert_int_equal(imsgbuf_write(c), 0);
}

static void
ask(struct imsgbuf *c, uint32_t type)
{
	const struct ctl_request request = { .version = CTL_VERSION };

	ask_octets(c, type, &request, sizeof(request));
}

/* The next message to a client; type CTL_NONE: the connection ended. */
static struct imsg
next(struct fixture *f, struct imsgbuf *c)
{
	struct imsg imsg = { .type = CTL_NONE };
	int i, n;

	for (i = 0; i < TURNS; i++) {
		if ((n = imsg_get(c, &imsg)) == 1)
			return imsg;
		assert_int_equal(n, 0);
		turn(f);
		if (imsgbuf_read(c) <= 0) {
			if (imsg_get(c, &imsg) != 1)
				imsg.type = CTL_NONE;
			return imsg;
		}
	}
	fail_msg("no answer");
	return imsg;
}

static void
expect_end(struct fixture *f, struct imsgbuf *c, const char *text)
{
	struct imsg imsg = next(f, c);
	struct ctl_end end;

	assert_int_equal(imsg.type, CTL_END);
	assert_int_equal(imsg_data(&imsg, &end, sizeof(end)), 0);
	assert_int_equal(end.error, text[0] != '\0');
	assert_string_equal(end.text, text);
}

static void
until_asked(struct fixture *f, unsigned int n)
{
	int i;

	for (i = 0; i < TURNS && f->nasked < n; i++)
		turn(f);
	assert_int_equal(f->nasked, n);
}

static void
give(struct fixture *f, enum proc_id from, uint32_t to, uint32_t type,
    const void *data, size_t len)
{
	const struct imsg imsg = { type, to, (uint32_t)len, -1, data };

	control_answer(f->control, from, &imsg);
}

static void
give_end(struct fixture *f, enum proc_id from, uint32_t to, const char *text)
{
	struct ctl_end end = { .error = text[0] != '\0' };

	strlcpy(end.text, text, sizeof(end.text));
	give(f, from, to, CTL_END, &end, sizeof(end));
}

static void
give_lease(struct fixture *f, uint32_t to)
{
	const struct ctl_lease lease = { .remaining = 7 };

	give(f, PROC_ENGINE, to, CTL_LEASE, &lease, sizeof(lease));
}

/* The frontend shows them, after the engine has sent its counts of drops. */
static void
ask_interfaces(struct fixture *f, struct imsgbuf *c)
{
	unsigned int n = f->nasked;

	ask(c, CTL_SHOW_INTERFACES);
	until_asked(f, n + 1);
	assert_int_equal(f->asked[n].to, PROC_ENGINE);
	give_end(f, PROC_ENGINE, f->asked[n].client, "");
}

static void
each_request_goes_to_its_owner(void **state)
{
	static const struct {
		uint32_t	type;
		enum proc_id	owner;
	} owners[] = {
		{ CTL_SHOW_LEASES, PROC_ENGINE },
		{ CTL_SHOW_STATIONS, PROC_ENGINE },
		{ CTL_SHOW_PEERS, PROC_ENGINE },
		{ CTL_SHOW_ROUTERS, PROC_ENGINE },
		{ CTL_SHOW_ROAMS, PROC_ENGINE },
		{ CTL_SHOW_ROUTES, PROC_PARENT },
		{ CTL_RETIRE, PROC_ENGINE },
		{ CTL_RELOAD, PROC_PARENT },
		{ CTL_LOG, PROC_PARENT }
	};
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	const struct asked *asked;
	unsigned int i;

	for (i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		ask(c, owners[i].type);
		until_asked(f, i + 1);
		asked = &f->asked[i];
		assert_int_equal(asked->to, owners[i].owner);
		assert_int_equal(asked->ctl.type, owners[i].type);
		give_end(f, asked->to, asked->client, i % 2 ? "no" : "");
		expect_end(f, c, i % 2 ? "no" : "");
	}
	imsgbuf_free(c);
}

/* The parent has its counters, which the frontend adds. */
static void
the_parent_is_asked_for_the_status_before_the_engine(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);

	ask(c, CTL_SHOW_STATUS);
	until_asked(f, 1);
	assert_int_equal(f->asked[0].to, PROC_PARENT);
	give_end(f, PROC_PARENT, f->asked[0].client, "");
	until_asked(f, 2);
	assert_int_equal(f->asked[1].to, PROC_ENGINE);
	assert_int_equal(f->asked[1].client, f->asked[0].client);
	give_end(f, PROC_ENGINE, f->asked[1].client, "");
	expect_end(f, c, "");
	imsgbuf_free(c);
}

static void
records_reach_the_client_that_asked(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *a = client(f), *b = client(f);
	struct ctl_lease lease;
	struct imsg imsg;

	ask(a, CTL_SHOW_LEASES);
	until_asked(f, 1);
	ask_interfaces(f, b);
	imsg = next(f, b);
	assert_int_equal(imsg.type, CTL_INTERFACE);
	assert_int_equal(imsg.len, sizeof(struct ctl_interface));
	expect_end(f, b, "");
	give_lease(f, f->asked[0].client);
	give_end(f, PROC_ENGINE, f->asked[0].client, "");
	imsg = next(f, a);
	assert_int_equal(imsg.type, CTL_LEASE);
	assert_int_equal(imsg_data(&imsg, &lease, sizeof(lease)), 0);
	assert_int_equal(lease.remaining, 7);
	expect_end(f, a, "");
	imsgbuf_free(a);
	imsgbuf_free(b);
}

static void
memory_is_asked_of_all_processes_in_turn(void **state)
{
	static const enum proc_id others[] = { PROC_PARENT, PROC_ENGINE };
	const struct ctl_memory memory = { .pid = 1 };
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	unsigned int i;

	ask(c, CTL_SHOW_MEMORY);
	for (i = 0; i < 2; i++) {
		until_asked(f, i + 1);
		assert_int_equal(f->asked[i].to, others[i]);
		give(f, others[i], f->asked[i].client, CTL_MEMORY, &memory,
		    sizeof(memory));
		give_end(f, others[i], f->asked[i].client, "");
		assert_int_equal(next(f, c).type, CTL_MEMORY);
	}
	assert_int_equal(next(f, c).type, CTL_MEMORY);
	expect_end(f, c, "");
	imsgbuf_free(c);
}

static void
what_is_no_request_is_answered_with_its_number(void **state)
{
	static const uint32_t types[] = {
		CTL_NONE, CTL_REQUESTS, CTL_STATUS, IPC_HELLO
	};
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	char text[40];
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		snprintf(text, sizeof(text), "unknown request %u", types[i]);
		ask(c, types[i]);
		expect_end(f, c, text);
	}
	assert_int_equal(f->nasked, 0);
	imsgbuf_free(c);
}

static void
wrong_requests_are_answered_with_the_reason(void **state)
{
	static const struct {
		uint32_t	type;
		struct ctl_request request;
		size_t		len;	/* 0: all of it */
		const char	*text;
	} wrong[] = {
		{ CTL_SHOW_STATUS, { .version = 1 }, 0, "control protocol "
		    "version 1, the daemon speaks version 2" },
		{ CTL_SHOW_STATUS, { .version = 1 }, 4, "control protocol "
		    "version 1, the daemon speaks version 2" },
		{ CTL_SHOW_STATUS, { .version = CTL_VERSION }, 3,
		    "show status: request of 3 octets, not 116" },
		{ CTL_SHOW_STATUS, { .version = CTL_VERSION }, 51,
		    "show status: request of 51 octets, not 116" },
		{ CTL_LOG, { .version = CTL_VERSION, .number = 2 }, 0,
		    "log: neither brief nor verbose" },
		{ CTL_DISASSOCIATE, { .version = CTL_VERSION }, 0,
		    "disassociate: not the MAC address of a station" },
		{ CTL_DISASSOCIATE, { .version = CTL_VERSION,
		    .mac = { { 1 } } }, 0,
		    "disassociate: not the MAC address of a station" },
		{ CTL_CLEAR_ROUTER, { .version = CTL_VERSION }, 0,
		    "clear router: not the name or id of a router" },
		{ CTL_CLEAR_LEASE, { .version = CTL_VERSION }, 0,
		    "clear lease: neither an address nor a station's MAC address" },
		{ CTL_CLEAR_LEASE, { .version = CTL_VERSION, .has_prefix = 2,
		    .prefix.len = 64 }, 0, "clear lease: not a prefix" },
		{ CTL_CLEAR_LEASE, { .version = CTL_VERSION, .has_prefix = 1,
		    .prefix.len = 129 }, 0, "clear lease: not a prefix" },
		{ CTL_CLEAR_LEASE, { .version = CTL_VERSION, .has_prefix = 1,
		    .prefix = { { { 0x20, 1, [15] = 1 } }, 64 } }, 0,
		    "clear lease: not a prefix" },
		{ CTL_CLEAR_LEASE, { .version = CTL_VERSION, .has_prefix = 1,
		    .prefix = { { { 0x20, 1 } }, 47 } }, 0, "clear lease: not "
		    "a lease: those are an IPv4 address, an IPv6 /64 or a "
		    "delegated prefix" },
		{ CTL_SHOW_LEASES, { .version = CTL_VERSION,
		    .network = "staff" }, 0, "show leases: there is no "
		    "network staff, see show networks" },
		{ CTL_SHOW_LEASES, { .version = CTL_VERSION,
		    .network = "sixteen octets !" }, 0,
		    "show leases: malformed" },
		{ CTL_SHOW_LEASES, { .version = CTL_VERSION,
		    .network = "guest\0staff" }, 0, "show leases: malformed" },
		{ CTL_SHOW_PEERS, { .version = CTL_VERSION,
		    .network = "guest" }, 0,
		    "show peers: is for all networks, not for one" },
		{ CTL_RETIRE, { .version = CTL_VERSION, .network = "guest" },
		    0, "retire: is for all networks, not for one" }
	};
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	size_t i;

	assert_int_equal(sizeof(struct ctl_request), 116);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ask_octets(c, wrong[i].type, &wrong[i].request,
		    wrong[i].len != 0 ? wrong[i].len :
		    sizeof(wrong[i].request));
		expect_end(f, c, wrong[i].text);
	}
	assert_int_equal(f->nasked, 0);
	imsgbuf_free(c);
}

static void
what_means_nothing_in_a_request_is_cleared(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	struct ctl_request noise;

	memset(&noise, 0xff, sizeof(noise));
	noise.version = CTL_VERSION;
	memset(noise.network, 0, sizeof(noise.network));
	ask_octets(c, CTL_SHOW_STATUS, &noise, sizeof(noise));
	until_asked(f, 1);
	memset(&noise, 0, sizeof(noise));
	noise.version = CTL_VERSION;
	assert_memory_equal(&f->asked[0].ctl.request, &noise, sizeof(noise));
	imsgbuf_free(c);
}

/* Whoever answers gets the network with the request. */
static void
requests_for_one_network_say_so(void **state)
{
	static const uint32_t types[] = {
		CTL_SHOW_LEASES, CTL_SHOW_STATIONS, CTL_SHOW_INTERFACES,
		CTL_SHOW_ROUTES, CTL_SHOW_ROAMS, CTL_SHOW_NETWORKS,
		CTL_DISASSOCIATE, CTL_CLEAR_LEASE
	};
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	struct ctl_request request = { .version = CTL_VERSION,
	    .network = "guest", .mac = { { 2, 0, 0, 0, 0, 7 } } };
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ask_octets(c, types[i], &request, sizeof(request));
		until_asked(f, i + 1);
		assert_string_equal(f->asked[i].ctl.request.network, "guest");
		give_end(f, f->asked[i].to, f->asked[i].client, "no");
		expect_end(f, c, "no");
	}
	imsgbuf_free(c);
}

static void
a_request_waits_while_one_runs(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	int i;

	ask(c, CTL_SHOW_LEASES);
	ask(c, CTL_SHOW_ROUTES);
	until_asked(f, 1);
	for (i = 0; i < 100; i++)
		turn(f);
	assert_int_equal(f->nasked, 1);
	give_end(f, PROC_ENGINE, f->asked[0].client, "");
	until_asked(f, 2);
	assert_int_equal(f->asked[1].ctl.type, CTL_SHOW_ROUTES);
	give_end(f, PROC_PARENT, f->asked[1].client, "");
	expect_end(f, c, "");
	expect_end(f, c, "");
	imsgbuf_free(c);
}

static void
answers_to_a_client_that_left_are_dropped(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	uint32_t gone;
	int i;

	ask(c, CTL_SHOW_LEASES);
	until_asked(f, 1);
	gone = f->asked[0].client;
	give_lease(f, gone);
	imsgbuf_free(c);
	for (i = 0; i < 100; i++)
		turn(f);
	/*
	 * Another client takes its slot, and must not get answers to the
	 * first.
	 */
	c = client(f);
	ask(c, CTL_SHOW_LEASES);
	until_asked(f, 2);
	assert_int_not_equal(f->asked[1].client, gone);
	give_lease(f, gone);
	give_end(f, PROC_ENGINE, gone, "");
	give_end(f, PROC_ENGINE, f->asked[1].client, "");
	expect_end(f, c, "");
	imsgbuf_free(c);
}

static void
a_client_that_does_not_read_is_cut_at_the_limit(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *slow = client(f), *c;
	const unsigned int most = CONTROL_QUEUE_MAX / sizeof(struct ctl_lease);
	struct imsg imsg;
	unsigned int i, n = 0;

	ask(slow, CTL_SHOW_LEASES);
	until_asked(f, 1);
	for (i = 0; i < most + 10000; i++)
		give_lease(f, f->asked[0].client);
	while ((imsg = next(f, slow)).type == CTL_LEASE)
		n++;
	assert_int_equal(imsg.type, CTL_NONE);
	assert_true(n < most);
	imsgbuf_free(slow);
	/* Other clients are served as before. */
	c = client(f);
	ask_interfaces(f, c);
	assert_int_equal(next(f, c).type, CTL_INTERFACE);
	expect_end(f, c, "");
	imsgbuf_free(c);
}

static void
a_long_listing_reaches_a_client_that_reads_late(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	unsigned int i;

	ask(c, CTL_SHOW_LEASES);
	until_asked(f, 1);
	for (i = 0; i < 50000; i++)
		give_lease(f, f->asked[0].client);
	give_end(f, PROC_ENGINE, f->asked[0].client, "");
	for (i = 0; i < 50000; i++)
		assert_int_equal(next(f, c).type, CTL_LEASE);
	expect_end(f, c, "");
	imsgbuf_free(c);
}

static void
one_client_too_many_gets_a_reason(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c[CONTROL_CLIENTS + 1];
	unsigned int i;

	for (i = 0; i <= CONTROL_CLIENTS; i++)
		c[i] = client(f);
	expect_end(f, c[CONTROL_CLIENTS], "too many control clients");
	assert_int_equal(next(f, c[CONTROL_CLIENTS]).type, CTL_NONE);
	imsgbuf_free(c[0]);
	turn(f);
	imsgbuf_free(c[CONTROL_CLIENTS]);
	c[0] = client(f);
	ask_interfaces(f, c[0]);
	assert_int_equal(next(f, c[0]).type, CTL_INTERFACE);
	for (i = 0; i < CONTROL_CLIENTS; i++)
		imsgbuf_free(c[i]);
}

static void
broken_framing_ends_the_client_alone(void **state)
{
	static const uint32_t header[4] = { CTL_SHOW_STATUS, 3, 0, 0 };
	struct fixture *f = *state;
	struct imsgbuf *broken = client(f), *c = client(f);

	assert_int_equal(write(imsgbuf_fd(broken), header, sizeof(header)),
	    sizeof(header));
	assert_int_equal(next(f, broken).type, CTL_NONE);
	ask_interfaces(f, c);
	assert_int_equal(next(f, c).type, CTL_INTERFACE);
	imsgbuf_free(broken);
	imsgbuf_free(c);
}

static void
a_process_that_is_not_there_yet_is_named(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);

	f->absent = true;
	ask(c, CTL_SHOW_LEASES);
	expect_end(f, c, "the engine is not ready yet");
	imsgbuf_free(c);
}

static void
the_socket_is_for_its_owner_and_group(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

static void
a_socket_in_use_is_kept_and_a_stale_one_replaced(void **state)
{
	struct fixture *f = *state;
	char path[80];
	FILE *file;
	int fd;

	assert_int_equal(controlsock_open(f->path), -1);
	assert_int_equal(errno, EADDRINUSE);
	imsgbuf_free(client(f));		/* it still serves */

	snprintf(path, sizeof(path), "%s.stale", f->path);
	assert_int_not_equal(fd = controlsock_open(path), -1);
	close(fd);
	assert_int_not_equal(fd = controlsock_open(path), -1);
	close(fd);
	unlink(path);
	/* A file that is no socket is not ours, and is not removed. */
	assert_non_null(file = fopen(path, "w"));
	fclose(file);
	assert_int_equal(controlsock_open(path), -1);
	assert_int_equal(errno, EADDRINUSE);
	assert_int_equal(unlink(path), 0);
}

#define WITH_FIXTURE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

static void
every_request_has_its_way(void **state)
{
	uint32_t type;

	(void)state;
	for (type = CTL_SHOW_STATUS; type < CTL_REQUESTS; type++)
		if (control_request_name(type) == NULL)
			fail_msg("routes[] has no row for request %u", type);
	assert_null(control_request_name(CTL_REQUESTS));
	assert_null(control_request_name(UINT32_MAX));
}

static struct imsgbuf *
listener(struct fixture *f, uint32_t wanted, const char *network)
{
	struct ctl_request request = { .version = CTL_VERSION,
	    .number = wanted };
	struct ctl_event present = { .type = CTL_EVENT_LIVE };
	struct imsgbuf *c = client(f);
	unsigned int n = f->nasked;
	uint32_t number;

	strlcpy(request.network, network, sizeof(request.network));
	ask_octets(c, CTL_MONITOR, &request, sizeof(request));
	until_asked(f, n + 1);
	number = f->asked[n].client;
	give(f, PROC_ENGINE, number, CTL_EVENT, &present, sizeof(present));
	give_end(f, PROC_ENGINE, number, "");
	return c;
}

static void
happens(struct fixture *f, enum ctl_event_type type, const char *network)
{
	struct ctl_event e = { .seq = 1, .type = (uint8_t)type };

	strlcpy(e.scope.network, network, sizeof(e.scope.network));
	control_event(f->control, &e);
}

static void
expect_event(struct fixture *f, struct imsgbuf *c, enum ctl_event_type type,
    uint64_t count)
{
	struct imsg imsg = next(f, c);
	struct ctl_event e;

	assert_int_equal(imsg.type, CTL_EVENT);
	assert_int_equal(imsg_data(&imsg, &e, sizeof(e)), 0);
	assert_int_equal(e.type, type);
	assert_int_equal(e.count, count);
}

static void
listeners_get_what_they_want(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *all, *some, *guest;

	assert_false(f->listened);
	all = listener(f, 0, "");
	assert_true(f->listened);
	some = listener(f, 1U << CTL_EVENT_LIVE | 1U << CTL_EVENT_RENEW, "");
	guest = listener(f, 1U << CTL_EVENT_ROAM, "guest");
	happens(f, CTL_EVENT_RENEW, "guest");
	happens(f, CTL_EVENT_ROAM, "staff");
	happens(f, CTL_EVENT_ROAM, "guest");
	happens(f, CTL_EVENT_LOST, "");
	expect_event(f, all, CTL_EVENT_LIVE, 0);
	expect_event(f, all, CTL_EVENT_ROAM, 0);
	expect_event(f, all, CTL_EVENT_ROAM, 0);
	expect_event(f, all, CTL_EVENT_LOST, 0);
	expect_event(f, some, CTL_EVENT_LIVE, 0);
	expect_event(f, some, CTL_EVENT_RENEW, 0);
	expect_event(f, some, CTL_EVENT_LOST, 0);
	expect_event(f, guest, CTL_EVENT_ROAM, 0);
	expect_event(f, guest, CTL_EVENT_LOST, 0);
	imsgbuf_free(all);
	imsgbuf_free(some);
	turn(f);
	turn(f);
	assert_true(f->listened);
	imsgbuf_free(guest);
	turn(f);
	assert_false(f->listened);
}

static void
more_listeners_than_there_may_be_are_refused(void **state)
{
	struct imsgbuf *c[CONTROL_LISTENERS], *one;
	struct ctl_request wrong = { .version = CTL_VERSION,
	    .number = 1U << CTL_EVENTS };
	struct fixture *f = *state;
	int i;

	for (i = 0; i < CONTROL_LISTENERS; i++)
		c[i] = listener(f, 0, "");
	one = client(f);
	ask(one, CTL_MONITOR);
	expect_end(f, one, "monitor: 8 listen already");
	imsgbuf_free(c[0]);
	for (i = 0; i < 9; i++)
		turn(f);
	ask_octets(one, CTL_MONITOR, &wrong, sizeof(wrong));
	expect_end(f, one, "monitor: no such event");
	ask(one, CTL_MONITOR);
	until_asked(f, CONTROL_LISTENERS + 1);
	/* One that is refused listens no more. */
	give_end(f, PROC_ENGINE, f->asked[CONTROL_LISTENERS].client, "no");
	expect_end(f, one, "no");
	imsgbuf_free(one);
	for (i = 1; i < CONTROL_LISTENERS; i++) {
		assert_true(f->listened);
		imsgbuf_free(c[i]);
		turn(f);
	}
	assert_false(f->listened);
}

/* Nothing waits for it, and it hears how much it has missed. */
static void
a_listener_that_does_not_read_loses_events(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *slow = listener(f, 0, ""), *fast = listener(f, 0, "");
	unsigned int i, got = 0, n = 4 * LISTENER_QUEUE_MAX /
	    sizeof(struct ctl_event);
	uint64_t lost = 0;
	struct ctl_event e;
	struct imsg imsg;

	expect_event(f, fast, CTL_EVENT_LIVE, 0);
	for (i = 0; i < n; i++) {
		happens(f, CTL_EVENT_ROAM, "");
		expect_event(f, fast, CTL_EVENT_ROAM, 0);
	}
	expect_event(f, slow, CTL_EVENT_LIVE, 0);
	while (lost == 0) {
		imsg = next(f, slow);
		assert_int_equal(imsg_data(&imsg, &e, sizeof(e)), 0);
		if (e.type == CTL_EVENT_LOST)
			lost = e.count;
		else
			got++;
	}
	assert_int_equal(got + lost, n);
	assert_in_range(lost, n / 4, n);
	happens(f, CTL_EVENT_JOIN, "");
	expect_event(f, slow, CTL_EVENT_JOIN, 0);
	imsgbuf_free(slow);
	imsgbuf_free(fast);
}

static void
a_listing_goes_on_as_it_is_read(void **state)
{
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	uint32_t number;
	int i;

	ask(c, CTL_SHOW_LEASES);
	until_asked(f, 1);
	number = f->asked[0].client;
	for (i = 0; i < LISTING_WINDOW / 2 - 1; i++)
		give_lease(f, number);
	assert_int_equal(f->granted, 0);
	give_lease(f, number);
	assert_int_equal(f->granted, LISTING_WINDOW / 2);
	for (i = 0; i < LISTING_WINDOW / 2; i++)
		assert_int_equal(next(f, c).type, CTL_LEASE);
	/* It does not read, so that it is granted no more in the end. */
	for (i = 0; i < (int)(CONTROL_QUEUE_MAX / 8 /
	    sizeof(struct ctl_lease)); i++)
		give_lease(f, number);
	assert_in_range(f->granted, LISTING_WINDOW,
	    (unsigned int)i - LISTING_WINDOW);
	for (; i > 0; i--)
		assert_int_equal(next(f, c).type, CTL_LEASE);
	assert_int_equal(f->left, 0);
	imsgbuf_free(c);
	turn(f);
	assert_int_equal(f->left, 1);
}

/* The engine would end by it. */
static void
names_that_control_a_terminal_are_refused(void **state)
{
	static const struct {
		uint32_t	 type;
		const char	*text;
	} rows[] = {
		{ CTL_SHOW_STATIONS, "show stations: field request.router: "
		    "unfit, expected a text" },
		{ CTL_SHOW_LEASES, "show leases: field request.router: "
		    "unfit, expected a text" }
	};
	struct ctl_request request = { .version = CTL_VERSION };
	struct fixture *f = *state;
	struct imsgbuf *c = client(f);
	size_t i;

	strlcpy(request.router, "a\xff\x1b[2J", sizeof(request.router));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask_octets(c, rows[i].type, &request, sizeof(request));
		expect_end(f, c, rows[i].text);
	}
	assert_int_equal(f->nasked, 0);
	imsgbuf_free(c);
}

/* Or what is behind the checks of length and version is not reached. */
static void
seeds_of_the_fuzzer_are_requests_of_today(void **state)
{
	static const char folder[] = "regress/fuzz/seeds/control",
	    wrong[] = " short unknown version . .. ";
	const uint32_t len = IMSG_HEADER + sizeof(struct ctl_request);
	char path[320], word[280];
	struct dirent *entry;
	uint32_t head[5];
	unsigned int n = 0;
	DIR *dir = opendir(folder);
	FILE *f;

	(void)state;
	if (dir == NULL)
		fail_msg("%s: run from the top of the tree", folder);
	while ((entry = readdir(dir)) != NULL) {
		snprintf(word, sizeof(word), " %s ", entry->d_name);
		if (strstr(wrong, word) != NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		f = fopen(path, "r");
		assert_non_null(f);
		assert_int_equal(fread(head, sizeof(head), 1, f), 1);
		fclose(f);
		if (control_request_name(head[0]) == NULL || head[1] != len ||
		    head[4] != CTL_VERSION)
			fail_msg("%s: no request of today", path);
		n++;
	}
	closedir(dir);
	assert_true(n >= CTL_REQUESTS - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_has_its_way),
		WITH_FIXTURE(each_request_goes_to_its_owner),
		WITH_FIXTURE(
		    the_parent_is_asked_for_the_status_before_the_engine),
		WITH_FIXTURE(records_reach_the_client_that_asked),
		WITH_FIXTURE(memory_is_asked_of_all_processes_in_turn),
		WITH_FIXTURE(what_is_no_request_is_answered_with_its_number),
		WITH_FIXTURE(wrong_requests_are_answered_with_the_reason),
		WITH_FIXTURE(what_means_nothing_in_a_request_is_cleared),
		WITH_FIXTURE(requests_for_one_network_say_so),
		WITH_FIXTURE(a_request_waits_while_one_runs),
		WITH_FIXTURE(answers_to_a_client_that_left_are_dropped),
		WITH_FIXTURE(a_client_that_does_not_read_is_cut_at_the_limit),
		WITH_FIXTURE(a_long_listing_reaches_a_client_that_reads_late),
		WITH_FIXTURE(names_that_control_a_terminal_are_refused),
		cmocka_unit_test(seeds_of_the_fuzzer_are_requests_of_today),
		WITH_FIXTURE(a_listing_goes_on_as_it_is_read),
		WITH_FIXTURE(listeners_get_what_they_want),
		WITH_FIXTURE(more_listeners_than_there_may_be_are_refused),
		WITH_FIXTURE(a_listener_that_does_not_read_loses_events),
		WITH_FIXTURE(one_client_too_many_gets_a_reason),
		WITH_FIXTURE(broken_framing_ends_the_client_alone),
		WITH_FIXTURE(a_process_that_is_not_there_yet_is_named),
		WITH_FIXTURE(the_socket_is_for_its_owner_and_group),
		WITH_FIXTURE(a_socket_in_use_is_kept_and_a_stale_one_replaced)
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
