/* SPDX-License-Identifier: ISC */
/*
 * The parent's work: it opens what needs privilege, runs the children, and
 * does for them what they ask, as far as the configuration allows it.
 */
#ifndef SROAMD_PARENT_H
#define SROAMD_PARENT_H

#include <stdbool.h>

#include "conf/conf.h"

struct event_base;
struct parent;

struct parent_opts {
	const char	 *conf_path;	/* absolute */
	const char	 *socket;	/* of -s; NULL: what the file says */
	int		  verbose;	/* of -v */
	bool		  foreground;	/* -d */
	void		(*ready)(void);	/* called when all is running */
};

/* Read the configuration and complete it.  NULL: not good, and said why. */
struct conf	*parent_conf_load(const struct parent_opts *);

/* Whether it has a peer given by name, for which there is a resolver. */
bool		 parent_resolves(const struct conf *);

/* Takes the configuration over.  The options must stay. */
struct parent	*parent_new(struct event_base *, const struct parent_opts *,
		    struct conf *);
/* Sockets, before there are children: 0, or -1 and said why. */
int		 parent_open(struct parent *);
void		 parent_start(struct parent *);	/* children, then drop */
/* After the loop: leave the kernel as configured.  The exit status. */
int		 parent_end(struct parent *);

/*
 * In place of all this: what a run that is over has left in the kernel goes.
 * The exit status; 1: said why.
 */
int		 parent_remove(const struct parent_opts *);
#endif
