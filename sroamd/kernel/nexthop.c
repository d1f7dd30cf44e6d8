/* SPDX-License-Identifier: ISC */
/*
 * How other routers are reached: as BGP finds its next hops, by asking the
 * kernel for the route to the router's address, and asking again when a
 * route that bears on it has changed.  The answer is one nexthop object per
 * router and family, which all routes to its stations share: when the way
 * changes, one replacement moves them all.
 *
 * Any unicast route will do, a default route too: where there is no routing
 * protocol there may be no better one.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/local.h"

/* What a request for an object was. */
#define OF_IPV4		0x1
#define REPLACES	0x2

static void	 each_change(void *, struct nlmsghdr *);
static void	 changes_lost(void *);
static void	 dirty(struct kernel *, struct krouter *);
static void	 asked(void *, void *, int, int, struct nlmsghdr *);
static void	 on_way(const struct kernel_rt *, const struct addr *,
		    struct plan_reach *);
static void	 apply(struct kernel *, struct krouter *);
static void	 apply_family(struct kernel *, struct krouter *, bool);
static void	 nexthop_done(void *, void *, int, int, struct nlmsghdr *);
static void	 say(struct krouter *);
static bool	 acceptable(struct kernel *, const struct nexthop *,
		    const struct addr *);
static void	 compare(struct kernel *);
static void	 each_nexthop(void *, struct nlmsghdr *);
static void	 each_leftover(void *, struct nlmsghdr *);
static int	 leftover_cmp(const struct kleftover *,
		    const struct kleftover *);

RB_PROTOTYPE(kleftover_tree, kleftover, entry, leftover_cmp)
RB_GENERATE(kleftover_tree, kleftover, entry, leftover_cmp)

int
nexthop_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	/* Thousands of routes of our own must not fill this socket. */
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN +
		    offsetof(struct rtmsg, rtm_protocol)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTO_LOCAL, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTO_DIRECT, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};

	k->routes_changed = netlink_monitor_open(k->base, NETLINK_ROUTE, groups,
	    2, filter, 5, each_change, changes_lost, k);
	return k->routes_changed == NULL ? -1 : 0;
}

void
nexthop_close(struct kernel *k)
{
	struct krouter *r;
	struct kleftover *l;

	netlink_monitor_close(k->routes_changed);
	k->routes_changed = NULL;
	while ((r = RB_ROOT(&k->routers)) != NULL) {
		RB_REMOVE(krouter_tree, &k->routers, r);
		free(r);
	}
	while ((l = RB_ROOT(&k->leftovers)) != NULL) {
		RB_REMOVE(kleftover_tree, &k->leftovers, l);
		free(l);
	}
}

/* The engine tells where a router is. */
int
kernel_nexthop(struct kernel *k, const struct nexthop *nh)
{
	struct krouter *r;
	struct addr a4 = nh->addr4, a6 = nh->addr6;
	bool asks = !addr_is_none(&a4) || !addr_is_none(&a6);

	if (!addr_is_none(&a4) &&
	    (!addr_is_v4(&a4) || !acceptable(k, nh, &a4)))
		a4 = addr_none;
	if (!addr_is_none(&a6) &&
	    (addr_is_v4(&a6) || !acceptable(k, nh, &a6)))
		a6 = addr_none;
	if (!asks && krouter_find(k, &nh->router) == NULL)
		return 0;
	if ((r = krouter_get(k, &nh->router)) == NULL)
		return -1;
	r->addr4 = a4;
	r->addr6 = a6;
	dirty(k, r);
	return asks && addr_is_none(&a4) && addr_is_none(&a6) ? -1 : 0;
}

/*
 * An address within the stations' prefixes would be looked up in our own
 * table, and routes through it would lead to themselves.
 */
static bool
acceptable(struct kernel *k, const struct nexthop *nh, const struct addr *a)
{
	static const uint8_t loop6[16] = { [15] = 1 };
	const char *why = NULL;
	struct prefix host;

	prefix_host(&host, a);
	if (addr_is_multicast(a))
		why = "multicast";
	else if ((addr_is_v4(a) && (addr_v4(a)[0] == 127 ||
	    addr_v4(a)[0] == 0 || addr_v4(a)[0] >= 224)) ||
	    memcmp(a->octet, loop6, 16) == 0)
		why = "not a host's";
	else if (addr_is_linklocal(a))
		why = "link-local";
	else if (addr_is_local(k, a))
		why = "our own";
	else if (conf_covers(&k->conf, &host))
		why = "in a prefix of stations";
	if (why == NULL)
		return true;
	k->stats.refused++;
	kernel_warn(k, RTM_NEWNEXTHOP, "router %s: address %s refused: %s",
	    router_id_text(&nh->router), addr_text(a), why);
	return false;
}

static void
dirty(struct kernel *k, struct krouter *r)
{
	if (!r->dirty) {
		r->dirty = true;
		TAILQ_INSERT_TAIL(&k->dirty_routers, r, dirties);
	}
	kernel_wake(k);
}

