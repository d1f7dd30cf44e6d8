/* SPDX-License-Identifier: ISC */
/*
 * Digests are sums of the table, by which two tables are compared.  The live
 * data are below the leaves of a tree with sixteen branches at each node; the
 * hash of a key gives the leaf.  The sum of a node is the exclusive or of the
 * hashes of all data below it, so that a change costs a few operations and
 * nothing is scanned.  The tree deepens as the table grows.
 */
#include <sha2.h>
#include <stdlib.h>

#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/reader.h"
#include "table/state.h"

#define DEPTH_MIN	2	/* 256 leaves */
#define LEAF_DATA	16	/* data in a leaf, before the tree deepens */
#define ENDING_MS	40000LL	/* a round, and what it takes */

static uint64_t	hash_datum(const struct datum *, bool is_ending);
static uint16_t	hash_key(const struct datum *);
static void	add_up(struct core *, const struct datum *);
static int	tree_alloc(struct core *, unsigned int depth);
static void	tree_deepen(struct core *);

uint32_t
digest_first(unsigned int level)
{
	return ((1U << 4 * level) - 1) / 15;
}

uint64_t
digest_sum(const struct core *core, unsigned int level, uint32_t index)
{
	return core->digest.sums[digest_first(level) + index];
}

/*
 * A datum that is about to end uses other octets of the hash.  If all sums
 * changed by the same value, an even number of changes would cancel out.
 */
static uint64_t
hash_datum(const struct datum *d, bool is_ending)
{
	SHA2_CTX	ctx;
	uint8_t		hash[SHA256_DIGEST_LENGTH], head[9];
	uint64_t	n = 0;
	unsigned int	i;

	/* In network order, so that all machines agree. */
	for (i = 0; i < 8; i++)
		head[i] = (uint8_t)(d->seqno >> (56 - 8 * i));
	head[8] = d->keylen;
	SHA256Init(&ctx);
	SHA256Update(&ctx, head, sizeof(head));
	SHA256Update(&ctx, d->data, (size_t)d->keylen + d->vallen);
	SHA256Final(hash, &ctx);
	for (i = 0; i < sizeof(n); i++)
		n = n << 8 | hash[(is_ending ? sizeof(n) : 0) + i];
	return n;
}

static uint16_t
hash_key(const struct datum *d)
{
	SHA2_CTX	ctx;
	uint8_t		hash[SHA256_DIGEST_LENGTH];

	SHA256Init(&ctx);
	SHA256Update(&ctx, d->data, d->keylen);
	SHA256Final(hash, &ctx);
	return (uint16_t)(hash[0] << 8 | hash[1]);
}

/* Exclusive or: adding and removing are the same. */
static void
add_up(struct core *core, const struct datum *d)
{
	unsigned int	level;

	for (level = 0; level <= core->digest.depth; level++)
		core->digest.sums[digest_first(level) +
		    (d->place >> (16 - 4 * level))] ^= d->sum;
}

static int
tree_alloc(struct core *core, unsigned int depth)
{
	uint64_t		*sums;
	struct leaf		*leaves;

	sums = calloc(digest_first(depth + 1), sizeof(*sums));
	leaves = calloc((size_t)1 << 4 * depth, sizeof(*leaves));
	if (sums == NULL || leaves == NULL) {
		free(sums);
		free(leaves);
		return -1;
	}
	free(core->digest.sums);
	free(core->digest.leaves);
	core->digest.sums = sums;
	core->digest.leaves = leaves;
	core->digest.depth = (uint8_t)depth;
	return 0;
}

int
digest_init(struct core *core)
{
	return tree_alloc(core, DEPTH_MIN);
}

void
digest_free(struct core *core)
{
	free(core->digest.sums);
	free(core->digest.leaves);
}

uint64_t
digest_bytes(const struct core *core)
{
	return digest_first(core->digest.depth + 1U) * sizeof(uint64_t) +
	    ((uint64_t)1 << 4 * core->digest.depth) * sizeof(struct leaf);
}

/* Sixteen times the leaves.  Without memory the old tree stays in use. */
static void
tree_deepen(struct core *core)
{
	unsigned int	 depth = core->digest.depth;
	struct datum	*d;

	if (tree_alloc(core, depth + 1) == -1) {
		core_no_memory(core, "more digests");
		return;
	}
	/* This includes a datum that is about to be freed, in no other tree. */
	TAILQ_FOREACH(d, &core->changes, change) {
		LIST_INSERT_HEAD(&core->digest.leaves[d->place >>
		    (16 - 4 * core->digest.depth)], d, bucket);
		if (d->sum != 0)
			add_up(core, d);
	}
	readers_deepened(core, depth);
}

/* A new datum, already in the tree of data.  It is in no sum yet. */
void
digest_enter(struct core *core, struct datum *d)
{
	d->place = hash_key(d);
	LIST_INSERT_HEAD(&core->digest.leaves[d->place >>
	    (16 - 4 * core->digest.depth)], d, bucket);
	if (core->digest.depth < DIGEST_DEPTH_MAX &&
	    core->ndata > (uint32_t)LEAF_DATA << 4 * core->digest.depth)
		tree_deepen(core);
}

void
digest_leave(struct core *core, struct datum *d)
{
	digest_subtract(core, d);
	LIST_REMOVE(d, bucket);
}

/*
 * Count this live version; return how long its sum stays as it is.  The sum
 * changes when the datum is about to end, so that a peer that missed a refresh
 * gets it in time.
 */
monotime_t
digest_add(struct core *core, struct datum *d, monotime_t now)
{
	monotime_t	ending = monotime_add(d->expires, -ENDING_MS);
	bool		is_ending = !monotime_before(now, ending);

	if (d->sum != 0 && d->ending != is_ending)
		digest_subtract(core, d);
	if (d->sum == 0) {
		d->ending = is_ending;
		d->sum = hash_datum(d, is_ending);
		add_up(core, d);
	}
	return is_ending ? d->expires : ending;
}

void
digest_subtract(struct core *core, struct datum *d)
{
	if (d->sum == 0)
		return;
	add_up(core, d);
	d->sum = 0;
}
