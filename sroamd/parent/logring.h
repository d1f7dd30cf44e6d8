/* SPDX-License-Identifier: ISC */
/*
 * Lines of the log that wait to be written, whole ones, in order, and no more
 * octets of them than it was made for: what is one too many takes the place of
 * the oldest of those that matter least, and that one is counted.
 */
#ifndef SROAMD_LOGRING_H
#define SROAMD_LOGRING_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ctl.h"

struct logring;

struct logline {
	TAILQ_ENTRY(logline)	 entry, among;	/* of all, of its level */
	int64_t		 when;		/* the caller's own */
	const char	*process;	/* static */
	int		 priority;	/* LOG_* of syslog(3) */
	size_t		 size;		/* octets it takes here */
	char		 text[];
};

/* NULL: no memory. */
struct logring	*logring_new(size_t octets);
void		 logring_free(struct logring *);
void		 logring_put(struct logring *, int64_t when, int priority,
		    const char *process, const char *text);
bool		 logring_is_empty(const struct logring *);
/* The oldest, which is the caller's to free from now on; NULL: none. */
struct logline	*logring_get(struct logring *);
/* As many were lost elsewhere. */
void		 logring_lost(struct logring *, const uint64_t *more);
/* How many were lost since it was made: CTL_LOGS of them. */
const uint64_t	*logring_total(const struct logring *);

/* One that was never in a ring; NULL: no memory. */
struct logline	*logline_new(int64_t when, int priority, const char *process,
		    const char *text);
#endif
