/* SPDX-License-Identifier: ISC */
/*
 * Stations that are seen at two places at once, as a station and one that uses
 * its MAC address are.  What follows from it: roam/contest.h.
 */
#ifndef SROAMD_LEASE_CONTEST_H
#define SROAMD_LEASE_CONTEST_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/timer.h"

#define CONTESTS_MAX	4096	/* for one more the oldest is forgotten */

struct core;
struct station;

/* A place of this router, as in struct assoc. */
struct place {
	uint32_t	ifindex;
	uint32_t	port;
	uint16_t	tag;
	char		port_name[16];
};

struct contest {
	TAILQ_ENTRY(contest)	 entry;
	struct station		*station;
	bool			 doubted;	/* only answers count here */
	bool			 waits;		/* to ask */
	bool			 pins;		/* to where it answered */
	uint8_t			 asks;		/* at its port, unanswered */
	uint8_t			 losses;	/* within a second each */
	uint8_t			 returns;	/* by answers: it is here */
	struct place		 place;		/* where it was before, here */
	monotime_t		 moved;		/* from there, or lost */
	monotime_t		 asked;
	monotime_t		 claimed;	/* from here */
	monotime_t		 returns_at;	/* if it answers before */
	struct router_id	 other;		/* had it meanwhile */
	monotime_t		 until, pinned_until;
	struct timer		 timer;
};
TAILQ_HEAD(contest_list, contest);

/* Made if need be; NULL: no memory. */
struct contest	*contest_get(struct core *, struct station *, monotime_t now);
/* It is over, or its station is freed. */
void		 contest_drop(struct core *, struct station *);
#endif
