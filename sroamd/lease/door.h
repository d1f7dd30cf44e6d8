/* SPDX-License-Identifier: ISC */
/* The interface of leases: events, questions, and what operators ask for. */
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

void	core_dhcp6(struct core *, const struct dhcp6_request *, monotime_t now);
void	core_solicit(struct core *, const struct solicit *, monotime_t now);
/* An effect asked for a message to a station, and it was dropped there. */
void	core_answer_dropped(struct core *, uint32_t ifindex);
/*
 * The network ends for all stations here; a new configuration starts it again.
 */
void	core_retire(struct core *, monotime_t now);
/*
 * An operator ends leases: 0, or -1 when there is none; prefix or station may
 * be NULL.  network: its name, or empty for all of them.
 */
int	core_clear_lease(struct core *, const char *network,
	    const struct prefix *, const struct mac *, monotime_t now);
/*
 * An operator ends a router that is gone: 0; -1: there is none; 1: it was heard
 * of `heard` s ago, and would be back with its next word.
 */
int	core_clear_router(struct core *, const struct router_id *,
	    uint32_t *heard, monotime_t now);
/* The drops of the next interface after *ifindex, in order. */
int	core_show_drops(struct core *, uint32_t *ifindex,
	    uint64_t count[CTL_DROPS]);
/* The name of a router if it is known, else nothing. */
void	core_name_router(const struct core *, const struct router_id *, char *,
	    size_t);
/* The signature that EFFECT_SIGN_ROUTER has asked for. */
void	core_router_signed(struct core *, uint64_t seqno,
	    const struct router_signature *, monotime_t now);
/* The public key by which a router was last known; false: none is. */
bool	core_router_key(struct core *, const struct router_id *,
	    struct router_key *, monotime_t now);
/* Another router has proven to be this one: by its run, a session of it. */
void	core_clone(struct core *, uint64_t run, monotime_t now);
/* When the router last refreshed its datum; false: never. */
bool	core_router_heard(struct core *, const struct router_id *,
	    monotime_t *);
#endif
