/* SPDX-License-Identifier: ISC */
/* The scenarios; each is many runs, one per seed. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define SETTLE	30000		/* ms: more than any timer of a start */

static void
join_all(struct sim *sim, int64_t apart)
{
	struct router *router;
	int i;

	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		do
			router = sim->routers[sim_between(sim, 0,
			    sim->nrouters - 1)];
		while (router->v1 != NULL);
		if (sim->stations[i]->at == NULL)
			sta_attach(sim, sim->stations[i], router);
		sim_run(sim, sim_between(sim, 0, apart));
	}
}

static void
settle(struct sim *sim, int64_t ms)
{
	sim_trace(sim, "quiet now");
	if (!sim->failed)
		sim_run(sim, ms);
	if (!sim->failed)
		check_quiet(sim);
}

/*
 * Sessions that are too slow for the changes are behind when the changes end.
 * Tables are the same only after they have caught up; each has to send a table
 * at most, and half of it again.
 */
static void
catch_up(struct sim *sim)
{
	int64_t table = 4LL * sim->nstations + sim->nrouters;
	int64_t ms = 20000 + table * 3 / 2 * session_slowest(sim) / 1000;

	sim_trace(sim, "no more changes");
	sim_run(sim, 15000);		/* all sessions are up */
	while (!sim->failed && session_lag(sim) > 5000) {
		if ((ms -= 1000) < 0)
			sim_fail(sim, "a session has been busy for %lld ms",
			    (long long)session_lag(sim));
		sim_run(sim, 1000);
	}
}

enum topology {
	CHAIN, RING, STAR, TREE, MESH, SMALL_WORLD, HUBS, RANDOM_TREE,
	TOPOLOGIES,
	GRID			/* where it is named */
};

static void
link_pair(struct sim *sim, int i, int j, bool extended)
{
	session_add(sim->routers[i], sim->routers[j], extended);
}

static void
link_routers(struct sim *sim, enum topology topology, bool extended)
{
	struct router **r = sim->routers;
	int i, j, hubs, n = sim->nrouters, side = 1;

	while (side * side < n)
		side++;
	for (i = 1; i < n; i++)
		switch (topology) {
		case CHAIN:
		case RING:
			session_add(r[i - 1], r[i], extended);
			break;
		case STAR:
			session_add(r[0], r[i], extended);
			break;
		case TREE:
			session_add(r[(i - 1) / 2], r[i], extended);
			break;
		case SMALL_WORLD:	/* a ring, and one far in ten */
			session_add(r[i - 1], r[i], extended);
			if (i % 10 == 9)
				link_pair(sim, (int)sim_between(sim, 0, i - 2),
				    i, extended);
			break;
		case HUBS:		/* a few in a ring, others at two */
			hubs = 2 + n / 25;
			if (i < hubs)
				session_add(r[i - 1], r[i], extended);
			else {
				link_pair(sim, i % hubs, i, extended);
				link_pair(sim, (i + 1) % hubs, i, extended);
			}
			break;
		case MESH:
			for (j = 0; j < i; j++)
				session_add(r[j], r[i], extended);
			break;
		case GRID:
			if (i % side != 0)
				session_add(r[i - 1], r[i], extended);
			if (i >= side)
				session_add(r[i - side], r[i], extended);
			break;
		default:
			session_add(r[sim_between(sim, 0, i - 1)], r[i],
			    extended);
			break;
		}
	if ((topology == RING || topology == SMALL_WORLD) && n > 2)
		session_add(r[n - 1], r[0], extended);
}

/* Routers in some order of sessions, with stations that have not joined. */
static void
network(struct sim *sim, int routers, int stations, bool extended)
{
	while (sim->nrouters < routers)
		ap_add(sim);
	while (sim->nstations < stations)
		sta_add(sim);
	link_routers(sim, (enum topology)sim_between(sim, 0, TOPOLOGIES - 1),
	    extended);
	sim_run(sim, 5000);
}

static struct station *
any_station(struct sim *sim)
{
	return sim->stations[sim_between(sim, 0, sim->nstations - 1)];
}

/* A router that is up, and not `except`, if there is another. */
static struct router *
any_router(struct sim *sim, const struct router *except)
{
	struct router *router;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		router = sim->routers[sim_between(sim, 0, sim->nrouters - 1)];
		if (router != except && router->core != NULL)
			return router;
	}
	return sim->routers[0];
}

static void
roam(struct sim *sim, struct station *station)
{
	sta_attach(sim, station, any_router(sim, station->at));
}

static void
roams(struct sim *sim, int count, int64_t apart)
{
	while (count-- > 0 && !sim->failed) {
		roam(sim, any_station(sim));
		sim_run(sim, sim_between(sim, 0, apart));
	}
}

static void
set_pool(struct sim *sim, const char *prefix)
{
	(void)prefix_parse(prefix, &sim->conf->networks[0].prefixes[0]);
}

/*
 * Nothing may be lost.  So no two stations may take one address at the same
 * time at two routers: one of them would have to give it back.
 */
