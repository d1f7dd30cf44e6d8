/* SPDX-License-Identifier: ISC */
/*
 * The real parent with a child that was taken over: hostile.c in place of the
 * engine, the frontend, the resolver or the signer.  The rows say what each may
 * send and what that does, once or without end; all else ends the daemon with
 * status 1, in good order, and the log names the message and its sender.
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

#include "hostile.h"
#include "ipc/rows.h"
#include "ipc_samples.h"

#define NO_PIPE		PROC_EXAMINER	/* the first without one */
#define PATIENCE	600	/* tenths of a second */
#define FLOOD		40000	/* messages */
#define GROWN_KB	6144	/* that the parent may keep of a flood */
#define GROWN_FDS	4
#define LINES		120	/* of the log, in all */
#define LOG_LINES	1300	/* when lines are what is sent: loglines.c */

/* What a child may send the parent. */
static const struct row {
	enum proc_id	 from;
	uint32_t	 type;
	uint32_t	 request;	/* of IPC_CTL */
	const char	*ends;		/* the daemon: why; NULL: it goes on */
	const char	*does;
} rows[] = {
	{ PROC_ENGINE, IPC_CONF_READY, 0, "not asked for",
	    "one, for a configuration that was sent" },
	{ PROC_ENGINE, IPC_CONF_REFUSED, 0, "not asked for",
	    "one, which refuses the configuration" },
	{ PROC_ENGINE, IPC_FD_LOST, 0, NULL,
	    "a socket of a known link is sent again, every 2 s" },
	{ PROC_ENGINE, IPC_LOG, 0, NULL, "lines, 10 a second" },
	{ PROC_ENGINE, IPC_LOG_LOST, 0, NULL, "a line a minute" },
	{ PROC_ENGINE, IPC_PEER_CONNECT, 0, NULL,
	    "a connection to a configured peer, one at a time for each" },
	{ PROC_ENGINE, IPC_ROUTE, 0, NULL,
	    "a route to what can be leased, in our tables" },
	{ PROC_ENGINE, IPC_NEIGH, 0, NULL, "a neighbour on our interfaces" },
	{ PROC_ENGINE, IPC_NEXTHOP, 0, NULL, "a next hop of a router" },
	{ PROC_ENGINE, IPC_STARTED, 0, NULL, "old routes go, once" },
	{ PROC_ENGINE, IPC_DISASSOCIATE, 0, NULL,
	    "a station of our interfaces is sent away" },
	{ PROC_ENGINE, IPC_PIN, 0, NULL,
	    "a station stays at a port of our bridges" },
	{ PROC_ENGINE, IPC_INQUIRY, 0, NULL,
	    "a station of our interfaces is asked for" },
	{ PROC_FRONTEND, IPC_CONF_READY, 0, "not asked for",
	    "one, for a configuration that was sent" },
	{ PROC_FRONTEND, IPC_CONF_REFUSED, 0, "not asked for",
	    "one, which refuses the configuration" },
	{ PROC_FRONTEND, IPC_FD_LOST, 0, NULL,
	    "a socket of a known link is sent again, every 2 s" },
	{ PROC_FRONTEND, IPC_LOG, 0, NULL, "lines, 10 a second" },
	{ PROC_FRONTEND, IPC_LOG_LOST, 0, NULL, "a line a minute" },
	{ PROC_FRONTEND, IPC_CTL, CTL_SHOW_STATUS, NULL, "counters" },
	{ PROC_FRONTEND, IPC_CTL, CTL_SHOW_ROUTES, NULL,
	    "the routes, while it reads them" },
	{ PROC_FRONTEND, IPC_CTL, CTL_SHOW_MEMORY, NULL, "memory in use" },
	{ PROC_FRONTEND, IPC_CTL, CTL_RELOAD, NULL, "a reload a second" },
	{ PROC_FRONTEND, IPC_CTL, CTL_LOG, NULL, "more or less log" },
	{ PROC_FRONTEND, IPC_CTL_MORE, 0, NULL,
	    "more of the routes that it has asked for" },
	{ PROC_RESOLVER, IPC_LOG, 0, NULL, "lines, 10 a second" },
	{ PROC_RESOLVER, IPC_LOG_LOST, 0, NULL, "a line a minute" },
	{ PROC_RESOLVER, IPC_RESOLVED, 0, NULL,
	    "addresses of a peer, once for each question" },
	{ PROC_SIGNER, IPC_LOG, 0, NULL, "lines, 10 a second" },
	{ PROC_SIGNER, IPC_LOG_LOST, 0, NULL, "a line a minute" },
	{ PROC_SIGNER, IPC_IDENTITY, 0, "not asked for",
	    "one, at the start: who we are" },
};
#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static char	program[1024], hostile[1024], folder[64];

