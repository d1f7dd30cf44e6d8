/* SPDX-License-Identifier: ISC */
/*
 * Stations at this router: what is known of them first-hand, and what is
 * done for them as long as they are here.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core_state.h"

#define PROBES_MAX	3	/* unanswered, one a second: it is gone */
#define SILENT_MAX	10	/* probe intervals, where nothing can be asked */
#define EVIDENCE_MS	3000	/* worth asking whether it really left */
#define DEAF_MAX	2	/* of them: lost, for the link layer too */
#define RETURNS_MAX	3	/* in a row: no roam looks like this */

static struct assoc	*assoc_new(struct core *, struct station *,
			    struct iface *, const struct sighting *,
			    monotime_t);
static struct iface	*iface_find(struct core *, uint32_t ifindex);
static void		 note_arrival(struct core *, const struct assoc *);
static void		 joined(struct core *, struct station *,
			    struct iface *, const struct sighting *,
			    monotime_t);
static void		 left(struct core *, struct assoc *, monotime_t);
static bool		 probe_addr(struct core *, const struct assoc *,
			    struct addr *, monotime_t);
static void		 probe_timer(struct core *, struct assoc *, monotime_t);
static void		 announce(struct core *, struct assoc *, monotime_t);
static bool		 heard_is_evidence(const struct station *,
			    const struct iface *, const struct heard *,
			    monotime_t);
static void		 check_addr(struct core *, struct assoc *,
			    const struct addr *, monotime_t);
static int64_t		 probe_interval(const struct core *);
static monotime_t	 arrival(const struct sighting *, monotime_t);
static void		 set_port(struct assoc *, const struct sighting *);
static void		 inquire(struct core *, const struct assoc *);
static void		 leave_timer(struct core *, struct assoc *,
			    monotime_t);
static void		 gone_silent(struct core *, struct assoc *, monotime_t);
static void		 answered(struct assoc *, enum sighting_kind,
			    monotime_t);
static void		 note_return(struct core *, struct assoc *,
			    monotime_t);

static struct iface *
iface_find(struct core *core, uint32_t ifindex)
{
	struct iface	key;

	key.link.ifindex = ifindex;
	return RB_FIND(iface_tree, &core->ifaces, &key);
}

struct assoc *
assoc_here(const struct station *s)
{
	return s->assoc != NULL && s->assoc->state == ASSOC_HERE ?
	    s->assoc : NULL;
}

static int64_t
probe_interval(const struct core *core)
{
	return core->conf.probe_interval * 1000LL;
}

/* Where in layer 2 it is; a frame alone (NULL) does not tell. */
static void
set_port(struct assoc *a, const struct sighting *sight)
{
	if (sight == NULL && a->port != 0)
		return;
	a->source = sight != NULL && sight->source != SOURCE_AUTO ?
	    sight->source : a->iface->link.source;
	a->port = sight != NULL ? sight->port : a->iface->link.ifindex;
	memcpy(a->port_name, sight != NULL ? sight->port_name :
	    a->iface->link.name, sizeof(a->port_name));
	a->port_name[sizeof(a->port_name) - 1] = '\0';
}

/*
 * When it came.  Found at start it may have gone elsewhere since; where its
 * age is not known it has to be thought so: it must not be pulled away.
 */
static monotime_t
arrival(const struct sighting *sight, monotime_t now)
{
	if (sight == NULL || sight->kind != SIGHTING_PRESENT)
		return now;
	return monotime_add(now, sight->age == AGE_UNKNOWN ? -AGE_OLD_MS :
	    -(int64_t)sight->age);
}

static struct assoc *
assoc_new(struct core *core, struct station *s, struct iface *i,
    const struct sighting *sight, monotime_t now)
{
	struct assoc	*a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return NULL;
	a->station = s;
	a->iface = i;
	set_port(a, sight);
	a->state = ASSOC_FOUND;
	a->heard = now;
	a->since = arrival(sight, now);
	a->solicits = a->dhcp6 = monotime_add(now, -3600 * 1000LL);
	TAILQ_INIT(&a->neighs);
	timer_init(&a->leave, TIMER_LEAVE);
	timer_init(&a->probe, TIMER_PROBE);
	timer_init(&a->announce, TIMER_ANNOUNCE);
	timer_init(&a->advert, TIMER_ADVERT);
	LIST_INSERT_HEAD(&i->assocs, a, on_link);
	s->assoc = a;
	core->nassocs++;
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
	neigh_left(core, a);
	LIST_REMOVE(a, on_link);
	s->assoc = NULL;
	core->nassocs--;
	free(a);
	station_release(core, s);
}

