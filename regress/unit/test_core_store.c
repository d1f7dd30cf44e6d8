/* SPDX-License-Identifier: ISC */
/*
 * A router that starts from its store: addresses are the same, seqnos go on,
 * and what it remembers of places is no evidence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define KEPT	64

static struct stored	kept[KEPT];
static int		nkept;

static void
restart(struct node *node)
{
	core_free(node->core);
	node->n = 0;
	core_start(node);
}

/* All that the core wants kept, and a router that starts with it. */
static void
keep(struct node *node)
{
	nkept = 0;
	core_store_start(node->core);
	core_store_all(node->core);
	while (core_store_next(node->core, &kept[nkept]))
		assert_true(++nkept < KEPT);
}

static void
restart_with_store(struct node *node)
{
	int i;

	keep(node);
	restart(node);
	for (i = 0; i < nkept; i++)
		assert_int_equal(core_store_load(node->core, &kept[i], now),
		    0);
	core_store_start(node->core);
}

static struct stored
location(const struct router_id *where, int i, uint64_t seqno, int64_t lives)
{
	struct mac mac = station(i);
	struct stored s;

	memset(&s, 0, sizeof(s));
	s.expires = monotime_add(now, lives);
	s.claimed = monotime_add(now, -1000);
	s.seqno = seqno;
	s.keylen = 7;
	s.data[0] = DATUM_LOCATION;
	memcpy(s.data + 1, mac.octet, 6);
	if (where != NULL) {
		s.vallen = 8;
		memcpy(s.data + 7, where->octet, 8);
	}
	return s;
}

static int
location_of(struct node *node, int i, struct update *found)
{
	struct mac mac = station(i);
	struct update key;

	make_update(&key, DATUM_LOCATION, mac.octet, 6, "", 0, 0, 0);
	return find_datum(node, &key, found);
}

static int
names(const struct update *u, const struct router_id *id)
{
	return u->vallen == 8 && memcmp(u->data + 7, id->octet, 8) == 0;
}

static void
addresses_and_times_are_the_same_though_the_hash_key_is_not(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr a[5], b;
	struct update key, before, after;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		a[i] = join(node, i);
	pass(node, 60000);
	make_update(&key, DATUM_LEASE4, addr_v4(&a[2]), 4, "", 0, 0, 0);
	assert_true(find_datum(node, &key, &before));
	node->conf->global.network_key[0] = 1;
	restart_with_store(node);
	assert_true(find_datum(node, &key, &after));
	assert_int_equal(before.lifetime, after.lifetime);
	assert_int_equal(before.seqno, after.seqno);
	for (i = 4; i >= 0; i--) {
		b = join(node, i);
		assert_int_equal(addr_cmp(&a[i], &b), 0);
	}
	node_free(node);
}

static void
released_lease_stays_released_and_is_remembered(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr a, b, other;
	struct update key, found;

	(void)state;
	a = join(node, 1);
	(void)dhcp(node, 1, DHCP_RELEASE, &a, 1);
	pass(node, 3000);
	node->conf->global.network_key[0] = 1;
	restart_with_store(node);
	make_update(&key, DATUM_LEASE4, addr_v4(&a), 4, "", 0, 0, 0);
	assert_false(find_datum(node, &key, &found));
	other = join(node, 2);
	assert_int_not_equal(addr_cmp(&a, &other), 0);
	b = join(node, 1);
	assert_int_equal(addr_cmp(&a, &b), 0);
	node_free(node);
}

/* A peer believes in a lease that has ended: it is told of the end. */
static void
what_is_sent_anew_is_kept_and_so_is_what_came_after_it(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct mac mac = station(1);
	struct update u;
	struct addr a, b;
	int leases = 0;

	(void)state;
	a = join(node, 1);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	keep(node);
	(void)dhcp(node, 1, DHCP_RELEASE, &a, 1);
	pass(node, 3000);
	b = join(node, 2);
	make_update(&u, DATUM_LEASE4, addr_v4(&a), 4, &mac, sizeof(mac), 0,
	    600);
	assert_null(core_update(node->core, 7, &u, now));
	for (nkept = 0; core_store_next(node->core, kept);)
		if (kept->data[0] == DATUM_LEASE4)
			leases |= memcmp(kept->data + 1, addr_v4(&a), 4) == 0 ?
			    1 : memcmp(kept->data + 1, addr_v4(&b), 4) == 0 ?
			    2 : 4;
	assert_int_equal(leases, 3);
	node_free(node);
}

