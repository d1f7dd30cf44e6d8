/* SPDX-License-Identifier: ISC */
/*
 * The real engine and the real frontend, with this test as their parent, as
 * their sibling and as the signer: every message with wrong length, sender,
 * descriptor, contents and order, one for each start of a process.  It must
 * name the message and the sender in its last line of log and exit with status
 * 1, by itself.  What a sibling may send, it may send without end: that costs
 * few lines and little memory.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
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

#include "common/imsg.h"
#include "ipc_samples.h"
#include "proc/build.h"
#include "proc/child.h"

#define QUEUE		(1024 * 1024)
#define PATIENCE	10000		/* ms, for a process to do anything */
#define USER		"nobody"
#define FLOOD		40000		/* messages */
#define GROWN_KB	16384		/* that may be kept of a flood */
#define LINES		320		/* of the log, in all */

enum stage {
	STAGE_FRESH,
	STAGE_HELLO,			/* has received IPC_HELLO */
	STAGE_CONFIGURED		/* has committed a configuration */
};

struct victim {
	enum proc_id	 id, sibling_id;
	pid_t		 pid;
	struct imsgbuf	*parent;	/* our end as its parent */
	struct imsgbuf	*sibling;	/* our end as its sibling; or NULL */
	struct imsgbuf	*signer;	/* as the engine's signer; or NULL */
	bool		 ready;		/* IPC_CONF_READY came */
	bool		 over;		/* end of file */
	unsigned int	 lines;		/* of its log */
	char		 said[512];	/* its last line at level critical */
};

static char	programs[1024], empty[64], output[64];

/* A message with one thing wrong. */
static _Alignas(max_align_t) uint8_t octets[IMSG_MAX];

static void
victim_exec(enum proc_id id, int fd)
{
	char debug[] = "-d", user[] = USER, build[64], program[1100];
	char *argv[] = { program, build, debug, user, empty, NULL };
	int out;

	snprintf(program, sizeof(program), "%s/sroamd-%s", programs,
	    proc_name(id));
	strlcpy(build, build_id, sizeof(build));
	out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (out == -1 || dup2(out, STDERR_FILENO) == -1)
		_exit(99);
	if (fd == CHILD_FD ? fcntl(fd, F_SETFD, 0) == -1 :
	    dup2(fd, CHILD_FD) == -1)
		_exit(99);
	closefrom(CHILD_FD + 1);
	execv(program, argv);
	_exit(99);
}

static void
queue(struct imsgbuf *b, uint32_t type, bool fd, const void *data, size_t len)
{
	assert_int_equal(imsg_compose(b, type, 0, fd ?
	    open("/dev/null", O_RDWR | O_CLOEXEC) : -1, data, len), 0);
}

/* What a sibling answers does not matter here. */
static void
forget(struct imsgbuf *b)
{
	struct imsg imsg;

	if (b != NULL && imsgbuf_read(b) == 1)
		while (imsg_get(b, &imsg) == 1)
			continue;
}

/* Write what is queued and read what arrives; false: nothing in time. */
static bool
turn(struct victim *c, bool hear_sibling)
{
	struct pollfd pfd[3] = {
		{ .fd = imsgbuf_fd(c->parent), .events = POLLIN },
		{ .fd = c->sibling != NULL && hear_sibling ?
		    imsgbuf_fd(c->sibling) : -1, .events = POLLIN },
		{ .fd = -1 }
	};
	struct ipc_log line;
	struct imsg imsg;
	int n;

	/* It may have ended already: the read will show. */
	(void)imsgbuf_write(c->parent);
	if (c->sibling != NULL)
		(void)imsgbuf_write(c->sibling);
	if (c->signer != NULL)
		(void)imsgbuf_write(c->signer);
	if (imsgbuf_queued(c->parent) > 0)
		pfd[0].events |= POLLOUT;
	if (c->sibling != NULL && imsgbuf_queued(c->sibling) > 0)
		pfd[1].events |= POLLOUT;
	if (c->signer != NULL && imsgbuf_queued(c->signer) > 0)
		pfd[2] = (struct pollfd){ .fd = imsgbuf_fd(c->signer),
		    .events = POLLOUT };
	if (poll(pfd, 3, PATIENCE) <= 0)
		return false;
	if (hear_sibling)
		forget(c->sibling);
	n = imsgbuf_read(c->parent);
	while (n == 1 && imsg_get(c->parent, &imsg) == 1) {
		if (ipc_check(&imsg, c->id, PROC_PARENT) != NULL)
			fail_msg("%s sent a wrong %s", proc_name(c->id),
			    ipc_name(imsg.type));
		if (imsg.type == IPC_CONF_READY)
			c->ready = true;
		if (imsg.type != IPC_LOG)
			continue;
		imsg_data(&imsg, &line, sizeof(line));
		c->lines++;
		if (line.priority <= LOG_CRIT)
			strlcpy(c->said, line.text, sizeof(c->said));
	}
	c->over = n != 1;
	return true;
}

