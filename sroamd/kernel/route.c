/* SPDX-License-Identifier: ISC */
/*
 * The routes of stations: what the engine wants, and what changes with links,
 * routers and the configuration.  A route that differs from the kernel's is put
 * on a list: route_sync.c.
 */
#include <sys/socket.h>

#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/ceiling.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/iface.h"
#include "kernel/mend.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/plan.h"
#include "kernel/route.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "kernel/vrf.h"

static const char	*refusal(struct kernel *, const struct route *);
static int		 route_cmp(const struct kroute *,
			    const struct kroute *);

RB_GENERATE(kroute_tree, kroute, entry, route_cmp)

int
kernel_route(struct kernel *k, const struct route *route)
{
	struct kroute *r = route_find(k, &route->prefix);
	const char *why;

	if (route->kind == ROUTE_NONE) {
		if (r != NULL)
			route_want(k, r, route);
		return 0;
	}
	why = refusal(k, route);
	if (why == NULL && r == NULL && k->nroutes >= ceiling_routes(k))
		why = "too many, see limit data";
	if (why != NULL) {
		k->stats.refused++;
		kernel_warn(k, RTM_NEWROUTE, "route %s: refused: %s",
		    prefix_text(&route->prefix), why);
		return -1;
	}
	if (route->kind == ROUTE_DIRECT && krouter_get(k, &route->router,
	    vrf_table(k, &route->prefix)) == NULL)
		return -1;
	if (r == NULL)
		r = route_new(k, &route->prefix);
	route_want(k, r, route);
	return 0;
}

/* In case the engine is compromised: what must never be a route. */
static const char *
refusal(struct kernel *k, const struct route *route)
{
	struct prefix p = route->prefix;
	const struct kiface *i;

	prefix_mask(&p);
	if (prefix_cmp(&p, &route->prefix) != 0)
		return "bits set beyond its length";
	if (!conf_covers(&k->prefixes, &p))
		return "not in a configured prefix";
	if (!conf_leases(&k->prefixes, &p))
		return "not of the length that one station has";
	if (prefix_has_local(k, &p))
		return "an address of this router";
	if (!addr_is_none(&route->gateway) && (prefix_is_v4(&p) ||
	    !addr_is_linklocal(&route->gateway) ||
	    addr_is_local(k, &route->gateway)))
		return "by a gateway that is no station";
	if (route->kind == ROUTE_LOCAL) {
		if ((i = iface_find(k, route->ifindex)) == NULL)
			return "not on an interface with stations";
		if (conf_prefix_over(&k->prefixes, &p)->network !=
		    i->conf.network)
			return "of another network than its interface";
	} else if (route->kind != ROUTE_DIRECT)
		return "of unknown kind";
	else if (router_id_is_none(&route->router))
		return "to no router";
	return NULL;
}

void
route_want(struct kernel *k, struct kroute *r, const struct route *route)
{
	bool was_local = r->kind == ROUTE_LOCAL;

	/* With `direct no` we do not learn whether it is elsewhere. */
	if (was_local && route->kind != ROUTE_LOCAL) {
		r->moved = true;
		if (r->iface != NULL && (route->kind == ROUTE_DIRECT ||
		    !k->conf.direct))
			fdb_forget(k, r->iface, &r->mac);
	}
	route_unlink(k, r);
	r->kind = route->kind;
	switch (route->kind) {
	case ROUTE_LOCAL:
		r->moved = false;
		r->mac = route->mac;
		r->gateway = route->gateway;
		r->ifindex = route->ifindex;
		r->iface = iface_find(k, route->ifindex);
		TAILQ_INSERT_TAIL(&r->iface->routes, r, at);
		break;
	case ROUTE_DIRECT:
		r->router = krouter_get(k, &route->router, r->vrf);
		TAILQ_INSERT_TAIL(&r->router->routes, r, at);
		break;
	}
	route_dirty(k, r);
}

void
route_unlink(struct kernel *k, struct kroute *r)
{
	struct krouter *router = r->router;

	if (r->iface != NULL)
		TAILQ_REMOVE(&r->iface->routes, r, at);
	r->iface = NULL;
	if (router != NULL) {
		TAILQ_REMOVE(&router->routes, r, at);
		r->router = NULL;
		router_reap(k, router);
	}
}

struct kroute *
route_find(struct kernel *k, const struct prefix *p)
{
	struct kroute key;

	key.prefix = *p;
	return RB_FIND(kroute_tree, &k->routes, &key);
}

uint32_t
route_table(const struct kernel *k, const struct kroute *r)
{
	return r->vrf != 0 ? r->vrf : k->conf.table;
}

bool
route_stands(struct kernel *k, const struct kernel_rt *rt)
{
	struct kroute *r = route_find(k, &rt->prefix);
	uint32_t vrf;
	uint8_t seen = 0, place = vrf_place(k, rt, &vrf);
	bool in_main = place == PLAN_SEEN_MAIN;

	return r != NULL && place != 0 && r->vrf == vrf &&
	    rt->type == RTN_UNICAST && rt->tos == 0 &&
	    (rt->proto == PROTO_LOCAL || rt->proto == PROTO_DIRECT) &&
	    (in_main || vrf != 0 || rt->metric == TABLE_METRIC) &&
	    plan_found(&r->have, in_main, rt->ifindex, rt->metric, rt->nhid,
	    &rt->gateway, &seen) == PLAN_KNOWN;
}

