/* SPDX-License-Identifier: ISC */
/*
 * Records of the store: a datum with its times as wall-clock time, and the
 * one record that says what all the others are.
 *
 *	key:    the datum's, its first octet being the kind
 *	value:  seqno (8)  end (8)  claimed (8)  the datum's value  sum (4)
 *
 *	key:    ff "sroamd"
 *	value:  "sroamtbl"  version (2)  written at (8)  sum (4)
 *
 * Times are milliseconds since 1970, all numbers are in network order, the
 * sum is the CRC-32 of the key and of what is before it, which for a datum
 * begins with 4f3d21a6 instead of all ones.  In version 1 seqnos had two octets
 * and all sums began with all ones.  Nothing here reads a clock.
 */
#ifndef SROAMD_STORE_RECORD_H
#define SROAMD_STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/ibuf.h"
#include "msg.h"

#define STORE_VERSION	2
#define STORE_VALUE_MAX	(DATUM_MAX + 28)

/* One instant on both clocks. */
struct store_clock {
	int64_t		wall;
	monotime_t	mono;
};

extern const uint8_t	store_head_key[7];

/*
 * Entries end as they would have; if the clock is behind the last writing, the
 * time since then is unknown, and counts as none.
 */
void			store_clock_since(struct store_clock *,
			    int64_t written);
int			store_record_add(struct ibuf *, const struct stored *,
			    const struct store_clock *now);
/* 0, or -1: damaged. */
int			store_record_get(struct stored *, const void *key,
			    size_t, const void *value, size_t,
			    const struct store_clock *now);
/* Whether this is the key of the one record that is no datum. */
bool			store_is_head(const void *key, size_t);
int			store_head_add(struct ibuf *, int64_t written);
enum store_verdict	store_head_get(const void *, size_t, int64_t *written);
#endif
