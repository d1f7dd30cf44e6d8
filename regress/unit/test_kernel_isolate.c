/* SPDX-License-Identifier: ISC */
/*
 * Networks are kept apart in a kernel: by rules and tables that are there
 * before any station, come back when another program removes them, and go with
 * the configuration.  br0 is of the network without a name, br1 of guests, br2
 * of printers, which reach the first one.
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
#include "kernel/monitor.h"
#include "kernel/reconcile.h"
#include "kernel/state.h"
#include "kernel/watch.h"
#include "kernel_hand.h"
#include "loop.h"
#include "stub_log.h"

#define PATIENCE	5000		/* ms */

static struct kernel	*k;
static struct conf	*conf;
static char		 as_it_was[16384];

/* All that keeps networks apart, as ip(8) shows it. */
static void
look(char *text, size_t size)
{
	static const char cmd[] = "for f in -4 -6; do ip $f rule; "
	    "ip $f route show table all | grep -E 'table [0-9]{3,}'; done | "
	    "tr -s '\\t ' ' ' | sort";
	size_t n;
	FILE *f;

	assert_non_null(f = popen(cmd, "r"));
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	pclose(f);
}

static bool
as_before(void)
{
	static char now[sizeof(as_it_was)];

	look(now, sizeof(now));
	return strcmp(now, as_it_was) == 0;
}

