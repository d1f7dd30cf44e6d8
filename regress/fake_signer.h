/* SPDX-License-Identifier: ISC */
/*
 * Identities for cores in tests: a router's key is its id and zeroes, so that
 * any id is that of a key, and a signature is a cheap hash, which whoever knows
 * the key could make.
 */
#ifndef REGRESS_FAKE_SIGNER_H
#define REGRESS_FAKE_SIGNER_H

#include <string.h>

#include "core/core.h"
#include "lease/router_info.h"
#include "table/key.h"

static inline struct router_key
fake_key(const struct router_id *id)
{
	struct router_key key = { { 0 } };

	memcpy(key.octet, id->octet, sizeof(id->octet));
	return key;
}

static inline void
fake_fingerprint(void *arg, const struct router_key *key, uint8_t hash[32])
{
	(void)arg;
	memcpy(hash, key->octet, 32);
}

static inline uint64_t
fake_hash(uint64_t hash, const uint8_t *octet, size_t len)
{
	while (len-- > 0)
		hash = (hash ^ *octet++) * 0x100000001b3U;
	return hash;
}

static inline struct router_signature
fake_sign(const struct router_key *key, const void *text, size_t len)
{
	struct router_signature s;
	uint64_t hash = fake_hash(0xcbf29ce484222325U, key->octet,
	    sizeof(key->octet));
	size_t i;

	hash = fake_hash(hash, text, len);
	for (i = 0; i < sizeof(s.octet); i++) {
		hash = hash * 6364136223846793005U + 1442695040888963407U;
		s.octet[i] = (uint8_t)(hash >> 56);
	}
	return s;
}

static inline bool
fake_verify(void *arg, const struct router_key *key, const void *text,
    size_t len, const struct router_signature *signature)
{
	struct router_signature s = fake_sign(key, text, len);

	(void)arg;
	return memcmp(&s, signature, sizeof(s)) == 0;
}

/* The members of struct core_ops. */
#define FAKE_SIGNER	fake_verify, fake_fingerprint, 1000

static inline struct core *
fake_core(const struct core_ops *ops, const struct router_id *id,
    const struct conf *conf, monotime_t at)
{
	struct core_self self = { *id, fake_key(id), 7 };

	return core_new(ops, &self, conf, at);
}

/* Answers EFFECT_SIGN_ROUTER. */
static inline struct router_signature
fake_sign_router(const struct router_id *id, const struct sign_router *what)
{
	struct router_key key = fake_key(id);
	uint8_t text[ROUTER_TEXT_MAX];
	size_t len;

	len = router_text(id, what->seqno, what->value, what->vallen, text);
	return fake_sign(&key, text, len);
}

/*
 * A router datum: its value so far is what it says, to which the key of its id,
 * the run and the signature are added.
 */
static inline void
fake_router(struct update *u, uint64_t run)
{
	struct sign_router what = { .seqno = u->seqno };
	struct router_id id;
	struct router_signature s;
	uint8_t *value = u->data + u->keylen;
	uint8_t n = u->vallen;
	int i;

	memcpy(id.octet, u->data + 1, sizeof(id.octet));
	value[n] = 5;
	value[n + 1] = 32;
	memset(value + n + 2, 0, 32);
	memcpy(value + n + 2, id.octet, sizeof(id.octet));
	n += 34;
	value[n] = 7;
	value[n + 1] = 8;
	for (i = 0; i < 8; i++)
		value[n + 2 + i] = (uint8_t)(run >> (56 - 8 * i));
	n += 10;
	what.vallen = n;
	memcpy(what.value, value, n);
	s = fake_sign_router(&id, &what);
	u->vallen = router_info_sign(value, n, &s);
}
#endif
