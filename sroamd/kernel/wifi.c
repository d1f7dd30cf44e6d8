/* SPDX-License-Identifier: ISC */
/*
 * Access points: which interfaces are, and the stations at those that serve
 * one of ours.  nl80211 tells who authenticates and who is gone; the kernel's
 * XID frame on the interface itself, hostapd on its control socket, or the
 * station's flags tell when it may send (radio/radio.h).
 */
#include <sys/socket.h>

#include <errno.h>
#include <event2/event.h>
#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/local.h"
#include "kernel/sock.h"
#include "radio/hostapd.h"

/* What is watched of an access point whose stations are ours. */
struct kap {
	struct kernel	*kernel;
	uint32_t	 ifindex;
	int		 fd;		/* XID frames; -1: none can be had */
	struct event	*readable;
	bool		 attached;	/* to hostapd, by this name: */
	char		 name[16];
};

/* A question, for the answer to find its way. */
struct question {
	struct nl80211_news news;
	uint16_t	 family;
	bool		 answered;
	int		 error;
};

static bool	 has_wifi(void);
static bool	 resolve(struct kernel *);
static void	 each_news(void *, struct nlmsghdr *);
static void	 each_interface(void *, struct nlmsghdr *);
static void	 each_station(void *, struct nlmsghdr *);
static void	 lost(void *);
static void	 inquire(struct kernel *, struct nl_msg *, struct question *);
static void	 answered(void *, void *, int, int, struct nlmsghdr *);
static void	 set_role(struct kernel *, struct knode *,
		    enum nl80211_role, uint32_t);
static void	 dump_stations(struct kernel *, const struct knode *,
		    enum sighting_kind);
static void	 watch(struct kernel *, struct knode *);
static void	 unwatch(struct kernel *, struct knode *);
static void	 on_xid(evutil_socket_t, short, void *);
static uint32_t	 home_of(struct kernel *, const struct knode *,
		    const struct mac *);
static void	 schedule(struct kernel *);
static void	 on_radio(evutil_socket_t, short, void *);
static void	 tell(void *, uint32_t, const struct mac *,
		    enum sighting_kind, uint64_t);
static uint32_t	 age_of(uint64_t);
static bool	 ask(void *, uint32_t, const struct mac *,
		    struct radio_state *);
static bool	 keyed(void *, uint32_t, const struct mac *);
static void	 probe(void *, uint32_t, const struct mac *);
static void	 hostapd_station(void *, uint32_t, const struct mac *, bool);
static void	 hostapd_attached(void *, uint32_t, bool);

void
wifi_open(struct kernel *k)
{
	const struct radio_ops radio_ops = { tell, ask, keyed, probe, k };
	const struct hostapd_ops hostapd_ops = {
		hostapd_station, hostapd_attached, k
	};

	k->radio = radio_new(&radio_ops);
	k->hostapd = hostapd_new(k->base, &hostapd_ops);
	k->radio_due = event_new(k->base, -1, 0, on_radio, k);
	if (k->radio_due == NULL)
		fatalx("kernel: no event");
	(void)resolve(k);
}

void
wifi_close(struct kernel *k)
{
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		unwatch(k, n);
	netlink_monitor_close(k->stations);
	netlink_close(k->genl);
	hostapd_free(k->hostapd);
	radio_free(k->radio);
	if (k->radio_due != NULL)
		event_free(k->radio_due);
	k->stations = NULL;
	k->genl = NULL;
	k->hostapd = NULL;
	k->radio = NULL;
	k->radio_due = NULL;
}

/*
 * To ask for a family that is not there would load it, on machines that have
 * no use for it.
 */
static bool
has_wifi(void)
{
	return access("/sys/class/ieee80211", F_OK) == 0 ||
	    access("/sys/class/net", F_OK) == -1;
}

/*
 * The family comes with the first Wi-Fi driver, which may be long after us.
 * Of all that it tells, most is of frames sent: kept off by the kernel.
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

/* Which interfaces are access points: at start, and when news were lost. */
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
		wifi_serves(k, n);
}

/* An interface is new, or works differently from now on. */
void
wifi_link(struct kernel *k, struct knode *n)
{
	struct question q;

	if (k->quiet || !resolve(k))
		return;
	inquire(k, nl80211_get_interface(k->nl80211.family, n->link.ifindex),
	    &q);
	if (q.answered && q.news.kind == NL80211_INTERFACE)
		set_role(k, n, q.news.role, q.news.wiphy);
	else
		set_role(k, n, ROLE_NONE, 0);
}