/*
 * Somebody else's route has changed: which routers may it bear on?  Host
 * routes of stations, which are most of the news, bear on none.
 */
static void
each_change(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rt rt;
	struct krouter *r;
	const struct addr *a;

	if (msg_read_route(nlh, &rt) == -1 || rt.proto == PROTO_LOCAL ||
	    rt.proto == PROTO_DIRECT || conf_covers(&k->conf, &rt.prefix))
		return;
	if (nlh->nlmsg_type == RTM_NEWROUTE && rt.type == RTN_UNICAST)
		k->ops.route(k->ops.arg, &rt.prefix);
	RB_FOREACH(r, krouter_tree, &k->routers) {
		a = rt.family == AF_INET ? &r->addr4 : &r->addr6;
		if (r->dirty || addr_is_none(a) ||
		    !prefix_contains(&rt.prefix, a))
			continue;
		r->dirty = true;
		TAILQ_INSERT_TAIL(&k->dirty_routers, r, dirties);
		/* Changes come in groups, a deletion before its successor. */
		kernel_later(k->resolve, 5);
	}
}

static void
changes_lost(void *arg)
{
	struct kernel *k = arg;

	k->stats.overflows++;
	k->check_nexthops = true;
	kernel_later(k->resolve, 5);
}

/* A nexthop of ours that went, or is not what we made it. */
void
nexthop_news(struct kernel *k, struct nlmsghdr *nlh)
{
	struct kernel_nh nh;
	struct krouter *r;
	struct knexthop *own;
	bool same;

	if (msg_read_nexthop(nlh, &nh) == -1 ||
	    (r = router_by_nhid(k, nh.id)) == NULL)
		return;
	own = nh.id & 1 ? &r->nh6 : &r->nh4;
	same = nlh->nlmsg_type == RTM_NEWNEXTHOP && own->present &&
	    nh.ifindex == own->ifindex &&
	    addr_cmp(&nh.gateway, &own->gateway) == 0;
	if (same || (nlh->nlmsg_type == RTM_DELNEXTHOP && !own->present))
		return;
	/* It may be late news of what we did ourselves: look. */
	k->check_nexthops = true;
	kernel_later(k->resolve, 5);
}

/* Look whether all objects are there, and find all ways anew. */
void
nexthop_check(struct kernel *k)
{
	struct krouter *r;

	if (k->check_nexthops) {
		k->check_nexthops = false;
		compare(k);
		RB_FOREACH(r, krouter_tree, &k->routers)
			dirty(k, r);
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
	if (netlink_dump(k->dumper, msg_dump_nexthops(), each_nexthop) == -1) {
		if (errno == EINTR) {
			k->check_nexthops = true;
			kernel_later(k->resolve, 20);
		} else
			log_warn("netlink: list of nexthops");
		return;
	}
	RB_FOREACH(r, krouter_tree, &k->routers) {
		if (r->nh4.present && !r->seen4) {
			r->nh4.present = false;
			route_router_changed(k, r, true, true);
		}
		if (r->nh6.present && !r->seen6) {
			r->nh6.present = false;
			route_router_changed(k, r, false, true);
		}
	}
	RB_FOREACH_SAFE(l, kleftover_tree, &k->leftovers, next)
		if (!l->seen) {
			route_nexthop_lost(k, l->nh.id);
			RB_REMOVE(kleftover_tree, &k->leftovers, l);
			free(l);
		}
}

static void
each_nexthop(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_nh nh;
	struct krouter *r;
	struct knexthop *own;
	struct kleftover key, *l;

	if (nlh->nlmsg_type != RTM_NEWNEXTHOP ||
	    msg_read_nexthop(nlh, &nh) == -1 || nh.proto != PROTO_DIRECT ||
	    nh.id < NEXTHOP_BASE || nh.id >= NEXTHOP_BASE + 2 * NEXTHOP_NUMBERS)
		return;
	own = NULL;
	if ((r = router_by_nhid(k, nh.id)) != NULL)
		own = nh.id & 1 ? &r->nh6 : &r->nh4;
	if (own == NULL || !own->present) {
		key.nh.id = nh.id;
		if ((l = RB_FIND(kleftover_tree, &k->leftovers, &key)) != NULL)
			l->seen = true;
		if (k->settled)		/* nobody's: of a former run */
			netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0,
			    &nh), NULL, NULL, 0);
		return;
	}
	if (nh.id & 1)
		r->seen6 = true;
	else
		r->seen4 = true;
	if (nh.ifindex != own->ifindex ||
	    addr_cmp(&nh.gateway, &own->gateway) != 0)
		own->ifindex = 0;	/* differs: will be replaced */
}

