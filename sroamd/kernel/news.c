/* SPDX-License-Identifier: ISC */
/*
 * Events of rtnetlink for links, addresses and nexthops, and what follows from
 * them.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/ap.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/monitor.h"
#include "kernel/neigh.h"
#include "kernel/netlink.h"
#include "kernel/news.h"
#include "kernel/nexthop.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/report.h"
#include "kernel/route.h"
#include "kernel/serve.h"
#include "kernel/setup.h"
#include "kernel/state.h"
#include "kernel/vlan_news.h"
#include "kernel/vrf.h"
#include "kernel/way.h"
#include "kernel/wifi.h"

static void	each(void *, struct nlmsghdr *);
static void	link_news(struct kernel *, const struct kernel_link *);
static bool	has_carrier(const struct kernel_link *);
static void	link_gone(struct kernel *, struct knode *);
static void	bind_name(struct kernel *, struct knode *);
static void	addr_news(struct kernel *, const struct kernel_addr *, bool);

int
news_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
	    RTNLGRP_IPV6_IFADDR, RTNLGRP_NEXTHOP };

	k->links = netlink_monitor_open(k->base, NETLINK_ROUTE, groups, 4,
	    NULL, 0, each, news_lost, k);
	return k->links == NULL ? -1 : 0;
}

void
news_close(struct kernel *k)
{
	struct knode *n;
	struct kaddr *a;

	netlink_monitor_close(k->links);
	k->links = NULL;
	while ((n = RB_ROOT(&k->nodes)) != NULL)
		node_drop(k, n);
	while ((a = RB_ROOT(&k->addrs)) != NULL)
		addr_drop(k, a);
}

int
news_dump(struct kernel *k)
{
	struct knode *n, *nextn;
	struct kaddr *a, *nexta;
	int tries;

	RB_FOREACH(n, knode_tree, &k->nodes)
		n->seen = false;
	RB_FOREACH(a, kaddr_tree, &k->addrs)
		a->seen = false;

	k->quiet = true;
	for (tries = 0; tries < 5; tries++)
		if (netlink_dump(k->dumper, msg_dump(RTM_GETLINK, AF_UNSPEC),
		    each) == 0 &&
		    netlink_dump(k->dumper, msg_dump(RTM_GETADDR, AF_UNSPEC),
		    each) == 0)
			break;
		else if (errno != EINTR)
			tries = 5;
	vlan_dump(k);
	k->quiet = false;
	if (tries >= 5) {
		log_warn("netlink: list of links and addresses");
		return -1;
	}
	RB_FOREACH_SAFE(a, kaddr_tree, &k->addrs, nexta)
		if (!a->seen)
			addr_drop(k, a);
	RB_FOREACH_SAFE(n, knode_tree, &k->nodes, nextn)
		if (!n->seen)
			link_gone(k, n);
		else
			serve_port(k, n);
	vrf_changed(k);
	return 0;
}

void
news_addrs(struct kernel *k)
{
	k->quiet = true;
	(void)netlink_dump(k->dumper, msg_dump(RTM_GETADDR, AF_UNSPEC),
	    each);
	k->quiet = false;
}

void
news_setup(struct kernel *k)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		iface_setup(k, i);
	netlink_monitor_read(k->links);	/* what that has changed */
	news_addrs(k);			/* IPv6 reports them later */
	TAILQ_FOREACH(i, &k->ifaces, entry)
		iface_report(k, i);
}

void
news_lost(void *arg)
{
	struct kernel *k = arg;

	k->stats.overflows++;
	if (kernel_may_log_lost(k))
		log_info("netlink: link events lost, asking again");
	if (news_dump(k) == -1)
		return;
	wifi_roles(k);
	news_setup(k);
	way_recheck(k, 5);
	kernel_later(k->reconcile, 50);
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_link l;
	struct kernel_port p;
	struct kernel_addr a;
	struct knode *n;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
		if (msg_read_link(nlh, &l) == 0)
			link_news(k, &l);
		else if (msg_read_port(nlh, &p) == 0) {
			if (p.tells_isolated &&
			    (n = node_find(k, p.ifindex)) != NULL)
				n->link.isolated = p.isolated;
			vlan_news(k, &p);
		}
		break;
	case RTM_DELLINK:
		if (msg_read_link(nlh, &l) == 0 &&
		    (n = node_find(k, l.ifindex)) != NULL)
			link_gone(k, n);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (msg_read_addr(nlh, &a) == 0)
			addr_news(k, &a, nlh->nlmsg_type == RTM_NEWADDR);
		break;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		nexthop_news(k, nlh);
		break;
	}
}

