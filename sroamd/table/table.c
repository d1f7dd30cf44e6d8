/* SPDX-License-Identifier: ISC */
/*
 * The replicated table.  Data are in a tree by key, for lists; in a hash, for
 * updates; and in the order of their last change, which is all that the session
 * of a peer needs (flood.c).
 */
#include <stdlib.h>
#include <string.h>

#include "common/container_of.h"
#include "common/cursor.h"
#include "common/ratelimit.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/kind.h"
#include "table/pace.h"
#include "table/reader.h"
#include "table/room.h"
#include "table/state.h"
#include "table/table.h"

#define INDEX_MIN	256
#define FULL_LOG_MS	3600000LL
#define FORGET		8	/* of a kind, in one turn */

static struct datum	**place_of(const struct core *, const uint8_t *key,
			    size_t len);
static void		  index_grow(struct core *);
static void		  enter(struct core *, struct datum *);
static void		  leave(struct core *, struct datum *);
static struct datum	 *datum_new(struct core *, const struct kind *,
			    const struct claim *);
static void		  datum_free(struct core *, struct datum *);
static struct datum	 *first_from(struct core *, uint8_t type);
static void		  put_again(struct core *, struct datum *, monotime_t);
static bool		  means_the_same(const struct core *,
			    const struct datum *);
static int		  timers_reserve(struct core *, const struct datum *);
static void		  timers_release(struct core *, const struct datum *);

int
table_init(struct core *core)
{
	TAILQ_INIT(&core->changes);
	TAILQ_INIT(&core->readers);
	TAILQ_INIT(&core->orphans);
	TAILQ_INIT(&core->pending);
	core->index_seed = (uint64_t)core->ops.random(core->ops.arg) << 32 |
	    core->ops.random(core->ops.arg);
	core->nindex = INDEX_MIN;
	core->index = calloc(core->nindex, sizeof(*core->index));
	return core->index != NULL ? 0 : -1;
}

/* No reader is left, and no other room holds a datum. */
void
table_free(struct core *core)
{
	struct datum	*d;

	while ((d = RB_ROOT(&core->data)) != NULL) {
		RB_REMOVE(datum_tree, &core->data, d);
		free(d->held);	/* timers of others are freed already */
		free(d);
	}
	free(core->index);
}

