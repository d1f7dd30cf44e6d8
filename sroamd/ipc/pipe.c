/* SPDX-License-Identifier: ISC */
/* One end of the channel between two processes, with its queue. */
#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "ipc/pipe.h"
#include "ipc/rows.h"

#define QUEUE_MAX	(64u * 1024 * 1024)
#define QUEUE_OFFERS	(4u * 1024 * 1024)	/* above: no optional ones */
#define QUEUE_HIGH	(256u * 1024)	/* above: the sender should pause */
#define SHORT_MS	50	/* ms to wait for memory, each time */
#define SHORT_TRIES	100
#define QUEUE_LOW	(64u * 1024)	/* and go on */

struct pipe {
	struct imsgbuf	*ibuf;
	struct event	*reading, *writing;
	enum proc_id	 self, other;
	struct pipe_ops	 ops;
	bool		 was_full;
	bool		 answers;	/* no reading while full */
	bool		 distrusted;	/* what breaks the rules ends it */
	bool		 broken;	/* no more writing */
	bool		 ended;		/* no more reading */
	bool		 busy;		/* in a callback of ours */
	bool		 freed;		/* free it after the callback */
};

static void	wait_for_memory(struct pipe *);
static void	pipe_read(evutil_socket_t, short, void *);
static void	pipe_write(evutil_socket_t, short, void *);
static bool	dispatch(struct pipe *);
static void	breach(struct pipe *, const char *, ...)
		    __attribute__((format(printf, 2, 3)));
static void	end(struct pipe *);
static void	hear(struct pipe *, bool);
static void	destroy(struct pipe *);

struct pipe *
pipe_new(struct event_base *base, int fd, enum proc_id self,
    enum proc_id other, const struct pipe_ops *ops)
{
	struct pipe *p;

	p = calloc(1, sizeof(*p));
	if (p == NULL)
		fatal("pipe to %s", proc_name(other));
	p->self = self;
	p->other = other;
	p->ops = *ops;
	p->ibuf = imsgbuf_new(fd, true, QUEUE_MAX);
	p->reading = event_new(base, fd, EV_READ | EV_PERSIST, pipe_read, p);
	p->writing = event_new(base, fd, EV_WRITE | EV_PERSIST, pipe_write,
	    p);
	if (p->ibuf == NULL || p->reading == NULL || p->writing == NULL ||
	    event_add(p->reading, NULL) == -1)
		fatalx("pipe to %s: out of memory", proc_name(other));
	return p;
}

void
pipe_free(struct pipe *p)
{
	if (p == NULL || p->freed)
		return;
	event_free(p->reading);
	event_free(p->writing);
	p->freed = true;
	if (!p->busy)
		destroy(p);
}

void
pipe_answers(struct pipe *p)
{
	p->answers = true;
}

void
pipe_distrust(struct pipe *p)
{
	p->distrusted = true;
}

static void
destroy(struct pipe *p)
{
	imsgbuf_free(p->ibuf);
	free(p);
}

/*
 * A message between processes must not be left out.  When memory is refused we
 * wait until the other process has read what is queued; if that does not help
 * for seconds, the process ends.
 */
static void
wait_for_memory(struct pipe *p)
{
	int i;

	for (i = 0; i < SHORT_TRIES && !p->broken &&
	    imsgbuf_is_short(p->ibuf); i++)
		pipe_linger(p, SHORT_MS);
	/* Last: the log line is sent by a pipe, too. */
	nomem("a message");
}

void
pipe_send(struct pipe *p, uint32_t type, uint32_t id, int fd,
    const void *data, size_t len)
{
	/* The log lines of our end must not be sent here. */
	if (p->broken || p->freed) {
		if (fd != -1)
			close(fd);
		return;
	}
	if (imsg_compose(p->ibuf, type, id, fd, data, len) == -1) {
		p->broken = true;
		fatal("%s to %s", ipc_name(type), proc_name(p->other));
	}
	if (p->answers && pipe_full(p))
		hear(p, false);
	if (imsgbuf_is_short(p->ibuf))
		wait_for_memory(p);
	/* All messages of a turn of the loop are written at its end. */
	if (!event_pending(p->writing, EV_WRITE, NULL))
		event_active(p->writing, EV_WRITE, 0);
}

bool
pipe_offer(struct pipe *p, uint32_t type, const void *data, size_t len)
{
	if (imsgbuf_queued(p->ibuf) + len > QUEUE_OFFERS)
		return false;
	pipe_send(p, type, 0, -1, data, len);
	return true;
}