static void
lossless(struct sim *sim)
{
	set_pool(sim, "10.44.0.0/16");
	sim->lossless = true;
}

/* No station here may be kicked: not for an address that two got, either. */
static void
gentle(struct sim *sim)
{
	set_pool(sim, "10.0.0.0/8");
	sim->gentle = true;
}

/* No station is kicked or renumbered, and routes follow every roam at once. */
static void
run_roams(struct sim *sim)
{
	lossless(sim);
	network(sim, (int)sim_between(sim, 2, 8), (int)sim_between(sim, 1, 20),
	    true);
	join_all(sim, 500);
	sim_run(sim, 10000);
	while (!sim->failed && sim->joins < 60) {
		roam(sim, any_station(sim));
		sim_run(sim, sim_between(sim, 1500, 5000));
	}
	settle(sim, SETTLE);
}

static void
run_quick_return(struct sim *sim)
{
	struct station *station;
	struct router *a, *b;
	int i;

	sim->sighting_max = 5000;
	gentle(sim);
	network(sim, (int)sim_between(sim, 2, 5), 4, true);
	join_all(sim, 100);
	sim_run(sim, 10000);
	for (i = 0; i < 20 && !sim->failed; i++) {
		station = any_station(sim);
		a = station->at != NULL ? station->at : any_router(sim, NULL);
		b = any_router(sim, a);
		sta_attach(sim, station, b);
		sim_run(sim, 20);
		sta_attach(sim, station, a);
		sim_run(sim, sim_between(sim, 0, 3000));
	}
	settle(sim, SETTLE);
}

/* Two or more stations exchange routers at the same time. */
static void
run_both_at_once(struct sim *sim)
{
	int i, n;

	lossless(sim);
	network(sim, (int)sim_between(sim, 2, 5), 6, true);
	join_all(sim, 100);
	sim_run(sim, 10000);
	for (i = 0; i < 10 && !sim->failed; i++) {
		for (n = 0; n < sim->nstations; n++)
			roam(sim, sim->stations[n]);
		sim_run(sim, sim_between(sim, 1500, 3000));
	}
	settle(sim, SETTLE);
}

/* Both sides lease from one small pool, and stations change sides. */
static void
run_partition(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS];
	int i, round;

	set_pool(sim, sim_chance(sim, 50) ? "192.168.44.0/26" :
	    "192.168.44.0/24");
	network(sim, (int)sim_between(sim, 2, 8), 10, true);
	join_all(sim, 500);
	for (round = 0; round < 3 && !sim->failed; round++) {
		for (i = 0; i < sim->nrouters; i++)
			side[i] = (uint8_t)sim_between(sim, 0, 1);
		sim_partition(sim, side);
		for (i = 0; i < 5; i++)
			sta_add(sim);
		join_all(sim, 500);
		roams(sim, (int)sim_between(sim, 0, 10), 2000);
		sim_run(sim, sim_between(sim, 0, 60000));
		sim_merge(sim);
		sim_run(sim, sim_between(sim, 0, 20000));
	}
	settle(sim, 2 * SETTLE);
}

static void
delegate_all(struct sim *sim)
{
	int i;

	for (i = 0; i < sim->nstations; i++)
		if (!sim->stations[i]->delegates && sim_chance(sim, 80))
			sta_delegate(sim, sim->stations[i], true);
}

/*
 * Stations that are routers, with hardly more prefixes than these, on both
 * sides of a partition.  They renew within a minute, so that in the end each
 * has one of its own, and all routers know it.
 */
static void
run_delegate(struct sim *sim)
{
	struct conf_network *net = &sim->conf->networks[0];
	struct router *router;
	uint8_t side[SIM_ROUTERS];
	int i, round;

	(void)prefix_parse(sim_chance(sim, 50) ? "2001:db8:8000::/55" :
	    "2001:db8:8000::/48", &net->prefixes[2]);
	net->delegates[2] = sim_chance(sim, 50) ? 60 : 62;
	net->nprefixes = 3;
	net->dhcp6 = DHCP6_DELEGATE;
	net->prefix_preferred = 120;
	/* One extended in a partition ends before the others hear of it. */
	net->lease_first = net->lease_time;
	sim->store = sim_chance(sim, 50);
	network(sim, (int)sim_between(sim, 2, 6), 10, true);
	join_all(sim, 500);
	delegate_all(sim);
	sim_run(sim, 10000);
	for (round = 0; round < 3 && !sim->failed; round++) {
		/* While others have its former data. */
		if (sim_chance(sim, 30)) {
			ap_stop(router = any_router(sim, NULL));
			sim_run(sim, sim_between(sim, 10, 5000));
			ap_start(router);
			sim_run(sim, 20000);
		}
		for (i = 0; i < sim->nrouters; i++)
			side[i] = (uint8_t)sim_between(sim, 0, 1);
		sim_partition(sim, side);
		for (i = 0; i < 4; i++)
			sta_add(sim);
		join_all(sim, 200);
		delegate_all(sim);
		roams(sim, (int)sim_between(sim, 0, 10), 2000);
		for (i = 0; i < 3; i++)
			sta_undelegate(sim, any_station(sim));
		sim_run(sim, sim_between(sim, 0, 90000));
		sim_merge(sim);
		sim_run(sim, sim_between(sim, 0, 20000));
		/* A later version may have been in the other part. */
		for (i = 0; i < sim->nstations; i++)
			sim->stations[i]->released.len = 0;
		delegate_all(sim);
	}
	settle(sim, 150000);
	roams(sim, 10, 2000);
	for (i = 0; i < 3; i++)
		sta_undelegate(sim, any_station(sim));
	settle(sim, 150000);
}

