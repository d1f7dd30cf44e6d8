/* SPDX-License-Identifier: ISC */
/*
 * One end of a channel between two of our processes, hooked into libevent.
 * Every message is checked with ipc_check before the handler gets it; one that
 * breaks the rules is fatal, and so is a queue to a sibling that overflows.
 */
#ifndef SROAMD_PIPE_H
#define SROAMD_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/ipc.h"

struct event_base;
struct pipe;

struct pipe_ops {
	void	(*message)(void *arg, const struct imsg *);
	void	(*closed)(void *arg);		/* the other end is gone */
	/* queue fell below the low mark; may be NULL */
	void	(*drained)(void *arg);
	void	 *arg;
};

/* Takes over the descriptor. */
struct pipe	*pipe_new(struct event_base *, int fd, enum proc_id self,
		    enum proc_id other, const struct pipe_ops *);
void		 pipe_free(struct pipe *);
/*
 * Messages sent here answer those received: while the queue is full, nothing
 * is read.
 */
void		 pipe_answers(struct pipe *);
/*
 * What comes from there may be anything: a message that breaks the rules is
 * logged, and closes the channel, as its end would.
 */
void		 pipe_distrust(struct pipe *);
/* Queue one message; fd is -1 or closed once sent.  Failure is fatal. */
void		 pipe_send(struct pipe *, uint32_t type, uint32_t id, int fd,
		    const void *data, size_t len);
/* Queue a message that may be dropped; false: it was, the queue is long. */
bool		 pipe_offer(struct pipe *, uint32_t type, const void *data,
		    size_t len);
/* Whether a sender of many messages should pause until drained is called. */
bool		 pipe_full(const struct pipe *);
/* Whether fewer octets than these wait to be written. */
bool		 pipe_below(const struct pipe *, size_t);
void		 pipe_flush(struct pipe *);	/* write what can be, now */
/* Write the whole queue, or as much as possible within `ms`. */
void		 pipe_linger(struct pipe *, int ms);
#endif
