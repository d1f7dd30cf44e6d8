/* SPDX-License-Identifier: ISC */
/*
 * Children: started by re-executing ourselves (-E engine, -F frontend, -R
 * resolver) with their channel to the parent on CHILD_FD.
 */
#ifndef SROAMD_PROC_H
#define SROAMD_PROC_H

#include <sys/types.h>

#include "ipc/ipc.h"

/* Fork and re-execute; the parent's end of the channel goes to *fd. */
/* state: the folder that is its root instead, and has the store; or NULL. */
pid_t	proc_start(enum proc_id, const char *user, const char *chroot_dir,
	    const char *state, int verbose, int to_stderr, int *fd);

/* The children's whole lives, with the arguments of main; their status. */
int	engine(int, char **);
int	frontend(int, char **);
int	resolver(int, char **);
#endif
