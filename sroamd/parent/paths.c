/* SPDX-License-Identifier: ISC */
/*
 * Where the children's programs are: in the build tree, for tests, or where
 * `make install` puts them, which links this file once more.
 */
#include "parent/paths.h"

const char *const	programs_folder = PROGRAMS_FOLDER;
const bool		programs_installed = PROGRAMS_INSTALLED;
