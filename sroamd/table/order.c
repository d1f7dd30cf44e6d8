/* SPDX-License-Identifier: ISC */
/* Versions of a datum: which of two stands. */
#include <string.h>

#include "table/datum.h"
#include "table/order.h"

/*
 * The one order of versions, on which every pair of nodes agrees whatever
 * arrives when: the higher seqno (serial arithmetic, and where that cannot
 * tell, at a distance of exactly half the circle, the greater number); for
 * one seqno the greater value, a longer one being greater than its own
 * beginning, so that "nowhere" yields to any router.  Lifetimes play no part:
 * they are rounded on each hop, so two nodes could see a tie both ways.
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

/* What a claim would do to the datum that stands (NULL: none does). */
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
