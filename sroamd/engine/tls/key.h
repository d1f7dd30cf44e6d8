/* SPDX-License-Identifier: ISC */
/*
 * The keys of `tls psk`, as sroam-flood(7) describes them: from the secret
 * that all routers share, one key for each router as a client, and the
 * identity by which the server finds it.
 */
#ifndef SROAMD_TLS_KEY_H
#define SROAMD_TLS_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define TLS_KEY_LEN		32
#define TLS_FINGERPRINT_LEN	4
#define TLS_IDENTITY_LEN	32	/* sroam1:16 digits:8 digits */

struct tls_key {
	uint8_t	prk[TLS_KEY_LEN];
	uint8_t	fingerprint[TLS_FINGERPRINT_LEN];
};

/* 0, or -1: the library failed. */
int	tls_key_make(struct tls_key *, const void *secret, size_t len);
int	tls_key_derive(const struct tls_key *, const struct router_id *client,
	    uint8_t out[TLS_KEY_LEN]);

/* With a NUL behind it. */
void	tls_identity_make(char text[TLS_IDENTITY_LEN + 1],
	    const struct router_id *client,
	    const uint8_t fingerprint[TLS_FINGERPRINT_LEN]);
/* 0, or -1: not in our form. */
int	tls_identity_parse(const uint8_t *text, size_t len,
	    struct router_id *client, uint8_t fingerprint[TLS_FINGERPRINT_LEN]);
#endif
