/* SPDX-License-Identifier: ISC */
/*
 * The paths of the children's programs: in the build tree, for tests, or where
 * `make install` puts them, which links the daemon with another object of this
 * file.
 */
#include "parent/paths.h"

const char *const	programs_folder = PROGRAMS_FOLDER;
const bool		programs_installed = PROGRAMS_INSTALLED;
