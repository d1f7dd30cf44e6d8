/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire_ip.h"
#include "wire_nd.h"

#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

#define STATION		"02:00:00:00:00:07"
#define NODES		"ff02::1"
#define GATEWAY		"fe80::44"
#define GLOBAL		"2001:db8:1234:5::7"
#define GLOBAL_HEX	"20010db8123400050000000000000007"
#define NS		"87000000 00000000"
#define NA		"88000000"

static struct link
gateway(void)
{
	struct link link = { .ifindex = 5 };

	mac_parse("02:00:5e:00:53:44", &link.lladdr);
	addr_parse(GATEWAY, &link.gateway6);
	return link;
}

/* A frame of the station with this ICMPv6 message and a right checksum. */
static size_t
frame_of(uint8_t *frame, size_t max, const char *src, const char *dst,
    uint8_t hops, const char *message)
{
	struct wire_ether ether = { .type = WIRE_TYPE_IP6 };
	struct wire_ip ip = { .proto = WIRE_PROTO_ICMP6, .hops = hops };
	struct ibuf buf;
	uint8_t octets[256];
	size_t len = hex(message, octets, sizeof(octets));

	mac_parse(STATION, &ether.src);
	addr_parse(src, &ip.src);
	addr_parse(dst, &ip.dst);
	ibuf_to(&buf, frame, max);
	assert_int_equal(wire_add_ether(&buf, &ether), 0);
	assert_int_equal(wire_add_ip6(&buf, &ip), 0);
	assert_int_equal(ibuf_add(&buf, octets, len), 0);
	wire_end_icmp6(&buf);
	return ibuf_len(&buf);
}

static void
router_solicitations_with_and_without_options(void **state)
{
	static const struct {
		const char *packet, *source, *lladdr;
	} rows[] = {
		{ packet_rs, "fe80::7", STATION },
		{ packet_rs_bare, "fe80::7", "00:00:00:00:00:00" },
		{ packet_rs_unspecified, "::", "00:00:00:00:00:00" }
	};
	struct solicit solicit;
	uint8_t frame[128];
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		len = hex(rows[i].packet, frame, sizeof(frame));
		assert_null(wire_nd_parse_solicit(frame, len, 5, &solicit));
		assert_int_equal(solicit.ifindex, 5);
		assert_string_equal(addr_text(&solicit.source),
		    rows[i].source);
		assert_string_equal(mac_text(&solicit.lladdr),
		    rows[i].lladdr);
		assert_string_equal(mac_text(&solicit.source_mac), STATION);
	}
}

static void
bad_router_solicitations_have_their_reasons(void **state)
{
	static const struct {
		const char *src;
		uint8_t hops;
		const char *message, *why;
	} rows[] = {
		{ "fe80::7", 254, "85000000 00000000",
		    "hop limit is not 255" },
		{ "fe80::7", 255, "85010000 00000000",
		    "ICMPv6 code is not 0" },
		{ "fe80::7", 255, "85000000 000000",
		    "short router solicitation" },
		/* 16 octets with a length of zero: v1 hung here for ever */
		{ "fe80::7", 255, "85000000 00000000 0100000000000000",
		    "bad option length" },
		{ "fe80::7", 255, "85000000 00000000 0102020000000007",
		    "bad option length" },
		{ "fe80::7", 255, "85000000 00000000 01",
		    "bad option length" },
		{ "fe80::7", 255, "85000000 00000000 ff01000000000000 01ff",
		    "bad option length" },
		{ "fe80::7", 255, "85000000 00000000"
		    "0102020000000007 0000000000000000",
		    "bad link-layer address length" },
		{ "::", 255, "85000000 00000000 0101020000000007",
		    "link-layer address of an unspecified source" },
		{ "fe80::7", 255, "87000000 00000000" GLOBAL_HEX,
		    "not a router solicitation" }
	};
	struct solicit solicit;
	uint8_t frame[256];
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		len = frame_of(frame, sizeof(frame), rows[i].src, "ff02::2",
		    rows[i].hops, rows[i].message);
		assert_string_equal(wire_nd_parse_solicit(frame, len, 5,
		    &solicit), rows[i].why);
	}
	len = hex(packet_rs, frame, sizeof(frame));
	frame[len - 1] ^= 1;
	assert_string_equal(wire_nd_parse_solicit(frame, len, 5, &solicit),
	    "bad ICMPv6 checksum");
}

