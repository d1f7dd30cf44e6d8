/* SPDX-License-Identifier: ISC */
/* The messages of nftables that we send and read (nfnetlink). */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "common/log.h"
#include "kernel/nlmsg.h"

#define TYPE(type)	(NFNL_SUBSYS_NFTABLES << 8 | (type))

/* Where the sources are in their headers, octets. */
#define AT_SOURCE4	12
#define AT_SOURCE6	8
#define AT_LLSOURCE	6

/* What the expressions so far have put into a register, to be compared. */
enum loaded {
	LOADED_OTHER,
	LOADED_IFNAME,
	LOADED_IFINDEX,
	LOADED_IFGROUP,
	LOADED_MAC
};

struct reading {
	struct kernel_nft_rule	*rule;
	enum loaded		 loaded;
	bool			 iface;		/* of a concatenation */
};

static bool		 is_of(struct nlmsghdr *, int type);
static struct nlattr	*top(struct nlmsghdr *, int);
static bool		 get_be32(struct nlattr *, uint32_t *);
static void		 expression(struct nlattr *, struct reading *);
static void		 load_payload(struct nlattr *, struct reading *);
static void		 compare(struct nlattr *, struct reading *);
static void		 match_iface(struct nlattr *, struct reading *);
static bool		 looks_back(struct nlattr *, const char *);
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

int
msg_read_nft_table(struct nlmsghdr *nlh, struct kernel_nft_table *table)
{
	memset(table, 0, sizeof(*table));
	if (!is_of(nlh, NFT_MSG_NEWTABLE))
		return -1;
	table->family = ((struct nfgenmsg *)nlmsg_data(nlh))->nfgen_family;
	get_text(top(nlh, NFTA_TABLE_NAME), table->name, sizeof(table->name));
	return 0;
}

int
msg_read_nft_chain(struct nlmsghdr *nlh, struct kernel_nft_chain *chain)
{
	uint32_t policy;

	memset(chain, 0, sizeof(*chain));
	if (!is_of(nlh, NFT_MSG_NEWCHAIN))
		return -1;
	chain->family = ((struct nfgenmsg *)nlmsg_data(nlh))->nfgen_family;
	get_text(top(nlh, NFTA_CHAIN_TABLE), chain->table,
	    sizeof(chain->table));
	chain->hooked = get_be32(nested(top(nlh, NFTA_CHAIN_HOOK),
	    NFTA_HOOK_HOOKNUM), &chain->hook);
	chain->drops = get_be32(top(nlh, NFTA_CHAIN_POLICY), &policy) &&
	    policy == NF_DROP;
	return 0;
}

int
msg_read_nft_rule(struct nlmsghdr *nlh, struct kernel_nft_rule *rule)
{
	struct reading reading = { .rule = rule };
	struct nlattr *expressions, *a;
	int left;

	memset(rule, 0, sizeof(*rule));
	if (!is_of(nlh, NFT_MSG_NEWRULE))
		return -1;
	rule->family = ((struct nfgenmsg *)nlmsg_data(nlh))->nfgen_family;
	get_text(top(nlh, NFTA_RULE_TABLE), rule->table, sizeof(rule->table));
	if ((expressions = top(nlh, NFTA_RULE_EXPRESSIONS)) == NULL)
		return 0;
	nla_for_each_nested(a, expressions, left)
		if (nla_type(a) == NFTA_LIST_ELEM)
			expression(a, &reading);
	return 0;
}

static bool
is_of(struct nlmsghdr *nlh, int type)
{
	return nlh->nlmsg_type == TYPE(type) &&
	    nlmsg_valid_hdr(nlh, sizeof(struct nfgenmsg));
}

static struct nlattr *
top(struct nlmsghdr *nlh, int type)
{
	return nlmsg_find_attr(nlh, sizeof(struct nfgenmsg), type);
}

static bool
get_be32(struct nlattr *a, uint32_t *n)
{
	if (a == NULL || nla_len(a) < 4)
		return false;
	*n = ntohl(nla_get_u32(a));
	return true;
}

