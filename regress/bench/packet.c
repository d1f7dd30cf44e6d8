/* SPDX-License-Identifier: ISC */
/* DHCP clients on a packet socket. */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>

#include "packet.h"

static void	filter(int, uint16_t);

int
packet_open(const char *ifname, uint16_t dport)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP)
	};
	int size = 8 << 20, one = 1, fd;

	sll.sll_ifindex = (int)if_nametoindex(ifname);
	if (sll.sll_ifindex == 0)
		err(1, "%s", ifname);
	/* Protocol 0: no frame arrives before the filter is set. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		err(1, "packet socket");
	filter(fd, dport);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
	    sizeof(size)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size,
	    sizeof(size)) == -1)
		err(1, "socket buffers");
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
	    sizeof(one)) == -1)
		err(1, "PACKET_IGNORE_OUTGOING");
	if (bind(fd, (struct sockaddr *)&sll, sizeof(sll)) == -1)
		err(1, "%s: bind", ifname);
	return fd;
}

static void
filter(int fd, uint16_t dport)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 5),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 36),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, dport, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 65535),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};
	struct sock_fprog prog = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code
	};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1)
		err(1, "filter");
}

void
packet_batch_init(struct packet_batch *b)
{
	unsigned int i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < PACKET_BATCH; i++) {
		b->iov[i].iov_base = b->data[i];
		b->iov[i].iov_len = PACKET_MAX;
		b->hdr[i].msg_hdr.msg_iov = &b->iov[i];
		b->hdr[i].msg_hdr.msg_iovlen = 1;
	}
}

unsigned int
packet_read(int fd, struct packet_batch *b)
{
	int n;

	n = recvmmsg(fd, b->hdr, PACKET_BATCH, MSG_DONTWAIT, NULL);
	if (n == -1 && errno != EAGAIN && errno != EINTR)
		err(1, "receive");
	b->n = n > 0 ? (unsigned int)n : 0;
	return b->n;
}

void *
packet_add(int fd, struct packet_batch *b, size_t len)
{
	if (b->n == PACKET_BATCH)
		packet_flush(fd, b);
	b->iov[b->n].iov_len = len;
	return b->data[b->n++];
}

void
packet_flush(int fd, struct packet_batch *b)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	unsigned int done = 0;
	int n;

	while (done < b->n) {
		n = sendmmsg(fd, b->hdr + done, b->n - done, 0);
		if (n > 0)
			done += (unsigned int)n;
		else if (errno == EAGAIN || errno == ENOBUFS)
			(void)poll(&pfd, 1, 10);
		else if (errno != EINTR)
			err(1, "send");
	}
	b->n = 0;
}
