/* SPDX-License-Identifier: ISC */
/*
 * The IPv6 addresses that stations use here, learned from neighbour discovery.
 * The link-local address becomes the next hop of the /64 of the station, so
 * that nobody can make the kernel look for neighbours that do not exist.  Until
 * it is heard, the address that the MAC address makes stands in for it, whether
 * the station has it or not: the kernel takes but the MAC address from it.  All
 * become neighbour entries.  An address belongs to one station at a time, and a
 * station may have a limited number.
 *
 * The link-local address is flooded, so that the next router knows it before
 * the station sends anything there.
 */
#include <string.h>

#include "common/bucket.h"
#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/drop.h"
#include "lease/iface.h"
#include "lease/neigh.h"
#include "lease/neighbour.h"
#include "lease/network.h"
#include "lease/reserve.h"
#include "lease/route.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"
#include "table/table.h"

#define NEIGHS_MAX	16	/* of a station, beside the link-local one */
#define CHANGE_MS	1000	/* a link-local address stays at least */
#define NAMED_MS	3600000	/* an impostor is named once within */
#define NAMES		10	/* lines at once, */
#define NAME_US		6000000LL	/* and the time for one more */

static void		 learn_linklocal(struct core *, struct assoc *,
			    const struct addr *, monotime_t);
static void		 learn_global(struct core *, struct assoc *,
			    const struct addr *, monotime_t);
static void		 not_its_own(struct core *, struct assoc *,
			    const struct prefix *, monotime_t);
static void		 add_own(struct core *, struct assoc *, monotime_t);
static bool		 add_linklocal(struct core *, struct assoc *,
			    const struct addr *);
static void		 flood(struct core *, const struct network *,
			    const struct mac *, const struct addr *,
			    monotime_t);
static uint8_t		 linklocal_key(const struct network *,
			    const struct mac *, uint8_t key[KEY_MAX]);
static struct datum	*find_datum(struct core *, const struct network *,
			    const struct mac *);
static void		 datum_addr(const struct datum *, struct addr *);

/* The station has or claims this IPv6 address. */
void
neigh_heard(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	if (addr_is_none(addr) || addr_is_v4(addr) ||
	    addr_is_multicast(addr) || neigh_impostor(core, a, addr, now))
		return;
	if (addr_is_linklocal(addr))
		learn_linklocal(core, a, addr, now);
	else
		learn_global(core, a, addr, now);
}

/*
 * The addresses of gateways and routers are ours alone.  A station is named
 * once an hour, and of all no more than a few a minute.
 */
bool
neigh_impostor(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	struct iface	*i = a->iface;
	struct prefix	 p;

	prefix_host(&p, addr);
	if (addr_is_v4(addr) ? !core_is_routers(core, addr) :
	    addr_cmp(addr, &i->link.gateway6) != 0 &&
	    !core_is_reserved(core, &p))
		return false;
	drop_count(core, i->link.ifindex, CTL_DROP_ADDRESS);
	if (!monotime_before(now, a->named) && bucket_take(&i->named,
	    NAME_US, NAMES * NAME_US, now)) {
		a->named = monotime_add(now, NAMED_MS);
		core_log(core, LEVEL_WARN, "%s: station %s claims %s, which "
		    "is a router's", i->link.name, mac_text(&a->station->mac),
		    addr_text(addr));
	}
	return true;
}

/*
 * The address that its MAC address makes is its own, whoever was here before
 * with it.
 */
static void
add_own(struct core *core, struct assoc *a, monotime_t now)
{
	struct neighbour	*n;
	struct assoc		*other;
	struct addr		 addr;

	addr_from_mac(&addr, &a->station->mac);
	if (!addr_is_none(&a->own) ||
	    addr_cmp(&addr, &a->iface->link.gateway6) == 0)
		return;
	if ((n = neigh_find(a->iface, &addr)) != NULL &&
	    (other = n->assoc) != a) {
		other->linklocal = addr_none;
		neigh_free(core, n);
		route_gateway(core, other->station, now);
	}
	if (add_linklocal(core, a, &addr))
		a->own = addr;
}

