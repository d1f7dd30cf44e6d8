/* SPDX-License-Identifier: ISC */
/*
 * Long answers to clients.  A full pipe ends a turn; the next turn continues
 * behind the key of the last record, even if that has gone meanwhile.
 */
#include <sys/queue.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nomem.h"
#include "ipc/listing.h"

#define LISTINGS_MAX	64	/* the frontend has fewer clients */

/* One in progress. */
struct listing {
	TAILQ_ENTRY(listing)		 entry;
	const struct listing_kind	*kind;
	uint32_t			 client;
	struct ctl_request		 want;
	struct ctl_cursor		 cursor;
	uint32_t			 window;	/* records */
};

struct listings {
	void			(*again)(void *);
	void			 *arg;
	unsigned int		  n;
	TAILQ_HEAD(, listing)	  list;
};

static bool	run(struct listings *, struct listing *, struct pipe *);
static void	drop(struct listings *, struct listing *);

struct listings *
listings_new(void *arg, void (*again)(void *))
{
	struct listings *all;

	if ((all = calloc(1, sizeof(*all))) == NULL)
		return NULL;
	all->arg = arg;
	all->again = again;
	TAILQ_INIT(&all->list);
	return all;
}

void
listings_free(struct listings *all)
{
	struct listing *l;

	if (all == NULL)
		return;
	while ((l = TAILQ_FIRST(&all->list)) != NULL)
		drop(all, l);
	free(all);
}

static void
drop(struct listings *all, struct listing *l)
{
	TAILQ_REMOVE(&all->list, l, entry);
	all->n--;
	free(l);
}

void
listings_start(struct listings *all, struct pipe *pipe, uint32_t client,
    const struct listing_kind *kind, const struct ctl_request *want)
{
	struct listing *l;

	if (all->n == LISTINGS_MAX) {
		listing_end(pipe, client, "too many listings at once");
		return;
	}
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		nomem("a listing");
		listing_end(pipe, client, "out of memory");
		return;
	}
	l->client = client;
	l->kind = kind;
	l->window = LISTING_WINDOW;
	l->want = *want;
	strlcpy(l->cursor.network, want->network, sizeof(l->cursor.network));
	TAILQ_INSERT_TAIL(&all->list, l, entry);
	all->n++;
	listings_resume(all, pipe);
}

void
listings_resume(struct listings *all, struct pipe *pipe)
{
	struct listing *l, *next;

	for (l = TAILQ_FIRST(&all->list); l != NULL; l = next) {
		next = TAILQ_NEXT(l, entry);
		if (run(all, l, pipe))
			drop(all, l);
	}
}

void
listings_more(struct listings *all, struct pipe *pipe, uint32_t client,
    uint32_t records)
{
	struct listing *l;

	TAILQ_FOREACH(l, &all->list, entry)
		if (l->client == client)
			break;
	if (l == NULL)
		return;
	l->window += records;
	if (records == 0 || run(all, l, pipe))
		drop(all, l);
}

/* True when it is complete. */
static bool
run(struct listings *all, struct listing *l, struct pipe *pipe)
{
	union ctl_record r;
	unsigned int looked = 0;

	while (l->window > 0 && !pipe_full(pipe)) {
		if (!l->kind->next(all->arg, &l->cursor, &r)) {
			listing_end(pipe, l->client, NULL);
			return true;
		}
		if (l->kind->wanted != NULL && !l->kind->wanted(&l->want, &r)) {
			if (++looked < LISTING_LOOK)
				continue;
			all->again(all->arg);
			return false;
		}
		l->window--;
		pipe_send(pipe, l->kind->record, l->client, -1, &r,
		    l->kind->len);
	}
	return false;
}

void
listing_one(struct pipe *pipe, uint32_t client, uint32_t type,
    const void *record, size_t len)
{
	pipe_send(pipe, type, client, -1, record, len);
	listing_end(pipe, client, NULL);
}

void
listing_end(struct pipe *pipe, uint32_t client, const char *fmt, ...)
{
	struct ctl_end end;
	va_list ap;

	memset(&end, 0, sizeof(end));
	if (fmt != NULL) {
		end.error = 1;
		va_start(ap, fmt);
		vsnprintf(end.text, sizeof(end.text), fmt, ap);
		va_end(ap);
	}
	pipe_send(pipe, CTL_END, client, -1, &end, sizeof(end));
}
