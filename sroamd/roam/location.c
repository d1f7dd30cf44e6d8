/* SPDX-License-Identifier: ISC */
/*
 * The claims on where stations are.  A router that sees a station claims it
 * with the next seqno.  A router that has the station and gets a younger claim
 * releases it at once; one that gets an older claim claims it again.
 */
#include <string.h>

#include "lease/admit.h"
#include "lease/assoc.h"
#include "lease/event.h"
#include "lease/iface.h"
#include "lease/network.h"
#include "lease/route.h"
#include "lease/router.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/assoc.h"
#include "roam/crossing.h"
#include "roam/location.h"
#include "roam/roam.h"
#include "table/datum.h"
#include "table/digest.h"
#include "table/effect.h"
#include "table/order.h"
#include "table/state.h"
#include "table/table.h"

#define NOWHERE_S	600	/* how long "nowhere" is remembered */
#define LOCATION_S	5400	/* a location, by default */
#define ORPHAN_MS	2000	/* our claim without a station */
#define SLACK_S		5	/* version 1 may round and be slow */
#define ENDED_MS	2000	/* after its end here it has ended everywhere */
#define ASK_MIN_MS	1000
#define ASK_MAX_MS	3000
/* What location_name has made. */
#define MADE_STATION	0x1
#define MADE_ROUTER	0x2

static struct station	*station_at(struct core *, const uint8_t *, uint8_t);
static void		 yield_for(struct core *, struct station *,
			    const struct claim *, monotime_t);
static bool		 answer(struct core *, const struct claim *,
			    enum table_result, monotime_t);
static void		 confirmed(struct core *, struct datum *,
			    const struct claim *, monotime_t);
static void		 relocate(struct core *, struct station *, monotime_t);
static void		 drop(struct core *, struct station *, monotime_t);
static bool		 is_mistaken(struct core *, const struct claim *);
static bool		 speak(struct core *, struct station *, monotime_t);
static void		 location_schedule(struct core *, struct datum *,
			    monotime_t);

/* That a location is about, or NULL. */
static struct station *
station_at(struct core *core, const uint8_t *key, uint8_t keylen)
{
	struct inner	inner;

	return key_inner(core, key, keylen, &inner) ? station_find(core,
	    network_of_key(core, key, keylen),
	    (const struct mac *)(inner.key + 1)) : NULL;
}

bool
station_claim(struct core *core, struct station *s,
    const struct router_id *where, uint64_t seqno, monotime_t claimed,
    monotime_t now)
{
	uint8_t		 plain[7] = { DATUM_LOCATION }, key[KEY_MAX];
	struct claim	 c;
	struct datum	*d;
	uint32_t	 life = where != NULL ? core->conf.location_time :
			    NOWHERE_S;

	if (seqno_is_late(seqno) && life > LATE_S)
		life = LATE_S;
	memcpy(plain + 1, s->mac.octet, 6);
	memset(&c, 0, sizeof(c));
	c.key = key;
	c.keylen = network_key(s->network, plain, sizeof(plain), key);
	c.value = where != NULL ? where->octet : key;
	c.vallen = where != NULL ? 8 : 0;
	c.seqno = seqno;
	c.claimed = claimed;
	c.expires = monotime_add(now, 1000LL * life);
	c.own = where == NULL || router_id_cmp(where, &core->self) == 0;
	if ((d = table_put(core, s->location, &c, now)) == NULL) {
		table_warn_full(core, now);
		return false;
	}
	location_stored(core, d, now);
	return true;
}

bool
station_nowhere(struct core *core, struct station *s, monotime_t now)
{
	return s->location != NULL && s->location->vallen != 0 &&
	    station_claim(core, s, NULL, seqno_after(s->location->seqno), now,
	    now);
}

/*
 * A claim of a peer, compared with what we hold.  There is something to decide
 * only if the station is here and the claim puts it elsewhere:
 *
 *	theirs       | wins by order          | loses (same seqno)
 *	is younger   | release                | release, flood theirs
 *	is older     | claim again            | claim again
 *	is "nowhere" | claim again            | -
 *
 * Where theirs loses, ours or theirs is flooded with the next seqno, for
 * version 1 (claim_order).
 */
static bool
answer(struct core *core, const struct claim *c, enum table_result result,
    monotime_t now)
{
	struct station	*s;
	struct assoc	*a;
	bool		 self, younger;

	s = station_at(core, c->key, c->keylen);
	if (s == NULL || (a = assoc_here(s)) == NULL)
		return false;
	self = c->vallen == 8 && memcmp(c->value, core->self.octet, 8) == 0;
	if (self || result == TABLE_OLD || result == TABLE_REFRESHED)
		return false;
	younger = c->vallen == 8 && !monotime_before(c->claimed, a->since);
	if (!younger)
		return claim_order(c->seqno, c->value, c->vallen,
		    seqno_after(c->seqno), core->self.octet, 8) > 0 &&
		    station_claim(core, s, &core->self, seqno_after(c->seqno),
		    a->since, now);
	yield_for(core, s, c, now);
	return result == TABLE_KEPT && station_claim(core, s,
	    (const struct router_id *)c->value, seqno_after(c->seqno),
	    c->claimed, now);
}

