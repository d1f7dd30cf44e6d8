/* SPDX-License-Identifier: ISC */
/*
 * The replicated table: data by key, in the order of keys for who lists them
 * and by a hash for every update, and in the order of their last change,
 * which is all that a peer's session needs to know (core_peer.c).
 */
#include <stdlib.h>
#include <string.h>

#include "core_state.h"

#define INDEX_MIN	256

RB_GENERATE(datum_tree, datum, entry, datum_cmp)

static struct datum	**place_of(const struct core *, const uint8_t *key,
			    size_t len);
static void		 index_grow(struct core *);
static void		 enter(struct core *, struct datum *);
static void		 leave(struct core *, struct datum *);
static struct datum	*datum_new(struct core *, const struct claim *);
static void		 datum_free(struct core *, struct datum *);

int
datum_cmp(const struct datum *a, const struct datum *b)
{
	size_t	n = a->keylen < b->keylen ? a->keylen : b->keylen;
	int	c;

	if ((c = memcmp(a->data, b->data, n)) != 0)
		return c;
	return (a->keylen > b->keylen) - (a->keylen < b->keylen);
}

const uint8_t *
datum_value(const struct datum *d)
{
	return d->data + d->keylen;
}

bool
datum_live(const struct datum *d, monotime_t now)
{
	return monotime_before(now, d->expires);
}

uint32_t
datum_remaining(const struct datum *d, monotime_t now)
{
	if (!datum_live(d, now))
		return 0;
	return (uint32_t)(monotime_ms(now, d->expires) / 1000);
}

/*
 * The one order of versions, on which every pair of nodes agrees whatever
 * arrives when: the higher seqno (serial arithmetic, and where that cannot
 * tell, at a distance of exactly half the circle, the greater number); for
 * one seqno the greater value, a longer one being greater than its own
 * beginning, so that "nowhere" yields to any router.  Lifetimes play no part:
 * they are rounded on each hop, so two nodes could see a tie both ways.
 */
int
claim_order(uint16_t a_seqno, const uint8_t *a, uint8_t alen,
    uint16_t b_seqno, const uint8_t *b, uint8_t blen)
{
	uint16_t	diff = (uint16_t)(a_seqno - b_seqno);
	size_t		n = alen < blen ? alen : blen;
	int		c;

	if (diff == 0x8000)
		return a_seqno > b_seqno ? -1 : 1;
	if (diff != 0)
		return diff < 0x8000 ? -1 : 1;
	if ((c = memcmp(a, b, n)) != 0)
		return c > 0 ? -1 : 1;
	return (alen < blen) - (alen > blen);
}

/* What a claim would do to the datum that stands (NULL: none does). */
enum table_result
table_compare(const struct datum *d, const struct claim *c)
{
	int	order;

	if (d == NULL)
		return TABLE_REPLACED;
	order = claim_order(d->seqno, datum_value(d), d->vallen, c->seqno,
	    c->value, c->vallen);
	if (order == 0)
		return c->expires.us - d->expires.us >=
		    REFRESH_MIN_MS * 1000LL ? TABLE_REFRESHED : TABLE_OLD;
	if (d->seqno == c->seqno)
		return order < 0 ? TABLE_KEPT : TABLE_LOST;
	return order < 0 ? TABLE_OLD : TABLE_REPLACED;
}

int
table_init(struct core *core)
{
	core->index_seed = (uint64_t)core->ops.random(core->ops.arg) << 32 |
	    core->ops.random(core->ops.arg);
	core->nindex = INDEX_MIN;
	core->index = calloc(core->nindex, sizeof(*core->index));
	return core->index != NULL ? 0 : -1;
}

/*
 * Where a key is in the index.  Stations choose their MACs, so nobody must
 * know which of them meet: multiplied with what is secret, that cannot be
 * told from the keys.
 */
static struct datum **
place_of(const struct core *core, const uint8_t *key, size_t len)
{
	uint64_t	hash = len, word;
	size_t		n;

	for (; len > 0; key += n, len -= n) {
		n = len < sizeof(word) ? len : sizeof(word);
		word = 0;
		memcpy(&word, key, n);
		hash = (hash ^ word) * (core->index_seed | 1);
		hash ^= hash >> 32;
	}
	return &core->index[hash & (core->nindex - 1)];
}

/* Twice the places; where memory is short chains get longer. */
static void
index_grow(struct core *core)
{
	struct datum	**old = core->index, **place, *d;

	core->index = calloc((size_t)core->nindex * 2, sizeof(*core->index));
	if (core->index == NULL) {
		core->index = old;
		return;
	}
	core->nindex *= 2;
	RB_FOREACH(d, datum_tree, &core->data) {
		place = place_of(core, d->data, d->keylen);
		d->chain = *place;
		*place = d;
	}
	free(old);
}

