/* SPDX-License-Identifier: ISC */
/* What a station had before it was given something else: former.h. */
#include "lease/choose.h"
#include "lease/former.h"
#include "lease/host.h"
#include "lease/lease.h"
#include "lease/network.h"
#include "lease/station.h"
#include "lease/whose.h"
#include "table/datum.h"
#include "table/state.h"

static bool	is_static(const struct core *, const struct datum *,
		    const struct prefix *);

bool
former_is(struct core *core, const struct station *s,
    const struct client *c, enum lease_kind kind, const struct prefix *p,
    monotime_t now)
{
	struct prefix	own;

	return host_prefix(core, s->network, &s->mac, kind, &own) &&
	    prefix_cmp(&own, p) != 0 &&
	    lease_allowed(core, s->network, c, kind, &own, now);
}

/* It has that beside what DHCP gives it. */
static bool
is_static(const struct core *core, const struct datum *d,
    const struct prefix *p)
{
	return lease_by_evidence(core, d) &&
	    host_at(core, lease_kind(d), p) == NULL;
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
		    is_static(core, d, &old) ||
		    (!reserved && lease_allowed(core, s->network, c, kind,
		    &old, now)))
			continue;
		if (kind == LEASE_PREFIX)
			station_lost_prefix(core, s, &old, d->expires);
		lease_end(core, d, now);
	}
}
