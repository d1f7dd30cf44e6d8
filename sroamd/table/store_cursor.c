/* SPDX-License-Identifier: ISC */
/*
 * The disk is one more reader of the table, so that keeping costs no memory and
 * a slow disk is only further behind.  Router data are not kept, since each
 * router sends its own, but for the number of ours, and neither are unknown
 * kinds, which our peers send again.
 */
#include <string.h>

#include "table/datum.h"
#include "table/effect.h"
#include "table/kind.h"
#include "table/reader.h"
#include "table/state.h"
#include "table/store_cursor.h"
#include "table/table.h"

static bool	wants(const struct core *, struct reader *,
		    const struct datum *);
static void	wake(struct core *, struct reader *);
static void	gone(struct core *, struct reader *, const struct datum *);

static const struct reader_ops	store_ops = {
	.wants = wants,
	.wake = wake,
	.gone = gone
};

static bool
wants(const struct core *core, struct reader *r, const struct datum *d)
{
	const struct kind	*k = d->kind;

	(void)r;
	return k->kept || (k->keep != NULL && k->keep(core, d));
}

static void
wake(struct core *core, struct reader *r)
{
	(void)r;
	core_effect(core, EFFECT_STORE_WAKE, NULL, 0);
}

static void
gone(struct core *core, struct reader *r, const struct datum *d)
{
	(void)r;
	/* The number of our router datum is worth more than it. */
	if (d->kind->kept)
		core_effect(core, EFFECT_FORGET, d->data, d->keylen);
}

int
core_store_load(struct core *core, const struct stored *s, monotime_t now)
{
	const struct kind	*kind;
	struct update		 u;
	struct claim		 c;
	struct datum		*d;

	if (s->keylen == 0 || s->keylen + s->vallen > DATUM_MAX)
		return -1;
	memset(&u, 0, sizeof(u));
	u.keylen = s->keylen;
	u.vallen = s->vallen;
	memcpy(u.data, s->data, (size_t)s->keylen + s->vallen);
	if (update_check(core, &u, &kind) != NULL ||
	    (!kind->kept && kind->load == NULL))
		return -1;
	if (kind->load != NULL)
		return kind->load(core, s);
	if (table_find(core, s->data, s->keylen) != NULL)
		return -1;
	memset(&c, 0, sizeof(c));
	c.key = s->data;
	c.keylen = s->keylen;
	c.value = s->data + s->keylen;
	c.vallen = s->vallen;
	c.seqno = s->seqno;
	/* No longer than a new datum of this kind would live. */
	c.expires = monotime_min(s->expires, monotime_add(now,
	    1000LL * kind_life(core, kind, s->data, s->keylen, s->vallen,
	    s->seqno)));
	c.claimed = monotime_min(s->claimed, now);
	/* A lease that has ended is remembered for a while. */
	if (!monotime_before(now, monotime_add(c.expires,
	    kind_memory(kind, s->seqno))))
		return -1;
	if ((d = table_put(core, NULL, &c, now)) == NULL)
		return -1;
	datum_stored(core, d, now);
	return 0;
}

/* What was loaded need not be written again. */
void
core_store_start(struct core *core)
{
	core_store_stop(core);
	core->store.ops = &store_ops;
	core->store.next = NULL;
	TAILQ_INSERT_TAIL(&core->readers, &core->store, entry);
	core->storing = true;
}

void
core_store_stop(struct core *core)
{
	if (core->storing)
		TAILQ_REMOVE(&core->readers, &core->store, entry);
	core->storing = false;
}

void
core_store_all(struct core *core)
{
	if (!core->storing)
		return;
	core->store.next = TAILQ_FIRST(&core->changes);
	wake(core, &core->store);
}

int
core_store_next(struct core *core, struct stored *s)
{
	struct datum	*d;

	if (!core->storing || (d = reader_take(core, &core->store)) == NULL)
		return 0;
	s->expires = d->expires;
	s->claimed = d->claimed;
	s->seqno = d->seqno;
	s->keylen = d->keylen;
	s->vallen = d->vallen;
	memcpy(s->data, d->data, (size_t)d->keylen + d->vallen);
	return 1;
}

bool
core_store_holds(struct core *core, const uint8_t *key, uint8_t keylen)
{
	return table_find(core, key, keylen) != NULL;
}
