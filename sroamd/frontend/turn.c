/* SPDX-License-Identifier: ISC */
/* Sockets take turns, so that a flood on one does not delay the others. */
#include <sys/queue.h>

#include <event2/event.h>
#include <stdlib.h>

#include "common/log.h"
#include "frontend/turn.h"

struct turn {
	TAILQ_ENTRY(turn)	  entry;	/* while it waits */
	struct turns		 *turns;
	struct event		 *reading;	/* pending unless it waits */
	bool			  waits;
	bool			(*one)(void *arg);
	void			 *arg;
};
TAILQ_HEAD(turn_queue, turn);

struct turns {
	struct event_base	*base;
	struct turns_ops	 ops;
	struct turn_queue	 waiting;
};

static void	on_readable(evutil_socket_t, short, void *);
static void	take(struct turn *);
static void	listen_to(struct turn *);

struct turns *
turns_new(struct event_base *base, const struct turns_ops *ops)
{
	struct turns *turns;

	if ((turns = calloc(1, sizeof(*turns))) == NULL)
		return NULL;
	turns->base = base;
	turns->ops = *ops;
	TAILQ_INIT(&turns->waiting);
	return turns;
}

void
turns_free(struct turns *turns)
{
	free(turns);
}

struct turn *
turn_new(struct turns *turns, int fd, bool (*one)(void *), void *arg)
{
	struct turn *t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	t->turns = turns;
	t->one = one;
	t->arg = arg;
	t->reading = event_new(turns->base, fd, EV_READ | EV_PERSIST,
	    on_readable, t);
	if (t->reading == NULL) {
		free(t);
		return NULL;
	}
	if (event_add(t->reading, NULL) == -1) {
		turn_free(t);
		return NULL;
	}
	return t;
}

void
turn_free(struct turn *t)
{
	if (t == NULL)
		return;
	if (t->waits)
		TAILQ_REMOVE(&t->turns->waiting, t, entry);
	event_free(t->reading);
	free(t);
}

static void
listen_to(struct turn *t)
{
	if (event_add(t->reading, NULL) == -1)
		fatalx("event loop: out of memory");
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	take(arg);
}

/* A socket that is stopped within its share goes behind all that wait. */
static void
take(struct turn *t)
{
	struct turns *turns = t->turns;
	int i;

	for (i = 0; i < TURN_SHARE; i++) {
		if (turns->ops.busy(turns->ops.arg)) {
			event_del(t->reading);
			TAILQ_INSERT_TAIL(&turns->waiting, t, entry);
			t->waits = true;
			return;
		}
		if (!t->one(t->arg))
			return;
	}
}

void
turns_resume(struct turns *turns)
{
	struct turn *t;

	while ((t = TAILQ_FIRST(&turns->waiting)) != NULL &&
	    !turns->ops.busy(turns->ops.arg)) {
		TAILQ_REMOVE(&turns->waiting, t, entry);
		t->waits = false;
		listen_to(t);
		take(t);
	}
}
