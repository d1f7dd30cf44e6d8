/* SPDX-License-Identifier: ISC */
/* Versions of a datum: which of two stands. */
#include <string.h>

#include "table/datum.h"
#include "table/order.h"

/*
 * The order of versions, a linear one, so that a table has for each key the
 * greatest version that was heard, whatever the order of arrival:
 *
 *	1. the higher seqno wins
 *	2. with equal seqnos the greater value wins; a value is greater than
 *	   its own beginning, so that any router wins against "nowhere"
 *
 * Lifetimes play no part: each hop cuts and rounds them.  Version 1 does use
 * them: with equal seqnos the longer lifetime wins.  So it may decide a
 * conflict (case 2) the other way, keep its value and say nothing.  A higher
 * seqno is seen by all in the same way.  Therefore a router that decides a
 * conflict floods the winner once more with the next seqno: the one that has
 * the station (roam/location.c, lease/lease.c), and every router with a session
 * of version 1 (flood.c, outbid).
 */
int
claim_order(uint64_t a_seqno, const uint8_t *a, uint8_t alen,
    uint64_t b_seqno, const uint8_t *b, uint8_t blen)
{
	size_t		n = alen < blen ? alen : blen;
	int		c;

	if (a_seqno != b_seqno)
		return a_seqno > b_seqno ? -1 : 1;
	if ((c = memcmp(a, b, n)) != 0)
		return c > 0 ? -1 : 1;
	return (alen < blen) - (alen > blen);
}

bool
seqno_is_late(uint64_t seqno)
{
	return seqno >= (uint64_t)1 << 63;
}

uint64_t
seqno_after(uint64_t seqno)
{
	return seqno < UINT64_MAX ? seqno + 1 : seqno;
}

/*
 * Version 1 compares by serial arithmetic on 16 bits, and at a distance of
 * exactly half the circle, where that says nothing, by the greater number.
 * Lifted, each pair is judged as it judges.
 */
bool
seqno_lift(uint64_t held, uint16_t low, uint64_t *seqno)
{
	uint16_t	ahead = (uint16_t)(low - (uint16_t)held);
	uint32_t	behind = 0x10000U - ahead;
	bool		newer = ahead < 0x8000 ||
			    (ahead == 0x8000 && low >= 0x8000);

	if (newer ? ahead > UINT64_MAX - held : behind > held)
		return false;
	*seqno = newer ? held + ahead : held - behind;
	return true;
}

/* What the claim would do to the stored datum (NULL: none). */
enum table_result
table_compare(const struct datum *d, const struct claim *c)
{
	int	order;

	if (d == NULL)
		return TABLE_REPLACED;
	order = claim_order(d->seqno, datum_value(d), d->vallen, c->seqno,
	    c->value, c->vallen);
	if (order == 0)
		return c->expires.us - d->expires.us >=
		    REFRESH_MIN_MS * 1000LL ? TABLE_REFRESHED : TABLE_OLD;
	if (d->seqno == c->seqno)
		return order < 0 ? TABLE_KEPT : TABLE_LOST;
	return order < 0 ? TABLE_OLD : TABLE_REPLACED;
}
