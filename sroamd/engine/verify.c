/* SPDX-License-Identifier: ISC */
/* Signatures of routers, and how long they take here. */
#include <sodium.h>

#include "common/clock.h"
#include "common/log.h"
#include "engine/verify.h"

#define TRIES		8
#define SHARE		10	/* a part of the time of one processor */

_Static_assert(sizeof(((struct router_key *)0)->octet) ==
    crypto_sign_PUBLICKEYBYTES, "a public key");
_Static_assert(sizeof(((struct router_signature *)0)->octet) ==
    crypto_sign_BYTES, "a signature");

/* Of no octets, and the key: RFC 8032 7.1, test 1. */
static const struct router_key		test_key = { {
	0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
	0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
	0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
	0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a
} };
static const struct router_signature	test_signature = { {
	0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72,
	0x90, 0x86, 0xe2, 0xcc, 0x80, 0x6e, 0x82, 0x8a,
	0x84, 0x87, 0x7f, 0x1e, 0xb8, 0xe5, 0xd9, 0x74,
	0xd8, 0x73, 0xe0, 0x65, 0x22, 0x49, 0x01, 0x55,
	0x5f, 0xb8, 0x82, 0x15, 0x90, 0xa3, 0x3b, 0xac,
	0xc6, 0x1e, 0x39, 0x70, 0x1c, 0xf9, 0xb4, 0x6b,
	0xd2, 0x5b, 0xf5, 0xf0, 0x59, 0x5b, 0xbe, 0x24,
	0x65, 0x51, 0x41, 0x43, 0x8e, 0x7a, 0x10, 0x0b
} };

void
verify_start(void)
{
	if (sodium_init() == -1)
		fatalx("libsodium cannot be used");
}

bool
verify_signature(void *arg, const struct router_key *key, const void *text,
    size_t len, const struct router_signature *signature)
{
	(void)arg;
	return crypto_sign_verify_detached(signature->octet, text, len,
	    key->octet) == 0;
}

void
verify_fingerprint(void *arg, const struct router_key *key, uint8_t hash[32])
{
	(void)arg;
	router_key_hash(key, hash);
}

/* The fastest of some: others have the processor, too. */
uint32_t
verify_rate(void)
{
	monotime_t	begin;
	int64_t		us, best = INT64_MAX;
	int		i;

	for (i = 0; i < TRIES; i++) {
		begin = clock_monotime();
		if (!verify_signature(NULL, &test_key, "", 0,
		    &test_signature))
			fatalx("libsodium does not verify signatures");
		us = clock_monotime().us - begin.us;
		if (us < best)
			best = us;
	}
	if (best < 1)
		best = 1;
	log_debug("a signature is verified in %lld us", (long long)best);
	return best < 1000000 / SHARE ?
	    (uint32_t)(1000000 / SHARE / best) : 1;
}
