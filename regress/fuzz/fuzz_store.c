/* SPDX-License-Identifier: ISC */
/*
 * Any contents of a disk: the first octet is the key's length, then the key,
 * then the value, which is read as a record and as the file's head.  The sum
 * is corrected first, so that the code behind it is reached; a valid record
 * must be written again as it was, as far as the clock allows.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/record.h"

#define CHECK(truth)	do {						\
	if (!(truth))							\
		abort();						\
} while (0)

/* Where sums of records begin: engine/store/record.h. */
#define START	0x4f3d21a6
#define START_1	0xffffffff

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static uint32_t
crc(uint32_t c, const uint8_t *octet, size_t len)
{
	int bit;

	while (len-- > 0)
		for (c ^= *octet++, bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
	return c;
}

static void
mend(uint32_t start, const uint8_t *key, size_t keylen, uint8_t *value,
    size_t len)
{
	uint32_t sum = ~crc(crc(start, key, keylen), value, len - 4);
	int i;

	for (i = 0; i < 4; i++)
		value[len - 4 + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
}

/* Of this version; one of version 1 is six octets longer when written again. */
static void
as_record(uint32_t start, const uint8_t *key, size_t keylen, uint8_t *value,
    size_t len)
{
	size_t more = start == START_1 ? 6 : 0;
	struct store_clock now = { 1000, { 5000000000000LL } };
	uint8_t room[STORE_VALUE_MAX];
	struct stored s, again;
	struct ibuf buf;

	(void)store_record_get(&s, key, keylen, value, len, &now);
	if (len < 4)
		return;
	mend(start, key, keylen, value, len);
	if (store_record_get(&s, key, keylen, value, len, &now) == -1)
		return;
	CHECK(s.keylen == keylen && s.keylen + s.vallen <= DATUM_MAX);
	CHECK(s.expires.us >= 0 && s.claimed.us >= 0);
	CHECK(s.claimed.us <= now.mono.us);
	ibuf_to(&buf, room, sizeof(room));
	CHECK(store_record_add(&buf, &s, &now) == 0);
	CHECK(ibuf_len(&buf) == len + more);
	CHECK(more == 0 || s.seqno <= UINT16_MAX);
	CHECK(store_record_get(&again, key, keylen, room, len + more, &now) ==
	    0);
	CHECK(memcmp(again.data, s.data, sizeof(s.data)) == 0);
	CHECK(again.seqno == s.seqno);
	CHECK(again.claimed.us == s.claimed.us);
	CHECK(again.expires.us == s.expires.us ||
	    monotime_is_never(s.expires));
}

static void
as_head(uint8_t *value, size_t len)
{
	struct store_clock now = { 1000, { 0 } };
	int64_t when;

	(void)store_head_get(value, len, &when);
	if (len < 4)
		return;
	mend(START_1, store_head_key, sizeof(store_head_key), value, len);
	if (store_head_get(value, len, &when) == STORE_GOOD) {
		store_clock_since(&now, when);
		CHECK(now.wall >= when && now.wall >= 1000);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy;
	size_t keylen;

	if (len == 0)
		return 0;
	keylen = *data++;
	len--;
	if (keylen > len)
		keylen = len;
	/* A buffer of its exact size, so that a read beyond it is detected. */
	copy = malloc(len - keylen + 1);
	if (copy == NULL)
		return 0;
	memcpy(copy, data + keylen, len - keylen);
	as_record(START, data, keylen, copy, len - keylen);
	as_record(START_1, data, keylen, copy, len - keylen);
	as_head(copy, len - keylen);
	free(copy);
	return 0;
}
