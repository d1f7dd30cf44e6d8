/* SPDX-License-Identifier: ISC */
/*
 * Hosts, and the addresses of routers, gateways and servers.  A host may be a
 * server, and never have the address of a router or gateway.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/fault.h"

#define LOG_SERVERS	7	/* option, RFC 2132 3.9 */

/* An address of a router, or of the gateway of an interface. */
struct taken {
	struct addr	 addr;
	const char	*iface;		/* NULL: the router's */
};

struct all_taken {
	struct taken	*list;		/* in order of addresses */
	size_t		 n;
};

static int			 taken_cmp(const void *, const void *);
static int			 collect(const struct conf *,
				    struct all_taken *);
static void			 add(struct all_taken *, const struct addr *,
				    const char *);
static const struct taken	*in_prefix(const struct all_taken *,
				    const struct prefix *);
static void			 check_host(struct conf_check *,
				    const struct all_taken *,
				    const struct conf_host *);
static void			 check_part(struct conf_check *,
				    const struct all_taken *,
				    const struct conf_host *, const char *,
				    const struct prefix *);
static bool			 is_between(const struct conf_range *, uint32_t,
				    const struct addr *);
static bool			 has_ranges(const struct conf_network *,
				    const struct prefix *);
static bool			 is_in_pool(const struct conf *,
				    const struct addr *);
static bool			 is_hosts(const struct conf *,
				    const struct addr *);
static void			 check_server(struct conf_check *,
				    const struct all_taken *, const char *,
				    const struct addr *);
static void			 check_servers(struct conf_check *,
				    const struct all_taken *,
				    const struct conf_network *);
static void			 check_log_servers(struct conf_check *,
				    const struct all_taken *,
				    const struct dhcp_option *);

int
conf_taken_faults(struct conf_check *c)
{
	struct all_taken all = { NULL, 0 };
	size_t i;

	if (collect(c->conf, &all) == -1)
		return -1;
	for (i = 0; i < c->conf->nhosts; i++) {
		conf_about(c, RECORD_HOST, i);
		check_host(c, &all, &c->conf->hosts[i]);
	}
	for (i = 0; i < c->conf->nnetworks; i++)
		check_servers(c, &all, &c->conf->networks[i]);
	for (i = 0; i < c->conf->noptions; i++) {
		conf_about(c, RECORD_OPTION, i);
		check_log_servers(c, &all, &c->conf->options[i].option);
	}
	free(all.list);
	return 0;
}

static int
taken_cmp(const void *a, const void *b)
{
	return addr_cmp(&((const struct taken *)a)->addr,
	    &((const struct taken *)b)->addr);
}

/* 0, or -1: no memory. */
static int
collect(const struct conf *conf, struct all_taken *all)
{
	size_t i, n = 2;
	uint32_t j;

	for (i = 0; i < conf->nifaces; i++)
		n += conf->ifaces[i].naddrs;
	if ((all->list = calloc(n, sizeof(*all->list))) == NULL)
		return -1;
	add(all, &conf->global.router_addr4, NULL);
	add(all, &conf->global.router_addr6, NULL);
	for (i = 0; i < conf->nifaces; i++)
		for (j = 0; j < conf->ifaces[i].naddrs; j++)
			add(all, &conf->ifaces[i].addrs[j].addr,
			    conf->ifaces[i].name);
	qsort(all->list, all->n, sizeof(*all->list), taken_cmp);
	return 0;
}

static void
add(struct all_taken *all, const struct addr *addr, const char *iface)
{
	if (!addr_is_none(addr))
		all->list[all->n++] = (struct taken){ *addr, iface };
}

