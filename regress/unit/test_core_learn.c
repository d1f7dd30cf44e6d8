/* SPDX-License-Identifier: ISC */
/*
 * Addresses that no DHCP gave: what a station uses becomes an ordinary lease by
 * evidence, and never what is another's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"
#define LEASE_MS (1800 * 1000)

static struct addr
v4(int last)
{
	const uint8_t octets[4] = { 192, 168, 44, (uint8_t)last };
	struct addr addr;

	addr_from_v4(&addr, octets);
	return addr;
}

static int
last_of(const struct addr *addr)
{
	return addr_is_v4(addr) ? addr_v4(addr)[3] : -1;
}

/* The station that it is leased to, or -1. */
static int
holder(struct node *node, int last)
{
	const uint8_t key[4] = { 192, 168, 44, (uint8_t)last };
	struct update like, u;

	make_update(&like, DATUM_LEASE4, key, sizeof(key), "", 0, 0, 0);
	return find_datum(node, &like, &u) ? u.data[u.keylen + 4] << 8 |
	    u.data[u.keylen + 5] : -1;
}

static int
is_routed(struct node *node, int last)
{
	struct addr addr = v4(last);

	return route_of(node, &addr) == ROUTE_LOCAL;
}

static void
uses(struct node *node, int i, int last, enum heard_kind kind)
{
	struct addr addr = v4(last);

	hear(node, i, kind, &addr);
}

/* Questions for the address since the last look: bit 1 to all, bit 0 to it. */
static int
asked(struct node *node, int last)
{
	static struct node *which;
	static int from;
	int n, bits = 0;

	for (n = which == node && from <= node->n ? from : 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_PROBE &&
		    last_of(&node->seen[n].probe.addr) == last)
			bits |= node->seen[n].probe.everybody ? 2 : 1;
	which = node;
	from = node->n;
	return bits;
}

/* It answers whenever it is asked for the address, for so long. */
static void
live(struct node *node, int i, int last, int64_t ms)
{
	for (; ms > 0; ms -= 100) {
		if (asked(node, last) != 0)
			uses(node, i, last, HEARD_ARP_REPLY);
		pass(node, 100);
	}
}

static struct conf_host *
add_host(struct node *node, const char *name, int last)
{
	struct conf_host host;

	memset(&host, 0, sizeof(host));
	strcpy(host.name, name);
	host.addr = v4(last);
	assert_int_equal(conf_add_host(node->conf, &host), 0);
	return &node->conf->hosts[node->conf->nhosts - 1];
}

static void
a_host_that_never_asks_is_served(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_host *host = add_host(node, "robot", 50);

	(void)state;
	host->mac = station(1);
	host = add_host(node, "camera", 51);
	host->client_idlen = 3;
	memcpy(host->client_id, "\1ab", 3);
	core_conf(node->core, node->conf, now);
	pass(node, 2 * LEASE_MS);
	node->n = 0;
	sight(node, 1, SIGHTING_JOINED);
	assert_int_equal(asked(node, 50), 1);
	assert_int_equal(holder(node, 50), -1);
	uses(node, 1, 50, HEARD_ARP_REPLY);
	assert_int_equal(holder(node, 50), 1);
	assert_true(is_routed(node, 50));
	/* Not another, and not one that only its identifier shows. */
	sight(node, 2, SIGHTING_JOINED);
	uses(node, 2, 51, HEARD_ARP);
	live(node, 2, 51, 8000);
	assert_int_equal(holder(node, 51), -1);
	pass(node, 2 * LEASE_MS);
	sight(node, 2, SIGHTING_JOINED);
	uses(node, 2, 50, HEARD_ARP_REPLY);
	live(node, 2, 50, 8000);
	assert_int_equal(holder(node, 50), -1);
	node_free(node);
}

