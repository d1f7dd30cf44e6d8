/* SPDX-License-Identifier: ISC */
/* The networks of a configuration. */
#include <stdlib.h>
#include <string.h>

#include "lease/network.h"
#include "lease/state.h"
#include "table/state.h"

static struct network	*named(const struct networks *, const char *);
static void		 make_pools(struct network *);

static struct network *
named(const struct networks *all, const char *name)
{
	uint32_t	i;

	for (i = 0; i < all->n; i++)
		if (strcmp(all->list[i]->conf.name, name) == 0)
			return all->list[i];
	return NULL;
}

int
networks_make(const struct core *core, const struct conf *conf,
    struct networks *new)
{
	const struct networks	*old = &core->lease->networks;
	struct network		*net;
	size_t			 i;

	memset(new, 0, sizeof(*new));
	for (i = 0; i < conf->nnetworks; i++) {
		net = named(old, conf->networks[i].name);
		if (net == NULL && (net = calloc(1, sizeof(*net))) == NULL) {
			networks_discard(core, new);
			return -1;
		}
		if (net->conf.name[0] == '\0')
			strlcpy(net->conf.name, conf->networks[i].name,
			    sizeof(net->conf.name));
		new->list[new->n++] = net;
	}
	return 0;
}

void
networks_discard(const struct core *core, struct networks *new)
{
	while (new->n > 0) {
		new->n--;
		if (named(&core->lease->networks,
		    new->list[new->n]->conf.name) != new->list[new->n])
			free(new->list[new->n]);
	}
}

void
networks_replace(struct core *core, struct networks *new,
    const struct conf *conf)
{
	struct networks	*all = &core->lease->networks, old = *all;
	uint32_t	 i;

	*all = *new;
	all->ids = old.ids;
	memset(new, 0, sizeof(*new));
	for (i = 0; i < old.n; i++)
		if (!networks_have(all, old.list[i]))
			new->list[new->n++] = old.list[i];
	scopes_make(&core->scopes, conf);
	conf_prefixes_make(&all->prefixes, conf);
	conf_names_make(&all->names, conf);
	for (i = 0; i < all->n; i++) {
		all->list[i]->conf = conf->networks[i];
		all->list[i]->number = i;
		if (i > 0 && all->list[i]->id == 0)
			all->list[i]->id = ++all->ids;
		make_pools(all->list[i]);
	}
}

bool
networks_have(const struct networks *all, const struct network *net)
{
	uint32_t	i;

	for (i = 0; i < all->n; i++)
		if (all->list[i] == net)
			return true;
	return false;
}

void
networks_uncount(struct core *core)
{
	struct networks	*all = &core->lease->networks;
	struct pool	*pool;
	uint32_t	 i;

	for (i = 0; i < all->n; i++)
		POOL_FOREACH(pool, all->list[i])
			pool->used = pool->taken = 0;
}

static void
make_pools(struct network *net)
{
	uint32_t	i;

	for (i = 0; i < net->conf.nprefixes; i++) {
		pool_make(&net->pools[i], &net->conf, i);
		net->pools[i].network = net;
	}
}

void
networks_free(struct networks *all)
{
	while (all->n > 0)
		free(all->list[--all->n]);
}

struct network *
network_of_key(const struct core *core, const uint8_t *key, uint8_t keylen)
{
	struct inner	inner;

	if (key[0] != DATUM_NETWORK)
		return core->lease->networks.list[0];
	return key_inner(core, key, keylen, &inner) && inner.network != -1 ?
	    core->lease->networks.list[inner.network] : NULL;
}

uint8_t
network_key(const struct network *net, const uint8_t *key, uint8_t len,
    uint8_t whole[KEY_MAX])
{
	return key_outer(net->conf.name, key, len, whole);
}

struct network *
network_of_iface(const struct core *core, uint32_t conf)
{
	const struct lease_state	*l = core->lease;

	if (conf >= l->nconf_ifaces)
		return l->networks.list[0];
	return l->networks.list[l->conf_ifaces[conf].network];
}

struct network *
network_named(const struct core *core, const char *name)
{
	int	n = conf_names_find(&core->lease->networks.names, name);

	return n != -1 ? core->lease->networks.list[n] : NULL;
}

bool
network_meant(const struct core *core, const struct network *net,
    const char *name)
{
	return name[0] == '\0' || network_named(core, name) == net;
}

void
network_scope(const struct core *core, const struct network *net,
    struct ctl_scope *scope)
{
	if (net != NULL)
		*scope = core->lease->networks.names.list[net->number];
}

uint32_t
network_life(const struct network *net, enum lease_kind kind)
{
	return kind == LEASE_ADDRESS ? net->conf.lease_time :
	    net->conf.prefix_valid;
}

bool
networks_named(const struct core *core)
{
	return core->lease->networks.n > 1;
}

bool
networks_serve(const struct core *core)
{
	return core->lease->networks.prefixes.n > 0;
}

struct pool *
pool_over(const struct core *core, const struct prefix *prefix)
{
	const struct networks		*all = &core->lease->networks;
	const struct conf_prefix	*p;

	if ((p = conf_prefix_over(&all->prefixes, prefix)) == NULL)
		return NULL;
	return &all->list[p->network]->pools[p->number];
}

struct pool *
pool_of(const struct core *core, enum lease_kind kind, const struct prefix *p)
{
	struct pool	*pool = pool_over(core, p);

	return pool != NULL && pool->kind == kind && pool->len == p->len ?
	    pool : NULL;
}

struct pool *
pool_inside(const struct core *core, enum lease_kind kind,
    const struct prefix *p)
{
	struct pool	*pool = pool_of(core, kind, p);

	return pool != NULL && pool_has(pool, p) ? pool : NULL;
}
