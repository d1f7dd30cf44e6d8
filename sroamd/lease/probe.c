/* SPDX-License-Identifier: ISC */
/* Probes: ARP or neighbour solicitations that a station here must answer. */
#include <string.h>

#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/contest.h"
#include "lease/iface.h"
#include "lease/probe.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

#define ADDRS_MAX	8	/* asked for at once */

static void	ask(struct core *, const struct station *,
		    const struct place *, const struct addr *);

int64_t
probe_interval(const struct core *core)
{
	return core->conf.probe_interval * 1000LL;
}

bool
probe_addr(struct core *core, const struct assoc *a, struct addr *addr,
    monotime_t now)
{
	struct datum	*d;
	struct prefix	 prefix;

	if (!addr_is_none(&a->iface->link.gateway4) &&
	    (d = lease_best(core, a->station, NULL, LEASE_ADDRESS,
	    now)) != NULL &&
	    lease_prefix(d, &prefix)) {
		*addr = prefix.addr;
		return true;
	}
	*addr = a->linklocal;
	return !addr_is_none(addr);
}

static void
ask(struct core *core, const struct station *s, const struct place *place,
    const struct addr *addr)
{
	struct probe	p;

	memset(&p, 0, sizeof(p));
	p.ifindex = place->ifindex;
	p.port = place->port;
	p.tag = place->tag;
	p.mac = s->mac;
	p.addr = *addr;
	core->counters.probes++;
	core_effect(core, EFFECT_PROBE, &p, sizeof(p));
}

bool
probe_station(struct core *core, struct station *s, const struct place *place,
    const struct addr *other, monotime_t now)
{
	const struct iface	*i = iface_at(core, place->ifindex);
	struct client		 any;
	struct datum		*d;
	struct prefix		 p;
	int			 n = 0;

	client_any(&any, &s->mac);
	if (i != NULL && !addr_is_none(&i->link.gateway4))
		LIST_FOREACH(d, &s->leases, lease) {
			if (n == ADDRS_MAX)
				break;
			if (lease_kind(d) != LEASE_ADDRESS ||
			    !datum_live(d, now) || !lease_prefix(d, &p) ||
			    !lease_allowed(core, s->network, &any,
			    LEASE_ADDRESS, &p, now))
				continue;
			ask(core, s, place, &p.addr);
			n++;
		}
	if (n == 0 && !addr_is_none(other)) {
		ask(core, s, place, other);
		n++;
	}
	return n > 0;
}

void
assoc_ask_for(struct core *core, const struct assoc *a,
    const struct addr *addr, bool everybody)
{
	struct probe	p;

	memset(&p, 0, sizeof(p));
	p.ifindex = a->iface->link.ifindex;
	p.mac = a->station->mac;
	p.addr = *addr;
	p.everybody = everybody;
	core->counters.probes++;
	core_effect(core, EFFECT_PROBE, &p, sizeof(p));
}

void
assoc_probe(struct core *core, const struct assoc *a, monotime_t now)
{
	const struct place	here = { .ifindex = a->iface->link.ifindex };

	(void)probe_station(core, a->station, &here, &a->linklocal, now);
}
