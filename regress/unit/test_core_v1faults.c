/* SPDX-License-Identifier: ISC */
/*
 * The predecessor's faults that would live in the core:
 * each test is a short list of events on which the old behaviour fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "regress/unit/covers.h"

/*
 * A conflict is decided for value and time together: what stands afterwards
 * is one of the two claims, not the value of one with the time of the other.
 */
static void
a_lost_conflict_changes_value_and_time(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	uint8_t key[4] = { 192, 168, 44, 7 };
	struct update one, two, found;
	int order, won;

	(void)state;
	core_peer_up(node->core, STRANGER, true, now);
	for (order = 0; order < 2; order++, key[3]++) {
		make_update(&one, DATUM_LEASE4, key, 4, "\006\0\0\0\0\001", 6,
		    5, order ? 200 : 1000);
		make_update(&two, DATUM_LEASE4, key, 4, "\006\0\0\0\0\002", 6,
		    5, order ? 1000 : 200);
		core_update(node->core, STRANGER, order ? &two : &one, now);
		core_update(node->core, STRANGER, order ? &one : &two, now);
		assert_int_equal(find_datum(node, &one, &found), 1);
		won = memcmp(found.data + 5, two.data + 5, 6) == 0;
		assert_int_equal(found.lifetime,
		    won ? two.lifetime : one.lifetime);
	}
	node_free(node);
}

static void
first_stations_of_two_routers_get_different_addresses(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct addr one, two;

	(void)state;
	one = join(a, 1);
	two = join(b, 2);
	assert_false(addr_is_none(&one));
	assert_int_not_equal(addr_cmp(&one, &two), 0);
	node_free(a);
	node_free(b);
}

/* So that a partition, or a table that is lost, renumbers nobody. */
static void
one_station_gets_the_same_address_anywhere(void **state)
{
	struct node *a, *b;
	struct addr one, two;
	int i;

	(void)state;
	for (i = 0; i < 16; i++) {
		a = node_new(1, "192.168.44.0/24");
		b = node_new(2, "192.168.44.0/24");
		one = join(a, i);
		two = join(b, i);
		assert_false(addr_is_none(&one));
		assert_int_equal(addr_cmp(&one, &two), 0);
		node_free(a);
		node_free(b);
	}
}

static void
network_broadcast_and_gateway_are_never_given(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/26");
	struct addr addr;
	uint8_t last, given[64] = { 0 };
	int i, n = 0;

	(void)state;
	for (i = 1; i < 70; i++) {
		addr = join(node, i);
		if (addr_is_none(&addr))
			continue;
		last = addr_v4(&addr)[3];
		assert_true(last > 1 && last < 63);
		assert_int_equal(given[last]++, 0);
		n++;
	}
	assert_int_equal(n, 61);	/* all that the pool has */
	node_free(node);
}

static void
route_returns_with_a_station_that_was_here_before(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct addr addr;
	int visit;

	(void)state;
	peering(a, b, 5);
	addr = join(a, 1);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	for (visit = 0; visit < 4; visit++) {
		now = monotime_add(now, visit < 2 ? 20 : 5000);
		sight(visit & 1 ? a : b, 1, SIGHTING_JOINED);
		carry(a, b, 5);
		assert_int_equal(route_of(a, &addr),
		    visit & 1 ? ROUTE_LOCAL : ROUTE_DIRECT);
		assert_int_equal(route_of(b, &addr),
		    visit & 1 ? ROUTE_DIRECT : ROUTE_LOCAL);
	}
	node_free(a);
	node_free(b);
}

static void
one_station_leaving_leaves_the_others_alone(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr addr[5];
	int i, gone;

	(void)state;
	for (gone = 0; gone < 5; gone++) {
		for (i = 0; i < 5; i++)
			addr[i] = join(node, i);
		sight(node, gone, SIGHTING_LEFT);
		pass(node, 5000);
		for (i = 0; i < 5; i++)
			assert_int_equal(route_of(node, &addr[i]),
			    i == gone ? ROUTE_NONE : ROUTE_LOCAL);
	}
	node_free(node);
}

