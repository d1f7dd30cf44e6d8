/* SPDX-License-Identifier: ISC */
/*
 * Frames of stations: where a station is, which addresses it uses, and what is
 * answered in place of a station.
 */
#include "lease/admit.h"
#include "lease/assoc.h"
#include "lease/choose.h"
#include "lease/dhcp.h"
#include "lease/iface.h"
#include "lease/learn.h"
#include "lease/limit.h"
#include "lease/neigh.h"
#include "lease/network.h"
#include "lease/release.h"
#include "lease/router.h"
#include "lease/station.h"
#include "roam/assoc.h"
#include "roam/contest.h"
#include "roam/door.h"
#include "table/datum.h"
#include "table/effect.h"
#include "table/key.h"
#include "table/state.h"

#define GUARD_MS	100	/* frames may be this late */

static bool	is_answer(const struct heard *);
static bool	heard_is_evidence(const struct station *, const struct iface *,
		    const struct heard *, monotime_t);
static void	check_addr(struct core *, struct assoc *, const struct addr *,
		    monotime_t);

static bool
is_answer(const struct heard *h)
{
	return h->kind == HEARD_ARP_REPLY || h->kind == HEARD_NA;
}

/*
 * Whether a frame is evidence that a station is here.
 *
 * Where the link layer reports stations: an answer to a probe, or any frame of
 * an unknown station that a limit may have refused before.  Elsewhere, where a
 * report may have been lost for want of memory, and through an association that
 * lasts: any frame, unless it may have been on its way when another router
 * claimed the station.
 */
static bool
heard_is_evidence(const struct station *s, const struct iface *i,
    const struct heard *h, monotime_t now)
{
	const struct assoc	*a = s->assoc;
	const struct datum	*d = s->location;
	bool			 answer, late;

	answer = is_answer(h);
	late = d != NULL && monotime_ms(d->claimed, now) <= GUARD_MS;
	if (answer && contest_was_asked(s, i, now))
		return true;
	if (a != NULL && a->iface == i) {
		if (a->state == ASSOC_FOUND)
			return true;
		/* It will be probed later: then the answer counts. */
		if (a->state == ASSOC_LOST && timer_is_set(&a->probe))
			return false;
		if (answer || (assoc_lasts(a) && !late))
			return true;
	}
	if (i->link.source != SOURCE_PACKETS && !limit_has_missed(i, now))
		return a == NULL && d == NULL && LIST_EMPTY(&s->leases) &&
		    limit_was_hit(i, now);
	return answer || s->router == NULL || !late;
}

/*
 * It may use an address that was leased to another while it was on its way here
 * or before our start, or that another has declined for this.
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
	struct iface	*i = iface_at(core, h->ifindex);
	struct station	*s;
	struct assoc	*a;

	if (i == NULL || !mac_is_station(&h->mac) ||
	    mac_cmp(&h->mac, &i->link.lladdr) == 0 ||
	    station_barred(core, h->ifindex, &h->mac))
		return;
	s = station_find(core, i->network, &h->mac);
	if (s == NULL && (i->link.source == SOURCE_PACKETS ||
	    limit_was_hit(i, now) || limit_has_missed(i, now)) &&
	    limit_station(core, i, NULL, h->ifindex, now))
		s = station_get(core, i->network, &h->mac);
	if (s == NULL)
		return;
	a = assoc_here(s);
	if (a == NULL || a->iface != i) {
		if (!heard_is_evidence(s, i, h, now))
			station_release(core, s);
		else if (contest_holds(core, s, i, NULL, is_answer(h), now))
			assoc_ask(core, s, i, NULL, now);
		else
			assoc_arrive(core, s, i, NULL, now);
		if ((s = station_find(core, i->network, &h->mac)) == NULL ||
		    (a = assoc_here(s)) == NULL || a->iface != i)
			return;
	}
	assoc_heard(a, now);
	contest_heard(core, a, is_answer(h), now);
	assoc_claim(core, a, now);
	if (!addr_is_v4(&h->addr))
		neigh_heard(core, a, &h->addr, now);
	else if (!neigh_impostor(core, a, &h->addr, now)) {
		release_heard(core, a, &h->addr, now);
		check_addr(core, a, &h->addr, now);
		learn_heard(core, a, &h->addr, is_answer(h), now);
	}
	/* It sent a frame, so it did not leave. */
	if (i->link.source == SOURCE_PACKETS)
		timer_clear(&core->timers, &a->leave);
}

/*
 * Who is acknowledged an address here uses it here, whatever the link layer has
 * told of it; unless another router has just claimed it, as it may have roamed
 * there with the request on its way.
 */
void
core_dhcp(struct core *core, const struct dhcp_request *req, monotime_t now)
{
	struct station	*s;
	struct iface	*i;

	if (!dhcp_serve(core, req, now) ||
	    (i = iface_at(core, req->ifindex)) == NULL ||
	    (s = station_find(core, i->network, &req->chaddr)) == NULL ||
	    (assoc_here(s) != NULL && s->assoc->iface == i))
		return;
	if (s->router != NULL && !router_is_self(core, s->router) &&
	    monotime_ms(s->location->claimed, now) <= GUARD_MS)
		return;
	if (contest_holds(core, s, i, NULL, false, now))
		assoc_ask(core, s, i, NULL, now);
	else
		assoc_arrive(core, s, i, NULL, now);
}

/*
 * Proxy ARP, for stations whose netmask makes them look for others on their
 * link.  Answered is an address that is leased to a station elsewhere; or to
 * any other station, if the stations of a link do not hear each other.  Not
 * answered is an address of the asker itself, one of a network that is kept
 * apart from the asker's, or one that nobody uses, so that the asker may take
 * it.  A probe of RFC 5227, which asks whether an address is free, is answered
 * as long as it is leased, wherever the station is: it may come back.
 */
void
core_arp(struct core *core, const struct arp_ask *ask, monotime_t now)
{
	struct iface	*i = iface_at(core, ask->ifindex);
	struct station	*s;
	struct prefix	 p;
	struct datum	*d;
	struct assoc	*a;
	bool		 probe = addr_is_none(&ask->sender);

	prefix_host(&p, &ask->target);
	if (i == NULL || addr_cmp(&ask->sender, &ask->target) == 0 ||
	    (d = lease_find(core, LEASE_ADDRESS, &p)) == NULL ||
	    !datum_live(d, now) ||
	    (s = d->station) == NULL || mac_cmp(&s->mac, &ask->mac) == 0 ||
	    !conf_reaches(&i->network->conf, &s->network->conf))
		return;
	if ((a = assoc_here(s)) != NULL ? a->iface == i && !ask->isolated :
	    !probe && (s->router == NULL || router_is_self(core, s->router)))
		return;
	core_effect(core, EFFECT_ARP_REPLY, ask, sizeof(*ask));
}
