/* SPDX-License-Identifier: ISC */
/*
 * What routers tell their neighbours on a link, sroam-flood(7): that they
 * are there, and on which port they listen.
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
#ifndef SROAMD_WIRE_BEACON_H
#define SROAMD_WIRE_BEACON_H

#include <stdint.h>

#include "common/addr.h"
#include "common/ibuf.h"

#define BEACON_GROUP	"ff12::4444"	/* transient, link-local */
#define BEACON_LEN	52
#define BEACON_KEY	32

struct beacon {
	struct router_id	id;
	/* ms since 1970, by its clock */
	uint64_t		stamp;
	/* of its TCP listener; 0: none */
	uint16_t		port;
};

/* 1; 0: another key; -1: malformed, or not our protocol.  All is consumed. */
int	wire_beacon_get(struct ibuf *, const uint8_t key[BEACON_KEY],
	    struct beacon *);
/* 0, or -1: no room. */
int	wire_beacon_add(struct ibuf *, const uint8_t key[BEACON_KEY],
	    const struct beacon *);
/* HMAC-SHA256, RFC 2104: of a text, by a key of one length. */
void	wire_hmac(const uint8_t key[BEACON_KEY], const void *, size_t,
	    uint8_t mac[32]);
#endif
