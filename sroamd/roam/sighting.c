/* SPDX-License-Identifier: ISC */
/*
 * Reports of the link layer about stations, and an operator's disassociation.
 */
#include "lease/admit.h"
#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/limit.h"
#include "lease/network.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/assoc.h"
#include "roam/contest.h"
#include "roam/door.h"
#include "roam/location.h"
#include "roam/presence.h"
#include "table/state.h"

#define LEAVE_GRACE_MS	100	/* left and back: a port was down shortly, */
#define LEAVE_RADIO_MS	1000	/* or a reassociation, until it has keys */

static void	bar(struct core *, const struct mac *, monotime_t);
static int	disassociate(struct core *, const struct station *, monotime_t);
static void	left(struct core *, struct assoc *, monotime_t);

/* It left, and may be back at once, as in a reassociation. */
static void
left(struct core *core, struct assoc *a, monotime_t now)
{
	if (a->state != ASSOC_HERE)
		assoc_drop(core, a, "left", now);
	else
		timer_set(&core->timers, &a->leave, monotime_add(now,
		    a->source == SOURCE_NL80211 ? LEAVE_RADIO_MS :
		    LEAVE_GRACE_MS));
}

void
core_sighting(struct core *core, const struct sighting *sight, monotime_t now)
{
	struct iface	*i = iface_at(core, sight->ifindex);
	struct station	*s;

	if (i == NULL || !mac_is_station(&sight->mac) ||
	    mac_cmp(&sight->mac, &i->link.lladdr) == 0)
		return;
	if (sight->kind != SIGHTING_JOINED && sight->kind != SIGHTING_PRESENT) {
		s = station_find(core, i->network, &sight->mac);
		/* Only if it was at this port: events may be late. */
		if (s == NULL || s->assoc == NULL || s->assoc->iface != i ||
		    s->assoc->port != sight->port)
			return;
		if (sight->kind == SIGHTING_LEFT)
			left(core, s->assoc, now);
		else
			probe_answered(s->assoc, sight->kind, now);
		return;
	}
	if (station_barred(core, sight->ifindex, &sight->mac))
		return;
	if ((sight->kind == SIGHTING_JOINED || core->started) &&
	    !limit_station(core, i, station_find(core, i->network, &sight->mac),
	    sight->port, now))
		return;
	if ((s = station_get(core, i->network, &sight->mac)) == NULL) {
		i->missed = now;
		return;
	}
	if (contest_holds(core, s, i, sight, false, now)) {
		assoc_ask(core, s, i, sight, now);
		return;
	}
	if (sight->kind == SIGHTING_JOINED) {
		assoc_arrive(core, s, i, sight, now);
		return;
	}
	if (s->assoc != NULL)
		return;
	if (core->started && s->router == NULL) {
		assoc_arrive(core, s, i, sight, now);
		return;
	}
	if (assoc_new(core, s, i, sight, now) == NULL) {
		i->missed = now;
		station_release(core, s);
		return;
	}
	if (location_is_current(core, s) && station_is_ours(core, s, now))
		assoc_join(core, s->assoc, s->assoc->since, now);
	else if (core->started)
		assoc_doubt(core, s->assoc, now);
	else
		probe_timer(core, s->assoc, now);
}

int
core_disassociate(struct core *core, const char *network,
    const struct mac *mac, monotime_t now)
{
	const struct networks	*all = &core->lease->networks;
	uint32_t		 i;
	int			 rv = -1, done;

	for (i = 0; i < all->n; i++) {
		if (!network_meant(core, all->list[i], network))
			continue;
		done = disassociate(core, station_find(core, all->list[i],
		    mac), now);
		if (done != -1)
			rv = done;
	}
	return rv;
}

/* In each network: one that is here leaves. */
static void
bar(struct core *core, const struct mac *mac, monotime_t now)
{
	const struct networks	*all = &core->lease->networks;
	struct station		*s;
	struct assoc		*a;
	uint32_t		 i;

	for (i = 0; i < all->n; i++) {
		s = station_find(core, all->list[i], mac);
		if (s == NULL || (a = assoc_here(s)) == NULL)
			continue;
		assoc_disassociate(core, a, false);
		assoc_drop(core, a, "it is denied", now);
	}
}

void
stations_bar(struct core *core, monotime_t now)
{
	const struct conf	*lists = &core->lease->admission;
	size_t			 i;

	for (i = 0; i < lists->nbars; i++)
		bar(core, &lists->bars[i].mac, now);
}

/* Of the station in one network; NULL: there is none. */
static int
disassociate(struct core *core, const struct station *s, monotime_t now)
{
	struct assoc	*a;

	if (s == NULL || (a = assoc_here(s)) == NULL)
		return -1;
	if (a->source == SOURCE_NL80211 && !a->iface->link.drops)
		return -2;
	assoc_disassociate(core, a, false);
	assoc_drop(core, a, "by the operator", now);
	return 0;
}
