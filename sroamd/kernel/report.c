/* SPDX-License-Identifier: ISC */
/* Reports an interface of the configuration to the engine. */
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/addr.h"
#include "kernel/ap.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/report.h"
#include "kernel/state.h"
#include "kernel/vlan.h"

static struct addr		gateway(struct kernel *, struct kiface *, bool);
static bool			addr_serves(const struct kernel_addr *, bool);
static enum station_source	source(struct kernel *, struct kiface *);

/* Report it if it has changed. */
void
iface_report(struct kernel *k, struct kiface *i)
{
	const struct kernel_link *l;
	struct link link;
	struct link was = i->reported;

	if (i->node == NULL || k->quiet || k->closing || !k->configured)
		return;
	l = &i->node->link;
	memset(&link, 0, sizeof(link));
	link.ifindex = l->ifindex;
	link.conf = i->index;
	strlcpy(link.name, l->name, sizeof(link.name));
	link.lladdr = l->mac;
	/* A bridge without carrier on any port waits for stations. */
	link.up = (l->flags & IFF_UP) &&
	    (l->bridge || vlan_bridge(k, i) != NULL ||
	    (l->flags & (IFF_RUNNING | IFF_LOWER_UP)) ==
	    (IFF_RUNNING | IFF_LOWER_UP));
	link.source = (uint8_t)source(k, i);
	link.drops = link.source == SOURCE_NL80211 && ap_drops(k, i);
	link.mtu = l->mtu;
	link.returns = i->returns;
	link.gateway4 = gateway(k, i, true);
	link.gateway6 = gateway(k, i, false);
	if (memcmp(&link, &i->reported, sizeof(link)) == 0)
		return;
	i->reported = link;
	k->ops.link(k->ops.arg, &link);
	if (was.ifindex == 0 || link.source != was.source) {
		k->fdb_dump = true;
		kernel_wake(k);
	}
	if (link.up && !was.up)
		ap_report(k, i);
}

/*
 * Our IPv4 or link-local address on it: the configured one if it is there, else
 * the first usable.
 */
static struct addr
gateway(struct kernel *k, struct kiface *i, bool v4)
{
	struct kaddr *a, *best = NULL;
	uint32_t c;

	for (c = 0; c < i->conf.naddrs; c++) {
		a = addr_on(k, i->node->link.ifindex,
		    &i->conf.addrs[c].addr, i->conf.addrs[c].len);
		if (a != NULL && addr_serves(&a->a, v4))
			return a->a.addr;
	}
	RB_FOREACH(a, kaddr_tree, &k->addrs)
		if (a->a.ifindex == i->node->link.ifindex &&
		    addr_serves(&a->a, v4) &&
		    (best == NULL || a->order < best->order))
			best = a;
	return best != NULL ? best->a.addr : addr_none;
}

static bool
addr_serves(const struct kernel_addr *a, bool v4)
{
	if (v4)
		return addr_is_v4(&a->addr) && a->scope < RT_SCOPE_LINK;
	return addr_is_linklocal(&a->addr) && !addr_is_v4(&a->addr) &&
	    !(a->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
}

/* Of several sources, the best one. */
static enum station_source
source(struct kernel *k, struct kiface *i)
{
	enum station_source best = SOURCE_PACKETS;
	struct knode *n;

	if (i->conf.source != SOURCE_AUTO)
		return i->conf.source;
	if (i->node->link.bridge || vlan_bridge(k, i) != NULL)
		best = SOURCE_BRIDGE;
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->serves == i) {
			if (n->role != ROLE_NONE)
				return SOURCE_NL80211;
			best = SOURCE_BRIDGE;
		}
	return best;
}
