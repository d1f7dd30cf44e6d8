/* SPDX-License-Identifier: ISC */
/*
 * Who may have the address of a host of the configuration.
 *
 * Routes and leases know a station by its MAC address alone, which version 1
 * understands.  A client identifier only finds a host of the configuration.
 * Two systems on one machine therefore share its address, and a system that
 * comes with another MAC address is another station.
 */
#include <stdlib.h>
#include <string.h>

#include "lease/host.h"
#include "lease/network.h"
#include "lease/state.h"
#include "table/datum.h"
#include "table/key.h"
#include "table/state.h"
#include "table/table.h"

enum host_key {
	BY_MAC,
	BY_CLIENT,
	BY_ADDR,
	BY_PREFIX,
	BY_DELEGATED
};

static int		 by_network(const void *, const void *);
static int		 by_mac(const void *, const void *);
static int		 by_client(const void *, const void *);
static int		 by_addr(const void *, const void *);
static int		 by_prefix(const void *, const void *);
static int		 by_delegated(const void *, const void *);
static bool		 is_leased(struct core *, const struct host *,
			    monotime_t);
static bool		 has_key(const struct host *, enum host_key);
static struct host	*find(const struct core *, enum host_key,
			    const struct host *);

static int	(*const by[])(const void *, const void *) = {
	[BY_MAC] = by_mac,
	[BY_CLIENT] = by_client,
	[BY_ADDR] = by_addr,
	[BY_PREFIX] = by_prefix,
	[BY_DELEGATED] = by_delegated
};

#define KEYS	(sizeof(by) / sizeof(by[0]))
#define HOST(p)	(*(struct host *const *)(p))

static int
by_network(const void *a, const void *b)
{
	uint32_t	x = HOST(a)->conf.network, y = HOST(b)->conf.network;

	return (x > y) - (x < y);
}

static int
by_mac(const void *a, const void *b)
{
	int	order = by_network(a, b);

	return order != 0 ? order :
	    mac_cmp(&HOST(a)->conf.mac, &HOST(b)->conf.mac);
}

static int
by_client(const void *a, const void *b)
{
	const struct conf_host	*x = &HOST(a)->conf, *y = &HOST(b)->conf;

	if (x->network != y->network)
		return by_network(a, b);
	if (x->client_idlen != y->client_idlen)
		return x->client_idlen - y->client_idlen;
	return memcmp(x->client_id, y->client_id, x->client_idlen);
}

static int
by_addr(const void *a, const void *b)
{
	return addr_cmp(&HOST(a)->conf.addr, &HOST(b)->conf.addr);
}

static int
by_prefix(const void *a, const void *b)
{
	return prefix_cmp(&HOST(a)->conf.prefix, &HOST(b)->conf.prefix);
}

static int
by_delegated(const void *a, const void *b)
{
	return prefix_cmp(&HOST(a)->conf.delegated, &HOST(b)->conf.delegated);
}

static bool
has_key(const struct host *h, enum host_key key)
{
	switch (key) {
	case BY_MAC:
		return h->conf.client_idlen == 0;
	case BY_CLIENT:
		return h->conf.client_idlen > 0;
	case BY_ADDR:
		return !addr_is_none(&h->conf.addr);
	case BY_PREFIX:
		return h->conf.prefix.len != 0;
	case BY_DELEGATED:
		return h->conf.delegated.len != 0;
	}
	return false;
}

void
hosts_free(struct hosts *hosts)
{
	size_t	key;

	for (key = 0; key < KEYS; key++)
		free(hosts->by[key]);
	free(hosts->list);
	memset(hosts, 0, sizeof(*hosts));
}

