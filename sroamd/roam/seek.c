/* SPDX-License-Identifier: ISC */
/* Silent hosts are asked: seek.h. */
#include <string.h>

#include "lease/find.h"
#include "lease/host.h"
#include "lease/iface.h"
#include "lease/network.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/seek.h"
#include "roam/state.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"
#include "table/table.h"

#define LOOK	256	/* hosts and leases that are passed over in one turn */

/* What may still be sent in this turn. */
struct budget {
	int		 known, new, look;
};

static bool		 is_nowhere(struct core *, const struct iface *,
			    const struct mac *);
static bool		 seek_hosts(struct core *, struct iface *,
			    struct budget *);
static struct datum	*next_static(struct core *, struct iface *);
static bool		 seek_static(struct core *, struct iface *,
			    struct budget *);
static bool		 ask(struct core *, const struct iface *,
			    const struct mac *, const struct addr *,
			    bool known, struct budget *);

void
seek_begin(struct core *core, struct iface *i, monotime_t now)
{
	struct timer	*t = &core->roam->seek;

	if (!core->started || i->link.source == SOURCE_NL80211 ||
	    addr_is_none(&i->link.gateway4))
		return;
	i->seeks = true;
	i->seek_host = i->seek_range = 0;
	i->seek_addr = addr_none;
	if (!timer_is_set(t))
		timer_set(&core->timers, t, monotime_add(now, SEEK_MS));
}

void
seek_all(struct core *core, monotime_t now)
{
	struct iface	*i;

	RB_FOREACH(i, iface_tree, &core->lease->ifaces)
		seek_begin(core, i, now);
}

/* A turn for each interface. */
void
seek_timer(struct core *core, monotime_t now)
{
	struct iface	*i;
	bool		 more = false;

	RB_FOREACH(i, iface_tree, &core->lease->ifaces) {
		struct budget	b = { SEEK_KNOWN, SEEK_NEW, LOOK };

		if (!i->seeks)
			continue;
		i->seeks = !seek_hosts(core, i, &b) ||
		    !seek_static(core, i, &b);
		more |= i->seeks;
	}
	if (more)
		timer_set(&core->timers, &core->roam->seek,
		    monotime_add(now, SEEK_MS));
}

static bool
is_nowhere(struct core *core, const struct iface *i, const struct mac *mac)
{
	const struct station	*s = station_find(core, i->network, mac);

	return s == NULL || (s->assoc == NULL && s->router == NULL);
}

/* false: not any more in this turn. */
static bool
ask(struct core *core, const struct iface *i, const struct mac *mac,
    const struct addr *addr, bool known, struct budget *b)
{
	struct probe	 p;
	int		*left = known ? &b->known : &b->new;

	if (*left == 0)
		return false;
	(*left)--;
	memset(&p, 0, sizeof(p));
	p.ifindex = i->link.ifindex;
	p.mac = *mac;
	p.addr = *addr;
	p.everybody = !known;
	core->counters.probes++;
	core_effect(core, EFFECT_PROBE, &p, sizeof(p));
	return true;
}

/* true: that was the last one. */
static bool
seek_hosts(struct core *core, struct iface *i, struct budget *b)
{
	const struct host	*h;
	struct datum		*d;
	struct prefix		 p;
	bool			 known;

	for (; (h = host_nth(core, i->seek_host)) != NULL; i->seek_host++) {
		if (b->look-- == 0)
			return false;
		if (h->conf.network != i->network->number ||
		    h->conf.client_idlen > 0 ||
		    !is_nowhere(core, i, &h->conf.mac))
			continue;
		prefix_host(&p, &h->conf.addr);
		d = lease_find(core, LEASE_ADDRESS, &p);
		known = d != NULL &&
		    mac_cmp(lease_mac(d), &h->conf.mac) == 0;
		if (!ask(core, i, &h->conf.mac, &p.addr, known, b))
			return false;
	}
	return true;
}

/* The next lease, live or remembered, of the static ranges; or NULL. */
static struct datum *
next_static(struct core *core, struct iface *i)
{
	const struct conf_network	*net = &i->network->conf;
	const struct conf_range		*r;
	struct ctl_cursor		 at;
	struct datum			*d;
	struct prefix			 p;

	for (; i->seek_range < net->nstatics; i->seek_range++) {
		r = &net->statics[i->seek_range];
		memset(&at, 0, sizeof(at));
		at.started = 1;
		prefix_host(&p, addr_cmp(&i->seek_addr, &r->first) > 0 ?
		    &i->seek_addr : &r->first);
		at.len = lease_whole_key(core, LEASE_ADDRESS, &p, at.key);
		d = addr_cmp(&p.addr, &i->seek_addr) != 0 ?
		    table_find(core, at.key, at.len) : NULL;
		if (d == NULL)
			d = table_at(core, &at);
		if (d != NULL && lease_is(d) &&
		    lease_kind(d) == LEASE_ADDRESS && lease_prefix(d, &p) &&
		    addr_cmp(&p.addr, &r->first) >= 0 &&
		    addr_cmp(&p.addr, &r->last) <= 0)
			return d;
		i->seek_addr = addr_none;
	}
	return NULL;
}

static bool
seek_static(struct core *core, struct iface *i, struct budget *b)
{
	struct datum	*d;
	struct prefix	 p;

	while ((d = next_static(core, i)) != NULL) {
		if (b->look-- == 0 || !lease_prefix(d, &p))
			return false;
		if (mac_is_station(lease_mac(d)) &&
		    is_nowhere(core, i, lease_mac(d)) &&
		    !ask(core, i, lease_mac(d), &p.addr, true, b))
			return false;
		i->seek_addr = p.addr;
	}
	return true;
}
