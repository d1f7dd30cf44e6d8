/* SPDX-License-Identifier: ISC */
/*
 * A token bucket: time is saved up, and each token has a price in it.  One
 * that is zeroed is full.
 */
#ifndef COMMON_BUCKET_H
#define COMMON_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"

struct bucket {
	int64_t		us;		/* saved up */
	monotime_t	when;		/* last looked at */
};

/* price: of a token, full: what is saved at most, both in us; at: now. */
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
