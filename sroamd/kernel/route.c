/* SPDX-License-Identifier: ISC */
/*
 * The stations' routes: what the engine wants, what the kernel has, and the
 * requests that make the one the other.  A change is put on a list and done
 * at the end of the loop's turn, so that many go to the kernel at once and
 * one goes without delay.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/iface.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/plan.h"
#include "kernel/route.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "kernel/way.h"

#define BACKOFF_MIN	500		/* ms */
#define BACKOFF_MAX	60000

static const char	*refusal(struct kernel *, const struct route *);
static void		 want(struct kernel *, struct kroute *,
			    const struct route *);
static void		 unlink_route(struct kernel *, struct kroute *);
static void		 update(struct kernel *, struct kroute *);
static bool		 must_wait(struct kernel *, const struct kroute *,
			    const struct place *);
static void		 start_drain(struct kernel *, struct kroute *);
static void		 stop_drain(struct kernel *, struct kroute *);
static void		 request(struct kernel *, struct kroute *,
			    const struct plan_step *);
static void		 route_done(void *, void *, int, int,
			    struct nlmsghdr *);
static void		 failed(struct kernel *, struct kroute *, int, int);
static void		 reap(struct kernel *, struct kroute *);
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
			want(k, r, route);
		return 0;
	}
	if ((why = refusal(k, route)) != NULL) {
		k->stats.refused++;
		kernel_warn(k, RTM_NEWROUTE, "route %s: refused: %s",
		    prefix_text(&route->prefix), why);
		return -1;
	}
	if (route->kind == ROUTE_DIRECT &&
	    krouter_get(k, &route->router) == NULL)
		return -1;
	if (r == NULL)
		r = route_new(k, &route->prefix);
	want(k, r, route);
	return 0;
}

/* The engine may be in a stranger's hands: what must never be a route. */
static const char *
refusal(struct kernel *k, const struct route *route)
{
	struct prefix p = route->prefix;

	prefix_mask(&p);
	if (prefix_cmp(&p, &route->prefix) != 0)
		return "bits set beyond its length";
	if (!conf_covers(&k->conf, &p))
		return "not in a configured prefix";
	if (!conf_leases(&k->conf, &p))
		return "not of the length that one station has";
	if (prefix_has_local(k, &p))
		return "an address of this router";
	if (!addr_is_none(&route->gateway) && (prefix_is_v4(&p) ||
	    !addr_is_linklocal(&route->gateway) ||
	    addr_is_local(k, &route->gateway)))
		return "by a gateway that is no station";
	if (route->kind == ROUTE_LOCAL) {
		if (iface_find(k, route->ifindex) == NULL)
			return "not on an interface with stations";
	} else if (route->kind != ROUTE_DIRECT)
		return "of unknown kind";
	else if (router_id_is_none(&route->router))
		return "to no router";
	return NULL;
}

static void
want(struct kernel *k, struct kroute *r, const struct route *route)
{
	bool was_local = r->kind == ROUTE_LOCAL;

	/* Only where `direct no` do we not learn whether it went elsewhere. */
	if (was_local && route->kind != ROUTE_LOCAL) {
		r->moved = true;
		if (r->iface != NULL && (route->kind == ROUTE_DIRECT ||
		    !k->conf.direct))
			fdb_forget(k, r->iface, &r->mac);
	}
	unlink_route(k, r);
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
		r->router = krouter_get(k, &route->router);
		TAILQ_INSERT_TAIL(&r->router->routes, r, at);
		break;
	}
	route_dirty(k, r);
}

/* Take it out of the list of its interface or router. */
static void
unlink_route(struct kernel *k, struct kroute *r)
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

