/* SPDX-License-Identifier: ISC */
/* The children's programs: where they are, how they start, how they ended. */
#ifndef SROAMD_PROGRAM_H
#define SROAMD_PROGRAM_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "ipc/ipc.h"

/* What a child is told at its start; the strings may go afterwards. */
struct program_args {
	const char	*user;		/* whom it becomes */
	const char	*root;		/* its root folder */
	/* its root instead: the store's; NULL */
	const char	*state;
	bool		 verbose;
	bool		 foreground;	/* keeps standard error */
	bool		 check;		/* of sroamd -n, by whomever */
};

/*
 * For tests, "engine=path": another program for a child.  It must stay.  -1:
 * not of this form.
 */
int	program_set(const char *option);
/*
 * Whether a child's program is there, and is root's alone to write: what is
 * installed and its folder, and what program_set names.  0, or -1 and said
 * why.
 */
int	program_check(enum proc_id);
/*
 * Run it, with a channel of which our end goes to *fd: its process id.  What
 * fails is fatal.
 */
pid_t	program_start(enum proc_id, const struct program_args *, int *fd);
/* How it ended, in words; status: of waitpid(2). */
void	program_ended(enum proc_id, int status, char *text, size_t len);
/* Whether that is because it is of another build. */
bool	program_is_alien(int status);
#endif
