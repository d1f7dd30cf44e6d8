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

/* An address to probe, IPv4 first. */
bool	probe_addr(struct core *, const struct assoc *, struct addr *,
	    monotime_t now);
void	assoc_probe(struct core *, const struct assoc *, monotime_t now);
int64_t	probe_interval(const struct core *);	/* ms */
#endif
