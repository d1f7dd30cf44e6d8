/* SPDX-License-Identifier: ISC */
/*
 * hostapd's control interface: its texts, and a simulated hostapd that starts,
 * ends and hangs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <stdio.h>
#include <unistd.h>

#include "loop.h"
#include "radio/hostapd.h"
#include "stub_log.h"
#include "wire/hostapd.h"

#define PATIENCE	15000		/* ms; all events come much sooner */

static struct hostapd	*h;
static char		 dir[64], path[80];
static int		 ap;		/* socket of the simulated hostapd */
static struct sockaddr_un peer;		/* its client */
static socklen_t	 peerlen;
static char		 reports[400];
/* sends to each socket of ours as soon as it has an address; -1: nobody */
static int		 stranger = -1;
static unsigned int	 sent, refused;

int	__real_bind(int, const struct sockaddr *, socklen_t);
int	__real_connect(int, const struct sockaddr *, socklen_t);
int	__wrap_bind(int, const struct sockaddr *, socklen_t);
int	__wrap_connect(int, const struct sockaddr *, socklen_t);

static void
stranger_sends(int fd)
{
	static const char text[] = "OK\n";
	struct sockaddr_un own;
	socklen_t len = sizeof(own);

	if (stranger == -1 || fd == ap ||
	    getsockname(fd, (struct sockaddr *)&own, &len) == -1 ||
	    len <= sizeof(sa_family_t))
		return;
	if (sendto(stranger, text, sizeof(text) - 1, 0, (struct sockaddr *)&own,
	    len) == -1)
		refused++;
	else
		sent++;
}

int
__wrap_bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	int rc = __real_bind(fd, sa, len);

	stranger_sends(fd);
	return rc;
}

int
__wrap_connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	int rc = __real_connect(fd, sa, len);

	stranger_sends(fd);
	return rc;
}

static void
texts(void **state)
{
	static const struct {
		const char	*text;
		enum hostapd_kind kind;
		const char	*ifname;
		uint8_t		 last;		/* octet of the MAC address */
	} rows[] = {
		{ "OK\n", HOSTAPD_OK, "", 0 },
		{ "PONG\n", HOSTAPD_PONG, "", 0 },
		{ "FAIL\n", HOSTAPD_FAIL, "", 0 },
		{ "UNKNOWN COMMAND\n", HOSTAPD_FAIL, "", 0 },
		{ "<3>AP-STA-CONNECTED 02:00:00:00:00:07",
		    HOSTAPD_CONNECTED, "", 7 },
		{ "<3>AP-STA-CONNECTED 02:00:00:00:00:07 keyid=x auth_alg=ft",
		    HOSTAPD_CONNECTED, "", 7 },
		{ "<3>EAPOL-4WAY-HS-COMPLETED 02:00:00:00:00:07",
		    HOSTAPD_CONNECTED, "", 7 },
		{ "<3>AP-STA-DISCONNECTED 02:00:00:00:00:07",
		    HOSTAPD_DISCONNECTED, "", 7 },
		{ "IFNAME=wlan1 <3>AP-STA-CONNECTED 02:00:00:00:00:07",
		    HOSTAPD_CONNECTED, "wlan1", 7 },
		{ "<3>AP-ENABLED ", HOSTAPD_ENABLED, "", 0 },
		{ "<3>CTRL-EVENT-TERMINATING ", HOSTAPD_TERMINATING, "", 0 },
		/* Without a level it is the answer to a command. */
		{ "AP-STA-CONNECTED 02:00:00:00:00:07", HOSTAPD_OTHER, "",
		    0 },
		{ "<3>OK", HOSTAPD_OTHER, "", 0 },
		{ "<3>AP-STA-CONNECTED-NOT 02:00:00:00:00:07", HOSTAPD_OTHER,
		    "", 0 },
		{ "<3>AP-STA-CONNECTED 03:00:00:00:00:07", HOSTAPD_OTHER, "",
		    7 },
		{ "<3>AP-STA-CONNECTED 02:00:00", HOSTAPD_OTHER, "", 0 },
		{ "<3>AP-STA-CONNECTED", HOSTAPD_OTHER, "", 0 },
		{ "<>AP-STA-CONNECTED 02:00:00:00:00:07", HOSTAPD_OTHER, "",
		    0 },
		{ "IFNAME=anameoftoomanyoctets <3>AP-ENABLED ",
		    HOSTAPD_OTHER, "", 0 },
		{ "IFNAME=", HOSTAPD_OTHER, "", 0 },
		{ "", HOSTAPD_OTHER, "", 0 }
	};
	struct hostapd_message m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wire_hostapd_parse(rows[i].text, strlen(rows[i].text), &m);
		if (m.kind != rows[i].kind)
			fail_msg("%s: %d", rows[i].text, m.kind);
		assert_string_equal(m.ifname, rows[i].ifname);
		assert_int_equal(m.mac.octet[5], rows[i].last);
	}
}

