/* SPDX-License-Identifier: ISC */
/* A station and another that uses its MAC address: contest.h. */
#include <string.h>

#include "common/container_of.h"
#include "lease/assoc.h"
#include "lease/contest.h"
#include "lease/door.h"
#include "lease/event.h"
#include "lease/iface.h"
#include "lease/neigh.h"
#include "lease/probe.h"
#include "lease/router.h"
#include "lease/state.h"
#include "lease/station.h"
#include "roam/contest.h"
#include "table/effect.h"
#include "table/state.h"

#define MEMORY_MS	60000	/* after the last answer */
#define PLACE_MS	20	/* between questions at another place here */
#define PIN_MS		10000	/* one that answered where it was */
#define CONFIRM_MS	150	/* for an answer of one that is pinned, */
#define CONFIRM_RADIO_MS 1000	/* as it may sleep */
#define CONFIRM_MAX	3	/* unanswered: it is not there */
#define CONFIRMS_MS	5000	/* between such questions to one of a radio */
#define ANSWER_MS	500	/* of one that is asked elsewhere */
#define LOSSES_MAX	2	/* as many make a newcomer */
#define RETURNS_MAX	2	/* once, two roams cross: this is no roam */

static void		go_on(struct core *, struct contest *, int64_t,
			    monotime_t);
static bool		may_say(struct core *, const struct station *,
			    monotime_t);
static void		returned(struct core *, struct contest *,
			    const char *place, const char *other, monotime_t);
static bool		by_radio(const struct iface *, const struct sighting *);
static bool		is_place(const struct contest *, const struct iface *,
			    const struct sighting *);
static void		moved(struct core *, struct assoc *,
			    const struct iface *, const struct sighting *,
			    monotime_t);
static void		ask_place(struct core *, struct contest *, monotime_t);
static bool		is_fixed(struct core *, const struct assoc *,
			    monotime_t);
static void		pin(struct core *, struct assoc *, bool);
static void		confirm(struct core *, struct contest *, monotime_t);
static void		ask_port(struct core *, struct station *,
			    const struct place *, monotime_t);
static struct place	place_of(const struct assoc *);

static void
go_on(struct core *core, struct contest *c, int64_t ms, monotime_t now)
{
	if (monotime_before(c->until, monotime_add(now, ms)))
		c->until = monotime_add(now, ms);
	if (!timer_is_set(&c->timer))
		timer_set(&core->timers, &c->timer, c->until);
}

enum contest_role
contest_lost(struct core *core, struct assoc *a, monotime_t now)
{
	struct contest	*c = a->station->contest;

	if (monotime_ms(a->since, now) >= ANSWER_MS)
		a->taken = false;
	if (a->taken && (c = contest_get(core, a->station, now)) != NULL) {
		c->claimed = a->since;
		if (c->losses < LOSSES_MAX)
			c->losses++;
		c->doubted = c->returns > 0 || c->losses == LOSSES_MAX;
		go_on(core, c, MEMORY_MS, now);
		if (c->losses < LOSSES_MAX)
			return CONTEST_NONE;
		c->returns = 0;
		return CONTEST_NEWCOMER;
	}
	if (c == NULL)
		return CONTEST_NONE;
	c->doubted = c->returns > 0;
	c->losses = 0;
	c->waits = false;
	if (c->returns == 0 || monotime_ms(c->asked, now) < CONTEST_MS / 2)
		return CONTEST_NONE;
	c->asked = now;
	return CONTEST_ANSWERED;
}

/* A line for each station, and not many in all. */
static bool
may_say(struct core *core, const struct station *s, monotime_t now)
{
	return ratelimits_pass(&core->lease->contest_lines, mac_text(&s->mac),
	    RATELIMIT_LOG, now);
}

/* It is here as it was before, and another was taken for it meanwhile. */
static void
returned(struct core *core, struct contest *c, const char *place,
    const char *other, monotime_t now)
{
	const struct assoc	*a = c->station->assoc;

	core->counters.reclaimed++;
	go_on(core, c, MEMORY_MS, now);
	if (c->returns < UINT8_MAX)
		c->returns++;
	if (c->returns == RETURNS_MAX)
		core->counters.duplicates++;
	if (c->returns == RETURNS_MAX)
		event_station(core, CTL_EVENT_DUPLICATE, c->station, NULL,
		    NULL, now);
	if (c->returns >= RETURNS_MAX &&
	    may_say(core, c->station, now))
		core_log(core, LEVEL_WARN, "%s: station %s answers %s and is "
		    "at %s: two stations with one address?",
		    a->iface->link.name, mac_text(&c->station->mac), place,
		    other);
}

void
contest_arrives(struct core *core, struct assoc *a, const struct iface *i,
    const struct sighting *sight, monotime_t now)
{
	const struct station	*s = a->station;
	struct contest		*c;

	if (a->state == ASSOC_HERE) {
		moved(core, a, i, sight, now);
		return;
	}
	if (s->router == NULL || router_is_self(core, s->router))
		return;
	a->taken = !by_radio(i, sight);
	/* If this is its answer we hear that, too. */
	if (a->state != ASSOC_LOST || a->iface != i || by_radio(i, sight) ||
	    monotime_ms(a->since, now) > LOST_MS || (c = contest_get(core,
	    a->station, now)) == NULL)
		return;
	go_on(core, c, LOST_MS, now);
	c->other = s->router->info.id;
	c->returns_at = monotime_add(now, CONTEST_MS);
}

