/* SPDX-License-Identifier: ISC */
/*
 * A router's key pair by a number, and the signer that it would have: it signs
 * any text.
 */
#ifndef UNIT_IDENTITY_H
#define UNIT_IDENTITY_H

#include <sodium.h>
#include <string.h>

#include "common/router_key.h"

struct identity {
	struct router_id	id;
	struct router_key	key;
	uint8_t			secret[crypto_sign_SECRETKEYBYTES];
};

static inline struct identity
identity_make(uint8_t which)
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	struct identity i;

	memset(&i, 0, sizeof(i));
	memset(seed, which, sizeof(seed));
	crypto_sign_seed_keypair(i.key.octet, i.secret, seed);
	router_key_id(&i.key, &i.id);
	return i;
}

/* "sroam session", the role and the exported keying material. */
static inline struct router_signature
identity_sign_session(const struct identity *i, uint8_t role,
    const uint8_t exporter[32])
{
	struct router_signature s;
	uint8_t text[46] = "sroam session";

	text[13] = role;
	memcpy(text + 14, exporter, 32);
	crypto_sign_detached(s.octet, NULL, text, sizeof(text), i->secret);
	return s;
}
#endif