/* Every router is cut off, and all lease the few addresses there are. */
static void
run_same_address(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS];
	int i;

	set_pool(sim, "192.168.44.0/28");
	network(sim, (int)sim_between(sim, 2, 4), 6, true);
	for (i = 0; i < sim->nrouters; i++)
		side[i] = (uint8_t)i;
	sim_partition(sim, side);
	sim_run(sim, 11000);
	join_all(sim, 100);
	sim_run(sim, 20000);
	sim_merge(sim);
	settle(sim, 2 * SETTLE);
}

/*
 * Both sides lease from small pools, and all stations change sides before the
 * sides are connected: routers with a losing lease do not have the station.
 */
static void
run_crossing(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS];
	struct router *router, *from;
	int i;

	set_pool(sim, "192.168.44.0/26");
	(void)prefix_parse("2001:db8:1234::/59",
	    &sim->conf->networks[0].prefixes[1]);
	network(sim, (int)sim_between(sim, 2, 6), 16, true);
	for (i = 0; i < sim->nrouters; i++)
		side[i] = i % 2;
	sim_partition(sim, side);
	sim_run(sim, 11000);
	join_all(sim, 200);
	sim_run(sim, 5000);
	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		from = sim->stations[i]->at;
		do
			router = any_router(sim, from);
		while (from != NULL && side[router->index] ==
		    side[from->index]);
		sta_attach(sim, sim->stations[i], router);
		sim_run(sim, sim_between(sim, 0, 500));
	}
	sim_run(sim, sim_between(sim, 0, 20000));
	sim_merge(sim);
	settle(sim, 2 * SETTLE);
}

static void
run_session_loss(struct sim *sim)
{
	int i;

	network(sim, (int)sim_between(sim, 2, 8), 10, true);
	join_all(sim, 200);
	for (i = 0; i < 30 && !sim->failed; i++) {
		session_cut(sim->sessions[sim_between(sim, 0,
		    sim->nsessions - 1)]);
		roams(sim, (int)sim_between(sim, 0, 3), 1000);
	}
	settle(sim, 2 * SETTLE);
}

/* Restarts one after the other; no station roams, so none may notice. */
static void
run_upgrade(struct sim *sim)
{
	struct router *router;
	int i;

	set_pool(sim, "10.44.0.0/16");
	network(sim, (int)sim_between(sim, 1, 6), 10, true);
	join_all(sim, 200);
	sim_run(sim, 15000);
	roams(sim, sim->nrouters > 1 ? 10 : 0, 3000);
	settle(sim, SETTLE);
	sim->lossless = true;
	for (i = 0; i < sim->nrouters && !sim->failed; i++) {
		router = sim->routers[i];
		ap_stop(router);
		sim_run(sim, sim_between(sim, 10, 5000));
		ap_start(router);
		sim_run(sim, sim_between(sim, 15000, 30000));
	}
	settle(sim, 2 * SETTLE);
}

/* Restarts while stations roam, several routers down at a time. */
static void
run_restart(struct sim *sim)
{
	struct router *router;
	int i;

	network(sim, (int)sim_between(sim, 3, 8), 12, true);
	join_all(sim, 200);
	sim_run(sim, 10000);
	for (i = 0; i < 8 && !sim->failed; i++) {
		router = sim->routers[sim_between(sim, 1, sim->nrouters - 1)];
		if (router->core != NULL)
			ap_stop(router);
		else
			ap_start(router);
		roams(sim, (int)sim_between(sim, 0, 5), 2000);
	}
	for (i = 0; i < sim->nrouters && !sim->failed; i++)
		if (sim->routers[i]->core == NULL)
			ap_start(sim->routers[i]);
	settle(sim, 3 * SETTLE);
}

/* The same with disks, some of them with old data. */
static void
run_store(struct sim *sim)
{
	sim->store = true;
	run_restart(sim);
}

/*
 * Stations that send nothing unless they are asked come to a bridge while its
 * router is down, and some go elsewhere again.  Later they return, when the
 * bridge may still have them at their ports.
 */
