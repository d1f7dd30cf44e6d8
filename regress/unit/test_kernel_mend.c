/* SPDX-License-Identifier: ISC */
/*
 * Another program removes, replaces or changes each thing of ours in a kernel:
 * it is back as it was, and one line says what went.
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

#include "kernel/event.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/reconcile.h"
#include "kernel/state.h"
#include "kernel/watch.h"
#include "kernel_hand.h"
#include "loop.h"
#include "stub_log.h"

#define PATIENCE	5000		/* ms */

static struct kernel		*k;
static struct conf		*conf;
static char			 as_it_was[16384];

static const struct mac		 sta = { { 2, 0, 0, 0, 0, 7 } };
static const struct router_id	 r2 = { { 2, 0, 0, 0, 0, 0, 0, 2 } };

/* All of ours in the kernel, as ip(8) shows it. */
static void
look(char *text, size_t size)
{
	static const char cmd[] =
	    "{ ip rule; ip -6 rule; for f in -4 -6; do "
	    "ip $f route show table 44; ip $f route show proto 44; "
	    "ip $f neigh show dev br0 nud permanent; "
	    "ip $f -o addr show dev br0 | sed 's/valid_lft.*//'; done; "
	    "ip nexthop show proto 45; "
	    "ip -o link show br0 | grep -o 'ether [^ ]*'; } "
	    "2>/dev/null | sort";
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

static void
route(const char *prefix, enum route_kind kind, const char *gateway)
{
	struct route rt = { .kind = kind };

	assert_int_equal(prefix_parse(prefix, &rt.prefix), 0);
	if (gateway != NULL)
		assert_int_equal(addr_parse(gateway, &rt.gateway), 0);
	if (kind == ROUTE_LOCAL) {
		rt.ifindex = if_nametoindex("br0");
		rt.mac = sta;
	} else
		rt.router = r2;
	assert_int_equal(kernel_route(k, &rt), 0);
}

static void
station(void)
{
	struct neigh n = { .ifindex = if_nametoindex("br0"),
	    .present = true, .mac = sta };
	struct nexthop nh = { .router = r2 };

	assert_int_equal(addr_parse("10.1.1.2", &nh.addr4), 0);
	assert_int_equal(addr_parse("2001:db8:1::2", &nh.addr6), 0);
	assert_int_equal(kernel_nexthop(k, &nh), 0);
	route("192.168.44.5/32", ROUTE_LOCAL, NULL);
	route("2001:db8:1234:5::/64", ROUTE_LOCAL, "fe80::7");
	route("192.168.44.6/32", ROUTE_DIRECT, NULL);
	route("2001:db8:1234:6::/64", ROUTE_DIRECT, NULL);
	assert_int_equal(addr_parse("fe80::7", &n.addr), 0);
	assert_int_equal(kernel_neigh(k, &n), 0);
}

static void
add_prefix(const char *text)
{
	assert_int_equal(prefix_parse(text,
	    &conf->networks[0].prefixes[conf->networks[0].nprefixes++]), 0);
}

static void
add_iface(void)
{
	struct conf_iface i = { .lladdr = { { 2, 0, 0x5e, 0, 0x53, 0x44 } } };

	strlcpy(i.name, "br0", sizeof(i.name));
	assert_int_equal(prefix_parse("192.168.44.1/32", &i.addrs[0]), 0);
	assert_int_equal(addr_parse("fe80::44", &i.addrs[1].addr), 0);
	i.addrs[1].len = 64;
	i.naddrs = 2;
	assert_int_equal(conf_add_iface(conf, &i), 0);
}

static int
setup(void **state)
{

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return 0;
	stub_log_clear();
	assert_int_equal(sh("sysctl -qw net.ipv4.ip_forward=1 "
	    "net.ipv6.conf.all.forwarding=1 && "
	    "ip link add br0 type bridge && "
	    "ip link set br0 addrgenmode none && "
	    "ip link add up0 type veth peer name up1 && "
	    "for i in lo br0 up0 up1; do ip link set $i up; done && "
	    "ip addr add 10.0.0.1/24 dev up0 && "
	    "ip addr add fd00::1/64 dev up0 nodad && "
	    "ip route add 10.1.1.2/32 via 10.0.0.2 && "
	    "ip route add 2001:db8:1::2/128 via fe80::2 dev up0"), 0);
	assert_non_null(base = event_base_new());
	assert_non_null(conf = conf_new());
	add_prefix("192.168.44.0/24");
	add_prefix("2001:db8:1234::/48");
	add_iface();
	assert_non_null(k = kernel_open(base, &ops));
	assert_int_equal(kernel_conf(k, conf), 0);
	station();
	kernel_started(k);
	WAIT(k->walk_step == 0);
	turn();
	turn();
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

/* What a minute forgets, so that the next line is not held back. */
static void
a_minute_later(void)
{
	memset(&k->mend, 0, sizeof(k->mend));
	k->rule_next = (monotime_t){ 0 };
	stub_log_clear();
	k->stats.repaired = 0;
}

#define T4	"192.168.44.5"
#define T6	"2001:db8:1234:5::/64"
#define BY	" by another program, put back"
#define STRAY	": set by another program, removed"

static const struct {
	const char	*how;		/* commands */
	const char	*says;		/* in a line of the log */
} hands[] = {
	{ "ip addr del 192.168.44.1/32 dev br0",
	  "address 192.168.44.1 dev br0: removed" BY },
	{ "ip addr del fe80::44/64 dev br0",
	  "address fe80::44 dev br0: removed" BY },
	{ "ip addr flush dev br0", "address 192.168.44.1 dev br0: removed" BY },
	{ "ip addr del 192.168.44.1/32 dev br0; "
	  "ip addr add 192.168.44.1/32 dev br0 proto 44 2>/dev/null || "
	  "ip addr add 192.168.44.1/32 dev br0; "
	  "ip neigh del fe80::7 dev br0",
	  "neighbour fe80::7 dev br0: removed" BY },
	{ "ip link set br0 address 02:00:00:00:00:99",
	  "br0: MAC address: 02:00:00:00:00:99 was set by another program, "
	  "set back" },
	{ "ip rule del pref 1000",
	  "rule 1000 lookup 44, IPv4: removed" BY },
	{ "ip -6 rule del pref 1000",
	  "rule 1000 lookup 44, IPv6: removed" BY },
	{ "ip route del " T4 " proto 44",
	  "route 192.168.44.5/32 dev br0, table main: removed" BY },
	{ "ip route del " T4 " table 44",
	  "route 192.168.44.5/32 dev br0, table 44: removed" BY },
	{ "ip -6 route del " T6 " dev br0 proto 44",
	  "route 2001:db8:1234:5::/64 dev br0, table main: removed" BY },
	{ "ip -6 route del " T6 " dev br0 table 44",
	  "route 2001:db8:1234:5::/64 dev br0, table 44: removed" BY },
	{ "ip route flush proto 44",
	  "route 192.168.44.5/32 dev br0, table main: removed" BY },
	{ "ip route flush table 44",
	  "route 192.168.44.5/32 dev br0, table 44: removed" BY },
	{ "ip -6 route flush table 44",
	  "route 2001:db8:1234:5::/64 dev br0, table 44: removed" BY },
	{ "ip route replace " T4 " dev up0 metric 10; "
	  "ip route del " T4 " dev up0 metric 10",
	  "route 192.168.44.5/32 dev br0, table main: replaced" BY },
	{ "ip route replace " T4 " dev up0 table 44 metric 1024",
	  "route 192.168.44.5/32 dev br0, table 44: replaced" BY },
	{ "ip route replace blackhole " T4 " table 44 metric 1024",
	  "route 192.168.44.5/32 dev br0, table 44: replaced" BY },
	{ "ip -6 route replace " T6 " dev up0 table 44 metric 1024",
	  "route 2001:db8:1234:5::/64 dev br0, table 44: replaced" BY },
	{ "ip route del 192.168.44.6 table 44",
	  "route 192.168.44.6/32 to router 02:00:00:00:00:00:00:02, "
	  "table 44: removed" BY },
	{ "ip -6 route del 2001:db8:1234:6::/64 table 44",
	  "route 2001:db8:1234:6::/64 to router 02:00:00:00:00:00:00:02, "
	  "table 44: removed" BY },
	{ "ip route replace 192.168.44.6 dev up0 table 44 metric 1024",
	  "route 192.168.44.6/32 to router 02:00:00:00:00:00:00:02, "
	  "table 44: replaced" BY },
	{ "ip -6 route replace " T6 " dev up0 metric 10; "
	  "ip -6 route del " T6 " dev up0 metric 10",
	  "route 2001:db8:1234:5::/64 dev br0, table main: replaced" BY },
	{ "ip route replace " T4 " dev up0 metric 10 proto 44",
	  "route 192.168.44.5/32 dev up0, table 254, protocol 44" STRAY },
	{ "ip -6 route replace " T6 " dev up0 metric 10 proto 44",
	  "route 2001:db8:1234:5::/64 dev up0, table 254, protocol 44" STRAY },
	{ "ip route add " T4 " dev up0 metric 5 proto 44",
	  "route 192.168.44.5/32 dev up0, table 254, protocol 44" STRAY },
	{ "ip -6 route add " T6 " dev up0 metric 5 proto 44",
	  "route 2001:db8:1234:5::/64 dev up0, table 254, protocol 44" STRAY },
	{ "ip route add 192.168.44.77 dev br0 proto 44",
	  "route 192.168.44.77/32 dev br0, table 254, protocol 44" STRAY },
	{ "ip route add " T4 " dev up0 table 44 metric 5",
	  "route 192.168.44.5/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip route add " T4 " dev up0 table 44",
	  "route 192.168.44.5/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip route add " T4 " via 10.0.0.7 table 44 metric 5 proto 44",
	  "route 192.168.44.5/32 dev up0, table 44, protocol 44" STRAY },
	{ "ip route add " T4 " tos 0x10 dev up0 table 44",
	  "route 192.168.44.5/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip route add blackhole " T4 " table 44 proto static",
	  "route 192.168.44.5/32, table 44, protocol 4" STRAY },
	{ "ip route prepend " T4 " dev up0 table 44 metric 1024",
	  "route 192.168.44.5/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip route append " T4 " dev up0 table 44 metric 1024",
	  "route 192.168.44.5/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip route add " T4 " table 44 metric 5 nexthop via 10.0.0.7 "
	  "nexthop via 10.0.0.8",
	  "route 192.168.44.5/32, table 44, protocol 3" STRAY },
	{ "ip route add 192.168.44.77 dev up0 table 44",
	  "route 192.168.44.77/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip -6 route add " T6 " dev up0 table 44 metric 5",
	  "route 2001:db8:1234:5::/64 dev up0, table 44, protocol 3" STRAY },
	{ "ip -6 route add blackhole " T6 " table 44 metric 5",
	  "route 2001:db8:1234:5::/64 dev lo, table 44, protocol 3" STRAY },
	{ "ip -6 route append " T6 " via fe80::9 dev up0 table 44 metric 1024",
	  "route 2001:db8:1234:5::/64, table 44, protocol 3" STRAY },
	{ "ip -6 route add 2001:db8:1234:5::7/128 dev up0 table 44",
	  "route 2001:db8:1234:5::7/128 dev up0, table 44, protocol 3" STRAY },
	{ "ip route add 192.168.44.6 dev up0 table 44 metric 5",
	  "route 192.168.44.6/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip route add 192.168.44.77 table 44 nhid $(ip nexthop show "
	  "proto 45 | awk '/10.0.0.2/{print $2}')",
	  "route 192.168.44.77/32 dev up0, table 44, protocol 3" STRAY },
	{ "ip neigh del 192.168.44.5 dev br0",
	  "neighbour 192.168.44.5 dev br0: removed" BY },
	{ "ip neigh replace 192.168.44.5 lladdr 02:00:00:00:00:66 dev br0 "
	  "nud reachable",
	  "neighbour 192.168.44.5 dev br0: replaced" BY },
	{ "ip neigh del fe80::7 dev br0",
	  "neighbour fe80::7 dev br0: removed" BY },
	{ "ip neigh replace fe80::7 lladdr 02:00:00:00:00:66 dev br0 "
	  "nud permanent",
	  "neighbour fe80::7 dev br0: replaced" BY },
	{ "ip nexthop del id $(ip nexthop show proto 45 | "
	  "awk '/10.0.0.2/{print $2}')",
	  "nexthop 10.0.0.2 dev up0, of router 02:00:00:00:00:00:00:02: "
	  "removed" BY },
	{ "ip nexthop del id $(ip nexthop show proto 45 | "
	  "awk '/fe80::2/{print $2}')",
	  "nexthop fe80::2 dev up0, of router 02:00:00:00:00:00:00:02: "
	  "removed" BY },
	{ "ip nexthop replace id $(ip nexthop show proto 45 | "
	  "awk '/10.0.0.2/{print $2}') via 10.0.0.9 dev up0 protocol 45",
	  "nexthop 10.0.0.2 dev up0, of router 02:00:00:00:00:00:00:02: "
	  "changed" BY },
	{ "ip nexthop flush proto 45", "of router 02:00:00:00:00:00:00:02: "
	  "removed" BY },
};

/* Long before the walk of each minute. */
static void
each_thing_comes_back_and_is_named(void **state)
{
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(hands) / sizeof(hands[0]); i++) {
		a_minute_later();
		(void)sh("{ %s; } 2>/dev/null", hands[i].how);
		assert_false(as_before());
		WAIT(as_before());
		WAIT(k->stats.repaired > 0);
		if (stub_log_count(hands[i].says) != 1)
			fail_msg("%s: not once '%s' but:\n%s", hands[i].how,
			    hands[i].says, stub_log_text());
	}
	assert_int_equal(stub_log_count("was gone"), 0);
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	turn();
	assert_int_equal(stub_log_count("was gone"), 0);
	assert_true(as_before());
}

/* Longer and shorter than a station's, of before the start, and many. */
static void
others_routes_go_where_they_hide_ours(void **state)
{
	static const char *const stay[] = {
		"10.99.0.0/24 via 10.0.0.7 table 44",
		"blackhole 192.168.44.0/24 table 44",
		"192.168.44.5 dev up0 table 45",
		"192.168.44.5 dev up0 metric 5",
		"10.99.0.1 dev up0 proto 44",
	};
	size_t i;
	int n;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(stay) / sizeof(stay[0]); i++)
		assert_int_equal(sh("ip route add %s", stay[i]), 0);
	look(as_it_was, sizeof(as_it_was));
	for (n = 0; n < 20; n++)
		turn();
	reconcile_start(k);
	WAIT(k->walk_step == 0);
	turn();
	assert_string_equal(stub_log_text(), "");
	assert_true(as_before());
	/* More than are kept: a walk finds those. */
	assert_int_equal(sh("for i in $(seq 10 250); do "
	    "echo route add 192.168.44.$i dev up0 table 44; done | "
	    "ip -batch -"), 0);
	WAIT(as_before());
	assert_int_equal(stub_log_count("set by another program, removed"), 1);
	/* A new run finds some there. */
	kernel_close(k, true);
	assert_int_equal(sh("ip route add 192.168.44.5 dev up0 table 44"), 0);
	assert_non_null(k = kernel_open(base, &ops));
	assert_int_equal(kernel_conf(k, conf), 0);
	station();
	kernel_started(k);
	WAIT(as_before());
	/* It sees those of the table that a reload makes ours. */
	conf->global.table = 3000000;
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_int_equal(sh("ip route add 192.168.44.5 dev up0 table 3000000 "
	    "metric 5"), 0);
	WAIT(sh("ip route show table 3000000 | grep -q \"metric 5\"") != 0);
	assert_int_equal(stub_log_count("table 3000000, protocol 3" STRAY), 1);
	for (i = 0; i < sizeof(stay) / sizeof(stay[0]); i++)
		assert_int_equal(sh("ip route del %s", stay[i]), 0);
}

