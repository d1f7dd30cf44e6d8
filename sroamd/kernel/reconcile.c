/* SPDX-License-Identifier: ISC */
/*
 * The state of the kernel is compared, not assumed.  A walk dumps our routes of
 * both protocols and families, and neighbours.  What should not be there is
 * removed, what is missing is set.  What changed since the walk began is left
 * for the next one, as the dump may be older than the change.
 *
 * A protocol number does not prove that a route is ours: only in the prefixes
 * of stations, and in those that a reload has just removed, can it be.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>

#include "common/log.h"
#include "kernel/ceiling.h"
#include "kernel/check.h"
#include "kernel/doubt.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/footprint.h"
#include "kernel/former.h"
#include "kernel/neigh.h"
#include "kernel/netlink.h"
#include "kernel/nexthop.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/plan.h"
#include "kernel/reconcile.h"
#include "kernel/route.h"
#include "kernel/rule.h"
#include "kernel/setup.h"
#include "kernel/state.h"
#include "kernel/stray.h"
#include "kernel/vrf.h"

static const struct {
	int		family;
	enum what {
		MAIN,			/* our routes there */
		TABLE,			/* all routes in our own */
		NEIGHBOURS
	} what;
} parts[] = {
	{ AF_INET, MAIN },
	{ AF_INET, TABLE },
	{ AF_INET6, MAIN },
	{ AF_INET6, TABLE },
	{ AF_INET, NEIGHBOURS },
	{ AF_INET6, NEIGHBOURS }
};

/* And for each VRF our routes in its table. */
static const struct {
	int	family;
	uint8_t	proto;
} vrf_parts[] = {
	{ AF_INET, PROTO_LOCAL },
	{ AF_INET, PROTO_DIRECT },
	{ AF_INET6, PROTO_LOCAL },
	{ AF_INET6, PROTO_DIRECT }
};

#define NPARTS		((int)(sizeof(parts) / sizeof(parts[0])))
#define NVRF_PARTS	((int)(sizeof(vrf_parts) / sizeof(vrf_parts[0])))

static int		 nparts(const struct kernel *);
static struct nl_msg	*ask(const struct kernel *, int);
static void		 begin(struct kernel *);
static void		 step(struct kernel *);
static void		 step_done(void *, int);
static void		 each(void *, struct nlmsghdr *);
static void		 found(struct kernel *, const struct kernel_rt *);
static struct kroute	*hold(struct kernel *, const struct kernel_rt *,
			    uint32_t);
static void		 keep(struct kroute *, const struct kernel_rt *, bool);
static bool		 like_ours(const struct kernel_rt *);
static void		 say_removed(struct kernel *, const struct kernel_rt *);
static void		 purge(struct kernel *, const struct kernel_rt *);
static void		 finish(struct kernel *);

void
reconcile_start(struct kernel *k)
{
	struct kiface *i;

	if (k->walk_step != 0) {
		k->walk_again = true;
		return;
	}
	if (k->started)
		doubt_run(k);		/* what is told is named */
	TAILQ_FOREACH(i, &k->ifaces, entry)
		iface_setup(k, i);
	if (k->fdb_dump)
		fdb_dump(k);
	nexthop_check(k);
	isolate_check(k);
	rule_check_soon(k);
	begin(k);
	k->walk_step = 1;
	step(k);
}

static void
begin(struct kernel *k)
{
	struct kroute *r;

	k->walk++;
	k->walk_stale = false;
	k->repairs = 0;
	RB_FOREACH(r, kroute_tree, &k->routes)
		r->seen = 0;
	neigh_walk(k);
}

void
reconcile_dump(struct kernel *k)
{
	int i, tries = 0;

	begin(k);
	for (i = 0; i < nparts(k); i++) {
		if (i < NPARTS && parts[i].what == NEIGHBOURS)
			continue;
		if (netlink_dump(k->dumper, ask(k, i), each) == -1) {
			if (errno == ENOENT)
				continue;	/* no such table yet */
			if (errno == EINTR && tries++ < 3) {
				begin(k);
				i = -1;
				continue;
			}
			log_warn("netlink: list of routes");
		}
	}
}

static int
nparts(const struct kernel *k)
{
	return NPARTS + (int)k->vrfs.n * NVRF_PARTS;
}

/* Request a part of a walk. */
static struct nl_msg *
ask(const struct kernel *k, int i)
{
	int n = i - NPARTS;

	if (n >= 0)
		return msg_dump_routes(vrf_parts[n % NVRF_PARTS].family,
		    k->vrfs.list[n / NVRF_PARTS].table,
		    vrf_parts[n % NVRF_PARTS].proto);
	if (parts[i].what == NEIGHBOURS)
		return msg_dump(RTM_GETNEIGH, parts[i].family);
	if (parts[i].what == MAIN)
		return msg_dump_routes(parts[i].family, RT_TABLE_MAIN,
		    PROTO_LOCAL);
	return msg_dump_routes(parts[i].family, k->conf.table, 0);
}

static void
step(struct kernel *k)
{
	if (netlink_walk(k->walker, k->base, ask(k, k->walk_step - 1), each,
	    step_done) == -1)
		step_done(k, errno);
}

