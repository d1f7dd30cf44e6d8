/* SPDX-License-Identifier: ISC */
/*
 * The state folder, root's own.  It has the router id, which is made once and
 * which the engine must not change; and the engine's folder with the store,
 * which the parent must not read.
 */
#ifndef SROAMD_IDENTITY_H
#define SROAMD_IDENTITY_H

#include "common/addr.h"

/*
 * Read the id from `dir`, or make one and write it there; make the folder if
 * it is missing.  If it cannot be stored, a warning is logged, and the id is
 * valid for this run.  An empty `dir`: no folder, and no warning.
 */
void	identity_load(const char *dir, struct router_id *);
/*
 * Make the engine's folder and give it to the user.  Its path, or an empty one
 * if that failed; the reason was logged.
 */
void	identity_store(const char *dir, const char *user, char *path, size_t);
#endif
