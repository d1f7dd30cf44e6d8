/* SPDX-License-Identifier: ISC */
/*
 * Which rules of nftables keep the networks of stations from a router's
 * addresses and from forged sources, and bridges from who plays the gateway.
 */
#include <linux/netfilter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/check.h"
#include "kernel/guard.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/state.h"
#include "stub_log.h"

#define INET	NFPROTO_INET
#define V4	NFPROTO_IPV4
#define V6	NFPROTO_IPV6
#define INPUT	NF_INET_LOCAL_IN
#define BEFORE	NF_INET_PRE_ROUTING
#define FORWARD	NF_INET_FORWARD
#define NAMES(n) .nnames = 1, .names = { n }
#define GATEWAY	{ { 2, 0, 0x5e, 0, 0x53, 0x45 } }
#define PARTS	4

static struct knode	node = {
	.link = { .ifindex = 7, .bridge = true, .mac = GATEWAY }
};
static struct knode	ports[] = {
	{ .link = { .ifindex = 8, .name = "p1", .master = 7 } },
	{ .link = { .ifindex = 9, .name = "p2", .master = 7 } }
};
static struct kiface	roamg;
static struct kernel	kernel;

/* Two networks with both families, and a bridge with two open ports. */
static int
setup(void **state)
{
	struct kernel *k = &kernel;
	size_t i;

	(void)state;
	memset(k, 0, sizeof(*k));
	memset(&roamg, 0, sizeof(roamg));
	strlcpy(roamg.conf.name, "roamg", sizeof(roamg.conf.name));
	roamg.node = &node;
	TAILQ_INIT(&k->ifaces);
	TAILQ_INSERT_TAIL(&k->ifaces, &roamg, entry);
	RB_INIT(&k->nodes);
	RB_INSERT(knode_tree, &k->nodes, &node);
	for (i = 0; i < 2; i++)
		RB_INSERT(knode_tree, &k->nodes, &ports[i]);
	k->names.n = 2;
	k->prefixes.n = 2;
	assert_int_equal(prefix_parse("10.45.0.0/16",
	    &k->prefixes.list[0].prefix), 0);
	assert_int_equal(prefix_parse("2001:db8:45::/48",
	    &k->prefixes.list[1].prefix), 0);
	stub_log_clear();
	return 0;
}

/* A table with chains and rules. */
struct part {
	uint8_t			 family;
	const char		*table;
	int			 hooks[3];	/* from -1 on none */
	bool			 drops;		/* all of these chains */
	struct kernel_nft_rule	 rules[3];
};

static void
look(const struct part *parts, size_t n)
{
	struct kernel *k = &kernel;
	const struct part *p;
	size_t i;

	guard_begin(k);
	for (p = parts; p < parts + n && p->family != 0; p++) {
		struct kernel_nft_table t = { .family = p->family };

		strlcpy(t.name, p->table, sizeof(t.name));
		guard_table(k, &t);
	}
	for (p = parts; p < parts + n && p->family != 0; p++)
		for (i = 0; i < 3 && p->hooks[i] != -1; i++) {
			struct kernel_nft_chain c = { .family = p->family,
			    .hooked = true, .hook = (uint32_t)p->hooks[i],
			    .drops = p->drops };

			strlcpy(c.table, p->table, sizeof(c.table));
			guard_chain(k, &c);
		}
	for (p = parts; p < parts + n && p->family != 0; p++)
		for (i = 0; i < 3; i++) {
			struct kernel_nft_rule r = p->rules[i];

			r.family = p->family;
			strlcpy(r.table, p->table, sizeof(r.table));
			guard_rule(k, &r);
		}
	guard_end(k, true);
}

