/* SPDX-License-Identifier: ISC */
/*
 * The state folder, root's own: in it the router id, made once, which is who
 * we are and not for the engine to say; and the engine's folder with the
 * store, which is not for us to read.
 */
#ifndef SROAMD_IDENTITY_H
#define SROAMD_IDENTITY_H

#include "common/addr.h"

/*
 * Read the id from `dir`, or make one and write it there; the folder is made
 * if missing.  When it cannot be kept, one warning, and it is good for this
 * run.  An empty `dir`: no folder, and no warning.
 */
void	identity_load(const char *dir, struct router_id *);
/*
 * Make the engine's folder and give it to the user.  Its path, which is empty
 * when there is none to be had; why has been said then.
 */
void	identity_store(const char *dir, const char *user, char *path, size_t);
#endif
