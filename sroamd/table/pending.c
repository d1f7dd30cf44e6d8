/* SPDX-License-Identifier: ISC */
/* Claims that wait, a queue for each peer: see pending.h. */
#include <string.h>

#include "common/container_of.h"
#include "table/compare.h"
#include "table/effect.h"
#include "table/order.h"
#include "table/peer.h"
#include "table/pending.h"
#include "table/room.h"
#include "table/state.h"

static void		 fill(struct pending *, const struct claim *);
static struct pending	*find(struct pendings *, const struct claim *);
static void		 unlink_from(struct pendings *, struct pending *);

RB_GENERATE(pending_tree, pending, entry, pending_cmp)

int
pending_cmp(const struct pending *a, const struct pending *b)
{
	if (a->keylen != b->keylen)
		return a->keylen < b->keylen ? -1 : 1;
	return memcmp(a->data, b->data, a->keylen);
}

void
pending_init(struct pendings *q)
{
	RB_INIT(&q->by_key);
	TAILQ_INIT(&q->list);
}

static void
fill(struct pending *w, const struct claim *c)
{
	w->seqno = c->seqno;
	w->expires = c->expires;
	w->claimed = c->claimed;
	w->from = c->from;
	w->hops = c->hops;
	w->keylen = c->keylen;
	w->vallen = c->vallen;
	memcpy(w->data, c->key, c->keylen);
	memcpy(w->data + c->keylen, c->value, c->vallen);
}

static struct pending *
find(struct pendings *q, const struct claim *c)
{
	struct pending	key;

	key.keylen = c->keylen;
	memcpy(key.data, c->key, c->keylen);
	return RB_FIND(pending_tree, &q->by_key, &key);
}

bool
pending_add(struct core *core, struct peer *p, const struct claim *c,
    uint32_t max)
{
	struct pendings	*q = &p->pending;
	struct pending	*w;
	uint32_t	 share = max / core->npeers;

	if ((w = find(q, c)) != NULL) {
		if (claim_order(w->seqno, w->data + w->keylen, w->vallen,
		    c->seqno, c->value, c->vallen) > 0)
			fill(w, c);
		return true;
	}
	if (q->n >= (share > PENDING_MIN ? share : PENDING_MIN) ||
	    room_left(core) == ROOM_NONE ||
	    (w = room_alloc(core, sizeof(*w))) == NULL) {
		q->missed = true;
		return false;
	}
	fill(w, c);
	RB_INSERT(pending_tree, &q->by_key, w);
	TAILQ_INSERT_TAIL(&q->list, w, order);
	if (q->n++ == 0)
		TAILQ_INSERT_TAIL(&core->pending, q, turn);
	return true;
}

static void
unlink_from(struct pendings *q, struct pending *w)
{
	RB_REMOVE(pending_tree, &q->by_key, w);
	TAILQ_REMOVE(&q->list, w, order);
	q->n--;
}

bool
pending_any(const struct core *core)
{
	return !TAILQ_EMPTY(&core->pending);
}

struct pending *
pending_take(struct core *core)
{
	struct pendings	*q = TAILQ_FIRST(&core->pending);
	struct pending	*w;

	if (q == NULL)
		return NULL;
	w = TAILQ_FIRST(&q->list);
	unlink_from(q, w);
	TAILQ_REMOVE(&core->pending, q, turn);
	if (q->n > 0)
		TAILQ_INSERT_TAIL(&core->pending, q, turn);
	else if (q->missed) {
		q->missed = false;
		digest_ask(core, container_of(q, struct peer, pending));
	}
	return w;
}

void
pending_claim(const struct pending *w, struct claim *c)
{
	memset(c, 0, sizeof(*c));
	c->key = w->data;
	c->keylen = w->keylen;
	c->value = w->data + w->keylen;
	c->vallen = w->vallen;
	c->seqno = w->seqno;
	c->hops = w->hops;
	c->from = w->from;
	c->expires = w->expires;
	c->claimed = w->claimed;
}

void
pending_drop(struct core *core, struct pendings *q)
{
	struct pending	*w;

	if (q->n > 0)
		TAILQ_REMOVE(&core->pending, q, turn);
	while ((w = TAILQ_FIRST(&q->list)) != NULL) {
		unlink_from(q, w);
		room_free(core, w, sizeof(*w));
	}
}
