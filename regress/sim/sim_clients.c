/* SPDX-License-Identifier: ISC */
/*
 * Two clients of DHCP behind one MAC address: each keeps an address of its own,
 * whichever router it asks, when the tables are lost, too, and both are reached
 * where the station is.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define STATIONS	6
#define BIND_MS		10000	/* all have addresses */
#define ROUNDS		4

/* The second client's message; the answer's type, or 0. */
static uint8_t
ask(struct sim *sim, struct station *station, enum dhcp_type type,
    const struct addr *want)
{
	static const struct addr none;
	struct dhcp_request r;
	struct router *router = station->at;

	memset(&r, 0, sizeof(r));
	r.ifindex = SIM_IFINDEX;
	r.type = (uint8_t)type;
	r.source_mac = r.chaddr = station->mac;
	r.client_idlen = 1 + sizeof(r.chaddr);
	r.client_id[0] = 0xff;
	memcpy(r.client_id + 1, r.chaddr.octet, sizeof(r.chaddr));
	r.requested = want != NULL ? *want : none;
	station->answer = 0;
	sim_trace(sim, "%s: its second client sends dhcp %d to r%d",
	    mac_text(&station->mac), (int)type, router->index);
	ap_begin(router);
	core_dhcp(router->core, &r, ap_now(router));
	ap_end(router);
	return station->answer;
}

/* From nothing, or by the address that it has. */
static void
obtain(struct sim *sim, struct station *station, bool anew)
{
	struct addr want = station->second;

	if (anew && ask(sim, station, DHCP_DISCOVER, NULL) == DHCP_OFFER)
		want = station->answered;
	if (ask(sim, station, DHCP_REQUEST, &want) != DHCP_ACK) {
		sim_fail(sim, "%s: its second client gets no %s",
		    mac_text(&station->mac), addr_text(&want));
		return;
	}
	if (addr_cmp(&station->answered, &station->addr) == 0)
		sim_fail(sim, "both clients of %s have %s",
		    mac_text(&station->mac), addr_text(&station->addr));
	if (!addr_is_none(&station->second) &&
	    addr_cmp(&station->answered, &station->second) != 0)
		sim_fail(sim, "%s: its second client had %s and is given %s",
		    mac_text(&station->mac), addr_text(&station->second),
		    addr_text(&station->answered));
	station->second = station->answered;
}

static void
obtain_all(struct sim *sim, bool anew)
{
	int i;

	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		obtain(sim, sim->stations[i], anew);
		sim_run(sim, sim_between(sim, 0, 500));
	}
}

static struct router *
another(struct sim *sim, const struct router *than)
{
	struct router *router;

	do
		router = sim->routers[sim_between(sim, 0, sim->nrouters - 1)];
	while (router == than);
	return router;
}

static void
roam_all(struct sim *sim)
{
	int i;

	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		sta_attach(sim, sim->stations[i], another(sim,
		    sim->stations[i]->at));
		sim_run(sim, sim_between(sim, 500, 2000));
	}
}

static void
quiet(struct sim *sim)
{
	sim_run(sim, 20000);
	if (!sim->failed)
		check_quiet(sim);
}

/* A restart without a disk; or a power cut, of the kernels' routes, too. */
static void
lose_tables(struct sim *sim, bool cut)
{
	int i;

	for (i = 0; i < sim->nrouters; i++)
		ap_stop(sim->routers[i]);
	for (i = 0; i < sim->nrouters; i++) {
		if (cut)
			ap_forget_routes(sim->routers[i]);
		ap_start(sim->routers[i]);
	}
	sim_run(sim, 20000);
}

void
run_clients(struct sim *sim)
{
	bool cut;
	int i, n, round;

	if (prefix_parse("10.44.0.0/16", &sim->conf->networks[0].prefixes[0])
	    == -1)
		abort();
	sim->conf->networks[0].lease_time = 7200;
	sim->conf->networks[0].lease_first = 7200;
	for (i = 0, n = (int)sim_between(sim, 3, 6); i < n; i++)
		ap_add(sim);
	for (i = 0; i < STATIONS; i++)
		sta_add(sim);
	for (i = 1; i < sim->nrouters; i++)
		session_add(sim->routers[sim_between(sim, 0, i - 1)],
		    sim->routers[i], true);
	sim_run(sim, 5000);
	for (i = 0; i < STATIONS; i++)
		sta_attach(sim, sim->stations[i], another(sim, NULL));
	sim_run(sim, BIND_MS);
	obtain_all(sim, true);
	quiet(sim);
	for (round = 0; round < ROUNDS && !sim->failed; round++) {
		roam_all(sim);
		obtain_all(sim, sim_chance(sim, 50));
		quiet(sim);
		cut = sim_chance(sim, 50);
		lose_tables(sim, cut);
		/* What was found in the kernel is nobody's by name. */
		if (sim_chance(sim, 50))
			obtain_all(sim, cut);
		roam_all(sim);
		for (i = 0; i < sim->nstations && !sim->failed; i++)
			sta_dhcp_again(sim, sim->stations[i]);
		obtain_all(sim, false);
		quiet(sim);
	}
}
