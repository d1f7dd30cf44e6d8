/* SPDX-License-Identifier: ISC */
/* A bucket for each sender, in a table of fixed size. */
#include <stdlib.h>

#include "common/bucket.h"
#include "frontend/bucket.h"

#define SLOTS	4096			/* a power of two */

struct mac_bucket {
	struct mac	mac;
	struct bucket	bucket;
};

struct buckets {
	uint32_t		seed;
	int64_t			price, full;	/* us */
	struct mac_bucket	slots[SLOTS];
};

struct buckets *
buckets_new(uint32_t rate, uint32_t burst, uint32_t seed)
{
	struct buckets *b;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->seed = seed;
	b->price = 1000000 / rate;
	b->full = b->price * burst;
	return b;
}

void
buckets_free(struct buckets *b)
{
	free(b);
}

/*
 * A sender that falls into another's slot replaces it, with a full bucket:
 * stations that share a slot by chance are both served.
 */
bool
buckets_take(struct buckets *b, const struct mac *mac, monotime_t now)
{
	uint32_t hash = mac_hash(mac, b->seed);
	struct mac_bucket *slot = &b->slots[(hash ^ hash >> 16) % SLOTS];

	if (mac_cmp(&slot->mac, mac) != 0) {
		slot->mac = *mac;
		slot->bucket = (struct bucket){ 0 };
	}
	return bucket_take(&slot->bucket, b->price, b->full, now);
}
