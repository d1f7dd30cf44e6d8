/* SPDX-License-Identifier: ISC */
/*
 * Who this router is: a router id made once, and kept in the state folder so
 * that it is the same after a restart.
 */
#ifndef SROAMD_IDENTITY_H
#define SROAMD_IDENTITY_H

#include "addr.h"

/*
 * Read the id from `dir`, or make one and write it there; the folder is made
 * if missing.  When it cannot be kept, one warning, and it is good for this
 * run.
 */
void	identity_load(const char *dir, struct router_id *);
#endif