static struct hostile_order	order;
static struct hostile_report	report;
static char			said[1024 * 1024];	/* the log */

/* The folder of a daemon. */

static const char *
path(const char *name)
{
	static char	text[4][128];
	static int	n;

	n = (n + 1) % 4;
	assert_true(snprintf(text[n], sizeof(text[n]), "%s/%s", folder,
	    name) < (int)sizeof(text[n]));
	return text[n];
}

static void
write_file(const char *name, const void *data, size_t len)
{
	int	fd = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd != -1 && write(fd, data, len) == (ssize_t)len);
	close(fd);
}

static size_t
read_file(const char *name, void *data, size_t size)
{
	int	fd = open(path(name), O_RDONLY);
	ssize_t	n;

	if (fd == -1)
		return 0;
	n = read(fd, data, size);
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* A program given to the daemon must be root's, and its folder, too. */
static int
copy_to(const char *name)
{
	char	buf[65536];
	FILE	*from = fopen(hostile, "r"), *to;
	size_t	n;

	if (from == NULL || (to = fopen(path(name), "w")) == NULL)
		return -1;
	while ((n = fread(buf, 1, sizeof(buf), from)) > 0)
		fwrite(buf, 1, n, to);
	fclose(from);
	return fclose(to) == 0 ? chmod(path(name), 0755) : -1;
}

static int
make_folder(void **state)
{
	enum proc_id	id;
	FILE		*f;

	(void)state;
	strlcpy(folder, "/tmp/sroamd-hostile.XXXXXX", sizeof(folder));
	if (mkdtemp(folder) == NULL)
		return -1;
	for (id = PROC_ENGINE; id < NO_PIPE; id++)
		if (copy_to(proc_name(id)) == -1)
			return -1;
	if ((f = fopen(path("conf"), "w")) == NULL)
		return -1;
	fprintf(f, "user nobody\nstate none\nchroot \"%s/empty\"\n"
	    "control socket \"%s/sock\"\npeer 127.0.0.1 no tls\n"
	    "peer \"ap2.invalid\" no tls\n", folder, folder);
	return fclose(f);
}

static int
remove_folder(void **state)
{
	static const char *const names[] = {
		"conf", "engine", "frontend", "resolver", "signer", "log",
		"order", "order.report", "sock"
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(path(names[i]));
	(void)rmdir(path("empty"));
	return rmdir(folder);
}

static void
become_daemon(enum proc_id who)
{
	char	child[256];
	int	fd;

	/* There may be another sroamd where this test runs. */
	if (unshare(CLONE_NEWNET) == -1)
		_exit(99);
	fd = open(path("log"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd == -1 || dup2(fd, STDERR_FILENO) == -1 ||
	    setenv(HOSTILE_ENV, path("order"), 1) == -1)
		_exit(99);
	snprintf(child, sizeof(child), "%s=%s", proc_name(who),
	    path(proc_name(who)));
	execl(program, "sroamd", "-d", "-o", child, "-f", path("conf"),
	    (char *)NULL);
	_exit(99);
}

/* Run the daemon with that child until it ends: its status. */
static int
run(enum proc_id who)
{
	int	status, tenths;
	size_t	n;
	pid_t	pid;

	write_file("order", &order, sizeof(order));
	(void)unlink(path("order.report"));
	if ((pid = fork()) == 0)
		become_daemon(who);
	assert_true(pid > 0);
	for (tenths = 0; waitpid(pid, &status, WNOHANG) == 0; tenths++) {
		if (tenths == PATIENCE * 10) {
			kill(pid, SIGTERM);
			waitpid(pid, &status, 0);
			fail_msg("%s from %s: the daemon goes on",
			    ipc_name(order.type), proc_name(who));
		}
		usleep(10000);
	}
	n = read_file("log", said, sizeof(said) - 1);
	said[n] = '\0';
	memset(&report, 0, sizeof(report));
	(void)read_file("order.report", &report, sizeof(report));
	return status;
}

/* The daemon ends in order, and its log has both texts. */
static void
expect_end(enum proc_id who, const char *what, const char *why)
{
	int	status = run(who);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1 ||
	    strstr(said, what) == NULL || strstr(said, why) == NULL)
		fail_msg("%s, %s from %s, length %u: status %#x: %s", what,
		    why, proc_name(who), order.len, (unsigned int)status,
		    said);
}

/* One message of these octets, which breaks the rules. */
static void
expect_breach(enum proc_id who, const struct good *g, size_t len, bool fd,
    enum hostile_when when, const char *why)
{
	char	what[128];

	order.when = when;
	order.how = HOSTILE_MESSAGES;
	order.type = g->type;
	order.len = (uint32_t)len;
	order.fd = fd;
	order.count = order.variants = 1;
	order.deaf = 0;
	snprintf(what, sizeof(what), "%s from %s", g->name, proc_name(who));
	expect_end(who, what, why);
}

static void
set_data(const struct good *g)
{
	memset(order.data, 0, sizeof(order.data));
	if (g->len > 0)
		memcpy(order.data, g->data, g->len);
}

static bool
is_permitted(enum proc_id who, const struct good *g)
{
	return (g->from & 1u << who) && (g->to & P);
}

static const struct good *
good_of(uint32_t type)
{
	const struct good	*g;

	for (g = goods; g->type != type; g++)
		continue;
	return g;
}

static void
need_root(void)
{
	if (geteuid() != 0)
		skip();
}

/* Of the real table: who adds a message says here what it does. */
static void
every_message_to_the_parent_has_a_row(void **state)
{
	const struct ipc_message	*m;
	enum proc_id			 who;
	uint32_t			 type;
	size_t				 i;
	bool				 found;

	(void)state;
	for (who = PROC_ENGINE; who < NO_PIPE; who++)
		for (type = IPC_FIRST; type < IPC_MAX; type++) {
			m = ipc_message(type);
			found = false;
			for (i = 0; i < ROWS; i++)
				found |= rows[i].from == who &&
				    rows[i].type == type;
			if (found != (m != NULL && (m->from & 1u << who) &&
			    (m->to & P)))
				fail_msg("%s from %s: has %s row",
				    ipc_name(type), proc_name(who),
				    found ? "a" : "no");
		}
}

static void
what_a_child_may_not_send_ends_the_daemon(void **state)
{
	const struct good	*g;
	enum proc_id		 who;

	(void)state;
	need_root();
	for (who = PROC_ENGINE; who < NO_PIPE; who++)
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (is_permitted(who, g))
				continue;
			set_data(g);
			expect_breach(who, g, g->len, g->fd, HOSTILE_FRESH,
			    "not permitted");
		}
}

static void
another_length_ends_the_daemon(void **state)
{
	const struct good	*g;
	enum proc_id		 who;

	(void)state;
	need_root();
	for (who = PROC_ENGINE; who < NO_PIPE; who++)
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (!is_permitted(who, g))
				continue;
			set_data(g);
			expect_breach(who, g, g->len + 1, false,
			    HOSTILE_FRESH, "wrong length");
			expect_breach(who, g, IMSG_MAX - IMSG_HEADER, false,
			    HOSTILE_FRESH, "wrong length");
			if (g->len == 0)
				continue;
			expect_breach(who, g, g->len - 1, false,
			    HOSTILE_FRESH, "wrong length");
			expect_breach(who, g, 0, false, HOSTILE_FRESH,
			    "wrong length");
		}
}

