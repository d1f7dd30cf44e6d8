/* SPDX-License-Identifier: ISC */
/* Whose stations are at a port of a bridge, or at an access point. */
#include <string.h>

#include "kernel/ap.h"
#include "kernel/fdb.h"
#include "kernel/iface.h"
#include "kernel/node.h"
#include "kernel/port.h"
#include "kernel/state.h"

static bool	is_port(const struct kiface *, const struct knode *,
		    const struct knode *);
static void	watch(struct kernel *, struct knode *);

/*
 * Whose stations are at this bridge port or access point?  Those of an
 * interface that names it; or, of one that names none: that is the bridge,
 * that is the access point itself, or that lies right above it (a macvlan).
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
	if (n->serves != was)
		fdb_port_changed(k);
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

/* Whom it serves may have changed, or whether it is an access point. */
static void
watch(struct kernel *k, struct knode *n)
{
	bool wanted = k->configured && !k->closing && n->role != ROLE_NONE &&
	    n->serves != NULL && iface_by_radio(n->serves);

	/* Another name is another control socket. */
	if (n->ap != NULL && (!wanted ||
	    strcmp(n->ap->name, n->link.name) != 0))
		ap_unwatch(k, n);
	if (wanted && n->ap == NULL)
		ap_watch(k, n);
}
