/* SPDX-License-Identifier: ISC */
/*
 * From a frame on a link to a message for the engine, and back; a pair of
 * datagram sockets is the wire.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "frontend/heard.h"
#include "frontend/link.h"
#include "frontend/named.h"
#include "hex.h"
#include "ipc/ipc.h"
#include "packets.h"
#include "stub_log.h"

#define IFINDEX		4
#define PATCHES		8

static const char packet_arp[] =
    "02005e0053440200000000070806000108000604000102000000000"
    "7c0a82c11000000000000c0a82c01";

struct fixture {
	struct dhcp_request	 dhcp;		/* the last */
	struct event_base	*base;
	struct links		*links;
	int			 wire;		/* the stations' end */
	/* to look at what is in there */
	int			 ours;
	bool			 busy;
	char			 messages[64];	/* a letter each */
	struct heard		 heard;		/* the last */
};

static void
message(void *arg, uint32_t type, const void *data, size_t len)
{
	struct fixture *f = arg;
	const struct imsg imsg = { type, 0, (uint32_t)len, -1, data };

	/* A wrong message would end the engine. */
	assert_null(ipc_check(&imsg, PROC_FRONTEND, PROC_ENGINE));
	strlcat(f->messages, type == IPC_DHCP ? "D" : type == IPC_SOLICIT ?
	    "S" : type == IPC_ARP_ASK ? "A" : "h", sizeof(f->messages));
	if (type == IPC_DHCP)
		memcpy(&f->dhcp, data, sizeof(f->dhcp));
	if (type == IPC_HEARD)
		memcpy(&f->heard, data, sizeof(f->heard));
}

static bool
busy(void *arg)
{
	return ((struct fixture *)arg)->busy;
}

static void
tell_link(struct fixture *f, uint32_t ifindex, bool up)
{
	struct link link = { .ifindex = ifindex, .name = "roam0",
	    .lladdr = { { 2, 0, 0x5e, 0, 0x53, 0x44 } }, .up = up,
	    .mtu = 1500 };

	assert_int_equal(addr_parse("192.168.44.1", &link.gateway4), 0);
	assert_int_equal(addr_parse("fe80::44", &link.gateway6), 0);
	links_update(f->links, &link);
}

static int
setup(void **state)
{
	static struct conf_network net = { .max_leases = 1000 };
	static const struct conf conf = { .networks = &net, .nnetworks = 1 };
	struct fixture *f = calloc(1, sizeof(*f));
	struct links_ops ops = { message, busy, NULL };
	struct ipc_link_socket what = { .ifindex = IFINDEX };
	int fds[2];

	assert_non_null(f);
	ops.arg = f;
	f->base = event_base_new();
	f->links = links_new(f->base, &ops, 1);
	assert_non_null(f->links);
	links_conf(f->links, &conf);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	f->wire = fds[0];
	f->ours = dup(fds[1]);
	tell_link(f, IFINDEX, true);
	for (what.kind = 0; what.kind < LINK_SOCKETS; what.kind++)
		links_socket(f->links, &what, dup(fds[1]));
	close(fds[1]);
	stub_log_clear();
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	links_free(f->links);
	event_base_free(f->base);
	close(f->wire);
	close(f->ours);
	stub_log_clear();
	free(f);
	return 0;
}

