/* SPDX-License-Identifier: ISC */
/*
 * Reading and writing octets with every bound checked.  An ibuf is a view of
 * memory that belongs to the caller; n16 to n64 are in network order.  All
 * functions return 0, or -1 when there is not enough room or data, and then
 * change nothing: reads chain with || to one bad_len label.
 */
#ifndef COMMON_IBUF_H
#define COMMON_IBUF_H

#include <stddef.h>
#include <stdint.h>

struct ibuf {
	uint8_t	*data;
	size_t	 rpos, wpos, max;	/* rpos <= wpos <= max */
};

/* A view to read len octets from, and one to write up to max octets to. */
void	ibuf_from(struct ibuf *, const void *data, size_t len);
void	ibuf_to(struct ibuf *, void *data, size_t max);

/* still to read */
size_t		 ibuf_left(const struct ibuf *);
/* still to write */
size_t		 ibuf_room(const struct ibuf *);
/* written so far */
size_t		 ibuf_len(const struct ibuf *);
const uint8_t	*ibuf_peek(const struct ibuf *);		/* at rpos */

int	ibuf_get(struct ibuf *, void *, size_t);
int	ibuf_get_n8(struct ibuf *, uint8_t *);
int	ibuf_get_n16(struct ibuf *, uint16_t *);
int	ibuf_get_n32(struct ibuf *, uint32_t *);
int	ibuf_get_n64(struct ibuf *, uint64_t *);
int	ibuf_get_ibuf(struct ibuf *, size_t len, struct ibuf *sub);
int	ibuf_skip(struct ibuf *, size_t);

int	ibuf_add(struct ibuf *, const void *, size_t);
int	ibuf_add_zero(struct ibuf *, size_t);
int	ibuf_add_n8(struct ibuf *, uint8_t);
int	ibuf_add_n16(struct ibuf *, uint16_t);
int	ibuf_add_n32(struct ibuf *, uint32_t);
int	ibuf_add_n64(struct ibuf *, uint64_t);
/* Overwrite what was written before, at an offset. */
int	ibuf_set_n8(struct ibuf *, size_t at, uint8_t);
int	ibuf_set_n16(struct ibuf *, size_t at, uint16_t);
#endif
