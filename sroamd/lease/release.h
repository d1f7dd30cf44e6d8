/* SPDX-License-Identifier: ISC */
/*
 * Addresses that stations here have released, or declined as in use by another.
 * Anybody who can send with the MAC address of a station may do that, and have
 * the address next: so a lease ends only when the station has not answered to
 * its address.
 */
#ifndef SROAMD_LEASE_RELEASE_H
#define SROAMD_LEASE_RELEASE_H

#include <stdbool.h>

#include "common/addr.h"
#include "common/monotime.h"

#define RELEASE_WAIT_MS	1000	/* until it has removed the address */
#define DECLINE_WAIT_MS	500	/* it had not begun to use it */
#define RELEASE_ASK_MS	500	/* between questions, and for the last answer */
#define RELEASE_ASKS	3

struct assoc;
struct core;

/*
 * One at a time of each station: for another one, the lease of the former goes
 * on until its end.
 */
void	release_begin(struct core *, struct assoc *, const struct addr *,
	    bool declined, monotime_t now);
/* Whether it is being asked: its lease is not to be offered to it. */
bool	release_is_declined(const struct assoc *);
/* It has the address again, or is elsewhere: the lease goes on. */
void	release_forget(struct core *, struct assoc *);
/* A frame of the station says that it has this address. */
void	release_heard(struct core *, struct assoc *, const struct addr *,
	    monotime_t now);
/* It left: there is nobody to ask. */
void	release_left(struct core *, struct assoc *, monotime_t now);
void	release_timer(struct core *, struct assoc *, monotime_t now);
#endif
