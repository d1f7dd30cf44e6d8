/* SPDX-License-Identifier: ISC */
/*
 * How other routers are reached.  As BGP resolves its next hops, we ask the
 * kernel for the route to the address of a router, and ask again when a route
 * that may affect it changes.
 *
 * Any unicast route is accepted, but a default route only where that is
 * configured: it leads out of the network, and there the routes of stations
 * must not follow.
 *
 * In a VRF the way is one of its own table.  Where that has none the kernel
 * looks on in the others, but such a way leads out of the VRF.
 */
#include <sys/socket.h>

#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/event.h"
#include "kernel/monitor.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "kernel/vrf.h"
#include "kernel/way.h"

static bool	acceptable(struct kernel *, const struct nexthop *,
		    const struct addr *);
static void	set_addrs(struct kernel *, struct krouter *,
		    const struct addr *, const struct addr *);
static void	each_change(void *, struct nlmsghdr *);
static void	changes_lost(void *);
static void	ask_all(struct kernel *, struct krouter *);
static void	asked(void *, void *, int, int, struct nlmsghdr *);
static void	ask_one(struct kernel *);
static uint32_t	device_of(struct kernel *, const struct krouter *);
static void	asked_one(void *, void *, int, int, struct nlmsghdr *);
static void	check_uplink(struct kernel *, const struct krouter *,
		    const struct plan_reach *);
static void	on_link(struct plan_reach *, const struct addr *);

int
way_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	/* Our own routes, which may be thousands, must not fill this socket. */
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
way_close(struct kernel *k)
{
	netlink_monitor_close(k->routes_changed);
	k->routes_changed = NULL;
}

/* The engine gives the addresses of a router. */
int
kernel_nexthop(struct kernel *k, const struct nexthop *nh)
{
	struct krouter *r;
	struct addr a4 = nh->addr4, a6 = nh->addr6;
	bool asks = !addr_is_none(&a4) || !addr_is_none(&a6);
	uint32_t i;

	if (!addr_is_none(&a4) &&
	    (!addr_is_v4(&a4) || !acceptable(k, nh, &a4)))
		a4 = addr_none;
	if (!addr_is_none(&a6) &&
	    (addr_is_v4(&a6) || !acceptable(k, nh, &a6)))
		a6 = addr_none;
	if (!asks && krouter_find(k, &nh->router, 0) == NULL)
		return 0;
	if ((r = krouter_get(k, &nh->router, 0)) == NULL)
		return -1;
	set_addrs(k, r, &a4, &a6);
	for (i = 0; i < k->vrfs.n; i++)
		if ((r = krouter_find(k, &nh->router,
		    k->vrfs.list[i].table)) != NULL)
			set_addrs(k, r, &a4, &a6);
	return asks && addr_is_none(&a4) && addr_is_none(&a6) ? -1 : 0;
}

static void
set_addrs(struct kernel *k, struct krouter *r, const struct addr *a4,
    const struct addr *a6)
{
	r->addr4 = *a4;
	r->addr6 = *a6;
	router_dirty(k, r);
}

/*
 * An address in a prefix of stations would be looked up in our own table, and
 * routes through it would lead to themselves.
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
	else if (conf_covers(&k->prefixes, &host))
		why = "in a prefix of stations";
	if (why == NULL)
		return true;
	k->stats.refused++;
	kernel_warn(k, RTM_NEWNEXTHOP, "router %s: address %s refused: %s",
	    router_id_text(&nh->router), addr_text(a), why);
	return false;
}

/*
 * A route of somebody else has changed: which routers may it affect?  Host
 * routes of stations, which are most of the events, affect none.
 */
