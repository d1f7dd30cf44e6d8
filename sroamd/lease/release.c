/* SPDX-License-Identifier: ISC */
/* Addresses that stations here have released: release.h. */
#include <string.h>

#include "common/ratelimit.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/drop.h"
#include "lease/iface.h"
#include "lease/lease.h"
#include "lease/release.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

static void	end(struct core *, struct assoc *, monotime_t);

void
release_begin(struct core *core, struct assoc *a, const struct addr *addr,
    bool declined, monotime_t now)
{
	if (timer_is_set(&a->release) && addr_cmp(addr, &a->released) == 0) {
		a->declined |= declined;
		return;
	}
	if (declined)
		core_log(core, LEVEL_INFO, "%s: station %s declined %s: asked "
		    "whether it uses that itself", a->iface->link.name,
		    mac_text(&a->station->mac), addr_text(addr));
	a->released = *addr;
	a->declined = declined;
	a->release_asks = 0;
	timer_set(&core->timers, &a->release, monotime_add(now,
	    declined ? DECLINE_WAIT_MS : RELEASE_WAIT_MS));
}

bool
release_is_declined(const struct assoc *a)
{
	return timer_is_set(&a->release) && a->declined;
}

void
release_forget(struct core *core, struct assoc *a)
{
	timer_clear(&core->timers, &a->release);
}

/* Before it is asked it may be about to remove the address. */
void
release_heard(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	if (!timer_is_set(&a->release) || a->release_asks == 0 ||
	    addr_cmp(addr, &a->released) != 0)
		return;
	release_forget(core, a);
	drop_count(core, a->iface->link.ifindex, CTL_DROP_DHCP_USED);
	if (ratelimit_pass(&core->lease->release_used, RATELIMIT_LOG, now))
		core_log(core, LEVEL_WARN, "%s: station %s %s %s and still "
		    "uses it: kept", a->iface->link.name,
		    mac_text(&a->station->mac),
		    a->declined ? "declined" : "released", addr_text(addr));
}

void
release_left(struct core *core, struct assoc *a, monotime_t now)
{
	if (!timer_is_set(&a->release))
		return;
	release_forget(core, a);
	end(core, a, now);
}

void
release_timer(struct core *core, struct assoc *a, monotime_t now)
{
	struct probe	p;

	if (a->release_asks == RELEASE_ASKS) {
		end(core, a, now);
		return;
	}
	a->release_asks++;
	memset(&p, 0, sizeof(p));
	p.ifindex = a->iface->link.ifindex;
	p.mac = a->station->mac;
	p.addr = a->released;
	core->counters.probes++;
	core_effect(core, EFFECT_PROBE, &p, sizeof(p));
	timer_set(&core->timers, &a->release,
	    monotime_add(now, RELEASE_ASK_MS));
}

/* Its lease may have ended by itself, or be another's by now. */
static void
end(struct core *core, struct assoc *a, monotime_t now)
{
	struct datum	*d;
	struct prefix	 p;

	prefix_host(&p, &a->released);
	if ((d = lease_find(core, LEASE_ADDRESS, &p)) != NULL &&
	    d->station == a->station) {
		if (a->declined)
			lease_declined(core, d, now);
		else
			lease_end(core, d, now);
	}
}