/* The first one in the prefix, or NULL. */
static const struct taken *
in_prefix(const struct all_taken *all, const struct prefix *p)
{
	size_t low = 0, high = all->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (addr_cmp(&all->list[middle].addr, &p->addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < all->n && prefix_contains(p, &all->list[low].addr) ?
	    &all->list[low] : NULL;
}

static void
check_host(struct conf_check *c, const struct all_taken *all,
    const struct conf_host *h)
{
	struct prefix p;

	if (!addr_is_none(&h->addr)) {
		prefix_host(&p, &h->addr);
		check_part(c, all, h, "address", &p);
	}
	if (h->prefix.len != 0)
		check_part(c, all, h, "prefix", &h->prefix);
	if (h->delegated.len != 0)
		check_part(c, all, h, "delegate", &h->delegated);
}

static void
check_part(struct conf_check *c, const struct all_taken *all,
    const struct conf_host *h, const char *what, const struct prefix *p)
{
	const struct taken *t = in_prefix(all, p);

	if (t != NULL)
		conf_fault(c, "host %s: %s %s: %s%s has %s, write another",
		    h->name, what, p->len == 128 ? addr_text(&p->addr) :
		    prefix_text(p), t->iface != NULL ? "the gateway of " :
		    "this router", t->iface != NULL ? t->iface : "",
		    addr_text(&t->addr));
}

static bool
is_between(const struct conf_range *r, uint32_t n, const struct addr *addr)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (addr_cmp(addr, &r[i].first) >= 0 &&
		    addr_cmp(addr, &r[i].last) <= 0)
			return true;
	return false;
}

static bool
has_ranges(const struct conf_network *net, const struct prefix *p)
{
	uint32_t i;

	for (i = 0; i < net->nranges; i++)
		if (prefix_contains(p, &net->ranges[i].first))
			return true;
	return false;
}

/* Among the addresses that are leased, in whatever network. */
static bool
is_in_pool(const struct conf *conf, const struct addr *addr)
{
	const struct conf_network *net;
	const struct prefix *p;
	size_t i;

	for (i = 0; i < conf->nnetworks; i++) {
		net = &conf->networks[i];
		if ((p = conf_prefix_of(net, addr)) == NULL)
			continue;
		return !addr_is_v4(addr) ||
		    (!is_between(net->excludes, net->nexcludes, addr) &&
		    (!has_ranges(net, p) ||
		    is_between(net->ranges, net->nranges, addr)));
	}
	return false;
}

static bool
is_hosts(const struct conf *conf, const struct addr *addr)
{
	const struct conf_host *h;

	for (h = conf->hosts; h < conf->hosts + conf->nhosts; h++)
		if (addr_cmp(&h->addr, addr) == 0 || (h->prefix.len != 0 &&
		    prefix_contains(&h->prefix, addr)) ||
		    (h->delegated.len != 0 &&
		    prefix_contains(&h->delegated, addr)))
			return true;
	return false;
}

/* It is leased to nobody, and so reached by nobody unless it is a host. */
static void
check_server(struct conf_check *c, const struct all_taken *all,
    const char *what, const struct addr *addr)
{
	struct prefix p;

	prefix_host(&p, addr);
	if (!is_in_pool(c->conf, addr) || in_prefix(all, &p) != NULL ||
	    is_hosts(c->conf, addr))
		return;
	if (addr_is_v4(addr)) {
		conf_warning(c, "%s %s: among the stations' addresses, but no "
		    "host has it, write \"host ... address %s\", or exclude "
		    "it", what, addr_text(addr), addr_text(addr));
		return;
	}
	p.len = 64;
	prefix_mask(&p);
	conf_warning(c, "%s %s: among the stations' addresses, but no host "
	    "has it, write \"host ... prefix %s\"", what, addr_text(addr),
	    prefix_text(&p));
}

static void
check_servers(struct conf_check *c, const struct all_taken *all,
    const struct conf_network *net)
{
	uint32_t i;

	for (i = 0; i < net->nnameservers; i++) {
		conf_about_network(c, net, &net->nameservers[i]);
		check_server(c, all, "nameserver", &net->nameservers[i]);
	}
	for (i = 0; i < net->nntp; i++) {
		conf_about_network(c, net, &net->ntp[i]);
		check_server(c, all, "ntp", &net->ntp[i]);
	}
	conf_about_network(c, net, &net->next_server);
	if (!addr_is_none(&net->next_server))
		check_server(c, all, "next server", &net->next_server);
}

static void
check_log_servers(struct conf_check *c, const struct all_taken *all,
    const struct dhcp_option *o)
{
	struct addr addr;
	uint16_t i;

	for (i = 0; o->code == LOG_SERVERS && i + 4 <= o->len; i += 4) {
		addr_from_v4(&addr, o->data + i);
		check_server(c, all, "option 7", &addr);
	}
}
