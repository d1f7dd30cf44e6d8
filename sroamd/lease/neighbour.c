/* SPDX-License-Identifier: ISC */
/*
 * Neighbour entries: IPv6 addresses in use here, by interface and by station.
 * Which station may use which: neigh.c.
 */
#include <string.h>

#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/neighbour.h"
#include "lease/station.h"
#include "table/effect.h"
#include "table/room.h"

RB_GENERATE(neigh_tree, neighbour, entry, neigh_cmp)

static void		 emit(struct core *, const struct neighbour *,
			    bool present);

int
neigh_cmp(const struct neighbour *a, const struct neighbour *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

struct neighbour *
neigh_find(struct iface *i, const struct addr *addr)
{
	struct neighbour	key;

	key.addr = *addr;
	return RB_FIND(neigh_tree, &i->neighs, &key);
}

static void
emit(struct core *core, const struct neighbour *n, bool present)
{
	struct neigh	msg;

	memset(&msg, 0, sizeof(msg));
	msg.ifindex = n->assoc->iface->link.ifindex;
	msg.present = present;
	msg.mac = n->assoc->station->mac;
	msg.addr = n->addr;
	core_effect(core, EFFECT_NEIGH, &msg, sizeof(msg));
}

struct neighbour *
neigh_add(struct core *core, struct assoc *a, const struct addr *addr)
{
	struct neighbour	*n;

	if (neigh_find(a->iface, addr) != NULL)
		return NULL;
	if ((n = room_alloc(core, sizeof(*n))) == NULL) {
		core_no_memory(core, "a neighbour");
		return NULL;
	}
	n->addr = *addr;
	n->assoc = a;
	RB_INSERT(neigh_tree, &a->iface->neighs, n);
	TAILQ_INSERT_TAIL(&a->neighs, n, order);
	emit(core, n, true);
	return n;
}

void
neigh_free(struct core *core, struct neighbour *n)
{
	emit(core, n, false);
	RB_REMOVE(neigh_tree, &n->assoc->iface->neighs, n);
	TAILQ_REMOVE(&n->assoc->neighs, n, order);
	room_free(core, n, sizeof(*n));
}

const struct addr *
neigh_nexthop(const struct assoc *a)
{
	return addr_is_none(&a->linklocal) ? &a->own : &a->linklocal;
}

/* Its addresses in a prefix that it has no more. */
void
neigh_withdraw(struct core *core, struct assoc *a, const struct prefix *p)
{
	struct neighbour	*n, *next;

	TAILQ_FOREACH_SAFE(n, &a->neighs, order, next)
		if (prefix_contains(p, &n->addr)) {
			neigh_free(core, n);
			a->nneighs--;
		}
}

/* The station left, or is on another interface. */
void
neigh_left(struct core *core, struct assoc *a)
{
	struct neighbour	*n;

	while ((n = TAILQ_FIRST(&a->neighs)) != NULL)
		neigh_free(core, n);
	a->nneighs = 0;
	a->linklocal = a->own = addr_none;
}

void
neigh_forget(struct core *core, struct assoc *a)
{
	struct neighbour	*n;

	while ((n = TAILQ_FIRST(&a->neighs)) != NULL) {
		TAILQ_REMOVE(&a->neighs, n, order);
		room_free(core, n, sizeof(*n));
	}
}
