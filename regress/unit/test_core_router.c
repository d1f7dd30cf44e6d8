/* SPDX-License-Identifier: ISC */
/* Routers: who is heard of, and whose addresses no station may have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "lease/reserve.h"
#include "lease/router_datum.h"
#include "lease/state.h"

static const uint8_t other[8] = { 2, 0, 0, 0, 0, 0, 0, 0x77 };

static struct update
says_of(const uint8_t *id, uint8_t last_octet, uint64_t seqno)
{
	const uint8_t value[] = { 1, 4, 192, 168, 44, last_octet };
	struct update u;

	make_update(&u, DATUM_ROUTER, id, 8, value, sizeof(value), seqno,
	    ROUTER_S);
	u.age = 0;
	return u;
}

static struct update
says(uint8_t last_octet, uint64_t seqno)
{
	return says_of(other, last_octet, seqno);
}

static int
find(struct node *node, const uint8_t *id, struct ctl_router *found)
{
	struct ctl_cursor cursor = { 0 };

	while (core_show_router(node->core, &cursor, found, now))
		if (memcmp(found->id.octet, id, 8) == 0)
			return 1;
	return 0;
}

static void
own_presence_is_flooded_every_two_minutes(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct update u;
	int i;

	(void)state;
	core_start(node);
	core_peer_up(node->core, 5, true, now);
	while (core_peer_next(node->core, 5, &u, now))
		continue;
	for (i = 0; i < 5; i++) {
		pass(node, ROUTER_REFRESH_S * 1000 - 1000);
		assert_int_equal(core_peer_next(node->core, 5, &u, now), 0);
		pass(node, 1000);
		assert_int_equal(core_peer_next(node->core, 5, &u, now), 1);
		assert_int_equal(u.data[0], DATUM_ROUTER);
		assert_true(u.age < 1000);
		assert_in_range(u.lifetime, ROUTER_S - 1, ROUTER_S);
		pass(node, 0);
	}
	node_free(node);
}

static void
router_that_is_not_heard_of_is_silent_until_it_is(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct ctl_router r;
	struct update u = says(9, 1);
	monotime_t when;
	int i;

	(void)state;
	core_start(node);
	assert_false(core_router_heard(node->core,
	    &(const struct router_id){ { 2, 0, 0, 0, 0, 0, 0, 0x77 } },
	    &when));
	assert_null(core_update(node->core, 7, &u, now));
	for (i = 0; i < 4; i++) {		/* refreshed, as it should */
		pass(node, ROUTER_REFRESH_S * 1000);
		u = says(9, 2 + (uint64_t)i);
		assert_null(core_update(node->core, 7, &u, now));
		assert_true(find(node, other, &r));
		assert_false(r.silent);
		assert_int_equal(r.heard, 0);
		assert_int_equal(r.session, 7);
	}
	pass(node, ROUTER_SILENT_S * 1000 - 1);
	assert_true(find(node, other, &r));
	assert_false(r.silent);
	pass(node, 1);
	assert_true(find(node, other, &r));
	assert_true(r.silent);
	assert_int_equal(r.heard, ROUTER_SILENT_S);
	u = says(9, 6);
	assert_null(core_update(node->core, 7, &u, now));
	assert_true(find(node, other, &r));
	assert_false(r.silent);
	/* In the end it is forgotten. */
	pass(node, ROUTER_S * 1000 + 1000);
	assert_false(find(node, other, &r));
	node_free(node);
}

static const uint8_t third[8] = { 2, 0, 0, 0, 0, 0, 0, 0x78 };

