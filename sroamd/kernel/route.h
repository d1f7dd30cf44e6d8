/* SPDX-License-Identifier: ISC */
/* The routes of stations, by prefix: what is wanted and what the kernel has. */
#ifndef SROAMD_KERNEL_ROUTE_H
#define SROAMD_KERNEL_ROUTE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "kernel/plan.h"

struct kernel;
struct kernel_rt;
struct kiface;
struct krouter;
struct route;

/* The metric in our own table, where there are no other routes. */
#define TABLE_METRIC	1024

struct kroute;
TAILQ_HEAD(kroute_list, kroute);

struct kroute {
	RB_ENTRY(kroute)	 entry;
	struct prefix		 prefix;
	/* of the VRF in whose table it is; 0: in our own, and main */
	uint32_t		 vrf;
	uint8_t			 kind;		/* enum route_kind wanted */
	uint8_t			 seen;		/* PLAN_SEEN_* of this walk */
	/* of a former run, while we start */
	bool			 held;
	bool			 dirty;		/* on the list */
	/* from local to elsewhere just now */
	bool			 moved;
	bool			 failing;	/* on the list */
	bool			 draining;	/* on the list */
	bool			 doubted;	/* on the list */
	/* PLAN_SEEN_*: an event says that it is not there, but another */
	uint8_t			 doubt, replaced;
	struct mac		 mac;
	/* errno the kernel answered, or 0 */
	int32_t			 error;
	struct kiface		*iface;		/* ROUTE_LOCAL */
	uint32_t		 ifindex;
	struct addr		 gateway;	/* of a local /64, or none */
	uint32_t		 drain_ifindex;	/* 0: not draining */
	/* the walk during which it changed */
	uint32_t		 touched;
	struct krouter		*router;	/* ROUTE_DIRECT */
	struct place		 have;
	monotime_t		 drain_due;
	TAILQ_ENTRY(kroute)	 at;		/* iface's or router's */
	TAILQ_ENTRY(kroute)	 dirties, fails, drains, doubts;
};
RB_HEAD(kroute_tree, kroute);

void		 route_iface_down(struct kernel *, struct kiface *);
void		 route_iface_up(struct kernel *, struct kiface *);
void		 route_iface_drop(struct kernel *, struct kiface *);
void		 route_neighs_lost(struct kernel *, struct kiface *);
/* An event says that it is not in this place: PLAN_SEEN_*. */
void		 route_doubt(struct kernel *, struct kroute *, uint8_t slot);
/* Its IPv4 routes may have gone with an address of it. */
void		 route_iface_again(struct kernel *, struct kiface *);
void		 route_router_changed(struct kernel *, struct krouter *,
		    bool v4, bool lost);
/* The routes of a former run with this object are gone. */
void		 route_nexthop_lost(struct kernel *, uint32_t nhid);
/* Of its forwarding. */
uint32_t	 route_table(const struct kernel *, const struct kroute *);
void		 route_want(struct kernel *, struct kroute *,
		    const struct route *);
/* Remove it from the list of its interface or router. */
void		 route_unlink(struct kernel *, struct kroute *);
void		 route_started(struct kernel *);
void		 route_free_all(struct kernel *);
struct kroute	*route_find(struct kernel *, const struct prefix *);
/* Whether it is the one that we believe to be there. */
bool		 route_stands(struct kernel *, const struct kernel_rt *);
struct kroute	*route_new(struct kernel *, const struct prefix *);
void		 route_free(struct kernel *, struct kroute *);
void		 route_dirty(struct kernel *, struct kroute *);
RB_PROTOTYPE(kroute_tree, kroute, entry, route_cmp)
#endif
