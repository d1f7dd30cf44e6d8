/* SPDX-License-Identifier: ISC */
/* How a process that root has started becomes another user's. */
#ifndef SROAMD_BECOME_H
#define SROAMD_BECOME_H

#include <stdbool.h>

/*
 * Root directory, user and terminal: not reversible.  talks: standard error
 * stays.  user NULL: for a check by any user, before our own needs to exist,
 * only root's privileges are dropped, if it has them.  Errors are fatal.
 */
void	become(const char *user, const char *root, bool talks);
#endif
