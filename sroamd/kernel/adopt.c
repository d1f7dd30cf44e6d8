/* SPDX-License-Identifier: ISC */
/* Routes of a former run; the neighbour entries say whose they are. */
#include <sys/socket.h>
#include <sys/tree.h>

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/adopt.h"
#include "kernel/event.h"
#include "kernel/iface.h"
#include "kernel/leftover.h"
#include "kernel/neigh.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/reconcile.h"
#include "kernel/route.h"
#include "kernel/state.h"

/* A neighbour entry that says whose a route is. */
struct owner {
	RB_ENTRY(owner)	entry;
	struct addr	addr;
	uint32_t	ifindex;
	struct mac	mac;
};
RB_HEAD(owner_tree, owner);

static void		 adopt(struct kernel *, struct kroute *);
static void		 each_owner(void *, struct nlmsghdr *);
static struct owner	*owner_of(const struct prefix *, uint32_t);
static int		 owner_cmp(const struct owner *, const struct owner *);

static struct owner_tree owners = RB_INITIALIZER(&owners);

RB_PROTOTYPE(owner_tree, owner, entry, owner_cmp)
RB_GENERATE(owner_tree, owner, entry, owner_cmp)

void
adopt_former(struct kernel *k)
{
	struct kroute *r;
	struct owner *o;

	leftover_learn(k);
	reconcile_dump(k);
	if (!RB_EMPTY(&k->routes)) {
		(void)netlink_dump(k->dumper, msg_dump(RTM_GETNEIGH, AF_INET),
		    each_owner);
		(void)netlink_dump(k->dumper, msg_dump(RTM_GETNEIGH, AF_INET6),
		    each_owner);
	}
	RB_FOREACH(r, kroute_tree, &k->routes)
		adopt(k, r);
	while ((o = RB_ROOT(&owners)) != NULL) {
		RB_REMOVE(owner_tree, &owners, o);
		free(o);
	}
	kernel_later(k->reconcile, RECONCILE_INTERVAL);
}

static void
adopt(struct kernel *k, struct kroute *r)
{
	struct route route;
	struct prefix at = r->prefix;	/* where a neighbour may be */
	struct owner *o;
	uint32_t ifindex;

	ifindex = r->have.ifindex != 0 ? r->have.ifindex :
	    r->have.main_ifindex;
	if (ifindex == 0 || r->have.nhid != 0 ||
	    iface_find(k, ifindex) == NULL ||
	    !conf_leases(&k->prefixes, &r->prefix) ||
	    prefix_has_local(k, &r->prefix))
		return;
	memset(&route, 0, sizeof(route));
	route.prefix = r->prefix;
	route.kind = ROUTE_LOCAL;
	route.ifindex = ifindex;
	route.gateway = r->have.gateway;
	if (!addr_is_none(&route.gateway))
		prefix_host(&at, &route.gateway);
	if ((o = owner_of(&at, ifindex)) != NULL) {
		route.mac = o->mac;
		if (prefix_is_v4(&r->prefix)) {
			r->have.neigh_ifindex = ifindex;
			r->have.neigh_mac = o->mac;
		}
	}
	k->ops.adopt(k->ops.arg, &route);
}

static void
each_owner(void *arg, struct nlmsghdr *nlh)
{
	struct kernel_neigh n;
	struct owner *o;

	(void)arg;
	/* Not those that anybody's frame may have made or changed. */
	if (nlh->nlmsg_type != RTM_NEWNEIGH ||
	    msg_read_neigh(nlh, &n) == -1 || !mac_is_station(&n.mac) ||
	    addr_is_none(&n.addr) || !neigh_stands(&n, &n.mac))
		return;
	if ((o = calloc(1, sizeof(*o))) == NULL)
		fatal("neighbour");
	o->addr = n.addr;
	o->ifindex = n.ifindex;
	o->mac = n.mac;
	if (RB_INSERT(owner_tree, &owners, o) != NULL)
		free(o);
}

/* The station with any address of this prefix on this interface. */
static struct owner *
owner_of(const struct prefix *p, uint32_t ifindex)
{
	struct owner key, *o;

	key.addr = p->addr;
	key.ifindex = 0;
	for (o = RB_NFIND(owner_tree, &owners, &key); o != NULL &&
	    prefix_contains(p, &o->addr); o = RB_NEXT(owner_tree, &owners, o))
		if (o->ifindex == ifindex)
			return o;
	return NULL;
}

static int
owner_cmp(const struct owner *a, const struct owner *b)
{
	int cmp;

	if ((cmp = addr_cmp(&a->addr, &b->addr)) != 0)
		return cmp;
	return a->ifindex < b->ifindex ? -1 : a->ifindex > b->ifindex;
}
