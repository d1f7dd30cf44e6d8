/* SPDX-License-Identifier: ISC */
/*
 * What is done at the end of this turn of the loop or later, and what is logged
 * how often.
 */
#ifndef SROAMD_KERNEL_EVENT_H
#define SROAMD_KERNEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ratelimit.h"

struct event;
struct kernel;

/*
 * How often a cause was logged lately.  The causes of common/ratelimit.h are
 * texts; these are numbers, and the next line says how many were held back.
 */
#define WARN_CAUSES	32

struct kwarn {
	int			cause;
	unsigned int		held_back;
	struct ratelimit	limit;
};

#define REPAIRS_LOGGED	10		/* of each walk */

void	kernel_wake(struct kernel *);	/* flush after this event */
void	kernel_later(struct event *, int64_t ms); /* unless pending */
/* Log, but one cause only once a minute. */
void	kernel_warn(struct kernel *, int cause, const char *, ...)
	    __attribute__((format(printf, 3, 4)));
/* Of lost news, at most once a minute. */
bool	kernel_may_log_lost(struct kernel *);
/* A difference has been put right: counted; whether to log it. */
bool	kernel_repaired(struct kernel *);
#endif