static void
a_descriptor_ends_the_daemon(void **state)
{
	const struct good	*g;
	enum proc_id		 who;

	(void)state;
	need_root();
	for (who = PROC_ENGINE; who < NO_PIPE; who++)
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (!is_permitted(who, g))
				continue;
			set_data(g);
			expect_breach(who, g, g->len, true, HOSTILE_FRESH,
			    "unexpected descriptor");
		}
}

static void
what_comes_too_early_ends_the_daemon(void **state)
{
	const struct good	*g;
	enum proc_id		 who;

	(void)state;
	need_root();
	for (who = PROC_ENGINE; who < NO_PIPE; who++)
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (!is_permitted(who, g) ||
			    ipc_message(g->type)->early)
				continue;
			set_data(g);
			expect_breach(who, g, g->len, false, HOSTILE_FRESH,
			    "too early");
		}
}

/* Whether a field with all of these octets is one that we may not send. */
static bool
fill(enum proc_id who, const struct good *g, const struct ipc_field *f,
    int octet, uint8_t *data)
{
	struct imsg	 imsg = {
		.type = g->type, .len = (uint32_t)g->len, .fd = -1
	};
	static _Alignas(max_align_t) uint8_t aligned[IMSG_MAX];

	memcpy(aligned, g->data, g->len);
	memset(aligned + f->offset, octet, f->size * f->elements);
	memcpy(data, aligned, g->len);
	imsg.data = aligned;
	return ipc_check(&imsg, who, PROC_PARENT) != NULL;
}

