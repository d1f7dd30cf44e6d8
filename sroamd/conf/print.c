/* SPDX-License-Identifier: ISC */
/* The configuration as text that parses to the same, secrets included. */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"

static void	print_global(const struct conf_global *, FILE *);
static void	print_advert(const struct conf_global *, FILE *);
static void	print_field(const struct conf_field *,
		    const struct conf_global *, FILE *);
static void	print_dhcp(const struct conf *, FILE *);
static void	print_range(const char *, const struct conf_range *, FILE *);
static void	print_hex(const uint8_t *, size_t, FILE *);
static void	print_host(const struct conf_host *, FILE *);
static void	print_tls(const struct conf_tls *, FILE *);
static void	print_endpoint(const struct addr *, uint16_t, bool, FILE *);
static void	print_listen(const struct conf_listen *, FILE *);
static void	print_peer(const struct conf_peer *, FILE *);
static void	print_iface(const struct conf_iface *, FILE *);
static void	print_quoted(const char *, FILE *);

void
conf_print(const struct conf *conf, FILE *fp)
{
	size_t i;

	print_global(&conf->global, fp);
	print_dhcp(conf, fp);
	print_tls(&conf->tls, fp);
	for (i = 0; i < conf->nlistens; i++) {
		fprintf(fp, "listen on ");
		print_listen(&conf->listens[i], fp);
	}
	for (i = 0; i < conf->npeers; i++) {
		fprintf(fp, "peer ");
		print_peer(&conf->peers[i], fp);
	}
	for (i = 0; i < conf->nifaces; i++)
		print_iface(&conf->ifaces[i], fp);
}

static void
print_global(const struct conf_global *g, FILE *fp)
{
	uint32_t i;

	for (i = 0; i < FIELD_COUNT; i++)
		print_field(conf_field(i), g, fp);
	if (!addr_is_none(&g->router_addr4))
		fprintf(fp, "router address %s\n", addr_text(&g->router_addr4));
	if (!addr_is_none(&g->router_addr6))
		fprintf(fp, "router address %s\n", addr_text(&g->router_addr6));
	for (i = 0; i < g->nprefixes; i++) {
		fprintf(fp, "prefix %s", prefix_text(&g->prefixes[i]));
		if (g->delegates[i] != 0)
			fprintf(fp, " delegate %u", g->delegates[i]);
		putc('\n', fp);
	}
	for (i = 0; i < g->nnameservers; i++)
		fprintf(fp, "nameserver %s\n", addr_text(&g->nameservers[i]));
	print_advert(g, fp);
}

static void
print_advert(const struct conf_global *g, FILE *fp)
{
	const struct conf_field *f = conf_field(FIELD_PREFERENCE);
	uint32_t i;

	for (i = 0; i < g->nsearch; i++) {
		fprintf(fp, "search ");
		print_quoted(g->search[i], fp);
		putc('\n', fp);
	}
	if (g->nat64.len != 0)
		fprintf(fp, "nat64 prefix %s\n", prefix_text(&g->nat64));
	if (g->captive[0] != '\0') {
		fprintf(fp, "captive portal ");
		print_quoted(g->captive, fp);
		putc('\n', fp);
	}
	for (i = 0; i < g->nroutes; i++)
		fprintf(fp, "advertise route %s preference %s\n",
		    prefix_text(&g->routes[i].prefix),
		    conf_number_text(f, g->routes[i].preference));
}

/* What is unset and has no default is not printed. */
static void
print_field(const struct conf_field *f, const struct conf_global *g, FILE *fp)
{
	static const uint8_t no_key[sizeof(g->network_key)];
	const char *text = conf_field_text(f, g);
	size_t i;

	switch (f->type) {
	case CONF_TYPE_ID:
		if (router_id_is_none(&g->router_id))
			return;
		fprintf(fp, "%s %s", f->name, router_id_text(&g->router_id));
		break;
	case CONF_TYPE_NAME:
	case CONF_TYPE_PATH:
		if (f == conf_field(FIELD_STATE) && text[0] == '\0')
			text = "none";
		if (text[0] == '\0')
			return;
		fprintf(fp, "%s ", f->name);
		print_quoted(text, fp);
		break;
	case CONF_TYPE_KEY:
		if (memcmp(text, no_key, sizeof(no_key)) == 0)
			return;
		fprintf(fp, "%s hex:", f->name);
		for (i = 0; i < f->size; i++)
			fprintf(fp, "%02x", (uint8_t)text[i]);
		break;
	default:
		fprintf(fp, "%s %s", f->name,
		    conf_number_text(f, conf_field_number(f, g)));
	}
	putc(f != conf_field(FIELD_COUNT - 1) && f[1].joined ? ' ' : '\n', fp);
}