#define CARRIER	(IFF_UP | IFF_RUNNING | IFF_LOWER_UP)

static bool
has_carrier(const struct kernel_link *l)
{
	return (l->flags & CARRIER) == CARRIER;
}

static void
link_news(struct kernel *k, const struct kernel_link *l)
{
	struct knode *n;
	struct kernel_link old;
	struct kiface *had;
	bool other;

	n = node_get(k, l->ifindex);
	old = n->link;
	/*
	 * What the kernel has removed with a link is told before: it is set
	 * again below, and then nothing is in doubt.
	 */
	if (n->iface != NULL && !k->quiet && (((old.flags ^ l->flags) &
	    IFF_UP) || mac_cmp(&old.mac, &l->mac) != 0))
		netlink_monitor_read(k->watch);
	n->link = *l;
	n->seen = true;
	other = strcmp(old.name, l->name) != 0;
	if (!k->quiet && (old.vrf != l->vrf || (l->vrf != 0 &&
	    ((old.flags ^ l->flags) & IFF_UP)))) {
		vrf_changed(k);
		way_recheck(k, 5);
	}
	if (n->iface != NULL && other)
		iface_vanished(k, n->iface);
	if (other)
		wifi_link(k, n);
	had = port_any(k, n);
	vlan_link(k, n, &old);
	if (!k->quiet)
		serve_port(k, n);
	if (has_carrier(l) && (port_any(k, n) != had || !has_carrier(&old)))
		serve_returns(k, n);

	/*
	 * When a link is down or has no carrier, the kernel deletes nexthop
	 * objects on it and their routes without an event.
	 */
	if ((old.flags ^ l->flags) & CARRIER)
		way_recheck(k, 5);
	if (n->iface == NULL) {
		bind_name(k, n);
	} else if ((old.flags ^ l->flags) & IFF_UP) {
		if (l->flags & IFF_UP) {
			iface_setup(k, n->iface);
			neigh_iface_set(k, n->iface);
			route_iface_up(k, n->iface);
		} else
			route_iface_down(k, n->iface);
		kernel_later(k->reconcile, 1000);
	} else if (mac_cmp(&old.mac, &l->mac) != 0) {
		iface_mac_lost(k, n->iface);
		neigh_iface_set(k, n->iface);
		route_neighs_lost(k, n->iface);
	}
	if (n->iface != NULL)
		iface_report(k, n->iface);
	serve_report(k, n);		/* its source may change */
}

static void
link_gone(struct kernel *k, struct knode *n)
{
	struct kaddr *a, *next;
	bool vrf = n->link.vrf != 0;
	bool radio;

	way_recheck(k, 5);
	RB_FOREACH_SAFE(a, kaddr_tree, &k->addrs, next)
		if (a->a.ifindex == n->link.ifindex)
			addr_drop(k, a);
	ap_unwatch(k, n);
	if (n->iface != NULL)
		iface_vanished(k, n->iface);
	if (port_any(k, n) != NULL)
		fdb_port_changed(k);
	radio = n->role != ROLE_NONE;
	node_drop(k, n);
	if (vrf)
		vrf_changed(k);
	if (radio)
		serve_radios(k);
}

/* Whether a missing interface of the configuration has come. */
static void
bind_name(struct kernel *k, struct knode *n)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (i->node == NULL &&
		    strcmp(i->conf.name, n->link.name) == 0) {
			iface_appeared(k, i, n);
			return;
		}
}

static void
addr_news(struct kernel *k, const struct kernel_addr *news, bool there)
{
	struct kaddr *a;
	struct knode *n;

	a = addr_on(k, news->ifindex, &news->addr, news->len);
	if (there)
		addr_put(k, news);
	else if (a != NULL)
		addr_drop(k, a);
	n = node_find(k, news->ifindex);
	if (n == NULL || n->iface == NULL)
		return;
	if (!there)
		iface_addr_lost(k, n->iface, news);
	iface_report(k, n->iface);
}