static void
victim_hello(struct victim *c)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, sv), 0);
	assert_int_equal(imsg_compose(c->parent, IPC_HELLO, 0, sv[1], &hello,
	    sizeof(hello)), 0);
	c->sibling = imsgbuf_new(sv[0], true, QUEUE);
	assert_non_null(c->sibling);
	if (c->id != PROC_ENGINE)
		return;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, sv), 0);
	assert_int_equal(imsg_compose(c->parent, IPC_SIGNER, 0, sv[1], NULL,
	    0), 0);
	c->signer = imsgbuf_new(sv[0], true, QUEUE);
	assert_non_null(c->signer);
}

static void
victim_start(struct victim *c, enum proc_id id, enum stage stage)
{
	int sv[2];

	memset(c, 0, sizeof(*c));
	c->id = id;
	c->sibling_id = id == PROC_ENGINE ? PROC_FRONTEND : PROC_ENGINE;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, sv), 0);
	c->pid = fork();
	assert_true(c->pid != -1);
	if (c->pid == 0)
		victim_exec(id, sv[1]);
	close(sv[1]);
	c->parent = imsgbuf_new(sv[0], true, QUEUE);
	assert_non_null(c->parent);
	if (stage == STAGE_FRESH)
		return;
	victim_hello(c);
	if (stage == STAGE_HELLO)
		return;
	queue(c->parent, IPC_CONF_BEGIN, false, &global, sizeof(global));
	queue(c->parent, IPC_CONF_NETWORK, false, &conf_network,
	    sizeof(conf_network));
	queue(c->parent, IPC_CONF_END, false, NULL, 0);
	while (!c->ready && !c->over)
		assert_true(turn(c, false));
	if (c->over)
		fail_msg("%s did not take its configuration: %s",
		    proc_name(id), c->said);
	queue(c->parent, IPC_CONF_COMMIT, false, NULL, 0);
}

