/* SPDX-License-Identifier: ISC */
/* The log of a child whose parent, this test, does not read. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"
#include "loop.h"
#include "proc/logpipe.h"

#define PATIENCE	10000		/* ms */
#define FLOOD		4000		/* lines, 2 MB of messages */
#define ROOM		1200		/* of them at most are queued */

static struct pipe	*child;
static struct imsgbuf	*parent;
static unsigned int	 lines;		/* that the parent has read */
static struct ipc_lost	 lost;		/* reported to it as lost */
static struct ipc_log	 last;

static void
on_message(void *arg, const struct imsg *imsg)
{
	(void)arg;
	(void)imsg;
}

static void
on_closed(void *arg)
{
	(void)arg;
}

static int
setup(void **state)
{
	const struct pipe_ops ops = {
		on_message, on_closed, logpipe_drained, NULL
	};
	int sv[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    sv) == -1)
		return -1;
	base = event_base_new();
	child = pipe_new(base, sv[0], PROC_ENGINE, PROC_PARENT, &ops);
	parent = imsgbuf_new(sv[1], true, 0);
	lines = 0;
	memset(&lost, 0, sizeof(lost));
	log_verbose(1);
	assert_int_equal(logpipe_start(base, child), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	logpipe_stop();
	pipe_free(child);
	imsgbuf_free(parent);
	event_base_free(base);
	return 0;
}

static unsigned int
all_lost(void)
{
	return (unsigned int)(lost.count[CTL_LOG_WARNING] +
	    lost.count[CTL_LOG_INFO] + lost.count[CTL_LOG_DEBUG]);
}

/* Read what has come; whether the pipe is at its end. */
static bool
listen_once(void)
{
	struct ipc_lost more;
	struct imsg imsg;
	size_t i;
	int n;

	n = imsgbuf_read(parent);
	while (n == 1 && imsg_get(parent, &imsg) == 1) {
		assert_null(ipc_check(&imsg, PROC_ENGINE, PROC_PARENT));
		if (imsg.type == IPC_LOG) {
			imsg_data(&imsg, &last, sizeof(last));
			lines++;
			continue;
		}
		assert_int_equal(imsg.type, IPC_LOG_LOST);
		imsg_data(&imsg, &more, sizeof(more));
		for (i = 0; i < CTL_LOGS; i++)
			lost.count[i] += more.count[i];
	}
	return n != 1;
}

static void
lines_of_any_priority_are_dropped_and_counted(void **state)
{
	static const int priorities[] = { LOG_WARNING, LOG_INFO, LOG_DEBUG };
	size_t i, n;

	(void)state;
	for (i = 0; i < 3; i++) {
		for (n = 0; n < FLOOD; n++) {
			log_line(priorities[i], NULL, "a line of the log");
			if (n % 64 == 0)
				turn();
		}
	}
	assert_true(pipe_full(child));
	WAIT((listen_once(), lines + all_lost() == 3 * FLOOD));
	assert_true(lines < ROOM);
	assert_in_range(lost.count[CTL_LOG_WARNING], FLOOD - ROOM, FLOOD);
	assert_int_equal(lost.count[CTL_LOG_INFO], FLOOD);
	assert_int_equal(lost.count[CTL_LOG_DEBUG], FLOOD);
}

static void
after_that_lines_go_on_and_no_loss_is_reported_twice(void **state)
{
	unsigned int n, before;

	(void)state;
	for (n = 0; n < FLOOD; n++)
		log_line(LOG_INFO, NULL, "flood");
	WAIT((listen_once(), lines + all_lost() == FLOOD));
	before = all_lost();
	log_line(LOG_DEBUG, NULL, "again");
	WAIT((listen_once(), strcmp(last.text, "again") == 0));
	assert_int_equal(all_lost(), before);
	assert_int_equal(last.priority, LOG_DEBUG);
}

/* The parent hears how many, soon, though nothing else is said. */
static void
what_is_left_out_is_counted(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 0; n < FLOOD; n++) {
		log_warnx("station %u: flood", n);
		if (n % 64 == 0)
			(void)(turn(), listen_once());
	}
	WAIT((listen_once(), lines + all_lost() == FLOOD));
	assert_in_range(lines, 30, 40);
	assert_int_equal(lost.count[CTL_LOG_WARNING], FLOOD - lines);
}

/* Read until the child has ended: its status. */
static int
hear_out(pid_t pid)
{
	struct pollfd pfd = { .fd = imsgbuf_fd(parent), .events = POLLIN };
	int status;

	pipe_free(child);
	child = NULL;
	logpipe_stop();
	do {
		assert_true(poll(&pfd, 1, PATIENCE) > 0);
	} while (!listen_once());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
last_words_are_said_when_the_pipe_is_full(void **state)
{
	unsigned int n;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		for (n = 0; n < FLOOD; n++)
			log_line(LOG_WARNING, NULL, "flood");
		fatalx("engine: no more");
	}
	status = hear_out(pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_string_equal(last.text, "engine: no more");
	assert_int_equal(last.priority, LOG_CRIT);
	assert_int_equal(lines + all_lost(), FLOOD + 1);
}

static void
last_words_that_nobody_hears_do_not_keep_a_process(void **state)
{
	unsigned int n;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		alarm(PATIENCE / 1000);
		for (n = 0; n < FLOOD; n++)
			log_line(LOG_WARNING, NULL, "flood");
		fatalx("engine: no more");
	}
	/* Nothing is read before it has ended. */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_of_any_priority_are_dropped_and_counted),
		TEST(after_that_lines_go_on_and_no_loss_is_reported_twice),
		TEST(what_is_left_out_is_counted),
		TEST(last_words_are_said_when_the_pipe_is_full),
		TEST(last_words_that_nobody_hears_do_not_keep_a_process),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("logpipe", tests, NULL, NULL);
}
