/* SPDX-License-Identifier: ISC */
/* Timers in a heap, the next one first, for code that is given the time. */
#include <stdlib.h>

#include "common/timer.h"

#define FIRST_CAP	16

static void	place(struct timerq *, uint32_t, struct timer *);
static void	rise(struct timerq *, uint32_t, struct timer *);
static void	sink(struct timerq *, uint32_t, struct timer *);
static int	grow(struct timerq *);

void
timer_init(struct timer *timer, uint32_t kind)
{
	timer->due = MONOTIME_NEVER;
	timer->slot = 0;
	timer->kind = kind;
}

int
timerq_reserve(struct timerq *q, uint32_t n)
{
	while (q->cap - q->reserved < n)
		if (grow(q) == -1)
			return -1;
	q->reserved += n;
	return 0;
}

void
timerq_release(struct timerq *q, uint32_t n)
{
	q->reserved -= n;
}

int
timer_set(struct timerq *q, struct timer *timer, monotime_t due)
{
	bool later;

	if (timer->slot != 0) {
		later = monotime_before(timer->due, due);
		timer->due = due;
		if (later)
			sink(q, timer->slot - 1, timer);
		else
			rise(q, timer->slot - 1, timer);
		return 0;
	}
	if (q->len == q->cap && grow(q) == -1)
		return -1;
	timer->due = due;
	rise(q, q->len++, timer);
	return 0;
}

/* The last timer moves to the place that became free. */
void
timer_clear(struct timerq *q, struct timer *timer)
{
	struct timer *last;
	uint32_t hole;

	if (timer->slot == 0)
		return;
	hole = timer->slot - 1;
	timer->slot = 0;
	last = q->heap[--q->len];
	if (last == timer)
		return;
	if (monotime_before(last->due, timer->due))
		rise(q, hole, last);
	else
		sink(q, hole, last);
}

bool
timer_is_set(const struct timer *timer)
{
	return timer->slot != 0;
}

monotime_t
timerq_due(const struct timerq *q)
{
	return q->len == 0 ? MONOTIME_NEVER : q->heap[0]->due;
}

struct timer *
timerq_peek(const struct timerq *q, uint32_t slot)
{
	return slot < q->len ? q->heap[slot] : NULL;
}

struct timer *
timerq_expire(struct timerq *q, monotime_t now)
{
	struct timer *first;

	if (q->len == 0 || monotime_before(now, q->heap[0]->due))
		return NULL;
	first = q->heap[0];
	timer_clear(q, first);
	return first;
}

/* Does not touch the timers: their objects may be freed already. */
void
timerq_free(struct timerq *q)
{
	free(q->heap);
	q->heap = NULL;
	q->len = q->cap = q->reserved = 0;
}

static void
place(struct timerq *q, uint32_t at, struct timer *timer)
{
	q->heap[at] = timer;
	timer->slot = at + 1;
}

static void
rise(struct timerq *q, uint32_t at, struct timer *timer)
{
	uint32_t parent;

	while (at > 0) {
		parent = (at - 1) / 2;
		if (!monotime_before(timer->due, q->heap[parent]->due))
			break;
		place(q, at, q->heap[parent]);
		at = parent;
	}
	place(q, at, timer);
}

static void
sink(struct timerq *q, uint32_t at, struct timer *timer)
{
	uint32_t child;

	while ((child = 2 * at + 1) < q->len) {
		if (child + 1 < q->len && monotime_before(
		    q->heap[child + 1]->due, q->heap[child]->due))
			child++;
		if (!monotime_before(q->heap[child]->due, timer->due))
			break;
		place(q, at, q->heap[child]);
		at = child;
	}
	place(q, at, timer);
}

static int
grow(struct timerq *q)
{
	uint32_t cap = q->cap == 0 ? FIRST_CAP : q->cap * 2;
	struct timer **heap;

	/*
	 * At most half of what 32 bits can count, so that 2 * at + 1 fits,
	 * too.
	 */
	if (q->cap > UINT32_MAX / 4)
		return -1;
	heap = reallocarray(q->heap, cap, sizeof(*heap));
	if (heap == NULL)
		return -1;
	q->heap = heap;
	q->cap = cap;
	return 0;
}
