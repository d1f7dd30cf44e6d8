/* SPDX-License-Identifier: ISC */
/* DHCPv6, octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire/dhcp6.h"
#include "wire/ip.h"

#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

#define STATION		"02:00:00:00:00:07"
#define HEADERS		(14 + 40 + 8)
#define CLIENT_ID	"0001 000a 00030001 020000000007"
#define SERVER_ID	"0002 000a 00030001 020000000009"

static const struct wire_udp ports = { 546, 547 };

/* dhcpcd's request for a prefix, with a wished length. */
static const char solicit[] =
    "01 abcdef" CLIENT_ID
    "0008 0002 0000"
    "000e 0000"
    "0006 0008 0017 0018 0020 0067"
    "0019 0029 00000001 00000000 00000000"
    "  001a 0019 00000000 00000000 38 00000000000000000000000000000000";

/* A client that renews an address and a prefix, and knows its server. */
static const char renew[] =
    "05 000001" CLIENT_ID SERVER_ID
    "0003 0028 00000002 00000000 00000000"
    "  0005 0018 20010db8123400050000000000000007 00000000 00000000"
    "0019 0029 00000003 00000000 00000000"
    "  001a 0019 00000000 00000000 40 20010db8123400050000000000000000";

static void
requests_are_read(void **state)
{
	struct dhcp6_request req;
	uint8_t frame[512];
	size_t len;

	(void)state;
	len = packet_ip6(frame, sizeof(frame), "fe80::7", "ff02::1:2", 1,
	    &ports, solicit);
	assert_null(wire_dhcp6_parse(frame, len, 5, &req));
	assert_int_equal(req.ifindex, 5);
	assert_int_equal(req.type, DHCP6_SOLICIT);
	assert_int_equal(req.xid, 0xabcdef);
	assert_int_equal(req.rapid, 1);
	assert_int_equal(req.wants, DHCP6_WANTS_SERVERS |
	    DHCP6_WANTS_DOMAINS | DHCP6_WANTS_REFRESH | DHCP6_WANTS_CAPTIVE);
	assert_string_equal(mac_text(&req.source_mac), STATION);
	assert_string_equal(addr_text(&req.source), "fe80::7");
	assert_int_equal(req.client_idlen, 10);
	assert_int_equal(req.server_idlen, 0);
	assert_int_equal(req.nias, 1);
	assert_int_equal(req.ias[0].iaid, 1);
	assert_int_equal(req.ias[0].delegation, 1);
	assert_int_equal(req.ias[0].prefix.len, 0);
	assert_int_equal(req.ias[0].wish, 56);

	len = packet_ip6(frame, sizeof(frame), "fe80::7", "ff02::1:2", 1,
	    &ports, renew);
	assert_null(wire_dhcp6_parse(frame, len, 5, &req));
	assert_int_equal(req.type, DHCP6_RENEW);
	assert_int_equal(req.server_idlen, 10);
	assert_int_equal(req.nias, 2);
	assert_int_equal(req.ias[0].delegation, 0);
	assert_string_equal(prefix_text(&req.ias[0].prefix),
	    "2001:db8:1234:5::7/128");
	assert_string_equal(prefix_text(&req.ias[1].prefix),
	    "2001:db8:1234:5::/64");
	assert_int_equal(req.ias[1].wish, 64);
}

static void
bad_requests_have_their_reasons(void **state)
{
	static const struct {
		const char *src, *dst, *message, *why;
	} rows[] = {
		{ "2001:db8::7", "ff02::1:2", solicit,
		    "source is not link-local" },
		{ "fe80::7", "fe80::44", solicit,
		    "not to all DHCPv6 servers" },
		{ "fe80::7", "ff02::1:2", "01 abcd",
		    "short DHCPv6 message" },
		{ "fe80::7", "ff02::1:2", "07 abcdef",
		    "not a DHCPv6 client's message" },
		/* of a relay, which may send for anybody */
		{ "fe80::7", "ff02::1:2", "0c 000000",
		    "not a DHCPv6 client's message" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 0001 000a 0003",
		    "bad DHCPv6 option length" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 00",
		    "bad DHCPv6 option length" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 0001 0002 0003",
		    "bad DUID length" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 0001 0000",
		    "bad DUID length" },
		{ "fe80::7", "ff02::1:2", "01 abcdef" CLIENT_ID CLIENT_ID,
		    "more than one DUID" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 0019 0004 00000001",
		    "short identity association" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 0019 0010 00000001"
		    "00000000 00000000 001a 0019",
		    "bad DHCPv6 option length" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 0019 0014 00000001"
		    "00000000 00000000 001a 0004 00000000",
		    "short prefix option" },
		{ "fe80::7", "ff02::1:2", "01 abcdef 0003 0014 00000001"
		    "00000000 00000000 0005 0004 00000000",
		    "short address option" },
		{ "fe80::7", "ff02::1:2", "01 abcdef"
		    "0019 0029 00000001 00000000 00000000 001a 0019"
		    "00000000 00000000 81 20010db8000000000000000000000000",
		    "bad prefix length" },
	};
	struct dhcp6_request req;
	uint8_t frame[512];
	const char *why;
	size_t i, len;

	(void)state;
	for (i = 0; i < ROWS(rows); i++) {
		len = packet_ip6(frame, sizeof(frame), rows[i].src, rows[i].dst,
		    1, &ports,
		    rows[i].message);
		why = wire_dhcp6_parse(frame, len, 5, &req);
		if (why == NULL || strcmp(why, rows[i].why) != 0)
			fail_msg("row %zu: %s, not %s", i, why, rows[i].why);
	}
	len = packet_ip6(frame, sizeof(frame), "fe80::7", "ff02::1:2", 1,
	    &ports, solicit);
	frame[len - 1] ^= 1;
	assert_non_null(wire_dhcp6_parse(frame, len, 5, &req));
	/*
	 * As done for a sender on the same machine, to complete the checksum.
	 */
	assert_int_equal(wire_sum_udp6(frame, len), 0);
	assert_null(wire_dhcp6_parse(frame, len, 5, &req));
	for (; len > 0; len--)
		assert_non_null(wire_dhcp6_parse(frame, len - 1, 5, &req));
}