/* First in the list, not among those that are replaced. */
static bool
add_linklocal(struct core *core, struct assoc *a, const struct addr *addr)
{
	struct neighbour	*n;

	if ((n = neigh_find(a->iface, addr)) != NULL && n->assoc == a)
		return true;
	if ((n = neigh_add(core, a, addr)) == NULL)
		return false;
	TAILQ_REMOVE(&a->neighs, n, order);
	TAILQ_INSERT_HEAD(&a->neighs, n, order);
	return true;
}

/*
 * The first station to use an address on a link keeps it.  A second one has a
 * duplicate, or is after the packets of the first.
 */
static void
learn_linklocal(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	struct neighbour	*n;

	if (addr_cmp(addr, &a->linklocal) == 0) {
		flood(core, a->station->network, &a->station->mac, addr, now);
		return;
	}
	if (!addr_is_none(&a->linklocal) &&
	    monotime_ms(a->linklocal_since, now) < CHANGE_MS)
		return;
	if (!add_linklocal(core, a, addr)) {
		core_log(core, LEVEL_DEBUG, "%s: station %s uses %s of "
		    "another", a->iface->link.name,
		    mac_text(&a->station->mac), addr_text(addr));
		return;
	}
	n = neigh_find(a->iface, &a->linklocal);
	a->linklocal = *addr;
	a->linklocal_since = now;
	route_gateway(core, a->station, now);
	if (n != NULL && n->assoc == a && addr_cmp(&n->addr, &a->own) != 0)
		neigh_free(core, n);
	flood(core, a->station->network, &a->station->mac, addr, now);
}

/* Only in its own /64.  The address that was heard longest ago is replaced. */
static void
learn_global(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	struct neighbour	*n;
	struct prefix		 p = { .addr = *addr, .len = 64 };
	struct datum		*d;

	prefix_mask(&p);
	if ((d = lease_find(core, LEASE_PREFIX, &p)) == NULL ||
	    !datum_live(d, now))
		return;
	if (d->station != a->station) {
		not_its_own(core, a, &p, now);
		return;
	}
	if ((n = neigh_find(a->iface, addr)) != NULL) {
		if (n->assoc == a) {
			TAILQ_REMOVE(&a->neighs, n, order);
			TAILQ_INSERT_TAIL(&a->neighs, n, order);
			return;
		}
		/* The other station had this /64 before. */
		n->assoc->nneighs--;
		neigh_free(core, n);
	}
	if (a->nneighs >= NEIGHS_MAX) {
		TAILQ_FOREACH(n, &a->neighs, order)
			if (!addr_is_linklocal(&n->addr))
				break;
		if (n != NULL) {
			neigh_free(core, n);
			a->nneighs--;
		}
	}
	if (neigh_add(core, a, addr) != NULL)
		a->nneighs++;
}

/*
 * The station uses a /64 that is leased to another.  It got it in another part
 * of the network, where the lease of the other was not known, and that lease
 * may have lost the conflict while the station was on its way here.  The router
 * that knows of this has not the station, and we never had the lease, so we
 * deprecate the prefix.
 */
static void
not_its_own(struct core *core, struct assoc *a, const struct prefix *p,
    monotime_t now)
{
	if (station_has_lost(a->station, p, now))
		return;
	core_log(core, LEVEL_DEBUG, "%s: station %s uses %s of another",
	    a->iface->link.name, mac_text(&a->station->mac), prefix_text(p));
	station_lost_prefix(core, a->station, p, monotime_add(now,
	    1000LL * a->station->network->conf.prefix_valid));
	advert_soon(core, a, now);
}