int
hosts_make(struct hosts *new, const struct conf *conf)
{
	struct host	*h;
	uint32_t	 i;
	size_t		 key;

	memset(new, 0, sizeof(*new));
	if (conf->nhosts == 0)
		return 0;
	if ((new->list = calloc(conf->nhosts, sizeof(*new->list))) == NULL)
		return -1;
	new->n = (uint32_t)conf->nhosts;
	for (i = 0; i < new->n; i++) {
		h = &new->list[i];
		h->conf = conf->hosts[i];
		h->owner = h->conf.mac;
	}
	for (key = 0; key < KEYS; key++) {
		new->by[key] = calloc(new->n, sizeof(h));
		if (new->by[key] == NULL) {
			hosts_free(new);
			return -1;
		}
		for (i = 0; i < new->n; i++)
			if (has_key(&new->list[i], (enum host_key)key))
				new->by[key][new->nby[key]++] = &new->list[i];
		qsort(new->by[key], new->nby[key], sizeof(h), by[key]);
	}
	return 0;
}

void
hosts_replace(struct core *core, struct hosts *new)
{
	struct host	*h, *old;
	uint32_t	 i;

	for (i = 0; i < new->n; i++) {
		h = &new->list[i];
		if (h->conf.client_idlen > 0 &&
		    (old = find(core, BY_CLIENT, h)) != NULL)
			h->owner = old->owner;
	}
	hosts_free(&core->lease->hosts);
	core->lease->hosts = *new;
	memset(new, 0, sizeof(*new));
}

static struct host *
find(const struct core *core, enum host_key key, const struct host *like)
{
	const struct hosts	*all = &core->lease->hosts;
	struct host		**found;

	if (all->nby[key] == 0)
		return NULL;
	found = bsearch(&like, all->by[key], all->nby[key], sizeof(*found),
	    by[key]);
	return found != NULL ? *found : NULL;
}

struct host *
host_find(struct core *core, const struct network *net, const struct mac *mac)
{
	struct host	like;

	like.conf.network = net->number;
	like.conf.mac = *mac;
	return find(core, BY_MAC, &like);
}

/*
 * As long as a station has the address, another that shows the identifier,
 * which is no secret, is not the host.
 */
static bool
is_leased(struct core *core, const struct host *h, monotime_t now)
{
	uint8_t		 key[LEASE_KEY_MAX];
	struct datum	*d;
	struct prefix	 p;

	if (!mac_is_station(&h->owner) || addr_is_none(&h->conf.addr))
		return false;
	prefix_host(&p, &h->conf.addr);
	d = table_find(core, key, lease_key(LEASE_ADDRESS, &p, key));
	return d != NULL && datum_live(d, now) &&
	    mac_cmp(lease_mac(d), &h->owner) == 0;
}

struct host *
host_client(struct core *core, const struct network *net,
    const struct dhcp_request *req, monotime_t now)
{
	struct host	 like, *h;

	if (req->client_idlen > 0) {
		like.conf.network = net->number;
		like.conf.client_idlen = req->client_idlen;
		memcpy(like.conf.client_id, req->client_id,
		    sizeof(like.conf.client_id));
		if ((h = find(core, BY_CLIENT, &like)) != NULL) {
			if (!is_leased(core, h, now))
				h->owner = req->chaddr;
			return h;
		}
	}
	return host_find(core, net, &req->chaddr);
}

struct host *
host_at(const struct core *core, enum lease_kind kind, const struct prefix *p)
{
	struct host	like;

	switch (kind) {
	case LEASE_ADDRESS:
		like.conf.addr = p->addr;
		return find(core, BY_ADDR, &like);
	case LEASE_PREFIX:
		like.conf.prefix = *p;
		return find(core, BY_PREFIX, &like);
	default:
		like.conf.delegated = *p;
		return find(core, BY_DELEGATED, &like);
	}
}

/* By its MAC address; for IPv4, host_client knows hosts by client id, too. */
bool
host_prefix(struct core *core, const struct network *net,
    const struct mac *mac, enum lease_kind kind, struct prefix *p)
{
	const struct host	*h;

	if (kind == LEASE_ADDRESS || (h = host_find(core, net, mac)) == NULL)
		return false;
	*p = kind == LEASE_PREFIX ? h->conf.prefix : h->conf.delegated;
	return p->len != 0;
}
