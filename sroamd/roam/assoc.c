/* SPDX-License-Identifier: ISC */
/*
 * Stations at this router: how they come, stay and leave, and what is done for
 * them.
 */
#include <string.h>

#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/learn.h"
#include "lease/lease.h"
#include "lease/missing.h"
#include "lease/neigh.h"
#include "lease/neighbour.h"
#include "lease/probe.h"
#include "lease/release.h"
#include "lease/route.h"
#include "lease/router.h"
#include "lease/state.h"
#include "lease/station.h"
#include "lease/tentative.h"
#include "roam/assoc.h"
#include "roam/contest.h"
#include "roam/crossing.h"
#include "roam/location.h"
#include "table/effect.h"
#include "table/room.h"

#define AGE_OLD_MS	(24 * 3600LL * 1000)	/* for an unknown age */
#define FLAP_MS		1000	/* evidence by frames, while it flaps */
#define ASSOC_TIMERS	5

static void		note_arrival(struct core *, const struct assoc *);
static monotime_t	arrival(const struct sighting *, monotime_t);
static void		set_port(struct assoc *, const struct sighting *);

/* Its port in layer 2, which a frame alone (NULL) does not show. */
static void
set_port(struct assoc *a, const struct sighting *sight)
{
	if (sight == NULL && a->port != 0)
		return;
	a->source = sight != NULL && sight->source != SOURCE_AUTO ?
	    sight->source : a->iface->link.source;
	a->port = sight != NULL ? sight->port : a->iface->link.ifindex;
	a->tag = sight != NULL ? sight->tag : 0;
	a->reported = sight != NULL || a->iface->link.source == SOURCE_PACKETS;
	a->isolated = sight != NULL && sight->isolated;
	a->fixed = sight != NULL && sight->fixed;
	strlcpy(a->port_name, sight != NULL ? sight->port_name :
	    a->iface->link.name, sizeof(a->port_name));
}

/*
 * When it came.  A station found at start may have moved since.  If its age is
 * unknown, take it as old, so that it is not taken from another router.
 */
static monotime_t
arrival(const struct sighting *sight, monotime_t now)
{
	if (sight == NULL || sight->kind != SIGHTING_PRESENT)
		return now;
	return monotime_add(now, sight->age == AGE_UNKNOWN ? -AGE_OLD_MS :
	    -(int64_t)sight->age);
}

struct assoc *
assoc_new(struct core *core, struct station *s, struct iface *i,
    const struct sighting *sight, monotime_t now)
{
	struct assoc	*a;

	if (room_left(core) == ROOM_NONE && s->location == NULL &&
	    LIST_EMPTY(&s->leases)) {
		room_refused(core, now);
		return NULL;
	}
	if ((a = room_alloc(core, sizeof(*a))) == NULL ||
	    timerq_reserve(&core->timers, ASSOC_TIMERS) == -1) {
		room_free(core, a, sizeof(*a));
		core_no_memory(core, "a station here");
		return NULL;
	}
	a->station = s;
	a->iface = i;
	set_port(a, sight);
	a->state = ASSOC_FOUND;
	a->heard = now;
	a->since = arrival(sight, now);
	a->solicits = a->dhcp6 = monotime_add(now, -3600 * 1000LL);
	TAILQ_INIT(&a->neighs);
	LIST_INIT(&a->tentatives);
	timer_init(&a->leave, TIMER_LEAVE);
	timer_init(&a->probe, TIMER_PROBE);
	timer_init(&a->announce, TIMER_ANNOUNCE);
	timer_init(&a->advert, TIMER_ADVERT);
	timer_init(&a->release, TIMER_RELEASE);
	LIST_INSERT_HEAD(&i->assocs, a, on_link);
	s->assoc = a;
	missing_drop(core, s);
	core->lease->nassocs++;
	s->network->nassocs++;
	return a;
}

void
assoc_free(struct core *core, struct assoc *a)
{
	struct station	*s = a->station;

	timer_clear(&core->timers, &a->leave);
	timer_clear(&core->timers, &a->probe);
	timer_clear(&core->timers, &a->announce);
	timer_clear(&core->timers, &a->advert);
	timer_clear(&core->timers, &a->release);
	timerq_release(&core->timers, ASSOC_TIMERS);
	neigh_left(core, a);
	tentative_left(core, a);
	contest_unpin(core, a);
	LIST_REMOVE(a, on_link);
	s->assoc = NULL;
	core->lease->nassocs--;
	s->network->nassocs--;
	room_free(core, a, sizeof(*a));
	station_release(core, s);
}

