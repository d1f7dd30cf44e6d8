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

static struct kroute		*next(struct kernel *,
				    const struct ctl_cursor *);
static struct kroute		*of_network(struct kernel *, struct kroute *,
				    uint32_t);
static const struct conf_prefix	*prefix_behind(const struct kernel *,
				    const struct addr *, uint32_t);
static void			 show(struct kernel *, const struct kroute *,
				    struct ctl_route *);
static bool			 installed(const struct kroute *);
static const char		*not_installed(struct kernel *,
				    const struct kroute *);

int
kernel_show_route(struct kernel *k, struct ctl_cursor *c, struct ctl_route *out)
{
	struct kroute *r;

	if ((r = next(k, c)) == NULL)
		return 0;
	cursor_set(c, &r->prefix, sizeof(r->prefix));
	show(k, r, out);
	return 1;
}

static struct kroute *
next(struct kernel *k, const struct ctl_cursor *c)
{
	struct kroute key, *r;
	int network;

	memcpy(&key.prefix, c->key, sizeof(key.prefix));
	r = CURSOR_NEXT(kroute_tree, &k->routes, c, &key);
	if (c->network[0] == '\0')
		return r;
	network = conf_names_find(&k->names, c->network);
	return network == -1 ? NULL : of_network(k, r, (uint32_t)network);
}

/*
 * The route, or the next one inside the prefixes of a network: whole prefixes
 * of others are passed over at once.
 */
static struct kroute *
of_network(struct kernel *k, struct kroute *r, uint32_t network)
{
	const struct conf_prefix *p;
	struct kroute key;

	while (r != NULL) {
		p = conf_prefix_over(&k->prefixes, &r->prefix);
		if (p != NULL && p->network == network)
			return r;
		if ((p = prefix_behind(k, &r->prefix.addr, network)) == NULL)
			return NULL;
		key.prefix = p->prefix;
		r = RB_NFIND(kroute_tree, &k->routes, &key);
	}
	return NULL;
}

/* The first prefix of a network from an address on. */
static const struct conf_prefix *
prefix_behind(const struct kernel *k, const struct addr *addr,
    uint32_t network)
{
	const struct conf_prefix *p = k->prefixes.list;

	for (; p < k->prefixes.list + k->prefixes.n; p++)
		if (p->network == network &&
		    addr_cmp(&p->prefix.addr, addr) >= 0)
			return p;
	return NULL;
}

static void
show(struct kernel *k, const struct kroute *r, struct ctl_route *out)
{
	const struct knexthop *nh;
	const struct plan_leg *leg;
	const struct conf_prefix *in;
	const char *why;

	memset(out, 0, sizeof(*out));
	if ((in = conf_prefix_over(&k->prefixes, &r->prefix)) != NULL)
		out->scope = k->names.list[in->network];
	else
		out->scope.width = k->names.list[0].width;
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
		return r->have.ifindex != 0 && (r->vrf != 0 ||
		    r->have.main_ifindex != 0);
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