static void
enter(struct core *core, struct datum *d)
{
	struct datum	**place;

	if (core->ndata >= core->nindex)
		index_grow(core);
	RB_INSERT(datum_tree, &core->data, d);
	place = place_of(core, d->data, d->keylen);
	d->chain = *place;
	*place = d;
}

static void
leave(struct core *core, struct datum *d)
{
	struct datum	**place = place_of(core, d->data, d->keylen);

	RB_REMOVE(datum_tree, &core->data, d);
	while (*place != d)
		place = &(*place)->chain;
	*place = d->chain;
}

struct datum *
table_find(struct core *core, const uint8_t *key, uint8_t keylen)
{
	struct datum	*d;

	for (d = *place_of(core, key, keylen); d != NULL; d = d->chain)
		if (d->keylen == keylen && memcmp(d->data, key, keylen) == 0)
			break;
	return d;
}

/* The first datum behind the cursor's. */
struct datum *
table_at(struct core *core, const struct ctl_cursor *cursor)
{
	union {
		struct datum	d;
		uint8_t		room[sizeof(struct datum) + 256];
	} u;
	struct datum	*d;

	if (!cursor->started)
		return RB_MIN(datum_tree, &core->data);
	u.d.keylen = cursor->len;
	memcpy(u.d.data, cursor->key, cursor->len);
	d = RB_NFIND(datum_tree, &core->data, &u.d);
	if (d != NULL && datum_cmp(d, &u.d) == 0)
		d = RB_NEXT(datum_tree, &core->data, d);
	return d;
}

void
table_cursor(struct ctl_cursor *cursor, const struct datum *d)
{
	cursor->started = 1;
	cursor->len = d->keylen;
	memcpy(cursor->key, d->data, d->keylen);
}

static struct datum *
datum_new(struct core *core, const struct claim *c)
{
	struct datum	*d;
	uint8_t		 size = c->vallen;

	/* "Nowhere" and a router's id take turns. */
	if (c->key[0] == DATUM_LOCATION && size < 8)
		size = 8;
	if ((d = calloc(1, sizeof(*d) + c->keylen + size)) == NULL)
		return NULL;
	timer_init(&d->timer, TIMER_DATUM);
	d->size = size;
	d->keylen = c->keylen;
	memcpy(d->data, c->key, c->keylen);
	enter(core, d);
	TAILQ_INSERT_TAIL(&core->changes, d, change);
	core->ndata++;
	digest_enter(core, d);
	core->data_bytes += sizeof(*d) + d->keylen + d->size;
	return d;
}

/*
 * Let the claim stand in place of the datum (NULL: of nothing): the datum,
 * which counts in digests once it is found to be live, or
 * NULL when the table is full or memory short; what stood then still stands.
 * A value that outgrows its room moves the datum, so the caller must hold no
 * other pointer to one of a kind with values of varying length.
 */
struct datum *
table_put(struct core *core, struct datum *d, const struct claim *c)
{
	struct datum	*old = NULL;

	if (d == NULL && core->ndata >= core->conf.max_data)
		return NULL;
	if (d != NULL && d->size < c->vallen) {
		old = d;
		leave(core, old);
		d = NULL;
	}
	if (d == NULL && (d = datum_new(core, c)) == NULL) {
		if (old != NULL)
			enter(core, old);
		return NULL;
	}
	if (old != NULL)
		datum_free(core, old);
	peers_skip(core, d);
	store_skip(core, d);
	TAILQ_REMOVE(&core->changes, d, change);
	TAILQ_INSERT_TAIL(&core->changes, d, change);
	digest_subtract(core, d);
	d->vallen = c->vallen;
	memcpy(d->data + d->keylen, c->value, c->vallen);
	d->seqno = c->seqno;
	d->expires = c->expires;
	d->claimed = c->claimed;
	d->from = c->from;
	peers_wake(core, d);
	store_changed(core, d);
	return d;
}

/* Somebody does not know it: send it to all peers, unchanged. */
void
table_touch(struct core *core, struct datum *d)
{
	peers_skip(core, d);
	TAILQ_REMOVE(&core->changes, d, change);
	TAILQ_INSERT_TAIL(&core->changes, d, change);
	d->from = 0;
	peers_wake(core, d);
}

void
table_remove(struct core *core, struct datum *d)
{
	leave(core, d);
	store_forget(core, d);
	datum_free(core, d);
}

/* d is out of the tree already. */
static void
datum_free(struct core *core, struct datum *d)
{
	struct timerq	*q = &core->timers;

	if (d->memory)
		q = &core->memory[lease_kind(d)];
	timer_clear(q, &d->timer);
	peers_skip(core, d);
	store_skip(core, d);
	digest_leave(core, d);
	TAILQ_REMOVE(&core->changes, d, change);
	core->ndata--;
	core->data_bytes -= sizeof(*d) + d->keylen + d->size;
	free(d);
}
