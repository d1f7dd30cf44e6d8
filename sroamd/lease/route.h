/* SPDX-License-Identifier: ISC */
/* What the kernel must have: a route for each live lease. */
#ifndef SROAMD_LEASE_ROUTE_H
#define SROAMD_LEASE_ROUTE_H

#include "common/monotime.h"

struct core;
struct datum;
struct station;

void	route_station(struct core *, struct station *, monotime_t now);
void	route_lease(struct core *, struct station *, struct datum *,
	    monotime_t now);
void	route_gateway(struct core *, struct station *, monotime_t now);
void	route_withdraw(struct core *, struct datum *);
void	routes_refresh(struct core *, monotime_t now);	/* all of them */
#endif
