/* SPDX-License-Identifier: ISC */
/* What stations are told unasked. */
#ifndef SROAMD_LEASE_ADVERT_H
#define SROAMD_LEASE_ADVERT_H

#include <stdbool.h>

#include "common/addr.h"
#include "common/monotime.h"

struct assoc;
struct core;
struct station;

/* Where their gateway is: now, and some times more. */
void	gateway_announce(struct core *, struct assoc *, monotime_t now);
void	advert_send(struct core *, struct assoc *, monotime_t now);
/* It has asked from this address, or none. */
void	advert_answer(struct core *, struct assoc *, const struct addr *source,
	    monotime_t now);
/* One a second, and a few of them saved. */
bool	advert_may_ask(struct assoc *, monotime_t now);
void	advert_soon(struct core *, struct assoc *, monotime_t now);
void	advert_all(struct core *, monotime_t now);
/* A station's prefix, leased anew as for an advertisement; false: none. */
bool	advert_prefix(struct core *, struct station *, struct prefix *,
	    monotime_t now);
#endif
