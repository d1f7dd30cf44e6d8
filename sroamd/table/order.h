/* SPDX-License-Identifier: ISC */
/* Versions of a datum, and which one wins. */
#ifndef SROAMD_TABLE_ORDER_H
#define SROAMD_TABLE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"

struct datum;

#define REFRESH_MIN_MS	2000	/* less is rounding of clocks */

enum table_result {
	TABLE_OLD,		/* what we hold is newer, or the same */
	TABLE_REFRESHED,	/* the same claim, living longer */
	TABLE_REPLACED,		/* newer: value or seqno are another */
	TABLE_KEPT,		/* a conflict that ours wins */
	TABLE_LOST,		/* a conflict that theirs wins */
	TABLE_FULL
};

struct claim {			/* a version of a datum */
	const uint8_t	*key;
	const uint8_t	*value;
	uint8_t		 keylen, vallen;
	uint8_t		 hops;		/* of a router's, or 0 */
	bool		 own;		/* by what this router sees */
	uint64_t	 seqno;
	uint32_t	 lifetime;	/* that a peer says, s, not cut */
	uint32_t	 from;
	monotime_t	 expires;
	monotime_t	 claimed;
};

/* Which of two versions of one key wins: <0 a, >0 b, 0 equal. */
int			claim_order(uint64_t a_seqno, const uint8_t *a,
			    uint8_t alen, uint64_t b_seqno, const uint8_t *b,
			    uint8_t blen);
/*
 * From 2^63 on a seqno is late: a datum with it lives for LATE_S at most,
 * wherever it is, so that a key whose numbers come to their end begins again.
 */
#define LATE_S		60
bool			seqno_is_late(uint64_t);
/* The next one; there is none after the last, which stays. */
uint64_t		seqno_after(uint64_t);
/*
 * The seqno that version 1 means by its 16 bits: the one nearest to the held
 * one.  false: it is older than any.
 */
bool			seqno_lift(uint64_t held, uint16_t low, uint64_t *);
enum table_result	table_compare(const struct datum *,
			    const struct claim *);
#endif
