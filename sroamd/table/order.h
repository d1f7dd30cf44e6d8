/* SPDX-License-Identifier: ISC */
/* Versions of a datum, and which one wins. */
#ifndef SROAMD_TABLE_ORDER_H
#define SROAMD_TABLE_ORDER_H

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
	uint16_t	 seqno;
	uint32_t	 from;
	monotime_t	 expires;
	monotime_t	 claimed;
};

/* Which of two versions of one key wins: <0 a, >0 b, 0 equal. */
int			claim_order(uint16_t a_seqno, const uint8_t *a,
			    uint8_t alen, uint16_t b_seqno, const uint8_t *b,
			    uint8_t blen);
enum table_result	table_compare(const struct datum *,
			    const struct claim *);
#endif
