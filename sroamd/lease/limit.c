/* SPDX-License-Identifier: ISC */
/*
 * New stations and leases cost memory on every router.  A wired port can send
 * from any number of MAC addresses, so each port may bring only so many; and a
 * station can show any number of client identifiers.
 */
#include "lease/drop.h"
#include "lease/iface.h"
#include "lease/lease.h"
#include "lease/limit.h"
#include "lease/network.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/key.h"
#include "table/state.h"

#define LIMIT_MEMORY_MS	3600000
#define BURST_S		10	/* of the rate, at once */

static bool	take(const struct network *, struct bucket *, monotime_t);
static bool	is_unused(const struct datum *, monotime_t);
static bool	make_room(struct core *, const struct station *, bool,
		    uint32_t, monotime_t);

/* `limit leases` a second, and ten times as many at once. */
static bool
take(const struct network *net, struct bucket *b, monotime_t now)
{
	return bucket_take(b, 1000000 / net->conf.max_leases,
	    BURST_S * 1000000LL, now);
}

bool
limit_lease(struct iface *i, uint32_t port, monotime_t now)
{
	return take(i->network, &i->leases[port % LIMIT_BUCKETS], now);
}

/* Whether an unknown station may join. */
bool
limit_station(struct core *core, struct iface *i, const struct station *s,
    uint32_t port, monotime_t now)
{
	if ((s != NULL && (s->assoc != NULL || s->location != NULL ||
	    !LIST_EMPTY(&s->leases))) ||
	    take(i->network, &i->joins[port % LIMIT_BUCKETS], now))
		return true;
	i->refused = now;
	drop_count(core, i->link.ifindex, CTL_DROP_JOIN_LIMIT);
	return false;
}

/* Clients renew at half of the lease (RFC 2131 4.4.5). */
static bool
is_unused(const struct datum *d, monotime_t now)
{
	return monotime_ms(d->claimed, now) > monotime_ms(now, d->expires);
}

/* Of the live ones of a kind so many; the oldest unused makes room. */
static bool
make_room(struct core *core, const struct station *s, bool learned,
    uint32_t max, monotime_t now)
{
	struct datum	*d, *oldest = NULL;
	struct prefix	 p;
	uint32_t	 n = 0;

	LIST_FOREACH(d, &s->leases, lease) {
		if (lease_kind(d) != LEASE_ADDRESS || !datum_live(d, now) ||
		    !lease_prefix(d, &p) || (learned &&
		    !conf_is_static(&s->network->conf, &p.addr)))
			continue;
		n++;
		if (is_unused(d, now) && (oldest == NULL ||
		    monotime_before(d->claimed, oldest->claimed)))
			oldest = d;
	}
	if (n < max)
		return true;
	if (oldest == NULL || n > max)
		return false;
	lease_end(core, oldest, now);
	return true;
}

bool
limit_addresses(struct core *core, const struct station *s, monotime_t now)
{
	return s == NULL || make_room(core, s, false,
	    s->network->conf.max_addrs, now);
}

bool
limit_learned(struct core *core, const struct station *s, monotime_t now)
{
	const struct conf_network	*net = &s->network->conf;

	return net->max_learned > 0 &&
	    make_room(core, s, true, net->max_learned, now);
}

/* Some were refused lately: any frame of theirs is another try. */
bool
limit_was_hit(const struct iface *i, monotime_t now)
{
	return i->refused.us != 0 &&
	    monotime_ms(i->refused, now) < LIMIT_MEMORY_MS;
}

/* Likewise; the link layer reported some and there was no memory. */
bool
limit_has_missed(const struct iface *i, monotime_t now)
{
	return i->missed.us != 0 &&
	    monotime_ms(i->missed, now) < LIMIT_MEMORY_MS;
}
