/* SPDX-License-Identifier: ISC */
/*
 * Stations: they associate, roam and vanish, run DHCP as in RFC 2131 figure 5,
 * solicit routers, answer probes where they really are, and send frames now
 * and then.
 */
#include <stdlib.h>
#include <string.h>

#include "regress/unit/covers.h"
#include "sim.h"

#define SECOND	1000000		/* us */

static void	dhcp_start(struct sim *, struct station *, bool joined);
static void	dhcp_timer(struct sim *, const struct event *);
static void	talk(struct sim *, const struct event *);

struct station *
sta_add(struct sim *sim)
{
	struct station *station = sim_alloc(sizeof(*station));

	station->index = sim->nstations;
	station->mac.octet[0] = 0x06;
	station->mac.octet[3] = (uint8_t)sim_random(&sim->rng);
	station->mac.octet[4] = (uint8_t)(station->index >> 8);
	station->mac.octet[5] = (uint8_t)station->index;
	if (sim->conf->nnetworks > 1)
		station->net = (uint32_t)sim_between(sim, 0,
		    (int64_t)sim->conf->nnetworks - 1);
	sim->stations[sim->nstations++] = station;
	sim_at(sim, sim_between(sim, SECOND, 10 * SECOND), talk, station, 0, 0,
	    NULL);
	return station;
}

struct station *
sta_add_twin(struct sim *sim, struct station *of, uint32_t net)
{
	struct station *station = sta_add(sim);

	station->net = net;
	station->mac = of->mac;
	station->twin = of;
	of->twin = station;
	return station;
}

/* Reports of the link layer to the core. */
void
sta_sight(struct router *router, struct station *station, uint32_t port,
    enum sighting_kind kind)
{
	static const char *const kinds[] = {
		[SIGHTING_JOINED] = "joined", [SIGHTING_PRESENT] = "present",
		[SIGHTING_LEFT] = "left", [SIGHTING_ACTIVE] = "active",
		[SIGHTING_NO_ACK] = "no-ack"
	};
	struct sim *sim = router->sim;
	struct sighting sighting;

	memset(&sighting, 0, sizeof(sighting));
	sighting.ifindex = net_ifindex(station->net);
	sighting.port = port;
	sighting.kind = kind;
	sighting.mac = station->mac;
	if (kind == SIGHTING_PRESENT)
		sighting.age = (uint32_t)monotime_ms(
		    router->came[station->index], sim->now);
	sim_trace(sim, "r%d port %u: %s %s", router->index, port,
	    mac_text(&station->mac), kinds[kind]);
	if (kind == SIGHTING_PRESENT && station->at == router)
		station->reported = true;
	if (kind == SIGHTING_JOINED && station->at == router) {
		if (station->converged > 0) {
			sim->converge_sum += station->converged;
			sim->converge_n++;
			station->converged = 0;
		}
		station->joined = sim->now;
		station->reported = true;
		sim->joins++;
	}
	ap_begin(router);
	core_sighting(router->core, &sighting, ap_now(router));
	ap_end(router);
}

struct sighting_later {
	struct router		*router;
	uint32_t		 run, port, move;
	enum sighting_kind	 kind;
};

/*
 * A LEFT that is older than an association at that very port would contradict
 * the kernel: it is not sent.
 */
static void
sight_later(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct sighting_later *later = event->data;
	struct router *router = later->router;

	(void)sim;
	if (later->kind == SIGHTING_LEFT) {
		if (station->at == router && station->port == later->port)
			return;
		if (router->assoc[station->index] == later->port)
			router->assoc[station->index] = 0;
	}
	if (router->core != NULL && router->gen == later->run)
		sta_sight(router, station, later->port, later->kind);
}

static void
sight(struct sim *sim, struct router *router, struct station *station,
    enum sighting_kind kind, int64_t us)
{
	struct sighting_later later;

	memset(&later, 0, sizeof(later));
	later.router = router;
	later.run = router->gen;
	later.port = station->port;
	later.kind = kind;
	sim_at(sim, us, sight_later, station, station->move, 0,
	    sim_copy(&later, sizeof(later)));
}

