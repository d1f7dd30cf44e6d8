/* SPDX-License-Identifier: ISC */
/*
 * Router data of peers: what is cheap to see is refused at once; a signature is
 * verified when there is time for it, for one peer after the other.
 */
#ifndef SROAMD_LEASE_ROUTER_INTAKE_H
#define SROAMD_LEASE_ROUTER_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bucket.h"
#include "common/monotime.h"
#include "common/timer.h"

struct claim;
struct core;
struct update;

#define FORGED_SLOTS	256

/* A part of the state of leases. */
struct router_intake {
	struct timer	timer;
	struct bucket	budget;
	/* what was found to be forged, and is not verified again: its hash */
	uint8_t		forged[FORGED_SLOTS][16];
};

int		 router_intake_init(struct core *);	/* 0, or -1 */
/* The rows of kinds: table/kind.h. */
const char	*router_check(const struct core *, const struct update *);
const char	*router_weigh(struct core *, const struct claim *, bool *later,
		    monotime_t now);
void		 router_intake_timer(struct core *, monotime_t now);
#endif
