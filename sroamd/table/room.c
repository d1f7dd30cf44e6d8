/* SPDX-License-Identifier: ISC */
/* The memory that the table takes: room.h. */
#include <stdlib.h>

#include "common/ratelimit.h"
#include "common/timer.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/room.h"
#include "table/state.h"

#define LOG_MS		3600000LL

static uint64_t	chunk(size_t);

/* What malloc of glibc takes for so many octets: its own word, aligned. */
static uint64_t
chunk(size_t size)
{
	uint64_t	n = (size + sizeof(size_t) + 15) & ~(uint64_t)15;

	return n < 32 ? 32 : n;
}

void *
room_alloc(struct core *core, size_t size)
{
	void	*p = calloc(1, size);

	if (p != NULL)
		core->room += chunk(size);
	return p;
}

void
room_free(struct core *core, void *p, size_t size)
{
	if (p == NULL)
		return;
	core->room -= chunk(size);
	free(p);
}

/* The trees and arrays are few, and their size is known. */
uint64_t
room_used(const struct core *core)
{
	uint64_t	n = core->room + digest_bytes(core) +
	    core->nindex * sizeof(struct datum *) +
	    core->timers.cap * sizeof(struct timer *);
	int		kind;

	for (kind = 0; kind < LEASE_KINDS; kind++)
		n += core->memory[kind].cap * sizeof(struct timer *);
	return n;
}

uint64_t
room_limit(const struct core *core)
{
	return (uint64_t)core->conf.max_memory << 20;
}

enum room
room_left(const struct core *core)
{
	uint64_t	used, limit = room_limit(core);

	if (limit == 0)
		return ROOM_ENOUGH;
	used = room_used(core);
	if (used >= limit)
		return ROOM_NONE;
	return used >= limit - limit / ROOM_OWN_SHARE ? ROOM_OWN : ROOM_ENOUGH;
}

void
room_refused(struct core *core, monotime_t now)
{
	bool	none = room_left(core) == ROOM_NONE;

	core->counters.table_refused++;
	if (!ratelimit_pass(&core->no_room[none], LOG_MS, now))
		return;
	core_log(core, LEVEL_WARN, "the table takes %u of the %u MB that limit "
	    "memory gives it: what is new %sis refused",
	    (unsigned int)(room_used(core) >> 20), core->conf.max_memory,
	    none ? "" : "of other routers ");
}
