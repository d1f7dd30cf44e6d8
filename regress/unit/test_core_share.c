/* SPDX-License-Identifier: ISC */
/* How much of a pool the stations at one port may have: lease/share.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "lease/release.h"
#include "lease/state.h"

#define POOL	"192.168.44.0/24"
#define THIEF	100		/* ports */
#define OTHER	101
#define FREE	192		/* addresses for whoever comes first */
#define SECOND	48		/* of the others, for a second port */
#define THIRD	12		/* and for a third */

static struct node *
node_of(uint8_t which)
{
	struct node *node = node_new(which, POOL);

	node->conf->networks[0].max_share = 75;
	core_conf(node->core, node->conf, now);
	pass(node, 5000);
	return node;
}

static void
sight_at(struct node *node, int i, uint32_t port)
{
	struct sighting s = {
		.ifindex = IFINDEX, .port = port, .kind = SIGHTING_JOINED,
		.source = SOURCE_BRIDGE, .mac = station(i)
	};

	core_sighting(node->core, &s, now);
}

/* How many of the stations get an address at this port. */
static int
arrive(struct node *node, uint32_t port, int from, int n)
{
	struct addr addr;
	int i, got = 0;

	for (i = from; i < from + n; i++) {
		node->n = 0;
		sight_at(node, i, port);
		addr = obtain(node, i);
		got += !addr_is_none(&addr);
	}
	return got;
}

static struct ctl_status
status_of(struct node *node)
{
	struct ctl_status status;

	core_show_status(node->core, &status, now);
	return status;
}

static void
later(struct node *node, int64_t seconds)
{
	int64_t i;

	for (i = 0; i < seconds; i += 60) {
		node->n = 0;
		pass(node, 60 * 1000);
	}
}

/* Nothing is counted any more for any port. */
static void
expect_nothing_held(struct node *node)
{
	const struct lease_state *l = node->core->lease;
	const struct network *net = l->networks.list[0];
	unsigned int i, kind;

	for (i = 0; i < SHARES; i++)
		for (kind = 0; kind < LEASE_KINDS; kind++)
			assert_int_equal(l->shares[i].n[kind], 0);
	for (i = 0; i < net->conf.nprefixes; i++)
		assert_int_equal(net->pools[i].taken, 0);
}

static void
a_port_cannot_take_a_whole_pool(void **state)
{
	struct node *node = node_of(1);

	(void)state;
	assert_int_equal(arrive(node, THIEF, 1, 1000), FREE);
	assert_int_equal(status_of(node).pool_kept, 1000 - FREE);
	assert_int_equal(status_of(node).pool_empty, 0);
	assert_int_equal(arrive(node, OTHER, 2001, 100), SECOND);
	assert_int_equal(arrive(node, OTHER + 1, 3001, 50), THIRD);
	assert_int_equal(arrive(node, THIEF, 4001, 5), 0);
	node_free(node);
}

/* Nobody takes too much: what is free is for whoever comes. */
static void
many_ports_use_nearly_all_of_it(void **state)
{
	struct node *node = node_of(1);
	int i, port, got = 0;

	(void)state;
	for (i = 0; i < 60; i++)
		for (port = 0; port < 5; port++)
			got += arrive(node, (uint32_t)(THIEF + port),
			    1 + i * 5 + port, 1);
	assert_in_range(got, 238, 242);
	node_free(node);
}

/* Whoever asks for an address outright, too. */
static void
a_request_takes_no_more_than_a_discover(void **state)
{
	struct node *node = node_of(1);
	const struct dhcp_reply *reply;
	struct addr addr;
	int i, got = 0;

	(void)state;
	for (i = 1; i <= 253; i++) {
		const uint8_t octets[4] = { 192, 168, 44, (uint8_t)(i + 1) };

		sight_at(node, i, THIEF);
		addr_from_v4(&addr, octets);
		reply = dhcp(node, i, DHCP_REQUEST, &addr, 0);
		got += reply != NULL && reply->type == DHCP_ACK;
		node->n = 0;
	}
	assert_int_equal(got, FREE);
	assert_int_equal(arrive(node, OTHER, 2001, 10), 10);
	node_free(node);
}

