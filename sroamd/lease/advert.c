/* SPDX-License-Identifier: ISC */
/*
 * What stations are sent unasked.  When they come, where their gateway is.  In
 * router advertisements their prefix, since each station gets a /64 of its own
 * (RFC 8273): when it joins, when it asks, and again before a lifetime runs
 * out.
 */
#include <string.h>

#include "common/ratelimit.h"
#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/door.h"
#include "lease/former.h"
#include "lease/iface.h"
#include "lease/lease.h"
#include "lease/network.h"
#include "lease/probe.h"
#include "lease/share.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

#define SOLICIT_MS	1000	/* a station is answered once in this time, */
#define SOLICIT_BURST	3	/* but may save up some answers */
#define FINALS		3	/* RFC 4861 6.2.5 */
#define FINAL_MS	1000
#define SPREAD_MS	2000	/* advertisements to all stations */
#define SLACK_S		10	/* a lease may be shorter than advertised */
#define SAFE_S		7200	/* RFC 4862 5.5.3: hosts accept no less */
#define AGAIN_MS	10000	/* after a lease that could not be stored */

static int	advert_interval(struct core *, const struct conf_network *);
static void	add_prefix(struct advert *, const struct prefix *,
		    uint32_t valid, uint32_t preferred);
static bool	own_prefix(struct core *, struct station *, bool asked,
		    struct prefix *, monotime_t);
static void	collect(struct core *, struct assoc *, struct advert *,
		    bool asked, monotime_t);
static void	collect_lost(struct station *, struct advert *, monotime_t);
static void	send(struct core *, struct assoc *, const struct addr *dst,
		    bool asked, monotime_t);
static void	schedule(struct core *, struct assoc *, monotime_t);

/*
 * Milliseconds between two advertisements to a station: four fit into the
 * shortest lifetime, so that three may get lost.
 */
static int
advert_interval(struct core *core, const struct conf_network *net)
{
	uint32_t	least = net->router_lifetime;
	int		ms;

	if (net->prefix_preferred < least)
		least = net->prefix_preferred;
	if (least < 4)
		least = 4;
	if (least > SAFE_S)
		least = SAFE_S;
	ms = (int)(least * 1000 / 4);
	return ms - ms / 20 - core_random_ms(core, 0, ms / 5);
}

static void
add_prefix(struct advert *ra, const struct prefix *p, uint32_t valid,
    uint32_t preferred)
{
	if (ra->nprefixes == ADVERT_PREFIXES)
		return;
	ra->prefixes[ra->nprefixes].prefix = *p;
	ra->prefixes[ra->nprefixes].valid = valid;
	ra->prefixes[ra->nprefixes].preferred = preferred;
	ra->nprefixes++;
}

/*
 * The prefix of the station, leased for as long as the advertisement will say.
 * While peers may have another one for it, a station gets none unless it asked.
 */
static bool
own_prefix(struct core *core, struct station *s, bool asked, struct prefix *p,
    monotime_t now)
{
	struct network		*net = s->network;
	const struct pool	*pool;
	uint32_t		 valid = net->conf.prefix_valid;
	struct client		 c;
	struct datum		*d;

	client_any(&c, &s->mac);
	d = lease_best(core, s, NULL, LEASE_PREFIX, now);
	if (d != NULL && lease_prefix(d, p) &&
	    datum_remaining(d, now) + SLACK_S >= valid &&
	    !former_is(core, s, &c, LEASE_PREFIX, p, now)) {
		lease_given(core, &c, LEASE_PREFIX, p, now);
		return true;
	}
	if (d == NULL && !asked && !core->started)
		return false;
	if (lease_choose(core, net, &c, LEASE_PREFIX, NULL, NULL,
	    share_of(s), p, now) == 0) {
		if (lease_grant(core, &c, LEASE_PREFIX, p, share_of(s),
		    valid, now) != NULL) {
			lease_given(core, &c, LEASE_PREFIX, p, now);
			former_end(core, s, &c, LEASE_PREFIX, p, now);
			return true;
		}
		/* No memory, or the table is full. */
		if (assoc_here(s) != NULL)
			timer_set(&core->timers, &s->assoc->advert,
			    monotime_add(now, AGAIN_MS));
		return false;
	}
	POOL_FOREACH(pool, net)
		if (pool->kind == LEASE_PREFIX)
			break;
	if (pool < net->pools + net->conf.nprefixes &&
	    ratelimit_pass(&core->lease->no_prefix, RATELIMIT_LOG, now))
		core_log(core, LEVEL_WARN, "station %s: no prefix is free",
		    mac_text(&s->mac));
	return false;
}

bool
advert_prefix(struct core *core, struct station *s, struct prefix *p,
    monotime_t now)
{
	return own_prefix(core, s, true, p, now);
}

/*
 * Its prefix, and those it has lost.  When the network ends, it has lost all.
 */
static void
collect(struct core *core, struct assoc *a, struct advert *ra, bool asked,
    monotime_t now)
{
	const struct conf_network	*conf = &a->station->network->conf;
	struct datum			*d;
	struct prefix			 p;
	uint32_t			 valid;

	if (!core->lease->retired) {
		if (own_prefix(core, a->station, asked, &p, now))
			add_prefix(ra, &p, conf->prefix_valid,
			    conf->prefix_preferred);
	} else if ((d = lease_best(core, a->station, NULL,
	    LEASE_PREFIX, now)) != NULL &&
	    lease_prefix(d, &p)) {
		valid = datum_remaining(d, now);
		add_prefix(ra, &p, valid < SAFE_S ? valid : SAFE_S, 0);
	}
	collect_lost(a->station, ra, now);
}

