/* SPDX-License-Identifier: ISC */
/*
 * State on disk: leases and locations.  The caller loads what a former run has
 * kept before any other event, then starts to keep.  core_store_next gives what
 * has changed since: 1 and a datum, or 0 (EFFECT_STORE_WAKE says when there is
 * more).  core_store_all starts again with all data.  A location of a former
 * run that names us proves nothing until a peer or the station confirms it.
 */
#ifndef SROAMD_TABLE_STORE_CURSOR_H
#define SROAMD_TABLE_STORE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"

struct core;

int	core_store_load(struct core *, const struct stored *,
		    monotime_t now);	/* 0, or -1: not wanted */
void	core_store_start(struct core *);
void	core_store_stop(struct core *);
void	core_store_all(struct core *);
int	core_store_next(struct core *, struct stored *);
bool	core_store_holds(struct core *, const uint8_t *key, uint8_t keylen);
#endif
