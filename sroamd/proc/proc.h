/* SPDX-License-Identifier: ISC */
/*
 * Children: started by re-executing ourselves (-E engine, -F frontend, -R
 * resolver) with their channel to the parent on descriptor 3; and what each
 * does first: drop privileges for good, written once for all.
 */
#ifndef SROAMD_PROC_H
#define SROAMD_PROC_H

#include <sys/types.h>

#include "ipc/ipc.h"

#define PROC_FD		3

/* Fork and re-execute; the parent's end of the channel goes to *fd. */
/* state: the folder that is its root instead, and has the store; or NULL. */
pid_t	proc_start(enum proc_id, const char *user, const char *chroot_dir,
	    const char *state, int verbose, int to_stderr, int *fd);
/* In the child, without -d: proc_drop leaves the terminal, too. */
void	proc_detach(void);
/* In the child: chroot and setuid; fatal on any failure.  Then the sandbox. */
void	proc_drop(const char *user, const char *chroot_dir);

/* The children's whole lives; they return the exit status. */
int	engine(const char *user, const char *chroot_dir, const char *state);
int	frontend(const char *user, const char *chroot_dir);
int	resolver(const char *user, const char *dir);
#endif
