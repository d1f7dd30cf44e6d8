/* SPDX-License-Identifier: ISC */
/*
 * Flooding sessions.  The table keeps its data in the order of their last
 * change, and a session is a position in that order.  A new session starts at
 * the oldest change, so that the full table and later changes are sent in one
 * way.  A datum that changes again before it is sent is sent once, and a slow
 * peer costs no memory: it is only further behind.  A peer that knows digests
 * starts at the latest change; of older data it gets only those that differ
 * (compare.c).
 */
#include <inttypes.h>
#include <string.h>

#include "common/container_of.h"
#include "table/answer.h"
#include "table/compare.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/flood.h"
#include "table/key.h"
#include "table/kind.h"
#include "table/mesh.h"
#include "table/order.h"
#include "table/peer.h"
#include "table/reader.h"
#include "table/room.h"
#include "table/state.h"
#include "table/table.h"

static bool			 wants(const struct core *, struct reader *,
				    const struct datum *);
static void			 wake(struct core *, struct reader *);
static void			 add_reader(struct core *, struct peer *);
static const struct datum	*own_datum(struct core *);
static void			 fill_update(struct core *, const struct peer *,
				    const struct datum *, struct update *,
				    monotime_t);
static bool			 seqno_of(struct core *, uint32_t,
				    const struct datum *, const struct update *,
				    uint64_t *);
static void			 note_late(struct core *, uint32_t, monotime_t);
static bool			 outbid(struct core *, const struct claim *,
				    monotime_t);

static const struct reader_ops	peer_ops = {
	.wants = wants,
	.wake = wake,
	.deepened = peer_deepened
};

static bool
wants(const struct core *core, struct reader *r, const struct datum *d)
{
	const struct peer	*p = container_of(r, struct peer, reader);

	return d->from != p->id &&
	    (p->extended || d->kind->version1 || d->inner > 0) &&
	    !mesh_spares(core, p, d);
}

static void
wake(struct core *core, struct reader *r)
{
	peer_wake(core, container_of(r, struct peer, reader));
}

/* In the order of their numbers; the store is last. */
static void
add_reader(struct core *core, struct peer *p)
{
	struct peer	*behind = RB_NEXT(peer_tree, &core->peers, p);

	if (behind != NULL)
		TAILQ_INSERT_BEFORE(&behind->reader, &p->reader, entry);
	else if (core->storing)
		TAILQ_INSERT_BEFORE(&core->store, &p->reader, entry);
	else
		TAILQ_INSERT_TAIL(&core->readers, &p->reader, entry);
}

int
core_peer_up(struct core *core, uint32_t id, unsigned int flags,
    monotime_t now)
{
	struct peer	*p;

	if (id == 0 || peer_find(core, id) != NULL)
		return 0;
	if ((p = room_alloc(core, sizeof(*p))) == NULL ||
	    timerq_reserve(&core->timers, 1) == -1) {
		room_free(core, p, sizeof(*p));
		core_no_memory(core, "a peer");
		return -1;
	}
	p->id = id;
	p->reader.ops = &peer_ops;
	TAILQ_INIT(&p->spoken);
	TAILQ_INIT(&p->answers);
	TAILQ_INIT(&p->said);
	pending_init(&p->pending);
	p->extended = (flags & PEER_EXTENDED) != 0;
	p->opener = (flags & PEER_OPENER) != 0;
	mesh_up(p);
	core->nv1 += !p->extended;
	if (!p->extended || !(flags & PEER_DIGESTS) ||
	    digest_peer_up(core, p, p->opener, now) == -1)
		p->reader.next = TAILQ_FIRST(&core->changes);
	/*
	 * The peer may have our datum of a former run, or from before a
	 * partition.  Only its age differs, which no digest shows.
	 */
	p->sends_own = p->digests;
	RB_INSERT(peer_tree, &core->peers, p);
	add_reader(core, p);
	core->npeers++;
	/* Its table comes at once: what it does not claim, nobody claims. */
	if (!core->started)
		timer_set(&core->timers, &core->startup,
		    monotime_min(core->startup.due, monotime_add(now, 3000)));
	if (p->reader.next != NULL || p->sums.count > 0 || p->sends_own ||
	    p->extended)
		peer_wake(core, p);
	return 0;
}

