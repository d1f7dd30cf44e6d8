/* SPDX-License-Identifier: ISC */
/*
 * A queue of deadlines without a loop: a binary heap of timers that live
 * inside the objects they belong to.  Setting, clearing and taking the first
 * cost O(log n); the queue owns only its array of pointers.
 */
#ifndef COMMON_TIMER_H
#define COMMON_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/monotime.h"

struct timer {
	monotime_t	due;
	uint32_t	slot;		/* place in the heap + 1; 0: not set */
	uint32_t	kind;		/* the owner's: what the timer is for */
};

struct timerq {
	struct timer	**heap;
	uint32_t	  len, cap, reserved;
};

void		 timer_init(struct timer *, uint32_t kind);
/*
 * Reserve room for n more timers: 0, or -1 when there is no memory.  An object
 * reserves room for its timers when it is made, and releases it when it is
 * freed: meanwhile timer_set cannot fail for them.
 */
int		 timerq_reserve(struct timerq *, uint32_t n);
void		 timerq_release(struct timerq *, uint32_t n);
/*
 * 0, or -1 when there is no memory.  Never fails for a timer that is set
 * already, or that has room reserved.
 */
int		 timer_set(struct timerq *, struct timer *, monotime_t due);
void		 timer_clear(struct timerq *, struct timer *);
bool		 timer_is_set(const struct timer *);
monotime_t	 timerq_due(const struct timerq *);	/* or MONOTIME_NEVER */
/*
 * The timer at `slot` of the heap, which stays set, or NULL.  Slot 0 is due
 * first; the other slots are in no order.
 */
struct timer	*timerq_peek(const struct timerq *, uint32_t slot);
/* Unset and return the first timer due at `now`, or NULL. */
struct timer	*timerq_expire(struct timerq *, monotime_t now);
void		 timerq_free(struct timerq *);
#endif
