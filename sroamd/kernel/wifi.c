/* SPDX-License-Identifier: ISC */
/*
 * Access points, and the stations at those that serve one of our interfaces.
 * nl80211 reports which stations authenticate and leave.  When a station may
 * send is shown by an XID frame of the kernel on the interface, by hostapd on
 * its control socket, or by the flags of the station (radio/radio.h).
 */
#include <errno.h>
#include <event2/event.h>
#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/ap.h"
#include "kernel/ap_vlan.h"
#include "kernel/event.h"
#include "kernel/monitor.h"
#include "kernel/netlink.h"
#include "kernel/node.h"
#include "kernel/report.h"
#include "kernel/serve.h"
#include "kernel/state.h"
#include "kernel/station.h"
#include "kernel/wifi.h"
#include "radio/hostapd.h"
#include "radio/radio.h"

static bool	has_wifi(void);
static bool	resolve(struct kernel *);
static void	each_news(void *, struct nlmsghdr *);
static void	each_interface(void *, struct nlmsghdr *);
static void	lost(void *);
static void	set_role(struct kernel *, struct knode *, enum nl80211_role,
		    uint32_t);
static void	on_radio(evutil_socket_t, short, void *);
static void	hostapd_station(void *, uint32_t, const struct mac *, bool);
static void	hostapd_attached(void *, uint32_t, bool);

void
wifi_open(struct kernel *k)
{
	const struct hostapd_ops ops = { hostapd_station, hostapd_attached, k };

	station_open(k);
	k->radio_due = event_new(k->base, -1, 0, on_radio, k);
	if (k->radio_due == NULL)
		fatalx("kernel: no event");
	k->hostapd = hostapd_new(k->base, &ops);
	(void)resolve(k);
}

void
wifi_close(struct kernel *k)
{
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		ap_unwatch(k, n);
	netlink_monitor_close(k->stations);
	netlink_close(k->genl);
	hostapd_free(k->hostapd);
	station_close(k);
	k->stations = NULL;
	k->genl = NULL;
	k->hostapd = NULL;
}

/*
 * Asking for a missing family would load its module on machines that do not
 * need it.
 */
static bool
has_wifi(void)
{
	return access("/sys/class/ieee80211", F_OK) == 0 ||
	    access("/sys/class/net", F_OK) == -1;
}

/*
 * The family comes with the first Wi-Fi driver, perhaps long after our start.
 * Most of its events are of frames sent; a filter drops them in the kernel.
 */
static bool
resolve(struct kernel *k)
{
#define AT_CMD		(NLMSG_HDRLEN + offsetof(struct genlmsghdr, cmd))
#define KEEP(cmd, left)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (cmd), (left), 0)
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_CMD),
		KEEP(NL80211_CMD_NEW_STATION, 8),
		KEEP(NL80211_CMD_DEL_STATION, 7),
		KEEP(NL80211_CMD_PROBE_CLIENT, 6),
		KEEP(NL80211_CMD_NEW_INTERFACE, 5),
		KEEP(NL80211_CMD_SET_INTERFACE, 4),
		KEEP(NL80211_CMD_DEL_INTERFACE, 3),
		KEEP(NL80211_CMD_START_AP, 2),
		KEEP(NL80211_CMD_STOP_AP, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)
	};
	int groups[2];

	if (k->genl != NULL)
		return true;
	if (!has_wifi() || nl80211_resolve(&k->nl80211) == -1)
		return false;
	groups[0] = k->nl80211.mlme;
	groups[1] = k->nl80211.config;
	k->stations = netlink_monitor_open(k->base, NETLINK_GENERIC, groups,
	    2, filter, sizeof(filter) / sizeof(filter[0]), each_news, lost,
	    k);
	k->genl = netlink_open(k, NETLINK_GENERIC);
	if (k->stations == NULL || k->genl == NULL)
		fatalx("nl80211: no socket");
	return true;
#undef KEEP
#undef AT_CMD
}

/* Which interfaces are access points: at start, and after lost events. */
void
wifi_roles(struct kernel *k)
{
	if (k->genl != NULL && netlink_dump(k->genl,
	    nl80211_dump_interfaces(k->nl80211.family), each_interface) == -1 &&
	    errno != EINTR)
		log_warn("nl80211: list of interfaces");
}

void
wifi_conf(struct kernel *k)
{
	struct knode *n;

	hostapd_path(k->hostapd, k->conf.hostapd);
	RB_FOREACH(n, knode_tree, &k->nodes)
		serve_port(k, n);
}

/* An interface is new, or works differently from now on. */
void
wifi_link(struct kernel *k, struct knode *n)
{
	struct question q;

	if (k->quiet || !resolve(k))
		return;
	station_inquire(k, nl80211_get_interface(k->nl80211.family,
	    n->link.ifindex),
	    &q);
	if (q.answered && q.news.kind == NL80211_INTERFACE)
		set_role(k, n, q.news.role, q.news.wiphy);
	else
		set_role(k, n, ROLE_NONE, 0);
}

