/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "frontend_known.h"

#define SLOTS		8192		/* a power of two */
#define BUCKETS		16
#define BURST_S		4		/* of the rate, at once */
#define RATE		1000		/* until it is told */

struct bucket {
	int64_t		us;		/* saved up; a frame has a price */
	monotime_t	when;
};

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

/* FNV-1a, seeded.  Who falls on another's place is a stranger again. */
static struct mac *
place(struct known *known, const struct mac *mac)
{
	uint32_t hash = 2166136261U ^ known->seed;
	size_t i;

	for (i = 0; i < sizeof(mac->octet); i++)
		hash = (hash ^ mac->octet[i]) * 16777619U;
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
	struct bucket *b = &known->buckets[ifindex % BUCKETS];
	int64_t full = BURST_S * 1000000LL, price = 1000000 / known->rate;

	if (mac_cmp(place(known, mac), mac) == 0)
		return true;
	if (b->when.us == 0)
		b->us = full;
	else
		b->us += now.us - b->when.us;
	if (b->us > full)
		b->us = full;
	b->when = now;
	if (b->us < price)
		return false;
	b->us -= price;
	return true;
}
