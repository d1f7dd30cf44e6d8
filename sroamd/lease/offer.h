/* SPDX-License-Identifier: ISC */
/* Offers: addresses that are kept for a station for a while. */
#ifndef SROAMD_LEASE_OFFER_H
#define SROAMD_LEASE_OFFER_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/timer.h"
#include "lease/client.h"

struct core;

struct offer {
	RB_ENTRY(offer)		entry;
	TAILQ_ENTRY(offer)	order;		/* oldest first */
	struct addr		addr;
	struct client		client;
	uint16_t		share;		/* share.h */
	bool			taken;
	struct timer		timer;
};

RB_HEAD(offer_tree, offer);
TAILQ_HEAD(offer_list, offer);

int	 offer_cmp(const struct offer *, const struct offer *);
RB_PROTOTYPE(offer_tree, offer, entry, offer_cmp)
void		 offers_init(struct core *);
void		 offers_free(struct core *);
/* or NULL */
struct offer	*offer_find(struct core *, const struct addr *);
/* It counts for this share of the pool.  0, or -1: no memory. */
int		 offer_make(struct core *, const struct client *,
		    const struct addr *, uint16_t share, monotime_t now);
/* If it is for this client. */
void		 offer_drop(struct core *, const struct client *,
		    const struct addr *);
void		 offer_timer(struct core *, struct timer *);
#endif