/*
 * The place of a key in the index.  Stations choose their MAC addresses, so
 * nobody outside may know which keys collide: a secret factor hides that.
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

/* Twice the places.  Without memory the chains get longer. */
static void
index_grow(struct core *core)
{
	struct datum	**old = core->index, **place, *d;

	core->index = calloc((size_t)core->nindex * 2, sizeof(*core->index));
	if (core->index == NULL) {
		core->index = old;
		core_no_memory(core, "more of the table's index");
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

/* The first datum after the cursor. */
struct datum *
table_at(struct core *core, const struct ctl_cursor *cursor)
{
	union {
		struct datum	d;
		uint8_t		room[sizeof(struct datum) + 256];
	} u;

	u.d.keylen = cursor->len;
	memcpy(u.d.data, cursor->key, cursor->len);
	return CURSOR_NEXT(datum_tree, &core->data, cursor, &u.d);
}

static struct datum *
datum_new(struct core *core, const struct kind *kind, const struct claim *c)
{
	struct datum	*d;
	struct inner	 inner;
	uint8_t		 size = kind->room;

	if (size < c->vallen)
		size = c->vallen;
	if ((d = room_alloc(core, sizeof(*d) + c->keylen + size)) == NULL)
		return NULL;
	d->kind = kind;
	if (!kind->foreign && key_inner(core, c->key, c->keylen, &inner))
		d->inner = inner.at;
	d->size = size;
	d->keylen = c->keylen;
	memcpy(d->data, c->key, c->keylen);
	if (timers_reserve(core, d) == -1) {
		room_free(core, d, sizeof(*d) + c->keylen + size);
		return NULL;
	}
	timer_init(&d->timer, TIMER_DATUM);
	enter(core, d);
	TAILQ_INSERT_TAIL(&core->changes, d, change);
	core->ndata++;
	core->nforeign += kind->foreign;
	digest_enter(core, d);
	return d;
}

/* Two queues: a lease that has ended moves to the second. */
static int
timers_reserve(struct core *core, const struct datum *d)
{
	int	kind = lease_is(d) ? (int)lease_kind(d) : -1;

	if (timerq_reserve(&core->timers, 1) == -1)
		return -1;
	if (kind != -1 && timerq_reserve(&core->memory[kind], 1) == -1) {
		timerq_release(&core->timers, 1);
		return -1;
	}
	return 0;
}

static void
timers_release(struct core *core, const struct datum *d)
{
	int	kind = lease_is(d) ? (int)lease_kind(d) : -1;

	timerq_release(&core->timers, 1);
	if (kind != -1)
		timerq_release(&core->memory[kind], 1);
}

bool
table_is_full(const struct core *core)
{
	return core->ndata >= core->conf.max_data ||
	    room_left(core) == ROOM_NONE;
}

void
table_warn_full(struct core *core, monotime_t now)
{
	if (room_left(core) == ROOM_NONE)
		room_refused(core, now);
	else if (table_is_full(core) &&
	    ratelimit_pass(&core->full, FULL_LOG_MS, now))
		core_log(core, LEVEL_WARN, "the table is full: what is new is "
		    "refused");
}

/*
 * Store the claim in place of the datum (NULL: none yet).  Returns the datum,
 * which counts in digests once it is found to be live.  NULL: what is held is
 * greater, the table is full or there is no memory, and nothing has changed.
 * A value that outgrows its room moves the datum, so the caller must hold no
 * other pointer to one of a kind whose values vary in length.
 */
struct datum *
table_put(struct core *core, struct datum *d, const struct claim *c,
    monotime_t now)
{
	const struct kind	*kind = d != NULL ? d->kind :
				    kind_of(core, c->key, c->keylen);
	struct datum		*old = NULL;
	int			 made = 0;

	if (d == NULL ? table_is_full(core) : claim_order(d->seqno,
	    datum_value(d), d->vallen, c->seqno, c->value, c->vallen) < 0)
		return NULL;
	/* What is known may change, but at the limit not grow. */
	if (d != NULL && d->size < c->vallen && !c->own &&
	    room_left(core) == ROOM_NONE)
		return NULL;
	if (kind->name != NULL && (made = kind->name(core, c)) == -1)
		return NULL;
	if (d != NULL && d->size < c->vallen) {
		old = d;
		leave(core, old);
		d = NULL;
	}
	if (d == NULL && (d = datum_new(core, kind, c)) == NULL) {
		if (old != NULL)
			enter(core, old);
		if (made != 0)
			kind->unname(core, c, made);
		core_no_memory(core, "a datum");
		return NULL;
	}
	if (old != NULL) {
		pace_move(d, old);
		datum_free(core, old);
	}
	digest_subtract(core, d);
	d->vallen = c->vallen;
	memcpy(d->data + d->keylen, c->value, c->vallen);
	d->seqno = c->seqno;
	d->expires = c->expires;
	d->claimed = c->claimed;
	d->from = c->from;
	d->mistaken = 0;
	if (c->own)
		pace_free(core, d);
	if (c->own || pace_take(core, d, now))
		readers_flood(core, d);
	return d;
}

void
table_make_room(struct core *core, monotime_t now)
{
	struct timer	*t;
	int		 kind, n;

	for (kind = 0; kind < LEASE_KINDS; kind++)
		for (n = 0; n < FORGET && room_left(core) != ROOM_ENOUGH; n++) {
			t = timerq_expire(&core->memory[kind],
			    timerq_due(&core->memory[kind]));
			if (t == NULL)
				break;
			datum_timer(core, container_of(t, struct datum, timer),
			    now);
		}
}

/* The datum was stored: do what follows from it. */
void
datum_stored(struct core *core, struct datum *d, monotime_t now)
{
	const struct kind	*k = d->kind;

	if (k->stored != NULL)
		k->stored(core, d, now);
	else
		timer_set(&core->timers, &d->timer, digest_add(core, d, now));
}

void
datum_timer(struct core *core, struct datum *d, monotime_t now)
{
	const struct kind	*k = d->kind;

	if (k->timer != NULL)
		k->timer(core, d, now);
	else if (datum_live(d, now))
		timer_set(&core->timers, &d->timer, digest_add(core, d, now));
	else
		table_remove(core, d);
}

void
table_remove(struct core *core, struct datum *d)
{
	leave(core, d);
	readers_gone(core, d);
	datum_free(core, d);
}

/* d is not in the tree any more. */
static void
datum_free(struct core *core, struct datum *d)
{
	struct timerq	*q = &core->timers;

	if (d->memory)
		q = &core->memory[lease_kind(d)];
	timer_clear(q, &d->timer);
	pace_free(core, d);
	timers_release(core, d);
	readers_skip(core, d);
	digest_leave(core, d);
	TAILQ_REMOVE(&core->changes, d, change);
	core->ndata--;
	core->nforeign -= d->kind->foreign;
	room_free(core, d, sizeof(*d) + d->keylen + d->size);
}

/*
 * Networks have changed: data of a new one get their meaning, and those of one
 * that is gone, or of prefixes that are, are only relayed, as for others.
 */
void
table_rescope(struct core *core, monotime_t now)
{
	struct datum	*d, *next;
	uint8_t		 network = DATUM_NETWORK;

	for (d = first_from(core, network); d != NULL &&
	    d->data[0] == network; d = next) {
		next = RB_NEXT(datum_tree, &core->data, d);
		if (!means_the_same(core, d))
			put_again(core, d, now);
	}
}

/* Nor has what it says become wrong, as the routers that are admitted may. */
static bool
means_the_same(const struct core *core, const struct datum *d)
{
	const struct kind	*kind;
	struct update		 u = { .keylen = d->keylen,
				    .vallen = d->vallen };

	if (d->kind != kind_of(core, d->data, d->keylen))
		return false;
	memcpy(u.data, d->data, (size_t)d->keylen + d->vallen);
	return !d->kind->foreign || update_check(core, &u, &kind) == NULL;
}

static struct datum *
first_from(struct core *core, uint8_t type)
{
	union {
		struct datum	d;
		uint8_t		room[sizeof(struct datum) + 1];
	} u;

	u.d.keylen = 1;
	u.d.data[0] = type;
	return RB_NFIND(datum_tree, &core->data, &u.d);
}

/* As if a peer had sent it now; if it does not fit it is left out. */
static void
put_again(struct core *core, struct datum *d, monotime_t now)
{
	const struct kind	*k = d->kind;
	struct update		 u = { .keylen = d->keylen,
				    .vallen = d->vallen };
	struct claim		 c = {
		.key = u.data, .keylen = d->keylen,
		.value = u.data + d->keylen, .vallen = d->vallen,
		.seqno = d->seqno, .from = d->from, .expires = d->expires,
		.claimed = d->claimed
	};

	memcpy(u.data, d->data, (size_t)d->keylen + d->vallen);
	if (k->forget != NULL)
		k->forget(core, d, now);
	else
		table_remove(core, d);
	if (update_check(core, &u, &k) != NULL ||
	    !monotime_before(now, c.expires) ||
	    (d = table_put(core, NULL, &c, now)) == NULL)
		return;
	datum_stored(core, d, now);
}
