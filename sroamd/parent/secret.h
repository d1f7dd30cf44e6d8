/* SPDX-License-Identifier: ISC */
/* The parent's reading of keys and certificates. */
#ifndef SROAMD_SECRET_H
#define SROAMD_SECRET_H

#include "conf/conf.h"

/*
 * What the tls statements name, into the configuration: 0, or -1 and a line
 * in the log.  A file that others may read is worth a warning.  lenient: one
 * that we may not read is no error, for whoever only checks: 1.
 */
int	secret_load(struct conf *, const char *conf_path, bool lenient);
#endif
