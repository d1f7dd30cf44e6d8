/* SPDX-License-Identifier: ISC */
/* Replaces common/log.c: see stub_log.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "stub_log.h"

/*
 * Nothing is allocated here: tests refuse memory, and would refuse this, too.
 */
static char	text[256 * 1024];
static size_t	len;

static void
append(const char *fmt, va_list ap)
{
	int n;

	n = vsnprintf(text + len, sizeof(text) - len, fmt, ap);
	if (n < 0 || (size_t)n >= sizeof(text) - len - 1) {
		text[len] = '\0';	/* the rest is not kept */
		return;
	}
	len += n;
	text[len++] = '\n';
	text[len] = '\0';
}

void
stub_log_clear(void)
{
	len = 0;
	text[0] = '\0';
}

const char *
stub_log_text(void)
{
	return text;
}

unsigned int
stub_log_count(const char *what)
{
	const char *p = text;
	unsigned int n = 0;

	for (; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

#define TAKE(name)					\
void							\
name(const char *fmt, ...)				\
{							\
	va_list ap;					\
							\
	va_start(ap, fmt);				\
	append(fmt, ap);				\
	va_end(ap);					\
}

TAKE(log_debug)
TAKE(log_info)
TAKE(log_warnx)
TAKE(log_warn)

/* Ends the process, with the text of the fatal error on stderr. */
#define END(name)					\
void							\
name(const char *fmt, ...)				\
{							\
	va_list ap;					\
							\
	va_start(ap, fmt);				\
	vfprintf(stderr, fmt, ap);			\
	va_end(ap);					\
	putc('\n', stderr);				\
	_exit(STUB_LOG_FATAL);				\
}

END(fatal)
END(fatalx)
