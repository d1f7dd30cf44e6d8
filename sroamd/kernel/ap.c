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
#include "kernel/netlink.h"
#include "kernel/node.h"
#include "kernel/sock.h"
#include "kernel/state.h"
#include "kernel/station.h"
#include "radio/hostapd.h"
#include "radio/radio.h"

static void	each_station(void *, struct nlmsghdr *);
static void	on_xid(evutil_socket_t, short, void *);

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
	if (n->role == ROLE_AP) {
		hostapd_watch(k->hostapd, ap->name, ap->ifindex);
		ap_dump(k, n, SIGHTING_PRESENT);
	}
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

	if (n->role != ROLE_AP)
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

/* The source of the frame is the station; the rest is not needed. */
static void
on_xid(evutil_socket_t fd, short what, void *arg)
{
	struct kap *ap = arg;
	struct kernel *k = ap->kernel;
	struct knode *n;
	uint8_t frame[64];
	struct mac mac;
	uint32_t home;

	(void)what;
	while (recv(fd, frame, sizeof(frame), 0) >= 12) {
		memcpy(&mac, frame + 6, sizeof(mac));
		if (!mac_is_station(&mac) ||
		    (n = node_find(k, ap->ifindex)) == NULL)
			continue;
		if ((home = ap_of(k, n, &mac)) == 0)
			home = ap->ifindex;
		radio_authorised(k->radio, home, &mac, clock_monotime());
	}
	station_schedule(k);
}

/*
 * A station of a 4-address or VLAN interface is kept under its access point,
 * which shares the radio.  0: no access point knows it.
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
		    n->role == ROLE_AP_VLAN && other->wiphy == n->wiphy)
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
		if (n->ap != NULL && n->serves == i) {
			radio_drop(k->radio, n->link.ifindex);
			ap_dump(k, n, SIGHTING_PRESENT);
		}
}

bool
ap_drops(struct kernel *k, const struct kiface *i)
{
	struct knode *n;
	bool any = false;

	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL && n->serves == i && n->role == ROLE_AP) {
			if (!n->ap->attached)
				return false;
			any = true;
		}
	return any;
}
