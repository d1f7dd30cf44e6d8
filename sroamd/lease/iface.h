/* SPDX-License-Identifier: ISC */
/* A layer-3 interface that exists, by its index. */
#ifndef SROAMD_LEASE_IFACE_H
#define SROAMD_LEASE_IFACE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/bucket.h"
#include "common/monotime.h"
#include "lease/neighbour.h"
#include "lease/tentative.h"
#include "msg.h"

struct assoc;
struct core;
struct network;

#define LIMIT_BUCKETS	64

/* A layer-3 interface that exists. */
struct iface {
	RB_ENTRY(iface)		 entry;
	LIST_ENTRY(iface)	 spare;		/* while it is not there */
	struct link		 link;
	struct network		*network;
	LIST_HEAD(, assoc)	 assocs;
	/* New stations and leases of a port are limited by these. */
	struct bucket		 leases[LIMIT_BUCKETS];
	struct bucket		 joins[LIMIT_BUCKETS];
	monotime_t		 refused;	/* a join, last; or 0 */
	/* likewise, for want of memory */
	monotime_t		 missed;
	struct neigh_tree	 neighs;
	struct tentative_tree	 tentatives;
	uint32_t		 ntentatives;
	struct bucket		 named;		/* impostors in the log */
	/* silent hosts are sought, from these on: roam/seek.h */
	bool			 seeks;
	uint32_t		 seek_host, seek_range;
	struct addr		 seek_addr;
};

RB_HEAD(iface_tree, iface);
LIST_HEAD(iface_list, iface);

int	 iface_cmp(const struct iface *, const struct iface *);
RB_PROTOTYPE(iface_tree, iface, entry, iface_cmp)
struct iface *iface_at(struct core *, uint32_t ifindex);	/* or NULL */
#endif
