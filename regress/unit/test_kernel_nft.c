/* SPDX-License-Identifier: ISC */
/*
 * What is read of nftables: the devices of a flow table, and which rules give
 * packets another source address.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
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
		cmocka_unit_test(devices_of_a_flow_table)
	};

	return cmocka_run_group_tests_name("kernel_nft", tests, NULL, NULL);
}
