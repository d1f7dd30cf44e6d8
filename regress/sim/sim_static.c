/* SPDX-License-Identifier: ISC */
/*
 * Stations that are configured with an address of a static range, and never ask
 * DHCP, in partitions and after lost tables: no reserved address is anybody's,
 * no address has two holders, and while its owner is there and answers nobody
 * else gets it.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define ROUTERS		5
#define OWNERS		6
#define THIEVES		3
#define FIRST		200	/* of the static range: 192.168.44.200 */
#define RESERVED	250	/* in it, and a name server's */
#define PROOF_MS	12000
#define STEP_MS		500
#define CLAIM_MS	12000	/* with one address: it could be proven */

static struct addr
v4(int last)
{
	const uint8_t octets[4] = { 192, 168, 44, (uint8_t)last };
	struct addr addr;

	addr_from_v4(&addr, octets);
	return addr;
}

static struct router *
any(struct sim *sim)
{
	return sim->routers[sim_between(sim, 0, sim->nrouters - 1)];
}

/* By this router's table: who has it, or nobody. */
static struct mac
holder(struct router *router, const struct addr *addr)
{
	struct ctl_cursor cursor = { 0 };
	struct ctl_lease lease;
	static const struct mac nobody;

	while (core_show_lease(router->core, &cursor, &lease,
	    ap_now(router)) == 1)
		if (addr_cmp(&lease.prefix.addr, addr) == 0 &&
		    lease.prefix.len == 128 && lease.remaining > 0)
			return lease.mac;
	return nobody;
}

static bool
is_owners(struct sim *sim, const struct station *owner)
{
	struct mac mac;
	int i;

	for (i = 0; i < sim->nrouters; i++) {
		mac = holder(sim->routers[i], &owner->addr);
		if (mac_cmp(&mac, &owner->mac) != 0)
			return false;
	}
	return true;
}

/* A thief says that it has what an owner has, and answers for it, for long. */
static void
claim(struct sim *sim, struct station *thief, int64_t t)
{
	if (t % CLAIM_MS == 0)
		thief->addr = sim_chance(sim, 20) ? v4(RESERVED) :
		    sim->stations[sim_between(sim, 0, OWNERS - 1)]->addr;
	if (thief->at != NULL)
		sta_talk(thief);
}

static void
check_reserved(struct sim *sim)
{
	struct addr reserved = v4(RESERVED);
	struct mac mac;
	int i;

	for (i = 0; i < sim->nrouters; i++) {
		mac = holder(sim->routers[i], &reserved);
		if (mac_is_station(&mac))
			sim_fail(sim, "r%d: %s is reserved, %s has it", i,
			    addr_text(&reserved), mac_text(&mac));
	}
}

/* With thieves that never rest; owners speak now and then, and answer. */
static void
go_on(struct sim *sim, int64_t ms, bool owned)
{
	struct station *station;
	int64_t t;
	int i;

	for (t = 0; t < ms && !sim->failed; t += STEP_MS) {
		for (i = OWNERS; i < OWNERS + THIEVES; i++)
			claim(sim, sim->stations[i], t);
		if (t % (4 * STEP_MS) == 0) {
			station = sim->stations[sim_between(sim, 0,
			    OWNERS - 1)];
			if (station->at != NULL)
				sta_talk(station);
		}
		sim_run(sim, STEP_MS);
		check_reserved(sim);
		for (i = 0; owned && i < OWNERS; i++)
			if (!is_owners(sim, sim->stations[i]))
				sim_fail(sim, "%s is not %s's any more",
				    addr_text(&sim->stations[i]->addr),
				    mac_text(&sim->stations[i]->mac));
	}
}

/* Owners alone, until all have what they use. */
static void
prove(struct sim *sim)
{
	int64_t t;
	int i;

	for (t = 0; t < PROOF_MS && !sim->failed; t += 1000) {
		for (i = 0; i < OWNERS; i++)
			if (sim->stations[i]->at != NULL)
				sta_talk(sim->stations[i]);
		sim_run(sim, 1000);
	}
	for (i = 0; i < OWNERS && !sim->failed; i++)
		if (!is_owners(sim, sim->stations[i]))
			sim_fail(sim, "%s has not %s",
			    mac_text(&sim->stations[i]->mac),
			    addr_text(&sim->stations[i]->addr));
}

static void
configure(struct sim *sim)
{
	struct conf_network *net = &sim->conf->networks[0];

	net->statics[0] = (struct conf_range){ v4(FIRST), v4(254) };
	net->nstatics = 1;
	net->nameservers[net->nnameservers++] = v4(RESERVED);
	net->lease_time = 60;
}

void
run_static(struct sim *sim)
{
	struct station *station;
	uint8_t side[ROUTERS];
	int i, round;

	configure(sim);
	for (i = 0; i < ROUTERS; i++)
		ap_add(sim);
	for (i = 1; i < ROUTERS; i++)
		session_add(sim->routers[sim_between(sim, 0, i - 1)],
		    sim->routers[i], true);
	for (i = 0; i < OWNERS + THIEVES; i++) {
		station = sta_add(sim);
		station->no_dhcp = true;
		station->addr = i < OWNERS ? v4(FIRST + i) : addr_none;
	}
	sim_run(sim, 5000);
	for (i = 0; i < OWNERS; i++)
		sta_attach(sim, sim->stations[i], any(sim));
	prove(sim);
	for (i = OWNERS; i < OWNERS + THIEVES; i++)
		sta_attach(sim, sim->stations[i], any(sim));
	for (round = 0; round < 4 && !sim->failed; round++) {
		/* Longer than a lease, with roams. */
		go_on(sim, 80000, true);
		for (i = 0; i < OWNERS + THIEVES && !sim->failed; i++) {
			sta_attach(sim, sim->stations[i], any(sim));
			go_on(sim, 1000, true);
		}
		for (i = 0; i < ROUTERS; i++)
			side[i] = (uint8_t)sim_between(sim, 0, 1);
		sim_partition(sim, side);
		go_on(sim, 20000, true);
		sim_merge(sim);
		go_on(sim, 30000, true);
	}
	for (i = OWNERS; i < OWNERS + THIEVES; i++)
		sta_detach(sim, sim->stations[i], LEAVING_EARLY);
	prove(sim);
	sim_run(sim, 30000);
	if (!sim->failed)
		check_quiet(sim);
}
