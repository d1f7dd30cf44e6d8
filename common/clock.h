/* SPDX-License-Identifier: ISC */
/* The one place that reads the monotonic clock. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <time.h>

#include "monotime.h"

static inline monotime_t
clock_monotime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (monotime_t){ (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000 };
}
#endif
