/* SPDX-License-Identifier: ISC */
/* Stations that were answered lately, which are served before unknown ones. */
#include <stdlib.h>

#include "common/bucket.h"
#include "frontend/known.h"

#define SLOTS		8192		/* a power of two */
#define BUCKETS		16
#define BURST_S		10		/* burst, in seconds of the rate */
#define RATE		1000		/* until it is set */

struct known {
	uint32_t	seed;
	uint32_t	rate;
	struct bucket	buckets[BUCKETS];	/* by interface */
	struct mac	slots[SLOTS];
};

static struct mac	*place(struct known *, const struct mac *);

struct known *
known_new(uint32_t seed)
{
	struct known *known;

	if ((known = calloc(1, sizeof(*known))) != NULL) {
		known->seed = seed;
		known->rate = RATE;
	}
	return known;
}

void
known_free(struct known *known)
{
	free(known);
}

void
known_rate(struct known *known, uint32_t frames)
{
	known->rate = frames;
}

/* A station that falls into another's slot replaces it. */
static struct mac *
place(struct known *known, const struct mac *mac)
{
	uint32_t hash = mac_hash(mac, known->seed);

	return &known->slots[(hash ^ hash >> 16) % SLOTS];
}

void
known_add(struct known *known, const struct mac *mac)
{
	*place(known, mac) = *mac;
}

bool
known_allows(struct known *known, const struct mac *mac, uint32_t ifindex,
    monotime_t now)
{
	if (mac_cmp(place(known, mac), mac) == 0)
		return true;
	return bucket_take(&known->buckets[ifindex % BUCKETS],
	    1000000 / known->rate, BURST_S * 1000000LL, now);
}
