/* SPDX-License-Identifier: ISC */
/*
 * Who this router is: a file of 32 random octets, root's own, which the signer
 * alone reads.
 */
#ifndef SROAMD_IDENTITY_H
#define SROAMD_IDENTITY_H

#include <stddef.h>

#include "conf/conf.h"

#define IDENTITY_OCTETS	32

/*
 * A descriptor to read them from, of the configured file or of the one in the
 * state folder, which is made if it is missing; if none can be kept there, of
 * octets for this run, with a warning, but not with `keep`.  -1: the error was
 * logged.
 */
int	identity_open(const struct conf_global *, bool keep);
#endif
