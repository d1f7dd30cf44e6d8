/* SPDX-License-Identifier: ISC */
/* Stations that the log has named, in a table of fixed size. */
#include <stdlib.h>

#include "common/bucket.h"
#include "frontend/named.h"

#define SLOTS	1024			/* a power of two */

struct named_slot {
	struct mac	mac;
	uint8_t		deed;		/* enum deed; DEED_NONE: free */
	monotime_t	next;		/* not named before */
};

struct named {
	uint32_t		seed;
	struct bucket		all;
	struct named_slot	slots[SLOTS];
};

struct named *
named_new(uint32_t seed)
{
	struct named *named;

	if ((named = calloc(1, sizeof(*named))) != NULL)
		named->seed = seed;
	return named;
}

void
named_free(struct named *named)
{
	free(named);
}

/* One that falls into another's slot replaces it: both may be named again. */
bool
named_pass(struct named *named, const struct mac *mac, enum deed deed,
    monotime_t now)
{
	uint32_t hash = (mac_hash(mac, named->seed) ^ deed) * 16777619U;
	struct named_slot *slot = &named->slots[(hash ^ hash >> 16) % SLOTS];

	if (slot->deed == deed && mac_cmp(&slot->mac, mac) == 0 &&
	    monotime_before(now, slot->next))
		return false;
	if (!bucket_take(&named->all, NAMED_RATE * 1000LL,
	    NAMED_BURST * NAMED_RATE * 1000LL, now))
		return false;
	slot->mac = *mac;
	slot->deed = (uint8_t)deed;
	slot->next = monotime_add(now, NAMED_AGAIN);
	return true;
}
