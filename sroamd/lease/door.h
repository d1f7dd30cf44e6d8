/* SPDX-License-Identifier: ISC */
/* What the world tells the rooms of leases, and asks them. */
#ifndef SROAMD_LEASE_DOOR_H
#define SROAMD_LEASE_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/ctl.h"
#include "common/monotime.h"
#include "msg.h"

struct core;

void	core_dhcp(struct core *, const struct dhcp_request *, monotime_t now);
void	core_dhcp6(struct core *, const struct dhcp6_request *, monotime_t now);
void	core_solicit(struct core *, const struct solicit *, monotime_t now);
/* What an effect told to send to a station there could not be kept for it. */
void	core_answer_dropped(struct core *, uint32_t ifindex);
/* The network ends, for all stations here; a new configuration begins it. */
void	core_retire(struct core *, monotime_t now);
/*
 * An operator ends leases: 0, or -1 when there is none; prefix or station may
 * be NULL.
 */
int	core_clear_lease(struct core *, const struct prefix *,
	    const struct mac *, monotime_t now);
/* What was dropped on the interface behind *ifindex, in their order. */
int	core_show_drops(struct core *, uint32_t *ifindex,
	    uint64_t count[CTL_DROPS]);
/* A router's name as far as it is known, else nothing. */
void	core_name_router(const struct core *, const struct router_id *, char *,
	    size_t);
/* When the router last spoke of itself; false: it has not. */
bool	core_router_heard(struct core *, const struct router_id *,
	    monotime_t *);
#endif