static void
what_outlives_its_maximum_is_capped(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct router_id other = { { 2, 0, 0, 0, 0, 0, 0, 9 } };
	struct stored s;
	struct update u;
	struct addr a;
	int i;

	(void)state;
	a = join(node, 1);
	keep(node);
	restart(node);
	for (i = 0; i < nkept; i++) {
		kept[i].expires = MONOTIME_NEVER;
		assert_int_equal(core_store_load(node->core, &kept[i], now),
		    0);
	}
	make_update(&u, DATUM_LEASE4, addr_v4(&a), 4, "", 0, 0, 0);
	assert_true(find_datum(node, &u, &u));
	assert_int_equal(u.lifetime, node->conf->networks[0].lease_time);
	s = location(&other, 7, 3, 1LL << 50);
	assert_int_equal(core_store_load(node->core, &s, now), 0);
	assert_true(location_of(node, 7, &u));
	assert_int_equal(u.lifetime, node->conf->global.location_time);
	node_free(node);
}

static void
what_is_over_or_out_of_place_is_not_loaded(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct router_id other = { { 2, 0, 0, 0, 0, 0, 0, 9 } };
	struct stored s;
	struct update u;

	(void)state;
	s = location(&other, 7, 3, 0);
	assert_int_equal(core_store_load(node->core, &s, now), -1);
	(void)join(node, 1);
	keep(node);
	s = kept[nkept - 1];
	restart(node);
	s.data[1] = 10;			/* another prefix's */
	assert_int_equal(core_store_load(node->core, &s, now), -1);
	s.data[0] = DATUM_ROUTER;
	assert_int_equal(core_store_load(node->core, &s, now), -1);
	s.keylen = 0;
	assert_int_equal(core_store_load(node->core, &s, now), -1);
	s = kept[0];
	s.keylen = s.vallen = 200;
	assert_int_equal(core_store_load(node->core, &s, now), -1);
	assert_false(location_of(node, 7, &u));
	node_free(node);
}

/* Killed, the station roams and roams on, and we start with an old story. */
static void
a_remembered_place_pulls_nobody_away(void **state)
{
	struct node *r1 = node_new(1, "192.168.44.0/24");
	struct node *r2 = node_new(2, "192.168.44.0/24");
	struct update u;
	struct addr a;
	int routes;

	(void)state;
	peering(r1, r2, 7);
	a = join(r1, 1);
	carry(r1, r2, 7);
	keep(r1);
	core_peer_down(r2->core, 7, now);
	pass(r2, 5000);
	sight(r2, 1, SIGHTING_JOINED);
	assert_true(location_of(r2, 1, &u));
	assert_true(names(&u, &r2->id));
	pass(r2, 5000);
	restart_with_store(r1);
	for (routes = 0; routes < nkept; routes++)
		(void)core_store_load(r1->core, &kept[routes], now);
	/* Its bridge still remembers the station. */
	sight(r1, 1, SIGHTING_PRESENT);
	assert_int_not_equal(route_of(r1, &a), ROUTE_LOCAL);
	peering(r1, r2, 8);
	pass(r1, 500);
	carry(r1, r2, 8);
	pass(r1, 10000);
	carry(r1, r2, 8);
	assert_true(location_of(r2, 1, &u) && names(&u, &r2->id));
	assert_true(location_of(r1, 1, &u) && names(&u, &r2->id));
	assert_int_equal(route_of(r2, &a), ROUTE_LOCAL);
	node_free(r1);
	node_free(r2);
}

static void
a_remembered_place_that_a_peer_confirms_is_taken_at_once(void **state)
{
	struct node *r1 = node_new(1, "192.168.44.0/24");
	struct node *r2 = node_new(2, "192.168.44.0/24");
	struct addr a;

	(void)state;
	peering(r1, r2, 7);
	a = join(r1, 1);
	carry(r1, r2, 7);
	core_peer_down(r2->core, 7, now);
	restart_with_store(r1);
	sight(r1, 1, SIGHTING_PRESENT);
	assert_int_not_equal(route_of(r1, &a), ROUTE_LOCAL);
	peering(r1, r2, 8);
	assert_int_equal(route_of(r1, &a), ROUTE_LOCAL);
	node_free(r1);
	node_free(r2);
}

/*
 * Silent ever since.  A bridge and a radio would have told of it; where packets
 * alone tell, it is asked, and has as much time as ever to answer.
 */
static void
a_silent_station_is_asked_where_packets_alone_tell(void **state)
{
	static const enum station_source sources[] = {
		SOURCE_PACKETS, SOURCE_BRIDGE, SOURCE_NL80211
	};
	struct node *node;
	struct route r;
	struct addr a;
	bool packets;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		packets = sources[i] == SOURCE_PACKETS;
		node = node_new(1, "192.168.44.0/24");
		node->source = sources[i];
		restart(node);
		a = join(node, 1);
		restart_with_store(node);
		memset(&r, 0, sizeof(r));
		r.kind = ROUTE_LOCAL;
		r.ifindex = IFINDEX;
		r.mac = station(1);
		prefix_host(&r.prefix, &a);
		core_adopt(node->core, &r, now);
		assert_int_equal(count(node, EFFECT_PROBE), packets);
		pass(node, 25000);
		assert_int_equal(route_of(node, &a) == ROUTE_LOCAL, packets);
		pass(node, 15000);
		assert_int_not_equal(route_of(node, &a), ROUTE_LOCAL);
		node_free(node);
	}
}

