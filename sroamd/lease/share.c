/* SPDX-License-Identifier: ISC */
/* How much of a pool the stations at one port may have: share.h. */
#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/network.h"
#include "lease/share.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/key.h"
#include "table/state.h"

#define NOT_REPORTED	1	/* the share of unknown ports */
#define PLENTY		(UINT64_C(1) << 40)	/* more than leases here */

static void		 count(struct core *, uint16_t, enum lease_kind, int);
static struct pool	*pool_of_offer(struct core *, const struct offer *);
static enum lease_kind	 kind_of_offer(const struct offer *);

uint16_t
share_of(const struct station *s)
{
	uint32_t	n;

	if (s == NULL || s->assoc == NULL || !s->assoc->reported)
		return NOT_REPORTED;
	n = s->assoc->iface->link.ifindex * 0x9e3779b1u +
	    s->assoc->port * 0x85ebca6bu;
	return (uint16_t)(NOT_REPORTED + 1 + (n >> 16) % (SHARES - 1));
}

bool
share_permits(const struct core *core, const struct pool *pool,
    uint16_t share)
{
	uint64_t	 percent = pool->network->conf.max_share, n, left;

	if (share == SHARE_NONE)
		return true;
	left = pool->size > pool->taken ? pool->size - pool->taken : 0;
	if (left > PLENTY)
		return true;
	n = share == NOT_REPORTED ? pool->taken :
	    core->lease->shares[share - 1].n[pool->kind];
	return n * (100 - percent) < left * percent;
}

static void
count(struct core *core, uint16_t share, enum lease_kind kind, int n)
{
	if (share != SHARE_NONE)
		core->lease->shares[share - 1].n[kind] += (uint32_t)n;
}

void
share_hold(struct core *core, struct datum *d, uint16_t share)
{
	if (!d->taken || d->share == share)
		return;
	count(core, d->share, lease_kind(d), -1);
	count(core, share, lease_kind(d), 1);
	d->share = share;
}

void
share_take(struct core *core, struct datum *d)
{
	struct prefix	 p;
	struct pool	*pool;

	if (d->taken || !lease_prefix(d, &p))
		return;
	d->taken = 1;
	if ((pool = pool_inside(core, lease_kind(d), &p)) != NULL)
		pool->taken++;
}

void
share_give(struct core *core, struct datum *d)
{
	struct prefix	 p;
	struct pool	*pool;

	if (!d->taken || !lease_prefix(d, &p))
		return;
	share_hold(core, d, SHARE_NONE);
	d->taken = 0;
	if ((pool = pool_inside(core, lease_kind(d), &p)) != NULL)
		pool->taken--;
}

/* IPv4 addresses are offered, and prefixes to be delegated. */
static struct pool *
pool_of_offer(struct core *core, const struct offer *o)
{
	struct prefix	 p;
	struct pool	*pool;

	prefix_host(&p, &o->addr);
	if (addr_is_v4(&o->addr))
		return pool_inside(core, LEASE_ADDRESS, &p);
	pool = pool_over(core, &p);
	return pool != NULL && pool->kind == LEASE_DELEGATED ? pool : NULL;
}

static enum lease_kind
kind_of_offer(const struct offer *o)
{
	return addr_is_v4(&o->addr) ? LEASE_ADDRESS : LEASE_DELEGATED;
}

void
share_offer(struct core *core, struct offer *o, uint16_t share)
{
	struct pool	*pool;

	if (o->taken)
		return;
	o->taken = true;
	o->share = share;
	count(core, share, kind_of_offer(o), 1);
	if ((pool = pool_of_offer(core, o)) != NULL)
		pool->taken++;
}

void
share_no_offer(struct core *core, struct offer *o)
{
	struct pool	*pool;

	if (!o->taken)
		return;
	o->taken = false;
	count(core, o->share, kind_of_offer(o), -1);
	if ((pool = pool_of_offer(core, o)) != NULL)
		pool->taken--;
}

void
share_recount(struct core *core)
{
	struct datum	*d;
	struct offer	*o;
	struct prefix	 p;
	struct pool	*pool;

	RB_FOREACH(d, datum_tree, &core->data)
		if (d->taken && lease_prefix(d, &p) && (pool = pool_inside(core,
		    lease_kind(d), &p)) != NULL)
			pool->taken++;
	TAILQ_FOREACH(o, &core->lease->offer_order, order)
		if (o->taken && (pool = pool_of_offer(core, o)) != NULL)
			pool->taken++;
}
