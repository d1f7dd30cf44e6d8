/* SPDX-License-Identifier: ISC */
/*
 * Stations behind the ports of bridges, as bridges learn them.  A move to
 * another port is an RTM_NEWNEIGH with the new port.  A bridge does not report
 * the refresh of an entry.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/iface.h"
#include "kernel/monitor.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/state.h"
#include "kernel/vlan.h"
#include "radio/radio.h"

/*
 * Limits against a flood of forged MAC addresses: this many entries, and a
 * tenth of our time for dumps of the bridge.
 */
#define FDB_MAX		32768
#define FDB_PAUSE	9

static bool		 fdb_pauses(struct kernel *, monotime_t);
static void		 each_news(void *, struct nlmsghdr *);
static void		 each_dump(void *, struct nlmsghdr *);
static void		 each_pinned(void *, struct nlmsghdr *);
static void		 lost(void *);
static void		 keep_static(struct kernel *,
			    const struct kernel_neigh *);
static struct kiface	*station_at(struct kernel *,
			    const struct kernel_neigh *);
static bool		 seen_by_radio(struct kernel *, const struct kiface *,
			    const struct knode *, const struct mac *);
static void		 learned(struct kernel *, const struct kernel_neigh *,
			    bool);
static void		 forgotten(struct kernel *,
			    const struct kernel_neigh *);
static void		 report_left(struct kernel *, const struct kfdb *);
static struct kfdb	*find(struct kernel *, uint32_t, const struct mac *,
			    uint16_t);
static struct kfdb	*first(struct kernel *, uint32_t, const struct mac *);
static struct kfdb	*next_of(struct kfdb *);
static void		 drop(struct kernel *, struct kfdb *);
static bool		 known_elsewhere(struct kernel *, const struct kfdb *);
static int		 dump_bridges(struct kernel *, netlink_each *);
static struct knode	*bridge_of(struct kernel *, const struct kiface *);
static int		 kfdb_cmp(const struct kfdb *, const struct kfdb *);

RB_PROTOTYPE(kfdb_tree, kfdb, entry, kfdb_cmp)
RB_GENERATE(kfdb_tree, kfdb, entry, kfdb_cmp)

int
fdb_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_NEIGH };
	/* Only AF_BRIDGE: IP neighbours change their state all the time. */
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN +
		    offsetof(struct ndmsg, ndm_family)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_BRIDGE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)
	};

	k->neighs = netlink_monitor_open(k->base, NETLINK_ROUTE, groups, 1,
	    filter, 4, each_news, lost, k);
	return k->neighs == NULL ? -1 : 0;
}

void
fdb_close(struct kernel *k)
{
	struct kfdb *f;

	netlink_monitor_close(k->neighs);
	k->neighs = NULL;
	while ((f = RB_ROOT(&k->fdb)) != NULL)
		drop(k, f);
}

static void
lost(void *arg)
{
	struct kernel *k = arg;

	k->stats.overflows++;
	if (kernel_may_log_lost(k))
		log_info("netlink: bridge events lost, asking again");
	/*
	 * A station that the dump shows as new came while events were lost: it
	 * joined.
	 */
	k->fdb_lost = true;
	fdb_dump(k);
}

/*
 * A port came or went.  Links and neighbours are reported on two sockets.  What
 * the bridge learned on a new port may have been read before the port was
 * known, and dropped; what it forgot, after.  So dump.
 */
void
fdb_port_changed(struct kernel *k)
{
	if (!k->configured)
		return;
	k->fdb_dump = true;
	k->fdb_lost = true;
	kernel_wake(k);
}

void
fdb_port_again(struct kernel *k, uint32_t port)
{
	struct kfdb *f;

	RB_FOREACH(f, kfdb_tree, &k->fdb)
		if (f->port == port)
			f->port = 0;
	fdb_port_changed(k);
}

/* A dump of many entries takes long, so there is a pause after it. */
static bool
fdb_pauses(struct kernel *k, monotime_t now)
{
	if (!monotime_before(now, k->fdb_next))
		return false;
	k->fdb_dump = true;
	kernel_later(k->reconcile, monotime_ms(now, k->fdb_next) + 1);
	return true;
}

