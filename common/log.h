/* SPDX-License-Identifier: ISC */
/*
 * The log: to stderr while starting, later to a function that the process
 * sets.  Lines read "subject: what happened: detail".  A daemon's are limited
 * by cause (common/loglimit.h), so that nobody from outside can fill the log.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdarg.h>

#define LOG_PROGRAM	"sroamd"
#define LOG_TEXT	508		/* a line with its NUL */

/* LOG_* priorities of syslog(3); process: of log_procname, or NULL. */
typedef void	log_sink_fn(int priority, const char *process,
		    const char *text);

/* A line was left out. */
typedef void	log_left_out_fn(int priority);

/*
 * Lines go to this function from now on; NULL: to stderr.  Returns the former
 * one.
 */
log_sink_fn	*log_to(log_sink_fn *);
void		 log_procname(const char *);
void		 log_verbose(int level);		/* 0 brief, 1 debug */
int		 log_is_verbose(void);
/* From now on lines are limited, and this is told of those left out. */
void		 log_limit(log_left_out_fn *);
/*
 * The text alone.  cause: a text that stays where it is, by which lines are
 * limited; NULL: not at all.
 */
void		 log_line(int priority, const char *cause, const char *text);

void	log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_info(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_warnx(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void	fatal(const char *, ...)	/* with errno's text */
	    __attribute__((noreturn, format(printf, 1, 2)));
void	fatalx(const char *, ...) __attribute__((noreturn, format(printf, 1,
	    2)));
#endif