/* The client asks again for the rest of them. */
static void
no_more_associations_are_kept_than_fit(void **state)
{
	struct dhcp6_request req;
	uint8_t frame[512];
	char message[1024] = "01 abcdef" CLIENT_ID;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 2 * DHCP6_IAS; i++)
		strcat(message, "0019 000c 00000001 00000000 00000000");
	len = packet_ip6(frame, sizeof(frame), "fe80::7", "ff02::1:2", 1,
	    &ports, message);
	assert_null(wire_dhcp6_parse(frame, len, 5, &req));
	assert_int_equal(req.nias, DHCP6_IAS);
}

/* The message that was written; its headers are checked like a client does. */
static void
assert_message(struct ibuf *buf, const char *message)
{
	struct wire_ether ether;
	struct wire_ip ip;
	struct wire_udp udp;
	uint8_t want[512];
	size_t len = hex(message, want, sizeof(want));

	assert_int_equal(ibuf_len(buf), HEADERS + len);
	assert_memory_equal(buf->data + HEADERS, want, len);
	assert_null(wire_get_ether(buf, &ether));
	assert_string_equal(mac_text(&ether.dst), STATION);
	assert_null(wire_get_ip6(buf, &ip));
	assert_string_equal(addr_text(&ip.src), "fe80::44");
	assert_string_equal(addr_text(&ip.dst), "fe80::7");
	assert_null(wire_get_udp(buf, &ip, &udp));
	assert_int_equal(udp.sport, 547);
	assert_int_equal(udp.dport, 546);
}

static void
answers_are_built(void **state)
{
	struct wire_dhcp6_options o = { .nservers = 1, .ndomains = 1,
	    .captive = "https://e.org" };
	struct dhcp6_reply reply = { .type = DHCP6_ADVERTISE };
	struct link link = packet_link();
	uint8_t frame[512];
	struct ibuf buf;
	size_t len, max;

	(void)state;
	addr_parse("2001:db8:4343::43", &o.servers[0]);
	strlcpy(o.domains[0], "a.org", sizeof(o.domains[0]));
	len = packet_ip6(frame, sizeof(frame), "fe80::7", "ff02::1:2", 1,
	    &ports, renew);
	assert_null(wire_dhcp6_parse(frame, len, 5, &reply.to));
	reply.to.ias[0].status = DHCP6_NO_ADDRS;
	reply.to.ias[1].old = reply.to.ias[1].prefix;
	prefix_parse("2001:db8:1234:9::/64", &reply.to.ias[1].prefix);
	reply.to.ias[1].valid = 5400;
	reply.to.ias[1].preferred = 2700;
	reply.t1 = 1350;
	reply.t2 = 2160;
	ibuf_to(&buf, frame, sizeof(frame));
	assert_int_equal(wire_dhcp6_build(&reply, &link, &o, &buf), 0);
	assert_message(&buf, "02 000001" CLIENT_ID SERVER_ID "0007 0001 ff"
	    "0003 0012 00000002 00000000 00000000 000d 0002 0002"
	    "0019 0046 00000003 00000546 00000870"
	    "  001a 0019 00000a8c 00001518 40"
	    "  20010db8123400090000000000000000"
	    "  001a 0019 00000000 00000000 40"
	    "  20010db8123400050000000000000000");

	len = packet_ip6(frame, sizeof(frame), "fe80::7", "ff02::1:2", 1,
	    &ports,
	    "0b 000002 0006 0008 0017 0018 0020 0067");
	assert_null(wire_dhcp6_parse(frame, len, 5, &reply.to));
	reply.type = DHCP6_REPLY;
	reply.rapid = reply.has_status = 1;
	reply.refresh = 1800;
	reply.to.server_idlen = 3;
	memcpy(reply.to.server_id, "\0\2x", 3);
	ibuf_to(&buf, frame, sizeof(frame));
	assert_int_equal(wire_dhcp6_build(&reply, &link, &o, &buf), 0);
	assert_message(&buf, "07 000002 0002 0003 000278 000e 0000"
	    "000d 0002 0000"
	    "0017 0010 20010db8434300000000000000000043"
	    "0018 0007 0161 036f7267 00"
	    "0067 000d 68747470733a2f2f652e6f7267"
	    "0020 0004 00000708");
	for (max = HEADERS + 77; max > 0; max--) {
		ibuf_to(&buf, frame, max - 1);
		assert_int_equal(wire_dhcp6_build(&reply, &link, &o, &buf),
		    -1);
	}

	/* Only options that were asked for. */
	reply.to.wants = 0;
	reply.rapid = reply.has_status = 0;
	ibuf_to(&buf, frame, sizeof(frame));
	assert_int_equal(wire_dhcp6_build(&reply, &link, &o, &buf), 0);
	assert_message(&buf, "07 000002 0002 0003 000278");
	link.gateway6 = addr_none;
	assert_int_equal(wire_dhcp6_build(&reply, &link, &o, &buf), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_read),
		cmocka_unit_test(bad_requests_have_their_reasons),
		cmocka_unit_test(no_more_associations_are_kept_than_fit),
		cmocka_unit_test(answers_are_built),
	};

	return cmocka_run_group_tests_name("wire_dhcp6", tests, NULL, NULL);
}
