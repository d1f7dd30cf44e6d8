/* SPDX-License-Identifier: ISC */
/*
 * Members that write what they like: the order of versions under attack.
 * An attacker is a raw session at one router, of version 1 or of ours.
 */
#include <string.h>

#include "sim.h"

#define KEYS		2000		/* that attackers write */
#define ROUNDS		3
#define ATTACKERS	3
#define REST_MS		2000		/* after a few crafted words */
#define BUCKET_MS	2000		/* for a change, after many */
#define ROAM_MS		50		/* every router knows of a roam */
#define V1_KEYS		200
#define V1_REST_MS	60000
#define BURST		4		/* changes of a key before it counts */
#define HOT_S		5
#define LATE		(UINT64_C(1) << 63)
#define LATE_S		60		/* what is late lives so long, */
#define FORGET_S	5		/* and then it is forgotten */

struct attacker {
	struct router	*at;
	uint32_t	 peer;
	bool		 v1;
	bool		 reads;
};

static void
ring(struct sim *sim, int routers)
{
	struct session *session;
	int i;

	sim->conf->global.max_data = 100000;
	while (sim->nrouters < routers)
		ap_add(sim);
	for (i = 0; i < routers; i++)
		if (i > 0 || routers > 2)
			session_add(sim->routers[i],
			    sim->routers[(i + 1) % routers], true);
	for (i = 0; i < sim->nsessions; i++) {
		session = sim->sessions[i];
		session->window = 1000;
		session->delay_min = 3000;
		session->delay_max = 6000;
	}
}

/* A few more sessions make some graph of it. */
static void
chords(struct sim *sim)
{
	struct session *session;
	int i, a, b;

	for (i = 0; i < sim->nrouters / 2; i++) {
		a = (int)sim_between(sim, 0, sim->nrouters - 3);
		b = (int)sim_between(sim, a + 2, sim->nrouters - 1);
		if (a == 0 && b == sim->nrouters - 1)
			continue;
		session = session_add(sim->routers[a], sim->routers[b], true);
		session->window = 1000;
		session->delay_min = 3000;
		session->delay_max = 6000;
	}
}

static void
attack(struct sim *sim, struct attacker *a, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		do
			a[i].at = sim->routers[sim_between(sim, 0,
			    sim->nrouters - 1)];
		while (a[i].at->core == NULL);
		a[i].v1 = sim_chance(sim, 40);
		a[i].reads = sim_chance(sim, 50);
		a[i].peer = session_raw(a[i].at, a[i].v1 ? 0 : PEER_EXTENDED);
	}
}

static void
leave(struct attacker *a, int n)
{
	int i;

	for (i = 0; i < n; i++)
		session_raw_end(a[i].at, a[i].peer);
}

/* A location of nobody we know, at a router that is none; or opaque. */
static void
make_word(struct update *u, uint32_t key, uint64_t seqno, int value)
{
	uint8_t mac[6] = { 2, 0xa7 };

	memset(u, 0, sizeof(*u));
	mac[4] = (uint8_t)(key >> 8);
	mac[5] = (uint8_t)key;
	u->seqno = seqno;
	u->lifetime = 300;
	u->age = 0;
	u->keylen = 7;
	u->vallen = 8;
	u->data[0] = key % 2 == 0 ? DATUM_LOCATION : SIM_OPAQUE;
	memcpy(u->data + 1, mac, sizeof(mac));
	memset(u->data + 7, 0xee, 7);
	u->data[14] = (uint8_t)value;
}

static void
write_word(struct sim *sim, const struct attacker *a, const struct update *word)
{
	struct update u = *word;

	if (a->v1) {
		u.seqno = (uint16_t)u.seqno;
		u.age = AGE_UNKNOWN;
	}
	ap_begin(a->at);
	(void)core_update(a->at->core, a->peer, &u, ap_now(a->at));
	while (a->reads && core_peer_next(a->at->core, a->peer, &u,
	    ap_now(a->at)))
		;
	ap_end(a->at);
	sim->disturbed = sim->now;
}

/*
 * On version 1's circle these chase each other; or greater ones, by a little
 * or by far.
 */
