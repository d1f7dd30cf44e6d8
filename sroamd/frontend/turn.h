/* SPDX-License-Identifier: ISC */
/*
 * Sockets that are read in turn.  While the receiver is behind, none is read,
 * and frames wait in the kernel instead of being dropped; then the sockets
 * that waited are read, longest first, each for its share.
 */
#ifndef SROAMD_FRONTEND_TURN_H
#define SROAMD_FRONTEND_TURN_H

#include <stdbool.h>

struct event_base;
struct turn;
struct turns;

/* frames, then the next socket */
#define TURN_SHARE	64

struct turns_ops {
	bool	(*busy)(void *arg);	/* true: read nothing now */
	void	 *arg;
};

/* NULL: no memory. */
struct turns	*turns_new(struct event_base *, const struct turns_ops *);
void		 turns_free(struct turns *);	/* after all turns were freed */
/* Call it when busy returns false again. */
void		 turns_resume(struct turns *);

/*
 * one reads one frame, or returns false: there are no more; it frees no turn.
 * The descriptor stays the caller's.  NULL: no memory.
 */
struct turn	*turn_new(struct turns *, int fd, bool (*one)(void *arg),
		    void *arg);
void		 turn_free(struct turn *);
#endif