/* Before the claim, which may be the end of the router it came from. */
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

/* There is evidence that the station is here: claim it, serve it. */
void
assoc_join(struct core *core, struct assoc *a, monotime_t since,
    monotime_t now)
{
	struct station	*s = a->station;
	struct datum	*d = s->location;

	if (a->state != ASSOC_HERE) {
		note_arrival(core, a);
		lease_recall(a);
	}
	a->state = ASSOC_HERE;
	a->since = since;
	a->heard = now;
	a->probes = 0;
	a->deaf = 0;
	a->announces = 0;
	a->adverts = 0;
	timer_clear(&core->timers, &a->leave);
	neigh_join(core, a, now);
	if (station_is_ours(core, s, now))
		route_station(core, s, now);
	else
		station_claim(core, s, &core->self,
		    d != NULL ? (uint16_t)(d->seqno + 1) : 1, since, now);
	timer_set(&core->timers, &a->probe,
	    monotime_add(now, probe_interval(core)));
	/* One that never had an address here knows no gateway either. */
	if (!LIST_EMPTY(&s->leases))
		announce(core, a, now);
	advert_send(core, a, now);
}

/*
 * Have the link layer forget the station, so that it is seen anew; silent: a
 * station that is not here, and would be thrown out elsewhere if it heard.
 */
void
assoc_disassociate(struct core *core, const struct assoc *a, bool silent)
{
	struct disassociate	 dis;
	struct effect		 e = { .type = EFFECT_DISASSOCIATE };

	memset(&dis, 0, sizeof(dis));
	dis.ifindex = a->iface->link.ifindex;
	dis.port = a->port;
	dis.mac = a->station->mac;
	dis.silent = silent;
	e.disassociate = &dis;
	core_effect(core, &e);
}

/* Make the station ask anew: the address that it has is another's. */
void
assoc_renumber(struct core *core, struct assoc *a, monotime_t now)
{
	a->station->renumber = monotime_add(now, RENUMBER_MS);
	assoc_disassociate(core, a, false);
}

/*
 * A younger claim took the station.  It is asked once more, if it spoke just
 * now; an answer brings it back.  A bridge forgets it at once, so that any
 * frame of a station that is back is news.  A radio drops the stale
 * association only when no answer came: a station on its way back must not
 * be hit.  Where two stations have one address this would go on as fast as
 * they answer: one that flaps is asked, and forgotten, a second later.
 */
void
assoc_lose(struct core *core, struct assoc *a, monotime_t now)
{
	bool	gone = timer_is_set(&a->leave);
	bool	flaps = station_flaps(core, a->station, now);

	a->state = ASSOC_LOST;
	a->since = now;
	timer_clear(&core->timers, &a->probe);
	timer_clear(&core->timers, &a->announce);
	timer_clear(&core->timers, &a->advert);
	neigh_left(core, a);
	if (gone) {			/* the link layer has said so */
		assoc_drop(core, a, "left", now);
		return;
	}
	timer_set(&core->timers, &a->leave, monotime_add(now,
	    flaps && a->source == SOURCE_BRIDGE ? FLAP_MS : LOST_MS));
	if (flaps)
		timer_set(&core->timers, &a->probe,
		    monotime_add(now, FLAP_MS));
	else {
		if (a->source == SOURCE_BRIDGE)
			assoc_disassociate(core, a, true);
		if (monotime_ms(a->heard, now) < EVIDENCE_MS)
			assoc_probe(core, a, now);
	}
}

/* The station is gone from here, and as far as we know it is nowhere. */
void
assoc_drop(struct core *core, struct assoc *a, const char *why,
    monotime_t now)
{
	struct station	*s = a->station;
	struct mac	 mac = s->mac;
	bool		 here = a->state == ASSOC_HERE;

	if (here) {
		core->counters.leaves++;
		core_log(core, LEVEL_INFO, "%s: station %s left: %s",
		    a->iface->link.name, mac_text(&s->mac), why);
	}
	assoc_free(core, a);
	if ((s = station_find(core, &mac)) == NULL)
		return;
	if (here && station_is_ours(core, s, now))
		station_nowhere(core, s, now);
	else
		route_station(core, s, now);
}