/* What we delete and set again is no news, whatever the order of events. */
static void
our_own_changes_are_no_news(void **state)
{
	unsigned int i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < 20; i++) {
		route("192.168.44.5/32", ROUTE_DIRECT, NULL);
		route("2001:db8:1234:5::/64", ROUTE_DIRECT, NULL);
		if (i & 1)
			turn();
		station();
		turn();
	}
	for (i = 0; i < 20; i++)
		turn();
	WAIT(as_before());
	assert_int_equal(k->stats.repaired, 0);
	assert_string_equal(stub_log_text(), "");
}

/* What the kernel removes with a link, no program has. */
static void
a_link_that_goes_and_comes_is_nobodys_hand(void **state)
{
	unsigned int i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < 5; i++) {
		assert_int_equal(sh("ip link set br0 down"), 0);
		if (i & 1)
			turn();
		assert_int_equal(sh("ip link set br0 up"), 0);
		WAIT(as_before());
		assert_int_equal(sh("ip link set up0 down; "
		    "ip link set up0 up; ip addr add fd00::1/64 dev up0 nodad; "
		    "ip route add 10.1.1.2/32 via 10.0.0.2; "
		    "ip route add 2001:db8:1::2/128 via fe80::2 dev up0"), 0);
		WAIT(as_before());
	}
	for (i = 0; i < 20; i++)
		turn();
	assert_int_equal(stub_log_count("another program"), 0);
}

