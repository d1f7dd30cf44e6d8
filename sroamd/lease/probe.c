/* SPDX-License-Identifier: ISC */
/*
 * Whether a station that was here still is: it is asked, and so is the link
 * layer, when it has not been heard for a while.
 */
#include <string.h>

#include "core/state.h"

#define PROBES_MAX	3	/* unanswered, one a second: it is gone */
#define FOUND_MS	500	/* between those to one found at the start */
#define SILENT_MAX	10	/* probe intervals, where nothing can be asked */
#define DEAF_MAX	2	/* of them: lost, for the link layer too */

static bool	 probe_addr(struct core *, const struct assoc *,
		    struct addr *, monotime_t);
static void	 inquire(struct core *, const struct assoc *);

int64_t
probe_interval(const struct core *core)
{
	return core->conf.probe_interval * 1000LL;
}

/* An address at which the station can be asked, IPv4 first. */
static bool
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
	struct effect	e = { .type = EFFECT_PROBE };
	struct probe	p;

	memset(&p, 0, sizeof(p));
	if (!probe_addr(core, a, &p.addr, now))
		return;
	p.ifindex = a->iface->link.ifindex;
	p.mac = a->station->mac;
	e.probe = &p;
	core->counters.probes++;
	core_effect(core, &e);
}

/* Let the link layer see whether it is there, where it can. */
static void
inquire(struct core *core, const struct assoc *a)
{
	struct effect	e = { .type = EFFECT_INQUIRY };
	struct inquiry	q;

	if (a->source != SOURCE_NL80211)
		return;
	memset(&q, 0, sizeof(q));
	q.ifindex = a->iface->link.ifindex;
	q.port = a->port;
	q.mac = a->station->mac;
	e.inquiry = &q;
	core_effect(core, &e);
}

/* What came of an inquiry. */
void
probe_answered(struct assoc *a, enum sighting_kind kind, monotime_t now)
{
	if (a->state != ASSOC_HERE)
		return;
	if (kind == SIGHTING_ACTIVE) {
		a->heard = now;
		a->probes = 0;
		a->deaf = 0;
	} else if (a->deaf < UINT8_MAX)
		a->deaf++;
}

/*
 * It has not been heard for a while: ask it, and where it does not answer,
 * take it for gone.  A station of a radio may be asleep, deaf to ARP, and
 * still acknowledge what its access point holds for it: it is given more
 * time, but not for ever, since one that went to another access point on the
 * same channel acknowledges, too.
 */
void
probe_timer(struct core *core, struct assoc *a, monotime_t now)
{
	struct addr	addr;
	int64_t		quiet = monotime_ms(a->heard, now);
	int64_t		interval = probe_interval(core);
	bool		radio = a->source == SOURCE_NL80211;

	if (a->state != ASSOC_HERE) {
		assoc_probe(core, a, now);
		/*
		 * Found at the start, it may have no address that we know yet,
		 * or the question was lost.
		 */
		if (a->state == ASSOC_FOUND && !core->settled &&
		    a->probes < PROBES_MAX) {
			a->probes++;
			timer_set(&core->timers, &a->probe,
			    monotime_add(now, FOUND_MS));
		}
		return;
	}
	assoc_claim(core, a, now);
	if (quiet < interval) {
		timer_set(&core->timers, &a->probe,
		    monotime_add(a->heard, interval));
		return;
	}
	if (!radio && !probe_addr(core, a, &addr, now)) {
		/* Its leaving may not have been heard, or of another port. */
		if (quiet >= SILENT_MAX * interval) {
			assoc_disassociate(core, a, true);
			assoc_drop(core, a, "silent", now);
		} else
			timer_set(&core->timers, &a->probe,
			    monotime_add(now, interval));
		return;
	}
	if (a->probes < PROBES_MAX) {
		a->probes++;
		inquire(core, a);
		assoc_probe(core, a, now);
		timer_set(&core->timers, &a->probe, monotime_add(now, 1000));
	} else if (radio && a->deaf < DEAF_MAX &&
	    quiet < SILENT_MAX * interval) {
		a->probes = 0;
		timer_set(&core->timers, &a->probe,
		    monotime_add(now, interval));
	} else
		assoc_silent(core, a, now);
}
