/* SPDX-License-Identifier: ISC */
/*
 * Members that say what others are: forged router data and old ones, while
 * routers restart with other addresses.  No next hop is ever what its router
 * did not say, or goes back to what it said before.
 */
#include <stdlib.h>
#include <string.h>

#include "regress/fake_signer.h"
#include "sim.h"

#define ATTACKERS	3
#define ROUTERS		8
#define SAID		4096
#define ROUNDS		300

struct attacker {
	struct router	*at;
	uint32_t	 gen;
	uint32_t	 peer;
};

/* What they have heard of all routers, from whenever. */
struct ears {
	struct update	said[SAID];
	int		n;
};

/* Like all others, with digests: it is told what changes. */
static void
join(struct attacker *a)
{
	if (a->at->core == NULL || a->gen == a->at->gen)
		return;
	a->gen = a->at->gen;
	a->peer = session_raw(a->at, PEER_EXTENDED | PEER_DIGESTS);
}

static void
listen_to(struct attacker *a, struct ears *ears)
{
	struct update u;

	ap_begin(a->at);
	while (core_peer_next(a->at->core, a->peer, &u, ap_now(a->at)))
		if (u.data[0] == DATUM_ROUTER && ears->n < SAID)
			ears->said[ears->n++] = u;
	ap_end(a->at);
}

/* One that was said, as it was, or with something changed. */
static void
lie(struct sim *sim, const struct ears *ears, struct update *u)
{
	uint8_t mine[8] = { 0xaa };

	*u = ears->said[sim_between(sim, 0, ears->n - 1)];
	u->lifetime = 3600;
	u->age = 0;
	u->hops = 1;
	switch (sim_between(sim, 0, 6)) {
	case 0:				/* another address */
		u->data[u->keylen + 2] = 99;
		u->seqno++;
		break;
	case 1:				/* the same, with a greater number */
		u->seqno += (uint64_t)sim_between(sim, 1, 1000000);
		break;
	case 2:
		u->seqno = (UINT64_C(1) << 63) - 1;
		break;
	case 3:				/* of another router */
		u->data[8] ^= (uint8_t)sim_between(sim, 1, 15);
		break;
	case 4:				/* by a key of its own */
		mine[7] = (uint8_t)sim_between(sim, 0, 255);
		memcpy(u->data + u->keylen + u->vallen - 66 - 34, mine, 8);
		u->seqno++;
		break;
	case 5:				/* of a router that it has made */
		mine[7] = (uint8_t)sim_between(sim, 0, 255);
		memcpy(u->data + 1, mine, 8);
		u->vallen = 6;
		u->seqno = (uint64_t)sim_between(sim, 1, 100);
		fake_router(u, 1);
		break;
	default:
		break;
	}
}

static void
say(struct attacker *a, const struct update *u)
{
	ap_begin(a->at);
	(void)core_update(a->at->core, a->peer, u, ap_now(a->at));
	ap_end(a->at);
}

static void
some_restart(struct sim *sim)
{
	struct router *router = sim->routers[sim_between(sim, 0,
	    sim->nrouters - 1)];

	if (router->core == NULL) {
		router->home = (uint8_t)(router->home % 90 + 1);
		ap_start(router);
	} else if (sim_chance(sim, 30))
		ap_stop(router);
}

void
run_forged(struct sim *sim)
{
	struct attacker a[ATTACKERS];
	struct ears *ears = sim_alloc(sizeof(*ears));
	struct update u;
	int i, n, round;

	sim->store = sim_chance(sim, 50);
	while (sim->nrouters < ROUTERS)
		ap_add(sim);
	for (i = 1; i < ROUTERS; i++)
		session_add(sim->routers[i], sim->routers[i - 1], true);
	session_add(sim->routers[0], sim->routers[ROUTERS - 1], true);
	session_add(sim->routers[1], sim->routers[5], true);
	sim_run(sim, 20000);
	memset(a, 0, sizeof(a));
	for (i = 0; i < ATTACKERS; i++)
		a[i].at = sim->routers[sim_between(sim, 0, ROUTERS - 1)];
	for (round = 0; round < ROUNDS && !sim->failed; round++) {
		for (i = 0; i < ATTACKERS; i++) {
			join(&a[i]);
			if (a[i].at->core == NULL)
				continue;
			listen_to(&a[i], ears);
			for (n = 0; n < 20 && ears->n > 0; n++) {
				lie(sim, ears, &u);
				say(&a[i], &u);
			}
		}
		if (sim_chance(sim, 5))
			some_restart(sim);
		sim_run(sim, 1000);
	}
	for (i = 0; i < ROUTERS; i++)
		if (sim->routers[i]->core == NULL)
			ap_start(sim->routers[i]);
	sim_run(sim, 300000);
	for (i = 0; i < ROUTERS; i++)
		for (n = 0; n < ROUTERS; n++)
			if (i != n && sim->routers[i]->homes[n] !=
			    sim->routers[n]->home)
				sim_fail(sim, "r%d reaches r%d at %d, not %d",
				    i, n, sim->routers[i]->homes[n],
				    sim->routers[n]->home);
	free(ears);
}
