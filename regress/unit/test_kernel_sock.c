/* SPDX-License-Identifier: ISC */
/*
 * The packet filter, run by the kernel itself: it works on any socket, so
 * frames go through a pair of datagram sockets.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/sock.h"

#define FRAME_LEN	86
#define TAG_LEN		4
#define NONE		-1
#define DHCP		LINK_SOCKET_DHCP
#define NEIGHBOUR	LINK_SOCKET_NEIGHBOUR

/* What is in a frame where the filter looks; the rest is zero. */
struct row {
	const char	*what;
	int		 passes;	/* NONE, or one of enum link_socket */
	uint16_t	 ethertype;
	struct {
		uint8_t	at, value;
	} octets[6];
};

#define IP4(ihl)	{ 14, 0x40 | (ihl) }
#define UDP		{ 23, 17 }
#define PORT(at, n)	{ (at), (n) >> 8 }, { (at) + 1, (n) & 0xff }
#define ICMP6(type)	{ { 14, 0x60 }, { 20, 58 }, { 54, (type) } }

static const struct row rows[] = {
	{ "ARP", NEIGHBOUR, 0x0806, { { 0, 0 } } },
	{ "DHCP request", DHCP, 0x0800, { IP4(5), UDP, PORT(36, 67) } },
	{ "DHCP request behind IP options", DHCP, 0x0800,
	    { IP4(7), UDP, PORT(44, 67) } },
	{ "UDP from port 67", NONE, 0x0800, { IP4(5), UDP, PORT(34, 67) } },
	{ "UDP to port 68: another server", DHCP, 0x0800,
	    { IP4(5), UDP, PORT(36, 68) } },
	{ "67 where the port would be without options", NONE, 0x0800,
	    { IP4(7), UDP, PORT(36, 67) } },
	{ "first fragment", DHCP, 0x0800,
	    { IP4(5), UDP, { 20, 0x20 }, PORT(36, 67) } },
	{ "later fragment", NONE, 0x0800,
	    { IP4(5), UDP, { 21, 1 }, PORT(36, 67) } },
	{ "TCP", NONE, 0x0800, { IP4(5), { 23, 6 }, PORT(36, 67) } },
	{ "router solicitation", NEIGHBOUR, 0x86dd, ICMP6(133) },
	{ "router advertisement", NEIGHBOUR, 0x86dd, ICMP6(134) },
	{ "neighbour solicitation", NEIGHBOUR, 0x86dd, ICMP6(135) },
	{ "neighbour advertisement", NEIGHBOUR, 0x86dd, ICMP6(136) },
	{ "redirect", NONE, 0x86dd, ICMP6(137) },
	{ "echo request", NONE, 0x86dd, ICMP6(128) },
	{ "IPv6 UDP", NONE, 0x86dd, { { 20, 17 }, { 54, 133 } } },
	{ "DHCPv6 request", DHCP, 0x86dd, { { 20, 17 }, PORT(56, 547) } },
	{ "DHCPv6 answer: another server", DHCP, 0x86dd,
	    { { 20, 17 }, PORT(56, 546) } },
	{ "TCP to port 547", NONE, 0x86dd, { { 20, 6 }, PORT(56, 547) } },
	{ "hop-by-hop header first", NONE, 0x86dd,
	    { { 20, 0 }, { 54, 133 } } },
	{ "802.1Q", NONE, 0x8100, { { 0, 0 } } },
	{ "LLC", NONE, 0x0006, { { 0, 0 } } }
};

static void
make_frame(const struct row *row, uint8_t frame[FRAME_LEN])
{
	size_t i;

	memset(frame, 0, FRAME_LEN);
	frame[12] = row->ethertype >> 8;
	frame[13] = row->ethertype & 0xff;
	for (i = 0; i < 6; i++)
		if (row->octets[i].at != 0)
			frame[row->octets[i].at] = row->octets[i].value;
}

static void
each_socket_hears_its_own_of_what_stations_say_to_routers(void **state)
{
	uint8_t frame[FRAME_LEN], got[FRAME_LEN + 1];
	const struct row *row;
	ssize_t n;
	int fds[2], kind;

	(void)state;
	for (kind = 0; kind < LINK_SOCKETS; kind++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM |
		    SOCK_NONBLOCK, 0, fds), 0);
		assert_int_equal(sock_filter_attach(fds[1], kind), 0);
		for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]);
		    row++) {
			make_frame(row, frame);
			(void)send(fds[0], frame, sizeof(frame), 0);
			n = recv(fds[1], got, sizeof(got), 0);
			if ((row->passes == kind) != (n == sizeof(frame)))
				fail_msg("socket %d: %s: %s", kind, row->what,
				    row->passes == kind ? "was dropped" :
				    "passed");
		}
		close(fds[0]);
		close(fds[1]);
	}
}

