/* SPDX-License-Identifier: ISC */
/*
 * Stations that were answered before, and a limit for all others together: a
 * flood of forged MAC addresses does not affect the stations in service.
 */
#ifndef SROAMD_FRONTEND_KNOWN_H
#define SROAMD_FRONTEND_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

struct known;

struct known	*known_new(uint32_t seed);	/* NULL: no memory */
void		 known_free(struct known *);
void		 known_rate(struct known *, uint32_t frames);	/* a second */
/* A frame was sent to it: it is known from now on. */
void		 known_add(struct known *, const struct mac *);
/* Whether to accept a frame of this station on this interface. */
bool		 known_allows(struct known *, const struct mac *,
		    uint32_t ifindex, monotime_t now);
#endif