static void
on_station(void *arg, uint32_t ifindex, const struct mac *mac,
    bool connected)
{
	size_t n = strlen(reports);

	(void)arg;
	snprintf(reports + n, sizeof(reports) - n, "[%u %s%u]", ifindex,
	    connected ? "+" : "-", mac->octet[5]);
}

static void
on_attached(void *arg, uint32_t ifindex, bool attached)
{
	size_t n = strlen(reports);

	(void)arg;
	snprintf(reports + n, sizeof(reports) - n, "[%u %s]", ifindex,
	    attached ? "attached" : "lost");
}

static void
ap_start(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	unlink(path);
	ap = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_not_equal(ap, -1);
	assert_int_equal(bind(ap, (struct sockaddr *)&sun, sizeof(sun)), 0);
}

static void
ap_stop(void)
{
	close(ap);
	ap = -1;
}

/* This is the next command that reaches hostapd. */
static void
ap_hears(const char *what)
{
	char text[200];
	ssize_t n = -1;

	peerlen = sizeof(peer);
	WAIT((n = recvfrom(ap, text, sizeof(text) - 1, 0,
	    (struct sockaddr *)&peer, &peerlen)) != -1);
	text[n] = '\0';
	assert_string_equal(text, what);
}

static void
ap_says(const char *what)
{
	assert_int_equal(sendto(ap, what, strlen(what), 0,
	    (struct sockaddr *)&peer, peerlen), (ssize_t)strlen(what));
}

static int
setup(void **state)
{
	const struct hostapd_ops ops = { on_station, on_attached, NULL };

	(void)state;
	strlcpy(dir, "/tmp/test_hostapd.XXXXXX", sizeof(dir));
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/wlan0", dir);
	ap = -1;
	reports[0] = '\0';
	assert_non_null(base = event_base_new());
	h = hostapd_new(base, &ops);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	hostapd_free(h);
	event_base_free(base);
	if (ap != -1)
		close(ap);
	unlink(path);
	rmdir(dir);
	stub_log_clear();
	return 0;
}

static void
expect(const char *what)
{
	WAIT(strcmp(reports, what) == 0);
	reports[0] = '\0';
}

static void
attached(void)
{
	ap_start();
	hostapd_path(h, dir);
	hostapd_watch(h, "wlan0", 3);
	ap_hears("ATTACH");
	ap_says("OK\n");
	expect("[3 attached]");
}

static void
stations_come_and_go(void **state)
{
	static const struct mac mac = { { 2, 0, 0, 0, 0, 7 } };

	(void)state;
	attached();
	ap_says("<3>AP-STA-CONNECTED 02:00:00:00:00:07");
	ap_says("<3>EAPOL-4WAY-HS-COMPLETED 02:00:00:00:00:07");
	ap_says("<3>AP-STA-DISCONNECTED 02:00:00:00:00:07");
	expect("[3 +7][3 +7][3 -7]");
	assert_int_equal(hostapd_drop(h, "wlan0", &mac, true), 0);
	ap_hears("DEAUTHENTICATE 02:00:00:00:00:07 tx=0");
	assert_int_equal(hostapd_drop(h, "wlan0", &mac, false), 0);
	ap_hears("DEAUTHENTICATE 02:00:00:00:00:07");
	assert_int_equal(hostapd_drop(h, "wlan1", &mac, true), -1);
	hostapd_forget(h, "wlan0");
	ap_hears("DETACH");
	assert_int_equal(hostapd_drop(h, "wlan0", &mac, true), -1);
}

static void
it_may_start_after_us_and_start_again(void **state)
{
	(void)state;
	hostapd_path(h, dir);
	hostapd_watch(h, "wlan0", 3);
	assert_string_equal(reports, "");
	ap_start();
	ap_hears("ATTACH");
	ap_says("OK\n");
	expect("[3 attached]");
	/* Killed: the socket's other end is gone, without a notification. */
	ap_stop();
	hostapd_look(h);
	expect("[3 lost]");
	ap_start();
	ap_hears("ATTACH");
	ap_says("OK\n");
	expect("[3 attached]");
	ap_says("<3>CTRL-EVENT-TERMINATING ");
	expect("[3 lost]");
}

static void
one_that_hangs_is_given_up(void **state)
{
	(void)state;
	attached();
	ap_hears("PING");
	ap_says("PONG\n");
	ap_hears("PING");
	/* ... and no answer. */
	expect("[3 lost]");
}

