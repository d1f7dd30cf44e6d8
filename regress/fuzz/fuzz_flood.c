/* SPDX-License-Identifier: ISC */
/*
 * The first octet says where the rest, a session's octets, is cut in two: both
 * parts must decode to the same as the whole, and decoded TLVs are encoded
 * again to the same octets.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/flood.h"

#define CHECK(truth)	do {						\
	if (!(truth))							\
		abort();						\
} while (0)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* FNV-1a over all that was decoded. */
static uint64_t
mix(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *o = data;

	while (len-- > 0)
		hash = (hash ^ *o++) * 0x100000001b3;
	return hash;
}

/* A refusal's text that decodes to itself. */
static bool
is_plain(const uint8_t *text, size_t len)
{
	if (len > FLOOD_TEXT_MAX)
		return false;
	while (len-- > 0)
		if (text[len] < ' ' || text[len] > '~')
			return false;
	return true;
}

static void
encode_again(const struct flood_tlv *tlv, const uint8_t *octets, size_t len)
{
	uint8_t space[FLOOD_TLV_MAX];
	struct ibuf buf;

	ibuf_to(&buf, space, sizeof(space));
	if (tlv->kind == FLOOD_UPDATE)
		CHECK(wire_flood_add_update(&buf, &tlv->update) == 0);
	else if (tlv->kind == FLOOD_AGED)
		CHECK(wire_flood_add_aged(&buf, &tlv->update) == 0);
	else if (tlv->kind == FLOOD_COUNTED)
		CHECK(wire_flood_add_counted(&buf, &tlv->update) == 0);
	else if (tlv->kind == FLOOD_DIGEST && (tlv->digest.kind ==
	    DIGEST_SUMMARY ? len == 10 : tlv->digest.kind == DIGEST_FETCH ?
	    len == 5 : len == 133))
		CHECK(wire_flood_add_digest(&buf, &tlv->digest) == 0);
	else if (tlv->kind == FLOOD_HELLO &&
	    len == (tlv->hello.is_signed ? 114 : 50))
		CHECK(wire_flood_add_hello(&buf, &tlv->hello) == 0);
	else if (tlv->kind == FLOOD_NEIGHBOURS)
		CHECK(wire_flood_add_neighbours(&buf, &tlv->neighbours) == 0);
	else if (tlv->kind == FLOOD_REFUSAL && is_plain(octets + 3, len - 3))
		CHECK(wire_flood_add_refusal(&buf, &tlv->refusal) == 0);
	else if (tlv->kind == FLOOD_HEARTBEAT && len == 2)
		CHECK(wire_flood_add_heartbeat(&buf) == 0);
	else
		return;
	CHECK(ibuf_len(&buf) == len && memcmp(space, octets, len) == 0);
}

/* Decodes what there is; returns how many octets were consumed. */
static size_t
decode(const uint8_t *octets, size_t len, int *started, uint64_t *hash)
{
	struct flood_tlv tlv;
	struct ibuf buf;
	uint16_t caps;
	size_t at;
	int rc;

	ibuf_from(&buf, octets, len);
	if (*started == 0) {
		*started = wire_flood_get_handshake(&buf, &caps);
		if (*started == 1)
			*hash = mix(*hash, &caps, sizeof(caps));
	}
	while (*started == 1) {
		at = buf.rpos;
		if ((rc = wire_flood_next(&buf, &tlv)) == 0) {
			CHECK(buf.rpos == at);
			break;
		}
		CHECK(buf.rpos > at && buf.rpos - at <= FLOOD_TLV_MAX);
		CHECK((rc == -1) == (tlv.kind == FLOOD_MALFORMED ||
		    tlv.kind == FLOOD_BAD_HELLO));
		CHECK((rc == -1) == (tlv.why != NULL));
		encode_again(&tlv, octets + at, buf.rpos - at);
		tlv.why = NULL;
		*hash = mix(*hash, &tlv, sizeof(tlv));
	}
	return buf.rpos;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint64_t whole = 0, parts = 0;
	size_t cut, used, used_whole;
	int started = 0;

	if (len == 0)
		return 0;
	cut = *data++;
	len--;
	if (cut > len)
		cut = len;
	used_whole = decode(data, len, &started, &whole);
	started = 0;
	used = decode(data, cut, &started, &parts);
	used += decode(data + used, len - used, &started, &parts);
	CHECK(used == used_whole);
	CHECK(whole == parts);
	return 0;
}
