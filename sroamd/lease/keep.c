/* SPDX-License-Identifier: ISC */
/* Leases of hosts that are heard: keep.h. */
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/host.h"
#include "lease/keep.h"
#include "lease/lease.h"
#include "lease/network.h"
#include "lease/share.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/key.h"

/* From half of its time on, so that few versions of it are flooded. */
void
keep_heard(struct core *core, const struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	struct station	*s = a->station;
	uint32_t	 life = s->network->conf.lease_time;
	struct host	*h = host_find(core, s->network, &s->mac);
	struct client	 any;
	struct prefix	 p;
	struct datum	*d;

	if (h == NULL || addr_cmp(&h->conf.addr, addr) != 0)
		return;
	prefix_host(&p, addr);
	d = lease_find(core, LEASE_ADDRESS, &p);
	if (d == NULL || d->station != s || !datum_live(d, now) ||
	    datum_remaining(d, now) > life / 2)
		return;
	client_any(&any, &s->mac);
	lease_grant(core, &any, LEASE_ADDRESS, &p, share_of(s), life, now);
}
