/* SPDX-License-Identifier: ISC */
/* Headers and checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire/ip.h"

#define AT_IP	14
#define AT_UDP	34

/* Frames of this file are changed and parsed again. */
static uint8_t	frame[1600];
static size_t	len;

static void
load(const char *text)
{
	memset(frame, 0, sizeof(frame));
	len = hex(text, frame, sizeof(frame));
}

static void
set16(size_t at, uint16_t n)
{
	frame[at] = n >> 8;
	frame[at + 1] = n;
}

static void
fix_ip4_checksum(void)
{
	set16(AT_IP + 10, 0);
	set16(AT_IP + 10,
	    wire_fold(wire_sum(0, frame + AT_IP, (frame[AT_IP] & 15) * 4)));
}

static const char *
parse_udp4(struct wire_ip *ip, struct wire_udp *udp, size_t *left)
{
	struct wire_ether ether;
	struct ibuf buf;
	const char *why;

	ibuf_from(&buf, frame, len);
	if ((why = wire_get_ether(&buf, &ether)) != NULL ||
	    (why = wire_get_ip4(&buf, ip)) != NULL ||
	    (why = wire_get_udp(&buf, ip, udp)) != NULL)
		return why;
	*left = ibuf_left(&buf);
	return NULL;
}

static const char *
parse_icmp6(struct wire_ip *ip)
{
	struct wire_ether ether;
	struct ibuf buf;
	const char *why;

	ibuf_from(&buf, frame, len);
	if ((why = wire_get_ether(&buf, &ether)) != NULL ||
	    (why = wire_get_ip6(&buf, ip)) != NULL)
		return why;
	return wire_check_icmp6(&buf, ip);
}

/* The example of RFC 1071 3, and an odd length. */
static void
checksum_is_that_of_rfc1071(void **state)
{
	static const uint8_t data[] = {
		0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7
	};

	(void)state;
	assert_int_equal(wire_fold(wire_sum(0, data, 8)), 0x220d);
	assert_int_equal(wire_fold(wire_sum(wire_sum(0, data, 4),
	    data + 4, 4)), 0x220d);
	assert_int_equal(wire_fold(wire_sum(0, data, 3)), 0x0dfe);
	assert_int_equal(wire_fold(wire_sum(0xffff, data, 8)), 0x220d);
}

static void
a_whole_datagram_is_read(void **state)
{
	struct wire_ip ip;
	struct wire_udp udp;
	size_t left;

	(void)state;
	load(packet_discover);
	assert_null(parse_udp4(&ip, &udp, &left));
	assert_true(addr_is_none(&ip.src));
	assert_string_equal(addr_text(&ip.dst), "255.255.255.255");
	assert_int_equal(udp.sport, 68);
	assert_int_equal(udp.dport, 67);
	assert_int_equal(left, len - AT_UDP - 8);

	load(packet_offer);
	assert_null(parse_udp4(&ip, &udp, &left));
	assert_string_equal(addr_text(&ip.src), "192.168.44.1");
	assert_int_equal(ip.hops, 64);
	assert_int_equal(ip.fragment, 0);
}

/* Each octet of an IP datagram is under a checksum or a check. */
static void
any_changed_octet_is_noticed(void **state)
{
	struct wire_ip ip;
	struct wire_udp udp;
	size_t left, i;

	(void)state;
	load(packet_offer);
	for (i = AT_IP; i < len; i++) {
		frame[i] ^= 0x10;
		assert_non_null(parse_udp4(&ip, &udp, &left));
		frame[i] ^= 0x10;
	}
	load(packet_rs);
	for (i = AT_IP + 4; i < len; i++) {
		if (i == AT_IP + 7)	/* hop limit: not under a checksum */
			continue;
		frame[i] ^= 0x10;
		/* A next header that is not ICMPv6 is not for us. */
		if (i != AT_IP + 6)
			assert_non_null(parse_icmp6(&ip));
		frame[i] ^= 0x10;
	}
}

static void
any_shorter_frame_is_refused(void **state)
{
	struct wire_ip ip;
	struct wire_udp udp;
	size_t left, whole;

	(void)state;
	load(packet_offer);
	whole = len;
	for (len = 0; len < whole; len++)
		assert_non_null(parse_udp4(&ip, &udp, &left));
	load(packet_rs);
	whole = len;
	for (len = 0; len < whole; len++)
		assert_non_null(parse_icmp6(&ip));
}

