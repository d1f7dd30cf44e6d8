/* SPDX-License-Identifier: ISC */
/* Other routers, by name and by the number of their nexthop objects. */
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "common/log.h"
#include "kernel/ceiling.h"
#include "kernel/event.h"
#include "kernel/router.h"
#include "kernel/state.h"

static uint32_t	choose_number(struct kernel *, const struct router_id *,
		    uint32_t);
static void	take_addrs(struct kernel *, struct krouter *);
static int	router_cmp(const struct krouter *, const struct krouter *);
static int	number_cmp(const struct krouter *, const struct krouter *);

RB_GENERATE(krouter_tree, krouter, entry, router_cmp)
RB_GENERATE(krouter_numbers, krouter, by_number, number_cmp)

uint32_t
router_nhid(const struct krouter *r, bool v4)
{
	const struct knexthop *nh = v4 ? &r->nh4 : &r->nh6;

	if (!nh->present)
		return 0;
	return (nh->group ? NEXTHOP_GROUPS : NEXTHOP_BASE) + 2 * r->number +
	    !v4;
}

const struct plan_leg *
router_leg(const struct knexthop *nh)
{
	unsigned int i = 0;

	while (i < PLAN_LEGS - 1 && nh->leg[i].ifindex == 0)
		i++;
	return &nh->leg[i];
}

uint32_t
router_leg_id(const struct krouter *r, bool v4, unsigned int leg)
{
	return NEXTHOP_LEGS + (2 * r->number + !v4) * PLAN_LEGS + leg;
}

struct krouter *
krouter_find(struct kernel *k, const struct router_id *id, uint32_t vrf)
{
	struct krouter key;

	key.id = *id;
	key.vrf = vrf;
	return RB_FIND(krouter_tree, &k->routers, &key);
}

struct krouter *
krouter_get(struct kernel *k, const struct router_id *id, uint32_t vrf)
{
	struct krouter *r;

	if ((r = krouter_find(k, id, vrf)) != NULL)
		return r;
	if (k->nrouters >= ceiling_routers(k)) {
		k->stats.refused++;
		kernel_warn(k, RTM_GETNEXTHOP, "router %s: refused: too many, "
		    "see limit routers", router_id_text(id));
		return NULL;
	}
	if ((r = calloc(1, sizeof(*r))) == NULL)
		fatal("router");
	r->id = *id;
	r->vrf = vrf;
	r->number = choose_number(k, id, vrf);
	TAILQ_INIT(&r->routes);
	RB_INSERT(krouter_tree, &k->routers, r);
	RB_INSERT(krouter_numbers, &k->numbers, r);
	k->nrouters++;
	if (vrf != 0)
		take_addrs(k, r);
	return r;
}

/* The engine has told them already, or will. */
static void
take_addrs(struct kernel *k, struct krouter *r)
{
	const struct krouter *from = krouter_find(k, &r->id, 0);

	if (from == NULL)
		return;
	r->addr4 = from->addr4;
	r->addr6 = from->addr6;
	router_dirty(k, r);
}

void
router_dirty(struct kernel *k, struct krouter *r)
{
	if (!r->dirty) {
		r->dirty = true;
		TAILQ_INSERT_TAIL(&k->dirty_routers, r, dirties);
	}
	kernel_wake(k);
}

/* Free it when it is not needed. */
void
router_reap(struct kernel *k, struct krouter *r)
{
	if (r->dirty || !TAILQ_EMPTY(&r->routes) || r->nh4.present ||
	    r->nh6.present || !addr_is_none(&r->addr4) ||
	    !addr_is_none(&r->addr6))
		return;
	RB_REMOVE(krouter_tree, &k->routers, r);
	RB_REMOVE(krouter_numbers, &k->numbers, r);
	k->nrouters--;
	free(r);
}

/*
 * A router has the same number in every run, except for collisions, so that a
 * new run finds its objects and routes as they should be.
 */
static uint32_t
choose_number(struct kernel *k, const struct router_id *id, uint32_t vrf)
{
	uint32_t hash = 2166136261U, i;

	for (i = 0; i < sizeof(id->octet); i++)
		hash = (hash ^ id->octet[i]) * 16777619U;
	for (; vrf != 0; vrf >>= 8)
		hash = (hash ^ (vrf & 0xff)) * 16777619U;
	hash ^= hash >> 15;
	for (i = hash % NEXTHOP_NUMBERS; router_by_nhid(k,
	    NEXTHOP_BASE + 2 * i) !=
	    NULL; i = (i + 1) % NEXTHOP_NUMBERS)
		continue;
	return i;
}

/* The router whose object has this id. */
struct krouter *
router_by_nhid(struct kernel *k, uint32_t id)
{
	struct krouter key;

	if (id < NEXTHOP_BASE || id >= NEXTHOP_END)
		return NULL;
	if (id >= NEXTHOP_LEGS)
		id = NEXTHOP_BASE + (id - NEXTHOP_LEGS) / PLAN_LEGS;
	else if (id >= NEXTHOP_GROUPS)
		id -= 2 * NEXTHOP_NUMBERS;
	key.number = (id - NEXTHOP_BASE) / 2;
	return RB_FIND(krouter_numbers, &k->numbers, &key);
}

void
router_free_all(struct kernel *k)
{
	struct krouter *r;

	while ((r = RB_ROOT(&k->routers)) != NULL) {
		RB_REMOVE(krouter_tree, &k->routers, r);
		free(r);
	}
}

static int
router_cmp(const struct krouter *a, const struct krouter *b)
{
	int c = router_id_cmp(&a->id, &b->id);

	return c != 0 ? c : a->vrf < b->vrf ? -1 : a->vrf > b->vrf;
}

static int
number_cmp(const struct krouter *a, const struct krouter *b)
{
	return a->number < b->number ? -1 : a->number > b->number;
}