static void
joined(struct core *core, struct station *s, struct iface *i,
    const struct sighting *sight, monotime_t now)
{
	struct assoc	*a = s->assoc;

	if (a == NULL && (a = assoc_new(core, s, i, sight, now)) == NULL) {
		core_log(core, LEVEL_WARN, "station %s: out of memory",
		    mac_text(&s->mac));
		station_release(core, s);
		return;
	}
	if (a->iface != i) {
		neigh_left(core, a);
		LIST_REMOVE(a, on_link);
		LIST_INSERT_HEAD(&i->assocs, a, on_link);
		a->iface = i;
		a->port = 0;
	}
	set_port(a, sight);
	assoc_join(core, a, arrival(sight, now), now);
}

/* What came of an inquiry. */
static void
answered(struct assoc *a, enum sighting_kind kind, monotime_t now)
{
	if (a->state != ASSOC_HERE)
		return;
	if (kind == SIGHTING_ACTIVE) {
		a->heard = now;
		a->probes = 0;
		a->deaf = 0;
	} else if (a->deaf < UINT8_MAX)
		a->deaf++;
}

/* Left, and maybe back at once: a re-association looks like this. */
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
	struct iface	*i = iface_find(core, sight->ifindex);
	struct station	*s;

	if (i == NULL || !mac_is_station(&sight->mac) ||
	    mac_cmp(&sight->mac, &i->link.lladdr) == 0)
		return;
	if (sight->kind != SIGHTING_JOINED && sight->kind != SIGHTING_PRESENT) {
		s = station_find(core, &sight->mac);
		/* Only the port that it names: events may be late. */
		if (s == NULL || s->assoc == NULL || s->assoc->iface != i ||
		    s->assoc->port != sight->port)
			return;
		if (sight->kind == SIGHTING_LEFT)
			left(core, s->assoc, now);
		else
			answered(s->assoc, sight->kind, now);
		return;
	}
	if ((sight->kind == SIGHTING_JOINED || core->settled) &&
	    !limit_station(core, i, station_find(core, &sight->mac),
	    sight->port, now))
		return;
	if ((s = station_get(core, &sight->mac)) == NULL)
		return;
	if (sight->kind == SIGHTING_JOINED) {
		joined(core, s, i, sight, now);
		return;
	}
	if (s->assoc != NULL)
		return;
	if (core->settled && s->router == NULL) {
		joined(core, s, i, sight, now);
		return;
	}
	if (assoc_new(core, s, i, sight, now) == NULL) {
		station_release(core, s);
		return;
	}
	if (location_is_told(core, s) && station_is_ours(core, s, now))
		assoc_join(core, s->assoc, s->assoc->since, now);
	else {
		assoc_probe(core, s->assoc, now);
		if (core->settled)
			timer_set(&core->timers, &s->assoc->leave,
			    monotime_add(now, LOST_MS));
	}
}

/*
 * Whether a frame moves a station here.  Where the link layer tells who is
 * there, only an answer to a probe does, or any frame of one that nobody knows
 * and that may have been refused before; elsewhere, and through a radio's
 * association that has not ended, any frame, unless it may have been under
 * way when the station was claimed by another.
 */
static bool
heard_is_evidence(const struct station *s, const struct iface *i,
    const struct heard *h, monotime_t now)
{
	const struct assoc	*a = s->assoc;
	const struct datum	*d = s->location;
	bool			 answer, late;

	answer = h->kind == HEARD_ARP_REPLY || h->kind == HEARD_NA;
	late = d != NULL && monotime_ms(d->claimed, now) <= GUARD_MS;
	if (a != NULL && a->iface == i) {
		if (a->state == ASSOC_FOUND)
			return true;
		/* It is to be asked later: that answer counts. */
		if (a->state == ASSOC_LOST && timer_is_set(&a->probe))
			return false;
		if (answer || (a->source == SOURCE_NL80211 && !late))
			return true;
	}
	if (i->link.source != SOURCE_PACKETS)
		return a == NULL && d == NULL && LIST_EMPTY(&s->leases) &&
		    limit_was_hit(i, now);
	return answer || s->router == NULL || !late;
}