/* A station that never asks again keeps its IPv6 for ever. */
static void
adverts_come_before_the_last_one_runs_out(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	const struct advert *a, *last = NULL;
	struct solicit s;
	struct heard h;
	monotime_t at = now;
	int i, n, count_all = 0;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.ifindex = IFINDEX;
	s.source_mac = s.lladdr = station(1);
	memset(&h, 0, sizeof(h));
	h.ifindex = IFINDEX;
	h.kind = HEARD_ARP;
	h.mac = station(1);
	sight(node, 1, SIGHTING_JOINED);
	core_solicit(node->core, &s, now);
	for (i = 0; i < 6 * 360; i++) {
		pass(node, 10000);
		core_heard(node->core, &h, now);
		for (n = 0; n < node->n; n++) {
			if (node->seen[n].type != EFFECT_ADVERT)
				continue;
			a = &node->seen[n].advert;
			assert_int_equal(a->nprefixes, 1);
			assert_in_range(a->router_lifetime, 1, 9000);
			assert_in_range(a->dns_lifetime, 1,
			    3 * a->router_lifetime);
			if (last != NULL) {
				int64_t s_gap = monotime_ms(at,
				    node->seen[n].at) / 1000;

				assert_true(s_gap < a->router_lifetime);
				assert_true(s_gap < a->dns_lifetime);
				assert_true(s_gap < a->prefixes[0].preferred);
			}
			last = a;
			at = node->seen[n].at;
			count_all++;
		}
		node->n = 0;
	}
	assert_true(count_all > 6);
	assert_true(monotime_ms(at, now) < 1800 * 1000);
	node_free(node);
}

static void
leases_expire_and_are_given_again(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/30");
	struct addr one, two;
	struct ctl_cursor cursor;
	struct ctl_lease lease;

	(void)state;
	one = join(node, 1);
	assert_false(addr_is_none(&one));
	two = join(node, 2);
	assert_true(addr_is_none(&two));
	sight(node, 1, SIGHTING_LEFT);
	pass(node, 1801 * 1000);
	assert_int_equal(route_of(node, &one), ROUTE_NONE);
	memset(&cursor, 0, sizeof(cursor));
	while (core_show_lease(node->core, &cursor, &lease, now))
		if (prefix_is_v4(&lease.prefix))
			assert_int_not_equal(lease.state, CTL_LEASE_VALID);
	two = join(node, 2);
	assert_int_equal(addr_cmp(&one, &two), 0);
	node_free(node);
}

static void
a_released_address_is_free_when_nobody_answers(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/30");
	struct addr one, two;

	(void)state;
	one = join(node, 1);
	two = join(node, 2);
	assert_true(addr_is_none(&two));
	dhcp(node, 1, DHCP_RELEASE, &one, 0);
	pass(node, 3000);
	assert_int_equal(route_of(node, &one), ROUTE_NONE);
	two = obtain(node, 2);
	assert_int_equal(addr_cmp(&one, &two), 0);
	node_free(node);
}

static void
a_declined_address_is_not_given_again(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/29");
	struct addr one, two;
	int i;

	(void)state;
	one = join(node, 1);
	dhcp(node, 1, DHCP_DECLINE, &one, 0);
	pass(node, 2000);
	assert_int_equal(route_of(node, &one), ROUTE_NONE);
	for (i = 1; i < 8; i++) {
		two = join(node, i);
		assert_int_not_equal(addr_cmp(&one, &two), 0);
	}
	node_free(node);
}

/* Nobody speaks for a station but itself. */
static void
a_foreign_chaddr_has_no_effect(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	static const enum dhcp_type types[] = { DHCP_DISCOVER, DHCP_REQUEST,
	    DHCP_RELEASE, DHCP_DECLINE, DHCP_INFORM };
	struct dhcp_request r;
	struct addr addr;
	size_t i;
	int before;

	(void)state;
	addr = join(node, 1);
	sight(node, 2, SIGHTING_JOINED);
	before = node->n;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		memset(&r, 0, sizeof(r));
		r.ifindex = IFINDEX;
		r.type = (uint8_t)types[i];
		r.chaddr = station(1);
		r.source_mac = station(2);
		r.ciaddr = r.requested = r.source = addr;
		(void)addr_parse("192.168.44.1", &r.server);
		core_dhcp(node->core, &r, now);
	}
	for (; before < node->n; before++)
		assert_true(node->seen[before].type != EFFECT_DHCP_REPLY &&
		    node->seen[before].type != EFFECT_ROUTE);
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	node_free(node);
}

