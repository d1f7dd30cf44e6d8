/* SPDX-License-Identifier: ISC */
/*
 * Flooding.  A session has a number that the caller chose and uses once.
 * peer_up: the handshake is over, flags: what both sides announced, and who
 * opened it.  The caller takes what is to be sent by core_peer_say (1 and
 * neighbours, or 0: none for now), then by core_peer_next (1 and an update, or
 * 0), and then by core_peer_digest (1 and a digest, or 0), as much at a time as
 * its output buffer allows: a slow peer costs no memory.  EFFECT_PEER_WAKE says
 * when there is more.  core_peer_is: its hello has said who it is.
 */
#ifndef SROAMD_TABLE_FLOOD_H
#define SROAMD_TABLE_FLOOD_H

#include <stdint.h>

#include "common/monotime.h"
#include "msg.h"

struct core;

#define PEER_EXTENDED	0x1	/* ages, router data */
#define PEER_DIGESTS	0x2	/* of an extended peer: only what differs */
#define PEER_OPENER	0x4	/* we connected, the peer accepted */

/* 0, or -1: no memory, and the session is of no use. */
int		 core_peer_up(struct core *, uint32_t peer, unsigned int flags,
		    monotime_t now);
void		 core_peer_down(struct core *, uint32_t peer, monotime_t now);
void		 core_peer_is(struct core *, uint32_t peer,
		    const struct router_id *, monotime_t now);
void		 core_peer_neighbours(struct core *, uint32_t peer,
		    const struct neighbours *, monotime_t now);
int		 core_peer_say(struct core *, uint32_t peer,
		    struct neighbours *);
int		 core_peer_next(struct core *, uint32_t peer, struct update *,
		    monotime_t now);
/* NULL, or why the update was dropped. */
const char	*core_update(struct core *, uint32_t peer,
		    const struct update *, monotime_t now);
int		 core_peer_digest(struct core *, uint32_t peer,
		    struct digest *);
void		 core_digest(struct core *, uint32_t peer,
		    const struct digest *);

/* For the rooms of the core: an update was refused, whatever its version. */
void	update_refused(struct core *, uint32_t peer);
/* All sessions end. */
void	peers_free(struct core *);
#endif