/* Wait for its end; the exit status, 128 and the signal, or -1. */
static int
victim_end(struct victim *c)
{
	int status;

	while (!c->over)
		if (!turn(c, false)) {
			kill(c->pid, SIGKILL);
			break;
		}
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	imsgbuf_free(c->parent);
	imsgbuf_free(c->sibling);
	imsgbuf_free(c->signer);
	if (!c->over)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

static void
show_output(void)
{
	char line[512];
	FILE *f = fopen(output, "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		fprintf(stderr, "  %s", line);
	if (f != NULL)
		fclose(f);
}

/* It must end by itself, and its log must have `what` and `who`. */
static void
expect_refusal(struct victim *c, const char *what, const char *who,
    const char *deed)
{
	int status = victim_end(c);

	if (status != 1 || strstr(c->said, what) == NULL ||
	    (who != NULL && strstr(c->said, who) == NULL)) {
		show_output();
		fail_msg("%s, %s %s from %s: status %d, said \"%s\"",
		    proc_name(c->id), what, deed, who == NULL ? "anyone" : who,
		    status, c->said);
	}
}

/* Which of the two processes we act as. */
struct face {
	enum proc_id	child, we;
};

static const struct face faces[] = {
	{ PROC_ENGINE, PROC_PARENT },
	{ PROC_ENGINE, PROC_FRONTEND },
	{ PROC_ENGINE, PROC_SIGNER },
	{ PROC_FRONTEND, PROC_PARENT },
	{ PROC_FRONTEND, PROC_ENGINE }
};
#define FACES	(sizeof(faces) / sizeof(faces[0]))

/* Our end as the one that we act as. */
static struct imsgbuf *
end_of(const struct victim *c, const struct face *face)
{
	return face->we == PROC_PARENT ? c->parent :
	    face->we == PROC_SIGNER ? c->signer : c->sibling;
}

static void
deliver(const struct face *face, uint32_t type, const char *name, bool fd,
    size_t len, const char *deed)
{
	struct victim c;

	victim_start(&c, face->child, STAGE_CONFIGURED);
	queue(end_of(&c, face), type, fd, octets, len);
	expect_refusal(&c, name, proc_name(face->we), deed);
}

/* Whether a message of these octets is one that we may not send. */
static bool
is_wrong(const struct face *face, const struct good *g, bool fd, size_t len)
{
	struct imsg imsg = {
		.type = g->type, .len = len, .fd = fd ? 0 : -1, .data = octets
	};

	return ipc_check(&imsg, face->we, face->child) != NULL;
}

static bool
permitted(const struct face *face, const struct good *g)
{
	return (g->from & 1u << face->we) && (g->to & 1u << face->child);
}

static void
need_root(void)
{
	if (geteuid() != 0) {
		print_message("SKIP: the children need root to give it up\n");
		skip();
	}
}

static void
right_start_and_shutdown_end_well(void **state)
{
	struct victim c;
	enum proc_id id;

	(void)state;
	need_root();
	for (id = PROC_ENGINE; id <= PROC_FRONTEND; id++) {
		victim_start(&c, id, STAGE_CONFIGURED);
		queue(c.parent, IPC_SHUTDOWN, false, NULL, 0);
		if (victim_end(&c) != 0) {
			show_output();
			fail_msg("%s: %s", proc_name(id), c.said);
		}
	}
}

static void
end_of_the_parent_is_the_end(void **state)
{
	enum proc_id id;
	enum stage stage;
	struct victim c;
	int status;

	(void)state;
	need_root();
	for (id = PROC_ENGINE; id <= PROC_FRONTEND; id++) {
		for (stage = STAGE_FRESH; stage <= STAGE_CONFIGURED; stage++) {
			victim_start(&c, id, stage);
			(void)imsgbuf_write(c.parent);
			imsgbuf_free(c.parent);
			imsgbuf_free(c.signer);
			/* Bounded by the alarm of main. */
			assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
			assert_true(WIFEXITED(status));
			imsgbuf_free(c.sibling);
		}
	}
}

static void
wrong_sender_is_refused(void **state)
{
	const struct face *face;
	const struct good *g;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++) {
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (permitted(face, g))
				continue;
			if (g->len > 0)
				memcpy(octets, g->data, g->len);
			deliver(face, g->type, g->name, g->fd, g->len,
			    "not permitted");
		}
	}
}

static void
wrong_length_is_refused(void **state)
{
	const struct face *face;
	const struct good *g;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++) {
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (!permitted(face, g))
				continue;
			memset(octets, 0, sizeof(octets));
			if (g->len > 0)
				memcpy(octets, g->data, g->len);
			deliver(face, g->type, g->name, g->fd, g->len + 1,
			    "an octet too long");
			deliver(face, g->type, g->name, g->fd,
			    IMSG_MAX - IMSG_HEADER, "much too long");
			if (g->len == 0)
				continue;
			deliver(face, g->type, g->name, g->fd, g->len - 1,
			    "an octet short");
			deliver(face, g->type, g->name, g->fd, 0, "empty");
		}
	}
}

static void
wrong_descriptor_is_refused(void **state)
{
	const struct face *face;
	const struct good *g;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++) {
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (!permitted(face, g))
				continue;
			if (g->len > 0)
				memcpy(octets, g->data, g->len);
			deliver(face, g->type, g->name, !g->fd, g->len,
			    g->fd ? "without descriptor" : "with descriptor");
		}
	}
}

/* All ones and all zeroes, where the checks say that it is wrong. */
static void
wrong_content_is_refused(void **state)
{
	const struct face *face;
	const struct good *g;
	int fill, times;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++) {
		for (g = goods; g < goods + TYPES - 1; g++) {
			times = 0;
			if (!permitted(face, g) || g->len == 0)
				continue;
			for (fill = 0; fill <= 0xff; fill += 0xff) {
				memset(octets, fill, g->len);
				if (!is_wrong(face, g, g->fd, g->len))
					continue;
				deliver(face, g->type, g->name, g->fd,
				    g->len, "of nonsense");
				times++;
			}
			if (times == 0)
				fail_msg("%s: nothing tried", g->name);
		}
	}
}

