/* SPDX-License-Identifier: ISC */
/*
 * A core at a router: how it starts and stops, and how its effects change the
 * model of a kernel, and stations.
 */
#include <stdlib.h>
#include <string.h>

#include "ipc/ipc.h"
#include "regress/fake_signer.h"
#include "sim.h"

#define REST_MS	20000	/* more than a start, or a session that ends, takes */

/* The station that a route is of: its prefix says in which network. */
static struct station *
routed(struct sim *sim, const struct route *route)
{
	int net = net_of(sim, &route->prefix);

	return net != -1 ? sta_find(sim, &route->mac, (uint32_t)net) : NULL;
}

/* Neither it nor any session or router has done anything lately. */
static bool
has_rested(struct sim *sim, const struct station *station)
{
	return monotime_ms(station->joined, sim->now) > REST_MS &&
	    monotime_ms(sim->disturbed, sim->now) > REST_MS;
}

/* How long after its arrival a station's packets reach the new router. */
static void
note_convergence(struct router *router, const struct route *route)
{
	struct sim *sim = router->sim;
	struct station *station = routed(sim, route);
	int64_t ms;

	if (station == NULL || station->at == NULL || !station->reported ||
	    !monotime_before(sim->disturbed, station->joined))
		return;
	if (route->kind == ROUTE_LOCAL ? station->at != router :
	    router_id_cmp(&route->router, &station->at->id) != 0)
		return;
	ms = monotime_ms(station->joined, sim->now);
	if (ms > station->converged)
		station->converged = ms;
	if (ms > sim->converge_max)
		sim->converge_max = ms;
	if (sim->lossless && ms > SIM_CONVERGE_MS)
		sim_fail(sim, "r%d knew where %s went %lld ms later",
		    router->index, mac_text(&station->mac), (long long)ms);
}

/*
 * If nothing is in doubt, a station that is here keeps its route, and one that
 * has not moved for a while keeps those at other routers, too.
 */
static void
check_kept(struct router *router, const struct route *old,
    const struct route *route)
{
	struct sim *sim = router->sim;
	struct station *station = routed(sim, old);

	if (!sim->lossless || station == NULL || station->at == NULL ||
	    !station->reported)
		return;
	if (station->at == router && old->kind == ROUTE_LOCAL &&
	    route->kind != ROUTE_LOCAL)
		sim_fail(sim, "r%d takes the route %s of %s away, which is "
		    "there", router->index, prefix_text(&old->prefix),
		    mac_text(&old->mac));
	if (old->kind == ROUTE_DIRECT &&
	    router_id_cmp(&old->router, &station->at->id) == 0 &&
	    (route->kind != ROUTE_DIRECT ||
	    router_id_cmp(&old->router, &route->router) != 0) &&
	    has_rested(sim, station))
		sim_fail(sim, "r%d changes the route %s of %s, which has not "
		    "moved", router->index, prefix_text(&old->prefix),
		    mac_text(&old->mac));
}

static void
set_route(struct router *router, const struct route *route)
{
	struct sim *sim = router->sim;
	struct fib_entry *entry = ap_route(router, &route->prefix);

	sim->routes++;
	check_route(router, route);
	sim_trace(sim, "r%d route %s %s %s", router->index,
	    prefix_text(&route->prefix), route->kind == ROUTE_NONE ? "none" :
	    route->kind == ROUTE_LOCAL ? "local" : router_id_text(
	    &route->router), mac_text(&route->mac));
	if (entry != NULL)
		check_kept(router, &entry->route, route);
	if (route->kind == ROUTE_NONE) {
		if (entry != NULL) {
			RB_REMOVE(fib, &router->fib, entry);
			free(entry);
		}
		return;
	}
	if (entry == NULL) {
		entry = sim_alloc(sizeof(*entry));
		entry->route.prefix = route->prefix;
		RB_INSERT(fib, &router->fib, entry);
	} else if (entry->route.kind != route->kind ||
	    router_id_cmp(&entry->route.router, &route->router) != 0)
		note_convergence(router, route);
	entry->route = *route;
	entry->stale = false;
}

static void
started(struct router *router)
{
	struct fib_entry *entry, *next;

	sim_trace(router->sim, "r%d started", router->index);
	if (router->started)
		sim_fail(router->sim, "r%d started twice", router->index);
	router->started = true;
	RB_FOREACH_SAFE(entry, fib, &router->fib, next) {
		if (!entry->stale)
			continue;
		RB_REMOVE(fib, &router->fib, entry);
		free(entry);
	}
}

/*
 * It is where its router has said, and never where it has said before; but a
 * router without a disk may not know how far it was, until it hears it.
 */
