/* SPDX-License-Identifier: ISC */
/*
 * The routes of a network in a VRF, as far as they need no VRF's device, which
 * not each kernel has: br1 is of guests, whose table is 100, and has a station.
 * With devices: regress/net/test_vrf.py.
 */
#include <sys/socket.h>

#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/field.h"
#include "kernel/event.h"
#include "kernel/reconcile.h"
#include "kernel/state.h"
#include "kernel_hand.h"
#include "loop.h"
#include "stub_log.h"

#define PATIENCE	5000		/* ms */

#define FOUR	"10.45.0.5 dev br1 proto 44 scope link metric 10 "
#define SIX	"2001:db8:45:5::/64 via fe80::7 dev br1 proto 44 metric 10 "

static struct kernel	*k;
static struct conf	*conf;
static struct footprint	 told;

static void
on_footprint(void *arg, const struct footprint *fp)
{
	(void)arg;
	told = *fp;
}

/* Whether ip(8) shows a route so in this table. */
static bool
has(const char *table, const char *route)
{
	return sh("ip route show table %s 2>/dev/null | tr -s ' ' | "
	    "grep -q '^%s'; a=$?; ip -6 route show table %s 2>/dev/null | "
	    "tr -s ' ' | grep -q '^%s' || exit $a", table, route, table,
	    route) == 0;
}

/* Both, there and nowhere else. */
static bool
stands_in(const char *table)
{
	static const char *const tables[] = { "main", "44", "100", "200" };
	bool wanted;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		wanted = strcmp(tables[i], table) == 0;
		if (has(tables[i], "10.45.0.5 ") != wanted ||
		    has(tables[i], "2001:db8:45:5::/64 ") != wanted)
			return false;
	}
	return true;
}

static void
add_prefix(struct conf_network *net, const char *text)
{
	assert_int_equal(prefix_parse(text, &net->prefixes[net->nprefixes++]),
	    0);
}

static void
add_iface(const char *name, uint32_t network)
{
	struct conf_iface i = { .network = network };

	strlcpy(i.name, name, sizeof(i.name));
	assert_int_equal(conf_add_iface(conf, &i), 0);
}

static void
configure(uint32_t table)
{
	struct conf_network net = { .name = "guest", .table = table };

	conf_free(conf);
	assert_non_null(conf = conf_new());
	conf->global.rule_priority = 1001;
	add_prefix(&conf->networks[0], "192.168.44.0/24");
	add_iface("br0", 0);
	conf_field_defaults(CONF_NETWORK, &net);
	add_prefix(&net, "10.45.0.0/24");
	add_prefix(&net, "2001:db8:45::/48");
	assert_int_equal(conf_add_network(conf, &net), 0);
	add_iface("br1", 1);
	assert_null(conf_check(conf));
}

static void
run(void)
{
	struct kernel_ops with = ops;

	with.footprint = on_footprint;
	assert_non_null(k = kernel_open(base, &with));
	kernel_former(k, &told);
	assert_int_equal(kernel_conf(k, conf), 0);
}

static void
started(void)
{
	kernel_started(k);
	WAIT(k->walk_step == 0);
	turn();
	turn();
}

static void
ask_route(const char *prefix, enum route_kind kind)
{
	struct route r;

	memset(&r, 0, sizeof(r));
	r.kind = (uint8_t)kind;
	assert_int_equal(prefix_parse(prefix, &r.prefix), 0);
	if (kind == ROUTE_LOCAL) {
		r.mac = (struct mac){ { 2, 0, 0, 0, 0, 7 } };
		r.ifindex = if_nametoindex("br1");
		if (!prefix_is_v4(&r.prefix))
			assert_int_equal(addr_parse("fe80::7", &r.gateway),
			    0);
	}
	assert_int_equal(kernel_route(k, &r), 0);
}

static void
station(enum route_kind kind)
{
	ask_route("10.45.0.5/32", kind);
	ask_route("2001:db8:45:5::/64", kind);
}

