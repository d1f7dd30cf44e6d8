/* SPDX-License-Identifier: ISC */
/*
 * Lines of the log that wait to be written: complete ones, in order, within a
 * number of octets.  When it is full, a line replaces the oldest of the least
 * important ones, and that one is counted as lost.
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
	/* order among all, among its level */
	TAILQ_ENTRY(logline)	 entry, among;
	int64_t			 when;		/* ms since 1970 */
	const char		*process;	/* static */
	int			 priority;	/* LOG_* of syslog(3) */
	size_t			 size;		/* octets that it uses here */
	char			 text[];
};

/* NULL: no memory. */
struct logring	*logring_new(size_t octets);
void		 logring_free(struct logring *);
void		 logring_put(struct logring *, int64_t when, int priority,
		    const char *process, const char *text);
bool		 logring_is_empty(const struct logring *);
/* The oldest line, which becomes the caller's to free; NULL: none. */
struct logline	*logring_get(struct logring *);
/* Add to the count: lost elsewhere. */
void		 logring_lost(struct logring *, const uint64_t *more);
/* How many were lost since the ring was made: CTL_LOGS of them. */
const uint64_t	*logring_total(const struct logring *);

/* A line that was never in a ring; NULL: no memory. */
struct logline	*logline_new(int64_t when, int priority, const char *process,
		    const char *text);
#endif
