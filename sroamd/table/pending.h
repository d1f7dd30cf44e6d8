/* SPDX-License-Identifier: ISC */
/*
 * Claims that wait until somebody has time to examine them: a queue for each
 * peer, so that one that sends many delays itself only.  Of one key the
 * greatest version that the peer sent waits.
 */
#ifndef SROAMD_TABLE_PENDING_H
#define SROAMD_TABLE_PENDING_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"

struct claim;
struct core;
struct peer;

#define PENDING_MIN	16	/* of a peer, however many there are */

struct pending {
	RB_ENTRY(pending)	entry;		/* of its peer, by key */
	TAILQ_ENTRY(pending)	order;		/* the oldest first */
	uint64_t		seqno;
	monotime_t		expires, claimed;
	uint32_t		from;		/* the peer */
	uint8_t			hops;
	uint8_t			keylen, vallen;
	uint8_t			data[DATUM_MAX];
};

RB_HEAD(pending_tree, pending);
TAILQ_HEAD(pending_list, pending);

int	pending_cmp(const struct pending *, const struct pending *);
RB_PROTOTYPE(pending_tree, pending, entry, pending_cmp)

/* A peer's part; all zeroes but for pending_init. */
struct pendings {
	TAILQ_ENTRY(pendings)	turn;		/* if it is not empty */
	struct pending_tree	by_key;
	struct pending_list	list;
	uint32_t		n;
	bool			missed;	/* there was no room for some */
};

TAILQ_HEAD(pendings_list, pendings);

void		 pending_init(struct pendings *);
/*
 * Keep it for later.  false: it was dropped, since the peer has its share of
 * `max`, or without memory.  Then the peer is asked again once the others are
 * done.
 */
bool		 pending_add(struct core *, struct peer *, const struct claim *,
		    uint32_t max);
/* The next one, of each peer in turn, which is the caller's; or NULL. */
struct pending	*pending_take(struct core *);
bool		 pending_any(const struct core *);
void		 pending_claim(const struct pending *, struct claim *);
/* The peer is gone. */
void		 pending_drop(struct core *, struct pendings *);
#endif
