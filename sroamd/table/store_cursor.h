/* SPDX-License-Identifier: ISC */
/*
 * State on disk: leases and locations.  The caller loads what a former run
 * kept before any other event, then starts to keep: core_store_next gives
 * what has changed since (1 and a datum, or 0: EFFECT_STORE_WAKE will say
 * when), core_store_all makes it give everything once more.  A location of a
 * former run that names us is no evidence until a peer or the station agrees.
 */
#ifndef SROAMD_TABLE_STORE_CURSOR_H
#define SROAMD_TABLE_STORE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"

struct core;

int	core_store_load(struct core *, const struct stored *,
		    monotime_t now);	/* 0, or -1: not wanted any more */
void	core_store_start(struct core *);
void	core_store_stop(struct core *);
void	core_store_all(struct core *);
int	core_store_next(struct core *, struct stored *);
bool	core_store_holds(struct core *, const uint8_t *key, uint8_t keylen);
#endif
