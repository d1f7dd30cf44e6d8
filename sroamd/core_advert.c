/* SPDX-License-Identifier: ISC */
/*
 * Router advertisements: each station gets a /64 of its own (RFC 8273) in
 * unicast advertisements, when it joins, when it asks, and again before
 * anything of what it was told runs out.
 */
#include <string.h>

#include "core_state.h"

static uint32_t	advert_interval(const struct core *);
static void	add_prefix(struct advert *, const struct prefix *,
		    uint32_t valid, uint32_t preferred);
static bool	collect(struct core *, struct assoc *, struct advert *,
		    monotime_t);

/*
 * Seconds between two advertisements to a station: three may get lost before
 * the first lifetime ends.
 */
static uint32_t
advert_interval(const struct core *core)
{
	const struct conf_global	*conf = &core->conf;
	uint32_t			 least = conf->router_lifetime;

	if (conf->prefix_preferred < least)
		least = conf->prefix_preferred;
	least /= 4;
	return least > 0 ? least : 1;
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

/* Its prefixes, extended to what is promised now, and those it has lost. */
static bool
collect(struct core *core, struct assoc *a, struct advert *ra, monotime_t now)
{
	const struct conf_global	*conf = &core->conf;
	struct datum			*d;
	struct prefix			 p;
	unsigned int			 n;

	d = lease_best(core, a->station, false, now);
	if (d != NULL && lease_prefix(d, &p) && conf_covers(conf, &p) &&
	    lease_grant(core, &a->station->mac, &p, conf->prefix_valid,
	    now) != NULL)
		add_prefix(ra, &p, conf->prefix_valid, conf->prefix_preferred);
	for (n = 0; n < sizeof(a->old) / sizeof(a->old[0]); n++)
		if (monotime_before(now, a->old[n].until))
			add_prefix(ra, &a->old[n].prefix, (uint32_t)
			    (monotime_ms(now, a->old[n].until) / 1000), 0);
	return ra->nprefixes > 0;
}

/* Advertise to the station what it has; nothing if it has no prefix. */
void
advert_send(struct core *core, struct assoc *a, monotime_t now)
{
	static const int	next_ms[] = { 1000, 2000 };
	struct effect		e = { .type = EFFECT_ADVERT };
	struct advert		ra;
	int			interval;

	timer_clear(&core->timers, &a->advert);
	if (addr_is_none(&a->iface->link.gateway6))
		return;
	memset(&ra, 0, sizeof(ra));
	if (!collect(core, a, &ra, now))
		return;
	ra.ifindex = a->iface->link.ifindex;
	ra.mac = a->station->mac;
	ra.dst = a->linklocal;
	ra.router_lifetime = core->conf.router_lifetime;
	ra.dns_lifetime = core->conf.router_lifetime;
	core->counters.adverts++;
	if (a->adverts < sizeof(next_ms) / sizeof(next_ms[0])) {
		/* The first frames after a roam get lost easily. */
		interval = next_ms[a->adverts++];
	} else {
		interval = (int)(advert_interval(core) * 1000);
		interval -= core_random_ms(core, 0, interval / 4);
	}
	timer_set(&core->timers, &a->advert, monotime_add(now, interval));
	e.advert = &ra;
	core_effect(core, &e);
}

/*
 * RFC 4861 6.2.6, RFC 8273 4.  A station asks here before the link layer's
 * word may have come; it is answered then, but only where it is known to be.
 */
void
core_solicit(struct core *core, const struct solicit *rs, monotime_t now)
{
	struct iface	 key, *i;
	struct station	*s;
	struct assoc	*a;
	struct prefix	 p;

	key.link.ifindex = rs->ifindex;
	i = RB_FIND(iface_tree, &core->ifaces, &key);
	if (i == NULL || addr_is_none(&i->link.gateway6) ||
	    !mac_is_station(&rs->source_mac))
		return;
	if (mac_is_station(&rs->lladdr) &&
	    mac_cmp(&rs->lladdr, &rs->source_mac) != 0)
		return;
	if (lease_choose(core, &rs->source_mac, false, NULL, &p, now) == -1 ||
	    lease_grant(core, &rs->source_mac, &p, core->conf.prefix_valid,
	    now) == NULL) {
		core_log(core, LEVEL_WARN, "%s: station %s: no prefix is free",
		    i->link.name, mac_text(&rs->source_mac));
		return;
	}
	if ((s = station_find(core, &rs->source_mac)) == NULL ||
	    (a = assoc_here(s)) == NULL || a->iface != i)
		return;		/* assoc_join advertises */
	if (addr_is_linklocal(&rs->source))
		a->linklocal = rs->source;
	a->heard = now;
	a->adverts = 0;
	advert_send(core, a, now);
}
