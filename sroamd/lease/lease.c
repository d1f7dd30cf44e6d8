/* SPDX-License-Identifier: ISC */
/* Leases of addresses and prefixes, from the grant until they are forgotten. */
#include <string.h>

#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/door.h"
#include "lease/event.h"
#include "lease/lease.h"
#include "lease/network.h"
#include "lease/probe.h"
#include "lease/route.h"
#include "lease/share.h"
#include "lease/state.h"
#include "lease/station.h"
#include "lease/whose.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/order.h"
#include "table/state.h"
#include "table/table.h"

#define DECLINED_S	3600	/* quarantine of a declined address */
#define ASK_LATE_MS	1000
#define LATE_REFRESH_MS	20000	/* a third of LATE_S */

static void		 count(struct core *, const struct datum *, int);
static void		 attach(struct core *, struct datum *, monotime_t);
static void		 detach(struct core *, struct datum *, monotime_t);
static void		 schedule(struct core *, struct datum *, monotime_t);
static struct datum	*find_live(struct core *, const struct prefix *,
			    monotime_t);
static bool		 answer_end(struct core *, struct datum *,
			    const struct claim *, enum table_result,
			    monotime_t);
static int		 clear_station(struct core *, struct station *,
			    monotime_t);
static void		 withdrawn(struct core *, struct datum *, monotime_t);
static bool		 is_declined(const uint8_t *, uint8_t);
static void		 deprecate(struct core *, struct datum *);
static void		 resolve_kept(struct core *, struct datum *,
			    monotime_t);
static uint32_t		 given_remains(const struct datum *, monotime_t);
static monotime_t	 ask_due(struct core *, const struct datum *,
			    monotime_t);
static bool		 is_asked_for(struct core *, const struct datum *);
static void		 ask_again(struct core *, const struct datum *,
			    monotime_t);
static bool		 refresh_late(struct core *, struct datum *,
			    monotime_t);
static bool		 is_given_since(const struct datum *,
			    const struct prefix *, monotime_t ended);
static struct datum	*lease_put(struct core *, enum lease_kind,
			    const struct prefix *, const struct mac *,
			    uint64_t seqno, uint32_t seconds, bool own,
			    monotime_t);

/*
 * own: by what the station or the operator does here, so it is flooded at once;
 * else in answer to a peer.
 */
static struct datum *
lease_put(struct core *core, enum lease_kind kind, const struct prefix *p,
    const struct mac *mac, uint64_t seqno, uint32_t seconds, bool own,
    monotime_t now)
{
	uint8_t		 key[KEY_MAX], keylen;
	struct claim	 c;
	struct datum	*d;

	keylen = lease_whole_key(core, kind, p, key);
	memset(&c, 0, sizeof(c));
	c.key = key;
	c.keylen = keylen;
	c.value = mac->octet;
	c.vallen = sizeof(mac->octet);
	c.seqno = seqno;
	c.own = own;
	c.claimed = now;
	c.expires = monotime_add(now, 1000LL * (seqno_is_late(seqno) &&
	    seconds > LATE_S ? LATE_S : seconds));
	d = table_put(core, table_find(core, key, keylen), &c, now);
	if (d == NULL) {
		table_warn_full(core, now);
		return NULL;
	}
	lease_stored(core, d, now);
	return d;
}

/*
 * Lease it to the client, or extend its lease, never shorten it.  If the lease
 * had ended or was of another, a new one begins with the next seqno.  Whose it
 * is, is said before it, so that others hear of both in this order.
 */
struct datum *
lease_grant(struct core *core, const struct client *c, enum lease_kind kind,
    const struct prefix *p, uint16_t share, uint32_t seconds, monotime_t now)
{
	struct datum	*d = lease_find(core, kind, p);
	uint64_t	 seqno = d != NULL ? d->seqno : 0;
	bool		 goes_on;

	goes_on = d != NULL && datum_live(d, now) &&
	    mac_cmp(lease_mac(d), &c->mac) == 0;
	if (d != NULL && !goes_on)
		seqno = seqno_after(seqno);
	if (kind == LEASE_ADDRESS)
		whose_say(core, p, c, seqno, seconds, now);
	if (d != NULL && c->any && mac_cmp(lease_mac(d), &c->mac) == 0)
		whose_follow(core, d, seqno, now);
	if (goes_on && datum_remaining(d, now) >= seconds) {
		share_hold(core, d, share);
		return d;
	}
	d = lease_put(core, kind, p, &c->mac, seqno, seconds, true, now);
	if (d != NULL)
		share_hold(core, d, share);
	return d;
}

