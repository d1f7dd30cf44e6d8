/* SPDX-License-Identifier: ISC */
/* The interfaces of the configuration: struct kiface and its look-up. */
#include <linux/if.h>
#include <string.h>

#include "kernel/iface.h"
#include "kernel/node.h"
#include "kernel/state.h"

struct kiface *
iface_find(struct kernel *k, uint32_t ifindex)
{
	struct knode *n;

	return (n = node_find(k, ifindex)) != NULL ? n->iface : NULL;
}

struct kiface *
iface_by_name(struct kernel *k, const char *name)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (strcmp(i->conf.name, name) == 0)
			return i;
	return NULL;
}

bool
iface_usable(const struct kiface *i)
{
	return i->node != NULL && (i->node->link.flags & IFF_UP);
}

bool
iface_by_fdb(const struct kiface *i)
{
	return i->conf.source == SOURCE_BRIDGE ||
	    i->conf.source == SOURCE_AUTO;
}

bool
iface_by_radio(const struct kiface *i)
{
	return i->conf.source == SOURCE_NL80211 ||
	    i->conf.source == SOURCE_AUTO;
}
