/* SPDX-License-Identifier: ISC */
/*
 * The memory that the table takes, with all that grows with it: counted where
 * it is allocated, as what the allocator takes for it, so that `limit memory'
 * is a bound.  Near it what is new of other routers is refused; at it all that
 * is new.  What is known may be refreshed, and changed, for ever.
 */
#ifndef SROAMD_TABLE_ROOM_H
#define SROAMD_TABLE_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/monotime.h"

struct core;

enum room {
	ROOM_ENOUGH,
	ROOM_OWN,		/* for stations here alone */
	ROOM_NONE
};

#define ROOM_OWN_SHARE	5	/* this part of it is for them */

/* Zeroed memory that counts, or NULL. */
void		*room_alloc(struct core *, size_t);
/* Give it back: as many octets as it was asked for.  NULL: nothing. */
void		 room_free(struct core *, void *, size_t);
/* Octets. */
uint64_t	 room_used(const struct core *);
uint64_t	 room_limit(const struct core *);	/* 0: none */
enum room	 room_left(const struct core *);
/*
 * Something was refused for that: count it, and log it, each of the two once
 * an hour.
 */
void		 room_refused(struct core *, monotime_t now);
#endif
