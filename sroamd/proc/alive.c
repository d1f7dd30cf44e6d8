/* SPDX-License-Identifier: ISC */
/* A child shows that its loop turns. */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/alive.h"

struct alive {
	struct event	*reading;
	int		 fd;
};

static void	answer(evutil_socket_t, short, void *);

struct alive *
alive_new(struct event_base *base, int fd)
{
	struct alive *a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		fatal("alive");
	a->fd = fd;
	a->reading = event_new(base, fd, EV_READ | EV_PERSIST, answer, a);
	if (a->reading == NULL || event_add(a->reading, NULL) == -1)
		fatalx("alive: out of memory");
	return a;
}

void
alive_free(struct alive *a)
{
	if (a == NULL)
		return;
	event_free(a->reading);
	close(a->fd);
	free(a);
}

/*
 * The parent waits for an answer before it asks again: there is room.  It has
 * made the socket not to block.
 */
static void
answer(evutil_socket_t fd, short what, void *arg)
{
	struct alive *a = arg;
	char octets[16];
	ssize_t n;

	(void)what;
	n = read(fd, octets, sizeof(octets));
	if (n > 0)
		n = write(fd, octets, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		event_del(a->reading);
}
