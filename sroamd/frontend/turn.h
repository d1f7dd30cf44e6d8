/* SPDX-License-Identifier: ISC */
/*
 * Sockets that are read in turn.  While whoever gets what is read is behind,
 * none is read, so that what comes waits in the kernel and is not thrown away;
 * then those that waited go on, longest first, each for its share.
 */
#ifndef SROAMD_FRONTEND_TURN_H
#define SROAMD_FRONTEND_TURN_H

#include <stdbool.h>

struct event_base;
struct turn;
struct turns;

/* frames of one, then it is another's */
#define TURN_SHARE	64

struct turns_ops {
	bool	(*busy)(void *arg);	/* nothing is to be read now */
	void	 *arg;
};

/* NULL: no memory. */
struct turns	*turns_new(struct event_base *, const struct turns_ops *);
void		 turns_free(struct turns *);	/* when all in it are */
/* To be called when busy says no again. */
void		 turns_resume(struct turns *);

/*
 * one reads one frame, or says false: there are no more; it frees no turn.
 * The descriptor stays the caller's.  NULL: no memory.
 */
struct turn	*turn_new(struct turns *, int fd, bool (*one)(void *arg),
		    void *arg);
void		 turn_free(struct turn *);
#endif
