/* SPDX-License-Identifier: ISC */
/* ARP, octet by octet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "packets.h"
#include "wire/arp.h"

/* Ethernet header, then the packet. */
#define STATION		"020000000007"
#define GATEWAY		"02005e005344"
#define ALL		"ffffffffffff"
#define NOBODY		"000000000000"
#define FIXED		"0806 0001 0800 06 04 "
#define REQUEST		"0001 "
#define REPLY		"0002 "

static void
senders_are_heard(void **state)
{
	static const struct {
		const char *frame, *addr;
		uint32_t kind;
	} rows[] = {
		/* who has 192.168.44.1, tell .17 */
		{ ALL STATION FIXED REQUEST STATION "c0a82c11" NOBODY
		    "c0a82c01", "192.168.44.17", HEARD_ARP },
		/* probe for .17: no address yet */
		{ ALL STATION FIXED REQUEST STATION "00000000" NOBODY
		    "c0a82c11", "::", HEARD_ARP },
		/* announcement of .17 */
		{ ALL STATION FIXED REQUEST STATION "c0a82c11" NOBODY
		    "c0a82c11", "192.168.44.17", HEARD_ARP },
		/* announcement in reply form */
		{ ALL STATION FIXED REPLY STATION "c0a82c11" STATION
		    "c0a82c11", "192.168.44.17", HEARD_ARP },
		/* a reply to us */
		{ GATEWAY STATION FIXED REPLY STATION "c0a82c11" GATEWAY
		    "c0a82c01", "192.168.44.17", HEARD_ARP_REPLY },
		/* a reply to another address of ours, and to all */
		{ GATEWAY STATION FIXED REPLY STATION "c0a82c11" GATEWAY
		    "c0a82c02", "192.168.44.17", HEARD_ARP },
		{ ALL STATION FIXED REPLY STATION "c0a82c11" GATEWAY
		    "c0a82c01", "192.168.44.17", HEARD_ARP },
		/* padded by Ethernet */
		{ GATEWAY STATION FIXED REPLY STATION "c0a82c11" GATEWAY
		    "c0a82c01 000000000000000000000000000000000000",
		    "192.168.44.17", HEARD_ARP_REPLY }
	};
	struct link link = packet_link();
	struct heard heard;
	uint8_t frame[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = hex(rows[i].frame, frame, sizeof(frame));

		assert_null(wire_arp_parse(frame, len, &link, &heard));
		assert_int_equal(heard.kind, rows[i].kind);
		assert_int_equal(heard.ifindex, 5);
		assert_string_equal(addr_text(&heard.addr), rows[i].addr);
		assert_string_equal(mac_text(&heard.mac),
		    "02:00:00:00:00:07");
	}
}

static void
malformed_packets_have_their_reasons(void **state)
{
	static const struct {
		const char *frame, *why;
	} rows[] = {
		{ ALL STATION FIXED REQUEST "020000000008" "c0a82c11" NOBODY
		    "c0a82c01", "ARP sender is not the Ethernet source" },
		{ ALL "030000000007" FIXED REQUEST "030000000007" "c0a82c11"
		    NOBODY "c0a82c01", "Ethernet source is not unicast" },
		{ ALL STATION "0806 0006 0800 06 04" REQUEST STATION
		    "c0a82c11" NOBODY "c0a82c01",
		    "ARP is not IPv4 over Ethernet" },
		{ ALL STATION "0806 0001 86dd 06 04" REQUEST STATION
		    "c0a82c11" NOBODY "c0a82c01",
		    "ARP is not IPv4 over Ethernet" },
		{ ALL STATION "0806 0001 0800 08 04" REQUEST STATION
		    "c0a82c11" NOBODY "c0a82c01",
		    "ARP is not IPv4 over Ethernet" },
		{ ALL STATION "0806 0001 0800 06 10" REQUEST STATION
		    "c0a82c11" NOBODY "c0a82c01",
		    "ARP is not IPv4 over Ethernet" },
		{ ALL STATION FIXED "0003" STATION "c0a82c11" NOBODY
		    "c0a82c01", "ARP is neither request nor reply" },
		{ ALL STATION FIXED REQUEST STATION "e0000001" NOBODY
		    "c0a82c01", "ARP sender address is not unicast" },
		{ ALL STATION FIXED REQUEST STATION "ffffffff" NOBODY
		    "c0a82c01", "ARP sender address is not unicast" },
		{ ALL STATION "0800 0001 0800 06 04" REQUEST STATION
		    "c0a82c11" NOBODY "c0a82c01", "not ARP" }
	};
	struct link link = packet_link();
	struct heard heard;
	uint8_t frame[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = hex(rows[i].frame, frame, sizeof(frame));

		assert_string_equal(wire_arp_parse(frame, len, &link, &heard),
		    rows[i].why);
	}
}

static void
every_cut_packet_is_refused(void **state)
{
	struct link link = packet_link();
	struct heard heard;
	uint8_t frame[64];
	size_t whole, len;

	(void)state;
	whole = hex(ALL STATION FIXED REQUEST STATION "c0a82c11" NOBODY
	    "c0a82c01", frame, sizeof(frame));
	for (len = 0; len < whole; len++)
		assert_non_null(wire_arp_parse(frame, len, &link, &heard));
	assert_null(wire_arp_parse(frame, whole, &link, &heard));
}

static void
the_gateway_is_announced_in_request_form(void **state)
{
	struct announce announce = { .ifindex = 5 };
	struct link link = packet_link();
	uint8_t space[64];
	struct ibuf buf;

	(void)state;
	mac_parse("02:00:00:00:00:07", &announce.mac);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_arp_announce(&announce, &link, &buf), 0);
	packet_is(&buf, space, STATION GATEWAY FIXED REQUEST GATEWAY
	    "c0a82c01" NOBODY "c0a82c01");
}

static void
a_probe_asks_the_station_alone(void **state)
{
	struct probe probe = { .ifindex = 5 };
	struct link link = packet_link();
	uint8_t space[64];
	struct ibuf buf;

	(void)state;
	mac_parse("02:00:00:00:00:07", &probe.mac);
	addr_parse("192.168.44.17", &probe.addr);
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(wire_arp_probe(&probe, &link, &buf), 0);
	packet_is(&buf, space, STATION GATEWAY FIXED REQUEST GATEWAY
	    "c0a82c01" NOBODY "c0a82c11");
}

static void
nothing_is_built_without_address_or_room(void **state)
{
	struct announce announce = { .ifindex = 5 };
	struct probe probe = { .ifindex = 5 };
	struct link link = packet_link();
	uint8_t space[64];
	struct ibuf buf;

	(void)state;
	ibuf_to(&buf, space, 41);
	assert_int_equal(wire_arp_announce(&announce, &link, &buf), -1);
	ibuf_to(&buf, space, sizeof(space));
	addr_parse("2001:db8::1", &probe.addr);
	assert_int_equal(wire_arp_probe(&probe, &link, &buf), -1);
	link.gateway4 = addr_none;
	assert_int_equal(wire_arp_announce(&announce, &link, &buf), -1);
	assert_int_equal(ibuf_len(&buf), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(senders_are_heard),
		cmocka_unit_test(malformed_packets_have_their_reasons),
		cmocka_unit_test(every_cut_packet_is_refused),
		cmocka_unit_test(the_gateway_is_announced_in_request_form),
		cmocka_unit_test(a_probe_asks_the_station_alone),
		cmocka_unit_test(nothing_is_built_without_address_or_room)
	};

	return cmocka_run_group_tests_name("wire_arp", tests, NULL, NULL);
}
