/* SPDX-License-Identifier: ISC */
/* Where the children's programs are. */
#ifndef SROAMD_PATHS_H
#define SROAMD_PATHS_H

#include <stdbool.h>

extern const char *const	programs_folder;	/* absolute */
/* So they and their folder are root's, and nobody else's to write. */
extern const bool		programs_installed;
#endif
