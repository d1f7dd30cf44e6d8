/* SPDX-License-Identifier: ISC */
/* What rtnetlink says of links, of bridges' ports, and of addresses. */
#include <sys/socket.h>

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <string.h>

#include "common/log.h"
#include "kernel/attr.h"
#include "kernel/nlmsg.h"

static int	read_object(struct nlmsghdr *,
		    void (*)(struct nl_object *, void *), void *);
static void	leave_out_xstats(struct nlmsghdr *);
static bool	has_slave_text(struct nlmsghdr *);
static bool	is_isolated(struct nlmsghdr *);
static uint32_t	vrf_of(struct nlmsghdr *);
static void	read_vlan(struct nlmsghdr *, struct kernel_link *);
static void	read_vlans(struct nlattr *, struct kernel_vlans *);
static void	add_vlans(struct kernel_vlans *, uint16_t, uint16_t, uint16_t);
static void	take_link(struct nl_object *, void *);
static void	take_addr(struct nl_object *, void *);

/*
 * Call a function with the object that libnl makes of a message.  -1: the
 * message has none of this kind, or libnl refuses it.
 */
static int
read_object(struct nlmsghdr *nlh, void (*each)(struct nl_object *, void *),
    void *arg)
{
	struct nl_msg *msg;
	int rv;

	if ((msg = nlmsg_convert(nlh)) == NULL)
		fatal("netlink message");
	nlmsg_set_proto(msg, NETLINK_ROUTE);
	rv = nl_msg_parse(msg, each, arg);
	nlmsg_free(msg);
	return rv < 0 ? -1 : 0;
}

/* libnl 3.7 dies of a link that has these and no data of its kind. */
static void
leave_out_xstats(struct nlmsghdr *nlh)
{
	struct nlattr *a, *xstats;
	int left;

	nlmsg_for_each_attr(a, nlh, sizeof(struct ifinfomsg), left)
		while (nla_type(a) == IFLA_LINKINFO &&
		    (xstats = attr_nested(a, IFLA_INFO_XSTATS)) != NULL)
			xstats->nla_type = IFLA_INFO_UNSPEC;
}

/* libnl 3.7 copies this text to its end, without a look where that is. */
static bool
has_slave_text(struct nlmsghdr *nlh)
{
	struct nlattr *a, *in;
	int left, rest;

	nlmsg_for_each_attr(a, nlh, sizeof(struct ifinfomsg), left) {
		if (nla_type(a) != IFLA_LINKINFO)
			continue;
		nla_for_each_nested(in, a, rest)
			if (nla_type(in) == IFLA_INFO_SLAVE_KIND &&
			    memchr(nla_data(in), '\0',
			    (size_t)nla_len(in)) == NULL)
				return false;
	}
	return true;
}

int
msg_read_link(struct nlmsghdr *nlh, struct kernel_link *l)
{
	const struct ifinfomsg *ifi = nlmsg_data(nlh);

	memset(l, 0, sizeof(*l));
	/*
	 * AF_BRIDGE: events of a port; DELLINK means that it left the bridge.
	 */
	if (!nlmsg_valid_hdr(nlh, sizeof(*ifi)) ||
	    ifi->ifi_family != AF_UNSPEC || ifi->ifi_index <= 0)
		return -1;
	if (!has_slave_text(nlh))
		return -1;
	leave_out_xstats(nlh);
	if (read_object(nlh, take_link, l) == -1)
		return -1;
	l->isolated = is_isolated(nlh);
	l->vrf = vrf_of(nlh);
	read_vlan(nlh, l);
	return 0;
}

/* The table of a VRF; 0: it is none. */
static uint32_t
vrf_of(struct nlmsghdr *nlh)
{
	struct nlattr *info = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
	    IFLA_LINKINFO);
	struct nlattr *kind = attr_nested(info, IFLA_INFO_KIND);

	if (kind == NULL || nla_strcmp(kind, "vrf") != 0)
		return 0;
	return attr_u32(attr_nested(attr_nested(info, IFLA_INFO_DATA),
	    IFLA_VRF_TABLE));
}

/* Nor all of these. */
static void
read_vlan(struct nlmsghdr *nlh, struct kernel_link *l)
{
	struct nlattr *info = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
	    IFLA_LINKINFO);
	struct nlattr *kind = attr_nested(info, IFLA_INFO_KIND);
	struct nlattr *data = attr_nested(info, IFLA_INFO_DATA);

	if (kind == NULL || data == NULL)
		return;
	if (l->bridge) {
		l->stp = attr_u32(attr_nested(data,
		    IFLA_BR_STP_STATE)) != 0;
		l->filters = attr_u8(attr_nested(data,
		    IFLA_BR_VLAN_FILTERING)) != 0;
		l->protocol = attr_u16(attr_nested(data,
		    IFLA_BR_VLAN_PROTOCOL));
		l->default_pvid = attr_u16(attr_nested(data,
		    IFLA_BR_VLAN_DEFAULT_PVID));
	} else if (nla_strcmp(kind, "vlan") == 0) {
		l->vid = attr_u16(attr_nested(data, IFLA_VLAN_ID)) % VLANS;
		l->protocol = attr_u16(attr_nested(data, IFLA_VLAN_PROTOCOL));
	}
}

