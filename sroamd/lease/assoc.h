/* SPDX-License-Identifier: ISC */
/* A station at this router.  How it moves from state to state: roam/assoc.h. */
#ifndef SROAMD_LEASE_ASSOC_H
#define SROAMD_LEASE_ASSOC_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/timer.h"
#include "lease/neighbour.h"
#include "lease/tentative.h"
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
 * The association of a radio, or of a static entry of a bridge, is kept until
 * the link layer says that it has ended: a station that sends a frame through
 * it is here, whatever its state.
 */
enum assoc_state {
	ASSOC_FOUND,		/* seen, since an unknown time */
	ASSOC_HERE,		/* there is evidence: we claim it */
	ASSOC_LOST		/* not claimed any more; probed once */
};

/* It was seen in another network since it was last heard in this one. */
enum assoc_crossed {
	CROSSED_NOT,
	CROSSED_ASKED,		/* at another router: it is asked */
	CROSSED_HERE		/* this association ends */
};

/* The address or prefix that we last gave to a station here. */
struct given {
	struct prefix	prefix;
	monotime_t	at;
	bool		plain;	/* to the client without an identifier */
};

struct assoc {
	struct station		*station;
	LIST_ENTRY(assoc)	 on_link;
	struct iface		*iface;
	uint32_t		 port;
	bool			 reported;	/* the port is */
	char			 port_name[16];
	uint16_t		 tag;		/* of its VLAN there, or 0 */
	uint8_t			 state;		/* enum assoc_state */
	uint8_t			 source;	/* enum station_source */
	/* unacknowledged probes of the link layer */
	uint8_t			 lost_probes;
	/* from another router, and not alone here for a second yet */
	bool			 taken;
	bool			 isolated;	/* its port, from others */
	bool			 fixed;		/* by a static entry */
	bool			 pinned;	/* to its port, of a bridge */
	uint8_t			 crossed;	/* enum assoc_crossed */
	uint8_t			 probes;	/* unanswered */
	uint8_t			 announces;	/* sent since it joined */
	uint8_t			 adverts;	/* sent since it joined */
	monotime_t		 since;		/* when it came, or was lost */
	monotime_t		 heard;
	monotime_t		 named;		/* an impostor, not before */
	/* solicitations are answered up to this time, SOLICIT_MS each */
	monotime_t		 solicits;
	monotime_t		 dhcp6;		/* likewise */
	struct addr		 linklocal;	/* if it was heard with one */
	monotime_t		 linklocal_since;
	/* of its MAC address, has an entry; or none */
	struct addr		 own;
	struct neigh_list	 neighs;
	uint8_t			 nneighs;	/* without the link-local one */
	struct tentative_list	 tentatives;
	uint8_t			 ntentatives;
	struct given		 given[LEASE_KINDS];
	struct addr		 offered;	/* last, to be delegated */
	struct addr		 released;	/* while its timer is set */
	bool			 declined;	/* as in use by another */
	uint8_t			 release_asks;
	struct timer		 leave, probe, announce, advert, release;
};

struct assoc	*assoc_here(const struct station *);	/* or NULL */
/* Until the link layer says that it has ended: see above. */
bool		 assoc_lasts(const struct assoc *);
/*
 * Make the link layer forget the station, so that it reports it again. silent:
 * without a frame to the station, which is elsewhere and would leave there,
 * too.
 */
void		 assoc_disassociate(struct core *, const struct assoc *,
		    bool silent);
/* Make the station ask again: its address is leased to another. */
void		 assoc_renumber(struct core *, struct assoc *, monotime_t now);
#endif
