/* SPDX-License-Identifier: ISC */
/*
 * Settings of the system that operators forget: one log line each, at start and
 * after a reload; of ports, which come later, too.
 */
#include "common/log.h"
#include "kernel/check.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/state.h"
#include "kernel/sysctl.h"
#include "kernel/vlan.h"
#include "kernel/vrf.h"

static void	check_forwarding(const char *, const char *);
static void	check_iface(struct kernel *, struct kiface *, bool, bool);
static void	check_bridge(struct kernel *, struct kiface *);
static void	check_stp(struct kiface *);
static void	check_has_port(struct kernel *, const struct kiface *);
static void	check_radio(struct kernel *, struct kiface *);
static void	check_onlink(const char *, const struct prefix *);
static void	check_overlap(struct kernel *, const struct prefix *);

void
check_conf(struct kernel *k)
{
	struct kiface *i;
	bool v4 = false, v6 = false;
	uint32_t p;

	for (p = 0; p < k->prefixes.n; p++) {
		if (prefix_is_v4(&k->prefixes.list[p].prefix))
			v4 = true;
		else
			v6 = true;
		check_overlap(k, &k->prefixes.list[p].prefix);
	}
	if (v4)
		check_forwarding("/proc/sys/net/ipv4/ip_forward",
		    "net.ipv4.ip_forward");
	if (v6)
		check_forwarding("/proc/sys/net/ipv6/conf/all/forwarding",
		    "net.ipv6.conf.all.forwarding");
	TAILQ_FOREACH(i, &k->ifaces, entry)
		check_iface(k, i, v4, v6);
	sysctl_forget(k);
	sysctl_check(k);
	check_ports(k);
	vrf_check(k);
}

/* Isolation not before the first look at nftables, which may do the same. */
void
check_ports(struct kernel *k)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		check_stp(i);
	if (k->nft.nl == NULL || k->guard.looked)
		check_isolation(k);
}

void
check_isolation(struct kernel *k)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		check_bridge(k, i);
}

/* hostapd and the frames of a station that has just come do not wait. */
static void
check_stp(struct kiface *i)
{
	bool stp = i->node != NULL && i->node->link.stp;

	if (stp && !i->stp_said)
		log_warnx("%s: spanning tree is on, which keeps a port silent "
		    "for half a minute: ip link set %s type bridge stp_state "
		    "0", i->conf.name, i->conf.name);
	i->stp_said = stp;
}

/* hostapd may bring it later. */
static void
check_has_port(struct kernel *k, const struct kiface *i)
{
	struct knode *n;

	if (!i->node->link.bridge || i->conf.nports > 0)
		return;
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->link.master == i->node->link.ifindex)
			return;
	log_warnx("%s: a bridge without a port now: stations come by "
	    "hostapd's bridge=%s or ip link set eth1 master %s", i->conf.name,
	    i->conf.name, i->conf.name);
}

/* Said when it is so for the first time, and when it is so again. */
static void
check_bridge(struct kernel *k, struct kiface *i)
{
	struct knode *n, *first = NULL, *second = NULL, *bridge;

	if (i->node == NULL)
		return;
	bridge = i->node->link.bridge ? i->node : vlan_bridge(k, i);
	if (bridge == NULL)
		return;
	RB_FOREACH(n, knode_tree, &k->nodes) {
		if (n->link.master != bridge->link.ifindex ||
		    n->link.isolated || (bridge->link.filters &&
		    !port_has(k, n, i)))
			continue;
		if (first != NULL) {
			second = n;
			break;
		}
		first = n;
	}
	if (i->guarded)
		second = NULL;
	if (second != NULL && !i->open_said)
		log_warnx("%s: ports %s and %s are not isolated, so that a "
		    "station behind one can play the gateway to the other's: "
		    "bridge link set dev %s isolated on, or load "
		    "sroamd.nft",
		    i->conf.name, first->link.name, second->link.name,
		    second->link.name);
	i->open_said = second != NULL;
}

static void
check_forwarding(const char *path, const char *name)
{
	if (sysctl_read(path) == 0)
		log_warnx("forwarding is off: set %s=1", name);
}

static void
check_iface(struct kernel *k, struct kiface *i, bool v4, bool v6)
{
	uint32_t n;

	if (i->node == NULL) {
		log_warnx("%s: no such interface now, waiting for it",
		    i->conf.name);
		return;
	}
	check_radio(k, i);
	check_has_port(k, i);
	for (n = 0; n < i->conf.naddrs; n++)
		if (!addr_is_linklocal(&i->conf.addrs[n].addr))
			check_onlink(i->conf.name, &i->conf.addrs[n]);
	if (v4 && addr_is_none(&i->reported.gateway4))
		log_warnx("%s: no IPv4 address, so no gateway and no DHCP",
		    i->conf.name);
	if (v6 && addr_is_none(&i->reported.gateway6))
		log_warnx("%s: no IPv6 link-local address yet, so no router "
		    "advertisements", i->conf.name);
}

/* With `stations nl80211` an access point must be there. */
static void
check_radio(struct kernel *k, struct kiface *i)
{
	struct knode *n;

	if (i->conf.source != SOURCE_NL80211)
		return;
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->ap != NULL && n->serves == i)
			return;
	log_warnx("%s: stations nl80211: no access point there now, waiting "
	    "for one", i->conf.name);
}

/*
 * The kernel has a route to the network of an address.  By it it asks for those
 * that nobody has, or whose station is nowhere, and whoever answers has them.
 */
static void
check_onlink(const char *name, const struct prefix *gateway)
{
	if (gateway->len < 128)
		log_warnx("%s: %s: any station can answer for addresses that "
		    "have no station now: write /%d", name,
		    prefix_text(gateway), prefix_is_v4(gateway) ? 32 : 128);
}

/* Hosts behind an interface without stations would have their addresses. */
static void
check_overlap(struct kernel *k, const struct prefix *p)
{
	struct kaddr *a;
	struct knode *n;
	struct prefix on;

	RB_FOREACH(a, kaddr_tree, &k->addrs) {
		on.addr = a->a.addr;
		on.len = a->a.len;
		prefix_mask(&on);
		if (!prefix_overlaps(p, &on) ||
		    (n = node_find(k, a->a.ifindex)) == NULL)
			continue;
		if (n->iface != NULL) {
			on.addr = a->a.addr;
			if (n->iface->conf.naddrs == 0)
				check_onlink(n->link.name, &on);
			continue;
		}
		log_warnx("prefix %s: overlaps %s on %s, which has no "
		    "stations", prefix_text(p), prefix_text(&on),
		    n->link.name);
	}
}