/* Compare what we know with a dump of the bridges. */
void
fdb_dump(struct kernel *k)
{
	monotime_t begin = clock_monotime(), end;
	struct kfdb *f, *next;

	if (fdb_pauses(k, begin))
		return;
	k->fdb_dump = false;
	RB_FOREACH(f, kfdb_tree, &k->fdb)
		f->seen = false;
	if (dump_bridges(k, each_dump) == -1) {
		k->fdb_dump = true;
		kernel_later(k->reconcile, 1000);
		return;
	}
	RB_FOREACH_SAFE(f, kfdb_tree, &k->fdb, next)
		if (!f->seen) {
			report_left(k, f);
			drop(k, f);
		}
	k->fdb_lost = false;
	end = clock_monotime();
	k->fdb_next = monotime_add(end, FDB_PAUSE * monotime_ms(begin, end));
}

/* Each once, whatever number of interfaces is above it.  -1: again. */
static int
dump_bridges(struct kernel *k, netlink_each *each)
{
	struct kiface *i;
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		n->dumped = false;
	TAILQ_FOREACH(i, &k->ifaces, entry) {
		if (!iface_by_fdb(i) || (n = bridge_of(k, i)) == NULL ||
		    n->dumped)
			continue;
		n->dumped = true;
		if (netlink_dump(k->dumper, msg_dump_fdb(n->link.ifindex),
		    each) == 0 || errno == ENODEV)
			continue;
		if (errno != EINTR)
			log_warn("%s: list of stations", i->conf.name);
		return -1;
	}
	return 0;
}

/* The interface itself, what it is above, or that of the first port. */
static struct knode *
bridge_of(struct kernel *k, const struct kiface *i)
{
	struct knode *n;

	if (i->node == NULL)
		return NULL;
	if (i->node->link.bridge)
		return i->node;
	if ((n = vlan_bridge(k, i)) != NULL)
		return n;
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->serves == i && n->link.master != 0)
			return node_find(k, n->link.master);
	return NULL;
}

static void
each_news(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_neigh n;

	if (msg_read_neigh(nlh, &n) == -1 || n.family != AF_BRIDGE)
		return;
	if (nlh->nlmsg_type == RTM_NEWNEIGH) {
		keep_static(k, &n);
		learned(k, &n, true);
	} else if (nlh->nlmsg_type == RTM_DELNEIGH)
		forgotten(k, &n);
}

static void
each_dump(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_neigh n;

	if (nlh->nlmsg_type == RTM_NEWNEIGH &&
	    msg_read_neigh(nlh, &n) == 0 && n.family == AF_BRIDGE) {
		keep_static(k, &n);
		learned(k, &n, k->fdb_lost);
	}
}

/*
 * A static entry says where a station is, but Linux moves it by any frame all
 * the same, unless it is sticky.  So it becomes that.
 */
static void
keep_static(struct kernel *k, const struct kernel_neigh *n)
{
	struct knode *port;

	if (!(n->state & NUD_NOARP) || (n->state & NUD_PERMANENT) ||
	    (n->flags & (NTF_SELF | NTF_EXT_LEARNED | NTF_STICKY)) ||
	    !mac_is_station(&n->mac) ||
	    (port = node_find(k, n->ifindex)) == NULL ||
	    port_iface(k, port, n->vlan) == NULL)
		return;
	netlink_request(k->nl, msg_fdb_move(n->ifindex, &n->mac, n->vlan,
	    NUD_NOARP, true), NULL, NULL, 0);
	kernel_wake(k);
}

/* The interface that has this station, or NULL: not ours, or no station. */
static struct kiface *
station_at(struct kernel *k, const struct kernel_neigh *n)
{
	struct knode *port;
	struct kiface *i;

	if (!mac_is_station(&n->mac) || (n->state & NUD_PERMANENT) ||
	    (n->flags & NTF_SELF))
		return NULL;
	if ((port = node_find(k, n->ifindex)) == NULL ||
	    (i = port_iface(k, port, n->vlan)) == NULL || i->node == NULL ||
	    !iface_by_fdb(i) || seen_by_radio(k, i, port, &n->mac))
		return NULL;
	if (mac_cmp(&n->mac, &port->link.mac) == 0 ||
	    mac_cmp(&n->mac, &i->node->link.mac) == 0 ||
	    mac_cmp(&n->mac, &i->conf.lladdr) == 0)
		return NULL;
	return i;
}

/*
 * Stations of an access point are reported by the radio, which knows more.
 * Behind a 4-address station there may be others, which only a bridge sees.
 */
