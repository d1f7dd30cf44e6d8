/* SPDX-License-Identifier: ISC */
/*
 * Scenarios of several networks: trunks, whose MAC address is in two of them;
 * telephones, which change from one to another; routers that lack blocks, and
 * get or lose them by a reload; members that say what is wrong.
 */
#include <string.h>

#include "sim.h"

#define EVERY	((1U << SIM_NETWORKS) - 1)	/* bits of all networks */
#define REST_MS	60000

/* One that is up and serves the network, and is not `except`; or NULL. */
static struct router *
some_router(struct sim *sim, const struct station *station,
    const struct router *except)
{
	struct router *r;
	int tries;

	for (tries = 0; tries < 200; tries++) {
		r = sim->routers[sim_between(sim, 0, sim->nrouters - 1)];
		if (r == except || r->core == NULL ||
		    !net_is_served(r, station->net))
			continue;
		/* Trunks are wired: both of them may be there. */
		if (station->twin == NULL || station->phone ||
		    router_is_bridge(r))
			return r;
	}
	return NULL;
}

/* Elsewhere, or to some router if it was nowhere. */
static void
go(struct sim *sim, struct station *station)
{
	struct router *r = some_router(sim, station, station->at);

	if (r != NULL)
		sta_attach(sim, station, r);
}

/*
 * It leaves its network for another one, and asks there for the address that
 * it had; a telephone forgets all else.
 */
static void
change_network(struct sim *sim, struct station *from)
{
	struct station *to = from->twin;
	struct router *r = some_router(sim, to, NULL);

	if (r == NULL || from->at == NULL)
		return;
	sta_detach(sim, from, LEAVING_RANDOM);
	to->addr = from->addr;
	to->lease_end = from->lease_end;
	to->kicked = to->move;
	to->has6 = to->has_old6 = false;
	from->addr = addr_none;
	from->has6 = from->has_old6 = false;
	sta_attach(sim, to, r);
}

static struct station *
some_station(struct sim *sim)
{
	return sim->stations[sim_between(sim, 0, sim->nstations - 1)];
}

static void
walk(struct sim *sim, struct station *station)
{
	struct station *other = some_station(sim);

	if (!station->phone)
		go(sim, station);
	else if (station->at == NULL)
		return;			/* its twin may be somewhere */
	else if (sim_chance(sim, 50))
		change_network(sim, station);
	else
		go(sim, station);
	/* Who is in another network is not there. */
	if (station->at != NULL && !addr_is_none(&other->addr))
		sta_ask(station, &other->addr);
}

/* Of one MAC address in two networks. */
static void
add_twins(struct sim *sim, int n, bool phones)
{
	struct station *one, *two;

	while (n-- > 0) {
		one = sta_add(sim);
		two = sta_add_twin(sim, one, (one->net + 1) % SIM_NETWORKS);
		one->phone = two->phone = phones;
	}
}

static void
begin(struct sim *sim, int routers, int stations)
{
	int i;

	net_add(sim);
	while (sim->nrouters < routers)
		ap_add(sim);
	for (i = 1; i < routers; i++)
		session_add(sim->routers[sim_chance(sim, 50) ? i - 1 :
		    (int)sim_between(sim, 0, i - 1)], sim->routers[i], true);
	if (routers > 2 && sim_chance(sim, 50))
		session_add(sim->routers[0], sim->routers[routers - 1], true);
	while (sim->nstations < stations)
		sta_add(sim);
}

static void
join_all(struct sim *sim)
{
	struct station *s;
	int i;

	for (i = 0; i < sim->nstations && !sim->failed; i++) {
		s = sim->stations[i];
		if (s->at != NULL || (s->phone && s->twin->at != NULL))
			continue;
		go(sim, s);
		sim_run(sim, sim_between(sim, 0, 300));
	}
}

