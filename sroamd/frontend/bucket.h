/* SPDX-License-Identifier: ISC */
/*
 * Limits each station's rate: a token bucket for each MAC address, in a table
 * of fixed size, so that a flood of addresses uses no more memory.
 */
#ifndef SROAMD_FRONTEND_BUCKET_H
#define SROAMD_FRONTEND_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

struct buckets;

/* rate a second, burst at once.  NULL: no memory. */
struct buckets	*buckets_new(uint32_t rate, uint32_t burst, uint32_t seed);
void		 buckets_free(struct buckets *);
bool		 buckets_take(struct buckets *, const struct mac *,
		    monotime_t now);
#endif
