/* SPDX-License-Identifier: ISC */
/*
 * Router data: what each router floods about itself, and how the kernel reaches
 * it for direct routes.
 */
#include <stdio.h>
#include <string.h>

#include "common/container_of.h"
#include "lease/door.h"
#include "lease/event.h"
#include "lease/past.h"
#include "lease/reserve.h"
#include "lease/route.h"
#include "lease/router.h"
#include "lease/router_datum.h"
#include "lease/router_info.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/order.h"
#include "table/peer.h"
#include "table/state.h"
#include "table/table.h"

static void	nexthop_emit(struct core *, const struct router *, bool);
static void	refresh(struct core *, struct router *);
static void	count_hops(struct core *, const struct claim *, bool is_new);
static void	note_run(struct core *, struct router *,
		    const struct router_info *, monotime_t);
static void	note_new(struct core *, const struct router_info *, monotime_t);
static void	note_config(struct core *, struct router *,
		    const struct router_info *, monotime_t);
static void	router_wait(struct core *, struct router *, monotime_t);
static bool	is_after(const struct core *, const struct router *,
		    const struct router *);
static void	replace_others(struct core *, struct router *, monotime_t);
static bool	is_replaced(struct core *, struct router *, monotime_t);
static void	replaced(struct core *, struct router *, const struct router *,
		    monotime_t);

static void
nexthop_emit(struct core *core, const struct router *r, bool reachable)
{
	struct nexthop	n;

	memset(&n, 0, sizeof(n));
	n.router = r->info.id;
	if (reachable) {
		n.addr4 = r->info.addr4;
		n.addr6 = r->info.addr6;
	}
	core_effect(core, EFFECT_NEXTHOP, &n, sizeof(n));
}

/* Set the next hop of the router in the kernel, or remove it. */
static void
refresh(struct core *core, struct router *r)
{
	bool	wanted;

	wanted = core->conf.direct && router_reachable(r) &&
	    !router_is_self(core, r);
	if (wanted || r->nexthop)
		nexthop_emit(core, r, wanted);
	r->nexthop = wanted;
}

void
routers_refresh(struct core *core)
{
	struct router	*r;

	RB_FOREACH(r, router_tree, &core->lease->routers)
		refresh(core, r);
}

void
router_informed(struct core *core, struct router *r,
    const struct router_info *info, monotime_t now)
{
	struct station	*s;
	bool		 same;

	same = addr_cmp(&r->info.addr4, &info->addr4) == 0 &&
	    addr_cmp(&r->info.addr6, &info->addr6) == 0;
	reserve_remove(core, &r->info.addr4);
	reserve_remove(core, &r->info.addr6);
	r->info = *info;
	reserve_add(core, &r->info.addr4);
	reserve_add(core, &r->info.addr6);
	place_set(core, r);
	if (same)
		return;
	if (router_reachable(r))
		refresh(core, r);
	LIST_FOREACH(s, &r->stations, at_router)
		route_station(core, s, now);
	if (!router_reachable(r))
		refresh(core, r);
}

/*
 * A member can name any number of routers, and each costs next hops in the
 * kernel.  The router that goes without a live session for longest makes room.
 */
const char *
router_admit(struct core *core, monotime_t now)
{
	struct spoken	*oldest;

	if (core->lease->nrouter_data < core->conf.max_routers)
		return NULL;
	if ((oldest = TAILQ_FIRST(&core->orphans)) == NULL)
		return "too many routers";
	router_end(core, container_of(oldest, struct router, spoken), now);
	return NULL;
}

void
router_stored(struct core *core, struct datum *d, monotime_t now)
{
	struct router_info	 info;
	struct router		*r;
	struct peer		*p;
	bool			 is_back;

	if (router_info_parse(d->data, d->keylen, datum_value(d), d->vallen,
	    &info) == -1 || (r = router_find(core, &info.id)) == NULL) {
		table_remove(core, d);
		return;
	}
	if (!router_is_self(core, r)) {
		core->lease->nrouter_data += r->datum == NULL;
		spoken_by(&r->spoken, (p = peer_find(core, d->from)) !=
		    NULL ? &p->spoken : &core->orphans);
	}
	is_back = r->datum == NULL || r->silent;
	r->datum = d;
	r->silent = 0;
	router_wait(core, r, now);
	if (!router_is_self(core, r) || !core->clone)
		router_informed(core, r, &info, now);
	if (is_back && !router_is_self(core, r))
		event_router(core, CTL_EVENT_ROUTER_UP, r);
	replace_others(core, r, now);
}

/*
 * A refresh of a router arrives on several paths, and the first one is
 * flooded.  The distance is the shortest path on which this version arrived.
 * Each copy is counted once, so no distance grows without end, and the next
 * version starts again.
 */