static void
broken_framing_is_refused(void **state)
{
	static const uint32_t headers[][4] = {
		{ IPC_VERBOSE, 0, 0, 0 },
		{ IPC_VERBOSE, IMSG_HEADER - 1, 0, 0 },
		{ IPC_VERBOSE, IMSG_MAX + 1, 0, 0 },
		{ IPC_VERBOSE, UINT32_MAX, 0, 0 },
		{ IPC_SHUTDOWN, IMSG_HEADER, 0, 4 },
		{ IPC_CONTROL_SOCKET, IMSG_HEADER, 0, 1 }
	};
	const struct face *face;
	struct imsgbuf *b;
	struct victim c;
	size_t i;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++) {
		for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
			victim_start(&c, face->child, STAGE_CONFIGURED);
			/* The message before it must have been sent. */
			while (imsgbuf_queued(c.parent) > 0)
				assert_int_equal(imsgbuf_write(c.parent), 0);
			b = end_of(&c, face);
			assert_int_equal(write(imsgbuf_fd(b), headers[i],
			    sizeof(headers[i])), sizeof(headers[i]));
			expect_refusal(&c, "broken message",
			    proc_name(face->we), "");
		}
	}
}

static void
unknown_message_is_refused(void **state)
{
	static const struct {
		uint32_t	 type;
		const char	*text;
	} rows[] = {
		{ 0, "message 0" },
		{ CTL_SHOW_STATUS, "message 1" },
		{ CTL_INTERFACE, "message 68" },
		{ UINT32_MAX, "message 4294967295" }
	};
	const struct face *face;
	size_t i;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++)
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			deliver(face, rows[i].type, rows[i].text, false, 0,
			    "unknown");
}

/* Valid messages at the wrong time; the last of each row is wrong. */
static void
wrong_order_is_refused(void **state)
{
	static const struct {
		enum proc_id	child;
		enum stage	stage;
		uint32_t	types[5];
	} rows[] = {
		{ PROC_ENGINE, STAGE_HELLO, { IPC_HELLO } },
		{ PROC_ENGINE, STAGE_CONFIGURED, { IPC_HELLO } },
		{ PROC_ENGINE, STAGE_FRESH, { IPC_CONF_BEGIN } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_LISTEN } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_PEER } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_IFACE } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_END } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_COMMIT } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_BEGIN,
		    IPC_CONF_END } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_NETWORK } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_BEGIN,
		    IPC_CONF_NETWORK, IPC_CONF_COMMIT } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_BEGIN,
		    IPC_CONF_BEGIN } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_BEGIN,
		    IPC_CONF_NETWORK, IPC_CONF_END, IPC_CONF_PEER } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_CONF_BEGIN,
		    IPC_CONF_NETWORK, IPC_CONF_END, IPC_CONF_END } },
		{ PROC_ENGINE, STAGE_CONFIGURED, { IPC_CONF_COMMIT } },
		{ PROC_ENGINE, STAGE_CONFIGURED, { IPC_CONF_BEGIN,
		    IPC_CONF_ABORT, IPC_CONF_END } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_LINK } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_SIGHTING } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_ADOPT } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_PEER_FD } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_PEER_FAILED } },
		{ PROC_ENGINE, STAGE_HELLO, { IPC_PEER_ROUTE } },
		{ PROC_FRONTEND, STAGE_HELLO, { IPC_HELLO } },
		{ PROC_FRONTEND, STAGE_CONFIGURED, { IPC_HELLO } },
		{ PROC_FRONTEND, STAGE_HELLO, { IPC_CONF_LISTEN } },
		{ PROC_FRONTEND, STAGE_HELLO, { IPC_CONF_IFACE } },
		{ PROC_FRONTEND, STAGE_HELLO, { IPC_CONF_END } },
		{ PROC_FRONTEND, STAGE_HELLO, { IPC_CONF_COMMIT } },
		{ PROC_FRONTEND, STAGE_HELLO, { IPC_CONF_BEGIN,
		    IPC_CONF_NETWORK, IPC_CONF_COMMIT } },
		{ PROC_FRONTEND, STAGE_HELLO, { IPC_CONF_BEGIN,
		    IPC_CONF_BEGIN } },
		{ PROC_FRONTEND, STAGE_CONFIGURED, { IPC_CONF_COMMIT } },
	};
	const struct good *g = NULL;
	struct victim c;
	size_t i, j;

	(void)state;
	need_root();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		victim_start(&c, rows[i].child, rows[i].stage);
		for (j = 0; rows[i].types[j] != 0; j++) {
			for (g = goods; g->type != rows[i].types[j]; g++)
				continue;
			queue(c.parent, g->type, g->fd, g->data, g->len);
		}
		assert_non_null(g);
		expect_refusal(&c, g->name, NULL, "out of order");
	}
}

