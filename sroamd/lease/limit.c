/* SPDX-License-Identifier: ISC */
/*
 * What is new costs every router memory: how much of it one port may bring is
 * bounded, as a wired port may send from any number of MAC addresses.
 */
#include "lease/drop.h"
#include "lease/iface.h"
#include "lease/limit.h"
#include "lease/station.h"
#include "table/state.h"

#define LIMIT_MEMORY_MS	3600000
#define BURST_S		10	/* of the rate, at once */

static bool	take(const struct core *, struct bucket *, monotime_t);

/* One of `limit leases` a second, and the tenfold saved. */
static bool
take(const struct core *core, struct bucket *b, monotime_t now)
{
	return bucket_take(b, 1000000 / core->conf.max_leases,
	    BURST_S * 1000000LL, now);
}

bool
limit_lease(const struct core *core, struct iface *i, uint32_t port,
    monotime_t now)
{
	return take(core, &i->leases[port % LIMIT_BUCKETS], now);
}

/* Whether a station may join that nobody knows anything of. */
bool
limit_station(struct core *core, struct iface *i, const struct station *s,
    uint32_t port, monotime_t now)
{
	if ((s != NULL && (s->assoc != NULL || s->location != NULL ||
	    !LIST_EMPTY(&s->leases))) ||
	    take(core, &i->joins[port % LIMIT_BUCKETS], now))
		return true;
	i->refused = now;
	drop_count(core, i->link.ifindex, CTL_DROP_JOIN_LIMIT);
	return false;
}

/* Some were refused lately: any frame of theirs is worth another try. */
bool
limit_was_hit(const struct iface *i, monotime_t now)
{
	return i->refused.us != 0 &&
	    monotime_ms(i->refused, now) < LIMIT_MEMORY_MS;
}

/* As above; and the link layer has told of some that could not be kept. */
bool
limit_has_missed(const struct iface *i, monotime_t now)
{
	return i->missed.us != 0 &&
	    monotime_ms(i->missed, now) < LIMIT_MEMORY_MS;
}
