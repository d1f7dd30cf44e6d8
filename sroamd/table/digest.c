/* SPDX-License-Identifier: ISC */
/*
 * Digests are sums of the table, by which two tables are compared.  The live
 * data are below the leaves of a tree with sixteen branches at each node; the
 * hash of a key gives the leaf.  The sum of a node is that of the hashes of all
 * data below it, modulo 2^64, so that a change costs a few operations and
 * nothing is scanned.  The tree deepens as the table grows.
 */
#include <sodium/crypto_shorthash_siphash24.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/reader.h"
#include "table/state.h"

#define DEPTH_MIN	2	/* 256 leaves */
#define LEAF_DATA	16	/* data in a leaf, before the tree deepens */
#define ENDING_MS	40000LL	/* a round, and what it takes */

static uint64_t	hash(const uint8_t *, size_t);
static uint64_t	hash_datum(const struct datum *, bool is_ending);
static uint16_t	hash_key(const struct datum *);
static void	add_up(struct core *, const struct datum *, uint64_t);
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
 * SipHash-2-4 by a key that everybody knows; the reference code writes the
 * number with its least octet first.
 */
static uint64_t
hash(const uint8_t *data, size_t len)
{
	static const uint8_t	key[] = "sroam table sums";
	uint8_t			out[crypto_shorthash_siphash24_BYTES];
	uint64_t		n = 0;
	unsigned int		i;

	crypto_shorthash_siphash24(out, data, len, key);
	for (i = sizeof(out); i-- > 0;)
		n = n << 8 | out[i];
	return n;
}

/*
 * A datum that is about to end has another hash.  A hash that were changed by
 * the same amount for all would let changes at two sides make up for each
 * other.
 */
static uint64_t
hash_datum(const struct datum *d, bool is_ending)
{
	uint8_t		text[1 + 8 + 1 + DATUM_MAX];
	size_t		len = (size_t)d->keylen + d->vallen;
	unsigned int	i;

	text[0] = is_ending;
	/* In network order, so that all machines agree. */
	for (i = 0; i < 8; i++)
		text[1 + i] = (uint8_t)(d->seqno >> (56 - 8 * i));
	text[9] = d->keylen;
	memcpy(text + 10, d->data, len);
	return hash(text, 10 + len);
}

static uint16_t
hash_key(const struct datum *d)
{
	return (uint16_t)(hash(d->data, d->keylen) >> 48);
}

/* To subtract, add 2^64 less the sum. */
static void
add_up(struct core *core, const struct datum *d, uint64_t sum)
{
	unsigned int	level;

	for (level = 0; level <= core->digest.depth; level++)
		core->digest.sums[digest_first(level) +
		    (d->place >> (16 - 4 * level))] += sum;
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
		if (d->summed)
			add_up(core, d, d->sum);
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

	if (d->summed && d->ending != is_ending)
		digest_subtract(core, d);
	if (!d->summed) {
		d->summed = true;
		d->ending = is_ending;
		d->sum = hash_datum(d, is_ending);
		add_up(core, d, d->sum);
	}
	return is_ending ? d->expires : ending;
}

void
digest_subtract(struct core *core, struct datum *d)
{
	if (!d->summed)
		return;
	add_up(core, d, -d->sum);
	d->summed = false;
}
