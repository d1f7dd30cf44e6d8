/* SPDX-License-Identifier: ISC */
/*
 * Digests of the table: sums over all live data, in a tree of DIGEST_FANOUT
 * branches at each node.  Level 0 is the root; at `depth` are the leaves.
 */
#ifndef SROAMD_TABLE_DIGEST_H
#define SROAMD_TABLE_DIGEST_H

#include <sys/queue.h>

#include <stdint.h>

#include "common/monotime.h"

struct core;
struct datum;

#define DIGEST_DEPTH_MAX	4	/* 65536 leaves */

LIST_HEAD(leaf, datum);

/* sums: of all nodes, the root first. */
struct digest_tree {
	uint64_t	*sums;
	struct leaf	*leaves;
	uint8_t		 depth;		/* the leaves' level */
};

/* Nodes are numbered from the root on, level by level. */
uint32_t	digest_first(unsigned int level);
uint64_t	digest_sum(const struct core *, unsigned int level,
		    uint32_t index);
int		digest_init(struct core *);	/* 0, or -1 */
void		digest_free(struct core *);
uint64_t	digest_bytes(const struct core *);
void		digest_enter(struct core *, struct datum *);
void		digest_leave(struct core *, struct datum *);
/* Count the datum from now on; until when its sum stays the same. */
monotime_t	digest_add(struct core *, struct datum *, monotime_t now);
void		digest_subtract(struct core *, struct datum *);
#endif
