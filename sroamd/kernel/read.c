/* SPDX-License-Identifier: ISC */
/*
 * The rtnetlink messages that we read, as plain structs; links and addresses:
 * read_link.c.
 */
#include <sys/socket.h>

#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "common/log.h"
#include "kernel/attr.h"
#include "kernel/nlmsg.h"

static int	get_addr(struct nlattr *, struct addr *);
static void	get_mac(struct nlattr *, struct mac *);
static uint32_t	get_age(struct nlattr *);
static int	get_via(struct nlattr *, struct addr *);
static int	get_gateway(struct nlattr **, struct addr *);
static void	get_legs(struct nlattr *, struct plan_reach *);
static int	get_leg(const uint8_t *, const struct rtnexthop *,
		    struct plan_leg *);
static bool	selects(struct nlmsghdr *, bool);

/* An address by its length, none if absent; -1: of an unknown family. */
static int
get_addr(struct nlattr *a, struct addr *addr)
{
	*addr = addr_none;
	if (a == NULL)
		return 0;
	switch (nla_len(a)) {
	case 4:
		addr_from_v4(addr, nla_data(a));
		return 0;
	case 16:
		memcpy(addr->octet, nla_data(a), 16);
		return 0;
	}
	return -1;
}

/* Zero where the link layer has no addresses of this length. */
static void
get_mac(struct nlattr *a, struct mac *mac)
{
	memset(mac, 0, sizeof(*mac));
	if (a != NULL && nla_len(a) == sizeof(*mac))
		memcpy(mac, nla_data(a), sizeof(*mac));
}

/* struct rtvia: the gateway of an IPv4 route in another family. */
static int
get_via(struct nlattr *a, struct addr *addr)
{
	const struct rtvia *via;

	if (nla_len(a) != (int)sizeof(*via) + 16)
		return -1;
	via = nla_data(a);
	if (via->rtvia_family != AF_INET6)
		return -1;
	memcpy(addr->octet, via->rtvia_addr, 16);
	return 0;
}

/* Times are in USER_HZ, which is 100 wherever Linux runs today. */
static uint32_t
get_age(struct nlattr *a)
{
	struct nda_cacheinfo ci;

	if (a == NULL || nla_len(a) < (int)sizeof(ci))
		return AGE_UNKNOWN;
	memcpy(&ci, nla_data(a), sizeof(ci));
	return ci.ndm_updated < AGE_UNKNOWN / 10 ? ci.ndm_updated * 10 :
	    AGE_UNKNOWN;
}

int
msg_read_neigh(struct nlmsghdr *nlh, struct kernel_neigh *n)
{
	struct nlattr *tb[NDA_MAX + 1];
	struct ndmsg *ndm;

	memset(n, 0, sizeof(*n));
	if (nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL) < 0)
		return -1;
	ndm = nlmsg_data(nlh);
	if (ndm->ndm_ifindex <= 0)
		return -1;
	n->family = ndm->ndm_family;
	n->ifindex = (uint32_t)ndm->ndm_ifindex;
	n->state = ndm->ndm_state;
	n->flags = ndm->ndm_flags;
	n->age = get_age(tb[NDA_CACHEINFO]);
	get_mac(tb[NDA_LLADDR], &n->mac);
	if (tb[NDA_VLAN] != NULL && nla_len(tb[NDA_VLAN]) >= 2)
		n->vlan = nla_get_u16(tb[NDA_VLAN]);
	n->proto = attr_u8(tb[NDA_PROTOCOL]);
	return n->family == AF_BRIDGE ? 0 : get_addr(tb[NDA_DST], &n->addr);
}

