/* SPDX-License-Identifier: ISC */
/* How many new stations and leases a port, or a station, may bring. */
#ifndef SROAMD_LEASE_LIMIT_H
#define SROAMD_LEASE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"

struct core;
struct iface;
struct station;

bool	limit_lease(struct iface *, uint32_t port, monotime_t now);
bool	limit_station(struct core *, struct iface *, const struct station *,
	    uint32_t port, monotime_t now);	/* NULL: not known at all */
/*
 * Whether the station may have one more IPv4 address, beside those that it has.
 * Of `limit addresses', the one that was not renewed for the longest time, and
 * for more than half of its life, makes room.
 */
bool	limit_addresses(struct core *, const struct station *, monotime_t now);
/* The same of `limit addresses learned', for those that no DHCP gives. */
bool	limit_learned(struct core *, const struct station *, monotime_t now);
bool	limit_was_hit(const struct iface *, monotime_t now);
bool	limit_has_missed(const struct iface *, monotime_t now);
#endif
