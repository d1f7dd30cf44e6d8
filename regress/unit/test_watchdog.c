/* SPDX-License-Identifier: ISC */
/*
 * The real daemon, each in a network of its own, whose children hang: stopped,
 * or in an endless loop, which is written into their memory.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE	600	/* tenths of a second */
#define PAUSE		7	/* s: longer than the daemon's own patience */

#if defined(__x86_64__) || defined(__i386__)
static const uint8_t	endless[] = { 0xeb, 0xfe };		/* jmp . */
#elif defined(__aarch64__)
static const uint8_t	endless[] = { 0, 0, 0, 0x14 };		/* b . */
#else
static const uint8_t	endless[] = { 0 };			/* skip */
#endif

static const char *const roles[] = { "engine", "frontend", "signer" };
#define ROLES		(sizeof(roles) / sizeof(roles[0]))

struct daemon {
	char	folder[64], conf[96], out[96];
	pid_t	pid, children[ROLES];
};

static char	program[1200];

static void
a_tenth(void)
{
	usleep(100000);
}

static void
configure(struct daemon *d, const char *more)
{
	FILE	*f;

	f = fopen(d->conf, "w");
	assert_non_null(f);
	fprintf(f, "user nobody\nstate none\nchroot \"%s/empty\"\n"
	    "control socket \"%s/sock\"\npeer 127.0.0.1 no tls\n%s",
	    d->folder, d->folder, more);
	assert_int_equal(fclose(f), 0);
}

static void
log_of(const struct daemon *d, char *text, size_t size)
{
	ssize_t	n = -1;
	int	fd;

	if ((fd = open(d->out, O_RDONLY)) != -1) {
		n = read(fd, text, size - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
}

static void
wait_for(const struct daemon *d, const char *line)
{
	char	text[8192];
	int	tenths;

	for (tenths = 0; tenths < PATIENCE; tenths++) {
		log_of(d, text, sizeof(text));
		if (strstr(text, line) != NULL)
			return;
		a_tenth();
	}
	fail_msg("no \"%s\" in: %s", line, text);
}

/* Its program's name ends with the role. */
static pid_t
child_of(pid_t parent, const char *role)
{
	char	 path[64], name[256], pids[256], *s, *next;
	size_t	 n;
	FILE	*f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent,
	    (int)parent);
	f = fopen(path, "r");
	assert_non_null(f);
	pids[fread(pids, 1, sizeof(pids) - 1, f)] = '\0';
	fclose(f);
	for (s = pids; *s != '\0'; s = next) {
		snprintf(path, sizeof(path), "/proc/%ld/cmdline",
		    strtol(s, &next, 10));
		next += strspn(next, " ");
		if ((f = fopen(path, "r")) == NULL)
			continue;
		n = fread(name, 1, sizeof(name) - 1, f);
		name[n] = '\0';
		fclose(f);
		if (strlen(name) > strlen(role) && strcmp(name +
		    strlen(name) - strlen(role), role) == 0)
			return (pid_t)strtol(path + strlen("/proc/"), NULL, 10);
	}
	fail_msg("no %s", role);
	return -1;
}

static void
start(struct daemon *d, bool own_network)
{
	size_t	i;
	int	fd;

	strlcpy(d->folder, "/tmp/sroamd-watchdog.XXXXXX", sizeof(d->folder));
	assert_non_null(mkdtemp(d->folder));
	snprintf(d->conf, sizeof(d->conf), "%s/conf", d->folder);
	snprintf(d->out, sizeof(d->out), "%s/log", d->folder);
	configure(d, "");
	d->pid = fork();
	assert_true(d->pid != -1);
	if (d->pid == 0) {
		if (own_network && unshare(CLONE_NEWNET) == -1)
			_exit(99);
		fd = open(d->out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd == -1 || dup2(fd, STDERR_FILENO) == -1)
			_exit(99);
		execl(program, "sroamd", "-d", "-f", d->conf, (char *)NULL);
		_exit(99);
	}
	wait_for(d, "started");
	for (i = 0; i < ROLES; i++)
		d->children[i] = child_of(d->pid, roles[i]);
}

/* Its exit status, and all processes have ended. */
static int
end(struct daemon *d)
{
	char	file[128];
	int	status, tenths;
	size_t	i;

	for (tenths = 0; waitpid(d->pid, &status, WNOHANG) == 0; tenths++) {
		if (tenths == PATIENCE)
			fail_msg("%s: it goes on", d->folder);
		a_tenth();
	}
	for (i = 0; i < ROLES; i++) {
		while (kill(d->children[i], 0) == 0 && tenths++ < PATIENCE)
			a_tenth();
		assert_int_equal(kill(d->children[i], 0), -1);
	}
	unlink(d->conf);
	unlink(d->out);
	snprintf(file, sizeof(file), "%s/sock", d->folder);
	unlink(file);
	snprintf(file, sizeof(file), "%s/empty", d->folder);
	rmdir(file);
	assert_int_equal(rmdir(d->folder), 0);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
stop(pid_t pid)
{
	assert_int_equal(kill(pid, SIGSTOP), 0);
}

/*
 * It waits in a system call: the instruction that it returns to becomes a jump
 * to itself, in this process alone.
 */
static void
loop(pid_t pid)
{
	char		 path[64], text[256], *pc = NULL;
	unsigned long	 at = 0;
	int		 fd, tenths;
	FILE		*f;

	for (tenths = 0; at == 0 && tenths < PATIENCE; tenths++) {
		snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
		f = fopen(path, "r");
		assert_non_null(f);
		if (fgets(text, sizeof(text), f) != NULL)
			pc = strrchr(text, ' ');
		fclose(f);
		if (pc != NULL && strncmp(text, "running", 7) != 0)
			at = strtoul(pc, NULL, 16);
		else
			a_tenth();
	}
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_WRONLY);
	assert_int_not_equal(fd, -1);
	assert_int_equal(pwrite(fd, endless, sizeof(endless), (off_t)at),
	    (ssize_t)sizeof(endless));
	close(fd);
}

/* As many daemons as there are ways, all at the same time. */
static void
each_child_that_hangs_ends_the_daemon(void **state)
{
	static void (*const hows[])(pid_t) = { stop, loop };
	struct daemon	 daemons[ROLES * 2];
	char		 line[64], text[8192];
	size_t		 i, n = sizeof(endless) == 1 ? ROLES : ROLES * 2;

	(void)state;
	if (getuid() != 0)
		skip();
	for (i = 0; i < n; i++)
		start(&daemons[i], true);
	for (i = 0; i < n; i++)
		hows[i / ROLES](daemons[i].children[i % ROLES]);
	for (i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "%s: hangs: no answer for 5 s",
		    roles[i % ROLES]);
		wait_for(&daemons[i], line);
		log_of(&daemons[i], text, sizeof(text));
		if (end(&daemons[i]) != 1)
			fail_msg("%s", text);
	}
}

