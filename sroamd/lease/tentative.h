/* SPDX-License-Identifier: ISC */
/* Addresses that stations use here, and that are not leased to them yet. */
#ifndef SROAMD_LEASE_TENTATIVE_H
#define SROAMD_LEASE_TENTATIVE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/timer.h"

#define TENTATIVE_MAX	256	/* of an interface */

struct assoc;
struct core;
struct iface;

enum tentative_state {
	TENTATIVE_SILENCE,
	TENTATIVE_ANSWER,
	TENTATIVE_AGAIN,
	TENTATIVE_REFUSED
};

/* How it is proven: learn.h. */
struct tentative {
	RB_ENTRY(tentative)	 entry;		/* of its interface */
	LIST_ENTRY(tentative)	 of_assoc;
	struct assoc		*assoc;
	struct addr		 addr;
	uint8_t			 state;		/* enum tentative_state */
	uint8_t			 asks;		/* unanswered */
	monotime_t		 since;		/* the first evidence */
	struct timer		 timer;
};

RB_HEAD(tentative_tree, tentative);
LIST_HEAD(tentative_list, tentative);

int	 tentative_cmp(const struct tentative *, const struct tentative *);
RB_PROTOTYPE(tentative_tree, tentative, entry, tentative_cmp)

struct tentative	*tentative_find(struct iface *, const struct addr *);
/* In its first state.  NULL: no memory. */
struct tentative	*tentative_make(struct core *, struct assoc *,
			    const struct addr *, monotime_t now);
void			 tentative_drop(struct core *, struct tentative *);
/* The station left, or is on another interface. */
void			 tentative_left(struct core *, struct assoc *);
/* The same without timers, when all ends. */
void			 tentative_forget(struct core *, struct assoc *);
#endif
