/* SPDX-License-Identifier: ISC */
/* The control socket, until the frontend gets it. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parent/controlsock.h"

#define BACKLOG		16

static int	is_stale(const struct sockaddr_un *);

int
controlsock_open(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	mode_t old_mask;
	int fd, rc, saved_errno;

	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0)) == -1)
		return -1;
	/* The mode applies from its creation: others can never connect. */
	old_mask = umask(S_IXUSR | S_IXGRP | S_IRWXO);
	rc = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	if (rc == -1 && errno == EADDRINUSE && is_stale(&sun) &&
	    unlink(path) == 0)
		rc = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	saved_errno = errno;
	umask(old_mask);
	if (rc == -1)
		errno = saved_errno;
	else if (listen(fd, BACKLOG) == 0)
		return fd;
	saved_errno = errno;
	close(fd);
	errno = saved_errno;
	return -1;
}

/* Whether the file is the socket of a daemon that has ended. */
static int
is_stale(const struct sockaddr_un *sun)
{
	struct stat st;
	int fd, rc, saved_errno = errno, stale = 0;

	if (lstat(sun->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    (fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0)) != -1) {
		rc = connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
		stale = rc == -1 && errno == ECONNREFUSED;
		close(fd);
	}
	errno = saved_errno;
	return stale;
}