/* More than fits in the socket: a client that does not read blocks hostapd. */
static void
all_that_it_says_is_read(void **state)
{
	int i, said = 0;

	(void)state;
	attached();
	for (i = 0; i < 5000; i++) {
		if (sendto(ap, "<3>X", 4, 0, (struct sockaddr *)&peer,
		    peerlen) == 4)
			said++;
		else
			turn();
	}
	assert_in_range(said, 4000, 5000);
	ap_says("<3>AP-STA-CONNECTED 02:00:00:00:00:07");
	expect("[3 +7]");
}

static void
one_socket_for_all(void **state)
{
	static const struct mac mac = { { 2, 0, 0, 0, 0, 7 } };

	(void)state;
	ap_start();
	hostapd_path(h, path);
	hostapd_watch(h, "wlan5", 3);
	ap_hears("ATTACH");
	ap_says("OK\n");
	expect("[3 attached]");
	ap_says("IFNAME=wlan6 <3>AP-STA-CONNECTED 02:00:00:00:00:06");
	ap_says("IFNAME=wlan5 <3>AP-STA-CONNECTED 02:00:00:00:00:05");
	expect("[3 +5]");
	assert_int_equal(hostapd_drop(h, "wlan5", &mac, true), 0);
	ap_hears("IFNAME=wlan5 DEAUTHENTICATE 02:00:00:00:00:07 tx=0");
}

static void
another_path_is_another_hostapd(void **state)
{
	(void)state;
	attached();
	hostapd_path(h, "");
	ap_hears("DETACH");
	expect("[3 lost]");		/* there is nobody to drop a station */
	hostapd_path(h, dir);
	ap_hears("ATTACH");
	ap_says("FAIL\n");
	ap_hears("ATTACH");		/* and tries again */
	ap_says("OK\n");
	expect("[3 attached]");
}

/* Recorded of hostapd 2.11: no socket "wlan0", one for each link. */
static void
an_access_point_of_several_links(void **state)
{
	struct mac mac = { { 2, 0, 0, 0, 0, 7 } };
	struct sockaddr_un peers[2];
	int links[2], i;

	(void)state;
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/wlan0_link%d", dir,
			    i * 14);
		ap_start();
		links[i] = ap;
	}
	hostapd_path(h, dir);
	hostapd_watch(h, "wlan0", 3);
	for (i = 0; i < 2; i++) {
		ap = links[i];
		ap_hears("ATTACH");
		peers[i] = peer;
		ap_says("OK\n");
	}
	expect("[3 attached]");
	assert_string_equal(stub_log_text(), "hostapd: wlan0: attached\n"
	    "hostapd: wlan0: attached\n");
	ap_says("<3>AP-STA-CONNECTED 02:00:00:00:00:07 auth_alg=sae");
	expect("[3 +7]");
	assert_int_equal(hostapd_drop(h, "wlan0", &mac, true), 0);
	for (i = 0; i < 2; i++) {
		ap = links[i];
		ap_hears("DEAUTHENTICATE 02:00:00:00:00:07 tx=0");
	}
	/* It is lost when the last one is. */
	for (i = 0; i < 2; i++) {
		ap = links[i];
		peer = peers[i];
		ap_says("<3>CTRL-EVENT-TERMINATING ");
		turn();
		if (i == 0)
			assert_string_equal(reports, "");
		snprintf(path, sizeof(path), "%s/wlan0_link%d", dir,
			    i * 14);
		ap_stop();
		unlink(path);
	}
	expect("[3 lost]");
	assert_int_equal(hostapd_drop(h, "wlan0", &mac, true), -1);
	/* Another one has a socket for all. */
	snprintf(path, sizeof(path), "%s/wlan0", dir);
	ap_start();
	ap_hears("ATTACH");
	ap_says("OK\n");
	expect("[3 attached]");
}

/* The address is found in /proc/net/unix by whoever looks. */
static void
nobody_speaks_for_hostapd(void **state)
{
	(void)state;
	stranger = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_not_equal(stranger, -1);
	sent = refused = 0;
	ap_start();
	hostapd_path(h, dir);
	hostapd_watch(h, "wlan0", 3);
	ap_hears("ATTACH");
	close(stranger);
	stranger = -1;
	assert_int_equal(sent, 0);
	assert_int_equal(refused, 1);
	turn();
	assert_string_equal(reports, "");
	ap_says("OK\n");
	expect("[3 attached]");
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		TEST(stations_come_and_go),
		TEST(it_may_start_after_us_and_start_again),
		TEST(one_that_hangs_is_given_up),
		TEST(all_that_it_says_is_read),
		TEST(one_socket_for_all),
		TEST(another_path_is_another_hostapd),
		TEST(an_access_point_of_several_links),
		TEST(nobody_speaks_for_hostapd),
	};

	return cmocka_run_group_tests_name("hostapd", tests, NULL, NULL);
}
