/* SPDX-License-Identifier: ISC */
/*
 * The log of a child: its lines are sent to the parent, limited by their cause.
 * While the pipe is full they are dropped, whatever their priority.  The parent
 * gets the number of those left out or dropped, once a second.  Only the lines
 * of a process that ends with an error are waited for, shortly.
 */
#ifndef SROAMD_LOGPIPE_H
#define SROAMD_LOGPIPE_H

#include "ipc/pipe.h"

struct event_base;

/* -1: no memory. */
int	logpipe_start(struct event_base *, struct pipe *);
void	logpipe_stop(void);		/* no logging from here on */
/* For the pipe's `drained`; the argument is ignored. */
void	logpipe_drained(void *);
#endif
