/* SPDX-License-Identifier: ISC */
/*
 * Addresses that no DHCP gave: a station that is here uses one, and evidence
 * makes an ordinary lease of it.
 *
 *	the address			is leased
 *	of a host, and it is the host	at once
 *	that its hash leads to, free	at once: all tables were lost
 *	free, a lease time since the	when it is proven
 *	router's start
 *	other				not at all
 *
 *	(none) --> SILENCE --1 s--> ANSWER --answer--> AGAIN --answer--> leased
 *	             | all are asked   | it is asked     | 5 s after the first
 *	             v another has it  v 3 unanswered    v 3 unanswered
 *	          REFUSED, 10 s      (none)            (none)
 *
 * A second look after some seconds, since a host that comes to a network begins
 * with what it had in its last one (RFC 4436).
 */
#ifndef SROAMD_LEASE_LEARN_H
#define SROAMD_LEASE_LEARN_H

#include <stdbool.h>

#include "common/addr.h"
#include "common/monotime.h"

struct assoc;
struct core;
struct timer;

/*
 * A station that is here says by a frame that it has this IPv4 address;
 * answered: when it was asked.
 */
void	learn_heard(struct core *, struct assoc *, const struct addr *,
	    bool answered, monotime_t now);
/* It came, and may have an address that is not known: ask for the likely one */
void	learn_ask(struct core *, struct assoc *, monotime_t now);
void	learn_timer(struct core *, struct timer *, monotime_t now);
#endif