static const struct row {
	const char	*why;
	bool		 router, sources;	/* open */
	struct part	 parts[PARTS];
} rows[] = {
	{ "none", true, true, { { .family = 0 } } },
	{ "networks.nft", false, false, { { INET, "sroamd_networks",
	    { BEFORE, INPUT, -1 }, false,
	    { { NAMES("roamg") }, { .source4 = true }, { .source6 = true } }
	    } } },
	{ "the same for another interface", true, true, { { INET,
	    "sroamd_networks", { BEFORE, INPUT, -1 }, false,
	    { { NAMES("roam") }, { .source4 = true }, { .source6 = true } }
	    } } },
	{ "by another name and a part of it", false, false, { { INET, "fw",
	    { BEFORE, INPUT, -1 }, false, { { NAMES("roa"),
	    .part = { true }, .source4 = true, .source6 = true } } } } },
	{ "by index", false, true, { { INET, "fw", { INPUT, -1 }, false,
	    { { .nindexes = 1, .indexes = { 7 } } } } } },
	{ "by the index of another", true, true, { { INET, "fw",
	    { INPUT, -1 }, false, { { .nindexes = 1, .indexes = { 8 } } } } } },
	{ "by a set", false, true, { { INET, "fw", { INPUT, -1 }, false,
	    { { .any_iface = true } } } } },
	{ "without a hook", true, true, { { INET, "fw", { -1 }, false,
	    { { NAMES("roamg"), .source4 = true, .source6 = true } } } } },
	{ "what is forwarded", true, false, { { INET, "fw", { FORWARD, -1 },
	    false, { { NAMES("roamg"), .source4 = true, .source6 = true } }
	    } } },
	{ "only IPv4", true, true, { { V4, "filter", { INPUT, BEFORE, -1 },
	    false, { { NAMES("roamg"), .source4 = true } } } } },
	{ "IPv4 and IPv6 in two tables", false, false, {
	    { V4, "filter", { INPUT, BEFORE, -1 }, false,
	    { { NAMES("roamg"), .source4 = true } } },
	    { V6, "filter", { INPUT, BEFORE, -1 }, false,
	    { { NAMES("roamg"), .source6 = true } } } } },
	{ "a table of the same name with another family", true, true, {
	    { V4, "filter", { INPUT, -1 }, false, { { .nnames = 0 } } },
	    { V6, "filter", { INPUT, -1 }, false, { { NAMES("roamg") } } } } },
	{ "drops what nothing accepts", false, true, { { INET, "fw",
	    { INPUT, -1 }, true, { { .nnames = 0 } } } } },
	{ "drops what is forwarded", true, true, { { INET, "fw",
	    { FORWARD, -1 }, true, { { .nnames = 0 } } } } },
	{ "sources of no interface of ours", true, true, { { INET, "fw",
	    { BEFORE, -1 }, false, { { NAMES("wan"), .source4 = true,
	    .source6 = true } } } } },
	{ "the way back", true, false, { { INET, "fw", { BEFORE, -1 }, false,
	    { { .fib = true } } } } },
	{ "before the stack", true, false, { { NFPROTO_NETDEV, "in", { 0, -1 },
	    false, { { .source4 = true, .source6 = true } } } } },
	{ "of a bridge", true, true, { { NFPROTO_BRIDGE, "br",
	    { INPUT, BEFORE, -1 }, true, { { NAMES("roamg"), .source4 = true,
	    .source6 = true } } } } },
	{ "something else does it", false, false, { { INET, GUARD_QUIET,
	    { -1 }, false, { { .nnames = 0 } } } } }
};

static void
rules_are_judged_by_what_they_look_at(void **state)
{
	const struct row *r;

	for (r = rows; r < rows + sizeof(rows) / sizeof(rows[0]); r++) {
		setup(state);
		look(r->parts, PARTS);
		if ((stub_log_count("addresses of this router") == 1) !=
		    r->router ||
		    (stub_log_count("send from addresses of other") == 1) !=
		    r->sources)
			fail_msg("%s: %s", r->why, stub_log_text());
	}
}

/* One network has nobody to be kept from; nor is IPv6 open that none has. */
static void
what_is_not_there_is_not_open(void **state)
{
	(void)state;
	kernel.names.n = 1;
	look(rows[0].parts, PARTS);
	assert_int_equal(stub_log_count("networks: their"), 0);
	kernel.names.n = 2;
	kernel.prefixes.n = 1;
	look((const struct part[]){ { V4, "filter", { INPUT, BEFORE, -1 },
	    false, { { NAMES("roamg"), .source4 = true } } } }, 1);
	assert_int_equal(stub_log_count("networks: their"), 0);
}