/* libnl 3.7 does not know this attribute of a bridge's port. */
static bool
is_isolated(struct nlmsghdr *nlh)
{
	struct nlattr *info = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg),
	    IFLA_LINKINFO);
	struct nlattr *kind = attr_nested(info, IFLA_INFO_SLAVE_KIND);

	return kind != NULL && nla_strcmp(kind, "bridge") == 0 &&
	    attr_u8(attr_nested(attr_nested(info, IFLA_INFO_SLAVE_DATA),
	    IFLA_BRPORT_ISOLATED)) != 0;
}

int
msg_read_port(struct nlmsghdr *nlh, struct kernel_port *p)
{
	const struct ifinfomsg *ifi = nlmsg_data(nlh);
	struct nlattr *a;

	memset(p, 0, sizeof(*p));
	if (!nlmsg_valid_hdr(nlh, sizeof(*ifi)) ||
	    ifi->ifi_family != AF_BRIDGE || ifi->ifi_index <= 0)
		return -1;
	p->ifindex = (uint32_t)ifi->ifi_index;
	if ((a = attr_nested(nlmsg_find_attr(nlh, sizeof(*ifi), IFLA_PROTINFO),
	    IFLA_BRPORT_ISOLATED)) != NULL) {
		p->tells_isolated = true;
		p->isolated = attr_u8(a) != 0;
	}
	if ((a = nlmsg_find_attr(nlh, sizeof(*ifi), IFLA_AF_SPEC)) != NULL) {
		p->tells_vlans = true;
		read_vlans(a, &p->vlans);
	}
	return 0;
}

/* One by one, or the first and the last of a range. */
static void
read_vlans(struct nlattr *spec, struct kernel_vlans *v)
{
	struct bridge_vlan_info info;
	struct nlattr *a;
	uint16_t begin = 0;
	int left;

	nla_for_each_nested(a, spec, left) {
		if (nla_type(a) != IFLA_BRIDGE_VLAN_INFO ||
		    nla_len(a) < (int)sizeof(info))
			continue;
		memcpy(&info, nla_data(a), sizeof(info));
		if (info.flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) {
			begin = info.vid;
			continue;
		}
		if (!(info.flags & BRIDGE_VLAN_INFO_RANGE_END))
			begin = info.vid;
		add_vlans(v, begin, info.vid, info.flags);
	}
}

static void
add_vlans(struct kernel_vlans *v, uint16_t first, uint16_t last,
    uint16_t flags)
{
	uint16_t vid;

	for (vid = first; vid <= last && vid < VLANS; vid++) {
		v->member[vid / 64] |= UINT64_C(1) << vid % 64;
		if (flags & BRIDGE_VLAN_INFO_UNTAGGED)
			v->untagged[vid / 64] |= UINT64_C(1) << vid % 64;
		if (flags & BRIDGE_VLAN_INFO_PVID)
			v->pvid = vid;
	}
}

static void
take_link(struct nl_object *obj, void *arg)
{
	struct rtnl_link *o = (struct rtnl_link *)obj;
	struct kernel_link *l = arg;
	const char *kind = rtnl_link_get_type(o);
	struct nl_addr *mac = rtnl_link_get_addr(o);
	int32_t netns;

	l->ifindex = (uint32_t)rtnl_link_get_ifindex(o);
	l->flags = rtnl_link_get_flags(o);
	l->mtu = rtnl_link_get_mtu(o);
	l->master = (uint32_t)rtnl_link_get_master(o);
	/* A number of another namespace means nothing here. */
	if (rtnl_link_get_link_netnsid(o, &netns) < 0)
		l->lower = (uint32_t)rtnl_link_get_link(o);
	if (mac != NULL && nl_addr_get_len(mac) == sizeof(l->mac))
		memcpy(&l->mac, nl_addr_get_binary_addr(mac), sizeof(l->mac));
	strlcpy(l->name, rtnl_link_get_name(o), sizeof(l->name));
	l->bridge = kind != NULL && strcmp(kind, "bridge") == 0;
	l->macvlan = kind != NULL && strcmp(kind, "macvlan") == 0;
}

int
msg_read_addr(struct nlmsghdr *nlh, struct kernel_addr *a)
{
	memset(a, 0, sizeof(*a));
	if (read_object(nlh, take_addr, a) == -1 || addr_is_none(&a->addr) ||
	    a->len > 128)
		return -1;
	a->proto = attr_u8(nlmsg_find_attr(nlh, sizeof(struct ifaddrmsg),
	    IFA_PROTO));
	return 0;
}

static void
take_addr(struct nl_object *obj, void *arg)
{
	struct rtnl_addr *o = (struct rtnl_addr *)obj;
	struct nl_addr *local = rtnl_addr_get_local(o);
	struct kernel_addr *a = arg;

	if (local == NULL)
		return;
	a->ifindex = (uint32_t)rtnl_addr_get_ifindex(o);
	a->scope = (uint8_t)rtnl_addr_get_scope(o);
	a->flags = rtnl_addr_get_flags(o);
	a->len = (uint8_t)rtnl_addr_get_prefixlen(o);
	if (nl_addr_get_len(local) == 4) {
		addr_from_v4(&a->addr, nl_addr_get_binary_addr(local));
		a->len += V4_PLEN;
	} else if (nl_addr_get_len(local) == 16)
		memcpy(a->addr.octet, nl_addr_get_binary_addr(local), 16);
}
