/* SPDX-License-Identifier: ISC */
/*
 * Lines for a log.  The process chooses where they go; until then, standard
 * error.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/loglimit.h"

static void	log_va(int, int, const char *, va_list)
		    __attribute__((format(printf, 3, 0)));
static bool	may_say(int, const char *, uint32_t *);
static void	put(int, const char *, uint32_t);
static void	log_printable(char *);

static const char	*log_process;
static int		 log_level;
static log_sink_fn	*log_sink;
static log_left_out_fn	*log_left_out;		/* NULL: without limits */
static struct loglimit	 limit;

log_sink_fn *
log_to(log_sink_fn *sink)
{
	log_sink_fn *before = log_sink;

	log_sink = sink;
	return before;
}

void
log_procname(const char *name)
{
	log_process = name;
}

void
log_verbose(int level)
{
	log_level = level;
}

int
log_is_verbose(void)
{
	return log_level;
}

void
log_limit(log_left_out_fn *left_out)
{
	log_left_out = left_out;
}

void
log_line(int priority, const char *cause, const char *text)
{
	uint32_t like;

	if (may_say(priority, cause, &like))
		put(priority, text, like);
}

/* The last words of a process are always said. */
static bool
may_say(int priority, const char *cause, uint32_t *like)
{
	*like = 0;
	if (log_left_out == NULL || cause == NULL || priority <= LOG_CRIT ||
	    loglimit_pass(&limit, priority, cause, like, clock_monotime()))
		return true;
	log_left_out(priority);
	return false;
}

/* like: how many of its cause were left out before it. */
static void
put(int priority, const char *text, uint32_t like)
{
	char line[LOG_TEXT];
	size_t len;

	strlcpy(line, text, sizeof(line));
	len = strlen(line);
	if (like > 0)
		snprintf(line + len, sizeof(line) - len, " (and %u like it)",
		    like);
	log_printable(line);
	if (log_sink != NULL)
		log_sink(priority, log_process, line);
	else if (log_process != NULL)
		fprintf(stderr, LOG_PROGRAM "[%s]: %s\n", log_process, line);
	else
		fprintf(stderr, LOG_PROGRAM ": %s\n", line);
}

/* Text from the network must not control the operator's terminal. */
static void
log_printable(char *s)
{
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

/* error: an errno whose text is added, or 0. */
static void
log_va(int priority, int error, const char *fmt, va_list ap)
{
	char line[LOG_TEXT];
	uint32_t like;
	size_t len;

	if (!may_say(priority, fmt, &like))
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	len = strlen(line);
	if (error != 0)
		snprintf(line + len, sizeof(line) - len, ": %s",
		    strerror(error));
	put(priority, line, like);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (log_level < 1)
		return;
	va_start(ap, fmt);
	log_va(LOG_DEBUG, 0, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(LOG_INFO, 0, fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(LOG_WARNING, 0, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	va_start(ap, fmt);
	log_va(LOG_WARNING, error, fmt, ap);
	va_end(ap);
	errno = error;
}

void
fatal(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	va_start(ap, fmt);
	log_va(LOG_CRIT, error, fmt, ap);
	va_end(ap);
	exit(1);
}

void
fatalx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(LOG_CRIT, 0, fmt, ap);
	va_end(ap);
	exit(1);
}