static void
count_hops(struct core *core, const struct claim *c, bool is_new)
{
	struct router	*r;
	struct datum	*d;

	r = router_find(core, (const struct router_id *)(c->key + 1));
	if (r == NULL || (d = r->datum) == NULL)
		return;
	if (is_new)
		r->hops = c->hops;
	else if (c->hops != 0 && (r->hops == 0 || c->hops < r->hops) &&
	    claim_order(d->seqno, datum_value(d), d->vallen, c->seqno,
	    c->value, c->vallen) == 0)
		r->hops = c->hops;
}

void
router_copy(struct core *core, const struct claim *c)
{
	count_hops(core, c, false);
}

bool
router_is_cloned(const struct router *r, monotime_t now)
{
	return r->is_cloned &&
	    monotime_ms(r->cloned, now) < ROUTER_CLONE_S * 1000LL;
}

/* A router that is started again has another run; two of one id alternate. */
static void
note_run(struct core *core, struct router *r, const struct router_info *info,
    monotime_t now)
{
	char	here[ADDR_TEXT], cause[64];

	if (r->datum == NULL || r->info.run == info->run)
		return;
	if (info->run == r->former_run) {
		r->is_cloned = 1;
		r->cloned = now;
		snprintf(cause, sizeof(cause), "clone %s",
		    router_id_text(&info->id));
		strlcpy(here, addr_text(addr_is_none(&info->addr4) ?
		    &info->addr6 : &info->addr4), sizeof(here));
		if (ratelimits_pass(&core->lease->router_lines, cause,
		    RATELIMIT_LOG, now))
			core_log(core, LEVEL_WARN, "router id %s: two routers "
			    "have this identity: %s at %s and one at %s",
			    router_id_text(&info->id), info->name, here,
			    addr_text(addr_is_none(&r->info.addr4) ?
			    &r->info.addr6 : &r->info.addr4));
	}
	r->former_run = r->info.run;
}

/* Nobody has heard of it for a day; at our start it is so of all. */
static void
note_new(struct core *core, const struct router_info *info, monotime_t now)
{
	char	cause[64];

	snprintf(cause, sizeof(cause), "new %s", router_id_text(&info->id));
	if (!core->started || past_find(core, &info->id, now) != NULL ||
	    router_id_cmp(&info->id, &core->self) == 0 ||
	    core->conf.routers == ROUTERS_KNOWN ||
	    !ratelimits_pass(&core->lease->new_lines, cause, RATELIMIT_LOG,
	    now))
		return;
	core_log(core, LEVEL_INFO, "router id %s, %s: is new",
	    router_id_text(&info->id), info->name[0] != '\0' ? info->name :
	    "without a name");
}

/* How its configuration differs from ours; said once for each change. */
static void
note_config(struct core *core, struct router *r,
    const struct router_info *info, monotime_t now)
{
	uint64_t	ours, theirs, differs;
	char		cause[64];

	memcpy(&ours, core->lease->alike, sizeof(ours));
	memcpy(&theirs, info->config, sizeof(theirs));
	differs = info->has_config ? ours ^ theirs : 0;
	if (differs == r->differs)
		return;
	snprintf(cause, sizeof(cause), "alike %s", router_id_text(&info->id));
	if (differs != 0) {
		if (!ratelimits_pass(&core->lease->router_lines, cause,
		    RATELIMIT_LOG, now))
			return;		/* said at its next refresh */
		core_log(core, LEVEL_WARN, "%s: other prefixes than ours, or "
		    "lease times or reserved addresses",
		    core_router_name(r));
	} else
		core_log(core, LEVEL_DEBUG, "%s: configured as we are",
		    core_router_name(r));
	r->differs = differs;
}

bool
core_router_key(struct core *core, const struct router_id *id,
    struct router_key *key, monotime_t now)
{
	const struct router	*r = router_find(core, id);
	const struct past	*past;

	if (r != NULL && router_is_self(core, r))
		*key = core->key;
	else if (r != NULL && r->datum != NULL)
		*key = r->info.key;
	else if ((past = past_find(core, id, now)) != NULL)
		*key = past->key;
	else
		return false;
	return true;
}

const char *
router_accept(struct core *core, const struct claim *c,
    const struct router_info *info, monotime_t now)
{
	struct router	*r = router_find(core, &info->id);
	struct datum	*d = r != NULL ? r->datum : NULL;
	const char	*why;
	bool		 is_new = d == NULL;

	if (d == NULL && (r == NULL || !router_is_self(core, r)) &&
	    (why = router_admit(core, now)) != NULL)
		return why;
	if (r != NULL && !router_is_self(core, r))
		note_run(core, r, info, now);
	if ((d = table_put(core, d, c, now)) == NULL)
		return table_is_full(core) ? "the table is full" :
		    "no memory";
	if ((r = router_find(core, &info->id)) != NULL)
		r->datum = r->datum != NULL ? d : NULL;	/* it may have moved */
	if (is_new)
		note_new(core, info, now);
	datum_stored(core, d, now);
	past_forget(core, &info->id);
	count_hops(core, c, true);
	if ((r = router_find(core, &info->id)) != NULL)
		note_config(core, r, info, now);
	return NULL;
}

