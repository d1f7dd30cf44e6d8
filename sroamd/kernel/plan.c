/* SPDX-License-Identifier: ISC */
/* The steps that make a place as it should be: plan.h. */
#include <string.h>

#include "kernel/plan.h"

static void	drain(const struct plan_facts *, struct place *);
static bool	same_main(const struct place *, const struct place *);
static bool	same_table(const struct place *, const struct place *);
static bool	same_neigh(const struct place *, const struct place *);
static bool	in_table(const struct place *);
static bool	has_leg(const struct plan_leg *, unsigned int,
		    const struct plan_leg *);
static void	select_legs(bool, const struct plan_reach *,
		    struct plan_reach *);

void
plan_want(const struct plan_facts *f, struct place *want)
{
	memset(want, 0, sizeof(*want));
	if (!f->local) {
		want->nhid = f->nhid;
		if (f->drain_ifindex != 0)
			drain(f, want);
		return;
	}
	/* The kernel would ask on the link, and whoever answers has it. */
	if (f->ifindex == 0 || (f->v4 ? !mac_is_station(&f->mac) :
	    addr_is_none(&f->gateway)))
		return;
	if (!f->vrf) {
		want->main_ifindex = f->ifindex;
		want->main_metric = f->metric;
	}
	want->ifindex = f->ifindex;
	/*
	 * An IPv6 prefix has many addresses, so its next hop is a link-local
	 * address of the station.  The route in the main table is not for
	 * packets, and stays as it is when this address changes.
	 */
	if (!f->v4)
		want->gateway = f->gateway;
	else {
		want->neigh_ifindex = f->ifindex;
		want->neigh_mac = f->mac;
	}
}

/*
 * The demoted route takes packets until the routing protocol has a better one:
 * none is there for the station any more, and nobody else may have them.
 */
static void
drain(const struct plan_facts *f, struct place *want)
{
	want->main_ifindex = f->drain_ifindex;
	want->main_metric = f->metric + PLAN_DEMOTED;
	if (!f->v4)
		want->main_gateway = f->gateway;
	else if (mac_is_station(&f->mac)) {
		want->neigh_ifindex = f->drain_ifindex;
		want->neigh_mac = f->mac;
	}
}

unsigned int
plan_steps(const struct place *want, const struct place *have,
    struct plan_step step[PLAN_MAX])
{
	unsigned int n = 0;

	if (want->neigh_ifindex != 0 && !same_neigh(want, have))
		step[n++] = (struct plan_step){ .op = PLAN_NEIGH_SET,
		    .ifindex = want->neigh_ifindex, .mac = want->neigh_mac };
	if (in_table(want) && !same_table(want, have))
		step[n++] = (struct plan_step){ .op = PLAN_TABLE_SET,
		    .ifindex = want->ifindex, .nhid = want->nhid,
		    .gateway = want->gateway };
	if (want->main_ifindex != 0 && !same_main(want, have))
		step[n++] = (struct plan_step){ .op = PLAN_MAIN_ADD,
		    .ifindex = want->main_ifindex,
		    .metric = want->main_metric,
		    .gateway = want->main_gateway };
	if (have->main_ifindex != 0 && !same_main(want, have))
		step[n++] = (struct plan_step){ .op = PLAN_MAIN_DEL,
		    .ifindex = have->main_ifindex,
		    .metric = have->main_metric };
	/*
	 * In our table setting replaces; a deletion is needed only at the end.
	 */
	if (in_table(have) && !in_table(want))
		step[n++] = (struct plan_step){ .op = PLAN_TABLE_DEL,
		    .ifindex = have->ifindex, .nhid = have->nhid,
		    .gateway = have->gateway };
	/* On the same interface an entry is replaced, too. */
	if (have->neigh_ifindex != 0 &&
	    have->neigh_ifindex != want->neigh_ifindex)
		step[n++] = (struct plan_step){ .op = PLAN_NEIGH_DEL,
		    .ifindex = have->neigh_ifindex, .mac = have->neigh_mac };
	return n;
}

bool
place_empty(const struct place *p)
{
	return p->main_ifindex == 0 && !in_table(p) && p->neigh_ifindex == 0;
}

static bool
in_table(const struct place *p)
{
	return p->ifindex != 0 || p->nhid != 0;
}