/* Once is a roam that crossed ours; again and again, there are two of it. */
static void
note_return(struct core *core, struct assoc *a, monotime_t now)
{
	const struct station	*s = a->station;

	if (a->state != ASSOC_LOST || s->router == NULL ||
	    monotime_ms(a->since, now) > LOST_MS) {
		a->returns = 0;
		return;
	}
	if (a->returns < UINT8_MAX)
		a->returns++;
	if (a->returns != RETURNS_MAX)
		return;
	core->counters.duplicates++;
	core_log(core, LEVEL_WARN, "%s: station %s answers here and is at %s: "
	    "two stations with one address?", a->iface->link.name,
	    mac_text(&s->mac), core_router_name(s->router));
}

/*
 * It may use an address that was leased to another while it was on its way
 * here, or before we were started; or that another has declined for that.
 */
static void
check_addr(struct core *core, struct assoc *a, const struct addr *addr,
    monotime_t now)
{
	struct prefix	 p;
	struct datum	*d;

	prefix_host(&p, addr);
	if (monotime_before(now, a->station->renumber) ||
	    (d = lease_find(core, LEASE_ADDRESS, &p)) == NULL ||
	    !datum_live(d, now) ||
	    mac_cmp(lease_mac(d), &a->station->mac) == 0)
		return;
	core_log(core, LEVEL_WARN, "%s: station %s uses %s, %s%s",
	    a->iface->link.name, mac_text(&a->station->mac), addr_text(addr),
	    mac_is_station(lease_mac(d)) ? "leased to " : "declined by another",
	    mac_is_station(lease_mac(d)) ? mac_text(lease_mac(d)) : "");
	assoc_renumber(core, a, now);
}

void
core_heard(struct core *core, const struct heard *h, monotime_t now)
{
	struct iface	*i = iface_find(core, h->ifindex);
	struct station	*s;
	struct assoc	*a;

	if (i == NULL || !mac_is_station(&h->mac) ||
	    mac_cmp(&h->mac, &i->link.lladdr) == 0)
		return;
	s = station_find(core, &h->mac);
	if (s == NULL && (i->link.source == SOURCE_PACKETS ||
	    limit_was_hit(i, now)) &&
	    limit_station(core, i, NULL, h->ifindex, now))
		s = station_get(core, &h->mac);
	if (s == NULL)
		return;
	a = assoc_here(s);
	if (a == NULL || a->iface != i) {
		if (heard_is_evidence(s, i, h, now)) {
			if (s->assoc != NULL)
				note_return(core, s->assoc, now);
			joined(core, s, i, NULL, now);
		} else
			station_release(core, s);
		if ((s = station_find(core, &h->mac)) == NULL ||
		    (a = assoc_here(s)) == NULL || a->iface != i)
			return;
	}
	a->heard = now;
	a->probes = 0;
	a->deaf = 0;
	if (addr_is_v4(&h->addr))
		check_addr(core, a, &h->addr, now);
	else
		neigh_heard(core, a, &h->addr, now);
	/* It speaks: it did not leave. */
	if (i->link.source == SOURCE_PACKETS)
		timer_clear(&core->timers, &a->leave);
}

/*
 * Proxy ARP, for stations whose netmask makes them look for others on their
 * link.  Only what is leased to a station elsewhere is answered, or to any
 * other where none of a link hears another: not what the asker has or wants
 * itself, nor what nobody uses, so that it may take it
 * (RFC 5227).
 */
void
core_arp(struct core *core, const struct arp_ask *ask, monotime_t now)
{
	struct effect	 e = { .type = EFFECT_ARP_REPLY, .arp_reply = ask };
	struct iface	*i = iface_find(core, ask->ifindex);
	struct station	*s;
	struct prefix	 p;
	struct datum	*d;
	struct assoc	*a;

	prefix_host(&p, &ask->target);
	if (i == NULL || addr_cmp(&ask->sender, &ask->target) == 0 ||
	    (d = lease_find(core, LEASE_ADDRESS, &p)) == NULL ||
	    !datum_live(d, now) ||
	    (s = d->station) == NULL || mac_cmp(&s->mac, &ask->mac) == 0)
		return;
	if ((a = assoc_here(s)) != NULL ? a->iface == i && !ask->isolated :
	    s->router == NULL || router_is_self(core, s->router))
		return;
	core_effect(core, &e);
}