static void
station_sends(struct fixture *f, const uint8_t *frame, size_t len)
{
	assert_int_equal(send(f->wire, frame, len, 0), len);
	event_base_loop(f->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

/* A frame, octets of it changed, and the result. */
struct row {
	const char	*what, *packet;
	struct {
		uint8_t	at, value;
	} patches[PATCHES];		/* none at 0 */
	const char	*messages;
	size_t		 counter;	/* in struct ctl_interface */
};

#define COUNTS(c)	offsetof(struct ctl_interface, c)
#define NO_SUM		{ 40, 0 }, { 41, 0 }
#define OUR_MAC		{ 6, 2 }, { 7, 0 }, { 8, 0x5e }, { 9, 0 }, \
			{ 10, 0x53 }, { 11, 0x44 }

#define THEIR_MAC	{ 6, 2 }, { 7, 0 }, { 8, 0 }, { 9, 0 }, { 10, 0 }, \
			{ 11, 7 }

static const struct row rows[] = {
	{ "DHCP", packet_discover, { { 0, 0 } }, "hD", COUNTS(dhcp) },
	{ "DHCP of a relay", packet_discover, { NO_SUM, { 66, 10 },
	    { 69, 1 } }, "", COUNTS(relays) },
	{ "another DHCP server", packet_offer, { { 11, 0x45 } }, "",
	    COUNTS(servers) },
	{ "DHCP for another station", packet_discover, { NO_SUM, { 75, 8 } },
	    "", COUNTS(foreign) },
	{ "DHCP from another station", packet_discover, { { 11, 8 } }, "",
	    COUNTS(foreign) },
	{ "DHCP with a bad checksum", packet_discover, { { 75, 8 } }, "",
	    COUNTS(malformed) },
	{ "RS", packet_rs, { { 0, 0 } }, "hS", COUNTS(solicits) },
	{ "RS without option", packet_rs_bare, { { 0, 0 } }, "hS",
	    COUNTS(solicits) },
	{ "RS without address", packet_rs_unspecified, { { 0, 0 } }, "hS",
	    COUNTS(solicits) },
	{ "RS from another station", packet_rs, { { 11, 8 } }, "",
	    COUNTS(foreign) },
	{ "NS", packet_ns, { { 0, 0 } }, "h", COUNTS(neighbours) },
	{ "NA", packet_na, { { 0, 0 } }, "h", COUNTS(neighbours) },
	{ "ARP", packet_arp, { { 0, 0 } }, "h", COUNTS(arps) },
	{ "ARP with the gateway's address", packet_arp, { { 31, 1 } }, "h",
	    COUNTS(impostors) },
	{ "ARP probe for the gateway's address", packet_arp, { { 28, 0 },
	    { 29, 0 }, { 30, 0 }, { 31, 0 } }, "h", COUNTS(probes) },
	{ "NA for the gateway's address", packet_na_gateway, { { 0, 0 } },
	    "h", COUNTS(impostors) },
	{ "DAD for the gateway's address", packet_ns_dad_gateway, { { 0, 0 } },
	    "h", COUNTS(probes) },
	{ "RA from the gateway's address", packet_ra, { THEIR_MAC }, "",
	    COUNTS(impostors) },
	{ "RA", packet_ra, { THEIR_MAC, { 37, 0x45 } }, "", COUNTS(adverts) },
	{ "another DHCPv6 server", packet_rs_bare, { { 20, 17 }, { 54, 2 },
	    { 55, 0x23 }, { 56, 2 }, { 57, 0x22 } }, "", COUNTS(servers) },
	{ "ARP from another station", packet_arp, { { 11, 8 } }, "",
	    COUNTS(malformed) },
	{ "our own MAC address", packet_rs, { OUR_MAC }, "",
	    COUNTS(foreign) },
	{ "multicast source", packet_rs_bare, { { 6, 3 } }, "",
	    COUNTS(malformed) },
	{ "source of zeroes", packet_rs_bare, { { 6, 0 }, { 11, 0 } }, "",
	    COUNTS(malformed) }
};

static uint64_t
counter(const struct fixture *f, size_t offset)
{
	struct ctl_interface show;
	uint64_t n;

	links_show(f->links, "roam0", &show);
	memcpy(&n, (char *)&show + offset, sizeof(n));
	return n;
}

/* Tagged: with a priority, in front of what the frame is. */
static void
frame_makes(const struct row *row, bool tagged)
{
	struct fixture *f;
	uint8_t frame[1518];
	size_t i, len;

	setup((void **)&f);
	len = hex(row->packet, frame, sizeof(frame));
	for (i = 0; i < PATCHES; i++)
		if (row->patches[i].at != 0)
			frame[row->patches[i].at] = row->patches[i].value;
	if (tagged) {
		memmove(frame + 16, frame + 12, len - 12);
		hex("8100a000", frame + 12, 4);
		len += 4;
	}
	station_sends(f, frame, len);
	if (strcmp(f->messages, row->messages) != 0 ||
	    counter(f, row->counter) != 1)
		fail_msg("%s%s: \"%s\"", row->what, tagged ? ", tagged" : "",
		    f->messages);
	teardown((void **)&f);
}

static void
frames_become_messages_or_are_counted(void **state)
{
	const struct row *row;

	(void)state;
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) {
		frame_makes(row, false);
		frame_makes(row, true);
	}
}

/* Of frames that arrive: taken or dropped. */
static uint64_t
arrived(const struct fixture *f)
{
	struct ctl_interface c;

	links_show(f->links, "roam0", &c);
	return c.dhcp + c.solicits + c.arps + c.neighbours + c.malformed +
	    c.foreign + c.limited + c.relays + c.impostors + c.servers +
	    c.adverts + c.dhcp6 + c.strangers + c.others + c.idle;
}

/* Whole, and with each octet of its headers changed. */
static void
there_is_no_frame_without_a_counter(void **state)
{
	static const char *const packets[] = {
		packet_discover, packet_offer, packet_nak, packet_rs,
		packet_rs_bare, packet_ra, packet_ra_unicast, packet_na,
		packet_ns, packet_ns_dad, packet_na_gateway, packet_arp
	};
	struct fixture *f = *state;
	uint8_t frame[1514];
	uint64_t before;
	size_t i, at, len;
	int up;

	for (up = 1; up >= 0; up--) {
		tell_link(f, IFINDEX, up);
		for (i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
			for (at = 0; at < 90; at++) {
				len = hex(packets[i], frame, sizeof(frame));
				frame[at < len ? at : 0] ^= 0x41;
				before = arrived(f);
				f->messages[0] = '\0';
				station_sends(f, frame, len);
				if (arrived(f) == before)
					fail_msg("packet %zu, octet %zu", i,
					    at);
			}
		assert_int_equal(counter(f, COUNTS(idle)), up ? 0 :
		    i * at);
	}
	assert_in_range(counter(f, COUNTS(others)), 10, 1000);
}

/* What the engine answers, and cannot be sent. */
static void
there_is_no_answer_without_a_counter(void **state)
{
	struct fixture *f = *state;
	struct dhcp_reply reply = { .type = DHCP_ACK,
	    .to = { .ifindex = IFINDEX, .chaddr = { { 2, 0, 0, 0, 0, 7 } } } };
	struct arp_ask ask = { .ifindex = 99 };
	struct probe probe = { .ifindex = 99 };
	struct advert advert = { .ifindex = 99 };
	struct announce announce = { .ifindex = 99 };
	struct dhcp6_reply reply6 = { .to = { .ifindex = 99 } };

	assert_int_equal(addr_parse("192.168.44.1", &reply.server), 0);
	links_dhcp_reply(f->links, &reply);	/* it has no address */
	assert_int_equal(counter(f, COUNTS(unmade)), 1);
	assert_int_equal(counter(f, COUNTS(sent)), 0);
	assert_int_equal(addr_parse("192.168.44.9", &reply.yiaddr), 0);
	links_dhcp_reply(f->links, &reply);
	assert_int_equal(counter(f, COUNTS(sent)), 1);
	assert_int_equal(links_lost(f->links), 0);
	reply.to.ifindex = 99;
	links_dhcp_reply(f->links, &reply);
	links_dhcp6_reply(f->links, &reply6);
	links_advert(f->links, &advert);
	links_announce(f->links, &announce);
	links_probe(f->links, &probe);
	links_arp_reply(f->links, &ask);
	assert_int_equal(links_lost(f->links), 6);
}

static void
frames_cut_short_are_malformed(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t len = hex(packet_discover, frame, sizeof(frame)), cut;

	for (cut = 1; cut < 270; cut++)
		station_sends(f, frame, cut);
	assert_string_equal(f->messages, "");
	assert_int_equal(counter(f, COUNTS(malformed)), 269);
	station_sends(f, frame, len);
	assert_string_equal(f->messages, "hD");
}

static void
a_listed_relay_speaks_for_stations_that_are_not_here(void **state)
{
	struct fixture *f = *state;
	struct conf_iface iface = { .name = "roam0" };
	struct conf_network net = { .nrelays = 1, .max_leases = 20 };
	struct conf conf = { .networks = &net, .nnetworks = 1,
	    .ifaces = &iface, .nifaces = 1 };
	uint8_t frame[1514];
	size_t len = hex(packet_discover, frame, sizeof(frame));

	assert_int_equal(addr_parse("10.0.0.1", &net.relays[0]), 0);
	links_conf(f->links, &conf);
	memset(frame + 40, 0, 2);
	frame[11] = 8;
	frame[66] = 10;
	frame[69] = 1;
	station_sends(f, frame, len);
	assert_string_equal(f->messages, "D");
	frame[69] = 2;
	station_sends(f, frame, len);
	assert_string_equal(f->messages, "D");
	assert_int_equal(counter(f, COUNTS(relays)), 1);
}

/* The message is of another MAC address than the frame. */
static void
a_repeater_asks_for_those_behind_it(void **state)
{
	static const uint8_t made[] = { 1, 2, 0, 0, 0, 0, 9 };
	const struct mac source = { { 2, 0, 0, 0, 0, 7 } },
	    behind = { { 2, 0, 0, 0, 0, 9 } };
	struct fixture *f = *state;
	struct conf_iface iface = { .name = "roam0" };
	struct conf_network net = { .max_leases = 1000 };
	struct conf conf = { .networks = &net, .nnetworks = 1,
	    .ifaces = &iface, .nifaces = 1 };
	uint8_t frame[1514];
	size_t len = hex(packet_discover, frame, sizeof(frame));
	int yes, i;

	frame[75] = 9;
	memset(frame + 40, 0, 2);
	for (yes = 0; yes < 2; yes++) {
		iface.repeaters = (uint32_t)yes;
		links_conf(f->links, &conf);
		f->messages[0] = '\0';
		station_sends(f, frame, len);
		assert_string_equal(f->messages, yes ? "hD" : "");
		assert_int_equal(counter(f, COUNTS(foreign)), 1);
	}
	assert_non_null(strstr(stub_log_text(), "roam0: station "
	    "02:00:00:00:00:07 asks DHCP for 02:00:00:00:00:09: not its own, "
	    "dropped; if it is a repeater, write repeaters yes"));
	assert_int_equal(mac_cmp(&f->dhcp.chaddr, &source), 0);
	assert_int_equal(mac_cmp(&f->dhcp.behind, &behind), 0);
	/* The identifier is its own, 01 and the MAC address of the packet. */
	assert_int_equal(f->dhcp.repeated, DHCP_REPEATED);
	assert_int_equal(f->dhcp.client_id[6], 7);
	/* Without one it is made: the option is padding here. */
	memset(frame + 14 + 28 + 243, 0, 9);
	station_sends(f, frame, len);
	assert_int_equal(f->dhcp.repeated, DHCP_REPEATED_BARE);
	assert_int_equal(f->dhcp.client_idlen, sizeof(made));
	assert_memory_equal(f->dhcp.client_id, made, sizeof(made));
	/* What is its own is as ever. */
	frame[75] = 7;
	station_sends(f, frame, len);
	assert_int_equal(f->dhcp.repeated, DHCP_DIRECT);
	assert_int_equal(f->dhcp.client_idlen, 0);
	/* For however many: within the limit of one station. */
	for (i = 0; i < 60; i++) {
		frame[74] = (uint8_t)i;
		station_sends(f, frame, len);
	}
	assert_in_range(counter(f, COUNTS(dhcp)), 20, 25);
	assert_int_equal(counter(f, COUNTS(dhcp)) + counter(f,
	    COUNTS(limited)), 63);
}

static void
one_station_cannot_keep_the_engine_busy(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t len = hex(packet_discover, frame, sizeof(frame));
	int i;

	for (i = 0; i < 60; i++)
		station_sends(f, frame, len);
	assert_in_range(counter(f, COUNTS(dhcp)), 20, 25);
	assert_int_equal(counter(f, COUNTS(dhcp)) + counter(f,
	    COUNTS(limited)), 60);
	/* another is served */
	frame[11] = frame[75] = 8;
	memset(frame + 40, 0, 2);
	f->messages[0] = '\0';
	station_sends(f, frame, len);
	assert_string_equal(f->messages, "hD");
}

/* A frame from each of many MAC addresses; one of them is a known station. */
static void
strangers_leave_room_for_those_who_are_served(void **state)
{
	struct fixture *f = *state;
	struct conf_iface iface = { .name = "roam0" };
	struct conf_network net = { .max_leases = 1 };
	struct conf conf = { .networks = &net, .nnetworks = 1,
	    .ifaces = &iface, .nifaces = 1 };
	struct announce known = { .ifindex = IFINDEX,
	    .mac = { { 2, 0, 0, 0, 0, 7 } } };
	uint8_t frame[1514];
	size_t len = hex(packet_rs_bare, frame, sizeof(frame));
	int i;

	links_conf(f->links, &conf);
	links_announce(f->links, &known);
	for (i = 0; i < 1000; i++) {
		frame[8] = 1 + i / 256;
		frame[11] = (uint8_t)i;
		station_sends(f, frame, len);
	}
	assert_in_range(counter(f, COUNTS(strangers)), 400, 500);
	assert_int_equal(counter(f, COUNTS(strangers)) + counter(f,
	    COUNTS(solicits)), 1000);
	frame[8] = 0;
	frame[11] = 7;
	f->messages[0] = '\0';
	station_sends(f, frame, len);
	assert_string_equal(f->messages, "hS");
}

static void
the_gateway_is_defended_but_not_in_a_storm(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t len = hex(packet_arp, frame, sizeof(frame));
	const char *text;
	int i;

	frame[31] = 1;
	for (i = 0; i < 5; i++)
		station_sends(f, frame, len);
	assert_int_equal(recv(f->wire, frame, sizeof(frame), 0), 42);
	assert_memory_equal(frame, "\xff\xff\xff\xff\xff\xff"
	    "\x02\x00\x5e\x00\x53\x44\x08\x06", 14);
	assert_memory_equal(frame + 28, "\xc0\xa8\x2c\x01", 4);
	assert_memory_equal(frame + 38, "\xc0\xa8\x2c\x01", 4);
	assert_int_equal(recv(f->wire, frame, sizeof(frame), 0), -1);
	text = strstr(stub_log_text(), "roam0: station 02:00:00:00:00:07 "
	    "claims the gateway's address 192.168.44.1");
	assert_non_null(text);
	assert_null(strstr(strchr(text, '\n'), "claims"));
}

static size_t
lines(const char *words)
{
	const char *text = stub_log_text();
	size_t n = 0;

	while ((text = strstr(text, words)) != NULL) {
		text += strlen(words);
		n++;
	}
	return n;
}

static void
who_plays_the_gateway_is_named_once_for_each_way(void **state)
{
	static const struct {
		const char	*packet, *says;
		uint8_t		 at, value;
	} ways[] = {
		{ packet_arp, "02:00:00:00:00:07 claims the gateway's", 31, 1 },
		{ packet_offer, "another DHCP server: 02:00:00:00:00:07", 11,
		    7 },
		{ packet_ra, "02:00:00:00:00:07, fe80::45: a station plays", 37,
		    0x45 }
	};
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t i, len, round;

	for (round = 0; round < 3; round++)
		for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
			len = hex(ways[i].packet, frame, sizeof(frame));
			memcpy(frame + 6, "\x02\0\0\0\0\x07", 6);
			frame[ways[i].at] = ways[i].value;
			station_sends(f, frame, len);
			assert_int_equal(lines(ways[i].says), 1);
		}
}

/* 0.0.0.0 is an address of neither family. */
static void
a_server_without_an_address_is_one_of_its_protocol(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t len = hex(packet_offer, frame, sizeof(frame));

	memcpy(frame + 6, "\x02\0\0\0\0\x07", 6);
	memcpy(frame + 24, "\x4c\xe1\0\0\0\0", 6);	/* the sum, from */
	station_sends(f, frame, len);
	assert_int_equal(lines("roam0: another DHCP server: "
	    "02:00:00:00:00:07, no address"), 1);
	assert_int_equal(counter(f, COUNTS(servers)), 1);
}

/* It takes another MAC address for each frame. */
static void
a_crowd_of_impostors_does_not_fill_the_log(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[64];
	size_t len = hex(packet_arp, frame, sizeof(frame));
	int i;

	frame[31] = 1;
	for (i = 0; i < 100; i++) {
		frame[11] = frame[27] = (uint8_t)(i + 1);
		station_sends(f, frame, len);
	}
	assert_int_equal(counter(f, COUNTS(impostors)), 100);
	assert_int_equal(lines("claims the gateway's"), NAMED_BURST);
}

/* Which ARP packets are requests that another router may have to answer. */
static void
questions_for_others_are_passed_where_a_netmask_makes_them(void **state)
{
	static const struct {
		uint8_t		 netmask, op, sender, target;
		const char	*messages;
		uint8_t		 isolated;
	} rows2[] = {
		{ 0, 1, 17, 18, "hA", 1 },
		/* no netmask, no requests */
		{ 0, 1, 17, 18, "h", 0 },
		{ 24, 1, 17, 18, "hA", 0 },
		{ 24, 1, 17, 1, "h", 0 },		/* the kernel answers */
		{ 24, 1, 17, 17, "h", 0 },		/* an announcement */
		{ 24, 2, 17, 18, "h", 0 },		/* a reply */
		{ 24, 1, 0, 18, "hA", 0 },		/* a probe */
		{ 0, 1, 0, 18, "hA", 0 }	/* whatever the netmask */
	};
	struct conf_iface iface = { .name = "roam0" };
	struct conf_network net = { .max_leases = 20 };
	struct conf conf = { .networks = &net, .nnetworks = 1,
	    .ifaces = &iface, .nifaces = 1 };
	struct arp_ask answer = { .ifindex = IFINDEX };
	struct fixture *f;
	uint8_t frame[64];
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows2) / sizeof(rows2[0]); i++) {
		setup((void **)&f);
		iface.netmask = rows2[i].netmask;
		iface.isolated = rows2[i].isolated;
		links_conf(f->links, &conf);
		len = hex(packet_arp, frame, sizeof(frame));
		frame[21] = rows2[i].op;
		frame[31] = rows2[i].sender;
		if (rows2[i].sender == 0)
			memset(frame + 28, 0, 4);
		frame[41] = rows2[i].target;
		station_sends(f, frame, len);
		if (strcmp(f->messages, rows2[i].messages) != 0)
			fail_msg("row %zu: %s", i, f->messages);
		teardown((void **)&f);
	}
	f = *state;
	mac_parse("02:00:00:00:00:07", &answer.mac);
	addr_parse("192.168.44.17", &answer.sender);
	addr_parse("192.168.44.18", &answer.target);
	links_arp_reply(f->links, &answer);
	assert_int_equal(recv(f->wire, frame, sizeof(frame), 0), 42);
	assert_memory_equal(frame + 20, "\0\x02\x02\x00\x5e\x00\x53\x44"
	    "\xc0\xa8\x2c\x12\x02\0\0\0\0\x07\xc0\xa8\x2c\x11", 22);
	assert_int_equal(counter(f, COUNTS(proxied)), 1);
}