void
lease_end(struct core *core, struct datum *d, monotime_t now)
{
	struct mac	mac = *lease_mac(d);
	struct prefix	p;

	if (!lease_prefix(d, &p) || !datum_live(d, now))
		return;
	whose_follow(core, d, seqno_after(d->seqno), now);
	lease_put(core, lease_kind(d), &p, &mac, seqno_after(d->seqno), 0,
	    true, now);
}

/* Leased to no MAC address for a while; version 1 accepts this, too. */
void
lease_declined(struct core *core, struct datum *d, monotime_t now)
{
	static const struct mac	nobody;
	struct prefix		p;

	if (!lease_prefix(d, &p))
		return;
	core->counters.dhcp_declines++;
	core_log(core, LEVEL_WARN, "lease %s: declined by %s: in use",
	    addr_text(&p.addr), mac_text(lease_mac(d)));
	lease_put(core, lease_kind(d), &p, &nobody, seqno_after(d->seqno),
	    DECLINED_S, true, now);
}

static void
schedule(struct core *core, struct datum *d, monotime_t now)
{
	struct timerq	*memory = &core->memory[lease_kind(d)];
	bool		 ended = !datum_live(d, now);
	monotime_t	 due;

	timer_clear(d->memory ? memory : &core->timers, &d->timer);
	d->memory = ended;
	if (ended) {
		share_give(core, d);
		digest_subtract(core, d);
		timer_set(memory, &d->timer, monotime_add(d->expires,
		    kind_memory(d->kind, d->seqno)));
		return;
	}
	share_take(core, d);
	if (d->from != 0)
		share_hold(core, d, SHARE_NONE);
	due = digest_add(core, d, now);
	if (seqno_is_late(d->seqno) && given_remains(d, now) > 0)
		due = monotime_min(due, monotime_add(now, LATE_REFRESH_MS));
	due = monotime_min(due, ask_due(core, d, now));
	timer_set(&core->timers, &d->timer, due);
}

/*
 * For how long the station, which is here, may go on using what we gave it, s.
 * Its datum lives shorter if its seqno is late, and is refreshed until then.
 */
static uint32_t
given_remains(const struct datum *d, monotime_t now)
{
	const struct given	*g;
	struct prefix		 p;
	int64_t			 ms;

	if (d->from != 0 || d->station == NULL ||
	    assoc_here(d->station) == NULL || !lease_prefix(d, &p))
		return 0;
	g = &d->station->assoc->given[lease_kind(d)];
	ms = 1000LL * network_life(d->station->network, lease_kind(d)) -
	    monotime_ms(g->at, now);
	return prefix_cmp(&g->prefix, &p) == 0 && ms > 0 ?
	    (uint32_t)(ms / 1000) : 0;
}

/*
 * The station, which is here, is asked for an address that no DHCP extends: at
 * half of its life, a third and a sixth.  Then the lease ends.
 */
static const int	ask_parts[] = { 2, 3, 6 };

static bool
is_asked_for(struct core *core, const struct datum *d)
{
	return d->station != NULL && assoc_here(d->station) != NULL &&
	    lease_by_evidence(core, d);
}

static monotime_t
ask_due(struct core *core, const struct datum *d, monotime_t now)
{
	int64_t	left = monotime_ms(now, d->expires), life;
	size_t	i;

	if (!is_asked_for(core, d))
		return MONOTIME_NEVER;
	life = 1000LL * network_life(d->station->network, LEASE_ADDRESS);
	for (i = 0; i < sizeof(ask_parts) / sizeof(ask_parts[0]); i++)
		if (left > life / ask_parts[i])
			return monotime_add(now, left - life / ask_parts[i]);
	return MONOTIME_NEVER;
}

