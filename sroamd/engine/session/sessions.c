/* SPDX-License-Identifier: ISC */
/* All sessions, as one object: start, end, and what each event ends with. */
#include <stdlib.h>

#include <event2/event.h>

#include "engine/session/local.h"

struct sessions *
sessions_new(struct event_base *base, struct core *core,
    const struct core_self *self, const struct sessions_ops *ops)
{
	struct sessions	*all;

	if ((all = calloc(1, sizeof(*all))) == NULL)
		return NULL;
	all->base = base;
	all->core = core;
	all->self = *self;
	all->ops = *ops;
	if ((all->tls = tls_new(&self->id)) == NULL) {
		free(all);
		return NULL;
	}
	RB_INIT(&all->targets);
	RB_INIT(&all->sessions);
	RB_INIT(&all->sources);
	TAILQ_INIT(&all->woken);
	TAILQ_INIT(&all->greeting);
	TAILQ_INIT(&all->links);
	LIST_INIT(&all->spare_targets);
	TAILQ_INIT(&all->spare_links);
	if (watch_start(all) == -1 || parts_start(all) == -1) {
		watch_stop(all);
		tls_free(all->tls);
		free(all);
		return NULL;
	}
	return all;
}

void
sessions_free(struct sessions *all)
{
	struct session	*s;
	struct target	*t;

	if (all == NULL)
		return;
	while ((s = RB_ROOT(&all->sessions)) != NULL)
		session_close(s, "shutting down", true);
	while ((t = RB_ROOT(&all->targets)) != NULL)
		target_free(t);
	targets_trim(all);
	auto_free(all);
	admission_abort(all);
	conf_free(all->admits);
	event_free(all->parts);
	watch_stop(all);
	tls_free(all->tls);
	free(all);
}

void
sessions_flush(struct sessions *all)
{
	struct session	*s;

	watch_go_on(all);
	parts_go_on(all);
	while ((s = TAILQ_FIRST(&all->woken)) != NULL) {
		TAILQ_REMOVE(&all->woken, s, woken);
		s->is_woken = false;
		session_pump(s);
	}
}
