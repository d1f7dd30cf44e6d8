/* SPDX-License-Identifier: ISC */
/* Probes: ARP or neighbour solicitations that a station here must answer. */
#include <string.h>

#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/iface.h"
#include "lease/probe.h"
#include "lease/station.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

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
	    (d = lease_best(core, a->station, LEASE_ADDRESS,
	    now)) != NULL &&
	    lease_prefix(d, &prefix)) {
		*addr = prefix.addr;
		return true;
	}
	*addr = a->linklocal;
	return !addr_is_none(addr);
}

void
assoc_probe(struct core *core, const struct assoc *a, monotime_t now)
{
	struct probe	p;

	memset(&p, 0, sizeof(p));
	if (!probe_addr(core, a, &p.addr, now))
		return;
	p.ifindex = a->iface->link.ifindex;
	p.mac = a->station->mac;
	core->counters.probes++;
	core_effect(core, EFFECT_PROBE, &p, sizeof(p));
}