static void
our_own_mac_is_complained_of_once(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t len = hex(packet_rs, frame, sizeof(frame));
	const char *text;
	int i;

	memcpy(frame + 6, "\x02\x00\x5e\x00\x53\x44", 6);
	for (i = 0; i < 3; i++)
		station_sends(f, frame, len);
	assert_int_equal(counter(f, COUNTS(foreign)), 3);
	text = strstr(stub_log_text(), "roam0: frame from our own MAC");
	assert_non_null(text);
	assert_null(strstr(strchr(text, '\n'), "our own MAC"));
}

/* Frames that are dropped in the kernel, whatever else is received. */
static uint64_t
thrown_away(struct fixture *f)
{
	return counter(f, COUNTS(limited)) + counter(f, COUNTS(strangers)) +
	    counter(f, COUNTS(lost)) + counter(f, COUNTS(malformed));
}

static void
frames_wait_in_the_socket_while_the_engine_is_behind(void **state)
{
	static const char *const packets[] = { packet_discover, packet_rs,
	    packet_ns, packet_arp };
	static const char *const messages[] = { "hDD", "SS", "h", "h" };
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t i, len;
	int waiting;

	for (i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		f->busy = true;
		f->messages[0] = '\0';
		len = hex(packets[i], frame, sizeof(frame));
		station_sends(f, frame, len);
		station_sends(f, frame, len);
		assert_string_equal(f->messages, "");
		assert_int_equal(ioctl(f->ours, FIONREAD, &waiting), 0);
		assert_int_equal(waiting, len);
		f->busy = false;
		links_resume(f->links);
		assert_string_equal(f->messages, messages[i]);
		assert_int_equal(ioctl(f->ours, FIONREAD, &waiting), 0);
		assert_int_equal(waiting, 0);
	}
	assert_int_equal(counter(f, COUNTS(dhcp)), 2);
	assert_int_equal(counter(f, COUNTS(solicits)), 2);
	assert_int_equal(counter(f, COUNTS(neighbours)), 2);
	assert_int_equal(counter(f, COUNTS(arps)), 2);
	assert_int_equal(thrown_away(f), 0);
}

