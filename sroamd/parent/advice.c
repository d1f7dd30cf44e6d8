/* SPDX-License-Identifier: ISC */
/* Warnings about a configuration that is valid and probably not meant so. */
#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/advice.h"

static void	advise_peer(const struct conf_peer *);

void
advice_give(const struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->npeers; i++)
		if (conf->peers[i].host[0] == '\0')
			advise_peer(&conf->peers[i]);
}

/* Connecting a datagram socket sends nothing, but needs a route. */
static void
advise_peer(const struct conf_peer *peer)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	bool v4 = addr_is_v4(&peer->addr);
	int fd, rc;

	in.sin_port = in6.sin6_port = htons(peer->port);
	memcpy(&in.sin_addr, addr_v4(&peer->addr), 4);
	memcpy(&in6.sin6_addr, peer->addr.octet, 16);
	fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1) {
		log_warn("peer %s", addr_text(&peer->addr));
		return;
	}
	rc = v4 ? connect(fd, (struct sockaddr *)&in, sizeof(in)) :
	    connect(fd, (struct sockaddr *)&in6, sizeof(in6));
	if (rc == -1)
		log_warnx("peer %s: no route to it: %s",
		    addr_text(&peer->addr), strerror(errno));
	close(fd);
}