struct kroute *
route_new(struct kernel *k, const struct prefix *p)
{
	struct kroute *r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("route");
	r->prefix = *p;
	r->kind = ROUTE_NONE;
	RB_INSERT(kroute_tree, &k->routes, r);
	k->nroutes++;
	return r;
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

/* Do all that is to be done. */
void
route_flush(struct kernel *k)
{
	struct kroute_list work = TAILQ_HEAD_INITIALIZER(work);
	struct kroute *r;

	TAILQ_CONCAT(&work, &k->dirty, dirties);
	TAILQ_FOREACH(r, &work, dirties)
		update(k, r);
	netlink_flush(k->nl);
	while ((r = TAILQ_FIRST(&work)) != NULL) {
		TAILQ_REMOVE(&work, r, dirties);
		r->dirty = false;
		reap(k, r);
	}
	if (TAILQ_EMPTY(&k->fails))
		k->backoff = 0;
}

static void
update(struct kernel *k, struct kroute *r)
{
	struct plan_step steps[PLAN_MAX];
	struct plan_facts f = {
		.local = r->kind == ROUTE_LOCAL,
		.v4 = prefix_is_v4(&r->prefix),
		.mac = r->mac,
		.metric = k->conf.metric
	};
	struct place wanted;
	unsigned int i, n;

	if (r->failing) {
		r->failing = false;
		TAILQ_REMOVE(&k->fails, r, fails);
	}
	if (r->moved)
		start_drain(k, r);
	else if (f.local)
		stop_drain(k, r);
	if (f.local && iface_usable(r->iface) &&
	    r->iface->node->link.ifindex == r->ifindex)
		f.ifindex = r->ifindex;
	f.gateway = r->gateway;
	if (r->kind == ROUTE_DIRECT && k->conf.direct)
		f.nhid = router_nhid(r->router, f.v4);
	f.drain_ifindex = r->drain_ifindex;
	plan_want(&f, &wanted);
	if (must_wait(k, r, &wanted))
		return;
	n = plan_steps(&wanted, &r->have, steps);
	r->held = false;
	r->error = 0;
	if (n > 0)
		r->touched = k->walk;
	r->have = wanted;
	for (i = 0; i < n; i++)
		request(k, r, &steps[i]);
}

/*
 * A route of a former run may be right though we cannot tell yet, as its
 * router has not been heard of: it serves until the start is over.
 */
static bool
must_wait(struct kernel *k, const struct kroute *r, const struct place *wanted)
{
	if (!r->held || k->settled)
		return false;
	return r->kind == ROUTE_NONE || (r->kind == ROUTE_DIRECT &&
	    k->conf.direct && wanted->nhid == 0 && r->have.nhid != 0);
}

/*
 * Without a direct route to follow it, the station's packets depend on the
 * routing protocol.  One that compares the routers' metrics goes over to the
 * new one when the old one becomes worse, and does not notice when it goes.
 */
static void
start_drain(struct kernel *k, struct kroute *r)
{
	bool direct = k->conf.direct;

	r->moved = false;
	if (r->kind == ROUTE_DIRECT)
		direct &= router_nhid(r->router, prefix_is_v4(&r->prefix)) != 0;
	if (direct || k->conf.drain == 0 || r->have.main_ifindex == 0 ||
	    r->draining)
		return;
	r->drain_ifindex = r->have.main_ifindex;
	r->drain_due = monotime_add(clock_monotime(), k->conf.drain);
	r->draining = true;
	TAILQ_INSERT_TAIL(&k->drains, r, drains);
	kernel_later(k->drain, k->conf.drain);
}

static void
stop_drain(struct kernel *k, struct kroute *r)
{
	r->drain_ifindex = 0;
	if (r->draining) {
		r->draining = false;
		TAILQ_REMOVE(&k->drains, r, drains);
	}
}

/* The first of the drained, which are in order of time, have had it. */
void
route_drain(struct kernel *k)
{
	monotime_t now = clock_monotime();
	struct kroute *r;

	while ((r = TAILQ_FIRST(&k->drains)) != NULL) {
		if (monotime_before(now, r->drain_due)) {
			kernel_later(k->drain,
			    monotime_ms(now, r->drain_due) + 1);
			return;
		}
		stop_drain(k, r);
		route_dirty(k, r);
	}
}

static void
request(struct kernel *k, struct kroute *r, const struct plan_step *s)
{
	struct kernel_rt rt = {
		.prefix = r->prefix,
		.family = prefix_is_v4(&r->prefix) ? AF_INET : AF_INET6,
		.ifindex = s->ifindex,
		.nhid = s->nhid,
		.gateway = s->gateway,
		.proto = s->nhid != 0 ? PROTO_DIRECT : PROTO_LOCAL,
		.table = k->conf.table,
		.metric = TABLE_METRIC
	};
	struct nl_msg *msg = NULL;

	if (s->op == PLAN_MAIN_ADD || s->op == PLAN_MAIN_DEL) {
		rt.table = RT_TABLE_MAIN;
		rt.metric = s->metric;
	}
	switch (s->op) {
	case PLAN_NEIGH_SET:
		msg = msg_neigh(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE,
		    s->ifindex, &r->prefix.addr, &s->mac);
		break;
	case PLAN_NEIGH_DEL:
		msg = msg_neigh(RTM_DELNEIGH, 0, s->ifindex, &r->prefix.addr,
		    &s->mac);
		break;
	case PLAN_TABLE_SET:
		msg = msg_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE,
		    &rt);
		break;
	case PLAN_MAIN_ADD:
		/*
		 * Others have routes in main: replacing would hit whatever
		 * comes first, creating would fail beside an equal one.
		 */
		msg = msg_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND,
		    &rt);
		break;
	case PLAN_TABLE_DEL:
	case PLAN_MAIN_DEL:
		msg = msg_route(RTM_DELROUTE, 0, &rt);
		break;
	}
	netlink_request(k->nl, msg, route_done, r, s->op);
}

