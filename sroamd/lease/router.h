/* SPDX-License-Identifier: ISC */
/* The routers of the network, by their id. */
#ifndef SROAMD_LEASE_ROUTER_H
#define SROAMD_LEASE_ROUTER_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "lease/place.h"
#include "msg.h"
#include "table/peer.h"

struct core;
struct datum;
struct station;

struct router {
	RB_ENTRY(router)	 entry;
	/* from its datum, or the id alone */
	struct router_info	 info;
	struct datum		*datum;
	struct router_place	 places[2];	/* IPv4, IPv6 */
	LIST_HEAD(, station)	 stations;
	uint32_t		 nstations;
	struct spoken		 spoken;	/* by the session, its datum */
	uint8_t			 nexthop;	/* set in the kernel */
	uint8_t			 silent;	/* no refresh for too long */
	uint8_t			 hops;		/* it was heard over; 0: ? */
	uint8_t			 is_cloned;	/* two have its identity */
	monotime_t		 cloned;	/* when that was seen last */
	uint64_t		 former_run;	/* before its last start */
	/* its configuration and ours, by exclusive or; 0: alike */
	uint64_t		 differs;
};

RB_HEAD(router_tree, router);

int	 router_cmp(const struct router *, const struct router *);
RB_PROTOTYPE(router_tree, router, entry, router_cmp)
struct router	*router_find(const struct core *, const struct router_id *);
/* Made if need be; NULL: no memory. */
struct router	*router_get(struct core *, const struct router_id *);
/* if unused */
void		 router_release(struct core *, struct router *);
bool		 router_is_self(const struct core *, const struct router *);
bool		 router_reachable(const struct router *);
/* Its name as far as it is known, else its id. */
const char	*core_router_name(const struct router *);
void		 routers_free(struct core *);
#endif