static void
ethernet_padding_is_cut_off(void **state)
{
	struct wire_ip ip;
	struct wire_udp udp;
	size_t left;

	(void)state;
	load(packet_discover);
	memset(frame + len, 0xaa, 20);
	len += 20;
	assert_null(parse_udp4(&ip, &udp, &left));
	assert_int_equal(left, len - 20 - AT_UDP - 8);

	load(packet_rs_bare);
	memset(frame + len, 0xaa, 20);
	len += 20;
	assert_null(parse_icmp6(&ip));
}

/* Octets of the IP datagram behind the end of UDP are not UDP's. */
static void
a_datagram_ends_where_udp_says(void **state)
{
	struct wire_ip ip;
	struct wire_udp udp;
	size_t left;

	(void)state;
	load(packet_offer);
	set16(AT_UDP + 4, 8 + 100);
	set16(AT_UDP + 6, 0);
	assert_null(parse_udp4(&ip, &udp, &left));
	assert_int_equal(left, 100);
}

static void
udp_without_a_finished_checksum_is_taken(void **state)
{
	struct wire_ip ip;
	struct wire_udp udp;
	uint32_t sum;
	size_t left;

	(void)state;
	load(packet_offer);
	set16(AT_UDP + 6, 0);
	assert_null(parse_udp4(&ip, &udp, &left));

	/*
	 * What a kernel leaves to the hardware: source, destination, 17,
	 * length.
	 */
	sum = wire_sum(17 + len - AT_UDP, frame + AT_IP + 12, 8);
	set16(AT_UDP + 6, ~wire_fold(sum));
	assert_null(parse_udp4(&ip, &udp, &left));
	set16(AT_UDP + 6, ~wire_fold(sum) + 1);
	assert_string_equal(parse_udp4(&ip, &udp, &left), "bad UDP checksum");
}

static void
bad_ipv4_and_udp_headers_have_their_reasons(void **state)
{
	static const struct {
		size_t at;
		uint16_t value;
		const char *why;
	} rows[] = {
		{ AT_IP, 0x5500, "bad IPv4 version or header length" },
		{ AT_IP, 0x4400, "bad IPv4 version or header length" },
		{ AT_IP + 2, 19, "bad IPv4 total length" },
		{ AT_IP + 2, 340, "bad IPv4 total length" },
		{ AT_IP + 2, 65535, "bad IPv4 total length" },
		{ AT_IP + 2, 20, "short UDP header" },
		{ AT_IP + 2, 27, "short UDP header" },
		{ AT_IP + 6, 0x2000, "fragment" },
		{ AT_IP + 6, 0x0001, "fragment" },
		{ AT_UDP + 4, 7, "bad UDP length" },
		{ AT_UDP + 4, 320, "bad UDP length" },
		{ AT_UDP + 4, 300, "bad UDP checksum" },
		{ 6, 0x0300, "Ethernet source is not unicast" }
	};
	struct wire_ip ip;
	struct wire_udp udp;
	size_t left, i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		load(packet_offer);
		set16(rows[i].at, rows[i].value);
		if (rows[i].at >= AT_IP && rows[i].at < AT_UDP)
			fix_ip4_checksum();
		assert_string_equal(parse_udp4(&ip, &udp, &left),
		    rows[i].why);
	}
}

static void
ipv4_options_are_skipped(void **state)
{
	struct wire_ip ip;
	struct wire_udp udp;
	size_t left;

	(void)state;
	load(packet_offer);
	memmove(frame + AT_UDP + 4, frame + AT_UDP, len - AT_UDP);
	memcpy(frame + AT_UDP, "\x94\x04\0\0", 4);	/* router alert */
	len += 4;
	frame[AT_IP] = 0x46;
	set16(AT_IP + 2, len - AT_IP);
	fix_ip4_checksum();
	assert_null(parse_udp4(&ip, &udp, &left));
	assert_int_equal(left, len - AT_UDP - 4 - 8);
}

static void
bad_ipv6_headers_have_their_reasons(void **state)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct wire_ip ip;

	(void)state;
	load(packet_rs);
	frame[AT_IP] = 0x40;
	assert_string_equal(parse_icmp6(&ip), "bad IPv6 version");
	load(packet_rs);
	set16(AT_IP + 4, 17);
	assert_string_equal(parse_icmp6(&ip), "bad IPv6 payload length");
	load(packet_rs);
	memcpy(frame + AT_IP + 8, mapped, sizeof(mapped));
	assert_string_equal(parse_icmp6(&ip),
	    "IPv4-mapped address in IPv6 header");
	load(packet_rs);
	frame[AT_IP + 8] = 0xff;
	assert_string_equal(parse_icmp6(&ip), "IPv6 source is multicast");
}

