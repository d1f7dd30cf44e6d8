/* SPDX-License-Identifier: ISC */
/*
 * One nexthop object per router and family, shared by all routes to its
 * stations: one replacement moves them all to another way.  Where the way has
 * legs of equal cost it is a group, from which the kernel takes a leg whose
 * link goes.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

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

static bool	is_v4(uint32_t);
static void	apply(struct kernel *, struct krouter *);
static void	apply_family(struct kernel *, struct krouter *, bool);
static void	set_one(struct kernel *, struct krouter *, bool,
		    const struct plan_leg *);
static void	request(struct kernel *, struct krouter *, bool,
		    const struct kernel_nh *, bool);
static void	set_group(struct kernel *, struct krouter *, bool,
		    const struct plan_reach *);
static void	remove_objects(struct kernel *, const struct krouter *, bool);
static void	nexthop_done(void *, void *, int, int, struct nlmsghdr *);
static void	say(struct krouter *);
static void	compare(struct kernel *);
static void	begin(struct knexthop *);
static void	compared(struct kernel *, struct krouter *, bool);
static void	forget(struct knexthop *);
static void	note(struct kernel *, const struct krouter *,
		    const struct knexthop *, const struct plan_leg *,
		    const char *);
static void	each_nexthop(void *, struct nlmsghdr *);
static bool	found(struct kernel *, struct krouter *,
		    const struct kernel_nh *);
static bool	same_way(const struct kernel_nh *, const struct plan_leg *);
static bool	same_members(const struct kernel_nh *, const struct krouter *,
		    bool, const struct knexthop *);

/* An object of ours was deleted or changed by somebody else. */
void
nexthop_news(struct kernel *k, struct nlmsghdr *nlh)
{
	struct kernel_nh nh;
	struct krouter *r;
	struct knexthop *own;

	if (nlh->nlmsg_pid == netlink_port(k->nl) ||
	    msg_read_nexthop(nlh, &nh) == -1 ||
	    (r = router_by_nhid(k, nh.id)) == NULL)
		return;
	own = is_v4(nh.id) ? &r->nh4 : &r->nh6;
	if (!own->present && nlh->nlmsg_type == RTM_DELNEXTHOP)
		return;
	/* This may be older than our own last change: dump. */
	own->told = true;
	way_recheck(k, mend_wait(k, 5));
}

/* Of the objects for IPv4 routes; of legs there are eight to one of those. */
static bool
is_v4(uint32_t id)
{
	if (id >= NEXTHOP_LEGS)
		id = (id - NEXTHOP_LEGS) / PLAN_LEGS;
	return !(id & 1);
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
			router_dirty(k, r);
	}
	kernel_wake(k);
}

static void
compare(struct kernel *k)
{
	struct krouter *r;
	struct kleftover *l, *next;

	RB_FOREACH(r, krouter_tree, &k->routers) {
		begin(&r->nh4);
		begin(&r->nh6);
	}
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
		compared(k, r, true);
		compared(k, r, false);
	}
	mend_say(k);
	RB_FOREACH_SAFE(l, kleftover_tree, &k->leftovers, next)
		if (!l->seen) {
			route_nexthop_lost(k, l->nh.id);
			leftover_drop(k, l);
		}
}

static void
begin(struct knexthop *own)
{
	own->seen = false;
	memset(own->seen_leg, 0, sizeof(own->seen_leg));
}

/* What was not in the dump is gone: a leg, or all. */
static void
compared(struct kernel *k, struct krouter *r, bool v4)
{
	struct knexthop *own = v4 ? &r->nh4 : &r->nh6;
	unsigned int i;

	for (i = 0; own->group && i < PLAN_LEGS; i++)
		if (own->leg[i].ifindex != 0 && !own->seen_leg[i]) {
			note(k, r, own, &own->leg[i], "removed");
			memset(&own->leg[i], 0, sizeof(own->leg[i]));
			own->differs = true;
		}
	if (own->present && !own->seen) {
		note(k, r, own, router_leg(own), "removed");
		forget(own);
		route_router_changed(k, r, v4, true);
	}
	own->told = false;
}

static void
forget(struct knexthop *own)
{
	own->present = own->group = own->differs = false;
	memset(own->leg, 0, sizeof(own->leg));
}

/* What the kernel itself deletes, as the link went, it does not tell. */
static void
note(struct kernel *k, const struct krouter *r, const struct knexthop *own,
    const struct plan_leg *leg, const char *how)
{
	if (!own->told || leg->ifindex == 0)
		return;
	mend_note(k, MEND_NEXTHOP, "nexthop %s dev %s, of router %s: %s by "
	    "another program, put back", addr_text(&leg->gateway),
	    node_name(k, leg->ifindex), router_id_text(&r->id), how);
}

