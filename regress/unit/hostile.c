/* SPDX-License-Identifier: ISC */
/*
 * Replaces a child of a daemon whose other programs are the real ones: it
 * starts as that child does, sends its parent what the order says, and writes
 * what the parent has become by that.  Its own name says which child it is.
 */
#include <sys/socket.h>

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostile.h"
#include "ipc_samples.h"
#include "proc/child.h"

#define QUEUE		(4u * 1024 * 1024)
#define QUEUE_FEW	(64u * 1024)
#define PATIENCE	10000		/* ms */
#define STUCK		500		/* ms: nobody reads us */
#define QUIET		200		/* ms: all is answered */
#define PROBE		4242		/* id of our last request */

static struct imsgbuf		*parent;
static struct hostile_order	 order;
static struct hostile_report	 report;
static enum proc_id		 self = PROC_NONE;
static const char		*path;
static bool			 running;
static bool			 answered;	/* the probe */
static int			 alive = -1;	/* proc/alive.h */
static struct ipc_peer		 to_connect;	/* the first configured one */

static void
fail(const char *why)
{
	fprintf(stderr, "hostile: %s\n", why);
	_exit(99);
}

static void
send_one(uint32_t type, uint32_t id, bool with_fd, const void *data,
    size_t len)
{
	int fd = with_fd ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;

	if (imsg_compose(parent, type, id, fd, data, len) == -1)
		fail("queue");
	(void)imsgbuf_write(parent);
}

static void
take(const struct imsg *imsg)
{
	const struct conf_peer *known;

	/* The channel to the sibling stays open. */
	if (imsg->fd >= 0 && imsg->type != IPC_HELLO &&
	    imsg->type != IPC_ALIVE)
		close(imsg->fd);
	switch (imsg->type) {
	case IPC_ALIVE:
		alive = imsg->fd;
		break;
	case IPC_CONF_PEER:
		known = imsg->data;
		if (to_connect.number != 0 || known->host[0] != '\0')
			break;
		to_connect.number = 1;
		to_connect.addr = known->addr;
		to_connect.port = known->port;
		to_connect.notls = known->notls;
		break;
	case IPC_CONF_END:
		send_one(IPC_CONF_READY, 0, false, NULL, 0);
		break;
	case IPC_HELLO_SIGNER:
		send_one(IPC_IDENTITY, 0, false, &identity, sizeof(identity));
		break;
	case IPC_RESOLVE:
		order.id = imsg->id;	/* that of a question */
		/* FALLTHROUGH */
	case IPC_CONF_COMMIT:
	case IPC_SIGNER:
		running = true;
		break;
	case IPC_PEER_FAILED:
	case IPC_PEER_FD:
		answered = true;
		break;
	case CTL_END:
		answered |= imsg->id == PROBE;
		break;
	default:
		break;
	}
}

/* As a child that is well: else the daemon ends for that. */
static void
show_alive(void)
{
	char octets[16];
	ssize_t n = recv(alive, octets, sizeof(octets), MSG_DONTWAIT);

	if (n > 0)
		(void)send(alive, octets, (size_t)n, MSG_NOSIGNAL);
}

/* What comes within this time, and what is queued goes: false: nothing did. */
static bool
turn(int ms, bool hear)
{
	struct pollfd pfd = { .fd = CHILD_FD };
	size_t before = imsgbuf_queued(parent);
	struct imsg imsg;

	pfd.events = (hear ? POLLIN : 0) | (before > 0 ? POLLOUT : 0);
	show_alive();
	if (poll(&pfd, 1, ms) == 0)
		return false;
	if (imsgbuf_write(parent) == -1)
		_exit(0);		/* the daemon has ended */
	if (!hear || !(pfd.revents & (POLLIN | POLLHUP)))
		return imsgbuf_queued(parent) < before;
	if (imsgbuf_read(parent) != 1)
		_exit(0);
	while (imsg_get(parent, &imsg) == 1)
		take(&imsg);
	return true;
}

static int64_t
parents_rss(void)
{
	char name[64];
	long pages[2] = { 0, 0 };
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/statm", (int)getppid());
	if ((f = fopen(name, "r")) == NULL ||
	    fscanf(f, "%ld %ld", &pages[0], &pages[1]) != 2)
		fail("statm");
	fclose(f);
	return pages[1] * (sysconf(_SC_PAGESIZE) / 1024);
}

