/* SPDX-License-Identifier: ISC */
/* Neighbour entries: IPv6 addresses that stations use here. */
#ifndef SROAMD_LEASE_NEIGHBOUR_H
#define SROAMD_LEASE_NEIGHBOUR_H

#include <sys/queue.h>
#include <sys/tree.h>

#include "common/addr.h"

struct assoc;
struct core;
struct iface;

/* An IPv6 address that a station uses here. */
struct neighbour {
	RB_ENTRY(neighbour)	 entry;		/* of its interface */
	TAILQ_ENTRY(neighbour)	 order;		/* as heard; link-local first */
	struct assoc		*assoc;
	struct addr		 addr;
};

RB_HEAD(neigh_tree, neighbour);
TAILQ_HEAD(neigh_list, neighbour);

int	 neigh_cmp(const struct neighbour *, const struct neighbour *);
RB_PROTOTYPE(neigh_tree, neighbour, entry, neigh_cmp)
struct neighbour	*neigh_find(struct iface *, const struct addr *);
/* NULL: no memory, or another station of this link has it. */
struct neighbour	*neigh_add(struct core *, struct assoc *,
			    const struct addr *);
void			 neigh_free(struct core *, struct neighbour *);
/* By which the station is reached, whoever asks for it; or none. */
const struct addr	*neigh_nexthop(const struct assoc *);
void			 neigh_left(struct core *, struct assoc *);
void			 neigh_withdraw(struct core *, struct assoc *,
			    const struct prefix *);
/* Without an effect. */
void			 neigh_forget(struct core *, struct assoc *);
#endif
