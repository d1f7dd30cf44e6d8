/* SPDX-License-Identifier: ISC */
/*
 * The parent's log on every kind of standard error, and on a syslog daemon,
 * with this test as the reader that reads, stalls, ends and returns.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "parent/logsink.h"

#define PATIENCE	10000		/* ms */
#define RING		(32 * 1024)
#define FLOOD		20000		/* lines: more than any buffer holds */
#define READ_MAX	(4 * 1024 * 1024)

static struct logsink	*sink;
static int		 ours = -1;	/* the reader's end */
static int		 theirs = -1;	/* what the sink was given */
static char		*got;		/* what the reader has read */
static size_t		 len;
static char		 folder[64], path[96];

static int
setup(void **state)
{
	(void)state;
	base = event_base_new();
	got = malloc(READ_MAX);
	len = 0;
	strlcpy(folder, "/tmp/sroamd-logsink.XXXXXX", sizeof(folder));
	if (base == NULL || got == NULL || mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/log", folder);
	return 0;
}

static void
end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static int
teardown(void **state)
{
	(void)state;
	logsink_free(sink);
	sink = NULL;
	event_base_free(base);
	free(got);
	end(&ours);
	end(&theirs);
	(void)unlink(path);
	return rmdir(folder);
}

/* The kinds of standard error.  Each sets ours and theirs. */

static void
a_pipe(void)
{
	int p[2];

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	ours = p[0];
	theirs = p[1];
}

static void
a_fifo(void)
{
	assert_int_equal(mkfifo(path, 0600), 0);
	ours = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	theirs = open(path, O_WRONLY | O_CLOEXEC);
}

static void
a_stream(void)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    sv), 0);
	ours = sv[0];
	theirs = sv[1];
}

static void
a_terminal(void)
{
	struct termios raw;

	memset(&raw, 0, sizeof(raw));
	cfmakeraw(&raw);
	assert_int_equal(openpty(&ours, &theirs, NULL, &raw, NULL), 0);
}

static void
a_file(void)
{
	theirs = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ours = open(path, O_RDONLY | O_CLOEXEC);
}

struct kind {
	const char	 *name;
	void		(*open)(void);
	bool		  stalls;
};

static const struct kind kinds[] = {
	{ "pipe", a_pipe, true },
	{ "fifo", a_fifo, true },
	{ "stream", a_stream, true },
	{ "terminal", a_terminal, true },
	{ "file", a_file, false },
};
#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

static void
start(void (*kind)(void))
{
	kind();
	assert_true(ours != -1 && theirs != -1);
	sink = logsink_new(base, theirs, RING);
	assert_non_null(sink);
	assert_int_not_equal(fcntl(ours, F_SETFL, O_NONBLOCK), -1);
}

static void
say(int priority, const char *text)
{
	logsink_line(sink, priority, "engine", text);
}

/* Numbered, so that order and gaps are seen. */
static void
flood(int priority, unsigned int n)
{
	char text[64];
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "line %06u of a flood", i);
		say(priority, text);
	}
}

/* Read what there is; an empty datagram queue or a closed end is nothing. */
static size_t
hear(void)
{
	size_t before = len;
	ssize_t n;

	while ((n = read(ours, got + len, READ_MAX - 1 - len)) > 0) {
		len += n;
		/* Of a datagram, which has no line end of its own. */
		if (got[len - 1] != '\n')
			got[len++] = '\n';
	}
	got[len] = '\0';
	return len - before;
}

/* The same without the check of complete lines. */
static void
hear_octets(void)
{
	ssize_t n;

	while ((n = read(ours, got + len, READ_MAX - 1 - len)) > 0)
		len += n;
	got[len] = '\0';
}

static void
hear_some(size_t octets)
{
	ssize_t n = read(ours, got + len, octets);

	if (n > 0)
		len += n;
	turn();
}

static bool
said(const char *text)
{
	hear_octets();
	return strstr(got, text) != NULL;
}

static uint64_t
lost(void)
{
	struct ipc_lost total;
	uint64_t sum = 0;
	size_t i;

	logsink_total(sink, &total);
	for (i = 0; i < CTL_LOGS; i++)
		sum += total.count[i];
	return sum;
}

/*
 * All that was read is complete lines of the flood in order, and they and the
 * lost ones together are all.
 */
