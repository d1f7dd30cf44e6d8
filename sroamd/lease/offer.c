/* SPDX-License-Identifier: ISC */
/* Offers: addresses that are kept for a station until it requests one. */
#include "common/container_of.h"
#include "lease/offer.h"
#include "lease/share.h"
#include "lease/state.h"
#include "table/effect.h"
#include "table/room.h"

#define OFFER_MS	30000		/* an offer nobody took */
#define OFFERS_MAX	8192

RB_GENERATE(offer_tree, offer, entry, offer_cmp)

static void	offer_free(struct core *, struct offer *);

int
offer_cmp(const struct offer *a, const struct offer *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

void
offers_init(struct core *core)
{
	TAILQ_INIT(&core->lease->offer_order);
}

void
offers_free(struct core *core)
{
	while (!TAILQ_EMPTY(&core->lease->offer_order))
		offer_free(core, TAILQ_FIRST(&core->lease->offer_order));
}

struct offer *
offer_find(struct core *core, const struct addr *addr)
{
	struct offer	key;

	key.addr = *addr;
	return RB_FIND(offer_tree, &core->lease->offers, &key);
}

/* Keep an address for a while for the client that it was offered to. */
int
offer_make(struct core *core, const struct client *c, const struct addr *addr,
    uint16_t share, monotime_t now)
{
	struct lease_state	*l = core->lease;
	struct offer		*o;

	if ((o = offer_find(core, addr)) == NULL) {
		if (l->noffers >= OFFERS_MAX)
			offer_free(core, TAILQ_FIRST(&l->offer_order));
		if ((o = room_alloc(core, sizeof(*o))) == NULL ||
		    timerq_reserve(&core->timers, 1) == -1) {
			room_free(core, o, sizeof(*o));
			core_no_memory(core, "an offer");
			return -1;
		}
		timer_init(&o->timer, TIMER_OFFER);
		o->addr = *addr;
		RB_INSERT(offer_tree, &core->lease->offers, o);
		core->lease->noffers++;
	} else
		TAILQ_REMOVE(&core->lease->offer_order, o, order);
	TAILQ_INSERT_TAIL(&core->lease->offer_order, o, order);
	o->client = *c;
	share_offer(core, o, share);
	timer_set(&core->timers, &o->timer, monotime_add(now, OFFER_MS));
	return 0;
}

void
offer_drop(struct core *core, const struct client *c, const struct addr *addr)
{
	struct offer	*o = offer_find(core, addr);

	if (o != NULL && client_is(&o->client, c))
		offer_free(core, o);
}

static void
offer_free(struct core *core, struct offer *o)
{
	share_no_offer(core, o);
	timer_clear(&core->timers, &o->timer);
	timerq_release(&core->timers, 1);
	RB_REMOVE(offer_tree, &core->lease->offers, o);
	TAILQ_REMOVE(&core->lease->offer_order, o, order);
	core->lease->noffers--;
	room_free(core, o, sizeof(*o));
}

/* It was not requested. */
void
offer_timer(struct core *core, struct timer *t)
{
	offer_free(core, container_of(t, struct offer, timer));
}