/* All routers lost their tables, and the station has kept its lease. */
static void
the_address_of_the_hash_is_back_at_once(void **state)
{
	struct node *node = node_new(1, POOL), *again = node_new(1, POOL);
	struct addr addr = obtain(node, 1);
	int a = last_of(&addr);

	(void)state;
	sight(again, 1, SIGHTING_JOINED);
	assert_int_equal(asked(again, a), 1);
	uses(again, 1, a, HEARD_ARP);
	assert_int_equal(holder(again, a), 1);
	assert_true(is_routed(again, a));
	/* Then DHCP goes on with it. */
	assert_int_equal(dhcp(again, 1, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_ACK);
	/* Long after the start it is not asked, and may say so. */
	core_free(again->core);
	core_start(again);
	pass(again, 2 * LEASE_MS);
	again->n = 0;
	sight(again, 1, SIGHTING_JOINED);
	assert_int_equal(asked(again, a), 0);
	uses(again, 1, a, HEARD_ARP);
	assert_int_equal(holder(again, a), 1);
	node_free(node);
	node_free(again);
}

/* One that is not of its hash: its identifier is not in an ARP packet. */
static void
another_is_proven_first(void **state)
{
	struct node *node = node_new(1, POOL);

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	node->n = 0;
	uses(node, 1, 77, HEARD_ARP);
	assert_int_equal(asked(node, 77), 2);
	uses(node, 1, 77, HEARD_ARP);
	pass(node, 1100);
	assert_int_equal(asked(node, 77), 1);
	assert_int_equal(holder(node, 77), -1);
	uses(node, 1, 77, HEARD_ARP);	/* no answer */
	pass(node, 1000);
	assert_int_equal(asked(node, 77), 1);
	uses(node, 1, 77, HEARD_ARP_REPLY);
	uses(node, 1, 77, HEARD_ARP_REPLY);
	assert_int_equal(holder(node, 77), -1);
	live(node, 1, 77, 2000);
	assert_int_equal(holder(node, 77), -1);
	live(node, 1, 77, 1500);
	assert_int_equal(holder(node, 77), 1);
	assert_true(is_routed(node, 77));
	node_free(node);
}

static void
without_an_answer_there_is_no_lease(void **state)
{
	struct node *node = node_new(1, POOL);
	int i;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	for (i = 0; i < 200; i++) {
		uses(node, 1, 77, HEARD_ARP);
		pass(node, 100);
	}
	assert_int_equal(holder(node, 77), -1);
	/* One answer, and never again. */
	uses(node, 1, 77, HEARD_ARP);
	pass(node, 1100);
	uses(node, 1, 77, HEARD_ARP_REPLY);
	pass(node, 20000);
	assert_int_equal(holder(node, 77), -1);
	node_free(node);
}

static void
what_two_use_neither_gets(void **state)
{
	struct node *node;
	int when;

	(void)state;
	for (when = 0; when < 3; when++) {
		node = node_new(1, POOL);
		sight(node, 1, SIGHTING_JOINED);
		sight(node, 2, SIGHTING_JOINED);
		uses(node, 1, 77, HEARD_ARP);
		live(node, 1, 77, 300 + when * 1800);
		uses(node, 2, 77, HEARD_ARP_REPLY);
		live(node, 1, 77, 9000);
		assert_int_equal(holder(node, 77), -1);
		/* Once the other is silent. */
		pass(node, 2000);
		uses(node, 1, 77, HEARD_ARP);
		live(node, 1, 77, 7000);
		assert_int_equal(holder(node, 77), 1);
		/* Whoever claims it now is refused. */
		uses(node, 2, 77, HEARD_ARP);
		live(node, 2, 77, 8000);
		assert_int_equal(holder(node, 77), 1);
		node_free(node);
	}
}

/* Free or not: what each row may never become. */
static void
what_is_reserved_is_never_learned(void **state)
{
	static const int rows[] = { 0, 1, 60, 44, 99, 255 };
	struct node *node = node_new(1, POOL);
	struct conf_host *host = add_host(node, "other", 60);
	struct addr leased = v4(44);
	size_t i;

	(void)state;
	host->mac = station(9);
	node->conf->networks[0].nameservers[0] = v4(99);
	core_conf(node->core, node->conf, now);
	assert_int_equal(dhcp(node, 8, DHCP_REQUEST, &leased, 0)->type,
	    DHCP_ACK);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sight(node, 20 + (int)i, SIGHTING_JOINED);
		uses(node, 20 + (int)i, rows[i], HEARD_ARP);
		live(node, 20 + (int)i, rows[i], 8000);
		assert_int_equal(holder(node, rows[i]),
		    rows[i] == 44 ? 8 : -1);
	}
	node_free(node);
}

