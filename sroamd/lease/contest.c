/* SPDX-License-Identifier: ISC */
/* Stations that are seen at two places at once: contest.h. */
#include "lease/contest.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/room.h"
#include "table/state.h"

struct contest *
contest_get(struct core *core, struct station *s, monotime_t now)
{
	struct lease_state	*l = core->lease;
	struct contest		*c = s->contest;

	if (c != NULL)
		return c;
	if (l->ncontests >= CONTESTS_MAX)
		contest_drop(core, TAILQ_FIRST(&l->contests)->station);
	if ((c = room_alloc(core, sizeof(*c))) == NULL ||
	    timerq_reserve(&core->timers, 1) == -1) {
		room_free(core, c, sizeof(*c));
		core_no_memory(core, "a station at two places");
		return NULL;
	}
	c->station = s;
	s->contest = c;
	c->moved = c->asked = c->claimed = monotime_add(now, -3600 * 1000LL);
	timer_init(&c->timer, TIMER_CONTEST);
	TAILQ_INSERT_TAIL(&l->contests, c, entry);
	l->ncontests++;
	return c;
}

void
contest_drop(struct core *core, struct station *s)
{
	struct contest	*c = s->contest;

	if (c == NULL)
		return;
	timer_clear(&core->timers, &c->timer);
	timerq_release(&core->timers, 1);
	TAILQ_REMOVE(&core->lease->contests, c, entry);
	core->lease->ncontests--;
	s->contest = NULL;
	room_free(core, c, sizeof(*c));
}
