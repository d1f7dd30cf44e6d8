/* SPDX-License-Identifier: ISC */
/* Peers by the number of their session. */
#include "table/effect.h"
#include "table/peer.h"
#include "table/state.h"

RB_GENERATE(peer_tree, peer, entry, peer_cmp)

int
peer_cmp(const struct peer *a, const struct peer *b)
{
	return (a->id > b->id) - (a->id < b->id);
}

struct peer *
peer_find(const struct core *core, uint32_t id)
{
	struct peer	key;

	key.id = id;
	return RB_FIND(peer_tree, (struct peer_tree *)(uintptr_t)&core->peers,
	    &key);
}

void
peer_wake(struct core *core, const struct peer *p)
{
	core_effect(core, EFFECT_PEER_WAKE, &p->id, sizeof(p->id));
}

void
spoken_by(struct spoken *s, struct spoken_list *list)
{
	if (s->by != NULL)
		TAILQ_REMOVE(s->by, s, entry);
	s->by = list;
	if (list != NULL)
		TAILQ_INSERT_TAIL(list, s, entry);
}
