/* SPDX-License-Identifier: ISC */
/* The rtnetlink messages that we send, from plain structs. */
#include <sys/socket.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "common/log.h"
#include "kernel/nlmsg.h"

#define MSG_SIZE	256		/* ours are all smaller */

static struct nl_msg	*new_msg(int, int, const void *, size_t);
static size_t		 header_len(int);
static void		 put(struct nl_msg *, int, const void *, size_t);
static void		 put_u32(struct nl_msg *, int, uint32_t);
static void		 put_addr(struct nl_msg *, int, const struct addr *);

static struct nl_msg *
new_msg(int type, int flags, const void *head, size_t len)
{
	struct nl_msg *msg;

	if ((msg = nlmsg_alloc_size(MSG_SIZE)) == NULL ||
	    nlmsg_put(msg, 0, 0, type, 0, flags) == NULL ||
	    nlmsg_append(msg, __DECONST(void *, head), len,
	    NLMSG_ALIGNTO) < 0)
		fatal("netlink message");
	return msg;
}

static void
put(struct nl_msg *msg, int type, const void *data, size_t len)
{
	if (nla_put(msg, type, (int)len, data) < 0)
		fatalx("netlink message: no room for attribute %d", type);
}

static void
put_u32(struct nl_msg *msg, int type, uint32_t value)
{
	put(msg, type, &value, sizeof(value));
}

static void
put_addr(struct nl_msg *msg, int type, const struct addr *a)
{
	if (addr_is_v4(a))
		put(msg, type, addr_v4(a), 4);
	else
		put(msg, type, a->octet, 16);
}

int
addr_family(const struct addr *a)
{
	return addr_is_v4(a) ? AF_INET : AF_INET6;
}

struct nl_msg *
msg_route(int type, int flags, const struct kernel_rt *rt)
{
	struct rtmsg rtm = {
		.rtm_family = rt->family,
		.rtm_dst_len = (unsigned char)prefix_plen(&rt->prefix),
		.rtm_table = RT_TABLE_UNSPEC,
		.rtm_protocol = rt->proto,
		.rtm_type = rt->type != 0 ? rt->type : RTN_UNICAST,
		.rtm_tos = rt->tos,
		.rtm_scope = rt->nhid != 0 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK
	};
	struct nl_msg *msg;

	if (type == RTM_DELROUTE)
		rtm.rtm_scope = RT_SCOPE_NOWHERE;	/* any scope */
	if (rt->family == AF_INET6)
		rtm.rtm_scope = RT_SCOPE_UNIVERSE;
	msg = new_msg(type, flags, &rtm, sizeof(rtm));
	put_addr(msg, RTA_DST, &rt->prefix.addr);
	put_u32(msg, RTA_TABLE, rt->table);
	put_u32(msg, RTA_PRIORITY, rt->metric);
	if (rt->nhid != 0) {
		put_u32(msg, RTA_NH_ID, rt->nhid);
		return msg;
	}
	put_u32(msg, RTA_OIF, rt->ifindex);
	if (!addr_is_none(&rt->gateway) &&
	    addr_family(&rt->gateway) == rt->family)
		put_addr(msg, RTA_GATEWAY, &rt->gateway);
	return msg;
}

