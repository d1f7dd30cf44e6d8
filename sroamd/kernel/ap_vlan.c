/* SPDX-License-Identifier: ISC */
/* The interfaces beside an access point: ap_vlan.h. */
#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "kernel/ap_vlan.h"
#include "kernel/iface.h"
#include "kernel/netlink.h"
#include "kernel/node.h"
#include "kernel/state.h"
#include "radio/nl80211.h"

static bool		 by_radio(const struct knode *);
static struct knode	*ap_of_vlan(struct kernel *, const struct knode *);
static void		 relate(struct knode *, struct knode *);
static bool		 has(struct kernel *, const struct knode *,
			    const struct mac *);
static void		 each(void *, struct nlmsghdr *);

static bool
by_radio(const struct knode *n)
{
	return n->serves != NULL && iface_by_radio(n->serves);
}

void
ap_vlan_update(struct kernel *k)
{
	struct knode *n, *ap;

	RB_FOREACH(n, knode_tree, &k->nodes) {
		n->apart = n->divided = n->related = false;
		n->access_point = 0;
	}
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->role == ROLE_AP_VLAN &&
		    (ap = ap_of_vlan(k, n)) != NULL)
			relate(n, ap);
}

/* It has the same MAC address, which is the BSSID. */
static struct knode *
ap_of_vlan(struct kernel *k, const struct knode *n)
{
	struct knode *ap, *found = NULL;

	RB_FOREACH(ap, knode_tree, &k->nodes) {
		if (ap->role != ROLE_AP || ap->wiphy != n->wiphy)
			continue;
		if (mac_cmp(&ap->link.mac, &n->link.mac) == 0)
			return ap;
		if (found == NULL || ap->serves == n->serves)
			found = ap;
	}
	return found;
}

static void
relate(struct knode *n, struct knode *ap)
{
	n->access_point = ap->link.ifindex;
	n->apart = n->serves != ap->serves;
	if (!n->apart)
		return;
	ap->divided = true;
	ap->related |= by_radio(n);
	n->related = by_radio(ap);
}

uint32_t
ap_vlan_ap(const struct knode *n)
{
	return n->apart ? n->access_point : n->link.ifindex;
}

bool
ap_vlan_related(const struct knode *a, const struct knode *b)
{
	return (a->access_point != 0 ? a->access_point : a->link.ifindex) ==
	    (b->access_point != 0 ? b->access_point : b->link.ifindex);
}

/* A station is in the list of the very interface that it is at. */
uint32_t
ap_vlan_where(struct kernel *k, const struct knode *ap, const struct mac *mac)
{
	struct knode *n;

	if (has(k, ap, mac))
		return ap->link.ifindex;
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->access_point == ap->link.ifindex && has(k, n, mac))
			return n->apart ? n->link.ifindex : ap->link.ifindex;
	return 0;
}

static bool
has(struct kernel *k, const struct knode *n, const struct mac *mac)
{
	k->sought = *mac;
	k->found = false;
	if (netlink_dump(k->genl, nl80211_dump_stations(k->nl80211.family,
	    n->link.ifindex), each) == -1 && errno != ENODEV &&
	    errno != EOPNOTSUPP)
		log_warn("%s: list of stations", n->link.name);
	return k->found;
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct nl80211_news news;

	if (nl80211_read(nlh, k->nl80211.family, &news) == 0 &&
	    news.kind == NL80211_STATION &&
	    mac_cmp(&news.mac, &k->sought) == 0)
		k->found = true;
}
