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
 * What is free for the station: 0, or -1 when there is none.  wish: this one
 * if it can be; near: of the prefix that this is in; both may be NULL.
 */
int		 lease_choose(struct core *, const struct mac *,
		    enum lease_kind, const struct prefix *wish,
		    const struct addr *near, struct prefix *, monotime_t now);
bool		 lease_usable(const struct core *, enum lease_kind,
		    const struct prefix *);
/* Whether the station may have it: nobody else's, in range, not reserved. */
bool		 lease_allowed(struct core *, const struct mac *,
		    enum lease_kind, const struct prefix *, monotime_t now);
#endif
