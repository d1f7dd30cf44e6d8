/* SPDX-License-Identifier: ISC */
/* Neighbour discovery, octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire/ip.h"
#include "wire/nd.h"

#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

#define STATION		"02:00:00:00:00:07"
#define NODES		"ff02::1"
#define GATEWAY		"fe80::44"
#define GLOBAL		"2001:db8:1234:5::7"
#define GLOBAL_HEX	"20010db8123400050000000000000007"
#define NS		"87000000 00000000"
#define NA		"88000000"

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
		len = packet_ip6(frame, sizeof(frame), rows[i].src, "ff02::2",
		    rows[i].hops, NULL, rows[i].message);
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
	len = packet_ip6(frame, sizeof(frame), "fe80::7", "ff02::2", 255,
	    NULL, "85000000 00000000"
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
		len = packet_ip6(frame, sizeof(frame), rows[i].src, rows[i].dst,
		    255, NULL, rows[i].message);
		assert_string_equal(wire_nd_parse_heard(frame, len, 5,
		    &heard), rows[i].why);
	}
	/* Sent by a station that roams: unsolicited, to all nodes. */
	len = packet_ip6(frame, sizeof(frame), GLOBAL, NODES, 255,
	    NULL, NA "20000000" GLOBAL_HEX "0201020000000007");
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
	struct link link = packet_link();
	struct wire_nd_options options = { .nservers = 2 };
	uint8_t space[256];
	struct ibuf buf;

	(void)state;
	addr_parse("192.168.43.43", &options.servers[0].addr);
	addr_parse("2001:db8:4343::43", &options.servers[1].addr);
	mac_parse(STATION, &advert.mac);
	prefix_parse("2001:db8:1234:5::/64", &advert.prefixes[0].prefix);
	advert.prefixes[0].valid = 5400;
	advert.prefixes[0].preferred = 2700;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &options, &buf), 0);
	assert_built(&buf, packet_ra);

	advert.router_lifetime = advert.nprefixes = 0;
	addr_parse("fe80::7", &advert.dst);
	options.nservers = 1;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &options, &buf), 0);
	assert_built(&buf, packet_ra_unicast);
}

/* An ICMPv6 message of ours: the octets behind its checksum. */
static void
assert_message(const struct ibuf *buf, const char *message)
{
	uint8_t want[512];
	size_t len = hex(message, want, sizeof(want));

	assert_int_equal(ibuf_len(buf), 58 + len);
	assert_memory_equal(buf->data + 58, want, len);
}

#define SLLA_HEX	"0101 02005e005344"
#define PIO_HEX(flags, valid, preferred) \
	"0304 40" flags valid preferred "00000000" \
	"20010db8 12340005 00000000 00000000"

/* Every option with and without its values, as in its RFC. */
static void
every_option_is_built(void **state)
{
	struct advert advert = { .ifindex = 5, .router_lifetime = 1800,
	    .dns_lifetime = 1801, .nprefixes = 2 };
	struct wire_nd_options o = { .onlink = 1, .delegates = 1, .other = 1,
	    .preference = WIRE_ND_HIGH, .nservers = 2, .ndomains = 3,
	    .nroutes = 3, .nnat64 = 2, .captive = "https://example.org/p" };
	struct link link = packet_link();
	uint8_t space[1024];
	struct ibuf buf;

	(void)state;
	link.mtu = 1420;
	prefix_parse("2001:db8:1234:5::/64", &advert.prefixes[0].prefix);
	advert.prefixes[0].valid = 5400;
	advert.prefixes[0].preferred = 2700;
	advert.prefixes[1].prefix = advert.prefixes[0].prefix;
	advert.prefixes[1].valid = 7200;
	addr_parse("2001:db8:4343::43", &o.servers[0].addr);
	addr_parse("2001:db8:4343::44", &o.servers[1].addr);
	o.servers[1].gone = true;
	strlcpy(o.domains[0].name, "example.org", WIRE_ND_DOMAIN);
	strlcpy(o.domains[1].name, "a.b", WIRE_ND_DOMAIN);
	strlcpy(o.domains[2].name, "old", WIRE_ND_DOMAIN);
	o.domains[2].gone = true;
	prefix_parse("::/0", &o.routes[0].prefix);
	prefix_parse("2001:db8::/32", &o.routes[1].prefix);
	o.routes[1].preference = WIRE_ND_LOW;
	prefix_parse("2001:db8::1/128", &o.routes[2].prefix);
	o.routes[2].gone = true;
	prefix_parse("64:ff9b::/96", &o.nat64[0].prefix);
	prefix_parse("2001:db8:64::/48", &o.nat64[1].prefix);
	o.nat64[1].gone = true;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &o, &buf), 0);
	assert_message(&buf,
	    "40 48 0708 00000000 00000000" SLLA_HEX
	    "0501 0000 0000058c"
	    PIO_HEX("d0", "00001518", "00000a8c")
	    PIO_HEX("c0", "00001c20", "00000000")
	    "1903 0000 00000709 20010db8 43430000 00000000 00000043"
	    "1f04 0000 00000709 07 6578616d706c65 03 6f7267 00"
	    "01 61 01 62 00 000000000000"
	    "1801 00 00 00000709"
	    "1802 20 18 00000709 20010db8 00000000"
	    "1803 80 00 00000000 20010db8 00000000 00000000 00000001"
	    /* 1801 s are 226 times 8 s; /96 is 0, /48 is 3 */
	    "2602 0710 0064ff9b 00000000 00000000"
	    "2602 0003 20010db8 00640000 00000000"
	    "2503 68747470733a2f2f6578616d706c652e6f72672f70 00"
	    "1903 0000 00000000 20010db8 43430000 00000000 00000044"
	    "1f02 0000 00000000 03 6f6c64 00 000000");

	/* RFC 4191 2.2: no router for anything, no preference. */
	advert.router_lifetime = advert.dns_lifetime = 0;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &o, &buf), 0);
	assert_int_equal(space[59], 0x40);
	assert_int_equal(space[60] << 8 | space[61], 0);
}