static bool
shows(const char *line)
{
	static char now[sizeof(as_it_was)];

	look(now, sizeof(now));
	return strstr(now, line) != NULL;
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

static struct conf_network *
add_network(const char *name, const char *four, const char *six)
{
	struct conf_network net = { .name = "" };

	conf_field_defaults(CONF_NETWORK, &net);
	strlcpy(net.name, name, sizeof(net.name));
	add_prefix(&net, four);
	add_prefix(&net, six);
	assert_int_equal(conf_add_network(conf, &net), 0);
	return &conf->networks[conf->nnetworks - 1];
}

/* networks: 1, or all three. */
static void
configure(unsigned int networks)
{
	struct conf_network *net;

	conf_free(conf);
	assert_non_null(conf = conf_new());
	add_prefix(&conf->networks[0], "192.168.44.0/24");
	add_prefix(&conf->networks[0], "2001:db8:44::/48");
	add_iface("br0", 0);
	if (networks == 1)
		return;
	add_network("guest", "10.45.0.0/24", "2001:db8:45::/48");
	add_iface("br1", 1);
	net = add_network("printers", "10.46.0.0/24", "2001:db8:46::/48");
	strlcpy(net->reaches[net->nreaches++], CONF_UNNAMED,
	    sizeof(net->reaches[0]));
	assert_int_equal(prefix_parse("10.0.0.0/8", &net->prohibits[0]), 0);
	net->nprohibits = 1;
	add_iface("br2", 2);
	assert_null(conf_check(conf));
}

static void
run(void)
{
	assert_non_null(k = kernel_open(base, &ops));
	assert_int_equal(kernel_conf(k, conf), 0);
	kernel_started(k);
	WAIT(k->walk_step == 0);
	turn();
	turn();
}

static int
setup(void **state)
{
	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return 0;
	stub_log_clear();
	assert_int_equal(sh("sysctl -qw net.ipv4.ip_forward=1 "
	    "net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 "
	    "net.ipv4.conf.default.rp_filter=0 && "
	    "for i in br0 br1 br2; do ip link add $i type bridge; done && "
	    "for i in lo br0 br1 br2; do ip link set $i up; done && "
	    "ip link add up0 type veth peer name up1 && "
	    "ip link set up0 up && ip link set up1 up && "
	    "ip addr add 10.0.0.1/24 dev up0 && "
	    "ip addr add fd00::1/64 dev up0 nodad && "
	    "ip route add default via 10.0.0.2 && "
	    "ip -6 route add default via fd00::2"), 0);
	assert_non_null(base = event_base_new());
	configure(3);
	run();
	stub_log_clear();
	look(as_it_was, sizeof(as_it_was));
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

static const char *const wanted[] = {
	"999: from all iif br0 lookup 4400 proto 44",
	"999: from all iif br1 lookup 4401 proto 44",
	"999: from all iif br2 lookup 4402 proto 44",
	"prohibit 10.45.0.0/24 table 4400 proto 44",
	"prohibit 192.168.44.0/24 table 4401 proto 44",
	"prohibit 10.46.0.0/24 table 4401 proto 44",
	"prohibit 10.45.0.0/24 table 4402 proto 44",
	"prohibit 10.0.0.0/8 table 4402 proto 44",
	"throw 10.46.0.0/24 table 4402 proto 44",
	"prohibit 2001:db8:45::/48 dev lo table 4400 proto 44 metric 1",
	"prohibit 2001:db8:44::/48 dev lo table 4401 proto 44 metric 1",
	"prohibit 2001:db8:46::/48 dev lo table 4401 proto 44 metric 1",
	"prohibit 2001:db8:45::/48 dev lo table 4402 proto 44 metric 1"
};

/* What the kernel does with a packet that arrives there. */
static bool
passes(const char *iface, const char *from, const char *to)
{
	return sh("ip route get %s from %s iif %s >/dev/null 2>&1", to, from,
	    iface) == 0;
}

static void
what_may_not_be_reached_is_prohibited(void **state)
{
	static const struct {
		const char	*iface, *from, *to;
		bool		 passes;
	} rows[] = {
		{ "br0", "192.168.44.9", "10.45.0.9", false },
		{ "br0", "192.168.44.9", "10.46.0.9", true },
		{ "br0", "192.168.44.9", "192.168.44.8", true },
		{ "br0", "192.168.44.9", "198.51.100.1", true },
		{ "br1", "10.45.0.9", "192.168.44.9", false },
		{ "br1", "10.45.0.9", "10.46.0.9", false },
		{ "br1", "10.45.0.9", "198.51.100.1", true },
		{ "br2", "10.46.0.9", "10.45.0.9", false },
		{ "br2", "10.46.0.9", "10.99.0.1", false },
		{ "br2", "10.46.0.9", "10.46.0.8", true },
		{ "br2", "10.46.0.9", "192.168.44.9", true },
		{ "br0", "2001:db8:44::9", "2001:db8:45::9", false },
		{ "br0", "2001:db8:44::9", "2001:db8:46::9", true },
		{ "br1", "2001:db8:45::9", "2001:db8:44::9", false },
		{ "br1", "2001:db8:45::9", "2001:db8:46::9", false },
		{ "br1", "2001:db8:45::9", "2001:db8:ffff::1", true },
		{ "br2", "2001:db8:46::9", "2001:db8:45::9", false },
		{ "br2", "2001:db8:46::9", "2001:db8:44::9", true },
	};
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!shows(wanted[i]))
			fail_msg("no %s in\n%s", wanted[i], as_it_was);
	assert_int_equal(sh("exit $(ip rule | grep -c iif)") >> 8, 3);
	assert_int_equal(sh("exit $(ip -6 rule | grep -c iif)") >> 8, 3);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (passes(rows[i].iface, rows[i].from, rows[i].to) !=
		    rows[i].passes)
			fail_msg("%s: from %s to %s", rows[i].iface,
			    rows[i].from, rows[i].to);
	/* That nftables has no rules for it is all that is said. */
	if (k->nft.nl != NULL)
		WAIT(k->guard.looked);
	assert_int_equal(stub_log_count("\n"),
	    stub_log_count("networks: their stations") +
	    stub_log_count("nftables: list: "));
	stub_log_clear();
	/* Nothing to mend, and no rule of ours passes for another's. */
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	assert_int_equal(k->stats.repaired, 0);
	assert_string_equal(stub_log_text(), "");
}

#define BY	" by another program, put back"
#define STRAY	": set by another program, removed"

static void
what_another_hand_changes_is_put_right(void **state)
{
	static const struct {
		const char	*how, *says;
	} hands[] = {
		{ "ip rule del pref 999 iif br1",
		  "rule 999 iif br1 lookup 4401, IPv4: removed" BY },
		{ "ip -6 rule del pref 999 iif br1",
		  "rule 999 iif br1 lookup 4401, IPv6: removed" BY },
		{ "while ip rule del pref 999 2>/dev/null; do :; done",
		  "IPv4: removed" BY " (and 2 like it)" },
		{ "ip rule flush protocol 44", "IPv4: removed" BY },
		{ "ip route flush table 4401",
		  "/24, table 4401: removed" BY " (and 1 like it)" },
		{ "ip -6 route flush table 4401",
		  "/48, table 4401: removed" BY },
		{ "ip route del throw 10.46.0.0/24 table 4402",
		  "throw 10.46.0.0/24, table 4402: removed" BY },
		{ "ip route add 192.168.44.9 dev br0 table 4401",
		  "route 192.168.44.9/32, table 4401, protocol 3" STRAY },
		{ "ip -6 route add 2001:db8:44::9 dev br0 table 4401",
		  "route 2001:db8:44::9/128, table 4401, protocol 3" STRAY },
		{ "ip route replace 192.168.44.0/24 dev br0 table 4401",
		  "prohibit 192.168.44.0/24, table 4401: removed" BY },
		{ "ip route add throw default table 4401 proto 44",
		  "table 4401, protocol 44" STRAY },
	};
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(hands) / sizeof(hands[0]); i++) {
		memset(&k->mend, 0, sizeof(k->mend));
		k->rule_next = (monotime_t){ 0 };
		stub_log_clear();
		assert_int_equal(sh("%s", hands[i].how), 0);
		assert_false(as_before());
		WAIT(as_before());
		if (stub_log_count(hands[i].says) == 0)
			fail_msg("%s: %s", hands[i].how, stub_log_text());
	}
}

