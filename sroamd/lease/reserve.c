/* SPDX-License-Identifier: ISC */
/* Addresses that no station may have: those of routers and servers. */
#include "lease/host.h"
#include "lease/iface.h"
#include "lease/reserve.h"
#include "lease/router.h"
#include "lease/state.h"
#include "table/effect.h"
#include "table/room.h"
#include "table/state.h"

struct reserved {
	RB_ENTRY(reserved)	entry;
	unsigned int		count;
	bool			server;		/* or a relay: no router */
	struct addr		addr;
};

struct look {
	const struct prefix	*in;
	bool			 found;
};

typedef void	reserve_fn(void *, const struct addr *, bool server);

static int		 reserved_cmp(const struct reserved *,
			    const struct reserved *);
static struct reserved	*reserved_find(const struct core *,
			    const struct addr *);
static void		 sweep(struct core *, bool);
static bool		 is_hosts(const struct core *, const struct addr *);
static void		 reserve_server(const struct core *,
			    const struct addr *, reserve_fn *, void *);
static void		 reserve_servers(const struct core *,
			    const struct conf_network *, reserve_fn *, void *);
static void		 reserve_each(const struct core *, reserve_fn *,
			    void *);
static void		 reserve_one(void *, const struct addr *, bool);
static void		 reserve_look(void *, const struct addr *, bool);
static bool		 is_reserved_slowly(const struct core *,
			    const struct prefix *);

RB_PROTOTYPE(reserved_tree, reserved, entry, reserved_cmp)
RB_GENERATE(reserved_tree, reserved, entry, reserved_cmp)

static int
reserved_cmp(const struct reserved *a, const struct reserved *b)
{
	return addr_cmp(&a->addr, &b->addr);
}

static struct reserved *
reserved_find(const struct core *core, const struct addr *addr)
{
	struct reserved	 key;

	key.addr = *addr;
	return RB_FIND(reserved_tree, &core->lease->reserved, &key);
}

void
reserve_add(struct core *core, const struct addr *addr)
{
	struct reserved	*r;

	if (addr_is_none(addr))
		return;
	r = reserved_find(core, addr);
	if (r == NULL && (r = room_alloc(core, sizeof(*r))) != NULL) {
		r->addr = *addr;
		RB_INSERT(reserved_tree, &core->lease->reserved, r);
		core->lease->nreserved++;
	}
	if (r != NULL) {
		r->count++;
		return;
	}
	if (!core->lease->reserve_short)
		core_no_memory(core, "a router's address");
	core->lease->reserve_short = true;
}

void
reserve_remove(struct core *core, const struct addr *addr)
{
	struct reserved	*r = reserved_find(core, addr);

	if (r == NULL || --r->count > 0)
		return;
	RB_REMOVE(reserved_tree, &core->lease->reserved, r);
	core->lease->nreserved--;
	room_free(core, r, sizeof(*r));
}

/* Remove addresses that no router has any more, or all. */
static void
sweep(struct core *core, bool all)
{
	struct reserved	*r, *next;

	RB_FOREACH_SAFE(r, reserved_tree, &core->lease->reserved, next) {
		if (!all && r->count > 0)
			continue;
		RB_REMOVE(reserved_tree, &core->lease->reserved, r);
		core->lease->nreserved--;
		room_free(core, r, sizeof(*r));
	}
}

/* In what the configuration gives to a host, by whatever statement. */
static bool
is_hosts(const struct core *core, const struct addr *addr)
{
	struct prefix	p;

	prefix_host(&p, addr);
	if (addr_is_v4(addr))
		return host_at(core, LEASE_ADDRESS, &p) != NULL;
	for (p.len = 64; p.len >= DELEGATED_SHORTEST; p.len--) {
		prefix_mask(&p);
		if (host_at(core, LEASE_DELEGATED, &p) != NULL ||
		    (p.len == 64 && host_at(core, LEASE_PREFIX, &p) != NULL))
			return true;
	}
	return false;
}

/* A host that is a server has its address, and nobody else has it. */
static void
reserve_server(const struct core *core, const struct addr *addr,
    reserve_fn *each, void *arg)
{
	if (!is_hosts(core, addr))
		each(arg, addr, true);
}

static void
reserve_servers(const struct core *core, const struct conf_network *net,
    reserve_fn *each, void *arg)
{
	size_t	n;

	for (n = 0; n < net->nnameservers; n++)
		reserve_server(core, &net->nameservers[n], each, arg);
	for (n = 0; n < net->nntp; n++)
		reserve_server(core, &net->ntp[n], each, arg);
	reserve_server(core, &net->next_server, each, arg);
	for (n = 0; n < net->nrelays; n++)
		reserve_server(core, &net->relays[n], each, arg);
}

/* Each address of a router or gateway, or of a server. */
static void
reserve_each(const struct core *core, reserve_fn *each, void *arg)
{
	const struct lease_state	*l = core->lease;
	struct iface			*i;
	struct router			*r;
	size_t				 n, m;

	each(arg, &core->conf.router_addr4, false);
	each(arg, &core->conf.router_addr6, false);
	for (n = 0; n < l->nconf_ifaces; n++)
		for (m = 0; m < l->conf_ifaces[n].naddrs; m++)
			each(arg, &l->conf_ifaces[n].addrs[m].addr, false);
	for (n = 0; n < l->networks.n; n++)
		reserve_servers(core, &l->networks.list[n]->conf, each, arg);
	RB_FOREACH(i, iface_tree, &core->lease->ifaces) {
		each(arg, &i->link.gateway4, false);
		each(arg, &i->link.gateway6, false);
	}
	RB_FOREACH(r, router_tree, &core->lease->routers) {
		each(arg, &r->info.addr4, false);
		each(arg, &r->info.addr6, false);
	}
}

static void
reserve_one(void *arg, const struct addr *addr, bool server)
{
	struct reserved	*r;

	reserve_add(arg, addr);
	if (server && (r = reserved_find(arg, addr)) != NULL)
		r->server = true;
}

/*
 * Collect the addresses of routers and gateways, which no station may have.
 * Known addresses need no memory.
 */
void
core_reserve(struct core *core)
{
	struct reserved	*r;

	RB_FOREACH(r, reserved_tree, &core->lease->reserved) {
		r->count = 0;
		r->server = false;
	}
	core->lease->reserve_short = false;
	reserve_each(core, reserve_one, core);
	sweep(core, false);
}

static void
reserve_look(void *arg, const struct addr *addr, bool server)
{
	struct look	*look = arg;

	(void)server;
	look->found |= !addr_is_none(addr) && prefix_contains(look->in, addr);
}

/* Without memory for all of them. */
static bool
is_reserved_slowly(const struct core *core, const struct prefix *p)
{
	struct look	look = { .in = p };

	reserve_each(core, reserve_look, &look);
	return look.found;
}

bool
core_is_reserved(const struct core *core, const struct prefix *p)
{
	struct reserved	 key, *r;

	key.addr = p->addr;
	r = RB_NFIND(reserved_tree, &core->lease->reserved, &key);
	if (r != NULL && prefix_contains(p, &r->addr))
		return true;
	return core->lease->reserve_short && is_reserved_slowly(core, p);
}

bool
core_is_routers(const struct core *core, const struct addr *addr)
{
	const struct reserved	*r = reserved_find(core, addr);

	return r != NULL && !r->server;
}

void
reserved_free(struct core *core)
{
	sweep(core, true);
}
