/* SPDX-License-Identifier: ISC */
/* The last roams of stations. */
#ifndef SROAMD_ROAM_ROAM_H
#define SROAMD_ROAM_ROAM_H

#include "common/monotime.h"

struct core;
struct router;
struct station;

/* The station was at old (NULL: nowhere) and has moved. */
void	 roam_note(struct core *, const struct station *,
	    const struct router *old, monotime_t now);
#endif