/* Behind each there is one that ends the process, if it still runs. */
static void
every_permitted_message_has_a_handler(void **state)
{
	const struct face *face;
	const struct good *g;
	struct imsgbuf *b;
	struct victim c;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++) {
		for (g = goods; g < goods + TYPES - 1; g++) {
			if (!permitted(face, g))
				continue;
			victim_start(&c, face->child, STAGE_CONFIGURED);
			b = end_of(&c, face);
			queue(b, g->type, g->fd, g->data, g->len);
			queue(b, IPC_MAX, false, NULL, 0);
			victim_end(&c);
			if (strstr(c.said, "not expected") != NULL)
				fail_msg("%s", c.said);
		}
	}
}

/* All that is queued for the process is on its way. */
static void
push(struct imsgbuf *b)
{
	struct pollfd pfd = { .fd = imsgbuf_fd(b), .events = POLLOUT };

	while (imsgbuf_queued(b) > 0) {
		assert_int_equal(poll(&pfd, 1, PATIENCE), 1);
		assert_int_equal(imsgbuf_write(b), 0);
	}
}

/* A daemon with an interface that is up, and without debug lines. */
static void
give_link(struct victim *c)
{
	static const uint32_t brief;

	c->ready = false;
	queue(c->parent, IPC_VERBOSE, false, &brief, sizeof(brief));
	queue(c->parent, IPC_CONF_BEGIN, false, &global, sizeof(global));
	queue(c->parent, IPC_CONF_NETWORK, false, &conf_network,
	    sizeof(conf_network));
	queue(c->parent, IPC_CONF_IFACE, false, &iface, sizeof(iface));
	queue(c->parent, IPC_CONF_END, false, NULL, 0);
	while (!c->ready && !c->over)
		assert_true(turn(c, true));
	assert_false(c->over);
	queue(c->parent, IPC_CONF_COMMIT, false, NULL, 0);
	queue(c->parent, IPC_LINK, false, &link0, sizeof(link0));
	push(c->parent);
}

