/* SPDX-License-Identifier: ISC */
/* What happens is counted, once, where it happens: `sroamctl show status`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"

static struct ctl_status
status_of(struct node *node)
{
	struct ctl_status status;

	core_show_status(node->core, &status, now);
	return status;
}

/* In one network, and their start is over. */
static void
two_nodes(struct node **a, struct node **b)
{
	*a = node_new(1, POOL);
	*b = node_new(2, POOL);
	peering(*a, *b, 5);
	pass(*a, 5000);
}

static void
a_station_joins_roams_and_leaves(void **state)
{
	struct node *a, *b;

	(void)state;
	two_nodes(&a, &b);
	sight(a, 1, SIGHTING_JOINED);
	sight(a, 2, SIGHTING_JOINED);
	carry(a, b, 5);
	assert_int_equal(status_of(a).joins, 2);
	assert_int_equal(status_of(a).stations_here, 2);
	assert_int_equal(status_of(b).stations, 2);
	assert_int_equal(status_of(b).stations_here, 0);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	assert_int_equal(status_of(a).roams_out, 1);
	assert_int_equal(status_of(a).leaves, 0);
	assert_int_equal(status_of(b).roams_in, 1);
	assert_int_equal(status_of(b).joins, 0);
	sight(a, 1, SIGHTING_LEFT);
	sight(b, 1, SIGHTING_LEFT);
	pass(b, 5000);
	assert_int_equal(status_of(a).leaves, 0);
	assert_int_equal(status_of(b).leaves, 1);
	assert_int_equal(status_of(b).stations_here, 0);
	/* Without a word is a way to leave, too. */
	pass(a, 3600 * 1000);
	assert_int_equal(status_of(a).leaves, 1);
	node_free(a);
	node_free(b);
}

static void
each_dhcp_message_by_its_answer(void **state)
{
	struct node *node = node_new(1, POOL);
	struct addr addr, other;
	struct ctl_status s;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	addr = obtain(node, 1);
	(void)addr_parse("10.0.0.1", &other);
	(void)dhcp(node, 1, DHCP_REQUEST, &addr, 0);
	(void)dhcp(node, 1, DHCP_REQUEST, &other, 0);
	(void)dhcp(node, 1, DHCP_DECLINE, &addr, 0);
	pass(node, 2000);
	(void)dhcp(node, 1, DHCP_DECLINE, &addr, 0);	/* not its own now */
	s = status_of(node);
	assert_int_equal(s.dhcp_in, 6);
	assert_int_equal(s.dhcp_offers, 1);
	assert_int_equal(s.dhcp_acks, 2);
	assert_int_equal(s.dhcp_naks, 1);
	assert_int_equal(s.dhcp_declines, 1);
	assert_int_equal(s.dhcp_dropped, 1);
	node_free(node);
}

static void
each_lease_as_long_as_it_is_kept(void **state)
{
	struct node *node = node_new(1, POOL);
	struct ctl_status s;

	(void)state;
	pass(node, 5000);
	(void)join(node, 1);
	(void)join(node, 2);
	s = status_of(node);
	assert_int_equal(s.leases4, 2);
	assert_int_equal(s.leases6, 2);
	sight(node, 1, SIGHTING_LEFT);
	sight(node, 2, SIGHTING_LEFT);
	pass(node, 48 * 3600 * 1000LL);
	s = status_of(node);
	assert_int_equal(s.leases4, 0);
	assert_int_equal(s.leases6, 0);
	assert_int_equal(s.stations, 0);
	assert_int_equal(s.data, 1);			/* we */
	node_free(node);
}

static void
what_is_said_to_stations(void **state)
{
	struct node *node = node_new(1, POOL);
	struct ctl_status s;

	(void)state;
	(void)join(node, 1);
	pass(node, 600 * 1000);
	s = status_of(node);
	assert_true(count(node, EFFECT_ADVERT) > 1);
	assert_int_equal(s.adverts, count(node, EFFECT_ADVERT));
	assert_true(count(node, EFFECT_PROBE) > 1);
	assert_int_equal(s.probes, count(node, EFFECT_PROBE));
	node_free(node);
}

static void
what_peers_are_sent_and_send(void **state)
{
	struct node *node = node_new(1, POOL);
	struct update u, v;
	struct ctl_status s;
	int sent = 0;

	(void)state;
	make_update(&u, 77, "key", 3, "a", 1, 5, 60);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	core_peer_up(node->core, 8, PEER_EXTENDED, now);
	assert_int_equal(status_of(node).peers_up, 2);
	assert_null(core_update(node->core, 7, &u, now));
	u.data[4] = 'b';				/* beside the other */
	assert_null(core_update(node->core, 7, &u, now));
	u.keylen = 0;
	assert_non_null(core_update(node->core, 7, &u, now));
	while (core_peer_next(node->core, 8, &v, now))
		sent++;
	s = status_of(node);
	assert_int_equal(sent, 2);			/* and who we are */
	assert_int_equal(s.updates_out, 2);
	assert_int_equal(s.updates_in, 3);
	assert_int_equal(s.updates_dropped, 1);
	assert_int_equal(s.conflicts, 1);
	core_peer_down(node->core, 7, now);
	assert_int_equal(status_of(node).peers_up, 1);
	/* Of who knows digests, our own word is one, too. */
	core_peer_up(node->core, 9, PEER_EXTENDED | PEER_DIGESTS, now);
	assert_int_equal(core_peer_next(node->core, 9, &v, now), 1);
	assert_int_equal(core_peer_next(node->core, 9, &v, now), 0);
	assert_int_equal(status_of(node).updates_out, 3);
	node_free(node);
}

