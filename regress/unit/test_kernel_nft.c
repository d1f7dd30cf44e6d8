/* SPDX-License-Identifier: ISC */
/*
 * What is read of nftables: the devices of a flow table, which rules give
 * packets another source address, and which look at where they come from.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/nlmsg.h"

static struct nl_msg *
message(int type)
{
	struct nfgenmsg head = { AF_INET, NFNETLINK_V0, 0 };
	struct nl_msg *msg = nlmsg_alloc();

	assert_non_null(msg);
	assert_non_null(nlmsg_put(msg, 0, 0, NFNL_SUBSYS_NFTABLES << 8 | type,
	    0, 0));
	assert_int_equal(nlmsg_append(msg, &head, sizeof(head),
	    NLMSG_ALIGNTO), 0);
	return msg;
}

/* An expression, with an attribute of its data that is a number or a text. */
struct expression {
	const char	*name;
	int		 type;		/* 0: no data */
	uint32_t	 number;
	const char	*text;
};

static void
put_expression(struct nl_msg *msg, const struct expression *e)
{
	struct nlattr *elem = nla_nest_start(msg, NFTA_LIST_ELEM), *data;

	nla_put_string(msg, NFTA_EXPR_NAME, e->name);
	data = nla_nest_start(msg, NFTA_EXPR_DATA);
	if (e->text != NULL)
		nla_put_string(msg, e->type, e->text);
	else if (e->type != 0)
		nla_put_u32(msg, e->type, htonl(e->number));
	nla_nest_end(msg, data);
	nla_nest_end(msg, elem);
}

static void
rules_that_hide_stations(void **state)
{
	static const struct {
		struct expression	e;
		int			hides;
	} rows[] = {
		{ { "masq", 0, 0, NULL }, 0 },
		{ { "nat", NFTA_NAT_TYPE, NFT_NAT_SNAT, NULL }, 0 },
		{ { "nat", NFTA_NAT_TYPE, NFT_NAT_DNAT, NULL }, -1 },
		{ { "nat", 0, 0, NULL }, -1 },
		{ { "target", NFTA_TARGET_NAME, 0, "MASQUERADE" }, 0 },
		{ { "target", NFTA_TARGET_NAME, 0, "SNAT" }, 0 },
		{ { "target", NFTA_TARGET_NAME, 0, "TCPMSS" }, -1 },
		{ { "redir", 0, 0, NULL }, -1 },
		{ { "masquerade", 0, 0, NULL }, -1 },
		{ { "", 0, 0, NULL }, -1 }
	};
	static const struct expression before = { "meta", 1, 7, NULL };
	struct kernel_nat nat;
	struct kernel_flowtable f;
	struct nl_msg *msg;
	struct nlattr *list;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		msg = message(NFT_MSG_NEWRULE);
		nla_put_string(msg, NFTA_RULE_TABLE, "fw4");
		nla_put_string(msg, NFTA_RULE_CHAIN, "srcnat_wan");
		list = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS);
		put_expression(msg, &before);
		put_expression(msg, &rows[i].e);
		put_expression(msg, &before);
		nla_nest_end(msg, list);
		if (msg_read_nat(nlmsg_hdr(msg), &nat) != rows[i].hides)
			fail_msg("%s, row %zu", rows[i].e.name, i);
		if (rows[i].hides == 0) {
			assert_string_equal(nat.table, "fw4");
			assert_string_equal(nat.chain, "srcnat_wan");
		}
		assert_int_equal(msg_read_flowtable(nlmsg_hdr(msg), &f), -1);
		nlmsg_free(msg);
	}
}

/* Attributes of an expression's data, by type: numbers, or octets. */
struct look {
	const char	*name;
	struct {
		int		 type;		/* 0: no more */
		uint32_t	 number;
		const void	*octets;	/* in NFTA_DATA_VALUE, nested */
		int		 len;
	}		 data[3];
};

