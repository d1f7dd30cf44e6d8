/* SPDX-License-Identifier: ISC */
/* The id of a router, from its public key: sroam-flood(7). */
#include <sha2.h>
#include <string.h>

#include "common/router_key.h"

#define PURPOSE		"sroam router id"

int
router_key_cmp(const struct router_key *a, const struct router_key *b)
{
	return memcmp(a->octet, b->octet, sizeof(a->octet));
}

void
router_key_hash(const struct router_key *key, uint8_t hash[32])
{
	SHA2_CTX	sha;

	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)PURPOSE, sizeof(PURPOSE) - 1);
	SHA256Update(&sha, key->octet, sizeof(key->octet));
	SHA256Final(hash, &sha);
}

void
router_key_id(const struct router_key *key, struct router_id *id)
{
	uint8_t		hash[SHA256_DIGEST_LENGTH];

	router_key_hash(key, hash);
	memcpy(id->octet, hash, sizeof(id->octet));
}

bool
router_key_has(const struct router_key *key, const struct router_id *id)
{
	struct router_id	own;

	router_key_id(key, &own);
	return router_id_cmp(&own, id) == 0;
}
