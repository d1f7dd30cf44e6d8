/* SPDX-License-Identifier: ISC */
/* The router advertisement for a station, from its link's configuration. */
#include <string.h>

#include "frontend/advert.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static void	fill(struct wire_nd_options *, const struct conf_network *);
static void	keep_servers(struct wire_nd_options *,
		    const struct wire_nd_options *);
static void	keep_domains(struct wire_nd_options *,
		    const struct wire_nd_options *);
static void	keep_routes(struct wire_nd_options *,
		    const struct wire_nd_options *);
static void	keep_nat64(struct wire_nd_options *,
		    const struct wire_nd_options *);
static uint8_t	preference(uint8_t);

void
advert_options_conf(struct advert_options *a,
    const struct conf_network *net, monotime_t now)
{
	struct wire_nd_options old = *advert_options(a, now);

	memset(&a->options, 0, sizeof(a->options));
	fill(&a->options, net);
	keep_servers(&a->options, &old);
	keep_domains(&a->options, &old);
	keep_routes(&a->options, &old);
	keep_nat64(&a->options, &old);
	/* The lifetime in earlier advertisements was at most 9000 s. */
	a->until = monotime_add(now, 9000 * 1000LL);
}

const struct wire_nd_options *
advert_options(struct advert_options *a, monotime_t now)
{
	struct wire_nd_options *o = &a->options;

	if (monotime_before(now, a->until))
		return o;
	/* Removed entries are behind those in force. */
	while (o->nservers > 0 && o->servers[o->nservers - 1].gone)
		o->nservers--;
	while (o->ndomains > 0 && o->domains[o->ndomains - 1].gone)
		o->ndomains--;
	while (o->nroutes > 0 && o->routes[o->nroutes - 1].gone)
		o->nroutes--;
	while (o->nnat64 > 0 && o->nat64[o->nnat64 - 1].gone)
		o->nnat64--;
	return o;
}

static void
fill(struct wire_nd_options *o, const struct conf_network *net)
{
	uint32_t i;

	o->onlink = net->onlink;
	o->delegates = net->dhcp6 == DHCP6_DELEGATE;
	o->other = net->dhcp6 != DHCP6_NO;
	o->preference = preference(net->preference);
	for (i = 0; i < net->nnameservers; i++)
		if (!addr_is_v4(&net->nameservers[i]))
			o->servers[o->nservers++].addr = net->nameservers[i];
	for (i = 0; i < net->nsearch; i++)
		memcpy(o->domains[o->ndomains++].name, net->search[i],
		    sizeof(o->domains[0].name));
	for (i = 0; i < net->nroutes; i++) {
		o->routes[i].prefix = net->routes[i].prefix;
		o->routes[i].preference = preference(net->routes[i].preference);
	}
	o->nroutes = net->nroutes;
	if (net->nat64.len != 0) {
		o->nat64[0].prefix = net->nat64;
		o->nnat64 = 1;
	}
	memcpy(o->captive, net->captive, sizeof(o->captive));
}

static uint8_t
preference(uint8_t configured)
{
	static const uint8_t bits[] = {
		[PREFERENCE_MEDIUM] = WIRE_ND_MEDIUM,
		[PREFERENCE_HIGH] = WIRE_ND_HIGH,
		[PREFERENCE_LOW] = WIRE_ND_LOW
	};

	return configured < COUNT(bits) ? bits[configured] : WIRE_ND_MEDIUM;
}

static void
keep_servers(struct wire_nd_options *o, const struct wire_nd_options *old)
{
	uint32_t i, n;

	for (i = 0; i < old->nservers; i++) {
		for (n = 0; n < o->nservers; n++)
			if (addr_cmp(&o->servers[n].addr,
			    &old->servers[i].addr) == 0)
				break;
		if (n < o->nservers || n == COUNT(o->servers))
			continue;
		o->servers[n].addr = old->servers[i].addr;
		o->servers[n].gone = true;
		o->nservers++;
	}
}

static void
keep_domains(struct wire_nd_options *o, const struct wire_nd_options *old)
{
	uint32_t i, n;

	for (i = 0; i < old->ndomains; i++) {
		for (n = 0; n < o->ndomains; n++)
			if (strcasecmp(o->domains[n].name,
			    old->domains[i].name) == 0)
				break;
		if (n < o->ndomains || n == COUNT(o->domains))
			continue;
		o->domains[n] = old->domains[i];
		o->domains[n].gone = true;
		o->ndomains++;
	}
}

static void
keep_routes(struct wire_nd_options *o, const struct wire_nd_options *old)
{
	uint32_t i, n;

	for (i = 0; i < old->nroutes; i++) {
		for (n = 0; n < o->nroutes; n++)
			if (prefix_cmp(&o->routes[n].prefix,
			    &old->routes[i].prefix) == 0)
				break;
		if (n < o->nroutes || n == COUNT(o->routes))
			continue;
		o->routes[n] = old->routes[i];
		o->routes[n].gone = true;
		o->nroutes++;
	}
}

static void
keep_nat64(struct wire_nd_options *o, const struct wire_nd_options *old)
{
	uint32_t i, n;

	for (i = 0; i < old->nnat64; i++) {
		for (n = 0; n < o->nnat64; n++)
			if (prefix_cmp(&o->nat64[n].prefix,
			    &old->nat64[i].prefix) == 0)
				break;
		if (n < o->nnat64 || n == COUNT(o->nat64))
			continue;
		o->nat64[n] = old->nat64[i];
		o->nat64[n].gone = true;
		o->nnat64++;
	}
}

void
dhcp6_options_conf(struct wire_dhcp6_options *o, const struct conf_network *net)
{
	uint32_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < net->nnameservers; i++)
		if (!addr_is_v4(&net->nameservers[i]))
			o->servers[o->nservers++] = net->nameservers[i];
	for (i = 0; i < net->nsearch; i++)
		memcpy(o->domains[o->ndomains++], net->search[i],
		    sizeof(o->domains[0]));
	memcpy(o->captive, net->captive, sizeof(o->captive));
}
