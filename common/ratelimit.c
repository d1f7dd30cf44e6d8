/* SPDX-License-Identifier: ISC */
/* Limits how often a thing is done, by a clock that the caller reads. */
#include <string.h>

#include "common/ratelimit.h"

bool
ratelimit_pass(struct ratelimit *limit, int64_t ms, monotime_t now)
{
	if (monotime_before(now, limit->next))
		return false;
	limit->next = monotime_add(now, ms);
	return true;
}

bool
ratelimits_pass(struct ratelimits *all, const char *cause, int64_t ms,
    monotime_t now)
{
	size_t i, oldest = 0;

	for (i = 0; i < RATELIMIT_CAUSES; i++) {
		if (strncmp(all->causes[i].cause, cause,
		    RATELIMIT_CAUSE - 1) == 0)
			return ratelimit_pass(&all->causes[i].limit, ms, now);
		if (monotime_before(all->causes[i].limit.next,
		    all->causes[oldest].limit.next))
			oldest = i;
	}
	if (!ratelimit_pass(&all->causes[oldest].limit, ms, now))
		return false;
	strlcpy(all->causes[oldest].cause, cause, RATELIMIT_CAUSE);
	return true;
}
