/* SPDX-License-Identifier: ISC */
/*
 * Stations that went with their link: the port of a bridge, or an interface,
 * that went down.  A silent one is there when the link returns and says
 * nothing, so it is asked: roam/asking.h.
 */
#ifndef SROAMD_LEASE_MISSING_H
#define SROAMD_LEASE_MISSING_H

#include <sys/queue.h>

#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/timer.h"

#define MISSING_MAX	4096	/* for one more the oldest is forgotten */

struct assoc;
struct core;
struct station;

struct missing {
	TAILQ_ENTRY(missing)	 entry;
	struct station		*station;
	uint32_t		 ifindex;	/* where it was */
	struct addr		 linklocal;	/* or none */
	monotime_t		 since;
	/* made, since the link is back */
	uint8_t			 asks;
	struct timer		 timer;
};
TAILQ_HEAD(missing_list, missing);

/* A station is about to be dropped, as its link says. */
void	missing_add(struct core *, const struct assoc *, monotime_t now);
/* It is here, or its station is freed. */
void	missing_drop(struct core *, struct station *);
#endif
