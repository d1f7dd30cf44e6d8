/* SPDX-License-Identifier: ISC */
/* What the service manager is told. */
#include <sys/socket.h>
#include <sys/un.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/ratelimit.h"
#include "parent/notify.h"

static int		 manager = -1;	/* connected to it */
static int64_t		 pace;		/* ms between signs of life; 0: none */
static struct ratelimit	 limit;		/* of those */

static int	connect_to(const char *);
static int64_t	watchdog_pace(void);
static void	tell(const char *, ...) __attribute__((format(printf, 1, 2)));

void
notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path != NULL && (manager = connect_to(path)) == -1)
		log_warn("service manager, NOTIFY_SOCKET=%s", path);
	pace = watchdog_pace();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

/* A path, or a name behind @: its first octet is a NUL then. */
static int
connect_to(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	int fd;

	if (len >= sizeof(sun.sun_path))
		return -1;
	memcpy(sun.sun_path, path, len);
	if (path[0] == '@')
		sun.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd != -1 && connect(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* A third of the manager's patience; sd_watchdog_enabled(3). */
static int64_t
watchdog_pace(void)
{
	const char *us = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");

	if (us == NULL || (pid != NULL && atoll(pid) != getpid()))
		return 0;
	return atoll(us) / 3000;
}

static void
tell(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (manager == -1)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)send(manager, text, strlen(text), MSG_NOSIGNAL);
}

void
notify_ready(const char *status, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, status);
	vsnprintf(text, sizeof(text), status, ap);
	va_end(ap);
	tell("READY=1\nSTATUS=%s", text);
}

void
notify_reloading(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	tell("RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=reloading",
	    (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

void
notify_stopping(void)
{
	tell("STOPPING=1\nSTATUS=ending");
}

void
notify_alive(void)
{
	if (pace > 0 && ratelimit_pass(&limit, pace, clock_monotime()))
		tell("WATCHDOG=1");
}
