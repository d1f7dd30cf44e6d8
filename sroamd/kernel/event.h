/* SPDX-License-Identifier: ISC */
/*
 * Work at the end of this turn of the loop or later; and rate-limited log
 * lines.
 */
#ifndef SROAMD_KERNEL_EVENT_H
#define SROAMD_KERNEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ratelimit.h"

struct event;
struct kernel;

/*
 * The causes that were logged lately.  Those of common/ratelimit.h are texts;
 * these are numbers, and the next line says how many were held back.
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
/* Log, once a minute for each cause. */
void	kernel_warn(struct kernel *, int cause, const char *, ...)
	    __attribute__((format(printf, 3, 4)));
/* Whether to log lost events: once a minute. */
bool	kernel_may_log_lost(struct kernel *);
/* Count a repair; whether to log it. */
bool	kernel_repaired(struct kernel *);
#endif
