/* SPDX-License-Identifier: ISC */
/*
 * A host of the configuration that does not renew its lease, as by BOOTP, has
 * it as long as it is heard with the address.
 */
#ifndef SROAMD_LEASE_KEEP_H
#define SROAMD_LEASE_KEEP_H

#include "common/addr.h"
#include "common/monotime.h"

struct assoc;
struct core;

/* A frame of the station says that it has this IPv4 address. */
void	keep_heard(struct core *, const struct assoc *, const struct addr *,
	    monotime_t now);
#endif
