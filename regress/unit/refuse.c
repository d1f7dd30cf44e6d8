/* SPDX-License-Identifier: ISC */
/* Allocations that fail, and a count of those that are not freed. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refuse.h"

void	*__real_malloc(size_t);
void	*__real_calloc(size_t, size_t);
void	*__real_realloc(void *, size_t);
void	*__real_reallocarray(void *, size_t, size_t);
void	*__real_recallocarray(void *, size_t, size_t, size_t);
char	*__real_strdup(const char *);
char	*__real_strndup(const char *, size_t);
void	 __real_free(void *);
void	 __real_freezero(void *, size_t);
void	*__wrap_malloc(size_t);
void	*__wrap_calloc(size_t, size_t);
void	*__wrap_realloc(void *, size_t);
void	*__wrap_reallocarray(void *, size_t, size_t);
void	*__wrap_recallocarray(void *, size_t, size_t, size_t);
char	*__wrap_strdup(const char *);
char	*__wrap_strndup(const char *, size_t);
int	 __wrap_asprintf(char **, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
void	 __wrap_free(void *);
void	 __wrap_freezero(void *, size_t);

static unsigned int	asked, refused, from, many;
static long		held;
static bool		pausing;

void
refuse(unsigned int first, unsigned int len)
{
	asked = refused = 0;
	from = first;
	many = len;
}

void
refuse_pause(bool on)
{
	pausing = on;
}

unsigned int
refuse_asked(void)
{
	return asked;
}

unsigned int
refuse_refused(void)
{
	return refused;
}

long
refuse_held(void)
{
	return held;
}

static bool
is_refused(void)
{
	if (pausing)
		return false;
	asked++;
	if (asked < from || asked - from >= many)
		return false;
	refused++;
	errno = ENOMEM;
	return true;
}

/* An allocation that replaces none adds one to the count. */
static void *
holding(void *p, const void *instead)
{
	held += p != NULL && instead == NULL;
	return p;
}

void *
__wrap_malloc(size_t size)
{
	return is_refused() ? NULL : holding(__real_malloc(size), NULL);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : holding(__real_calloc(n, size), NULL);
}

void *
__wrap_realloc(void *p, size_t size)
{
	bool had = p != NULL;

	if (is_refused())
		return NULL;
	p = __real_realloc(p, size);
	return holding(p, had ? "" : NULL);
}

void *
__wrap_reallocarray(void *p, size_t n, size_t size)
{
	bool had = p != NULL;

	if (is_refused())
		return NULL;
	p = __real_reallocarray(p, n, size);
	return holding(p, had ? "" : NULL);
}

void *
__wrap_recallocarray(void *p, size_t old, size_t n, size_t size)
{
	bool had = p != NULL;

	if (is_refused())
		return NULL;
	p = __real_recallocarray(p, old, n, size);
	return holding(p, had ? "" : NULL);
}

char *
__wrap_strdup(const char *s)
{
	return is_refused() ? NULL : holding(__real_strdup(s), NULL);
}

char *
__wrap_strndup(const char *s, size_t len)
{
	return is_refused() ? NULL : holding(__real_strndup(s, len), NULL);
}

int
__wrap_asprintf(char **text, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (is_refused())
		return -1;
	va_start(ap, fmt);
	n = vasprintf(text, fmt, ap);
	va_end(ap);
	held += n != -1;
	return n;
}

void
__wrap_free(void *p)
{
	held -= p != NULL;
	__real_free(p);
}

void
__wrap_freezero(void *p, size_t size)
{
	held -= p != NULL;
	__real_freezero(p, size);
}

void *
refuse_malloc(size_t size)
{
	return __wrap_malloc(size);
}

void *
refuse_realloc(void *p, size_t size)
{
	return __wrap_realloc(p, size);
}

void
refuse_free(void *p)
{
	__wrap_free(p);
}