static void
a_checksum_of_zero_is_sent_as_ones(void **state)
{
	const struct wire_ether ether = { .type = WIRE_TYPE_IP4 };
	const struct wire_udp udp = { 67, 68 };
	struct wire_ip ip = { .proto = WIRE_PROTO_UDP };
	uint8_t space[64];
	struct ibuf buf;

	(void)state;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_add_ether(&buf, &ether), 0);
	assert_int_equal(wire_add_ip4(&buf, &ip), 0);
	assert_int_equal(wire_add_udp(&buf, &udp), 0);
	/* 17 + 10 + 67 + 68 + 10 + payload = 0xffff */
	assert_int_equal(ibuf_add_n16(&buf, 0xffff - 172), 0);
	assert_int_equal(wire_end_udp4(&buf), 0);
	assert_memory_equal(space + AT_UDP + 6, "\xff\xff", 2);
}

static void
headers_are_not_added_in_part(void **state)
{
	const struct wire_ether ether = { .type = WIRE_TYPE_IP4 };
	const struct wire_udp udp = { 67, 68 };
	struct wire_ip ip = { .proto = WIRE_PROTO_UDP };
	uint8_t space[64];
	struct ibuf buf;
	size_t max;

	(void)state;
	for (max = 0; max < WIRE_IP6_LEN; max++) {
		ibuf_to(&buf, space, max);
		if (max < WIRE_ETHER_LEN)
			assert_int_equal(wire_add_ether(&buf, &ether), -1);
		if (max < WIRE_UDP_LEN)
			assert_int_equal(wire_add_udp(&buf, &udp), -1);
		if (max < WIRE_IP4_LEN)
			assert_int_equal(wire_add_ip4(&buf, &ip), -1);
		assert_int_equal(ibuf_len(&buf), 0);
		assert_int_equal(wire_add_ip6(&buf, &ip), -1);
		assert_int_equal(wire_end_udp4(&buf), -1);
		assert_int_equal(wire_end_icmp6(&buf), -1);
	}
}

/* The tag behind the addresses, and whether it goes. */
static void
a_tag_with_a_priority_alone_is_removed(void **state)
{
	static const struct {
		const char	*tag;
		int		 goes;
	} rows[] = {
		{ "81000000", 1 }, { "8100e000", 1 }, { "81001000", 1 },
		{ "81000001", 0 }, { "81000800", 0 }, { "8100efff", 0 },
		{ "88a80000", 0 }, { "08000000", 0 }
	};
	uint8_t tagged[sizeof(frame)], whole[sizeof(frame)];
	size_t i, n;

	(void)state;
	load(packet_discover);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(whole, frame, 12);
		assert_int_equal(hex(rows[i].tag, whole + 12, 4), 4);
		memcpy(whole + 16, frame + 12, len - 12);
		memcpy(tagged, whole, len + 4);
		n = wire_untag(tagged, len + 4);
		assert_int_equal(n, rows[i].goes ? len : len + 4);
		assert_memory_equal(tagged, rows[i].goes ? frame : whole, n);
	}
	/* Shorter than header and tag, it is left as it is. */
	for (n = 0; n < 18; n++) {
		memcpy(tagged, frame, 12);
		hex("8100000008000000", tagged + 12, 8);
		assert_int_equal(wire_untag(tagged, n), n);
	}
	assert_int_equal(wire_untag(tagged, n), n - 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksum_is_that_of_rfc1071),
		cmocka_unit_test(a_whole_datagram_is_read),
		cmocka_unit_test(any_changed_octet_is_noticed),
		cmocka_unit_test(any_shorter_frame_is_refused),
		cmocka_unit_test(ethernet_padding_is_cut_off),
		cmocka_unit_test(a_datagram_ends_where_udp_says),
		cmocka_unit_test(udp_without_a_finished_checksum_is_taken),
		cmocka_unit_test(bad_ipv4_and_udp_headers_have_their_reasons),
		cmocka_unit_test(ipv4_options_are_skipped),
		cmocka_unit_test(bad_ipv6_headers_have_their_reasons),
		cmocka_unit_test(a_checksum_of_zero_is_sent_as_ones),
		cmocka_unit_test(headers_are_not_added_in_part),
		cmocka_unit_test(a_tag_with_a_priority_alone_is_removed)
	};

	return cmocka_run_group_tests_name("wire_ip", tests, NULL, NULL);
}
