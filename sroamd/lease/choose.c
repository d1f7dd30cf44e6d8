/* SPDX-License-Identifier: ISC */
/*
 * Which address or prefix a client gets, and which it may have.  All routers
 * choose alike, by a keyed hash of MAC address, client identifier and prefix
 * and by probing from there, so that a client gets the same address in a
 * partition or after a loss of the table.
 */
#include <sha2.h>
#include <string.h>

#include "common/container_of.h"
#include "common/ratelimit.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/host.h"
#include "lease/network.h"
#include "lease/offer.h"
#include "lease/reserve.h"
#include "lease/share.h"
#include "lease/state.h"
#include "lease/station.h"
#include "lease/whose.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"
#include "table/table.h"

#define REUSE_LOOK	64	/* ended leases, roughly in order */
#define POOL_LOG_MS	3600000LL

static uint64_t	hash(const struct core *, const struct client *,
		    const struct prefix *);
static bool	is_static(const struct core *, const struct prefix *);
static bool	is_open_to(const struct core *, const struct client *,
		    const struct pool *, const struct prefix *,
		    const struct datum *, bool live);
static bool	is_first(const struct core *, const struct client *,
		    enum lease_kind, const struct prefix *);
static int	likelihood(struct core *, const struct datum *,
		    const struct client *, monotime_t);
static bool	is_better(struct core *, const struct datum *,
		    const struct datum *, const struct client *, monotime_t);
static int	choose_in(struct core *, const struct pool *,
		    const struct client *, uint16_t, struct prefix *,
		    monotime_t);
static int	reuse(struct core *, struct network *, const struct client *,
		    enum lease_kind, uint16_t, struct prefix *, monotime_t);
static void	warn_pool(struct core *, struct ratelimit *, const char *fmt,
		    enum lease_kind, int64_t ms, monotime_t);
static int	choose_old(struct core *, struct network *,
		    const struct client *, enum lease_kind, uint16_t,
		    struct prefix *, monotime_t);
static int	choose(struct core *, struct network *,
		    const struct client *, enum lease_kind,
		    const struct addr *near, uint16_t, struct prefix *,
		    monotime_t);

static uint64_t
hash(const struct core *core, const struct client *c,
    const struct prefix *pool)
{
	SHA2_CTX	ctx;
	uint8_t		digest[SHA256_DIGEST_LENGTH];
	uint64_t	n;

	SHA256Init(&ctx);
	SHA256Update(&ctx, core->conf.network_key,
	    sizeof(core->conf.network_key));
	SHA256Update(&ctx, c->mac.octet, sizeof(c->mac.octet));
	if (!c->plain)
		SHA256Update(&ctx, c->ident.octet, sizeof(c->ident.octet));
	SHA256Update(&ctx, pool->addr.octet, sizeof(pool->addr.octet));
	SHA256Update(&ctx, &pool->len, 1);
	SHA256Final(digest, &ctx);
	/* In network order, so that all machines agree. */
	n = (uint64_t)digest[0] << 56 | (uint64_t)digest[1] << 48 |
	    (uint64_t)digest[2] << 40 | (uint64_t)digest[3] << 32 |
	    (uint64_t)digest[4] << 24 | (uint64_t)digest[5] << 16 |
	    (uint64_t)digest[6] << 8 | digest[7];
	return n;
}

/* Not for stations: network, broadcast and routers' addresses. */
static bool
out_of_bounds(const struct core *core, const struct pool *pool,
    const struct prefix *p)
{
	return pool_is_end(pool, p) || core_is_reserved(core, p);
}

/*
 * Whether any station may have it.  A peer may have leased an address that we
 * would not (version 1 leases its own gateway).  Such a lease is relayed, but
 * not routed or confirmed here.
 */
bool
lease_usable(const struct core *core, enum lease_kind kind,
    const struct prefix *p)
{
	const struct pool	*pool = pool_of(core, kind, p);

	return pool != NULL && !out_of_bounds(core, pool, p);
}

