/* SPDX-License-Identifier: ISC */
/*
 * The steps that make the kernel have what is wanted: decisions without a
 * socket.
 *
 * The prefix of a station may be in the kernel in up to three places: in the
 * main table for routing daemons to redistribute, in our own table for
 * forwarding, and as a neighbour entry.  In a VRF there is one table for both,
 * in which the place of main is only that of a route that drains: vrf.h.
 */
#ifndef SROAMD_KERNEL_PLAN_H
#define SROAMD_KERNEL_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

struct place {
	uint32_t	main_ifindex;	/* 0: not in the main table */
	uint32_t	main_metric;
	uint32_t	ifindex;	/* our table: this interface, or */
	uint32_t	nhid;		/* this nexthop; both 0: not there */
	uint32_t	neigh_ifindex;	/* 0: no neighbour entry */
	struct mac	neigh_mac;
	/* our table, of an interface; or none */
	struct addr	gateway;
	/* main, while it drains; or none */
	struct addr	main_gateway;
};

/* What decides where a prefix should stand. */
struct plan_facts {
	bool		local;		/* wanted: the station is here */
	bool		v4;
	uint32_t	ifindex;	/* local: usable interface, or 0 */
	struct mac	mac;		/* of the station; zero if not known */
	uint32_t	nhid;		/* else: usable nexthop, or 0 */
	uint32_t	metric;		/* of local routes in main */
	uint32_t	drain_ifindex;	/* 0: not draining */
	/* of an IPv6 prefix that is or was local; or none */
	struct addr	gateway;
	bool		vrf;		/* one table: nothing is in main */
};

#define PLAN_DEMOTED	1000	/* added to the metric of a drain */

enum plan_op {
	PLAN_NEIGH_SET,
	PLAN_TABLE_SET,
	PLAN_MAIN_ADD,
	PLAN_MAIN_DEL,
	PLAN_TABLE_DEL,
	PLAN_NEIGH_DEL
};

struct plan_step {
	enum plan_op	op;
	uint32_t	ifindex, metric, nhid;
	struct addr	gateway;
	struct mac	mac;
};

#define PLAN_MAX	5

void		plan_want(const struct plan_facts *, struct place *);
/*
 * The steps from one place to the other: first add (neighbour, forwarding,
 * redistribution), then delete.  None for what is right already.
 */
unsigned int	plan_steps(const struct place *want, const struct place *have,
		    struct plan_step[PLAN_MAX]);
bool		place_empty(const struct place *);

/*
 * A route of a dump, compared with what we believe is there.  PLAN_NEWS: we
 * know of none in this slot; PLAN_EXTRA: one too many, or not to be kept. seen
 * collects what was found.
 */
enum plan_found {
	PLAN_KNOWN,
	PLAN_NEWS,
	PLAN_EXTRA
};

#define PLAN_SEEN_MAIN	0x1
#define PLAN_SEEN_TABLE	0x2
#define PLAN_SEEN_NEIGH	0x4

enum plan_found	plan_found(const struct place *have, bool in_main,
		    uint32_t ifindex, uint32_t metric, uint32_t nhid,
		    const struct addr *gateway, uint8_t *seen);
/* Forget what was not found in the dump. */
uint8_t		plan_missing(struct place *have, uint8_t seen);

/*
 * How a router's address is reached: by legs of equal cost, of which each takes
 * its share of the flows.  None: not at all.
 */
#define PLAN_LEGS	8

struct plan_leg {
	struct addr	gateway;
	uint32_t	ifindex;
	uint8_t		weight;		/* from 1 */
};

struct plan_reach {
	unsigned int	n;
	struct plan_leg	leg[PLAN_LEGS];
};

bool	plan_same_leg(const struct plan_leg *, const struct plan_leg *);
/*
 * Legs of a group: those that are not wanted go from their places, and new ones
 * get free places.  ifindex 0: a free place.  Marks what has changed.
 */
void	plan_places(struct plan_leg place[PLAN_LEGS],
	    const struct plan_reach *want, bool changed[PLAN_LEGS]);
/*
 * The next hop of IPv4 or IPv6 routes to a router that is reached so: of the
 * own family if possible; else of the other, where the kernel allows it (IPv6
 * routes need an IPv6 gateway).  false: none.
 */
bool	plan_nexthop(bool v4, const struct plan_reach *reach4,
	    const struct plan_reach *reach6, struct plan_reach *out);
#endif
