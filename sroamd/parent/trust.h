/* SPDX-License-Identifier: ISC */
/*
 * Files that decide what the daemon does: its configuration, its keys.  Each
 * is root's or the caller's and nobody else's to write, and so is every folder
 * and link on the way to it, so that no other user chooses what is read.
 */
#ifndef SROAMD_TRUST_H
#define SROAMD_TRUST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A descriptor to read the file, which is one; or -1 with errno, and the
 * reason and what to do in `why`: EPERM for a file that is not trusted.
 * secret: nor may group or others read it.
 */
int	trust_open(const char *path, bool secret, char *why, size_t len);

/*
 * The same, for a folder to which only root or the caller writes, and without
 * a trace for trust_settle.
 */
int	trust_folder(const char *path, char *why, size_t len);

/* Whether somebody but its owner may read this file. */
bool	trust_is_exposed(int fd);

/*
 * From here on only files in or below the folders of those that were opened so
 * far: for others errno is EXDEV.  Each of the folders is shown once.
 */
void	trust_settle(void (*each)(void *arg, int folder), void *arg);
#endif
