/* SPDX-License-Identifier: ISC */
/*
 * A datum: one record of the replicated table, by its key.
 *
 *	data   | kind | rest of the key | value |
 *	       |<------- keylen ------->|<----->| vallen
 *
 *	datum ----- one record
 *	  | lease            | location           | router
 *	station -- by MAC; its leases, its place  router -- by id; who is there
 *	  | only while it is at this router
 *	assoc ---- evidence, probes, announcements, advertisements
 *
 * Every look-up is by tree or hash; every deadline is a timer in a queue.
 */
#ifndef SROAMD_TABLE_DATUM_H
#define SROAMD_TABLE_DATUM_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "common/timer.h"

struct held;
struct kind;
struct station;

/*
 * data is the key, then the value.  A lease that has ended stays for a day, in
 * a queue of its own, to remember who had the address.
 */
struct datum {
	RB_ENTRY(datum)		 entry;
	TAILQ_ENTRY(datum)	 change;	/* in order of last change */
	LIST_ENTRY(datum)	 lease;		/* of its station */
	LIST_ENTRY(datum)	 bucket;	/* of the digests' leaf */
	const struct kind	*kind;
	struct station		*station;	/* of a lease or location */
	struct timer		 timer;		/* end, refresh or removal */
	monotime_t		 expires;
	monotime_t		 claimed;
	uint64_t		 seqno;
	uint64_t		 sum;		/* in digests, if summed */
	struct datum		*chain;		/* of its place in the index */
	struct held		*held;		/* not flooded yet, or NULL */
	uint32_t		 from;		/* session; 0: ourselves */
	uint32_t		 paced;		/* its bucket, ticks */
	uint32_t		 answered;	/* an old version, at, ticks */
	uint16_t		 place;		/* in the digests' tree */
	uint16_t		 share;		/* of its pool: lease/share.h */
	uint8_t			 keylen, vallen;
	uint8_t			 inner;		/* octets before datum_key */
	uint8_t			 size;		/* room for the value */
	uint8_t			 memory;	/* an ended lease */
	uint8_t			 routed;	/* a route of ours stands */
	uint8_t			 counted;	/* in its pool */
	uint8_t			 taken;		/* and live */
	uint8_t			 summed;	/* it counts in digests */
	uint8_t			 ending;	/* its sum says so */
	uint8_t			 mistaken;	/* see location.c */
	uint8_t			 data[];
};

RB_HEAD(datum_tree, datum);
TAILQ_HEAD(datum_list, datum);

int	 datum_cmp(const struct datum *, const struct datum *);
RB_PROTOTYPE(datum_tree, datum, entry, datum_cmp)
const uint8_t	*datum_key(const struct datum *);	/* in its network */
uint8_t		 datum_keylen(const struct datum *);
const uint8_t	*datum_value(const struct datum *);
bool		 datum_live(const struct datum *, monotime_t now);
uint32_t	 datum_remaining(const struct datum *, monotime_t now); /* s */
#endif
