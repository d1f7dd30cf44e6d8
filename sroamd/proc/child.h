/* SPDX-License-Identifier: ISC */
/*
 * A child's life, the same for engine, frontend and resolver: its arguments,
 * what it gives up, its channel to the parent with the log on it, its loop
 * and its end.  What fails is fatal.
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
	const char		 *user;		/* whom it becomes */
	const char		 *root;		/* its root folder */
	/* that has the store; or NULL */
	const char		 *state;
	bool			  detached;	/* without a terminal */
	/* of sroamd -n, by whomever */
	bool			  check;
	bool			  greeted;	/* child_hello is done */
	struct event_base	 *base;
	struct pipe		 *parent;	/* the log goes there, too */
	void			(*message)(void *, const struct imsg *);
	void			 *arg;
};

/*
 * Of the arguments of main: build [-dnv] user root [state].  The build comes
 * first, as what follows is another build's to change.
 */
void		 child_init(struct child *, enum proc_id, int argc,
		    char **argv);
/*
 * Root and user, signals, terminal: no way back.  For sroamd -n, which needs
 * no privileges, there is only root's to give up.
 */
void		 child_drop(const struct child *);
/* The channel to the parent and who hears it; the log goes there, too. */
struct pipe	*child_connect(struct child *, void (*message)(void *arg,
		    const struct imsg *), void *arg);
/*
 * IPC_HELLO: who we are, how much is logged, and a channel to the sibling, of
 * which there must be none yet.
 */
struct pipe	*child_hello(struct child *, const struct imsg *,
		    struct ipc_hello *, enum proc_id sibling,
		    const struct pipe_ops *);
/* The loop, until somebody breaks it or the parent is gone. */
void		 child_run(struct child *);
/* What is left to say to the parent; then all that child_init has made. */
void		 child_end(struct child *);
#endif
