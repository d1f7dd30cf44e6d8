/* SPDX-License-Identifier: ISC */
/*
 * Frames of one station say the same again and again.  This remembers which
 * messages were passed on lately, in a table of fixed size: two stations in
 * one slot cost a message too many, never one too few.
 */
#ifndef SROAMD_FRONTEND_HEARD_H
#define SROAMD_FRONTEND_HEARD_H

#include <stdbool.h>

#include "common/monotime.h"
#include "msg.h"

#define HEARD_INTERVAL	1000		/* ms between two equal messages */

struct heard_cache;

/* NULL: no memory */
struct heard_cache	*heard_cache_new(uint32_t seed);
void			 heard_cache_free(struct heard_cache *);
/*
 * Whether to pass this on; if so, it counts as passed on.  ARP replies and
 * neighbour advertisements always are: they answer probes.
 */
bool			 heard_cache_is_new(struct heard_cache *,
			    const struct heard *, monotime_t now);
/*
 * Whether a station may be heard once more: HEARD_BURST times at once, and
 * then once in HEARD_RATE ms.  A few stations may share a limit.
 */
#define HEARD_BURST		64
#define HEARD_RATE		50
bool		 heard_cache_allows(struct heard_cache *, const struct mac *,
		    monotime_t now);
#endif