/* A station's first frames at its new router. */
static void
arrived(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;

	if (event->gen != station->move || station->at == NULL)
		return;
	if (!station->no_dhcp)
		dhcp_start(sim, station, true);
	if (station->delegates)
		sta_delegate(sim, station,
		    station->kicked + 1 == station->move);
	if (!station->mute && sim_chance(sim, 50))
		sta_talk(station);
}

static void
solicit(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	struct solicit solicitation;

	if (event->gen != station->move || station->at == NULL ||
	    station->at->core == NULL || (station->has6 && event->n > 0))
		return;
	memset(&solicitation, 0, sizeof(solicitation));
	solicitation.ifindex = net_ifindex(station->net);
	solicitation.source_mac = station->mac;
	if (sim_chance(sim, 50))
		solicitation.lladdr = station->mac;
	ap_begin(station->at);
	core_solicit(station->at->core, &solicitation, ap_now(station->at));
	ap_end(station->at);
	/* RFC 4861 6.3.7, RFC 7559: until answered. */
	if (event->n < 10)
		sim_at(sim, 4 * SECOND << (event->n < 4 ? event->n : 4),
		    solicit, station, station->move, event->n + 1, NULL);
}

void
sta_attach(struct sim *sim, struct station *station,
    struct router *router)
{
	int64_t heard = sim_between(sim, 1000, sim->sighting_max);

	if (station->at != NULL)
		sta_detach(sim, station, sim->leaving);
	sim_trace(sim, "%s attaches to r%d", mac_text(&station->mac),
	    router->index);
	station->at = router;
	station->port = net_ifindex(station->net) + 1 +
	    (uint32_t)sim_between(sim, 0, SIM_PORTS - 1);
	station->move++;
	station->reported = false;
	/* A bridge that still has it at that port sees nothing new. */
	if (router_is_bridge(router) &&
	    router->assoc[station->index] == station->port)
		station->reported = true;
	else
		sight(sim, router, station, SIGHTING_JOINED, heard);
	router->assoc[station->index] = (uint8_t)station->port;
	router->came[station->index] = sim->now;
	if (sim->duplicates && sim_chance(sim, 50))
		sight(sim, router, station, SIGHTING_JOINED,
		    heard + sim_between(sim, 0, 20000));
	sim_at(sim, sim_between(sim, 2000, 200000), arrived, station,
	    station->move, 0, NULL);
	if (!station->has6 || sim_chance(sim, 30))
		sim_at(sim, sim_between(sim, 2000, 300000), solicit, station,
		    station->move, 0, NULL);
}

/*
 * It leaves, with or without a report.  Without one, the link layer keeps the
 * association until it ages out.
 */
void
sta_detach(struct sim *sim, struct station *station, enum leaving how)
{
	struct router *router = station->at;

	if (router == NULL)
		return;
	if (how == LEAVING_RANDOM)
		how = (enum leaving)sim_between(sim, 0, LEAVING_LATE);
	sim_trace(sim, "%s detaches from r%d", mac_text(&station->mac),
	    router->index);
	station->at = NULL;
	station->move++;
	switch (how) {
	case LEAVING_EARLY:
		sight(sim, router, station, SIGHTING_LEFT, 0);
		break;
	case LEAVING_LATE:
		sight(sim, router, station, SIGHTING_LEFT,
		    sim_between(sim, 10000, 5 * SECOND));
		break;
	default:
		sight(sim, router, station, SIGHTING_LEFT, 300 * SECOND);
	}
}

/* The router drops an association: true or stale. */
static void
kicked(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct sighting_later *later = event->data;
	struct router *router = later->router;

	if (station->at == router && station->move == later->move) {
		sim_trace(sim, "%s is kicked", mac_text(&station->mac));
		sta_detach(sim, station, LEAVING_EARLY);
		station->kicked = station->move;
	} else if (router->assoc[station->index] == later->port) {
		router->assoc[station->index] = 0;
		if (router->core != NULL)
			sta_sight(router, station, later->port,
			    SIGHTING_LEFT);
	}
}

static void
rejoin(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct sighting_later *later = event->data;

	/*
	 * The station is back where it was, unless it roamed elsewhere
	 * meanwhile.
	 */
	if (station->at == NULL && station->move == station->kicked)
		sta_attach(sim, station, later->router);
}

static void	forget(struct router *, const struct station *, uint32_t);

