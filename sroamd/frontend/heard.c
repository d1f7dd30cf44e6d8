/* SPDX-License-Identifier: ISC */
/* Stations that were heard just now, so that the engine gets one message. */
#include <stdlib.h>
#include <string.h>

#include "frontend/heard.h"

#define SLOTS	4096			/* a power of two */

struct heard_slot {
	struct heard	heard;
	monotime_t	when;
	bool		used;
};

struct heard_cache {
	uint32_t		seed;
	monotime_t		spent[SLOTS];	/* burst used, until when */
	struct heard_slot	slots[SLOTS];
};

static struct heard_slot	*place(struct heard_cache *,
				    const struct heard *);
static bool			 same(const struct heard *,
				    const struct heard *);

struct heard_cache *
heard_cache_new(uint32_t seed)
{
	struct heard_cache *cache;

	if ((cache = calloc(1, sizeof(*cache))) != NULL)
		cache->seed = seed;
	return cache;
}

void
heard_cache_free(struct heard_cache *cache)
{
	free(cache);
}

bool
heard_cache_is_new(struct heard_cache *cache, const struct heard *heard,
    monotime_t now)
{
	struct heard_slot *slot;

	if (heard->kind == HEARD_ARP_REPLY || heard->kind == HEARD_NA)
		return true;
	slot = place(cache, heard);
	if (slot->used && same(&slot->heard, heard) &&
	    monotime_ms(slot->when, now) < HEARD_INTERVAL)
		return false;
	slot->heard = *heard;
	slot->when = now;
	slot->used = true;
	return true;
}

bool
heard_cache_allows(struct heard_cache *cache, const struct mac *mac,
    monotime_t now)
{
	uint32_t hash = mac_hash(mac, cache->seed);
	monotime_t *spent = &cache->spent[(hash ^ hash >> 16) % SLOTS];

	if (monotime_ms(*spent, now) > HEARD_BURST * HEARD_RATE)
		*spent = monotime_add(now, -HEARD_BURST * HEARD_RATE);
	if (monotime_ms(*spent, now) < HEARD_RATE)
		return false;
	*spent = monotime_add(*spent, HEARD_RATE);
	return true;
}

/* FNV-1a; with a secret seed nobody can choose another's slot. */
static struct heard_slot *
place(struct heard_cache *cache, const struct heard *heard)
{
	uint32_t hash = mac_hash(&heard->mac, cache->seed);
	size_t i;

	for (i = 0; i < sizeof(heard->addr.octet); i++)
		hash = (hash ^ heard->addr.octet[i]) * 16777619U;
	hash = (hash ^ heard->kind) * 16777619U;
	return &cache->slots[(hash ^ hash >> 16) % SLOTS];
}

static bool
same(const struct heard *a, const struct heard *b)
{
	return a->ifindex == b->ifindex && a->kind == b->kind &&
	    mac_cmp(&a->mac, &b->mac) == 0 && addr_cmp(&a->addr, &b->addr) == 0;
}