static uint64_t
check_lines(void)
{
	unsigned long long all, warnings, info, debug;
	unsigned int number, before = 0;
	uint64_t reported = 0, read = 0;
	char *line, *rest = got;
	int n;

	assert_true(len > 0 && got[len - 1] == '\n');
	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		n = -1;
		if (sscanf(line, "sroamd[parent]: log: %llu lines lost: %llu "
		    "warnings, %llu info, %llu debug%n", &all, &warnings,
		    &info, &debug, &n) == 4 && n == (int)strlen(line)) {
			assert_int_equal(all, warnings + info + debug);
			reported += all;
			continue;
		}
		if (sscanf(line, "sroamd[engine]: line %6u of a flood%n",
		    &number, &n) != 1 || n != (int)strlen(line))
			fail_msg("not a line: \"%s\"", line);
		assert_true(read == 0 || number > before);
		before = number;
		read++;
	}
	assert_int_equal(reported, lost());
	return reported + read;
}

static void
lines_are_written_at_once(void **state)
{
	const struct kind *k;

	for (k = kinds; k < kinds + KINDS; k++) {
		start(k->open);
		say(LOG_INFO, "one");
		logsink_line(sink, LOG_DEBUG, "parent", "two");
		hear_octets();
		if (strcmp(got, "sroamd[engine]: one\n"
		    "sroamd[parent]: two\n") != 0)
			fail_msg("%s: \"%s\"", k->name, got);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void
lines_have_their_time_if_that_is_asked_for(void **state)
{
	time_t now = time(NULL), when;
	struct tm tm = { .tm_isdst = -1 };
	int n = 0;

	(void)state;
	start(kinds[0].open);
	logsink_times(sink);
	say(LOG_INFO, "one");
	hear_octets();
	assert_int_equal(sscanf(got, "%4d-%2d-%2d %2d:%2d:%2d.%*3d %n",
	    &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	    &tm.tm_sec, &n), 6);
	assert_int_equal(n, 24);
	assert_string_equal(got + n, "sroamd[engine]: one\n");
	tm.tm_year -= 1900;
	tm.tm_mon--;
	when = mktime(&tm);
	assert_in_range(when, now, now + 60);
}

static void
what_others_share_stays_as_it_is(void **state)
{
	const struct kind *k;
	int flags;

	for (k = kinds; k < kinds + KINDS; k++) {
		k->open();
		flags = fcntl(theirs, F_GETFL);
		sink = logsink_new(base, theirs, RING);
		say(LOG_INFO, "one");
		assert_int_equal(fcntl(theirs, F_GETFL), flags);
		assert_false(flags & O_NONBLOCK);
		logsink_free(sink);
		sink = NULL;
		assert_int_equal(write(theirs, "two\n", 4), 4);
		assert_int_not_equal(fcntl(ours, F_SETFL, O_NONBLOCK), -1);
		hear_octets();
		if (strcmp(got, "sroamd[engine]: one\ntwo\n") != 0)
			fail_msg("%s: \"%s\"", k->name, got);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void
a_reader_that_stalls_is_not_waited_for(void **state)
{
	const struct kind *k;

	for (k = kinds; k < kinds + KINDS; k++) {
		start(k->open);
		alarm(PATIENCE / 1000);	/* a write that blocks would end us */
		flood(LOG_DEBUG, FLOOD);
		alarm(0);
		assert_int_equal(lost() > 0, k->stalls);
		/* It reads again, and all losses are reported. */
		WAIT((hear_octets(), len > 0 && got[len - 1] == '\n' &&
		    (!k->stalls || strstr(got, " lines lost: ") != NULL) &&
		    said("line 019999 of a flood\n")));
		if (check_lines() != FLOOD)
			fail_msg("%s: not all lines are accounted for",
			    k->name);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void
a_reader_that_is_slow_gets_whole_lines(void **state)
{
	const struct kind *k;
	unsigned int i;
	char text[64];

	for (k = kinds; k < kinds + KINDS; k++) {
		start(k->open);
		for (i = 0; i < FLOOD; i++) {
			snprintf(text, sizeof(text), "line %06u of a flood",
			    i);
			say(LOG_INFO, text);
			if (i % 400 == 0)
				hear_some(777);
		}
		WAIT(said("line 019999 of a flood\n") &&
		    got[len - 1] == '\n');
		assert_int_equal(check_lines(), FLOOD);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void
what_matters_is_kept_while_a_reader_stalls(void **state)
{
	struct ipc_lost total;

	(void)state;
	start(a_pipe);
	flood(LOG_DEBUG, FLOOD);
	say(LOG_WARNING, "warning");
	flood(LOG_DEBUG, FLOOD);
	say(LOG_INFO, "information");
	flood(LOG_DEBUG, FLOOD);
	logsink_total(sink, &total);
	assert_int_equal(total.count[CTL_LOG_WARNING], 0);
	assert_int_equal(total.count[CTL_LOG_INFO], 0);
	assert_true(total.count[CTL_LOG_DEBUG] > 2 * FLOOD);
	WAIT(said("sroamd[engine]: information\n"));
	assert_true(said("sroamd[engine]: warning\n"));
}

static void
losses_of_children_are_reported_as_well(void **state)
{
	static const struct ipc_lost more = { .count = { 1, 20, 300 } };

	(void)state;
	start(a_pipe);
	logsink_lost(sink, &more);
	hear_octets();
	assert_string_equal(got, "sroamd[parent]: log: 321 lines lost: 1 "
	    "warnings, 20 info, 300 debug\n");
	assert_int_equal(lost(), 321);
}

/* Whoever says so at any rate. */
static void
losses_of_children_are_not_reported_at_any_rate(void **state)
{
	static const struct ipc_lost one = { .count = { 0, 1, 0 } };
	unsigned int i, n = 0;
	const char *at;

	(void)state;
	start(a_pipe);
	for (i = 0; i < FLOOD; i++) {
		logsink_lost(sink, &one);
		if (i % 100 == 0)
			hear_octets();
	}
	assert_int_equal(lost(), FLOOD);
	hear_octets();
	for (at = got; (at = strstr(at, " lines lost: ")) != NULL; at++)
		n++;
	assert_int_equal(n, 10);
	/* None is forgotten. */
	logsink_linger(sink, PATIENCE);
	hear_octets();
	assert_int_equal(check_lines(), FLOOD);
}

/* One such line a second, and one when all have been written. */
static void
losses_are_reported_to_a_slow_reader_once_a_second(void **state)
{
	monotime_t begin = clock_monotime();
	unsigned int i, n = 0;
	const char *at;

	(void)state;
	start(a_pipe);
	flood(LOG_INFO, FLOOD);
	for (i = 0; i < FLOOD; i++) {
		say(LOG_INFO, "flood");
		if (i % 100 == 0)
			hear_some(1000);
	}
	say(LOG_INFO, "the end");
	WAIT(said("the end\n"));
	for (at = got; (at = strstr(at, " lines lost: ")) != NULL; at++)
		n++;
	assert_in_range(n, 1, 2 + monotime_ms(begin, clock_monotime()) /
	    1000);
}

static void
a_reader_that_goes_ends_nothing(void **state)
{
	static void (*const goers[])(void) = { a_pipe, a_stream, a_terminal };
	size_t i;

	for (i = 0; i < sizeof(goers) / sizeof(goers[0]); i++) {
		start(goers[i]);
		say(LOG_INFO, "one");
		end(&ours);
		flood(LOG_INFO, FLOOD);
		turn();
		flood(LOG_INFO, FLOOD);
		assert_true(lost() > FLOOD);
		logsink_linger(sink, 100);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void
a_reader_that_comes_back_is_served_again(void **state)
{
	(void)state;
	start(a_fifo);
	end(&ours);
	flood(LOG_INFO, 100);
	ours = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	WAIT(said("line 000099 of a flood\n"));
	assert_int_equal(check_lines(), 100);
	assert_int_equal(lost(), 0);
}

static void
lingering_writes_what_waits_or_gives_up(void **state)
{
	monotime_t begin;
	int status;
	pid_t pid;

	(void)state;
	start(a_pipe);
	flood(LOG_INFO, FLOOD);
	begin = clock_monotime();
	logsink_linger(sink, 200);
	assert_true(monotime_ms(begin, clock_monotime()) >= 200);
	/* A reader that returns while we linger. */
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		usleep(50000);
		while (!said("line 019999 of a flood\n"))
			usleep(1000);
		_exit(0);
	}
	logsink_linger(sink, PATIENCE);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A syslog daemon. */

static void
listen_as_syslog(int type)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	ours = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(ours, (struct sockaddr *)&sun, sizeof(sun)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(ours, 1), 0);
}

static void
to_syslog(void)
{
	theirs = open("/dev/null", O_WRONLY | O_CLOEXEC);
	sink = logsink_new(base, theirs, RING);
	assert_non_null(sink);
	logsink_syslog(sink, path);
}

/* The C library's format, but for the time. */
static void
expect_syslog(int priority, const char *text)
{
	char want[128], stamp[32];
	struct tm tm;
	time_t now = time(NULL);
	int n = 0;

	assert_int_equal(sscanf(got, "<%*d>%*3c%*3d %*2d:%*2d:%*2d%n", &n), 0);
	assert_true(n > 0);
	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%b ", &tm);
	snprintf(want, sizeof(want), "<%d>%s", LOG_DAEMON | priority, stamp);
	assert_memory_equal(got, want, strlen(want));
	snprintf(want, sizeof(want), " sroamd[%d]: %s", (int)getpid(), text);
	assert_string_equal(got + n, want);
}

static void
syslog_gets_the_priority_the_time_and_the_process(void **state)
{
	(void)state;
	listen_as_syslog(SOCK_DGRAM);
	to_syslog();
	say(LOG_WARNING, "one");
	hear();
	expect_syslog(LOG_WARNING, "engine: one\n");
}

static void
a_syslog_that_stalls_is_not_waited_for(void **state)
{
	const char *at;

	(void)state;
	listen_as_syslog(SOCK_DGRAM);
	to_syslog();
	alarm(PATIENCE / 1000);
	flood(LOG_DEBUG, FLOOD);
	alarm(0);
	assert_true(lost() > 0);
	WAIT((hear(), strstr(got, "line 019999 of a flood\n") != NULL));
	at = strstr(got, " lines lost: ");
	assert_non_null(at);
	assert_null(strstr(at + 1, " lines lost: "));
}

static void
a_syslog_that_is_restarted_gets_what_came_meanwhile(void **state)
{
	(void)state;
	to_syslog();			/* there is no daemon yet */
	say(LOG_INFO, "one");
	listen_as_syslog(SOCK_DGRAM);
	WAIT((hear(), strstr(got, "engine: one\n") != NULL));
	end(&ours);
	say(LOG_INFO, "two");
	assert_int_equal(unlink(path), 0);
	listen_as_syslog(SOCK_DGRAM);
	WAIT((hear(), strstr(got, "engine: two\n") != NULL));
	assert_int_equal(lost(), 0);
}

static void
a_syslog_by_a_stream_has_lines_that_end(void **state)
{
	int fd;

	(void)state;
	listen_as_syslog(SOCK_STREAM);
	to_syslog();
	fd = accept4(ours, NULL, NULL, SOCK_NONBLOCK);
	assert_int_not_equal(fd, -1);
	end(&ours);
	ours = fd;
	say(LOG_INFO, "one");
	len = (size_t)read(ours, got, READ_MAX);
	assert_true((ssize_t)len > 0 && got[len - 1] == '\0');
	expect_syslog(LOG_INFO, "engine: one");
}

static void
what_waited_for_a_terminal_goes_to_syslog(void **state)
{
	int terminal;

	(void)state;
	start(a_pipe);
	flood(LOG_INFO, FLOOD);
	terminal = ours;
	listen_as_syslog(SOCK_DGRAM);
	logsink_syslog(sink, path);
	WAIT((hear(), strstr(got, "line 019999 of a flood\n") != NULL));
	assert_null(strstr(got, "sroamd[engine]: "));
	close(terminal);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_written_at_once),
		TEST(lines_have_their_time_if_that_is_asked_for),
		TEST(what_others_share_stays_as_it_is),
		TEST(a_reader_that_stalls_is_not_waited_for),
		TEST(a_reader_that_is_slow_gets_whole_lines),
		TEST(what_matters_is_kept_while_a_reader_stalls),
		TEST(losses_of_children_are_reported_as_well),
		TEST(losses_of_children_are_not_reported_at_any_rate),
		TEST(losses_are_reported_to_a_slow_reader_once_a_second),
		TEST(a_reader_that_goes_ends_nothing),
		TEST(a_reader_that_comes_back_is_served_again),
		TEST(lingering_writes_what_waits_or_gives_up),
		TEST(syslog_gets_the_priority_the_time_and_the_process),
		TEST(a_syslog_that_stalls_is_not_waited_for),
		TEST(a_syslog_that_is_restarted_gets_what_came_meanwhile),
		TEST(a_syslog_by_a_stream_has_lines_that_end),
		TEST(what_waited_for_a_terminal_goes_to_syslog),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("logsink", tests, NULL, NULL);
}
