/* SPDX-License-Identifier: ISC */
/* A router: its clock, its routes, and the leases it has acknowledged. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static void	tick(struct sim *, const struct event *);
static void	alarm_at(struct sim *, struct router *, monotime_t);

static int
fib_cmp(const struct fib_entry *a, const struct fib_entry *b)
{
	return prefix_cmp(&a->route.prefix, &b->route.prefix);
}

static int
ack_cmp(const struct ack *a, const struct ack *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

static int
arp_cmp(const struct arp_entry *a, const struct arp_entry *b)
{
	if (a->ifindex != b->ifindex)
		return a->ifindex < b->ifindex ? -1 : 1;
	return addr_cmp(&a->addr, &b->addr);
}

RB_GENERATE(fib, fib_entry, entry, fib_cmp)
RB_GENERATE(arp, arp_entry, entry, arp_cmp)
RB_PROTOTYPE(acks, ack, entry, ack_cmp)
RB_GENERATE(acks, ack, entry, ack_cmp)

bool
ap_is_up(const struct router *router)
{
	return router->core != NULL || router->v1 != NULL;
}

monotime_t
ap_now(const struct router *router)
{
	int64_t us = router->sim->now.us;

	return (monotime_t){ us + us / 1000000 * router->drift +
	    us % 1000000 * router->drift / 1000000 + router->offset };
}

/* How long by the simulator's clock until its clock shows a time. */
static int64_t
until(const struct router *router, monotime_t due)
{
	int64_t us = due.us - ap_now(router).us;

	if (us <= 0)
		return 0;
	return us - us / 1000000 * router->drift + us / 1000000 / 10 + 1;
}

bool
router_is_bridge(const struct router *router)
{
	return router->index % 2 == 0;
}

/* A radio without hostapd cannot make a station go. */
bool
router_drops(const struct router *router)
{
	return router->index % 4 != 1;
}

void
ap_forget_acks(struct router *router)
{
	struct ack *ack;

	while ((ack = RB_ROOT(&router->acks)) != NULL) {
		RB_REMOVE(acks, &router->acks, ack);
		free(ack);
	}
}

/* Around every call of the core: it must not be entered twice. */
void
ap_begin(struct router *router)
{
	if (router->busy)
		abort();
	router->busy = true;
}

void
ap_end(struct router *router)
{
	struct sim *sim = router->sim;
	monotime_t due = core_due(router->core);

	router->busy = false;
	if (monotime_is_never(due) || !monotime_before(due, router->ticking))
		return;
	router->ticking = due;
	alarm_at(sim, router, due);
}

/* The only tick that counts: earlier ones are ignored when they come. */
static void
alarm_at(struct sim *sim, struct router *router, monotime_t due)
{
	sim_at(sim, until(router, due), tick, router, router->gen,
	    ++router->alarm, NULL);
}

/* A core that is due again at once, for ever, would use up its process. */
static void
tick(struct sim *sim, const struct event *event)
{
	struct router *router = event->obj;
	int again;

	if (event->gen != router->gen || event->n != router->alarm)
		return;
	if (monotime_before(ap_now(router), router->ticking)) {
		alarm_at(sim, router, router->ticking);
		return;
	}
	router->ticking = MONOTIME_NEVER;
	for (again = 0; !monotime_before(ap_now(router),
	    core_due(router->core));
	    again++) {
		if (again == 1000) {
			sim_fail(sim, "r%d: core_due stays in the past",
			    router->index);
			return;
		}
		ap_begin(router);
		core_tick(router->core, ap_now(router));
		router->busy = false;
	}
	ap_begin(router);
	ap_end(router);
}

struct fib_entry *
ap_route(struct router *router, const struct prefix *prefix)
{
	struct fib_entry key;

	key.route.prefix = *prefix;
	return RB_FIND(fib, &router->fib, &key);
}

static struct arp_entry *
find_neigh(struct router *router, uint32_t ifindex, const struct addr *addr)
{
	struct arp_entry key;

	key.ifindex = ifindex;
	key.addr = *addr;
	return RB_FIND(arp, &router->arp, &key);
}

struct mac
ap_neigh_mac(struct router *router, uint32_t ifindex, const struct addr *addr)
{
	static const struct mac none;
	const struct arp_entry *e = find_neigh(router, ifindex, addr);

	return e != NULL ? e->mac : none;
}

/* As kernel_neigh: a late word on another's is nothing. */
void
ap_neigh(struct router *router, const struct neigh *neigh)
{
	struct arp_entry *e = find_neigh(router, neigh->ifindex, &neigh->addr);

	if (!neigh->present) {
		if (e == NULL || mac_cmp(&e->mac, &neigh->mac) != 0)
			return;
		RB_REMOVE(arp, &router->arp, e);
		free(e);
		return;
	}
	if (e == NULL) {
		e = sim_alloc(sizeof(*e));
		e->ifindex = neigh->ifindex;
		e->addr = neigh->addr;
		RB_INSERT(arp, &router->arp, e);
	}
	e->mac = neigh->mac;
}

void
ap_forget_neighs(struct router *router)
{
	struct arp_entry *e;

	while ((e = RB_ROOT(&router->arp)) != NULL) {
		RB_REMOVE(arp, &router->arp, e);
		free(e);
	}
}

void
ap_forget_ack(struct router *router, const struct addr *addr)
{
	struct ack key, *ack;

	key.addr = *addr;
	if ((ack = RB_FIND(acks, &router->acks, &key)) == NULL)
		return;
	RB_REMOVE(acks, &router->acks, ack);
	free(ack);
}

/*
 * A core never acknowledges an address to a second station, unless it received
 * the lease from elsewhere since, or the station released it.
 */
void
ap_note_ack(struct router *router, const struct dhcp_reply *reply)
{
	struct sim *sim = router->sim;
	struct ack key, *ack;

	key.addr = reply->yiaddr;
	ack = RB_FIND(acks, &router->acks, &key);
	if (ack != NULL && monotime_before(ap_now(router), ack->until) &&
	    mac_cmp(&ack->mac, &reply->to.chaddr) != 0)
		sim_fail(sim, "r%d: %s acknowledged to %s, is leased to %s",
		    router->index, addr_text(&reply->yiaddr),
		    mac_text(&reply->to.chaddr), mac_text(&ack->mac));
	if (ack == NULL) {
		ack = sim_alloc(sizeof(*ack));
		ack->addr = reply->yiaddr;
		RB_INSERT(acks, &router->acks, ack);
	}
	ack->mac = reply->to.chaddr;
	ack->until = monotime_add(ap_now(router), (int64_t)reply->lease * 1000);
}