static void
run_revisit(struct sim *sim)
{
	struct conf_peer peer;
	struct router *bridge;
	int i, round;

	/* A start that waits for the others' tables. */
	memset(&peer, 0, sizeof(peer));
	if (conf_add_peer(sim->conf, &peer) == -1)
		abort();
	sim->leaving = LEAVING_SILENT;
	sim->sighting_max = 5000;
	set_pool(sim, "10.44.0.0/16");
	network(sim, (int)sim_between(sim, 2, 5), 8, true);
	join_all(sim, 200);
	sim_run(sim, 10000);
	for (i = 0; i < sim->nstations; i++)
		sim->stations[i]->mute = sim->stations[i]->no_dhcp = true;
	for (round = 0; round < 3 && !sim->failed; round++) {
		do
			bridge = any_router(sim, NULL);
		while (!router_is_bridge(bridge));
		ap_stop(bridge);
		for (i = 0; i < sim->nstations; i++)
			if (sim_chance(sim, 70))
				sta_attach(sim, sim->stations[i], bridge);
		sim_run(sim, sim_between(sim, 0, 5000));
		for (i = 0; i < sim->nstations; i++)
			if (sim_chance(sim, 70))
				sta_attach(sim, sim->stations[i],
				    any_router(sim, NULL));
		sim_run(sim, sim_between(sim, 0, 5000));
		ap_start(bridge);
		settle(sim, 20000);
		for (i = 0; i < sim->nstations; i++)
			if (sim_chance(sim, 70))
				sta_attach(sim, sim->stations[i], bridge);
		settle(sim, 3000);
	}
}

/* Reports of the link layers come twice, late, and in the wrong order. */
static void
run_sightings(struct sim *sim)
{
	sim->sighting_max = 500000;
	sim->duplicates = true;
	network(sim, (int)sim_between(sim, 2, 6), 8, true);
	join_all(sim, 200);
	sim_run(sim, 10000);
	roams(sim, 40, 800);
	settle(sim, 2 * SETTLE);
}

static void
run_mass_join(struct sim *sim)
{
	set_pool(sim, "192.168.40.0/21");
	network(sim, 8, 200, true);
	join_all(sim, 0);
	settle(sim, SETTLE);
}

/* The link layers of two routers see one station at the same moment. */
static void
run_two_claims(struct sim *sim)
{
	struct station *station;
	struct router *liar;
	int i;

	gentle(sim);
	network(sim, (int)sim_between(sim, 2, 5), 5, true);
	join_all(sim, 100);
	sim_run(sim, 10000);
	for (i = 0; i < 10 && !sim->failed; i++) {
		station = any_station(sim);
		if (station->at == NULL)
			continue;
		liar = any_router(sim, station->at);
		liar->assoc[station->index] =
		    (uint8_t)(net_ifindex(station->net) + 1);
		sta_sight(liar, station, net_ifindex(station->net) + 1,
		    SIGHTING_JOINED);
		sta_sight(station->at, station, station->port,
		    SIGHTING_JOINED);
		sim_run(sim, sim_between(sim, 0, 5000));
	}
	settle(sim, 2 * SETTLE);
}

/* It must be reachable where the flapping ends, without a delay. */
static void
run_flapping(struct sim *sim)
{
	struct router *a, *b;
	int i, n;

	sim->sighting_max = 10000;
	gentle(sim);
	network(sim, (int)sim_between(sim, 2, 5), 3, true);
	join_all(sim, 100);
	sim_run(sim, 10000);
	a = any_router(sim, NULL);
	b = any_router(sim, a);
	n = (int)sim_between(sim, 20, 60);
	for (i = 0; i < n && !sim->failed; i++) {
		sta_attach(sim, sim->stations[0], i % 2 != 0 ? a : b);
		sim_run(sim, sim_between(sim, 50, 300));
	}
	settle(sim, 20000);
}

/* Sessions of version 1 among ours: seconds only, no routers. */
static void
run_version1(struct sim *sim)
{
	int i;

	network(sim, (int)sim_between(sim, 2, 6), 8, false);
	for (i = 0; i < sim->nsessions; i++)
		if (sim_chance(sim, 50))
			sim->sessions[i]->extended = true;
	join_all(sim, 200);
	sim_run(sim, 10000);
	for (i = 0; i < 20 && !sim->failed; i++) {
		roams(sim, 1, 5000);
		if (sim_chance(sim, 20))
			session_cut(sim->sessions[sim_between(sim, 0,
			    sim->nsessions - 1)]);
	}
	settle(sim, 3 * SETTLE);
}

/* No report of its end: probes and ageing find out. */
static void
run_vanish(struct sim *sim)
{
	int i;

	sim->leaving = LEAVING_SILENT;
	network(sim, (int)sim_between(sim, 1, 5), 10, true);
	join_all(sim, 200);
	sim_run(sim, 15000);
	for (i = 0; i < sim->nstations; i += 2)
		sta_detach(sim, sim->stations[i], LEAVING_SILENT);
	/* Probes find out, before the link layer's own ageing does. */
	sim_run(sim, 200000);
	if (!sim->failed)
		check_gone(sim);
	settle(sim, 0);
	join_all(sim, 500);
	settle(sim, SETTLE);
}

