/* SPDX-License-Identifier: ISC */
/* Digests on a session: the core's, in the framing of wire/flood.c. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "common/ibuf.h"
#include "engine/session/local.h"
#include "wire/flood.h"

/* The session's properties for core_peer_up, after its handshake. */
unsigned int
session_flags(const struct session *s)
{
	if (!s->extended)
		return 0;
	return PEER_EXTENDED | PEER_DIGESTS |
	    (s->target != NULL ? PEER_OPENER : 0);
}

/* The core's next digest as one TLV: its length, or 0 when there is none. */
size_t
session_digest(struct session *s, uint8_t *room, size_t size)
{
	struct digest	g;
	struct ibuf	buf;

	if (!core_peer_digest(s->all->core, s->id, &g))
		return 0;
	ibuf_to(&buf, room, size);
	return wire_flood_add_digest(&buf, &g) == -1 ? 0 : ibuf_len(&buf);
}
