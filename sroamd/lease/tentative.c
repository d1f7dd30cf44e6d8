/* SPDX-License-Identifier: ISC */
/* Addresses that stations use here, and that are not leased to them yet. */
#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/state.h"
#include "lease/tentative.h"
#include "table/effect.h"
#include "table/room.h"
#include "table/state.h"

RB_GENERATE(tentative_tree, tentative, entry, tentative_cmp)

int
tentative_cmp(const struct tentative *a, const struct tentative *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

struct tentative *
tentative_find(struct iface *i, const struct addr *addr)
{
	struct tentative	key;

	key.addr = *addr;
	return RB_FIND(tentative_tree, &i->tentatives, &key);
}

struct tentative *
tentative_make(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	struct iface		*i = a->iface;
	struct tentative	*t;

	if ((t = room_alloc(core, sizeof(*t))) == NULL ||
	    timerq_reserve(&core->timers, 1) == -1) {
		room_free(core, t, sizeof(*t));
		core_no_memory(core, "an address that a station uses");
		return NULL;
	}
	t->assoc = a;
	t->addr = *addr;
	t->state = TENTATIVE_SILENCE;
	t->since = now;
	timer_init(&t->timer, TIMER_LEARN);
	RB_INSERT(tentative_tree, &i->tentatives, t);
	LIST_INSERT_HEAD(&a->tentatives, t, of_assoc);
	i->ntentatives++;
	a->ntentatives++;
	return t;
}

void
tentative_drop(struct core *core, struct tentative *t)
{
	struct assoc	*a = t->assoc;

	timer_clear(&core->timers, &t->timer);
	timerq_release(&core->timers, 1);
	RB_REMOVE(tentative_tree, &a->iface->tentatives, t);
	LIST_REMOVE(t, of_assoc);
	a->iface->ntentatives--;
	a->ntentatives--;
	room_free(core, t, sizeof(*t));
}

void
tentative_left(struct core *core, struct assoc *a)
{
	struct tentative	*t;

	while ((t = LIST_FIRST(&a->tentatives)) != NULL)
		tentative_drop(core, t);
}

void
tentative_forget(struct core *core, struct assoc *a)
{
	struct tentative	*t;

	while ((t = LIST_FIRST(&a->tentatives)) != NULL) {
		LIST_REMOVE(t, of_assoc);
		room_free(core, t, sizeof(*t));
	}
}