/* A prefix lifetime is more important than a search list. */
static void
options_without_room_are_left_out(void **state)
{
	struct advert advert = { .router_lifetime = 1800, .nprefixes = 1 };
	struct wire_nd_options o = { .nservers = 1, .ndomains = 1 };
	struct link link = packet_link();
	uint8_t space[58 + 12 + 8 + 32 + 24 + 23];
	struct ibuf buf;

	(void)state;
	addr_parse("2001:db8:4343::43", &o.servers[0].addr);
	strlcpy(o.domains[0].name, "example.org", WIRE_ND_DOMAIN);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &o, &buf), 0);
	assert_int_equal(ibuf_len(&buf), 58 + 12 + 8 + 32 + 24);
	ibuf_to(&buf, space, 58 + 12 + 8 + 32 + 23);
	assert_int_equal(wire_nd_advert(&advert, &link, &o, &buf), 0);
	assert_int_equal(ibuf_len(&buf), 58 + 12 + 8 + 32);
}

static void
a_router_lifetime_is_9000_at_most(void **state)
{
	struct advert advert = { .router_lifetime = 100000 };
	struct wire_nd_options options = { .nservers = 0 };
	struct link link = packet_link();
	uint8_t space[256];
	struct ibuf buf;

	(void)state;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &options, &buf), 0);
	assert_int_equal(space[14 + 40 + 6] << 8 | space[14 + 40 + 7], 9000);
}

static void
announcement_and_probe_are_built(void **state)
{
	struct announce announce = { .ifindex = 5 };
	struct probe probe = { .ifindex = 5 };
	struct link link = packet_link();
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
	struct link link = packet_link();
	struct wire_nd_options options = { .nservers = 0 };
	uint8_t space[256];
	struct ibuf buf;
	size_t max, whole;

	(void)state;
	addr_parse(GLOBAL, &probe.addr);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_nd_advert(&advert, &link, &options, &buf), 0);
	whole = ibuf_len(&buf);
	for (max = 0; max < whole; max++) {
		ibuf_to(&buf, space, max);
		assert_int_equal(wire_nd_advert(&advert, &link, &options,
		    &buf), -1);
	}
	ibuf_to(&buf, space, sizeof(space));
	advert.nprefixes = ADVERT_PREFIXES + 1;
	assert_int_equal(wire_nd_advert(&advert, &link, &options, &buf), -1);
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
		cmocka_unit_test(every_option_is_built),
		cmocka_unit_test(options_without_room_are_left_out),
		cmocka_unit_test(a_router_lifetime_is_9000_at_most),
		cmocka_unit_test(announcement_and_probe_are_built),
		cmocka_unit_test(nothing_is_built_without_address_or_room)
	};

	return cmocka_run_group_tests_name("wire_nd", tests, NULL, NULL);
}
