/* SPDX-License-Identifier: ISC */
/*
 * How stations come to this router and leave it, as lease/assoc.h draws it:
 *
 *	(none) -> FOUND		assoc_new; assoc_adopt, assoc_doubt: probed
 *	any -> HERE		assoc_join; assoc_arrive: made if needed
 *	HERE -> LOST		assoc_lose to another, assoc_silent to nobody
 *	any -> freed		assoc_drop
 */
#ifndef SROAMD_ROAM_ASSOC_H
#define SROAMD_ROAM_ASSOC_H

#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "msg.h"

struct assoc;
struct core;
struct iface;
struct station;

/* A station that is found; NULL: no memory. */
struct assoc	*assoc_new(struct core *, struct station *, struct iface *,
		    const struct sighting *, monotime_t now);
void		 assoc_lose(struct core *, struct assoc *, monotime_t now);
void		 assoc_adopt(struct core *, const struct mac *,
		    uint32_t ifindex, monotime_t now);
void		 assoc_doubt(struct core *, struct assoc *, monotime_t now);
/* What shows it here is too weak: ask it. */
void		 assoc_ask(struct core *, struct station *, struct iface *,
		    const struct sighting *, monotime_t now);
/* Not here: no longer claimed, and the link layer may not know. */
void		 assoc_silent(struct core *, struct assoc *, const char *why,
		    monotime_t now);
/* It sent something. */
void		 assoc_heard(struct assoc *, monotime_t now);
/* The sighting, or NULL: a frame showed it. */
void		 assoc_arrive(struct core *, struct station *, struct iface *,
		    const struct sighting *, monotime_t now);
/* since: when it came, as far as known, which is the age of the claim. */
void		 assoc_join(struct core *, struct assoc *, monotime_t since,
		    monotime_t now);
/* Claim it, if that failed when it came. */
void		 assoc_claim(struct core *, struct assoc *, monotime_t now);
void		 assoc_drop(struct core *, struct assoc *, const char *why,
		    monotime_t now);
void		 assoc_free(struct core *, struct assoc *);
/* Those here that are denied now leave. */
void		 stations_bar(struct core *, monotime_t now);
#endif
