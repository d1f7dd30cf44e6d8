/* SPDX-License-Identifier: ISC */
/* Whose of the clients of a MAC address a lease is: whose.h. */
#include <string.h>

#include "lease/assoc.h"
#include "lease/find.h"
#include "lease/host.h"
#include "lease/lease.h"
#include "lease/network.h"
#include "lease/state.h"
#include "lease/station.h"
#include "lease/whose.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/key.h"
#include "table/kind.h"
#include "table/state.h"
#include "table/table.h"

#define PLAIN_MAX	(1 + LEASE_KEY_MAX)
/* As long as an ended lease is remembered, so that it is known whose it was. */
#define BEYOND_S	(LEASE_MEMORY_MS / 1000)

static uint8_t		 key_of_lease(const struct core *,
			    const struct prefix *, uint8_t key[KEY_MAX]);
static bool		 lease_of_key(const struct core *, const uint8_t *key,
			    uint8_t keylen, enum lease_kind *, struct prefix *);
static struct datum	*find(struct core *, const struct prefix *);
static struct datum	*find_right(struct core *, const struct datum *,
			    monotime_t);
static void		 put(struct core *, const struct prefix *,
			    const struct ident *, uint64_t seqno,
			    monotime_t expires, bool own, monotime_t);
static bool		 own_word(struct core *, const struct datum *lease,
			    struct ident *, monotime_t);

static uint8_t
key_of_lease(const struct core *core, const struct prefix *p,
    uint8_t key[KEY_MAX])
{
	const struct pool	*pool = pool_over(core, p);
	uint8_t			 plain[PLAIN_MAX] = { DATUM_WHOSE }, len;

	len = (uint8_t)(1 + lease_key(LEASE_ADDRESS, p, plain + 1));
	if (pool != NULL)
		return network_key(pool->network, plain, len, key);
	memcpy(key, plain, len);
	return len;
}

static bool
lease_of_key(const struct core *core, const uint8_t *key, uint8_t keylen,
    enum lease_kind *kind, struct prefix *p)
{
	struct inner	inner;

	return key_inner(core, key, keylen, &inner) && inner.len > 1 &&
	    lease_key_parse(inner.key + 1, (uint8_t)(inner.len - 1), kind, p);
}

static struct datum *
find(struct core *core, const struct prefix *p)
{
	uint8_t	key[KEY_MAX], len = key_of_lease(core, p, key);

	return table_find(core, key, len);
}

/* One that is not of a former lease of this address; or NULL. */
static struct datum *
find_right(struct core *core, const struct datum *lease, monotime_t now)
{
	struct prefix	 p;
	struct datum	*d;

	if (lease_kind(lease) != LEASE_ADDRESS || !lease_prefix(lease, &p) ||
	    (d = find(core, &p)) == NULL)
		return NULL;
	return datum_live(d, now) && d->seqno >= lease->seqno ? d : NULL;
}

bool
whose_ident(struct core *core, const struct datum *lease, struct ident *ident,
    monotime_t now)
{
	const struct datum	*d = find_right(core, lease, now);

	if (d == NULL)
		return false;
	memcpy(ident->octet, datum_value(d), sizeof(ident->octet));
	return true;
}

/* Whose the address of a host is, its statement says. */
bool
whose_is(struct core *core, const struct datum *lease, const struct client *c,
    monotime_t now)
{
	struct ident	ident;
	struct prefix	p;

	if (c->any || lease_kind(lease) != LEASE_ADDRESS ||
	    (lease_prefix(lease, &p) &&
	    host_at(core, LEASE_ADDRESS, &p) != NULL))
		return true;
	return whose_ident(core, lease, &ident, now) ?
	    ident_cmp(&ident, &c->ident) == 0 : c->plain;
}

bool
whose_may_be(struct core *core, const struct datum *lease,
    const struct client *c, monotime_t now)
{
	struct prefix	p;

	return whose_is(core, lease, c, now) || (lease_prefix(lease, &p) &&
	    addr_cmp(&p.addr, &c->asks) == 0 &&
	    find_right(core, lease, now) == NULL);
}

static void
put(struct core *core, const struct prefix *p, const struct ident *ident,
    uint64_t seqno, monotime_t expires, bool own, monotime_t now)
{
	uint8_t		 key[KEY_MAX];
	struct claim	 c;
	struct datum	*d;

	memset(&c, 0, sizeof(c));
	c.key = key;
	c.keylen = key_of_lease(core, p, key);
	c.value = ident->octet;
	c.vallen = sizeof(ident->octet);
	c.seqno = seqno;
	c.own = own;
	c.claimed = now;
	c.expires = seqno_is_late(seqno) ? monotime_min(expires,
	    monotime_add(now, LATE_S * 1000LL)) : expires;
	d = table_put(core, table_find(core, key, c.keylen), &c, now);
	if (d != NULL)
		datum_stored(core, d, now);
	else
		table_warn_full(core, now);
}

/*
 * Nothing is said of a plain client, but where another was said to have it.
 * What is said lives for a day longer than the lease and is said again in half
 * of that time, so that it is not flooded with each renewal.
 */
