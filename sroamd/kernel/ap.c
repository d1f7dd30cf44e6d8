/* SPDX-License-Identifier: ISC */
/* Access points that serve one of our interfaces. */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/ap.h"
#include "kernel/ap_vlan.h"
#include "kernel/netlink.h"
#include "kernel/node.h"
#include "kernel/sock.h"
#include "kernel/state.h"
#include "kernel/station.h"
#include "radio/hostapd.h"
#include "radio/radio.h"

static void	each_station(void *, struct nlmsghdr *);
static void	on_xid(evutil_socket_t, short, void *);
static void	read_xids(struct kap *);
static void	authorised(struct kernel *, const struct knode *,
		    const struct mac *);

void
ap_watch(struct kernel *k, struct knode *n)
{
	struct kap *ap;

	if ((ap = calloc(1, sizeof(*ap))) == NULL)
		fatal("access point");
	ap->kernel = k;
	ap->ifindex = n->link.ifindex;
	strlcpy(ap->name, n->link.name, sizeof(ap->name));
	n->ap = ap;
	if ((ap->fd = sock_xid_open(ap->ifindex)) == -1)
		log_warn("%s: packet socket", ap->name);
	else {
		ap->readable = event_new(k->base, ap->fd,
		    EV_READ | EV_PERSIST, on_xid, ap);
		if (ap->readable == NULL || event_add(ap->readable, NULL) == -1)
			fatalx("%s: no event", ap->name);
	}
	if (n->role == ROLE_AP)
		hostapd_watch(k->hostapd, ap->name, ap->ifindex);
	ap_dump(k, n, SIGHTING_PRESENT);
}

void
ap_unwatch(struct kernel *k, struct knode *n)
{
	struct kap *ap = n->ap;

	if (ap == NULL)
		return;
	radio_drop(k->radio, ap->ifindex);
	station_schedule(k);
	n->ap = NULL;
	if (ap->readable != NULL)
		event_free(ap->readable);
	if (ap->fd != -1)
		close(ap->fd);
	hostapd_forget(k->hostapd, ap->name);
	free(ap);
}

void
ap_dump(struct kernel *k, const struct knode *n, enum sighting_kind kind)
{
	uint32_t ifindex = n->link.ifindex;

	if (n->role != ROLE_AP && !n->apart)
		return;
	k->dump_ifindex = ifindex;
	k->dump_kind = kind;
	radio_dump_begin(k->radio, ifindex);
	if (netlink_dump(k->genl, nl80211_dump_stations(k->nl80211.family,
	    ifindex), each_station) == 0)
		radio_dump_end(k->radio, ifindex);
	else if (errno != ENODEV && errno != EOPNOTSUPP)
		log_warn("%s: list of stations", n->link.name);
	station_schedule(k);
}

static void
each_station(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct nl80211_news news;

	if (nl80211_read(nlh, k->nl80211.family, &news) == 0 &&
	    news.kind == NL80211_STATION)
		radio_dump_each(k->radio, k->dump_ifindex, &news.mac,
		    &news.state, k->dump_kind, clock_monotime());
}

static void
on_xid(evutil_socket_t fd, short what, void *arg)
{
	struct kap *ap = arg;

	(void)fd;
	(void)what;
	read_xids(ap);
	station_schedule(ap->kernel);
}

/* The source of the frame is the station; the rest is not needed. */
static void
read_xids(struct kap *ap)
{
	struct kernel *k = ap->kernel;
	struct knode *n;
	uint8_t frame[64];
	struct mac mac;

	while (recv(ap->fd, frame, sizeof(frame), 0) >= 12) {
		memcpy(&mac, frame + 6, sizeof(mac));
		if (mac_is_station(&mac) &&
		    (n = node_find(k, ap->ifindex)) != NULL)
			authorised(k, n, &mac);
	}
}

/*
 * It is at this very interface, and not any more at another of the same access
 * point: hostapd has put it into its VLAN.
 */
static void
authorised(struct kernel *k, const struct knode *n, const struct mac *mac)
{
	struct knode *other;
	uint32_t at, home = 0;
	unsigned int i = 0;

	if (n->role == ROLE_AP_VLAN && !n->apart)
		home = ap_of(k, n, mac);
	if (home == 0)
		home = n->link.ifindex;
	radio_authorised(k->radio, home, mac, clock_monotime());
	while ((at = radio_at(k->radio, mac, i)) != 0)
		if (at != home && (other = node_find(k, at)) != NULL &&
		    ap_vlan_related(n, other))
			radio_left(k->radio, at, mac);
		else
			i++;
}

void
ap_read(struct kernel *k)
{
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL && n->ap->fd != -1 &&
		    (n->apart || n->divided))
			read_xids(n->ap);
}

/*
 * A station of a 4-address interface is kept under its access point, one that
 * an event of the access point is about perhaps under its VLAN.
 */
uint32_t
ap_of(struct kernel *k, const struct knode *n, const struct mac *mac)
{
	struct knode *other;
	uint32_t at, found = 0;
	unsigned int i;

	for (i = 0; (at = radio_at(k->radio, mac, i)) != 0; i++) {
		if (at == n->link.ifindex)
			return at;
		if ((other = node_find(k, at)) != NULL &&
		    ap_vlan_related(n, other))
			found = at;
	}
	return found;
}

/* The layer-3 interface is back: report its stations again. */
void
ap_report(struct kernel *k, const struct kiface *i)
{
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL && n->serves == i)
			ap_again(k, n);
}

void
ap_again(struct kernel *k, const struct knode *n)
{
	radio_drop(k->radio, n->link.ifindex);
	ap_dump(k, n, SIGHTING_PRESENT);
}

bool
ap_drops(struct kernel *k, const struct kiface *i)
{
	struct knode *n, *ap;
	bool any = false;

	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL && n->serves == i &&
		    (n->role == ROLE_AP || n->apart)) {
			ap = node_find(k, ap_vlan_ap(n));
			if (ap == NULL || ap->ap == NULL || !ap->ap->attached)
				return false;
			any = true;
		}
	return any;
}