bool
neigh_elsewhere(struct core *core, const struct station *s, struct addr *addr,
    monotime_t now)
{
	struct datum	*d = find_datum(core, s->network, &s->mac);

	if (d == NULL || !datum_live(d, now))
		return false;
	datum_addr(d, addr);
	return true;
}

/* The station joined: use the address that it had elsewhere. */
void
neigh_join(struct core *core, struct assoc *a, monotime_t now)
{
	struct addr	 addr;

	add_own(core, a, now);
	if (!addr_is_none(&a->linklocal) ||
	    !neigh_elsewhere(core, a->station, &addr, now))
		return;
	if (addr_cmp(&addr, &a->iface->link.gateway6) == 0 ||
	    !add_linklocal(core, a, &addr))
		return;
	a->linklocal = addr;
	a->linklocal_since = now;
	route_gateway(core, a->station, now);
}

/* Flood the address, now and before it would be forgotten. */
static void
flood(struct core *core, const struct network *net, const struct mac *mac,
    const struct addr *addr, monotime_t now)
{
	uint8_t		 key[KEY_MAX];
	struct claim	 c;
	struct datum	*d = find_datum(core, net, mac);
	bool		 same;

	memset(&c, 0, sizeof(c));
	if (d != NULL) {
		same = memcmp(datum_value(d), addr->octet + 8, 8) == 0;
		if (same && datum_remaining(d, now) >
		    core->conf.location_time / 2)
			return;
		c.seqno = same ? d->seqno : seqno_after(d->seqno);
	}
	c.key = key;
	c.keylen = linklocal_key(net, mac, key);
	c.value = addr->octet + 8;
	c.vallen = 8;
	c.claimed = now;
	c.expires = monotime_add(now, 1000LL * (seqno_is_late(c.seqno) ?
	    LATE_S : core->conf.location_time));
	if ((d = table_put(core, d, &c, now)) != NULL)
		timer_set(&core->timers, &d->timer, digest_add(core, d, now));
}

static uint8_t
linklocal_key(const struct network *net, const struct mac *mac,
    uint8_t key[KEY_MAX])
{
	uint8_t	plain[7] = { DATUM_LINKLOCAL };

	memcpy(plain + 1, mac->octet, 6);
	return network_key(net, plain, sizeof(plain), key);
}

static struct datum *
find_datum(struct core *core, const struct network *net, const struct mac *mac)
{
	uint8_t	key[KEY_MAX], len = linklocal_key(net, mac, key);

	return table_find(core, key, len);
}

static void
datum_addr(const struct datum *d, struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->octet[0] = 0xfe;
	addr->octet[1] = 0x80;
	memcpy(addr->octet + 8, datum_value(d), 8);
}

const char *
neigh_check(const struct core *core, const struct update *u)
{
	struct inner	inner;

	if (!key_inner(core, u->data, u->keylen, &inner))
		return "malformed";
	if (!key_is_of_station(&inner))
		return inner.at > 0 ? NULL : "malformed";
	return u->vallen == 8 ? NULL : "malformed";
}

/* A peer sent the address, perhaps when the station is here already. */
void
neigh_stored(struct core *core, struct datum *d, monotime_t now)
{
	struct station	*s;
	struct assoc	*a;

	timer_set(&core->timers, &d->timer, digest_add(core, d, now));
	s = station_find(core, network_of_key(core, d->data, d->keylen),
	    (const struct mac *)(datum_key(d) + 1));
	if (s != NULL && (a = assoc_here(s)) != NULL)
		neigh_join(core, a, now);
}

/* What a former run had learned, and not what stood in for it. */
void
neigh_adopt(struct core *core, const struct network *net,
    const struct mac *mac, const struct addr *addr, monotime_t now)
{
	struct addr	own;

	addr_from_mac(&own, mac);
	if (addr_cmp(addr, &own) != 0 && find_datum(core, net, mac) == NULL)
		flood(core, net, mac, addr, now);
}
