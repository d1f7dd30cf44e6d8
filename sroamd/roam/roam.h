/* SPDX-License-Identifier: ISC */
/* The last movements of stations. */
#ifndef SROAMD_ROAM_ROAM_H
#define SROAMD_ROAM_ROAM_H

#include "common/monotime.h"

struct core;
struct router;
struct station;

/* It was at old (NULL: nowhere), and is now where it is. */
void	 roam_note(struct core *, const struct station *,
	    const struct router *old, monotime_t now);
#endif
