/* SPDX-License-Identifier: ISC */
/*
 * Digests: whether two tables are the same, and if not, where they differ.
 * The live data are the leaves of a tree with sixteen branches at each node,
 * at the place that a hash of the key gives; a node's sum is the exclusive or
 * of the hashes of all data below, so a change costs a few operations and
 * nothing is ever scanned.  Two sides compare sums from the root down and
 * send each other what is below the nodes that differ and go no deeper.
 * The tree deepens as the table grows; sides of different depth get along.
 */
#include <sha2.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"

#define DEPTH_MIN	2	/* 256 leaves */
#define DEPTH_MAX	4	/* 65536 */
#define LEAF_DATA	16	/* data in a leaf, before the tree deepens */
#define ROUND_MIN_MS	25000
#define ROUND_MAX_MS	33000
#define ENDING_MS	40000LL	/* a round, and what it takes */
#define BACKOFF_MAX	15	/* rounds */

static uint32_t	 first_node(unsigned int level);
static uint64_t	 sum_of(const struct core *, unsigned int level,
		    uint32_t index);
static uint64_t	 hash_datum(const struct datum *, bool is_ending);
static uint16_t	 hash_key(const struct datum *);
static void	 add_up(struct core *, const struct datum *);
static int	 tree_alloc(struct core *, unsigned int depth);
static void	 tree_deepen(struct core *);
static int	 bits_resize(struct bits *, uint32_t from, uint32_t to);
static void	 bits_set(struct bits *, uint32_t n);
static bool	 bits_take(struct bits *, uint32_t *n);
static void	 bits_clear(struct bits *);
static int	 todo_resize(struct peer *, unsigned int from, unsigned int to);
static void	 node_of(uint32_t n, struct digest *);
static bool	 round_is_due(struct peer *);
static void	 compare(struct core *, struct peer *, const struct digest *);
static void	 compare_deeper(struct core *, struct peer *,
		    const struct digest *);
static bool	 todo(const struct peer *);

/* Nodes are numbered from the root on, level by level. */
static uint32_t
first_node(unsigned int level)
{
	return ((1U << 4 * level) - 1) / 15;
}

static uint64_t
sum_of(const struct core *core, unsigned int level, uint32_t index)
{
	return core->digest.sums[first_node(level) + index];
}

/*
 * One that is about to end has other octets of the hash as its sum.  Were it
 * the same sum changed alike for all, an even number of changes would cancel
 * out in the sums of nodes.
 */
