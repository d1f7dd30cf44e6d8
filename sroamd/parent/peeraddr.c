/* SPDX-License-Identifier: ISC */
/* Addresses and options of the sockets of sessions. */
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "parent/peersock_local.h"

/* A dead peer is detected within 10 s, idle (5 + 2 * 2) or sending. */
#define KEEP_IDLE	5	/* s */
#define KEEP_INTERVAL	2	/* s */
#define KEEP_COUNT	2
#define USER_TIMEOUT	10000	/* ms */

int
peersock_options(int fd)
{
	static const struct {
		int	level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE },
		{ IPPROTO_TCP, TCP_KEEPINTVL, KEEP_INTERVAL },
		{ IPPROTO_TCP, TCP_KEEPCNT, KEEP_COUNT },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT }
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof(options[i].value)) == -1)
			return -1;
	return 0;
}

socklen_t
sockaddr_make(const struct addr *addr, uint16_t port, union sockaddrs *ss)
{
	memset(ss, 0, sizeof(*ss));
	if (addr_is_v4(addr)) {
		ss->in.sin_family = AF_INET;
		ss->in.sin_port = htons(port);
		memcpy(&ss->in.sin_addr, addr_v4(addr), 4);
		return sizeof(ss->in);
	}
	ss->in6.sin6_family = AF_INET6;
	ss->in6.sin6_port = htons(port);
	memcpy(&ss->in6.sin6_addr, addr->octet, 16);
	return sizeof(ss->in6);
}
