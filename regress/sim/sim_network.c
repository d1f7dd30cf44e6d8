/* SPDX-License-Identifier: ISC */
/*
 * Several networks on one set of routers.  A router may lack the block of one,
 * or have no interface in it.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/field.h"
#include "sim.h"

/* What the one configuration, which has all of them, calls a network. */
#define NAME(sim, net)	((sim)->conf->networks[net].name)

static const struct {
	const char	*name, *iface, *prefix4, *prefix6, *gateway;
} named[SIM_NETWORKS - 1] = {
	{ "guest", "roamg", "172.20.0.0/16", "2001:db8:2345::/48",
	    "172.20.0.1" },
	{ "iot", "roami", "172.21.0.0/16", "2001:db8:3456::/48",
	    "172.21.0.1" }
};

/* All routers to come have these networks, too, and an interface in each. */
void
net_add(struct sim *sim)
{
	struct conf_network net;
	struct conf_iface iface;
	size_t i;

	for (i = 0; i < SIM_NETWORKS - 1; i++) {
		memset(&net, 0, sizeof(net));
		conf_field_defaults(CONF_NETWORK, &net);
		snprintf(net.name, sizeof(net.name), "%s", named[i].name);
		memset(&iface, 0, sizeof(iface));
		snprintf(iface.name, sizeof(iface.name), "%s", named[i].iface);
		iface.source = SOURCE_BRIDGE;
		iface.network = (uint32_t)i + 1;
		if (prefix_parse(named[i].prefix4, &net.prefixes[0]) == -1 ||
		    prefix_parse(named[i].prefix6, &net.prefixes[1]) == -1)
			abort();
		net.nprefixes = 2;
		net.nnameservers = sim->conf->networks[0].nnameservers;
		memcpy(net.nameservers, sim->conf->networks[0].nameservers,
		    sizeof(net.nameservers));
		if (conf_add_network(sim->conf, &net) == -1 ||
		    conf_add_iface(sim->conf, &iface) == -1)
			abort();
	}
}

uint32_t
net_ifindex(uint32_t net)
{
	return SIM_IFINDEX + 10 * net;
}

/* Of an interface, whether or not any router has it. */
uint32_t
net_of_iface(uint32_t ifindex)
{
	return (ifindex - SIM_IFINDEX) / 10;
}

struct addr
net_gateway(uint32_t net)
{
	struct addr addr;

	(void)addr_parse(net == 0 ? "192.168.44.1" : named[net - 1].gateway,
	    &addr);
	return addr;
}

int
net_of(const struct sim *sim, const struct prefix *prefix)
{
	const struct conf_network *net;
	uint32_t n, i;

	for (n = 0; n < sim->conf->nnetworks; n++) {
		net = &sim->conf->networks[n];
		for (i = 0; i < net->nprefixes; i++)
			if (prefix_covers(&net->prefixes[i], prefix))
				return (int)n;
	}
	return -1;
}

int
net_of_addr(const struct sim *sim, const struct addr *addr)
{
	struct prefix host;

	prefix_host(&host, addr);
	return net_of(sim, &host);
}

uint8_t
net_key(const struct sim *sim, uint32_t net, const uint8_t *plain,
    uint8_t len, uint8_t whole[KEY_MAX])
{
	return key_outer(NAME(sim, net), plain, len, whole);
}

/* The key within its network; -1: of none that is configured anywhere. */
int
net_inner(const struct sim *sim, const struct update *u, const uint8_t **key,
    int *len)
{
	uint32_t n;
	int name = u->keylen > 2 ? u->data[1] : 0;

	*key = u->data;
	*len = u->keylen;
	if (u->keylen > 0 && u->data[0] != DATUM_NETWORK)
		return 0;
	if (name == 0 || u->keylen <= 2 + name)
		return -1;
	*key += 2 + name;
	*len -= 2 + name;
	for (n = 1; n < sim->conf->nnetworks; n++)
		if (strlen(NAME(sim, n)) == (size_t)name &&
		    memcmp(NAME(sim, n), u->data + 2, (size_t)name) == 0)
			return (int)n;
	return -1;
}

bool
net_is_known(const struct router *router, uint32_t net)
{
	return (router->blocks >> net & 1) != 0;
}

bool
net_is_served(const struct router *router, uint32_t net)
{
	return (router->served >> net & 1) != 0;
}

/* Its place among the interfaces of the router's own configuration. */
uint32_t
net_conf_iface(const struct router *router, uint32_t net)
{
	uint32_t n, count = 0;

	for (n = 0; n < net; n++)
		count += net_is_served(router, n);
	return count;
}

/*
 * The configuration of a router: that of all, without the blocks and the
 * interfaces that it lacks.  The caller frees it, if it is another.
 */
struct conf *
net_conf(const struct router *router)
{
	const struct conf *all = router->sim->conf;
	struct conf *conf;
	struct conf_iface iface;
	uint32_t numbers[SIM_NETWORKS] = { 0 };
	size_t i;

	if ((conf = conf_new()) == NULL)
		abort();
	conf->global = all->global;
	conf->networks[0] = all->networks[0];
	for (i = 1; i < all->nnetworks; i++) {
		if (!net_is_known(router, (uint32_t)i))
			continue;
		numbers[i] = (uint32_t)conf->nnetworks;
		if (conf_add_network(conf, &all->networks[i]) == -1)
			abort();
	}
	for (i = 0; i < all->nifaces; i++) {
		iface = all->ifaces[i];
		if (!net_is_served(router, iface.network))
			continue;
		iface.network = numbers[iface.network];
		if (conf_add_iface(conf, &iface) == -1)
			abort();
	}
	for (i = 0; i < all->npeers; i++)
		if (conf_add_peer(conf, &all->peers[i]) == -1)
			abort();
	return conf;
}