/* If one of these times has come: the timer is for other ends, too. */
static void
ask_again(struct core *core, const struct datum *d, monotime_t now)
{
	int64_t		left = monotime_ms(now, d->expires), late;
	struct prefix	p;
	size_t		i;

	if (left <= 0 || !is_asked_for(core, d) || !lease_prefix(d, &p))
		return;
	for (i = 0; i < sizeof(ask_parts) / sizeof(ask_parts[0]); i++) {
		late = 1000LL * network_life(d->station->network,
		    LEASE_ADDRESS) / ask_parts[i] - left;
		if (late >= 0 && late < ASK_LATE_MS)
			assoc_ask_for(core, d->station->assoc, &p.addr, false);
	}
}

void
lease_joined(struct core *core, const struct assoc *a, monotime_t now)
{
	struct datum	*d;

	LIST_FOREACH(d, &a->station->leases, lease)
		if (datum_live(d, now) && lease_by_evidence(core, d))
			schedule(core, d, now);
}

/* true: done. */
static bool
refresh_late(struct core *core, struct datum *d, monotime_t now)
{
	uint32_t	seconds = given_remains(d, now);
	struct prefix	p;
	struct mac	mac = *lease_mac(d);

	return seqno_is_late(d->seqno) && seconds > 0 && lease_prefix(d, &p) &&
	    lease_put(core, lease_kind(d), &p, &mac, d->seqno, seconds, false,
	    now) != NULL;
}

/* Put the lease into the list of the station that it names. */
static void
attach(struct core *core, struct datum *d, monotime_t now)
{
	const struct mac	*mac = lease_mac(d);
	struct station		*s;

	/* table_put has made it. */
	if (!mac_is_station(mac) || (s = station_find(core,
	    network_of_key(core, d->data, d->keylen), mac)) == NULL)
		return;
	d->station = s;
	LIST_INSERT_HEAD(&s->leases, d, lease);
	if (datum_live(d, now) && lease_by_evidence(core, d))
		schedule(core, d, now);
	route_lease(core, s, d, now);
}

/*
 * The station has lost the lease: no route, and its /64 is deprecated, here or
 * wherever it comes next.
 */
static void
detach(struct core *core, struct datum *d, monotime_t now)
{
	struct station	*s = d->station;
	struct assoc	*a;
	struct client	 c;
	struct prefix	 p, new;

	if (s == NULL)
		return;
	route_withdraw(core, d);
	LIST_REMOVE(d, lease);
	d->station = NULL;
	a = assoc_here(s);
	if (lease_kind(d) == LEASE_PREFIX && lease_prefix(d, &p) &&
	    (a != NULL || !d->memory))
		station_lost_prefix(core, s, &p, monotime_add(now,
		    1000LL * s->network->conf.prefix_valid));
	if (lease_kind(d) == LEASE_PREFIX && a != NULL) {
		/* One advertisement withdraws this prefix and gives another. */
		client_any(&c, &s->mac);
		if (lease_choose(core, s->network, &c, LEASE_PREFIX,
		    NULL, NULL, share_of(s), &new, now) == 0)
			lease_grant(core, &c, LEASE_PREFIX, &new,
			    share_of(s), s->network->conf.prefix_valid, now);
		a->adverts = 0;
		advert_send(core, a, now);
	}
	station_release(core, s);
}

/* There is one more in its network, or one less. */
static void
count(struct core *core, const struct datum *d, int more)
{
	struct network	*net = network_of_key(core, d->data, d->keylen);
	enum lease_kind	 kind = lease_kind(d);

	core->lease->nleases[kind] += (uint32_t)more;
	if (net != NULL)		/* else it has gone, too */
		net->nleases[kind] += (uint32_t)more;
}

