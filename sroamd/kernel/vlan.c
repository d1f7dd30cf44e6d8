/* SPDX-License-Identifier: ISC */
/* Bridges that tell VLANs apart: vlan.h. */
#include <linux/rtnetlink.h>

#include "common/log.h"
#include "kernel/event.h"
#include "kernel/iface.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/state.h"
#include "kernel/vlan.h"

static int	kvlan_cmp(const struct kiface *, const struct kiface *);
static void	lladdr_done(void *, void *, int, int, struct nlmsghdr *);
static bool	has(const uint64_t *, uint16_t);

RB_PROTOTYPE(kvlan_tree, kiface, by_vlan, kvlan_cmp)
RB_GENERATE(kvlan_tree, kiface, by_vlan, kvlan_cmp)

static int
kvlan_cmp(const struct kiface *a, const struct kiface *b)
{
	if (a->above != b->above)
		return a->above < b->above ? -1 : 1;
	return a->vid < b->vid ? -1 : a->vid > b->vid;
}

void
vlan_appeared(struct kernel *k, struct kiface *i)
{
	const struct kernel_link *l = &i->node->link;

	if (l->vid == 0 || l->lower == 0)
		return;
	i->above = l->lower;
	i->vid = l->vid;
	if (RB_INSERT(kvlan_tree, &k->vlans, i) != NULL)
		i->above = 0;	/* of the other protocol */
}

void
vlan_vanished(struct kernel *k, struct kiface *i)
{
	if (i->above != 0)
		RB_REMOVE(kvlan_tree, &k->vlans, i);
	i->above = 0;
	i->vid = 0;
}

struct knode *
vlan_bridge(struct kernel *k, const struct kiface *i)
{
	struct knode *bridge;

	if (i->above == 0 || i->node == NULL ||
	    (bridge = node_find(k, i->above)) == NULL ||
	    !bridge->link.filters ||
	    bridge->link.protocol != i->node->link.protocol)
		return NULL;
	return bridge;
}

struct knode *
vlan_master(struct kernel *k, const struct knode *port)
{
	struct knode *bridge;

	return port->link.master != 0 &&
	    (bridge = node_find(k, port->link.master)) != NULL &&
	    bridge->link.filters ? bridge : NULL;
}

struct kiface *
vlan_iface(struct kernel *k, const struct knode *bridge, uint16_t vid)
{
	struct kiface key, *i;

	key.above = bridge->link.ifindex;
	key.vid = vid;
	i = RB_FIND(kvlan_tree, &k->vlans, &key);
	return i != NULL && vlan_bridge(k, i) == bridge ? i : NULL;
}

uint16_t
vlan_untagged(struct kernel *k, const struct knode *port)
{
	return port->vlans != NULL && vlan_master(k, port) != NULL ?
	    port->vlans->pvid : 0;
}

static bool
has(const uint64_t *set, uint16_t vid)
{
	return vid < VLANS && (set[vid / 64] >> vid % 64 & 1);
}

bool
vlan_at(const struct knode *port, uint16_t vid)
{
	return port->vlans != NULL && has(port->vlans->member, vid);
}

uint16_t
vlan_tag(struct kernel *k, const struct knode *port, uint16_t vid)
{
	return vid != 0 && vlan_master(k, port) != NULL &&
	    vlan_at(port, vid) && !has(port->vlans->untagged, vid) ? vid : 0;
}

void
vlan_lladdr(struct kernel *k, struct kiface *i)
{
	struct knode *bridge = vlan_bridge(k, i);

	if (bridge == NULL || k->quiet || k->closing ||
	    !vlan_at(bridge, i->vid) || !mac_is_station(&i->conf.lladdr) ||
	    mac_cmp(&i->conf.lladdr, &bridge->link.mac) == 0)
		return;
	netlink_request(k->nl, msg_fdb_local(RTM_NEWNEIGH, NLM_F_CREATE,
	    bridge->link.ifindex, &i->conf.lladdr, i->vid), lladdr_done, i,
	    0);
	netlink_flush(k->nl);
}

static void
lladdr_done(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	const struct kiface *i = obj;

	(void)op;
	(void)reply;
	if (error == 0)
		return;
	k->stats.failed++;
	kernel_warn(k, RTM_NEWNEIGH, "%s: MAC address %s in the bridge: %s",
	    i->conf.name, mac_text(&i->conf.lladdr), netlink_why(k->nl));
}

void
vlan_lladdr_back(struct kernel *k, struct kiface *i)
{
	struct knode *bridge = vlan_bridge(k, i);

	if (bridge != NULL && mac_is_station(&i->conf.lladdr) &&
	    mac_cmp(&i->conf.lladdr, &bridge->link.mac) != 0)
		netlink_request(k->nl, msg_fdb_local(RTM_DELNEIGH, 0,
		    bridge->link.ifindex, &i->conf.lladdr, i->vid), NULL,
		    NULL, 0);
}
