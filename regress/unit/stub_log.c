/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "stub_log.h"

static char	*text;
static size_t	 len;

static void
append(const char *fmt, va_list ap)
{
	char line[2048], *longer;
	size_t n;

	vsnprintf(line, sizeof(line) - 1, fmt, ap);
	n = strlen(line);
	line[n++] = '\n';
	if ((longer = realloc(text, len + n + 1)) == NULL)
		abort();
	text = longer;
	memcpy(text + len, line, n);
	len += n;
	text[len] = '\0';
}

void
stub_log_clear(void)
{
	free(text);
	text = NULL;
	len = 0;
}

const char *
stub_log_text(void)
{
	return text == NULL ? "" : text;
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

/* The process ends, with what a fatal error has to say on stderr. */
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
