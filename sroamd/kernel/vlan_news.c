/* SPDX-License-Identifier: ISC */
/* What bridges say of the VLANs of their ports: vlan_news.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/fdb.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/serve.h"
#include "kernel/state.h"
#include "kernel/vlan.h"
#include "kernel/vlan_news.h"

static bool	any_filters(struct kernel *);
static void	each(void *, struct nlmsghdr *);
static bool	take(struct kernel *, struct knode *,
		    const struct kernel_port *);

void
vlan_news(struct kernel *k, const struct kernel_port *p)
{
	struct knode *n;

	if (!p->tells_vlans || (n = node_find(k, p->ifindex)) == NULL ||
	    !take(k, n, p) || k->quiet)
		return;
	if (n->link.bridge)
		serve_bridge(k, n);
	else {
		serve_port(k, n);
		serve_report(k, n);
		/* Stations may need another tag, or belong elsewhere. */
		fdb_port_again(k, n->link.ifindex);
	}
}

/* Whether it is news. */
static bool
take(struct kernel *k, struct knode *n, const struct kernel_port *p)
{
	if (n->link.bridge ? !n->link.filters : vlan_master(k, n) == NULL)
		return false;
	if (n->vlans != NULL &&
	    memcmp(n->vlans, &p->vlans, sizeof(p->vlans)) == 0)
		return false;
	if (n->vlans == NULL &&
	    (n->vlans = calloc(1, sizeof(*n->vlans))) == NULL)
		fatal("VLANs of a port");
	*n->vlans = p->vlans;
	return true;
}

void
vlan_link(struct kernel *k, struct knode *n, const struct kernel_link *old)
{
	const struct kernel_link *l = &n->link;

	if (n->vlans != NULL && (l->bridge ? !l->filters :
	    l->master != old->master)) {
		free(n->vlans);
		n->vlans = NULL;
	}
	if (k->quiet || !l->bridge || (l->filters == old->filters &&
	    l->protocol == old->protocol &&
	    l->default_pvid == old->default_pvid))
		return;
	vlan_dump(k);
	serve_bridge(k, n);
}

static bool
any_filters(struct kernel *k)
{
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		if (n->link.filters)
			return true;
	return false;
}

void
vlan_dump(struct kernel *k)
{
	if (any_filters(k) && netlink_dump(k->dumper, msg_dump_ports(),
	    each) == -1 && errno != EINTR)
		log_warn("netlink: VLANs of bridges");
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_port p;
	struct knode *n;

	if (msg_read_port(nlh, &p) == 0 && p.tells_vlans &&
	    (n = node_find(k, p.ifindex)) != NULL)
		(void)take(k, n, &p);
}
