/* SPDX-License-Identifier: ISC */
/* Layer-3 interfaces by index.  How they come and go: roam/link.c. */
#include "lease/iface.h"
#include "lease/state.h"
#include "table/state.h"

RB_GENERATE(iface_tree, iface, entry, iface_cmp)

int
iface_cmp(const struct iface *a, const struct iface *b)
{
	return (a->link.ifindex > b->link.ifindex) -
	    (a->link.ifindex < b->link.ifindex);
}

struct iface *
iface_at(struct core *core, uint32_t ifindex)
{
	struct iface	key;

	key.link.ifindex = ifindex;
	return RB_FIND(iface_tree, &core->lease->ifaces, &key);
}
