/* SPDX-License-Identifier: ISC */
/*
 * The destination of the parent's and its children's log: a descriptor like
 * standard error, or syslog.  It never waits for a reader: lines that cannot
 * be written are kept in a ring.  Those that do not fit are counted, and their
 * number is logged when there is room again.
 */
#ifndef SROAMD_LOGSINK_H
#define SROAMD_LOGSINK_H

#include <stddef.h>

#include "ipc/ipc.h"

struct event_base;
struct logsink;

/*
 * To this descriptor, which stays the caller's; octets: for lines that wait.
 * NULL: no memory.  SIGPIPE must be ignored.
 */
struct logsink	*logsink_new(struct event_base *, int fd, size_t octets);
void		 logsink_free(struct logsink *);
/* From now on with the local time, to the ms, before each line. */
void		 logsink_times(struct logsink *);
/* From now on to the syslog daemon that listens at this path. */
void		 logsink_syslog(struct logsink *, const char *path);
void		 logsink_line(struct logsink *, int priority,
		    const char *process, const char *text);
/* A child has lost so many lines itself. */
void		 logsink_lost(struct logsink *, const struct ipc_lost *);
/* How many lines were lost in total. */
void		 logsink_total(const struct logsink *, struct ipc_lost *);
/* Write all waiting lines, or as many as possible within `ms`. */
void		 logsink_linger(struct logsink *, int ms);
#endif