/* Such a report is of a station that has its keys; frames are not. */
static bool
by_radio(const struct iface *i, const struct sighting *sight)
{
	return sight != NULL && (sight->source == SOURCE_NL80211 ||
	    (sight->source == SOURCE_AUTO &&
	    i->link.source == SOURCE_NL80211));
}

static bool
is_place(const struct contest *c, const struct iface *i,
    const struct sighting *sight)
{
	return c->place.ifindex == i->link.ifindex &&
	    (sight == NULL || c->place.port == sight->port);
}

/* It is seen at another port or interface of this router. */
static void
moved(struct core *core, struct assoc *a, const struct iface *i,
    const struct sighting *sight, monotime_t now)
{
	struct contest	*c;

	if (a->iface == i && (sight == NULL || sight->port == a->port))
		return;
	if (by_radio(i, sight)) {
		if ((c = a->station->contest) != NULL)
			c->waits = false;
		return;
	}
	if ((c = contest_get(core, a->station, now)) == NULL)
		return;
	go_on(core, c, MEMORY_MS, now);
	if (is_place(c, i, sight) && monotime_ms(c->moved, now) < ANSWER_MS) {
		c->waits = false;
		c->pins = a->iface == i && i->link.source != SOURCE_PACKETS;
		returned(core, c, c->place.port_name, a->port_name, now);
		return;
	}
	contest_unpin(core, a);
	c->place = place_of(a);
	c->moved = now;
	/* The bridge there would not report a port that it knows. */
	if (a->iface != i && a->source == SOURCE_BRIDGE)
		assoc_disassociate(core, a, true);
	ask_place(core, c, now);
}

/* Through the port where it was: a bridge sends to where it is seen now. */
static void
ask_place(struct core *core, struct contest *c, monotime_t now)
{
	if (monotime_ms(c->asked, now) < PLACE_MS) {
		c->waits = true;
		timer_set(&core->timers, &c->timer,
		    monotime_add(c->asked, PLACE_MS));
		return;
	}
	c->waits = false;
	c->asked = now;
	ask_port(core, c->station, &c->place, now);
}

static struct place
place_of(const struct assoc *a)
{
	struct place	p = { .ifindex = a->iface->link.ifindex,
			    .port = a->port, .tag = a->tag };

	strlcpy(p.port_name, a->port_name, sizeof(p.port_name));
	return p;
}

static void
ask_port(struct core *core, struct station *s, const struct place *place,
    monotime_t now)
{
	struct addr	other;

	if (s->assoc == NULL || iface_at(core, place->ifindex) == NULL)
		return;
	other = s->assoc->linklocal;
	if (addr_is_none(&other) && !neigh_elsewhere(core, s, &other, now))
		other = addr_none;
	(void)probe_station(core, s, place, &other, now);
}

bool
contest_was_asked(const struct station *s, const struct iface *i,
    monotime_t now)
{
	const struct contest	*c = s->contest;

	return c != NULL && s->assoc != NULL && s->assoc->iface != i &&
	    c->place.ifindex == i->link.ifindex &&
	    monotime_ms(c->moved, now) < LOST_MS &&
	    monotime_ms(c->asked, now) < CONTEST_MS;
}

bool
contest_is_doubted(const struct station *s, monotime_t now)
{
	return s->contest != NULL && s->contest->doubted &&
	    monotime_before(now, s->contest->until);
}

bool
contest_holds(struct core *core, struct station *s, struct iface *i,
    const struct sighting *sight, bool answer, monotime_t now)
{
	struct contest	*c = s->contest;

	/* It is kept at its port, unless that has just lost it. */
	if (sight != NULL && s->assoc != NULL && s->assoc->pinned &&
	    s->assoc->iface == i && !timer_is_set(&s->assoc->leave) &&
	    !by_radio(i, sight))
		return true;
	if (!contest_is_doubted(s, now) || s->router == NULL ||
	    router_is_self(core, s->router) || by_radio(i, sight))
		return false;
	if (answer && monotime_ms(c->claimed, now) >= CONTEST_MS)
		return false;
	if (c->losses == LOSSES_MAX &&
	    may_say(core, s, now))
		core_log(core, LEVEL_WARN, "%s: station %s is seen at %s and "
		    "answers at %s: two stations with one address?",
		    i->link.name, mac_text(&s->mac), sight != NULL ?
		    sight->port_name : i->link.name,
		    core_router_name(s->router));
	return true;
}

/*
 * Through its port: the bridge may have it at that of the other.  An answer
 * that comes too early is asked for again.
 */