/* Leases and advertisements are renewed for half a day. */
static void
run_long(struct sim *sim)
{
	int i;

	lossless(sim);
	network(sim, 3, 4, true);
	sim->stations[0]->mute = true;
	join_all(sim, 200);
	for (i = 0; i < 12 && !sim->failed; i++) {
		settle(sim, 3600000);
		roam(sim, sim->stations[1]);
		settle(sim, SETTLE);
	}
}

static void
run_dhcp(struct sim *sim)
{
	struct station *station;
	int i;

	set_pool(sim, "192.168.44.0/27");
	network(sim, (int)sim_between(sim, 1, 4), 14, true);
	join_all(sim, 500);
	sim_run(sim, 10000);
	for (i = 0; i < 30 && !sim->failed; i++) {
		station = any_station(sim);
		switch (sim_between(sim, 0, 3)) {
		case 0:
			sta_release(sim, station);
			sta_detach(sim, station, LEAVING_RANDOM);
			break;
		case 1:
			if (i < 10)
				sta_decline(sim, station);
			break;
		case 2:
			sta_detach(sim, station, LEAVING_RANDOM);
			break;
		default:
			if (station->at == NULL)
				sta_attach(sim, station,
				    any_router(sim, NULL));
		}
		sim_run(sim, sim_between(sim, 0, 5000));
	}
	join_all(sim, 500);
	settle(sim, 2 * SETTLE);
}

static void
run_indirect(struct sim *sim)
{
	int i;

	sim->conf->global.direct = 0;
	lossless(sim);
	network(sim, (int)sim_between(sim, 2, 5), 6, true);
	join_all(sim, 200);
	sim_run(sim, 10000);
	for (i = 0; i < 20 && !sim->failed; i++) {
		roam(sim, any_station(sim));
		sim_run(sim, sim_between(sim, 1500, 5000));
	}
	settle(sim, SETTLE);
}

static void
run_fifty(struct sim *sim)
{
	while (sim->nrouters < 50)
		ap_add(sim);
	while (sim->nstations < 60)
		sta_add(sim);
	/* A full mesh of fifty has 2450 updates for each change. */
	link_routers(sim, (enum topology)sim_between(sim, 0, TREE), true);
	sim_run(sim, 5000);
	join_all(sim, 50);
	roams(sim, 60, 500);
	settle(sim, SETTLE);
}

/* Everything at once. */
static void
run_chaos(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS];
	struct router *router;
	int i, n;

	network(sim, (int)sim_between(sim, 3, 10), 20, sim_chance(sim, 80));
	sim->duplicates = sim_chance(sim, 50);
	sim->sighting_max = sim_between(sim, 2000, 200000);
	join_all(sim, 500);
	for (i = 0; i < 40 && !sim->failed; i++) {
		switch (sim_between(sim, 0, 5)) {
		case 0:
			for (n = 0; n < sim->nrouters; n++)
				side[n] = (uint8_t)sim_between(sim, 0, 1);
			sim_partition(sim, side);
			break;
		case 1:
			sim_merge(sim);
			break;
		case 2:
			router = sim->routers[sim_between(sim, 1,
			    sim->nrouters - 1)];
			if (router->core != NULL)
				ap_stop(router);
			else
				ap_start(router);
			break;
		case 3:
			session_cut(sim->sessions[sim_between(sim, 0,
			    sim->nsessions - 1)]);
			break;
		default:
			roams(sim, 3, 500);
		}
		sim_run(sim, sim_between(sim, 0, 10000));
	}
	sim_merge(sim);
	for (i = 0; i < sim->nrouters && !sim->failed; i++)
		if (sim->routers[i]->core == NULL)
			ap_start(sim->routers[i]);
	settle(sim, 3 * SETTLE);
}

/*
 * Updates that never arrive, and tables that change without the protocol:
 * digests find the differences within a minute.
 */
static void
corrupt(struct sim *sim, struct router *router)
{
	struct ctl_cursor cursor;
	struct update u, chosen;
	int seen = 0;

	memset(&cursor, 0, sizeof(cursor));
	memset(&chosen, 0, sizeof(chosen));
	while (core_show_datum(router->core, &cursor, &u, ap_now(router)))
		if (u.data[0] <= DATUM_LOCATION && u.lifetime > 0 &&
		    sim_between(sim, 0, seen++) == 0)
			chosen = u;
	if (seen == 0)
		return;
	chosen.seqno += (uint64_t)sim_between(sim, 1, 3);
	chosen.age = 3600000;
	if (sim_chance(sim, 50))
		chosen.lifetime = 0;
	else if (chosen.data[0] == DATUM_LOCATION)
		chosen.vallen = 0;
	ap_begin(router);
	core_update(router->core, UINT32_MAX, &chosen, ap_now(router));
	ap_end(router);
	session_discard(router);
}

static void
all_digests(struct sim *sim)
{
	int i;

	for (i = 0; i < sim->nsessions; i++)
		sim->sessions[i]->digests = true;
}

