/* SPDX-License-Identifier: ISC */
/* The paths of the children's programs. */
#ifndef SROAMD_PATHS_H
#define SROAMD_PATHS_H

#include <stdbool.h>

extern const char *const	programs_folder;	/* absolute */
/*
 * If installed, they and their folder must be root's, and writable by root
 * only.
 */
extern const bool		programs_installed;
#endif
