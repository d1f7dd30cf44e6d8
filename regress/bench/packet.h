/* SPDX-License-Identifier: ISC */
/*
 * Frames in batches: a packet socket on one interface that receives only UDP
 * to one port, with recvmmsg and sendmmsg on preallocated buffers.
 */
#ifndef REGRESS_BENCH_PACKET_H
#define REGRESS_BENCH_PACKET_H

#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>

#include "bootp.h"

#define PACKET_BATCH	64
#define PACKET_MAX	1514

struct packet_batch {
	unsigned int	n;
	struct mmsghdr	hdr[PACKET_BATCH];
	struct iovec	iov[PACKET_BATCH];
	_Alignas(8) uint8_t data[PACKET_BATCH][PACKET_MAX];
};

int		packet_open(const char *ifname, uint16_t dport);
void		packet_batch_init(struct packet_batch *);
/* Receive what is there, without waiting: how many frames. */
unsigned int	packet_read(int fd, struct packet_batch *);
static inline size_t
packet_len(const struct packet_batch *b, unsigned int i)
{
	return b->hdr[i].msg_len;
}
/* Room for one more frame; the others may be sent for that. */
void	*packet_add(int fd, struct packet_batch *, size_t len);
void	 packet_flush(int fd, struct packet_batch *);
#endif