static bool
is_static(const struct core *core, const struct prefix *p)
{
	const struct pool	*pool = pool_over(core, p);

	return pool != NULL && conf_is_static(&pool->network->conf, &p->addr);
}

/*
 * By the configuration: the address of a host is for that host only; other
 * stations have the ranges.  What is static is no client's of DHCP, but of
 * whichever station uses it.  Of a host with a client id, the lease says at
 * which station it is.
 */
static bool
is_open_to(const struct core *core, const struct client *c,
    const struct pool *pool, const struct prefix *p, const struct datum *d,
    bool live)
{
	const struct host	*h = host_at(core, pool->kind, p);

	if (h == NULL)
		return pool_has(pool, p) || (c->any &&
		    pool->kind == LEASE_ADDRESS && is_static(core, p));
	if (c->any && h->conf.client_idlen > 0)
		return live && mac_cmp(lease_mac(d), &c->mac) == 0;
	return host_is(h, c);
}

bool
lease_by_evidence(const struct core *core, const struct datum *d)
{
	const struct host	*h;
	struct prefix		 p;

	if (lease_kind(d) != LEASE_ADDRESS || !lease_prefix(d, &p))
		return false;
	if ((h = host_at(core, LEASE_ADDRESS, &p)) != NULL)
		return h->conf.client_idlen == 0;
	return is_static(core, &p);
}

bool
lease_allowed(struct core *core, struct network *net,
    const struct client *c, enum lease_kind kind, const struct prefix *p,
    monotime_t now)
{
	const struct pool	*pool = pool_of(core, kind, p);
	struct offer		*o;
	struct datum		*d = lease_find(core, kind, p);
	bool			 live = d != NULL && datum_live(d, now);

	if (pool == NULL || pool->network != net ||
	    out_of_bounds(core, pool, p) ||
	    !is_open_to(core, c, pool, p, d, live))
		return false;
	if (d != NULL)
		return !live || (mac_cmp(lease_mac(d), &c->mac) == 0 &&
		    whose_may_be(core, d, c, now));
	o = offer_find(core, &p->addr);
	return o == NULL || client_is(&o->client, c);
}

/* What it has or was offered, or is configured for it, counts already. */
bool
lease_is_open(struct core *core, const struct client *c, enum lease_kind kind,
    const struct prefix *p, uint16_t share, monotime_t now)
{
	const struct pool	*pool = pool_inside(core, kind, p);
	const struct offer	*o = offer_find(core, &p->addr);
	const struct datum	*d = lease_find(core, kind, p);

	return pool == NULL || share_permits(core, pool, share) ||
	    host_at(core, kind, p) != NULL ||
	    (o != NULL && client_is(&o->client, c)) ||
	    (d != NULL && datum_live(d, now) &&
	    mac_cmp(lease_mac(d), &c->mac) == 0);
}

/*
 * Go from the place of the hash to the first address that no client has, had
 * or was offered.  Only in a pool that is nearly full is this long; a full pool
 * is not searched.
 */
static int
choose_in(struct core *core, const struct pool *pool, const struct client *c,
    uint16_t share, struct prefix *p, monotime_t now)
{
	const struct lease_state	*l = core->lease;
	uint64_t			 n, tries, most;
	struct datum			*d;

	if (pool->used >= pool->size)
		return CHOOSE_NONE;
	n = hash(core, c, &pool->prefix) % pool->size;
	most = pool->used + l->noffers + l->nrouters + l->hosts.n +
	    l->nreserved + 2;
	for (tries = 0; tries < pool->size && tries <= most; tries++, n++) {
		if (n == pool->size)
			n = 0;
		pool_nth(pool, n, p);
		if ((d = lease_find(core, pool->kind, p)) != NULL &&
		    (mac_cmp(lease_mac(d), &c->mac) != 0 ||
		    !whose_is(core, d, c, now)))
			continue;
		if (lease_allowed(core, pool->network, c, pool->kind, p, now))
			return lease_is_open(core, c, pool->kind, p, share,
			    now) ? 0 : CHOOSE_KEPT;
	}
	return CHOOSE_NONE;
}