/* A machine with its address and another id has taken its place. */
static void
router_that_was_replaced_is_forgotten_when_it_is_silent(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct update old = says(9, 1), new = says_of(third, 9, 1);
	struct ctl_router r;
	unsigned int i;

	(void)state;
	core_start(node);
	assert_null(core_update(node->core, 7, &old, now));
	pass(node, 100000);
	assert_null(core_update(node->core, 7, &new, now));
	/* It may be alive: two routers that somebody gave one address. */
	pass(node, ROUTER_SILENT_S * 1000 - 100000 - 1);
	assert_true(find(node, other, &r));
	pass(node, 1);
	assert_false(find(node, other, &r));
	assert_true(find(node, third, &r));
	/* No copy brings it back, whatever its lifetime; its next word does. */
	assert_non_null(core_update(node->core, 7, &old, now));
	assert_false(find(node, other, &r));
	old = says(9, 2);
	assert_null(core_update(node->core, 7, &old, now));
	assert_true(find(node, other, &r));
	/* In the other order: it is silent already when the other comes. */
	for (i = 0; i < ROUTER_SILENT_S; i += 100)
		pass(node, 100000);
	assert_true(find(node, other, &r));
	assert_true(r.silent);
	new = says_of(third, 9, 2);
	assert_null(core_update(node->core, 7, &new, now));
	assert_false(find(node, other, &r));
	assert_int_equal(node->core->lease->nrouter_data, 1);
	node_free(node);
}

static void
nobody_at_another_address_replaces_a_router(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct update old = says(9, 1), new = says_of(third, 10, 1);
	struct ctl_router r;

	(void)state;
	core_start(node);
	assert_null(core_update(node->core, 7, &new, now));
	assert_null(core_update(node->core, 7, &old, now));
	pass(node, 100000);
	new = says_of(third, 10, 2);
	assert_null(core_update(node->core, 7, &new, now));
	pass(node, ROUTER_SILENT_S * 1000);
	assert_true(find(node, other, &r));
	assert_true(r.silent);
	node_free(node);
}

/* Our own address is that of a dead router: we are in its place. */
static void
router_that_we_replaced_is_forgotten(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct update old = says(9, 1);
	struct ctl_router r;

	(void)state;
	assert_int_equal(addr_parse("192.168.44.9",
	    &node->conf->global.router_addr4), 0);
	core_start(node);
	old.age = 200000;
	assert_null(core_update(node->core, 7, &old, now));
	assert_true(find(node, other, &r));
	pass(node, ROUTER_SILENT_S * 1000 - 200000);
	assert_false(find(node, other, &r));
	node_free(node);
}

static void
operator_forgets_a_router_that_is_gone(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct router_id id, self = node->core->self;
	struct update old = says(9, 1);
	struct ctl_router r;
	uint32_t heard;

	(void)state;
	memcpy(&id, other, sizeof(id));
	core_start(node);
	assert_int_equal(core_clear_router(node->core, &id, &heard, now), -1);
	assert_int_equal(core_clear_router(node->core, &self, &heard, now),
	    -1);
	assert_null(core_update(node->core, 7, &old, now));
	pass(node, ROUTER_LATE_S * 1000 - 1000);
	assert_int_equal(core_clear_router(node->core, &id, &heard, now), 1);
	assert_int_equal(heard, ROUTER_LATE_S - 1);
	pass(node, 1000);
	assert_int_equal(core_clear_router(node->core, &id, &heard, now), 0);
	assert_false(find(node, other, &r));
	assert_non_null(core_update(node->core, 7, &old, now));
	assert_false(find(node, other, &r));
	node_free(node);
}

static void
address_is_reserved_as_long_as_a_router_has_it(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	const struct router_id id = { { 2, 0, 0, 0, 0, 0, 0, 0x78 } };
	struct update u = says(9, 1);
	struct prefix p;
	struct addr addr;

	(void)state;
	core_start(node);
	addr_parse("192.168.44.9", &addr);
	prefix_host(&p, &addr);
	assert_false(core_is_reserved(node->core, &p));
	assert_null(core_update(node->core, 7, &u, now));
	u = says_of(id.octet, 9, 1);		/* a second with the same */
	assert_null(core_update(node->core, 7, &u, now));
	assert_true(core_is_reserved(node->core, &p));
	u = says(10, 2);			/* the first moves on */
	assert_null(core_update(node->core, 7, &u, now));
	assert_true(core_is_reserved(node->core, &p));
	pass(node, ROUTER_S * 1000 + 1000);
	assert_false(core_is_reserved(node->core, &p));
	node_free(node);
}

