/* SPDX-License-Identifier: ISC */
/*
 * Where routes point: to this router's interface, to the router that has the
 * station, by an address that it says it has, or nowhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"
#define HAS4	"\1\4\x0a\0\0\x77"	/* a router's word: 10.0.0.119 */

static const uint8_t	there[8] = { 2, 0, 0, 0, 0, 0, 0, 0x77 };
static const uint8_t	lease[4] = { 192, 168, 44, 77 };

static void
tell(struct node *node, enum datum_kind kind, const void *key, size_t keylen,
    const void *value, size_t vallen, uint64_t seqno, uint32_t lifetime)
{
	struct update u;

	make_update(&u, kind, key, keylen, value, vallen, seqno, lifetime);
	assert_null(core_update(node->core, STRANGER, &u, now));
}

/* A peer tells of a station that is there, and of its lease. */
static struct addr
station_there(struct node *node)
{
	struct mac mac = station(1);
	struct addr addr;

	tell(node, DATUM_LEASE4, lease, 4, mac.octet, 6, 1, 3600);
	tell(node, DATUM_LOCATION, mac.octet, 6, there, 8, 1, 3600);
	addr_from_v4(&addr, lease);
	return addr;
}

static void
set_direct(struct node *node, bool direct)
{
	node->conf->global.direct = direct;
	core_conf(node->core, node->conf, now);
}

/* One that has said no address, or is not heard of any more, is not. */
static void
a_router_is_reached_by_an_address_that_it_says(void **state)
{
	struct node *node = node_new(1, POOL);
	struct addr addr;

	(void)state;
	addr = station_there(node);
	assert_int_equal(route_of(node, &addr), -1);
	tell(node, DATUM_ROUTER, there, 8, "", 0, 1, 600);
	assert_int_equal(route_of(node, &addr), -1);
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 2, 600);
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	tell(node, DATUM_ROUTER, there, 8, "", 0, 3, 600);
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	tell(node, DATUM_ROUTER, there, 8, "\2\x10\x20\1\x0d\xb8\0\0\0\0\0\0"
	    "\0\0\0\0\0\x09", 18, 4, 600);
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	pass(node, 601 * 1000);
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	node_free(node);
}

static void
without_direct_routes_none_leads_to_another_router(void **state)
{
	struct node *node = node_new(1, POOL);
	struct addr addr, ours;

	(void)state;
	set_direct(node, false);
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 1, 600);
	addr = station_there(node);
	ours = join(node, 2);
	assert_int_equal(route_of(node, &addr), -1);
	assert_int_equal(route_of(node, &ours), ROUTE_LOCAL);
	set_direct(node, true);
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	set_direct(node, false);
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	assert_int_equal(route_of(node, &ours), ROUTE_LOCAL);
	node_free(node);
}

/* A claim with an old one changes nothing, however young it is. */
static void
a_route_is_moved_by_the_next_seqno_alone(void **state)
{
	struct node *node = node_new(1, POOL);
	struct mac mac = station(1);
	struct update u, found;
	struct ctl_status status;
	struct addr addr;
	uint64_t seqno;

	(void)state;
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 1, 600);
	tell(node, DATUM_LOCATION, mac.octet, 6, there, 8, 5, 600);
	addr = join(node, 1);
	make_update(&u, DATUM_LOCATION, mac.octet, 6, there, 8, 5, 600);
	assert_true(find_datum(node, &u, &found));
	seqno = found.seqno;
	assert_int_equal(seqno, 6);
	pass(node, 1000);
	u.age = 0;
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.seqno, seqno);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.roams_out, 0);
	pass(node, 10000);
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	u.seqno = seqno + 1;
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	node_free(node);
}

