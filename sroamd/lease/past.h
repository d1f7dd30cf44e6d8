/* SPDX-License-Identifier: ISC */
/*
 * Routers whose data have ended: for a day nothing older is taken, so that
 * nobody can play it back.  A router that comes back and has forgotten its last
 * number is answered with its own word, and goes on from there.  As many as
 * there may be routers; then the one that ended first is forgotten.
 */
#ifndef SROAMD_LEASE_PAST_H
#define SROAMD_LEASE_PAST_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"
#include "table/key.h"

struct core;
struct datum;

struct past {
	RB_ENTRY(past)		entry;		/* by id */
	TAILQ_ENTRY(past)	order;		/* the first to end first */
	struct router_id	id;
	struct router_key	key;
	uint64_t		seqno;		/* its last one, */
	monotime_t		expires;	/* and until when that lived */
	monotime_t		until;		/* it is remembered */
	monotime_t		claimed;
	monotime_t		answered;
	uint8_t			vallen;
	uint8_t			value[DATUM_MAX - ROUTER_KEY];
};

RB_HEAD(past_tree, past);
TAILQ_HEAD(past_list, past);

int	past_cmp(const struct past *, const struct past *);
RB_PROTOTYPE(past_tree, past, entry, past_cmp)

/* NULL: nothing is remembered of it. */
struct past	*past_find(struct core *, const struct router_id *,
		    monotime_t now);
/* The datum of this router is about to go. */
void		 past_note(struct core *, const struct router_info *,
		    const struct datum *, monotime_t now);
/* The peer has sent an older one: send it this, once a second. */
void		 past_answer(struct core *, struct past *, uint32_t peer,
		    monotime_t now);
void		 past_forget(struct core *, const struct router_id *);
void		 past_free(struct core *);
#endif