static void
a_station_that_plays_router_is_reported_once(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t len = hex(packet_ra, frame, sizeof(frame));
	const char *text;
	int i;

	memcpy(frame + 6, "\x02\0\0\0\0\x07", 6);
	for (i = 0; i < 3; i++)
		station_sends(f, frame, len);
	assert_string_equal(f->messages, "");
	assert_int_equal(counter(f, COUNTS(adverts)), 3);
	text = strstr(stub_log_text(), "roam0: router advertisement from "
	    "02:00:00:00:00:07");
	assert_non_null(text);
	assert_null(strstr(strchr(text, '\n'), "router advertisement"));
}

/* An answer is always passed on, but not at any rate; others as ever. */
static void
a_flood_of_one_station_does_not_reach_the_engine(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1514];
	size_t len = hex(packet_na, frame, sizeof(frame));
	int i, passed = 0;

	for (i = 0; i < 1000; i++) {
		f->messages[0] = '\0';
		station_sends(f, frame, len);
		passed += f->messages[0] != '\0';
	}
	assert_in_range(passed, HEARD_BURST, HEARD_BURST + 200);
	assert_int_equal(counter(f, COUNTS(limited)), 1000 - passed);
	f->messages[0] = '\0';
	len = hex(packet_rs_bare, frame, sizeof(frame));
	frame[11] = 9;
	station_sends(f, frame, len);
	assert_string_equal(f->messages, "hS");
}