void
wifi_check(struct kernel *k, uint32_t ifindex, const struct mac *mac)
{
	struct knode *n = node_find(k, ifindex);

	if (n != NULL && n->ap != NULL)
		radio_check(k->radio, ifindex, mac);
	station_schedule(k);
}

/*
 * The entry of the kernel is never deleted without hostapd.  Both the station
 * and hostapd would think that it is associated, and its frames would be
 * dropped until one asks the other, which takes minutes.
 */
int
wifi_drop(struct kernel *k, const struct knode *n, const struct mac *mac,
    bool silent)
{
	struct knode *ap = node_find(k, ap_vlan_ap(n));

	if (n->ap == NULL || ap == NULL || ap->ap == NULL)
		return -1;
	if (silent && !radio_is_stale(k->radio, n->ap->ifindex, mac))
		return 0;
	return hostapd_drop(k->hostapd, ap->ap->name, mac, silent);
}

static void
on_radio(evutil_socket_t fd, short what, void *arg)
{
	struct kernel *k = arg;

	(void)fd;
	(void)what;
	ap_read(k);
	radio_tick(k->radio, clock_monotime());
	station_schedule(k);
}

static void
lost(void *arg)
{
	struct kernel *k = arg;
	struct knode *n;

	k->stats.overflows++;
	if (kernel_may_log_lost(k))
		log_info("nl80211: events lost, asking again");
	wifi_roles(k);
	/*
	 * A station that the dump shows as new came while events were lost: it
	 * joined.
	 */
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL)
			ap_dump(k, n, SIGHTING_JOINED);
}

static void
each_news(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	monotime_t now = clock_monotime();
	struct nl80211_news news;
	struct knode *n;
	uint32_t home;

	if (nl80211_read(nlh, k->nl80211.family, &news) == -1 ||
	    (n = node_find(k, news.ifindex)) == NULL)
		return;
	switch (news.kind) {
	case NL80211_INTERFACE:
		set_role(k, n, news.role, news.wiphy);
		return;
	case NL80211_INTERFACE_GONE:
		set_role(k, n, ROLE_NONE, 0);
		return;
	case NL80211_STARTED:
		if (n->ap != NULL)
			hostapd_look(k->hostapd);
		return;
	case NL80211_STATION:
		if (n->ap != NULL)
			radio_appeared(k->radio, news.ifindex, &news.mac, now);
		break;
	case NL80211_STATION_GONE:
		if ((home = ap_of(k, n, &news.mac)) != 0 &&
		    (home == news.ifindex || n->role == ROLE_AP_VLAN))
			radio_left(k->radio, home, &news.mac);
		break;
	case NL80211_PROBED:
		if ((home = ap_of(k, n, &news.mac)) != 0)
			radio_probed(k->radio, home, &news.mac,
			    news.acknowledged);
		break;
	case NL80211_OTHER:
		return;
	}
	station_schedule(k);
}

static void
each_interface(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct nl80211_news news;
	struct knode *n;

	if (nl80211_read(nlh, k->nl80211.family, &news) == 0 &&
	    news.kind == NL80211_INTERFACE &&
	    (n = node_find(k, news.ifindex)) != NULL)
		set_role(k, n, news.role, news.wiphy);
}

static void
set_role(struct kernel *k, struct knode *n, enum nl80211_role role,
    uint32_t wiphy)
{
	struct kiface *was = n->serves;

	if (n->role == role && n->wiphy == wiphy)
		return;
	n->role = role;
	n->wiphy = wiphy;
	serve_port(k, n);
	serve_radios(k);
	/* Another source reports the stations there from now on. */
	if (was != NULL)
		iface_report(k, was);
	if (n->serves != NULL && n->serves != was)
		iface_report(k, n->serves);
}

static void
hostapd_station(void *arg, uint32_t ifindex, const struct mac *mac,
    bool connected)
{
	struct kernel *k = arg;
	struct knode *n = node_find(k, ifindex);
	uint32_t home;

	ap_read(k);
	if (n != NULL && (home = ap_of(k, n, mac)) != 0)
		ifindex = home;
	if (connected)
		radio_connected(k->radio, ifindex, mac, clock_monotime());
	else
		radio_disconnected(k->radio, ifindex, mac);
	station_schedule(k);
}

static void
hostapd_attached(void *arg, uint32_t ifindex, bool attached)
{
	struct kernel *k = arg;
	struct knode *n;

	if ((n = node_find(k, ifindex)) == NULL || n->ap == NULL)
		return;
	n->ap->attached = attached;
	if (n->serves != NULL)
		iface_report(k, n->serves);
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->apart && n->access_point == ifindex &&
		    n->serves != NULL)
			iface_report(k, n->serves);
}
