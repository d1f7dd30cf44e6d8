/* SPDX-License-Identifier: ISC */
/* The messages of nftables that we send and read (nfnetlink). */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "common/log.h"
#include "kernel/nlmsg.h"

#define TYPE(type)	(NFNL_SUBSYS_NFTABLES << 8 | (type))

static bool		 is_nat(struct nlattr *);
static struct nlattr	*nested(struct nlattr *, int);
static void		 get_text(struct nlattr *, char *, size_t);

struct nl_msg *
msg_dump_nft(int type)
{
	struct nfgenmsg head = { AF_UNSPEC, NFNETLINK_V0, htons(0) };
	struct nl_msg *msg;

	if ((msg = nlmsg_alloc_size(64)) == NULL ||
	    nlmsg_put(msg, 0, 0, TYPE(type), 0, 0) == NULL ||
	    nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO) < 0)
		fatal("netlink message");
	return msg;
}

int
msg_read_flowtable(struct nlmsghdr *nlh, struct kernel_flowtable *f)
{
	struct nlattr *devices, *a;
	int left;

	memset(f, 0, sizeof(*f));
	if (nlh->nlmsg_type != TYPE(NFT_MSG_NEWFLOWTABLE) ||
	    !nlmsg_valid_hdr(nlh, sizeof(struct nfgenmsg)))
		return -1;
	get_text(nlmsg_find_attr(nlh, sizeof(struct nfgenmsg),
	    NFTA_FLOWTABLE_TABLE), f->table, sizeof(f->table));
	get_text(nlmsg_find_attr(nlh, sizeof(struct nfgenmsg),
	    NFTA_FLOWTABLE_NAME), f->name, sizeof(f->name));
	devices = nested(nlmsg_find_attr(nlh, sizeof(struct nfgenmsg),
	    NFTA_FLOWTABLE_HOOK), NFTA_FLOWTABLE_HOOK_DEVS);
	if (devices == NULL)
		return 0;
	nla_for_each_nested(a, devices, left) {
		if (nla_type(a) != NFTA_DEVICE_NAME)
			continue;
		if (f->n == FLOWTABLE_DEVICES)
			break;
		get_text(a, f->devices[f->n++], sizeof(f->devices[0]));
	}
	return 0;
}

int
msg_read_nat(struct nlmsghdr *nlh, struct kernel_nat *nat)
{
	struct nlattr *expressions, *a;
	int left;

	memset(nat, 0, sizeof(*nat));
	if (nlh->nlmsg_type != TYPE(NFT_MSG_NEWRULE) ||
	    !nlmsg_valid_hdr(nlh, sizeof(struct nfgenmsg)) ||
	    (expressions = nlmsg_find_attr(nlh, sizeof(struct nfgenmsg),
	    NFTA_RULE_EXPRESSIONS)) == NULL)
		return -1;
	nla_for_each_nested(a, expressions, left) {
		if (nla_type(a) != NFTA_LIST_ELEM || !is_nat(a))
			continue;
		get_text(nlmsg_find_attr(nlh, sizeof(struct nfgenmsg),
		    NFTA_RULE_TABLE), nat->table, sizeof(nat->table));
		get_text(nlmsg_find_attr(nlh, sizeof(struct nfgenmsg),
		    NFTA_RULE_CHAIN), nat->chain, sizeof(nat->chain));
		return 0;
	}
	return -1;
}

/* Of a packet's source; iptables-nft has its own expression, target. */
static bool
is_nat(struct nlattr *expression)
{
	struct nlattr *data = nested(expression, NFTA_EXPR_DATA), *type;
	char name[32], target[32];

	get_text(nested(expression, NFTA_EXPR_NAME), name, sizeof(name));
	if (strcmp(name, "masq") == 0)
		return true;
	if (strcmp(name, "nat") == 0) {
		type = nested(data, NFTA_NAT_TYPE);
		return type != NULL && nla_len(type) >= 4 &&
		    ntohl(nla_get_u32(type)) == NFT_NAT_SNAT;
	}
	if (strcmp(name, "target") != 0)
		return false;
	get_text(nested(data, NFTA_TARGET_NAME), target, sizeof(target));
	return strcmp(target, "MASQUERADE") == 0 ||
	    strcmp(target, "SNAT") == 0;
}

static struct nlattr *
nested(struct nlattr *a, int type)
{
	return a == NULL ? NULL : nla_find(nla_data(a), nla_len(a), type);
}

/* As much as there is room for; empty if it is absent. */
static void
get_text(struct nlattr *a, char *text, size_t size)
{
	size_t len = 0;

	if (a != NULL) {
		len = strnlen(nla_data(a), (size_t)nla_len(a));
		if (len > size - 1)
			len = size - 1;
		memcpy(text, nla_data(a), len);
	}
	text[len] = '\0';
}