static void
unknown_options_are_skipped(void **state)
{
	struct solicit solicit;
	uint8_t frame[256];
	size_t len;

	(void)state;
	len = frame_of(frame, sizeof(frame), "fe80::7", "ff02::2", 255,
	    "85000000 00000000"
	    "0e01112233445566 fd02000000000000 0000000000000000"
	    "0101020000000007");
	assert_null(wire_nd_parse_solicit(frame, len, 5, &solicit));
	assert_string_equal(mac_text(&solicit.lladdr), STATION);
}

static void
neighbours_are_heard(void **state)
{
	static const struct {
		const char *packet, *addr;
		uint32_t kind;
	} rows[] = {
		{ packet_ns, GLOBAL, HEARD_NS },
		{ packet_na, GLOBAL, HEARD_NA },
		{ packet_ns_dad, "::", HEARD_NS }
	};
	struct heard heard;
	uint8_t frame[128];
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		len = hex(rows[i].packet, frame, sizeof(frame));
		assert_null(wire_nd_parse_heard(frame, len, 5, &heard));
		assert_int_equal(heard.kind, rows[i].kind);
		assert_int_equal(heard.ifindex, 5);
		assert_string_equal(addr_text(&heard.addr), rows[i].addr);
		assert_string_equal(mac_text(&heard.mac), STATION);
	}
}

static void
bad_neighbour_messages_have_their_reasons(void **state)
{
	static const struct {
		const char *src, *dst, *message, *why;
	} rows[] = {
		{ GLOBAL, GATEWAY, NS "20010db8",
		    "short neighbour discovery message" },
		{ GLOBAL, GATEWAY, NS "ff020000000000000000000000000001",
		    "bad target address" },
		{ GLOBAL, GATEWAY, NS "00000000000000000000000000000000",
		    "bad target address" },
		{ GLOBAL, GATEWAY, NS "00000000000000000000ffffc0a82c11",
		    "bad target address" },
		{ GLOBAL, GATEWAY, NS GLOBAL_HEX "0100",
		    "bad option length" },
		{ "::", "ff02::1:ff00:7", NS GLOBAL_HEX "0101020000000007",
		    "link-layer address of an unspecified source" },
		{ "::", GATEWAY, NS GLOBAL_HEX,
		    "unspecified source, but not to a solicited-node group" },
		{ GLOBAL, GATEWAY, NS GLOBAL_HEX "0101020000000008",
		    "link-layer address is not the Ethernet source" },
		{ GLOBAL, GATEWAY, NA "60000000" GLOBAL_HEX
		    "0201020000000008",
		    "link-layer address is not the Ethernet source" },
		{ GLOBAL, NODES, NA "60000000" GLOBAL_HEX,
		    "solicited advertisement to a multicast address" },
		{ GLOBAL, GATEWAY, "86000000 40000000" GLOBAL_HEX,
		    "not neighbour discovery" }
	};
	struct heard heard;
	uint8_t frame[256];
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		len = frame_of(frame, sizeof(frame), rows[i].src, rows[i].dst,
		    255, rows[i].message);
		assert_string_equal(wire_nd_parse_heard(frame, len, 5,
		    &heard), rows[i].why);
	}
	/* Unsolicited to all nodes is what a roaming station sends. */
	len = frame_of(frame, sizeof(frame), GLOBAL, NODES, 255,
	    NA "20000000" GLOBAL_HEX "0201020000000007");
	assert_null(wire_nd_parse_heard(frame, len, 5, &heard));
}

static void
every_cut_message_is_refused(void **state)
{
	static const char *const packets[] = {
		packet_rs, packet_ns, packet_na, packet_ns_dad
	};
	struct solicit solicit;
	struct heard heard;
	uint8_t frame[128];
	size_t i, len, whole;

	(void)state;
	for (i = 0; i < ROWS(packets); i++) {
		whole = hex(packets[i], frame, sizeof(frame));
		for (len = 0; len < whole; len++) {
			assert_non_null(wire_nd_parse_solicit(frame, len, 5,
			    &solicit));
			assert_non_null(wire_nd_parse_heard(frame, len, 5,
			    &heard));
		}
	}
}

