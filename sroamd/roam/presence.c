/* SPDX-License-Identifier: ISC */
/*
 * Whether a station that was here still is: it is asked, and so is the link
 * layer, when it has not been heard for a while.
 */
#include <string.h>

#include "common/container_of.h"
#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/probe.h"
#include "lease/state.h"
#include "roam/assoc.h"
#include "roam/presence.h"
#include "table/effect.h"

#define PROBES_MAX	3	/* unanswered, one a second: it is gone */
#define FOUND_MS	500	/* between those to one found at the start */
/* probe intervals, where nothing can be asked */
#define SILENT_MAX	10
#define LOST_PROBES_MAX	2	/* of them: lost, for the link layer too */

static void	inquire(struct core *, const struct assoc *);
static void	leave_timer(struct core *, struct assoc *, monotime_t);

/* Let the link layer see whether it is there, where it can. */
static void
inquire(struct core *core, const struct assoc *a)
{
	struct inquiry	q;

	if (a->source != SOURCE_NL80211)
		return;
	memset(&q, 0, sizeof(q));
	q.ifindex = a->iface->link.ifindex;
	q.port = a->port;
	q.mac = a->station->mac;
	core_effect(core, EFFECT_INQUIRY, &q, sizeof(q));
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
		a->lost_probes = 0;
	} else if (a->lost_probes < UINT8_MAX)
		a->lost_probes++;
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
		if (a->state == ASSOC_FOUND && !core->started &&
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
	} else if (radio && a->lost_probes < LOST_PROBES_MAX &&
	    quiet < SILENT_MAX * interval) {
		a->probes = 0;
		timer_set(&core->timers, &a->probe,
		    monotime_add(now, interval));
	} else
		assoc_silent(core, a, now);
}

/* The link layer said that it left, or its time to answer is over. */
static void
leave_timer(struct core *core, struct assoc *a, monotime_t now)
{
	if (a->state == ASSOC_LOST && core->conf.disassociate &&
	    (a->source != SOURCE_BRIDGE || a->station->flapping))
		assoc_disassociate(core, a, true);
	if (a->state == ASSOC_HERE || a->source != SOURCE_NL80211)
		assoc_drop(core, a, "link layer says so", now);
}

void
assoc_timer(struct core *core, struct timer *t, monotime_t now)
{
	switch (t->kind) {
	case TIMER_LEAVE:
		leave_timer(core, container_of(t, struct assoc, leave), now);
		break;
	case TIMER_PROBE:
		probe_timer(core, container_of(t, struct assoc, probe), now);
		break;
	case TIMER_ANNOUNCE:
		gateway_announce(core, container_of(t, struct assoc, announce),
		    now);
		break;
	case TIMER_ADVERT:
		advert_send(core, container_of(t, struct assoc, advert), now);
		break;
	}
}