/* A tag in the frame, and what it says beside the priority. */
static void
a_tag_of_no_vlan_is_none(void **state)
{
	static const struct {
		uint8_t	tag[TAG_LEN];
		int	is_none;
	} tags[] = {
		{ { 0x81, 0, 0, 0 }, 1 },
		{ { 0x81, 0, 0xe0, 0 }, 1 },	/* priority 7 */
		{ { 0x81, 0, 0x10, 0 }, 1 },	/* may be dropped */
		{ { 0x81, 0, 0, 1 }, 0 },
		{ { 0x81, 0, 0x01, 0 }, 0 },	/* VLAN 256 */
		{ { 0x81, 0, 0x0f, 0xff }, 0 },
		{ { 0x88, 0xa8, 0, 0 }, 0 }
	};
	uint8_t frame[FRAME_LEN], tagged[FRAME_LEN + TAG_LEN], got[100];
	const struct row *row;
	ssize_t n;
	size_t i;
	int fds[2], kind, passes;

	(void)state;
	for (kind = 0; kind < LINK_SOCKETS; kind++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM |
		    SOCK_NONBLOCK, 0, fds), 0);
		assert_int_equal(sock_filter_attach(fds[1], kind), 0);
		for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
			for (row = rows; row < rows + sizeof(rows) /
			    sizeof(rows[0]); row++) {
				make_frame(row, frame);
				memcpy(tagged, frame, 12);
				memcpy(tagged + 12, tags[i].tag, TAG_LEN);
				memcpy(tagged + 16, frame + 12,
				    sizeof(frame) - 12);
				(void)send(fds[0], tagged, sizeof(tagged), 0);
				n = recv(fds[1], got, sizeof(got), 0);
				passes = tags[i].is_none &&
				    row->passes == kind;
				if (passes != (n == sizeof(tagged)))
					fail_msg("tag %zu: %s", i, row->what);
			}
		close(fds[0]);
		close(fds[1]);
	}
}

static void
short_frames_are_dropped(void **state)
{
	uint8_t frame[FRAME_LEN] = { [12] = 0x86, [13] = 0xdd, [14] = 0x60,
	    [20] = 58, [54] = 133 };
	size_t len;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	assert_int_equal(sock_filter_attach(fds[1], NEIGHBOUR), 0);
	for (len = 0; len <= 54; len++) {
		(void)send(fds[0], frame, len, 0);
		assert_int_equal(recv(fds[1], frame, sizeof(frame), 0), -1);
	}
	assert_int_equal(send(fds[0], frame, len, 0), len);
	assert_int_equal(recv(fds[1], frame, sizeof(frame), 0), len);
	close(fds[0]);
	close(fds[1]);
}

/* Whoever is handed the socket cannot widen what it hears. */
static void
the_filter_is_locked(void **state)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 2048);
	struct sock_fprog prog = { 1, &all };
	int fds[2], off = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	assert_int_equal(sock_filter_attach(fds[1], NEIGHBOUR), 0);
	assert_int_equal(setsockopt(fds[1], SOL_SOCKET, SO_ATTACH_FILTER,
	    &prog, sizeof(prog)), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(setsockopt(fds[1], SOL_SOCKET, SO_DETACH_FILTER,
	    &off, sizeof(off)), -1);
	assert_int_equal(setsockopt(fds[1], SOL_SOCKET, SO_LOCK_FILTER, &off,
	    sizeof(off)), -1);
	close(fds[0]);
	close(fds[1]);
}

static void
no_interface_is_not_all_interfaces(void **state)
{
	(void)state;
	assert_int_equal(sock_packet_open(0, DHCP), -1);
	assert_int_equal(errno, ENODEV);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_socket_hears_its_own_of_what_stations_say_to_routers),
		cmocka_unit_test(a_tag_of_no_vlan_is_none),
		cmocka_unit_test(short_frames_are_dropped),
		cmocka_unit_test(the_filter_is_locked),
		cmocka_unit_test(no_interface_is_not_all_interfaces)
	};

	return cmocka_run_group_tests_name("kernel_sock", tests, NULL, NULL);
}