static int
setup(void **state)
{
	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return 0;
	stub_log_clear();
	memset(&told, 0, sizeof(told));
	assert_int_equal(sh("sysctl -qw net.ipv4.ip_forward=1 "
	    "net.ipv6.conf.all.forwarding=1 && "
	    "for i in br0 br1; do ip link add $i type bridge; done && "
	    "for i in lo br0 br1; do ip link set $i up; done"), 0);
	assert_non_null(base = event_base_new());
	configure(100);
	run();
	started();
	station(ROUTE_LOCAL);
	WAIT(stands_in("100"));
	stub_log_clear();
	k->stats.repaired = 0;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kernel_close(k, false);
	k = NULL;
	conf_free(conf);
	conf = NULL;
	if (base != NULL)
		event_base_free(base);
	base = NULL;
	return 0;
}

#define NEEDS_ROOT() do { if (base == NULL) skip(); } while (0)

static void
there_is_one_route_for_packets_and_the_routing_daemon(void **state)
{
	(void)state;
	NEEDS_ROOT();
	assert_true(has("100", FOUR));
	assert_true(has("100", SIX));
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	assert_int_equal(k->stats.repaired, 0);
	assert_string_equal(stub_log_text(), "");
	station(ROUTE_NONE);
	WAIT(stands_in("nowhere"));
}

static void
rules_stand_around_that_of_vrfs(void **state)
{
	(void)state;
	NEEDS_ROOT();
	assert_int_equal(sh("ip rule | grep -q '^999:.*iif br1 lookup 4401'"),
	    0);
	assert_int_equal(sh("ip rule | grep -q '^1001:.*lookup 44 '"), 0);
	stub_log_clear();
	assert_int_equal(sh("ip rule add l3mdev pref 1000 protocol kernel"), 0);
	turn();
	turn();
	assert_string_equal(stub_log_text(), "");
	/* In front of it ours would take what is inside of VRFs. */
	conf->networks[1].table = 0;
	conf->global.rule_priority = 1000;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_int_equal(stub_log_count("rule 1000, IPv4, that leads into "
	    "VRFs: ours, 1000, is not behind it"), 1);
	assert_int_equal(stub_log_count("another program"), 0);
}

#define BY	" by another program, put back"

static void
what_another_hand_changes_is_put_right(void **state)
{
	static const struct {
		const char	*how, *says;
	} hands[] = {
		{ "ip route flush table 100",
		  "route 10.45.0.5/32 dev br1, table 100: removed" BY },
		{ "ip -6 route del 2001:db8:45:5::/64 table 100",
		  "route 2001:db8:45:5::/64 dev br1, table 100: removed" BY },
		{ "ip route replace 10.45.0.5 dev br0 metric 10 table 100",
		  "route 10.45.0.5/32 dev br1, table 100: replaced" BY },
		{ "ip route add 10.45.0.9 dev br1 table 100 proto 44",
		  "route 10.45.0.9/32 dev br1, table 100, protocol 44: set" },
		{ "ip route append 10.45.0.5 dev br1 table 100 proto 44 "
		  "metric 11",
		  "route 10.45.0.5/32 dev br1, table 100, protocol 44: set" },
		{ "ip route add 10.45.0.5 dev br1 proto 44 metric 10",
		  "route 10.45.0.5/32 dev br1, table 254, protocol 44: set" },
	};
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(hands) / sizeof(hands[0]); i++) {
		memset(&k->mend, 0, sizeof(k->mend));
		stub_log_clear();
		assert_int_equal(sh("%s", hands[i].how), 0);
		WAIT(stub_log_count(hands[i].says) > 0);
		WAIT(stands_in("100"));
		assert_true(has("100", FOUR) && has("100", SIX));
		assert_int_equal(sh("ip route show table all | "
		    "grep -c '10.45.0.[59] dev br1 .*proto 44' | "
		    "grep -qx 1"), 0);
	}
}

/* The table is the routing daemon's, too, as main is. */
static void
what_is_others_stays(void **state)
{
	static const char *const theirs[] = {
		"10.45.0.5 dev br0 proto bird scope link metric 32",
		"10.45.0.6 dev br0 proto bird scope link metric 32",
		"10.45.0.7 dev br1 proto static scope link"
	};
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++)
		assert_int_equal(sh("ip route append %s table 100",
		    theirs[i]), 0);
	for (i = 0; i < 2; i++) {
		reconcile_start(k);
		WAIT(k->walk_step == 0);
	}
	station(ROUTE_NONE);
	WAIT(!has("100", FOUR));
	for (i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++)
		assert_true(has("100", theirs[i]));
}

