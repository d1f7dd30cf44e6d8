/* SPDX-License-Identifier: ISC */
/* The children's programs. */
#ifndef SROAMD_PROGRAM_H
#define SROAMD_PROGRAM_H

#include <sys/types.h>

#include <stdbool.h>

#include "ipc/ipc.h"

/* What a child is told at its start; the strings may go afterwards. */
struct program_args {
	const char	*user;		/* whom it becomes */
	const char	*root;		/* its root folder */
	const char	*state;		/* its root instead: the store's; NULL */
	bool		 verbose;
	bool		 foreground;	/* keeps standard error */
	bool		 check;		/* of sroamd -n, by whomever */
};

/*
 * Run one, with a channel of which our end goes to *fd: its process id.  What
 * fails is fatal.
 */
pid_t	program_start(enum proc_id, const struct program_args *, int *fd);
#endif