static uint64_t
crafted(struct sim *sim, int which)
{
	static const uint64_t circle[] = { 0, 0x5555, 0xaaaa };

	switch (sim_between(sim, 0, 3)) {
	case 0:
		return (uint64_t)sim_between(sim, 0, 3);
	case 1:
		return (uint64_t)sim_between(sim, 0, 0x30000);
	default:
		return circle[which % 3];
	}
}

static void
storm(struct sim *sim, const struct attacker *a, int n, uint32_t keys)
{
	struct update u;
	uint32_t key;
	int i;

	for (key = 0; key < keys; key++) {
		for (i = 0; i < n; i++) {
			make_word(&u, key, crafted(sim, i),
			    (int)sim_between(sim, 1, 3));
			write_word(sim, &a[i], &u);
		}
		if (key % 8 == 7)
			sim_run(sim, 1);
	}
}

/*
 * All tables are equal in time, and nobody sends crafted words any more.  Of
 * what changes often each router on the way may hold back the last change.
 */
static void
rest(struct sim *sim, bool often)
{
	uint64_t said;
	int64_t ms = REST_MS;

	if (often)
		ms += (sim->nrouters / 2 + 1) * BUCKET_MS;
	sim_run(sim, ms);
	if (!sim->failed)
		check_equal(sim);
	said = sim->opaque;
	sim_run(sim, 3000);
	if (!sim->failed && sim->opaque != said)
		sim_fail(sim, "%llu crafted words are passed on after %lld ms",
		    (unsigned long long)(sim->opaque - said), (long long)ms);
}

void
run_order(struct sim *sim)
{
	static const int sizes[] = { 3, 6, 12 };
	struct attacker a[ATTACKERS];
	int round, rounds = sim_chance(sim, 50) ? 1 : ROUNDS;

	ring(sim, sizes[sim->seed % 3]);
	if (sim_chance(sim, 40))
		chords(sim);
	sim_run(sim, 20000);
	attack(sim, a, ATTACKERS);
	for (round = 0; round < rounds && !sim->failed; round++)
		storm(sim, a, ATTACKERS, KEYS);
	if (sim_chance(sim, 50))
		leave(a, ATTACKERS);
	rest(sim, rounds > 1);
}

/*
 * One key that changes a hundred times a second: what each session carries of
 * it is bounded, and the last change comes everywhere.
 */
void
run_hot(struct sim *sim)
{
	struct attacker a;
	struct update u;
	uint64_t seqno, most;
	int i;

	ring(sim, (int)sim_between(sim, 3, 8));
	for (i = 0; i < sim->nsessions; i++)	/* they would repair it */
		sim->sessions[i]->digests = false;
	sim_run(sim, 20000);
	attack(sim, &a, 1);
	for (seqno = 1; seqno <= HOT_S * 100; seqno++) {
		make_word(&u, 1, seqno, 1);
		write_word(sim, &a, &u);
		sim_run(sim, 10);
	}
	rest(sim, true);
	most = 2 * (uint64_t)sim->nsessions * (BURST + HOT_S * 1000 /
	    BUCKET_MS + 1);
	if (!sim->failed && sim->opaque > most)
		sim_fail(sim, "%llu updates of one key, at most %llu are right",
		    (unsigned long long)sim->opaque, (unsigned long long)most);
	if (!sim->failed && !check_holds(sim, &u))
		sim_fail(sim, "the last change is not known everywhere");
}

/*
 * With routers of version 1, whose circle has no end of its own: buckets bring
 * it to rest, and all of ours, which are neighbours, hold the same then.
 */
void
run_order_v1(struct sim *sim)
{
	struct attacker a[ATTACKERS];
	int ours = (int)sim_between(sim, 3, 6);
	int n = ours + (int)sim_between(sim, 1, 2);

	while (sim->nrouters < ours)
		ap_add(sim);
	while (sim->nrouters < n)
		ap_add_v1(sim);
	ring(sim, n);
	sim_run(sim, 20000);
	attack(sim, a, ATTACKERS);
	storm(sim, a, ATTACKERS, V1_KEYS);
	sim_run(sim, V1_REST_MS);
	if (!sim->failed)
		check_equal(sim);
}