void
contest_ask(struct core *core, struct station *s, monotime_t now)
{
	struct contest		*c = s->contest;
	const struct assoc	*a = s->assoc;
	monotime_t		 due;

	if (c == NULL || a == NULL || a->state == ASSOC_HERE)
		return;
	due = monotime_add(c->asked, c->place.ifindex ==
	    a->iface->link.ifindex && c->place.port == a->port ? CONTEST_MS :
	    PLACE_MS);
	if (monotime_before(due, monotime_add(c->claimed, CONTEST_MS)))
		due = monotime_add(c->claimed, CONTEST_MS);
	if (monotime_before(now, due)) {
		c->waits = true;
		timer_set(&core->timers, &c->timer, due);
		return;
	}
	c->asked = now;
	c->place = place_of(a);
	ask_port(core, c->station, &c->place, now);
}

/*
 * Not by frames alone: a station that has keys, or is set apart.  One that we
 * cannot ask may have moved.
 */
static bool
is_fixed(struct core *core, const struct assoc *a, monotime_t now)
{
	struct addr	addr;

	return a->port != a->iface->link.ifindex && (a->isolated ||
	    a->source == SOURCE_NL80211) && probe_addr(core, a, &addr, now);
}

static void
pin(struct core *core, struct assoc *a, bool held)
{
	struct pin	p;

	memset(&p, 0, sizeof(p));
	p.ifindex = a->iface->link.ifindex;
	p.port = a->port;
	p.mac = a->station->mac;
	p.held = held;
	a->pinned = held;
	core_effect(core, EFFECT_PIN, &p, sizeof(p));
}

void
contest_unpin(struct core *core, struct assoc *a)
{
	if (a->pinned)
		pin(core, a, false);
}

void
contest_arrived(struct core *core, struct assoc *a, monotime_t now)
{
	struct contest	*c = a->station->contest;

	if (is_fixed(core, a, now)) {
		pin(core, a, true);
		return;
	}
	if (c == NULL || !c->pins)
		return;
	c->pins = false;
	c->asks = 0;
	c->waits = true;
	c->pinned_until = monotime_add(now, PIN_MS);
	pin(core, a, true);
	timer_set(&core->timers, &c->timer, monotime_add(now, CONTEST_MS));
}

/*
 * A frame on the bridge does not show its port, so the station is asked at the
 * one it is pinned to.
 */
void
contest_heard(struct core *core, struct assoc *a, bool answer, monotime_t now)
{
	struct contest	*c = a->station->contest;
	int64_t		 gap = a->source == SOURCE_NL80211 ? CONFIRMS_MS :
			    CONTEST_MS;
	char		 name[CTL_NAME];

	if (answer && c != NULL && a->taken && monotime_before(now,
	    c->returns_at)) {
		core_name_router(core, &c->other, name, sizeof(name));
		returned(core, c, "here", name, now);
		a->taken = false;
	}
	/* It has an address at last.  One that was let go may have moved. */
	if (!a->pinned && c == NULL && is_fixed(core, a, now))
		pin(core, a, true);
	if (!a->pinned)
		return;
	if (answer && c != NULL) {
		c->asks = 0;
		c->waits = !is_fixed(core, a, now);
		timer_set(&core->timers, &c->timer, c->waits ?
		    monotime_add(now, CONTEST_MS) : c->until);
		return;
	}
	if (answer || (c != NULL && (c->asks > 0 || c->waits)) ||
	    (c = contest_get(core, a->station, now)) == NULL)
		return;
	go_on(core, c, 2 * CONFIRMS_MS, now);
	if (monotime_ms(c->asked, now) >= gap) {
		confirm(core, c, now);
		return;
	}
	c->waits = true;
	timer_set(&core->timers, &c->timer, monotime_add(c->asked, gap));
}

/* Ask it at its port; without an answer let it go where its frames come in. */
static void
confirm(struct core *core, struct contest *c, monotime_t now)
{
	struct assoc	*a = c->station->assoc;
	struct place	 here;

	if (c->asks >= CONFIRM_MAX) {
		c->asks = 0;
		contest_unpin(core, a);
		/* It may be silent at another port. */
		if (a->source == SOURCE_BRIDGE)
			assoc_disassociate(core, a, true);
		assoc_probe(core, a, now);
		return;
	}
	if (!is_fixed(core, a, now) &&
	    !monotime_before(now, c->pinned_until)) {
		contest_unpin(core, a);
		return;
	}
	c->asks++;
	c->asked = now;
	c->waits = true;
	here = place_of(a);
	ask_port(core, c->station, &here, now);
	timer_set(&core->timers, &c->timer, monotime_add(now,
	    a->source == SOURCE_NL80211 ? CONFIRM_RADIO_MS : CONFIRM_MS));
}

void
contest_timer(struct core *core, struct timer *t, monotime_t now)
{
	struct contest	*c = container_of(t, struct contest, timer);

	if (c->waits) {
		c->waits = false;
		if (c->station->assoc != NULL && c->station->assoc->pinned)
			confirm(core, c, now);
		else if (c->doubted)
			contest_ask(core, c->station, now);
		else
			ask_place(core, c, now);
	}
	if (!monotime_before(now, c->until))
		contest_drop(core, c->station);
	else if (!timer_is_set(t))
		timer_set(&core->timers, t, c->until);
}