static void
print_dhcp(const struct conf *conf, FILE *fp)
{
	const struct conf_global *g = &conf->global;
	size_t i;

	for (i = 0; i < g->nntp; i++)
		fprintf(fp, "ntp %s\n", addr_text(&g->ntp[i]));
	for (i = 0; i < g->nrelays; i++)
		fprintf(fp, "relay %s\n", addr_text(&g->relays[i]));
	for (i = 0; i < g->nranges; i++)
		print_range("range", &g->ranges[i], fp);
	for (i = 0; i < g->nexcludes; i++)
		print_range("exclude", &g->excludes[i], fp);
	for (i = 0; i < conf->noptions; i++) {
		fprintf(fp, "option %u hex ", conf->options[i].code);
		print_hex(conf->options[i].data, conf->options[i].len, fp);
		putc('\n', fp);
	}
	for (i = 0; i < conf->nhosts; i++)
		print_host(&conf->hosts[i], fp);
}

static void
print_range(const char *what, const struct conf_range *r, FILE *fp)
{
	fprintf(fp, "%s %s", what, addr_text(&r->first));
	if (addr_cmp(&r->first, &r->last) != 0)
		fprintf(fp, " to %s", addr_text(&r->last));
	putc('\n', fp);
}

static void
print_hex(const uint8_t *octets, size_t len, FILE *fp)
{
	size_t i;

	for (i = 0; i < len; i++)
		fprintf(fp, "%02x", octets[i]);
}

static void
print_host(const struct conf_host *h, FILE *fp)
{
	fprintf(fp, "host ");
	print_quoted(h->name, fp);
	if (h->client_idlen > 0) {
		fprintf(fp, " client hex ");
		print_hex(h->client_id, h->client_idlen, fp);
	} else
		fprintf(fp, " lladdr %s", mac_text(&h->mac));
	if (!addr_is_none(&h->addr))
		fprintf(fp, " address %s", addr_text(&h->addr));
	if (h->prefix.len != 0)
		fprintf(fp, " prefix %s", prefix_text(&h->prefix));
	if (h->delegated.len != 0)
		fprintf(fp, " delegate %s", prefix_text(&h->delegated));
	putc('\n', fp);
}

/* Secrets as well: the text is to parse to the same. */
static void
print_tls(const struct conf_tls *tls, FILE *fp)
{
	uint32_t i;

	for (i = 0; i < tls->npsks; i++) {
		fprintf(fp, "tls psk ");
		print_quoted(tls->psks[i], fp);
		putc('\n', fp);
	}
	if (tls->ca[0] == '\0')
		return;
	fprintf(fp, "tls ca ");
	print_quoted(tls->ca, fp);
	fprintf(fp, " cert ");
	print_quoted(tls->cert, fp);
	fprintf(fp, " key ");
	print_quoted(tls->key, fp);
	putc('\n', fp);
}

static void
print_endpoint(const struct addr *addr, uint16_t port, bool notls, FILE *fp)
{
	fprintf(fp, "%s port %u%s",
	    addr_is_none(addr) ? "*" : addr_text(addr), port,
	    notls ? " no tls" : "");
}

static void
print_listen(const struct conf_listen *l, FILE *fp)
{
	uint32_t i;

	print_endpoint(&l->addr, l->port, l->notls, fp);
	for (i = 0; i < l->nfrom; i++)
		fprintf(fp, "%s%s", i == 0 ? " from { " : ", ",
		    prefix_text(&l->from[i]));
	fprintf(fp, l->nfrom > 0 ? " }\n" : "\n");
}

static void
print_peer(const struct conf_peer *peer, FILE *fp)
{
	if (peer->host[0] == '\0')
		print_endpoint(&peer->addr, peer->port, peer->notls, fp);
	else {
		if (peer->automatic)
			fprintf(fp, "auto on ");
		print_quoted(peer->host, fp);
		fprintf(fp, " port %u%s", peer->port,
		    peer->notls ? " no tls" : "");
	}
	if (!addr_is_none(&peer->from))
		fprintf(fp, " from %s", addr_text(&peer->from));
	putc('\n', fp);
}

static void
print_iface(const struct conf_iface *iface, FILE *fp)
{
	static const struct mac no_mac;
	const struct prefix *addr;
	uint32_t i;

	fprintf(fp, "interface ");
	print_quoted(iface->name, fp);
	fprintf(fp, " {\n\tstations %s", conf_source_name(iface->source));
	for (i = 0; i < iface->nports; i++) {
		fprintf(fp, i == 0 ? " on { " : ", ");
		print_quoted(iface->ports[i], fp);
	}
	fprintf(fp, iface->nports > 0 ? " }\n" : "\n");
	if (mac_cmp(&iface->lladdr, &no_mac) != 0)
		fprintf(fp, "\tlladdr %s\n", mac_text(&iface->lladdr));
	if (iface->netmask != 0)
		fprintf(fp, "\tnetmask %u\n", iface->netmask);
	if (iface->isolated)
		fprintf(fp, "\tisolated yes\n");
	for (i = 0; i < iface->naddrs; i++) {
		/* An address and a length, not a prefix: no bits are zero. */
		addr = &iface->addrs[i];
		fprintf(fp, "\taddress %s/%u\n", addr_text(&addr->addr),
		    prefix_plen(addr));
	}
	fprintf(fp, "}\n");
}

static void
print_quoted(const char *text, FILE *fp)
{
	putc('"', fp);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', fp);
		putc(*text, fp);
	}
	putc('"', fp);
}
