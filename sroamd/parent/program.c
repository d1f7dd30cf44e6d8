/* SPDX-License-Identifier: ISC */
/*
 * A child starts as a program of its own: with fresh addresses and canaries,
 * and nothing of the parent's memory or descriptors.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/program.h"
#include "proc/child.h"

#define SELF	"/proc/self/exe"
#define ARGS	9

static void	become(enum proc_id, const struct program_args *, int)
		    __attribute__((noreturn));
static char	*copy(const char *);

pid_t
program_start(enum proc_id id, const struct program_args *args, int *fd)
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
		become(id, args, sv[1]);
	close(sv[1]);
	*fd = sv[0];
	return pid;
}

/* In the child. */
static void
become(enum proc_id id, const struct program_args *args, int fd)
{
	char *argv[ARGS], *name;
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
		fatal("%s", proc_name(id));
	argv[argc++] = name;
	argv[argc++] = copy(id == PROC_ENGINE ? "-E" :
	    id == PROC_FRONTEND ? "-F" : "-R");
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
	execv(SELF, argv);
	fatal("%s: %s", proc_name(id), SELF);
}

static char *
copy(const char *text)
{
	char *s;

	if ((s = strdup(text)) == NULL)
		fatal("%s", text);
	return s;
}
