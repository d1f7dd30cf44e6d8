/* SPDX-License-Identifier: ISC */
/*
 * Interfaces of the configuration may be missing, come, go, and come back with
 * another ifindex.  Their settings are made while they are there, and only our
 * own settings are ever taken back.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/footprint.h"
#include "kernel/iface.h"
#include "kernel/mend.h"
#include "kernel/neigh.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/route.h"
#include "kernel/serve.h"
#include "kernel/setup.h"
#include "kernel/state.h"
#include "kernel/vlan.h"

static void	change_addrs(struct kernel *, struct kiface *,
		    const struct conf_iface *);
static void	set_lladdr(struct kernel *, struct kiface *);
static void	set_addr(struct kernel *, struct kiface *, uint32_t);
static void	take_addr(struct kernel *, struct kiface *, uint32_t);
static void	addr_done(void *, void *, int, int, struct nlmsghdr *);
static void	lladdr_done(void *, void *, int, int, struct nlmsghdr *);
static void	serve_again(struct kernel *, struct knode *);

/* Match the new configuration with our interfaces, by name. */
void
iface_conf(struct kernel *k, const struct conf *conf)
{
	struct kiface *i, *next;
	struct knode *n;
	size_t c;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		i->kept = false;
	for (c = 0; c < conf->nifaces; c++) {
		if ((i = iface_by_name(k, conf->ifaces[c].name)) == NULL) {
			if ((i = calloc(1, sizeof(*i))) == NULL)
				fatal("interface");
			TAILQ_INIT(&i->routes);
			TAILQ_INSERT_TAIL(&k->ifaces, i, entry);
			i->conf = conf->ifaces[c];
		} else
			change_addrs(k, i, &conf->ifaces[c]);
		i->index = (uint32_t)c;
		i->kept = true;
	}
	TAILQ_FOREACH_SAFE(i, &k->ifaces, entry, next)
		if (!i->kept) {
			route_iface_drop(k, i);
			iface_restore(k, i);
			iface_vanished(k, i);
			iface_free(k, i);
		}
	RB_FOREACH(n, knode_tree, &k->nodes) {
		if (n->iface == NULL && (i = iface_by_name(k,
		    n->link.name)) != NULL)
			iface_appeared(k, i, n);
	}
	RB_FOREACH(n, knode_tree, &k->nodes)
		serve_port(k, n);
}

/* Take back what the new configuration does not have any more. */
static void
change_addrs(struct kernel *k, struct kiface *i, const struct conf_iface *new)
{
	bool ours[CONF_ADDRS] = { false };
	uint32_t a, b;

	for (a = 0; a < i->conf.naddrs; a++) {
		if (!i->ours[a])
			continue;
		for (b = 0; b < new->naddrs; b++)
			if (prefix_cmp(&i->conf.addrs[a],
			    &new->addrs[b]) == 0)
				break;
		if (b < new->naddrs)
			ours[b] = true;
		else
			take_addr(k, i, a);
	}
	if (i->node != NULL &&
	    mac_cmp(&i->conf.lladdr, &new->lladdr) != 0)
		vlan_lladdr_back(k, i);
	if (i->mac_set && mac_cmp(&i->conf.lladdr, &new->lladdr) != 0 &&
	    !mac_is_station(&new->lladdr) && i->node != NULL) {
		netlink_request(k->nl, msg_lladdr(i->node->link.ifindex,
		    &i->mac_was), lladdr_done, i, 0);
		i->mac_set = false;
	}
	i->conf = *new;
	memcpy(i->ours, ours, sizeof(ours));
	netlink_flush(k->nl);
}

void
iface_free(struct kernel *k, struct kiface *i)
{
	TAILQ_REMOVE(&k->ifaces, i, entry);
	free(i);
}

void
iface_appeared(struct kernel *k, struct kiface *i, struct knode *n)
{
	i->node = n;
	n->iface = i;
	vlan_appeared(k, i);
	memset(&i->reported, 0, sizeof(i->reported));
	memset(i->ours, 0, sizeof(i->ours));
	i->mac_set = false;
	if (!k->quiet) {
		iface_setup(k, i);
		serve_again(k, n);
		k->fdb_dump = true;
		kernel_wake(k);
	}
}

/* It may be an access point itself, or above one, or above its bridge. */
static void
serve_again(struct kernel *k, struct knode *n)
{
	struct knode *lower;

	serve_port(k, n);
	serve_bridge(k, n);
	if (n->link.lower != 0 &&
	    (lower = node_find(k, n->link.lower)) != NULL) {
		serve_port(k, lower);
		serve_bridge(k, lower);
	}
}

void
iface_vanished(struct kernel *k, struct kiface *i)
{
	struct link gone = i->reported;
	struct knode *n = i->node;

	if (i->node == NULL)
		return;
	route_iface_down(k, i);
	neigh_iface_drop(k, i->node->link.ifindex);
	fdb_drop_iface(k, i->node->link.ifindex);
	n->iface = NULL;
	i->node = NULL;
	vlan_vanished(k, i);
	serve_again(k, n);
	memset(&i->reported, 0, sizeof(i->reported));
	if (gone.ifindex != 0) {
		log_info("%s: interface is gone", gone.name);
		gone.up = 0;
		k->ops.link(k->ops.arg, &gone);
	}
}

/* Set what is configured and missing. */
void
iface_setup(struct kernel *k, struct kiface *i)
{
	uint32_t a;

	if (i->node == NULL || k->quiet || k->closing)
		return;
	set_lladdr(k, i);
	vlan_lladdr(k, i);
	for (a = 0; a < i->conf.naddrs; a++)
		set_addr(k, i, a);
	netlink_flush(k->nl);
}