static void
note_home(struct router *router, const struct router *to, const uint8_t *v4)
{
	if (v4[0] != 10 || v4[2] != (to->index + 1) >> 8 ||
	    v4[3] != ((to->index + 1) & 255) || v4[1] > to->home ||
	    (router->sim->store && v4[1] < router->homes[to->index]))
		sim_fail(router->sim, "r%d: r%d is at 10.%d.%d.%d, said %d",
		    router->index, to->index, v4[1], v4[2], v4[3], to->home);
	router->homes[to->index] = v4[1];
}

static void
set_nexthop(struct router *router, const struct nexthop *nexthop)
{
	struct router *to = ap_find(router->sim, &nexthop->router);

	if (to == NULL)
		return;
	router->nexthops[to->index] = !addr_is_none(&nexthop->addr4) ||
	    !addr_is_none(&nexthop->addr6);
	if (!addr_is_none(&nexthop->addr4))
		note_home(router, to, addr_v4(&nexthop->addr4));
}

static void
dhcp_reply(struct router *router, const struct dhcp_reply *reply)
{
	struct sim *sim = router->sim;

	sim_trace(sim, "r%d dhcp %u to %s: %s for %u s %s", router->index,
	    reply->type, mac_text(&reply->to.chaddr),
	    addr_text(&reply->yiaddr), reply->lease, reply->message);
	if (reply->type == DHCP_NAK && !addr_is_none(&reply->yiaddr))
		sim_fail(sim, "r%d: NAK with an address", router->index);
	if (!addr_is_none(&reply->yiaddr)) {
		check_on(router, reply->to.ifindex, &reply->yiaddr, "gives");
		if (!check_assignable(sim, &reply->yiaddr))
			sim_fail(sim, "r%d gives %s to a station",
			    router->index, addr_text(&reply->yiaddr));
		if (reply->lease == 0 || reply->t1 > reply->t2 ||
		    reply->t2 > reply->lease)
			sim_fail(sim, "r%d: lease %u, t1 %u, t2 %u",
			    router->index, reply->lease, reply->t1, reply->t2);
	}
	if (reply->type == DHCP_ACK && !addr_is_none(&reply->yiaddr))
		ap_note_ack(router, reply);
	sta_dhcp_reply(sim, router, reply);
}

/* An effect must be a message that the other process accepts. */
static void
check_message(struct router *router, const struct effect *e)
{
	static const struct {
		uint32_t	type;
		enum proc_id	to;
	} messages[EFFECT_TYPES] = {
		[EFFECT_DHCP_REPLY] = { IPC_DHCP_REPLY, PROC_FRONTEND },
		[EFFECT_DHCP6_REPLY] = { IPC_DHCP6_REPLY, PROC_FRONTEND },
		[EFFECT_ADVERT] = { IPC_ADVERT, PROC_FRONTEND },
		[EFFECT_ANNOUNCE] = { IPC_ANNOUNCE, PROC_FRONTEND },
		[EFFECT_PROBE] = { IPC_PROBE, PROC_FRONTEND },
		[EFFECT_ARP_REPLY] = { IPC_ARP_REPLY, PROC_FRONTEND },
		[EFFECT_ROUTE] = { IPC_ROUTE, PROC_PARENT },
		[EFFECT_NEIGH] = { IPC_NEIGH, PROC_PARENT },
		[EFFECT_NEXTHOP] = { IPC_NEXTHOP, PROC_PARENT },
		[EFFECT_STARTED] = { IPC_STARTED, PROC_PARENT },
		[EFFECT_DISASSOCIATE] = { IPC_DISASSOCIATE, PROC_PARENT },
		[EFFECT_PIN] = { IPC_PIN, PROC_PARENT },
		[EFFECT_INQUIRY] = { IPC_INQUIRY, PROC_PARENT }
	};
	const struct imsg imsg = { .type = messages[e->type].type, .fd = -1,
	    .len = (uint32_t)e->len, .data = e->data };
	const char *wrong;

	if (imsg.type == 0)
		return;
	wrong = ipc_check(&imsg, PROC_ENGINE, messages[e->type].to);
	if (wrong != NULL)
		sim_fail(router->sim, "r%d: %s: %s", router->index,
		    ipc_name(imsg.type), wrong);
}

/* The signer has answered. */
static void
is_signed(struct sim *sim, const struct event *event)
{
	const struct sign_router *what = event->data;
	struct router *router = event->obj;
	struct router_signature s;

	(void)sim;
	if (event->gen != router->gen || router->core == NULL)
		return;
	s = fake_sign_router(&router->id, what);
	ap_begin(router);
	core_router_signed(router->core, what->seqno, &s, ap_now(router));
	ap_end(router);
}

static void
sign(struct router *router, const struct sign_router *what)
{
	sim_at(router->sim, 200, is_signed, router, router->gen, 0,
	    sim_copy(what, sizeof(*what)));
}