/*
 * The address whose lease ended first.  It is at the top of the heap, unless
 * this station may not have it.
 */
static int
reuse(struct core *core, struct network *net, const struct client *c,
    enum lease_kind kind, uint16_t share, struct prefix *p, monotime_t now)
{
	struct datum	*d, *best = NULL;
	struct timer	*t;
	uint32_t	 i;
	int		 rc = CHOOSE_NONE;

	for (i = 0; i < REUSE_LOOK; i++) {
		if ((t = timerq_peek(&core->memory[kind], i)) == NULL)
			break;
		d = container_of(t, struct datum, timer);
		if (datum_live(d, now) || !lease_prefix(d, p) ||
		    !lease_allowed(core, net, c, kind, p, now))
			continue;
		if (!lease_is_open(core, c, kind, p, share, now))
			rc = CHOOSE_KEPT;
		else if (best == NULL ||
		    monotime_before(d->expires, best->expires))
			best = d;
	}
	return best != NULL && lease_prefix(best, p) ? 0 : rc;
}

/* At most one line in `ms` and of a kind. */
static void
warn_pool(struct core *core, struct ratelimit *limit, const char *fmt,
    enum lease_kind kind, int64_t ms, monotime_t now)
{
	static const char *const	names[LEASE_KINDS] = {
		[LEASE_ADDRESS] = "IPv4 address",
		[LEASE_PREFIX] = "IPv6 prefix",
		[LEASE_DELEGATED] = "delegated prefix"
	};

	if (ratelimit_pass(limit, ms, now))
		core_log(core, LEVEL_WARN, fmt, names[kind]);
}

/* What it has, has had, or is configured for it. */
static int
choose_old(struct core *core, struct network *net,
    const struct client *c, enum lease_kind kind, uint16_t share,
    struct prefix *p, monotime_t now)
{
	struct station	*s = station_find(core, net, &c->mac);
	struct datum	*d;

	if (host_prefix(core, net, &c->mac, kind, p) &&
	    lease_allowed(core, net, c, kind, p, now))
		return 0;
	if (s == NULL)
		return -1;
	if ((d = lease_best(core, s, c, kind, now)) != NULL &&
	    lease_prefix(d, p))
		return 0;
	LIST_FOREACH(d, &s->leases, lease)
		if (lease_kind(d) == kind && lease_prefix(d, p) &&
		    whose_may_be(core, d, c, now) &&
		    lease_allowed(core, net, c, kind, p, now) &&
		    lease_is_open(core, c, kind, p, share, now))
			return 0;
	return -1;
}

static int
choose(struct core *core, struct network *net, const struct client *c,
    enum lease_kind kind, const struct addr *near, uint16_t share,
    struct prefix *p, monotime_t now)
{
	const struct pool	*pool;
	bool			 kept = false;
	int			 rc;

	if (near != NULL && !addr_is_none(near))
		POOL_FOREACH(pool, net)
			if (pool->kind == kind &&
			    prefix_contains(&pool->prefix, near) &&
			    choose_in(core, pool, c, share, p, now) == 0)
				return 0;
	POOL_FOREACH(pool, net) {
		if (pool->kind != kind)
			continue;
		if ((rc = choose_in(core, pool, c, share, p, now)) == 0)
			return 0;
		kept |= rc == CHOOSE_KEPT;
	}
	if ((rc = reuse(core, net, c, kind, share, p, now)) == 0) {
		warn_pool(core, &core->lease->pool_short[kind], "pool: short "
		    "of %ses: those of the least recent stations are given to "
		    "new ones", kind, POOL_LOG_MS, now);
		core->counters.pool_reused++;
		return 0;
	}
	if (kept || rc == CHOOSE_KEPT)
		return CHOOSE_KEPT;
	warn_pool(core, &core->lease->pool_empty[kind], "pool: no %s is free: "
	    "new stations get none", kind, POOL_LOG_MS, now);
	core->counters.pool_empty++;
	return CHOOSE_NONE;
}

