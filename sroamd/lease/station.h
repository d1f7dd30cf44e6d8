/* SPDX-License-Identifier: ISC */
/*
 * Stations by their MAC address and network: their leases, where they are, and
 * what is remembered of them.  One MAC address in several networks is as many
 * stations, one behind the other.
 */
#ifndef SROAMD_LEASE_STATION_H
#define SROAMD_LEASE_STATION_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

struct assoc;
struct contest;
struct core;
struct datum;
struct missing;
struct network;
struct router;

/*
 * Where the routes of a station lead; `routed` of a datum says which have one.
 */
struct route_dest {
	uint8_t		 kind;		/* enum route_kind */
	uint32_t	 ifindex;
	struct router	*router;
};

#define OLD_PREFIXES	4

/* A prefix that a station has lost, to be deprecated wherever it comes. */
struct oldprefix {
	struct prefix	prefix;
	monotime_t	until;
};

struct station {
	RB_ENTRY(station)	 entry;
	LIST_ENTRY(station)	 at_router;	/* if router is set */
	struct network		*network;
	uint32_t		 net;		/* its id */
	struct mac		 mac;
	LIST_HEAD(, datum)	 leases;
	struct datum		*location;
	struct router		*router;	/* by its live location */
	struct assoc		*assoc;		/* if it is here */
	struct route_dest	 place;		/* of the routes that stand */
	monotime_t		 renumber;	/* not again before then */
	uint32_t		 moved;		/* s, when moves were counted */
	uint8_t			 moves;		/* lately: station_moves */
	uint8_t			 flapping;
	struct oldprefix	*old;		/* OLD_PREFIXES, or NULL */
	struct missing		*missing;	/* it went with its link */
	struct contest		*contest;	/* it is at two places */
};

RB_HEAD(station_tree, station);

int	 station_cmp(const struct station *, const struct station *);
RB_PROTOTYPE(station_tree, station, entry, station_cmp)
/* NULL: none, or no network. */
struct station	*station_find(struct core *, struct network *,
		    const struct mac *);
/* Those of a MAC address, in all networks; NULL: none, or no more. */
struct station	*station_first(struct core *, const struct mac *);
struct station	*station_next(struct station *);
/* Made if need be; NULL: no memory. */
struct station	*station_get(struct core *, struct network *,
		    const struct mac *);
/* if unused */
void		 station_release(struct core *, struct station *);
/* For a claim that names it: 1 if it was made, 0 if it was there, or -1. */
int		 station_name(struct core *, struct network *,
		    const struct mac *);
/* It moved: count this, and log it when that is too often. */
void		 station_moved(struct core *, struct station *, monotime_t now);
/* It lost a prefix, which it believes valid until then. */
void		 station_lost_prefix(struct core *, struct station *,
		    const struct prefix *, monotime_t until);
bool		 station_has_lost(const struct station *, const struct prefix *,
	    monotime_t now);		/* which is being deprecated */
bool		 station_is_ours(const struct core *, const struct station *,
	    monotime_t now);		/* a live location names us */
/* Recent moves, older ones counting less; whether they are too many. */
uint8_t		 station_moves(const struct core *, const struct station *,
		    monotime_t now);
bool		 station_flaps(const struct core *, const struct station *,
		    monotime_t now);
void		 stations_free(struct core *);	/* and their associations */
#endif
