/* SPDX-License-Identifier: ISC */
/* Time, and the end of the program on an error. */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <time.h>

#include "util.h"

static int	cmp64(const void *, const void *);

uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

void
sort64(uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), cmp64);
}

static int
cmp64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

double
percentile_us(const uint64_t *sorted, size_t n, double p)
{
	size_t i = (size_t)(p * (double)n);

	return n == 0 ? 0 : (double)sorted[i < n ? i : n - 1] / 1e3;
}

int
tcp_dial(const char *addr, const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd;

	sin.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (inet_pton(AF_INET, addr, &sin.sin_addr) != 1)
		errx(1, "%s: not an IPv4 address", addr);
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		err(1, "%s port %s", addr, port);
	tcp_set_up(fd);
	return fd;
}

void
tcp_set_up(int fd)
{
	int one = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
	    sizeof(one)) == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		err(1, "socket");
}
