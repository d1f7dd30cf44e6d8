/* SPDX-License-Identifier: ISC */
/* One daemon in a network namespace, whatever becomes of it. */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "parent/onlyone.h"
#include "stub_log.h"

static bool
said(const char *text)
{
	return strstr(stub_log_text(), text) != NULL;
}

static int
setup(void **state)
{
	(void)state;
	stub_log_clear();
	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return 0;
	*state = stub_log_clear;
	return 0;
}

#define NEEDS_ROOT() do { if (*state == NULL) skip(); } while (0)

/* Another process that has it, or only its name, and waits to be killed. */
static pid_t
other(uid_t uid, bool listens)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX,
	    .sun_path = "\0sroamd" };
	int fd, ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	fflush(NULL);
	assert_int_not_equal(pid = fork(), -1);
	if (pid == 0) {
		if (uid != 0 && setuid(uid) == -1)
			_exit(1);
		if (uid == 0 && listens) {
			fd = onlyone_open();
		} else {
			fd = socket(AF_UNIX, SOCK_STREAM, 0);
			if (bind(fd, (struct sockaddr *)&sun,
			    offsetof(struct sockaddr_un, sun_path) + 7) == -1 ||
			    (listens && listen(fd, 1) == -1))
				_exit(1);
		}
		if (fd == -1 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;) {
			if (uid == 0)
				onlyone_answer(fd);
			usleep(1000);
		}
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void
end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
the_second_is_refused_until_the_first_is_gone(void **state)
{
	char text[80];
	pid_t pid;
	int fd, i;

	NEEDS_ROOT();
	pid = other(0, true);
	snprintf(text, sizeof(text), "another sroamd, process %d, is running "
	    "in this network namespace", pid);
	/* As often as one tries. */
	for (i = 0; i < 300; i++) {
		assert_int_equal(onlyone_open(), -1);
		assert_true(i > 0 || said(text));
		usleep(1000);
	}
	end(pid);
	assert_int_not_equal(fd = onlyone_open(), -1);
	assert_int_equal(onlyone_open(), -1);
	close(fd);
	assert_int_not_equal(fd = onlyone_open(), -1);
	close(fd);
}

static void
each_network_namespace_has_its_own(void **state)
{
	pid_t pid;
	int fd;

	NEEDS_ROOT();
	pid = other(0, true);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_not_equal(fd = onlyone_open(), -1);
	close(fd);
	end(pid);
}

/* An ordinary user takes the name: that is said, and keeps nobody out. */
static void
a_user_cannot_keep_us_out(void **state)
{
	int fd, i, n;
	pid_t pid;

	NEEDS_ROOT();
	for (i = 0; i < 2; i++) {
		stub_log_clear();
		pid = other(65534, i == 0);
		/* It answers nobody: its queue is full soon. */
		for (n = 0; n < 4; n++) {
			assert_int_not_equal(fd = onlyone_open(), -1);
			close(fd);
		}
		assert_true(said("not of an sroamd"));
		assert_true(i == 1 || said("of user 65534, process"));
		end(pid);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    the_second_is_refused_until_the_first_is_gone, setup),
		cmocka_unit_test_setup(each_network_namespace_has_its_own,
		    setup),
		cmocka_unit_test_setup(a_user_cannot_keep_us_out, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
