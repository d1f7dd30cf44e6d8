/* SPDX-License-Identifier: ISC */
/*
 * Router data: what each router floods about itself, and how the kernel reaches
 * it for direct routes.
 */
#include <string.h>

#include "common/container_of.h"
#include "lease/reserve.h"
#include "lease/route.h"
#include "lease/router.h"
#include "lease/router_datum.h"
#include "lease/router_info.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/order.h"
#include "table/peer.h"
#include "table/state.h"
#include "table/table.h"

#define SAME_CLAIM_MS	10000	/* copies of one; a refresh is much later */

static void	nexthop_emit(struct core *, const struct router *, bool);
static void	refresh(struct core *, struct router *);
static void	info_set(struct core *, struct router *,
		    const struct router_info *, monotime_t);
static void	self_put(struct core *, uint64_t seqno, monotime_t);
static bool	answer(struct core *, const struct claim *, monotime_t);
static void	count_hops(struct core *, const struct claim *,
		    enum table_result);
static void	router_wait(struct core *, struct router *, monotime_t);
static void	router_end(struct core *, struct router *, monotime_t);

static void
nexthop_emit(struct core *core, const struct router *r, bool reachable)
{
	struct nexthop	n;

	memset(&n, 0, sizeof(n));
	n.router = r->info.id;
	if (reachable) {
		n.addr4 = r->info.addr4;
		n.addr6 = r->info.addr6;
	}
	core_effect(core, EFFECT_NEXTHOP, &n, sizeof(n));
}

/* Set the next hop of the router in the kernel, or remove it. */
static void
refresh(struct core *core, struct router *r)
{
	bool	wanted;

	wanted = core->conf.direct && router_reachable(r) &&
	    !router_is_self(core, r);
	if (wanted || r->nexthop)
		nexthop_emit(core, r, wanted);
	r->nexthop = wanted;
}

void
routers_refresh(struct core *core)
{
	struct router	*r;

	RB_FOREACH(r, router_tree, &core->lease->routers)
		refresh(core, r);
}

/* The information about the router may have changed. */
static void
info_set(struct core *core, struct router *r, const struct router_info *info,
    monotime_t now)
{
	struct station	*s;
	bool		 same;

	same = addr_cmp(&r->info.addr4, &info->addr4) == 0 &&
	    addr_cmp(&r->info.addr6, &info->addr6) == 0;
	reserve_remove(core, &r->info.addr4);
	reserve_remove(core, &r->info.addr6);
	r->info = *info;
	reserve_add(core, &r->info.addr4);
	reserve_add(core, &r->info.addr6);
	if (same)
		return;
	if (router_reachable(r))
		refresh(core, r);
	LIST_FOREACH(s, &r->stations, at_router)
		route_station(core, s, now);
	if (!router_reachable(r))
		refresh(core, r);
}

/*
 * Our own datum comes from us alone.  A version of a former run, or of a router
 * that has our id, is answered by a higher seqno.
 */
static bool
answer(struct core *core, const struct claim *c, monotime_t now)
{
	struct router	*self;
	struct datum	*d;

	if (memcmp(c->key + 1, core->self.octet, 8) != 0)
		return false;
	self = router_get(core, &core->self);
	if (self == NULL || (d = self->datum) == NULL)
		return true;
	if (claim_order(d->seqno, datum_value(d), d->vallen, c->seqno,
	    c->value, c->vallen) <= 0)
		return true;
	if (core->started && monotime_ms(d->claimed, now) < 1000) {
		/* Twice in a second: it is not from a former run. */
		core_log(core, LEVEL_WARN, "router id %s: used by another "
		    "router too", router_id_text(&core->self));
		/* Answer it, but at most once a second. */
		if (!self->is_overtaken)
			timer_set(&core->timers, &d->timer,
			    monotime_add(now, 1000));
		if (!self->is_overtaken ||
		    c->seqno > self->overtaken)
			self->overtaken = c->seqno;
		self->is_overtaken = 1;
		return true;
	}
	self_put(core, seqno_after(c->seqno), now);
	return true;
}

/*
 * A member can name any number of routers, and each costs next hops in the
 * kernel.  The router that goes without a live session for longest makes room.
 */
const char *
router_admit(struct core *core, monotime_t now)
{
	struct spoken	*oldest;

	if (core->lease->nrouter_data < core->conf.max_routers)
		return NULL;
	if ((oldest = TAILQ_FIRST(&core->orphans)) == NULL)
		return "too many routers";
	router_end(core, container_of(oldest, struct router, spoken), now);
	return NULL;
}

void
router_stored(struct core *core, struct datum *d, monotime_t now)
{
	struct router_info	 info;
	struct router		*r;
	struct peer		*p;

	if (router_info_parse(d->data, d->keylen, datum_value(d), d->vallen,
	    &info) == -1 || (r = router_find(core, &info.id)) == NULL) {
		table_remove(core, d);
		return;
	}
	if (!router_is_self(core, r)) {
		core->lease->nrouter_data += r->datum == NULL;
		spoken_by(&r->spoken, (p = peer_find(core, d->from)) !=
		    NULL ? &p->spoken : &core->orphans);
	}
	r->datum = d;
	r->silent = r->is_overtaken = 0;
	router_wait(core, r, now);
	info_set(core, r, &info, now);
}

/*
 * A refresh of a router arrives on several paths, and the first one is
 * flooded.  The distance is the shortest path on which this refresh arrived.
 * Each copy is counted once, so no distance grows without end, and the next
 * refresh starts again.
 */
