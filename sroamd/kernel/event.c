/* SPDX-License-Identifier: ISC */
/* What is left for the end of this turn or for later; and what is logged. */
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
	 * What is due later anyhow may come sooner, not the other way.  Times
	 * are told by libevent's idea of the clock, which a step of it does
	 * not change at once: ours must be the same.
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
		/* Else the one that has been quiet for longest. */
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
