/* SPDX-License-Identifier: ISC */
/* Layer-3 interfaces: those that are, with the stations there. */
#include <stdlib.h>

#include "core_state.h"

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
	return RB_FIND(iface_tree, &core->ifaces, &key);
}

/* An interface as the parent sees it now. */
void
core_link(struct core *core, const struct link *link, monotime_t now)
{
	struct iface	*i = iface_at(core, link->ifindex);
	struct assoc	*a, *next;
	bool		 told;

	if (!link->up) {
		if (i == NULL)
			return;
		LIST_FOREACH_SAFE(a, &i->assocs, on_link, next)
			assoc_drop(core, a, "interface down", now);
		RB_REMOVE(iface_tree, &core->ifaces, i);
		core->nifaces--;
		free(i);
		core_reserve(core);
		return;
	}
	if (i == NULL) {
		if ((i = calloc(1, sizeof(*i))) == NULL) {
			core_log(core, LEVEL_WARN, "%s: out of memory",
			    link->name);
			return;
		}
		i->link.ifindex = link->ifindex;
		LIST_INIT(&i->assocs);
		RB_INIT(&i->neighs);
		RB_INSERT(iface_tree, &core->ifaces, i);
		core->nifaces++;
	}
	told = addr_cmp(&i->link.gateway6, &link->gateway6) == 0 &&
	    i->link.mtu == link->mtu;
	i->link = *link;
	core_reserve(core);
	if (!told)
		advert_all(core, now);
}
