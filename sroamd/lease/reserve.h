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
void	reserved_free(struct core *);
#endif
