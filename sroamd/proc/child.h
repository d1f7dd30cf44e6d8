/* SPDX-License-Identifier: ISC */
/*
 * A child's life, the same for engine, frontend and resolver: its arguments,
 * the drop of its privileges, its channel to the parent with the log on it,
 * its loop and its end.  Errors are fatal.
 */
#ifndef SROAMD_CHILD_H
#define SROAMD_CHILD_H

#include <stdbool.h>

#include "ipc/pipe.h"

#define CHILD_FD	3	/* its end of the channel to the parent */
/* exit status: the parent is of another build */
#define CHILD_ALIEN	3

struct child {
	enum proc_id		  id;
	const char		 *user;		/* user to become */
	const char		 *root;		/* its root folder */
	/* that has the store; or NULL */
	const char		 *state;
	bool			  detached;	/* without a terminal */
	/* of sroamd -n, by any user */
	bool			  check;
	bool			  greeted;	/* child_hello is done */
	struct alive		 *alive;	/* NULL: not asked yet */
	struct event_base	 *base;
	struct pipe		 *parent;	/* its log goes there, too */
	void			(*message)(void *, const struct imsg *);
	void			 *arg;
};

/*
 * The arguments of main: build [-dnv] user root [state].  The build is first,
 * as another build may define the rest differently.
 */
void		 child_init(struct child *, enum proc_id, int argc,
		    char **argv);
/*
 * Root directory and user, signals, terminal: not reversible.  For sroamd -n,
 * which needs no privileges, only root's are dropped, if it has them.
 */
void		 child_drop(const struct child *);
/* The channel to the parent and its handler; the log goes there, too. */
struct pipe	*child_connect(struct child *, void (*message)(void *arg,
		    const struct imsg *), void *arg);
/*
 * IPC_HELLO: process id, log level, and a channel to the sibling, which must
 * be the first one.
 */
struct pipe	*child_hello(struct child *, const struct imsg *,
		    struct ipc_hello *, enum proc_id sibling,
		    const struct pipe_ops *);
/* The loop, until it is broken or the parent has ended. */
void		 child_run(struct child *);
/* Writes the last messages to the parent; frees all that child_init made. */
void		 child_end(struct child *);
#endif