/* A version of the lease was stored: update station, pool and route. */
void
lease_stored(struct core *core, struct datum *d, monotime_t now)
{
	const struct station	*was = d->station;
	bool			 was_live = d->counted && !d->memory;
	struct assoc		*a;
	struct prefix		 p;
	struct pool		*pool;

	if (d->station != NULL &&
	    mac_cmp(&d->station->mac, lease_mac(d)) != 0) {
		if (assoc_here(d->station) != NULL && lease_prefix(d, &p))
			core_log(core, LEVEL_WARN,
			    "lease %s: lost by %s to %s", prefix_text(&p),
			    mac_text(&d->station->mac),
			    mac_text(lease_mac(d)));
		if (mac_is_station(lease_mac(d)))
			event_lease(core, CTL_EVENT_CONFLICT, d, NULL);
		/* Its renewal will be refused; this makes it ask sooner. */
		if ((a = assoc_here(d->station)) != NULL &&
		    mac_is_station(lease_mac(d)) &&
		    lease_kind(d) != LEASE_PREFIX)
			assoc_renumber(core, a, now);
		detach(core, d, now);
	}
	if (!d->counted && lease_prefix(d, &p)) {
		d->counted = 1;
		count(core, d, 1);
		if ((pool = pool_inside(core, lease_kind(d), &p)) != NULL)
			pool->used++;
	}
	schedule(core, d, now);
	if (d->station == NULL)
		attach(core, d, now);
	else
		route_lease(core, d->station, d, now);
	event_stored(core, d, was_live, was, now);
}

void
lease_given(struct core *core, const struct client *c, enum lease_kind kind,
    const struct prefix *p, monotime_t now)
{
	const struct pool	*pool = pool_over(core, p);
	struct station		*s;
	struct given		*g;

	if (pool == NULL ||
	    (s = station_find(core, pool->network, &c->mac)) == NULL ||
	    assoc_here(s) == NULL)
		return;
	g = &s->assoc->given[kind];
	g->prefix = *p;
	g->at = now;
	g->plain = c->plain && !c->any;
}

/* DHCP is often faster than the report of the link layer. */
void
lease_recall(struct assoc *a)
{
	struct datum	*d;
	struct given	*g;
	struct prefix	 p;

	LIST_FOREACH(d, &a->station->leases, lease) {
		if (d->from != 0 || !lease_prefix(d, &p))
			continue;
		g = &a->given[lease_kind(d)];
		if (monotime_before(g->at, d->claimed)) {
			g->prefix = p;
			g->at = d->claimed;
			g->plain = false;
		}
	}
}

void
lease_moved(struct core *core, const struct assoc *a)
{
	struct datum	*d;

	LIST_FOREACH(d, &a->station->leases, lease)
		if (d->share != SHARE_NONE)
			share_hold(core, d, share_of(a->station));
}

/*
 * Whether the lease ended before it was given: by the table, or by what we gave
 * the station here, which no peer can change.
 */
static bool
is_given_since(const struct datum *d, const struct prefix *p,
    monotime_t ended)
{
	const struct given	*g = &d->station->assoc->given[lease_kind(d)];

	return monotime_before(ended, d->claimed) ||
	    (prefix_cmp(&g->prefix, p) == 0 && monotime_before(ended, g->at));
}

/*
 * A peer sends the end of a lease, older than the lease that we gave to the
 * station here: make the lease again with the next seqno.
 */
static bool
answer_end(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	struct prefix	p;
	struct mac	mac;
	bool		ended = !monotime_before(now, c->expires);

	if (!lease_prefix(d, &p))
		return false;
	if (result != TABLE_REPLACED || !ended || !datum_live(d, now) ||
	    d->station == NULL || assoc_here(d->station) == NULL ||
	    memcmp(lease_mac(d), c->value, sizeof(mac)) != 0 ||
	    !is_given_since(d, &p, c->claimed))
		return false;
	mac = *lease_mac(d);
	whose_follow(core, d, seqno_after(c->seqno), now);
	lease_put(core, lease_kind(d), &p, &mac, seqno_after(c->seqno),
	    datum_remaining(d, now), false, now);
	return true;
}

/*
 * The lease of a station here was ended by another router or by the operator.
 * The station learns of its prefix, or the next one, at once.  For its address
 * it must ask, and is made to if possible.
 */
