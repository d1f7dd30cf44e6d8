/* SPDX-License-Identifier: ISC */
/*
 * A station and another that uses its MAC address.  No frame tells the one from
 * the other, and a station that moves looks the same at first: so whoever shows
 * up last has it.  But where it was it is asked at once, and its answer brings
 * it back.  A station that has really moved does not answer there.
 *
 * Once that has happened, for a minute a router that does not have it takes
 * nothing but an answer for evidence, which it asks for once a second at most.
 * One that was taken back twice, within half a second each time, is the
 * newcomer: it does not ask by itself, and claims the station once a second at
 * most.  A station that really comes there answers, or its radio reports it,
 * which none without its keys can cause.
 *
 * At the ports of one bridge the kernel moves a station by any frame.  One that
 * answered where it was is pinned there for ten seconds, and asked each second.
 * So are stations of radios and of isolated ports from the start, without an
 * end: they are asked when they send something, as they may have moved.
 */
#ifndef SROAMD_ROAM_CONTEST_H
#define SROAMD_ROAM_CONTEST_H

#include <stdbool.h>

#include "common/monotime.h"
#include "msg.h"

struct assoc;
struct core;
struct iface;
struct station;
struct timer;

#define CONTEST_MS	1000	/* an answer comes within this time */
#define LOST_MS		3000	/* a lost station may still answer */

enum contest_role {
	CONTEST_NONE,
	CONTEST_ANSWERED,	/* it answered here: ask at once again */
	CONTEST_NEWCOMER	/* it answered elsewhere */
};

/* Another router takes the station, which is here still. */
enum contest_role	contest_lost(struct core *, struct assoc *,
			    monotime_t now);
/* It is about to arrive where it was; by the sighting, or NULL: a frame. */
void			contest_arrives(struct core *, struct assoc *,
			    const struct iface *, const struct sighting *,
			    monotime_t now);
/*
 * Whether what was seen here is too weak, so that the station is to be asked
 * (roam/assoc.h); its answer is not.  The sighting, or NULL: a frame.
 */
bool			contest_holds(struct core *, struct station *,
			    struct iface *, const struct sighting *,
			    bool answer, monotime_t now);
/* It has arrived: keep it at its port, if frames at others are no evidence. */
void			contest_arrived(struct core *, struct assoc *,
			    monotime_t now);
void			contest_unpin(struct core *, struct assoc *);
/* A frame of a station that is here. */
void			contest_heard(struct core *, struct assoc *,
			    bool answer, monotime_t now);
/* Ask one that is not claimed here, now or when that may be. */
void			contest_ask(struct core *, struct station *,
			    monotime_t now);
/* Whether this answer is to our question at another of our interfaces. */
bool			contest_was_asked(const struct station *,
			    const struct iface *, monotime_t now);
/* Whether nothing but its answers counts here. */
bool			contest_is_doubted(const struct station *,
			    monotime_t now);
void			contest_timer(struct core *, struct timer *,
			    monotime_t now);
#endif
