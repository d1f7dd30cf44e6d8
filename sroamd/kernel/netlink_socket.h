/* SPDX-License-Identifier: ISC */
/* A netlink socket, and a datagram from it. */
#ifndef SROAMD_KERNEL_NETLINK_SOCKET_H
#define SROAMD_KERNEL_NETLINK_SOCKET_H

#include <sys/types.h>

#include <stddef.h>

#define NETLINK_CHUNK	65536		/* octets, for a datagram of any size */

/*
 * Bound, non-blocking, with a receive buffer of so many octets.  -1: failed
 * (logged).
 */
int	netlink_socket(int protocol, size_t rcvbuf);
/*
 * A datagram of the kernel; its length.  0: it was of another process.  -1 and
 * errno; a datagram that is longer is taken as lost (ENOBUFS).
 */
ssize_t	netlink_receive(int fd, void *buf, size_t len);
#endif
