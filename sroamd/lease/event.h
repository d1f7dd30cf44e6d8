/* SPDX-License-Identifier: ISC */
/*
 * What happens to stations, leases and routers, told to whoever listens
 * (core_listen): EFFECT_EVENT.  Nothing else follows from it.
 */
#ifndef SROAMD_LEASE_EVENT_H
#define SROAMD_LEASE_EVENT_H

#include <stdbool.h>

#include "common/ctl.h"
#include "common/monotime.h"

struct core;
struct datum;
struct router;
struct station;

/* from: the router that it was at, or NULL; text: or NULL. */
void	event_station(struct core *, enum ctl_event_type,
	    const struct station *, const struct router *from,
	    const char *text, monotime_t now);
/* A lease was stored that was alive before, of that station (NULL), or not. */
void	event_stored(struct core *, const struct datum *, bool was_live,
	    const struct station *was, monotime_t now);
void	event_lease(struct core *, enum ctl_event_type, const struct datum *,
	    const char *text);
void	event_router(struct core *, enum ctl_event_type,
	    const struct router *);
#endif
