/* SPDX-License-Identifier: ISC */
/* Routes of others in the place of ours: stray.h. */
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/event.h"
#include "kernel/former.h"
#include "kernel/mend.h"
#include "kernel/netlink.h"
#include "kernel/node.h"
#include "kernel/plan.h"
#include "kernel/route.h"
#include "kernel/state.h"
#include "kernel/stray.h"
#include "kernel/vrf.h"

static bool		 hides(struct kernel *, const struct prefix *);
static const char	*where(struct kernel *, const struct kernel_rt *);

bool
stray_place(struct kernel *k, const struct kernel_rt *rt)
{
	if (rt->table == RT_TABLE_MAIN)
		return rt->proto == PROTO_LOCAL && former_owns(k, &rt->prefix);
	if (vrf_find(k, rt->table) != NULL)
		return (rt->proto == PROTO_LOCAL ||
		    rt->proto == PROTO_DIRECT) && former_owns(k, &rt->prefix);
	return rt->table == k->conf.table && hides(k, &rt->prefix);
}

/* The longer prefix wins: a shorter one is a route for what has none. */
static bool
hides(struct kernel *k, const struct prefix *p)
{
	const struct conf_prefix *over = conf_prefix_over(&k->prefixes, p);

	return over != NULL && p->len >= over->lease_len;
}

void
stray_note(struct kernel *k, const struct kernel_rt *rt)
{
	struct kstray *s;

	if (!k->started)
		return;			/* a walk follows the start */
	if (k->nstrays == STRAYS_MAX || (s = malloc(sizeof(*s))) == NULL) {
		kernel_later(k->reconcile, 1000);
		return;
	}
	s->rt = *rt;
	TAILQ_INSERT_TAIL(&k->strays, s, entry);
	k->nstrays++;
	mend_soon(k);
}

void
stray_mend(struct kernel *k)
{
	struct kstray *s;
	struct kernel_rt *rt;

	while ((s = TAILQ_FIRST(&k->strays)) != NULL) {
		TAILQ_REMOVE(&k->strays, s, entry);
		k->nstrays--;
		rt = &s->rt;
		if (stray_place(k, rt) && !route_stands(k, rt)) {
			mend_note(k, MEND_STRAY, "route %s%s, table %u, "
			    "protocol %u: set by another program, removed",
			    prefix_text(&rt->prefix), where(k, rt), rt->table,
			    rt->proto);
			stray_remove(k, rt);
		}
		free(s);
	}
}

static const char *
where(struct kernel *k, const struct kernel_rt *rt)
{
	static char text[32];

	if (rt->ifindex == 0)
		return "";
	strlcpy(text, " dev ", sizeof(text));
	strlcat(text, node_name(k, rt->ifindex), sizeof(text));
	return text;
}

void
stray_remove(struct kernel *k, const struct kernel_rt *rt)
{
	uint32_t vrf;
	uint8_t slot = vrf_place(k, rt, &vrf);
	struct kroute *r;

	netlink_request(k->nl, msg_route(RTM_DELROUTE, 0, rt), NULL, NULL, 0);
	kernel_wake(k);
	if ((r = route_find(k, &rt->prefix)) == NULL || r->vrf != vrf)
		return;
	if (slot == 0)
		slot = PLAN_SEEN_TABLE;	/* in a VRF's, by another metric */
	/*
	 * A metric or an interface that it does not name matches any: what is
	 * like it but in that may be gone instead, if it was gone already.
	 */
	plan_missing(&r->have, (uint8_t)~slot);
	r->touched = k->walk;
	route_dirty(k, r);
}

void
stray_free_all(struct kernel *k)
{
	struct kstray *s;

	while ((s = TAILQ_FIRST(&k->strays)) != NULL) {
		TAILQ_REMOVE(&k->strays, s, entry);
		free(s);
	}
	k->nstrays = 0;
}
