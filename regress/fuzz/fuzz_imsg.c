/* SPDX-License-Identifier: ISC */
/*
 * Octets from a sibling process: in pieces of any length, descriptors with
 * some of them.  The first octet of the input says which process it is, the
 * next ones how long the first pieces are.  Each message that passes the
 * checks must then be as promised.
 */
#include <sys/socket.h>
#include <sys/uio.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "ipc/conf_ipc.h"

#define PIECES	8

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static bool	take(struct imsgbuf *, enum proc_id, enum proc_id);
static void	promised(const struct imsg *);
static void	push(int, const uint8_t *, size_t, bool);

static volatile size_t	used;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum proc_id from, to;
	struct imsgbuf *b;
	size_t piece, at = 0;
	unsigned int i;
	int sv[2];

	if (size < 1 + PIECES || size > 32768)
		return 0;
	from = (data[0] & 3) | (data[0] >> 3 & 4);
	to = (data[0] >> 2 & 3) | (data[0] >> 4 & 4);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return 0;
	b = imsgbuf_new(sv[1], data[0] & 0x10, 65536);
	if (b == NULL)
		abort();
	size -= 1 + PIECES;
	for (i = 0; i < PIECES && at < size; i++) {
		piece = i == PIECES - 1 ? size : (data[1 + i] & 0x7f) * 8u;
		if (piece == 0)
			continue;
		if (piece > size - at)
			piece = size - at;
		push(sv[0], data + 1 + PIECES + at, piece,
		    data[1 + i] & 0x80);
		at += piece;
		if (imsgbuf_read(b) != 1 || !take(b, from, to))
			break;
	}
	close(sv[0]);
	imsgbuf_free(b);
	return 0;
}

static void
push(int fd, const uint8_t *data, size_t len, bool with_fd)
{
	union {
		struct cmsghdr	hdr;
		uint8_t		octets[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	uint8_t *copy = malloc(len);
	struct iovec iov = { copy, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	memcpy(copy, data, len);
	if (with_fd) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		control.hdr.cmsg_level = SOL_SOCKET;
		control.hdr.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.hdr), &fd, sizeof(int));
	}
	(void)sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	free(copy);
}

static bool
take(struct imsgbuf *b, enum proc_id from, enum proc_id to)
{
	struct imsg imsg;
	int n;

	while ((n = imsg_get(b, &imsg)) == 1) {
		if (imsg.len > IMSG_MAX - IMSG_HEADER)
			abort();
		if (imsg.fd != -1 && fcntl(imsg.fd, F_GETFD) == -1)
			abort();
		if (ipc_check(&imsg, from, to) == NULL &&
		    conf_settings_check(&imsg) == NULL)
			promised(&imsg);
		if (imsg.fd != -1)
			close(imsg.fd);
	}
	return n == 0;
}

/* Counts and texts are used as a receiver does. */
static void
promised(const struct imsg *imsg)
{
	struct conf_global global;
	struct conf_network network;
	struct ctl_station station;
	struct conf_iface iface;
	struct advert advert;
	struct dhcp_reply reply;
	struct ipc_log line;
	uint32_t i;

	if (imsg->type < IPC_FIRST || imsg->type >= IPC_MAX)
		abort();
	switch (imsg->type) {
	case IPC_LOG:
		imsg_data(imsg, &line, sizeof(line));
		used += strlen(line.text);
		break;
	case IPC_CONF_BEGIN:
		imsg_data(imsg, &global, sizeof(global));
		used += strlen(global.user) + strlen(global.chroot) +
		    strlen(global.state) + strlen(global.socket) +
		    strlen(global.name);
		break;
	case IPC_CONF_NETWORK:
		imsg_data(imsg, &network, sizeof(network));
		used += strlen(network.name) + strlen(network.domain);
		for (i = 0; i < network.nprefixes; i++)
			used += strlen(prefix_text(&network.prefixes[i]));
		for (i = 0; i < network.nnameservers; i++)
			used += strlen(addr_text(&network.nameservers[i]));
		break;
	case IPC_CONF_IFACE:
		imsg_data(imsg, &iface, sizeof(iface));
		used += strlen(iface.name);
		for (i = 0; i < iface.nports; i++)
			used += strlen(iface.ports[i]);
		for (i = 0; i < iface.naddrs; i++)
			used += iface.addrs[i].len;
		break;
	case CTL_STATION:
		imsg_data(imsg, &station, sizeof(station));
		for (i = 0; i < station.nprefixes; i++)
			used += strlen(prefix_text(&station.prefixes[i]));
		break;
	case IPC_ADVERT:
		imsg_data(imsg, &advert, sizeof(advert));
		for (i = 0; i < advert.nprefixes; i++)
			used += advert.prefixes[i].valid;
		break;
	case IPC_DHCP_REPLY:
		imsg_data(imsg, &reply, sizeof(reply));
		used += strlen(reply.message);
		for (i = 0; i < reply.to.nparams; i++)
			used += reply.to.params[i];
		break;
	default:
		break;
	}
}
