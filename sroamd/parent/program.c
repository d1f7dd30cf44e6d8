/* SPDX-License-Identifier: ISC */
/*
 * A child is a program of its own: with fresh addresses and canaries, without
 * the parent's memory and descriptors, and without other processes' code.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "parent/killswitch.h"
#include "parent/paths.h"
#include "parent/program.h"
#include "proc/build.h"
#include "proc/child.h"

#define ARGS	9
#define TICK_MS	10L

static const char	*path_of(enum proc_id, char *);
static bool		 is_roots(const struct stat *);
static pid_t		 run(enum proc_id, const struct program_args *, int);
static int		 wait_for(pid_t, int, int *);
static void		 end(pid_t, int *);
static void		 turn_into(enum proc_id, const struct program_args *,
			    int) __attribute__((noreturn));
static char		*copy(const char *);

/* Set by program_set; NULL: the installed one. */
static const char *chosen[PROC_NONE];

int
program_set(const char *option)
{
	enum proc_id id;
	size_t len;

	for (id = PROC_ENGINE; id < PROC_NONE; id++) {
		len = strlen(proc_name(id));
		if (strncmp(option, proc_name(id), len) == 0 &&
		    option[len] == '=' && option[len + 1] == '/') {
			chosen[id] = option + len + 1;
			return 0;
		}
	}
	return -1;
}

/* buf: PATH_MAX octets. */
static const char *
path_of(enum proc_id id, char *buf)
{
	if (chosen[id] != NULL)
		return chosen[id];
	snprintf(buf, PATH_MAX, "%s/sroamd-%s", programs_folder,
	    proc_name(id));
	return buf;
}

int
program_check(enum proc_id id)
{
	char buf[PATH_MAX], folder[PATH_MAX];
	const char *path = path_of(id, buf);
	struct stat file, above;

	strlcpy(folder, path, sizeof(folder));
	if (stat(path, &file) == -1 || stat(dirname(folder), &above) == -1) {
		log_warn("%s", path);
		return -1;
	}
	if (!S_ISREG(file.st_mode) || access(path, X_OK) == -1) {
		log_warnx("%s: not a program", path);
		return -1;
	}
	if ((programs_installed || chosen[id] != NULL) &&
	    (!is_roots(&file) || !is_roots(&above))) {
		log_warnx("%s: it and its folder must be root's, and nobody "
		    "else's to write", path);
		return -1;
	}
	return 0;
}

static bool
is_roots(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

pid_t
program_start(enum proc_id id, const struct program_args *args, int *fd)
{
	int sv[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    sv) == -1)
		fatal("%s: socketpair", proc_name(id));
	pid = run(id, args, sv[1]);
	close(sv[1]);
	*fd = sv[0];
	return pid;
}

int
program_result(enum proc_id id, const struct program_args *args, int seconds,
    int *status)
{
	pid_t pid = run(id, args, -1);

	if (wait_for(pid, seconds, status) == 0)
		return 0;
	end(pid, status);
	return -1;
}

static pid_t
run(enum proc_id id, const struct program_args *args, int fd)
{
	pid_t pid;

	pid = fork();
	if (pid == -1)
		fatal("%s: fork", proc_name(id));
	if (pid == 0)
		turn_into(id, args, fd);
	return pid;
}

/* Its end interrupts the sleep, if SIGCHLD has a handler. */
static int
wait_for(pid_t pid, int seconds, int *status)
{
	const struct timespec a_while = { 0, TICK_MS * 1000000 };
	monotime_t end;
	pid_t ended;

	end = monotime_add(clock_monotime(), seconds * 1000LL);
	while ((ended = waitpid(pid, status, WNOHANG)) != pid) {
		if (ended == -1 && errno != EINTR)
			fatal("waitpid");
		if (!monotime_before(clock_monotime(), end))
			return -1;
		(void)nanosleep(&a_while, NULL);
	}
	return 0;
}

/*
 * A service manager can have taken CAP_KILL from us, and in a container the
 * switch need not do.  If the disk does not even let it die, it is left.
 */
static void
end(pid_t pid, int *status)
{
	struct killswitch killer;

	(void)kill(pid, SIGKILL);
	killswitch_open(&killer, pid);
	killswitch_pull(&killer);
	(void)wait_for(pid, 1, status);
	killswitch_close(&killer);
}

/* In the child.  fd: its end of the channel, or -1. */
static void
turn_into(enum proc_id id, const struct program_args *args, int fd)
{
	char *argv[ARGS], buf[PATH_MAX];
	const char *path = path_of(id, buf);
	sigset_t none;
	int argc = 0;

	/* dup2 to the same number would keep the close-on-exec flag. */
	if (fd != -1 && (fd == CHILD_FD ? fcntl(fd, F_SETFD, 0) == -1 :
	    dup2(fd, CHILD_FD) == -1))
		fatal("%s: descriptor %d", proc_name(id), CHILD_FD);
	closefrom(fd == -1 ? CHILD_FD : CHILD_FD + 1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	argv[argc++] = copy(path);
	argv[argc++] = copy(build_id);
	if (args->foreground)
		argv[argc++] = copy("-d");
	if (args->check)
		argv[argc++] = copy("-n");
	if (args->verbose)
		argv[argc++] = copy("-v");
	argv[argc++] = copy(args->user);
	argv[argc++] = copy(args->root);
	if (args->state != NULL)
		argv[argc++] = copy(args->state);
	argv[argc] = NULL;
	execv(path, argv);
	fatal("%s: %s", proc_name(id), path);
}

static char *
copy(const char *text)
{
	char *s;

	if ((s = strdup(text)) == NULL)
		fatal("%s", text);
	return s;
}

bool
program_is_other_build(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == CHILD_ALIEN;
}

void
program_ended(enum proc_id id, int status, char *text, size_t len)
{
	char buf[PATH_MAX];

	if (program_is_other_build(status))
		snprintf(text, len, "%s is not of the same build as sroamd: "
		    "install all of it again, and restart", path_of(id, buf));
	else if (WIFSIGNALED(status))
		snprintf(text, len, "%s: killed by signal %d (%s)",
		    proc_name(id), WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		snprintf(text, len, "%s: exited with status %d",
		    proc_name(id), WEXITSTATUS(status));
}
