/* SPDX-License-Identifier: ISC */
/*
 * Where routers have sessions with each other, all of them would send a datum
 * to all: in a full mesh of R routers (R-1)^2 times.  Therefore each router
 * says with whom it has sessions, and two peers that both say it of each other
 * are linked.  What came from one of them is not sent to the other, which gets
 * it from there, or from where that one relies on, and so on up to the origin,
 * which sends to all.
 *
 * A session breaks before anybody has noticed, and what was to be sent on it is
 * lost.  So one of those who are linked with the sender gets the datum all the
 * same, the one whose id follows our own: in a full mesh everybody is told
 * twice, by two routers.  When a link is gone, its ends compare their tables
 * with ours at once (compare.c).
 */
#include <stdlib.h>
#include <string.h>

#include "table/compare.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/flood.h"
#include "table/mesh.h"
#include "table/peer.h"
#include "table/state.h"

#define ASK_US		1000000LL	/* a summary out of turn, */
#define ASK_FULL	32		/* after so many at once */

static uint64_t		 number(const struct router_id *);
static uint64_t		 place_of(const struct core *,
			    const struct router_id *);
static void		 id_at(const struct core *, uint64_t,
			    struct router_id *);
static struct peer	*find(struct core *, uint64_t place);
static uint32_t		 places_seek(const struct places *, uint64_t);
static bool		 places_have(const struct places *, uint64_t);
static int		 places_add(struct places *, uint64_t);
static void		 places_remove(struct places *, uint64_t);
static void		 ask(struct core *, struct peer *, monotime_t);
static void		 linked(struct core *, struct peer *, struct peer *);
static void		 unlinked(struct core *, struct peer *, uint64_t,
			    monotime_t);
static void		 says(struct core *, struct peer *, uint64_t);
static void		 says_no_more(struct core *, struct peer *, uint64_t,
			    monotime_t);
static void		 says_only(struct core *, struct peer *,
			    const struct neighbours *, monotime_t);
static void		 tell(struct core *, const struct peer *, bool ended);
static void		 add_news(struct mesh_peer *, uint64_t, bool ended);
static void		 leave(struct core *, struct peer *, monotime_t);
static void		 tell_list(struct core *, struct peer *,
			    struct neighbours *);
static void		 tell_news(struct core *, struct peer *,
			    struct neighbours *);

RB_GENERATE(mesh_tree, peer, mesh.entry, mesh_cmp)

int
mesh_cmp(const struct peer *a, const struct peer *b)
{
	return (a->mesh.place > b->mesh.place) -
	    (a->mesh.place < b->mesh.place);
}

static uint64_t
number(const struct router_id *id)
{
	uint64_t	n = 0;
	size_t		i;

	for (i = 0; i < sizeof(id->octet); i++)
		n = n << 8 | id->octet[i];
	return n;
}

static uint64_t
place_of(const struct core *core, const struct router_id *id)
{
	return number(id) - number(&core->self);
}

static void
id_at(const struct core *core, uint64_t place, struct router_id *id)
{
	uint64_t	n = number(&core->self) + place;
	size_t		i;

	for (i = sizeof(id->octet); i-- > 0; n >>= 8)
		id->octet[i] = (uint8_t)n;
}

static struct peer *
find(struct core *core, uint64_t place)
{
	struct peer	key;

	key.mesh.place = place;
	return RB_FIND(mesh_tree, &core->mesh, &key);
}

