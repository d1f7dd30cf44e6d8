/* SPDX-License-Identifier: ISC */
/* Compiled again whenever a source file has changed: it holds their digest. */
#include "proc/build.h"

const char	build_id[] = BUILD_ID;