static void
interfaces_that_are_up(void **state)
{
	struct node *node = node_new(1, POOL);
	struct link link = { .ifindex = IFINDEX + 1, .name = "roam1",
	    .lladdr = { { 2 } }, .up = 1, .source = SOURCE_PACKETS };

	(void)state;
	assert_int_equal(status_of(node).interfaces_up, 1);
	core_link(node->core, &link, now);
	core_link(node->core, &link, now);
	assert_int_equal(status_of(node).interfaces_up, 2);
	link.up = 0;
	core_link(node->core, &link, now);
	core_link(node->core, &link, now);
	assert_int_equal(status_of(node).interfaces_up, 1);
	node_free(node);
}

static int
reset(void **state)
{
	(void)state;
	now.us = 1000000;
	return 0;
}

static uint64_t
bytes_of(struct node *node)
{
	uint64_t objects, bytes;

	core_show_memory(node->core, &objects, &bytes);
	return bytes;
}

static void
each_datum_in_octets(void **state)
{
	struct node *node = node_new(1, POOL);
	uint64_t objects, bytes, before = bytes_of(node);
	struct update u;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		make_update(&u, 77, &i, sizeof(i), "0123456789", 10, 1, 60);
		assert_null(core_update(node->core, STRANGER, &u, now));
	}
	core_show_memory(node->core, &objects, &bytes);
	assert_int_equal(objects, 101);
	assert_in_range(bytes - before, 100 * (5 + 10), 100 * 1000);
	pass(node, 61000);
	core_show_memory(node->core, &objects, &bytes);
	assert_int_equal(objects, 1);
	/* Room for timers that there were is kept. */
	assert_in_range(bytes, before, before + 100 * 64);
	node_free(node);
}

/* A day's coming and going: stations, offers, sessions, data of peers. */
static void
bustle(struct node *node, uint32_t session)
{
	struct addr addr;
	struct update u;
	int i;

	core_peer_up(node->core, session, PEER_EXTENDED | PEER_DIGESTS |
	    PEER_OPENER, now);
	for (i = 1; i <= 20; i++) {
		addr = join(node, i);
		assert_false(addr_is_none(&addr));
		(void)dhcp(node, i + 20, DHCP_DISCOVER, NULL, 0);
		(void)addr_parse("fe80::1:0", &addr);
		addr.octet[15] = (uint8_t)i;
		hear(node, i, HEARD_NS, &addr);
		make_update(&u, 77, &i, sizeof(i), "value", 5, 1, 60);
		(void)core_update(node->core, session, &u, now);
	}
	core_peer_down(node->core, session, now);
	for (i = 1; i <= 20; i++)
		sight(node, i, SIGHTING_LEFT);
	node->n = 0;
	pass(node, 49 * 3600 * 1000LL);
	node->n = 0;
}

static void
what_is_gone_is_held_no_more(void **state)
{
	struct node *node = node_new(1, POOL);
	struct ctl_status s;
	uint64_t bytes;
	uint32_t day;

	(void)state;
	bustle(node, 1);
	bustle(node, 2);
	bytes = bytes_of(node);
	for (day = 3; day < 20; day++)
		bustle(node, day);
	assert_int_equal(bytes_of(node), bytes);
	s = status_of(node);
	assert_int_equal(s.data, 1);
	assert_int_equal(s.stations, 0);
	assert_int_equal(s.routers, 1);
	assert_int_equal(s.leases4 + s.leases6, 0);
	node_free(node);
}

/* Who says that it has a router's address. */
static void
impostors_and_what_they_claim(void **state)
{
	struct node *node = node_new(1, POOL);
	struct addr addr;
	int i;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	(void)addr_parse("fe80::1", &addr);		/* the gateway's */
	hear(node, 1, HEARD_NA, &addr);
	hear(node, 1, HEARD_NA, &addr);
	(void)addr_parse("fe80::2", &addr);
	hear(node, 1, HEARD_NA, &addr);
	assert_int_equal(status_of(node).impostors, 2);
	(void)addr_parse("10.0.0.1", &addr);		/* this router's */
	hear(node, 1, HEARD_ARP, &addr);
	hear(node, 1, HEARD_ARP, &addr);
	assert_int_equal(status_of(node).impostors, 4);
	(void)addr_parse("192.168.43.43", &addr);	/* a name server's */
	hear(node, 1, HEARD_ARP, &addr);
	assert_int_equal(status_of(node).impostors, 4);
	/* Said of a station once an hour, of all ten times at once. */
	assert_int_equal(count(node, EFFECT_LOG), 1);
	(void)addr_parse("10.0.0.1", &addr);
	for (i = 2; i < 50; i++) {
		sight(node, i, SIGHTING_JOINED);
		hear(node, i, HEARD_ARP, &addr);
	}
	assert_int_equal(count(node, EFFECT_LOG), 10);
	pass(node, 3600 * 1000);
	hear(node, 1, HEARD_ARP, &addr);
	assert_int_equal(count(node, EFFECT_LOG), 11);
	node_free(node);
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		TEST(a_station_joins_roams_and_leaves),
		TEST(each_dhcp_message_by_its_answer),
		TEST(each_lease_as_long_as_it_is_kept),
		TEST(what_is_said_to_stations),
		TEST(what_peers_are_sent_and_send),
		TEST(interfaces_that_are_up),
		TEST(each_datum_in_octets),
		TEST(what_is_gone_is_held_no_more),
		TEST(impostors_and_what_they_claim),
	};

	return cmocka_run_group_tests_name("core_count", tests, NULL, NULL);
}