static void
what_is_dropped_has_a_reason(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	const uint8_t there[] = { 10, 0, 0, 7 }, elsewhere[] = { 11, 0, 0, 7 };
	const struct mac mac = station(1);
	struct update u;

	(void)state;
	core_start(node);
	make_update(&u, DATUM_LEASE4, there, 4, &mac, 6, 1, 60);
	assert_null(core_update(node->core, 7, &u, now));
	make_update(&u, DATUM_LEASE4, elsewhere, 4, &mac, 6, 1, 60);
	assert_string_equal(core_update(node->core, 7, &u, now),
	    "a lease outside of our prefixes");
	make_update(&u, DATUM_LEASE4, there, 3, &mac, 6, 1, 60);
	assert_string_equal(core_update(node->core, 7, &u, now), "malformed");
	make_update(&u, DATUM_ROUTER, other, 8, "\1\4\x7f\0\0\1", 6, 1, 60);
	assert_string_equal(core_update(node->core, 7, &u, now), "malformed");
	node_free(node);
}

static void
who_speaks_in_our_name_is_answered_even_in_a_storm(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct update u, found;
	uint64_t seqno;

	(void)state;
	core_start(node);
	for (seqno = 100; seqno < 120; seqno++) {
		u = says_of(node->id.octet, 9, seqno);
		assert_null(core_update(node->core, 7, &u, now));
	}
	/* What is being signed meanwhile comes first. */
	pass(node, 1000);
	assert_true(find_datum(node, &u, &found));
	assert_in_range(found.seqno, 101, 120);
	pass(node, 1000);
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.seqno, 120);
	assert_memory_not_equal(found.data + 9, u.data + 9, u.vallen);
	node_free(node);
}

static uint32_t
hops_of(struct node *node, const uint8_t *id)
{
	struct ctl_router r;

	return find(node, id, &r) ? r.hops : UINT32_MAX;
}

/* Its word comes over sessions 7, first, and 8. */
static void
the_shortest_way_of_a_routers_last_word_counts(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct update u = says(9, 1);

	(void)state;
	core_start(node);
	u.hops = 4;
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(hops_of(node, other), 4);
	u.hops = 2;
	assert_null(core_update(node->core, 8, &u, now));
	assert_int_equal(hops_of(node, other), 2);
	u.hops = 3;
	assert_null(core_update(node->core, 8, &u, now));
	assert_int_equal(hops_of(node, other), 2);
	/* The short way is gone; what comes over it is an old word. */
	pass(node, ROUTER_REFRESH_S * 1000);
	u = says(9, 2);
	u.hops = 5;
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(hops_of(node, other), 5);
	u = says(9, 1);
	u.hops = 2;
	u.lifetime -= ROUTER_REFRESH_S;
	u.age = ROUTER_REFRESH_S * 1000;
	assert_null(core_update(node->core, 8, &u, now));
	assert_int_equal(hops_of(node, other), 5);
	/* The next one counts from the beginning. */
	u = says(9, 3);
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(hops_of(node, other), 0);
	node_free(node);
}

static void
peers_are_told_how_far_a_router_is(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct update u = says(9, 1);
	uint8_t second[8];
	int n, found = 0;

	(void)state;
	core_start(node);
	u.hops = 4;
	assert_null(core_update(node->core, 7, &u, now));
	memcpy(second, other, 8);
	second[7]++;
	u = says_of(second, 9, 1);
	u.hops = UINT8_MAX;
	assert_null(core_update(node->core, 7, &u, now));
	core_peer_up(node->core, 5, PEER_EXTENDED, now);
	for (n = 0; core_peer_next(node->core, 5, &u, now); n++) {
		assert_int_equal(u.data[0], DATUM_ROUTER);
		if (memcmp(u.data + 1, node->id.octet, 8) == 0)
			found += u.hops == 1;
		else if (memcmp(u.data + 1, other, 8) == 0)
			found += u.hops == 5;
		else
			found += u.hops == 0;
	}
	assert_int_equal(n, 3);
	assert_int_equal(found, 3);
	node_free(node);
}

/* What a session tells of router n: its address follows from it. */
static const char *
tells(struct node *node, uint32_t session, uint32_t n, uint64_t seqno)
{
	uint8_t id[8] = { 2 }, value[6] = { 1, 4, 10 };
	struct update u;

	memcpy(id + 4, &n, sizeof(n));
	memcpy(value + 2 + 1, (uint8_t *)&n + 1, 3);
	value[2 + 3] = (uint8_t)n;
	make_update(&u, DATUM_ROUTER, id, 8, value, 6, seqno, ROUTER_S);
	return core_update(node->core, session, &u, now);
}

