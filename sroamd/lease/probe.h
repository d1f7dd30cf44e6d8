/* SPDX-License-Identifier: ISC */
/* Probes: is the station here? */
#ifndef SROAMD_LEASE_PROBE_H
#define SROAMD_LEASE_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

struct assoc;
struct core;
struct place;
struct station;

/* An address to probe, IPv4 first. */
bool	probe_addr(struct core *, const struct assoc *, struct addr *,
	    monotime_t now);
/*
 * Ask the station there, through its port or (0) any, for each IPv4 address
 * that it has: of several clients some may be away.  Without one, for the other
 * address; false: none either.
 */
bool	probe_station(struct core *, struct station *,
	    const struct place *, const struct addr *other, monotime_t now);
void	assoc_probe(struct core *, const struct assoc *, monotime_t now);
/* For this address, if it has it; everybody: or whoever else has. */
void	assoc_ask_for(struct core *, const struct assoc *,
	    const struct addr *, bool everybody);
int64_t	probe_interval(const struct core *);	/* ms */
#endif
