/* SPDX-License-Identifier: ISC */
/*
 * A token bucket, counted in time: time passes in, each token costs some.  A
 * bucket of all zeroes is full.
 */
#ifndef COMMON_BUCKET_H
#define COMMON_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"

struct bucket {
	int64_t		us;		/* time that is left to spend */
	monotime_t	when;		/* when that was */
};

/* price: of a token; full: the most that is saved; both in us. */
static inline bool
bucket_take(struct bucket *b, int64_t price, int64_t full, monotime_t at)
{
	b->us += at.us - b->when.us;
	if (b->us > full || b->when.us == 0)
		b->us = full;
	b->when = at;
	if (b->us < price)
		return false;
	b->us -= price;
	return true;
}
#endif
