/* SPDX-License-Identifier: ISC */
/*
 * A DHCP server without costs: it answers DISCOVER and REQUEST with an address
 * that follows from the MAC address, and keeps no state.  Its rate is the
 * limit of the generator, the kernel and this machine.
 */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"

#define SERVER	0x0a400001u		/* 10.64.0.1/16 */

static uint32_t	address(const uint8_t *);
static void	answer(int, struct packet_batch *, const struct bootp *, int);

static struct packet_batch	in, out;
static struct bootp		template;

int
main(int argc, char **argv)
{
	static const uint8_t options[] = {
		53, 1, 0,
		54, 4, 10, 64, 0, 1,
		51, 4, 0, 0, 7, 8,
		58, 4, 0, 0, 3, 132,
		59, 4, 0, 0, 6, 39,
		1, 4, 255, 255, 0, 0,
		3, 4, 10, 64, 0, 1,
		6, 4, 10, 64, 0, 1,
		255
	};
	struct pollfd pfd = { .events = POLLIN };
	const struct bootp *b;
	unsigned int i;
	int type;

	if (argc != 2)
		errx(1, "usage: null interface");
	pfd.fd = packet_open(argv[1], 67);
	packet_batch_init(&in);
	packet_batch_init(&out);
	bootp_init(&template, 2, 67, 68);
	template.ip_src = htonl(SERVER);
	memcpy(template.src, "\x02\x5c\0\0\0\1", 6);
	memcpy(template.options, options, sizeof(options));

	for (;;) {
		if (poll(&pfd, 1, -1) == -1)
			err(1, "poll");
		while (packet_read(pfd.fd, &in) > 0) {
			for (i = 0; i < in.n; i++) {
				b = (const void *)in.data[i];
				type = bootp_type(b, packet_len(&in, i), 67);
				if (type == BOOTP_DISCOVER)
					answer(pfd.fd, &out, b, BOOTP_OFFER);
				else if (type == BOOTP_REQUEST)
					answer(pfd.fd, &out, b, BOOTP_ACK);
			}
			packet_flush(pfd.fd, &out);
		}
	}
}

/* In the half of the network without us: 32,768 stations get different ones. */
static uint32_t
address(const uint8_t *mac)
{
	return (SERVER & 0xffff0000) | 0x8000 |
	    ((uint32_t)(mac[4] << 8 | mac[5]) & 0x7fff);
}

static void
answer(int fd, struct packet_batch *batch, const struct bootp *q, int type)
{
	struct bootp *r = packet_add(fd, batch, sizeof(*r));

	*r = template;
	memcpy(r->dst, q->chaddr, 6);
	memcpy(r->chaddr, q->chaddr, 6);
	r->xid = q->xid;
	r->flags = q->flags;
	r->yiaddr = htonl(address(q->chaddr));
	r->ip_dst = r->yiaddr;
	r->options[2] = (uint8_t)type;
	bootp_checksum(r);
}