void
core_peer_down(struct core *core, uint32_t id, monotime_t now)
{
	struct peer	*p = peer_find(core, id);
	struct spoken	*s;

	if (p == NULL)
		return;
	mesh_down(core, p, now);
	RB_REMOVE(peer_tree, &core->peers, p);
	TAILQ_REMOVE(&core->readers, &p->reader, entry);
	core->npeers--;
	core->nv1 -= !p->extended;
	digest_peer_down(core, p);
	answers_free(core, p);
	timerq_release(&core->timers, 1);
	pending_drop(core, &p->pending);
	while ((s = TAILQ_FIRST(&p->spoken)) != NULL)
		spoken_by(s, &core->orphans);
	room_free(core, p, sizeof(*p));
}

/* Their timers must leave the queue before they are freed. */
void
peers_free(struct core *core)
{
	struct peer	*p;

	while ((p = RB_ROOT(&core->peers)) != NULL) {
		RB_REMOVE(peer_tree, &core->peers, p);
		TAILQ_REMOVE(&core->readers, &p->reader, entry);
		pending_drop(core, &p->pending);
		digest_peer_down(core, p);
		answers_free(core, p);
		mesh_free(p);
		room_free(core, p, sizeof(*p));
	}
}

/* Our own router datum. */
static const struct datum *
own_datum(struct core *core)
{
	uint8_t	key[ROUTER_KEY];

	router_key(&core->self, key);
	return table_find(core, key, sizeof(key));
}

int
core_peer_next(struct core *core, uint32_t id, struct update *u,
    monotime_t now)
{
	struct peer		*p = peer_find(core, id);
	const struct datum	*d = NULL;

	if (p == NULL)
		return 0;
	if (p->sends_own)
		d = own_datum(core);
	p->sends_own = false;
	if (d != NULL) {
		fill_update(core, p, d, u, now);
		core->counters.updates_out++;
		return 1;
	}
	if (answer_said(core, p, u)) {
		core->counters.updates_out++;
		return 1;
	}
	if ((d = reader_take(core, &p->reader)) == NULL &&
	    (d = answer_take(core, p)) == NULL &&
	    (!p->digests || (d = digest_next_datum(core, p)) == NULL))
		return 0;
	fill_update(core, p, d, u, now);
	core->counters.updates_out++;
	return 1;
}

static void
fill_update(struct core *core, const struct peer *p, const struct datum *d,
    struct update *u, monotime_t now)
{
	const struct kind	*k = d->kind;
	int64_t			 age;

	memset(u, 0, sizeof(*u));
	u->seqno = d->seqno;
	u->lifetime = datum_remaining(d, now);
	age = monotime_ms(d->claimed, now);
	u->age = !p->extended || age < 0 || age >= AGE_UNKNOWN ?
	    AGE_UNKNOWN : (uint32_t)age;
	u->keylen = d->keylen;
	u->vallen = d->vallen;
	u->hops = k->hops != NULL ? k->hops(core, d) : 0;
	memcpy(u->data, d->data, (size_t)d->keylen + d->vallen);
}

/* Version 1's is lifted to what we hold; false: it is older than any. */
static bool
seqno_of(struct core *core, uint32_t id, const struct datum *d,
    const struct update *u, uint64_t *seqno)
{
	struct peer	*p = peer_find(core, id);

	*seqno = u->seqno;
	return p == NULL || p->extended || d == NULL ||
	    seqno_lift(d->seqno, (uint16_t)u->seqno, seqno);
}

/* By honest changes no seqno comes near its end. */
static void
note_late(struct core *core, uint32_t id, monotime_t now)
{
	core->counters.updates_late++;
	if (ratelimit_pass(&core->late, RATELIMIT_LOG, now))
		core_log(core, LEVEL_WARN, "peer %s: says seqnos near their "
		    "end, so far %" PRIu64, mesh_text(core, id),
		    core->counters.updates_late);
}

