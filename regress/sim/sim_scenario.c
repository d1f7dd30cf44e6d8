/* SPDX-License-Identifier: ISC */
/* What happens to the networks; each scenario is many, one per seed. */
#include <string.h>

#include "sim.h"

#define SETTLE	30000		/* ms: more than any timer of a start */

static void
join_all(struct sim *sim, int64_t apart)
{
	int i;

	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		if (sim->stations[i]->at == NULL)
			sta_attach(sim, sim->stations[i],
			    sim->routers[sim_between(sim, 0,
			    sim->nrouters - 1)]);
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

enum topology {
	CHAIN, RING, STAR, TREE, MESH, RANDOM_TREE, TOPOLOGIES
};

static void
link_routers(struct sim *sim, enum topology topology, bool extended)
{
	struct router **r = sim->routers;
	int i, j, n = sim->nrouters;

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
		case MESH:
			for (j = 0; j < i; j++)
				session_add(r[j], r[i], extended);
			break;
		default:
			session_add(r[sim_between(sim, 0, i - 1)], r[i],
			    extended);
			break;
		}
	if (topology == RING && n > 2)
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

/* A router that is up, and another than `except` where there is one. */
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
	(void)prefix_parse(prefix, &sim->conf->global.prefixes[0]);
}

/* Nobody is kicked or renumbered, every roam is followed at once. */
static void
run_roams(struct sim *sim)
{
	sim->lossless = true;
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
	sim->gentle = true;
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

/* Two stations and more change places at the same instant. */
static void
run_both_at_once(struct sim *sim)
{
	int i, n;

	sim->lossless = true;
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

/* Both sides lease out of one small pool, and stations cross over. */
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

/* Every router is alone, and all lease the few addresses there are. */
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

/* Restarts one after the other; nobody moves, so nobody may notice. */
static void
run_upgrade(struct sim *sim)
{
	struct router *router;
	int i;

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

/* The same with disks, some of them with an old story. */
static void
run_store(struct sim *sim)
{
	sim->store = true;
	run_restart(sim);
}

/* What the link layers say comes twice, late, and in the wrong order. */
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

	sim->gentle = true;
	network(sim, (int)sim_between(sim, 2, 5), 5, true);
	join_all(sim, 100);
	sim_run(sim, 10000);
	for (i = 0; i < 10 && !sim->failed; i++) {
		station = any_station(sim);
		if (station->at == NULL)
			continue;
		liar = any_router(sim, station->at);
		liar->assoc[station->index] = SIM_IFINDEX + 1;
		sta_sight(liar, station, SIM_IFINDEX + 1,
		    SIGHTING_JOINED);
		sta_sight(station->at, station, station->port,
		    SIGHTING_JOINED);
		sim_run(sim, sim_between(sim, 0, 5000));
	}
	settle(sim, 2 * SETTLE);
}

/* It is to be reachable where the flapping ends, without a penance. */
static void
run_flapping(struct sim *sim)
{
	struct router *a, *b;
	int i, n;

	sim->sighting_max = 10000;
	sim->gentle = true;
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

/* No word of it anywhere: probes and ageing find out. */
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

	sim->lossless = true;
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
	sim->conf->global.direct = 0;
	sim->lossless = true;
	network(sim, (int)sim_between(sim, 2, 5), 6, true);
	join_all(sim, 200);
	sim_run(sim, 10000);
	roams(sim, 20, 5000);
	settle(sim, SETTLE);
}

static void
run_fifty(struct sim *sim)
{
	while (sim->nrouters < 50)
		ap_add(sim);
	while (sim->nstations < 60)
		sta_add(sim);
	/* A full mesh of fifty is 2450 updates for each change. */
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

const struct scenario scenarios[] = {
	{ "roams",		run_roams },
	{ "quick-return",	run_quick_return },
	{ "both-at-once",	run_both_at_once },
	{ "partition",		run_partition },
	{ "same-address",	run_same_address },
	{ "session-loss",	run_session_loss },
	{ "upgrade",		run_upgrade },
	{ "restart",		run_restart },
	{ "store",		run_store },
	{ "sightings",		run_sightings },
	{ "mass-join",		run_mass_join },
	{ "two-claims",		run_two_claims },
	{ "flapping",		run_flapping },
	{ "version1",		run_version1 },
	{ "vanish",		run_vanish },
	{ "long",		run_long },
	{ "dhcp",		run_dhcp },
	{ "indirect",		run_indirect },
	{ "fifty",		run_fifty },
	{ "chaos",		run_chaos },
};
const int nscenarios = (int)(sizeof(scenarios) / sizeof(scenarios[0]));
