/* SPDX-License-Identifier: ISC */
/* Questions to stations that went with their link, when it returns. */
#ifndef SROAMD_ROAM_ASKING_H
#define SROAMD_ROAM_ASKING_H

#include <stdint.h>

#include "common/monotime.h"

#define ASKING_MS	3600000		/* who went longer ago is not asked */
#define ASKING_GAP_MS	50		/* between any two questions */
#define ASKING_TIMES	4		/* each station, 1, 2 and 4 s apart */

struct core;
struct timer;

/* A link is back: ask those that were there. */
void	asking_begin(struct core *, uint32_t ifindex, monotime_t now);
void	asking_timer(struct core *, struct timer *, monotime_t now);
#endif
