/* SPDX-License-Identifier: ISC */
/* The keys of `tls psk`, from the octets of the secret's file. */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "engine/tls/key.h"

#define LABEL		"sroam1"
#define LABEL_LEN	(sizeof(LABEL) - 1)

static int	hmac(const uint8_t *, const void *, size_t, uint8_t *);
static int	expand(const struct tls_key *, const void *, size_t, uint8_t *);
static int	get_hex(const uint8_t *, uint8_t *, size_t);

static int
hmac(const uint8_t *key, const void *data, size_t len, uint8_t *out)
{
	unsigned int	n = TLS_KEY_LEN;

	if (HMAC(EVP_sha256(), key, TLS_KEY_LEN, data, len, out, &n) == NULL)
		return -1;
	return n == TLS_KEY_LEN ? 0 : -1;
}

/* RFC 5869 2.3, of which 32 octets are one block. */
static int
expand(const struct tls_key *key, const void *info, size_t len, uint8_t *out)
{
	uint8_t		block[64];

	if (len >= sizeof(block))
		return -1;
	memcpy(block, info, len);
	block[len] = 1;
	return hmac(key->prk, block, len + 1, out);
}

/*
 * The fingerprint is one more derived key: it tells nothing about the others,
 * and no more about a weak secret than a handshake.
 */
int
tls_key_make(struct tls_key *key, const void *secret, size_t len)
{
	static const char	 info[] = LABEL " fingerprint";
	static const uint8_t	 salt[TLS_KEY_LEN];
	uint8_t			 out[TLS_KEY_LEN];

	/* RFC 5869 2.2, without a salt. */
	if (hmac(salt, secret, len, key->prk) == -1 ||
	    expand(key, info, sizeof(info) - 1, out) == -1)
		return -1;
	memcpy(key->fingerprint, out, sizeof(key->fingerprint));
	return 0;
}

int
tls_key_derive(const struct tls_key *key, const struct router_id *client,
    uint8_t out[TLS_KEY_LEN])
{
	uint8_t		info[LABEL_LEN + sizeof(client->octet)];

	memcpy(info, LABEL, LABEL_LEN);
	memcpy(info + LABEL_LEN, client->octet, sizeof(client->octet));
	return expand(key, info, sizeof(info), out);
}

void
tls_identity_make(char text[TLS_IDENTITY_LEN + 1],
    const struct router_id *client,
    const uint8_t fingerprint[TLS_FINGERPRINT_LEN])
{
	char		*at = text + LABEL_LEN;
	size_t		 i;

	memcpy(text, LABEL, LABEL_LEN);
	*at++ = ':';
	for (i = 0; i < sizeof(client->octet); i++, at += 2)
		snprintf(at, 3, "%02x", client->octet[i]);
	*at++ = ':';
	for (i = 0; i < TLS_FINGERPRINT_LEN; i++, at += 2)
		snprintf(at, 3, "%02x", fingerprint[i]);
}

/* Exactly in the form we write: one text for each identity. */
int
tls_identity_parse(const uint8_t *text, size_t len, struct router_id *client,
    uint8_t fingerprint[TLS_FINGERPRINT_LEN])
{
	const uint8_t	*id = text + LABEL_LEN + 1;
	const uint8_t	*hash = id + 2 * sizeof(client->octet) + 1;

	if (len != TLS_IDENTITY_LEN || memcmp(text, LABEL ":",
	    LABEL_LEN + 1) != 0 || hash[-1] != ':' ||
	    get_hex(id, client->octet, sizeof(client->octet)) == -1 ||
	    get_hex(hash, fingerprint, TLS_FINGERPRINT_LEN) == -1 ||
	    router_id_is_none(client))
		return -1;
	return 0;
}

static int
get_hex(const uint8_t *text, uint8_t *out, size_t len)
{
	static const char	 digits[] = "0123456789abcdef";
	const char		*high, *low;

	for (; len > 0; len--, text += 2) {
		if (text[0] == '\0' || text[1] == '\0' ||
		    (high = strchr(digits, text[0])) == NULL ||
		    (low = strchr(digits, text[1])) == NULL)
			return -1;
		*out++ = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return 0;
}
