/* SPDX-License-Identifier: ISC */
/* The children's programs: their paths, how they start, how they ended. */
#ifndef SROAMD_PROGRAM_H
#define SROAMD_PROGRAM_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "ipc/ipc.h"

/* Arguments of a child; needed until it runs. */
struct program_args {
	const char	*user;		/* user to become */
	const char	*root;		/* its root folder */
	/* instead: the store's; or NULL */
	const char	*state;
	bool		 verbose;
	bool		 foreground;	/* keeps standard error */
	bool		 check;		/* of sroamd -n, by any user */
};

/*
 * For tests, "engine=path": another program for a child.  The text must stay.
 * -1: not of this form.
 */
int	program_set(const char *option);
/*
 * Whether a child's program exists and is writable by root only: the installed
 * one and its folder, or the one of program_set.  0, or -1 and the error was
 * logged.
 */
int	program_check(enum proc_id);
/*
 * Run it, with a channel of which our end goes to *fd: its process id.  Errors
 * are fatal.
 */
pid_t	program_start(enum proc_id, const struct program_args *, int *fd);
/*
 * Run one without a channel, for its status: 0, or -1 if it has not ended
 * after some seconds, and was killed.  Errors are fatal.
 */
int	program_result(enum proc_id, const struct program_args *, int seconds,
	    int *status);
/* How it ended, as text; status: of waitpid(2). */
void	program_ended(enum proc_id, int status, char *text, size_t len);
/* Whether it ended because it is of another build. */
bool	program_is_other_build(int status);
#endif
