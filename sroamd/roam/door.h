/* SPDX-License-Identifier: ISC */
/* The interface of roaming: events, questions, and what operators ask for. */
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
/* A request of DHCP: an effect answers it. */
void	core_dhcp(struct core *, const struct dhcp_request *, monotime_t now);
/* Somebody asks for an address: an effect answers if we have the route. */
void	core_arp(struct core *, const struct arp_ask *, monotime_t now);
/*
 * Ordered by an operator, in one network or (empty) in all: 0, or -1: no such
 * station; -2: it is at an access point without a hostapd to ask.
 */
int	core_disassociate(struct core *, const char *network,
	    const struct mac *, monotime_t now);
/* The last roams of stations, the latest first. */
int	core_show_roam(struct core *, struct ctl_cursor *, struct ctl_roam *,
	    monotime_t now);
#endif
