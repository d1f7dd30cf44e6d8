/* SPDX-License-Identifier: ISC */
/*
 * Limits how many connections a second unknown addresses may open: each
 * address, each IPv6 /64, and all together.  An address over its own limit
 * does not use up the others' share.  Tables are of fixed size.
 */
#ifndef SROAMD_PEERLIMIT_H
#define SROAMD_PEERLIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

struct peerlimit;

/* NULL: no memory.  The seed is for a hash, and should be unpredictable. */
struct peerlimit	*peerlimit_new(uint32_t seed);
void			 peerlimit_free(struct peerlimit *);
bool			 peerlimit_take(struct peerlimit *, const struct addr *,
			    monotime_t now);
#endif