static bool
seen_by_radio(struct kernel *k, const struct kiface *i,
    const struct knode *port, const struct mac *mac)
{
	return iface_by_radio(i) && (port->role == ROLE_AP ||
	    (port->role == ROLE_AP_VLAN && radio_knows(k->radio, mac)));
}

static void
learned(struct kernel *k, const struct kernel_neigh *n, bool news)
{
	struct sighting s;
	struct kiface *i;
	struct kfdb *f;
	uint32_t iface;
	bool fresh = false, fixed = (n->state & NUD_NOARP) != 0;

	if ((i = station_at(k, n)) == NULL)
		return;
	iface = i->node->link.ifindex;
	if ((f = find(k, iface, &n->mac, n->vlan)) == NULL) {
		if (k->nfdb >= FDB_MAX) {
			k->stats.unseen++;
			if (kernel_may_log_lost(k))
				log_warnx("%s: more than %u MAC addresses: "
				    "new ones are not seen", i->conf.name,
				    FDB_MAX);
			return;
		}
		if ((f = calloc(1, sizeof(*f))) == NULL)
			fatal("bridge entry");
		f->iface = iface;
		f->mac = n->mac;
		f->vlan = n->vlan;
		RB_INSERT(kfdb_tree, &k->fdb, f);
		k->nfdb++;
		fresh = true;
	}
	f->seen = true;
	/* Of a former run: else it would never be seen to move. */
	if (fresh && (n->flags & NTF_STICKY) && !(n->state & NUD_NOARP)) {
		netlink_request(k->nl, msg_fdb_move(n->ifindex, &n->mac,
		    n->vlan, NUD_REACHABLE, false), NULL, NULL, 0);
		kernel_wake(k);
	}
	if (f->port == n->ifindex && f->fixed == fixed)
		return;
	f->port = n->ifindex;
	f->fixed = fixed;

	memset(&s, 0, sizeof(s));
	s.ifindex = iface;
	s.port = f->port;
	s.tag = vlan_tag(k, node_find(k, f->port), f->vlan);
	s.mac = f->mac;
	s.kind = news ? SIGHTING_JOINED : SIGHTING_PRESENT;
	s.age = news ? 0 : n->age;
	s.source = SOURCE_BRIDGE;
	s.isolated = node_find(k, f->port)->link.isolated;
	s.fixed = fixed;
	strlcpy(s.port_name, node_name(k, f->port), sizeof(s.port_name));
	k->ops.sighting(k->ops.arg, &s);
}

static void
forgotten(struct kernel *k, const struct kernel_neigh *n)
{
	struct knode *port;
	struct kiface *i;
	struct kfdb *f;

	if ((port = node_find(k, n->ifindex)) == NULL ||
	    (i = port_iface(k, port, n->vlan)) == NULL || i->node == NULL)
		return;
	f = find(k, i->node->link.ifindex, &n->mac, n->vlan);
	if (f == NULL || f->port != n->ifindex)
		return;		/* it moved, or was forgotten before */
	report_left(k, f);
	drop(k, f);
}

/* In another VLAN of the same interface it may still be there. */
static void
report_left(struct kernel *k, const struct kfdb *f)
{
	struct sighting s;

	if (known_elsewhere(k, f))
		return;
	memset(&s, 0, sizeof(s));
	s.ifindex = f->iface;
	s.port = f->port;
	s.mac = f->mac;
	s.kind = SIGHTING_LEFT;
	s.source = SOURCE_BRIDGE;
	k->ops.sighting(k->ops.arg, &s);
}

static bool
known_elsewhere(struct kernel *k, const struct kfdb *f)
{
	struct kfdb *o;

	for (o = first(k, f->iface, &f->mac); o != NULL; o = next_of(o))
		if (o != f)
			return true;
	return false;
}

/*
 * The station is elsewhere.  If it came back to the same port, the bridge would
 * only refresh its entry and report nothing, so delete the entry.  Forget it
 * here first, so that the deletion is not taken for leaving.  What an operator
 * has made static stays: frames show then that it is back.
 */
