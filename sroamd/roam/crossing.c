/* SPDX-License-Identifier: ISC */
/* A station of a radio that turns up in another network: crossing.h. */
#include "conf/conf.h"
#include "lease/assoc.h"
#include "lease/event.h"
#include "lease/network.h"
#include "lease/router.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/crossing.h"
#include "roam/state.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/state.h"

static struct assoc	*by_radio(const struct station *);
static void		 mark(struct core *, struct assoc *,
			    enum assoc_crossed, monotime_t);
static bool		 meets_here(struct core *, struct assoc *,
			    struct assoc *, monotime_t);
static bool		 meets_there(struct core *, struct assoc *,
			    const struct station *, monotime_t);
static void		 note(struct core *, const struct assoc *,
			    const struct station *, const struct router_id *,
			    monotime_t, monotime_t);

/* Its association here, if that is of a radio; or NULL. */
static struct assoc *
by_radio(const struct station *s)
{
	struct assoc	*a = assoc_here(s);

	return a != NULL && a->source == SOURCE_NL80211 ? a : NULL;
}

/* The rest follows when it is probed, which is now. */
static void
mark(struct core *core, struct assoc *a, enum assoc_crossed how,
    monotime_t now)
{
	if (a->crossed >= how)
		return;
	a->crossed = how;
	a->probes = 0;
	timer_set(&core->timers, &a->probe, now);
}

void
crossing_arrived(struct core *core, struct assoc *a, monotime_t now)
{
	struct station	*s = a->station, *o, *next;
	struct assoc	*other;
	bool		 stays = by_radio(s) != NULL;

	for (o = station_first(core, &s->mac); stays && o != NULL; o = next) {
		next = station_next(o);
		if (o == s)
			continue;
		if ((other = by_radio(o)) != NULL)
			stays = meets_here(core, a, other, now);
		else if (o->router != NULL && !router_is_self(core, o->router))
			stays = meets_there(core, a, o, now);
	}
}

/* The older one ends; false: that is the one which arrives. */
static bool
meets_here(struct core *core, struct assoc *a, struct assoc *other,
    monotime_t now)
{
	struct assoc	*older = other;

	if (monotime_before(a->since, other->since))
		older = a;
	else
		note(core, a, other->station, &core->self, other->heard, now);
	mark(core, older, CROSSED_HERE, now);
	return older == other;
}

/* A younger claim of another router: false, and this one is asked. */
static bool
meets_there(struct core *core, struct assoc *a, const struct station *o,
    monotime_t now)
{
	monotime_t	claimed = o->location->claimed;

	if (monotime_before(a->since, claimed)) {
		mark(core, a, CROSSED_ASKED, now);
		return false;
	}
	note(core, a, o, &o->router->info.id, claimed, now);
	return true;
}

static void
note(struct core *core, const struct assoc *a, const struct station *was,
    const struct router_id *at, monotime_t when, monotime_t now)
{
	const struct station	*s = a->station;
	int64_t			 ago = monotime_ms(when, now);
	const struct router	*r;

	core->counters.crossings++;
	if (!ratelimits_pass(&core->roam->crossing_lines, mac_text(&s->mac),
	    RATELIMIT_LOG, now))
		return;
	r = router_find(core, at);
	event_station(core, CTL_EVENT_NETWORK_CHANGE, s, r,
	    conf_network_text(&was->network->conf), now);
	core_log(core, LEVEL_INFO, "station %s: was in %s at %s %lld s ago, "
	    "joined %s here", mac_text(&s->mac),
	    conf_network_text(&was->network->conf),
	    r != NULL ? core_router_name(r) : router_id_text(at),
	    (long long)(ago > 0 ? ago / 1000 : 0),
	    conf_network_text(&s->network->conf));
}

void
crossing_claimed(struct core *core, struct station *s, monotime_t now)
{
	monotime_t	 claimed = s->location->claimed;
	struct station	*o;
	struct assoc	*a;

	if (core->lease->networks.n == 1)
		return;
	for (o = station_first(core, &s->mac); o != NULL; o = station_next(o))
		if (o != s && (a = by_radio(o)) != NULL &&
		    !monotime_before(claimed, a->since))
			mark(core, a, CROSSED_ASKED, now);
}
