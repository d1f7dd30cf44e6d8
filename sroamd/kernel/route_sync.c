/* SPDX-License-Identifier: ISC */
/*
 * The requests that make the routes of the kernel those of the engine.  Changes
 * are collected on a list (route.c) until the end of this turn of the loop, so
 * that many go to the kernel at once and a single one goes without delay.  What
 * the kernel refuses is tried again, with growing pauses.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>

#include "common/clock.h"
#include "kernel/event.h"
#include "kernel/iface.h"
#include "kernel/mend.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/plan.h"
#include "kernel/route.h"
#include "kernel/route_sync.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "kernel/way.h"

#define BACKOFF_MIN	500		/* ms */
#define BACKOFF_MAX	60000

static void	update(struct kernel *, struct kroute *);
static void	settle(struct kroute *, enum plan_op);
static bool	must_wait(struct kernel *, const struct kroute *,
		    const struct place *);
static void	start_drain(struct kernel *, struct kroute *);
static void	stop_drain(struct kernel *, struct kroute *);
static void	request(struct kernel *, struct kroute *,
		    const struct plan_step *, const struct conf_global *);
static void	route_done(void *, void *, int, int, struct nlmsghdr *);
static void	failed(struct kernel *, struct kroute *, int, int);
static void	reap(struct kernel *, struct kroute *);
static void	ask_neighs(struct kernel *);
static void	asked_neigh(void *, void *, int, int, struct nlmsghdr *);
static void	mend(struct kernel *, struct kroute *, uint8_t);

/* Handle all routes on the list. */
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
		.vrf = r->vrf != 0,
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
	for (i = 0; i < n; i++) {
		settle(r, steps[i].op);
		request(k, r, &steps[i], &k->conf);
	}
}

/* What is set now is not in doubt any more. */
static void
settle(struct kroute *r, enum plan_op op)
{
	if (op == PLAN_NEIGH_SET)
		r->doubt &= (uint8_t)~PLAN_SEEN_NEIGH;
	else if (op == PLAN_TABLE_SET)
		r->doubt &= (uint8_t)~PLAN_SEEN_TABLE;
	else if (op == PLAN_MAIN_ADD)
		r->doubt &= (uint8_t)~PLAN_SEEN_MAIN;
}

/*
 * A route of a former run may be right although we do not know its router yet:
 * it stays until the start is over.
 */
static bool
must_wait(struct kernel *k, const struct kroute *r, const struct place *wanted)
{
	if (!r->held || k->started)
		return false;
	return r->kind == ROUTE_NONE || (r->kind == ROUTE_DIRECT &&
	    k->conf.direct && wanted->nhid == 0 && r->have.nhid != 0);
}

/*
 * If no direct route follows, the packets of the station depend on the routing
 * protocol.  One that compares the metrics of routers changes to the new route
 * when the old one becomes worse, but is slow when the old one disappears.
 */