static void
route_done(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	struct kroute *r = obj;

	(void)reply;
	if (error == 0)
		return;
	switch ((enum plan_op)op) {
	case PLAN_NEIGH_SET:
		r->have.neigh_ifindex = 0;
		break;
	case PLAN_TABLE_SET:
		r->have.ifindex = r->have.nhid = 0;
		r->have.gateway = addr_none;
		if (r->router != NULL)
			way_recheck(k, 5);
		break;
	case PLAN_MAIN_ADD:
		if (error == EEXIST)
			return;
		r->have.main_ifindex = 0;
		break;
	default:
		if (error == ESRCH || error == ENODEV || error == ENOENT)
			return;		/* gone already, with its link */
		break;
	}
	failed(k, r, op, error);
}

static void
failed(struct kernel *k, struct kroute *r, int op, int error)
{
	bool neigh = op == PLAN_NEIGH_SET || op == PLAN_NEIGH_DEL;
	bool adding = op == PLAN_TABLE_SET || op == PLAN_MAIN_ADD ||
	    op == PLAN_NEIGH_SET;

	k->stats.failed++;
	kernel_warn(k, RTM_NEWROUTE << 16 | op << 8 | error,
	    "%s %s%s%s: %s: %s", neigh ? "neighbour" : "route",
	    neigh ? addr_text(&r->prefix.addr) : prefix_text(&r->prefix),
	    r->kind == ROUTE_LOCAL ? " dev " : "", r->kind == ROUTE_LOCAL ?
	    node_name(k, r->ifindex) : "", adding ? "add" : "delete",
	    netlink_why(k->nl));
	r->error = error;
	if (r->failing)
		return;
	r->failing = true;
	TAILQ_INSERT_TAIL(&k->fails, r, fails);
	if (k->backoff == 0 || adding) {
		if (k->backoff == 0)
			k->backoff = BACKOFF_MIN;
		kernel_later(k->retry, k->backoff);
	}
}

