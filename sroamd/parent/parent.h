/* SPDX-License-Identifier: ISC */
/*
 * The parent's work: it opens what needs privileges, runs the children, and
 * acts on their requests, as far as the configuration allows it.
 */
#ifndef SROAMD_PARENT_H
#define SROAMD_PARENT_H

#include <stdbool.h>

#include "conf/conf.h"

struct event_base;
struct parent;

struct parent_opts {
	const char	 *conf_path;	/* absolute */
	const char	 *socket;	/* of -s; NULL: as configured */
	int		  verbose;	/* of -v */
	bool		  foreground;	/* -d */
	void		(*ready)(void);	/* called when all is running */
};

/* Read the configuration and complete it.  NULL: an error, which was logged. */
struct conf	*parent_conf_load(const struct parent_opts *);

/* Whether it has a peer given by name, so that a resolver is needed. */
bool		 parent_resolves(const struct conf *);

/* Takes the configuration over.  The options must stay valid. */
struct parent	*parent_new(struct event_base *, const struct parent_opts *,
		    struct conf *);
/*
 * Opens sockets, before there are children: 0, or -1 and the error was logged.
 */
int		 parent_open(struct parent *);
void		 parent_start(struct parent *);	/* fork, and drop */
/* After the loop: leave the kernel as configured.  Returns the exit status. */
int		 parent_end(struct parent *);

/*
 * Instead of all this: remove what a former run has left in the kernel.
 * Returns the exit status; 1: the error was logged.
 */
int		 parent_remove(const struct parent_opts *);
#endif
