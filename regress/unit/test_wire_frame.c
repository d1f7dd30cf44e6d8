/* SPDX-License-Identifier: ISC */
/* The kinds of frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire/frame.h"
#include "wire/ip.h"

static void
kinds_of_frames_are_recognised(void **state)
{
	static const struct {
		const char *packet;
		enum frame_kind kind;
	} rows[] = {
		{ packet_discover, FRAME_DHCP },
		{ packet_rs, FRAME_RS },
		{ packet_rs_bare, FRAME_RS },
		{ packet_rs_unspecified, FRAME_RS },
		{ packet_ns, FRAME_NS },
		{ packet_ns_dad, FRAME_NS },
		{ packet_na, FRAME_NA },
		{ "ffffffffffff 020000000007 0806 0001080006040001"
		    "020000000007c0a82c11 000000000000c0a82c01", FRAME_ARP },
		/* our own, as a packet socket may show them */
		{ packet_offer, FRAME_OTHER },
		{ packet_ra, FRAME_OTHER },
		{ packet_ns_ours, FRAME_OTHER },
		/* a VLAN tag, a bridge's BPDU type, nothing at all */
		{ "ffffffffffff 020000000007 8100 0001 0806", FRAME_OTHER },
		{ "ffffffffffff 020000000007 0026 4242", FRAME_OTHER },
		{ "ffffffffffff 020000000007 88", FRAME_MALFORMED },
		{ "ffffffffffff 020000000007 0800 45", FRAME_MALFORMED },
		{ "ffffffffffff 020000000007 86dd 60", FRAME_MALFORMED },
		{ "ffffffffffff 020000000007 0806 00", FRAME_MALFORMED },
		{ "", FRAME_MALFORMED }
	};
	struct link link = packet_link();
	struct frame frame;
	uint8_t octets[600];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = hex(rows[i].packet, octets, sizeof(octets));

		wire_frame_parse(octets, len, &link, &frame);
		assert_int_equal(frame.kind, rows[i].kind);
		assert_int_equal(frame.why != NULL,
		    frame.kind == FRAME_MALFORMED);
		if (frame.kind == FRAME_RS)
			assert_int_equal(frame.u.solicit.ifindex, 5);
		if (frame.kind == FRAME_DHCP)
			assert_int_equal(frame.u.dhcp.ifindex, 5);
		if (frame.kind == FRAME_ARP)
			assert_int_equal(frame.u.heard.ifindex, 5);
	}
}

/* A renewal with another server is only routed by us. */
static void
dhcp_to_others_is_not_ours(void **state)
{
	static const struct {
		const char *dst;
		int has_gateway, broadcast;
		enum frame_kind kind;
	} rows[] = {
		{ "192.168.44.1", 1, 0, FRAME_DHCP },
		{ "192.168.44.1", 0, 0, FRAME_OTHER },
		{ "10.1.1.1", 1, 0, FRAME_OTHER },
		{ "255.255.255.255", 1, 0, FRAME_DHCP },
		{ "255.255.255.255", 0, 1, FRAME_DHCP },
		{ "0.0.0.0", 0, 0, FRAME_OTHER },
		{ "192.168.44.255", 1, 1, FRAME_DHCP },
		{ "192.168.44.255", 0, 1, FRAME_DHCP },
		{ "192.168.44.255", 1, 0, FRAME_OTHER }
	};
	struct frame frame;
	uint8_t octets[600];
	struct addr dst;
	struct ibuf buf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct link link = packet_link();

		if (!rows[i].has_gateway)
			link.gateway4 = addr_none;
		ibuf_to(&buf, octets, sizeof(octets));
		buf.wpos = hex(packet_discover, octets, sizeof(octets));
		if (!rows[i].broadcast)
			memcpy(octets, &link.lladdr, sizeof(link.lladdr));
		addr_parse(rows[i].dst, &dst);
		memcpy(octets + 30, addr_v4(&dst), 4);
		ibuf_set_n16(&buf, 24, 0);	/* checksums: computed again */
		ibuf_set_n16(&buf, 40, 0);
		assert_int_equal(wire_end_udp4(&buf), 0);
		wire_frame_parse(octets, buf.wpos, &link, &frame);
		assert_int_equal(frame.kind, rows[i].kind);
	}
}

static void
a_tag_stands_behind_the_addresses(void **state)
{
	static const uint8_t plain[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	    12, 8, 6, 99 };
	static const uint8_t tagged[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	    12, 0x81, 0, 0x0f, 0xfe, 8, 6, 99 };
	uint8_t octets[sizeof(tagged)];
	struct ibuf buf;

	(void)state;
	ibuf_to(&buf, octets, sizeof(octets));
	assert_int_equal(wire_tag(&buf, 10), -1);
	assert_int_equal(ibuf_add(&buf, plain, sizeof(plain)), 0);
	assert_int_equal(wire_tag(&buf, 0), 0);
	assert_int_equal(ibuf_len(&buf), sizeof(plain));
	assert_int_equal(wire_tag(&buf, 4094), 0);
	assert_int_equal(ibuf_len(&buf), sizeof(tagged));
	assert_memory_equal(octets, tagged, sizeof(tagged));
	assert_int_equal(wire_tag(&buf, 1), -1);	/* no room */
	assert_memory_equal(octets, tagged, sizeof(tagged));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_frames_are_recognised),
		cmocka_unit_test(dhcp_to_others_is_not_ours),
		cmocka_unit_test(a_tag_stands_behind_the_addresses)
	};

	return cmocka_run_group_tests_name("wire_frame", tests, NULL, NULL);
}