void
wifi_link_gone(struct kernel *k, struct knode *n)
{
	unwatch(k, n);
}

/* Whom it serves has changed, or whether it is an access point. */
void
wifi_serves(struct kernel *k, struct knode *n)
{
	bool wanted = k->configured && !k->closing && n->role != ROLE_NONE &&
	    n->serves != NULL && iface_by_radio(n->serves);

	/* Another name is another control socket. */
	if (n->ap != NULL && (!wanted ||
	    strcmp(n->ap->name, n->link.name) != 0))
		unwatch(k, n);
	if (wanted && n->ap == NULL)
		watch(k, n);
}

bool
wifi_knows(struct kernel *k, const struct mac *mac)
{
	return radio_knows(k->radio, mac);
}

/* The layer-3 interface was away: who is there now is told of anew. */
void
wifi_retell(struct kernel *k, const struct kiface *i)
{
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL && n->serves == i) {
			radio_drop(k->radio, n->link.ifindex);
			dump_stations(k, n, SIGHTING_PRESENT);
		}
}

void
wifi_check(struct kernel *k, uint32_t ifindex, const struct mac *mac)
{
	struct knode *n = node_find(k, ifindex);

	if (n != NULL && n->ap != NULL)
		radio_check(k->radio, ifindex, mac);
	schedule(k);
}

/*
 * The kernel's entry is never deleted behind hostapd's back: the station
 * would believe that it is associated, hostapd too, and its frames would be
 * dropped until one of them asks the other, which takes minutes.
 */
int
wifi_drop(struct kernel *k, const struct knode *n, const struct mac *mac,
    bool silent)
{
	if (n->ap == NULL)
		return -1;
	if (silent && !radio_is_stale(k->radio, n->ap->ifindex, mac))
		return 0;
	return hostapd_drop(k->hostapd, n->ap->name, mac, silent);
}

bool
wifi_drops(struct kernel *k, const struct kiface *i)
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

static void
lost(void *arg)
{
	struct kernel *k = arg;
	struct knode *n;

	k->stats.overflows++;
	if (kernel_may_log_lost(k))
		log_info("nl80211: events lost, asking again");
	wifi_roles(k);
	/* What is new now came while we did not hear: it joined. */
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL)
			dump_stations(k, n, SIGHTING_JOINED);
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
		if ((home = home_of(k, n, &news.mac)) != 0)
			radio_left(k->radio, home, &news.mac);
		break;
	case NL80211_PROBED:
		if ((home = home_of(k, n, &news.mac)) != 0)
			radio_probed(k->radio, home, &news.mac,
			    news.acknowledged);
		break;
	case NL80211_OTHER:
		return;
	}
	schedule(k);
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
	node_serves(k, n);
	wifi_serves(k, n);
	/* What is learned of stations there comes from elsewhere now. */
	if (was != NULL)
		iface_tell(k, was);
	if (n->serves != NULL && n->serves != was)
		iface_tell(k, n->serves);
}

static void
watch(struct kernel *k, struct knode *n)
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
		dump_stations(k, n, SIGHTING_PRESENT);
	}
}

static void
unwatch(struct kernel *k, struct knode *n)
{
	struct kap *ap = n->ap;

	if (ap == NULL)
		return;
	radio_drop(k->radio, ap->ifindex);
	schedule(k);
	n->ap = NULL;
	if (ap->readable != NULL)
		event_free(ap->readable);
	if (ap->fd != -1)
		close(ap->fd);
	hostapd_forget(k->hostapd, ap->name);
	free(ap);
}

static void
dump_stations(struct kernel *k, const struct knode *n,
    enum sighting_kind kind)
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
	schedule(k);
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

/* The frame's source is the station; nothing else of it matters. */
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
		if ((home = home_of(k, n, &mac)) == 0)
			home = ap->ifindex;
		radio_authorised(k->radio, home, &mac, clock_monotime());
	}
	schedule(k);
}

/*
 * A station of a 4-address or VLAN interface is kept under its access point,
 * which shares the radio.  0: none knows it.
 */
static uint32_t
home_of(struct kernel *k, const struct knode *n, const struct mac *mac)
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

