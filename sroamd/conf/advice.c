/* SPDX-License-Identifier: ISC */
/* What is valid in a configuration, and probably not meant so. */
#include <string.h>

#include "conf/conf.h"
#include "conf/fault.h"

static bool			 has_others(const struct conf *);
static void			 advise_alone(struct conf_check *);
static void			 advise_router(struct conf_check *);
static void			 advise_peer(struct conf_check *, size_t);
static bool			 is_listened(const struct conf *,
				    const struct conf_peer *);
static void			 advise_prefixes(struct conf_check *, uint32_t);
static const struct conf_iface	*without_gateway(const struct conf *, uint32_t,
				    const struct prefix *);

static bool			 has_others(const struct conf *);
static void			 advise_alone(struct conf_check *);
static void			 advise_router(struct conf_check *);
static void			 advise_peer(struct conf_check *, size_t);
static bool			 is_listened(const struct conf *,
				    const struct conf_peer *);
static void			 advise_prefixes(struct conf_check *, uint32_t);
static const struct conf_iface	*without_gateway(const struct conf *, uint32_t,
				    const struct prefix *);

void
conf_advise(const struct conf *conf,
    void (*fn)(void *, const struct conf_fault *), void *arg)
{
	struct conf_check c = { .conf = conf, .fn = fn, .arg = arg };
	uint32_t n;
	size_t i;

	advise_alone(&c);
	advise_router(&c);
	for (i = 0; i < conf->npeers; i++)
		advise_peer(&c, i);
	for (n = 0; n < conf->nnetworks; n++)
		advise_prefixes(&c, n);
}

static bool
has_others(const struct conf *conf)
{
	return conf->npeers > 0 || conf->nlistens > 0;
}

static void
advise_alone(struct conf_check *c)
{
	conf_about(c, RECORD_GLOBAL, 0);
	if (c->conf->nifaces == 0 && c->conf->npeers == 0)
		conf_warning(c, "no interface and no peer: this router only "
		    "relays between routers that connect to it");
	else if (!has_others(c->conf))
		conf_warning(c, "no peer and no listen on: this router is "
		    "alone, no station roams to or from it");
}

static void
advise_router(struct conf_check *c)
{
	static const uint8_t zero[32];
	const struct conf_global *g = &c->conf->global;

	if (!has_others(c->conf) || c->conf->nifaces == 0)
		return;
	conf_about_global(c, &g->router_addr4);
	if (addr_is_none(&g->router_addr4) && addr_is_none(&g->router_addr6))
		conf_warning(c, "no router address: the other routers have no "
		    "direct routes to stations here, write one that they "
		    "reach this router by");
	conf_about_global(c, g->network_key);
	if (memcmp(g->network_key, zero, sizeof(zero)) == 0)
		conf_warning(c, "no network key: whoever knows a MAC address "
		    "knows the addresses that its station gets, write "
		    "\"network key\" and a text, the same on all routers");
}

static void
advise_peer(struct conf_check *c, size_t index)
{
	const struct conf_global *g = &c->conf->global;
	const struct conf_peer *p = &c->conf->peers[index];

	if (p->host[0] != '\0' || addr_is_none(&p->addr))
		return;
	conf_about(c, RECORD_PEER, index);
	if (addr_cmp(&p->addr, &g->router_addr4) == 0 ||
	    addr_cmp(&p->addr, &g->router_addr6) == 0 ||
	    is_listened(c->conf, p))
		conf_warning(c, "peer %s: is this router itself, write the "
		    "address of another", conf_peer_text(p));
}

static bool
is_listened(const struct conf *conf, const struct conf_peer *p)
{
	size_t i;

	for (i = 0; i < conf->nlistens; i++)
		if (conf->listens[i].port == p->port &&
		    addr_cmp(&conf->listens[i].addr, &p->addr) == 0)
			return true;
	return false;
}

/* Of IPv6 the gateway is link-local. */
static void
advise_prefixes(struct conf_check *c, uint32_t n)
{
	const struct conf_network *net = &c->conf->networks[n];
	const struct conf_iface *iface;
	const struct prefix *p;
	struct addr first;
	uint32_t i;

	for (i = 0; i < net->nprefixes; i++) {
		p = &net->prefixes[i];
		if (!prefix_is_v4(p) ||
		    (iface = without_gateway(c->conf, n, p)) == NULL)
			continue;
		first = p->addr;
		first.octet[15]++;
		conf_about_network(c, net, p);
		conf_warning(c, "prefix %s: no gateway is in it, which some "
		    "stations need, write \"address %s\" in interface %s, too",
		    prefix_text(p), addr_text(&first), iface->name);
	}
}

/* Where it is missing: an interface whose gateways are set by us; or NULL. */
static const struct conf_iface *
without_gateway(const struct conf *conf, uint32_t network,
    const struct prefix *p)
{
	const struct conf_iface *iface, *found = NULL;
	uint32_t a;
	size_t i;

	for (i = 0; i < conf->nifaces; i++) {
		iface = &conf->ifaces[i];
		if (iface->network != network)
			continue;
		if (iface->naddrs == 0)
			return NULL;
		for (a = 0; a < iface->naddrs; a++)
			if (prefix_contains(p, &iface->addrs[a].addr))
				return NULL;
		found = iface;
	}
	return found;
}
