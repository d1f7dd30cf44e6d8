/* SPDX-License-Identifier: ISC */
/*
 * Routes: each live lease of a station leads to the station: to an interface of
 * this router, to the router that has the station, or nowhere.
 */
#include <string.h>

#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/iface.h"
#include "lease/neighbour.h"
#include "lease/route.h"
#include "lease/router.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

static void	place_of(struct core *, struct station *, struct route_dest *,
		    monotime_t);
static void	emit(struct core *, const struct station *,
		    const struct prefix *, const struct route_dest *);

/* Where packets to the station should go from here. */
static void
place_of(struct core *core, struct station *s, struct route_dest *p,
    monotime_t now)
{
	struct assoc	*a = s->assoc;

	memset(p, 0, sizeof(*p));
	p->kind = ROUTE_NONE;
	(void)now;
	if (s->router != NULL && router_is_self(core, s->router)) {
		if (a != NULL && a->state == ASSOC_HERE) {
			p->kind = ROUTE_LOCAL;
			p->ifindex = a->iface->link.ifindex;
		}
	} else if (s->router != NULL && core->conf.direct &&
	    router_reachable(s->router)) {
		p->kind = ROUTE_DIRECT;
		p->router = s->router;
	}
}

static void
emit(struct core *core, const struct station *s, const struct prefix *prefix,
    const struct route_dest *p)
{
	struct route	r;

	memset(&r, 0, sizeof(r));
	r.prefix = *prefix;
	r.kind = p->kind;
	r.mac = s->mac;
	r.ifindex = p->ifindex;
	if (p->kind == ROUTE_LOCAL && !prefix_is_v4(prefix))
		r.gateway = *neigh_nexthop(s->assoc);
	if (p->router != NULL)
		r.router = p->router->info.id;
	core_effect(core, EFFECT_ROUTE, &r, sizeof(r));
}

/* The station may have moved: update its routes. */
void
route_station(struct core *core, struct station *s, monotime_t now)
{
	struct route_dest	 p, old = s->place;
	struct datum	*d;

	place_of(core, s, &p, now);
	if (p.kind == old.kind && p.ifindex == old.ifindex &&
	    p.router == old.router)
		return;
	LIST_FOREACH(d, &s->leases, lease)
		if (p.kind == ROUTE_NONE)
			route_withdraw(core, d);
	s->place = p;
	LIST_FOREACH(d, &s->leases, lease) {
		d->routed = 0;
		route_lease(core, s, d, now);
	}
}

/* A lease has a route as long as it lives. */
void
route_lease(struct core *core, struct station *s, struct datum *d,
    monotime_t now)
{
	struct prefix	prefix;

	if (!lease_prefix(d, &prefix))
		return;
	if (!datum_live(d, now) || s->place.kind == ROUTE_NONE ||
	    !lease_usable(core, lease_kind(d), &prefix)) {
		route_withdraw(core, d);
		return;
	}
	if (d->routed)
		return;
	d->routed = 1;
	emit(core, s, &prefix, &s->place);
}

/* The next hop of its /64 is another link-local address now. */
void
route_gateway(struct core *core, struct station *s, monotime_t now)
{
	struct datum	*d;

	if (s->place.kind != ROUTE_LOCAL)
		return;
	LIST_FOREACH(d, &s->leases, lease)
		if (lease_kind(d) != LEASE_ADDRESS && d->routed) {
			d->routed = 0;
			route_lease(core, s, d, now);
		}
}

void
route_withdraw(struct core *core, struct datum *d)
{
	struct route_dest	none = { .kind = ROUTE_NONE };
	struct prefix	prefix;

	if (!d->routed || d->station == NULL || !lease_prefix(d, &prefix))
		return;
	d->routed = 0;
	emit(core, d->station, &prefix, &none);
	if (d->station->assoc != NULL && !prefix_is_v4(&prefix))
		neigh_withdraw(core, d->station->assoc, &prefix);
}

void
routes_refresh(struct core *core, monotime_t now)
{
	struct station	*s;
	struct datum	*d;

	RB_FOREACH(s, station_tree, &core->lease->stations) {
		route_station(core, s, now);
		LIST_FOREACH(d, &s->leases, lease)
			route_lease(core, s, d, now);
	}
}