static void
set_lladdr(struct kernel *k, struct kiface *i)
{
	const struct kernel_link *l = &i->node->link;
	bool former = false;

	if (!i->mac_set && footprint_mac(k, i->conf.name, &l->mac,
	    &i->mac_was)) {
		i->mac_set = former = true;
		footprint_changed(k);
	}
	if (!mac_is_station(&i->conf.lladdr)) {
		if (former)
			netlink_request(k->nl, msg_lladdr(l->ifindex,
			    &i->mac_was), lladdr_done, i, 0);
		i->mac_set = false;
		return;
	}
	if (mac_cmp(&l->mac, &i->conf.lladdr) == 0)
		return;
	if (!i->mac_set)
		i->mac_was = l->mac;
	i->mac_set = true;
	footprint_changed(k);
	netlink_request(k->nl, msg_lladdr(l->ifindex, &i->conf.lladdr),
	    lladdr_done, i, 1);
}

static void
lladdr_done(void *arg, void *obj, int set, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	struct kiface *i = obj;

	(void)reply;
	if (error == 0)
		return;
	if (set)
		i->mac_set = false;
	k->stats.failed++;
	kernel_warn(k, RTM_SETLINK, "%s: set MAC address %s: %s", i->conf.name,
	    mac_text(set ? &i->conf.lladdr : &i->mac_was),
	    netlink_why(k->nl));
}

static void
set_addr(struct kernel *k, struct kiface *i, uint32_t a)
{
	const struct prefix *p = &i->conf.addrs[a];
	struct kernel_addr ka = {
		.addr = p->addr,
		.len = p->len,
		.ifindex = i->node->link.ifindex
	};
	struct kaddr *there;

	there = addr_on(k, ka.ifindex, &ka.addr, ka.len);
	if (there != NULL) {
		/* It has our protocol: a run that was killed has set it. */
		if (there->a.proto == PROTO_LOCAL)
			i->ours[a] = true;
		return;
	}
	/*
	 * All routers have it, so duplicate address detection makes no sense.
	 */
	ka.flags = addr_is_v4(&ka.addr) ? 0 : IFA_F_NODAD;
	netlink_request(k->nl, msg_addr(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
	    &ka), addr_done, i, (int)a);
}

static void
addr_done(void *arg, void *obj, int a, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	struct kiface *i = obj;

	(void)reply;
	if (error == EEXIST)
		return;
	i->ours[a] = error == 0;
	footprint_changed(k);
	if (error != 0) {
		k->stats.failed++;
		kernel_warn(k, RTM_NEWADDR, "%s: add address %s: %s",
		    i->conf.name, addr_text(&i->conf.addrs[a].addr),
		    netlink_why(k->nl));
	}
}

static void
take_addr(struct kernel *k, struct kiface *i, uint32_t a)
{
	struct kernel_addr ka = {
		.addr = i->conf.addrs[a].addr,
		.len = i->conf.addrs[a].len
	};

	if (i->node == NULL || !i->ours[a])
		return;
	ka.ifindex = i->node->link.ifindex;
	i->ours[a] = false;
	netlink_request(k->nl, msg_addr(RTM_DELADDR, 0, &ka), NULL, NULL, 0);
}

/* What goes with its link comes back with it: iface_setup. */
void
iface_addr_lost(struct kernel *k, struct kiface *i,
    const struct kernel_addr *ka)
{
	struct prefix p = { .addr = ka->addr, .len = ka->len };
	uint32_t a;

	if (!iface_usable(i) || k->quiet)
		return;
	if (addr_is_v4(&ka->addr)) {
		i->v4_lost = true;
		mend_soon(k);
	}
	for (a = 0; a < i->conf.naddrs; a++)
		if (prefix_cmp(&i->conf.addrs[a], &p) == 0) {
			i->gone[a] = true;
			mend_soon(k);
		}
}

void
iface_mac_lost(struct kernel *k, struct kiface *i)
{
	if (!i->mac_set || mac_cmp(&i->node->link.mac, &i->conf.lladdr) == 0)
		return;
	i->mac_lost = true;
	mend_soon(k);
}

/* A late event of our own change finds all in order. */
void
iface_mend(struct kernel *k, struct kiface *i)
{
	const struct prefix *p;
	bool mac = i->mac_lost, v4 = i->v4_lost;
	uint32_t a;

	i->mac_lost = i->v4_lost = false;
	if (i->node == NULL)
		return;
	if (mac && i->mac_set &&
	    mac_cmp(&i->node->link.mac, &i->conf.lladdr) != 0)
		mend_note(k, MEND_LLADDR, "%s: MAC address: %s was set by "
		    "another program, set back", i->conf.name,
		    mac_text(&i->node->link.mac));
	for (a = 0; a < i->conf.naddrs; a++) {
		p = &i->conf.addrs[a];
		if (!i->gone[a])
			continue;
		i->gone[a] = false;
		mac = true;
		if (iface_usable(i) && addr_on(k, i->node->link.ifindex,
		    &p->addr, p->len) == NULL)
			mend_note(k, MEND_ADDR, "address %s dev %s: removed "
			    "by another program, put back",
			    addr_text(&p->addr), i->conf.name);
	}
	if (mac)
		iface_setup(k, i);
	if (v4)
		route_iface_again(k, i);
}

/* Take back what we set. */
void
iface_restore(struct kernel *k, struct kiface *i)
{
	uint32_t a;

	if (i->node == NULL)
		return;
	for (a = 0; a < i->conf.naddrs; a++)
		take_addr(k, i, a);
	vlan_lladdr_back(k, i);
	if (i->mac_set)
		netlink_request(k->nl, msg_lladdr(i->node->link.ifindex,
		    &i->mac_was), lladdr_done, i, 0);
	i->mac_set = false;
	netlink_flush(k->nl);
}
