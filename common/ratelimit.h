/* SPDX-License-Identifier: ISC */
/*
 * What a stranger can cause as often as he likes, a line of the log above
 * all, is done once in a while.
 */
#ifndef COMMON_RATELIMIT_H
#define COMMON_RATELIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"

#define RATELIMIT_LOG	60000		/* ms between two lines of one cause */

/* Of one cause; all zeroes at first. */
struct ratelimit {
	monotime_t	next;		/* not before */
};

/* Whether it may be done now; if so, not again within so many ms. */
bool	ratelimit_pass(struct ratelimit *, int64_t ms, monotime_t now);

#define RATELIMIT_CAUSES	16
#define RATELIMIT_CAUSE		128	/* octets of a text, with the NUL */

/* Of as many causes as there are texts; all zeroes at first. */
struct ratelimits {
	struct {
		char			 cause[RATELIMIT_CAUSE];
		struct ratelimit	 limit;
	} causes[RATELIMIT_CAUSES];
};

/*
 * Likewise of this cause.  Of more than are kept at a time, those may pass
 * that have not for longest: no more than RATELIMIT_CAUSES do within so many
 * ms, whatever there is.
 */
bool	ratelimits_pass(struct ratelimits *, const char *cause, int64_t ms,
	    monotime_t now);
#endif