static monotime_t	taking;		/* since when */

static uint64_t
take_all_again(void)
{
	(void)sh("{ ip route flush proto 44; ip route flush table 44; "
	    "ip neigh del fe80::7 dev br0; "
	    "ip addr del fe80::44/64 dev br0; } >/dev/null 2>&1");
	turn();
	return k->mend.rounds;
}

/* One repair a second and two lines of each kind, whatever the other does. */
static void
who_takes_it_for_ever_costs_little(void **state)
{
	int64_t ms;

	(void)state;
	NEEDS_ROOT();
	taking = clock_monotime();
	WAIT(take_all_again() >= MEND_FEW + 2);
	ms = monotime_ms(taking, clock_monotime());
	assert_in_range(k->mend.rounds, 0,
	    (uint64_t)(MEND_FEW + 1 + ms / MEND_PAUSE + 1));
	assert_int_equal(stub_log_count(
	    "route 192.168.44.5/32 dev br0, table main"), 1);
	assert_int_equal(stub_log_count(
	    "route 192.168.44.5/32 dev br0, table 44"), 1);
	assert_int_equal(stub_log_count(
	    "\nroutes: 5 repairs within a minute: another "
	    "program undoes them again and again; repairs are paced now"),
	    1);
	assert_int_equal(stub_log_count("neighbour fe80::7"), 1);
	WAIT(as_before());
}