static void
it_is_said_once_and_again_when_it_is_so_again(void **state)
{
	struct kernel *k = &kernel;

	(void)state;
	look(rows[0].parts, PARTS);
	look(rows[0].parts, PARTS);
	assert_int_equal(stub_log_count("networks: their"), 1);
	look(rows[1].parts, PARTS);
	assert_int_equal(stub_log_count("networks: their"), 1);
	look(rows[0].parts, PARTS);
	assert_int_equal(stub_log_count("networks: their"), 2);
	guard_forget(k);			/* a reload */
	look(rows[0].parts, PARTS);
	assert_int_equal(stub_log_count("networks: their"), 3);
	/* Less than was said is not said. */
	look(rows[8].parts, PARTS);
	assert_int_equal(stub_log_count("networks: their"), 3);
	/* What could not be read says nothing. */
	look(rows[1].parts, PARTS);
	guard_begin(k);
	guard_end(k, false);
	assert_int_equal(stub_log_count("networks: their"), 3);
}

static void
more_tables_than_fit_are_not_judged(void **state)
{
	struct kernel *k = &kernel;
	struct kernel_nft_table t = { .family = INET };
	int i;

	(void)state;
	guard_begin(k);
	for (i = 0; i <= GUARD_TABLES; i++) {
		snprintf(t.name, sizeof(t.name), "t%d", i);
		guard_table(k, &t);
	}
	guard_end(k, true);
	assert_int_equal(stub_log_count("networks: their"), 0);
	look(rows[0].parts, PARTS);
	assert_int_equal(stub_log_count("networks: their"), 1);
}

static void
open_ports_are_named_unless_rules_know_the_gateway(void **state)
{
	static const struct {
		const char	*why;
		bool		 open;
		struct part	 part;
	} kinds[] = {
		{ "sroamd.nft", false, { NFPROTO_BRIDGE, "sroamd",
		    { BEFORE, FORWARD, -1 }, false,
		    { { .nmacs = 1, .macs = { GATEWAY } } } } },
		{ "by a set", false, { NFPROTO_BRIDGE, "b", { FORWARD, -1 },
		    false, { { .any_mac = true } } } },
		{ "another gateway", true, { NFPROTO_BRIDGE, "sroamd",
		    { BEFORE, FORWARD, -1 }, false,
		    { { .nmacs = 1, .macs = { { { 2, 1 } } } } } } },
		{ "not forwarded", true, { NFPROTO_BRIDGE, "b", { INPUT, -1 },
		    false, { { .nmacs = 1, .macs = { GATEWAY } } } } },
		{ "not of a bridge", true, { INET, "b", { FORWARD, -1 },
		    false, { { .nmacs = 1, .macs = { GATEWAY } } } } }
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		setup(state);
		look(&kinds[i].part, 1);
		if (stub_log_count("p1 and p2 are not isolated") !=
		    kinds[i].open)
			fail_msg("%s: %s", kinds[i].why, stub_log_text());
	}
	/* They are named when the rules are gone, and not during a look. */
	setup(state);
	look(&kinds[0].part, 1);
	guard_begin(&kernel);
	check_ports(&kernel);
	assert_int_equal(stub_log_count("are not isolated"), 0);
	guard_end(&kernel, true);
	assert_int_equal(stub_log_count("are not isolated"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_judged_by_what_they_look_at),
		cmocka_unit_test_setup(what_is_not_there_is_not_open, setup),
		cmocka_unit_test_setup(
		    it_is_said_once_and_again_when_it_is_so_again, setup),
		cmocka_unit_test_setup(more_tables_than_fit_are_not_judged,
		    setup),
		cmocka_unit_test(
		    open_ports_are_named_unless_rules_know_the_gateway)
	};

	return cmocka_run_group_tests_name("kernel_guard", tests, NULL, NULL);
}