static int64_t
rss_of(const struct victim *c)
{
	char name[64];
	long pages[2] = { 0, 0 };
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/statm", (int)c->pid);
	assert_non_null(f = fopen(name, "r"));
	assert_int_equal(fscanf(f, "%ld %ld", &pages[0], &pages[1]), 2);
	fclose(f);
	return pages[1] * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Each time another station, address, number or client. */
static void
vary(uint32_t type, uint32_t n)
{
	struct dhcp_request *d = (void *)octets;
	struct dhcp6_request *d6 = (void *)octets;
	struct solicit *s = (void *)octets;
	struct heard *h = (void *)octets;
	struct arp_ask *a = (void *)octets;
	struct ipc_signed_router *answer = (void *)octets;
	struct ipc_ctl *request = (void *)octets;

	switch (type) {
	case IPC_DHCP:
		memcpy(d->source_mac.octet + 2, &n, sizeof(n));
		d->chaddr = d->source_mac;
		d->type = n % 2 ? DHCP_DISCOVER : DHCP_REQUEST;
		break;
	case IPC_DHCP6:
		memcpy(d6->source_mac.octet + 2, &n, sizeof(n));
		break;
	case IPC_SOLICIT:
		memcpy(s->source_mac.octet + 2, &n, sizeof(n));
		s->lladdr = s->source_mac;
		break;
	case IPC_HEARD:
		memcpy(h->mac.octet + 2, &n, sizeof(n));
		memcpy(h->addr.octet + 12, &n, sizeof(n));
		break;
	case IPC_ARP_ASK:
		memcpy(a->mac.octet + 2, &n, sizeof(n));
		memcpy(a->target.octet + 13, &n, 3);
		break;
	case IPC_SIGNED_ROUTER:
	case IPC_SIGNED_SESSION:
		answer->number = n + 1;
		break;
	case IPC_CTL:
		request->type = CTL_NONE + 1 + n % (CTL_REQUESTS - 1);
		break;
	default:
		break;
	}
}

/* Until all of that is written; what is answered is read meanwhile. */
static void
drain(struct victim *c, struct imsgbuf *b)
{
	struct pollfd pfd[2] = {
		{ .fd = imsgbuf_fd(c->parent), .events = POLLIN },
		{ .fd = imsgbuf_fd(b), .events = POLLIN | POLLOUT }
	};

	while (imsgbuf_queued(b) > 0) {
		assert_true(poll(pfd, 2, PATIENCE) > 0);
		if (pfd[0].revents != 0)
			assert_true(turn(c, false));
		if (c->over)
			fail_msg("%s: %s", proc_name(c->id), c->said);
		forget(b);
		assert_int_equal(imsgbuf_write(b), 0);
	}
}

static void
flood(const struct face *face, const struct good *g, const char *who)
{
	struct imsgbuf *b;
	struct victim c;
	int64_t kb;
	uint32_t n;
	int status;

	victim_start(&c, face->child, STAGE_CONFIGURED);
	give_link(&c);
	b = end_of(&c, face);
	kb = rss_of(&c);
	if (g->len > 0)
		memcpy(octets, g->data, g->len);
	for (n = 0; n < FLOOD; n++) {
		vary(g->type, n);
		assert_int_equal(imsg_compose(b, g->type, n, -1, octets,
		    g->len), 0);
		if (imsgbuf_queued(b) > QUEUE / 4)
			drain(&c, b);
	}
	drain(&c, b);
	kb = rss_of(&c) - kb;
	/* It still does as it is told. */
	queue(c.parent, IPC_SHUTDOWN, false, NULL, 0);
	status = victim_end(&c);
	print_message("%s %s to %s: %u sent: %u lines, %+lld KB\n", who,
	    g->name, proc_name(face->child), n, c.lines, (long long)kb);
	if (status != 0)
		fail_msg("%s from %s: status %d: %s", g->name, who, status,
		    c.said);
	assert_true(kb < GROWN_KB);
	assert_true(c.lines < LINES);
}

static void
a_flood_of_what_is_permitted_is_bounded(void **state)
{
	const struct face *face;
	const struct good *g;

	(void)state;
	need_root();
	for (face = faces; face < faces + FACES; face++)
		for (g = goods; g < goods + TYPES - 1; g++)
			if (permitted(face, g) && face->we != PROC_PARENT)
				flood(face, g, proc_name(face->we));
}

/* A frontend that closes its channel does not make us refuse our parent. */
static void
a_sibling_that_hangs_up_changes_nothing(void **state)
{
	struct victim c;
	enum proc_id id;

	(void)state;
	need_root();
	for (id = PROC_ENGINE; id <= PROC_FRONTEND; id++) {
		victim_start(&c, id, STAGE_CONFIGURED);
		push(c.parent);
		imsgbuf_free(c.sibling);
		imsgbuf_free(c.signer);
		c.sibling = c.signer = NULL;
		give_link(&c);
		queue(c.parent, IPC_SHUTDOWN, false, NULL, 0);
		if (victim_end(&c) != 0)
			fail_msg("%s: %s", proc_name(id), c.said);
	}
}

static int
setup(void **state)
{
	(void)state;
	strlcpy(empty, "/tmp/sroamd-hostile.XXXXXX", sizeof(empty));
	strlcpy(output, "/tmp/sroamd-hostile.XXXXXX", sizeof(output));
	if (mkdtemp(empty) == NULL)
		return -1;
	close(mkstemp(output));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rmdir(empty);
	unlink(output);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_start_and_shutdown_end_well),
		cmocka_unit_test(end_of_the_parent_is_the_end),
		cmocka_unit_test(wrong_sender_is_refused),
		cmocka_unit_test(wrong_length_is_refused),
		cmocka_unit_test(wrong_descriptor_is_refused),
		cmocka_unit_test(wrong_content_is_refused),
		cmocka_unit_test(broken_framing_is_refused),
		cmocka_unit_test(unknown_message_is_refused),
		cmocka_unit_test(wrong_order_is_refused),
		cmocka_unit_test(every_permitted_message_has_a_handler),
		cmocka_unit_test(a_flood_of_what_is_permitted_is_bounded),
		cmocka_unit_test(a_sibling_that_hangs_up_changes_nothing),
	};
	char path[1024];

	/* Beside this program in the build tree, unless set otherwise. */
	strlcpy(path, argv[0], sizeof(path));
	snprintf(programs, sizeof(programs), "%s/../sroamd", dirname(path));
	if (argc > 1)
		strlcpy(programs, argv[1], sizeof(programs));
	signal(SIGPIPE, SIG_IGN);
	alarm(300);
	return cmocka_run_group_tests_name("hostile", tests, setup, teardown);
}