static void
count_hops(struct core *core, const struct claim *c, enum table_result result)
{
	struct router	*r;
	struct datum	*d;

	r = router_find(core, (const struct router_id *)(c->key + 1));
	if (r == NULL || (d = r->datum) == NULL)
		return;
	if (result != TABLE_OLD)
		r->hops = c->hops;
	else if (c->hops != 0 && (r->hops == 0 || c->hops < r->hops) &&
	    claim_order(d->seqno, datum_value(d), d->vallen, c->seqno,
	    c->value, c->vallen) == 0 &&
	    monotime_ms(c->claimed, d->claimed) < SAME_CLAIM_MS)
		r->hops = c->hops;
}

const char *
router_check(const struct core *core, const struct update *u)
{
	struct router_info	info;

	(void)core;
	return router_info_parse(u->data, u->keylen, u->data + u->keylen,
	    u->vallen, &info) == 0 ? NULL : "malformed";
}

int
router_name(struct core *core, const struct claim *c)
{
	const struct router_id	*id = (const struct router_id *)(c->key + 1);

	if (router_find(core, id) != NULL)
		return 0;
	return router_get(core, id) != NULL ? 1 : -1;
}

void
router_unname(struct core *core, const struct claim *c, int made)
{
	(void)made;
	router_release(core, router_find(core,
	    (const struct router_id *)(c->key + 1)));
}

bool
router_claimed(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	(void)d;
	if (answer(core, c, now))
		return true;
	if (result == TABLE_OLD)
		count_hops(core, c, result);
	return false;
}

void
router_accepted(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	(void)d;
	(void)now;
	count_hops(core, c, result);
}

uint8_t
router_hops(struct core *core, const struct datum *d)
{
	const struct router	*r;

	r = router_find(core, (const struct router_id *)(d->data + 1));
	if (r == NULL)
		return 0;
	if (router_is_self(core, r))
		return 1;
	return r->hops == 0 || r->hops == UINT8_MAX ? 0 :
	    (uint8_t)(r->hops + 1);
}

/* Wait until ours must be refreshed, or until another's is late. */
static void
router_wait(struct core *core, struct router *r, monotime_t now)
{
	struct datum	*d = r->datum;
	monotime_t	 due = digest_add(core, d, now);

	if (router_is_self(core, r))
		due = monotime_min(monotime_add(now, ROUTER_REFRESH_S * 1000LL),
		    monotime_add(now, monotime_ms(now, d->expires) / 2));
	else if (!r->silent)
		due = monotime_min(due, monotime_add(d->claimed,
		    ROUTER_SILENT_S * 1000LL));
	timer_set(&core->timers, &d->timer, due);
}

/* Refresh ours; another's has ended, unless it was refreshed. */
void
router_timer(struct core *core, struct datum *d, monotime_t now)
{
	struct router		*r;

	r = router_get(core, (const struct router_id *)(d->data + 1));
	if (r == NULL)
		return;
	if (router_is_self(core, r)) {
		self_put(core, r->is_overtaken ?
		    seqno_after(r->overtaken) : d->seqno, now);
		return;
	}
	if (datum_live(d, now)) {
		r->silent = monotime_ms(d->claimed, now) >=
		    ROUTER_SILENT_S * 1000LL;
		router_wait(core, r, now);
		return;
	}
	router_end(core, r, now);
}

/* Its datum has ended: its stations have no direct routes. */
static void
router_end(struct core *core, struct router *r, monotime_t now)
{
	struct router_info	 info;
	struct datum		*d = r->datum;

	r->silent = r->hops = 0;
	r->datum = NULL;
	core->lease->nrouter_data--;
	spoken_by(&r->spoken, NULL);
	memset(&info, 0, sizeof(info));
	info.id = r->info.id;
	info_set(core, r, &info, now);
	table_remove(core, d);
	router_release(core, r);
}

static void
self_put(struct core *core, uint64_t seqno, monotime_t now)
{
	const struct conf_global	*conf = &core->conf;
	struct router_info		 info;
	struct router			*self;
	struct datum			*d;
	struct claim			 c;
	uint8_t				 key[ROUTER_KEY];
	uint8_t				 value[DATUM_MAX];

	if ((self = router_get(core, &core->self)) == NULL)
		return;
	memset(&info, 0, sizeof(info));
	info.id = core->self;
	info.addr4 = conf->router_addr4;
	info.addr6 = conf->router_addr6;
	memcpy(info.name, conf->name, sizeof(info.name) - 1);
	strncpy(info.version, VERSION, sizeof(info.version) - 1);
	router_key(&core->self, key);
	memset(&c, 0, sizeof(c));
	c.key = key;
	c.keylen = sizeof(key);
	c.value = value;
	c.vallen = router_info_build(&info, value);
	c.seqno = seqno;
	c.claimed = now;
	c.expires = monotime_add(now, ROUTER_S * 1000LL);
	self->datum = NULL;		/* it may move */
	d = table_put(core, table_find(core, key, sizeof(key)), &c, now);
	if (d != NULL) {
		router_stored(core, d, now);
		return;
	}
	/* The old version stays, and is refreshed when due. */
	self->datum = table_find(core, key, sizeof(key));
	if (self->datum != NULL)
		router_wait(core, self, now);
}

/* Flood our datum with the next seqno. */
void
router_announce(struct core *core, monotime_t now)
{
	struct router	*self = router_get(core, &core->self);

	if (self != NULL)
		self_put(core, self->datum == NULL ? 1 :
		    seqno_after(self->datum->seqno), now);
}
