/* SPDX-License-Identifier: ISC */
/* The kinds of data that this daemon knows: sroam-flood(7). */
#include "core/kinds.h"
#include "lease/lease.h"
#include "lease/neigh.h"
#include "lease/router_datum.h"
#include "lease/router_intake.h"
#include "lease/router_self.h"
#include "lease/whose.h"
#include "roam/elsewhere.h"
#include "roam/location.h"
#include "table/kind.h"

/* In networks that are not configured here, or do not have such keys. */
static const struct kind	lease_elsewhere = {
	PACE,
	.version1 = true,
	.outbid = true,
	.longest = FOREIGN_S,
	.foreign = true,
	.admit = foreign_admit,
	.check = lease_check
};

static const struct kind	location_elsewhere = {
	LOCATION_PACE,
	.version1 = true,
	.outbid = true,
	.room = sizeof(struct router_id),
	.foreign = true,
	.admit = foreign_admit,
	.check = location_check,
	.life = location_life,
	.stored = elsewhere_stored,
	.timer = elsewhere_timer
};

static const struct kind	linklocal_elsewhere = {
	PACE,
	.version1 = true,
	.outbid = true,
	.longest = FOREIGN_S,
	.foreign = true,
	.admit = foreign_admit,
	.check = neigh_check
};

static const struct kind	whose_elsewhere = {
	PACE,
	.version1 = true,
	.longest = FOREIGN_S,
	.foreign = true,
	.admit = foreign_admit,
	.check = whose_check
};

static const struct kind	lease = {
	PACE,
	.version1 = true,
	.scoped = true,
	.outbid = true,
	.kept = true,
	.memory = LEASE_MEMORY_MS,
	.fits = lease_fits,
	.check = lease_check,
	.life = lease_life,
	.name = lease_name,
	.unname = lease_unname,
	.claimed = lease_claimed,
	.accepted = lease_accepted,
	.stored = lease_stored,
	.timer = lease_timer,
	.forget = lease_forget
};

static const struct kind	location = {
	LOCATION_PACE,
	.version1 = true,
	.scoped = true,
	.outbid = true,
	.kept = true,
	.room = sizeof(struct router_id),	/* or none: "nowhere" */
	.fits = location_fits,
	.check = location_check,
	.life = location_life,
	.name = location_name,
	.unname = location_unname,
	.claimed = location_claimed,
	.accepted = location_accepted,
	.stored = location_stored,
	.timer = location_timer,
	.forget = location_forget_datum
};

static const struct kind	router = {
	PACE,
	.check = router_check,
	.longest = ROUTER_S,
	.weigh = router_weigh,
	.keep = router_keep,
	.load = router_self_load,
	.name = router_name,
	.unname = router_unname,
	.claimed = router_claimed,
	.stored = router_stored,
	.timer = router_timer,
	.hops = router_hops
};

static const struct kind	linklocal = {
	PACE,
	.scoped = true,
	.outbid = true,
	.fits = location_fits,
	.check = neigh_check,
	.life = location_life,
	.stored = neigh_stored
};

static const struct kind	whose = {
	PACE,
	.scoped = true,
	.kept = true,
	.fits = whose_fits,
	.check = whose_check,
	.life = whose_life,
	.claimed = whose_claimed
};

static const struct kind *const	elsewhere[] = {
	[DATUM_LEASE4] = &lease_elsewhere,
	[DATUM_LEASE6] = &lease_elsewhere,
	[DATUM_LOCATION] = &location_elsewhere,
	[DATUM_LINKLOCAL] = &linklocal_elsewhere,
	[DATUM_DELEGATED] = &lease_elsewhere,
	[DATUM_WHOSE] = &whose_elsewhere
};

static const struct kind *const	rows[] = {
	[DATUM_LEASE4] = &lease,
	[DATUM_LEASE6] = &lease,
	[DATUM_LOCATION] = &location,
	[DATUM_ROUTER] = &router,
	[DATUM_LINKLOCAL] = &linklocal,
	[DATUM_DELEGATED] = &lease,
	[DATUM_WHOSE] = &whose
};

void
core_kinds(struct core *core)
{
	kinds_init(core, rows, elsewhere, sizeof(rows) / sizeof(rows[0]));
}
