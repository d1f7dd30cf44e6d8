/* SPDX-License-Identifier: ISC */
/* Where the parent's own lines go once it has started: the sink. */
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/local.h"

#define LOG_OCTETS	(256 * 1024)	/* of lines that wait */
#define LINGER_MS	500	/* ms, then they are dropped */

static void	log_sink(int, const char *, const char *);

/* For log_sink, which has no argument, and for what runs at exit. */
static struct logsink *log_at_exit;

/* From here on the log never waits: routes depend on this process. */
void
parent_log_start(struct parent *p)
{
	p->log = logsink_new(p->base, STDERR_FILENO, LOG_OCTETS);
	if (p->log == NULL)
		fatalx("parent: out of memory");
	log_at_exit = p->log;
	log_to(log_sink);
	atexit(parent_log_linger);
}

static void
log_sink(int priority, const char *process, const char *text)
{
	logsink_line(log_at_exit, priority, process, text);
}

void
parent_log_linger(void)
{
	if (log_at_exit != NULL)
		logsink_linger(log_at_exit, LINGER_MS);
}

void
parent_log_end(struct parent *p)
{
	parent_log_linger();
	log_at_exit = NULL;
	log_to(NULL);
	logsink_free(p->log);
}
