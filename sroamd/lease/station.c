/* SPDX-License-Identifier: ISC */
/*
 * Stations by their MAC address, and what is remembered of each.  Where they
 * are: roam/location.c.
 */
#include <stdlib.h>
#include <string.h>

#include "lease/assoc.h"
#include "lease/contest.h"
#include "lease/event.h"
#include "lease/iface.h"
#include "lease/missing.h"
#include "lease/neighbour.h"
#include "lease/network.h"
#include "lease/router.h"
#include "lease/state.h"
#include "lease/station.h"
#include "lease/tentative.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/room.h"
#include "table/state.h"

#define FLAP_HALF_MS	16000	/* moves count half after so long */
#define FLAP_HIGH	8	/* so many are too many, */
#define FLAP_LOW	2	/* and so few are normal again */

RB_GENERATE(station_tree, station, entry, station_cmp)

static int64_t	half_lives(const struct core *, const struct station *,
		    monotime_t);

int
station_cmp(const struct station *a, const struct station *b)
{
	int	cmp;

	if ((cmp = mac_cmp(&a->mac, &b->mac)) != 0)
		return cmp;
	return a->net < b->net ? -1 : a->net > b->net;
}

struct station *
station_find(struct core *core, struct network *net, const struct mac *mac)
{
	struct station	key;

	if (net == NULL)
		return NULL;
	key.net = net->id;
	key.mac = *mac;
	return RB_FIND(station_tree, &core->lease->stations, &key);
}

struct station *
station_first(struct core *core, const struct mac *mac)
{
	struct station	key, *s;

	key.net = 0;
	key.mac = *mac;
	s = RB_NFIND(station_tree, &core->lease->stations, &key);
	return s != NULL && mac_cmp(&s->mac, mac) == 0 ? s : NULL;
}

struct station *
station_next(struct station *s)
{
	struct station	*next = RB_NEXT(station_tree, NULL, s);

	return next != NULL && mac_cmp(&next->mac, &s->mac) == 0 ? next :
	    NULL;
}

struct station *
station_get(struct core *core, struct network *net, const struct mac *mac)
{
	struct station	*s;

	if ((s = station_find(core, net, mac)) != NULL)
		return s;
	if ((s = room_alloc(core, sizeof(*s))) == NULL) {
		core_no_memory(core, "a station");
		return NULL;
	}
	s->mac = *mac;
	s->network = net;
	s->net = net->id;
	s->place.kind = ROUTE_NONE;
	LIST_INIT(&s->leases);
	RB_INSERT(station_tree, &core->lease->stations, s);
	core->lease->nstations++;
	net->nstations++;
	return s;
}

void
station_release(struct core *core, struct station *s)
{
	if (s->assoc != NULL || s->location != NULL ||
	    !LIST_EMPTY(&s->leases))
		return;
	missing_drop(core, s);
	contest_drop(core, s);
	RB_REMOVE(station_tree, &core->lease->stations, s);
	core->lease->nstations--;
	s->network->nstations--;
	room_free(core, s->old, OLD_PREFIXES * sizeof(*s->old));
	room_free(core, s, sizeof(*s));
}

int
station_name(struct core *core, struct network *net, const struct mac *mac)
{
	if (!mac_is_station(mac) || station_find(core, net, mac) != NULL)
		return 0;
	return station_get(core, net, mac) != NULL ? 1 : -1;
}

bool
station_is_ours(const struct core *core, const struct station *s,
    monotime_t now)
{
	const struct datum	*d = s->location;

	return !core->clone && d != NULL && datum_live(d, now) &&
	    d->vallen == 8 &&
	    memcmp(datum_value(d), core->self.octet, 8) == 0;
}

bool
station_has_lost(const struct station *s, const struct prefix *prefix,
    monotime_t now)
{
	const struct oldprefix	*old;

	if (s->old != NULL)
		for (old = s->old; old < s->old + OLD_PREFIXES; old++)
			if (prefix_cmp(&old->prefix, prefix) == 0)
				return monotime_before(now, old->until);
	return false;
}

void
station_lost_prefix(struct core *core, struct station *s,
    const struct prefix *prefix, monotime_t until)
{
	struct oldprefix	*slot, *old;

	/* Without memory it learns this when it uses the prefix. */
	if (s->old == NULL && (s->old = room_alloc(core,
	    OLD_PREFIXES * sizeof(*s->old))) == NULL) {
		core_no_memory(core, "a lost prefix");
		return;
	}
	for (slot = old = s->old; old < s->old + OLD_PREFIXES; old++) {
		if (prefix_cmp(&old->prefix, prefix) == 0) {
			slot = old;
			break;
		}
		if (monotime_before(old->until, slot->until))
			slot = old;
	}
	slot->prefix = *prefix;
	slot->until = until;
}

/* How often the count has halved since the last look. */
static int64_t
half_lives(const struct core *core, const struct station *s, monotime_t now)
{
	return (monotime_ms(core->start, now) - s->moved * 1000LL) /
	    FLAP_HALF_MS;
}

uint8_t
station_moves(const struct core *core, const struct station *s,
    monotime_t now)
{
	int64_t	halves = half_lives(core, s, now);

	return halves < 8 ? (uint8_t)(s->moves >> halves) : 0;
}

bool
station_flaps(const struct core *core, const struct station *s,
    monotime_t now)
{
	return s->flapping && station_moves(core, s, now) > FLAP_LOW;
}

/*
 * A station that flaps is handled like any other and logged once.  Then its
 * moves are not logged, and it must show by itself where it is.
 */
void
station_moved(struct core *core, struct station *s, monotime_t now)
{
	bool	flaps = station_flaps(core, s, now);

	s->moves = station_moves(core, s, now);
	if (s->moves == 0)
		s->moved = (uint32_t)(monotime_ms(core->start, now) / 1000);
	else
		s->moved += (uint32_t)(half_lives(core, s, now) *
		    (FLAP_HALF_MS / 1000));
	if (s->moves < UINT8_MAX)
		s->moves++;
	s->flapping = flaps || s->moves >= FLAP_HIGH;
	if (flaps || !s->flapping)
		return;
	core->counters.flaps++;
	event_station(core, CTL_EVENT_FLAP, s, NULL, NULL, now);
	if (s->assoc != NULL)
		core_log(core, LEVEL_WARN, "%s: station %s flaps: %u moves "
		    "lately, now at %s", s->assoc->iface->link.name,
		    mac_text(&s->mac), s->moves, core_router_name(s->router));
}

void
stations_free(struct core *core)
{
	struct station	*s;

	while ((s = RB_ROOT(&core->lease->stations)) != NULL) {
		RB_REMOVE(station_tree, &core->lease->stations, s);
		if (s->assoc != NULL) {
			neigh_forget(core, s->assoc);
			tentative_forget(core, s->assoc);
		}
		free(s->assoc);
		free(s->missing);
		free(s->contest);
		room_free(core, s->old, OLD_PREFIXES * sizeof(*s->old));
		room_free(core, s, sizeof(*s));
	}
}
