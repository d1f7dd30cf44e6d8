/* SPDX-License-Identifier: ISC */
/* A peer: one flooding session, by the number that its caller chose. */
#ifndef SROAMD_TABLE_PEER_H
#define SROAMD_TABLE_PEER_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/timer.h"
#include "table/mesh.h"
#include "table/pending.h"
#include "table/reader.h"

struct table_answer;
struct table_said;
struct core;

/* A set of nodes of a digest tree.  No bit is set before word hint. */
struct bits {
	uint64_t	*words;
	uint32_t	 hint, count;
};

/*
 * A router datum is in the list of the session that refreshed it last, or in
 * the orphans of the core when that session has ended.
 */
struct spoken {
	TAILQ_ENTRY(spoken)	 entry;
	struct spoken_list	*by;		/* NULL: in no list */
};

TAILQ_HEAD(spoken_list, spoken);

struct peer {
	RB_ENTRY(peer)			entry;
	struct reader			reader;
	uint32_t			id;
	bool				extended;
	bool				opener;	/* we are, of the session */
	struct mesh_peer		mesh;
	struct spoken_list		spoken;
	struct pendings			pending;
	TAILQ_HEAD(, table_answer)	answers;	/* to old versions */
	uint32_t			nanswers, nsaid;
	TAILQ_HEAD(, table_said)	said;	/* likewise, as a whole */
	uint32_t			answered;	/* since: */
	monotime_t			answers_since;
	/* all below is for these */
	bool				digests;
	/* our own datum is to be sent */
	bool				sends_own;
	bool				summary;	/* is to be sent */
	/* an update of the peer */
	bool				refused;
	uint8_t				skip, backoff;	/* rounds */
	/* nodes whose sums to send */
	struct bits			sums;
	struct bits			fetch;		/* nodes to ask for */
	struct bits			send;		/* nodes to send */
	struct timer			round;
};

RB_HEAD(peer_tree, peer);

int	 peer_cmp(const struct peer *, const struct peer *);
RB_PROTOTYPE(peer_tree, peer, entry, peer_cmp)
struct peer	*peer_find(const struct core *, uint32_t id);	/* or NULL */
void		 peer_wake(struct core *, const struct peer *);
/* Move to the end of the list; NULL: to no list. */
void		 spoken_by(struct spoken *, struct spoken_list *);
#endif
