/* SPDX-License-Identifier: ISC */
/*
 * Who may have the address of a host of the configuration.
 *
 * A host with a MAC address is whichever client comes with it.  A client
 * identifier is no secret: as long as a station has the address, another that
 * shows the identifier does not get it.  A text is sent in two ways: as it is,
 * or with the type 0 before it (RFC 2132 9.14).
 */
#include <stdlib.h>
#include <string.h>

#include "lease/host.h"
#include "lease/network.h"
#include "lease/state.h"
#include "table/key.h"
#include "table/state.h"

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
static void		 make_idents(struct host *);
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
		make_idents(h);
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

static void
make_idents(struct host *h)
{
	uint8_t	typed[1 + DHCP_CLIENT_ID_MAX] = { 0 };
	uint8_t	len = h->conf.client_idlen;

	ident_make(&h->idents[0], h->conf.client_id, len);
	h->idents[1] = h->idents[0];
	if (!h->conf.client_text || len == DHCP_CLIENT_ID_MAX)
		return;
	memcpy(typed + 1, h->conf.client_id, len);
	ident_make(&h->idents[1], typed, (uint8_t)(1 + len));
}

void
hosts_replace(struct core *core, struct hosts *new)
{
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

struct host *
host_client(struct core *core, const struct network *net,
    const struct dhcp_request *req)
{
	struct host	 like, *h;

	like.conf.network = net->number;
	like.conf.client_idlen = req->client_idlen;
	memcpy(like.conf.client_id, req->client_id, req->client_idlen);
	if (req->client_idlen > 0 && (h = find(core, BY_CLIENT, &like)) != NULL)
		return h;
	if (req->client_idlen > 1 && req->client_id[0] == 0) {
		like.conf.client_idlen--;
		memcpy(like.conf.client_id, req->client_id + 1,
		    like.conf.client_idlen);
		if ((h = find(core, BY_CLIENT, &like)) != NULL &&
		    h->conf.client_text)
			return h;
	}
	return host_find(core, net, &req->chaddr);
}

bool
host_is(const struct host *h, const struct client *c)
{
	if (h->conf.client_idlen == 0)
		return mac_cmp(&h->conf.mac, &c->mac) == 0;
	return !c->any && (ident_cmp(&h->idents[0], &c->ident) == 0 ||
	    ident_cmp(&h->idents[1], &c->ident) == 0);
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

struct host *
host_nth(const struct core *core, uint32_t n)
{
	const struct hosts	*all = &core->lease->hosts;

	return n < all->nby[BY_ADDR] ? all->by[BY_ADDR][n] : NULL;
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
