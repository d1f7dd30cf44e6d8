/* SPDX-License-Identifier: ISC */
/*
 * A core: what all its rooms share, and the table.  The rooms above have their
 * own parts: lease/state.h, roam/state.h.
 */
#ifndef SROAMD_TABLE_STATE_H
#define SROAMD_TABLE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ctl.h"
#include "common/monotime.h"
#include "common/ratelimit.h"
#include "common/timer.h"
#include "conf/conf.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/kind.h"
#include "table/mesh.h"
#include "table/peer.h"
#include "table/pending.h"
#include "table/reader.h"
#include "table/scope.h"

struct lease_state;
struct roam_state;

/* The kinds of timers; the rooms above add theirs. */
enum table_timer {
	TIMER_DATUM = 1,
	TIMER_STARTUP,
	TIMER_ROUND,
	TIMER_HELD,
	TABLE_TIMERS
};

struct core {
	struct core_ops		  ops;
	struct router_id	  self;
	struct router_key	  key;		/* ours, */
	uint64_t		  run;		/* and of this start */
	bool			  clone;	/* another goes on as us */
	struct conf_global	  conf;
	size_t			  nconf_peers;
	struct lease_state	 *lease;
	struct roam_state	 *roam;

	const struct kind	 *kinds[KINDS];
	const struct kind	 *elsewhere[KINDS];
	struct scopes		  scopes;
	struct datum_tree	  data;
	struct datum		**index;	/* by hash of the key */
	uint32_t		  nindex;	/* places: a power of two */
	uint64_t		  index_seed;
	struct datum_list	  changes;
	struct reader_list	  readers;	/* by number, the store last */
	struct reader		  store;
	bool			  storing;	/* it is among them */
	struct digest_tree	  digest;
	uint32_t		  ndata;
	uint32_t		  nforeign;	/* of unknown kinds */
	uint64_t		  room;		/* octets: room.h */
	struct peer_tree	  peers;
	struct mesh_tree	  mesh;		/* of known routers */
	uint32_t		  npeers;
	uint32_t		  nv1;		/* of version 1 */
	struct spoken_list	  orphans;	/* of no live session */
	struct pendings_list	  pending;	/* whose turn is next */

	struct timerq		  timers;
	struct timerq		  memory[LEASE_KINDS];	/* ended leases */
	struct timer		  startup;
	bool			  verbose;
	bool			  listened;	/* events are wanted */
	bool			  started;	/* the start is over */
	struct ratelimit	  full;		/* of log lines */
	struct ratelimit	  no_room[2];	/* for others, for us */
	struct ratelimit	  late;
	struct ratelimit	  foreign;	/* likewise */
	monotime_t		  start;	/* of this run */
	struct ctl_status	  counters;	/* only its counters are used */
};
#endif