static void
a_lease_has_a_route_as_long_as_it_lives(void **state)
{
	struct node *node = node_new(1, POOL);
	struct mac mac = station(1);
	struct addr addr;

	(void)state;
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 1, 3600);
	addr = station_there(node);
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	pass(node, 1700 * 1000);
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 2, 3600);
	tell(node, DATUM_LOCATION, mac.octet, 6, there, 8, 1, 3600);
	pass(node, 99 * 1000);
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	pass(node, 1000);
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	/* It begins anew, and ends by a word. */
	tell(node, DATUM_LEASE4, lease, 4, mac.octet, 6, 2, 3600);
	assert_int_equal(route_of(node, &addr), ROUTE_DIRECT);
	tell(node, DATUM_LEASE4, lease, 4, mac.octet, 6, 3, 0);
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	node_free(node);
}

static int
reset(void **state)
{
	(void)state;
	now.us = 1000000;
	return 0;
}

/* The last of a router: its address, as text, none, or NULL: never. */
static const char *
nexthop_of(const struct node *node, const uint8_t *id)
{
	int n;

	for (n = node->n; n-- > 0;)
		if (node->seen[n].type == EFFECT_NEXTHOP && memcmp(
		    node->seen[n].nexthop.router.octet, id, 8) == 0)
			return addr_is_none(&node->seen[n].nexthop.addr4) ?
			    "none" : addr_text(&node->seen[n].nexthop.addr4);
	return NULL;
}

/* Of others that have an address, and with direct routes only. */
static void
the_kernel_is_told_how_to_reach_routers(void **state)
{
	struct node *node = node_new(1, POOL);

	(void)state;
	tell(node, DATUM_ROUTER, there, 8, "", 0, 1, 600);
	assert_null(nexthop_of(node, there));
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 2, 600);
	assert_string_equal(nexthop_of(node, there), "10.0.0.119");
	set_direct(node, false);
	assert_string_equal(nexthop_of(node, there), "none");
	node->n = 0;
	tell(node, DATUM_ROUTER, there, 8, "\1\4\x0a\0\0\x78", 6, 3, 600);
	assert_null(nexthop_of(node, there));
	set_direct(node, true);
	assert_string_equal(nexthop_of(node, there), "10.0.0.120");
	pass(node, 601 * 1000);
	assert_string_equal(nexthop_of(node, there), "none");
	/* We need none. */
	assert_null(nexthop_of(node, node->id.octet));
	node_free(node);
}

static int
count_routes(const struct node *node, enum route_kind kind)
{
	int i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_ROUTE &&
		    node->seen[i].route.kind == kind;
	return n;
}

/* So that a reload, or a claim that is made anew, costs the kernel nothing. */
static void
a_route_that_stands_is_not_set_again(void **state)
{
	struct node *node = node_new(1, POOL);
	struct mac mac = station(1);

	(void)state;
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 1, 60000);
	(void)station_there(node);
	(void)join(node, 2);
	assert_int_equal(count_routes(node, ROUTE_DIRECT), 1);
	node->n = 0;
	core_conf(node->core, node->conf, now);
	tell(node, DATUM_LOCATION, mac.octet, 6, there, 8, 1, 7200);
	tell(node, DATUM_LOCATION, mac.octet, 6, there, 8, 2, 7200);
	tell(node, DATUM_LEASE4, lease, 4, mac.octet, 6, 1, 7200);
	tell(node, DATUM_ROUTER, there, 8, HAS4, 6, 2, 60000);
	sight(node, 2, SIGHTING_JOINED);
	assert_int_equal(count_routes(node, ROUTE_DIRECT), 0);
	assert_int_equal(count_routes(node, ROUTE_LOCAL), 0);
	assert_int_equal(count_routes(node, ROUTE_NONE), 0);
	node_free(node);
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		TEST(a_router_is_reached_by_an_address_that_it_says),
		TEST(without_direct_routes_none_leads_to_another_router),
		TEST(a_route_is_moved_by_the_next_seqno_alone),
		TEST(a_lease_has_a_route_as_long_as_it_lives),
		TEST(the_kernel_is_told_how_to_reach_routers),
		TEST(a_route_that_stands_is_not_set_again),
	};

	return cmocka_run_group_tests_name("core_route", tests, NULL, NULL);
}