static void
settle(struct sim *sim, int64_t ms)
{
	sim_trace(sim, "quiet now");
	sim_run(sim, ms);
	if (!sim->failed)
		check_quiet(sim);
}

/*
 * Nothing is lost: a roam in one network leaves what is of the others alone,
 * and packets never go round, a second and a half after any roam.
 */
void
run_networks(struct sim *sim)
{
	(void)prefix_parse("10.44.0.0/16",
	    &sim->conf->networks[0].prefixes[0]);
	sim->lossless = true;
	begin(sim, (int)sim_between(sim, 3, 8), (int)sim_between(sim, 2, 12));
	add_twins(sim, 3, false);
	sim_run(sim, 5000);
	join_all(sim);
	sim_run(sim, 10000);
	while (!sim->failed && sim->joins < 60) {
		walk(sim, some_station(sim));
		sim_run(sim, sim_between(sim, 1500, 5000));
		check_ways(sim);
	}
	settle(sim, REST_MS);
}

/* Some blocks, and interfaces in some of these; the first router has all. */
static void
other_blocks(struct sim *sim, struct router *router)
{
	uint32_t blocks = EVERY, served;
	struct station *s;
	int i;

	if (router->index != 0 && sim_chance(sim, 70))
		blocks = 1 | (uint32_t)sim_between(sim, 0, EVERY);
	served = blocks;
	if (router->index != 0)
		served &= (uint32_t)sim_between(sim, 0, EVERY);
	for (i = 0; i < sim->nstations; i++) {
		s = sim->stations[i];
		if (s->at == router && !(served >> s->net & 1))
			sta_detach(sim, s, LEAVING_EARLY);
	}
	sim_run(sim, 1);
	ap_reload(router, blocks, served);
}

/* Blocks come and go by reloads, and what is of them is there or relayed. */
void
run_blocks(struct sim *sim)
{
	struct router *r;
	int i, n;

	begin(sim, (int)sim_between(sim, 3, 7), (int)sim_between(sim, 4, 12));
	add_twins(sim, 2, false);
	add_twins(sim, 2, true);
	for (i = 0; i < sim->nrouters; i++)
		other_blocks(sim, sim->routers[i]);
	sim_run(sim, 5000);
	join_all(sim);
	settle(sim, REST_MS);
	for (i = 0; i < 4 && !sim->failed; i++) {
		for (n = 0; n < 6; n++) {
			r = sim->routers[sim_between(sim, 0,
			    sim->nrouters - 1)];
			if (sim_chance(sim, 30) && r->index != 0) {
				ap_stop(r);
				sim_run(sim, sim_between(sim, 10, 3000));
				ap_start(r);
			} else
				other_blocks(sim, r);
			walk(sim, some_station(sim));
			sim_run(sim, sim_between(sim, 0, 5000));
		}
		join_all(sim);
		settle(sim, REST_MS);
	}
}

static void
trouble(struct sim *sim)
{
	uint8_t side[SIM_ROUTERS];
	struct router *r = sim->routers[sim_between(sim, 1,
	    sim->nrouters - 1)];
	int i;

	switch (sim_between(sim, 0, 5)) {
	case 0:
		for (i = 0; i < sim->nrouters; i++)
			side[i] = (uint8_t)sim_between(sim, 0, 1);
		sim_partition(sim, side);
		break;
	case 1:
		sim_merge(sim);
		break;
	case 2:
		if (r->core != NULL)
			ap_stop(r);
		else
			ap_start(r);
		break;
	case 3:
		session_cut(sim->sessions[sim_between(sim, 0,
		    sim->nsessions - 1)]);
		break;
	case 4:
		other_blocks(sim, r);
		break;
	default:
		walk(sim, some_station(sim));
	}
}

