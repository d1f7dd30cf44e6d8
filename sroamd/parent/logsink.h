/* SPDX-License-Identifier: ISC */
/*
 * Where the parent's log ends, its children's with it: on a descriptor like
 * standard error, or in the system's log.  It never waits for whoever reads:
 * lines that are not taken are kept in a ring, those that have no place there
 * are counted, and how many they were is said when there is room again.
 */
#ifndef SROAMD_LOGSINK_H
#define SROAMD_LOGSINK_H

#include <stddef.h>

#include "ipc/ipc.h"

struct event_base;
struct logsink;

/*
 * On this descriptor, which stays the caller's; octets: for lines that wait.
 * NULL: no memory.  SIGPIPE is to be ignored.
 */
struct logsink	*logsink_new(struct event_base *, int fd, size_t octets);
void		 logsink_free(struct logsink *);
/* From now on to the syslog daemon that listens there. */
void		 logsink_syslog(struct logsink *, const char *path);
void		 logsink_line(struct logsink *, int priority,
		    const char *process, const char *text);
/* A child has lost so many before they came here. */
void		 logsink_lost(struct logsink *, const struct ipc_lost *);
/* How many were lost in all. */
void		 logsink_total(const struct logsink *, struct ipc_lost *);
/* Write all that waits, or what is taken within so many ms. */
void		 logsink_linger(struct logsink *, int ms);
#endif
