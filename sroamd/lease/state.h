/* SPDX-License-Identifier: ISC */
/* The state of leases, stations, interfaces and routers in a core. */
#ifndef SROAMD_LEASE_STATE_H
#define SROAMD_LEASE_STATE_H

#include <sys/tree.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/monotime.h"
#include "common/ratelimit.h"
#include "conf/conf.h"
#include "lease/contest.h"
#include "lease/host.h"
#include "lease/iface.h"
#include "lease/missing.h"
#include "lease/network.h"
#include "lease/offer.h"
#include "lease/past.h"
#include "lease/router.h"
#include "lease/router_intake.h"
#include "lease/router_self.h"
#include "lease/share.h"
#include "lease/station.h"
#include "table/key.h"
#include "table/state.h"

/* The kinds of timers: table/state.h. */
enum lease_timer {
	TIMER_OFFER = TABLE_TIMERS,
	TIMER_LEAVE,
	TIMER_PROBE,
	TIMER_ANNOUNCE,
	TIMER_ADVERT,
	TIMER_RELEASE,
	TIMER_SELF,
	TIMER_WITHDRAW,
	TIMER_VERIFY,
	TIMER_ASK,
	TIMER_CONTEST,
	TIMER_LEARN,
	TIMER_SEEK
};

RB_HEAD(reserved_tree, reserved);
RB_HEAD(drops_tree, drops);

struct lease_state {
	struct conf_iface	*conf_ifaces;
	size_t			 nconf_ifaces;
	struct networks		 networks;
	struct share		 shares[SHARES];
	struct hosts		 hosts;
	struct ratelimit	 pool_short[LEASE_KINDS];	/* log lines */
	struct ratelimit	 pool_empty[LEASE_KINDS];
	struct ratelimit	 pool_kept[LEASE_KINDS];
	struct ratelimit	 no_prefix, release_used, learn_used;
	struct station_tree	 stations;
	uint32_t		 nstations, nassocs, nleases[LEASE_KINDS];
	struct iface_tree	 ifaces;
	uint32_t		 nifaces;
	struct router_tree	 routers;
	struct place_tree	 places;
	uint32_t		 nrouters;
	uint32_t		 nrouter_data;	/* without our own */
	struct router_self	 own;
	struct router_intake	 intake;
	struct past_tree	 past;
	struct past_list	 past_order;
	uint32_t		 npast;
	struct conf		 admission;	/* its lists of routers only */
	/* hash of what is configured alike everywhere */
	uint8_t			 alike[ROUTER_CONFIG];
	struct ratelimits	 router_lines, new_lines;
	struct offer_tree	 offers;
	struct offer_list	 offer_order;
	uint32_t		 noffers;
	struct reserved_tree	 reserved;
	uint32_t		 nreserved;
	bool			 reserve_short;	/* some are not in there */
	struct missing_list	 missing;	/* the oldest first */
	uint32_t		 nmissing;
	monotime_t		 next_ask;	/* of one, not before */
	struct contest_list	 contests;	/* the oldest first */
	uint32_t		 ncontests;
	struct ratelimits	 contest_lines;
	struct drops_tree	 drops;
	uint32_t		 ndrops;
	bool			 retired;	/* the network has ended */
};
#endif