static void
withdrawn(struct core *core, struct datum *d, monotime_t now)
{
	struct assoc	*a = d->station != NULL ? assoc_here(d->station) : NULL;

	if (a == NULL || datum_live(d, now))
		return;
	if (lease_kind(d) == LEASE_PREFIX) {
		a->adverts = 0;
		advert_send(core, a, now);
	} else if (!monotime_before(d->claimed, a->since))
		assoc_renumber(core, a, now);
}

/*
 * A conflict that our version won.  If the station is here, flood it with the
 * next seqno, for version 1 (claim_order).
 */
static void
resolve_kept(struct core *core, struct datum *d, monotime_t now)
{
	struct prefix	p;
	struct mac	mac = *lease_mac(d);

	if (d->station == NULL || assoc_here(d->station) == NULL ||
	    !datum_live(d, now) || !lease_prefix(d, &p))
		return;
	whose_follow(core, d, seqno_after(d->seqno), now);
	lease_put(core, lease_kind(d), &p, &mac, seqno_after(d->seqno),
	    datum_remaining(d, now), false, now);
}

const char *
lease_check(const struct core *core, const struct update *u)
{
	const struct pool	*pool;
	struct prefix		 prefix;
	struct inner		 inner;
	enum lease_kind		 kind;

	if (!key_inner(core, u->data, u->keylen, &inner))
		return "malformed";
	if (!lease_key_parse(inner.key, inner.len, &kind, &prefix))
		return inner.at > 0 ? NULL : "malformed";
	if (u->vallen != sizeof(struct mac))
		return "malformed";
	/* Of a network by name lease_fits has seen. */
	if (inner.at > 0 || !networks_serve(core))
		return NULL;
	if ((pool = pool_over(core, &prefix)) == NULL)
		return "a lease outside of our prefixes";
	return pool->network == core->lease->networks.list[0] ?
	    NULL : "a lease in a prefix of another network";
}

bool
lease_fits(const struct core *core, const struct inner *inner)
{
	const struct pool	*pool;
	struct prefix		 prefix;
	enum lease_kind		 kind;

	return lease_key_parse(inner->key, inner->len, &kind, &prefix) &&
	    (pool = pool_over(core, &prefix)) != NULL &&
	    pool->network == core->lease->networks.list[inner->network];
}

/* A declined address is in quarantine, whatever its kind. */
static bool
is_declined(const uint8_t *data, uint8_t keylen)
{
	static const struct mac	nobody;

	return memcmp(data + keylen, &nobody, sizeof(nobody)) == 0;
}

/* A pure flooding server has no lease time of its own. */
uint32_t
lease_life(const struct core *core, const uint8_t *data, uint8_t keylen,
    uint8_t vallen)
{
	const struct pool	*pool;
	struct prefix		 p;
	struct inner		 inner;
	enum lease_kind		 kind;

	(void)vallen;
	if (!key_inner(core, data, keylen, &inner) ||
	    !lease_key_parse(inner.key, inner.len, &kind, &p) ||
	    (pool = pool_over(core, &p)) == NULL)
		return RELAYED_S;
	return is_declined(data, keylen) ? DECLINED_S :
	    network_life(pool->network, kind);
}

int
lease_name(struct core *core, const struct claim *c)
{
	return station_name(core, network_of_key(core, c->key, c->keylen),
	    (const struct mac *)c->value);
}

void
lease_unname(struct core *core, const struct claim *c, int made)
{
	(void)made;
	station_release(core, station_find(core,
	    network_of_key(core, c->key, c->keylen),
	    (const struct mac *)c->value));
}

bool
lease_claimed(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	if (d == NULL)
		return false;
	if (answer_end(core, d, c, result, now))
		return true;
	if (result == TABLE_KEPT)
		resolve_kept(core, d, now);
	return false;
}

void
lease_accepted(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	(void)c;
	(void)result;
	withdrawn(core, d, now);
}