static void
who_has_a_lease_learns_no_other(void **state)
{
	struct node *node = node_new(1, POOL);
	struct addr addr = join(node, 1);

	(void)state;
	assert_true(addr_is_v4(&addr));
	uses(node, 1, 77, HEARD_ARP);
	live(node, 1, 77, 8000);
	assert_int_equal(holder(node, 77), -1);
	node_free(node);
}

/* Whoever came by then has renewed. */
static void
a_lease_time_after_the_start_it_is_over(void **state)
{
	struct node *node = node_new(1, POOL);

	(void)state;
	pass(node, LEASE_MS + 1000);
	sight(node, 1, SIGHTING_JOINED);
	uses(node, 1, 77, HEARD_ARP);
	live(node, 1, 77, 8000);
	assert_int_equal(holder(node, 77), -1);
	node_free(node);
}

static void
what_is_not_proven_yet_is_limited(void **state)
{
	struct node *node = node_new(1, "10.44.0.0/16");
	const uint8_t octets[4] = { 10, 44, 0, 0 };
	struct addr addr;
	uint8_t v[4];
	int i, j;

	(void)state;
	for (i = 1; i <= 100; i++) {
		sight(node, i, SIGHTING_JOINED);
		node->n = 0;
		for (j = 0; j < 8; j++) {
			memcpy(v, octets, sizeof(v));
			v[2] = (uint8_t)i;
			v[3] = (uint8_t)(10 + j);
			addr_from_v4(&addr, v);
			hear(node, i, HEARD_ARP, &addr);
		}
		assert_int_equal(count(node, EFFECT_PROBE), i <= 64 ? 4 : 0);
	}
	/* They leave, and it is forgotten. */
	for (i = 1; i <= 100; i++)
		sight(node, i, SIGHTING_LEFT);
	pass(node, 20000);
	sight(node, 1, SIGHTING_JOINED);
	node->n = 0;
	hear(node, 1, HEARD_ARP, &addr);
	assert_int_equal(count(node, EFFECT_PROBE), 1);
	node_free(node);
}

/* Its router has proven it, and every router routes it as any lease. */
static void
it_roams_as_any_lease(void **state)
{
	struct node *one = node_new(1, POOL), *two = node_new(2, POOL);
	struct addr addr = v4(77);

	(void)state;
	peering(one, two, 1);
	sight(one, 1, SIGHTING_JOINED);
	uses(one, 1, 77, HEARD_ARP);
	live(one, 1, 77, 7000);
	pass(two, 7000);
	carry(one, two, 1);
	assert_int_equal(holder(two, 77), 1);
	assert_int_equal(route_of(two, &addr), ROUTE_DIRECT);
	sight(two, 1, SIGHTING_JOINED);
	assert_int_equal(route_of(two, &addr), ROUTE_LOCAL);
	carry(one, two, 1);
	assert_int_equal(route_of(one, &addr), ROUTE_DIRECT);
	node_free(one);
	node_free(two);
}

static struct node *
with_static(uint8_t which, int first, int last)
{
	struct node *node = node_new(which, POOL);
	struct conf_network *net = &node->conf->networks[0];

	net->statics[0] = (struct conf_range){ v4(first), v4(last) };
	net->nstatics = 1;
	core_conf(node->core, node->conf, now);
	return node;
}

/* It is in no pool, and whoever proves that it uses it has it, at any time. */
static void
a_static_range_is_for_who_never_asks(void **state)
{
	struct node *node = with_static(1, 10, 250);
	struct addr addr = v4(77), got;
	int i;

	(void)state;
	pass(node, 2 * LEASE_MS);
	sight(node, 1, SIGHTING_JOINED);
	uses(node, 1, 77, HEARD_ARP);
	live(node, 1, 77, 4000);
	assert_int_equal(holder(node, 77), -1);
	live(node, 1, 77, 2500);
	assert_int_equal(holder(node, 77), 1);
	assert_true(is_routed(node, 77));
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_NAK);
	assert_int_equal(dhcp(node, 2, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_NAK);
	/* Who has one asks DHCP, too, and gets another from the pool. */
	for (i = 1; i < 9; i++) {
		got = obtain(node, i);
		assert_true(last_of(&got) > 0 && (last_of(&got) < 10 ||
		    last_of(&got) > 250));
	}
	assert_int_equal(holder(node, 77), 1);
	node_free(node);
}

