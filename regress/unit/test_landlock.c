/* SPDX-License-Identifier: ISC */
/* What can be opened, connected to and signalled behind Landlock. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
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

#include "proc/landlock.h"

#define PORTS		4		/* since these versions of it */
#define SCOPES		6
#define PERMITTED	53		/* a port where nobody listens */

static char	work[64], readable[64], other[64], name[80];

static long
version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

static const char *
in(const char *dir, const char *file)
{
	snprintf(name, sizeof(name), "%s/%s", dir, file);
	return name;
}

/* 0, or the error. */
static int
opens(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

static int
connects(uint16_t port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	rc = connect(fd, (struct sockaddr *)&to, sizeof(to));
	return rc == -1 ? errno : 0;
}

/* To our own socket, from behind it. */
static int
reaches(const struct sockaddr_un *un, socklen_t len)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	return sendto(fd, "x", 1, 0, (const struct sockaddr *)un, len) == 1 ?
	    0 : errno;
}

#define CHECK(truth)	do {						\
	if (!(truth)) {							\
		fprintf(stderr, "not so: %s\n", #truth);		\
		_exit(1);						\
	}								\
} while (0)

static void
behind(const struct landlock_path *paths, size_t n,
    const struct sockaddr_un *un, socklen_t len)
{
	landlock_confine(paths, n, PERMITTED);
	CHECK(opens(in(work, "file"), O_RDWR) == 0);
	CHECK(opens(in(work, "new"), O_RDWR | O_CREAT) == 0);
	CHECK(opens(work, O_RDONLY | O_DIRECTORY) == 0);
	CHECK(unlink(in(work, "new")) == 0);
	CHECK(mkdir(in(work, "folder"), 0700) == -1 && errno == EACCES);
	CHECK(symlink("/etc/passwd", in(work, "link")) == -1);
	CHECK(opens(in(readable, "file"), O_RDONLY) == 0);
	CHECK(opens(in(readable, "file"), O_WRONLY) == EACCES);
	CHECK(opens(in(readable, "new"), O_RDWR | O_CREAT) == EACCES);
	CHECK(opens(in(other, "file"), O_RDONLY) == EACCES);
	CHECK(opens("/etc/passwd", O_RDONLY) == EACCES);
	CHECK(opens("/", O_RDONLY | O_DIRECTORY) == EACCES);
	if (version() >= PORTS) {
		CHECK(connects(PERMITTED) != EACCES);
		CHECK(connects(PERMITTED + 1) == EACCES);
	}
	if (version() >= SCOPES) {
		CHECK(kill(getppid(), 0) == -1 && errno == EPERM);
		CHECK(reaches(un, len) == EPERM);
	}
	_exit(0);
}

static void
what_is_elsewhere_is_out_of_reach(void **state)
{
	const struct landlock_path paths[] = {
		{ work, FILES_READ | FILES_WRITE },
		{ "/nonexistent", FILES_READ }, { readable, FILES_READ }
	};
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(un);
	int fd, status;
	pid_t pid;

	(void)state;
	if (version() < 1) {
		print_message("SKIP: this kernel has no Landlock\n");
		skip();
	}
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&un,
	    sizeof(un.sun_family)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&un, &len), 0);
	assert_int_equal(reaches(&un, len), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		behind(paths, sizeof(paths) / sizeof(paths[0]), &un, len);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fd);
}

static int
setup(void **state)
{
	char *dirs[] = { work, readable, other };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		strcpy(dirs[i], "/tmp/landlock.XXXXXX");
		if (mkdtemp(dirs[i]) == NULL ||
		    opens(in(dirs[i], "file"), O_RDWR | O_CREAT) != 0)
			return -1;
	}
	return 0;
}

static int
teardown(void **state)
{
	char *dirs[] = { work, readable, other };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		(void)unlink(in(dirs[i], "file"));
		(void)unlink(in(dirs[i], "new"));
		if (rmdir(dirs[i]) == -1)
			return -1;
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_is_elsewhere_is_out_of_reach, setup, teardown),
	};

	return cmocka_run_group_tests_name("landlock", tests, NULL, NULL);
}