/* A DISCOVER costs nothing, and an offer is kept for half a minute. */
static void
offers_count_as_leases_do(void **state)
{
	struct node *node = node_of(1);
	int i, got = 0;

	(void)state;
	for (i = 1; i <= 1000; i++) {
		node->n = 0;
		sight_at(node, i, THIEF);
		got += dhcp(node, i, DHCP_DISCOVER, NULL, 0) != NULL;
	}
	assert_int_equal(got, FREE);
	assert_int_equal(arrive(node, OTHER, 2001, 10), 10);
	/* Once more is no other one. */
	assert_non_null(dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	pass(node, 31000);
	assert_int_equal(arrive(node, THIEF, 4001, 50), 50);
	node_free(node);
}

static void
another_router_serves_its_stations(void **state)
{
	struct node *a = node_of(1), *b = node_of(2);

	(void)state;
	peering(a, b, 7);
	assert_int_equal(arrive(a, THIEF, 1, 1000), FREE);
	carry(a, b, 7);
	assert_int_equal(arrive(b, OTHER, 2001, 10), 10);
	/* It knows of all leases, and of its own port's. */
	assert_int_equal(arrive(b, OTHER, 3001, 50), SECOND - 10);
	node_free(a);
	node_free(b);
}

static void
who_has_an_address_keeps_it(void **state)
{
	struct node *node = node_of(1);
	struct addr addr;
	int i;

	(void)state;
	(void)arrive(node, THIEF, 1, FREE);
	(void)arrive(node, THIEF, 1001, 50);
	for (i = 1; i <= FREE; i++) {
		node->n = 0;
		addr = obtain(node, i);
		assert_false(addr_is_none(&addr));
	}
	node_free(node);
}

static void
what_has_ended_does_not_count(void **state)
{
	struct node *node = node_of(1);
	struct addr addr;

	(void)state;
	(void)arrive(node, THIEF, 1, 1000);
	addr = obtain(node, 1);
	dhcp(node, 1, DHCP_RELEASE, &addr, 0);
	/* It is asked first, and does not answer. */
	assert_int_equal(arrive(node, THIEF, 1501, 5), 0);
	pass(node, RELEASE_WAIT_MS + RELEASE_ASKS * RELEASE_ASK_MS);
	assert_int_equal(arrive(node, THIEF, 2001, 5), 1);
	later(node, 3600);
	assert_int_equal(arrive(node, THIEF, 3001, 50), 50);
	later(node, 3 * 24 * 3600);
	expect_nothing_held(node);
	node_free(node);
}

/* A declined address is nobody's, and still takes its place. */
static void
declined_ones_are_the_ports(void **state)
{
	struct node *node = node_of(1);
	struct addr addr;
	int i;

	(void)state;
	for (i = 1; i <= 1000; i++) {
		node->n = 0;
		sight_at(node, i, THIEF);
		addr = obtain(node, i);
		if (!addr_is_none(&addr))
			dhcp(node, i, DHCP_DECLINE, &addr, 0);
	}
	node->n = 0;
	pass(node, 2000);
	assert_int_equal(arrive(node, OTHER, 2001, 10), 10);
	assert_int_equal(arrive(node, THIEF, 3001, 10), 0);
	later(node, 3 * 24 * 3600);
	expect_nothing_held(node);
	node_free(node);
}

/* DHCP comes before the report of the link layer. */
static void
a_port_that_is_reported_later_counts_then(void **state)
{
	struct node *node = node_of(1);
	struct addr addr;
	int i;

	(void)state;
	for (i = 1; i <= 1000; i++) {
		node->n = 0;
		addr = obtain(node, i);
		if (!addr_is_none(&addr))
			sight_at(node, i, THIEF);
	}
	assert_int_equal(arrive(node, THIEF, 2001, 5), 0);
	assert_int_equal(arrive(node, OTHER, 3001, 5), 5);
	node_free(node);
}

/* From a port with many to one with few, which has many then. */
static void
a_station_that_moves_counts_where_it_is(void **state)
{
	struct node *node = node_of(1);
	int i;

	(void)state;
	(void)arrive(node, THIEF, 1, 1000);
	for (i = 1; i <= 1000; i++) {
		node->n = 0;
		sight_at(node, i, OTHER);
	}
	assert_int_equal(arrive(node, OTHER, 2001, 5), 0);
	assert_int_equal(arrive(node, THIEF, 3001, 5), 5);
	node_free(node);
}

static void
a_configured_host_has_its_address(void **state)
{
	struct node *node = node_of(1);
	struct conf_host host = { .name = "printer", .mac = station(5000) };
	struct addr addr;

	(void)state;
	assert_int_equal(addr_parse("192.168.44.77", &host.addr), 0);
	assert_int_equal(conf_add_host(node->conf, &host), 0);
	core_conf(node->core, node->conf, now);
	(void)arrive(node, THIEF, 1, 1000);
	sight_at(node, 5000, THIEF);
	addr = obtain(node, 5000);
	assert_int_equal(addr_cmp(&addr, &host.addr), 0);
	node_free(node);
}

static void
a_reload_counts_again(void **state)
{
	struct node *node = node_of(1);

	(void)state;
	(void)arrive(node, THIEF, 1, 1000);
	core_conf(node->core, node->conf, now);
	assert_int_equal(arrive(node, THIEF, 2001, 5), 0);
	assert_int_equal(arrive(node, OTHER, 3001, 50), SECOND);
	node->conf->networks[0].max_share = 100;
	core_conf(node->core, node->conf, now);
	assert_int_equal(arrive(node, THIEF, 4001, 100), 253 - FREE -
	    SECOND);
	node_free(node);
}

/* The same of the stations' prefixes: 64 of them, a quarter kept. */
static void
prefixes_are_kept_as_well(void **state)
{
	struct node *node = node_new(1, POOL);
	int i;

	(void)state;
	node->conf->networks[0].max_share = 75;
	assert_int_equal(prefix_parse("2001:db8:1234::/58",
	    &node->conf->networks[0].prefixes[1]), 0);
	core_conf(node->core, node->conf, now);
	pass(node, 5000);
	for (i = 1; i <= 100; i++)
		sight_at(node, i, THIEF);
	assert_int_equal(status_of(node).leases6, 48);
	for (i = 101; i <= 120; i++)
		sight_at(node, i, OTHER);
	assert_int_equal(status_of(node).leases6, 48 + 12);
	node_free(node);
}

/* One line a minute, however many were refused. */
static void
it_is_said_and_counted(void **state)
{
	struct node *node = node_of(1);
	int i, n, lines = 0;

	(void)state;
	for (i = 1; i <= 1000; i++) {
		node->n = 0;
		sight_at(node, i, THIEF);
		(void)obtain(node, i);
		for (n = 0; n < node->n; n++)
			lines += node->seen[n].type == EFFECT_LOG && strstr(
			    node->seen[n].text, "kept for others") != NULL;
	}
	assert_int_equal(lines, 1);
	assert_int_equal(status_of(node).dhcp_dropped, 1000 - FREE);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_cannot_take_a_whole_pool),
		cmocka_unit_test(many_ports_use_nearly_all_of_it),
		cmocka_unit_test(a_request_takes_no_more_than_a_discover),
		cmocka_unit_test(offers_count_as_leases_do),
		cmocka_unit_test(another_router_serves_its_stations),
		cmocka_unit_test(who_has_an_address_keeps_it),
		cmocka_unit_test(what_has_ended_does_not_count),
		cmocka_unit_test(declined_ones_are_the_ports),
		cmocka_unit_test(a_port_that_is_reported_later_counts_then),
		cmocka_unit_test(a_station_that_moves_counts_where_it_is),
		cmocka_unit_test(a_configured_host_has_its_address),
		cmocka_unit_test(a_reload_counts_again),
		cmocka_unit_test(prefixes_are_kept_as_well),
		cmocka_unit_test(it_is_said_and_counted),
	};

	return cmocka_run_group_tests_name("core_share", tests, NULL, NULL);
}