void
sta_kick(struct sim *sim, struct router *router,
    const struct disassociate *drop)
{
	struct station *station = sta_find(sim, &drop->mac,
	    net_of_iface(drop->ifindex));
	struct sighting_later later;

	sim_trace(sim, "r%d disassociates %s port %u", router->index,
	    mac_text(&drop->mac), drop->port);
	if (station == NULL) {
		sim_fail(sim, "r%d disassociates %s, which does not exist",
		    router->index, mac_text(&drop->mac));
		return;
	}
	if (router_is_bridge(router)) {
		forget(router, station, drop->port);
		return;
	}
	if (!router_drops(router))
		return;
	memset(&later, 0, sizeof(later));
	later.router = router;
	later.port = drop->port;
	later.move = station->move;
	sim_at(sim, 500, kicked, station, 0, 0,
	    sim_copy(&later, sizeof(later)));
	if (station->at != router)
		return;
	router->kicks++;
	sim->kicks++;
	/* Before the link layer has reported it, no router can know. */
	if ((sim->gentle || sim->lossless) && station->reported)
		sim_fail(sim, "r%d disassociates %s, which is there",
		    router->index, mac_text(&drop->mac));
	sim_at(sim, sim_between(sim, 50000, 300000), rejoin, station, 0, 0,
	    sim_copy(&later, sizeof(later)));
}

/*
 * The radio knows which frames came; else it probes, and a station on the
 * channel acknowledges, even that of another router.
 */
static void
inquired(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct sighting_later *later = event->data;
	struct router *router = later->router;

	if (router->core == NULL || router->gen != later->run ||
	    router->assoc[station->index] != later->port)
		return;
	if (station->at == router && station->port == later->port)
		sta_sight(router, station, later->port, SIGHTING_ACTIVE);
	else if (station->at == NULL || sim_chance(sim, 70))
		sta_sight(router, station, later->port, SIGHTING_NO_ACK);
}

void
sta_inquire(struct sim *sim, struct router *router,
    const struct inquiry *inquiry)
{
	struct station *station = sta_find(sim, &inquiry->mac,
	    net_of_iface(inquiry->ifindex));
	struct sighting_later later;

	if (router_is_bridge(router)) {
		sim_fail(sim, "r%d asks a bridge about %s", router->index,
		    mac_text(&inquiry->mac));
		return;
	}
	if (station == NULL)
		return;
	memset(&later, 0, sizeof(later));
	later.router = router;
	later.run = router->gen;
	later.port = inquiry->port;
	sim_at(sim, sim_between(sim, 500, 7000), inquired, station, 0, 0,
	    sim_copy(&later, sizeof(later)));
}

/*
 * A bridge forgets the station, without a report; its next frame is a new
 * entry.
 */
static void
forget(struct router *router, const struct station *station, uint32_t port)
{
	if (router->assoc[station->index] == port)
		router->assoc[station->index] = 0;
}

static void
heard(struct station *station, enum heard_kind kind,
    const struct addr *addr)
{
	struct router *router = station->at;
	struct heard h;

	if (router == NULL || router->core == NULL)
		return;
	if (router_is_bridge(router) && station->reported &&
	    router->assoc[station->index] == 0) {
		router->assoc[station->index] = (uint8_t)station->port;
		sta_sight(router, station, station->port, SIGHTING_JOINED);
	}
	memset(&h, 0, sizeof(h));
	h.ifindex = net_ifindex(station->net);
	h.kind = kind;
	h.mac = station->mac;
	if (addr != NULL)
		h.addr = *addr;
	ap_begin(station->at);
	core_heard(station->at->core, &h, ap_now(station->at));
	ap_end(station->at);
}

/* A neighbour solicitation from the address that it has in a /64. */
static void
solicit_neighbour(struct station *station, const struct prefix *prefix)
{
	struct addr addr = prefix->addr;

	addr.octet[8] = 0x02;
	memcpy(addr.octet + 10, station->mac.octet, 6);
	heard(station, HEARD_NS, &addr);
}

/*
 * ARP for the gateway; without an address yet it probes (RFC 5227).  Each of
 * its /64s is the source of something.
 */
