/* SPDX-License-Identifier: ISC */
/*
 * A socket with an abstract name, which belongs to the network namespace and
 * not to a file system (unix(7)): whoever has it is the only one.  Any user may
 * take such a name, and shall not keep us from starting by that.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/onlyone.h"

#define NAME	"sroamd"
#define BACKLOG	128
#define TRIES	10		/* 20 ms apart: one starts, or answers many */

enum holder { NOBODY, DAEMON, STRANGER };

static int		new_socket(void);
static enum holder	ask(const struct sockaddr_un *, socklen_t,
			    struct ucred *);

int
onlyone_open(void)
{
	const struct timespec pause = { 0, 20 * 1000 * 1000 };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + sizeof(NAME);
	struct ucred who = { 0 };
	enum holder holder = NOBODY;
	int fd, try;

	memcpy(sun.sun_path + 1, NAME, sizeof(NAME) - 1);
	if ((fd = new_socket()) == -1)
		return -1;
	for (try = 0; try < TRIES; try++) {
		if (bind(fd, (struct sockaddr *)&sun, len) == 0) {
			if (listen(fd, BACKLOG) == 0)
				return fd;
			break;
		}
		if (errno != EADDRINUSE)
			break;
		if ((holder = ask(&sun, len, &who)) != NOBODY)
			break;
		(void)nanosleep(&pause, NULL);
	}
	if (holder == DAEMON) {
		log_warnx("another sroamd, process %d, is running in this "
		    "network namespace: there can be only one", who.pid);
	} else if (try == TRIES || holder == STRANGER) {
		if (who.pid != 0)
			log_warnx("socket @" NAME ": of user %u, process %d",
			    who.uid, who.pid);
		log_warnx("socket @" NAME ": not of an sroamd: whether "
		    "another is running is not known");
		return fd;
	} else
		log_warn("socket @" NAME);
	close(fd);
	return -1;
}

static int
new_socket(void)
{
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		log_warn("socket @" NAME);
	return fd;
}

/*
 * Who listens there, or nobody yet.  A daemon's queue is not full for long:
 * onlyone_answer.
 */
static enum holder
ask(const struct sockaddr_un *sun, socklen_t len, struct ucred *who)
{
	socklen_t size = sizeof(*who);
	int fd, rc;

	if ((fd = new_socket()) == -1)
		return NOBODY;
	rc = connect(fd, (const struct sockaddr *)sun, len);
	if (rc == 0)
		rc = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, who, &size);
	close(fd);
	if (rc == -1)
		return NOBODY;
	return who->uid == geteuid() ? DAEMON : STRANGER;
}

void
onlyone_answer(int fd)
{
	int asking;

	while ((asking = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) != -1)
		close(asking);
}
