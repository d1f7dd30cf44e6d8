/* SPDX-License-Identifier: ISC */
/*
 * Where lines go once the parent has started: the sink.  Our own and those of
 * the children are limited.  A child limits its lines by their cause, as we do;
 * one that has been taken over does not, so each has a bucket here, too.
 */
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "parent/local.h"
#include "proc/loglevel.h"

#define LOG_OCTETS	(256 * 1024)	/* of lines that wait */
#define LINGER_MS	500	/* ms, then they are dropped */

#define SECOND		1000000LL	/* us */

/* A token's price, and the most that is saved, us. */
struct rate {
	int64_t		price, full;
};

static void	log_sink(int, const char *, const char *);
static void	left_out(int);
static bool	may_log(struct process *, int);

static const struct rate	brief = { SECOND / 10, 100 * SECOND };
static const struct rate	verbose = { SECOND / 500, 20 * SECOND };
static const struct rate	critical = { 60 * SECOND, 4 * 60 * SECOND };

/* For log_sink, which has no argument, and for what runs at exit. */
static struct logsink *log_at_exit;

/* From here on the log never waits: routes depend on this process. */
void
parent_log_start(struct parent *p)
{
	p->log = logsink_new(p->base, STDERR_FILENO, LOG_OCTETS);
	if (p->log == NULL)
		fatalx("parent: out of memory");
	/* The journal and syslog have times of their own. */
	if (p->opts->foreground && getenv("JOURNAL_STREAM") == NULL)
		logsink_times(p->log);
	log_at_exit = p->log;
	log_to(log_sink);
	log_limit(left_out);
	atexit(parent_log_linger);
}

static void
log_sink(int priority, const char *process, const char *text)
{
	logsink_line(log_at_exit, priority, process, text);
}

static void
left_out(int priority)
{
	struct ipc_lost one = { 0 };

	one.count[loglevel_of(priority)] = 1;
	logsink_lost(log_at_exit, &one);
}

void
parent_log_child(struct process *child, const struct ipc_log *line)
{
	if (may_log(child, line->priority)) {
		log_procname(proc_name(child->id));
		log_line(line->priority, NULL, line->text);
		log_procname(proc_name(PROC_PARENT));
		return;
	}
	left_out(line->priority);
	if (ratelimit_pass(&child->said, RATELIMIT_LOG, clock_monotime()))
		log_warnx("%s: logs too much: lines are left out",
		    proc_name(child->id));
}

/* Its last words do not wait behind what it said before. */
static bool
may_log(struct process *child, int priority)
{
	const struct rate *rate = child->parent->verbose > 0 ? &verbose :
	    &brief;
	monotime_t now = clock_monotime();

	if (priority <= LOG_CRIT)
		return bucket_take(&child->last_lines, critical.price,
		    critical.full, now);
	return bucket_take(&child->lines, rate->price, rate->full, now);
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
	log_limit(NULL);
	log_to(NULL);
	logsink_free(p->log);
}
