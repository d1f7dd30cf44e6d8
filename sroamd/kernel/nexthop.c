/* SPDX-License-Identifier: ISC */
/*
 * One nexthop object per router and family, shared by all routes to its
 * stations: one replacement moves them all to another way.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>

#include "common/log.h"
#include "kernel/event.h"
#include "kernel/leftover.h"
#include "kernel/mend.h"
#include "kernel/netlink.h"
#include "kernel/nexthop.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/plan.h"
#include "kernel/route.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "kernel/way.h"

/* The kinds of requests. */
#define OF_IPV4		0x1
#define REPLACES	0x2

static void	apply(struct kernel *, struct krouter *);
static void	apply_family(struct kernel *, struct krouter *, bool);
static void	nexthop_done(void *, void *, int, int, struct nlmsghdr *);
static void	say(struct krouter *);
static void	compare(struct kernel *);
static void	note(struct kernel *, const struct krouter *,
		    const struct knexthop *, const char *);
static void	each_nexthop(void *, struct nlmsghdr *);

/* A nexthop of ours was deleted or differs. */
void
nexthop_news(struct kernel *k, struct nlmsghdr *nlh)
{
	struct kernel_nh nh;
	struct krouter *r;
	struct knexthop *own;
	bool same;

	if (nlh->nlmsg_pid == netlink_port(k->nl) ||
	    msg_read_nexthop(nlh, &nh) == -1 ||
	    (r = router_by_nhid(k, nh.id)) == NULL)
		return;
	own = nh.id & 1 ? &r->nh6 : &r->nh4;
	same = nlh->nlmsg_type == RTM_NEWNEXTHOP && own->present &&
	    nh.ifindex == own->ifindex &&
	    addr_cmp(&nh.gateway, &own->gateway) == 0;
	if (same || (nlh->nlmsg_type == RTM_DELNEXTHOP && !own->present))
		return;
	/* This may be older than our own last change: dump. */
	own->told = true;
	way_recheck(k, mend_wait(k, 5));
}

/* Check whether all objects are there, and find all ways again. */
void
nexthop_check(struct kernel *k)
{
	struct krouter *r;

	if (k->check_nexthops) {
		k->check_nexthops = false;
		compare(k);
		RB_FOREACH(r, krouter_tree, &k->routers)
			way_dirty(k, r);
	}
	kernel_wake(k);
}

static void
compare(struct kernel *k)
{
	struct krouter *r;
	struct kleftover *l, *next;

	RB_FOREACH(r, krouter_tree, &k->routers)
		r->seen4 = r->seen6 = false;
	RB_FOREACH(l, kleftover_tree, &k->leftovers)
		l->seen = false;
	if (netlink_dump(k->dumper, msg_dump(RTM_GETNEXTHOP, AF_UNSPEC),
	    each_nexthop) == -1) {
		if (errno == EINTR)
			way_recheck(k, 20);
		else
			log_warn("netlink: list of nexthops");
		return;
	}
	RB_FOREACH(r, krouter_tree, &k->routers) {
		if (r->nh4.present && !r->seen4) {
			note(k, r, &r->nh4, "removed");
			r->nh4.present = false;
			route_router_changed(k, r, true, true);
		}
		if (r->nh6.present && !r->seen6) {
			note(k, r, &r->nh6, "removed");
			r->nh6.present = false;
			route_router_changed(k, r, false, true);
		}
		r->nh4.told = r->nh6.told = false;
	}
	mend_say(k);
	RB_FOREACH_SAFE(l, kleftover_tree, &k->leftovers, next)
		if (!l->seen) {
			route_nexthop_lost(k, l->nh.id);
			leftover_drop(k, l);
		}
}

/* What the kernel itself deletes, as the link went, it does not tell. */
static void
note(struct kernel *k, const struct krouter *r, const struct knexthop *own,
    const char *how)
{
	if (own->told)
		mend_note(k, MEND_NEXTHOP, "nexthop %s dev %s, of router %s: "
		    "%s by another program, put back",
		    addr_text(&own->gateway), node_name(k, own->ifindex),
		    router_id_text(&r->id), how);
}

static void
each_nexthop(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_nh nh;
	struct krouter *r;
	struct knexthop *own;
	struct kleftover *l;

	if (nlh->nlmsg_type != RTM_NEWNEXTHOP ||
	    msg_read_nexthop(nlh, &nh) == -1 || nh.proto != PROTO_DIRECT ||
	    nh.id < NEXTHOP_BASE || nh.id >= NEXTHOP_BASE + 2 * NEXTHOP_NUMBERS)
		return;
	own = NULL;
	if ((r = router_by_nhid(k, nh.id)) != NULL)
		own = nh.id & 1 ? &r->nh6 : &r->nh4;
	if (own == NULL || !own->present) {
		if ((l = leftover_find(k, nh.id)) != NULL)
			l->seen = true;
		if (k->started)		/* of a former run, unused */
			netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0,
			    &nh), NULL, NULL, 0);
		return;
	}
	if (nh.id & 1)
		r->seen6 = true;
	else
		r->seen4 = true;
	if (nh.ifindex != own->ifindex ||
	    addr_cmp(&nh.gateway, &own->gateway) != 0) {
		note(k, r, own, "changed");
		own->ifindex = 0;	/* differs: will be replaced */
	}
}