void
fdb_forget(struct kernel *k, struct kiface *i, const struct mac *mac)
{
	struct kfdb *f, *next;

	if (i->node == NULL)
		return;
	for (f = first(k, i->node->link.ifindex, mac); f != NULL; f = next) {
		next = next_of(f);
		if (f->fixed)
			continue;
		netlink_request(k->nl, msg_fdb_del(f->port, mac, f->vlan),
		    NULL, NULL, 0);
		drop(k, f);
	}
}

/*
 * An entry that is sticky stays at its port, but ages as any other, so that
 * none is left for long if we end.  What the bridge had learned meanwhile at
 * another port is known to be wrong.
 */
void
fdb_pin(struct kernel *k, struct kiface *i, const struct pin *p)
{
	struct kfdb *f, *next;
	uint32_t iface = i->node->link.ifindex;
	struct knode *port = node_find(k, p->port);
	bool radio = port->role != ROLE_NONE && iface_by_radio(i);

	if (radio)		/* its stations have no entry here */
		netlink_request(k->nl, msg_fdb_move(p->port, &p->mac,
		    vlan_untagged(k, port), NUD_REACHABLE, p->held), NULL,
		    NULL, 0);
	for (f = first(k, iface, &p->mac); f != NULL; f = next) {
		next = next_of(f);
		if (f->fixed)
			continue;
		if (radio) {
			drop(k, f);
			continue;
		}
		f->port = p->port;
		netlink_request(k->nl, msg_fdb_move(f->port, &f->mac, f->vlan,
		    NUD_REACHABLE, p->held), NULL, NULL, 0);
	}
}

/* Whoever is kept at a port could not be seen to move without us. */
void
fdb_unpin(struct kernel *k)
{
	(void)dump_bridges(k, each_pinned);
	netlink_flush(k->nl);
}

static void
each_pinned(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_neigh n;
	struct knode *port;

	if (nlh->nlmsg_type == RTM_NEWNEIGH && msg_read_neigh(nlh, &n) == 0 &&
	    n.family == AF_BRIDGE && (n.flags & NTF_STICKY) &&
	    !(n.state & (NUD_NOARP | NUD_PERMANENT)) &&
	    (port = node_find(k, n.ifindex)) != NULL &&
	    port_iface(k, port, n.vlan) != NULL)
		netlink_request(k->nl, msg_fdb_move(n.ifindex, &n.mac, n.vlan,
		    NUD_REACHABLE, false), NULL, NULL, 0);
}

/* The interface is gone: forget its stations without a report. */
void
fdb_drop_iface(struct kernel *k, uint32_t ifindex)
{
	struct kfdb key, *f;

	memset(&key, 0, sizeof(key));
	key.iface = ifindex;
	while ((f = RB_NFIND(kfdb_tree, &k->fdb, &key)) != NULL &&
	    f->iface == ifindex)
		drop(k, f);
}

static struct kfdb *
find(struct kernel *k, uint32_t iface, const struct mac *mac, uint16_t vlan)
{
	struct kfdb key;

	key.iface = iface;
	key.mac = *mac;
	key.vlan = vlan;
	return RB_FIND(kfdb_tree, &k->fdb, &key);
}

/* The first entry of this station, in any VLAN. */
static struct kfdb *
first(struct kernel *k, uint32_t iface, const struct mac *mac)
{
	struct kfdb key, *f;

	key.iface = iface;
	key.mac = *mac;
	key.vlan = 0;
	f = RB_NFIND(kfdb_tree, &k->fdb, &key);
	return f != NULL && f->iface == iface &&
	    mac_cmp(&f->mac, mac) == 0 ? f : NULL;
}

/* The next entry of the same station there, or NULL. */
static struct kfdb *
next_of(struct kfdb *f)
{
	struct kfdb *next = RB_NEXT(kfdb_tree, &k->fdb, f);

	return next != NULL && next->iface == f->iface &&
	    mac_cmp(&next->mac, &f->mac) == 0 ? next : NULL;
}

static void
drop(struct kernel *k, struct kfdb *f)
{
	RB_REMOVE(kfdb_tree, &k->fdb, f);
	k->nfdb--;
	free(f);
}

static int
kfdb_cmp(const struct kfdb *a, const struct kfdb *b)
{
	int cmp;

	if (a->iface != b->iface)
		return a->iface < b->iface ? -1 : 1;
	if ((cmp = mac_cmp(&a->mac, &b->mac)) != 0)
		return cmp;
	return a->vlan < b->vlan ? -1 : a->vlan > b->vlan;
}
