/* SPDX-License-Identifier: ISC */
/* The last numbers of routers that are gone: see past.h. */
#include <stdlib.h>

#include "lease/past.h"
#include "lease/state.h"
#include "table/effect.h"
#include "table/order.h"

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
	free(p);
}

const struct past *
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
	if ((p = calloc(1, sizeof(*p))) == NULL) {
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
past_note(struct core *core, const struct router_info *info, uint64_t seqno,
    monotime_t expires, monotime_t now)
{
	struct past	*p;

	past_forget(core, &info->id);
	if ((p = make(core, &info->id, now)) == NULL)
		return;
	p->key = info->key;
	p->seqno = seqno;
	p->expires = expires;
	p->until = monotime_add(monotime_before(now, expires) ? expires : now,
	    seqno_is_late(seqno) ? PAST_LATE_MS : PAST_MS);
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