/* Log this before the claim, which may free the router it came from. */
static void
note_arrival(struct core *core, const struct assoc *a)
{
	const struct station	*s = a->station;

	if (s->router != NULL && !router_is_self(core, s->router)) {
		core->counters.roams_in++;
		core_log(core, s->flapping ? LEVEL_DEBUG : LEVEL_INFO,
		    "%s: station %s roamed here from %s",
		    a->iface->link.name, mac_text(&s->mac),
		    core_router_name(s->router));
	} else {
		core->counters.joins++;
		core_log(core, s->flapping ? LEVEL_DEBUG : LEVEL_INFO,
		    "%s: station %s joined",
		    a->iface->link.name, mac_text(&s->mac));
	}
}

void
assoc_claim(struct core *core, struct assoc *a, monotime_t now)
{
	struct station	*s = a->station;

	if (!station_is_ours(core, s, now))
		station_claim(core, s, &core->self, s->location != NULL ?
		    seqno_after(s->location->seqno) : 1, a->since, now);
}

/* There is evidence that the station is here: claim it and serve it. */
void
assoc_join(struct core *core, struct assoc *a, monotime_t since,
    monotime_t now)
{
	struct station	*s = a->station;
	bool		 found = a->state == ASSOC_FOUND;

	if (a->state != ASSOC_HERE) {
		note_arrival(core, a);
		lease_recall(a);
	}
	a->state = ASSOC_HERE;
	lease_joined(core, a, now);
	a->since = since;
	assoc_heard(a, now);
	a->announces = 0;
	a->adverts = 0;
	timer_clear(&core->timers, &a->leave);
	neigh_join(core, a, now);
	if (station_is_ours(core, s, now))
		route_station(core, s, now);
	else
		assoc_claim(core, a, now);
	timer_set(&core->timers, &a->probe,
	    monotime_add(now, probe_interval(core)));
	/* A station that had no address here knows no gateway either. */
	if (!LIST_EMPTY(&s->leases))
		gateway_announce(core, a, now);
	advert_send(core, a, now);
	learn_ask(core, a, now);
	if (found)
		crossing_arrived(core, a, now);
}

void
assoc_heard(struct assoc *a, monotime_t now)
{
	a->heard = now;
	a->probes = 0;
	a->lost_probes = 0;
	a->crossed = CROSSED_NOT;
}

/*
 * A younger claim took the station.  It is probed, and an answer brings it
 * back: contest.h.
 *
 * A bridge forgets it at once, so that any frame of a station that is back is
 * reported.  A radio drops the old association only when no answer came, so
 * that a station that returns is not thrown out.
 *
 * Where two stations have the same address this would go on as fast as they
 * answer.  A station that flaps is probed and forgotten a second later, unless
 * it has answered here.
 */
void
assoc_lose(struct core *core, struct assoc *a, monotime_t now)
{
	bool			gone = timer_is_set(&a->leave);
	enum contest_role	role = contest_lost(core, a, now);
	bool			flaps = role == CONTEST_NONE &&
				    station_flaps(core, a->station, now);

	a->state = ASSOC_LOST;
	a->since = now;
	timer_clear(&core->timers, &a->probe);
	timer_clear(&core->timers, &a->announce);
	timer_clear(&core->timers, &a->advert);
	release_forget(core, a);
	neigh_left(core, a);
	tentative_left(core, a);
	contest_unpin(core, a);
	if (gone) {			/* the link layer reported it */
		assoc_drop(core, a, "left", now);
		return;
	}
	timer_set(&core->timers, &a->leave, monotime_add(now,
	    (flaps || role == CONTEST_NEWCOMER) &&
	    a->source == SOURCE_BRIDGE ? FLAP_MS : LOST_MS));
	if (role == CONTEST_NEWCOMER)
		return;
	if (flaps)
		timer_set(&core->timers, &a->probe,
		    monotime_add(now, FLAP_MS));
	else {
		if (a->source == SOURCE_BRIDGE)
			assoc_disassociate(core, a, true);
		assoc_probe(core, a, now);
	}
}

/*
 * The station was found here and is claimed by another.  It may have come back,
 * or left unheard, so it is probed.  A bridge that has it at its port does not
 * report its next frames, so the bridge forgets it first.
 */
void
assoc_doubt(struct core *core, struct assoc *a, monotime_t now)
{
	if (a->source == SOURCE_BRIDGE)
		assoc_disassociate(core, a, true);
	timer_set(&core->timers, &a->leave, monotime_add(now, LOST_MS));
	assoc_probe(core, a, now);
}