static unsigned int
frames_sent(struct fixture *f)
{
	uint8_t frame[1514];
	unsigned int n = 0;

	while (recv(f->wire, frame, sizeof(frame), 0) != -1) {
		assert_memory_equal(frame, "\x02\0\0\0\0\x07", 6);
		assert_memory_equal(frame + 6, "\x02\x00\x5e\x00\x53\x44", 6);
		n++;
	}
	return n;
}

static void
answers_leave_by_their_link_to_the_station_alone(void **state)
{
	struct fixture *f = *state;
	struct announce announce = { IFINDEX, { { 2, 0, 0, 0, 0, 7 } },
	    { 0 } };
	struct probe probe = { .ifindex = IFINDEX,
	    .mac = { { 2, 0, 0, 0, 0, 7 } } };
	struct advert advert = { .ifindex = IFINDEX, .nprefixes = 1,
	    .mac = { { 2, 0, 0, 0, 0, 7 } } };
	struct dhcp_reply reply = { .type = DHCP_OFFER, .lease = 1800 };

	links_announce(f->links, &announce);
	assert_int_equal(frames_sent(f), 2);
	assert_int_equal(addr_parse("192.168.44.17", &probe.addr), 0);
	links_probe(f->links, &probe);
	assert_int_equal(frames_sent(f), 1);
	assert_int_equal(addr_parse("fe80::7", &probe.addr), 0);
	links_probe(f->links, &probe);
	assert_int_equal(frames_sent(f), 1);
	assert_int_equal(prefix_parse("2001:db8:1:2::/64",
	    &advert.prefixes[0].prefix), 0);
	links_advert(f->links, &advert);
	assert_int_equal(frames_sent(f), 1);
	reply.to.ifindex = IFINDEX;
	reply.to.type = DHCP_DISCOVER;
	reply.to.chaddr = reply.to.source_mac = probe.mac;
	assert_int_equal(addr_parse("192.168.44.17", &reply.yiaddr), 0);
	assert_int_equal(addr_parse("192.168.44.1", &reply.server), 0);
	links_dhcp_reply(f->links, &reply);
	assert_int_equal(frames_sent(f), 1);
	assert_int_equal(counter(f, COUNTS(sent)), 6);

	/* No interface's, and one that is down. */
	announce.ifindex = IFINDEX + 1;
	links_announce(f->links, &announce);
	tell_link(f, IFINDEX, false);
	links_advert(f->links, &advert);
	assert_int_equal(frames_sent(f), 0);
	assert_int_equal(counter(f, COUNTS(send_errors)), 1);
}

