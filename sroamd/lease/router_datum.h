/* SPDX-License-Identifier: ISC */
/* Router data, and what follows from them. */
#ifndef SROAMD_LEASE_ROUTER_DATUM_H
#define SROAMD_LEASE_ROUTER_DATUM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "lease/router.h"
#include "msg.h"
#include "table/order.h"

struct core;
struct datum;

#define ROUTER_S	3600		/* lifetime of a router datum */
#define ROUTER_REFRESH_S 120		/* how often it is refreshed */
#define ROUTER_LATE_S	150		/* a refresh did not come */
#define ROUTER_SILENT_S	300		/* no refresh: a fault */
#define ROUTER_CLONE_S	600		/* that two of one id are shown */

/* The rows of kinds: table/kind.h. */
int	router_name(struct core *, const struct claim *);
void	router_unname(struct core *, const struct claim *, int made);
bool	router_claimed(struct core *, struct datum *, const struct claim *,
	    enum table_result, monotime_t now);
void	router_stored(struct core *, struct datum *, monotime_t now);
uint8_t	router_hops(struct core *, const struct datum *);
void	router_timer(struct core *, struct datum *, monotime_t now);

/* Whether there is room for one more: NULL, or why not. */
const char	*router_admit(struct core *, monotime_t now);
/* A claim that is proven and wins: NULL, or why it is not stored. */
const char	*router_accept(struct core *, const struct claim *,
		    const struct router_info *, monotime_t now);
/* A copy of what is stored, or an old version. */
void		 router_copy(struct core *, const struct claim *);
/* What it says of itself goes; its stations have no direct routes. */
void		 router_end(struct core *, struct router *, monotime_t now);
/* The same, and no copy of it is taken any more: only a new word. */
void		 router_forget(struct core *, struct router *, monotime_t now);
/* The information about the router may have changed. */
void		 router_informed(struct core *, struct router *,
		    const struct router_info *, monotime_t now);
/* Two routers have had its identity, a short while ago. */
bool		 router_is_cloned(const struct router *, monotime_t now);
/* Set their next hops again. */
void		 routers_refresh(struct core *);
#endif