static void
digest_network(struct sim *sim, int routers, int stations)
{
	while (sim->nrouters < routers)
		ap_add(sim);
	while (sim->nstations < stations)
		sta_add(sim);
	link_routers(sim, (enum topology)sim_between(sim, 0, TOPOLOGIES - 1),
	    true);
	all_digests(sim);
	sim_run(sim, 5000);
	join_all(sim, 200);
	sim_run(sim, 10000);
}

static void
run_lost(struct sim *sim)
{
	digest_network(sim, (int)sim_between(sim, 2, 8), 12);
	sim->lose = (int)sim_between(sim, 5, 60);
	roams(sim, 20, 1000);
	sim->lose = 0;
	settle(sim, 60000);
}

/*
 * Leases are extended while a router is away, cut off or down: some that it
 * has, and others.  It gets the extensions before any of them ends there.
 */
static void
run_extended(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS] = { 0 };
	int routers = (int)sim_between(sim, 2, 5);
	int stations = (int)sim_between(sim, 1, 8);
	struct router *away;
	int i;

	lossless(sim);
	sim->store = true;
	sim->conf->networks[0].lease_first = 120;	/* next ones: long */
	while (sim->nrouters < routers)
		ap_add(sim);
	while (sim->nstations < stations)
		sta_add(sim);
	link_routers(sim, (enum topology)sim_between(sim, 0, TOPOLOGIES - 1),
	    true);
	all_digests(sim);
	sim_run(sim, 20000);
	join_all(sim, 200);
	sim_run(sim, 30000);
	away = sim->routers[sim_between(sim, 0, sim->nrouters - 1)];
	if (sim_chance(sim, 50)) {
		ap_stop(away);
		sim_run(sim, 40000);
		ap_start(away);
	} else {
		side[away->index] = 1;
		sim_partition(sim, side);
		sim_run(sim, 40000);
		sim_merge(sim);
	}
	sim_run(sim, 20000);
	for (i = 0; i < 90 && !sim->failed; i++)
		settle(sim, 1000);
}

static void
run_corrupt(struct sim *sim)
{
	int i;

	digest_network(sim, (int)sim_between(sim, 2, 8), 12);
	for (i = 0; i < 10 && !sim->failed; i++) {
		corrupt(sim, any_router(sim, NULL));
		sim_run(sim, sim_between(sim, 0, 3000));
	}
	/* A station whose lease was ended elsewhere asks again at T1. */
	settle(sim, 60000);
}

/* Segments get lost: the data behind them waits, too. */
static void
run_lossy(struct sim *sim)
{
	int i;

	network(sim, (int)sim_between(sim, 2, 8), 12, true);
	for (i = 0; i < sim->nsessions; i++)
		sim->sessions[i]->stall = (int)sim_between(sim, 0, 20);
	join_all(sim, 200);
	sim_run(sim, 10000);
	for (i = 0; i < 20 && !sim->failed; i++) {
		roams(sim, 2, 2000);
		if (sim_chance(sim, 30))
			session_cut(sim->sessions[sim_between(sim, 0,
			    sim->nsessions - 1)]);
	}
	for (i = 0; i < sim->nsessions; i++)
		sim->sessions[i]->stall = 0;
	settle(sim, 3 * SETTLE);
}

/*
 * A session with a tenth of the rate of changes, with and without digests: it
 * carries the last version of everything as soon as possible.
 */
static void
run_slow(struct sim *sim)
{
	struct session *slow;

	set_pool(sim, "10.44.0.0/16");
	while (sim->nrouters < 4)
		ap_add(sim);
	while (sim->nstations < 600)
		sta_add(sim);
	link_routers(sim, CHAIN, true);
	slow = sim->sessions[1];
	slow->digests = sim->seed % 2 != 0;
	slow->window = 1;
	slow->delay_min = 50000;
	slow->delay_max = 100000;
	sim_run(sim, 5000);
	join_all(sim, 20);
	roams(sim, 1000, 20);
	catch_up(sim);
	settle(sim, 2 * SETTLE);
}

/* Whole daemons of version 1 between ours, or ours between them. */
static void
v1_roams(struct sim *sim)
{
	int i;

	while (sim->nstations < 10)
		sta_add(sim);
	sim_run(sim, 5000);
	join_all(sim, 200);
	sim_run(sim, 10000);
	for (i = 0; i < 15 && !sim->failed; i++) {
		roams(sim, (int)sim_between(sim, 0, 2), 4000);
		if (sim_chance(sim, 30))
			session_cut(sim->sessions[sim_between(sim, 0,
			    sim->nsessions - 1)]);
	}
	settle(sim, 3 * SETTLE);
}

static void
run_v1_chain(struct sim *sim)
{
	int i, ours_first = (int)sim_between(sim, 0, 1);
	int n = 4 + (int)sim_between(sim, 0, 5);

	for (i = 0; i < n; i++)
		if (i % 2 == !ours_first)
			ap_add(sim);
		else
			ap_add_v1(sim);
	link_routers(sim, CHAIN, true);
	v1_roams(sim);
}

