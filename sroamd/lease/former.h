/* SPDX-License-Identifier: ISC */
/*
 * What a station had before the configuration gave it something else: it ends
 * as soon as the station has the new address or prefix.
 */
#ifndef SROAMD_LEASE_FORMER_H
#define SROAMD_LEASE_FORMER_H

#include <stdbool.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "table/key.h"

struct client;
struct core;
struct station;

/* Whether the configuration has another one for it, and it is free. */
bool	former_is(struct core *, const struct station *,
	    const struct client *, enum lease_kind, const struct prefix *,
	    monotime_t now);
/*
 * This client of it has this one now.  The client's others of the kind end,
 * with their routes, if this one is reserved for it, or if it would not get
 * them again.
 */
void	former_end(struct core *, struct station *, const struct client *,
	    enum lease_kind, const struct prefix *, monotime_t now);
#endif