static void
each_nexthop(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_nh nh;
	struct krouter *r;
	struct kleftover *l;

	if (nlh->nlmsg_type != RTM_NEWNEXTHOP ||
	    msg_read_nexthop(nlh, &nh) == -1 || nh.proto != PROTO_DIRECT ||
	    nh.id < NEXTHOP_BASE || nh.id >= NEXTHOP_END)
		return;
	r = router_by_nhid(k, nh.id);
	if (r != NULL && found(k, r, &nh))
		return;
	if ((l = leftover_find(k, nh.id)) != NULL)
		l->seen = true;
	if (k->started)			/* of a former run, unused */
		netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &nh),
		    NULL, NULL, 0);
}

/* Whether it is in use; what differs from what we set is set again. */
static bool
found(struct kernel *k, struct krouter *r, const struct kernel_nh *nh)
{
	bool v4 = is_v4(nh->id);
	struct knexthop *own = v4 ? &r->nh4 : &r->nh6;
	unsigned int i;

	if (!own->present || (nh->id < NEXTHOP_LEGS &&
	    nh->id != router_nhid(r, v4)) ||
	    (nh->id >= NEXTHOP_LEGS && !own->group))
		return false;
	if (nh->id >= NEXTHOP_LEGS) {
		i = (nh->id - NEXTHOP_LEGS) % PLAN_LEGS;
		if (own->leg[i].ifindex == 0)
			return false;
		own->seen_leg[i] = same_way(nh, &own->leg[i]);
		if (!own->seen_leg[i]) {
			note(k, r, own, &own->leg[i], "changed");
			memset(&own->leg[i], 0, sizeof(own->leg[i]));
			own->differs = true;
		}
		return true;
	}
	own->seen = true;
	if (own->group ? same_members(nh, r, v4, own) :
	    same_way(nh, &own->leg[0]))
		return true;
	note(k, r, own, router_leg(own), "changed");
	own->differs = true;
	return true;
}

static bool
same_way(const struct kernel_nh *nh, const struct plan_leg *leg)
{
	return nh->ifindex == leg->ifindex &&
	    addr_cmp(&nh->gateway, &leg->gateway) == 0;
}

/* The kernel tells members in the order in which they were set. */
static bool
same_members(const struct kernel_nh *nh, const struct krouter *r, bool v4,
    const struct knexthop *own)
{
	unsigned int i, n = 0;

	for (i = 0; i < PLAN_LEGS; i++) {
		if (own->leg[i].ifindex == 0)
			continue;
		if (n == nh->nmembers ||
		    nh->members[n].id != router_leg_id(r, v4, i) ||
		    nh->members[n].weight != own->leg[i].weight)
			return false;
		n++;
	}
	return n == nh->nmembers;
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
	struct plan_reach way;
	bool was = own->present, changes;

	if (!plan_nexthop(v4, &r->reach4, &r->reach6, &way)) {
		if (!own->present)
			return;
		/* Its routes go with it, so that routes of others take over. */
		remove_objects(k, r, v4);
		forget(own);
		route_router_changed(k, r, v4, true);
		return;
	}
	changes = was && !own->group && way.n > 1;
	if (changes)
		/* Its routes move to the group, then it goes. */
		way_recheck(k, 1000);
	if (own->group || way.n > 1)
		set_group(k, r, v4, &way);
	else
		set_one(k, r, v4, &way.leg[0]);
	own->present = true;
	own->differs = false;
	if (!was || changes)
		route_router_changed(k, r, v4, false);
}

static void
set_one(struct kernel *k, struct krouter *r, bool v4,
    const struct plan_leg *leg)
{
	struct knexthop *own = v4 ? &r->nh4 : &r->nh6;
	struct kernel_nh nh = { .id = NEXTHOP_BASE + 2 * r->number + !v4 };
	struct kleftover *l = leftover_find(k, nh.id);

	if (own->present && !own->differs && plan_same_leg(&own->leg[0], leg))
		return;
	own->leg[0] = *leg;
	nh.ifindex = leg->ifindex;
	nh.gateway = leg->gateway;
	if (l == NULL || !same_way(&l->nh, leg))
		request(k, r, v4, &nh, own->present || l != NULL);
	if (l != NULL)
		leftover_drop(k, l);
}

/*
 * If the kernel has just deleted the object and its routes, its event may still
 * come.  Then the object must not be made again without its routes.
 */
static void
request(struct kernel *k, struct krouter *r, bool v4,
    const struct kernel_nh *nh, bool replaces)
{
	netlink_request(k->nl, msg_nexthop(RTM_NEWNEXTHOP,
	    NLM_F_REPLACE | (replaces ? 0 : NLM_F_CREATE), nh), nexthop_done,
	    r, (v4 ? OF_IPV4 : 0) | (replaces ? REPLACES : 0));
}

/*
 * The legs first, then the group, then legs that are not in it any more: at
 * every moment there is a way.
 */