static void
each_change(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rt rt;
	struct krouter *r;
	const struct addr *a;

	if (msg_read_route(nlh, &rt) == -1 || rt.proto == PROTO_LOCAL ||
	    rt.proto == PROTO_DIRECT || conf_covers(&k->prefixes, &rt.prefix))
		return;
	if (nlh->nlmsg_type == RTM_NEWROUTE && rt.type == RTN_UNICAST)
		k->ops.route(k->ops.arg, &rt.prefix);
	RB_FOREACH(r, krouter_tree, &k->routers) {
		a = rt.family == AF_INET ? &r->addr4 : &r->addr6;
		if (r->dirty || addr_is_none(a) ||
		    (r->vrf != 0 && rt.table != r->vrf) ||
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
	way_recheck(k, 5);
}

void
way_recheck(struct kernel *k, int64_t ms)
{
	k->check_nexthops = true;
	if (k->configured)
		kernel_later(k->resolve, ms);
}

/* Ask for the way to each router on the list: reach4, reach6. */
void
way_ask(struct kernel *k)
{
	struct krouter *r;

	TAILQ_FOREACH(r, &k->dirty_routers, dirties) {
		memset(&r->reach4, 0, sizeof(r->reach4));
		memset(&r->reach6, 0, sizeof(r->reach6));
		r->by_default = r->ask4 = r->ask6 = false;
		if (r->vrf == 0 || device_of(k, r) != 0)
			ask_all(k, r);
	}
	netlink_flush(k->nl);
	ask_one(k);
}

static void
ask_all(struct kernel *k, struct krouter *r)
{
	uint32_t vrf = device_of(k, r);

	if (!addr_is_none(&r->addr4))
		netlink_request(k->nl, msg_route_get(&r->addr4, vrf, false),
		    asked, r, 4);
	if (!addr_is_none(&r->addr6))
		netlink_request(k->nl, msg_route_get(&r->addr6, vrf, false),
		    asked, r, 6);
}

/* Of its VRF; 0: it is in none, or there is none. */
static uint32_t
device_of(struct kernel *k, const struct krouter *r)
{
	const struct kvrf *v = r->vrf == 0 ? NULL : vrf_find(k, r->vrf);

	return v == NULL ? 0 : v->ifindex;
}

/*
 * A route may be made of a nexthop object of somebody else.  With
 * nexthop_compat_mode=0 its legs are not told: then by the one leg that a
 * packet would take.
 */
static void
ask_one(struct kernel *k)
{
	struct krouter *r;

	TAILQ_FOREACH(r, &k->dirty_routers, dirties) {
		if (r->ask4)
			netlink_request(k->nl, msg_route_get(&r->addr4,
			    device_of(k, r), true), asked_one, r, 4);
		if (r->ask6)
			netlink_request(k->nl, msg_route_get(&r->addr6,
			    device_of(k, r), true), asked_one, r, 6);
	}
	netlink_flush(k->nl);
}

static void
asked(void *arg, void *obj, int family, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	struct krouter *r = obj;
	struct plan_reach *reach = family == 4 ? &r->reach4 : &r->reach6;
	struct kernel_rt rt;

	if (error != 0 || reply == NULL || msg_read_route(reply, &rt) == -1 ||
	    rt.type != RTN_UNICAST || (r->vrf != 0 && rt.table != r->vrf))
		return;
	if (prefix_plen(&rt.prefix) == 0 && !k->conf.direct_default) {
		r->by_default = true;
		return;
	}
	if (msg_read_legs(reply, reach) == -1)
		return;
	on_link(reach, family == 4 ? &r->addr4 : &r->addr6);
	check_uplink(k, r, reach);
	if (reach->n == 0 && rt.nhid != 0 && family == 4)
		r->ask4 = true;
	else if (reach->n == 0 && rt.nhid != 0)
		r->ask6 = true;
}

/* Then the router beside us passes for a station, which is said once. */
static void
check_uplink(struct kernel *k, const struct krouter *r,
    const struct plan_reach *reach)
{
	struct knode *n;
	unsigned int i;

	for (i = 0; i < reach->n; i++) {
		n = node_find(k, reach->leg[i].ifindex);
		if (n == NULL || n->iface == NULL || n->iface->uplink_said)
			continue;
		n->iface->uplink_said = true;
		log_warnx("%s: router %s is reached by it: an interface for "
		    "stations leads to no router, remove it from the "
		    "configuration or take another link", n->link.name,
		    router_id_text(&r->id));
	}
}

static void
asked_one(void *arg, void *obj, int family, int error, struct nlmsghdr *reply)
{
	struct krouter *r = obj;
	struct plan_reach *reach = family == 4 ? &r->reach4 : &r->reach6;

	(void)arg;
	if (error == 0 && reply != NULL && msg_read_legs(reply, reach) == 0)
		on_link(reach, family == 4 ? &r->addr4 : &r->addr6);
}

/* On the link it is its own gateway. */
static void
on_link(struct plan_reach *reach, const struct addr *a)
{
	unsigned int i;

	for (i = 0; i < reach->n; i++)
		if (addr_is_none(&reach->leg[i].gateway))
			reach->leg[i].gateway = *a;
}
