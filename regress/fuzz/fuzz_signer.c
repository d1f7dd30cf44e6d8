/* SPDX-License-Identifier: ISC */
/*
 * An engine that was taken over, to the signer: octets on their channel.  It
 * gets signatures of the two texts and nothing else, cannot end the signer,
 * and cannot make it talk.
 */
#include <sys/socket.h>

#include <event2/event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc/child.h"
#include "proc/logpipe.h"
#include "signer/signer.h"

#define TURNS		8
#define LINES_MAX	2	/* numbers that do not rise, and a breach */

#define CHECK(truth)	do {						\
	if (!(truth))							\
		abort();						\
} while (0)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct child	self = { .id = PROC_SIGNER };

static void
turn(struct imsgbuf *b)
{
	int i;

	(void)imsgbuf_write(b);
	for (i = 0; i < TURNS; i++)
		event_base_loop(self.base, EVLOOP_NONBLOCK);
	(void)imsgbuf_read(b);
}

static int
channel(int *other)
{
	int sv[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, sv) == 0);
	*other = sv[1];
	return sv[0];
}

/* With a key; its descriptor of the parent is the one of the program. */
static struct imsgbuf *
begin(struct signer **s)
{
	static const uint8_t seed[32] = { 1 };
	struct imsgbuf *parent;
	int fd, fds[2];

	/* No other descriptor gets its number. */
	CHECK(dup2(STDERR_FILENO, CHILD_FD) == CHILD_FD);
	if (self.base == NULL) {
		self.base = event_base_new();
		signer_prepare();
	}
	parent = imsgbuf_new(channel(&fd), true, 65536);
	CHECK(parent != NULL && dup2(fd, CHILD_FD) == CHILD_FD);
	close(fd);
	*s = signer_new(&self);
	CHECK(pipe(fds) == 0);
	CHECK(write(fds[1], seed, sizeof(seed)) == sizeof(seed));
	close(fds[1]);
	CHECK(imsg_compose(parent, IPC_HELLO_SIGNER, 0, fds[0], NULL, 0) == 0);
	turn(parent);
	return parent;
}

static void
hear(struct imsgbuf *b, enum proc_id who)
{
	struct imsg imsg;
	int lines = 0;

	while (imsg_get(b, &imsg) == 1) {
		CHECK(ipc_check(&imsg, PROC_SIGNER, who) == NULL);
		lines += imsg.type == IPC_LOG;
	}
	CHECK(lines <= LINES_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct imsgbuf *parent, *engine;
	struct signer *s;
	int fd;

	if (len > 65536)
		return 0;
	parent = begin(&s);
	engine = imsgbuf_new(channel(&fd), false, 65536);
	CHECK(engine != NULL);
	CHECK(imsg_compose(parent, IPC_SIGNER, 0, fd, NULL, 0) == 0);
	turn(parent);
	(void)send(imsgbuf_fd(engine), data, len, MSG_NOSIGNAL);
	turn(parent);
	(void)imsgbuf_read(engine);
	hear(engine, PROC_ENGINE);
	imsgbuf_free(engine);
	turn(parent);
	hear(parent, PROC_PARENT);
	signer_free(s);
	logpipe_stop();
	pipe_free(self.parent);
	imsgbuf_free(parent);
	return 0;
}
