/* SPDX-License-Identifier: ISC */
/*
 * Messages of rtnetlink and nftables.  The kernel writes them, with contents of
 * other programs.  The input is a message's type (of nftables: 0 for a rule, 1
 * for a flow table) and what follows the netlink header.
 */
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fuzz_wire.h"
#include "kernel/nlmsg.h"

static union {
	struct kernel_link	link;
	struct kernel_port	port;
	struct kernel_addr	addr;
	struct kernel_neigh	neigh;
	struct kernel_rt	rt;
	struct kernel_nh	nh;
	struct kernel_rule	rule;
	struct kernel_netconf	netconf;
	struct kernel_flowtable	flowtable;
	struct kernel_nat	nat;
	struct kernel_nft_rule	sources;
	struct kernel_nft_chain	chain;
} to;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[NLMSG_HDRLEN + 4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (struct nlmsghdr *)room;
	struct plan_reach reach;

	if (len < 1 || len - 1 > sizeof(room) - NLMSG_HDRLEN)
		return 0;
	memset(nlh, 0, sizeof(*nlh));
	nlh->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len - 1);
	nlh->nlmsg_type = data[0];
	memcpy(room + NLMSG_HDRLEN, data + 1, len - 1);
	switch (data[0]) {
	case 0:
		nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE;
		if (msg_read_nat(nlh, &to.nat) == 0)
			CHECK(memchr(to.nat.chain, '\0',
			    sizeof(to.nat.chain)) != NULL);
		if (msg_read_nft_rule(nlh, &to.sources) == 0)
			CHECK(to.sources.nnames <= RULE_MATCHES &&
			    to.sources.nmacs <= RULE_MATCHES &&
			    to.sources.nindexes <= RULE_MATCHES);
		break;
	case 1:
		nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 |
		    NFT_MSG_NEWFLOWTABLE;
		if (msg_read_flowtable(nlh, &to.flowtable) == 0)
			CHECK(to.flowtable.n <= FLOWTABLE_DEVICES);
		nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 |
		    NFT_MSG_NEWCHAIN;
		(void)msg_read_nft_chain(nlh, &to.chain);
		break;
	case RTM_NEWLINK:
		if (msg_read_port(nlh, &to.port) == 0)
			CHECK(to.port.vlans.pvid < VLANS);
		if (msg_read_link(nlh, &to.link) == 0)
			CHECK(memchr(to.link.name, '\0',
			    sizeof(to.link.name)) != NULL);
		break;
	case RTM_NEWADDR:
		if (msg_read_addr(nlh, &to.addr) == 0)
			CHECK(to.addr.len <= 128);
		break;
	case RTM_NEWNEIGH:
		if (msg_read_neigh(nlh, &to.neigh) == 0)
			CHECK(to.neigh.ifindex != 0);
		break;
	case RTM_NEWROUTE:
		if (msg_read_route(nlh, &to.rt) == 0)
			CHECK(to.rt.prefix.len <= 128);
		if (msg_read_legs(nlh, &reach) == 0)
			CHECK(reach.n <= PLAN_LEGS);
		break;
	case RTM_NEWNEXTHOP:
		if (msg_read_nexthop(nlh, &to.nh) == 0)
			CHECK(to.nh.nmembers <= PLAN_LEGS);
		break;
	case RTM_NEWRULE:
		(void)msg_read_rule(nlh, &to.rule);
		break;
	case RTM_NEWNETCONF:
		(void)msg_read_netconf(nlh, &to.netconf);
		break;
	}
	return 0;
}
