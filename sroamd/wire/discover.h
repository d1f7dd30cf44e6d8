/* SPDX-License-Identifier: ISC */
/*
 * A router's hello on a link, sroam-flood(7): it says that the router is
 * there, and on which port it listens.
 *
 *	+--------+--------+--------+--------+
 *	|   44   |    2   |    TCP port     |
 *	+--------+--------+--------+--------+
 *	|            router id (64)         |
 *	+-----------------------------------+
 *	|        ms since 1970 (64)         |
 *	+-----------------------------------+
 *	|  HMAC-SHA256 of all before (256)  |
 *	+-----------------------------------+
 */
#ifndef SROAMD_WIRE_DISCOVER_H
#define SROAMD_WIRE_DISCOVER_H

#include <stdint.h>

#include "common/addr.h"
#include "common/ibuf.h"

#define DISCOVER_GROUP	"ff12::4444"	/* transient, link-local */
#define DISCOVER_LEN	52
#define DISCOVER_KEY	32

struct discover {
	struct router_id	id;
	/* ms since 1970, by its clock */
	uint64_t		stamp;
	/* of its TCP listener; 0: none */
	uint16_t		port;
};

/* 1; 0: another key; -1: malformed, or not our protocol.  Consumes all. */
int	wire_discover_get(struct ibuf *, const uint8_t key[DISCOVER_KEY],
	    struct discover *);
/* 0, or -1: no room. */
int	wire_discover_add(struct ibuf *, const uint8_t key[DISCOVER_KEY],
	    const struct discover *);
/* HMAC-SHA256, RFC 2104, of a text, by a key of one length. */
void	wire_hmac(const uint8_t key[DISCOVER_KEY], const void *, size_t,
	    uint8_t mac[32]);
#endif
