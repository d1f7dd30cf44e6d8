/* SPDX-License-Identifier: ISC */
/*
 * Two interfaces of a network with gateways in prefixes of their own: two
 * networks were meant, and would not be kept apart.  The fault has the block to
 * write: the interface and its prefix, and all that was said of its stations.
 */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/fault.h"

static const struct prefix	*gateway_prefix(const struct conf_network *,
				    const struct conf_iface *);
static void			 report(struct conf_check *,
				    const struct conf_iface *,
				    const struct prefix *,
				    const struct conf_iface *,
				    const struct prefix *);
static struct conf		*block(const struct conf_check *,
				    const struct conf_iface *,
				    const struct prefix *);
static int			 fill(struct conf *, const struct conf *,
				    const struct conf_iface *,
				    const struct prefix *);
static void			 new_name(const struct conf_check *,
				    char [NETWORK_NAME_MAX]);
static void			 keep_prefixes(struct conf_network *,
				    const struct conf_iface *,
				    const struct prefix *);
static bool			 has_gateway(const struct conf_iface *,
				    const struct prefix *);
static uint32_t			 keep_ranges(const struct prefix *,
				    struct conf_range *, uint32_t);
static int			 add_hosts(struct conf *, const struct conf *,
				    uint32_t);

void
conf_gateway_faults(struct conf_check *c, const struct conf_network *net)
{
	const struct conf_iface *iface, *first = NULL;
	const struct prefix *p, *prefix = NULL;
	size_t i, n = (size_t)(net - c->conf->networks);

	for (i = 0; i < c->conf->nifaces; i++) {
		iface = &c->conf->ifaces[i];
		if (iface->network != n ||
		    (p = gateway_prefix(net, iface)) == NULL)
			continue;
		if (first == NULL) {
			first = iface;
			prefix = p;
		} else if (p != prefix) {
			report(c, first, prefix, iface, p);
			return;
		}
	}
}

/* That of its first IPv4 address, or NULL. */
static const struct prefix *
gateway_prefix(const struct conf_network *net, const struct conf_iface *iface)
{
	uint32_t i;

	for (i = 0; i < iface->naddrs; i++)
		if (addr_is_v4(&iface->addrs[i].addr))
			return conf_prefix_of(net, &iface->addrs[i].addr);
	return NULL;
}

static void
report(struct conf_check *c, const struct conf_iface *first,
    const struct prefix *prefix, const struct conf_iface *iface,
    const struct prefix *p)
{
	struct conf *new = block(c, iface, p);
	char one[PREFIX_TEXT];

	strlcpy(one, prefix_text(prefix), sizeof(one));
	conf_about(c, RECORD_IFACE, (size_t)(iface - c->conf->ifaces));
	c->about.block = new;
	conf_fault(c, "interface %s: its gateway is in %s, that of %s in %s, "
	    "but stations of both get addresses of either; to keep them "
	    "apart, write the block that sroamd -n shows in place of this "
	    "interface, prefix %s, and what is said of addresses in it",
	    iface->name, prefix_text(p), first->name, one, prefix_text(p));
	c->about.block = NULL;
	c->nblocks += new != NULL;
	conf_free(new);
}

/* NULL: no memory. */
static struct conf *
block(const struct conf_check *c, const struct conf_iface *iface,
    const struct prefix *p)
{
	struct conf *new;

	if ((new = conf_new()) == NULL)
		return NULL;
	if (fill(new, c->conf, iface, p) == -1) {
		conf_free(new);
		return NULL;
	}
	new_name(c, new->networks[1].name);
	return new;
}

/* A second network, with the part of the interface's that is its own. */
static int
fill(struct conf *new, const struct conf *conf, const struct conf_iface *from,
    const struct prefix *p)
{
	struct conf_network *net;
	struct conf_iface iface = *from;
	struct conf_option o;
	size_t i;

	iface.network = 1;
	if (conf_add_network(new, &conf->networks[from->network]) == -1 ||
	    conf_add_iface(new, &iface) == -1)
		return -1;
	net = &new->networks[1];
	keep_prefixes(net, from, p);
	net->nranges = keep_ranges(p, net->ranges, net->nranges);
	net->nexcludes = keep_ranges(p, net->excludes, net->nexcludes);
	for (i = 0; i < conf->noptions; i++) {
		o = conf->options[i];
		if (o.network != from->network)
			continue;
		o.network = 1;
		if (conf_add_option(new, &o) == -1)
			return -1;
	}
	return add_hosts(new, conf, from->network);
}

/* One that is neither there nor proposed. */
static void
new_name(const struct conf_check *c, char name[NETWORK_NAME_MAX])
{
	unsigned int n = c->nblocks + 1;

	strlcpy(name, "guest", NETWORK_NAME_MAX);
	if (n > 1)
		snprintf(name, NETWORK_NAME_MAX, "guest%u", n);
	while (conf_network_find(c->conf, name) != NULL)
		snprintf(name, NETWORK_NAME_MAX, "guest%u", ++n);
}

/* That of the gateway, and those of other addresses of the interface. */
static void
keep_prefixes(struct conf_network *net, const struct conf_iface *iface,
    const struct prefix *p)
{
	struct conf_network all = *net;
	uint32_t i;

	net->nprefixes = 0;
	for (i = 0; i < all.nprefixes; i++)
		if (prefix_cmp(&all.prefixes[i], p) == 0 ||
		    has_gateway(iface, &all.prefixes[i])) {
			net->prefixes[net->nprefixes] = all.prefixes[i];
			net->delegates[net->nprefixes++] = all.delegates[i];
		}
}

static bool
has_gateway(const struct conf_iface *iface, const struct prefix *p)
{
	uint32_t i;

	for (i = 0; i < iface->naddrs; i++)
		if (prefix_contains(p, &iface->addrs[i].addr))
			return true;
	return false;
}

/* Those inside; how many there are. */
static uint32_t
keep_ranges(const struct prefix *p, struct conf_range *list, uint32_t n)
{
	uint32_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (prefix_contains(p, &list[i].first))
			list[kept++] = list[i];
	return kept;
}

/* With what they have in its prefixes. */
static int
add_hosts(struct conf *new, const struct conf *conf, uint32_t from)
{
	const struct conf_network *net = &new->networks[1];
	struct conf_host h;
	size_t i;

	for (i = 0; i < conf->nhosts; i++) {
		h = conf->hosts[i];
		if (h.network != from)
			continue;
		h.network = 1;
		if (conf_prefix_of(net, &h.addr) == NULL)
			h.addr = addr_none;
		if (conf_prefix_of(net, &h.prefix.addr) == NULL)
			h.prefix.len = 0;
		if (conf_prefix_of(net, &h.delegated.addr) == NULL)
			h.delegated.len = 0;
		if (!addr_is_none(&h.addr) || h.prefix.len != 0 ||
		    h.delegated.len != 0)
			if (conf_add_host(new, &h) == -1)
				return -1;
	}
	return 0;
}
