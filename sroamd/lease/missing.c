/* SPDX-License-Identifier: ISC */
/* Stations that went with their link: missing.h. */
#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/missing.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/room.h"
#include "table/state.h"

void
missing_add(struct core *core, const struct assoc *a, monotime_t now)
{
	struct lease_state	*l = core->lease;
	struct missing		*m;

	missing_drop(core, a->station);
	if (l->nmissing >= MISSING_MAX)
		missing_drop(core, TAILQ_FIRST(&l->missing)->station);
	if ((m = room_alloc(core, sizeof(*m))) == NULL ||
	    timerq_reserve(&core->timers, 1) == -1) {
		room_free(core, m, sizeof(*m));
		core_no_memory(core, "a station whose link went");
		return;
	}
	m->station = a->station;
	m->station->missing = m;
	m->ifindex = a->iface->link.ifindex;
	m->linklocal = a->linklocal;
	m->since = now;
	timer_init(&m->timer, TIMER_ASK);
	TAILQ_INSERT_TAIL(&l->missing, m, entry);
	l->nmissing++;
}

void
missing_drop(struct core *core, struct station *s)
{
	struct missing	*m = s->missing;

	if (m == NULL)
		return;
	timer_clear(&core->timers, &m->timer);
	timerq_release(&core->timers, 1);
	TAILQ_REMOVE(&core->lease->missing, m, entry);
	core->lease->nmissing--;
	s->missing = NULL;
	room_free(core, m, sizeof(*m));
}
