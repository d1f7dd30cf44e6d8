/* SPDX-License-Identifier: ISC */
#include <sys/socket.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/child.h"
#include "proc/proc.h"

#define SELF	"/proc/self/exe"

static void	become(enum proc_id, const char *, const char *,
		    const char *, int, int, int) __attribute__((noreturn));

/*
 * A child starts as a program of its own: with fresh addresses and canaries,
 * and nothing of the parent's memory or descriptors.
 */
pid_t
proc_start(enum proc_id id, const char *user, const char *chroot_dir,
    const char *state, int verbose, int to_stderr, int *fd)
{
	int sv[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    sv) == -1)
		fatal("%s: socketpair", proc_name(id));
	pid = fork();
	if (pid == -1)
		fatal("%s: fork", proc_name(id));
	if (pid == 0)
		become(id, user, chroot_dir, state, verbose, to_stderr, sv[1]);
	close(sv[1]);
	*fd = sv[0];
	return pid;
}

static void
become(enum proc_id id, const char *user, const char *chroot_dir,
    const char *state, int verbose, int to_stderr, int fd)
{
	char *argv[9], *name, *dir, *who;
	sigset_t none;
	int argc = 0;

	/* dup2 to itself would leave the close-on-exec flag. */
	if (fd == CHILD_FD ? fcntl(fd, F_SETFD, 0) == -1 :
	    dup2(fd, CHILD_FD) == -1)
		fatal("%s: descriptor %d", proc_name(id), CHILD_FD);
	closefrom(CHILD_FD + 1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	if (asprintf(&name, "sroamd: %s", proc_name(id)) == -1)
		name = NULL;
	who = strdup(user);
	dir = strdup(chroot_dir);
	if (name == NULL || who == NULL || dir == NULL)
		fatal("%s", proc_name(id));
	argv[argc++] = name;
	argv[argc++] = strdup(id == PROC_ENGINE ? "-E" :
	    id == PROC_FRONTEND ? "-F" : "-R");
	if (to_stderr)
		argv[argc++] = strdup("-d");
	if (verbose)
		argv[argc++] = strdup("-v");
	argv[argc++] = who;
	argv[argc++] = dir;
	if (state != NULL)
		argv[argc++] = strdup(state);
	argv[argc] = NULL;
	execv(SELF, argv);
	fatal("%s: %s", proc_name(id), SELF);
}
