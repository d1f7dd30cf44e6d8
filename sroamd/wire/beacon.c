/* SPDX-License-Identifier: ISC */
/* A router's hello on a link, by which others find it: sroam-flood(7). */
#include <sha2.h>
#include <string.h>

#include "wire/beacon.h"

#define BEACON_MAGIC	44
#define BEACON_VERSION	2	/* 1 is what a TCP session begins with */
#define BEACON_BODY	(BEACON_LEN - 32)

#define HMAC_BLOCK	64	/* of SHA-256 */

void
wire_hmac(const uint8_t key[BEACON_KEY], const void *data, size_t len,
    uint8_t mac[32])
{
	uint8_t pad[HMAC_BLOCK], inner[32];
	SHA2_CTX ctx;
	size_t i;

	for (i = 0; i < sizeof(pad); i++)
		pad[i] = (i < BEACON_KEY ? key[i] : 0) ^ 0x36;
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

/* Nothing of it is looked at before the key is known to be right. */
int
wire_beacon_get(struct ibuf *buf, const uint8_t key[BEACON_KEY],
    struct beacon *b)
{
	const uint8_t *at = ibuf_peek(buf);
	uint8_t mac[32], differs = 0;
	uint32_t high, low;
	size_t i;

	if (ibuf_left(buf) != BEACON_LEN || at[0] != BEACON_MAGIC ||
	    at[1] != BEACON_VERSION) {
		ibuf_skip(buf, ibuf_left(buf));
		return -1;
	}
	wire_hmac(key, at, BEACON_BODY, mac);
	for (i = 0; i < sizeof(mac); i++)	/* in constant time */
		differs |= mac[i] ^ at[BEACON_BODY + i];
	if (differs) {
		ibuf_skip(buf, BEACON_LEN);
		return 0;
	}
	ibuf_skip(buf, 2);
	ibuf_get_n16(buf, &b->port);
	ibuf_get(buf, b->id.octet, sizeof(b->id.octet));
	ibuf_get_n32(buf, &high);
	ibuf_get_n32(buf, &low);
	ibuf_skip(buf, sizeof(mac));
	b->stamp = (uint64_t)high << 32 | low;
	return router_id_is_none(&b->id) ? -1 : 1;
}

int
wire_beacon_add(struct ibuf *buf, const uint8_t key[BEACON_KEY],
    const struct beacon *b)
{
	const uint8_t *start = buf->data + buf->wpos;
	uint8_t mac[32];

	if (ibuf_room(buf) < BEACON_LEN)
		return -1;
	ibuf_add_n8(buf, BEACON_MAGIC);
	ibuf_add_n8(buf, BEACON_VERSION);
	ibuf_add_n16(buf, b->port);
	ibuf_add(buf, b->id.octet, sizeof(b->id.octet));
	ibuf_add_n32(buf, (uint32_t)(b->stamp >> 32));
	ibuf_add_n32(buf, (uint32_t)b->stamp);
	wire_hmac(key, start, BEACON_BODY, mac);
	return ibuf_add(buf, mac, sizeof(mac));
}
