/* SPDX-License-Identifier: ISC */
/* A child's log lines are sent to the parent. */
#include <string.h>
#include <syslog.h>

#include "common/log.h"
#include "proc/loglevel.h"
#include "proc/logpipe.h"

#define LINGER_MS	500		/* ms, then they are dropped */

_Static_assert(sizeof(((struct ipc_log *)NULL)->text) == LOG_TEXT,
    "a line in a message");

static void	line_to_parent(int, const char *, const char *);
static void	report_lost(void);

/* The log's function has no argument. */
static struct pipe	*parent;
static struct ipc_lost	 lost;		/* and not reported yet */

void
logpipe_start(struct pipe *pipe)
{
	parent = pipe;
	log_to(line_to_parent);
}

void
logpipe_stop(void)
{
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
		lost.count[loglevel_of(priority)]++;
		return;
	}
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
