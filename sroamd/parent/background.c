/* SPDX-License-Identifier: ISC */
/* How the daemon goes into the background. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/background.h"

/* The end of a pipe that reports success to the caller, or -1. */
static int	started_fd = -1;
/* Which cannot be opened any more when all is running. */
static int	null_fd = -1;

/*
 * Into the background, with the terminal kept for now: our caller returns when
 * everything runs, or with status 1 if the start fails.
 */
void
background_enter(void)
{
	ssize_t n;
	char octet;
	int fds[2];
	pid_t pid;

	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd == -1)
		fatal("/dev/null");
	if (pipe2(fds, O_CLOEXEC) == -1)
		fatal("pipe");
	pid = fork();
	if (pid == -1)
		fatal("fork");
	if (pid != 0) {
		close(fds[1]);
		do {
			n = read(fds[0], &octet, 1);
		} while (n == -1 && errno == EINTR);
		_exit(n == 1 ? 0 : 1);
	}
	close(fds[0]);
	started_fd = fds[1];
	if (setsid() == -1)
		fatal("setsid");
	if (chdir("/") == -1)
		fatal("/");
}

void
background_started(void)
{
	if (started_fd == -1)
		return;
	if (dup2(null_fd, STDIN_FILENO) == -1 ||
	    dup2(null_fd, STDOUT_FILENO) == -1 ||
	    dup2(null_fd, STDERR_FILENO) == -1)
		fatal("/dev/null");
	close(null_fd);
	null_fd = -1;
	if (write(started_fd, "", 1) != 1)
		log_warn("the process that started us has ended");
	close(started_fd);
	started_fd = -1;
}
