/* SPDX-License-Identifier: ISC */
/*
 * A relay that parses nothing: it keeps the octets that one peer sends and
 * copies them to all others, from the first on.  The rate of two of them is
 * the limit of TCP and this machine.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "util.h"

#define PEERS		8
#define HEARD_MAX	(64u << 20)

struct peer {
	int	fd;
	size_t	sent;		/* octets received */
};

static int	listen_on(const char *);
static void	run(int, int);
static void	copy_on(void);

static uint8_t		*heard;		/* all that the source sent */
static size_t		 heard_len;
static struct peer	 peers[PEERS];
static unsigned int	 npeers;

/* The source is who we connect to, or else who connects second. */
int
main(int argc, char **argv)
{
	int fd, source;

	signal(SIGPIPE, SIG_IGN);
	if (argc != 2 && argc != 4)
		errx(1, "usage: tcpnull port [address port]");
	if ((heard = malloc(HEARD_MAX)) == NULL)
		err(1, NULL);
	fd = listen_on(argv[1]);
	if (argc == 4)
		source = tcp_dial(argv[2], argv[3]);
	else {
		peers[npeers].fd = accept(fd, NULL, NULL);
		source = accept(fd, NULL, NULL);
		if (peers[npeers].fd == -1 || source == -1)
			err(1, "accept");
		tcp_set_up(peers[npeers++].fd);
		tcp_set_up(source);
	}
	run(fd, source);
	return 0;
}

static int
listen_on(const char *port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_ANY)
	};
	int one = 1, fd;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
	    sizeof(one)) == -1 ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(fd, PEERS) == -1)
		err(1, "port %s", port);
	return fd;
}

static void
run(int listener, int source)
{
	struct pollfd pfd[PEERS + 2];
	uint8_t scrap[4096];
	unsigned int i, n;
	ssize_t got;

	for (;;) {
		n = npeers;
		pfd[0] = (struct pollfd){ listener,
		    n < PEERS ? POLLIN : 0, 0 };
		pfd[1] = (struct pollfd){ source, POLLIN, 0 };
		for (i = 0; i < n; i++)
			pfd[i + 2] = (struct pollfd){ peers[i].fd,
			    peers[i].sent < heard_len ?
			    POLLIN | POLLOUT : POLLIN, 0 };
		if (poll(pfd, n + 2, -1) == -1)
			err(1, "poll");
		/* Their end of file is all that is read. */
		for (i = n; i-- > 0;)
			if (pfd[i + 2].revents & (POLLIN | POLLHUP | POLLERR) &&
			    read(pfd[i + 2].fd, scrap, sizeof(scrap)) <= 0) {
				close(peers[i].fd);
				peers[i] = peers[--npeers];
			}
		if (pfd[0].revents & POLLIN) {
			peers[npeers] = (struct peer){
			    accept(listener, NULL, NULL), 0 };
			tcp_set_up(peers[npeers++].fd);
		}
		if (pfd[1].revents) {
			got = read(source, heard + heard_len,
			    HEARD_MAX - heard_len);
			if (got <= 0)
				return;
			heard_len += (size_t)got;
		}
		copy_on();
	}
}

static void
copy_on(void)
{
	struct peer *peer;
	ssize_t n;

	for (peer = peers; peer < peers + npeers; peer++) {
		if (peer->sent == heard_len)
			continue;
		n = write(peer->fd, heard + peer->sent,
		    heard_len - peer->sent);
		if (n > 0)
			peer->sent += (size_t)n;
	}
}