/* Everything at once, with pools of a few addresses. */
void
run_apart(struct sim *sim)
{
	int i;

	begin(sim, (int)sim_between(sim, 3, 8), 12);
	if (sim_chance(sim, 50)) {
		(void)prefix_parse("172.20.0.0/27",
		    &sim->conf->networks[1].prefixes[0]);
		for (i = 0; i < sim->nrouters; i++)
			ap_reload(sim->routers[i], EVERY, EVERY);
	}
	sim->store = sim_chance(sim, 50);
	add_twins(sim, 2, false);
	add_twins(sim, 3, true);
	sim_run(sim, 5000);
	join_all(sim);
	for (i = 0; i < 40 && !sim->failed; i++) {
		trouble(sim);
		walk(sim, some_station(sim));
		sim_run(sim, sim_between(sim, 0, 5000));
	}
	sim_merge(sim);
	for (i = 0; i < sim->nrouters && !sim->failed; i++)
		if (sim->routers[i]->core == NULL)
			ap_start(sim->routers[i]);
	join_all(sim);
	settle(sim, 3 * REST_MS / 2);
}

/*
 * A lease of somebody's address, or what looks like one, where it is not; or
 * what no router can read.
 */
static void
make_wrong(struct sim *sim, struct update *u)
{
	const struct station *victim = some_station(sim);
	uint32_t net = (victim->net + (uint32_t)sim_between(sim, 1,
	    SIM_NETWORKS - 1)) % SIM_NETWORKS;
	uint8_t plain[10] = { DATUM_LEASE4 }, len = 5;

	memset(u, 0, sizeof(*u));
	u->vallen = 6;
	memcpy(plain + 1, addr_v4(&victim->addr), 4);
	switch (sim_between(sim, 0, 8)) {
	case 0:				/* the network has no such address */
		plain[1] = 203;
		net = (uint32_t)sim_between(sim, 0, SIM_NETWORKS - 1);
		break;
	case 1:
		plain[0] = DATUM_LEASE6;
		memcpy(plain + 1, victim->prefix6.addr.octet, 8);
		len = 9;
		break;
	case 2:				/* of a kind that is of no network */
		plain[0] = DATUM_ROUTER;
		len = 9;
		break;
	case 3:				/* too short, each */
		len = 4;
		break;
	case 4:
		u->vallen = 5;
		break;
	case 5:				/* a group is no station */
		plain[0] = DATUM_LOCATION;
		plain[1] = 1;
		len = 7;
		break;
	}
	u->keylen = net_key(sim, net, plain, len, u->data);
	memcpy(u->data + u->keylen, some_station(sim)->mac.octet, 6);
	u->seqno = (uint64_t)sim_between(sim, 1, 1000000);
	u->lifetime = (uint32_t)sim_between(sim, 0, 3600);
}

/*
 * A member says leases of addresses in networks that they are not of; some
 * routers have these networks, others not.  No station notices, and all tables
 * are the same.
 */
void
run_strangers(struct sim *sim)
{
	struct router *at;
	struct update u;
	uint32_t peer;
	int i, n;

	(void)prefix_parse("10.44.0.0/16",
	    &sim->conf->networks[0].prefixes[0]);
	sim->strangers = sim->lossless = true;
	begin(sim, (int)sim_between(sim, 3, 7), 10);
	for (i = 1; i < sim->nrouters; i++)
		other_blocks(sim, sim->routers[i]);
	sim_run(sim, 5000);
	join_all(sim);
	sim_run(sim, 30000);
	at = sim->routers[sim_between(sim, 0, sim->nrouters - 1)];
	peer = session_raw(at, PEER_EXTENDED);
	for (i = 0; i < 10 && !sim->failed; i++) {
		for (n = 0; n < 20; n++) {
			make_wrong(sim, &u);
			ap_begin(at);
			(void)core_update(at->core, peer, &u, ap_now(at));
			ap_end(at);
		}
		walk(sim, some_station(sim));
		sim_run(sim, sim_between(sim, 1500, 5000));
	}
	session_raw_end(at, peer);
	settle(sim, REST_MS);
}