static void
wrong_values_of_each_field_end_the_daemon(void **state)
{
	static const int	octets[] = { 0, 0x7f, 0xff };
	const struct ipc_part	*part;
	const struct row	*row;
	const struct good	*g;
	unsigned int		 tried = 0;
	size_t			 i, j;

	(void)state;
	need_root();
	for (row = rows; row < rows + ROWS; row++) {
		g = good_of(row->type);
		part = ipc_message(g->type)->part;
		/* The same for every request, and every process. */
		if (part == NULL || row->request > CTL_SHOW_STATUS ||
		    (row->from != PROC_ENGINE && (g->from & E)))
			continue;
		for (i = 0; i < part->nfields; i++)
			for (j = 0; j < 3; j++) {
				if (!fill(row->from, g, &part->fields[i],
				    octets[j], order.data))
					continue;
				expect_breach(row->from, g, g->len, false,
				    HOSTILE_RUNNING, "field ");
				tried++;
			}
	}
	assert_true(tried > 30);
}

static void
broken_framing_ends_the_daemon(void **state)
{
	static const uint32_t	headers[][4] = {
		{ IPC_LOG, 0, 0, 0 },
		{ IPC_LOG, IMSG_HEADER - 1, 0, 0 },
		{ IPC_LOG, IMSG_MAX + 1, 0, 0 },
		{ IPC_LOG, UINT32_MAX, 0, 0 },
		{ IPC_STARTED, IMSG_HEADER, 0, 4 },
		{ IPC_STARTED, IMSG_HEADER, 0, 1 }
	};
	const enum hostile_how	hows[] = {
		HOSTILE_TWO_FDS, HOSTILE_UNMARKED_FD
	};
	char			what[64];
	enum proc_id		who;
	size_t			i;

	(void)state;
	need_root();
	for (who = PROC_ENGINE; who < NO_PIPE; who++) {
		snprintf(what, sizeof(what), "broken message from %s",
		    proc_name(who));
		order.when = HOSTILE_RUNNING;
		order.how = HOSTILE_OCTETS;
		order.len = sizeof(headers[0]);
		for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
			memcpy(order.data, headers[i], sizeof(headers[0]));
			expect_end(who, what, "");
		}
		order.type = IPC_LOG;
		order.len = sizeof(log_text);
		memcpy(order.data, &log_text, sizeof(log_text));
		for (i = 0; i < 2; i++) {
			order.how = hows[i];
			expect_end(who, what, "");
		}
	}
}

static void
what_was_not_asked_for_ends_the_daemon(void **state)
{
	const struct row	*row;
	const struct good	*g;

	(void)state;
	need_root();
	for (row = rows; row < rows + ROWS; row++) {
		if (row->ends == NULL)
			continue;
		g = good_of(row->type);
		set_data(g);
		expect_breach(row->from, g, g->len, false, HOSTILE_RUNNING,
		    row->ends);
	}
}