/* Settings are of the system: named when they change, never written. */
static void
forwarding_is_named_and_not_touched(void **state)
{
	static const struct {
		const char	*set, *says;
	} rows[] = {
		{ "net.ipv4.ip_forward=0",
		  "IPv4 forwarding of all was switched off: set "
		  "net.ipv4.conf.all.forwarding=1" },
		{ "net.ipv4.ip_forward=1",
		  "IPv4 forwarding of all is on again" },
		{ "net.ipv6.conf.all.forwarding=0",
		  "IPv6 forwarding of all was switched off: set "
		  "net.ipv6.conf.all.forwarding=1" },
		{ "net.ipv6.conf.all.forwarding=1",
		  "IPv6 forwarding of all is on again" },
		{ "net.ipv4.conf.br0.forwarding=0",
		  "IPv4 forwarding of br0 was switched off: set "
		  "net.ipv4.conf.br0.forwarding=1" },
		{ "net.ipv4.conf.br0.forwarding=1",
		  "IPv4 forwarding of br0 is on again" },
		{ "net.ipv4.conf.lo.forwarding=0", NULL },
	};
	size_t i;
	int n;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(k->warns, 0, sizeof(k->warns));
		stub_log_clear();
		assert_int_equal(sh("sysctl -qw %s", rows[i].set), 0);
		for (n = 0; n < 20; n++)
			turn();
		if (rows[i].says != NULL && stub_log_count(rows[i].says) != 1)
			fail_msg("%s: %s", rows[i].set, stub_log_text());
		assert_int_equal(stub_log_count("forwarding of"),
		    rows[i].says != NULL);
		assert_int_equal(sh("test \"$(sysctl -n %.*s)\" = %s",
		    (int)strcspn(rows[i].set, "="), rows[i].set,
		    strchr(rows[i].set, '=') + 1), 0);
	}
	/* As often as one likes. */
	stub_log_clear();
	assert_int_equal(sh("for i in $(seq 20); do for s in 0 1; do "
	    "sysctl -qw net.ipv4.ip_forward=$s; done; done"), 0);
	for (n = 0; n < 20; n++)
		turn();
	assert_in_range(stub_log_count("forwarding of"), 0, 2);
}

