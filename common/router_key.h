/* SPDX-License-Identifier: ISC */
/*
 * A router's identity: the public half of its key pair (Ed25519, RFC 8032),
 * what it signs, and the id that follows from the key.
 */
#ifndef COMMON_ROUTER_KEY_H
#define COMMON_ROUTER_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

struct router_key {
	uint8_t		octet[32];
};

struct router_signature {
	uint8_t		octet[64];
};

int	router_key_cmp(const struct router_key *, const struct router_key *);
/* SHA-256 of "sroam router id" and the key: the fingerprint. */
void	router_key_hash(const struct router_key *, uint8_t hash[32]);
/* Its first 8 octets. */
void	router_key_id(const struct router_key *, struct router_id *);
bool	router_key_has(const struct router_key *, const struct router_id *);
#endif