static bool
right(struct router *router, const struct station *station)
{
	const struct fib_entry *entry;
	struct prefix host;

	prefix_host(&host, &station->addr);
	if ((entry = ap_route(router, &host)) == NULL)
		return false;
	if (router == station->at)
		return entry->route.kind == ROUTE_LOCAL;
	return entry->route.kind == ROUTE_DIRECT &&
	    router_id_cmp(&entry->route.router, &station->at->id) == 0;
}

bool
check_reachable(struct sim *sim, const struct station *station)
{
	int i;

	for (i = 0; i < sim->nrouters; i++)
		if (!right(sim->routers[i], station))
			return false;
	return true;
}

static void
reachable(struct sim *sim, const struct station *station, const char *when)
{
	if (!sim->failed && !check_reachable(sim, station))
		sim_fail(sim, "%s at r%d cannot be reached from everywhere %s",
		    mac_text(&station->mac), station->at->index, when);
}

static struct station *
settled_station(struct sim *sim)
{
	struct station *station = sta_add(sim);

	sim->sighting_max = 2000;
	sim_run(sim, 20000);
	sta_attach(sim, station, sim->routers[0]);
	sim_run(sim, 10000);
	reachable(sim, station, "at first");
	return station;
}

/* Twelve roams in ten seconds through half a ring, beside a storm. */
void
run_commuter(struct sim *sim)
{
	struct attacker a[ATTACKERS];
	struct station *station;
	uint32_t keys;
	int i;

	/* A bridge that has not heard of its leaving would see no return. */
	sim->leaving = LEAVING_EARLY;
	ring(sim, 6);
	station = settled_station(sim);
	attack(sim, a, ATTACKERS);
	for (i = 1; i <= 12 && !sim->failed; i++) {
		keys = (uint32_t)sim_between(sim, 1, KEYS);
		sta_attach(sim, station, sim->routers[i * 3 % 6]);
		sim_run(sim, 2);
		sim_run(sim, ROAM_MS);
		reachable(sim, station, "after a roam");
		storm(sim, a, ATTACKERS, keys);
		sim_run(sim, 781 - keys / 8);
	}
	rest(sim, true);
}

/* An attacker has the station, with this number. */
static void
take_over(struct sim *sim, const struct attacker *a,
    const struct station *station, uint64_t seqno)
{
	struct update u;

	make_word(&u, 0, seqno, 1);
	memcpy(u.data + 1, station->mac.octet, 6);
	u.lifetime = 5400;
	write_word(sim, a, &u);
}

/* It speaks each second; and can be reached from a second on. */
static void
speaks(struct sim *sim, struct station *station, int seconds, int from)
{
	int s;

	for (s = 0; s < seconds && !sim->failed; s++) {
		sim_run(sim, ROAM_MS);
		sta_talk(station);
		sim_run(sim, 1000 - ROAM_MS);
		if (s >= from)
			reachable(sim, station, "after an attack");
	}
}

/*
 * The end of the counter.  While there is a next number the station's router
 * takes it; of the last nobody hears any more after a minute.
 */
void
run_late(struct sim *sim)
{
	static const uint64_t seqnos[] = { LATE - 2, LATE - 1, LATE };
	struct attacker a;
	struct station *station;
	int i;

	ring(sim, sim->seed % 2 == 0 ? 3 : 6);
	station = settled_station(sim);
	a.at = sim->routers[sim->nrouters / 2];
	a.v1 = false;
	a.reads = true;
	a.peer = session_raw(a.at, PEER_EXTENDED);
	for (i = 0; i < 3; i++) {
		take_over(sim, &a, station, seqnos[i]);
		speaks(sim, station, 150, 0);
	}
	for (i = 0; i < 3; i++) {
		speaks(sim, station, 20, 20);
		take_over(sim, &a, station, UINT64_MAX);
	}
	speaks(sim, station, 150, LATE_S + FORGET_S);
	/* It has begun again, and moves as before. */
	sta_attach(sim, station, sim->routers[1]);
	sim_run(sim, 1000);
	reachable(sim, station, "after its next roam");
	rest(sim, false);
}