static void
collect_lost(struct station *s, struct advert *ra, monotime_t now)
{
	struct oldprefix	*old;
	int64_t			 valid;

	if (s->old == NULL)
		return;
	for (old = s->old; old < s->old + OLD_PREFIXES; old++) {
		if (!monotime_before(now, old->until))
			continue;
		if (ra->nprefixes > 0 &&
		    prefix_cmp(&old->prefix, &ra->prefixes[0].prefix) == 0) {
			old->until = now;	/* it has it again */
			continue;
		}
		valid = monotime_ms(now, old->until) / 1000;
		add_prefix(ra, &old->prefix,
		    (uint32_t)(valid < SAFE_S ? valid : SAFE_S), 0);
	}
}

/*
 * If routers differ in their MAC address, the station must learn ours.  If all
 * share one, it may have forgotten it: without carrier Linux drops it, asks too
 * early, and asks again only a second later.  The first frames after a roam are
 * easily lost: an access point has a station as authorised some moments before
 * the station is, and until then the station receives nothing.
 */
void
gateway_announce(struct core *core, struct assoc *a, monotime_t now)
{
	static const int	 next_ms[] = { 8, 8, 8, 8, 8, 16, 150, 800 };
	struct announce		 msg;

	memset(&msg, 0, sizeof(msg));
	msg.ifindex = a->iface->link.ifindex;
	msg.mac = a->station->mac;
	core_effect(core, EFFECT_ANNOUNCE, &msg, sizeof(msg));
	/*
	 * An announcement changes an entry that the station has, and makes no
	 * new one.  From a request for its own address it learns ours (RFC
	 * 826), and its first packet need not wait.
	 */
	if (a->announces == 0)
		assoc_probe(core, a, now);
	if (a->announces < sizeof(next_ms) / sizeof(next_ms[0]))
		timer_set(&core->timers, &a->announce,
		    monotime_add(now, next_ms[a->announces]));
	a->announces++;
}

static void
send(struct core *core, struct assoc *a, const struct addr *dst, bool asked,
    monotime_t now)
{
	struct advert	ra;

	timer_clear(&core->timers, &a->advert);
	if (addr_is_none(&a->iface->link.gateway6))
		return;
	memset(&ra, 0, sizeof(ra));
	collect(core, a, &ra, asked, now);
	if (ra.nprefixes == 0)
		return;
	ra.ifindex = a->iface->link.ifindex;
	ra.mac = a->station->mac;
	ra.dst = *dst;
	if (!core->lease->retired)
		ra.router_lifetime = a->station->network->conf.router_lifetime;
	ra.dns_lifetime = ra.router_lifetime;
	core->counters.adverts++;
	schedule(core, a, now);
	core_effect(core, EFFECT_ADVERT, &ra, sizeof(ra));
}

static void
schedule(struct core *core, struct assoc *a, monotime_t now)
{
	static const int	next_ms[] = { 1000, 2000 };
	int			ms;

	if (core->lease->retired) {
		if (a->adverts >= FINALS - 1)
			return;
		ms = FINAL_MS;
		a->adverts++;
	} else if (a->adverts < sizeof(next_ms) / sizeof(next_ms[0])) {
		/* The first frames after a roam get lost easily. */
		ms = next_ms[a->adverts++];
	} else
		ms = advert_interval(core, &a->station->network->conf);
	timer_set(&core->timers, &a->advert, monotime_add(now, ms));
}

/* Advertise its prefix to the station, if it has one. */
void
advert_send(struct core *core, struct assoc *a, monotime_t now)
{
	send(core, a, &a->linklocal, false, now);
}

/* Without an address it listens to all-nodes only. */
void
advert_answer(struct core *core, struct assoc *a, const struct addr *source,
    monotime_t now)
{
	send(core, a, addr_is_none(source) ? &addr_none : &a->linklocal,
	    true, now);
}

/* Advertise to all stations, each some times, spread over a while. */
void
advert_all(struct core *core, monotime_t now)
{
	struct iface	*i;
	struct assoc	*a;
	int		 spread;

	spread = core->lease->nassocs < SPREAD_MS ?
	    (int)core->lease->nassocs : SPREAD_MS;
	RB_FOREACH(i, iface_tree, &core->lease->ifaces)
		LIST_FOREACH(a, &i->assocs, on_link) {
			if (a->state != ASSOC_HERE)
				continue;
			a->adverts = 0;
			timer_set(&core->timers, &a->advert, monotime_add(now,
			    core_random_ms(core, 1, spread)));
		}
}

bool
advert_may_ask(struct assoc *a, monotime_t now)
{
	int64_t	full = SOLICIT_BURST * SOLICIT_MS;

	if (monotime_ms(a->solicits, now) > full)
		a->solicits = monotime_add(now, -full);
	if (monotime_ms(a->solicits, now) < SOLICIT_MS)
		return false;
	a->solicits = monotime_add(a->solicits, SOLICIT_MS);
	return true;
}

/* Because of something that the station sent: as often as it may ask. */
void
advert_soon(struct core *core, struct assoc *a, monotime_t now)
{
	a->adverts = 0;
	if (advert_may_ask(a, now))
		advert_send(core, a, now);
	else
		timer_set(&core->timers, &a->advert, monotime_add(now,
		    SOLICIT_MS));
}

/*
 * The network ends, and all stations are told.  A router that merely stops does
 * not send this, since its stations go on at another.
 */
void
core_retire(struct core *core, monotime_t now)
{
	core->lease->retired = true;
	core_log(core, LEVEL_INFO, "retired: %u stations are told that the "
	    "network ends", core->lease->nassocs);
	advert_all(core, now);
}
