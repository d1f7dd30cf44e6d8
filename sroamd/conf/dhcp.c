/* SPDX-License-Identifier: ISC */
/* Contradictions in the statements of DHCP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/fault.h"

static bool		 is_usable(const struct conf_network *,
			    const struct addr *);
static void		 check_range(struct conf_check *,
			    const struct conf_network *,
			    const struct conf_range *, const char *);
static const char	*inside(const struct conf_network *);
static void		 check_option(struct conf_check *, uint32_t);
static const char	*instead(uint8_t);
static bool		 is_leased(const struct conf_network *,
			    const struct prefix *, bool delegated);
static void		 check_host(struct conf_check *, uint32_t);
static int		 check_hosts_differ(struct conf_check *);
static int		 cmp_network(const void *, const void *);
static int		 cmp_mac(const void *, const void *);
static int		 cmp_client(const void *, const void *);
static int		 cmp_addr(const void *, const void *);
static int		 cmp_prefix(const void *, const void *);
static int		 cmp_delegated(const void *, const void *);
static int		 cmp_name(const void *, const void *);

int
conf_dhcp_faults(struct conf_check *c)
{
	const struct conf_network *net;
	uint32_t i, n;

	for (n = 0; n < c->conf->nnetworks; n++) {
		net = &c->conf->networks[n];
		for (i = 0; i < net->nranges; i++)
			check_range(c, net, &net->ranges[i], "range");
		for (i = 0; i < net->nexcludes; i++)
			check_range(c, net, &net->excludes[i], "exclude");
		for (i = 0; i < net->nstatics; i++)
			check_range(c, net, &net->statics[i], "static");
	}
	for (i = 0; i < c->conf->noptions; i++)
		check_option(c, i);
	for (i = 0; i < c->conf->nhosts; i++)
		check_host(c, i);
	return check_hosts_differ(c);
}

/* In a configured prefix, and neither its first nor its last address. */
static bool
is_usable(const struct conf_network *net, const struct addr *addr)
{
	const struct prefix *p = conf_prefix_of(net, addr);

	return p != NULL && !conf_is_end(p, addr);
}

static void
check_range(struct conf_check *c, const struct conf_network *net,
    const struct conf_range *r, const char *name)
{
	const struct prefix *p = conf_prefix_of(net, &r->first);

	conf_about_network(c, net, r);
	if (addr_cmp(&r->first, &r->last) > 0)
		conf_fault(c, "%s %s to %s: the wrong way round, write the "
		    "lower address first", name, addr_text(&r->first),
		    addr_text(&r->last));
	else if (p == NULL || !prefix_contains(p, &r->last))
		conf_fault(c, "%s %s to %s: outside of every prefix, write "
		    "%s", name, addr_text(&r->first), addr_text(&r->last),
		    inside(net));
}

/* What an IPv4 address of a station may be, as far as one text says it. */
static const char *
inside(const struct conf_network *net)
{
	static char text[2 * ADDR_TEXT + 32];
	const struct prefix *only = NULL;
	struct addr end;
	uint32_t i;

	for (i = 0; i < net->nprefixes; i++) {
		if (!prefix_is_v4(&net->prefixes[i]))
			continue;
		if (only != NULL)
			return "addresses inside of one";
		only = &net->prefixes[i];
	}
	if (only == NULL)
		return "an IPv4 prefix, too";
	end = only->addr;
	end.octet[15]++;
	snprintf(text, sizeof(text), "%s to ", addr_text(&end));
	conf_last(only, &end);
	end.octet[15]--;
	strlcat(text, addr_text(&end), sizeof(text));
	return text;
}

/* The statement that writes this option by its own name, or NULL. */
static const char *
instead(uint8_t code)
{
	switch (code) {
	case 1:
		return "netmask in the interface's block";
	case 3:
	case 28:
	case 121:
	case 249:
		return "address in the interface's block";
	case 6:
		return "nameserver";
	case 12:
		return "host";
	case 15:
		return "domain name";
	case 42:
		return "ntp";
	case 51:
	case 58:
	case 59:
		return "lease time";
	case 80:
		return "rapid commit";
	case 108:
		return "ipv6 only";
	case 114:
		return "captive portal";
	case 119:
		return "search";
	case 0:
	case 26:
	case 50:
	case 52:
	case 53:
	case 54:
	case 55:
	case 56:
	case 57:
	case 61:
	case 81:
	case 82:
	case 255:
		return "";
	default:
		return NULL;
	}
}

static void
check_option(struct conf_check *c, uint32_t index)
{
	const struct conf_option *own = &c->conf->options[index], *other;
	const struct dhcp_option *o = &own->option;
	const char *way = instead(o->code);

	conf_about(c, RECORD_OPTION, index);
	if (way != NULL && way[0] != '\0')
		conf_fault(c, "option %u: another statement makes it, write %s",
		    o->code, way);
	else if (way != NULL)
		conf_fault(c, "option %u: is the protocol's own, remove it",
		    o->code);
	for (other = c->conf->options; other < own; other++)
		if (other->network == own->network &&
		    other->option.code == o->code) {
			conf_fault(c, "option %u: given twice, remove one",
			    o->code);
			break;
		}
}