static void
step_done(void *arg, int error)
{
	struct kernel *k = arg;
	bool again = k->walk_again;

	if (error == ENOENT)
		error = 0;		/* no such table yet */
	if (k->walk_stale)
		error = EINTR;
	if (error == 0 && k->walk_step < nparts(k)) {
		k->walk_step++;
		step(k);
		return;
	}
	k->walk_step = 0;
	k->walk_again = false;
	if (error == 0)
		finish(k);
	else if (error != EINTR) {
		errno = error;
		log_warn("netlink: list of routes");
	}
	kernel_later(k->reconcile, error != 0 || again ? 1000 :
	    RECONCILE_INTERVAL);
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel_rt rt;
	struct kernel_neigh n;

	if (nlh->nlmsg_type == RTM_NEWROUTE && msg_read_route(nlh, &rt) == 0)
		found(arg, &rt);
	if (nlh->nlmsg_type == RTM_NEWNEIGH &&
	    msg_read_neigh(nlh, &n) == 0 && !addr_is_none(&n.addr))
		neigh_found(arg, &n);
}

static void
found(struct kernel *k, const struct kernel_rt *rt)
{
	struct kroute *r;
	uint32_t vrf;
	uint8_t place = vrf_place(k, rt, &vrf);
	bool in_main = place == PLAN_SEEN_MAIN;

	/* Old kernels do not filter. */
	if ((place == 0 && vrf == 0) ||
	    (rt->table == RT_TABLE_MAIN && rt->proto != PROTO_LOCAL))
		return;
	if (!like_ours(rt)) {
		if (k->started && stray_place(k, rt)) {
			say_removed(k, rt);
			stray_remove(k, rt);
		}
		return;
	}
	r = route_find(k, &rt->prefix);
	if (r == NULL && !former_owns(k, &rt->prefix))
		return;
	if (r != NULL && r->touched == k->walk)
		return;
	if (place == 0 || (r == NULL ? k->started : r->vrf != vrf)) {
		if (k->started)
			purge(k, rt);
		return;
	}
	if (r == NULL && (r = hold(k, rt, vrf)) == NULL)
		return;
	switch (plan_found(&r->have, in_main, rt->ifindex, rt->metric,
	    rt->nhid, &rt->gateway, &r->seen)) {
	case PLAN_KNOWN:
		break;
	case PLAN_NEWS:
		if (!k->started) {
			keep(r, rt, in_main);
			break;
		}
		/* If it is wanted after all, it is set at once. */
		purge(k, rt);
		route_dirty(k, r);
		k->walk_again = true;
		break;
	case PLAN_EXTRA:
		if (k->started)
			purge(k, rt);
		break;
	}
}

/* One of a former run; NULL: it goes when we have started. */
static struct kroute *
hold(struct kernel *k, const struct kernel_rt *rt, uint32_t vrf)
{
	struct kroute *r;

	if (k->nroutes >= ceiling_routes(k) ||
	    (conf_covers(&k->prefixes, &rt->prefix) &&
	    vrf_table(k, &rt->prefix) != vrf))
		return NULL;
	r = route_new(k, &rt->prefix);
	r->vrf = vrf;
	r->held = true;
	return r;
}

static bool
like_ours(const struct kernel_rt *rt)
{
	return rt->type == RTN_UNICAST && rt->tos == 0 &&
	    (rt->proto == PROTO_LOCAL || rt->proto == PROTO_DIRECT);
}

/* During the start, what is there counts as right. */
static void
keep(struct kroute *r, const struct kernel_rt *rt, bool in_main)
{
	if (in_main) {
		r->have.main_ifindex = rt->ifindex;
		r->have.main_metric = rt->metric;
		r->seen |= PLAN_SEEN_MAIN;
		return;
	}
	r->have.nhid = rt->nhid;
	r->have.ifindex = rt->nhid != 0 ? 0 : rt->ifindex;
	r->have.gateway = rt->nhid != 0 ? addr_none : rt->gateway;
	r->seen |= PLAN_SEEN_TABLE;
}

static void
say_removed(struct kernel *k, const struct kernel_rt *rt)
{
	if (kernel_repaired(k))
		log_info("route %s dev %s table %u: not wanted, removed",
		    prefix_text(&rt->prefix), node_name(k, rt->ifindex),
		    rt->table);
}

static void
purge(struct kernel *k, const struct kernel_rt *rt)
{
	say_removed(k, rt);
	netlink_request(k->nl, msg_route(RTM_DELROUTE, 0, rt), NULL, NULL, 0);
	kernel_wake(k);
}

/* The dumps are complete. */
static void
finish(struct kernel *k)
{
	struct kroute *r;
	uint8_t missing;

	RB_FOREACH(r, kroute_tree, &k->routes) {
		if (r->touched == k->walk ||
		    (missing = plan_missing(&r->have, r->seen)) == 0)
			continue;
		if (r->kind != ROUTE_NONE && kernel_repaired(k))
			log_info("%s %s: was gone, put back",
			    missing == PLAN_SEEN_NEIGH ? "neighbour" :
			    "route", missing == PLAN_SEEN_NEIGH ?
			    addr_text(&r->prefix.addr) :
			    prefix_text(&r->prefix));
		route_dirty(k, r);
	}
	neigh_walked(k);
	check_ports(k);
	vrf_check(k);
	if (k->repairs > REPAIRS_LOGGED)
		log_info("routes: %u more differences put right",
		    k->repairs - REPAIRS_LOGGED);
	if (k->started && k->nformer > 0 && k->walk > k->former_walk) {
		k->nformer = 0;
		footprint_changed(k);
	}
}
