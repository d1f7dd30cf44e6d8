/* SPDX-License-Identifier: ISC */
/*
 * The roaming table and all that decides, as one object: events and the time go
 * in, effects come out.  It does no I/O, reads no clock, gets random numbers
 * only from the function that it was given and logs by an effect.  So one runs
 * in the engine process and fifty run in a simulator.
 *
 *	core	start and end, timers, what is shown
 *	roam	who is where	  roam/door.h
 *	lease	who has what	  lease/door.h
 *	table	what is known	  table/flood.h, store_cursor.h, effect.h
 */
#ifndef SROAMD_CORE_H
#define SROAMD_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "common/ctl.h"
#include "common/monotime.h"
#include "conf/conf.h"
#include "lease/door.h"
#include "msg.h"
#include "roam/door.h"
#include "table/effect.h"
#include "table/flood.h"
#include "table/store_cursor.h"

struct core;

/* Who this router is: its id follows from its key. */
struct core_self {
	struct router_id	id;
	struct router_key	key;
	/* random, of this start; not 0 */
	uint64_t		run;
};

/*
 * self must not be zero.  The configuration is copied.  There are no effects
 * before the first event.  NULL: no memory.
 */
struct core	*core_new(const struct core_ops *, const struct core_self *,
		    const struct conf *, monotime_t now);
void		 core_free(struct core *);

/* When core_tick must be called at the latest. */
monotime_t	core_due(const struct core *);
void		core_tick(struct core *, monotime_t now);

/*
 * Another configuration, in two steps.  core_prepare does what can fail: 0, or
 * -1: no memory.  core_conf cannot fail after that.  Without the first step it
 * does both, and without memory changes nothing.
 */
int	core_prepare(struct core *, const struct conf *);
void	core_abort(struct core *);
void	core_conf(struct core *, const struct conf *, monotime_t now);
/* A route of a former run, found in the kernel: its lease and station. */
void	core_adopt(struct core *, const struct route *, monotime_t now);

/*
 * Records, one at a time: 1 and a record, 0 at the end.  The cursor starts
 * zeroed, and stays valid while the table changes.
 */
int	core_show_lease(struct core *, struct ctl_cursor *, struct ctl_lease *,
	    monotime_t now);
int	core_show_station(struct core *, struct ctl_cursor *,
	    struct ctl_station *, monotime_t now);
int	core_show_router(struct core *, struct ctl_cursor *,
	    struct ctl_router *, monotime_t now);
int	core_show_network(struct core *, struct ctl_cursor *,
	    struct ctl_network *, monotime_t now);
void	core_show_status(struct core *, struct ctl_status *, monotime_t now);
/* The number of data, and the octets that all objects take. */
void	core_show_memory(const struct core *, uint64_t *objects,
	    uint64_t *bytes);
/* A live datum as it is stored, in the order of keys, for the simulator. */
int	core_show_datum(struct core *, struct ctl_cursor *, struct update *,
	    monotime_t now);
#endif
