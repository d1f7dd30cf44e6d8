/* SPDX-License-Identifier: ISC */
/*
 * The engine's folder, with the table on disk, which the parent must not read:
 * it may be anything.
 */
#ifndef SROAMD_STATE_H
#define SROAMD_STATE_H

#include <stddef.h>

#define STATE_SECONDS	30		/* for the examination */

/*
 * Makes the folder in `dir`, gives it to the user, and has the table in it
 * examined; one that is no good is put aside.  path: that of the folder, or an
 * empty one if there can be no store; the reason was logged.  0; or -1, logged:
 * the daemon cannot start.
 */
int	state_prepare(const char *dir, const char *user, char *path, size_t,
	    int seconds);
/* Only makes and gives it: its descriptor, by O_PATH, or -1. */
int	state_folder(const char *dir, const char *user, char *path, size_t);
#endif