const char *
core_update(struct core *core, uint32_t peer, const struct update *u,
    monotime_t now)
{
	const struct kind	*kind;
	struct claim		 c;
	struct datum		*d;
	enum table_result	 result;
	const char		*why;
	uint64_t		 seqno;
	uint32_t		 lifetime;
	bool			 later;

	core->counters.updates_in++;
	if ((why = update_check(core, u, &kind)) != NULL) {
		update_refused(core, peer);
		return why;
	}
	d = table_find(core, u->data, u->keylen);
	if (!seqno_of(core, peer, d, u, &seqno)) {
		answer_queue(core, peer, d, now);
		return NULL;
	}
	lifetime = kind_life(core, kind, u->data, u->keylen, u->vallen,
	    seqno);
	if (u->lifetime < lifetime)
		lifetime = u->lifetime;
	memset(&c, 0, sizeof(c));
	c.key = u->data;
	c.keylen = u->keylen;
	c.value = u->data + u->keylen;
	c.vallen = u->vallen;
	c.seqno = seqno;
	if (seqno_is_late(seqno))
		note_late(core, peer, now);
	c.hops = u->hops;
	c.from = peer;
	c.lifetime = u->lifetime;
	c.expires = monotime_add(now, (int64_t)lifetime * 1000);
	c.claimed = u->age == AGE_UNKNOWN ? now :
	    monotime_add(now, -(int64_t)u->age);

	if (d == NULL && lifetime == 0)
		return NULL;		/* the end of an unknown datum */
	result = table_compare(d, &c);
	/* A later end of an ended datum is not worth flooding. */
	if (result == TABLE_REFRESHED && lifetime == 0)
		return NULL;
	if (result == TABLE_KEPT || result == TABLE_LOST)
		core->counters.conflicts++;
	if (kind->weigh != NULL && (result == TABLE_REPLACED ||
	    result == TABLE_LOST)) {
		later = false;
		if ((why = kind->weigh(core, &c, &later, now)) != NULL)
			update_refused(core, peer);
		if (why != NULL || later)
			return why;
	}
	if (kind->claimed != NULL && kind->claimed(core, d, &c, result, now))
		return NULL;
	if (result == TABLE_OLD || result == TABLE_KEPT) {
		if (d->seqno != c.seqno || (result == TABLE_KEPT &&
		    !outbid(core, &c, now)))
			answer_queue(core, peer, d, now);
		return NULL;
	}
	if (d == NULL)
		table_make_room(core, now);
	if (d == NULL && room_left(core) != ROOM_ENOUGH) {
		room_refused(core, now);
		update_refused(core, peer);
		return "no room for what is new";
	}
	if (d == NULL && kind->admit != NULL &&
	    (why = kind->admit(core, now)) != NULL) {
		update_refused(core, peer);
		return why;
	}
	if ((d = table_put(core, d, &c, now)) == NULL) {
		/* Memory may be free again later, and the tables equal. */
		if (!table_is_full(core)) {
			core->counters.updates_dropped++;
			return "no memory";
		}
		update_refused(core, peer);
		return "the table is full";
	}
	datum_stored(core, d, now);
	if (result == TABLE_LOST)
		outbid(core, &c, now);
	if (kind->accepted != NULL)
		kind->accepted(core, d, &c, result, now);
	return NULL;
}

/*
 * A conflict is decided and its winner has this seqno.  A peer of version 1 may
 * have decided otherwise (claim_order), and is silent then: flood the winner
 * with the next seqno.  All routers that do so flood the same.
 */
static bool
outbid(struct core *core, const struct claim *lost, monotime_t now)
{
	uint8_t		 value[DATUM_MAX];
	struct claim	 c;
	struct datum	*d;

	if (core->nv1 == 0 || !kind_of(core, lost->key, lost->keylen)->outbid ||
	    (d = table_find(core, lost->key, lost->keylen)) == NULL ||
	    d->seqno != lost->seqno)
		return false;
	c = *lost;
	memcpy(value, datum_value(d), d->vallen);
	c.value = value;
	c.vallen = d->vallen;
	c.seqno = seqno_after(c.seqno);
	c.from = 0;
	c.expires = d->expires;
	c.claimed = d->claimed;
	if ((d = table_put(core, d, &c, now)) == NULL)
		return false;
	datum_stored(core, d, now);
	return true;
}

/* The tables will stay different. */
void
update_refused(struct core *core, uint32_t id)
{
	struct peer	*p = peer_find(core, id);

	core->counters.updates_dropped++;
	if (p != NULL)
		p->refused = true;
}
