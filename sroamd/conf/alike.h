/* SPDX-License-Identifier: ISC */
/* What all routers of a network must have configured alike, as a hash. */
#ifndef SROAMD_CONF_ALIKE_H
#define SROAMD_CONF_ALIKE_H

#include "conf/conf.h"

/*
 * Prefixes with what is delegated of them, ranges, the times of leases and
 * locations, the network key, and the stations with reserved addresses.  In
 * whatever order they are written.
 */
void	conf_alike(const struct conf *, uint8_t hash[8]);
#endif
