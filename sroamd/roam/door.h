/* SPDX-License-Identifier: ISC */
/* What the world tells the rooms of who is where, and asks them. */
#ifndef SROAMD_ROAM_DOOR_H
#define SROAMD_ROAM_DOOR_H

#include "common/addr.h"
#include "common/ctl.h"
#include "common/monotime.h"
#include "msg.h"

struct core;

/* Interfaces and stations.  A link with up == 0 loses its stations. */
void	core_link(struct core *, const struct link *, monotime_t now);
void	core_sighting(struct core *, const struct sighting *, monotime_t now);
void	core_heard(struct core *, const struct heard *, monotime_t now);
/* Somebody's address: answered by an effect if its packets go by us. */
void	core_arp(struct core *, const struct arp_ask *, monotime_t now);
/*
 * An operator's wish: 0, or -1 when there is no such station.  -2: it is at an
 * access point without an hostapd to ask.
 */
int	core_disassociate(struct core *, const struct mac *, monotime_t now);
/* The last movements of stations, the latest first. */
int	core_show_roam(struct core *, struct ctl_cursor *, struct ctl_roam *,
	    monotime_t now);
#endif