/* In a prefix that is delegated, or in one for the stations' links. */
static bool
is_leased(const struct conf_network *net, const struct prefix *p,
    bool delegated)
{
	uint32_t i;

	for (i = 0; i < net->nprefixes; i++)
		if (prefix_covers(&net->prefixes[i], p))
			return !prefix_is_v4(p) &&
			    p->len == conf_lease_len(net, i) &&
			    (net->delegates[i] != 0) == delegated;
	return false;
}

static void
check_host(struct conf_check *c, uint32_t index)
{
	const struct conf_host *h = &c->conf->hosts[index];
	const struct conf_network *net = &c->conf->networks[h->network];

	conf_about(c, RECORD_HOST, index);
	if (h->client_idlen == 0 && !mac_is_station(&h->mac))
		conf_fault(c, "host %s: lladdr %s: write a unicast address",
		    h->name, mac_text(&h->mac));
	if (!addr_is_none(&h->addr) && !is_usable(net, &h->addr))
		conf_fault(c, "host %s: address %s: outside of every prefix, "
		    "or at its end, write %s", h->name, addr_text(&h->addr),
		    inside(net));
	if (h->prefix.len == 0 && h->delegated.len == 0)
		return;
	if (h->client_idlen > 0)
		conf_fault(c, "host %s: %s: no client id comes with IPv6, "
		    "write lladdr instead", h->name,
		    h->prefix.len != 0 ? "prefix" : "delegate");
	if (h->prefix.len != 0 && (h->prefix.len != 64 ||
	    !is_leased(net, &h->prefix, false)))
		conf_fault(c, "host %s: prefix %s: write a /64 inside of an "
		    "IPv6 prefix", h->name, prefix_text(&h->prefix));
	if (h->delegated.len != 0 && !is_leased(net, &h->delegated, true))
		conf_fault(c, "host %s: delegate %s: write one of the length "
		    "that a prefix delegates, inside of it", h->name,
		    prefix_text(&h->delegated));
}

/*
 * Sorted by the values that must differ, within a network: no comparison of all
 * pairs.
 */
static int
check_hosts_differ(struct conf_check *c)
{
	static const struct {
		int		(*cmp)(const void *, const void *);
		const char	*what;
	} by[] = {
		{ cmp_mac, "lladdr" }, { cmp_client, "client" },
		{ cmp_addr, "address" }, { cmp_prefix, "prefix" },
		{ cmp_delegated, "delegate" }, { cmp_name, "name" }
	};
	const struct conf_host **sorted, *a, *b;
	size_t i, n, nhosts = c->conf->nhosts;

	if (nhosts < 2)
		return 0;
	if ((sorted = calloc(nhosts, sizeof(*sorted))) == NULL)
		return -1;
	for (i = 0; i < nhosts; i++)
		sorted[i] = &c->conf->hosts[i];
	for (n = 0; n < sizeof(by) / sizeof(by[0]); n++) {
		qsort(sorted, nhosts, sizeof(*sorted), by[n].cmp);
		for (i = 1; i < nhosts; i++) {
			a = sorted[i - 1];
			b = sorted[i];
			if (by[n].cmp(&a, &b) != 0 ||
			    (by[n].cmp == cmp_mac && b->client_idlen != 0) ||
			    (by[n].cmp == cmp_client &&
			    b->client_idlen == 0) ||
			    (by[n].cmp == cmp_addr &&
			    addr_is_none(&b->addr)) ||
			    (by[n].cmp == cmp_prefix &&
			    b->prefix.len == 0) ||
			    (by[n].cmp == cmp_delegated &&
			    b->delegated.len == 0))
				continue;
			conf_about(c, RECORD_HOST, (a > b ? a : b) -
			    c->conf->hosts);
			conf_fault(c, "host %s: its %s is that of host %s, "
			    "too, write another", (a > b ? a : b)->name,
			    by[n].what, (a > b ? b : a)->name);
		}
	}
	free(sorted);
	return 0;
}

#define HOST(p)	(*(const struct conf_host *const *)(p))

static int
cmp_network(const void *a, const void *b)
{
	uint32_t x = HOST(a)->network, y = HOST(b)->network;

	return (x > y) - (x < y);
}

static int
cmp_mac(const void *a, const void *b)
{
	int c = cmp_network(a, b);

	return c != 0 ? c : mac_cmp(&HOST(a)->mac, &HOST(b)->mac);
}

static int
cmp_client(const void *a, const void *b)
{
	if (HOST(a)->network != HOST(b)->network)
		return cmp_network(a, b);
	if (HOST(a)->client_idlen != HOST(b)->client_idlen)
		return HOST(a)->client_idlen - HOST(b)->client_idlen;
	return memcmp(HOST(a)->client_id, HOST(b)->client_id,
	    HOST(a)->client_idlen);
}

static int
cmp_addr(const void *a, const void *b)
{
	return addr_cmp(&HOST(a)->addr, &HOST(b)->addr);
}

static int
cmp_prefix(const void *a, const void *b)
{
	return prefix_cmp(&HOST(a)->prefix, &HOST(b)->prefix);
}

static int
cmp_delegated(const void *a, const void *b)
{
	return prefix_cmp(&HOST(a)->delegated, &HOST(b)->delegated);
}

static int
cmp_name(const void *a, const void *b)
{
	int c = cmp_network(a, b);

	return c != 0 ? c : strcmp(HOST(a)->name, HOST(b)->name);
}