/* The index of the first one that is not before it. */
static uint32_t
places_seek(const struct places *set, uint64_t place)
{
	uint32_t	low = 0, high = set->n, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (set->at[mid] < place)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
places_have(const struct places *set, uint64_t place)
{
	uint32_t	i = places_seek(set, place);

	return i < set->n && set->at[i] == place;
}

static int
places_add(struct places *set, uint64_t place)
{
	uint64_t	*at;
	uint32_t	 i = places_seek(set, place);

	if (i < set->n && set->at[i] == place)
		return 0;
	if (set->n == set->room) {
		at = reallocarray(set->at, set->room * 2 + 8, sizeof(*at));
		if (at == NULL)
			return -1;
		set->at = at;
		set->room = set->room * 2 + 8;
	}
	memmove(set->at + i + 1, set->at + i, (set->n - i) * sizeof(*set->at));
	set->at[i] = place;
	set->n++;
	return 0;
}

static void
places_remove(struct places *set, uint64_t place)
{
	uint32_t	i = places_seek(set, place);

	if (i == set->n || set->at[i] != place)
		return;
	set->n--;
	memmove(set->at + i, set->at + i + 1, (set->n - i) * sizeof(*set->at));
}

void
mesh_up(struct peer *p)
{
	p->mesh.tell = p->extended;
}

void
mesh_free(struct peer *p)
{
	free(p->mesh.said.at);
	free(p->mesh.linked.at);
}

const char *
mesh_text(struct core *core, uint32_t id)
{
	struct peer		*p = peer_find(core, id);
	struct router_id	 router;

	if (p == NULL || p->mesh.place == 0)
		return "of version 1";
	id_at(core, p->mesh.place, &router);
	return router_id_text(&router);
}

bool
mesh_spares(const struct core *core, const struct peer *p,
    const struct datum *d)
{
	const struct peer	*sender;
	uint64_t		 place;

	/* Without digests nothing would show that the link was none. */
	if (p->mesh.linked.n == 0 || d->from == 0 || !p->digests)
		return false;
	sender = peer_find(core, d->from);
	if (sender == NULL || (place = sender->mesh.place) == 0)
		return false;
	return places_have(&p->mesh.linked, place) &&
	    sender->mesh.linked.at[0] != p->mesh.place;
}

/* What the peer says has no end; beyond this rate the next round must do. */
static void
ask(struct core *core, struct peer *p, monotime_t now)
{
	if (bucket_take(&p->mesh.asked, ASK_US, ASK_US * ASK_FULL, now))
		digest_ask(core, p);
}

/*
 * One says so: if the other does, too, they are linked.  Without memory they
 * are not, and get more than they need.
 */
static void
linked(struct core *core, struct peer *p, struct peer *q)
{
	if (p == q || !places_have(&q->mesh.said, p->mesh.place))
		return;
	if (places_add(&p->mesh.linked, q->mesh.place) == -1)
		core_no_memory(core, "what peers have in common");
	else if (places_add(&q->mesh.linked, p->mesh.place) == -1) {
		places_remove(&p->mesh.linked, q->mesh.place);
		core_no_memory(core, "what peers have in common");
	}
}

/* One of the two says that they have no session any more. */
static void
unlinked(struct core *core, struct peer *p, uint64_t place, monotime_t now)
{
	struct peer	*q;

	if (!places_have(&p->mesh.linked, place))
		return;
	q = find(core, place);
	places_remove(&p->mesh.linked, place);
	places_remove(&q->mesh.linked, p->mesh.place);
	ask(core, p, now);
	ask(core, q, now);
}

static void
says(struct core *core, struct peer *p, uint64_t place)
{
	struct peer	*q;

	if (p->mesh.said.n >= MESH_SAID_MAX)
		return;
	if (places_add(&p->mesh.said, place) == -1) {
		core_no_memory(core, "a peer's neighbours");
		return;
	}
	if (p->mesh.place != 0 && (q = find(core, place)) != NULL)
		linked(core, p, q);
}

static void
says_no_more(struct core *core, struct peer *p, uint64_t place, monotime_t now)
{
	places_remove(&p->mesh.said, place);
	unlinked(core, p, place, now);
}

/* Of its former list only these stay; those that are new are added later. */
static void
says_only(struct core *core, struct peer *p, const struct neighbours *n,
    monotime_t now)
{
	struct places	 kept = { 0 }, *said = &p->mesh.said;
	uint64_t	 list[NEIGHBOUR_IDS];
	uint32_t	 i, stay = 0;

	kept.at = list;
	kept.room = NEIGHBOUR_IDS;
	for (i = 0; i < n->n; i++)
		(void)places_add(&kept, place_of(core, &n->ids[i]));
	for (i = 0; i < said->n; i++)
		if (places_have(&kept, said->at[i]))
			said->at[stay++] = said->at[i];
		else
			unlinked(core, p, said->at[i], now);
	said->n = stay;
}

void
core_peer_neighbours(struct core *core, uint32_t id,
    const struct neighbours *n, monotime_t now)
{
	struct peer	*p = peer_find(core, id);
	uint32_t	 i;
	uint64_t	 place;

	if (p == NULL || !p->extended || n->n > NEIGHBOUR_IDS)
		return;
	if (n->operation == NEIGHBOURS_NEW)
		says_only(core, p, n, now);
	for (i = 0; i < n->n; i++) {
		if ((place = place_of(core, &n->ids[i])) == 0)
			continue;
		if (n->operation == NEIGHBOURS_LESS)
			says_no_more(core, p, place, now);
		else if (n->operation <= NEIGHBOURS_MORE)
			says(core, p, place);
	}
}

/* All other peers are told that a session with its router began or ended. */
static void
tell(struct core *core, const struct peer *p, bool ended)
{
	struct peer	*q;

	RB_FOREACH(q, peer_tree, &core->peers)
		if (q != p && q->extended) {
			add_news(&q->mesh, p->mesh.place, ended);
			peer_wake(core, q);
		}
}

/* Of a peer that is too slow for the news the list begins again. */
static void
add_news(struct mesh_peer *m, uint64_t place, bool ended)
{
	uint8_t	i;

	if (m->tell)
		return;
	for (i = 0; i < m->nnews && m->news[i].place != place; i++)
		;
	if (i == m->nnews && m->nnews++ == NEIGHBOUR_IDS) {
		m->tell = true;
		m->telling = false;
		m->nnews = 0;
		return;
	}
	m->news[i].place = place;
	m->news[i].ended = ended;
}

/*
 * Its session ends, or another with its router has begun.  What it sent to us
 * alone may be lost to those who are linked with it.  They may have lost it,
 * too, and two of us need not ask each other: the one that opened the session
 * does.  If the other has not lost it, it asks once it is told that we have.
 */
static void
leave(struct core *core, struct peer *p, monotime_t now)
{
	struct peer	*q;
	uint32_t	 i;

	for (i = 0; i < p->mesh.linked.n; i++) {
		q = find(core, p->mesh.linked.at[i]);
		places_remove(&q->mesh.linked, p->mesh.place);
		if (q->opener)
			ask(core, q, now);
	}
	p->mesh.linked.n = 0;
	RB_REMOVE(mesh_tree, &core->mesh, p);
	p->mesh.place = 0;
}

void
mesh_down(struct core *core, struct peer *p, monotime_t now)
{
	if (p->mesh.place != 0) {
		tell(core, p, true);
		leave(core, p, now);
	}
	mesh_free(p);
}

void
core_peer_is(struct core *core, uint32_t id, const struct router_id *router,
    monotime_t now)
{
	struct peer	*p = peer_find(core, id), *q;
	uint64_t	 place = place_of(core, router);
	uint32_t	 i;

	if (p == NULL || !p->extended || place == 0 || p->mesh.place == place)
		return;
	if (p->mesh.place != 0) {
		tell(core, p, true);
		leave(core, p, now);
	}
	if ((q = find(core, place)) != NULL)
		leave(core, q, now);
	p->mesh.place = place;
	RB_INSERT(mesh_tree, &core->mesh, p);
	if (q == NULL)
		tell(core, p, false);
	for (i = 0; i < p->mesh.said.n; i++)
		if ((q = find(core, p->mesh.said.at[i])) != NULL)
			linked(core, p, q);
}

/* The next part of the list of all routers that we have sessions with. */
static void
tell_list(struct core *core, struct peer *p, struct neighbours *n)
{
	struct mesh_peer	*m = &p->mesh;
	struct peer		 key, *q;

	n->operation = m->telling ? NEIGHBOURS_MORE : NEIGHBOURS_NEW;
	key.mesh.place = m->telling ? m->told + 1 : 1;
	for (q = RB_NFIND(mesh_tree, &core->mesh, &key); q != NULL &&
	    n->n < NEIGHBOUR_IDS; q = RB_NEXT(mesh_tree, &core->mesh, q)) {
		m->told = q->mesh.place;
		id_at(core, m->told, &n->ids[n->n++]);
	}
	m->tell = false;
	m->telling = q != NULL;
}

static void
tell_news(struct core *core, struct peer *p, struct neighbours *n)
{
	struct mesh_peer	*m = &p->mesh;
	bool			 ended = m->news[0].ended;

	n->operation = ended ? NEIGHBOURS_LESS : NEIGHBOURS_MORE;
	while (n->n < m->nnews && m->news[n->n].ended == ended) {
		id_at(core, m->news[n->n].place, &n->ids[n->n]);
		n->n++;
	}
	m->nnews -= n->n;
	memmove(m->news, m->news + n->n, m->nnews * sizeof(m->news[0]));
}

int
core_peer_say(struct core *core, uint32_t id, struct neighbours *n)
{
	struct peer	*p = peer_find(core, id);

	memset(n, 0, sizeof(*n));
	if (p == NULL)
		return 0;
	if (p->mesh.tell || p->mesh.telling)
		tell_list(core, p, n);
	else if (p->mesh.nnews > 0)
		tell_news(core, p, n);
	else
		return 0;
	return 1;
}
