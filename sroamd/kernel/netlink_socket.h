/* SPDX-License-Identifier: ISC */
/* A netlink socket, and a datagram from it. */
#ifndef SROAMD_KERNEL_NETLINK_SOCKET_H
#define SROAMD_KERNEL_NETLINK_SOCKET_H

#include <sys/types.h>

#include <stddef.h>

#define NETLINK_CHUNK	65536		/* octets, for a datagram of any size */

/* Bound, not blocking, with so many octets of buffer; -1: failed, said why. */
int	netlink_socket(int protocol, size_t rcvbuf);
/*
 * A datagram of the kernel's, its length; 0: it was another process's.  -1
 * and errno, ENOBUFS for one that is longer, as if it had been lost.
 */
ssize_t	netlink_receive(int fd, void *buf, size_t len);
#endif
