/* SPDX-License-Identifier: ISC */
/*
 * Whether a station is still here: when it was not heard for a while, it is
 * probed, and the link layer is asked.
 */
#include <string.h>

#include "common/container_of.h"
#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/missing.h"
#include "lease/probe.h"
#include "lease/release.h"
#include "lease/state.h"
#include "roam/assoc.h"
#include "roam/contest.h"
#include "roam/presence.h"
#include "table/effect.h"

#define PROBES_MAX	3	/* one a second, unanswered: it left */
#define FOUND_MS	500	/* between probes of one found at start */
/* probe intervals, where no probe is possible */
#define SILENT_MAX	10
#define LOST_PROBES_MAX	2	/* of the link layer: it left */

static void	inquire(struct core *, const struct assoc *);
static void	leave_timer(struct core *, struct assoc *, monotime_t);

/* Ask the link layer whether it is there, if it can find out. */
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

/* The result of an inquiry. */
void
probe_answered(struct assoc *a, enum sighting_kind kind, monotime_t now)
{
	if (a->state != ASSOC_HERE)
		return;
	if (kind == SIGHTING_ACTIVE) {
		/* What it sent before the first question is no answer. */
		if (a->crossed != CROSSED_NOT && a->probes <= 1)
			return;
		assoc_heard(a, now);
	} else if (a->lost_probes < UINT8_MAX)
		a->lost_probes++;
}

/*
 * It was not heard for a while: probe it, and without an answer take it as
 * gone.  A station of a radio may be asleep, miss ARP, and still acknowledge
 * what its access point holds for it: it gets more time.  Not without end,
 * since a station that moved to another access point on the same channel
 * acknowledges, too.
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
		 * or the probe was lost.
		 */
		if (a->state == ASSOC_FOUND && !core->started &&
		    a->probes < PROBES_MAX) {
			a->probes++;
			timer_set(&core->timers, &a->probe,
			    monotime_add(now, FOUND_MS));
		}
		return;
	}
	if (a->crossed == CROSSED_HERE) {
		assoc_silent(core, a, "is in another network", now);
		return;
	}
	assoc_claim(core, a, now);
	if (quiet < interval && a->crossed == CROSSED_NOT) {
		timer_set(&core->timers, &a->probe,
		    monotime_add(a->heard, interval));
		return;
	}
	if (!radio && !probe_addr(core, a, &addr, now)) {
		/* Its leaving may have been missed, or was of another port. */
		if (quiet >= SILENT_MAX * interval && a->fixed)
			assoc_silent(core, a, "silent", now);
		else if (quiet >= SILENT_MAX * interval) {
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
	} else if (radio && a->crossed == CROSSED_NOT &&
	    a->lost_probes < LOST_PROBES_MAX &&
	    quiet < SILENT_MAX * interval) {
		a->probes = 0;
		timer_set(&core->timers, &a->probe,
		    monotime_add(now, interval));
	} else
		assoc_silent(core, a, "no answer to probes", now);
}

/* The link layer reported that it left, or no answer came in time. */
static void
leave_timer(struct core *core, struct assoc *a, monotime_t now)
{
	if (a->source == SOURCE_BRIDGE ? a->state != ASSOC_HERE &&
	    (a->station->flapping || contest_is_doubted(a->station, now)) :
	    a->state == ASSOC_LOST && core->conf.disassociate)
		assoc_disassociate(core, a, true);
	/* A radio that lost it must hear it again, a bridge port need not. */
	if (a->state == ASSOC_HERE && a->source != SOURCE_NL80211)
		missing_add(core, a, now);
	if (a->state == ASSOC_HERE || !assoc_lasts(a))
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
	case TIMER_RELEASE:
		release_timer(core, container_of(t, struct assoc, release),
		    now);
		break;
	case TIMER_ADVERT:
		advert_send(core, container_of(t, struct assoc, advert), now);
		break;
	}
}