static void
run_v1_mixed(struct sim *sim)
{
	int i, n = (int)sim_between(sim, 3, 9);

	for (i = 0; i < n; i++)
		if (i > 1 && sim_chance(sim, 40))
			ap_add_v1(sim);
		else
			ap_add(sim);
	link_routers(sim, (enum topology)sim_between(sim, 0, TOPOLOGIES - 1),
	    true);
	v1_roams(sim);
}

/* Both sides of a relay of version 1 lease while it is down. */
static void
run_v1_partition(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS];
	int i, round;

	set_pool(sim, "192.168.44.0/27");
	for (i = 0; i < 5; i++)
		if (i == 2)
			ap_add_v1(sim);
		else
			ap_add(sim);
	link_routers(sim, CHAIN, true);
	sim_run(sim, 5000);
	for (round = 0; round < 3 && !sim->failed; round++) {
		for (i = 0; i < sim->nrouters; i++)
			side[i] = i == 2 ? 2 : i > 2;
		sim_partition(sim, side);
		for (i = 0; i < 4; i++)
			sta_add(sim);
		join_all(sim, 300);
		roams(sim, (int)sim_between(sim, 0, 8), 2000);
		sim_run(sim, sim_between(sim, 0, 40000));
		sim_merge(sim);
		sim_run(sim, sim_between(sim, 0, 20000));
	}
	settle(sim, 3 * SETTLE);
}

/*
 * A large network: a graph for each seed, joins, a roam every 10 ms, and all
 * the while sessions break, routers restart, parts are cut off for minutes.
 */
static void
big_trouble(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS];
	struct router *router;
	int i, part;

	switch (sim_between(sim, 0, 3)) {
	case 0:
		part = (int)sim_between(sim, 1, 1 + sim->nrouters / 4);
		for (i = 0; i < sim->nrouters; i++)
			side[i] = i < part;
		sim_partition(sim, side);
		break;
	case 1:
		sim_merge(sim);
		break;
	case 2:
		router = sim->routers[sim_between(sim, 1, sim->nrouters - 1)];
		if (router->core != NULL)
			ap_stop(router);
		else
			ap_start(router);
		break;
	default:
		session_cut(sim->sessions[sim_between(sim, 0,
		    sim->nsessions - 1)]);
	}
}

/* SIM_LONG=1 is the whole of it, SIM_LONG=5 a fifth; 0: the short form. */
static int
long_form(void)
{
	const char *value = getenv("SIM_LONG");

	return value != NULL ? atoi(value) : 0;
}

static void
run_big(struct sim *sim)
{
	static const enum topology graphs[] = { TREE, RING, SMALL_WORLD,
	    HUBS };
	int i, part = long_form();
	int n = part > 0 ? 500 / part : 60;
	int stations = part > 0 ? 10000 / part : 600;
	int count = part > 0 ? 60000 / part : 3000;

	set_pool(sim, "10.44.0.0/16");
	sim->conf->global.max_data = 100000;
	while (sim->nrouters < n)
		ap_add(sim);
	while (sim->nstations < stations)
		sta_add(sim);
	link_routers(sim, graphs[sim->seed % 4], true);
	/* Renewals of so many stations would keep a slow session busy. */
	for (i = 0; part > 0 && i < sim->nsessions; i++)
		sim->sessions[i]->window += 32;
	sim_run(sim, 15000);
	join_all(sim, 20);
	sim_run(sim, 10000);
	for (i = 0; i < count && !sim->failed; i++) {
		roams(sim, 1, 20);
		if (sim_between(sim, 0, 199) == 0)
			big_trouble(sim);
	}
	sim_merge(sim);
	for (i = 0; i < sim->nrouters && !sim->failed; i++)
		if (sim->routers[i]->core == NULL)
			ap_start(sim->routers[i]);
	catch_up(sim);
	settle(sim, 4 * SETTLE);
}

/*
 * Routers that restart more often than they announce themselves: they are not
 * taken for gone.
 */
static void
run_restarts(struct sim *sim)
{
	struct router *router;
	int i, n = (int)sim_between(sim, 3, 8);

	network(sim, n, 2 * n, true);
	all_digests(sim);
	join_all(sim, 500);
	for (i = 0; i < 6 * n && !sim->failed; i++) {
		ap_stop(router = sim->routers[i % n]);
		sim_run(sim, sim_between(sim, 500, 3000));
		ap_start(router);
		/* Each one's turn comes after some 80 s. */
		sim_run(sim, (80000 - 2000 * n) / n);
	}
	settle(sim, SETTLE);
	if (!sim->failed)
		check_heard(sim);
}

