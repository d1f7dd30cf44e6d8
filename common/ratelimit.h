/* SPDX-License-Identifier: ISC */
/*
 * What others can cause at any rate, log lines above all, is done at a limited
 * rate.
 */
#ifndef COMMON_RATELIMIT_H
#define COMMON_RATELIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"

#define RATELIMIT_LOG	60000		/* ms between lines of one cause */

/* For one cause; all zeroes at first. */
struct ratelimit {
	monotime_t	next;		/* not before this time */
};

/*
 * Whether it may be done now.  If so, the next time is in `ms` at the
 * earliest.
 */
bool	ratelimit_pass(struct ratelimit *, int64_t ms, monotime_t now);

#define RATELIMIT_CAUSES	16
#define RATELIMIT_CAUSE		128	/* octets of a text, with the NUL */

/* For as many causes as there are texts; all zeroes at first. */
struct ratelimits {
	struct {
		char			 cause[RATELIMIT_CAUSE];
		struct ratelimit	 limit;
	} causes[RATELIMIT_CAUSES];
};

/*
 * The same, for this cause.  RATELIMIT_CAUSES of them are remembered; a
 * further one replaces the oldest, once that may pass again.  So no more than
 * RATELIMIT_CAUSES pass within `ms`.
 */
bool	ratelimits_pass(struct ratelimits *, const char *cause, int64_t ms,
	    monotime_t now);
#endif
