/* SPDX-License-Identifier: ISC */
/* A ring of waiting lines, which drops the least important first. */
#include <stdlib.h>
#include <string.h>

#include "parent/logring.h"
#include "proc/loglevel.h"

TAILQ_HEAD(loglines, logline);

struct logring {
	struct loglines	all;
	struct loglines	level[CTL_LOGS];
	size_t		octets, max;
	uint64_t	lost[CTL_LOGS];
};

static void	lose(struct logring *);
static void	take_out(struct logring *, struct logline *);

struct logring *
logring_new(size_t octets)
{
	struct logring *r;
	size_t i;

	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return NULL;
	r->max = octets;
	TAILQ_INIT(&r->all);
	for (i = 0; i < CTL_LOGS; i++)
		TAILQ_INIT(&r->level[i]);
	return r;
}

void
logring_free(struct logring *r)
{
	struct logline *line;

	if (r == NULL)
		return;
	while ((line = logring_get(r)) != NULL)
		free(line);
	free(r);
}

void
logring_put(struct logring *r, int64_t when, int priority,
    const char *process, const char *text)
{
	enum ctl_log level = loglevel_of(priority);
	struct logline *line;

	line = logline_new(when, priority, process, text);
	if (line == NULL) {
		r->lost[level]++;
		return;
	}
	TAILQ_INSERT_TAIL(&r->all, line, entry);
	TAILQ_INSERT_TAIL(&r->level[level], line, among);
	r->octets += line->size;
	while (r->octets > r->max)
		lose(r);
}

static void
lose(struct logring *r)
{
	struct logline *line;
	size_t level = CTL_LOGS;

	do {
		line = TAILQ_FIRST(&r->level[--level]);
	} while (line == NULL && level > 0);
	if (line == NULL)
		return;
	r->lost[level]++;
	take_out(r, line);
	free(line);
}

static void
take_out(struct logring *r, struct logline *line)
{
	TAILQ_REMOVE(&r->all, line, entry);
	TAILQ_REMOVE(&r->level[loglevel_of(line->priority)], line, among);
	r->octets -= line->size;
}

bool
logring_is_empty(const struct logring *r)
{
	return TAILQ_EMPTY(&r->all);
}

struct logline *
logring_get(struct logring *r)
{
	struct logline *line = TAILQ_FIRST(&r->all);

	if (line != NULL)
		take_out(r, line);
	return line;
}

void
logring_lost(struct logring *r, const uint64_t *more)
{
	size_t i;

	for (i = 0; i < CTL_LOGS; i++)
		r->lost[i] += more[i];
}

const uint64_t *
logring_total(const struct logring *r)
{
	return r->lost;
}

struct logline *
logline_new(int64_t when, int priority, const char *process,
    const char *text)
{
	size_t len = strlen(text) + 1;
	struct logline *line;

	line = malloc(sizeof(*line) + len);
	if (line == NULL)
		return NULL;
	line->when = when;
	line->process = process;
	line->priority = priority;
	line->size = sizeof(*line) + len;
	memcpy(line->text, text, len);
	return line;
}