static void
set_group(struct kernel *k, struct krouter *r, bool v4,
    const struct plan_reach *way)
{
	struct knexthop *own = v4 ? &r->nh4 : &r->nh6;
	struct kernel_nh nh, gone = { 0 };
	struct kleftover *l;
	bool changed[PLAN_LEGS], any = !own->group || own->differs;
	unsigned int i;

	if (!own->group)
		memset(own->leg, 0, sizeof(own->leg));
	plan_places(own->leg, way, changed);
	for (i = 0; i < PLAN_LEGS; i++) {
		any |= changed[i];
		if (!changed[i] || own->leg[i].ifindex == 0)
			continue;
		memset(&nh, 0, sizeof(nh));
		nh.id = router_leg_id(r, v4, i);
		nh.ifindex = own->leg[i].ifindex;
		nh.gateway = own->leg[i].gateway;
		l = leftover_find(k, nh.id);
		if (l == NULL || !same_way(&l->nh, &own->leg[i]))
			request(k, r, v4, &nh, false);
		if (l != NULL)
			leftover_drop(k, l);
	}
	if (!any)
		return;
	memset(&nh, 0, sizeof(nh));
	nh.id = NEXTHOP_GROUPS + 2 * r->number + !v4;
	for (i = 0; i < PLAN_LEGS; i++)
		if (own->leg[i].ifindex != 0) {
			nh.members[nh.nmembers].id = router_leg_id(r, v4, i);
			nh.members[nh.nmembers++].weight = own->leg[i].weight;
		}
	l = leftover_find(k, nh.id);
	if (l == NULL || !same_members(&l->nh, r, v4, own))
		request(k, r, v4, &nh, own->group || l != NULL);
	if (l != NULL)
		leftover_drop(k, l);
	own->group = true;
	for (i = 0; i < PLAN_LEGS; i++)
		if (changed[i] && own->leg[i].ifindex == 0) {
			gone.id = router_leg_id(r, v4, i);
			netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0,
			    &gone), NULL, NULL, 0);
		}
}

/* The one or the group, and legs. */
static void
remove_objects(struct kernel *k, const struct krouter *r, bool v4)
{
	const struct knexthop *own = v4 ? &r->nh4 : &r->nh6;
	struct kernel_nh nh = { .id = router_nhid(r, v4) };
	unsigned int i;

	if (!own->present)
		return;
	netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &nh), NULL, NULL,
	    0);
	if (!own->group)
		return;
	/* The one that it was before may be there yet. */
	nh.id = NEXTHOP_BASE + 2 * r->number + !v4;
	netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &nh), NULL, NULL,
	    0);
	for (i = 0; i < PLAN_LEGS; i++) {
		if (own->leg[i].ifindex == 0)
			continue;
		nh.id = router_leg_id(r, v4, i);
		netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &nh),
		    NULL, NULL, 0);
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
		forget(own);
		r->gone = true;
		route_router_changed(k, r, v4, true);
		return;
	}
	/* The object stays as it was, but we do not know how that is. */
	r->failing = true;
	k->stats.failed++;
	k->check_nexthops = true;
	kernel_warn(k, RTM_NEWNEXTHOP << 8 | error,
	    "router %s: nexthop %s dev %s: %s", router_id_text(&r->id),
	    addr_text(&router_leg(own)->gateway),
	    node_name(k, router_leg(own)->ifindex), netlink_why(k->nl));
	forget(own);
	route_router_changed(k, r, v4, true);
	kernel_later(k->retry, 1000);
}

/* Log when the way to a router is lost, and when it is back. */
static void
say(struct krouter *r)
{
	bool asks = !addr_is_none(&r->addr4) || !addr_is_none(&r->addr6);
	bool ok = r->nh4.present || r->nh6.present;
	char where[32] = "";

	if (r->vrf != 0)
		snprintf(where, sizeof(where), ", VRF's table %u", r->vrf);

	if (!asks)
		r->warned = false;
	else if (!ok && !r->warned && !r->failing) {
		r->warned = true;
		log_warnx("router %s%s: no route to its address %s%s",
		    router_id_text(&r->id), where, addr_text(
		    addr_is_none(&r->addr4) ? &r->addr6 : &r->addr4),
		    r->by_default ? " but a default route, see direct "
		    "default" : "");
	} else if (ok && r->warned) {
		r->warned = false;
		log_info("router %s%s: reachable", router_id_text(&r->id),
		    where);
	}
}

/* At exit, after the routes. */
void
nexthop_remove_all(struct kernel *k)
{
	struct krouter *r;

	leftover_remove(k);
	RB_FOREACH(r, krouter_tree, &k->routers) {
		remove_objects(k, r, true);
		remove_objects(k, r, false);
	}
	netlink_flush(k->nl);
}
