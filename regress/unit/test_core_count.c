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
	};

	return cmocka_run_group_tests_name("core_count", tests, NULL, NULL);
}
