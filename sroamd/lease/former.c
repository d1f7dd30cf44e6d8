/* SPDX-License-Identifier: ISC */
/* What a station had before it was given something else: former.h. */
#include "lease/choose.h"
#include "lease/client.h"
#include "lease/former.h"
#include "lease/host.h"
#include "lease/lease.h"
#include "lease/network.h"
#include "lease/station.h"
#include "lease/whose.h"
#include "table/datum.h"
#include "table/state.h"

bool
former_is(struct core *core, const struct station *s, enum lease_kind kind,
    const struct prefix *p, monotime_t now)
{
	struct prefix	own;
	struct client	any;

	client_any(&any, &s->mac);
	return host_prefix(core, s->network, &s->mac, kind, &own) &&
	    prefix_cmp(&own, p) != 0 &&
	    lease_allowed(core, s->network, &any, kind, &own, now);
}

void
former_end(struct core *core, struct station *s, const struct client *c,
    enum lease_kind kind, const struct prefix *p, monotime_t now)
{
	bool		 reserved = host_at(core, kind, p) != NULL;
	struct datum	*d;
	struct prefix	 old;

	LIST_FOREACH(d, &s->leases, lease) {
		if (lease_kind(d) != kind || !datum_live(d, now) ||
		    !lease_prefix(d, &old) || prefix_cmp(&old, p) == 0 ||
		    !whose_is(core, d, c, now) ||
		    conf_is_static(&s->network->conf, &old.addr) ||
		    (!reserved && lease_allowed(core, s->network, c, kind,
		    &old, now)))
			continue;
		if (kind == LEASE_PREFIX)
			station_lost_prefix(core, s, &old, d->expires);
		lease_end(core, d, now);
	}
}
