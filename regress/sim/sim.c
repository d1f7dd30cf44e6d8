/* SPDX-License-Identifier: ISC */
/* Virtual time, random numbers from a seed, and the results of a run. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static void	heap_push(struct sim *, const struct event *);
static bool	heap_pop(struct sim *, monotime_t, struct event *);

void *
sim_alloc(size_t size)
{
	void *p;

	if ((p = calloc(1, size)) == NULL)
		abort();
	return p;
}

void *
sim_copy(const void *data, size_t size)
{
	return memcpy(sim_alloc(size), data, size);
}

/* splitmix64: any seed will do, also 0. */
uint32_t
sim_random(struct rng *rng)
{
	uint64_t z;

	z = (rng->state += 0x9e3779b97f4a7c15ULL);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

int64_t
sim_between(struct sim *sim, int64_t low, int64_t high)
{
	if (high <= low)
		return low;
	return low + (int64_t)(sim_random(&sim->rng) %
	    (uint64_t)(high - low + 1));
}

bool
sim_chance(struct sim *sim, int percent)
{
	return (int)(sim_random(&sim->rng) % 100) < percent;
}

static bool
sooner(const struct event *a, const struct event *b)
{
	if (a->at.us != b->at.us)
		return a->at.us < b->at.us;
	return a->order < b->order;
}

static void
heap_push(struct sim *sim, const struct event *event)
{
	size_t i, up;

	if (sim->len == sim->cap) {
		sim->cap = sim->cap != 0 ? sim->cap * 2 : 256;
		sim->heap = realloc(sim->heap, sim->cap * sizeof(*sim->heap));
		if (sim->heap == NULL)
			abort();
	}
	for (i = sim->len++; i > 0; i = up) {
		up = (i - 1) / 2;
		if (!sooner(event, &sim->heap[up]))
			break;
		sim->heap[i] = sim->heap[up];
	}
	sim->heap[i] = *event;
}

static bool
heap_pop(struct sim *sim, monotime_t until, struct event *event)
{
	struct event last;
	size_t i, down;

	if (sim->len == 0 || monotime_before(until, sim->heap[0].at))
		return false;
	*event = sim->heap[0];
	last = sim->heap[--sim->len];
	for (i = 0; (down = 2 * i + 1) < sim->len; i = down) {
		if (down + 1 < sim->len &&
		    sooner(&sim->heap[down + 1], &sim->heap[down]))
			down++;
		if (!sooner(&sim->heap[down], &last))
			break;
		sim->heap[i] = sim->heap[down];
	}
	sim->heap[i] = last;
	return true;
}

/* Queue a call; data is freed after it. */
void
sim_at(struct sim *sim, int64_t us, void (*fn)(struct sim *,
    const struct event *), void *obj, uint32_t gen, int n, void *data)
{
	struct event event;

	memset(&event, 0, sizeof(event));
	event.at.us = sim->now.us + (us > 0 ? us : 0);
	event.order = sim->order++;
	event.fn = fn;
	event.obj = obj;
	event.gen = gen;
	event.n = n;
	event.data = data;
	heap_push(sim, &event);
}

/* Let virtual time pass, or stop at the first failure. */
void
sim_run(struct sim *sim, int64_t ms)
{
	monotime_t until = monotime_add(sim->now, ms);
	struct event event;

	while (!sim->failed && heap_pop(sim, until, &event)) {
		sim->now = event.at;
		sim->events++;
		event.fn(sim, &event);
		free(event.data);
	}
	if (!sim->failed)
		sim->now = until;
}

void
sim_trace_line(struct sim *sim, const char *fmt, ...)
{
	va_list ap;

	fprintf(sim->trace, "%10.3f ", (double)sim->now.us / 1000);
	va_start(ap, fmt);
	vfprintf(sim->trace, fmt, ap);
	va_end(ap);
	putc('\n', sim->trace);
}

/* The first failure counts: later ones follow from it. */
void
sim_fail(struct sim *sim, const char *fmt, ...)
{
	char text[sizeof(sim->failure) - 32];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sim_trace(sim, "FAIL %s", text);
	if (sim->failed)
		return;
	sim->failed = true;
	snprintf(sim->failure, sizeof(sim->failure), "at %.3f ms: %s",
	    (double)sim->now.us / 1000, text);
}
