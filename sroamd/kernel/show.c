/* SPDX-License-Identifier: ISC */
/* Records for sroamctl: routes, and numbers of all objects. */
#include <string.h>

#include "common/cursor.h"
#include "kernel/fdb.h"
#include "kernel/iface.h"
#include "kernel/kernel.h"
#include "kernel/neigh.h"
#include "kernel/node.h"
#include "kernel/route.h"
#include "kernel/router.h"
#include "kernel/state.h"
#include "radio/radio.h"

static void		 show(struct kernel *, const struct kroute *,
			    struct ctl_route *);
static bool		 installed(const struct kroute *);
static const char	*not_installed(struct kernel *, const struct kroute *);

int
kernel_show_route(struct kernel *k, struct ctl_cursor *c, struct ctl_route *out)
{
	struct kroute key, *r;

	memcpy(&key.prefix, c->key, sizeof(key.prefix));
	if ((r = CURSOR_NEXT(kroute_tree, &k->routes, c, &key)) == NULL)
		return 0;
	cursor_set(c, &r->prefix, sizeof(r->prefix));
	show(k, r, out);
	return 1;
}

static void
show(struct kernel *k, const struct kroute *r, struct ctl_route *out)
{
	const struct knexthop *nh;
	const struct plan_leg *leg;
	const char *why;

	memset(out, 0, sizeof(*out));
	out->prefix = r->prefix;
	out->kind = r->kind;
	out->installed = installed(r);
	/* Of a former run: we know only what the kernel has. */
	if (r->kind == ROUTE_NONE)
		out->kind = r->have.nhid != 0 ? ROUTE_DIRECT : ROUTE_LOCAL;
	if (r->kind == ROUTE_LOCAL) {
		out->mac = r->mac;
		out->via = r->have.gateway;
		strlcpy(out->interface, r->iface->conf.name,
		    sizeof(out->interface));
	} else if (r->kind == ROUTE_DIRECT) {
		out->router = r->router->id;
		nh = prefix_is_v4(&r->prefix) ? &r->router->nh4 :
		    &r->router->nh6;
		if (nh->present) {
			leg = router_leg(nh);	/* the first, of several */
			out->via = leg->gateway;
			strlcpy(out->interface, node_name(k, leg->ifindex),
			    sizeof(out->interface));
		}
	} else if (r->have.ifindex != 0 || r->have.main_ifindex != 0)
		strlcpy(out->interface, node_name(k, r->have.ifindex != 0 ?
		    r->have.ifindex : r->have.main_ifindex),
		    sizeof(out->interface));
	if ((why = not_installed(k, r)) != NULL)
		strlcpy(out->error, why, sizeof(out->error));
}

static bool
installed(const struct kroute *r)
{
	if (r->kind == ROUTE_LOCAL)
		return r->have.main_ifindex != 0 && r->have.ifindex != 0;
	return r->have.nhid != 0;
}

static const char *
not_installed(struct kernel *k, const struct kroute *r)
{
	if (r->kind == ROUTE_NONE)
		return r->draining ? "draining" : "of a former run";
	if (installed(r))
		return r->error != 0 ? strerror(r->error) : NULL;
	if (r->error != 0)
		return strerror(r->error);
	if (r->kind == ROUTE_LOCAL) {
		if (r->iface->node == NULL ||
		    r->iface->node->link.ifindex != r->ifindex)
			return "interface is gone";
		return iface_usable(r->iface) ? NULL : "interface is down";
	}
	return k->conf.direct ? "no route to the router" : "direct no";
}

void
kernel_stats(struct kernel *k, struct kernel_stats *st)
{
	*st = k->stats;
	st->routes = k->nroutes;
	st->routers = k->nrouters;
	st->fdb = k->nfdb;
	st->radio = radio_stations(k->radio, &st->candidates);
	st->bytes = k->nroutes * sizeof(struct kroute) +
	    k->nneighs * sizeof(struct kneigh) +
	    k->nrouters * sizeof(struct krouter) +
	    k->nfdb * sizeof(struct kfdb) + radio_bytes(k->radio);
}