int
router_name(struct core *core, const struct claim *c)
{
	const struct router_id	*id = (const struct router_id *)(c->key + 1);

	if (router_find(core, id) != NULL)
		return 0;
	return router_get(core, id) != NULL ? 1 : -1;
}

void
router_unname(struct core *core, const struct claim *c, int made)
{
	(void)made;
	router_release(core, router_find(core,
	    (const struct router_id *)(c->key + 1)));
}

/* The same number never lives longer than it was first told. */
bool
router_claimed(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	(void)d;
	(void)now;
	if (result == TABLE_OLD || result == TABLE_REFRESHED)
		router_copy(core, c);
	return result == TABLE_REFRESHED;
}

uint8_t
router_hops(struct core *core, const struct datum *d)
{
	const struct router	*r;

	r = router_find(core, (const struct router_id *)(d->data + 1));
	if (r == NULL)
		return 0;
	if (router_is_self(core, r))
		return 1;
	return r->hops == 0 || r->hops == UINT8_MAX ? 0 :
	    (uint8_t)(r->hops + 1);
}

/* Wait until it has ended, or another's is late. */
static void
router_wait(struct core *core, struct router *r, monotime_t now)
{
	struct datum	*d = r->datum;
	monotime_t	 due = digest_add(core, d, now);

	if (!router_is_self(core, r) && !r->silent)
		due = monotime_min(due, monotime_add(d->claimed,
		    ROUTER_SILENT_S * 1000LL));
	timer_set(&core->timers, &d->timer, due);
}

void
router_timer(struct core *core, struct datum *d, monotime_t now)
{
	struct router		*r;
	bool			 was;

	r = router_get(core, (const struct router_id *)(d->data + 1));
	if (r == NULL)
		return;
	if (datum_live(d, now)) {
		was = r->silent;
		r->silent = !router_is_self(core, r) &&
		    monotime_ms(d->claimed, now) >= ROUTER_SILENT_S * 1000LL;
		if (r->silent && is_replaced(core, r, now))
			return;
		if (r->silent && !was)
			event_router(core, CTL_EVENT_ROUTER_SILENT, r);
		router_wait(core, r, now);
		return;
	}
	router_end(core, r, now);
}

void
router_end(struct core *core, struct router *r, monotime_t now)
{
	struct router_info	 info;
	struct datum		*d = r->datum;

	if (!r->silent && !router_is_self(core, r))
		event_router(core, CTL_EVENT_ROUTER_SILENT, r);
	r->silent = r->hops = 0;
	r->datum = NULL;
	if (!router_is_self(core, r)) {
		past_note(core, &r->info, d, now);
		core->lease->nrouter_data--;
		spoken_by(&r->spoken, NULL);
		memset(&info, 0, sizeof(info));
		info.id = r->info.id;
		router_informed(core, r, &info, now);
	}
	table_remove(core, d);
	router_release(core, r);
}

/* Its last word has ended, whatever others say of its lifetime. */
void
router_forget(struct core *core, struct router *r, monotime_t now)
{
	struct router_id	 id = r->info.id;
	struct past		*past;

	router_end(core, r, now);
	if ((past = past_find(core, &id, now)) != NULL)
		past->expires = now;
}

/* Whether its last word is younger than that of the other. */
static bool
is_after(const struct core *core, const struct router *r,
    const struct router *other)
{
	return router_is_self(core, r) ||
	    monotime_before(other->datum->claimed, r->datum->claimed);
}

/* It has spoken: silent routers at its addresses go. */
static void
replace_others(struct core *core, struct router *r, monotime_t now)
{
	struct router	*old;
	unsigned int	 i;

	for (i = 0; i < 2; i++)
		while ((old = place_other(core, &r->places[i], true)) !=
		    NULL && is_after(core, r, old))
			replaced(core, old, r, now);
}

/* It has become silent: true if it went, as another is in its place. */
static bool
is_replaced(struct core *core, struct router *r, monotime_t now)
{
	struct router	*new;
	unsigned int	 i;

	for (i = 0; i < 2; i++) {
		new = place_other(core, &r->places[i], false);
		if (new == NULL || !is_after(core, new, r))
			continue;
		replaced(core, r, new, now);
		return true;
	}
	return false;
}

static void
replaced(struct core *core, struct router *r, const struct router *by,
    monotime_t now)
{
	core_log(core, LEVEL_INFO, "router id %s, %s: not heard of any more, "
	    "router id %s is in its place", router_id_text(&r->info.id),
	    r->info.name, router_id_text(&by->info.id));
	router_forget(core, r, now);
}

int
core_clear_router(struct core *core, const struct router_id *id,
    uint32_t *heard, monotime_t now)
{
	struct router	*r = router_find(core, id);

	if (r == NULL || r->datum == NULL || router_is_self(core, r))
		return -1;
	*heard = (uint32_t)(monotime_ms(r->datum->claimed, now) / 1000);
	if (*heard < ROUTER_LATE_S)
		return 1;
	router_forget(core, r, now);
	return 0;
}
