/* SPDX-License-Identifier: ISC */
/*
 * A router's hello on a link, by which routers find each other:
 * sroam-flood(7).
 */
#include <sha2.h>
#include <string.h>

#include "wire/discover.h"

#define DISCOVER_MAGIC	44
#define DISCOVER_VERSION 2	/* 1 is the start of a TCP session */
#define DISCOVER_BODY	(DISCOVER_LEN - 32)

#define HMAC_BLOCK	64	/* of SHA-256 */

void
wire_hmac(const uint8_t key[DISCOVER_KEY], const void *data, size_t len,
    uint8_t mac[32])
{
	uint8_t pad[HMAC_BLOCK], inner[32];
	SHA2_CTX ctx;
	size_t i;

	for (i = 0; i < sizeof(pad); i++)
		pad[i] = (i < DISCOVER_KEY ? key[i] : 0) ^ 0x36;
	SHA256Init(&ctx);
	SHA256Update(&ctx, pad, sizeof(pad));
	SHA256Update(&ctx, data, len);
	SHA256Final(inner, &ctx);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	SHA256Init(&ctx);
	SHA256Update(&ctx, pad, sizeof(pad));
	SHA256Update(&ctx, inner, sizeof(inner));
	SHA256Final(mac, &ctx);
	explicit_bzero(pad, sizeof(pad));
	explicit_bzero(&ctx, sizeof(ctx));
}

/* Checks the key before it uses any of the contents. */
int
wire_discover_get(struct ibuf *buf, const uint8_t key[DISCOVER_KEY],
    struct discover *d)
{
	const uint8_t *at = ibuf_peek(buf);
	uint8_t mac[32], differs = 0;
	uint32_t high, low;
	size_t i;

	if (ibuf_left(buf) != DISCOVER_LEN || at[0] != DISCOVER_MAGIC ||
	    at[1] != DISCOVER_VERSION) {
		ibuf_skip(buf, ibuf_left(buf));
		return -1;
	}
	wire_hmac(key, at, DISCOVER_BODY, mac);
	for (i = 0; i < sizeof(mac); i++)	/* in constant time */
		differs |= mac[i] ^ at[DISCOVER_BODY + i];
	if (differs) {
		ibuf_skip(buf, DISCOVER_LEN);
		return 0;
	}
	ibuf_skip(buf, 2);
	ibuf_get_n16(buf, &d->port);
	ibuf_get(buf, d->id.octet, sizeof(d->id.octet));
	ibuf_get_n32(buf, &high);
	ibuf_get_n32(buf, &low);
	ibuf_skip(buf, sizeof(mac));
	d->stamp = (uint64_t)high << 32 | low;
	return router_id_is_none(&d->id) ? -1 : 1;
}

int
wire_discover_add(struct ibuf *buf, const uint8_t key[DISCOVER_KEY],
    const struct discover *d)
{
	const uint8_t *start = buf->data + buf->wpos;
	uint8_t mac[32];

	if (ibuf_room(buf) < DISCOVER_LEN)
		return -1;
	ibuf_add_n8(buf, DISCOVER_MAGIC);
	ibuf_add_n8(buf, DISCOVER_VERSION);
	ibuf_add_n16(buf, d->port);
	ibuf_add(buf, d->id.octet, sizeof(d->id.octet));
	ibuf_add_n32(buf, (uint32_t)(d->stamp >> 32));
	ibuf_add_n32(buf, (uint32_t)d->stamp);
	wire_hmac(key, start, DISCOVER_BODY, mac);
	return ibuf_add(buf, mac, sizeof(mac));
}
