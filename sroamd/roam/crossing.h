/* SPDX-License-Identifier: ISC */
/*
 * A station of a radio that turns up in another network: it has changed its
 * SSID, or its access point has lost its VLAN.  It has one radio, so that it is
 * in one of them.  At this router its older association ends; a frame through
 * it brings it back.  Where another router has it now, it is asked here, and
 * ends without an answer.  Behind a port it may be in several networks, as the
 * port may be a trunk.
 */
#ifndef SROAMD_ROAM_CROSSING_H
#define SROAMD_ROAM_CROSSING_H

#include "common/monotime.h"

struct assoc;
struct core;
struct station;

/* The link layer reports it here, or did so at the start; it is claimed. */
void	crossing_arrived(struct core *, struct assoc *, monotime_t now);
/* Another router claims it. */
void	crossing_claimed(struct core *, struct station *, monotime_t now);
#endif