/* Of most the kernel does not tell: the look of each minute finds them. */
static void
settings_are_named_and_not_touched(void **state)
{
	static const struct {
		const char	*set, *says;	/* NULL: nothing */
		bool		 told;
	} rows[] = {
		{ "net.ipv4.conf.br0.rp_filter=1",
		  "br0: the kernel drops what a station sends until its route "
		  "is set: set net.ipv4.conf.all.rp_filter=0 and "
		  "net.ipv4.conf.br0.rp_filter=0", true },
		{ "net.ipv4.conf.all.rp_filter=2",
		  "br0: net.ipv4.conf.br0.rp_filter is right again", true },
		{ "net.ipv4.conf.br0.rp_filter=0", NULL, true },
		{ "net.ipv4.conf.all.rp_filter=1", "br0: the kernel drops",
		  true },
		{ "net.ipv4.conf.all.rp_filter=0", "right again", true },
		{ "net.ipv4.conf.lo.rp_filter=1", NULL, true },
		{ "net.ipv4.conf.br0.arp_filter=1",
		  "br0: the kernel answers no ARP for the gateway until the "
		  "station's route is set", false },
		{ "net.ipv4.conf.br0.arp_filter=0", "right again", false },
		{ "net.ipv4.conf.all.arp_filter=1", "br0: the kernel answers "
		  "no ARP for the gateway until", false },
		{ "net.ipv4.conf.all.arp_filter=0", "right again", false },
		{ "net.ipv4.conf.br0.arp_ignore=1", NULL, false },
		{ "net.ipv4.conf.br0.arp_ignore=2", "br0: the kernel answers "
		  "no ARP for the gateway: set", false },
		{ "net.ipv4.conf.br0.arp_ignore=3", "right again", false },
		{ "net.ipv4.conf.all.arp_ignore=8", "br0: the kernel answers "
		  "no ARP for the gateway: set", false },
		{ "net.ipv4.conf.all.arp_ignore=0", "right again", false },
		{ "net.ipv4.conf.br0.arp_ignore=0", NULL, false },
		{ "net.ipv4.conf.br0.accept_redirects=0", NULL, false },
		{ "net.ipv4.conf.all.accept_redirects=1", NULL, false },
		{ "net.ipv4.conf.br0.accept_redirects=1", "br0: the kernel "
		  "takes redirects from stations: set "
		  "net.ipv4.conf.br0.accept_redirects=0", false },
		{ "net.ipv4.conf.all.accept_redirects=0", "right again",
		  false },
		{ "net.ipv6.conf.br0.accept_ra=2", "br0: the kernel takes "
		  "router advertisements from stations: set "
		  "net.ipv6.conf.br0.accept_ra=0", false },
		{ "net.ipv6.conf.br0.accept_ra=1", "right again", false },
		{ "net.ipv4.conf.br0.send_redirects=1", "br0: the "
		  "kernel redirects stations to one another: set "
		  "net.ipv4.conf.all.send_redirects=0 and "
		  "net.ipv4.conf.br0.send_redirects=0", false },
		{ "net.ipv4.conf.br0.send_redirects=0", "right again", false },
		{ "net.ipv4.conf.all.arp_announce=2", NULL, false },
		/* Its addresses go, of which the kernel tells. */
		{ "net.ipv6.conf.br0.disable_ipv6=1", "br0: no IPv6 for "
		  "stations: set net.ipv6.conf.br0.disable_ipv6=0", true },
		{ "net.ipv6.conf.br0.disable_ipv6=0", "right again", false },
	};
	size_t i;
	int n;

	(void)state;
	NEEDS_ROOT();
	assert_int_equal(sh("sysctl -qw net.ipv4.conf.all.send_redirects=0 "
	    "net.ipv4.conf.br0.send_redirects=0"), 0);
	assert_int_equal(kernel_conf(k, conf), 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(k->warns, 0, sizeof(k->warns));
		stub_log_clear();
		assert_int_equal(sh("sysctl -qw %s", rows[i].set), 0);
		if (!rows[i].told)
			reconcile_start(k);
		for (n = 0; n < 20; n++)
			turn();
		WAIT(k->walk_step == 0);
		if (rows[i].says != NULL)
			WAIT(stub_log_count(rows[i].says) == 1);
		assert_int_equal(stub_log_count("conf.br0."),
		    rows[i].says != NULL);
		assert_int_equal(sh("test \"$(sysctl -n %.*s)\" = %s",
		    (int)strcspn(rows[i].set, "="), rows[i].set,
		    strchr(rows[i].set, '=') + 1), 0);
	}
	/* As often as one likes. */
	stub_log_clear();
	for (i = 0; i < 20; i++) {
		assert_int_equal(sh("sysctl -qw net.ipv4.conf.br0.rp_filter=%d",
		    (int)i & 1), 0);
		WAIT(k->walk_step == 0);
		reconcile_start(k);
	}
	assert_int_equal(stub_log_count("conf.br0."), 2);
	/* What a reload finds is said once more. */
	assert_int_equal(sh("sysctl -qw net.ipv4.conf.br0.rp_filter=1"), 0);
	for (i = 0; i < 2; i++) {
		memset(k->warns, 0, sizeof(k->warns));
		stub_log_clear();
		assert_int_equal(kernel_conf(k, conf), 0);
		assert_int_equal(stub_log_count("br0: the kernel drops"), 1);
	}
}

