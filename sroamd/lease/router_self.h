/* SPDX-License-Identifier: ISC */
/*
 * What this router floods about itself.  The value of a datum is given to be
 * signed (EFFECT_SIGN_ROUTER); core_router_signed brings the signature, and the
 * datum is stored and flooded then.
 */
#ifndef SROAMD_LEASE_ROUTER_SELF_H
#define SROAMD_LEASE_ROUTER_SELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/monotime.h"
#include "common/ratelimit.h"
#include "common/timer.h"
#include "msg.h"

struct claim;
struct conf;
struct core;
struct datum;

/* Numbers on disk may be so much behind those that were used. */
#define SELF_MARGIN	1024
#define SELF_SIGN_MS	5000	/* no answer: asked again */
#define SELF_CLONE_S	600	/* a clone heard of is warned of so long */

/* A part of the state of leases. */
struct router_self {
	/* to refresh it, or ask again */
	struct timer		timer;
	struct timer		withdraw;	/* and to say so */
	struct sign_router	asked;		/* what is being signed; or */
	bool			is_asked;
	uint64_t		number;		/* the highest used or heard */
	monotime_t		put;		/* when ours was stored */
	uint64_t		other_run;	/* of a clone, perhaps, */
	uint8_t			heard;		/* so many times */
	monotime_t		when;		/* the last time */
	bool			lost;		/* the clone goes on, not we */
	struct ratelimit	line;
};

/* 0, or -1 */
int		 router_self_init(struct core *, monotime_t now);
/* Flood our own with the next number, and what is configured now. */
void		 router_announce(struct core *, monotime_t now);
void		 router_self_timer(struct core *, monotime_t now);
/*
 * A well signed datum of our id that wins against ours.  true: it is another
 * router's that goes on as us.
 */
bool		 router_self_heard(struct core *, const struct router_info *,
		    const struct claim *, monotime_t now);
/* Of our own the number is kept on disk, and read by the next run. */
bool		 router_keep(const struct core *, const struct datum *);
int		 router_self_load(struct core *, const struct stored *);
/* It says each minute that another router goes on as this one. */
void		 router_self_withdrawn(struct core *, monotime_t now);
/* What is to be shown of a clone, or NULL. */
const char	*router_self_warning(const struct core *, monotime_t now);
#endif
