/* SPDX-License-Identifier: ISC */
/*
 * The interface of the configuration whose stations are at a port of a bridge
 * or at an access point.
 */
#include <string.h>

#include "kernel/ap.h"
#include "kernel/fdb.h"
#include "kernel/iface.h"
#include "kernel/nft.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/state.h"

static bool	is_port(const struct kiface *, const struct knode *,
		    const struct knode *);
static void	watch(struct kernel *, struct knode *);

/*
 * The interface whose stations are at this bridge port or access point.  It is
 * an interface that names it; or one that names none and is the bridge, the
 * access point itself, or directly above it (a macvlan).
 */
void
port_serves(struct kernel *k, struct knode *n)
{
	struct knode *master;
	struct kiface *i, *was = n->serves;

	master = n->link.master != 0 ? node_find(k, n->link.master) : NULL;
	if (master != NULL && !master->link.bridge)
		master = NULL;
	n->serves = NULL;
	if (master != NULL || n->role != ROLE_NONE)
		TAILQ_FOREACH(i, &k->ifaces, entry)
			if (is_port(i, n, master))
				n->serves = i;
	if (n->serves != was) {
		fdb_port_changed(k);
		nft_look_soon(k);
	}
	watch(k, n);
}

static bool
is_port(const struct kiface *i, const struct knode *n,
    const struct knode *master)
{
	uint32_t p;

	for (p = 0; p < i->conf.nports; p++)
		if (strcmp(i->conf.ports[p], n->link.name) == 0)
			return true;
	if (i->conf.nports > 0 || i->node == NULL)
		return false;
	return i->node == master || (n->role != ROLE_NONE &&
	    (i->node == n || i->node->link.lower == n->link.ifindex));
}

/* The interface may have changed, or its role as an access point. */
static void
watch(struct kernel *k, struct knode *n)
{
	bool wanted = k->configured && !k->closing && n->role != ROLE_NONE &&
	    n->serves != NULL && iface_by_radio(n->serves);

	/* With another name the control socket is another. */
	if (n->ap != NULL && (!wanted ||
	    strcmp(n->ap->name, n->link.name) != 0))
		ap_unwatch(k, n);
	if (wanted && n->ap == NULL)
		ap_watch(k, n);
}
