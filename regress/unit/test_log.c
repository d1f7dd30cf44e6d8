/* SPDX-License-Identifier: ISC */
/* Lines of the log, and their limits. */
#include <sys/wait.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"

static char	said[1024], said_by[32];
static int	said_priority, said_times;

static void
sink(int priority, const char *process, const char *text)
{
	said_priority = priority;
	strlcpy(said_by, process == NULL ? "" : process, sizeof(said_by));
	said_times++;
	strlcpy(said, text, sizeof(said));
}

static int
setup(void **state)
{
	(void)state;
	log_procname(NULL);
	log_verbose(0);
	log_to(sink);
	said[0] = '\0';
	said_times = 0;
	return 0;
}

/* Output of a function on stderr, and how its process ends. */
static int
in_child(void (*fn)(void), char *out, size_t size)
{
	int p[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		close(p[0]);
		dup2(p[1], STDERR_FILENO);
		log_to(NULL);
		fn();
		_exit(0);
	}
	close(p[1]);
	while (len < size - 1 &&
	    (n = read(p[0], out + len, size - 1 - len)) > 0)
		len += n;
	out[len] = '\0';
	close(p[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
each_level_has_its_priority(void **state)
{
	(void)state;
	log_info("%d leases", 3);
	assert_string_equal(said, "3 leases");
	assert_int_equal(said_priority, LOG_INFO);
	log_warnx("wlan0: %s", "gone");
	assert_string_equal(said, "wlan0: gone");
	assert_int_equal(said_priority, LOG_WARNING);
}

static void
warn_adds_the_errors_text_and_keeps_errno(void **state)
{
	(void)state;
	errno = ENOBUFS;
	log_warn("route add");
	assert_string_equal(said, "route add: No buffer space available");
	assert_int_equal(errno, ENOBUFS);
}

static void
debug_is_said_only_when_verbose(void **state)
{
	(void)state;
	log_debug("hush");
	assert_int_equal(said_times, 0);
	log_verbose(1);
	assert_int_equal(log_is_verbose(), 1);
	log_debug("speak");
	assert_int_equal(said_times, 1);
	assert_int_equal(said_priority, LOG_DEBUG);
}

static void
unprintable_octets_are_made_printable(void **state)
{
	(void)state;
	log_warnx("host %s", "a\n\033[2Jb\x9b\x7f");
	assert_string_equal(said, "host a??[2Jb??");
}

static void
long_lines_are_cut_to_what_a_message_holds(void **state)
{
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_info("%s", text);
	assert_int_equal(strlen(said), 507);
	log_line(LOG_INFO, NULL, text);
	assert_int_equal(strlen(said), 507);
}

static void
a_sink_gets_the_process_and_is_replaced_by_another(void **state)
{
	(void)state;
	log_info("hello");
	assert_string_equal(said_by, "");
	log_procname("engine");
	log_info("hello");
	assert_string_equal(said_by, "engine");
	assert_ptr_equal(log_to(NULL), sink);
	assert_null(log_to(sink));
}

static void
format_is_not_taken_from_what_is_logged(void **state)
{
	(void)state;
	log_line(LOG_INFO, NULL, "100%s %n");
	assert_string_equal(said, "100%s %n");
}

static int	left_out;

static void
count_left_out(int priority)
{
	assert_int_equal(priority, LOG_WARNING);
	left_out++;
}

/* Of any text: the format is what they have in common. */
static void
lines_of_one_cause_are_limited_and_counted(void **state)
{
	int i;

	(void)state;
	log_limit(count_left_out);
	for (i = 0; i < 1000; i++)
		log_warnx("peer %d: refused", i);
	assert_int_equal(said_times + left_out, 1000);
	assert_in_range(said_times, 30, 31);
	log_warnx("another");
	assert_string_equal(said, "another");
	/* What has no cause is not limited here. */
	said_times = 0;
	for (i = 0; i < 1000; i++)
		log_line(LOG_WARNING, NULL, "of a child");
	assert_int_equal(said_times, 1000);
	log_limit(NULL);
	for (i = 0; i < 1000; i++)
		log_warnx("peer %d: refused", i);
	assert_int_equal(said_times, 2000);
}

static void
say_plain(void)
{
	log_info("hello");
	log_procname("engine");
	log_info("hello");
}

static void
say_fatal(void)
{
	errno = EACCES;
	fatal("state");
}

static void
say_fatalx(void)
{
	fatalx("state: %s", "no");
}

static void
lines_on_stderr_name_program_and_process(void **state)
{
	char out[256];

	(void)state;
	assert_int_equal(in_child(say_plain, out, sizeof(out)), 0);
	assert_string_equal(out, "sroamd: hello\nsroamd[engine]: hello\n");
}

static void
fatal_says_why_and_exits_with_1(void **state)
{
	char out[256];

	(void)state;
	assert_int_equal(in_child(say_fatal, out, sizeof(out)), 1);
	assert_string_equal(out, "sroamd: state: Permission denied\n");
	assert_int_equal(in_child(say_fatalx, out, sizeof(out)), 1);
	assert_string_equal(out, "sroamd: state: no\n");
}

#define TEST(f)	cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_level_has_its_priority),
		TEST(warn_adds_the_errors_text_and_keeps_errno),
		TEST(debug_is_said_only_when_verbose),
		TEST(unprintable_octets_are_made_printable),
		TEST(long_lines_are_cut_to_what_a_message_holds),
		TEST(a_sink_gets_the_process_and_is_replaced_by_another),
		TEST(format_is_not_taken_from_what_is_logged),
		TEST(lines_of_one_cause_are_limited_and_counted),
		TEST(lines_on_stderr_name_program_and_process),
		TEST(fatal_says_why_and_exits_with_1),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