/* The lease has ended: it is remembered, and later removed. */
void
lease_timer(struct core *core, struct datum *d, monotime_t now)
{
	struct prefix	p;

	if (d->memory) {
		lease_remove(core, d);
		return;
	}
	if (refresh_late(core, d, now))
		return;
	ask_again(core, d, now);
	schedule(core, d, now);
	if (datum_live(d, now))
		return;
	if (d->station != NULL)
		route_lease(core, d->station, d, now);
	event_lease(core, CTL_EVENT_EXPIRE, d, NULL);
	if (lease_prefix(d, &p))
		core_log(core, LEVEL_DEBUG, "lease %s of %s: ended",
		    prefix_text(&p), mac_text(lease_mac(d)));
}

void
lease_forget(struct core *core, struct datum *d, monotime_t now)
{
	(void)now;
	deprecate(core, d);
	lease_remove(core, d);
}

/* The station, which is here, has to hear that its /64 is none any more. */
static void
deprecate(struct core *core, struct datum *d)
{
	struct prefix	p;

	if (d->station != NULL && lease_kind(d) == LEASE_PREFIX &&
	    assoc_here(d->station) != NULL && lease_prefix(d, &p))
		station_lost_prefix(core, d->station, &p, d->expires);
}

void
lease_remove(struct core *core, struct datum *d)
{
	struct station	*s = d->station;
	struct prefix	 p;
	struct pool	*pool;

	route_withdraw(core, d);
	share_give(core, d);
	if (s != NULL)
		LIST_REMOVE(d, lease);
	if (d->counted && lease_prefix(d, &p)) {
		count(core, d, -1);
		if ((pool = pool_inside(core, lease_kind(d), &p)) != NULL)
			pool->used--;
	}
	table_remove(core, d);
	if (s != NULL)
		station_release(core, s);
}

/* After a change of the prefixes: end leases outside, count pools again. */
void
lease_recount(struct core *core)
{
	struct datum	*d, *next;
	struct prefix	 p;
	struct pool	*pool;

	/* Data that got another meaning have been counted already. */
	networks_uncount(core);
	share_recount(core);
	RB_FOREACH_SAFE(d, datum_tree, &core->data, next) {
		if (!lease_prefix(d, &p))
			continue;
		if ((pool = pool_inside(core, lease_kind(d), &p)) != NULL)
			pool->used++;
		else if (networks_serve(core) &&
		    pool_of(core, lease_kind(d), &p) == NULL) {
			deprecate(core, d);
			if (pool_over(core, &p) == NULL)
				lease_remove(core, d);
		}
	}
}

/* For all kinds of leases. */
static struct datum *
find_live(struct core *core, const struct prefix *p, monotime_t now)
{
	struct datum	*d;
	enum lease_kind	 kind;
	uint8_t		 key[LEASE_KEY_MAX], keylen;
	struct prefix	 same;
	int		 n;

	for (n = 0; n < LEASE_KINDS; n++) {
		keylen = lease_key((enum lease_kind)n, p, key);
		if (lease_key_parse(key, keylen, &kind, &same) &&
		    prefix_cmp(p, &same) == 0 &&
		    (d = lease_find(core, kind, p)) != NULL &&
		    datum_live(d, now))
			return d;
	}
	return NULL;
}

/* Of the station in one network. */
static int
clear_station(struct core *core, struct station *s, monotime_t now)
{
	struct datum	*d;
	int		 n = 0;

	LIST_FOREACH(d, &s->leases, lease)
		if (datum_live(d, now)) {
			lease_end(core, d, now);
			withdrawn(core, d, now);
			n++;
		}
	return n;
}

int
core_clear_lease(struct core *core, const char *network,
    const struct prefix *p, const struct mac *mac, monotime_t now)
{
	const struct networks	*all = &core->lease->networks;
	struct station		*s;
	struct datum		*d;
	uint32_t		 i;
	int			 n = 0;

	if (p != NULL) {
		if ((d = find_live(core, p, now)) == NULL ||
		    !network_meant(core, network_of_key(core, d->data,
		    d->keylen), network))
			return -1;
		lease_end(core, d, now);
		withdrawn(core, d, now);
		return 0;
	}
	for (i = 0; mac != NULL && i < all->n; i++)
		if (network_meant(core, all->list[i], network) &&
		    (s = station_find(core, all->list[i], mac)) != NULL)
			n += clear_station(core, s, now);
	return n > 0 ? 0 : -1;
}
