/* SPDX-License-Identifier: ISC */
/*
 * Work at the end of this turn of the loop or later; and rate-limited log
 * lines.
 */
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/ratelimit.h"
#include "kernel/event.h"
#include "kernel/state.h"

void
kernel_wake(struct kernel *k)
{
	event_active(k->flush, EV_TIMEOUT, 0);
}

void
kernel_later(struct event *ev, int64_t ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 }, due, now;

	/*
	 * An event that is pending for later may be moved to an earlier time,
	 * not the other way.  Use the time of libevent, since that is when it
	 * fires; a step of the clock does not change it at once.
	 */
	if (event_pending(ev, EV_TIMEOUT, &due)) {
		event_base_gettimeofday_cached(event_get_base(ev), &now);
		evutil_timeradd(&now, &tv, &now);
		if (!evutil_timercmp(&now, &due, <))
			return;
	}
	event_add(ev, &tv);
}

void
kernel_warn(struct kernel *k, int cause, const char *fmt, ...)
{
	monotime_t now = clock_monotime();
	struct kwarn *w = NULL;
	unsigned int i;
	char text[300];
	va_list ap;

	for (i = 0; i < WARN_CAUSES; i++) {
		if (k->warns[i].cause == cause) {
			w = &k->warns[i];
			break;
		}
		/* Else the cause that was logged longest ago. */
		if (w == NULL || monotime_before(k->warns[i].limit.next,
		    w->limit.next))
			w = &k->warns[i];
	}
	if (w->cause != cause)
		*w = (struct kwarn){ .cause = cause };
	if (!ratelimit_pass(&w->limit, RATELIMIT_LOG, now)) {
		w->held_back++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (w->held_back > 0)
		log_warnx("%s (and %u like it)", text, w->held_back);
	else
		log_warnx("%s", text);
	w->held_back = 0;
}

/* At most once a minute. */
bool
kernel_may_log_lost(struct kernel *k)
{
	return ratelimit_pass(&k->lost_log, RATELIMIT_LOG, clock_monotime());
}

bool
kernel_repaired(struct kernel *k)
{
	k->stats.repaired++;
	return k->repairs++ < REPAIRS_LOGGED;
}