struct nl_msg *
msg_route_get(const struct addr *a, uint32_t vrf, bool one)
{
	struct rtmsg rtm = {
		.rtm_family = (unsigned char)addr_family(a),
		.rtm_dst_len = addr_is_v4(a) ? 32 : 128,
		.rtm_flags = one ? 0 : RTM_F_FIB_MATCH
	};
	struct nl_msg *msg;

	msg = new_msg(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	put_addr(msg, RTA_DST, a);
	if (vrf != 0)
		put_u32(msg, RTA_OIF, vrf);
	return msg;
}

struct nl_msg *
msg_nexthop(int type, int flags, const struct kernel_nh *nh)
{
	struct nexthop_grp group[PLAN_LEGS];
	struct nhmsg nhm = { 0 };
	struct nl_msg *msg;
	unsigned int i;

	if (type == RTM_NEWNEXTHOP) {
		if (nh->nmembers == 0)
			nhm.nh_family = (unsigned char)addr_family(
			    &nh->gateway);
		nhm.nh_protocol = PROTO_DIRECT;
	}
	msg = new_msg(type, flags, &nhm, sizeof(nhm));
	put_u32(msg, NHA_ID, nh->id);
	if (type != RTM_NEWNEXTHOP)
		return msg;
	if (nh->nmembers == 0) {
		put_u32(msg, NHA_OIF, nh->ifindex);
		put_addr(msg, NHA_GATEWAY, &nh->gateway);
		return msg;
	}
	memset(group, 0, sizeof(group));
	for (i = 0; i < nh->nmembers; i++) {
		group[i].id = nh->members[i].id;
		group[i].weight = (uint8_t)(nh->members[i].weight - 1);
	}
	put(msg, NHA_GROUP, group, nh->nmembers * sizeof(group[0]));
	return msg;
}

struct nl_msg *
msg_neigh(int type, int flags, uint32_t ifindex, const struct addr *a,
    const struct mac *mac)
{
	struct ndmsg ndm = {
		.ndm_family = (unsigned char)addr_family(a),
		.ndm_ifindex = (int)ifindex,
		.ndm_state = NUD_PERMANENT
	};
	uint8_t proto = PROTO_LOCAL;
	struct nl_msg *msg;

	msg = new_msg(type, flags, &ndm, sizeof(ndm));
	put_addr(msg, NDA_DST, a);
	if (type == RTM_NEWNEIGH) {
		put(msg, NDA_LLADDR, mac, sizeof(*mac));
		put(msg, NDA_PROTOCOL, &proto, sizeof(proto));
	}
	return msg;
}

/* Is there an entry of this address, and which? */
struct nl_msg *
msg_neigh_get(uint32_t ifindex, const struct addr *a)
{
	struct ndmsg ndm = {
		.ndm_family = (unsigned char)addr_family(a),
		.ndm_ifindex = (int)ifindex
	};
	struct nl_msg *msg;

	msg = new_msg(RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	put_addr(msg, NDA_DST, a);
	return msg;
}

struct nl_msg *
msg_fdb_move(uint32_t port, const struct mac *mac, uint16_t vlan,
    uint16_t state, bool sticky)
{
	struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = (int)port,
		.ndm_state = state,
		.ndm_flags = NTF_MASTER | (sticky ? NTF_STICKY : 0)
	};
	struct nl_msg *msg;

	msg = new_msg(RTM_NEWNEIGH, NLM_F_REPLACE, &ndm, sizeof(ndm));
	put(msg, NDA_LLADDR, mac, sizeof(*mac));
	if (vlan != 0)
		put(msg, NDA_VLAN, &vlan, sizeof(vlan));
	return msg;
}

struct nl_msg *
msg_fdb_local(int type, int flags, uint32_t bridge, const struct mac *mac,
    uint16_t vlan)
{
	struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = (int)bridge,
		.ndm_state = NUD_PERMANENT,
		.ndm_flags = NTF_SELF
	};
	struct nl_msg *msg;

	msg = new_msg(type, flags, &ndm, sizeof(ndm));
	put(msg, NDA_LLADDR, mac, sizeof(*mac));
	put(msg, NDA_VLAN, &vlan, sizeof(vlan));
	return msg;
}

struct nl_msg *
msg_fdb_del(uint32_t port, const struct mac *mac, uint16_t vlan)
{
	struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = (int)port,
		.ndm_flags = NTF_MASTER
	};
	struct nl_msg *msg;

	msg = new_msg(RTM_DELNEIGH, 0, &ndm, sizeof(ndm));
	put(msg, NDA_LLADDR, mac, sizeof(*mac));
	if (vlan != 0)
		put(msg, NDA_VLAN, &vlan, sizeof(vlan));
	return msg;
}

