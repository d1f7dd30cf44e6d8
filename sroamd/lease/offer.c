/* SPDX-License-Identifier: ISC */
/*
 * Offers: addresses that are kept for the station that was offered them, as
 * long as it may take it to ask for one.
 */
#include <stdlib.h>

#include "core/state.h"

RB_GENERATE(offer_tree, offer, entry, offer_cmp)

int
offer_cmp(const struct offer *a, const struct offer *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

/* Keep an address for the station that it was offered to, for a while. */
int
offer_make(struct core *core, const struct mac *mac, const struct addr *addr,
    monotime_t now)
{
	struct offer	*o, key;

	key.addr = *addr;
	if ((o = RB_FIND(offer_tree, &core->offers, &key)) == NULL) {
		if (core->noffers >= OFFERS_MAX)
			offer_free(core, TAILQ_FIRST(&core->offer_order));
		if ((o = calloc(1, sizeof(*o))) == NULL ||
		    timerq_reserve(&core->timers, 1) == -1) {
			free(o);
			core_no_memory(core, "an offer");
			return -1;
		}
		timer_init(&o->timer, TIMER_OFFER);
		o->addr = *addr;
		RB_INSERT(offer_tree, &core->offers, o);
		core->noffers++;
	} else
		TAILQ_REMOVE(&core->offer_order, o, order);
	TAILQ_INSERT_TAIL(&core->offer_order, o, order);
	o->mac = *mac;
	timer_set(&core->timers, &o->timer, monotime_add(now, OFFER_MS));
	return 0;
}

void
offer_drop(struct core *core, const struct mac *mac, const struct addr *addr)
{
	struct offer	*o, key;

	key.addr = *addr;
	o = RB_FIND(offer_tree, &core->offers, &key);
	if (o != NULL && mac_cmp(&o->mac, mac) == 0)
		offer_free(core, o);
}

void
offer_free(struct core *core, struct offer *o)
{
	timer_clear(&core->timers, &o->timer);
	timerq_release(&core->timers, 1);
	RB_REMOVE(offer_tree, &core->offers, o);
	TAILQ_REMOVE(&core->offer_order, o, order);
	core->noffers--;
	free(o);
}
