/* SPDX-License-Identifier: ISC */
/* Other routers, by name, and by the number of their nexthop objects. */
#ifndef SROAMD_KERNEL_ROUTER_H
#define SROAMD_KERNEL_ROUTER_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "kernel/plan.h"
#include "kernel/route.h"

struct kernel;

#define NEXTHOP_BASE	0x53520000U	/* "SR" and twice the number */
#define NEXTHOP_NUMBERS	0x8000U

/* A nexthop object in the kernel, for one family's routes to a router. */
struct knexthop {
	bool		present;
	bool		told;		/* by an event: another's change */
	struct addr	gateway;
	uint32_t	ifindex;
};

struct krouter {
	RB_ENTRY(krouter)	entry;	/* by id */
	RB_ENTRY(krouter)	by_number;
	struct router_id	id;
	uint32_t		number;	/* of its objects */
	struct addr		addr4, addr6;
	struct plan_reach	reach4, reach6;
	/* for IPv4 and for IPv6 routes */
	struct knexthop		nh4, nh6;
	bool			dirty;
	bool			warned;	/* logged: there is no way to it */
	bool			seen4, seen6;	/* in a dump */
	/* the kernel refused an object of it */
	bool			failing;
	/* an object to be replaced was missing */
	bool			gone;
	struct kroute_list	routes;
	TAILQ_ENTRY(krouter)	dirties;
};
RB_HEAD(krouter_tree, krouter);
RB_HEAD(krouter_numbers, krouter);
TAILQ_HEAD(krouter_list, krouter);

struct krouter	*krouter_find(struct kernel *, const struct router_id *);
struct krouter	*krouter_get(struct kernel *, const struct router_id *);
void		 router_reap(struct kernel *, struct krouter *);
void		 router_free_all(struct kernel *);
/* The id of the object for routes of a family to it; 0: none now. */
uint32_t	 router_nhid(const struct krouter *, bool v4);
/* The router whose object has this id. */
struct krouter	*router_by_nhid(struct kernel *, uint32_t id);
RB_PROTOTYPE(krouter_tree, krouter, entry, router_cmp)
RB_PROTOTYPE(krouter_numbers, krouter, by_number, number_cmp)
#endif
