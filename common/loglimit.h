/* SPDX-License-Identifier: ISC */
/*
 * How many lines the log gets, whoever causes them.  A line's cause is its
 * format, so no cause takes the room of another.  Debug lines, which somebody
 * has asked for, have one bucket for all.
 *
 *			at once		later
 *	warnings	   30		one in 6 s	of each cause
 *	info		  200		one a second	of each cause
 *	debug		10000		500 a second	together
 */
#ifndef COMMON_LOGLIMIT_H
#define COMMON_LOGLIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bucket.h"
#include "common/monotime.h"

#define LOGLIMIT_CAUSES	512	/* a power of two; a process has 200 */

struct loglimit_cause {
	const char	*format;	/* NULL: not used yet */
	struct bucket	 bucket;
	uint32_t	 like;		/* left out since the last one */
};

/* Of a process; all zeroes at first. */
struct loglimit {
	struct loglimit_cause	causes[LOGLIMIT_CAUSES];
	uint32_t		ncauses;
	struct bucket		debug;
};

/*
 * Whether this line may be said now; if so, `like` is how many of its cause
 * were left out before it.  priority: LOG_* of syslog(3); format: a text that
 * stays where it is.
 */
bool	loglimit_pass(struct loglimit *, int priority, const char *format,
	    uint32_t *like, monotime_t now);
#endif
