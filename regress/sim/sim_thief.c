/* SPDX-License-Identifier: ISC */
/*
 * A thief at a bridge sends frames with the MAC address of a station that is
 * silent and answers: it is served but for moments, also while it walks, and
 * others do not notice.
 */
#include <string.h>

#include "sim.h"

#define STEP_MS		10
#define BACK_MS		1000	/* after each frame */
#define ROAM_MS		1200	/* after a roam of the station itself */
#define OTHERS_MS	200	/* of any other */

/* The bridge has it there until the router makes it forget. */
static void
steal(struct router *router, struct station *station)
{
	struct heard h;

	if (router->assoc[station->index] != SIM_IFINDEX + 1) {
		router->assoc[station->index] = SIM_IFINDEX + 1;
		sta_sight(router, station, SIM_IFINDEX + 1, SIGHTING_JOINED);
	}
	memset(&h, 0, sizeof(h));
	h.ifindex = SIM_IFINDEX;
	h.kind = HEARD_ARP;
	h.mac = station->mac;
	h.addr = station->addr;
	ap_begin(router);
	core_heard(router->core, &h, ap_now(router));
	ap_end(router);
}

static struct router *
another(struct sim *sim, const struct router *a, const struct router *b)
{
	struct router *r;

	do
		r = sim->routers[sim_between(sim, 0, sim->nrouters - 1)];
	while (r == a || r == b);
	return r;
}

/* So long, a frame each so many ms: how long it was served. */
static int64_t
robbed(struct sim *sim, struct router *thief, struct station *station,
    int64_t ms, int64_t every)
{
	int64_t t, good = 0, last = 0;
	struct station *other = NULL;

	for (t = 0; t < ms && !sim->failed; t += STEP_MS) {
		if (t % every == 0)
			steal(thief, station);
		if (t % 3000 == 0) {
			other = sim->stations[1 + t / 3000 %
			    (sim->nstations - 1)];
			sta_attach(sim, other, another(sim, other->at, NULL));
		}
		sim_run(sim, STEP_MS);
		if (check_reachable(sim, station)) {
			good += STEP_MS;
			last = t;
		} else if (t - last > BACK_MS)
			sim_fail(sim, "%s is robbed for more than a second",
			    mac_text(&station->mac));
		if (t % 3000 == OTHERS_MS && !check_reachable(sim, other))
			sim_fail(sim, "%s cannot be reached after a roam",
			    mac_text(&other->mac));
	}
	return good;
}

void
run_thief(struct sim *sim)
{
	struct router *thief;
	struct station *station;
	int64_t every = sim->seed % 2 == 0 ? 1000 : 50, good;
	int i;

	sim->sighting_max = 10000;
	sim->leaving = LEAVING_EARLY;
	for (i = 0; i < 5; i++)
		ap_add(sim);
	for (i = 0; i < 5; i++)
		sta_add(sim);
	for (i = 1; i < 5; i++)
		session_add(sim->routers[i / 2], sim->routers[i], true);
	sim_run(sim, 5000);
	do
		thief = another(sim, NULL, NULL);
	while (!router_is_bridge(thief));
	for (i = 0; i < 5; i++)
		sta_attach(sim, sim->stations[i], another(sim, thief, NULL));
	station = sim->stations[0];
	sim_run(sim, 10000);
	station->mute = true;
	sim_run(sim, 10000);
	for (i = 0; i < 3 && !sim->failed; i++) {
		good = robbed(sim, thief, station, 30000, every);
		if (!sim->failed && good < 29000)
			sim_fail(sim, "%s is served for %lld ms of 30000",
			    mac_text(&station->mac), (long long)good);
		sta_attach(sim, station, another(sim, thief, station->at));
		sim_run(sim, ROAM_MS);
	}
	sim_run(sim, 30000);
	if (!sim->failed)
		check_quiet(sim);
}