static uint64_t
hash_datum(const struct datum *d, bool is_ending)
{
	SHA2_CTX	ctx;
	uint8_t		hash[SHA256_DIGEST_LENGTH], head[3];
	uint64_t	n = 0;
	unsigned int	i;

	/* In network order, so that all machines agree. */
	head[0] = (uint8_t)(d->seqno >> 8);
	head[1] = (uint8_t)d->seqno;
	head[2] = d->keylen;
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

/* Adding and taking away are the same. */
static void
add_up(struct core *core, const struct datum *d)
{
	unsigned int	level;

	for (level = 0; level <= core->digest.depth; level++)
		core->digest.sums[first_node(level) +
		    (d->place >> (16 - 4 * level))] ^= d->sum;
}

static int
tree_alloc(struct core *core, unsigned int depth)
{
	uint64_t		*sums;
	struct leaf		*leaves;

	sums = calloc(first_node(depth + 1), sizeof(*sums));
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
	return first_node(core->digest.depth + 1U) * sizeof(uint64_t) +
	    ((uint64_t)1 << 4 * core->digest.depth) * sizeof(struct leaf);
}

/* Sixteen times the leaves; where memory is short the old ones serve on. */
static void
tree_deepen(struct core *core)
{
	unsigned int	 depth = core->digest.depth;
	struct datum	*d;
	struct peer	*p;

	if (tree_alloc(core, depth + 1) == -1) {
		core_no_memory(core, "more digests");
		return;
	}
	/* Also one that is about to be freed, and in no other tree. */
	TAILQ_FOREACH(d, &core->changes, change) {
		LIST_INSERT_HEAD(&core->digest.leaves[d->place >>
		    (16 - 4 * core->digest.depth)], d, bucket);
		if (d->sum != 0)
			add_up(core, d);
	}
	RB_FOREACH(p, peer_tree, &core->peers) {
		if (!p->digests)
			continue;
		if (p->sending != NULL)		/* the rest of its leaf */
			bits_set(&p->send, first_node(depth) +
			    (p->sending->place >> (16 - 4 * depth)));
		p->sending = NULL;
		if (todo_resize(p, depth, depth + 1) == -1) {
			core_no_memory(core, "the digests of a peer");
			digest_peer_down(core, p);
			p->next = TAILQ_FIRST(&core->changes);
		}
	}
}

/* A new datum, in the tree of data already; it adds to no sum yet. */
void
digest_enter(struct core *core, struct datum *d)
{
	d->place = hash_key(d);
	LIST_INSERT_HEAD(&core->digest.leaves[d->place >>
	    (16 - 4 * core->digest.depth)], d, bucket);
	if (core->digest.depth < DEPTH_MAX &&
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
 * This version stands, and is live: until when its sum is what it is now.
 * One that is about to end has another, so that who was not told that it
 * lives on is told before it has ended.
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

/* Sets of nodes, of which the lowest number is taken first. */

static int
bits_resize(struct bits *b, uint32_t from, uint32_t to)
{
	uint64_t	*words;

	words = recallocarray(b->words, (from + 63) / 64, (to + 63) / 64,
	    sizeof(*words));
	if (words == NULL)
		return -1;
	b->words = words;
	return 0;
}

static void
bits_set(struct bits *b, uint32_t n)
{
	uint64_t	bit = (uint64_t)1 << n % 64;

	if (b->words[n / 64] & bit)
		return;
	b->words[n / 64] |= bit;
	b->count++;
	if (n / 64 < b->hint)
		b->hint = n / 64;
}

static bool
bits_take(struct bits *b, uint32_t *n)
{
	if (b->count == 0)
		return false;
	while (b->words[b->hint] == 0)
		b->hint++;
	*n = b->hint * 64 + (uint32_t)__builtin_ctzll(b->words[b->hint]);
	b->words[b->hint] &= b->words[b->hint] - 1;
	b->count--;
	return true;
}

static void
bits_clear(struct bits *b)
{
	free(b->words);
	memset(b, 0, sizeof(*b));
}

static int
todo_resize(struct peer *p, unsigned int from, unsigned int to)
{
	uint32_t	old = from == 0 ? 0 : first_node(from + 1);
	uint32_t	new = first_node(to + 1);

	return bits_resize(&p->tell, old, new) == -1 ||
	    bits_resize(&p->fetch, old, new) == -1 ||
	    bits_resize(&p->send, old, new) == -1 ? -1 : 0;
}

/*
 * A session whose sides both know digests: only differences will travel.
 * The side that opened it begins, and asks again from time to time, so that
 * they do not both compare, and send, the same.
 */
int
digest_peer_up(struct core *core, struct peer *p, bool opener, monotime_t now)
{
	timer_init(&p->round, TIMER_ROUND);
	if (todo_resize(p, 0, core->digest.depth) == -1 || (opener &&
	    timer_set(&core->timers, &p->round, monotime_add(now,
	    core_random_ms(core, ROUND_MIN_MS, ROUND_MAX_MS))) == -1)) {
		core_no_memory(core, "the digests of a peer");
		digest_peer_down(core, p);
		return -1;
	}
	p->digests = true;
	if (opener)
		bits_set(&p->tell, 0);
	return 0;
}

void
digest_peer_down(struct core *core, struct peer *p)
{
	timer_clear(&core->timers, &p->round);
	bits_clear(&p->tell);
	bits_clear(&p->fetch);
	bits_clear(&p->send);
	p->sending = NULL;
	p->digests = false;
}

static bool
todo(const struct peer *p)
{
	return p->tell.count + p->fetch.count + p->send.count > 0 ||
	    p->summary || p->sending != NULL;
}

/*
 * Where one side refuses what the other holds (its limit is reached, its
 * prefixes are others) the tables never become the same: ask less and less
 * often, up to 16 rounds apart.
 */
static bool
round_is_due(struct peer *p)
{
	if (p->skip > 0)
		return --p->skip == 0;
	if (!p->refused) {
		p->backoff = 0;
		return true;
	}
	p->refused = false;
	p->backoff = p->backoff < BACKOFF_MAX ? p->backoff * 2 + 1 :
	    BACKOFF_MAX;
	p->skip = p->backoff;
	return false;
}

void
digest_timer(struct core *core, struct timer *t, monotime_t now)
{
	struct peer	*p;

	p = (struct peer *)((char *)t - offsetof(struct peer, round));
	timer_set(&core->timers, t, monotime_add(now,
	    core_random_ms(core, ROUND_MIN_MS, ROUND_MAX_MS)));
	if (todo(p) || !round_is_due(p))
		return;
	p->summary = true;
	peer_wake(core, p);
}

/* The datum that is next to be sent to a peer whose table differs there. */
struct datum *
digest_next_datum(struct core *core, struct peer *p)
{
	struct datum	*d;
	uint32_t	 n, i, leaves = first_node(core->digest.depth);

	while (p->sending == NULL && bits_take(&p->send, &n)) {
		if (n >= leaves)
			p->sending = LIST_FIRST(&core->digest.leaves[n -
			    leaves]);
		else
			for (i = 1; i <= DIGEST_FANOUT; i++)
				bits_set(&p->send, DIGEST_FANOUT * n + i);
	}
	if ((d = p->sending) != NULL)
		p->sending = LIST_NEXT(d, bucket);
	return d;
}

static void
node_of(uint32_t n, struct digest *g)
{
	g->level = 0;
	while (n >= first_node(g->level + 1U))
		g->level++;
	g->index = (uint16_t)(n - first_node(g->level));
}

int
core_peer_digest(struct core *core, uint32_t id, struct digest *g)
{
	struct peer	*p = peer_find(core, id);
	uint32_t	 n, i;

	if (p == NULL || !p->digests)
		return 0;
	memset(g, 0, sizeof(*g));
	if (p->summary) {
		p->summary = false;
		g->kind = DIGEST_SUMMARY;
		g->sums[0] = sum_of(core, 0, 0);
	} else if (bits_take(&p->tell, &n)) {
		g->kind = DIGEST_SUMS;
		node_of(n, g);
		for (i = 0; i < DIGEST_FANOUT; i++)
			g->sums[i] = sum_of(core, g->level + 1U,
			    DIGEST_FANOUT * g->index + i);
	} else if (bits_take(&p->fetch, &n)) {
		g->kind = DIGEST_FETCH;
		node_of(n, g);
	} else
		return 0;
	return 1;
}

/*
 * Sixteen sums of the peer's beside ours.  Where one side has nothing the
 * other sends all; above the leaves our sums take the comparison further
 * down; at a leaf each sends what it has.
 */
static void
compare(struct core *core, struct peer *p, const struct digest *g)
{
	unsigned int	level = g->level + 1U;
	uint32_t	i, index, n;
	uint64_t	mine;

	for (i = 0; i < DIGEST_FANOUT; i++) {
		index = DIGEST_FANOUT * g->index + i;
		n = first_node(level) + index;
		mine = sum_of(core, level, index);
		if (mine == g->sums[i])
			continue;
		if (mine != 0 && g->sums[i] != 0 &&
		    level < core->digest.depth) {
			bits_set(&p->tell, n);
			continue;
		}
		if (mine != 0)
			bits_set(&p->send, n);
		if (g->sums[i] != 0)
			bits_set(&p->fetch, n);
	}
}

/* The peer's tree is the deeper one: its sixteen are part of a leaf of ours. */
static void
compare_deeper(struct core *core, struct peer *p, const struct digest *g)
{
	unsigned int	depth = core->digest.depth;
	uint32_t	i, index = g->index >> 4 * (g->level - depth);
	uint64_t	sum = 0;

	for (i = 0; i < DIGEST_FANOUT; i++)
		sum ^= g->sums[i];
	if (g->level == depth && sum == sum_of(core, depth, index))
		return;
	bits_set(&p->send, first_node(depth) + index);
	bits_set(&p->fetch, first_node(depth) + index);
}

void
core_digest(struct core *core, uint32_t id, const struct digest *g)
{
	struct peer	*p = peer_find(core, id);
	unsigned int	 depth = core->digest.depth, level = g->level;
	uint32_t	 index = g->index;

	if (p == NULL || !p->digests || level > DEPTH_MAX ||
	    index >> 4 * level != 0)
		return;
	switch (g->kind) {
	case DIGEST_SUMMARY:
		if (g->sums[0] != sum_of(core, 0, 0) && round_is_due(p))
			bits_set(&p->tell, 0);
		break;
	case DIGEST_SUMS:
		if (level < depth)
			compare(core, p, g);
		else if (level < DEPTH_MAX)
			compare_deeper(core, p, g);
		break;
	case DIGEST_FETCH:
		if (level > depth) {
			index >>= 4 * (level - depth);
			level = depth;
		}
		bits_set(&p->send, first_node(level) + index);
		break;
	}
	if (todo(p))
		peer_wake(core, p);
}
