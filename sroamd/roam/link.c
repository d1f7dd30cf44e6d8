/* SPDX-License-Identifier: ISC */
/* Layer-3 interfaces: how they come and go, with the stations there. */
#include <stdlib.h>
#include <string.h>

#include "lease/advert.h"
#include "lease/assoc.h"
#include "lease/iface.h"
#include "lease/missing.h"
#include "lease/reserve.h"
#include "lease/state.h"
#include "roam/asking.h"
#include "roam/assoc.h"
#include "roam/door.h"
#include "roam/link.h"
#include "roam/seek.h"
#include "roam/state.h"
#include "table/effect.h"
#include "table/state.h"

static void	iface_down(struct core *, struct iface *, monotime_t);
static void	announce_again(struct core *, struct iface *, monotime_t);

int
ifaces_provide(struct core *core, size_t n)
{
	struct iface	*i;

	while (core->lease->nifaces + core->roam->nspare_ifaces < n) {
		if ((i = calloc(1, sizeof(*i))) == NULL)
			return -1;
		LIST_INSERT_HEAD(&core->roam->spare_ifaces, i, spare);
		core->roam->nspare_ifaces++;
	}
	return 0;
}

/* Fewer interfaces are configured now. */
void
ifaces_trim(struct core *core, size_t n)
{
	struct iface	*i;

	while (core->lease->nifaces + core->roam->nspare_ifaces > n &&
	    (i = LIST_FIRST(&core->roam->spare_ifaces)) != NULL) {
		LIST_REMOVE(i, spare);
		core->roam->nspare_ifaces--;
		free(i);
	}
}

void
ifaces_free(struct core *core)
{
	struct iface	*i;

	ifaces_trim(core, 0);
	while ((i = RB_ROOT(&core->lease->ifaces)) != NULL) {
		RB_REMOVE(iface_tree, &core->lease->ifaces, i);
		free(i);
	}
}

static void
iface_down(struct core *core, struct iface *i, monotime_t now)
{
	struct assoc	*a, *next;

	LIST_FOREACH_SAFE(a, &i->assocs, on_link, next) {
		if (a->state == ASSOC_HERE && a->source != SOURCE_NL80211)
			missing_add(core, a, now);
		assoc_drop(core, a, "interface down", now);
	}
	RB_REMOVE(iface_tree, &core->lease->ifaces, i);
	core->lease->nifaces--;
	LIST_INSERT_HEAD(&core->roam->spare_ifaces, i, spare);
	core->roam->nspare_ifaces++;
	ifaces_trim(core, core->lease->nconf_ifaces);
	core_reserve(core);
}

void
ifaces_leave(struct core *core, const struct networks *new, monotime_t now)
{
	struct iface	*i, *next;

	RB_FOREACH_SAFE(i, iface_tree, &core->lease->ifaces, next)
		if (!networks_have(new, i->network))
			iface_down(core, i, now);
}

/* Another router goes on as this one: we have no stations any more. */
void
ifaces_withdraw(struct core *core, monotime_t now)
{
	struct iface	*i;

	while ((i = RB_ROOT(&core->lease->ifaces)) != NULL)
		iface_down(core, i, now);
	core->clone = true;
}

/* The parent reports an interface. */
void
core_link(struct core *core, const struct link *link, monotime_t now)
{
	struct iface	*i = iface_at(core, link->ifindex);
	bool		 same, other_mac, returned, ports;

	if (i != NULL && (!link->up || core->clone ||
	    i->network != network_of_iface(core, link->conf))) {
		iface_down(core, i, now);
		i = NULL;
	}
	if (!link->up || core->clone)
		return;
	returned = i == NULL;
	if (i == NULL) {
		/* One of the former configuration may still be up, too. */
		if (core->roam->nspare_ifaces == 0 &&
		    ifaces_provide(core, core->lease->nifaces + 1UL) == -1) {
			core_no_memory(core, "an interface");
			return;
		}
		i = LIST_FIRST(&core->roam->spare_ifaces);
		LIST_REMOVE(i, spare);
		core->roam->nspare_ifaces--;
		memset(i, 0, sizeof(*i));
		i->link.ifindex = link->ifindex;
		LIST_INIT(&i->assocs);
		RB_INIT(&i->neighs);
		RB_INSERT(iface_tree, &core->lease->ifaces, i);
		core->lease->nifaces++;
	}
	ports = i->link.returns != link->returns;
	if (returned || ports)
		asking_begin(core, link->ifindex, now);
	other_mac = !returned &&
	    mac_cmp(&i->link.lladdr, &link->lladdr) != 0;
	same = addr_cmp(&i->link.gateway6, &link->gateway6) == 0 &&
	    i->link.mtu == link->mtu;
	i->link = *link;
	i->network = network_of_iface(core, link->conf);
	core_reserve(core);
	if (returned || ports)
		seek_begin(core, i, now);
	if (other_mac)
		announce_again(core, i, now);
	if (!same)
		advert_all(core, now);
}

/* Stations have learned the old MAC address, and doubt it after seconds. */
static void
announce_again(struct core *core, struct iface *i, monotime_t now)
{
	struct assoc	*a;

	LIST_FOREACH(a, &i->assocs, on_link)
		if (a->state == ASSOC_HERE) {
			a->announces = ANNOUNCED_MOSTLY;
			gateway_announce(core, a, now);
		}
}
