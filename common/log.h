/* SPDX-License-Identifier: ISC */
/*
 * The log: to stderr while starting and with -d, else to syslog; in a child
 * through a function that hands the line to the parent.  Lines read
 * "subject: what happened: detail".
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdarg.h>

/* LOG_* priorities of syslog(3). */
void	log_init(const char *progname, int to_stderr);
void	log_to(void (*sink)(int priority, const char *text));
void	log_procname(const char *);
void	log_verbose(int level);		/* 0 brief, 1 debug */
int	log_is_verbose(void);
void	log_line(int priority, const char *text);	/* as it stands */

void	log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_info(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_warnx(const char *, ...) __attribute__((format(printf, 1, 2)));
void	log_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void	fatal(const char *, ...)	/* with errno's text */
	    __attribute__((noreturn, format(printf, 1, 2)));
void	fatalx(const char *, ...)
	    __attribute__((noreturn, format(printf, 1, 2)));
#endif