/* An address at which the station can be asked, IPv4 first. */
static bool
probe_addr(struct core *core, const struct assoc *a, struct addr *addr,
    monotime_t now)
{
	struct datum	*d;
	struct prefix	 prefix;

	if (!addr_is_none(&a->iface->link.gateway4) &&
	    (d = lease_best(core, a->station, LEASE_ADDRESS,
	    now)) != NULL &&
	    lease_prefix(d, &prefix)) {
		*addr = prefix.addr;
		return true;
	}
	*addr = a->linklocal;
	return !addr_is_none(addr);
}

void
assoc_probe(struct core *core, const struct assoc *a, monotime_t now)
{
	struct effect	e = { .type = EFFECT_PROBE };
	struct probe	p;

	memset(&p, 0, sizeof(p));
	if (!probe_addr(core, a, &p.addr, now))
		return;
	p.ifindex = a->iface->link.ifindex;
	p.mac = a->station->mac;
	e.probe = &p;
	core->counters.probes++;
	core_effect(core, &e);
}

/* Let the link layer see whether it is there, where it can. */
static void
inquire(struct core *core, const struct assoc *a)
{
	struct effect	e = { .type = EFFECT_INQUIRY };
	struct inquiry	q;

	if (a->source != SOURCE_NL80211)
		return;
	memset(&q, 0, sizeof(q));
	q.ifindex = a->iface->link.ifindex;
	q.port = a->port;
	q.mac = a->station->mac;
	e.inquiry = &q;
	core_effect(core, &e);
}

/*
 * It has not been heard for a while: ask it, and where it does not answer,
 * take it for gone.  A station of a radio may be asleep, deaf to ARP, and
 * still acknowledge what its access point holds for it: it is given more
 * time, but not for ever, since one that went to another access point on the
 * same channel acknowledges, too.
 */
static void
probe_timer(struct core *core, struct assoc *a, monotime_t now)
{
	struct addr	addr;
	int64_t		quiet = monotime_ms(a->heard, now);
	int64_t		interval = probe_interval(core);
	bool		radio = a->source == SOURCE_NL80211;

	if (a->state != ASSOC_HERE) {
		assoc_probe(core, a, now);
		return;
	}
	if (quiet < interval) {
		timer_set(&core->timers, &a->probe,
		    monotime_add(a->heard, interval));
		return;
	}
	if (!radio && !probe_addr(core, a, &addr, now)) {
		if (a->source == SOURCE_PACKETS &&
		    quiet >= SILENT_MAX * interval)
			assoc_drop(core, a, "silent", now);
		else
			timer_set(&core->timers, &a->probe,
			    monotime_add(now, interval));
		return;
	}
	if (a->probes < PROBES_MAX) {
		a->probes++;
		inquire(core, a);
		assoc_probe(core, a, now);
		timer_set(&core->timers, &a->probe, monotime_add(now, 1000));
	} else if (radio && a->deaf < DEAF_MAX &&
	    quiet < SILENT_MAX * interval) {
		a->probes = 0;
		timer_set(&core->timers, &a->probe,
		    monotime_add(now, interval));
	} else
		gone_silent(core, a, now);
}

/* Its radio's association may stand, and be heard of yet. */
static void
gone_silent(struct core *core, struct assoc *a, monotime_t now)
{
	struct station	*s = a->station;

	assoc_disassociate(core, a, true);
	if (a->source != SOURCE_NL80211) {
		assoc_drop(core, a, "no answer to probes", now);
		return;
	}
	core->counters.leaves++;
	core_log(core, LEVEL_INFO, "%s: station %s left: no answer to probes",
	    a->iface->link.name, mac_text(&s->mac));
	a->state = ASSOC_LOST;
	a->since = now;
	timer_clear(&core->timers, &a->announce);
	timer_clear(&core->timers, &a->advert);
	neigh_left(core, a);
	if (station_is_ours(core, s, now))
		station_nowhere(core, s, now);
	else
		route_station(core, s, now);
}