static void
start_drain(struct kernel *k, struct kroute *r)
{
	bool direct = k->conf.direct;
	uint32_t ifindex = r->vrf != 0 ? r->have.ifindex :
	    r->have.main_ifindex;

	r->moved = false;
	if (r->kind == ROUTE_DIRECT)
		direct &= router_nhid(r->router, prefix_is_v4(&r->prefix)) != 0;
	if (direct || k->conf.drain == 0 || ifindex == 0 || r->draining)
		return;
	r->drain_ifindex = ifindex;
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

/* End the drains that are due; the list is in order of time. */
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
request(struct kernel *k, struct kroute *r, const struct plan_step *s,
    const struct conf_global *g)
{
	struct kernel_rt rt = {
		.prefix = r->prefix,
		.family = prefix_is_v4(&r->prefix) ? AF_INET : AF_INET6,
		.ifindex = s->ifindex,
		.nhid = s->nhid,
		.gateway = s->gateway,
		.proto = s->nhid != 0 ? PROTO_DIRECT : PROTO_LOCAL,
		.table = r->vrf != 0 ? r->vrf : g->table,
		.metric = r->vrf != 0 ? g->metric : TABLE_METRIC
	};
	struct nl_msg *msg = NULL;

	if (s->op == PLAN_MAIN_ADD || s->op == PLAN_MAIN_DEL) {
		rt.table = r->vrf != 0 ? r->vrf : RT_TABLE_MAIN;
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
		 * The main table has routes of others: replacing would hit the
		 * first of them, and creating would fail beside an equal one.
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
	if (r->kind == ROUTE_NONE && !r->held && !r->dirty && !r->draining &&
	    place_empty(&r->have))
		route_free(k, r);
}

void
route_mend(struct kernel *k)
{
	struct kroute *r;
	uint8_t missing;

	ask_neighs(k);
	while ((r = TAILQ_FIRST(&k->doubts)) != NULL) {
		TAILQ_REMOVE(&k->doubts, r, doubts);
		r->doubted = false;
		missing = plan_missing(&r->have, (uint8_t)~r->doubt);
		r->doubt = 0;
		if (missing != 0)
			mend(k, r, missing);
	}
}

/* The event of our own deletion may have come after we have set it again. */
static void
ask_neighs(struct kernel *k)
{
	struct kroute *r;

	TAILQ_FOREACH(r, &k->doubts, doubts)
		if ((r->doubt & PLAN_SEEN_NEIGH) && r->have.neigh_ifindex != 0)
			netlink_request(k->nl, msg_neigh_get(
			    r->have.neigh_ifindex, &r->prefix.addr),
			    asked_neigh, r, 0);
	netlink_flush(k->nl);
}

static void
asked_neigh(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct kroute *r = obj;
	struct kernel_neigh n;

	(void)arg;
	(void)op;
	if (error != 0 || reply == NULL || msg_read_neigh(reply, &n) == -1)
		return;
	if (neigh_stands(&n, &r->have.neigh_mac))
		r->doubt &= (uint8_t)~PLAN_SEEN_NEIGH;
	else
		r->replaced |= PLAN_SEEN_NEIGH;
}

/* What went with its link or its router is set again with it. */
static void
mend(struct kernel *k, struct kroute *r, uint8_t missing)
{
	bool local = r->kind == ROUTE_LOCAL;
	const char *how;

	if (local ? !iface_usable(r->iface) : r->kind != ROUTE_DIRECT ||
	    router_nhid(r->router, prefix_is_v4(&r->prefix)) == 0)
		return;
	route_dirty(k, r);
	how = r->replaced & missing ? "replaced" : "removed";
	if (missing & PLAN_SEEN_NEIGH)
		mend_note(k, MEND_NEIGH, "neighbour %s dev %s: %s by another "
		    "program, put back", addr_text(&r->prefix.addr),
		    node_name(k, r->ifindex), how);
	if ((missing & PLAN_SEEN_MAIN) && r->vrf == 0)
		mend_note(k, MEND_MAIN, "route %s dev %s, table main: %s by "
		    "another program, put back", prefix_text(&r->prefix),
		    node_name(k, r->ifindex), how);
	if (missing & PLAN_SEEN_TABLE)
		mend_note(k, MEND_ROUTE, "route %s %s %s, table %u: %s by "
		    "another program, put back", prefix_text(&r->prefix),
		    local ? "dev" : "to router", local ?
		    node_name(k, r->ifindex) : router_id_text(&r->router->id),
		    route_table(k, r), how);
}

void
route_reduce(struct kernel *k, struct kroute *r, const struct place *rest,
    const struct conf_global *g)
{
	struct plan_step steps[PLAN_MAX];
	unsigned int i, n = plan_steps(rest, &r->have, steps);

	r->have = *rest;
	for (i = 0; i < n; i++)
		request(k, r, &steps[i], g);
}

/* At exit: nothing is wanted, and nothing of former runs. */
void
route_remove_all(struct kernel *k)
{
	const struct place nothing = { 0 };
	struct kroute *r;

	RB_FOREACH(r, kroute_tree, &k->routes)
		route_reduce(k, r, &nothing, &k->conf);
	netlink_flush(k->nl);
}
