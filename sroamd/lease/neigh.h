/* SPDX-License-Identifier: ISC */
/* Which IPv6 addresses stations may use here, and what follows from it. */
#ifndef SROAMD_LEASE_NEIGH_H
#define SROAMD_LEASE_NEIGH_H

#include "common/addr.h"
#include "common/monotime.h"
#include "msg.h"

struct assoc;
struct core;
struct datum;
struct network;
struct station;

void		 neigh_heard(struct core *, struct assoc *, const struct addr *,
		    monotime_t now);
/* Whether it has an address of a router; then it is named. */
bool		 neigh_impostor(struct core *, struct assoc *,
		    const struct addr *, monotime_t now);
/* The link-local address that it had where it was; false: not known. */
bool		 neigh_elsewhere(struct core *, const struct station *,
		    struct addr *, monotime_t now);
void		 neigh_join(struct core *, struct assoc *, monotime_t now);
/* The rows of kinds: table/kind.h. */
const char	*neigh_check(const struct core *, const struct update *);
void		 neigh_stored(struct core *, struct datum *, monotime_t now);
void		 neigh_adopt(struct core *, const struct network *,
	    const struct mac *, const struct addr *, monotime_t now);
#endif
