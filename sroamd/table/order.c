/* SPDX-License-Identifier: ISC */
/* Versions of a datum: which of two stands. */
#include <string.h>

#include "table/datum.h"
#include "table/order.h"

/*
 * The order of versions.  All routers agree on it, whatever the order in which
 * updates arrive:
 *
 *	1. the higher seqno wins, in serial arithmetic; at a distance of
 *	   exactly half the circle, where that says nothing, the greater
 *	   number
 *	2. with equal seqnos the greater value wins; a value is greater than
 *	   its own beginning, so that any router wins against "nowhere"
 *
 * Lifetimes play no part.  Each hop rounds them, so that two routers could
 * decide a conflict differently.
 *
 * Version 1 does use them: with equal seqnos the longer lifetime wins.  So it
 * may decide a conflict (case 2) the other way, keep its value and say
 * nothing.  A higher seqno is seen by all in the same way.  Therefore a router
 * that decides a conflict floods the winner once more with the next seqno: the
 * one that has the station (roam/location.c, lease/lease.c), and every router
 * with a session of version 1 (flood.c, outbid).
 */
int
claim_order(uint16_t a_seqno, const uint8_t *a, uint8_t alen,
    uint16_t b_seqno, const uint8_t *b, uint8_t blen)
{
	uint16_t	diff = (uint16_t)(a_seqno - b_seqno);
	size_t		n = alen < blen ? alen : blen;
	int		c;

	if (diff == 0x8000)
		return a_seqno > b_seqno ? -1 : 1;
	if (diff != 0)
		return diff < 0x8000 ? -1 : 1;
	if ((c = memcmp(a, b, n)) != 0)
		return c > 0 ? -1 : 1;
	return (alen < blen) - (alen > blen);
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