/* Other repairs wait when one follows the other; these networks are open. */
static void
no_pause_leaves_networks_open(void **state)
{
	(void)state;
	NEEDS_ROOT();
	k->mend.minute = k->mend.next = monotime_add(clock_monotime(),
	    60 * PATIENCE);
	assert_int_equal(sh("ip rule del pref 999 iif br1; "
	    "ip -6 route flush table 4401"), 0);
	assert_false(as_before());
	WAIT(as_before());
}

/* And that it happens again and again is said without a word of a pause. */
static void
who_opens_them_for_ever_is_named(void **state)
{
	int i;

	(void)state;
	NEEDS_ROOT();
	memset(&k->mend, 0, sizeof(k->mend));
	stub_log_clear();
	for (i = 0; i < MEND_FEW + 2; i++) {
		assert_int_equal(sh("ip rule del pref 999 iif br1"), 0);
		WAIT(as_before());
	}
	assert_int_equal(stub_log_count("rule 999 iif br1"), 1);
	assert_int_equal(stub_log_count(
	    "keep networks apart: 5 repairs within a "
	    "minute: another program undoes them again and again\n"), 1);
	assert_int_equal(mend_wait(k, MEND_DELAY), MEND_DELAY);
}

/* Not heard of: the walk of each minute sees it. */
static void
a_walk_compares_all(void **state)
{
	(void)state;
	NEEDS_ROOT();
	netlink_monitor_close(k->rules_changed);
	netlink_monitor_close(k->watch);
	assert_int_equal(sh("ip rule flush protocol 44; "
	    "ip -6 rule del pref 999 iif br2; ip route flush table 4401; "
	    "ip -6 route flush table 4400; "
	    "ip route add 192.168.44.9 dev br0 table 4401; "
	    "ip rule add pref 998 iif br1 lookup 4407 protocol 44"), 0);
	assert_int_equal(rule_open(k), 0);
	assert_int_equal(watch_open(k), 0);
	reconcile_start(k);
	WAIT(as_before());
}

static void
an_interface_that_returns_is_kept_apart(void **state)
{
	(void)state;
	NEEDS_ROOT();
	assert_int_equal(sh("ip link del br1"), 0);
	turn();
	turn();
	assert_true(shows("999: from all iif br1 [detached] lookup 4401"));
	assert_int_equal(sh("ip link add br1 type bridge && "
	    "ip link set br1 up"), 0);
	assert_false(passes("br1", "10.45.0.9", "192.168.44.9"));
	assert_true(as_before());
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	assert_int_equal(stub_log_count(BY), 0);
}

/* Other networks, another table, another priority; and none at all. */
static void
a_reload_changes_what_is_kept_apart(void **state)
{
	(void)state;
	NEEDS_ROOT();
	conf->global.table = 50;
	conf->global.rule_priority = 700;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_true(shows("699: from all iif br1 lookup 5001 proto 44"));
	assert_true(shows("prohibit 192.168.44.0/24 table 5001 proto 44"));
	assert_false(shows("999:") || shows("table 4400") ||
	    shows("table 4401") || shows("table 4402"));
	assert_false(passes("br1", "10.45.0.9", "192.168.44.9"));
	/* An interface goes to another network. */
	conf->ifaces[1].network = 2;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_true(shows("699: from all iif br1 lookup 5002 proto 44"));
	assert_false(shows("iif br1 lookup 5001"));
	assert_true(passes("br1", "10.46.0.9", "192.168.44.9"));
	/* All may reach all. */
	conf->networks[0].isolate = conf->networks[1].isolate =
	    conf->networks[2].isolate = 0;
	conf->networks[2].nprohibits = 0;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_false(shows("iif") || shows("prohibit"));
	configure(1);
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_false(shows("iif") || shows("prohibit") || shows("throw"));
	assert_true(shows("1000: from all lookup 44 proto 44"));
}