static void
a_station_that_leaves_drains_there(void **state)
{
	(void)state;
	NEEDS_ROOT();
	conf->global.direct = 0;
	conf->global.drain = 300;
	assert_int_equal(kernel_conf(k, conf), 0);
	station(ROUTE_NONE);
	WAIT(has("100", "10.45.0.5 dev br1 proto 44 scope link metric 1010"));
	assert_true(has("100", "2001:db8:45:5::/64 via fe80::7 dev br1 "
	    "proto 44 metric 1010"));
	assert_false(has("100", FOUR) || has("100", SIX));
	assert_true(stands_in("100"));
	WAIT(stands_in("nowhere"));
	assert_int_equal(stub_log_count("another program"), 0);
}

static void
a_reload_takes_all_to_another_table_or_metric(void **state)
{
	static const uint32_t tables[] = { 200, 0, 100 };
	static const char *const names[] = { "200", "44", "100" };
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < 3; i++) {
		conf->networks[1].table = tables[i];
		assert_int_equal(kernel_conf(k, conf), 0);
		assert_true(has(names[i], "10.45.0.5 "));
		if (tables[i] == 0)
			assert_true(has("main", FOUR));
		else
			assert_true(stands_in(names[i]));
	}
	conf->global.metric = 20;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_true(has("100", "10.45.0.5 dev br1 proto 44 scope link "
	    "metric 20"));
	assert_false(has("100", FOUR) || has("100", SIX));
	/* The prefix goes, and what is in it. */
	configure(100);
	conf->networks[1].nprefixes = 0;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_true(stands_in("nowhere"));
}

/* Whose table is another now, or none; or whose metric. */
static void
what_a_killed_run_left_is_removed(void **state)
{
	static const struct {
		uint32_t	table, metric;
	} rows[] = { { 200, 10 }, { 0, 10 }, { 100, 20 } };
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kernel_close(k, true);
		assert_true(stands_in("100"));
		assert_int_equal(told.nvrfs, 1);
		configure(rows[i].table);
		conf->global.metric = rows[i].metric;
		run();
		started();
		WAIT(stands_in("nowhere"));
		kernel_close(k, false);
		assert_int_equal(told.nvrfs, 0);
		configure(100);
		run();
		started();
		station(ROUTE_LOCAL);
		WAIT(stands_in("100"));
	}
}

static void
a_restart_adopts_them_and_an_end_removes_them(void **state)
{
	(void)state;
	NEEDS_ROOT();
	kernel_close(k, true);
	run();
	station(ROUTE_LOCAL);
	started();
	assert_true(stands_in("100"));
	assert_int_equal(k->stats.repaired, 0);
	kernel_close(k, true);
	assert_non_null(k = kernel_open(base, &ops));
	kernel_former(k, &told);
	assert_int_equal(kernel_remove(k, conf), 0);
	assert_true(stands_in("nowhere"));
	kernel_close(k, true);
	run();
	started();
	station(ROUTE_LOCAL);
	WAIT(stands_in("100"));
	kernel_close(k, false);
	k = NULL;
	assert_true(stands_in("nowhere"));
}

static void
a_table_of_no_vrf_is_named_once(void **state)
{
	(void)state;
	NEEDS_ROOT();
	configure(200);
	assert_int_equal(kernel_conf(k, conf), 0);
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	assert_int_equal(stub_log_count("table 200: of no VRF now, so that the "
	    "routes of its networks lead nobody"), 1);
	assert_int_equal(stub_log_count("br1: not in the VRF of its network, "
	    "whose table is 200"), 0);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(there_is_one_route_for_packets_and_the_routing_daemon),
		TEST(rules_stand_around_that_of_vrfs),
		TEST(what_another_hand_changes_is_put_right),
		TEST(what_is_others_stays),
		TEST(a_station_that_leaves_drains_there),
		TEST(a_reload_takes_all_to_another_table_or_metric),
		TEST(what_a_killed_run_left_is_removed),
		TEST(a_restart_adopts_them_and_an_end_removes_them),
		TEST(a_table_of_no_vrf_is_named_once)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