/* A socket that accepts no more: lost frames are counted, none is kept. */
static void
answers_that_the_kernel_does_not_take_are_counted(void **state)
{
	struct fixture *f = *state;
	struct announce announce = { IFINDEX, { { 2, 0, 0, 0, 0, 7 } },
	    { 0 } };
	struct ctl_interface show;
	const char *text;
	int i;

	for (i = 0; i < 1000; i++)
		links_announce(f->links, &announce);
	links_show(f->links, "roam0", &show);
	assert_in_range(show.sent, 1, 1000);
	assert_int_equal(show.sent + show.send_errors, 2000);
	assert_int_equal(frames_sent(f), show.sent);
	assert_int_equal(frames_sent(f), 0);
	text = strstr(stub_log_text(), "roam0: send");
	assert_non_null(text);
	assert_null(strstr(strchr(text, '\n'), "send"));
	links_announce(f->links, &announce);
	assert_int_equal(frames_sent(f), 2);
	assert_int_equal(counter(f, COUNTS(sent)), show.sent + 2);
}

static void
an_interface_that_returns_or_is_not_configured_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct conf_iface ifaces[] = { { .name = "roam0" },
	    { .name = "roam1" } };
	struct conf_network net = { .max_leases = 20 };
	struct conf both = { .networks = &net, .nnetworks = 1,
	    .ifaces = ifaces, .nifaces = 2 };
	struct conf one = { .networks = &net, .nnetworks = 1,
	    .ifaces = ifaces + 1, .nifaces = 1 };
	struct ctl_interface show;

	tell_link(f, IFINDEX + 3, true);
	assert_int_equal(links_count(f->links), 1);
	links_show(f->links, "roam0", &show);
	assert_int_equal(show.ifindex, IFINDEX + 3);
	links_conf(f->links, &both);
	assert_int_equal(links_count(f->links), 1);
	links_conf(f->links, &one);
	assert_int_equal(links_count(f->links), 0);
	links_show(f->links, "roam0", &show);
	assert_int_equal(show.ifindex, 0);
	assert_string_equal(show.name, "roam0");
}

