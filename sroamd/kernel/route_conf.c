/* SPDX-License-Identifier: ISC */
/* Routes of stations after a reload: route_conf.h. */
#include "kernel/route.h"
#include "kernel/route_conf.h"
#include "kernel/route_sync.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "kernel/vrf.h"

static void	leave(struct kernel *, struct kroute *, uint32_t,
		    const struct conf_global *);
static void	change_vrf(struct kernel *, struct kroute *, uint32_t);

void
route_conf(struct kernel *k, const struct conf_global *old)
{
	struct route none = { .kind = ROUTE_NONE };
	struct kroute *r;
	uint32_t vrf;

	RB_FOREACH(r, kroute_tree, &k->routes) {
		vrf = conf_covers(&k->prefixes, &r->prefix) ?
		    vrf_table(k, &r->prefix) : r->vrf;
		if (vrf != r->vrf || (vrf == 0 ? old->table != k->conf.table :
		    old->metric != k->conf.metric))
			leave(k, r, vrf, old);
		if (vrf != r->vrf)
			change_vrf(k, r, vrf);
		if (r->kind != ROUTE_NONE && !conf_leases(&k->prefixes,
		    &r->prefix))
			route_want(k, r, &none);
		route_dirty(k, r);
	}
}

/* Its places, but for the neighbour entry, and main if it stays there. */
static void
leave(struct kernel *k, struct kroute *r, uint32_t vrf,
    const struct conf_global *old)
{
	struct place rest = r->have;

	rest.ifindex = rest.nhid = 0;
	rest.gateway = addr_none;
	if (r->vrf != 0 || vrf != 0) {
		rest.main_ifindex = rest.main_metric = 0;
		rest.main_gateway = addr_none;
	}
	route_reduce(k, r, &rest, old);
}

/* Its router is reached there by another way. */
static void
change_vrf(struct kernel *k, struct kroute *r, uint32_t vrf)
{
	struct router_id id;

	r->vrf = vrf;
	if (r->router == NULL)
		return;
	id = r->router->id;
	route_unlink(k, r);
	if ((r->router = krouter_get(k, &id, vrf)) != NULL)
		TAILQ_INSERT_TAIL(&r->router->routes, r, at);
	else
		r->kind = ROUTE_NONE;
}
