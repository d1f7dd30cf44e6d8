/* SPDX-License-Identifier: ISC */
/*
 * How often a key may be flooded, whatever the cause: a token bucket for each,
 * by the kind's burst and interval.  What is held back is not dropped: it is
 * flooded when the bucket opens, as it is then.
 */
#ifndef SROAMD_TABLE_PACE_H
#define SROAMD_TABLE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"

struct core;
struct datum;
struct timer;

/* Sixteenths of a second since the start, from 1024 on; they wrap. */
uint32_t	core_ticks(const struct core *, monotime_t now);
#define TICKS(ms)	((uint32_t)((ms) * 16 / 1000))

/* Whether the datum may be flooded now; else it will be, by a timer. */
bool	pace_take(struct core *, struct datum *, monotime_t now);
/* The new datum takes the place of the old one. */
void	pace_move(struct datum *new, struct datum *old);
void	pace_free(struct core *, struct datum *);
void	pace_timer(struct core *, struct timer *, monotime_t now);
#endif
