/* SPDX-License-Identifier: ISC */
/*
 * How much of a pool the stations at one port may have: so many times what is
 * still free, a dynamic threshold as switches have for the buffers of their
 * ports.  Who sends from ever new MAC addresses at one port gets so much of it
 * (`limit share'), and never all that others need, here or at another router;
 * where stations are at many ports, they can use nearly all.  Leases count by
 * pool everywhere, and by port at the port's router.
 *
 *	ports, each with all it gets	of a pool, with limit share 75
 *	1				3 in 4
 *	2				6 in 7
 *	n				3n in 3n + 1
 */
#ifndef SROAMD_LEASE_SHARE_H
#define SROAMD_LEASE_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "table/key.h"

struct core;
struct datum;
struct offer;
struct pool;
struct station;

#define SHARES		1024	/* of ports, by a hash: a power of two */
#define SHARE_NONE	0	/* not limited: a relay's, a host's */

/* Leases and offers of the stations at a port. */
struct share {
	uint32_t	n[LEASE_KINDS];
};

/*
 * That of the station's port, 1 to SHARES.  A station that the link layer has
 * not reported yet, or NULL, has that of all such, which get nothing of what
 * one port alone would not get: they ask again.
 */
uint16_t	share_of(const struct station *);
/* Whether a station there may take another one of this pool. */
bool		share_permits(const struct core *, const struct pool *,
		    uint16_t share);
/* The lease counts for this port now; SHARE_NONE: for none. */
void		share_hold(struct core *, struct datum *, uint16_t share);
/* The lease is live and takes a place of its pool, or does not any more. */
void		share_take(struct core *, struct datum *);
void		share_give(struct core *, struct datum *);
/* Likewise, for an offer. */
void		share_offer(struct core *, struct offer *, uint16_t share);
void		share_no_offer(struct core *, struct offer *);
/* The pools were made again. */
void		share_recount(struct core *);
#endif