/* Only noted or queued here: the core is still running. */
static void
effect(void *arg, const struct effect *e)
{
	struct router *router = arg;
	struct sim *sim = router->sim;

	check_message(router, e);
	switch (e->type) {
	case EFFECT_DHCP_REPLY:
		dhcp_reply(router, e->dhcp_reply);
		break;
	case EFFECT_ADVERT:
		sta_advert(sim, router, e->advert);
		break;
	case EFFECT_PROBE:
		sim->probes++;
		sta_probe(sim, router, e->probe);
		break;
	case EFFECT_ROUTE:
		set_route(router, e->route);
		break;
	case EFFECT_NEXTHOP:
		set_nexthop(router, e->nexthop);
		break;
	case EFFECT_STARTED:
		started(router);
		break;
	case EFFECT_DISASSOCIATE:
		sta_kick(sim, router, e->disassociate);
		break;
	case EFFECT_PIN:	/* the bridges here have one port each */
		break;
	case EFFECT_INQUIRY:
		sta_inquire(sim, router, e->inquiry);
		break;
	case EFFECT_SIGN_ROUTER:
		sign(router, e->sign_router);
		break;
	case EFFECT_REFUSED:
		sim_trace(sim, "r%d refuses of %u: %s", router->index,
		    e->refused->peer, e->refused->why);
		break;
	case EFFECT_PEER_WAKE:
		session_wake(sim, router, *e->peer);
		break;
	case EFFECT_LOG:
		sim_trace(sim, "r%d log: %s", router->index, e->log->text);
		break;
	case EFFECT_ANNOUNCE:
	case EFFECT_STORE_WAKE:
	case EFFECT_FORGET:
	case EFFECT_NO_MEMORY:
		break;
	case EFFECT_ARP_REPLY:
		check_on(router, e->arp_reply->ifindex, &e->arp_reply->target,
		    "answers ARP for");
		break;
	case EFFECT_NEIGH:
		ap_neigh(router, e->neigh);
		break;
	case EFFECT_DHCP6_REPLY:
		sta_dhcp6_reply(sim, router, e->dhcp6_reply);
		break;
	default:
		sim_fail(sim, "r%d: effect %d unknown", router->index,
		    (int)e->type);
	}
}

static uint32_t
random_word(void *arg)
{
	struct router *router = arg;

	return sim_random(&router->rng);
}

static struct router *
add(struct sim *sim)
{
	struct router *router = sim_alloc(sizeof(*router));

	router->sim = sim;
	router->index = sim->nrouters;
	router->home = 1;
	router->blocks = router->served = (1U << sim->conf->nnetworks) - 1;
	router->id.octet[0] = 0x02;
	router->id.octet[6] = (uint8_t)((router->index + 1) >> 8);
	router->id.octet[7] = (uint8_t)(router->index + 1);
	router->rng.state = sim_random(&sim->rng);
	/* No two clocks agree: days apart, and up to 0.02 % fast or slow. */
	router->offset = (int64_t)(sim_random(&router->rng) % 1000000) *
	    300000;
	router->drift = (int64_t)(sim_random(&router->rng) % 401) - 200;
	RB_INIT(&router->fib);
	RB_INIT(&router->arp);
	RB_INIT(&router->acks);
	sim->routers[sim->nrouters++] = router;
	return router;
}

static void
give_link(struct router *router, uint32_t net, bool up)
{
	struct link link;

	memset(&link, 0, sizeof(link));
	link.ifindex = net_ifindex(net);
	link.conf = net_conf_iface(router, net);
	snprintf(link.name, sizeof(link.name), "roam%u", net);
	link.lladdr.octet[0] = 0x02;
	link.lladdr.octet[5] = 0x44;
	link.up = up;
	link.source = router_is_bridge(router) ? SOURCE_BRIDGE :
	    SOURCE_NL80211;
	link.drops = router_drops(router);
	link.mtu = 1500;
	link.gateway4 = net_gateway(net);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(router->core, &link, ap_now(router));
}

static void
give_links(struct router *router)
{
	uint32_t net;

	for (net = 0; net < router->sim->conf->nnetworks; net++)
		if (net_is_served(router, net))
			give_link(router, net, true);
}

/* What it has configured; the caller frees it. */
static struct conf *
own_conf(const struct router *router)
{
	struct conf *conf = net_conf(router);
	struct conf_global *global = &conf->global;
	uint8_t v4[4] = { 10, router->home, (uint8_t)((router->index + 1) >> 8),
	    (uint8_t)(router->index + 1) };

	addr_from_v4(&global->router_addr4, v4);
	(void)addr_parse("2001:db8:ffff::1", &global->router_addr6);
	global->router_addr6.octet[13] = (uint8_t)(router->index >> 8);
	global->router_addr6.octet[15] = (uint8_t)(router->index + 1);
	snprintf(global->name, sizeof(global->name), "r%d", router->index);
	return conf;
}