int
msg_read_route(struct nlmsghdr *nlh, struct kernel_rt *rt)
{
	struct nlattr *tb[RTA_MAX + 1];
	struct rtmsg *rtm;

	memset(rt, 0, sizeof(*rt));
	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0)
		return -1;
	rtm = nlmsg_data(nlh);
	/* Not what the kernel has learned of a path, nor source routing. */
	if ((rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
	    (rtm->rtm_flags & RTM_F_CLONED) || rtm->rtm_src_len != 0 ||
	    rtm->rtm_dst_len > (rtm->rtm_family == AF_INET ? 32 : 128) ||
	    get_addr(tb[RTA_DST], &rt->prefix.addr) == -1)
		return -1;
	rt->family = rtm->rtm_family;
	rt->prefix.len = rtm->rtm_dst_len;
	if (rt->family == AF_INET) {
		rt->prefix.len += V4_PLEN;
		if (tb[RTA_DST] == NULL)
			addr_from_v4(&rt->prefix.addr, (uint8_t[4]){ 0 });
	}
	rt->table = tb[RTA_TABLE] != NULL ? attr_u32(tb[RTA_TABLE]) :
	    rtm->rtm_table;
	rt->proto = rtm->rtm_protocol;
	rt->type = rtm->rtm_type;
	rt->tos = rtm->rtm_tos;
	rt->metric = attr_u32(tb[RTA_PRIORITY]);
	rt->ifindex = attr_u32(tb[RTA_OIF]);
	rt->nhid = attr_u32(tb[RTA_NH_ID]);
	return get_gateway(tb, &rt->gateway);
}

int
msg_read_legs(struct nlmsghdr *nlh, struct plan_reach *reach)
{
	struct nlattr *tb[RTA_MAX + 1];
	struct rtmsg *rtm;
	struct plan_leg one = { .weight = 1 };

	memset(reach, 0, sizeof(*reach));
	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0)
		return -1;
	rtm = nlmsg_data(nlh);
	if (rtm->rtm_type != RTN_UNICAST)
		return -1;
	if (tb[RTA_MULTIPATH] != NULL) {
		get_legs(tb[RTA_MULTIPATH], reach);
		return 0;
	}
	one.ifindex = attr_u32(tb[RTA_OIF]);
	if (get_gateway(tb, &one.gateway) == -1)
		return -1;
	if (one.ifindex != 0)
		reach->leg[reach->n++] = one;
	return 0;
}

/* struct rtnexthop, with attributes.  On a link without carrier none goes. */
static void
get_legs(struct nlattr *a, struct plan_reach *reach)
{
	const uint8_t *p = nla_data(a);
	size_t left = (size_t)nla_len(a);
	struct rtnexthop rtnh;
	struct plan_leg leg;
	size_t len;

	while (left >= sizeof(rtnh) && reach->n < PLAN_LEGS) {
		memcpy(&rtnh, p, sizeof(rtnh));
		if (rtnh.rtnh_len < sizeof(rtnh) || rtnh.rtnh_len > left)
			return;
		if (!(rtnh.rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) &&
		    get_leg(p, &rtnh, &leg) == 0)
			reach->leg[reach->n++] = leg;
		len = NLMSG_ALIGN(rtnh.rtnh_len);
		if (len >= left)
			return;
		p += len;
		left -= len;
	}
}

static int
get_leg(const uint8_t *p, const struct rtnexthop *rtnh, struct plan_leg *leg)
{
	struct nlattr *tb[RTA_MAX + 1];

	if (rtnh->rtnh_ifindex <= 0 || nla_parse(tb, RTA_MAX,
	    __DECONST(struct nlattr *, p + sizeof(*rtnh)),
	    rtnh->rtnh_len - (int)sizeof(*rtnh), NULL) < 0)
		return -1;
	leg->ifindex = (uint32_t)rtnh->rtnh_ifindex;
	/* 1 to 256, but what a group takes ends before that. */
	leg->weight = rtnh->rtnh_hops < 254 ?
	    (uint8_t)(rtnh->rtnh_hops + 1) : 254;
	return get_gateway(tb, &leg->gateway);
}

static int
get_gateway(struct nlattr **tb, struct addr *gateway)
{
	if (tb[RTA_VIA] != NULL)
		return get_via(tb[RTA_VIA], gateway);
	return get_addr(tb[RTA_GATEWAY], gateway);
}

