/* SPDX-License-Identifier: ISC */
/* Sessions by their number, and by the router that they are with. */
#include "engine/session/local.h"

RB_GENERATE(session_tree, session, entry, session_cmp)

int
session_cmp(const struct session *a, const struct session *b)
{
	return (a->id > b->id) - (a->id < b->id);
}

struct session *
session_find(struct sessions *all, uint32_t id)
{
	struct session	key;

	key.id = id;
	return RB_FIND(session_tree, &all->sessions, &key);
}

/* Another session with the same router: rare, so all are searched. */
struct session *
session_of_router(struct sessions *all, const struct router_id *id,
    const struct session *other_than)
{
	struct session	*s;

	RB_FOREACH(s, session_tree, &all->sessions)
		if (s != other_than && s->stage == STAGE_UP &&
		    router_id_cmp(&s->router, id) == 0)
			return s;
	return NULL;
}

struct session *
session_of_start(struct sessions *all, const struct router_id *id,
    uint64_t run, const struct session *other_than)
{
	struct session	*s;

	RB_FOREACH(s, session_tree, &all->sessions)
		if (s != other_than && s->stage == STAGE_UP &&
		    s->run == run && router_id_cmp(&s->router, id) == 0)
			return s;
	return NULL;
}
