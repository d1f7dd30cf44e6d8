/* SPDX-License-Identifier: ISC */
/* The keys of data: how they are built and read. */
#include <string.h>

#include "msg.h"
#include "table/datum.h"
#include "table/key.h"
#include "table/kind.h"

/* Writes the key of a lease and returns its length. */
uint8_t
lease_key(enum lease_kind kind, const struct prefix *p,
    uint8_t key[LEASE_KEY_MAX])
{
	switch (kind) {
	case LEASE_ADDRESS:
		key[0] = DATUM_LEASE4;
		memcpy(key + 1, addr_v4(&p->addr), 4);
		return 5;
	case LEASE_PREFIX:
		key[0] = DATUM_LEASE6;
		memcpy(key + 1, p->addr.octet, 8);
		return 9;
	default:
		key[0] = DATUM_DELEGATED;
		key[1] = p->len;
		memcpy(key + 2, p->addr.octet, 8);
		return 10;
	}
}

bool
lease_key_parse(const uint8_t *key, uint8_t keylen, enum lease_kind *kind,
    struct prefix *p)
{
	struct prefix	whole;

	memset(p, 0, sizeof(*p));
	if (key[0] == DATUM_LEASE4 && keylen == 5) {
		*kind = LEASE_ADDRESS;
		addr_from_v4(&p->addr, key + 1);
		p->len = 128;
		return true;
	}
	if (key[0] == DATUM_LEASE6 && keylen == 9) {
		*kind = LEASE_PREFIX;
		memcpy(p->addr.octet, key + 1, 8);
		p->len = 64;
		return true;
	}
	if (key[0] == DATUM_DELEGATED && keylen == 10 &&
	    key[1] >= DELEGATED_SHORTEST && key[1] <= DELEGATED_LONGEST) {
		*kind = LEASE_DELEGATED;
		memcpy(p->addr.octet, key + 2, 8);
		p->len = key[1];
		whole = *p;
		prefix_mask(p);
		return prefix_cmp(p, &whole) == 0;
	}
	return false;
}

int
lease_kind_of(uint8_t type)
{
	switch (type) {
	case DATUM_LEASE4:
		return LEASE_ADDRESS;
	case DATUM_LEASE6:
		return LEASE_PREFIX;
	case DATUM_DELEGATED:
		return LEASE_DELEGATED;
	default:
		return -1;
	}
}

bool
lease_is(const struct datum *d)
{
	return !d->kind->foreign && lease_kind_of(datum_key(d)[0]) != -1;
}

enum lease_kind
lease_kind(const struct datum *d)
{
	return (enum lease_kind)lease_kind_of(datum_key(d)[0]);
}

/* The prefix that the datum leases; false if it is no lease. */
bool
lease_prefix(const struct datum *d, struct prefix *p)
{
	enum lease_kind	kind;

	return lease_key_parse(datum_key(d), datum_keylen(d), &kind, p);
}

const struct mac *
lease_mac(const struct datum *d)
{
	return (const struct mac *)datum_value(d);
}

void
router_key(const struct router_id *id, uint8_t key[ROUTER_KEY])
{
	key[0] = DATUM_ROUTER;
	memcpy(key + 1, id->octet, sizeof(id->octet));
}