static void
put_look(struct nl_msg *msg, const struct look *l)
{
	struct nlattr *elem = nla_nest_start(msg, NFTA_LIST_ELEM), *data, *in;
	int i;

	nla_put_string(msg, NFTA_EXPR_NAME, l->name);
	data = nla_nest_start(msg, NFTA_EXPR_DATA);
	for (i = 0; i < 3 && l->data[i].type != 0; i++) {
		if (l->data[i].octets == NULL) {
			nla_put_u32(msg, l->data[i].type,
			    htonl(l->data[i].number));
			continue;
		}
		in = nla_nest_start(msg, l->data[i].type);
		nla_put(msg, NFTA_DATA_VALUE, l->data[i].len,
		    l->data[i].octets);
		nla_nest_end(msg, in);
	}
	nla_nest_end(msg, data);
	nla_nest_end(msg, elem);
}

#define META(key)	{ "meta", { { NFTA_META_KEY, NFT_META_##key, \
	NULL, 0 } } }
#define CMP(text, n)	{ "cmp", { { NFTA_CMP_DATA, 0, text, n } } }
#define LOAD(base, at, n) { "payload", { \
	{ NFTA_PAYLOAD_BASE, NFT_PAYLOAD_##base##_HEADER, NULL, 0 }, \
	{ NFTA_PAYLOAD_OFFSET, at, NULL, 0 }, \
	{ NFTA_PAYLOAD_LEN, n, NULL, 0 } } }
#define ROAMG		"roamg\0\0\0\0\0\0\0\0\0\0"
#define SET		{ "lookup", { { 0, 0, NULL, 0 } } }
#define LOOKS		5

static const struct {
	struct look		looks[LOOKS];
	struct kernel_nft_rule	rule;
} sources[] = {
	{ { META(IIFNAME), CMP(ROAMG, 16) },
	    { .nnames = 1, .names = { "roamg" } } },
	{ { META(IIFNAME), CMP("roam", 4) },
	    { .nnames = 1, .names = { "roam" }, .part = { true } } },
	{ { META(OIFNAME), CMP(ROAMG, 16) }, { .nnames = 0 } },
	{ { META(IIF), CMP("\x07\0\0\0", 4) },
	    { .nindexes = 1, .indexes = { 7 } } },
	{ { META(IIFGROUP), CMP("\x07\0\0\0", 4) }, { .any_iface = true } },
	{ { META(IIFNAME), SET }, { .any_iface = true } },
	/* iifname . ip saddr, in a set; a set of addresses alone */
	{ { META(IIFNAME), LOAD(NETWORK, 12, 4), SET },
	    { .any_iface = true, .source4 = true } },
	{ { META(NFPROTO), CMP("\x02", 1), LOAD(NETWORK, 12, 4), SET },
	    { .source4 = true } },
	{ { META(IIFNAME), CMP(ROAMG, 16), LOAD(NETWORK, 12, 3),
	    CMP("\x0a\x2d\0", 3) },
	    { .nnames = 1, .names = { "roamg" }, .source4 = true } },
	{ { LOAD(NETWORK, 8, 16), SET }, { .source6 = true } },
	{ { LOAD(NETWORK, 8, 1), CMP("\x40", 1) }, { .nnames = 0 } },
	{ { LOAD(NETWORK, 16, 4), CMP("\x0a\x2d\0\x01", 4) },
	    { .nnames = 0 } },
	{ { LOAD(TRANSPORT, 12, 4), CMP("\0\0\0\0", 4) }, { .nnames = 0 } },
	{ { LOAD(LL, 6, 6), CMP("\x02\0\x5e\0\x53\x44", 6) },
	    { .nmacs = 1, .macs = { { { 2, 0, 0x5e, 0, 0x53, 0x44 } } } } },
	{ { LOAD(LL, 6, 6), SET }, { .any_mac = true } },
	{ { LOAD(LL, 0, 6), CMP("\x02\0\x5e\0\x53\x44", 6) },
	    { .nnames = 0 } },
	/* too short to be compared with */
	{ { LOAD(LL, 6, 6), CMP("\x02", 1) }, { .nnames = 0 } },
	{ { META(IIF), CMP("\x07", 1) }, { .nnames = 0 } },
	{ { { "fib", { { NFTA_FIB_FLAGS, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF,
	    NULL, 0 } } } }, { .fib = true } },
	{ { { "fib", { { NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR, NULL, 0 } } } },
	    { .nnames = 0 } },
	/* without data, and unknown */
	{ { { "meta", { { 0, 0, NULL, 0 } } }, CMP(ROAMG, 16) },
	    { .nnames = 0 } },
	{ { { "payload", { { 0, 0, NULL, 0 } } },
	    { "cmp", { { 0, 0, NULL, 0 } } }, { "", { { 0, 0, NULL, 0 } } } },
	    { .nnames = 0 } }
};