/* One line of the table: roams one by one through a network of one kind. */
static void
measure(struct sim *parent, const char *name, enum topology graph, int n)
{
	struct sim *sim = sim_new(parent->scenario, parent->seed,
	    parent->trace);
	uint64_t updates, joins;
	int i;

	sim->sighting_max = 0;
	while (sim->nrouters < n)
		ap_add(sim);
	while (sim->nstations < 50)
		sta_add(sim);
	link_routers(sim, graph, true);
	for (i = 0; i < sim->nsessions; i++) {
		sim->sessions[i]->window = 1000;
		sim->sessions[i]->delay_min = 500;
		sim->sessions[i]->delay_max = 1500;
	}
	all_digests(sim);
	sim_run(sim, 15000);
	join_all(sim, 100);
	sim_run(sim, 60000);
	updates = sim->updates;
	joins = sim->joins;
	sim->converge_max = sim->converge_sum = sim->converge_n = 0;
	for (i = 0; i < sim->nstations; i++)
		sim->stations[i]->converged = 0;
	roams(sim, 200, 200);
	sim_run(sim, 3000);
	for (i = 0; i < sim->nstations; i++)
		if (sim->stations[i]->converged > 0) {
			sim->converge_sum += sim->stations[i]->converged;
			sim->converge_n++;
		}
	joins = sim->joins - joins;
	updates = sim->updates - updates;
	printf("%-12s %8d %9d %16.1f %10.1f %8lld\n", name, n,
	    sim->nsessions, (double)updates / (double)joins,
	    sim->converge_n != 0 ? (double)sim->converge_sum /
	    (double)sim->converge_n : 0, (long long)sim->converge_max);
	fflush(stdout);
	if (sim->failed)
		sim_fail(parent, "%s of %d: %s", name, n, sim->failure);
	sim_free(sim);
}

static void
run_scale(struct sim *sim)
{
	static const int sizes[] = { 10, 30, 50, 200, 500 };
	static const struct {
		const char	*name;
		enum topology	 graph;
		int		 largest;
	} rows[] = {
		{ "star", STAR, 500 }, { "tree", TREE, 500 },
		{ "ring", RING, 500 }, { "grid", GRID, 500 },
		{ "small world", SMALL_WORLD, 500 }, { "hubs", HUBS, 500 },
		{ "mesh", MESH, 50 }
	};
	size_t i, n;

	printf("%-12s %8s %9s %16s %10s %8s\n", "graph", "routers",
	    "sessions", "updates per roam", "mean ms", "max ms");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (n = 0; n < sizeof(sizes) / sizeof(sizes[0]); n++)
			if (!sim->failed && sizes[n] <= rows[i].largest)
				measure(sim, rows[i].name, rows[i].graph,
				    sizes[n]);
}

const struct scenario scenarios[] = {
	{ "roams",		run_roams, 0, true },
	{ "quick-return",	run_quick_return, 0, true },
	{ "both-at-once",	run_both_at_once, 0, true },
	{ "partition",		run_partition, 0, true },
	{ "delegate",		run_delegate, 0, false },
	{ "same-address",	run_same_address, 0, false },
	{ "crossing",		run_crossing, 0, false },
	{ "session-loss",	run_session_loss, 0, true },
	{ "upgrade",		run_upgrade, 0, true },
	{ "restart",		run_restart, 0, true },
	{ "restarts",		run_restarts, 0, true },
	{ "store",		run_store, 0, true },
	{ "revisit",		run_revisit, 0, true },
	{ "sightings",		run_sightings, 0, true },
	{ "mass-join",		run_mass_join, 0, false },
	{ "two-claims",		run_two_claims, 0, true },
	{ "flapping",		run_flapping, 0, true },
	{ "forged",		run_forged, 0, false },
	{ "version1",		run_version1, 0, true },
	{ "vanish",		run_vanish, 0, true },
	{ "long",		run_long, 0, true },
	{ "dhcp",		run_dhcp, 0, true },
	{ "indirect",		run_indirect, 0, true },
	{ "fifty",		run_fifty, 0, true },
	{ "chaos",		run_chaos, 0, true },
	{ "lost",		run_lost, 0, true },
	{ "extended",		run_extended, 0, true },
	{ "corrupt",		run_corrupt, 0, true },
	{ "lossy",		run_lossy, 0, true },
	{ "slow",		run_slow, 4, false },
	{ "v1-chain",		run_v1_chain, 0, true },
	{ "v1-mixed",		run_v1_mixed, 0, true },
	{ "v1-partition",	run_v1_partition, 0, true },
	{ "order",		run_order, 0, false },
	{ "order-v1",		run_order_v1, 0, false },
	{ "hot",		run_hot, 0, false },
	{ "commuter",		run_commuter, 0, false },
	{ "late",		run_late, 0, false },
	{ "thief",		run_thief, 0, false },
	{ "clients",		run_clients, 0, false },
	{ "static",		run_static, 0, false },
	{ "networks",		run_networks, 0, false },
	{ "blocks",		run_blocks, 0, false },
	{ "apart",		run_apart, 0, false },
	{ "strangers",		run_strangers, 0, false },
	{ "big",		run_big, 4, false },
	{ "scale",		run_scale, -1, false },
};
const int nscenarios = (int)(sizeof(scenarios) / sizeof(scenarios[0]));