static void
assert_built(const struct ibuf *buf, const char *packet)
{
	uint8_t want[256];
	size_t len = hex(packet, want, sizeof(want));

	assert_int_equal(ibuf_len(buf), len);
	assert_memory_equal(buf->data, want, len);
}

/* Name servers of IPv4 are not for this option. */
static void
an_advertisement_is_built(void **state)
{
	struct advert advert = { .ifindex = 5, .router_lifetime = 1800,
	    .dns_lifetime = 1800, .nprefixes = 1 };
	struct link link = gateway();
	struct addr servers[2];
	uint8_t space[256];
	struct ibuf buf;

	(void)state;
	addr_parse("192.168.43.43", &servers[0]);
	addr_parse("2001:db8:4343::43", &servers[1]);
	mac_parse(STATION, &advert.mac);
	prefix_parse("2001:db8:1234:5::/64", &advert.prefixes[0].prefix);
	advert.prefixes[0].valid = 5400;
	advert.prefixes[0].preferred = 2700;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, servers, 2, &buf), 0);
	assert_built(&buf, packet_ra);

	advert.router_lifetime = advert.nprefixes = 0;
	addr_parse("fe80::7", &advert.dst);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, servers, 1, &buf), 0);
	assert_built(&buf, packet_ra_unicast);
}

static void
a_router_lifetime_is_9000_at_most(void **state)
{
	struct advert advert = { .router_lifetime = 100000 };
	struct link link = gateway();
	uint8_t space[256];
	struct ibuf buf;

	(void)state;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, NULL, 0, &buf), 0);
	assert_int_equal(space[14 + 40 + 6] << 8 | space[14 + 40 + 7], 9000);
}

static void
announcement_and_probe_are_built(void **state)
{
	struct announce announce = { .ifindex = 5 };
	struct probe probe = { .ifindex = 5 };
	struct link link = gateway();
	uint8_t space[256];
	struct ibuf buf;

	(void)state;
	mac_parse(STATION, &announce.mac);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_announce(&announce, &link, &buf), 0);
	assert_built(&buf, packet_na_ours);

	probe.mac = announce.mac;
	addr_parse(GLOBAL, &probe.addr);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_probe(&probe, &link, &buf), 0);
	assert_built(&buf, packet_ns_ours);
}

static void
nothing_is_built_without_address_or_room(void **state)
{
	struct advert advert = { .nprefixes = 1 };
	struct announce announce = { .ifindex = 5 };
	struct probe probe = { .ifindex = 5 };
	struct link link = gateway();
	struct addr server;
	uint8_t space[256];
	struct ibuf buf;
	size_t max, whole;

	(void)state;
	addr_parse(GLOBAL, &server);
	probe.addr = server;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &server, 1, &buf), 0);
	whole = ibuf_len(&buf);
	for (max = 0; max < whole; max++) {
		ibuf_to(&buf, space, max);
		assert_int_equal(wire_nd_advert(&advert, &link, &server, 1,
		    &buf), -1);
	}
	ibuf_to(&buf, space, sizeof(space));
	advert.nprefixes = ADVERT_PREFIXES + 1;
	assert_int_equal(wire_nd_advert(&advert, &link, NULL, 0, &buf), -1);
	addr_parse("192.168.44.17", &probe.addr);
	assert_int_equal(wire_nd_probe(&probe, &link, &buf), -1);
	link.gateway6 = addr_none;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_announce(&announce, &link, &buf), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(router_solicitations_with_and_without_options),
		cmocka_unit_test(bad_router_solicitations_have_their_reasons),
		cmocka_unit_test(unknown_options_are_skipped),
		cmocka_unit_test(neighbours_are_heard),
		cmocka_unit_test(bad_neighbour_messages_have_their_reasons),
		cmocka_unit_test(every_cut_message_is_refused),
		cmocka_unit_test(an_advertisement_is_built),
		cmocka_unit_test(a_router_lifetime_is_9000_at_most),
		cmocka_unit_test(announcement_and_probe_are_built),
		cmocka_unit_test(nothing_is_built_without_address_or_room)
	};

	return cmocka_run_group_tests_name("wire_nd", tests, NULL, NULL);
}