static void
schedule(struct kernel *k)
{
	monotime_t due = radio_due(k->radio);
	struct timeval tv = { 0, 0 };
	int64_t us;

	if (monotime_is_never(due)) {
		event_del(k->radio_due);
		return;
	}
	if ((us = due.us - clock_monotime().us) > 0) {
		tv.tv_sec = us / 1000000;
		tv.tv_usec = us % 1000000;
	}
	event_add(k->radio_due, &tv);
}

static void
on_radio(evutil_socket_t fd, short what, void *arg)
{
	struct kernel *k = arg;

	(void)fd;
	(void)what;
	radio_tick(k->radio, clock_monotime());
	schedule(k);
}

static void
tell(void *arg, uint32_t ifindex, const struct mac *mac,
    enum sighting_kind kind, uint64_t associated)
{
	struct kernel *k = arg;
	struct sighting s;
	struct knode *n;

	if ((n = node_find(k, ifindex)) == NULL || n->serves == NULL ||
	    n->serves->node == NULL)
		return;
	memset(&s, 0, sizeof(s));
	s.ifindex = n->serves->node->link.ifindex;
	s.port = ifindex;
	s.kind = kind;
	s.age = kind == SIGHTING_PRESENT ? age_of(associated) : 0;
	s.source = SOURCE_NL80211;
	s.mac = *mac;
	strlcpy(s.port_name, n->link.name, sizeof(s.port_name));
	k->ops.sighting(k->ops.arg, &s);
}

static uint32_t
age_of(uint64_t associated)
{
	struct timespec ts;
	uint64_t ns;

	if (associated == 0 || clock_gettime(CLOCK_BOOTTIME, &ts) == -1)
		return AGE_UNKNOWN;
	ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	if (ns < associated || (ns - associated) / 1000000 >= AGE_UNKNOWN)
		return AGE_UNKNOWN;
	return (uint32_t)((ns - associated) / 1000000);
}

/* Ask the kernel, which answers at once. */
static void
inquire(struct kernel *k, struct nl_msg *msg, struct question *q)
{
	memset(q, 0, sizeof(*q));
	q->family = k->nl80211.family;
	netlink_request(k->genl, msg, answered, q, 0);
	netlink_flush(k->genl);
}

/* Asked for a key, mac80211 tells the key itself: nobody wants to know it. */
static void
answered(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct question *q = obj;

	(void)arg;
	(void)op;
	q->error = error;
	if (error != 0 || reply == NULL)
		return;
	q->answered = nl80211_read(reply, q->family, &q->news) == 0;
	explicit_bzero(nlmsg_data(reply), (size_t)nlmsg_datalen(reply));
}

static bool
ask(void *arg, uint32_t ifindex, const struct mac *mac,
    struct radio_state *state)
{
	struct kernel *k = arg;
	struct question q;

	inquire(k, nl80211_get_station(k->nl80211.family, ifindex, mac), &q);
	if (q.answered) {
		*state = q.news.state;
		return true;
	}
	/* Any other error is the question's fault, not the station's. */
	memset(state, 0, sizeof(*state));
	state->has_flags = true;
	return q.error != ENOENT && q.error != ENODEV;
}

/* Two at most, and an error other than that there is none tells nothing. */
static bool
keyed(void *arg, uint32_t ifindex, const struct mac *mac)
{
	struct kernel *k = arg;
	struct question q;
	uint8_t id;

	for (id = 0; id < 2; id++) {
		inquire(k, nl80211_get_key(k->nl80211.family, ifindex, mac,
		    id), &q);
		if (q.error != ENOENT)
			return true;
	}
	return false;
}

static void
probe(void *arg, uint32_t ifindex, const struct mac *mac)
{
	struct kernel *k = arg;
	struct question q;

	inquire(k, nl80211_probe_client(k->nl80211.family, ifindex, mac), &q);
	/* A driver that cannot probe leaves it to ARP and NS to decide. */
	if (q.error != 0)
		radio_probed(k->radio, ifindex, mac, false);
}

static void
hostapd_station(void *arg, uint32_t ifindex, const struct mac *mac,
    bool connected)
{
	struct kernel *k = arg;

	if (connected)
		radio_connected(k->radio, ifindex, mac, clock_monotime());
	else
		radio_disconnected(k->radio, ifindex, mac);
	schedule(k);
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
		iface_tell(k, n->serves);
}
