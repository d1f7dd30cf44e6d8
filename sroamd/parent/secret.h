/* SPDX-License-Identifier: ISC */
/* How the parent reads keys and certificates. */
#ifndef SROAMD_SECRET_H
#define SROAMD_SECRET_H

#include "conf/conf.h"

/*
 * Reads the files of the tls statements into the configuration: 0, or -1 and
 * the error was logged; they must be trusted, keys be secret: trust.h.
 * lenient: a file that we may not read is no error, for a check by another
 * user: returns 1.
 */
int	secret_load(struct conf *, bool lenient);
#endif
