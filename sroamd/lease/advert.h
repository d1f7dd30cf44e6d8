/* SPDX-License-Identifier: ISC */
/* What stations are sent unasked. */
#ifndef SROAMD_LEASE_ADVERT_H
#define SROAMD_LEASE_ADVERT_H

#include <stdbool.h>

#include "common/addr.h"
#include "common/monotime.h"

struct assoc;
struct core;
struct station;

/*
 * Announce the gateway, now and some times more: often within the first
 * milliseconds, unless the assoc's announces say that this is done.
 */
#define ANNOUNCED_MOSTLY	6
void	gateway_announce(struct core *, struct assoc *, monotime_t now);
void	advert_send(struct core *, struct assoc *, monotime_t now);
/* The station asked, from this address or none. */
void	advert_answer(struct core *, struct assoc *, const struct addr *source,
	    monotime_t now);
/* At most one a second, and a few at once. */
bool	advert_may_ask(struct assoc *, monotime_t now);
void	advert_soon(struct core *, struct assoc *, monotime_t now);
void	advert_all(struct core *, monotime_t now);
/*
 * The prefix of a station, leased again as for an advertisement; false: none.
 */
bool	advert_prefix(struct core *, struct station *, struct prefix *,
	    monotime_t now);
#endif