void
route_retry(struct kernel *k)
{
	struct kroute *r, *next;

	k->backoff = k->backoff * 2 > BACKOFF_MAX ? BACKOFF_MAX :
	    k->backoff * 2;
	TAILQ_FOREACH_SAFE(r, &k->fails, fails, next)
		route_dirty(k, r);
}

static void
reap(struct kernel *k, struct kroute *r)
{
	if (r->kind != ROUTE_NONE || r->held || r->dirty || r->draining ||
	    !place_empty(&r->have))
		return;
	if (r->failing)
		TAILQ_REMOVE(&k->fails, r, fails);
	unlink_route(k, r);
	RB_REMOVE(kroute_tree, &k->routes, r);
	k->nroutes--;
	free(r);
}

/* Its link went down: the kernel dropped the routes, mostly silently. */
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

/* With a link's MAC address the kernel drops all entries of neighbours. */
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

/* It is no more an interface of ours. */
void
route_iface_drop(struct kernel *k, struct kiface *i)
{
	struct kroute *r;

	while ((r = TAILQ_FIRST(&i->routes)) != NULL) {
		unlink_route(k, r);
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

/* The object for these routes is usable now, or lost and they with it. */
void
route_router_changed(struct kernel *k, struct krouter *router, bool v4,
    bool lost)
{
	uint32_t nhid = NEXTHOP_BASE + 2 * router->number + !v4;
	struct kroute *r;

	/* Whose they are may not be known while starting. */
	if (lost && !k->settled)
		route_nexthop_lost(k, nhid);
	TAILQ_FOREACH(r, &router->routes, at) {
		if (prefix_is_v4(&r->prefix) != v4)
			continue;
		if (lost && r->have.nhid == nhid) {
			r->have.nhid = 0;
			r->touched = k->walk;
		}
		route_dirty(k, r);
	}
}

/* After a reload: k->conf is new. */
void
route_conf(struct kernel *k, const struct conf_global *old)
{
	struct kernel_rt rt = { .metric = TABLE_METRIC, .table = old->table };
	struct route none = { .kind = ROUTE_NONE };
	struct kroute *r;

	RB_FOREACH(r, kroute_tree, &k->routes) {
		if (old->table != k->conf.table &&
		    (r->have.ifindex != 0 || r->have.nhid != 0)) {
			rt.prefix = r->prefix;
			rt.family = prefix_is_v4(&r->prefix) ?
			    AF_INET : AF_INET6;
			rt.ifindex = r->have.ifindex;
			rt.nhid = r->have.nhid;
			rt.gateway = r->have.gateway;
			rt.proto = rt.nhid != 0 ? PROTO_DIRECT : PROTO_LOCAL;
			netlink_request(k->nl, msg_route(RTM_DELROUTE, 0,
			    &rt), NULL, NULL, 0);
			r->have.ifindex = r->have.nhid = 0;
		}
		if (r->kind != ROUTE_NONE && !conf_leases(&k->conf,
		    &r->prefix))
			want(k, r, &none);
		route_dirty(k, r);
	}
}

void
route_settled(struct kernel *k)
{
	struct kroute *r;

	RB_FOREACH(r, kroute_tree, &k->routes)
		if (r->held) {
			r->held = false;
			route_dirty(k, r);
		}
}

/* At exit: nothing is wanted any more, of former runs neither. */
void
route_remove_all(struct kernel *k)
{
	struct place nothing = { 0 };
	struct plan_step steps[PLAN_MAX];
	struct kroute *r;
	unsigned int i, n;

	RB_FOREACH(r, kroute_tree, &k->routes) {
		n = plan_steps(&nothing, &r->have, steps);
		r->have = nothing;
		for (i = 0; i < n; i++)
			request(k, r, &steps[i]);
	}
	netlink_flush(k->nl);
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
}

static int
route_cmp(const struct kroute *a, const struct kroute *b)
{
	return prefix_cmp(&a->prefix, &b->prefix);
}