static void
a_restart_leaves_all_as_it_is(void **state)
{
	(void)state;
	NEEDS_ROOT();
	kernel_close(k, true);
	assert_true(as_before());
	run();
	assert_true(as_before());
	assert_int_equal(stub_log_count(BY), 0);
	/* The next run has other networks, or none; it was killed. */
	kernel_close(k, true);
	conf->global.table = 60;
	run();
	assert_true(shows("iif br1 lookup 6001"));
	assert_false(shows("lookup 4401") || shows("table 4401"));
	kernel_close(k, true);
	configure(1);
	run();
	assert_false(shows("iif") || shows("prohibit") || shows("throw"));
}

static void
what_was_set_is_removed_with_the_daemon(void **state)
{
	(void)state;
	NEEDS_ROOT();
	kernel_close(k, true);
	assert_true(as_before());
	assert_non_null(k = kernel_open(base, &ops));
	assert_int_equal(kernel_remove(k, conf), 0);
	assert_false(shows("proto 44"));
	kernel_close(k, true);
	run();
	assert_true(as_before());
	kernel_close(k, false);
	k = NULL;
	assert_false(shows("proto 44"));
}

/* Without blocks there is nothing; and what is others' stays. */
static void
one_network_needs_nothing(void **state)
{
	static const char others[] =
	    "ip rule add pref 901 iif br1 lookup 4401; "
	    "ip rule add pref 902 iif br1 lookup 77 protocol 44; "
	    "ip rule add pref 903 iif br1 from 10.0.0.0/8 lookup 4401 "
	    "protocol 44; "
	    "ip route add prohibit 10.45.0.0/24 table 4401; "
	    "ip route add prohibit 10.45.0.0/24 table 477 proto 44; "
	    "ip route add 10.45.0.0/24 dev br1 table 4402 proto 44";

	(void)state;
	NEEDS_ROOT();
	kernel_close(k, false);
	k = NULL;
	assert_int_equal(sh(others), 0);
	look(as_it_was, sizeof(as_it_was));
	assert_non_null(strstr(as_it_was, "903:"));
	configure(1);
	run();
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	assert_false(shows("999:"));
	kernel_close(k, false);
	k = NULL;
	assert_true(as_before());
}

/* Nor does the engine lead a network's address to another one's interface. */
static void
a_route_to_another_network_is_refused(void **state)
{
	static const struct {
		const char	*prefix, *iface;
		int		 rv;
	} rows[] = {
		{ "192.168.44.5/32", "br0", 0 },
		{ "192.168.44.6/32", "br1", -1 },
		{ "192.168.44.6/32", "br2", -1 },
		{ "10.45.0.5/32", "br1", 0 },
		{ "10.45.0.6/32", "br0", -1 },
		{ "2001:db8:45:5::/64", "br1", 0 },
		{ "2001:db8:45:6::/64", "br0", -1 },
		{ "2001:db8:44:6::/64", "br2", -1 },
	};
	struct route r;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&r, 0, sizeof(r));
		r.kind = ROUTE_LOCAL;
		r.mac = (struct mac){ { 2, 0, 0, 0, 0, 7 } };
		r.ifindex = if_nametoindex(rows[i].iface);
		assert_int_equal(prefix_parse(rows[i].prefix, &r.prefix), 0);
		if (!prefix_is_v4(&r.prefix))
			assert_int_equal(addr_parse("fe80::7", &r.gateway),
			    0);
		assert_int_equal(kernel_route(k, &r), rows[i].rv);
	}
	assert_int_equal(stub_log_count(
	    "of another network than its interface"), 1);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_may_not_be_reached_is_prohibited),
		TEST(what_another_hand_changes_is_put_right),
		TEST(no_pause_leaves_networks_open),
		TEST(who_opens_them_for_ever_is_named),
		TEST(a_walk_compares_all),
		TEST(an_interface_that_returns_is_kept_apart),
		TEST(a_reload_changes_what_is_kept_apart),
		TEST(a_restart_leaves_all_as_it_is),
		TEST(what_was_set_is_removed_with_the_daemon),
		TEST(one_network_needs_nothing),
		TEST(a_route_to_another_network_is_refused)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