static void
what_was_heard_is_news_once_a_second_but_answers_always_are(void **state)
{
	struct heard_cache *cache = heard_cache_new(1);
	struct heard heard = { .ifindex = 1, .kind = HEARD_ARP,
	    .mac = { { 2, 0, 0, 0, 0, 7 } } };
	monotime_t now = { 5000000 };

	(void)state;
	assert_non_null(cache);
	assert_true(heard_cache_is_new(cache, &heard, now));
	assert_false(heard_cache_is_new(cache, &heard, now));
	assert_false(heard_cache_is_new(cache, &heard, monotime_add(now, 999)));
	assert_true(heard_cache_is_new(cache, &heard, monotime_add(now, 1000)));
	heard.ifindex = 2;
	assert_true(heard_cache_is_new(cache, &heard, monotime_add(now, 1000)));
	heard.kind = HEARD_NS;
	assert_true(heard_cache_is_new(cache, &heard, monotime_add(now, 1000)));
	heard.addr.octet[15] = 1;
	assert_true(heard_cache_is_new(cache, &heard, monotime_add(now, 1000)));
	for (heard.kind = HEARD_OTHER; heard.kind <= HEARD_NA; heard.kind++) {
		(void)heard_cache_is_new(cache, &heard, now);
		assert_int_equal(heard_cache_is_new(cache, &heard, now),
		    heard.kind == HEARD_ARP_REPLY || heard.kind == HEARD_NA);
	}
	heard_cache_free(cache);
}