/* The sample, and all values of each field's octets that are permitted. */
static void
make_variants(const struct row *row, const struct good *g)
{
	static const int	octets[] = { 0, 1, 0x7f, 0xff };
	const struct ipc_part	*part = ipc_message(g->type)->part;
	struct ipc_ctl		 request = ctl;
	size_t			 i, j;

	set_data(g);
	order.variants = 1;
	if (row->type == IPC_CTL) {
		request.type = row->request;
		request.request.number = row->request == CTL_LOG;
		memcpy(order.data, &request, sizeof(request));
		return;
	}
	for (i = 0; part != NULL && i < part->nfields; i++)
		for (j = 0; j < sizeof(octets) / sizeof(octets[0]); j++) {
			assert_true((order.variants + 1) * g->len <
			    sizeof(order.data));
			order.variants += !fill(row->from, g, &part->fields[i],
			    octets[j], order.data + order.variants * g->len);
		}
}

static unsigned int
lines(void)
{
	unsigned int	 n = 0;
	const char	*s;

	for (s = said; (s = strchr(s, '\n')) != NULL; s++)
		n++;
	return n;
}

static void
flood(const struct row *row, bool deaf)
{
	const struct good	*g = good_of(row->type);
	char			 ended[64];
	int64_t			 kb, fds;
	int			 status;

	make_variants(row, g);
	order.when = HOSTILE_RUNNING;
	order.how = HOSTILE_MESSAGES;
	order.type = g->type;
	order.len = (uint32_t)g->len;
	order.fd = 0;
	order.count = FLOOD;
	order.deaf = deaf;
	status = run(row->from);
	kb = report.rss[1] - report.rss[0];
	fds = report.fds[1] - report.fds[0];
	print_message("%s %s%s%s: %llu sent%s, %u variants: %u lines, %+lld "
	    "KB, %+lld descriptors: %s\n", proc_name(row->from), g->name,
	    row->type == IPC_CTL ? " " : "", row->type == IPC_CTL ?
	    row->does : "", (unsigned long long)report.sent,
	    deaf ? " unread" : "", order.variants, lines(), (long long)kb,
	    (long long)fds, row->does);
	snprintf(ended, sizeof(ended), "%s: exited with status 0",
	    proc_name(row->from));
	if (!report.done || strstr(said, ended) == NULL ||
	    WEXITSTATUS(status) != 1)
		fail_msg("it did not outlive that: %s", said);
	if (row->from <= PROC_FRONTEND)
		assert_true(report.served);
	assert_true(kb < GROWN_KB);
	assert_true(fds <= GROWN_FDS);
	assert_true(lines() < (row->type == IPC_LOG ? LOG_LINES : LINES));
}

static void
a_flood_of_what_is_permitted_is_bounded(void **state)
{
	const struct row	*row;

	(void)state;
	need_root();
	for (row = rows; row < rows + ROWS; row++)
		if (row->ends == NULL)
			flood(row, false);
}

/* It asks, and does not read the answers. */
static void
answers_to_one_that_does_not_read_are_bounded(void **state)
{
	const struct row	*row;

	(void)state;
	need_root();
	for (row = rows; row < rows + ROWS; row++)
		if (row->type == IPC_CTL || row->type == IPC_PEER_CONNECT)
			flood(row, true);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(every_message_to_the_parent_has_a_row),
		cmocka_unit_test(what_a_child_may_not_send_ends_the_daemon),
		cmocka_unit_test(another_length_ends_the_daemon),
		cmocka_unit_test(a_descriptor_ends_the_daemon),
		cmocka_unit_test(what_comes_too_early_ends_the_daemon),
		cmocka_unit_test(wrong_values_of_each_field_end_the_daemon),
		cmocka_unit_test(broken_framing_ends_the_daemon),
		cmocka_unit_test(what_was_not_asked_for_ends_the_daemon),
		cmocka_unit_test(a_flood_of_what_is_permitted_is_bounded),
		cmocka_unit_test(
		    answers_to_one_that_does_not_read_are_bounded),
	};
	char	self[1000];
	ssize_t	n;

	(void)argc;
	(void)argv;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return 1;
	self[n] = '\0';
	snprintf(hostile, sizeof(hostile), "%s/hostile", dirname(self));
	snprintf(program, sizeof(program), "%s/../sroamd/sroamd", self);
	return cmocka_run_group_tests_name("hostile_parent", tests,
	    make_folder, remove_folder);
}
