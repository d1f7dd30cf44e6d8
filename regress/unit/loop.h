/* SPDX-License-Identifier: ISC */
/*
 * For tests with an event loop: WAIT(condition) runs it until the condition is
 * true, or fails after PATIENCE ms, which the including file defines before it
 * uses WAIT.
 */
#ifndef REGRESS_LOOP_H
#define REGRESS_LOOP_H

#include <event2/event.h>

#include "common/clock.h"

static struct event_base *base;

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* Runs the loop once, at most for a while if nothing happens. */
static void
turn(void)
{
	struct timeval tv = { 0, 2000 };

	event_base_once(base, -1, EV_TIMEOUT, on_tick, NULL, &tv);
	event_base_loop(base, EVLOOP_ONCE);
}

#define WAIT(cond) do {							\
	monotime_t wait_end = monotime_add(clock_monotime(), PATIENCE);	\
	while (!(cond)) {						\
		if (!monotime_before(clock_monotime(), wait_end))	\
			fail_msg("never became true: %s", #cond);	\
		turn();							\
	}								\
} while (0)
#endif
