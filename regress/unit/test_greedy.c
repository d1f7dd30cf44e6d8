/* SPDX-License-Identifier: ISC */
/*
 * The real parent with an engine that asks for all that it can think of: the
 * kernel gets what the configuration permits, the log a line for each kind,
 * and the daemon goes on.
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
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE	100	/* tenths of a second */

static char	program[1100], greedy[1100], folder[64];
static pid_t	daemon_pid;

static int __attribute__((format(printf, 1, 2)))
sh(const char *fmt, ...)
{
	char	command[2500];
	va_list	ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return system(command);
}

/* In a network of its own, with its own copy of the engine, as root's. */
static int
setup(void **state)
{
	FILE	*f;
	char	path[128];

	(void)state;
	if (getuid() != 0)
		return 0;
	strlcpy(folder, "/tmp/sroamd-greedy.XXXXXX", sizeof(folder));
	if (mkdtemp(folder) == NULL || unshare(CLONE_NEWNET) == -1 ||
	    sh("cp '%s' %s/engine && chmod 755 %s/engine", greedy, folder,
	    folder) != 0 || sh("ip link set lo up && "
	    "ip link add roam0 type bridge && ip link set roam0 up && "
	    "ip link add up0 type veth peer name up1 && "
	    "ip link set up0 up && ip link set up1 up && "
	    "ip addr add 10.0.0.1/24 dev up0 && "
	    "sysctl -qw net.ipv4.ip_forward=1 "
	    "net.ipv6.conf.all.forwarding=1") != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/conf", folder);
	if ((f = fopen(path, "w")) == NULL)
		return -1;
	fprintf(f, "user nobody\nstate none\nchroot \"%s/empty\"\n"
	    "control socket \"%s/sock\"\nlisten on * no tls\n"
	    "prefix 10.64.0.0/10\nprefix 2001:db8:44::/48\n"
	    "nameserver 10.9.0.2\nlimit data 20\nlimit routers 5\n"
	    "interface roam0 {\n\tstations packets\n"
	    "\taddress { 10.64.255.254, fe80::44 }\n}\n", folder, folder);
	return fclose(f);
}

static int
teardown(void **state)
{
	(void)state;
	if (daemon_pid > 0) {
		kill(daemon_pid, SIGTERM);
		waitpid(daemon_pid, NULL, 0);
	}
	return folder[0] == '\0' ? 0 : sh("rm -r %s", folder);
}

static unsigned int
lines(const char *command)
{
	unsigned int	n = 0;
	FILE		*f = popen(command, "r");

	assert_non_null(f);
	if (fscanf(f, "%u", &n) != 1)
		n = UINT32_MAX;
	pclose(f);
	return n;
}

static unsigned int
logged(const char *text)
{
	char	command[200];

	snprintf(command, sizeof(command), "grep -c '%s' %s/log", text, folder);
	return lines(command);
}

static void
start(void)
{
	char	conf[128], log[128], engine[160];
	int	fd;

	snprintf(conf, sizeof(conf), "%s/conf", folder);
	snprintf(log, sizeof(log), "%s/log", folder);
	snprintf(engine, sizeof(engine), "engine=%s/engine", folder);
	if ((daemon_pid = fork()) == 0) {
		fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd == -1 || dup2(fd, STDERR_FILENO) == -1)
			_exit(99);
		execl(program, "sroamd", "-d", "-o", engine, "-f", conf,
		    (char *)NULL);
		_exit(99);
	}
	assert_true(daemon_pid > 0);
}

static void
the_parent_sets_what_is_configured_and_goes_on(void **state)
{
	static const struct {
		const char	*count;
		unsigned int	 most;
		const char	*line;
	} rows[] = {
		{ "ip route show table 44 | wc -l", 20 + 2 + 64,
		    "route 10.64.*refused: too many" },
		{ "ip -6 neigh show dev roam0 proto 44 | wc -l", 20 * 17,
		    "neighbour 2001:.*refused: too many" },
		{ "ip nexthop show | wc -l", 5 * 2 + 64,
		    "router 04:00.*refused: too many" }
	};
	unsigned int	tenths;
	size_t		i;

	(void)state;
	if (getuid() != 0)
		skip();
	start();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (tenths = 0; logged(rows[i].line) == 0 ||
		    lines(rows[i].count) != rows[i].most; tenths++) {
			if (tenths == PATIENCE)
				fail_msg("%s: %u", rows[i].count,
				    lines(rows[i].count));
			usleep(100000);
		}
	}
	/* All has been asked for, and each refusal is said once. */
	assert_int_equal(waitpid(daemon_pid, NULL, WNOHANG), 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(logged(rows[i].line), 1);
		assert_int_equal(lines(rows[i].count), rows[i].most);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(
		    the_parent_sets_what_is_configured_and_goes_on),
	};
	char	self[1000];
	ssize_t	n;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return 1;
	self[n] = '\0';
	snprintf(greedy, sizeof(greedy), "%s/greedy_engine", dirname(self));
	snprintf(program, sizeof(program), "%s/../sroamd/sroamd", self);
	return cmocka_run_group_tests_name("greedy", tests, setup, teardown);
}