static void
a_pause_of_all_processes_is_no_hang(void **state)
{
	struct daemon	d;
	char		text[8192];
	size_t		i;

	(void)state;
	if (getuid() != 0)
		skip();
	start(&d, true);
	stop(d.pid);
	for (i = 0; i < ROLES; i++)
		stop(d.children[i]);
	sleep(PAUSE);
	/* The parent has time to be hasty. */
	kill(d.pid, SIGCONT);
	sleep(1);
	for (i = 0; i < ROLES; i++)
		kill(d.children[i], SIGCONT);
	sleep(PAUSE);
	log_of(&d, text, sizeof(text));
	assert_int_equal(waitpid(d.pid, NULL, WNOHANG), 0);
	assert_null(strstr(text, "hangs"));
	kill(d.pid, SIGTERM);
	assert_int_equal(end(&d), 0);
}

/* The service manager's socket. */

static int
manager(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t	len = strlen(name);
	int	fd;

	memcpy(sun.sun_path, name, len);
	if (name[0] == '@')
		sun.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, (socklen_t)(
	    offsetof(struct sockaddr_un, sun_path) + len)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

/* The next datagram; false: none within ms. */
static bool
told(int fd, char *text, size_t size, int ms)
{
	struct pollfd	pfd = { .fd = fd, .events = POLLIN };
	ssize_t		n;

	if (poll(&pfd, 1, ms) != 1)
		return false;
	n = recv(fd, text, size - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return true;
}

/* All of them, until one has this. */
static void
wait_told(int fd, const char *what)
{
	char	text[1024] = "";

	while (told(fd, text, sizeof(text), PATIENCE * 100))
		if (strstr(text, what) != NULL)
			return;
	fail_msg("not told %s", what);
}

static void
the_service_manager_is_told(int fd)
{
	struct daemon	d;
	char		text[1024];

	assert_int_equal(setenv("WATCHDOG_USEC", "1500000", 1), 0);
	start(&d, false);
	wait_told(fd, "READY=1\nSTATUS=serving");
	wait_told(fd, "WATCHDOG=1");
	wait_told(fd, "WATCHDOG=1");

	kill(d.pid, SIGHUP);
	wait_told(fd, "RELOADING=1\nMONOTONIC_USEC=");
	wait_told(fd, "READY=1\nSTATUS=serving, configuration reloaded");
	configure(&d, "nonsense\n");
	kill(d.pid, SIGHUP);
	wait_told(fd, "RELOADING=1\n");
	wait_told(fd, "READY=1\nSTATUS=serving, reload refused: ");

	/* Not for a parent whose child is silent. */
	stop(d.children[1]);
	sleep(1);
	while (told(fd, text, sizeof(text), 0))
		continue;
	assert_false(told(fd, text, sizeof(text), 2000));
	kill(d.children[1], SIGCONT);
	wait_told(fd, "WATCHDOG=1");

	kill(d.pid, SIGTERM);
	wait_told(fd, "STOPPING=1");
	assert_int_equal(end(&d), 0);
	close(fd);
}

static void
the_service_manager_is_told_at_a_path(void **state)
{
	char	path[64] = "/tmp/sroamd-manager.XXXXXX", name[80];

	(void)state;
	if (getuid() != 0)
		skip();
	assert_non_null(mkdtemp(path));
	snprintf(name, sizeof(name), "%s/notify", path);
	the_service_manager_is_told(manager(name));
	unlink(name);
	rmdir(path);
}

static void
the_service_manager_is_told_at_an_abstract_name(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	the_service_manager_is_told(manager("@sroamd test manager"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(each_child_that_hangs_ends_the_daemon),
		cmocka_unit_test(a_pause_of_all_processes_is_no_hang),
		cmocka_unit_test(the_service_manager_is_told_at_a_path),
		cmocka_unit_test(
		    the_service_manager_is_told_at_an_abstract_name),
	};
	char	self[1000];
	ssize_t	n;

	(void)argc;
	(void)argv;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return 1;
	self[n] = '\0';
	snprintf(program, sizeof(program), "%s/../sroamd/sroamd",
	    dirname(self));
	/* There may be another sroamd where this test runs. */
	if (getuid() == 0 && unshare(CLONE_NEWNET) == -1)
		return 1;
	return cmocka_run_group_tests_name("watchdog", tests, NULL, NULL);
}
