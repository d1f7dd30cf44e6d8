/* SPDX-License-Identifier: ISC */
/*
 * Questions to stations that went with their link.  Each goes to the station
 * alone; what it answers is reported by the link layer, and brings it back.
 */
#include "common/container_of.h"
#include "lease/contest.h"
#include "lease/iface.h"
#include "lease/missing.h"
#include "lease/probe.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/asking.h"
#include "table/state.h"

static void	later(struct core *, struct missing *, monotime_t, int64_t);
static bool	ask(struct core *, const struct missing *, monotime_t);

void
asking_begin(struct core *core, uint32_t ifindex, monotime_t now)
{
	struct missing	*m, *next;

	TAILQ_FOREACH_SAFE(m, &core->lease->missing, entry, next) {
		if (monotime_ms(m->since, now) > ASKING_MS) {
			missing_drop(core, m->station);
			continue;
		}
		if (m->ifindex != ifindex)
			continue;
		m->asks = 0;
		if (!timer_is_set(&m->timer))
			later(core, m, now, ASKING_GAP_MS);
	}
}

/* Whoever has to be asked, and as often as ports flap: 20 a second. */
static void
later(struct core *core, struct missing *m, monotime_t now, int64_t ms)
{
	monotime_t	due = monotime_add(now, ms);

	if (monotime_before(due, core->lease->next_ask))
		due = core->lease->next_ask;
	core->lease->next_ask = monotime_add(due, ASKING_GAP_MS);
	timer_set(&core->timers, &m->timer, due);
}

void
asking_timer(struct core *core, struct timer *t, monotime_t now)
{
	struct missing	*m = container_of(t, struct missing, timer);

	if (!ask(core, m, now)) {
		missing_drop(core, m->station);
		return;
	}
	if (++m->asks < ASKING_TIMES)
		later(core, m, now, 1000LL << (m->asks - 1));
}

/* false: it is elsewhere, or there is nothing to ask for. */
static bool
ask(struct core *core, const struct missing *m, monotime_t now)
{
	const struct place	 place = { .ifindex = m->ifindex };
	struct station		*s = m->station;

	if (s->assoc != NULL || s->router != NULL)
		return false;
	if (iface_at(core, m->ifindex) == NULL)
		return true;		/* gone again */
	return probe_station(core, s, &place, &m->linklocal, now);
}
