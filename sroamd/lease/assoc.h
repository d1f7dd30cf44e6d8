/* SPDX-License-Identifier: ISC */
/*
 * A station at this router.  The link layer says who is there; how that moves
 * an association from state to state: roam/assoc.h.
 */
#ifndef SROAMD_LEASE_ASSOC_H
#define SROAMD_LEASE_ASSOC_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/timer.h"
#include "lease/neighbour.h"
#include "table/key.h"

struct core;
struct iface;
struct station;

/*
 *	          found at start    joined, heard    younger claim, silent
 *	(none) ------> FOUND ------------> HERE -----------------> LOST
 *	                 the link layer     ^   answered, heard     |  3 s, or
 *	                 says left: freed   +-----------------------+---> freed
 *
 * A radio's association is kept until the link layer says that it has ended:
 * a station that is heard through it is here, whatever was thought of it.
 */
enum assoc_state {
	ASSOC_FOUND,		/* seen, but since when is not known */
	ASSOC_HERE,		/* by evidence: we claim it */
	ASSOC_LOST		/* not claimed any more; asked once more */
};

/* What a station here was last told to be its own. */
struct given {
	struct prefix	prefix;
	monotime_t	at;
};

struct assoc {
	struct station		*station;
	LIST_ENTRY(assoc)	 on_link;
	struct iface		*iface;
	uint32_t		 port;
	char			 port_name[16];
	uint8_t			 state;		/* enum assoc_state */
	uint8_t			 source;	/* enum station_source */
	/* link layer's probes lost */
	uint8_t			 lost_probes;
	uint8_t			 returns;	/* from LOST, by its frames */
	uint8_t			 probes;	/* unanswered */
	uint8_t			 announces;	/* sent since it joined */
	uint8_t			 adverts;	/* sent since it joined */
	monotime_t		 since;		/* when it came, or was lost */
	monotime_t		 heard;
	/* answered up to here, SOLICIT_MS */
	monotime_t		 solicits;
	monotime_t		 dhcp6;		/* likewise */
	struct addr		 linklocal;	/* if it was heard with one */
	monotime_t		 linklocal_since;
	struct neigh_list	 neighs;
	uint8_t			 nneighs;	/* without the link-local one */
	struct given		 given[LEASE_KINDS];
	struct addr		 offered;	/* last, to be delegated */
	struct timer		 leave, probe, announce, advert;
};

struct assoc	*assoc_here(const struct station *);	/* or NULL */
/*
 * Have the link layer forget the station, so that it is seen anew; silent: a
 * station that is not here, and would be thrown out elsewhere if it heard.
 */
void		 assoc_disassociate(struct core *, const struct assoc *,
		    bool silent);
/* Make the station ask anew: the address that it has is another's. */
void		 assoc_renumber(struct core *, struct assoc *, monotime_t now);
#endif
