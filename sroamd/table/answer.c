/* SPDX-License-Identifier: ISC */
/*
 * A list of keys for each peer: what is sent is the version of then, and a
 * datum that is gone by then needs no answer.
 */
#include <string.h>

#include "table/answer.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/pace.h"
#include "table/peer.h"
#include "table/room.h"
#include "table/state.h"
#include "table/table.h"

#define ANSWERS_MAX	5000	/* a second and peer; digests do the rest */
#define SECOND_MS	1000

struct table_answer {
	TAILQ_ENTRY(table_answer)	entry;
	uint8_t				keylen;
	uint8_t				key[];
};

struct table_said {
	TAILQ_ENTRY(table_said)	entry;
	struct update		update;
};

static bool	pass(struct peer *, monotime_t);

static bool
pass(struct peer *p, monotime_t now)
{
	if (monotime_ms(p->answers_since, now) >= SECOND_MS) {
		p->answers_since = now;
		p->answered = 0;
	}
	if (p->answered >= ANSWERS_MAX ||
	    p->nanswers + p->nsaid >= ANSWERS_MAX)
		return false;
	p->answered++;
	return true;
}

void
answer_queue(struct core *core, uint32_t id, struct datum *d, monotime_t now)
{
	struct peer	*p = peer_find(core, id);
	struct table_answer	*a;
	uint32_t	 ticks = core_ticks(core, now);

	core->counters.updates_old++;
	if (p == NULL || ticks - d->answered < TICKS(SECOND_MS) ||
	    room_left(core) == ROOM_NONE || !pass(p, now))
		return;
	if ((a = room_alloc(core, sizeof(*a) + d->keylen)) == NULL) {
		core_no_memory(core, "an answer to a peer");
		return;
	}
	d->answered = ticks;
	a->keylen = d->keylen;
	memcpy(a->key, d->data, d->keylen);
	TAILQ_INSERT_TAIL(&p->answers, a, entry);
	p->nanswers++;
	core->counters.updates_answered++;
	peer_wake(core, p);
}

struct datum *
answer_take(struct core *core, struct peer *p)
{
	struct table_answer	*a;
	struct datum	*d = NULL;

	while (d == NULL && (a = TAILQ_FIRST(&p->answers)) != NULL) {
		d = table_find(core, a->key, a->keylen);
		TAILQ_REMOVE(&p->answers, a, entry);
		p->nanswers--;
		room_free(core, a, sizeof(*a) + a->keylen);
	}
	return d;
}

void
answer_say(struct core *core, uint32_t id, const struct update *u,
    monotime_t now)
{
	struct peer		*p = peer_find(core, id);
	struct table_said	*a;

	if (p == NULL || room_left(core) == ROOM_NONE || !pass(p, now))
		return;
	if ((a = room_alloc(core, sizeof(*a))) == NULL) {
		core_no_memory(core, "an answer to a peer");
		return;
	}
	a->update = *u;
	TAILQ_INSERT_TAIL(&p->said, a, entry);
	p->nsaid++;
	core->counters.updates_answered++;
	peer_wake(core, p);
}

bool
answer_said(struct core *core, struct peer *p, struct update *u)
{
	struct table_said	*a = TAILQ_FIRST(&p->said);

	if (a == NULL)
		return false;
	*u = a->update;
	TAILQ_REMOVE(&p->said, a, entry);
	p->nsaid--;
	room_free(core, a, sizeof(*a));
	return true;
}

void
answers_free(struct core *core, struct peer *p)
{
	struct table_answer	*a;
	struct update		 u;

	while (answer_said(core, p, &u))
		;
	while ((a = TAILQ_FIRST(&p->answers)) != NULL) {
		TAILQ_REMOVE(&p->answers, a, entry);
		room_free(core, a, sizeof(*a) + a->keylen);
	}
	p->nanswers = 0;
}