static int64_t
parents_fds(void)
{
	char name[64];
	int64_t n = 0;
	DIR *dir;

	snprintf(name, sizeof(name), "/proc/%d/fd", (int)getppid());
	if ((dir = opendir(name)) == NULL)
		fail("fd");
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/* With two descriptors, or one that the header does not speak of. */
static void
send_raw(void)
{
	union {
		struct cmsghdr	hdr;
		uint8_t		octets[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	uint32_t header[4] = { order.type, IMSG_HEADER + order.len, 0,
	    order.how == HOSTILE_TWO_FDS };
	struct iovec iov[2] = {
		{ header, sizeof(header) }, { order.data, order.len }
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	int fds[2] = { STDERR_FILENO, STDERR_FILENO };
	size_t n = order.how == HOSTILE_TWO_FDS ? 2 : 1;

	if (order.how == HOSTILE_OCTETS) {
		iov[0] = iov[1];
		msg.msg_iovlen = 1;
	} else {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		control.hdr.cmsg_len = CMSG_LEN(n * sizeof(int));
		control.hdr.cmsg_level = SOL_SOCKET;
		control.hdr.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.hdr), fds, n * sizeof(int));
	}
	if (sendmsg(CHILD_FD, &msg, MSG_NOSIGNAL) == -1)
		fail("sendmsg");
}

static void
flood(void)
{
	for (report.sent = 0; report.sent < order.count; report.sent++) {
		show_alive();
		send_one(order.type, order.id, order.fd != 0, order.data +
		    report.sent % order.variants * order.len, order.len);
		while (imsgbuf_queued(parent) > QUEUE_FEW)
			if (!turn(STUCK, order.deaf == 0) && order.deaf != 0)
				return;	/* nor does it read us */
	}
}

/* Something that the parent answers: it still does its work. */
static void
ask(void)
{
	static const struct ipc_ctl status = {
		.type = CTL_SHOW_STATUS, .request.version = CTL_VERSION
	};

	if (self == PROC_ENGINE)
		send_one(IPC_PEER_CONNECT, 0, false, &to_connect,
		    sizeof(to_connect));
	else if (self == PROC_FRONTEND)
		send_one(IPC_CTL, PROBE, false, &status, sizeof(status));
	else
		return;
	while (!answered)
		if (!turn(PATIENCE, true))
			return;
	report.served = 1;
}

static void
write_report(void)
{
	char name[256];
	int fd;

	snprintf(name, sizeof(name), "%s.report", path);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	report.done = 1;
	if (fd == -1 || write(fd, &report, sizeof(report)) != sizeof(report))
		fail("report");
	close(fd);
}

static void
read_order(const char *name)
{
	int fd;

	for (self = PROC_ENGINE; self < PROC_NONE; self++)
		if (strcmp(name, proc_name(self)) == 0)
			break;
	path = getenv(HOSTILE_ENV);
	if (self == PROC_NONE || path == NULL)
		fail("name");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || read(fd, &order, sizeof(order)) != sizeof(order))
		fail("order");
	close(fd);
}

int
main(int argc, char **argv)
{
	(void)argc;
	read_order(basename(argv[0]));
	signal(SIGPIPE, SIG_IGN);
	if ((parent = imsgbuf_new(CHILD_FD, true, QUEUE)) == NULL)
		fail("memory");
	while (order.when == HOSTILE_RUNNING && !running)
		if (!turn(PATIENCE, true))
			fail("start");
	while (order.when == HOSTILE_RUNNING && turn(QUIET, true))
		continue;
	report.rss[0] = parents_rss();
	report.fds[0] = parents_fds();
	if (order.how == HOSTILE_MESSAGES)
		flood();
	else
		send_raw();
	if (order.deaf == 0 || report.sent == order.count)
		while (turn(QUIET, true))
			continue;
	report.rss[1] = parents_rss();
	report.fds[1] = parents_fds();
	while (turn(QUIET, true))
		continue;
	answered = false;
	ask();
	write_report();
	return 0;
}