int
msg_read_nexthop(struct nlmsghdr *nlh, struct kernel_nh *nh)
{
	struct nlattr *tb[NHA_MAX + 1];
	struct nexthop_grp group;
	struct nhmsg *nhm;
	unsigned int i, n;

	memset(nh, 0, sizeof(*nh));
	if (nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, NULL) < 0)
		return -1;
	nhm = nlmsg_data(nlh);
	nh->id = attr_u32(tb[NHA_ID]);
	nh->ifindex = attr_u32(tb[NHA_OIF]);
	nh->proto = nhm->nh_protocol;
	n = tb[NHA_GROUP] == NULL ? 0 :
	    (unsigned int)nla_len(tb[NHA_GROUP]) / sizeof(group);
	for (i = 0; i < n && i < PLAN_LEGS; i++) {
		memcpy(&group, (const uint8_t *)nla_data(tb[NHA_GROUP]) +
		    i * sizeof(group), sizeof(group));
		nh->members[i].id = group.id;
		nh->members[i].weight = (uint8_t)(group.weight + 1);
	}
	nh->nmembers = i;
	return get_addr(tb[NHA_GATEWAY], &nh->gateway);
}

int
msg_read_rule(struct nlmsghdr *nlh, struct kernel_rule *rule)
{
	struct nlattr *tb[FRA_MAX + 1];
	struct fib_rule_hdr *frh;
	bool simple;

	memset(rule, 0, sizeof(*rule));
	if (nlmsg_parse(nlh, sizeof(*frh), tb, FRA_MAX, NULL) < 0)
		return -1;
	frh = nlmsg_data(nlh);
	rule->family = frh->family;
	rule->table = tb[FRA_TABLE] != NULL ? attr_u32(tb[FRA_TABLE]) :
	    frh->table;
	rule->priority = attr_u32(tb[FRA_PRIORITY]);
	rule->proto = attr_u8(tb[FRA_PROTOCOL]);
	simple = frh->action == FR_ACT_TO_TBL && frh->src_len == 0 &&
	    frh->dst_len == 0 && frh->tos == 0 &&
	    !(frh->flags & FIB_RULE_INVERT);
	rule->plain = simple && !selects(nlh, false);
	rule->by_iface = simple && tb[FRA_IIFNAME] != NULL &&
	    !selects(nlh, true);
	rule->vrfs = attr_u8(tb[FRA_L3MDEV]) != 0;
	if (rule->by_iface)
		nla_strlcpy(rule->iif, tb[FRA_IIFNAME], sizeof(rule->iif));
	return 0;
}

/*
 * Whether a rule has conditions (iif: others than an interface).  Attributes
 * that we do not know, those of later kernels too, count as conditions.
 */
static bool
selects(struct nlmsghdr *nlh, bool iif)
{
	struct nlattr *a;
	int left;

	nlmsg_for_each_attr(a, nlh, sizeof(struct fib_rule_hdr), left)
		switch (nla_type(a)) {
		case FRA_TABLE:
		case FRA_PRIORITY:
		case FRA_PROTOCOL:
			break;
		case FRA_IIFNAME:
			if (iif)
				break;
			return true;
		case FRA_SUPPRESS_PREFIXLEN:
			if (attr_u32(a) == UINT32_MAX)
				break;		/* of no length */
			return true;
		default:
			return true;
		}
	return false;
}

int
msg_read_netconf(struct nlmsghdr *nlh, struct kernel_netconf *c)
{
	struct nlattr *tb[NETCONFA_MAX + 1];
	struct netconfmsg *ncm;

	memset(c, 0, sizeof(*c));
	if (nlmsg_parse(nlh, sizeof(*ncm), tb, NETCONFA_MAX, NULL) < 0 ||
	    tb[NETCONFA_IFINDEX] == NULL)
		return -1;
	ncm = nlmsg_data(nlh);
	c->family = ncm->ncm_family;
	c->ifindex = (int)attr_u32(tb[NETCONFA_IFINDEX]);
	c->forwarding = tb[NETCONFA_FORWARDING] != NULL ?
	    (int)attr_u32(tb[NETCONFA_FORWARDING]) : -1;
	return 0;
}
