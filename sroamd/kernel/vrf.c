/* SPDX-License-Identifier: ISC */
/* Networks in VRFs: vrf.h. */
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/iface.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/plan.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "kernel/vrf.h"

static void			 add(struct kvrfs *, const struct kvrfs *,
				    uint32_t);
static int			 vrf_cmp(const void *, const void *);
static const struct kvrf	*find(const struct kvrfs *, uint32_t);
static void			 find_devices(struct kernel *);
static void			 check_iface(struct kernel *, struct kiface *);

void
vrf_conf(struct kernel *k, const struct conf *conf)
{
	struct kvrfs old = k->vrfs;
	struct krouter *r;
	size_t i;

	k->walk_stale = true;
	memset(&k->vrfs, 0, sizeof(k->vrfs));
	memset(k->network_vrfs, 0, sizeof(k->network_vrfs));
	for (i = 0; i < conf->nnetworks; i++) {
		k->network_vrfs[i] = conf->networks[i].table;
		if (conf->networks[i].table != 0)
			add(&k->vrfs, &old, conf->networks[i].table);
	}
	find_devices(k);
	RB_FOREACH(r, krouter_tree, &k->routers)
		if (r->vrf != 0 && vrf_find(k, r->vrf) == NULL) {
			r->addr4 = r->addr6 = addr_none;
			router_dirty(k, r);
		}
}

/* In order; they are few. */
static void
add(struct kvrfs *all, const struct kvrfs *old, uint32_t table)
{
	const struct kvrf *was = find(old, table);

	if (find(all, table) != NULL)
		return;
	all->list[all->n].table = table;
	if (was != NULL)
		all->list[all->n].missing_said = was->missing_said;
	all->n++;
	qsort(all->list, all->n, sizeof(all->list[0]), vrf_cmp);
}

static int
vrf_cmp(const void *a, const void *b)
{
	const struct kvrf *x = a, *y = b;

	return x->table < y->table ? -1 : x->table > y->table;
}

static const struct kvrf *
find(const struct kvrfs *all, uint32_t table)
{
	const struct kvrf key = { .table = table };

	return bsearch(&key, all->list, all->n, sizeof(key), vrf_cmp);
}

struct kvrf *
vrf_find(struct kernel *k, uint32_t table)
{
	const struct kvrf *v = find(&k->vrfs, table);

	return v == NULL ? NULL : &k->vrfs.list[v - k->vrfs.list];
}

static void
find_devices(struct kernel *k)
{
	struct knode *n;
	struct kvrf *v;
	uint32_t i;

	for (i = 0; i < k->vrfs.n; i++)
		k->vrfs.list[i].ifindex = 0;
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->link.vrf != 0 &&
		    (v = vrf_find(k, n->link.vrf)) != NULL)
			v->ifindex = n->link.ifindex;
}

void
vrf_changed(struct kernel *k)
{
	if (k->vrfs.n > 0)
		find_devices(k);
}

uint32_t
vrf_table(const struct kernel *k, const struct prefix *p)
{
	const struct conf_prefix *over = conf_prefix_over(&k->prefixes, p);

	return over == NULL ? 0 : over->table;
}

uint8_t
vrf_place(struct kernel *k, const struct kernel_rt *rt, uint32_t *vrf)
{
	*vrf = 0;
	if (rt->table == RT_TABLE_MAIN)
		return PLAN_SEEN_MAIN;
	if (rt->table == k->conf.table)
		return PLAN_SEEN_TABLE;
	if (vrf_find(k, rt->table) == NULL)
		return 0;
	*vrf = rt->table;
	if (rt->metric == k->conf.metric)
		return PLAN_SEEN_TABLE;
	return rt->metric == k->conf.metric + PLAN_DEMOTED ? PLAN_SEEN_MAIN : 0;
}

/* Said when it is so for the first time, and when it is so again. */
void
vrf_check(struct kernel *k)
{
	struct kiface *i;
	struct kvrf *v;
	uint32_t n;

	for (n = 0; n < k->vrfs.n; n++) {
		v = &k->vrfs.list[n];
		if (v->ifindex == 0 && !v->missing_said)
			log_warnx("table %u: of no VRF now, so that the "
			    "routes of its networks lead nobody: ip link add "
			    "vrf%u type vrf table %u", v->table, v->table,
			    v->table);
		v->missing_said = v->ifindex == 0;
	}
	TAILQ_FOREACH(i, &k->ifaces, entry)
		check_iface(k, i);
}

/* Whether it is where the routes of its network are. */
static void
check_iface(struct kernel *k, struct kiface *i)
{
	uint32_t wanted = k->network_vrfs[i->conf.network], is = 0;
	struct knode *master;

	if (i->node == NULL)
		return;
	master = node_find(k, i->node->link.master);
	if (master != NULL)
		is = master->link.vrf;
	if (is != wanted && !i->vrf_said && wanted != 0)
		log_warnx("%s: not in the VRF of its network, whose table is "
		    "%u: ip link set dev %s master VRF", i->conf.name, wanted,
		    i->conf.name);
	else if (is != wanted && !i->vrf_said)
		log_warnx("%s: in the VRF %s, but its network is not: write "
		    "\"table %u\" in its block", i->conf.name,
		    master->link.name, is);
	i->vrf_said = is != wanted;
}