void
whose_say(struct core *core, const struct prefix *p, const struct client *c,
    uint64_t seqno, uint32_t seconds, monotime_t now)
{
	struct datum	*d = find(core, p);
	bool		 live = d != NULL && datum_live(d, now);
	bool		 same;

	if (c->any || (c->plain && (!live || d->seqno < seqno)) ||
	    host_at(core, LEASE_ADDRESS, p) != NULL)
		return;
	same = live && d->seqno >= seqno && memcmp(datum_value(d),
	    c->ident.octet, sizeof(c->ident.octet)) == 0;
	if (same && datum_remaining(d, now) >= seconds + BEYOND_S / 2)
		return;
	if (same || (d != NULL && d->seqno >= seqno))
		seqno = same ? d->seqno : seqno_after(d->seqno);
	put(core, p, &c->ident, seqno, monotime_add(now, 1000LL * seconds +
	    LEASE_MEMORY_MS), true, now);
}

void
whose_follow(struct core *core, const struct datum *lease, uint64_t seqno,
    monotime_t now)
{
	struct datum	*d = find_right(core, lease, now);
	struct ident	 ident;
	struct prefix	 p;

	if (d == NULL || d->seqno >= seqno || !lease_prefix(lease, &p))
		return;
	memcpy(ident.octet, datum_value(d), sizeof(ident.octet));
	put(core, &p, &ident, seqno, d->expires, true, now);
}

/* Of any kind of lease; those of IPv6 have no clients yet. */
const char *
whose_check(const struct core *core, const struct update *u)
{
	const struct pool	*pool;
	struct prefix		 p;
	struct inner		 inner;
	enum lease_kind		 kind;

	if (!key_inner(core, u->data, u->keylen, &inner))
		return "malformed";
	if (!lease_of_key(core, u->data, u->keylen, &kind, &p))
		return inner.at > 0 ? NULL : "malformed";
	if (u->vallen != IDENT)
		return "malformed";
	/* Of a network by name whose_fits has seen. */
	if (inner.at > 0 || !networks_serve(core))
		return NULL;
	if ((pool = pool_over(core, &p)) == NULL)
		return "whose a lease is, outside of our prefixes";
	return pool->network == core->lease->networks.list[0] ?
	    NULL : "whose a lease is, in a prefix of another network";
}

bool
whose_fits(const struct core *core, const struct inner *inner)
{
	const struct pool	*pool;
	struct prefix		 p;
	enum lease_kind		 kind;

	return inner->len > 1 && lease_key_parse(inner->key + 1,
	    (uint8_t)(inner->len - 1), &kind, &p) &&
	    (pool = pool_over(core, &p)) != NULL &&
	    pool->network == core->lease->networks.list[inner->network];
}

uint32_t
whose_life(const struct core *core, const uint8_t *data, uint8_t keylen,
    uint8_t vallen)
{
	const struct pool	*pool;
	struct prefix		 p;
	enum lease_kind		 kind;

	(void)vallen;
	if (!lease_of_key(core, data, keylen, &kind, &p) ||
	    (pool = pool_over(core, &p)) == NULL)
		return RELAYED_S;
	return network_life(pool->network, kind) + BEYOND_S;
}

/*
 * What this router has said of a station that is here: to whom it has given the
 * address.  false: nothing.
 */
static bool
own_word(struct core *core, const struct datum *lease, struct ident *ident,
    monotime_t now)
{
	const struct datum	*d = find_right(core, lease, now);
	const struct assoc	*a = assoc_here(lease->station);
	const struct given	*g;
	struct prefix		 p;

	if (a == NULL || !lease_prefix(lease, &p))
		return false;
	if (d != NULL) {
		memcpy(ident->octet, datum_value(d), sizeof(ident->octet));
		return d->from == 0;
	}
	g = &a->given[LEASE_ADDRESS];
	if (!g->plain || prefix_cmp(&g->prefix, &p) != 0)
		return false;
	ident_of_mac(ident, &lease->station->mac);
	return true;
}

/*
 * In another part of the network a station with another MAC address may have
 * got the same address.  Then of the two leases one is kept, and of what is
 * said of them perhaps the other: the router that has the station, and gave it
 * the address, says again whose it is, as long as the lease is the station's.
 */
bool
whose_claimed(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	struct datum	*lease;
	struct ident	 own;
	struct prefix	 p;
	enum lease_kind	 kind;
	monotime_t	 expires = c->expires;

	if (!core->started || (result != TABLE_REPLACED &&
	    result != TABLE_LOST) ||
	    !lease_of_key(core, c->key, c->keylen, &kind, &p) ||
	    kind != LEASE_ADDRESS ||
	    (lease = lease_find(core, kind, &p)) == NULL ||
	    !datum_live(lease, now) || lease->station == NULL ||
	    c->seqno < lease->seqno || !own_word(core, lease, &own, now) ||
	    memcmp(own.octet, c->value, sizeof(own.octet)) == 0)
		return false;
	if (d != NULL)
		expires = monotime_before(d->expires, expires) ? expires :
		    d->expires;
	put(core, &p, &own, seqno_after(c->seqno), expires, false, now);
	return true;
}