/*
 * The bridge forgets it later and then reports its next frame: thus a question
 * a second, however many frames there are.
 */
void
assoc_ask(struct core *core, struct station *s, struct iface *i,
    const struct sighting *sight, monotime_t now)
{
	struct assoc	*a = s->assoc;

	if (a == NULL && (a = assoc_new(core, s, i, sight, now)) == NULL) {
		i->missed = now;
		station_release(core, s);
		return;
	}
	if (a->state == ASSOC_HERE)
		return;
	if (sight != NULL && a->iface == i)
		set_port(a, sight);
	if (!assoc_lasts(a) && !timer_is_set(&a->leave))
		timer_set(&core->timers, &a->leave,
		    monotime_add(now, 2 * CONTEST_MS));
	contest_ask(core, s, now);
}

/* The station left, and as far as we know it is nowhere. */
void
assoc_drop(struct core *core, struct assoc *a, const char *why,
    monotime_t now)
{
	struct station	*s = a->station;
	struct network	*net = s->network;
	struct mac	 mac = s->mac;
	bool		 here = a->state == ASSOC_HERE;

	if (here) {
		core->counters.leaves++;
		core_log(core, LEVEL_INFO, "%s: station %s left: %s",
		    a->iface->link.name, mac_text(&s->mac), why);
		release_left(core, a, now);
	}
	assoc_free(core, a);
	if ((s = station_find(core, net, &mac)) == NULL)
		return;
	if (here && station_is_ours(core, s, now))
		station_nowhere(core, s, now);
	else
		route_station(core, s, now);
}

/* One that lasts may still exist, and bring frames. */
void
assoc_silent(struct core *core, struct assoc *a, const char *why,
    monotime_t now)
{
	struct station	*s = a->station;

	assoc_disassociate(core, a, true);
	if (!assoc_lasts(a) || timer_is_set(&a->leave)) {
		assoc_drop(core, a, why, now);
		return;
	}
	core->counters.leaves++;
	core_log(core, LEVEL_INFO, "%s: station %s left: %s",
	    a->iface->link.name, mac_text(&s->mac), why);
	a->state = ASSOC_LOST;
	a->since = now;
	a->crossed = CROSSED_NOT;
	timer_clear(&core->timers, &a->announce);
	timer_clear(&core->timers, &a->advert);
	release_left(core, a, now);
	neigh_left(core, a);
	tentative_left(core, a);
	contest_unpin(core, a);
	if (station_is_ours(core, s, now))
		station_nowhere(core, s, now);
	else
		route_station(core, s, now);
}

void
assoc_arrive(struct core *core, struct station *s, struct iface *i,
    const struct sighting *sight, monotime_t now)
{
	struct assoc	*a = s->assoc;
	bool		 again;

	if (a == NULL && (a = assoc_new(core, s, i, sight, now)) == NULL) {
		i->missed = now;
		station_release(core, s);
		return;
	}
	again = a->state != ASSOC_FOUND;
	contest_arrives(core, a, i, sight, now);
	if (a->iface != i) {
		release_forget(core, a);
		neigh_left(core, a);
		tentative_left(core, a);
		LIST_REMOVE(a, on_link);
		LIST_INSERT_HEAD(&i->assocs, a, on_link);
		a->iface = i;
		a->port = 0;
	}
	set_port(a, sight);
	lease_moved(core, a);
	assoc_join(core, a, arrival(sight, now), now);
	if (again && sight != NULL)
		crossing_arrived(core, a, now);
	contest_arrived(core, a, now);
}

/*
 * A former run had it here.  Bridges and radios report all their stations,
 * silent ones too, and a station that they do not report has left.  With
 * packets alone it may be here and silent, so it is probed.
 */
void
assoc_adopt(struct core *core, const struct mac *mac, uint32_t ifindex,
    monotime_t now)
{
	static const struct sighting	 sight = {
		.kind = SIGHTING_PRESENT, .age = AGE_UNKNOWN
	};
	struct iface	*i = iface_at(core, ifindex);
	struct station	*s;

	if (core->started || i == NULL || !i->link.up ||
	    i->link.source != SOURCE_PACKETS ||
	    (s = station_get(core, i->network, mac)) == NULL ||
	    s->assoc != NULL)
		return;
	if (assoc_new(core, s, i, &sight, now) == NULL) {
		station_release(core, s);
		return;
	}
	set_port(s->assoc, NULL);
	assoc_probe(core, s->assoc, now);
}
