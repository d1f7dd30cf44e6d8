/* SPDX-License-Identifier: ISC */
/*
 * The real parent with a hostile engine: every message that the engine may not
 * send, or of another length, ends the daemon with status 1, in good order,
 * and the log names the message and its sender.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <libgen.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc/ipc.h"

#define PATIENCE	100	/* tenths of a second */

static char	program[1024], hostile[1024], folder[64];

static void
path(char *to, size_t size, const char *name)
{
	assert_true(snprintf(to, size, "%s/%s", folder, name) < (int)size);
}

/* A program given to the daemon must be root's, and its folder, too. */
static int
copy_engine(void)
{
	char		copy[128], buf[65536];
	FILE		*from = fopen(hostile, "r"), *to;
	size_t		n;

	path(copy, sizeof(copy), "engine");
	if (from == NULL || (to = fopen(copy, "w")) == NULL)
		return -1;
	while ((n = fread(buf, 1, sizeof(buf), from)) > 0)
		fwrite(buf, 1, n, to);
	fclose(from);
	return fclose(to) == 0 ? chmod(copy, 0755) : -1;
}

static int
make_conf(void **state)
{
	char	file[128];
	FILE	*f;

	(void)state;
	strlcpy(folder, "/tmp/sroamd-hostile.XXXXXX", sizeof(folder));
	if (mkdtemp(folder) == NULL)
		return -1;
	path(file, sizeof(file), "conf");
	if ((f = fopen(file, "w")) == NULL)
		return -1;
	if (copy_engine() == -1)
		return -1;
	fprintf(f, "user nobody\nstate none\nchroot \"%s/empty\"\n"
	    "control socket \"%s/sock\"\npeer 127.0.0.1 no tls\n", folder,
	    folder);
	return fclose(f);
}

static int
remove_all(void **state)
{
	static const char *const names[] = { "conf", "engine", "log", "sock" };
	char	file[128];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path(file, sizeof(file), names[i]);
		(void)unlink(file);
	}
	path(file, sizeof(file), "empty");
	(void)rmdir(file);
	return rmdir(folder);
}

/* Run the daemon with that engine; its status and its log. */
static int
run(uint32_t type, size_t len, char *log, size_t size)
{
	char	conf[128], out[128], what[32], engine[160];
	int	fd, status, tenths;
	ssize_t	n;
	pid_t	pid;

	path(conf, sizeof(conf), "conf");
	path(out, sizeof(out), "log");
	snprintf(engine, sizeof(engine), "engine=%s/engine", folder);
	snprintf(what, sizeof(what), "%u %zu", type, len);
	if ((pid = fork()) == 0) {
		/* There may be another sroamd where this test runs. */
		if (unshare(CLONE_NEWNET) == -1)
			_exit(99);
		fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd == -1 || dup2(fd, STDERR_FILENO) == -1 ||
		    setenv("SROAMD_HOSTILE", what, 1) == -1)
			_exit(99);
		execl(program, "sroamd", "-d", "-o", engine, "-f", conf,
		    (char *)NULL);
		_exit(99);
	}
	assert_true(pid > 0);
	for (tenths = 0; waitpid(pid, &status, WNOHANG) == 0; tenths++) {
		if (tenths == PATIENCE) {
			kill(pid, SIGTERM);
			waitpid(pid, &status, 0);
			fail_msg("%s of %zu octets: it goes on", ipc_name(type),
			    len);
		}
		usleep(100000 / 10);
	}
	fd = open(out, O_RDONLY);
	n = read(fd, log, size - 1);
	close(fd);
	log[n > 0 ? n : 0] = '\0';
	return status;
}

static void
every_breach_ends_the_daemon_and_is_named(void **state)
{
	static const size_t	lens[] = { 0, 1, 8, 5000 };
	static _Alignas(max_align_t) uint8_t octets[5000];
	struct imsg		imsg = { .fd = -1, .data = octets };
	char			log[4096], named[128];
	unsigned int		runs = 0;
	size_t			i;
	int			status;

	(void)state;
	if (getuid() != 0)
		skip();
	for (imsg.type = IPC_FIRST; imsg.type < IPC_MAX; imsg.type++)
		for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			imsg.len = (uint32_t)lens[i];
			if (imsg.type == CTL_INTERFACE)
				continue;	/* is none of ours */
			if (ipc_check(&imsg, PROC_ENGINE, PROC_PARENT) == NULL)
				continue;
			/*
			 * One length is enough for a message that it may not
			 * send at all.
			 */
			if (i > 0 && strcmp(ipc_check(&imsg, PROC_ENGINE,
			    PROC_PARENT), "not permitted") == 0)
				continue;
			status = run(imsg.type, lens[i], log, sizeof(log));
			snprintf(named, sizeof(named), "%s from engine",
			    ipc_name(imsg.type));
			if (!WIFEXITED(status) || WEXITSTATUS(status) != 1 ||
			    strstr(log, named) == NULL)
				fail_msg("%s of %zu octets: status %#x: %s",
				    named, lens[i], (unsigned int)status, log);
			runs++;
		}
	assert_true(runs > 50);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(every_breach_ends_the_daemon_and_is_named),
	};
	char	self[1000];
	ssize_t	n;

	(void)argc;
	(void)argv;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return 1;
	self[n] = '\0';
	snprintf(hostile, sizeof(hostile), "%s/hostile_engine", dirname(self));
	snprintf(program, sizeof(program), "%s/../sroamd/sroamd", self);
	return cmocka_run_group_tests_name("hostile_parent", tests, make_conf,
	    remove_all);
}