struct nl_msg *
msg_rule(int type, int flags, const struct kernel_rule *rule)
{
	struct fib_rule_hdr frh = {
		.family = rule->family,
		.table = RT_TABLE_UNSPEC,
		.action = FR_ACT_TO_TBL
	};
	struct nl_msg *msg;

	msg = new_msg(type, flags, &frh, sizeof(frh));
	put_u32(msg, FRA_TABLE, rule->table);
	put_u32(msg, FRA_PRIORITY, rule->priority);
	put(msg, FRA_PROTOCOL, &rule->proto, sizeof(rule->proto));
	if (rule->by_iface)
		put(msg, FRA_IIFNAME, rule->iif, (int)strlen(rule->iif) + 1);
	return msg;
}

struct nl_msg *
msg_addr(int type, int flags, const struct kernel_addr *a)
{
	struct ifaddrmsg ifa = {
		.ifa_family = (unsigned char)addr_family(&a->addr),
		.ifa_prefixlen = addr_is_v4(&a->addr) ?
		    a->len - V4_PLEN : a->len,
		.ifa_scope = addr_is_linklocal(&a->addr) ?
		    RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
		.ifa_index = a->ifindex
	};
	uint8_t proto = PROTO_LOCAL;
	struct nl_msg *msg;

	msg = new_msg(type, flags, &ifa, sizeof(ifa));
	put_addr(msg, IFA_LOCAL, &a->addr);
	put_addr(msg, IFA_ADDRESS, &a->addr);
	if (type == RTM_NEWADDR) {
		put_u32(msg, IFA_FLAGS, a->flags);
		put(msg, IFA_PROTO, &proto, sizeof(proto));
	}
	return msg;
}

struct nl_msg *
msg_lladdr(uint32_t ifindex, const struct mac *mac)
{
	struct ifinfomsg ifi = { .ifi_index = (int)ifindex };
	struct nl_msg *msg;

	msg = new_msg(RTM_SETLINK, 0, &ifi, sizeof(ifi));
	put(msg, IFLA_ADDRESS, mac, sizeof(*mac));
	return msg;
}

/* Strict checks need the whole header, which begins with the family. */
static size_t
header_len(int type)
{
	switch (type) {
	case RTM_GETLINK:
		return sizeof(struct ifinfomsg);
	case RTM_GETADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_GETNEIGH:
		return sizeof(struct ndmsg);
	case RTM_GETRULE:
		return sizeof(struct fib_rule_hdr);
	default:
		return sizeof(struct nhmsg);
	}
}

struct nl_msg *
msg_dump(int type, int family)
{
	uint8_t head[sizeof(struct ifinfomsg)] = { (uint8_t)family };

	return new_msg(type, 0, head, header_len(type));
}

struct nl_msg *
msg_dump_fdb(uint32_t bridge)
{
	struct ndmsg ndm = { .ndm_family = AF_BRIDGE };
	struct nl_msg *msg;

	msg = new_msg(RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	put_u32(msg, NDA_MASTER, bridge);
	return msg;
}

struct nl_msg *
msg_dump_ports(void)
{
	struct ifinfomsg ifi = { .ifi_family = AF_BRIDGE };
	struct nl_msg *msg;

	msg = new_msg(RTM_GETLINK, 0, &ifi, sizeof(ifi));
	put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED);
	return msg;
}

struct nl_msg *
msg_dump_routes(int family, uint32_t table, uint8_t proto)
{
	struct rtmsg rtm = {
		.rtm_family = (unsigned char)family,
		.rtm_protocol = proto
	};
	struct nl_msg *msg;

	msg = new_msg(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	if (table != 0)
		put_u32(msg, RTA_TABLE, table);
	return msg;
}

struct nl_msg *
msg_dump_type(int family, uint8_t proto, uint8_t type)
{
	struct rtmsg rtm = {
		.rtm_family = (unsigned char)family,
		.rtm_protocol = proto,
		.rtm_type = type
	};

	return new_msg(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
}
