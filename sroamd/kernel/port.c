/* SPDX-License-Identifier: ISC */
/* Whose stations are at a port of a bridge: port.h. */
#include <string.h>

#include "kernel/iface.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/state.h"
#include "kernel/vlan.h"

bool
port_is_listed(const struct kiface *i, const struct knode *n)
{
	uint32_t p;

	for (p = 0; p < i->conf.nports; p++)
		if (strcmp(i->conf.ports[p], n->link.name) == 0)
			return true;
	return false;
}

struct kiface *
port_iface(struct kernel *k, const struct knode *n, uint16_t vid)
{
	struct knode *bridge = vlan_master(k, n);
	struct kiface *i;

	if (bridge == NULL)
		return n->own;
	if ((i = vlan_iface(k, bridge, vid)) != NULL)
		return i->conf.nports == 0 || port_is_listed(i, n) ? i : NULL;
	return vid != 0 && bridge->vlans != NULL &&
	    bridge->vlans->pvid == vid ? n->own : NULL;
}

bool
port_has(struct kernel *k, const struct knode *n, const struct kiface *i)
{
	struct knode *bridge;

	if (n->serves == i)
		return true;
	if ((bridge = vlan_master(k, n)) == NULL)
		return false;
	if (n->own == i)
		return bridge->vlans != NULL && vlan_at(n,
		    bridge->vlans->pvid);
	return vlan_bridge(k, i) == bridge && vlan_at(n, i->vid) &&
	    (i->conf.nports == 0 || port_is_listed(i, n));
}

struct kiface *
port_any(struct kernel *k, const struct knode *n)
{
	struct kiface *i;

	if (n->serves != NULL || vlan_master(k, n) == NULL)
		return n->serves;
	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (port_has(k, n, i))
			return i;
	return NULL;
}
