/* SPDX-License-Identifier: ISC */
/*
 * Networks for sroamctl: those of the configuration, then those of which there
 * are only data, to be relayed.
 */
#include <string.h>

#include "core/core.h"
#include "lease/network.h"
#include "lease/state.h"
#include "lease/station.h"
#include "table/datum.h"
#include "table/scope.h"
#include "table/state.h"
#include "table/table.h"

#define OTHERS	64	/* networks not configured here that are named */
#define AT_LEN	1	/* in a key */
#define AT_NAME	2

/* In a cursor: records so far, then the key of the data to go on from. */
struct position {
	uint32_t	n;
	uint8_t		len;
	uint8_t		key[AT_NAME + NETWORK_NAME_MAX];
};

static void		 show(struct core *, const struct network *,
			    struct ctl_network *);
static void		 show_pools(const struct network *,
			    struct ctl_network *);
static void		 add(uint64_t *, uint64_t);
static void		 show_interfaces(const struct core *,
			    const struct network *, struct ctl_network *);
static void		 show_reaches(const struct core *,
			    const struct network *, struct ctl_network *);
static bool		 show_other(struct core *, struct position *,
			    struct ctl_network *, monotime_t);
static struct datum	*from(struct core *, const struct position *);
static bool		 of_name(const struct datum *, const uint8_t *);
static bool		 pass(struct position *, const uint8_t *);

int
core_show_network(struct core *core, struct ctl_cursor *cursor,
    struct ctl_network *c, monotime_t now)
{
	const struct networks	*all = &core->lease->networks;
	struct position		 at = { .len = AT_NAME,
				    .key = { DATUM_NETWORK, 1 } };

	memset(c, 0, sizeof(*c));
	if (cursor->started)
		memcpy(&at, cursor->key, sizeof(at));
	while (at.n < all->n && !network_meant(core, all->list[at.n],
	    cursor->network))
		at.n++;
	if (at.n < all->n)
		show(core, all->list[at.n], c);
	else if (cursor->network[0] != '\0' || at.n >= all->n + OTHERS ||
	    !show_other(core, &at, c, now))
		return 0;
	at.n++;
	cursor->started = 1;
	memcpy(cursor->key, &at, sizeof(at));
	return 1;
}

static void
show(struct core *core, const struct network *net, struct ctl_network *c)
{
	network_scope(core, net, &c->scope);
	c->configured = 1;
	c->isolated = net->conf.isolate;
	c->stations = net->nstations;
	c->stations_here = net->nassocs;
	c->leases4 = net->nleases[LEASE_ADDRESS];
	c->leases6 = net->nleases[LEASE_PREFIX];
	c->delegated = net->nleases[LEASE_DELEGATED];
	show_pools(net, c);
	show_interfaces(core, net, c);
	show_reaches(core, net, c);
}

static void
show_pools(const struct network *net, struct ctl_network *c)
{
	uint64_t		*size[] = { &c->size4, &c->size6,
				    &c->size_delegated };
	uint64_t		*used[] = { &c->used4, &c->used6,
				    &c->used_delegated };
	const struct pool	*p;
	struct ctl_pool		*to = c->pools;

	POOL_FOREACH(p, net) {
		to->prefix = p->prefix;
		to->size = p->size;
		to->used = p->taken;
		add(size[p->kind], to->size);
		add(used[p->kind], to->used);
		to++;
	}
}

static void
add(uint64_t *sum, uint64_t n)
{
	*sum = n > UINT64_MAX - *sum ? UINT64_MAX : *sum + n;
}

static void
show_interfaces(const struct core *core, const struct network *net,
    struct ctl_network *c)
{
	const struct lease_state	*l = core->lease;
	size_t				 i;

	for (i = 0; i < l->nconf_ifaces; i++) {
		if (l->conf_ifaces[i].network != net->number)
			continue;
		if (c->ninterfaces < CTL_NETWORK_INTERFACES)
			strlcpy(c->interfaces[c->ninterfaces],
			    l->conf_ifaces[i].name, sizeof(c->interfaces[0]));
		c->ninterfaces++;
	}
}

static void
show_reaches(const struct core *core, const struct network *net,
    struct ctl_network *c)
{
	const struct networks	*all = &core->lease->networks;
	uint32_t		 i, n = 0;

	for (i = 0; i < all->n; i++)
		if (all->list[i] != net &&
		    conf_reaches(&net->conf, &all->list[i]->conf))
			strlcpy(c->reaches[n++], all->names.list[i].network,
			    sizeof(c->reaches[0]));
}

/*
 * The next one that is not configured here, and how many live data there are
 * of it.  All unknown data have but a share of the table: FOREIGN_SHARE.
 */
static bool
show_other(struct core *core, struct position *at, struct ctl_network *c,
    monotime_t now)
{
	struct datum	*d = from(core, at);
	uint8_t		 name[1 + NETWORK_NAME_MAX];
	uint8_t			 i;

	if (d == NULL)
		return false;
	memcpy(name, d->data + AT_LEN, (size_t)1 + d->data[AT_LEN]);
	/* Of a peer: it may be anything. */
	for (i = 0; i < name[0]; i++)
		c->scope.network[i] = name[1 + i] > ' ' && name[1 + i] <= '~' ?
		    (char)name[1 + i] : '?';
	c->scope.width = core->lease->networks.names.list[0].width;
	for (; d != NULL && of_name(d, name);
	    d = RB_NEXT(datum_tree, &core->data, d))
		c->data += datum_live(d, now);
	if (!pass(at, name))
		at->key[AT_LEN] = NETWORK_NAME_MAX;	/* nothing is left */
	return true;
}

/* The first datum of such a network at the place or behind it. */
static struct datum *
from(struct core *core, const struct position *at)
{
	struct position		 go = *at;
	struct ctl_cursor	 cursor = { .started = 1 };
	uint8_t			 name[1 + NETWORK_NAME_MAX];
	struct datum		*d;
	struct inner		 inner;

	for (;;) {
		cursor.len = go.len;
		memcpy(cursor.key, go.key, go.len);
		/* Malformed ones are of no network. */
		for (d = table_at(core, &cursor); d != NULL &&
		    d->data[0] == DATUM_NETWORK &&
		    !key_inner(core, d->data, d->keylen, &inner);
		    d = RB_NEXT(datum_tree, &core->data, d))
			;
		if (d == NULL || d->data[0] != DATUM_NETWORK)
			return NULL;
		if (inner.network == -1)
			return d;
		memcpy(name, d->data + AT_LEN, (size_t)1 + d->data[AT_LEN]);
		if (!pass(&go, name))
			return NULL;
	}
}

/* name: with its length before it. */
static bool
of_name(const struct datum *d, const uint8_t *name)
{
	return d->data[0] == DATUM_NETWORK && d->keylen > AT_NAME + name[0] &&
	    memcmp(d->data + AT_LEN, name, (size_t)1 + name[0]) == 0;
}

/* On to what is behind all data of that name; false: nothing can be. */
static bool
pass(struct position *at, const uint8_t *name)
{
	uint8_t	i;

	at->len = (uint8_t)(AT_NAME + name[0]);
	memcpy(at->key + AT_LEN, name, (size_t)1 + name[0]);
	for (i = (uint8_t)(at->len - 1); i >= AT_LEN; i--)
		if (++at->key[i] != 0)
			return true;
	return false;
}
