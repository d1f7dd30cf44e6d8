/* SPDX-License-Identifier: ISC */
/* Entries of the table to octets on disk, and back. */
#include <string.h>

#include "engine/store/record.h"

#define RECORD_FIXED	(8 + 8 + 8 + 4U)
#define RECORD_FIXED_1	(2 + 8 + 8 + 4U)	/* of version 1 */
/* Where their sums begin: so no record passes for one of another version. */
#define START		0x4f3d21a6
#define START_1		0xffffffff

static const uint8_t	magic[8] = { 's', 'r', 'o', 'a', 'm', 't', 'b', 'l' };
const uint8_t		store_head_key[7] = { 0xff, 's', 'r', 'o', 'a', 'm',
			    'd' };

static uint32_t		crc(uint32_t, const uint8_t *, size_t);
static uint32_t		sum(uint32_t, const void *, size_t, const void *,
			    size_t);
static int		get(struct stored *, const void *, size_t,
			    struct ibuf *, const struct store_clock *, bool);
static int64_t		to_wall(const struct store_clock *, monotime_t);
static monotime_t	to_mono(const struct store_clock *, int64_t);

/* IEEE 802.3's CRC, bit by bit: records are short. */
static uint32_t
crc(uint32_t c, const uint8_t *octet, size_t len)
{
	int	bit;

	while (len-- > 0) {
		c ^= *octet++;
		for (bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
	}
	return c;
}

static uint32_t
sum(uint32_t start, const void *key, size_t keylen, const void *value,
    size_t len)
{
	return ~crc(crc(start, key, keylen), value, len);
}

static int64_t
to_wall(const struct store_clock *now, monotime_t t)
{
	int64_t	wall;

	if (__builtin_add_overflow(now->wall, monotime_ms(now->mono, t), &wall))
		return INT64_MAX;
	return wall;
}

static monotime_t
to_mono(const struct store_clock *now, int64_t wall)
{
	int64_t	ms;

	if (__builtin_sub_overflow(wall, now->wall, &ms))
		ms = wall < now->wall ? INT64_MIN : INT64_MAX;
	return monotime_add(now->mono, ms);
}

void
store_clock_since(struct store_clock *now, int64_t written)
{
	if (now->wall < written)
		now->wall = written;
}

int
store_record_add(struct ibuf *buf, const struct stored *s,
    const struct store_clock *now)
{
	size_t	at = buf->wpos;

	if (ibuf_room(buf) < RECORD_FIXED + s->vallen)
		return -1;
	(void)ibuf_add_n64(buf, s->seqno);
	(void)ibuf_add_n64(buf, (uint64_t)to_wall(now, s->expires));
	(void)ibuf_add_n64(buf, (uint64_t)to_wall(now, s->claimed));
	(void)ibuf_add(buf, s->data + s->keylen, s->vallen);
	return ibuf_add_n32(buf, sum(START, s->data, s->keylen, buf->data + at,
	    buf->wpos - at));
}

/* old: as version 1 of this format has it. */
static int
get(struct stored *s, const void *key, size_t keylen, struct ibuf *buf,
    const struct store_clock *now, bool old)
{
	uint64_t	expires, claimed;
	uint32_t	check;
	uint16_t	seqno;
	size_t		fixed = old ? RECORD_FIXED_1 : RECORD_FIXED;
	size_t		len = ibuf_left(buf);
	const uint8_t	*value = ibuf_peek(buf);

	memset(s, 0, sizeof(*s));
	if (keylen == 0 || len < fixed || keylen + len - fixed > DATUM_MAX)
		return -1;
	s->keylen = (uint8_t)keylen;
	s->vallen = (uint8_t)(len - fixed);
	memcpy(s->data, key, keylen);
	if (old) {
		(void)ibuf_get_n16(buf, &seqno);
		s->seqno = seqno;
	} else
		(void)ibuf_get_n64(buf, &s->seqno);
	(void)ibuf_get_n64(buf, &expires);
	(void)ibuf_get_n64(buf, &claimed);
	(void)ibuf_get(buf, s->data + keylen, s->vallen);
	(void)ibuf_get_n32(buf, &check);
	if (check != sum(old ? START_1 : START, key, keylen, value, len - 4))
		return -1;
	s->expires = to_mono(now, (int64_t)expires);
	s->claimed = to_mono(now, (int64_t)claimed);
	if (monotime_before(now->mono, s->claimed))
		s->claimed = now->mono;
	return 0;
}

int
store_record_get(struct stored *s, const void *key, size_t keylen,
    const void *value, size_t len, const struct store_clock *now)
{
	struct ibuf	buf;

	ibuf_from(&buf, value, len);
	if (get(s, key, keylen, &buf, now, false) == 0)
		return 0;
	ibuf_from(&buf, value, len);
	return get(s, key, keylen, &buf, now, true);
}

bool
store_is_head(const void *key, size_t len)
{
	return len == sizeof(store_head_key) &&
	    memcmp(key, store_head_key, len) == 0;
}

int
store_head_add(struct ibuf *buf, int64_t written)
{
	size_t	at = buf->wpos;

	if (ibuf_room(buf) < sizeof(magic) + 14)
		return -1;
	(void)ibuf_add(buf, magic, sizeof(magic));
	(void)ibuf_add_n16(buf, STORE_VERSION);
	(void)ibuf_add_n64(buf, (uint64_t)written);
	return ibuf_add_n32(buf, sum(START_1, store_head_key,
	    sizeof(store_head_key), buf->data + at, buf->wpos - at));
}

/* Only the beginning of this record is the same in all versions. */
enum store_verdict
store_head_get(const void *value, size_t len, int64_t *written)
{
	struct ibuf	buf;
	uint8_t		octets[sizeof(magic)];
	uint64_t	n;
	uint32_t	check;
	uint16_t	version;

	ibuf_from(&buf, value, len);
	if (ibuf_get(&buf, octets, sizeof(octets)) == -1 ||
	    memcmp(octets, magic, sizeof(magic)) != 0 ||
	    ibuf_get_n16(&buf, &version) == -1)
		return STORE_FOREIGN;
	if (version > STORE_VERSION)
		return STORE_NEWER;
	if (version == 0 || len != sizeof(magic) + 14 ||
	    ibuf_get_n64(&buf, &n) == -1 || ibuf_get_n32(&buf, &check) == -1 ||
	    check != sum(START_1, store_head_key, sizeof(store_head_key),
	    value, len - 4))
		return STORE_DAMAGED;
	*written = (int64_t)n;
	return STORE_GOOD;
}
