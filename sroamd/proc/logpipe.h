/* SPDX-License-Identifier: ISC */
/*
 * The log of a child: its lines are sent to the parent.  While the pipe is
 * full they are dropped, whatever their priority, and the parent gets their
 * number as soon as there is room.  Only the lines of a process that ends with
 * an error are waited for, shortly.
 */
#ifndef SROAMD_LOGPIPE_H
#define SROAMD_LOGPIPE_H

#include "ipc/pipe.h"

void	logpipe_start(struct pipe *);
void	logpipe_stop(void);		/* no logging from here on */
/* For the pipe's `drained`; the argument is ignored. */
void	logpipe_drained(void *);
#endif