bool
pipe_full(const struct pipe *p)
{
	return !p->broken && imsgbuf_queued(p->ibuf) > QUEUE_HIGH;
}

bool
pipe_below(const struct pipe *p, size_t octets)
{
	return p->broken || imsgbuf_queued(p->ibuf) < octets;
}

static void
hear(struct pipe *p, bool on)
{
	if (p->ended)
		return;
	if (!on)
		event_del(p->reading);
	else if (event_add(p->reading, NULL) == -1)
		fatalx("pipe to %s: out of memory", proc_name(p->other));
}

/*
 * A failed write ends the writing only: messages that the other side sent
 * before it ended are still read, and then its end of file.
 */
void
pipe_flush(struct pipe *p)
{
	if (p->broken || p->freed)
		return;
	if (imsgbuf_write(p->ibuf) == -1) {
		p->broken = true;
		hear(p, true);
	}
	if (p->broken || imsgbuf_queued(p->ibuf) == 0)
		event_del(p->writing);
	else if (event_add(p->writing, NULL) == -1) {
		p->broken = true;
		fatalx("pipe to %s: out of memory", proc_name(p->other));
	}
	if (pipe_full(p))
		p->was_full = true;
}

void
pipe_linger(struct pipe *p, int ms)
{
	struct pollfd pfd = { .fd = imsgbuf_fd(p->ibuf), .events = POLLOUT };
	monotime_t now, end = monotime_add(clock_monotime(), ms);

	pipe_flush(p);
	while (!p->broken && !p->freed && imsgbuf_queued(p->ibuf) > 0) {
		now = clock_monotime();
		if (!monotime_before(now, end))
			break;
		(void)poll(&pfd, 1, (int)monotime_ms(now, end) + 1);
		pipe_flush(p);
	}
}

static void
pipe_write(evutil_socket_t fd, short what, void *arg)
{
	struct pipe *p = arg;

	(void)fd;
	(void)what;
	if (pipe_full(p))
		p->was_full = true;
	pipe_flush(p);
	if (!p->was_full || imsgbuf_queued(p->ibuf) > QUEUE_LOW)
		return;
	p->was_full = false;
	hear(p, true);
	if (p->ops.drained == NULL)
		return;
	p->busy = true;
	p->ops.drained(p->ops.arg);
	p->busy = false;
	if (p->freed)
		destroy(p);
}

static void
pipe_read(evutil_socket_t fd, short what, void *arg)
{
	struct pipe *p = arg;
	int n;

	(void)fd;
	(void)what;
	n = imsgbuf_read(p->ibuf);
	p->busy = true;
	if (n == -1 && errno == EBADMSG)
		breach(p, "%s: broken message from %s", proc_name(p->self),
		    proc_name(p->other));
	if (n != 1 || !dispatch(p))
		end(p);
	p->busy = false;
	if (p->freed)
		destroy(p);
}

static void
end(struct pipe *p)
{
	if (p->freed)
		return;
	/* Logged once, not at every turn of the loop. */
	hear(p, false);
	p->ended = true;
	p->ops.closed(p->ops.arg);
}

/* False: a breach. */
static bool
dispatch(struct pipe *p)
{
	struct imsg imsg;
	const char *wrong;
	int n;

	while (!p->freed && (n = imsg_get(p->ibuf, &imsg)) != 0) {
		if (n == -1) {
			breach(p, "%s: broken message from %s",
			    proc_name(p->self), proc_name(p->other));
			return false;
		}
		wrong = ipc_check(&imsg, p->other, p->self);
		if (wrong == NULL) {
			p->ops.message(p->ops.arg, &imsg);
			if (imsg.type == IPC_CONF_SECRET)
				imsgbuf_forget(p->ibuf);
			continue;
		}
		if (ipc_message(imsg.type) == NULL)
			breach(p, "%s: message %u from %s: %s",
			    proc_name(p->self), imsg.type,
			    proc_name(p->other), wrong);
		else
			breach(p, "%s: %s from %s: %s", proc_name(p->self),
			    ipc_name(imsg.type), proc_name(p->other), wrong);
		if (imsg.fd >= 0)
			close(imsg.fd);
		return false;
	}
	return true;
}

/* Fatal, but for a channel that is distrusted. */
static void
breach(struct pipe *p, const char *fmt, ...)
{
	char text[LOG_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!p->distrusted)
		fatalx("%s", text);
	log_warnx("%s", text);
}
