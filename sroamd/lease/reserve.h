/* SPDX-License-Identifier: ISC */
/* Addresses that no station may have: those of routers and servers. */
#ifndef SROAMD_LEASE_RESERVE_H
#define SROAMD_LEASE_RESERVE_H

#include <stdbool.h>

#include "common/addr.h"

struct core;

void	core_reserve(struct core *);	/* after any change of routers */
/* Counted, as several may have the same. */
void	reserve_add(struct core *, const struct addr *);
void	reserve_remove(struct core *, const struct addr *);
/* Whether the prefix contains a reserved address. */
bool	core_is_reserved(const struct core *, const struct prefix *);
/*
 * Whether it is one of a router or gateway, and not of a server or relay, which
 * may have its place among the stations.
 */
bool	core_is_routers(const struct core *, const struct addr *);
void	reserved_free(struct core *);
#endif
