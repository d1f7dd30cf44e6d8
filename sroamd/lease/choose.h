/* SPDX-License-Identifier: ISC */
/* Which address or prefix a station gets, and which it may have. */
#ifndef SROAMD_LEASE_CHOOSE_H
#define SROAMD_LEASE_CHOOSE_H

#include <stdbool.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "table/key.h"

struct core;
struct datum;
struct station;

struct datum	*lease_find(struct core *, enum lease_kind,
		    const struct prefix *);
struct datum	*lease_best(struct core *, struct station *, enum lease_kind,
		    monotime_t now);
/*
 * A free address or prefix for the station: 0, or -1 when there is none. wish:
 * this one if possible; near: in the prefix of this address; both may be NULL.
 */
int		 lease_choose(struct core *, const struct mac *,
		    enum lease_kind, const struct prefix *wish,
		    const struct addr *near, struct prefix *, monotime_t now);
bool		 lease_usable(const struct core *, enum lease_kind,
		    const struct prefix *);
/* Whether the station may have it: in range, not reserved, nobody else's. */
bool		 lease_allowed(struct core *, const struct mac *,
		    enum lease_kind, const struct prefix *, monotime_t now);
#endif
