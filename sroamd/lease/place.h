/* SPDX-License-Identifier: ISC */
/*
 * Routers by their addresses.  A machine that takes the place of another has
 * its addresses and, if the secret of the former identity was not kept,
 * another id: then the former router is dead, and is forgotten as soon as it
 * has been silent for ROUTER_SILENT_S and the other has spoken since.  Nobody
 * ends a router that is alive by this.
 */
#ifndef SROAMD_LEASE_PLACE_H
#define SROAMD_LEASE_PLACE_H

#include <sys/tree.h>

#include <stdbool.h>

#include "common/addr.h"

struct core;
struct router;

/* An address of a router. */
struct router_place {
	RB_ENTRY(router_place)	 entry;		/* by address, then id */
	struct addr		 addr;		/* none: not in the tree */
	struct router		*router;
};

RB_HEAD(place_tree, router_place);

int	place_cmp(const struct router_place *, const struct router_place *);
RB_PROTOTYPE(place_tree, router_place, entry, place_cmp)

/* Its addresses have changed. */
void		 place_set(struct core *, struct router *);
void		 place_clear(struct core *, struct router *);
/* Another router at this address that is silent, or that is not; or NULL. */
struct router	*place_other(struct core *, const struct router_place *,
		    bool silent);
#endif
