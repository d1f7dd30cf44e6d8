/* SPDX-License-Identifier: ISC */
/*
 * Other routers, by name, and by the number of their nexthop objects.  In each
 * VRF where it has stations a router is reached by a way of its own.
 */
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

/*
 * Ids of objects in the kernel: "SR" and twice a router's number, plus one for
 * IPv6 routes; of groups; of the legs of groups, PLAN_LEGS for each.
 */
#define NEXTHOP_BASE	0x53520000U
#define NEXTHOP_NUMBERS	0x8000U
#define NEXTHOP_GROUPS	(NEXTHOP_BASE + 2 * NEXTHOP_NUMBERS)
#define NEXTHOP_LEGS	(NEXTHOP_GROUPS + 2 * NEXTHOP_NUMBERS)
#define NEXTHOP_END	(NEXTHOP_LEGS + 2 * NEXTHOP_NUMBERS * PLAN_LEGS)

/*
 * The nexthop object in the kernel for one family's routes to a router: one
 * way, or a group, which it stays until it goes.  The kernel exchanges no
 * object of a kind for one of the other.
 */
struct knexthop {
	bool		present;
	bool		told;		/* by an event: another's change */
	bool		group;
	bool		differs;	/* in the kernel: set it again */
	bool		seen;		/* in a dump */
	bool		seen_leg[PLAN_LEGS];
	struct plan_leg	leg[PLAN_LEGS];	/* the first, or a group's */
};

struct krouter {
	RB_ENTRY(krouter)	entry;	/* by id and VRF */
	RB_ENTRY(krouter)	by_number;
	struct router_id	id;
	uint32_t		vrf;	/* table in which it is reached, or 0 */
	uint32_t		number;	/* of its objects */
	struct addr		addr4, addr6;
	struct plan_reach	reach4, reach6;
	/* for IPv4 and for IPv6 routes */
	struct knexthop		nh4, nh6;
	bool			dirty;
	bool			warned;	/* logged: there is no way to it */
	/* only a default route leads to it */
	bool			by_default;
	bool			ask4, ask6;	/* legs were not told */
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

/* By the table of a VRF, or 0. */
struct krouter		*krouter_find(struct kernel *, const struct router_id *,
			    uint32_t vrf);
/* A new one has the addresses that it has elsewhere.  NULL: too many. */
struct krouter		*krouter_get(struct kernel *, const struct router_id *,
			    uint32_t vrf);
/* Have its ways be found again at the end of this turn. */
void			 router_dirty(struct kernel *, struct krouter *);
void			 router_reap(struct kernel *, struct krouter *);
void			 router_free_all(struct kernel *);
/* The id of the object for routes of a family to it; 0: none now. */
uint32_t		 router_nhid(const struct krouter *, bool v4);
uint32_t		 router_leg_id(const struct krouter *, bool v4,
			    unsigned int);
/* Its first leg, if it has one. */
const struct plan_leg	*router_leg(const struct knexthop *);
/* The router whose object has this id: of a group or a leg, too. */
struct krouter		*router_by_nhid(struct kernel *, uint32_t id);
RB_PROTOTYPE(krouter_tree, krouter, entry, router_cmp)
RB_PROTOTYPE(krouter_numbers, krouter, by_number, number_cmp)
#endif
