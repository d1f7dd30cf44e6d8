/* SPDX-License-Identifier: ISC */
/* Moves readers along the order of changes. */
#include "table/datum.h"
#include "table/reader.h"
#include "table/state.h"

struct datum *
reader_take(struct core *core, struct reader *r)
{
	struct datum	*d;

	while ((d = r->next) != NULL) {
		r->next = TAILQ_NEXT(d, change);
		if (r->ops->wants(core, r, d))
			break;
	}
	return d;
}

void
readers_skip(struct core *core, const struct datum *d)
{
	struct reader	*r;

	TAILQ_FOREACH(r, &core->readers, entry) {
		if (r->next == d)
			r->next = TAILQ_NEXT(d, change);
		if (r->leaf == d)
			r->leaf = LIST_NEXT(d, bucket);
	}
}

void
readers_flood(struct core *core, struct datum *d)
{
	struct reader	*r;

	readers_skip(core, d);
	TAILQ_REMOVE(&core->changes, d, change);
	TAILQ_INSERT_TAIL(&core->changes, d, change);
	TAILQ_FOREACH(r, &core->readers, entry)
		if (r->next == NULL && r->ops->wants(core, r, d)) {
			r->next = d;
			r->ops->wake(core, r);
		}
}

void
readers_gone(struct core *core, const struct datum *d)
{
	struct reader	*r;

	TAILQ_FOREACH(r, &core->readers, entry)
		if (r->ops->gone != NULL)
			r->ops->gone(core, r, d);
}

void
readers_deepened(struct core *core, unsigned int depth)
{
	struct reader	*r;

	TAILQ_FOREACH(r, &core->readers, entry)
		if (r->ops->deepened != NULL)
			r->ops->deepened(core, r, depth);
}