static void
what_is_reserved_in_a_static_range_is_never_learned(void **state)
{
	static const int rows[] = { 1, 60, 99, 255 };
	struct node *node = with_static(1, 1, 255);
	struct conf_host *host = add_host(node, "other", 60);
	size_t i;

	(void)state;
	host->mac = station(9);
	node->conf->networks[0].nameservers[0] = v4(99);
	core_conf(node->core, node->conf, now);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sight(node, 20 + (int)i, SIGHTING_JOINED);
		uses(node, 20 + (int)i, rows[i], HEARD_ARP);
		live(node, 20 + (int)i, rows[i], 8000);
		assert_int_equal(holder(node, rows[i]), -1);
	}
	node_free(node);
}

/* As long as it answers, at whichever router; then not for ever. */
static void
it_is_kept_while_it_answers(void **state)
{
	struct node *one = with_static(1, 200, 239);
	struct node *two = with_static(2, 200, 239);

	(void)state;
	peering(one, two, 1);
	sight(one, 1, SIGHTING_JOINED);
	uses(one, 1, 210, HEARD_ARP);
	live(one, 1, 210, 7000);
	live(one, 1, 210, 2 * LEASE_MS);
	assert_int_equal(holder(one, 210), 1);
	carry(one, two, 1);
	/* It is another router that asks. */
	sight(two, 1, SIGHTING_JOINED);
	carry(one, two, 1);
	live(two, 1, 210, 2 * LEASE_MS);
	assert_int_equal(holder(two, 210), 1);
	/* Nobody takes it from one that is away, until the lease is over. */
	sight(two, 1, SIGHTING_LEFT);
	pass(two, 3000);
	sight(two, 2, SIGHTING_JOINED);
	uses(two, 2, 210, HEARD_ARP);
	live(two, 2, 210, 8000);
	assert_int_equal(holder(two, 210), 1);
	pass(two, LEASE_MS);
	assert_int_equal(holder(two, 210), -1);
	sight(two, 2, SIGHTING_JOINED);
	uses(two, 2, 210, HEARD_ARP);
	live(two, 2, 210, 8000);
	assert_int_equal(holder(two, 210), 2);
	node_free(one);
	node_free(two);
}

static void
three_unanswered_questions_end_it(void **state)
{
	struct node *node = with_static(1, 200, 239);
	int i, questions = 0;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	uses(node, 1, 210, HEARD_ARP);
	live(node, 1, 210, 7000);
	assert_int_equal(holder(node, 210), 1);
	/* It is there, and sends, and has the address no more. */
	for (i = 0; i < LEASE_MS / 1000; i++) {
		pass(node, 1000);
		questions += asked(node, 210) != 0;
		sight(node, 1, SIGHTING_ACTIVE);
	}
	assert_int_equal(holder(node, 210), -1);
	assert_int_equal(questions, 3);
	node_free(node);
}

static void
a_station_learns_so_many(void **state)
{
	struct node *node = with_static(1, 200, 239);
	int i;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	for (i = 200; i < 205; i++) {
		uses(node, 1, i, HEARD_ARP);
		live(node, 1, i, 7000);
		assert_int_equal(holder(node, i), i < 204 ? 1 : -1);
	}
	/* The one that it uses no more makes room. */
	pass(node, LEASE_MS / 2 + 1000);
	for (i = 201; i < 204; i++)
		uses(node, 1, i, HEARD_ARP);
	uses(node, 1, 204, HEARD_ARP);
	live(node, 1, 204, 7000);
	assert_int_equal(holder(node, 200), -1);
	for (i = 201; i < 205; i++)
		assert_int_equal(holder(node, i), 1);
	node_free(node);
}

static void
set_link(struct node *node, enum station_source source, uint8_t returns)
{
	struct link link = { .ifindex = IFINDEX, .name = "roam0", .up = 1,
	    .source = (uint8_t)source, .returns = returns, .mtu = 1500 };

	link.lladdr.octet[0] = 2;
	link.gateway4 = v4(1);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
}

/* Hosts .50 to .52 are stations 50 to 52. */
static struct node *
with_hosts(enum station_source source)
{
	struct node *node = node_new(1, POOL);
	struct conf_network *net = &node->conf->networks[0];
	char name[2] = "a";
	int i;

	net->statics[0] = (struct conf_range){ v4(200), v4(209) };
	net->statics[1] = (struct conf_range){ v4(220), v4(239) };
	net->nstatics = 2;
	for (i = 50; i < 53; i++, name[0]++)
		add_host(node, name, i)->mac = station(i);
	core_free(node->core);
	node->source = source;
	core_start(node);
	asked(node, 0);
	return node;
}