static void
rules_that_look_where_packets_come_from(void **state)
{
	struct kernel_nft_rule rule, want;
	struct nl_msg *msg;
	struct nlattr *list;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		msg = message(NFT_MSG_NEWRULE);
		nla_put_string(msg, NFTA_RULE_TABLE, "fw4");
		list = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS);
		for (n = 0; n < LOOKS && sources[i].looks[n].name != NULL; n++)
			put_look(msg, &sources[i].looks[n]);
		nla_nest_end(msg, list);
		assert_int_equal(msg_read_nft_rule(nlmsg_hdr(msg), &rule), 0);
		want = sources[i].rule;
		want.family = AF_INET;
		strlcpy(want.table, "fw4", sizeof(want.table));
		if (memcmp(&rule, &want, sizeof(rule)) != 0)
			fail_msg("row %zu", i);
		nlmsg_free(msg);
	}
}

/* More matches than there is room for are left out; so are expressions. */
static void
rules_are_read_as_far_as_there_is_room(void **state)
{
	static const struct look name[] = { META(IIFNAME), CMP(ROAMG, 16) };
	static const struct look mac[] = {
		LOAD(LL, 6, 6), CMP("\x02\0\x5e\0\x53\x44", 6)
	};
	struct nl_msg *msg = message(NFT_MSG_NEWRULE);
	struct kernel_nft_rule rule;
	struct kernel_nft_chain chain;
	struct kernel_nft_table table;
	struct nlattr *list = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS);
	int i;

	(void)state;
	for (i = 0; i < 2 * RULE_MATCHES; i++) {
		put_look(msg, &name[0]);
		put_look(msg, &name[1]);
		put_look(msg, &mac[0]);
		put_look(msg, &mac[1]);
	}
	nla_nest_end(msg, list);
	assert_int_equal(msg_read_nft_rule(nlmsg_hdr(msg), &rule), 0);
	assert_int_equal(rule.nnames, RULE_MATCHES);
	assert_int_equal(rule.nmacs, RULE_MATCHES);
	assert_int_equal(msg_read_nft_chain(nlmsg_hdr(msg), &chain), -1);
	assert_int_equal(msg_read_nft_table(nlmsg_hdr(msg), &table), -1);
	nlmsg_free(msg);
}