/* Ask for the way to each router on the list, then act on the answers. */
void
nexthop_flush(struct kernel *k)
{
	struct krouter *r, *next;

	TAILQ_FOREACH(r, &k->dirty_routers, dirties) {
		memset(&r->reach4, 0, sizeof(r->reach4));
		memset(&r->reach6, 0, sizeof(r->reach6));
		if (!addr_is_none(&r->addr4))
			netlink_request(k->nl, msg_route_get(&r->addr4),
			    asked, r, 4);
		if (!addr_is_none(&r->addr6))
			netlink_request(k->nl, msg_route_get(&r->addr6),
			    asked, r, 6);
	}
	netlink_flush(k->nl);
	TAILQ_FOREACH(r, &k->dirty_routers, dirties)
		apply(k, r);
	netlink_flush(k->nl);
	/* Those that were not there to be replaced are made anew. */
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
asked(void *arg, void *obj, int family, int error, struct nlmsghdr *reply)
{
	struct krouter *r = obj;
	struct kernel_rt rt;

	(void)arg;
	if (error != 0 || reply == NULL || msg_read_route(reply, &rt) == -1)
		return;
	if (family == 4)
		on_way(&rt, &r->addr4, &r->reach4);
	else
		on_way(&rt, &r->addr6, &r->reach6);
}

static void
on_way(const struct kernel_rt *rt, const struct addr *a,
    struct plan_reach *reach)
{
	if (rt->type != RTN_UNICAST || rt->ifindex == 0)
		return;
	reach->usable = true;
	reach->ifindex = rt->ifindex;
	/* On the link, it is its own gateway. */
	reach->gateway = addr_is_none(&rt->gateway) ? *a : rt->gateway;
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
	struct kleftover key, *l;
	int how = v4 ? OF_IPV4 : 0;
	struct plan_reach way;

	if (!plan_nexthop(v4, &r->reach4, &r->reach6, &way)) {
		if (!own->present)
			return;
		/* Its routes go with it, so that others' serve. */
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
	key.nh.id = nh.id;
	if ((l = RB_FIND(kleftover_tree, &k->leftovers, &key)) == NULL ||
	    l->nh.ifindex != nh.ifindex ||
	    addr_cmp(&l->nh.gateway, &nh.gateway) != 0) {
		/*
		 * One that the kernel has just deleted, with its routes, must
		 * not be made again unnoticed: the news may be still to come.
		 */
		if (own->present || l != NULL)
			how |= REPLACES;
		netlink_request(k->nl, msg_nexthop(RTM_NEWNEXTHOP,
		    NLM_F_REPLACE | (how & REPLACES ? 0 : NLM_F_CREATE), &nh),
		    nexthop_done, r, how);
	}
	if (l != NULL) {
		RB_REMOVE(kleftover_tree, &k->leftovers, l);
		free(l);
	}
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
	/* What was there before stays, but we cannot tell what it is. */
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

/* One line when the way to a router is lost, and when it is back. */
static void
say(struct krouter *r)
{
	bool asks = !addr_is_none(&r->addr4) || !addr_is_none(&r->addr6);
	bool ok = r->nh4.present || r->nh6.present;

	if (!asks)
		r->told = false;
	else if (!ok && !r->told && !r->failing) {
		r->told = true;
		log_warnx("router %s: no route to its address %s",
		    router_id_text(&r->id), addr_text(addr_is_none(&r->addr4) ?
		    &r->addr6 : &r->addr4));
	} else if (ok && r->told) {
		r->told = false;
		log_info("router %s: reachable", router_id_text(&r->id));
	}
}

/* Learn what a former run left. */
void
nexthop_leftovers(struct kernel *k)
{
	if (netlink_dump(k->dumper, msg_dump_nexthops(),
	    each_leftover) == -1 && errno != EINTR)
		log_warn("netlink: list of nexthops");
}

static void
each_leftover(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_nh nh;
	struct kleftover *l;

	if (nlh->nlmsg_type != RTM_NEWNEXTHOP ||
	    msg_read_nexthop(nlh, &nh) == -1 || nh.proto != PROTO_DIRECT ||
	    nh.id < NEXTHOP_BASE || nh.id >= NEXTHOP_BASE + 2 * NEXTHOP_NUMBERS)
		return;
	if ((l = calloc(1, sizeof(*l))) == NULL)
		fatal("nexthop");
	l->nh = nh;
	if (RB_INSERT(kleftover_tree, &k->leftovers, l) != NULL)
		free(l);
}

void
nexthop_settled(struct kernel *k)
{
	struct kleftover *l;

	while ((l = RB_ROOT(&k->leftovers)) != NULL) {
		netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &l->nh),
		    NULL, NULL, 0);
		RB_REMOVE(kleftover_tree, &k->leftovers, l);
		free(l);
	}
}

/* At exit, after the routes. */
void
nexthop_remove_all(struct kernel *k)
{
	struct krouter *r;
	struct kernel_nh nh = { 0 };

	nexthop_settled(k);
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

static int
leftover_cmp(const struct kleftover *a, const struct kleftover *b)
{
	return a->nh.id < b->nh.id ? -1 : a->nh.id > b->nh.id;
}
