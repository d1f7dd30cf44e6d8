/* SPDX-License-Identifier: ISC */
/* All links and addresses of this host, kept by rtnetlink's news. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/link.h"
#include "kernel/netlink.h"
#include "kernel/nexthop.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/route.h"
#include "kernel/setup.h"
#include "kernel/state.h"
#include "kernel/tell.h"
#include "kernel/wifi.h"

static void	 each(void *, struct nlmsghdr *);
static void	 link_news(struct kernel *, const struct kernel_link *);
static void	 link_gone(struct kernel *, struct knode *);
static void	 bind_name(struct kernel *, struct knode *);
static void	 addr_news(struct kernel *, const struct kernel_addr *, bool);
static bool	 is_port(const struct kiface *, const struct knode *,
		    const struct knode *);

int
link_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
	    RTNLGRP_IPV6_IFADDR, RTNLGRP_NEXTHOP };

	k->links = netlink_monitor_open(k->base, NETLINK_ROUTE, groups, 4,
	    NULL, 0, each, link_lost, k);
	return k->links == NULL ? -1 : 0;
}

void
link_close(struct kernel *k)
{
	struct knode *n;
	struct kaddr *a;

	netlink_monitor_close(k->links);
	k->links = NULL;
	while ((n = RB_ROOT(&k->nodes)) != NULL) {
		RB_REMOVE(knode_tree, &k->nodes, n);
		free(n);
	}
	while ((a = RB_ROOT(&k->addrs)) != NULL) {
		RB_REMOVE(kaddr_tree, &k->addrs, a);
		free(a);
	}
}

/*
 * Ask for everything; what is not told of any more is gone.  Nobody is told
 * before all is known.  0, or -1.
 */
int
link_dump(struct kernel *k)
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
		if (netlink_dump(k->dumper, msg_dump_links(), each) == 0 &&
		    netlink_dump(k->dumper, msg_dump_addrs(AF_UNSPEC),
		    each) == 0)
			break;
		else if (errno != EINTR)
			tries = 5;
	k->quiet = false;
	if (tries >= 5) {
		log_warn("netlink: list of links and addresses");
		return -1;
	}
	RB_FOREACH_SAFE(a, kaddr_tree, &k->addrs, nexta)
		if (!a->seen) {
			RB_REMOVE(kaddr_tree, &k->addrs, a);
			free(a);
		}
	RB_FOREACH_SAFE(n, knode_tree, &k->nodes, nextn)
		if (!n->seen)
			link_gone(k, n);
		else
			node_serves(k, n);
	return 0;
}

/* Learn new addresses without waiting for their events. */
void
addr_refresh(struct kernel *k)
{
	k->quiet = true;
	(void)netlink_dump(k->dumper, msg_dump_addrs(AF_UNSPEC), each);
	k->quiet = false;
}

/* Events were dropped: nothing that hangs on links is sure any more. */
void
link_lost(void *arg)
{
	struct kernel *k = arg;

	k->stats.overflows++;
	if (kernel_may_log_lost(k))
		log_info("netlink: link events lost, asking again");
	if (link_dump(k) == -1)
		return;
	wifi_roles(k);
	iface_setup_all(k);
	k->check_nexthops = true;
	kernel_later(k->resolve, 5);
	kernel_later(k->reconcile, 50);
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_link l;
	struct kernel_addr a;
	struct knode *n;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
		if (msg_read_link(nlh, &l) == 0)
			link_news(k, &l);
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

static void
link_news(struct kernel *k, const struct kernel_link *l)
{
	struct knode *n;
	struct kernel_link old;
	bool other;

	if ((n = node_find(k, l->ifindex)) == NULL) {
		if ((n = calloc(1, sizeof(*n))) == NULL)
			fatal("link");
		n->link.ifindex = l->ifindex;
		RB_INSERT(knode_tree, &k->nodes, n);
	}
	old = n->link;
	n->link = *l;
	n->seen = true;
	other = strcmp(old.name, l->name) != 0;
	if (n->iface != NULL && other)
		iface_vanished(k, n->iface);
	if (other)
		wifi_link(k, n);
	if (!k->quiet)
		node_serves(k, n);

	/*
	 * The kernel deletes nexthop objects with their routes, and says so
	 * to nobody, when their link is down or without carrier.
	 */
	if ((old.flags ^ l->flags) & CARRIER) {
		k->check_nexthops = true;
		if (k->configured)
			kernel_later(k->resolve, 5);
	}
	if (n->iface == NULL) {
		bind_name(k, n);
	} else if ((old.flags ^ l->flags) & IFF_UP) {
		if (l->flags & IFF_UP) {
			iface_setup(k, n->iface);
			route_iface_up(k, n->iface);
		} else
			route_iface_down(k, n->iface);
		kernel_later(k->reconcile, 1000);
	} else if (mac_cmp(&old.mac, &l->mac) != 0)
		route_neighs_lost(k, n->iface);
	if (n->iface != NULL)
		iface_tell(k, n->iface);
	if (n->serves != NULL && n->serves != n->iface)
		iface_tell(k, n->serves);	/* source may follow ports */
}

static void
link_gone(struct kernel *k, struct knode *n)
{
	struct kaddr *a, *next;

	k->check_nexthops = true;
	if (k->configured)
		kernel_later(k->resolve, 5);
	RB_FOREACH_SAFE(a, kaddr_tree, &k->addrs, next)
		if (a->a.ifindex == n->link.ifindex) {
			RB_REMOVE(kaddr_tree, &k->addrs, a);
			free(a);
		}
	wifi_link_gone(k, n);
	if (n->iface != NULL)
		iface_vanished(k, n->iface);
	if (n->serves != NULL)
		fdb_port_changed(k);
	RB_REMOVE(knode_tree, &k->nodes, n);
	free(n);
}

/* Is this an interface of the configuration that was missing? */
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
	if (!there) {
		if (a != NULL) {
			RB_REMOVE(kaddr_tree, &k->addrs, a);
			free(a);
		}
	} else {
		if (a == NULL) {
			if ((a = calloc(1, sizeof(*a))) == NULL)
				fatal("address");
			a->a = *news;
			a->order = ++k->addr_order;
			RB_INSERT(kaddr_tree, &k->addrs, a);
		}
		a->a = *news;
		a->seen = true;
	}
	if ((n = node_find(k, news->ifindex)) != NULL && n->iface != NULL)
		iface_tell(k, n->iface);
}

/*
 * Whose stations are at this bridge port or access point?  Those of an
 * interface that names it; or, of one that names none: that is the bridge,
 * that is the access point itself, or that lies right above it (a macvlan).
 */
void
node_serves(struct kernel *k, struct knode *n)
{
	struct knode *master;
	struct kiface *i, *was = n->serves;

	master = n->link.master != 0 ? node_find(k, n->link.master) : NULL;
	if (master != NULL && !master->link.bridge)
		master = NULL;
	n->serves = NULL;
	if (master != NULL || n->role != ROLE_NONE)
		TAILQ_FOREACH(i, &k->ifaces, entry)
			if (is_port(i, n, master))
				n->serves = i;
	if (n->serves != was)
		fdb_port_changed(k);
	wifi_serves(k, n);
}

static bool
is_port(const struct kiface *i, const struct knode *n,
    const struct knode *master)
{
	uint32_t p;

	for (p = 0; p < i->conf.nports; p++)
		if (strcmp(i->conf.ports[p], n->link.name) == 0)
			return true;
	if (i->conf.nports > 0 || i->node == NULL)
		return false;
	return i->node == master || (n->role != ROLE_NONE &&
	    (i->node == n || i->node->link.lower == n->link.ifindex));
}
