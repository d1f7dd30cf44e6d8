/* SPDX-License-Identifier: ISC */
/*
 * Monotonic time as a type of its own, so that it cannot be mixed up with
 * wall-clock time, durations or counts.  Durations are int64_t milliseconds.
 * Nothing here reads a clock: clock.h does.
 */
#ifndef COMMON_MONOTIME_H
#define COMMON_MONOTIME_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t		us;		/* since some start; never negative */
} monotime_t;

#define MONOTIME_NEVER	((monotime_t){ INT64_MAX })
#define MONOTIME_ZERO	((monotime_t){ 0 })

static inline bool
monotime_before(monotime_t a, monotime_t b)
{
	return a.us < b.us;
}

static inline bool
monotime_is_never(monotime_t t)
{
	return t.us == INT64_MAX;
}

static inline monotime_t
monotime_min(monotime_t a, monotime_t b)
{
	return a.us < b.us ? a : b;
}

/*
 * t plus ms milliseconds, which may be negative; not below zero nor above
 * never.
 */
static inline monotime_t
monotime_add(monotime_t t, int64_t ms)
{
	int64_t us;

	if (monotime_is_never(t))
		return t;
	if (__builtin_mul_overflow(ms, 1000, &us) ||
	    __builtin_add_overflow(t.us, us, &us))
		return ms < 0 ? MONOTIME_ZERO : MONOTIME_NEVER;
	return (monotime_t){ us < 0 ? 0 : us };
}

/* Milliseconds from `from` to `to`, rounded towards zero. */
static inline int64_t
monotime_ms(monotime_t from, monotime_t to)
{
	return (to.us - from.us) / 1000;
}
#endif
