/* SPDX-License-Identifier: ISC */
/* A netlink socket, and a datagram from it. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/netlink.h>
#include <unistd.h>

#include "common/log.h"
#include "kernel/netlink_socket.h"

int
netlink_socket(int protocol, size_t rcvbuf)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	int fd, size = (int)rcvbuf;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    protocol);
	if (fd == -1) {
		log_warn("netlink: socket");
		return -1;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
	    sizeof(size)) == -1)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
		    sizeof(size));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == -1) {
		log_warn("netlink: bind");
		close(fd);
		return -1;
	}
	return fd;
}

ssize_t
netlink_receive(int fd, void *buf, size_t len)
{
	struct sockaddr_nl sa = { 0 };
	socklen_t salen = sizeof(sa);
	ssize_t n;

	do {
		n = recvfrom(fd, buf, len, MSG_TRUNC, (struct sockaddr *)&sa,
		    &salen);
	} while (n == -1 && errno == EINTR);
	if (n > 0 && (size_t)n > len) {
		errno = ENOBUFS;	/* as if it had been lost */
		return -1;
	}
	if (n > 0 && sa.nl_pid != 0)
		return 0;
	return n;
}
