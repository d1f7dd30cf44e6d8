/* SPDX-License-Identifier: ISC */
/*
 * The table itself.  A datum changes only by table_put, which moves it to the
 * end of the order of changes and wakes the readers.
 */
#ifndef SROAMD_TABLE_TABLE_H
#define SROAMD_TABLE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ctl.h"
#include "common/monotime.h"

struct claim;
struct core;
struct datum;

int		 table_init(struct core *);	/* 0, or -1 */
void		 table_free(struct core *);
struct datum	*table_find(struct core *, const uint8_t *key, uint8_t keylen);
struct datum	*table_at(struct core *, const struct ctl_cursor *);
struct datum	*table_put(struct core *, struct datum *, const struct claim *,
		    monotime_t now);
bool		 table_is_full(const struct core *);
/* At most one line an hour. */
void		 table_warn_full(struct core *, monotime_t now);
/*
 * Near the limit, forget some of the ended data that are only remembered, the
 * first to be forgotten first.  The caller may hold no pointer to a datum.
 */
void		 table_make_room(struct core *, monotime_t now);
void		 table_remove(struct core *, struct datum *);
/* After a change of core->scopes. */
void		 table_rescope(struct core *, monotime_t now);
/* A version was stored, ours or of a peer: do what follows. */
void		 datum_stored(struct core *, struct datum *, monotime_t now);
void		 datum_timer(struct core *, struct datum *, monotime_t now);
#endif
