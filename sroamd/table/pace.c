/* SPDX-License-Identifier: ISC */
/*
 * A bucket is one number in the datum: when its last change would have come,
 * had all of them come at the interval (ITU-T I.371, the generic cell rate
 * algorithm).  Only a datum that is held back has more, a timer.
 */
#include "common/container_of.h"
#include "common/timer.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/kind.h"
#include "table/pace.h"
#include "table/reader.h"
#include "table/room.h"
#include "table/state.h"

#define TICKS_START	1024	/* so that a datum's zero is long ago */

struct held {
	struct timer	 timer;
	struct datum	*datum;
};

static bool	hold(struct core *, struct datum *, monotime_t due);

uint32_t
core_ticks(const struct core *core, monotime_t now)
{
	return TICKS_START + (uint32_t)(monotime_ms(core->start, now) * 16 /
	    1000);
}

/* false: no memory. */
static bool
hold(struct core *core, struct datum *d, monotime_t due)
{
	struct held	*h;

	if ((h = room_alloc(core, sizeof(*h))) == NULL ||
	    timerq_reserve(&core->timers, 1) == -1) {
		room_free(core, h, sizeof(*h));
		core_no_memory(core, "a change that is held back");
		return false;
	}
	timer_init(&h->timer, TIMER_HELD);
	h->datum = d;
	d->held = h;
	core->counters.updates_held++;
	timer_set(&core->timers, &h->timer, due);
	return true;
}

bool
pace_take(struct core *core, struct datum *d, monotime_t now)
{
	const struct kind	*k = d->kind;
	uint32_t		 interval = TICKS(k->interval);
	uint32_t		 t = core_ticks(core, now), ahead;

	if (d->held != NULL)
		return false;
	if ((int32_t)(d->paced - t) < 0)
		d->paced = t;
	ahead = d->paced - t;
	if (ahead > (k->burst - 1U) * interval && hold(core, d,
	    monotime_add(now, 1000LL * (ahead - (k->burst - 1U) * interval) /
	    16)))
		return false;
	d->paced += interval;
	return true;
}

void
pace_timer(struct core *core, struct timer *t, monotime_t now)
{
	struct held	*h = container_of(t, struct held, timer);
	struct datum	*d = h->datum;

	pace_free(core, d);
	if (pace_take(core, d, now))
		readers_flood(core, d);
}

void
pace_move(struct datum *new, struct datum *old)
{
	new->paced = old->paced;
	new->answered = old->answered;
	new->held = old->held;
	old->held = NULL;
	if (new->held != NULL)
		new->held->datum = new;
}

void
pace_free(struct core *core, struct datum *d)
{
	if (d->held == NULL)
		return;
	timer_clear(&core->timers, &d->held->timer);
	timerq_release(&core->timers, 1);
	room_free(core, d->held, sizeof(*d->held));
	d->held = NULL;
}
