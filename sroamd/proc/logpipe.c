/* SPDX-License-Identifier: ISC */
/* A child's log lines are sent to the parent. */
#include <event2/event.h>
#include <string.h>
#include <syslog.h>

#include "common/log.h"
#include "proc/loglevel.h"
#include "proc/logpipe.h"

#define LINGER_MS	500		/* ms, then they are dropped */
#define REPORT_S	1		/* s, from one count to the next */

_Static_assert(sizeof(((struct ipc_log *)NULL)->text) == LOG_TEXT,
    "a line in a message");

static void	line_to_parent(int, const char *, const char *);
static void	left_out(int);
static void	report_lost(void);
static void	on_report(evutil_socket_t, short, void *);

/* The log's function has no argument. */
static struct pipe	*parent;
static struct ipc_lost	 lost;		/* and not reported yet */
static struct event	*report;	/* pending: some are to be reported */

int
logpipe_start(struct event_base *base, struct pipe *pipe)
{
	if ((report = evtimer_new(base, on_report, NULL)) == NULL)
		return -1;
	parent = pipe;
	log_to(line_to_parent);
	log_limit(left_out);
	return 0;
}

void
logpipe_stop(void)
{
	if (report != NULL)
		event_free(report);
	report = NULL;
	parent = NULL;
}

static void
line_to_parent(int priority, const char *process, const char *text)
{
	struct ipc_log msg = { .priority = priority };

	(void)process;
	if (parent == NULL)
		return;
	if (pipe_full(parent) && priority > LOG_CRIT) {
		left_out(priority);
		return;
	}
	if (priority <= LOG_CRIT)
		report_lost();
	strlcpy(msg.text, text, sizeof(msg.text));
	pipe_send(parent, IPC_LOG, 0, -1, &msg, sizeof(msg));
	/*
	 * An error may be the last line of this process: it is written at
	 * once.
	 */
	if (priority <= LOG_CRIT)
		pipe_linger(parent, LINGER_MS);
	else if (priority <= LOG_WARNING)
		pipe_flush(parent);
}

/* Or dropped. */
static void
left_out(int priority)
{
	struct timeval tv = { REPORT_S, 0 };

	lost.count[loglevel_of(priority)]++;
	if (report != NULL && !evtimer_pending(report, NULL))
		(void)evtimer_add(report, &tv);
}

static void
on_report(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	/* If it is, logpipe_drained follows. */
	if (parent != NULL && !pipe_full(parent))
		report_lost();
}

void
logpipe_drained(void *arg)
{
	(void)arg;
	report_lost();
}

static void
report_lost(void)
{
	static const struct ipc_lost none;

	if (parent == NULL || memcmp(&lost, &none, sizeof(lost)) == 0)
		return;
	pipe_send(parent, IPC_LOG_LOST, 0, -1, &lost, sizeof(lost));
	lost = none;
}
