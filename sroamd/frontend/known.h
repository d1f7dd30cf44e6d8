/* SPDX-License-Identifier: ISC */
/*
 * Stations that were ever answered, and how much strangers may say: a flood of
 * made-up MAC addresses leaves room for those who are served.
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
/* It was sent something, so it is worth listening to. */
void		 known_add(struct known *, const struct mac *);
/* Whether to take a frame from this station of this interface. */
bool		 known_allows(struct known *, const struct mac *,
		    uint32_t ifindex, monotime_t now);
#endif
