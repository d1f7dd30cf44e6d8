/* SPDX-License-Identifier: ISC */
/*
 * The log: to stderr while starting, later to a function that the process
 * sets.  Lines read "subject: what happened: detail".
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdarg.h>

#define LOG_PROGRAM	"sroamd"
#define LOG_TEXT	508		/* a line with its NUL */

/* LOG_* priorities of syslog(3); process: of log_procname, or NULL. */
typedef void	log_sink_fn(int priority, const char *process,
		    const char *text);

/*
 * Lines go to this function from now on; NULL: to stderr.  Returns the former
 * one.
 */
log_sink_fn	*log_to(log_sink_fn *);
void		 log_procname(const char *);
void		 log_verbose(int level);		/* 0 brief, 1 debug */
int		 log_is_verbose(void);
/* the text alone */
void		 log_line(int priority, const char *text);

void	log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_info(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_warnx(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void	fatal(const char *, ...)	/* with errno's text */
	    __attribute__((noreturn, format(printf, 1, 2)));
void	fatalx(const char *, ...) __attribute__((noreturn, format(printf, 1,
	    2)));
#endif