static void
yield_for(struct core *core, struct station *s, const struct claim *c,
    monotime_t now)
{
	struct router	*r;

	r = router_get(core, (const struct router_id *)c->value);
	core_log(core, s->flapping ? LEVEL_DEBUG : LEVEL_INFO,
	    "%s: station %s roamed to %s",
	    s->assoc->iface->link.name, mac_text(&s->mac),
	    r != NULL ? core_router_name(r) : "?");
	core->counters.roams_out++;
	assoc_lose(core, s->assoc, now);
}

/*
 * Until the start is over, a location that no peer has sent is of a former run:
 * the station may have moved since.
 */
bool
location_is_current(const struct core *core, const struct station *s)
{
	return core->started ||
	    (s->location != NULL && s->location->from != 0);
}

static void
confirmed(struct core *core, struct datum *d, const struct claim *c,
    monotime_t now)
{
	if (core->started || d->from != 0)
		return;
	d->from = c->from;
	location_stored(core, d, now);
}

const char *
location_check(const struct core *core, const struct update *u)
{
	struct inner	inner;

	if (!key_inner(core, u->data, u->keylen, &inner))
		return "malformed";
	if (!key_is_of_station(&inner))
		return inner.at > 0 ? NULL : "malformed";
	if (u->vallen != 8 && u->vallen != 0)
		return "malformed";
	return u->vallen == 0 ? NULL : router_refused(core,
	    (const struct router_id *)(u->data + u->keylen));
}

bool
location_fits(const struct core *core, const struct inner *inner)
{
	(void)core;
	return key_is_of_station(inner);
}

uint32_t
location_life(const struct core *core, const uint8_t *data, uint8_t keylen,
    uint8_t vallen)
{
	(void)data;
	(void)keylen;
	if (vallen == 0)
		return NOWHERE_S;
	return core->conf.location_time > LOCATION_S ?
	    core->conf.location_time : LOCATION_S;
}

int
location_name(struct core *core, const struct claim *c)
{
	const struct router_id	*id = (const struct router_id *)c->value;
	struct inner		 inner;
	int			 made;

	if (!key_inner(core, c->key, c->keylen, &inner))
		return -1;
	made = station_name(core, network_of_key(core, c->key, c->keylen),
	    (const struct mac *)(inner.key + 1));
	if (made == -1 || c->vallen != 8 || router_find(core, id) != NULL)
		return made;
	if (router_get(core, id) != NULL)
		return made | MADE_ROUTER;
	if (made != 0)
		location_unname(core, c, made);
	return -1;
}

void
location_unname(struct core *core, const struct claim *c, int made)
{
	if (made & MADE_STATION)
		station_release(core, station_at(core, c->key, c->keylen));
	if (made & MADE_ROUTER)
		router_release(core, router_find(core,
		    (const struct router_id *)c->value));
}

bool
location_claimed(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	if (answer(core, c, result, now))
		return true;
	if (result == TABLE_OLD && claim_order(d->seqno, datum_value(d),
	    d->vallen, c->seqno, c->value, c->vallen) == 0) {
		confirmed(core, d, c, now);
		location_accepted(core, d, c, result, now);
	}
	return false;
}

/* The location of a station was stored. */
void
location_stored(struct core *core, struct datum *d, monotime_t now)
{
	struct station	*s;

	if ((s = d->station) == NULL) {
		/* table_put has made it. */
		s = station_at(core, d->data, d->keylen);
		if (s == NULL) {
			table_remove(core, d);
			return;
		}
		d->station = s;
		s->location = d;
	}
	/* Found here at start, and we were the last to claim it: it is here. */
	if (s->assoc != NULL && s->assoc->state == ASSOC_FOUND &&
	    location_is_current(core, s) && station_is_ours(core, s, now))
		assoc_join(core, s->assoc, s->assoc->since, now);
	location_schedule(core, d, now);
	relocate(core, s, now);
}

/* Put the station into the list of the router that its live location names. */
static void
relocate(struct core *core, struct station *s, monotime_t now)
{
	struct datum	*d = s->location;
	struct router	*r = NULL, *old = s->router, *named = NULL;

	/* table_put has made it. */
	if (d != NULL && d->vallen == 8)
		named = router_find(core,
		    (const struct router_id *)datum_value(d));
	if (named != NULL && datum_live(d, now))
		r = named;
	if (r != old) {
		if (old != NULL) {
			LIST_REMOVE(s, at_router);
			old->nstations--;
		}
		if (r != NULL) {
			LIST_INSERT_HEAD(&r->stations, s, at_router);
			r->nstations++;
		}
		s->router = r;
		roam_note(core, s, old, now);
		event_station(core, old == NULL ? CTL_EVENT_JOIN : r == NULL ?
		    CTL_EVENT_LEAVE : CTL_EVENT_ROAM, s, old, NULL, now);
		if (r != NULL) {
			station_moved(core, s, now);
			if (!router_is_self(core, r))
				crossing_claimed(core, s, now);
		}
	}
	route_station(core, s, now);
	if (old != NULL && old != r)
		router_release(core, old);
	if (named != NULL && named != r && named != old)
		router_release(core, named);
}