void
lease_kept(struct core *core, enum lease_kind kind, monotime_t now)
{
	core->counters.pool_kept++;
	warn_pool(core, &core->lease->pool_kept[kind], "pool: a port has many "
	    "%ses and gets no more: the rest is kept for others", kind,
	    RATELIMIT_LOG, now);
}

int
lease_first(struct core *core, struct network *net, const struct client *c,
    uint16_t share, struct prefix *p, monotime_t now)
{
	const struct pool	*pool;

	POOL_FOREACH(pool, net)
		if (pool->kind == LEASE_ADDRESS &&
		    choose_in(core, pool, c, share, p, now) == 0)
			return 0;
	return CHOOSE_NONE;
}

/* A client of a relay may have one of another prefix than the first. */
bool
lease_is_first(struct core *core, struct network *net,
    const struct client *c, const struct prefix *p, uint16_t share,
    monotime_t now)
{
	const struct pool	*pool = pool_inside(core, LEASE_ADDRESS, p);
	struct prefix		 first;

	return pool != NULL && pool->network == net &&
	    choose_in(core, pool, c, share, &first, now) == 0 &&
	    prefix_cmp(&first, p) == 0;
}

/* First what it had, then its wish, then a new one. */
int
lease_choose(struct core *core, struct network *net,
    const struct client *c, enum lease_kind kind, const struct prefix *wish,
    const struct addr *near, uint16_t share, struct prefix *p, monotime_t now)
{
	int	rc;

	if (choose_old(core, net, c, kind, share, p, now) == 0)
		return 0;
	if (wish != NULL && lease_find(core, kind, wish) == NULL &&
	    lease_allowed(core, net, c, kind, wish, now) &&
	    lease_is_open(core, c, kind, wish, share, now)) {
		*p = *wish;
		return 0;
	}
	rc = choose(core, net, c, kind, near, share, p, now);
	if (rc == CHOOSE_KEPT)
		lease_kept(core, kind, now);
	return rc;
}

/* Whether its hash leads there. */
static bool
is_first(const struct core *core, const struct client *c,
    enum lease_kind kind, const struct prefix *p)
{
	const struct pool	*pool = pool_inside(core, kind, p);
	struct prefix		 first;

	if (pool == NULL || pool->size == 0)
		return false;
	pool_nth(pool, hash(core, c, &pool->prefix) % pool->size, &first);
	return prefix_cmp(&first, p) == 0;
}

/*
 * How likely a lease of its MAC address is the client's: it is said to be, it
 * asks for it, its hash leads there.
 */
static int
likelihood(struct core *core, const struct datum *d, const struct client *c,
    monotime_t now)
{
	struct prefix	p;
	struct ident	ident;

	if (c->any || !lease_prefix(d, &p))
		return 0;
	if (whose_ident(core, d, &ident, now) && whose_is(core, d, c, now))
		return 3;
	if (addr_cmp(&c->asks, &p.addr) == 0)
		return 2;
	return is_first(core, c, lease_kind(d), &p);
}

static bool
is_better(struct core *core, const struct datum *d, const struct datum *than,
    const struct client *c, monotime_t now)
{
	int	is = likelihood(core, d, c, now);
	int	other = likelihood(core, than, c, now);

	if (is != other)
		return is > other;
	return monotime_before(than->expires, d->expires);
}

struct datum *
lease_best(struct core *core, struct station *s, const struct client *c,
    enum lease_kind kind, monotime_t now)
{
	struct datum	*d, *best = NULL;
	struct client	 any;
	struct prefix	 p;

	client_any(&any, &s->mac);
	if (c == NULL)
		c = &any;
	LIST_FOREACH(d, &s->leases, lease) {
		if (lease_kind(d) != kind || !datum_live(d, now) ||
		    !lease_prefix(d, &p) ||
		    !lease_allowed(core, s->network, c, kind, &p, now))
			continue;
		if (host_at(core, kind, &p) != NULL)
			return d;
		if (best == NULL || is_better(core, d, best, c, now))
			best = d;
	}
	return best;
}