static void
make_core(struct router *router)
{
	struct sim *sim = router->sim;
	struct core_ops ops = { effect, random_word, FAKE_SIGNER, router };
	struct core_self self = { router->id, fake_key(&router->id), 0 };
	struct conf *conf = own_conf(router);

	self.run = (uint64_t)sim_random(&router->rng) << 32 | router->gen;
	router->core = core_new(&ops, &self, conf, ap_now(router));
	if (router->core == NULL)
		abort();
	conf_free(conf);
	core_verbose(router->core, sim->trace != NULL);
}

static struct fib_entry *
next_stale(struct router *router, const struct prefix *after)
{
	struct fib_entry *entry, key;

	if (after == NULL)
		entry = RB_MIN(fib, &router->fib);
	else {
		key.route.prefix = *after;
		entry = RB_NFIND(fib, &router->fib, &key);
		if (entry != NULL &&
		    prefix_cmp(&entry->route.prefix, after) == 0)
			entry = RB_NEXT(fib, &router->fib, entry);
	}
	while (entry != NULL && !entry->stale)
		entry = RB_NEXT(fib, &router->fib, entry);
	return entry;
}

/* Its effects may change the tree: search again each time. */
static void
adopt(struct router *router)
{
	struct fib_entry *entry;
	struct route route;

	for (entry = next_stale(router, NULL); entry != NULL;
	    entry = next_stale(router, &route.prefix)) {
		route = entry->route;
		ap_begin(router);
		core_adopt(router->core, &route, ap_now(router));
		ap_end(router);
	}
}

struct router *
ap_add(struct sim *sim)
{
	struct router *router = add(sim);

	ap_start(router);
	return router;
}

struct router *
ap_add_v1(struct sim *sim)
{
	struct router *router = add(sim);

	router->v1 = v1_new(router, session_wake);
	return router;
}

/*
 * Start with an empty table, as after a kill: the kernel's routes and what
 * the link layer knows are still there.
 */
void
ap_start(struct router *router)
{
	struct sim *sim = router->sim;
	struct fib_entry *entry;
	int i;

	sim_trace(sim, "r%d starts", router->index);
	router->gen++;
	router->started = false;
	router->ticking = MONOTIME_NEVER;
	memset(router->nexthops, 0, sizeof(router->nexthops));
	memset(router->homes, 0, sizeof(router->homes));
	ap_forget_neighs(router);
	make_core(router);
	ap_begin(router);
	store_load(router, ap_now(router));
	give_links(router);
	RB_FOREACH(entry, fib, &router->fib)
		entry->stale = true;
	ap_end(router);
	adopt(router);
	for (i = 0; i < sim->nstations; i++)
		if (router->assoc[i] != 0 &&
		    net_is_served(router, sim->stations[i]->net))
			sta_sight(router, sim->stations[i],
			    router->assoc[i], SIGHTING_PRESENT);
	session_router_up(router);
}

/* As the parent does it: the configuration, then what has changed of links. */
void
ap_reload(struct router *router, uint32_t blocks, uint32_t served)
{
	uint32_t net, before = router->served;
	struct conf *conf;

	sim_trace(router->sim, "r%d reloads: networks %x, interfaces %x",
	    router->index, blocks, served);
	router->sim->disturbed = router->sim->now;
	router->blocks = blocks;
	router->served = served;
	if (router->core == NULL)
		return;
	conf = own_conf(router);
	ap_begin(router);
	core_conf(router->core, conf, ap_now(router));
	for (net = 0; net < router->sim->conf->nnetworks; net++)
		if (before >> net & 1 && !net_is_served(router, net))
			give_link(router, net, false);
	give_links(router);
	ap_end(router);
	conf_free(conf);
}

void
ap_stop(struct router *router)
{
	sim_trace(router->sim, "r%d stops", router->index);
	router->sim->disturbed = router->sim->now;
	router->gen++;
	store_keep(router);
	core_free(router->core);
	router->core = NULL;
	ap_forget_acks(router);
	session_router_down(router);
}

/* A power cut. */
void
ap_forget_routes(struct router *router)
{
	struct fib_entry *entry;

	while ((entry = RB_ROOT(&router->fib)) != NULL) {
		RB_REMOVE(fib, &router->fib, entry);
		free(entry);
	}
}

void
ap_free(struct router *router)
{
	if (router->core != NULL)
		core_free(router->core);
	if (router->v1 != NULL)
		v1_free(router->v1);
	ap_forget_acks(router);
	store_free(router);
	ap_forget_neighs(router);
	ap_forget_routes(router);
	free(router);
}