void
sta_talk(struct station *station)
{
	heard(station, HEARD_ARP, &station->addr);
	if (station->has6)
		solicit_neighbour(station, &station->prefix6);
	if (station->has_old6)
		solicit_neighbour(station, &station->old6);
}

void
sta_ask(struct station *station, const struct addr *target)
{
	struct router *router = station->at;
	struct arp_ask ask;

	if (router == NULL || router->core == NULL)
		return;
	memset(&ask, 0, sizeof(ask));
	ask.ifindex = net_ifindex(station->net);
	ask.mac = station->mac;
	ask.sender = station->addr;
	ask.target = *target;
	ap_begin(router);
	core_arp(router->core, &ask, ap_now(router));
	ap_end(router);
}

static void
talk(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;

	if (!station->mute)
		sta_talk(station);
	sim_at(sim, sim_between(sim, SECOND, 20 * SECOND), talk, station, 0,
	    0, NULL);
}

/* Whether an address is one of the station's own. */
static bool
owns(const struct station *station, const struct addr *addr)
{
	if (addr_is_v4(addr))
		return addr_cmp(addr, &station->addr) == 0 ||
		    addr_cmp(addr, &station->second) == 0;
	return addr_is_linklocal(addr) ||
	    (station->has6 && prefix_contains(&station->prefix6, addr));
}

static void
answer(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct addr *addr = event->data;

	(void)sim;
	if (event->gen == station->move && owns(station, addr))
		heard(station, addr_is_v4(addr) ? HEARD_ARP_REPLY :
		    HEARD_NA, addr);
}

static void
asked(struct sim *sim, struct router *router, struct station *station,
    const struct addr *addr)
{
	if (station->at == router)
		sim_at(sim, sim_between(sim, 500, 5000), answer, station,
		    station->move, 0, sim_copy(addr, sizeof(*addr)));
}

void
sta_probe(struct sim *sim, struct router *router,
    const struct probe *probe)
{
	uint32_t net = net_of_iface(probe->ifindex);
	struct station *station = sta_find(sim, &probe->mac, net);
	int i;

	check_on(router, probe->ifindex, &probe->addr, "probes for");
	sim_trace(sim, "r%d probes %s%s at %s", router->index,
	    mac_text(&probe->mac), probe->everybody ? " and all" : "",
	    addr_text(&probe->addr));
	if (station != NULL && !probe->everybody)
		asked(sim, router, station, &probe->addr);
	for (i = 0; probe->everybody && i < sim->nstations; i++)
		if (sim->stations[i]->net == net)
			asked(sim, router, sim->stations[i], &probe->addr);
}

/* A DHCP message as the station's state has it (RFC 2131 table 5). */
static void
dhcp_send(struct sim *sim, struct station *station, enum dhcp_type type)
{
	struct dhcp_request request;
	struct router *router = station->at;

	if (router == NULL || router->core == NULL)
		return;
	memset(&request, 0, sizeof(request));
	request.ifindex = net_ifindex(station->net);
	request.xid = station->xid;
	request.type = (uint8_t)type;
	request.source_mac = request.chaddr = station->mac;
	switch (station->state) {
	case STATION_REQUESTING:
		request.requested = station->offered;
		request.server = station->server;
		break;
	case STATION_REBOOTING:
		request.requested = station->addr;
		break;
	case STATION_RENEWING:
	case STATION_BOUND:
		request.ciaddr = request.source = station->addr;
		break;
	default:
		if (!addr_is_none(&station->addr))
			request.requested = station->addr;
		break;
	}
	if (type == DHCP_DECLINE || type == DHCP_RELEASE)
		request.server = station->server;
	if (type == DHCP_DECLINE) {
		request.requested = station->addr;
		request.ciaddr = addr_none;
	}
	sim_trace(sim, "%s sends dhcp %d in state %d to r%d: %s",
	    mac_text(&station->mac), (int)type, (int)station->state,
	    router->index, addr_text(&station->addr));
	ap_begin(router);
	core_dhcp(router->core, &request, ap_now(router));
	ap_end(router);
}

static void
dhcp_wait(struct sim *sim, struct station *station, int64_t us)
{
	sim_at(sim, us, dhcp_timer, station, ++station->timer, 0, NULL);
}

