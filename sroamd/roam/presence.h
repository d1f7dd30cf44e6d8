/* SPDX-License-Identifier: ISC */
/* Whether a station is still here. */
#ifndef SROAMD_ROAM_PRESENCE_H
#define SROAMD_ROAM_PRESENCE_H

#include "common/monotime.h"
#include "msg.h"

struct assoc;
struct core;
struct timer;

void	probe_timer(struct core *, struct assoc *, monotime_t now);
void	assoc_timer(struct core *, struct timer *, monotime_t now);
/* The result of an inquiry. */
void	probe_answered(struct assoc *, enum sighting_kind, monotime_t now);
#endif
