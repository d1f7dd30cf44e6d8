/* SPDX-License-Identifier: ISC */
/* Compiled anew whenever a source file has changed: its only content. */
#include "proc/build.h"

const char	build_id[] = BUILD_ID;
