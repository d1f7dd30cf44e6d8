/* SPDX-License-Identifier: ISC */
/* System calls that the parent cannot make once its children run. */
#include <sys/wait.h>

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "parent/sandbox.h"

static int
forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid != -1 || errno != EPERM;
}

static int
executes(void)
{
	char *argv[] = { (char []){ "true" }, NULL };

	execv("/bin/true", argv);
	return errno != EPERM;
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
has_threads(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) == 0;
}

static int
runs_a_shell(void)
{
	return system("true") == 0;
}

static void
the_parent_starts_nothing(void **state)
{
	static int (*const deeds[])(void) = {
		forks, executes, has_threads, runs_a_shell
	};
	int status;
	size_t i;
	pid_t pid;

	(void)state;
	for (i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		pid = fork();
		assert_int_not_equal(pid, -1);
		if (pid == 0) {
			sandbox_parent();
			_exit(deeds[i]() ? 1 : 42);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 42)
			fail_msg("deed %zu: status %#x", i,
			    (unsigned int)status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parent_starts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