static void
dhcp_ask(struct sim *sim, struct station *station)
{
	int tries = station->tries < 4 ? station->tries : 4;

	dhcp_send(sim, station, station->state == STATION_SELECTING ?
	    DHCP_DISCOVER : DHCP_REQUEST);
	dhcp_wait(sim, station, (SECOND << tries) +
	    sim_between(sim, 0, SECOND));
}

static void
dhcp_enter(struct sim *sim, struct station *station, enum dhcp_state state)
{
	station->state = state;
	station->tries = 0;
	if (state == STATION_SELECTING || state == STATION_REBOOTING ||
	    state == STATION_RENEWING)
		station->xid = sim_random(&sim->rng);
	dhcp_ask(sim, station);
}

/* On a new link some ask again, others just continue. */
static void
dhcp_start(struct sim *sim, struct station *station, bool joined)
{
	bool expired = !monotime_before(sim->now, station->lease_end);

	if (addr_is_none(&station->addr) || expired) {
		if (expired)
			station->addr = addr_none;
		dhcp_enter(sim, station, STATION_SELECTING);
	} else if (joined && (station->kicked + 1 == station->move ||
	    sim_chance(sim, 50)))
		dhcp_enter(sim, station, STATION_REBOOTING);
	else if (joined && sim_chance(sim, 20))
		dhcp_enter(sim, station, STATION_RENEWING);
}

void
sta_dhcp_again(struct sim *sim, struct station *station)
{
	if (!addr_is_none(&station->addr))
		dhcp_enter(sim, station, STATION_REBOOTING);
}

static void
dhcp_timer(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;

	if (event->gen != station->timer)
		return;
	if (station->at == NULL) {	/* no router hears it: later */
		dhcp_wait(sim, station, SECOND);
		return;
	}
	if (!addr_is_none(&station->addr) &&
	    !monotime_before(sim->now, station->lease_end)) {
		station->addr = addr_none;
		dhcp_enter(sim, station, STATION_SELECTING);
		return;
	}
	if (station->state == STATION_BOUND) {
		dhcp_enter(sim, station, STATION_RENEWING);
		return;
	}
	station->tries++;
	if (station->tries > 3 && (station->state == STATION_REQUESTING ||
	    station->state == STATION_REBOOTING))
		dhcp_enter(sim, station, STATION_SELECTING);
	else
		dhcp_ask(sim, station);
}

static void
acknowledged(struct sim *sim, struct station *station,
    const struct dhcp_reply *reply)
{
	if (sim->lossless && !addr_is_none(&station->addr) &&
	    addr_cmp(&station->addr, &reply->yiaddr) != 0)
		sim_fail(sim, "%s had %s, is given %s",
		    mac_text(&station->mac), addr_text(&station->addr),
		    addr_text(&reply->yiaddr));
	station->acks++;
	station->addr = reply->yiaddr;
	station->server = reply->server;
	station->state = STATION_BOUND;
	station->lease_end = monotime_add(sim->now,
	    (int64_t)reply->lease * 1000);
	dhcp_wait(sim, station, (int64_t)reply->t1 * SECOND);
	if (!station->mute)
		sta_talk(station);
}

static void
dhcp_arrives(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct dhcp_reply *reply = event->data;

	if (event->gen != station->move || reply->to.xid != station->xid)
		return;
	if (reply->type == DHCP_OFFER && station->state == STATION_SELECTING) {
		station->offered = reply->yiaddr;
		station->server = reply->server;
		station->state = STATION_REQUESTING;
		station->tries = 0;
		dhcp_ask(sim, station);
	} else if (reply->type == DHCP_ACK &&
	    (station->state == STATION_REQUESTING ||
	    station->state == STATION_REBOOTING ||
	    station->state == STATION_RENEWING)) {
		acknowledged(sim, station, reply);
	} else if (reply->type == DHCP_NAK &&
	    (station->state == STATION_REQUESTING ||
	    station->state == STATION_REBOOTING ||
	    station->state == STATION_RENEWING)) {
		station->naks++;
		if (sim->lossless)
			sim_fail(sim, "%s is refused its address: %s",
			    mac_text(&station->mac), reply->message);
		station->addr = addr_none;
		dhcp_enter(sim, station, STATION_SELECTING);
	}
}

