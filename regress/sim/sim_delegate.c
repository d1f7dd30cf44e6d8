/* SPDX-License-Identifier: ISC */
/*
 * Stations that are routers: they ask for a prefix by DHCPv6 (RFC 8415 18.2),
 * renew it, and ask again on another link.
 */
#include <string.h>

#include "regress/unit/covers.h"
#include "sim.h"

#define SECOND	1000000		/* us */

static void	ask_later(struct sim *, struct station *, int64_t us);

static void
send(struct sim *sim, struct station *station, enum dhcp6_type type,
    const struct prefix *prefix)
{
	struct dhcp6_request r;
	struct router *router = station->at;

	if (router == NULL || router->core == NULL)
		return;
	memset(&r, 0, sizeof(r));
	r.ifindex = net_ifindex(station->net);
	r.xid = station->xid6 = sim_random(&sim->rng) & 0xffffff;
	r.type = (uint8_t)type;
	r.source_mac = station->mac;
	(void)addr_parse("fe80::", &r.source);
	memcpy(r.source.octet + 10, station->mac.octet, 6);
	r.client_idlen = 10;
	memcpy(r.client_id + 4, station->mac.octet, 6);
	if (type != DHCP6_SOLICIT && type != DHCP6_REBIND) {
		r.server_idlen = station->server6_len;
		memcpy(r.server_id, station->server6, sizeof(r.server_id));
	}
	r.rapid = type == DHCP6_SOLICIT && station->index % 3 == 0;
	r.nias = 1;
	r.ias[0].iaid = 1;
	r.ias[0].delegation = 1;
	if (prefix != NULL && prefix->len != 0)
		r.ias[0].prefix = *prefix;
	sim_trace(sim, "%s sends dhcp6 %d to r%d: %s",
	    mac_text(&station->mac), (int)type, router->index,
	    prefix_text(&r.ias[0].prefix));
	ap_begin(router);
	core_dhcp6(router->core, &r, ap_now(router));
	ap_end(router);
}

/*
 * With a prefix it names it to its server or to any; without, it asks for one.
 */
static void
ask(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;

	if (event->gen != station->timer6)
		return;
	if (station->delegated.len != 0 &&
	    !monotime_before(sim->now, station->delegated_end))
		station->delegated.len = 0;
	if (station->delegated.len == 0)
		send(sim, station, DHCP6_SOLICIT, station->index % 2 != 0 ?
		    &station->hint : NULL);
	else
		send(sim, station, event->n != 0 || sim_chance(sim, 50) ?
		    DHCP6_REBIND : DHCP6_RENEW, &station->delegated);
	ask_later(sim, station, sim_between(sim, SECOND, 4 * SECOND));
}

static void
ask_later(struct sim *sim, struct station *station, int64_t us)
{
	sim_at(sim, us, ask, station, ++station->timer6, 0, NULL);
}

/* On a link that may be another one. */
void
sta_delegate(struct sim *sim, struct station *station, bool sure)
{
	station->delegates = true;
	if (station->delegated.len == 0 || sure || sim_chance(sim, 50))
		sim_at(sim, sim_between(sim, 0, SECOND / 2), ask, station,
		    ++station->timer6, 1, NULL);
}

static void
arrives(struct sim *sim, const struct event *event)
{
	struct station *station = event->obj;
	const struct dhcp6_reply *reply = event->data;
	const struct dhcp6_ia *ia = &reply->to.ias[0];

	if (event->gen == station->move && !station->delegates &&
	    reply->to.type == DHCP6_RELEASE)
		station->released = station->hint;
	if (event->gen != station->move || !station->delegates ||
	    reply->to.xid != station->xid6 || reply->to.nias == 0)
		return;
	station->server6_len = reply->to.server_idlen;
	memcpy(station->server6, reply->to.server_id,
	    sizeof(station->server6));
	if (reply->type == DHCP6_ADVERTISE) {
		if (ia->prefix.len != 0) {
			send(sim, station, DHCP6_REQUEST, &ia->prefix);
			ask_later(sim, station, 2 * SECOND);
		}
		return;
	}
	if (ia->old.len != 0 && prefix_cmp(&ia->old, &station->delegated) == 0)
		station->delegated.len = 0;
	if (ia->prefix.len == 0)
		return;
	if (station->delegated.len != 0 &&
	    prefix_cmp(&ia->prefix, &station->delegated) != 0)
		sim_fail(sim, "%s is given %s, and %s is not taken from it",
		    mac_text(&station->mac), prefix_text(&ia->prefix),
		    prefix_text(&station->delegated));
	station->delegated = station->hint = ia->prefix;
	station->released.len = 0;
	station->delegated_end = monotime_add(sim->now, 1000LL * ia->valid);
	ask_later(sim, station, (int64_t)reply->t1 * SECOND);
}

void
sta_dhcp6_reply(struct sim *sim, struct router *router,
    const struct dhcp6_reply *reply)
{
	struct station *station = sta_find(sim, &reply->to.source_mac,
	    net_of_iface(reply->to.ifindex));
	const struct prefix *given = &reply->to.ias[0].prefix;

	sim_trace(sim, "r%d dhcp6 reply %d to %s: %s, not %s", router->index,
	    reply->type, mac_text(&reply->to.source_mac), prefix_text(given),
	    prefix_text(&reply->to.ias[0].old));
	if (reply->to.nias > 0 && given->len != 0 &&
	    !is_leasable(sim->conf, given))
		sim_fail(sim, "r%d delegates %s", router->index,
		    prefix_text(given));
	if (station != NULL && station->at == router)
		sim_at(sim, sim_between(sim, 500, 5000), arrives, station,
		    station->move, 0, sim_copy(reply, sizeof(*reply)));
}

/* It stops being a router: it releases a lease that its router knows of. */
void
sta_undelegate(struct sim *sim, struct station *station)
{
	struct fib_entry *route = NULL;

	if (station->at != NULL && station->delegated.len != 0)
		route = ap_route(station->at, &station->delegated);
	station->hint = station->delegated;
	if (route == NULL || route->route.kind != ROUTE_LOCAL ||
	    mac_cmp(&route->route.mac, &station->mac) != 0)
		station->hint.len = 0;
	if (station->at != NULL && station->delegated.len != 0)
		send(sim, station, DHCP6_RELEASE, &station->delegated);
	station->delegates = false;
	station->delegated.len = 0;
	station->timer6++;
}
