/* SPDX-License-Identifier: ISC */
/*
 * Stations of static entries of a bridge, which says nothing more of them:
 * their frames show that they are there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"

static void	sight_static(struct node *, int, enum sighting_kind, uint8_t);
static int	here(struct node *);
static void	claim_elsewhere(struct node *, int);

static void
sight_static(struct node *node, int i, enum sighting_kind kind, uint8_t fixed)
{
	struct sighting s = { .ifindex = IFINDEX, .port = PORT,
	    .kind = (uint32_t)kind, .mac = station(i),
	    .source = SOURCE_BRIDGE, .fixed = fixed, .port_name = "tap0" };

	core_sighting(node->core, &s, now);
}

/* By its location. */
static int
here(struct node *node)
{
	struct mac mac = station(1);
	struct update u, found;

	make_update(&u, DATUM_LOCATION, mac.octet, 6, NULL, 0, 1, 600);
	return find_datum(node, &u, &found) &&
	    found.vallen == sizeof(node->id) &&
	    memcmp(found.data + found.keylen, &node->id,
	    sizeof(node->id)) == 0;
}

static void
claim_elsewhere(struct node *node, int i)
{
	const struct router_id other = { { 2, 0, 0, 0, 0, 0, 0, 9 } };
	struct mac mac = station(i);
	struct update u, found;

	make_update(&u, DATUM_LOCATION, mac.octet, 6, NULL, 0, 1, 600);
	assert_true(find_datum(node, &u, &found));
	make_update(&u, DATUM_LOCATION, mac.octet, 6, &other, 8,
	    found.seqno + 1, 600);
	assert_null(core_update(node->core, STRANGER, &u, now));
}

/* It is silent, or claimed by another router; then it sends a frame. */
static void
it_is_back_by_any_frame(void **state)
{
	static const struct {
		uint8_t	fixed;
		int	claimed;
	} rows[] = { { 1, 0 }, { 1, 1 }, { 0, 0 }, { 0, 1 } };
	struct node *node;
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_new(1, POOL);
		node->source = SOURCE_BRIDGE;
		core_start(node);
		pass(node, 2000);
		sight_static(node, 1, SIGHTING_JOINED, rows[i].fixed);
		addr = obtain(node, 1);
		assert_int_equal(here(node), 1);
		assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
		if (rows[i].claimed) {
			pass(node, 1000);
			claim_elsewhere(node, 1);
		}
		pass(node, rows[i].claimed ? 20000 : 600000);
		assert_int_equal(here(node), 0);
		assert_int_not_equal(route_of(node, &addr), ROUTE_LOCAL);
		hear(node, 1, HEARD_ARP, &addr);
		assert_int_equal(here(node), rows[i].fixed);
		sight_static(node, 1, SIGHTING_LEFT, 0);
		pass(node, 1000);
		assert_int_equal(here(node), 0);
		/* The entry is no more. */
		hear(node, 1, HEARD_ARP, &addr);
		assert_int_equal(here(node), 0);
		node_free(node);
	}
}

/* Without an address nobody can ask it. */
static void
it_is_gone_when_it_is_silent_and_back_when_it_speaks(void **state)
{
	struct node *node = node_new(1, POOL);

	(void)state;
	node->source = SOURCE_BRIDGE;
	core_start(node);
	node->conf->networks[0].nprefixes = 1;
	core_conf(node->core, node->conf, now);
	pass(node, 2000);
	sight_static(node, 1, SIGHTING_JOINED, 1);
	assert_int_equal(here(node), 1);
	pass(node, 400000);
	assert_int_equal(here(node), 0);
	hear(node, 1, HEARD_OTHER, &addr_none);
	assert_int_equal(here(node), 1);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_back_by_any_frame),
		cmocka_unit_test(
		    it_is_gone_when_it_is_silent_and_back_when_it_speaks),
	};

	return cmocka_run_group_tests_name("core_fixed", tests, NULL, NULL);
}
