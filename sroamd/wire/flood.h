/* SPDX-License-Identifier: ISC */
/*
 * The flooding protocol, sroam-flood(7): a handshake of 4 octets, then TLVs.
 * The decoder keeps nothing between calls: give it all octets that arrived
 * and are not yet consumed.
 *
 *	handshake	44, 1, capabilities (16 bits; none in version 1)
 *	type 0		one octet of padding, without a length
 *	type 1		padding
 *	type 2		Update: seqno (16), lifetime in s (32), key length (8),
 *			key, value
 *	type 3		Aged update: seqno (64), lifetime in s (32),
 *			age in ms (32), key length (8), key, value
 *	type 4		Hello: router id (64 bits) of the sender
 *	type 5		Heartbeat: nothing
 *	type 6		Summary: sum (64) of the whole table
 *	type 7		Sums: level (8), index (16), 16 sums (64)
 *	type 8		Fetch: level (8), index (16)
 *	type 9		Counted update: seqno (64), lifetime in s (32),
 *			age in ms (32), hops (8), key length (8), key, value
 */
#ifndef SROAMD_WIRE_FLOOD_H
#define SROAMD_WIRE_FLOOD_H

#include <stddef.h>
#include <stdint.h>

#include "common/ibuf.h"
#include "msg.h"

#define FLOOD_PORT		4444
#define FLOOD_HANDSHAKE_LEN	4
#define FLOOD_TLV_MAX		257	/* the longest TLV */

/* The capability of version 2: all types but 2. */
#define FLOOD_CAP_2		0x0010

enum flood_kind {
	FLOOD_PAD,		/* type 0, or type 1: no contents */
	FLOOD_UPDATE,		/* type 2, of version 1: unknown age */
	FLOOD_AGED,		/* type 3: update */
	FLOOD_HELLO,		/* type 4: router */
	FLOOD_HEARTBEAT,	/* type 5: it is alive */
	FLOOD_DIGEST,		/* types 6 to 8: digest */
	FLOOD_COUNTED,		/* type 9: update */
	FLOOD_UNKNOWN,		/* skipped */
	FLOOD_MALFORMED		/* what is wrong */
};

struct flood_tlv {
	enum flood_kind		 kind;
	uint8_t			 type;
	/* of FLOOD_MALFORMED: a constant */
	const char		*why;
	struct router_id	 router;
	struct update		 update;
	struct digest		 digest;
};

/* 1: consumed; 0: incomplete; -1: another protocol, nothing consumed. */
int	wire_flood_get_handshake(struct ibuf *, uint16_t *capabilities);
/*
 * 1: one TLV was consumed; 0: it is incomplete, nothing was consumed; -1: one
 * malformed TLV was consumed (kind FLOOD_MALFORMED): count it and continue.
 */
int	wire_flood_next(struct ibuf *, struct flood_tlv *);

/* 0, or -1: no room, or key and value are too long for this type. */
int	wire_flood_add_handshake(struct ibuf *, uint16_t capabilities);
int	wire_flood_add_update(struct ibuf *, const struct update *);
int	wire_flood_add_aged(struct ibuf *, const struct update *);
int	wire_flood_add_counted(struct ibuf *, const struct update *);
int	wire_flood_add_hello(struct ibuf *, const struct router_id *);
int	wire_flood_add_heartbeat(struct ibuf *);
int	wire_flood_add_digest(struct ibuf *, const struct digest *);
#endif
