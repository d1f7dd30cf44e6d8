/* SPDX-License-Identifier: ISC */
/*
 * A relay of version 1: lifetimes in whole seconds, nothing ever expires, a
 * full dump to each new peer, every change to all but the sender; and its
 * fault: of a conflict that it loses it takes the new time and keeps the old
 * value.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct v1_datum {
	RB_ENTRY(v1_datum)	entry;
	struct update		update;
	int64_t			expires;	/* s of virtual time */
};

struct v1_message {
	TAILQ_ENTRY(v1_message)	entry;
	struct update		update;
};

struct v1_peer {
	LIST_ENTRY(v1_peer)		entry;
	uint32_t			id;
	TAILQ_HEAD(, v1_message)	queue;
};

RB_HEAD(v1_tree, v1_datum);

struct v1 {
	struct router		*router;
	v1_wake_fn		*wake;
	struct v1_tree		 data;
	LIST_HEAD(, v1_peer)	 peers;
};

/* It takes those of stations; those of networks it relays, and cannot read. */
bool
is_of_v1(const struct update *update)
{
	return update->data[0] <= DATUM_LOCATION ||
	    update->data[0] == DATUM_NETWORK;
}

static int
v1_cmp(const struct v1_datum *a, const struct v1_datum *b)
{
	int len = a->update.keylen < b->update.keylen ? a->update.keylen :
	    b->update.keylen;
	int cmp = memcmp(a->update.data, b->update.data, (size_t)len);

	return cmp != 0 ? cmp : a->update.keylen - b->update.keylen;
}

RB_PROTOTYPE(v1_tree, v1_datum, entry, v1_cmp)
RB_GENERATE(v1_tree, v1_datum, entry, v1_cmp)

struct v1 *
v1_new(struct router *router, v1_wake_fn *wake)
{
	struct v1 *v1 = sim_alloc(sizeof(*v1));

	v1->router = router;
	v1->wake = wake;
	return v1;
}

static struct v1_peer *
find_peer(struct v1 *v1, uint32_t id)
{
	struct v1_peer *p;

	LIST_FOREACH(p, &v1->peers, entry)
		if (p->id == id)
			return p;
	return NULL;
}

static void
free_peer(struct v1_peer *p)
{
	struct v1_message *m;

	while ((m = TAILQ_FIRST(&p->queue)) != NULL) {
		TAILQ_REMOVE(&p->queue, m, entry);
		free(m);
	}
	LIST_REMOVE(p, entry);
	free(p);
}

void
v1_free(struct v1 *v1)
{
	struct v1_datum *d;
	struct v1_peer *p;

	while ((p = LIST_FIRST(&v1->peers)) != NULL)
		free_peer(p);
	while ((d = RB_ROOT(&v1->data)) != NULL) {
		RB_REMOVE(v1_tree, &v1->data, d);
		free(d);
	}
	free(v1);
}

static void
queue(struct v1 *v1, struct v1_peer *p, const struct v1_datum *d)
{
	struct sim *sim = v1->router->sim;
	struct v1_message *m = sim_alloc(sizeof(*m));
	int64_t left = d->expires - sim->now.us / 1000000;

	m->update = d->update;
	m->update.age = AGE_UNKNOWN;
	m->update.lifetime = left > 0 ? (uint32_t)left : 0;
	TAILQ_INSERT_TAIL(&p->queue, m, entry);
	v1->wake(sim, v1->router, p->id);
}

void
v1_up(struct v1 *v1, uint32_t id)
{
	struct v1_peer *p = sim_alloc(sizeof(*p));
	struct v1_datum *d;

	p->id = id;
	TAILQ_INIT(&p->queue);
	LIST_INSERT_HEAD(&v1->peers, p, entry);
	RB_FOREACH(d, v1_tree, &v1->data)
		queue(v1, p, d);
}

void
v1_down(struct v1 *v1, uint32_t id)
{
	struct v1_peer *p = find_peer(v1, id);

	if (p != NULL)
		free_peer(p);
}

int
v1_next(struct v1 *v1, uint32_t id, struct update *u)
{
	struct v1_peer *p = find_peer(v1, id);
	struct v1_message *m;

	if (p == NULL || (m = TAILQ_FIRST(&p->queue)) == NULL)
		return 0;
	*u = m->update;
	TAILQ_REMOVE(&p->queue, m, entry);
	free(m);
	return 1;
}

/* Whether to pass it on. */
static bool
merge(struct v1_datum *d, const struct update *u, int64_t expires)
{
	int16_t ahead = (int16_t)(u->seqno - d->update.seqno);

	if (ahead < 0)
		return false;
	if (ahead > 0) {
		d->update = *u;
		d->expires = expires;
		return true;
	}
	if (expires <= d->expires)
		return false;
	d->expires = expires;		/* and of a conflict, no more */
	return true;
}

void
v1_update(struct v1 *v1, uint32_t from, const struct update *u)
{
	struct sim *sim = v1->router->sim;
	int64_t expires = sim->now.us / 1000000 + u->lifetime;
	struct v1_datum key, *d;
	struct v1_peer *p;

	key.update = *u;
	if ((d = RB_FIND(v1_tree, &v1->data, &key)) == NULL) {
		d = sim_alloc(sizeof(*d));
		d->update = *u;
		d->expires = expires;
		RB_INSERT(v1_tree, &v1->data, d);
	} else if (!merge(d, u, expires))
		return;
	LIST_FOREACH(p, &v1->peers, entry)
		if (p->id != from)
			queue(v1, p, d);
}