static bool
knows(struct node *node, uint32_t n)
{
	uint8_t id[8] = { 2 };
	struct ctl_router r;

	memcpy(id + 4, &n, sizeof(n));
	return find(node, id, &r) && !addr_is_none(&r.addr4);
}

static struct node *
ten_of_session_seven(void)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	uint32_t n;

	node->conf->global.max_routers = 10;
	core_free(node->core);
	core_start(node);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	core_peer_up(node->core, 8, PEER_EXTENDED, now);
	for (n = 1; n <= 10; n++)
		assert_null(tells(node, 7, n, 1));
	return node;
}

static void
one_router_too_many_is_refused_by_whomever_it_is_told(void **state)
{
	struct node *node = ten_of_session_seven();
	uint32_t n;

	(void)state;
	for (n = 11; n <= 33500; n++)
		assert_string_equal(tells(node, n % 2 ? 7 : 8, n, 1),
		    "too many routers");
	assert_int_equal(node->core->lease->nrouter_data, 10);
	/* and ourselves */
	assert_int_equal(node->core->lease->nrouters, 11);
	for (n = 1; n <= 10; n++) {			/* news of the ten */
		assert_true(knows(node, n));
		assert_null(tells(node, 8, n, 2));
	}
	/* Their time is over: there is room. */
	pass(node, ROUTER_S * 1000 + 1000);
	assert_int_equal(node->core->lease->nrouter_data, 0);
	for (n = 11; n <= 20; n++)
		assert_null(tells(node, 8, n, 1));
	assert_string_equal(tells(node, 8, 21, 1), "too many routers");
	node_free(node);
}

static void
routers_that_no_session_speaks_for_give_way(void **state)
{
	struct node *node = ten_of_session_seven();
	uint32_t n;

	(void)state;
	assert_null(tells(node, 8, 1, 2));	/* now 8 has told of it last */
	core_peer_down(node->core, 7, now);
	for (n = 11; n <= 19; n++) {
		assert_null(tells(node, 8, n, 1));
		assert_false(knows(node, n - 9));	/* the longest so */
		assert_true(knows(node, n));
	}
	assert_true(knows(node, 1));
	assert_string_equal(tells(node, 8, 20, 1), "too many routers");
	core_peer_up(node->core, 9, PEER_EXTENDED, now);
	assert_string_equal(tells(node, 9, 20, 1), "too many routers");
	core_peer_down(node->core, 8, now);
	assert_null(tells(node, 9, 20, 1));
	assert_int_equal(node->core->lease->nrouter_data, 10);
	node_free(node);
}

static void
station_of_a_router_that_gave_way_has_a_route_when_it_is_back(void **state)
{
	struct node *node = ten_of_session_seven();
	const uint8_t at[8] = { 2, 0, 0, 0, 1, 0, 0, 0 };
	const uint8_t lease[4] = { 192, 168, 44, 77 };
	const struct mac mac = station(1);
	struct addr addr;
	struct update u;

	(void)state;
	addr_from_v4(&addr, lease);
	make_update(&u, DATUM_LEASE4, lease, 4, &mac, 6, 1, 3600);
	assert_null(core_update(node->core, 8, &u, now));
	make_update(&u, DATUM_LOCATION, &mac, 6, at, 8, 1, 3600);
	assert_null(core_update(node->core, 8, &u, now));
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	core_peer_down(node->core, 7, now);
	assert_null(tells(node, 8, 11, 1));
	assert_false(knows(node, 1));
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	assert_null(tells(node, 8, 1, 1));
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	node_free(node);
}

static void
a_gateway_has_its_address_while_its_interface_is_up(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct link link = { .ifindex = IFINDEX + 1, .name = "roam1",
	    .lladdr = { { 2 } }, .up = 1, .source = SOURCE_PACKETS };
	struct prefix p;
	struct addr addr;

	(void)state;
	(void)addr_parse("192.168.44.99", &addr);
	prefix_host(&p, &addr);
	link.gateway4 = addr;
	assert_false(core_is_reserved(node->core, &p));
	core_link(node->core, &link, now);
	assert_true(core_is_reserved(node->core, &p));
	(void)addr_parse("192.168.44.98", &link.gateway4);
	core_link(node->core, &link, now);
	assert_false(core_is_reserved(node->core, &p));
	link.gateway4 = addr;
	core_link(node->core, &link, now);
	assert_true(core_is_reserved(node->core, &p));
	link.up = 0;
	core_link(node->core, &link, now);
	assert_false(core_is_reserved(node->core, &p));
	node_free(node);
}

