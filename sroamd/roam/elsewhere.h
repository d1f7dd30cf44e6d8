/* SPDX-License-Identifier: ISC */
/*
 * Locations in networks that are not configured here.  They are only relayed,
 * but for those that name this router.
 */
#ifndef SROAMD_ROAM_ELSEWHERE_H
#define SROAMD_ROAM_ELSEWHERE_H

#include "common/monotime.h"

struct core;
struct datum;

/* The row of kinds: table/kind.h. */
void	elsewhere_stored(struct core *, struct datum *, monotime_t now);
void	elsewhere_timer(struct core *, struct datum *, monotime_t now);
#endif
