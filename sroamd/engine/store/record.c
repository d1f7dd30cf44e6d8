/* SPDX-License-Identifier: ISC */
/* Entries of the table to octets on disk, and back. */
#include <string.h>

#include "engine/store/record.h"

static const uint8_t	magic[8] = { 's', 'r', 'o', 'a', 'm', 't', 'b', 'l' };
const uint8_t		store_head_key[7] = { 0xff, 's', 'r', 'o', 'a', 'm',
			    'd' };

static uint32_t		crc(uint32_t, const uint8_t *, size_t);
static uint32_t		sum(const void *, size_t, const void *, size_t);
static int		add_n64(struct ibuf *, int64_t);
static int		get_n64(struct ibuf *, int64_t *);
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
sum(const void *key, size_t keylen, const void *value, size_t len)
{
	return ~crc(crc(0xffffffff, key, keylen), value, len);
}

static int
add_n64(struct ibuf *buf, int64_t n)
{
	uint64_t	u = (uint64_t)n;

	if (ibuf_room(buf) < 8)
		return -1;
	(void)ibuf_add_n32(buf, (uint32_t)(u >> 32));
	return ibuf_add_n32(buf, (uint32_t)u);
}

static int
get_n64(struct ibuf *buf, int64_t *n)
{
	uint32_t	high, low;

	if (ibuf_left(buf) < 8)
		return -1;
	(void)ibuf_get_n32(buf, &high);
	(void)ibuf_get_n32(buf, &low);
	*n = (int64_t)((uint64_t)high << 32 | low);
	return 0;
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

	if (ibuf_room(buf) < 22U + s->vallen)
		return -1;
	(void)ibuf_add_n16(buf, s->seqno);
	(void)add_n64(buf, to_wall(now, s->expires));
	(void)add_n64(buf, to_wall(now, s->claimed));
	(void)ibuf_add(buf, s->data + s->keylen, s->vallen);
	return ibuf_add_n32(buf, sum(s->data, s->keylen, buf->data + at,
	    buf->wpos - at));
}

int
store_record_get(struct stored *s, const void *key, size_t keylen,
    const void *value, size_t len, const struct store_clock *now)
{
	struct ibuf	buf;
	int64_t		expires, claimed;
	uint32_t	check;

	memset(s, 0, sizeof(*s));
	if (keylen == 0 || len < 22 || keylen + len - 22 > DATUM_MAX)
		return -1;
	ibuf_from(&buf, value, len);
	s->keylen = (uint8_t)keylen;
	s->vallen = (uint8_t)(len - 22);
	memcpy(s->data, key, keylen);
	if (ibuf_get_n16(&buf, &s->seqno) == -1 ||
	    get_n64(&buf, &expires) == -1 || get_n64(&buf, &claimed) == -1 ||
	    ibuf_get(&buf, s->data + keylen, s->vallen) == -1 ||
	    ibuf_get_n32(&buf, &check) == -1 ||
	    check != sum(key, keylen, value, len - 4))
		return -1;
	s->expires = to_mono(now, expires);
	s->claimed = to_mono(now, claimed);
	if (monotime_before(now->mono, s->claimed))
		s->claimed = now->mono;
	return 0;
}

int
store_head_add(struct ibuf *buf, int64_t written)
{
	size_t	at = buf->wpos;

	if (ibuf_room(buf) < sizeof(magic) + 14)
		return -1;
	(void)ibuf_add(buf, magic, sizeof(magic));
	(void)ibuf_add_n16(buf, STORE_VERSION);
	(void)add_n64(buf, written);
	return ibuf_add_n32(buf, sum(store_head_key, sizeof(store_head_key),
	    buf->data + at, buf->wpos - at));
}

/* Only the beginning of this record is the same in all versions. */
enum store_verdict
store_head_get(const void *value, size_t len, int64_t *written)
{
	struct ibuf	buf;
	uint8_t		octets[sizeof(magic)];
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
	    get_n64(&buf, written) == -1 || ibuf_get_n32(&buf, &check) == -1 ||
	    check != sum(store_head_key, sizeof(store_head_key), value,
	    len - 4))
		return STORE_DAMAGED;
	return STORE_GOOD;
}
