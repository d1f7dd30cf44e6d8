/* SPDX-License-Identifier: ISC */
/* The users and the root folder of the children. */
#ifndef SROAMD_PRIVSEP_H
#define SROAMD_PRIVSEP_H

#include "ipc/ipc.h"

/*
 * Each: 0, or -1 and a line in the log.
 *
 * The user, and those of its children: NAME_engine and so on, of which some or
 * all may be missing; none is root.
 */
int	privsep_users(const char *name);
/* made if missing; root's, empty */
int	privsep_folder(const char *);

/* As whom a child runs: its own user, or the one of all; for good. */
const char	*privsep_user(enum proc_id);
#endif
