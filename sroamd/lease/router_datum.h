/* SPDX-License-Identifier: ISC */
/* Router data, and what follows from them. */
#ifndef SROAMD_LEASE_ROUTER_DATUM_H
#define SROAMD_LEASE_ROUTER_DATUM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"
#include "table/order.h"

struct core;
struct datum;

#define ROUTER_S	3600		/* lifetime of a router datum */
#define ROUTER_REFRESH_S 120		/* how often it is refreshed */
#define ROUTER_SILENT_S	300		/* no refresh: a fault */

/* The rows of kinds: table/kind.h. */
const char	*router_check(const struct core *, const struct update *);
int		 router_name(struct core *, const struct claim *);
void		 router_unname(struct core *, const struct claim *, int made);
bool		 router_claimed(struct core *, struct datum *,
		    const struct claim *, enum table_result, monotime_t now);
const char	*router_admit(struct core *, monotime_t now);
void		 router_accepted(struct core *, struct datum *,
		    const struct claim *, enum table_result, monotime_t now);
void		 router_stored(struct core *, struct datum *, monotime_t now);
uint8_t		 router_hops(struct core *, const struct datum *);
void		 router_timer(struct core *, struct datum *, monotime_t now);
/* Flood our own. */
void		 router_announce(struct core *, monotime_t now);
/* Set their next hops again. */
void		 routers_refresh(struct core *);
#endif
