/* SPDX-License-Identifier: ISC */
/* The last numbers of routers that are gone: see past.h. */
#include <string.h>

#include "lease/past.h"
#include "lease/state.h"
#include "table/answer.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/order.h"
#include "table/room.h"

#define ANSWER_MS	1000
#define PAST_MS		(24 * 3600 * 1000LL)
/* A number that nothing may follow: the key begins anew soon. */
#define PAST_LATE_MS	60000LL

static struct past	*find(struct core *, const struct router_id *);
static void		 drop(struct core *, struct past *);
static struct past	*make(struct core *, const struct router_id *,
			    monotime_t);

RB_GENERATE(past_tree, past, entry, past_cmp)

int
past_cmp(const struct past *a, const struct past *b)
{
	return router_id_cmp(&a->id, &b->id);
}

static struct past *
find(struct core *core, const struct router_id *id)
{
	struct past	key = { .id = *id };

	return RB_FIND(past_tree, &core->lease->past, &key);
}

static void
drop(struct core *core, struct past *p)
{
	RB_REMOVE(past_tree, &core->lease->past, p);
	TAILQ_REMOVE(&core->lease->past_order, p, order);
	core->lease->npast--;
	room_free(core, p, sizeof(*p));
}

struct past *
past_find(struct core *core, const struct router_id *id, monotime_t now)
{
	struct past	*p = find(core, id);

	if (p == NULL || monotime_before(now, p->until))
		return p;
	drop(core, p);
	return NULL;
}

static struct past *
make(struct core *core, const struct router_id *id, monotime_t now)
{
	struct past	*p;

	while ((p = TAILQ_FIRST(&core->lease->past_order)) != NULL &&
	    (core->lease->npast >= core->conf.max_routers ||
	    !monotime_before(now, p->until)))
		drop(core, p);
	if ((p = room_alloc(core, sizeof(*p))) == NULL) {
		core_no_memory(core, "a former router");
		return NULL;
	}
	p->id = *id;
	RB_INSERT(past_tree, &core->lease->past, p);
	TAILQ_INSERT_TAIL(&core->lease->past_order, p, order);
	core->lease->npast++;
	return p;
}

void
past_note(struct core *core, const struct router_info *info,
    const struct datum *d, monotime_t now)
{
	struct past	*p;

	past_forget(core, &info->id);
	if ((p = make(core, &info->id, now)) == NULL)
		return;
	p->key = info->key;
	p->seqno = d->seqno;
	p->expires = d->expires;
	p->claimed = d->claimed;
	p->vallen = d->vallen;
	memcpy(p->value, datum_value(d), d->vallen);
	p->until = monotime_add(datum_live(d, now) ? d->expires : now,
	    seqno_is_late(d->seqno) ? PAST_LATE_MS : PAST_MS);
}

/* With its age: so it is not taken for the word of a clone. */
void
past_answer(struct core *core, struct past *p, uint32_t peer, monotime_t now)
{
	struct update	u;
	int64_t		age = monotime_ms(p->claimed, now);

	if (monotime_before(now, p->answered))
		return;
	p->answered = monotime_add(now, ANSWER_MS);
	memset(&u, 0, sizeof(u));
	u.seqno = p->seqno;
	u.age = age < AGE_UNKNOWN - 1 ? (uint32_t)age : AGE_UNKNOWN - 1;
	u.keylen = ROUTER_KEY;
	u.vallen = p->vallen;
	router_key(&p->id, u.data);
	memcpy(u.data + u.keylen, p->value, p->vallen);
	answer_say(core, peer, &u, now);
}

void
past_forget(struct core *core, const struct router_id *id)
{
	struct past	*p = find(core, id);

	if (p != NULL)
		drop(core, p);
}

void
past_free(struct core *core)
{
	struct past	*p;

	while ((p = TAILQ_FIRST(&core->lease->past_order)) != NULL)
		drop(core, p);
}
