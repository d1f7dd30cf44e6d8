/* SPDX-License-Identifier: ISC */
/*
 * The log of a child: its lines go to the parent.  When their pipe is full
 * they are dropped, whatever they say, and the parent is told how many as soon
 * as there is room; only the last words of a process that gives up are
 * waited for, a little.
 */
#ifndef SROAMD_LOGPIPE_H
#define SROAMD_LOGPIPE_H

#include "ipc/pipe.h"

void	logpipe_start(struct pipe *);
void	logpipe_stop(void);		/* nothing is logged any more */
/* The pipe's `drained`, whose argument does not matter. */
void	logpipe_drained(void *);
#endif
