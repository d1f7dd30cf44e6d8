/* SPDX-License-Identifier: ISC */
/* A peer: one flooding session, by the number that its caller chose. */
#ifndef SROAMD_TABLE_PEER_H
#define SROAMD_TABLE_PEER_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/timer.h"
#include "table/reader.h"

struct core;

/* Nodes of the digests' tree: no word before hint is set. */
struct bits {
	uint64_t	*words;
	uint32_t	 hint, count;
};

/*
 * What a session was the last to speak of is in its list; what none of those
 * that live did, in the core's.
 */
struct spoken {
	TAILQ_ENTRY(spoken)	 entry;
	struct spoken_list	*by;		/* NULL: in no list */
};

TAILQ_HEAD(spoken_list, spoken);

struct peer {
	RB_ENTRY(peer)		 entry;
	struct reader		reader;
	uint32_t		id;
	bool			extended;
	struct spoken_list	spoken;
	bool			digests;	/* all below is for these */
	bool			sends_own;/* our own word is to be sent */
	bool			summary;	/* is to be sent */
	bool			refused;	/* something of the peer's */
	uint8_t			skip, backoff;	/* rounds */
	struct bits		sums;		/* nodes whose sums to send */
	struct bits		fetch;		/* nodes to ask for */
	struct bits		send;		/* nodes to send */
	struct timer		round;
};

RB_HEAD(peer_tree, peer);

int	 peer_cmp(const struct peer *, const struct peer *);
RB_PROTOTYPE(peer_tree, peer, entry, peer_cmp)
struct peer	*peer_find(struct core *, uint32_t id);	/* or NULL */
void		 peer_wake(struct core *, const struct peer *);
/* Last in the list, and in no other; NULL: it says no more. */
void		 spoken_by(struct spoken *, struct spoken_list *);
#endif
