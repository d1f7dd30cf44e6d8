/* SPDX-License-Identifier: ISC */
/*
 * Who of the peers has sessions with whom, as each of them says, so that what
 * one has sent is not sent to the others once more.
 */
#ifndef SROAMD_TABLE_MESH_H
#define SROAMD_TABLE_MESH_H

#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/bucket.h"
#include "common/monotime.h"
#include "msg.h"

struct core;
struct datum;
struct peer;

#define MESH_SAID_MAX	1024	/* routers, of one peer; more are ignored */

/*
 * The place of a router on the circle of ids is how far its id follows our own,
 * modulo 2^64; 0 is our own.  A set of places, in order.
 */
struct places {
	uint64_t	*at;
	uint32_t	 n, room;
};

/* A session of ours that began or ended, which the peer was not told yet. */
struct mesh_news {
	uint64_t	place;
	bool		ended;
};

/* Of a peer of version 2. */
struct mesh_peer {
	RB_ENTRY(peer)		entry;
	uint64_t		place;	/* of its router; 0: not known */
	struct places		said;	/* with whom it has sessions */
	struct places		linked; /* those of them that are our peers */
	struct bucket		asked;	/* summaries out of turn */
	bool			tell;	/* all our sessions, from the first */
	bool			telling; /* those behind `told` */
	uint64_t		told;
	uint8_t			nnews;
	struct mesh_news	news[NEIGHBOUR_IDS];
};

RB_HEAD(mesh_tree, peer);

int	mesh_cmp(const struct peer *, const struct peer *);
RB_PROTOTYPE(mesh_tree, peer, mesh.entry, mesh_cmp)

/* A session begins, and ends. */
void		 mesh_up(struct peer *);
void		 mesh_down(struct core *, struct peer *, monotime_t now);
void		 mesh_free(struct peer *);
/* Who the peer is, for the log. */
const char	*mesh_text(struct core *, uint32_t peer);
/* Whether the peer gets the datum from the one that we have it from. */
bool		 mesh_spares(const struct core *, const struct peer *,
		    const struct datum *);
#endif