/* Ask for the way to each router on the list, and act on the answers. */
void
nexthop_flush(struct kernel *k)
{
	struct krouter *r, *next;

	way_ask(k);
	TAILQ_FOREACH(r, &k->dirty_routers, dirties)
		apply(k, r);
	netlink_flush(k->nl);
	/* Objects that were not there to be replaced are made again. */
	TAILQ_FOREACH(r, &k->dirty_routers, dirties)
		if (r->gone) {
			r->gone = false;
			apply(k, r);
		}
	netlink_flush(k->nl);
	TAILQ_FOREACH_SAFE(r, &k->dirty_routers, dirties, next) {
		TAILQ_REMOVE(&k->dirty_routers, r, dirties);
		r->dirty = false;
		say(r);
		router_reap(k, r);
	}
}

static void
apply(struct kernel *k, struct krouter *r)
{
	r->failing = false;
	apply_family(k, r, true);
	apply_family(k, r, false);
}

static void
apply_family(struct kernel *k, struct krouter *r, bool v4)
{
	struct knexthop *own = v4 ? &r->nh4 : &r->nh6;
	struct kernel_nh nh = { .id = NEXTHOP_BASE + 2 * r->number + !v4 };
	struct kleftover *l;
	int how = v4 ? OF_IPV4 : 0;
	struct plan_reach way;

	if (!plan_nexthop(v4, &r->reach4, &r->reach6, &way)) {
		if (!own->present)
			return;
		/* Its routes go with it, so that routes of others take over. */
		own->present = false;
		netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &nh),
		    NULL, NULL, 0);
		route_router_changed(k, r, v4, true);
		return;
	}
	if (own->present && own->ifindex == way.ifindex &&
	    addr_cmp(&own->gateway, &way.gateway) == 0)
		return;
	nh.ifindex = own->ifindex = way.ifindex;
	nh.gateway = own->gateway = way.gateway;
	if ((l = leftover_find(k, nh.id)) == NULL ||
	    l->nh.ifindex != nh.ifindex ||
	    addr_cmp(&l->nh.gateway, &nh.gateway) != 0) {
		/*
		 * If the kernel has just deleted the object and its routes, its
		 * event may still come.  Then the object must not be made again
		 * without its routes.
		 */
		if (own->present || l != NULL)
			how |= REPLACES;
		netlink_request(k->nl, msg_nexthop(RTM_NEWNEXTHOP,
		    NLM_F_REPLACE | (how & REPLACES ? 0 : NLM_F_CREATE), &nh),
		    nexthop_done, r, how);
	}
	if (l != NULL)
		leftover_drop(k, l);
	if (!own->present) {
		own->present = true;
		route_router_changed(k, r, v4, false);
	}
}

static void
nexthop_done(void *arg, void *obj, int how, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	struct krouter *r = obj;
	bool v4 = how & OF_IPV4;
	struct knexthop *own = v4 ? &r->nh4 : &r->nh6;

	(void)reply;
	if (error == 0)
		return;
	if ((how & REPLACES) && error == ENOENT) {
		own->present = false;
		r->gone = true;
		route_router_changed(k, r, v4, true);
		return;
	}
	/* The object stays as it was, but we do not know how that is. */
	own->present = false;
	r->failing = true;
	k->stats.failed++;
	k->check_nexthops = true;
	kernel_warn(k, RTM_NEWNEXTHOP << 8 | error,
	    "router %s: nexthop %s dev %s: %s", router_id_text(&r->id),
	    addr_text(&own->gateway), node_name(k, own->ifindex),
	    netlink_why(k->nl));
	route_router_changed(k, r, v4, true);
	kernel_later(k->retry, 1000);
}

/* Log when the way to a router is lost, and when it is back. */
static void
say(struct krouter *r)
{
	bool asks = !addr_is_none(&r->addr4) || !addr_is_none(&r->addr6);
	bool ok = r->nh4.present || r->nh6.present;

	if (!asks)
		r->warned = false;
	else if (!ok && !r->warned && !r->failing) {
		r->warned = true;
		log_warnx("router %s: no route to its address %s",
		    router_id_text(&r->id), addr_text(addr_is_none(&r->addr4) ?
		    &r->addr6 : &r->addr4));
	} else if (ok && r->warned) {
		r->warned = false;
		log_info("router %s: reachable", router_id_text(&r->id));
	}
}

/* At exit, after the routes. */
void
nexthop_remove_all(struct kernel *k)
{
	struct krouter *r;
	struct kernel_nh nh = { 0 };

	leftover_remove(k);
	RB_FOREACH(r, krouter_tree, &k->routers) {
		nh.id = NEXTHOP_BASE + 2 * r->number;
		netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &nh),
		    NULL, NULL, 0);
		nh.id++;
		netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &nh),
		    NULL, NULL, 0);
	}
	netlink_flush(k->nl);
}
