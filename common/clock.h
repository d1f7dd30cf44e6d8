/* SPDX-License-Identifier: ISC */
/* The only place that reads clocks. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <time.h>

#include "common/monotime.h"

/* Times before the start of the machine are positive, too. */
#define CLOCK_PAST	(400 * 86400LL)		/* s */

static inline monotime_t
clock_monotime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (monotime_t){ (CLOCK_PAST + ts.tv_sec) * 1000000 +
	    ts.tv_nsec / 1000 };
}

/* Wall-clock time, in milliseconds since 1970: it may jump. */
static inline int64_t
clock_wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
#endif