static void
a_lease_outside_our_prefixes_is_never_routed(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	static const uint8_t key[4] = { 10, 9, 8, 7 };
	static const uint8_t key6[8] = { 0x20, 0x01, 0x0d, 0xb8, 0x99 };
	struct mac mac = station(1);
	struct update lease, lease6, place, found;
	int n;

	(void)state;
	peering(a, b, 5);
	core_peer_up(a->core, STRANGER, true, now);
	make_update(&place, DATUM_LOCATION, mac.octet, 6, b->id.octet, 8, 1,
	    1000);
	make_update(&lease, DATUM_LEASE4, key, 4, mac.octet, 6, 1, 1000);
	make_update(&lease6, DATUM_LEASE6, key6, 8, mac.octet, 6, 1, 1000);
	core_update(a->core, STRANGER, &place, now);
	core_update(a->core, STRANGER, &lease, now);
	core_update(a->core, STRANGER, &lease6, now);
	core_update(a->core, STRANGER, &place, now);
	sight(a, 1, SIGHTING_JOINED);
	pass(a, 10000);
	assert_int_equal(find_datum(a, &lease, &found), 0);
	assert_int_equal(find_datum(a, &lease6, &found), 0);
	for (n = 0; n < a->n; n++)
		if (a->seen[n].type == EFFECT_ROUTE)
			assert_true(is_covered(a->conf,
			    &a->seen[n].route.prefix));
	node_free(a);
	node_free(b);
}

/* An upgrade: the table is lost, stations and the kernel's routes are not. */
static void
a_restart_kicks_nobody(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	const struct dhcp_reply *reply;
	struct route route;
	struct addr addr;
	int before;

	(void)state;
	peering(a, b, 5);
	addr = join(a, 1);
	carry(a, b, 5);
	core_free(a->core);
	core_peer_down(b->core, 5, now);
	before = a->n;
	core_start(a);
	memset(&route, 0, sizeof(route));
	prefix_host(&route.prefix, &addr);
	route.kind = ROUTE_LOCAL;
	route.ifindex = IFINDEX;
	route.mac = station(1);
	core_adopt(a->core, &route, now);
	sight(a, 1, SIGHTING_PRESENT);
	peering(a, b, 6);
	pass(a, 20000);
	carry(a, b, 6);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
	assert_int_equal(count(b, EFFECT_DISASSOCIATE), 0);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	assert_int_equal(route_of(b, &addr), ROUTE_DIRECT);
	for (; before < a->n; before++)
		assert_true(a->seen[before].type != EFFECT_ROUTE ||
		    a->seen[before].route.kind == ROUTE_LOCAL);
	reply = dhcp(a, 1, DHCP_REQUEST, &addr, 0);
	assert_non_null(reply);
	assert_int_equal(reply->type, DHCP_ACK);
	node_free(a);
	node_free(b);
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
		TEST(a_lost_conflict_changes_value_and_time),
		TEST(first_stations_of_two_routers_get_different_addresses),
		TEST(one_station_gets_the_same_address_anywhere),
		TEST(network_broadcast_and_gateway_are_never_given),
		TEST(route_returns_with_a_station_that_was_here_before),
		TEST(one_station_leaving_leaves_the_others_alone),
		TEST(adverts_come_before_the_last_one_runs_out),
		TEST(leases_expire_and_are_given_again),
		TEST(a_released_address_is_free_when_nobody_answers),
		TEST(a_declined_address_is_not_given_again),
		TEST(a_foreign_chaddr_has_no_effect),
		TEST(a_lease_outside_our_prefixes_is_never_routed),
		TEST(a_restart_kicks_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