#define WITH_FIXTURE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_become_messages_or_are_counted),
		WITH_FIXTURE(there_is_no_frame_without_a_counter),
		WITH_FIXTURE(there_is_no_answer_without_a_counter),
		WITH_FIXTURE(frames_cut_short_are_malformed),
		WITH_FIXTURE(a_listed_relay_speaks_for_stations_that_are_not_here),
		WITH_FIXTURE(a_repeater_asks_for_those_behind_it),
		WITH_FIXTURE(one_station_cannot_keep_the_engine_busy),
		WITH_FIXTURE(strangers_leave_room_for_those_who_are_served),
		WITH_FIXTURE(the_gateway_is_defended_but_not_in_a_storm),
		WITH_FIXTURE(who_plays_the_gateway_is_named_once_for_each_way),
		WITH_FIXTURE(
		    a_server_without_an_address_is_one_of_its_protocol),
		WITH_FIXTURE(a_crowd_of_impostors_does_not_fill_the_log),
		WITH_FIXTURE(questions_for_others_are_passed_where_a_netmask_makes_them),
		WITH_FIXTURE(our_own_mac_is_complained_of_once),
		WITH_FIXTURE(
		    frames_wait_in_the_socket_while_the_engine_is_behind),
		WITH_FIXTURE(a_station_that_plays_router_is_reported_once),
		WITH_FIXTURE(a_flood_of_one_station_does_not_reach_the_engine),
		WITH_FIXTURE(answers_leave_by_their_link_to_the_station_alone),
		WITH_FIXTURE(answers_that_the_kernel_does_not_take_are_counted),
		WITH_FIXTURE(
		 an_interface_that_returns_or_is_not_configured_leaves_nothing),
		cmocka_unit_test(
		    what_was_heard_is_news_once_a_second_but_answers_always_are)
	};

	return cmocka_run_group_tests_name("frontend_link", tests, NULL, NULL);
}