static bool
same_main(const struct place *a, const struct place *b)
{
	return a->main_ifindex == b->main_ifindex &&
	    (a->main_ifindex == 0 || a->main_metric == b->main_metric);
}

static bool
same_table(const struct place *a, const struct place *b)
{
	return a->ifindex == b->ifindex && a->nhid == b->nhid &&
	    addr_cmp(&a->gateway, &b->gateway) == 0;
}

static bool
same_neigh(const struct place *a, const struct place *b)
{
	return a->neigh_ifindex == b->neigh_ifindex &&
	    mac_cmp(&a->neigh_mac, &b->neigh_mac) == 0;
}

enum plan_found
plan_found(const struct place *have, bool in_main, uint32_t ifindex,
    uint32_t metric, uint32_t nhid, const struct addr *gateway, uint8_t *seen)
{
	uint8_t slot = in_main ? PLAN_SEEN_MAIN : PLAN_SEEN_TABLE;
	bool same;

	if (in_main) {
		if (have->main_ifindex == 0)
			return PLAN_NEWS;
		same = have->main_ifindex == ifindex &&
		    have->main_metric == metric;
	} else {
		if (!in_table(have))
			return PLAN_NEWS;
		/* With a nexthop, the interface is that of the nexthop. */
		same = nhid != 0 ? have->nhid == nhid :
		    have->nhid == 0 && have->ifindex == ifindex &&
		    addr_cmp(&have->gateway, gateway) == 0;
	}
	if (!same || (*seen & slot))
		return PLAN_EXTRA;
	*seen |= slot;
	return PLAN_KNOWN;
}

uint8_t
plan_missing(struct place *have, uint8_t seen)
{
	uint8_t missing = 0;

	if (have->main_ifindex != 0 && !(seen & PLAN_SEEN_MAIN)) {
		have->main_ifindex = have->main_metric = 0;
		missing |= PLAN_SEEN_MAIN;
	}
	if (in_table(have) && !(seen & PLAN_SEEN_TABLE)) {
		have->ifindex = have->nhid = 0;
		have->gateway = addr_none;
		missing |= PLAN_SEEN_TABLE;
	}
	if (have->neigh_ifindex != 0 && !(seen & PLAN_SEEN_NEIGH)) {
		have->neigh_ifindex = 0;
		missing |= PLAN_SEEN_NEIGH;
	}
	return missing;
}

bool
plan_same_leg(const struct plan_leg *a, const struct plan_leg *b)
{
	return a->ifindex == b->ifindex && a->weight == b->weight &&
	    addr_cmp(&a->gateway, &b->gateway) == 0;
}

static bool
has_leg(const struct plan_leg *legs, unsigned int n, const struct plan_leg *leg)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (plan_same_leg(&legs[i], leg))
			return true;
	return false;
}

void
plan_places(struct plan_leg place[PLAN_LEGS], const struct plan_reach *want,
    bool changed[PLAN_LEGS])
{
	unsigned int i, p = 0;

	for (i = 0; i < PLAN_LEGS; i++) {
		changed[i] = place[i].ifindex != 0 &&
		    !has_leg(want->leg, want->n, &place[i]);
		if (changed[i])
			memset(&place[i], 0, sizeof(place[i]));
	}
	for (i = 0; i < want->n; i++) {
		if (has_leg(place, PLAN_LEGS, &want->leg[i]))
			continue;
		while (p < PLAN_LEGS && place[p].ifindex != 0)
			p++;
		if (p == PLAN_LEGS)
			return;
		place[p] = want->leg[i];
		changed[p] = true;
	}
}

/* Those that routes of a family can take, in the order of the answer. */
static void
select_legs(bool v4, const struct plan_reach *in, struct plan_reach *out)
{
	unsigned int i;

	for (i = 0; i < in->n; i++)
		if ((v4 || !addr_is_v4(&in->leg[i].gateway)) &&
		    !has_leg(out->leg, out->n, &in->leg[i]))
			out->leg[out->n++] = in->leg[i];
}

bool
plan_nexthop(bool v4, const struct plan_reach *reach4,
    const struct plan_reach *reach6, struct plan_reach *out)
{
	memset(out, 0, sizeof(*out));
	select_legs(v4, v4 ? reach4 : reach6, out);
	if (out->n == 0)
		select_legs(v4, v4 ? reach6 : reach4, out);
	return out->n > 0;
}