/* What is loaded is compared by the next expression that compares. */
static void
expression(struct nlattr *e, struct reading *r)
{
	struct nlattr *data = nested(e, NFTA_EXPR_DATA);
	char name[32];
	uint32_t key = 0;

	get_text(nested(e, NFTA_EXPR_NAME), name, sizeof(name));
	if (strcmp(name, "meta") == 0) {
		(void)get_be32(nested(data, NFTA_META_KEY), &key);
		r->loaded = key == NFT_META_IIFNAME ? LOADED_IFNAME :
		    key == NFT_META_IIF ? LOADED_IFINDEX :
		    key == NFT_META_IIFGROUP ? LOADED_IFGROUP : LOADED_OTHER;
		r->iface |= r->loaded != LOADED_OTHER;
	} else if (strcmp(name, "payload") == 0)
		load_payload(data, r);
	else if (strcmp(name, "cmp") == 0)
		compare(nested(data, NFTA_CMP_DATA), r);
	else if (strcmp(name, "lookup") == 0) {
		r->rule->any_iface |= r->iface;
		r->rule->any_mac |= r->loaded == LOADED_MAC;
		r->iface = false;
	} else if (looks_back(data, name))
		r->rule->fib = true;
}

static void
load_payload(struct nlattr *data, struct reading *r)
{
	uint32_t base, offset, len;

	r->loaded = LOADED_OTHER;
	if (!get_be32(nested(data, NFTA_PAYLOAD_BASE), &base) ||
	    !get_be32(nested(data, NFTA_PAYLOAD_OFFSET), &offset) ||
	    !get_be32(nested(data, NFTA_PAYLOAD_LEN), &len))
		return;
	if (base == NFT_PAYLOAD_LL_HEADER && offset == AT_LLSOURCE &&
	    len == sizeof(struct mac))
		r->loaded = LOADED_MAC;
	if (base != NFT_PAYLOAD_NETWORK_HEADER)
		return;
	/* Of a prefix of whole octets so many; the TTL is one at 8. */
	r->rule->source4 |= offset == AT_SOURCE4 && len <= 4;
	r->rule->source6 |= offset == AT_SOURCE6 && len >= 2;
}

static void
compare(struct nlattr *data, struct reading *r)
{
	struct nlattr *value = nested(data, NFTA_DATA_VALUE);

	if (value == NULL)
		return;
	if (r->loaded == LOADED_MAC &&
	    nla_len(value) >= (int)sizeof(struct mac) &&
	    r->rule->nmacs < RULE_MATCHES)
		memcpy(&r->rule->macs[r->rule->nmacs++], nla_data(value),
		    sizeof(struct mac));
	else
		match_iface(value, r);
	r->loaded = LOADED_OTHER;
	r->iface = false;
}

/* A name has 16 octets; with * at its end only those before it. */
static void
match_iface(struct nlattr *value, struct reading *r)
{
	struct kernel_nft_rule *rule = r->rule;
	unsigned int n = rule->nnames;

	switch (r->loaded) {
	case LOADED_IFNAME:
		if (n == RULE_MATCHES)
			break;
		get_text(value, rule->names[n], sizeof(rule->names[n]));
		rule->part[n] = strlen(rule->names[n]) ==
		    (size_t)nla_len(value);
		rule->nnames++;
		break;
	case LOADED_IFINDEX:
		if (rule->nindexes < RULE_MATCHES && nla_len(value) >= 4)
			rule->indexes[rule->nindexes++] = nla_get_u32(value);
		break;
	case LOADED_IFGROUP:
		rule->any_iface = true;
		break;
	default:
		break;
	}
}

/* Whether the source would be reached; iptables-nft has that as a match. */
static bool
looks_back(struct nlattr *data, const char *name)
{
	uint32_t flags;
	char match[32];

	if (strcmp(name, "fib") == 0)
		return get_be32(nested(data, NFTA_FIB_FLAGS), &flags) &&
		    (flags & NFTA_FIB_F_SADDR);
	if (strcmp(name, "match") != 0)
		return false;
	get_text(nested(data, NFTA_MATCH_NAME), match, sizeof(match));
	return strcmp(match, "rpfilter") == 0;
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