/* What comes before ours, or beside it, is said once: at the start, or then. */
static void
rules_of_others_before_ours_are_said_once(void **state)
{
	static const struct {
		const char	*family, *rule;
		const char	*says;		/* NULL: nothing */
	} rows[] = {
		{ "-4", "pref 500 lookup 100", "rule 500 lookup 100, IPv4" },
		{ "-6", "pref 500 lookup 100", "rule 500 lookup 100, IPv6" },
		{ "-4", "pref 1000 lookup 45", "rule 1000 lookup 45, IPv4" },
		{ "-4", "pref 77 from 10.0.0.0/8 lookup 45",
		  "rule 77 lookup 45, IPv4" },
		{ "-4", "pref 78 unreachable", "rule 78 lookup 0, IPv4" },
		{ "-4", "pref 1001 lookup 45", NULL },
		{ "-4", "pref 5 lookup local", NULL },
	};
	unsigned int n, all = 0;
	size_t i;

	(void)state;
	NEEDS_ROOT();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stub_log_clear();
		assert_int_equal(sh("ip %s rule add %s", rows[i].family,
		    rows[i].rule), 0);
		for (n = 0; n < 5; n++)
			turn();
		assert_int_equal(stub_log_count("of another program"),
		    rows[i].says != NULL);
		assert_true(rows[i].says == NULL ||
		    stub_log_count(rows[i].says) == 1);
		all += rows[i].says != NULL;
		assert_int_equal(sh("for i in 1 2 3; do ip %s rule del %s; "
		    "ip %s rule add %s; done", rows[i].family, rows[i].rule,
		    rows[i].family, rows[i].rule), 0);
	}
	stub_log_clear();
	for (n = 0; n < 5; n++)
		turn();
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_int_equal(stub_log_count("of another program"), 0);
	/* A new run finds them there. */
	kernel_close(k, false);
	assert_non_null(k = kernel_open(base, &ops));
	assert_int_equal(kernel_conf(k, conf), 0);
	assert_int_equal(stub_log_count("of another program"), all);
	/* Not without end. */
	assert_int_equal(sh("for i in $(seq 100 140); do "
	    "ip rule add pref $i lookup 45; done"), 0);
	for (n = 0; n < 5; n++)
		turn();
	assert_int_equal(stub_log_count("of another program"), RULES_SAID);
	assert_int_equal(stub_log_count("further ones are not named"), 1);
}

/* Events that were lost: all is compared within a second or so. */
static void
lost_events_are_made_up_for(void **state)
{
	(void)state;
	NEEDS_ROOT();
	assert_int_equal(sh("for i in $(seq 30000); do "
	    "echo route add 10.99.0.1 dev up0 proto 44; "
	    "echo route del 10.99.0.1 dev up0 proto 44; done | "
	    "ip -batch - && ip route del " T4 " table 44"), 0);
	WAIT(as_before());
	assert_in_range(k->stats.overflows, 1, UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    each_thing_comes_back_and_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    others_routes_go_where_they_hide_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(our_own_changes_are_no_news,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_link_that_goes_and_comes_is_nobodys_hand, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    who_takes_it_for_ever_costs_little, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    forwarding_is_named_and_not_touched, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    settings_are_named_and_not_touched, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    rules_of_others_before_ours_are_said_once, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(lost_events_are_made_up_for,
		    setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