void
sta_dhcp_reply(struct sim *sim, struct router *router,
    const struct dhcp_reply *reply)
{
	struct station *station = sta_find(sim, &reply->to.chaddr,
	    net_of_iface(reply->to.ifindex));

	if (station != NULL && reply->to.client_idlen > 0) {
		station->answer = reply->type;
		station->answered = reply->yiaddr;
	} else if (station != NULL && station->at == router)
		sim_at(sim, sim_between(sim, 500, 5000), dhcp_arrives, station,
		    station->move, 0, sim_copy(reply, sizeof(*reply)));
}

static void
advert_arrives(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct advert *advert = event->data;
	uint32_t i, least = advert->router_lifetime;

	if (event->gen != station->move)
		return;
	for (i = 0; i < advert->nprefixes; i++) {
		const struct prefix *prefix = &advert->prefixes[i].prefix;

		if (advert->prefixes[i].preferred == 0) {
			if (station->has6 &&
			    prefix_cmp(prefix, &station->prefix6) == 0)
				station->has6 = false;
			if (station->has_old6 &&
			    prefix_cmp(prefix, &station->old6) == 0)
				station->has_old6 = false;
			continue;
		}
		if (station->has6 &&
		    prefix_cmp(prefix, &station->prefix6) != 0) {
			station->has_old6 = true;
			station->old6 = station->prefix6;
		}
		station->has6 = true;
		station->prefix6 = *prefix;
		if (advert->prefixes[i].preferred < least)
			least = advert->prefixes[i].preferred;
	}
	if (advert->dns_lifetime < least && advert->dns_lifetime != 0)
		least = advert->dns_lifetime;
	station->ra_end = monotime_add(sim->now, (int64_t)least * 1000);
}

/* RFC 4861 4.2 and 4.6.2, RFC 8106 5.1: what may be in it at all. */
void
sta_advert(struct sim *sim, struct router *router,
    const struct advert *advert)
{
	struct station *station;
	uint32_t i;

	if (advert->router_lifetime > 9000 ||
	    advert->nprefixes > ADVERT_PREFIXES ||
	    advert->dns_lifetime > 3 * 9000)
		sim_fail(sim, "r%d: advert out of range", router->index);
	for (i = 0; i < advert->nprefixes && i < ADVERT_PREFIXES; i++)
		if (advert->prefixes[i].prefix.len != 64 ||
		    advert->prefixes[i].preferred >
		    advert->prefixes[i].valid ||
		    !is_covered(sim->conf,
		    &advert->prefixes[i].prefix))
			sim_fail(sim, "r%d advertises %s", router->index,
			    prefix_text(&advert->prefixes[i].prefix));
	for (i = 0; i < advert->nprefixes && i < ADVERT_PREFIXES; i++)
		check_on(router, advert->ifindex,
		    &advert->prefixes[i].prefix.addr, "advertises");
	station = sta_find(sim, &advert->mac, net_of_iface(advert->ifindex));
	sim_trace(sim, "r%d advert to %s: %s life %u", router->index,
	    mac_text(&advert->mac), advert->nprefixes > 0 ?
	    prefix_text(&advert->prefixes[0].prefix) : "no prefix",
	    advert->router_lifetime);
	if (station != NULL && station->at == router)
		sim_at(sim, sim_between(sim, 500, 5000), advert_arrives,
		    station, station->move, 0,
		    sim_copy(advert, sizeof(*advert)));
}

static void
gave_up(struct sim *sim, struct station *station, enum dhcp_type type)
{
	struct addr addr = station->addr;
	int i;

	if (station->at == NULL || addr_is_none(&addr))
		return;
	/* A router that receives this later may lease the address at once. */
	for (i = 0; i < sim->nrouters; i++)
		ap_forget_ack(sim->routers[i], &addr);
	station->state = STATION_BOUND;
	dhcp_send(sim, station, type);
	station->addr = addr_none;
	station->state = STATION_INIT;
	station->timer++;
}

void
sta_release(struct sim *sim, struct station *station)
{
	gave_up(sim, station, DHCP_RELEASE);
}

/* Another host has it: decline it and start again (RFC 2131 3.1.5). */
void
sta_decline(struct sim *sim, struct station *station)
{
	gave_up(sim, station, DHCP_DECLINE);
	dhcp_enter(sim, station, STATION_SELECTING);
}