/*
 * Where routers' MACs differ the station must learn ours.  Where all share
 * one it may have forgotten it: Linux does when the carrier goes, asks into
 * the void and again only a second later.  The first frames after a roam get
 * lost easily, hence some times.
 */
static void
announce(struct core *core, struct assoc *a, monotime_t now)
{
	static const int	 next_ms[] = { 50, 150, 800 };
	struct effect		 e = { .type = EFFECT_ANNOUNCE };
	struct announce		 msg;

	memset(&msg, 0, sizeof(msg));
	msg.ifindex = a->iface->link.ifindex;
	msg.mac = a->station->mac;
	e.announce = &msg;
	core_effect(core, &e);
	/*
	 * An announcement changes what a station knows and tells it nothing
	 * new; from who asks for its own address it learns (RFC 826), and its
	 * first packet need not ask.
	 */
	if (a->announces == 0)
		assoc_probe(core, a, now);
	if (a->announces < sizeof(next_ms) / sizeof(next_ms[0]))
		timer_set(&core->timers, &a->announce,
		    monotime_add(now, next_ms[a->announces]));
	a->announces++;
}

/* The link layer said that it left, or its time to answer is over. */
static void
leave_timer(struct core *core, struct assoc *a, monotime_t now)
{
	if (a->state == ASSOC_LOST && core->conf.disassociate &&
	    (a->source != SOURCE_BRIDGE || a->station->flapping))
		assoc_disassociate(core, a, true);
	if (a->state == ASSOC_HERE || a->source != SOURCE_NL80211)
		assoc_drop(core, a, "link layer says so", now);
}

void
assoc_timer(struct core *core, struct timer *t, monotime_t now)
{
	struct assoc	*a;

	switch (t->kind) {
	case TIMER_LEAVE:
		a = (struct assoc *)((char *)t - offsetof(struct assoc, leave));
		leave_timer(core, a, now);
		break;
	case TIMER_PROBE:
		a = (struct assoc *)((char *)t - offsetof(struct assoc, probe));
		probe_timer(core, a, now);
		break;
	case TIMER_ANNOUNCE:
		a = (struct assoc *)((char *)t -
		    offsetof(struct assoc, announce));
		announce(core, a, now);
		break;
	case TIMER_ADVERT:
		a = (struct assoc *)((char *)t -
		    offsetof(struct assoc, advert));
		advert_send(core, a, now);
		break;
	}
}

/* An interface as the parent sees it now. */
void
core_link(struct core *core, const struct link *link, monotime_t now)
{
	struct iface	*i = iface_find(core, link->ifindex);
	struct assoc	*a, *next;
	bool		 told;

	if (!link->up) {
		if (i == NULL)
			return;
		LIST_FOREACH_SAFE(a, &i->assocs, on_link, next)
			assoc_drop(core, a, "interface down", now);
		RB_REMOVE(iface_tree, &core->ifaces, i);
		core->nifaces--;
		free(i);
		core_reserve(core);
		return;
	}
	if (i == NULL) {
		if ((i = calloc(1, sizeof(*i))) == NULL) {
			core_log(core, LEVEL_WARN, "%s: out of memory",
			    link->name);
			return;
		}
		i->link.ifindex = link->ifindex;
		LIST_INIT(&i->assocs);
		RB_INIT(&i->neighs);
		RB_INSERT(iface_tree, &core->ifaces, i);
		core->nifaces++;
	}
	told = addr_cmp(&i->link.gateway6, &link->gateway6) == 0 &&
	    i->link.mtu == link->mtu;
	i->link = *link;
	core_reserve(core);
	if (!told)
		advert_all(core, now);
}

int
core_disassociate(struct core *core, const struct mac *mac, monotime_t now)
{
	struct station	*s = station_find(core, mac);
	struct assoc	*a;

	if (s == NULL || (a = assoc_here(s)) == NULL)
		return -1;
	if (a->source == SOURCE_NL80211 && !a->iface->link.drops)
		return -2;
	assoc_disassociate(core, a, false);
	assoc_drop(core, a, "by the operator", now);
	return 0;
}
