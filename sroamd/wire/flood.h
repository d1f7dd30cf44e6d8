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
 *	type 4		Hello: of the sender router id (64 bits), public key
 *			(256), run (64); under TLS its signature (512)
 *	type 5		Heartbeat: nothing
 *	type 6		Summary: sum (64) of the whole table
 *	type 7		Sums: level (8), index (16), 16 sums (64)
 *	type 8		Fetch: level (8), index (16)
 *	type 9		Counted update: seqno (64), lifetime in s (32),
 *			age in ms (32), hops (8), key length (8), key, value
 *	type 10		Neighbours: operation (8), router ids (64 each)
 *	type 11		Refusal: code (8), text
 *	type 12		Relayed frame: not yet, skipped
 */
#ifndef SROAMD_WIRE_FLOOD_H
#define SROAMD_WIRE_FLOOD_H

#include <stddef.h>
#include <stdint.h>

#include "common/ibuf.h"
#include "common/router_key.h"
#include "msg.h"

#define FLOOD_PORT		4444
#define FLOOD_HANDSHAKE_LEN	4
#define FLOOD_TLV_MAX		257	/* the longest TLV */
#define FLOOD_TEXT_MAX		100	/* octets of a refusal's text */

/* The capability of version 2: all types but 2. */
#define FLOOD_CAP_2		0x0010

enum flood_kind {
	FLOOD_PAD,		/* type 0, or type 1: no contents */
	FLOOD_UPDATE,		/* type 2, of version 1: unknown age */
	FLOOD_AGED,		/* type 3: update */
	FLOOD_HELLO,		/* type 4: hello */
	FLOOD_HEARTBEAT,	/* type 5: it is alive */
	FLOOD_DIGEST,		/* types 6 to 8: digest */
	FLOOD_COUNTED,		/* type 9: update */
	FLOOD_NEIGHBOURS,	/* type 10: neighbours */
	FLOOD_REFUSAL,		/* type 11: refusal */
	FLOOD_UNKNOWN,		/* skipped */
	FLOOD_BAD_HELLO,	/* malformed: why; the session must end */
	FLOOD_MALFORMED		/* what is wrong */
};

/* Who a router is; the signature, of this session, proves it. */
struct hello {
	struct router_id	id;
	struct router_key	key;
	uint64_t		run;		/* random, of its start */
	bool			is_signed;	/* always under TLS */
	struct router_signature	signature;
};

/* Why a session is closed; others may come. */
enum refusal_code {
	REFUSAL_DENIED = 1,	/* by the configuration */
	REFUSAL_UNKNOWN,	/* no router that the configuration knows */
	REFUSAL_CLONE,		/* another router has this identity */
	REFUSAL_UNPROVEN,	/* signature missing or wrong */
	REFUSAL_OTHER_KEY	/* the id is known with another key */
};

struct refusal {
	uint8_t	code;		/* enum refusal_code */
	/* for the log, printable */
	char	text[FLOOD_TEXT_MAX + 1];
};

struct flood_tlv {
	enum flood_kind		 kind;
	uint8_t			 type;
	/* of the malformed: a constant */
	const char		*why;
	struct hello		 hello;
	struct update		 update;
	struct digest		 digest;
	struct neighbours	 neighbours;
	struct refusal		 refusal;
};

/* 1: consumed; 0: incomplete; -1: another protocol, nothing consumed. */
int	wire_flood_get_handshake(struct ibuf *, uint16_t *capabilities);
/*
 * 1: one TLV was consumed; 0: it is incomplete, nothing was consumed; -1: one
 * malformed TLV was consumed: count it and, after FLOOD_MALFORMED, continue.
 */
int	wire_flood_next(struct ibuf *, struct flood_tlv *);

/* 0, or -1: no room, or key and value are too long for this type. */
int	wire_flood_add_handshake(struct ibuf *, uint16_t capabilities);
int	wire_flood_add_update(struct ibuf *, const struct update *);
int	wire_flood_add_aged(struct ibuf *, const struct update *);
int	wire_flood_add_counted(struct ibuf *, const struct update *);
int	wire_flood_add_hello(struct ibuf *, const struct hello *);
int	wire_flood_add_heartbeat(struct ibuf *);
int	wire_flood_add_digest(struct ibuf *, const struct digest *);
int	wire_flood_add_neighbours(struct ibuf *, const struct neighbours *);
/* What is not printable in the text becomes a question mark. */
int	wire_flood_add_refusal(struct ibuf *, const struct refusal *);
#endif
