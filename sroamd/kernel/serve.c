/* SPDX-License-Identifier: ISC */
/*
 * The interface of the configuration whose stations are at a port of a bridge
 * or at an access point.
 */
#include <string.h>

#include "kernel/ap.h"
#include "kernel/ap_vlan.h"
#include "kernel/fdb.h"
#include "kernel/iface.h"
#include "kernel/nft.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/report.h"
#include "kernel/serve.h"
#include "kernel/state.h"
#include "kernel/vlan.h"

static struct kiface	*own(struct kernel *, const struct knode *,
			    const struct knode *);
static bool		 is_port(const struct kiface *, const struct knode *,
			    const struct knode *);
static void		 watch(struct kernel *, struct knode *);

/*
 * The interface whose stations are at this bridge port or access point.  It is
 * an interface that names it; or one that names none and is the bridge, the
 * access point itself, or directly above it (a macvlan).
 */
void
serve_port(struct kernel *k, struct knode *n)
{
	struct knode *master;
	struct kiface *was = n->serves, *had = n->own;
	bool watched = n->ap != NULL;

	master = n->link.master != 0 ? node_find(k, n->link.master) : NULL;
	if (master != NULL && !master->link.bridge)
		master = NULL;
	n->own = own(k, n, master);
	n->serves = vlan_master(k, n) == NULL ? n->own :
	    port_iface(k, n, vlan_untagged(k, n));
	if (n->serves != was || n->own != had) {
		fdb_port_changed(k);
		nft_look_soon(k);
	}
	if (n->role == ROLE_NONE && !watched)
		return;
	serve_radios(k);
	/* Its stations may have come before it was known whose they are. */
	if (watched && n->ap != NULL && n->serves != NULL && n->serves != was)
		ap_again(k, n);
}

static struct kiface *
own(struct kernel *k, const struct knode *n, const struct knode *master)
{
	struct kiface *i, *found = NULL;

	if (master != NULL || n->role != ROLE_NONE)
		TAILQ_FOREACH(i, &k->ifaces, entry)
			if (is_port(i, n, master) && (master == NULL ||
			    vlan_bridge(k, i) != master))
				found = i;
	return found;
}

static bool
is_port(const struct kiface *i, const struct knode *n,
    const struct knode *master)
{
	if (i->conf.nports > 0)
		return port_is_listed(i, n);
	return i->node != NULL && (i->node == master ||
	    (n->role != ROLE_NONE && (i->node == n ||
	    i->node->link.lower == n->link.ifindex)));
}

/* Another interface may have the stations in all VLANs. */
void
serve_bridge(struct kernel *k, const struct knode *bridge)
{
	struct kiface *i;
	struct knode *n;

	if (!bridge->link.bridge)
		return;
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->link.master == bridge->link.ifindex)
			serve_port(k, n);
	/* The source of those above may change, and what is theirs. */
	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (i->above == bridge->link.ifindex) {
			iface_report(k, i);
			vlan_lladdr(k, i);
			fdb_port_changed(k);
		}
}

void
serve_report(struct kernel *k, const struct knode *n)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (port_has(k, n, i))
			iface_report(k, i);
}

void
serve_returns(struct kernel *k, const struct knode *n)
{
	struct kiface *i;

	TAILQ_FOREACH(i, &k->ifaces, entry)
		if (port_has(k, n, i))
			i->returns++;
}

/* What one serves matters for others of its access point. */
void
serve_radios(struct kernel *k)
{
	struct knode *n;

	ap_vlan_update(k);
	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->role != ROLE_NONE || n->ap != NULL)
			watch(k, n);
}

/* The interface may have changed, or its role as an access point. */
static void
watch(struct kernel *k, struct knode *n)
{
	bool wanted = k->configured && !k->closing && n->role != ROLE_NONE &&
	    (n->related ||
	    (n->serves != NULL && iface_by_radio(n->serves)));

	/* With another name the control socket is another. */
	if (n->ap != NULL && (!wanted ||
	    strcmp(n->ap->name, n->link.name) != 0))
		ap_unwatch(k, n);
	if (wanted && n->ap == NULL)
		ap_watch(k, n);
}
