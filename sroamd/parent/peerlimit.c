/* SPDX-License-Identifier: ISC */
/* Limits connections of an address, of a /64 and of all addresses together. */
#include <stdlib.h>
#include <string.h>

#include "common/bucket.h"
#include "parent/peerlimit.h"

#define SLOTS	1024			/* a power of two */

/* Connections a second, and at once. */
struct rate {
	int64_t		a_second, burst;
};

static const struct rate	address_rate = { 16, 64 };
static const struct rate	network_rate = { 64, 256 };
static const struct rate	total_rate = { 256, 1024 };

struct addr_bucket {
	struct addr	addr;
	struct bucket	bucket;
};

struct peerlimit {
	uint32_t		seed;
	struct addr_bucket	addresses[SLOTS];
	struct addr_bucket	networks[SLOTS];
	struct bucket		total;
};

static bool	take(struct bucket *, const struct rate *, monotime_t);
static bool	take_slot(struct addr_bucket *, const struct addr *, uint32_t,
		    const struct rate *, monotime_t);
static bool	is_of_network(const struct addr *);

struct peerlimit *
peerlimit_new(uint32_t seed)
{
	struct peerlimit *l;

	if ((l = calloc(1, sizeof(*l))) != NULL)
		l->seed = seed;
	return l;
}

void
peerlimit_free(struct peerlimit *l)
{
	free(l);
}

bool
peerlimit_take(struct peerlimit *l, const struct addr *addr, monotime_t now)
{
	struct addr network = *addr;

	if (!take_slot(l->addresses, addr, l->seed, &address_rate, now))
		return false;
	if (is_of_network(addr)) {
		memset(network.octet + 8, 0, 8);
		if (!take_slot(l->networks, &network, l->seed, &network_rate,
		    now))
			return false;
	}
	return take(&l->total, &total_rate, now);
}

/* A /64: a host has 2^64 addresses in it; its limit is that of many hosts. */
static bool
is_of_network(const struct addr *addr)
{
	return !addr_is_v4(addr) && !addr_is_linklocal(addr);
}

/* An address that falls into another's slot replaces it, with a full bucket. */
static bool
take_slot(struct addr_bucket *slots, const struct addr *addr, uint32_t seed,
    const struct rate *rate, monotime_t now)
{
	uint32_t hash = addr_hash(addr, seed);
	struct addr_bucket *slot = &slots[(hash ^ hash >> 16) % SLOTS];

	if (addr_cmp(&slot->addr, addr) != 0) {
		slot->addr = *addr;
		slot->bucket = (struct bucket){ 0 };
	}
	return take(&slot->bucket, rate, now);
}

static bool
take(struct bucket *b, const struct rate *rate, monotime_t now)
{
	int64_t price = 1000000 / rate->a_second;

	return bucket_take(b, price, price * rate->burst, now);
}