/*
 * A "nowhere" with a longer lifetime than any router gives comes from version
 * 1: it lost a conflict with a claim of a router, kept its value and took the
 * lifetime of the claim (sroam-flood(7)).  Two such daemons may hide the claim
 * from us, as they say nothing of it.  We flood the next seqno, which reaches
 * the router that has the station.  Not at once: the claim, or the next one,
 * may be on its way, and would be hidden at the same place again.
 */
static bool
is_mistaken(struct core *core, const struct claim *c)
{
	const struct peer	*p = peer_find(core, c->from);

	return c->vallen == 0 && p != NULL && !p->extended &&
	    c->lifetime > NOWHERE_S + SLACK_S;
}

void
location_accepted(struct core *core, struct datum *d, const struct claim *c,
    enum table_result result, monotime_t now)
{
	(void)result;
	if (!is_mistaken(core, c))
		return;
	d->mistaken = 1;
	location_schedule(core, d, now);
}

/*
 * Refresh ours at half its life (a third, if that is short because its seqno is
 * late), or give it up when the station is not here.
 */
static void
location_schedule(struct core *core, struct datum *d, monotime_t now)
{
	struct station	*s = d->station;
	monotime_t	 due = digest_add(core, d, now);

	if (station_is_ours(core, s, now)) {
		if (assoc_here(s) != NULL)
			due = monotime_add(now, monotime_ms(now, d->expires) /
			    (seqno_is_late(d->seqno) ? 3 : 2));
		else if (core->started)
			due = monotime_min(due, monotime_add(now, ORPHAN_MS));
	} else if (d->mistaken)
		due = monotime_add(now, core_random_ms(core, ASK_MIN_MS,
		    ASK_MAX_MS));
	timer_set(&core->timers, &d->timer, due);
}

void
location_timer(struct core *core, struct datum *d, monotime_t now)
{
	struct station	*s = d->station;

	if (speak(core, s, now))
		return;
	if (datum_live(d, now)) {
		timer_set(&core->timers, &d->timer, digest_add(core, d, now));
		return;
	}
	/* It cannot be claimed by a greater seqno: it begins again. */
	if (assoc_here(s) != NULL && monotime_before(now,
	    monotime_add(d->expires, ENDED_MS))) {
		timer_set(&core->timers, &d->timer,
		    monotime_add(d->expires, ENDED_MS));
		return;
	}
	drop(core, s, now);
	if (assoc_here(s) != NULL)
		(void)station_claim(core, s, &core->self, 0, s->assoc->since,
		    now);
	station_release(core, s);
}

static void
drop(struct core *core, struct station *s, monotime_t now)
{
	struct datum	*d = s->location;

	s->location = NULL;
	relocate(core, s, now);
	table_remove(core, d);
}

void
location_forget(struct core *core, struct station *s, monotime_t now)
{
	drop(core, s, now);
	station_release(core, s);
}

void
location_forget_datum(struct core *core, struct datum *d, monotime_t now)
{
	location_forget(core, d->station, now);
}

/*
 * What we have to say about a station: that it is here, or not any more.
 * false: nothing, or nothing that would be greater.
 */
static bool
speak(struct core *core, struct station *s, monotime_t now)
{
	struct datum	*d = s->location;
	bool		 ours = station_is_ours(core, s, now);

	if (assoc_here(s) != NULL)
		return station_claim(core, s, &core->self, ours ? d->seqno :
		    seqno_after(d->seqno), s->assoc->since, now);
	if (ours)
		return core->started && station_nowhere(core, s, now);
	return d->mistaken && station_claim(core, s, NULL,
	    seqno_after(d->seqno), now, now);
}

/*
 * The start is over: our peers have sent what they know.  A station that was
 * found here and is nowhere else is ours.  One that is also elsewhere must send
 * something first.  Claims of a former run on stations that are gone are
 * withdrawn.
 */
void
stations_started(struct core *core, monotime_t now)
{
	struct station	*s, *next;
	struct assoc	*a;

	RB_FOREACH_SAFE(s, station_tree, &core->lease->stations, next) {
		a = s->assoc;
		if (a != NULL && a->state == ASSOC_FOUND) {
			if (s->router == NULL ||
			    router_is_self(core, s->router))
				assoc_join(core, a, a->since, now);
			else
				assoc_doubt(core, a, now);
		} else if (a == NULL && s->location != NULL)
			location_schedule(core, s->location, now);
	}
}