/* What `show routers` has of it, and what others read of ours. */
static void
each_router_is_shown_as_it_says(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct node *far = node_new(2, "10.0.0.0/24");
	struct ctl_router r;
	struct addr addr;

	(void)state;
	strlcpy(node->conf->global.name, "ap1",
	    sizeof(node->conf->global.name));
	core_conf(node->core, node->conf, now);
	peering(node, far, 5);
	assert_true(find(far, node->id.octet, &r));
	assert_string_equal(r.name, "ap1");
	assert_string_equal(r.version, VERSION);
	(void)addr_parse("10.0.0.1", &addr);
	assert_int_equal(addr_cmp(&r.addr4, &addr), 0);
	assert_true(addr_is_none(&r.addr6));
	assert_false(r.self);
	assert_true(find(node, node->id.octet, &r));
	assert_true(r.self);
	/* An address of its own is said at once, by a greater seqno. */
	(void)addr_parse("2001:db8::1", &node->conf->global.router_addr6);
	core_conf(node->core, node->conf, now);
	carry(node, far, 5);
	assert_true(find(far, node->id.octet, &r));
	assert_int_equal(addr_cmp(&r.addr6,
	    &node->conf->global.router_addr6), 0);
	node_free(node);
	node_free(far);
}

/* Where a station is, is shown by the router's name, else by its id. */
static void
a_router_is_called_by_its_name_if_it_has_one(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct ctl_cursor cursor = { 0 };
	const struct router_id id = { { 2, [7] = 0x77 } };
	struct mac mac = station(1);
	struct ctl_station s;
	struct update u;

	(void)state;
	make_update(&u, DATUM_LOCATION, mac.octet, 6, other, 8, 1, 600);
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(core_show_station(node->core, &cursor, &s, now), 1);
	assert_string_equal(s.router_name, router_id_text(&id));
	make_update(&u, DATUM_ROUTER, other, 8, "\3\3ap7", 5, 1, 600);
	assert_null(core_update(node->core, 7, &u, now));
	memset(&cursor, 0, sizeof(cursor));
	assert_int_equal(core_show_station(node->core, &cursor, &s, now), 1);
	assert_string_equal(s.router_name, "ap7");
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_presence_is_flooded_every_two_minutes),
		cmocka_unit_test(
		    router_that_is_not_heard_of_is_silent_until_it_is),
		cmocka_unit_test(
		    router_that_was_replaced_is_forgotten_when_it_is_silent),
		cmocka_unit_test(nobody_at_another_address_replaces_a_router),
		cmocka_unit_test(router_that_we_replaced_is_forgotten),
		cmocka_unit_test(operator_forgets_a_router_that_is_gone),
		cmocka_unit_test(
		    address_is_reserved_as_long_as_a_router_has_it),
		cmocka_unit_test(
		    who_speaks_in_our_name_is_answered_even_in_a_storm),
		cmocka_unit_test(what_is_dropped_has_a_reason),
		cmocka_unit_test(
		    the_shortest_way_of_a_routers_last_word_counts),
		cmocka_unit_test(peers_are_told_how_far_a_router_is),
		cmocka_unit_test(
		    one_router_too_many_is_refused_by_whomever_it_is_told),
		cmocka_unit_test(routers_that_no_session_speaks_for_give_way),
		cmocka_unit_test(
		    station_of_a_router_that_gave_way_has_a_route_when_it_is_back),
		cmocka_unit_test(
		    a_gateway_has_its_address_while_its_interface_is_up),
		cmocka_unit_test(each_router_is_shown_as_it_says),
		cmocka_unit_test(a_router_is_called_by_its_name_if_it_has_one),
	};

	return cmocka_run_group_tests_name("core_router", tests, NULL, NULL);
}