/* Alone: who was here and still is needs nobody's word, after the start. */
static void
alone_a_station_that_is_still_here_is_kept(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct update before, after;
	struct addr a;

	(void)state;
	a = join(node, 1);
	assert_true(location_of(node, 1, &before));
	restart_with_store(node);
	sight(node, 1, SIGHTING_PRESENT);
	pass(node, 20000);
	assert_int_equal(route_of(node, &a), ROUTE_LOCAL);
	assert_true(location_of(node, 1, &after));
	assert_true(names(&after, &node->id));
	assert_int_equal(before.seqno, after.seqno);
	node_free(node);
}

static void
a_station_that_is_gone_is_given_up_with_the_next_seqno(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct update before, after;

	(void)state;
	(void)join(node, 1);
	assert_true(location_of(node, 1, &before));
	restart_with_store(node);
	pass(node, 30000);
	assert_true(location_of(node, 1, &after));
	assert_int_equal(after.vallen, 0);
	assert_int_equal(after.seqno, before.seqno + 1);
	node_free(node);
}

static void
seqno_goes_on_from_the_store(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct router_id other = { { 2, 0, 0, 0, 0, 0, 0, 9 } };
	struct stored s = location(&other, 1, 41, 1000000);
	struct update u;

	(void)state;
	assert_int_equal(core_store_load(node->core, &s, now), 0);
	sight(node, 1, SIGHTING_JOINED);
	assert_true(location_of(node, 1, &u));
	assert_int_equal(u.seqno, 42);
	node_free(node);
}

/* The store hears of each change once, and of nothing that it loaded. */
static void
only_changes_are_given_to_the_store(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct stored s;
	int i, n, leases = 0, locations = 0;

	(void)state;
	for (i = 0; i < 3; i++)
		(void)join(node, i);
	restart_with_store(node);
	assert_int_equal(core_store_next(node->core, &s), 0);
	for (n = 0; n < 3; n++)
		(void)join(node, 3);	/* three times, and given once */
	while (core_store_next(node->core, &s)) {
		leases += s.data[0] == DATUM_LEASE4;
		locations += s.data[0] == DATUM_LOCATION;
		assert_int_not_equal(s.data[0], DATUM_ROUTER);
	}
	assert_int_equal(leases, 1);
	assert_int_equal(locations, 1);
	core_store_stop(node->core);
	(void)join(node, 4);
	assert_int_equal(core_store_next(node->core, &s), 0);
	node_free(node);
}

/* Through all that leaves and enters the table the cursor stays good. */
static void
the_cursor_survives_removals(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct stored s;
	int i, n = 0;

	(void)state;
	core_store_start(node->core);
	for (i = 0; i < 20; i++)
		(void)join(node, i);
	core_store_all(node->core);
	assert_int_equal(core_store_next(node->core, &s), 1);
	/* Leases end, their memory ends, locations end. */
	pass(node, 48LL * 3600 * 1000);
	while (core_store_next(node->core, &s)) {
		assert_true(core_store_holds(node->core, s.data, s.keylen));
		n++;
	}
	assert_true(n < 21);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		addresses_and_times_are_the_same_though_the_hash_key_is_not),
		cmocka_unit_test(
		    released_lease_stays_released_and_is_remembered),
		cmocka_unit_test(
		    what_is_sent_anew_is_kept_and_so_is_what_came_after_it),
		cmocka_unit_test(what_outlives_its_maximum_is_capped),
		cmocka_unit_test(what_is_over_or_out_of_place_is_not_loaded),
		cmocka_unit_test(a_remembered_place_pulls_nobody_away),
		cmocka_unit_test(
		    a_remembered_place_that_a_peer_confirms_is_taken_at_once),
		cmocka_unit_test(
		    a_silent_station_is_asked_where_packets_alone_tell),
		cmocka_unit_test(alone_a_station_that_is_still_here_is_kept),
		cmocka_unit_test(
		    a_station_that_is_gone_is_given_up_with_the_next_seqno),
		cmocka_unit_test(seqno_goes_on_from_the_store),
		cmocka_unit_test(only_changes_are_given_to_the_store),
		cmocka_unit_test(the_cursor_survives_removals),
	};

	now.us = 1000000000;
	return cmocka_run_group_tests_name("core_store", tests, NULL, NULL);
}