static void
chains_have_a_hook_and_a_policy(void **state)
{
	struct nl_msg *msg = message(NFT_MSG_NEWCHAIN);
	struct kernel_nft_chain chain;
	struct kernel_nft_table table;
	struct nlattr *hook;

	(void)state;
	nla_put_string(msg, NFTA_CHAIN_TABLE, "fw4");
	assert_int_equal(msg_read_nft_chain(nlmsg_hdr(msg), &chain), 0);
	assert_string_equal(chain.table, "fw4");
	assert_false(chain.hooked || chain.drops);
	hook = nla_nest_start(msg, NFTA_CHAIN_HOOK);
	nla_put_u32(msg, NFTA_HOOK_HOOKNUM, htonl(2));
	nla_nest_end(msg, hook);
	nla_put_u32(msg, NFTA_CHAIN_POLICY, htonl(NF_ACCEPT));
	assert_int_equal(msg_read_nft_chain(nlmsg_hdr(msg), &chain), 0);
	assert_int_equal(chain.hook, 2);
	assert_true(chain.hooked && !chain.drops);
	nlmsg_free(msg);

	msg = message(NFT_MSG_NEWCHAIN);
	nla_put_u32(msg, NFTA_CHAIN_POLICY, htonl(NF_DROP));
	assert_int_equal(msg_read_nft_chain(nlmsg_hdr(msg), &chain), 0);
	assert_true(chain.drops);
	nlmsg_free(msg);

	msg = message(NFT_MSG_NEWTABLE);
	nla_put_string(msg, NFTA_TABLE_NAME, "sroamd_quiet");
	assert_int_equal(msg_read_nft_table(nlmsg_hdr(msg), &table), 0);
	assert_string_equal(table.name, "sroamd_quiet");
	assert_int_equal(table.family, AF_INET);
	nlmsg_hdr(msg)->nlmsg_len = NLMSG_HDRLEN;
	assert_int_equal(msg_read_nft_table(nlmsg_hdr(msg), &table), -1);
	nlmsg_free(msg);
}

static void
devices_of_a_flow_table(void **state)
{
	struct kernel_flowtable f;
	struct kernel_nat nat;
	struct nl_msg *msg = message(NFT_MSG_NEWFLOWTABLE);
	struct nlattr *hook, *devices;
	char name[100];
	int i;

	(void)state;
	/* Longer than there is room for: cut. */
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	nla_put_string(msg, NFTA_FLOWTABLE_TABLE, "fw4");
	nla_put_string(msg, NFTA_FLOWTABLE_NAME, name);
	hook = nla_nest_start(msg, NFTA_FLOWTABLE_HOOK);
	nla_put_u32(msg, NFTA_FLOWTABLE_HOOK_PRIORITY, 0);
	devices = nla_nest_start(msg, NFTA_FLOWTABLE_HOOK_DEVS);
	for (i = 0; i < 2 * FLOWTABLE_DEVICES; i++) {
		snprintf(name, sizeof(name), "lan%d", i);
		nla_put_string(msg, NFTA_DEVICE_NAME, name);
	}
	nla_nest_end(msg, devices);
	nla_nest_end(msg, hook);
	assert_int_equal(msg_read_flowtable(nlmsg_hdr(msg), &f), 0);
	assert_string_equal(f.table, "fw4");
	assert_int_equal(strlen(f.name), sizeof(f.name) - 1);
	assert_int_equal(f.n, FLOWTABLE_DEVICES);
	assert_string_equal(f.devices[0], "lan0");
	assert_string_equal(f.devices[FLOWTABLE_DEVICES - 1], "lan63");
	assert_int_equal(msg_read_nat(nlmsg_hdr(msg), &nat), -1);
	nlmsg_free(msg);

	msg = message(NFT_MSG_NEWFLOWTABLE);	/* without devices, or a hook */
	assert_int_equal(msg_read_flowtable(nlmsg_hdr(msg), &f), 0);
	assert_int_equal(f.n, 0);
	nlmsg_hdr(msg)->nlmsg_len = NLMSG_HDRLEN;
	assert_int_equal(msg_read_flowtable(nlmsg_hdr(msg), &f), -1);
	nlmsg_free(msg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_that_hide_stations),
		cmocka_unit_test(rules_that_look_where_packets_come_from),
		cmocka_unit_test(rules_are_read_as_far_as_there_is_room),
		cmocka_unit_test(chains_have_a_hook_and_a_policy),
		cmocka_unit_test(devices_of_a_flow_table)
	};

	return cmocka_run_group_tests_name("kernel_nft", tests, NULL, NULL);
}
