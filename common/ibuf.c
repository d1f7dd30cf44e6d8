/* SPDX-License-Identifier: ISC */
/*
 * Buffers that octets are added to and taken from, in network order, and never
 * beyond their end.
 */
#include <string.h>

#include "common/ibuf.h"

static uint8_t	*claim(struct ibuf *, size_t);

/* Nothing is ever added to a buffer made for reading: the cast is safe. */
void
ibuf_from(struct ibuf *buf, const void *data, size_t len)
{
	buf->data = (uint8_t *)(uintptr_t)data;
	buf->rpos = 0;
	buf->wpos = buf->max = len;
}

void
ibuf_to(struct ibuf *buf, void *data, size_t max)
{
	buf->data = data;
	buf->rpos = buf->wpos = 0;
	buf->max = max;
}

size_t
ibuf_left(const struct ibuf *buf)
{
	return buf->wpos - buf->rpos;
}

size_t
ibuf_room(const struct ibuf *buf)
{
	return buf->max - buf->wpos;
}

size_t
ibuf_len(const struct ibuf *buf)
{
	return buf->wpos;
}

const uint8_t *
ibuf_peek(const struct ibuf *buf)
{
	return buf->data + buf->rpos;
}

int
ibuf_get(struct ibuf *buf, void *to, size_t len)
{
	if (len > ibuf_left(buf))
		return -1;
	if (len > 0)
		memcpy(to, buf->data + buf->rpos, len);
	buf->rpos += len;
	return 0;
}

int
ibuf_get_n8(struct ibuf *buf, uint8_t *n)
{
	return ibuf_get(buf, n, sizeof(*n));
}

int
ibuf_get_n16(struct ibuf *buf, uint16_t *n)
{
	uint8_t o[2];

	if (ibuf_get(buf, o, sizeof(o)) == -1)
		return -1;
	*n = o[0] << 8 | o[1];
	return 0;
}

int
ibuf_get_n32(struct ibuf *buf, uint32_t *n)
{
	uint8_t o[4];

	if (ibuf_get(buf, o, sizeof(o)) == -1)
		return -1;
	*n = (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 |
	    (uint32_t)o[2] << 8 | o[3];
	return 0;
}

int
ibuf_get_n64(struct ibuf *buf, uint64_t *n)
{
	uint32_t high, low;

	if (ibuf_left(buf) < 8)
		return -1;
	(void)ibuf_get_n32(buf, &high);
	(void)ibuf_get_n32(buf, &low);
	*n = (uint64_t)high << 32 | low;
	return 0;
}

int
ibuf_get_ibuf(struct ibuf *buf, size_t len, struct ibuf *sub)
{
	const uint8_t *data = ibuf_peek(buf);

	if (ibuf_skip(buf, len) == -1)
		return -1;
	ibuf_from(sub, data, len);
	return 0;
}

int
ibuf_skip(struct ibuf *buf, size_t len)
{
	if (len > ibuf_left(buf))
		return -1;
	buf->rpos += len;
	return 0;
}

int
ibuf_add(struct ibuf *buf, const void *from, size_t len)
{
	uint8_t *to;

	if ((to = claim(buf, len)) == NULL)
		return -1;
	if (len > 0)
		memcpy(to, from, len);
	return 0;
}

int
ibuf_add_zero(struct ibuf *buf, size_t len)
{
	uint8_t *to;

	if ((to = claim(buf, len)) == NULL)
		return -1;
	memset(to, 0, len);
	return 0;
}

int
ibuf_add_n8(struct ibuf *buf, uint8_t n)
{
	return ibuf_add(buf, &n, sizeof(n));
}

int
ibuf_add_n16(struct ibuf *buf, uint16_t n)
{
	const uint8_t o[2] = { n >> 8, n };

	return ibuf_add(buf, o, sizeof(o));
}

int
ibuf_add_n32(struct ibuf *buf, uint32_t n)
{
	const uint8_t o[4] = { n >> 24, n >> 16, n >> 8, n };

	return ibuf_add(buf, o, sizeof(o));
}

int
ibuf_add_n64(struct ibuf *buf, uint64_t n)
{
	if (ibuf_room(buf) < 8)
		return -1;
	(void)ibuf_add_n32(buf, (uint32_t)(n >> 32));
	return ibuf_add_n32(buf, (uint32_t)n);
}

int
ibuf_set_n8(struct ibuf *buf, size_t at, uint8_t n)
{
	if (at >= buf->wpos)
		return -1;
	buf->data[at] = n;
	return 0;
}

int
ibuf_set_n16(struct ibuf *buf, size_t at, uint16_t n)
{
	if (buf->wpos < 2 || at > buf->wpos - 2)
		return -1;
	buf->data[at] = n >> 8;
	buf->data[at + 1] = n;
	return 0;
}

/* Room for len octets, which count as written from now on; NULL: no room. */
static uint8_t *
claim(struct ibuf *buf, size_t len)
{
	uint8_t *to = buf->data + buf->wpos;

	if (len > ibuf_room(buf))
		return NULL;
	buf->wpos += len;
	return to;
}