static void
who_is_silent_is_asked_at_the_start(void **state)
{
	struct node *node = with_hosts(SOURCE_BRIDGE);
	int i;

	(void)state;
	sight_by(node, 51, SIGHTING_JOINED, SOURCE_BRIDGE);
	uses(node, 51, 51, HEARD_ARP);
	asked(node, 0);
	/* One a second, and none that is there. */
	pass(node, 1500);
	assert_int_equal(asked(node, 50), 0);
	for (i = 0; i < 5; i++) {
		node->n = 0;
		pass(node, 1000);
		assert_in_range(count(node, EFFECT_PROBE), 0, 1);
		if (i == 0)
			assert_int_equal(node->seen[0].probe.everybody, 1);
	}
	assert_int_equal(holder(node, 51), 51);
	node_free(node);
	node = with_hosts(SOURCE_BRIDGE);
	pass(node, 5000);
	assert_int_equal(count(node, EFFECT_PROBE), 3);
	/* It answers, the bridge has it, and it is served. */
	sight_by(node, 52, SIGHTING_JOINED, SOURCE_BRIDGE);
	uses(node, 52, 52, HEARD_ARP_REPLY);
	assert_true(is_routed(node, 52));
	node_free(node);
	/* Never where access points are. */
	node = with_hosts(SOURCE_NL80211);
	pass(node, 5000);
	assert_int_equal(count(node, EFFECT_PROBE), 0);
	node_free(node);
}

static void
who_was_here_is_asked_when_a_port_is_back(void **state)
{
	static const int used[] = { 200, 209, 220, 239 };
	struct node *node = with_hosts(SOURCE_BRIDGE);
	size_t i;
	int n, to = 0, all = 0;

	(void)state;
	pass(node, 10000);
	for (i = 0; i < 4; i++) {
		sight_by(node, 10 + (int)i, SIGHTING_JOINED, SOURCE_BRIDGE);
		uses(node, 10 + (int)i, used[i], HEARD_ARP);
		live(node, 10 + (int)i, used[i], 7000);
		assert_int_equal(holder(node, used[i]), 10 + (int)i);
	}
	sight_by(node, 50, SIGHTING_JOINED, SOURCE_BRIDGE);
	uses(node, 50, 50, HEARD_ARP);
	/* They left, and their leases have ended. */
	for (i = 0; i < 4; i++)
		sight_by(node, 10 + (int)i, SIGHTING_LEFT, SOURCE_BRIDGE);
	sight_by(node, 50, SIGHTING_LEFT, SOURCE_BRIDGE);
	pass(node, 4 * LEASE_MS);
	node->n = 0;
	set_link(node, SOURCE_BRIDGE, 1);
	pass(node, 10000);
	for (n = 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_PROBE) {
			all += node->seen[n].probe.everybody;
			to += !node->seen[n].probe.everybody;
		}
	assert_int_equal(to, 5);	/* these, and the host .50 */
	assert_int_equal(all, 2);	/* .51 and .52 */
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_never_asks_is_served),
		cmocka_unit_test(the_address_of_the_hash_is_back_at_once),
		cmocka_unit_test(another_is_proven_first),
		cmocka_unit_test(without_an_answer_there_is_no_lease),
		cmocka_unit_test(what_two_use_neither_gets),
		cmocka_unit_test(what_is_reserved_is_never_learned),
		cmocka_unit_test(who_has_a_lease_learns_no_other),
		cmocka_unit_test(a_lease_time_after_the_start_it_is_over),
		cmocka_unit_test(what_is_not_proven_yet_is_limited),
		cmocka_unit_test(it_roams_as_any_lease),
		cmocka_unit_test(a_static_range_is_for_who_never_asks),
		cmocka_unit_test(
		    what_is_reserved_in_a_static_range_is_never_learned),
		cmocka_unit_test(it_is_kept_while_it_answers),
		cmocka_unit_test(three_unanswered_questions_end_it),
		cmocka_unit_test(a_station_learns_so_many),
		cmocka_unit_test(who_is_silent_is_asked_at_the_start),
		cmocka_unit_test(who_was_here_is_asked_when_a_port_is_back)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