struct kroute *
route_new(struct kernel *k, const struct prefix *p)
{
	struct kroute *r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("route");
	r->prefix = *p;
	r->vrf = vrf_table(k, p);
	r->kind = ROUTE_NONE;
	RB_INSERT(kroute_tree, &k->routes, r);
	k->nroutes++;
	return r;
}

void
route_free(struct kernel *k, struct kroute *r)
{
	if (r->failing)
		TAILQ_REMOVE(&k->fails, r, fails);
	if (r->doubted)
		TAILQ_REMOVE(&k->doubts, r, doubts);
	route_unlink(k, r);
	RB_REMOVE(kroute_tree, &k->routes, r);
	k->nroutes--;
	free(r);
}

void
route_dirty(struct kernel *k, struct kroute *r)
{
	if (!r->dirty) {
		r->dirty = true;
		TAILQ_INSERT_TAIL(&k->dirty, r, dirties);
	}
	kernel_wake(k);
}

void
route_doubt(struct kernel *k, struct kroute *r, uint8_t slot)
{
	if (r->kind == ROUTE_NONE)
		return;
	r->doubt |= slot;
	r->replaced &= (uint8_t)~slot;
	if (!r->doubted) {
		r->doubted = true;
		TAILQ_INSERT_TAIL(&k->doubts, r, doubts);
	}
	mend_soon(k);
}

/*
 * The link went down: the kernel removed the routes, mostly without an event.
 */
void
route_iface_down(struct kernel *k, struct kiface *i)
{
	uint32_t ifindex = i->node->link.ifindex;
	struct kroute *r;

	TAILQ_FOREACH(r, &i->routes, at) {
		if (r->have.main_ifindex == ifindex)
			r->have.main_ifindex = 0;
		if (r->have.ifindex == ifindex)
			r->have.ifindex = 0;
		if (r->have.neigh_ifindex == ifindex)
			r->have.neigh_ifindex = 0;
		r->touched = k->walk;
	}
}

void
route_iface_up(struct kernel *k, struct kiface *i)
{
	struct kroute *r;

	TAILQ_FOREACH(r, &i->routes, at)
		route_dirty(k, r);
}

/* When the MAC address of a link changes, the kernel drops its neighbours. */
void
route_neighs_lost(struct kernel *k, struct kiface *i)
{
	struct kroute *r;

	TAILQ_FOREACH(r, &i->routes, at)
		if (r->have.neigh_ifindex == r->ifindex) {
			r->have.neigh_ifindex = 0;
			route_dirty(k, r);
		}
}

/*
 * With the last IPv4 address of a link the kernel removes its IPv4 routes,
 * without an event.  To set what is there does no harm.
 */
void
route_iface_again(struct kernel *k, struct kiface *i)
{
	struct kroute *r;

	TAILQ_FOREACH(r, &i->routes, at) {
		if (!prefix_is_v4(&r->prefix))
			continue;
		r->have.main_ifindex = r->have.ifindex = 0;
		r->have.neigh_ifindex = 0;
		route_dirty(k, r);
	}
}

/* The interface is not ours any more. */
void
route_iface_drop(struct kernel *k, struct kiface *i)
{
	struct kroute *r;

	while ((r = TAILQ_FIRST(&i->routes)) != NULL) {
		route_unlink(k, r);
		r->kind = ROUTE_NONE;
		route_dirty(k, r);
	}
}

void
route_nexthop_lost(struct kernel *k, uint32_t nhid)
{
	struct kroute *r;

	RB_FOREACH(r, kroute_tree, &k->routes)
		if (r->have.nhid == nhid) {
			r->have.nhid = 0;
			r->touched = k->walk;
			route_dirty(k, r);
		}
}

/* The object of these routes is usable now, or lost together with them. */
void
route_router_changed(struct kernel *k, struct krouter *router, bool v4,
    bool lost)
{
	uint32_t nhid = NEXTHOP_BASE + 2 * router->number + !v4;
	uint32_t group = NEXTHOP_GROUPS + 2 * router->number + !v4;
	struct kroute *r;

	/* During the start we may not know whose they are. */
	if (lost && !k->started) {
		route_nexthop_lost(k, nhid);
		route_nexthop_lost(k, group);
	}
	TAILQ_FOREACH(r, &router->routes, at) {
		if (prefix_is_v4(&r->prefix) != v4)
			continue;
		if (lost && (r->have.nhid == nhid || r->have.nhid == group)) {
			r->have.nhid = 0;
			r->touched = k->walk;
		}
		route_dirty(k, r);
	}
}

void
route_started(struct kernel *k)
{
	struct kroute *r;

	RB_FOREACH(r, kroute_tree, &k->routes)
		if (r->held) {
			r->held = false;
			route_dirty(k, r);
		}
}

void
route_free_all(struct kernel *k)
{
	struct kroute *r;

	while ((r = RB_ROOT(&k->routes)) != NULL) {
		RB_REMOVE(kroute_tree, &k->routes, r);
		free(r);
	}
	TAILQ_INIT(&k->dirty);
	TAILQ_INIT(&k->fails);
	TAILQ_INIT(&k->drains);
	TAILQ_INIT(&k->doubts);
}

static int
route_cmp(const struct kroute *a, const struct kroute *b)
{
	return prefix_cmp(&a->prefix, &b->prefix);
}
