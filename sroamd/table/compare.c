/* SPDX-License-Identifier: ISC */
/*
 * Compares two tables and finds where they differ.  Both sides compare the sums
 * in the trees of their digests (digest.c) from the root down.  Below a node
 * that differs and has no deeper nodes, each side sends its data.  The trees
 * may differ in depth.
 */
#include <stdlib.h>
#include <string.h>

#include "common/container_of.h"
#include "table/compare.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/flood.h"
#include "table/peer.h"
#include "table/state.h"

#define ROUND_MIN_MS	25000
#define ROUND_MAX_MS	33000
#define BACKOFF_MAX	15	/* rounds */

static int	bits_resize(struct bits *, uint32_t from, uint32_t to);
static void	bits_set(struct bits *, uint32_t n);
static bool	bits_take(struct bits *, uint32_t *n);
static void	bits_clear(struct bits *);
static int	todo_resize(struct peer *, unsigned int from, unsigned int to);
static bool	todo(const struct peer *);
static bool	round_is_due(struct peer *);
static void	node_of(uint32_t n, struct digest *);
static void	compare(struct core *, struct peer *, const struct digest *);
static void	compare_deeper(struct core *, struct peer *,
		    const struct digest *);

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
	uint32_t	old = from == 0 ? 0 : digest_first(from + 1);
	uint32_t	new = digest_first(to + 1);

	return bits_resize(&p->sums, old, new) == -1 ||
	    bits_resize(&p->fetch, old, new) == -1 ||
	    bits_resize(&p->send, old, new) == -1 ? -1 : 0;
}

/*
 * Both sides of the session know digests, so that only differences are sent.
 * The side that opened the session begins, and asks again from time to time; if
 * both did, each difference would be sent twice.
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
		bits_set(&p->sums, 0);
	return 0;
}

void
digest_peer_down(struct core *core, struct peer *p)
{
	timer_clear(&core->timers, &p->round);
	bits_clear(&p->sums);
	bits_clear(&p->fetch);
	bits_clear(&p->send);
	p->reader.leaf = NULL;
	p->digests = false;
}

static bool
todo(const struct peer *p)
{
	return p->sums.count + p->fetch.count + p->send.count > 0 ||
	    p->summary || p->reader.leaf != NULL;
}

/* The tree had that depth and is now one level deeper. */
void
peer_deepened(struct core *core, struct reader *r, unsigned int depth)
{
	struct peer	*p = container_of(r, struct peer, reader);

	if (!p->digests)
		return;
	if (r->leaf != NULL)		/* the rest of it */
		bits_set(&p->send, digest_first(depth) +
		    (r->leaf->place >> (16 - 4 * depth)));
	r->leaf = NULL;
	if (todo_resize(p, depth, depth + 1) == -1) {
		core_no_memory(core, "the digests of a peer");
		digest_peer_down(core, p);
		r->next = TAILQ_FIRST(&core->changes);
	}
}

/*
 * If one side refuses data of the other (its limit is reached, its prefixes
 * differ), the tables never become equal.  Then we ask less and less often, up
 * to 16 rounds apart.
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
digest_ask(struct core *core, struct peer *p)
{
	if (!p->digests)
		return;
	p->summary = true;
	peer_wake(core, p);
}

void
digest_timer(struct core *core, struct timer *t, monotime_t now)
{
	struct peer	*p = container_of(t, struct peer, round);

	timer_set(&core->timers, t, monotime_add(now,
	    core_random_ms(core, ROUND_MIN_MS, ROUND_MAX_MS)));
	if (todo(p) || !round_is_due(p))
		return;
	digest_ask(core, p);
}

/* The next datum to send to a peer whose table differs. */
struct datum *
digest_next_datum(struct core *core, struct peer *p)
{
	struct datum	*d;
	uint32_t	 n, i, leaves = digest_first(core->digest.depth);

	while (p->reader.leaf == NULL && bits_take(&p->send, &n)) {
		if (n >= leaves)
			p->reader.leaf = LIST_FIRST(&core->digest.leaves[n -
			    leaves]);
		else
			for (i = 1; i <= DIGEST_FANOUT; i++)
				bits_set(&p->send, DIGEST_FANOUT * n + i);
	}
	if ((d = p->reader.leaf) != NULL)
		p->reader.leaf = LIST_NEXT(d, bucket);
	return d;
}

static void
node_of(uint32_t n, struct digest *g)
{
	g->level = 0;
	while (n >= digest_first(g->level + 1U))
		g->level++;
	g->index = (uint16_t)(n - digest_first(g->level));
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
		g->sums[0] = digest_sum(core, 0, 0);
	} else if (bits_take(&p->sums, &n)) {
		g->kind = DIGEST_SUMS;
		node_of(n, g);
		for (i = 0; i < DIGEST_FANOUT; i++)
			g->sums[i] = digest_sum(core, g->level + 1U,
			    DIGEST_FANOUT * g->index + i);
	} else if (bits_take(&p->fetch, &n)) {
		g->kind = DIGEST_FETCH;
		node_of(n, g);
	} else
		return 0;
	return 1;
}

/*
 * Compare sixteen sums of the peer with ours.  Where one side has nothing, the
 * other sends all.  Above the leaves we send our sums of the next level; at a
 * leaf each side sends its data.
 */
static void
compare(struct core *core, struct peer *p, const struct digest *g)
{
	unsigned int	level = g->level + 1U;
	uint32_t	i, index, n;
	uint64_t	mine;

	for (i = 0; i < DIGEST_FANOUT; i++) {
		index = DIGEST_FANOUT * g->index + i;
		n = digest_first(level) + index;
		mine = digest_sum(core, level, index);
		if (mine == g->sums[i])
			continue;
		if (mine != 0 && g->sums[i] != 0 &&
		    level < core->digest.depth) {
			bits_set(&p->sums, n);
			continue;
		}
		if (mine != 0)
			bits_set(&p->send, n);
		if (g->sums[i] != 0)
			bits_set(&p->fetch, n);
	}
}

/*
 * The tree of the peer is deeper: its sixteen nodes are part of a leaf of ours.
 */
static void
compare_deeper(struct core *core, struct peer *p, const struct digest *g)
{
	unsigned int	depth = core->digest.depth;
	uint32_t	i, index = g->index >> 4 * (g->level - depth);
	uint64_t	sum = 0;

	for (i = 0; i < DIGEST_FANOUT; i++)
		sum += g->sums[i];
	if (g->level == depth && sum == digest_sum(core, depth, index))
		return;
	bits_set(&p->send, digest_first(depth) + index);
	bits_set(&p->fetch, digest_first(depth) + index);
}

void
core_digest(struct core *core, uint32_t id, const struct digest *g)
{
	struct peer	*p = peer_find(core, id);
	unsigned int	 depth = core->digest.depth, level = g->level;
	uint32_t	 index = g->index;

	if (p == NULL || !p->digests || level > DIGEST_DEPTH_MAX ||
	    index >> 4 * level != 0)
		return;
	switch (g->kind) {
	case DIGEST_SUMMARY:
		if (g->sums[0] != digest_sum(core, 0, 0) && round_is_due(p))
			bits_set(&p->sums, 0);
		break;
	case DIGEST_SUMS:
		if (level < depth)
			compare(core, p, g);
		else if (level < DIGEST_DEPTH_MAX)
			compare_deeper(core, p, g);
		break;
	case DIGEST_FETCH:
		if (level > depth) {
			index >>= 4 * (level - depth);
			level = depth;
		}
		bits_set(&p->send, digest_first(level) + index);
		break;
	}
	if (todo(p))
		peer_wake(core, p);
}
