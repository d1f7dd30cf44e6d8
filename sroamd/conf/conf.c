/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"

#define DAY	86400u

static bool	is_number(const struct conf_field *);
static int	append(void **, size_t *, size_t, size_t, const void *);
static void	print_field(const struct conf_field *,
		    const struct conf_global *, FILE *);
static void	print_global(const struct conf_global *, FILE *);
static void	print_tls(const struct conf_tls *, FILE *);
static void	print_advert(const struct conf_global *, FILE *);
static void	print_endpoint(const struct addr *, uint16_t, bool, FILE *);
static void	print_listen(const struct conf_listen *, FILE *);
static void	print_peer(const struct conf_peer *, FILE *);
static void	print_iface(const struct conf_iface *, FILE *);

#define AT(member)	offsetof(struct conf_global, member), \
			sizeof(((struct conf_global *)NULL)->member)

/*
 * Every scalar setting.  sockaddr_un bounds the control socket's path, the
 * main table's rule (32766) the priority of ours, RFC 4861 6.2.1 the router
 * lifetime.  The lower bounds of times are low for the sake of tests.
 */
static const struct conf_field fields[FIELD_COUNT] = {
	[FIELD_ROUTER_ID] = { "router id", CONF_TYPE_ID, AT(router_id),
	    .fixed = true },
	[FIELD_ROUTER_NAME] = { "router name", CONF_TYPE_NAME, AT(name),
	    .max = ROUTER_NAME_MAX - 1 },
	[FIELD_USER] = { "user", CONF_TYPE_NAME, AT(user),
	    .text = "_sroamd", .min = 1, .max = 31, .fixed = true },
	[FIELD_CHROOT] = { "chroot", CONF_TYPE_PATH, AT(chroot),
	    .text = "/run/sroamd/empty", .min = 1, .max = CONF_PATH - 1,
	    .fixed = true },
	[FIELD_STATE] = { "state", CONF_TYPE_PATH, AT(state),
	    .text = "/var/lib/sroamd", .max = CONF_PATH - 1,
	    .fixed = true },
	[FIELD_SOCKET] = { "control socket", CONF_TYPE_PATH, AT(socket),
	    .text = "/run/sroamd.sock", .min = 1, .max = 107,
	    .fixed = true },
	[FIELD_HOSTAPD] = { "hostapd", CONF_TYPE_PATH, AT(hostapd),
	    .max = 107 },
	[FIELD_NETWORK_KEY] = { "network key", CONF_TYPE_KEY,
	    AT(network_key), .text = NULL },
	[FIELD_LEASE_TIME] = { "lease time", CONF_TYPE_SECONDS,
	    AT(lease_time), .def = 1800, .min = 10, .max = 365 * DAY },
	[FIELD_LEASE_FIRST] = { "lease first", CONF_TYPE_SECONDS,
	    AT(lease_first), .def = 600, .min = 10, .max = 365 * DAY },
	[FIELD_RAPID_COMMIT] = { "rapid commit", CONF_TYPE_CHOICE,
	    AT(rapid_commit), .def = 1, .max = 1, .choice = { "no", "yes" } },
	[FIELD_IPV6_ONLY] = { "ipv6 only", CONF_TYPE_SECONDS,
	    AT(ipv6_only), .max = 365 * DAY },
	[FIELD_DOMAIN] = { "domain name", CONF_TYPE_NAME, AT(domain),
	    .max = 253 },
	[FIELD_LOCATION_TIME] = { "location time", CONF_TYPE_SECONDS,
	    AT(location_time), .def = 5400, .min = 10, .max = 365 * DAY },
	[FIELD_PREFIX_VALID] = { "prefix lifetime", CONF_TYPE_SECONDS,
	    AT(prefix_valid), .def = 5400, .min = 10, .max = 365 * DAY },
	[FIELD_PREFIX_PREFERRED] = { "preferred", CONF_TYPE_SECONDS,
	    AT(prefix_preferred), .def = 2700, .min = 5, .max = 365 * DAY,
	    .joined = true },
	[FIELD_ROUTER_LIFETIME] = { "router lifetime", CONF_TYPE_SECONDS,
	    AT(router_lifetime), .def = 1800, .min = 10, .max = 9000 },
	[FIELD_PROBE_INTERVAL] = { "probe interval", CONF_TYPE_SECONDS,
	    AT(probe_interval), .def = 30, .min = 1, .max = 3600 },
	[FIELD_TABLE] = { "table", CONF_TYPE_NUMBER, AT(table),
	    .def = 44, .min = 1, .max = UINT32_MAX },
	[FIELD_RULE_PRIORITY] = { "rule priority", CONF_TYPE_NUMBER,
	    AT(rule_priority), .def = 1000, .min = 1, .max = 32765 },
	[FIELD_METRIC] = { "route metric", CONF_TYPE_NUMBER, AT(metric),
	    .def = 10, .min = 1, .max = 65535 },
	[FIELD_DRAIN] = { "drain", CONF_TYPE_MS, AT(drain),
	    .def = 0, .min = 0, .max = 60000 },
	[FIELD_MAX_DATA] = { "limit data", CONF_TYPE_NUMBER, AT(max_data),
	    .def = 1000000, .min = 1, .max = 100000000 },
	[FIELD_MAX_ROUTERS] = { "limit routers", CONF_TYPE_NUMBER,
	    AT(max_routers), .def = 4096, .min = 1, .max = CONF_MEMBERS },
	[FIELD_MAX_PEERS] = { "limit peers", CONF_TYPE_NUMBER, AT(max_peers),
	    .def = 256, .min = 1, .max = 10000 },
	[FIELD_MAX_LEASES] = { "limit leases", CONF_TYPE_NUMBER,
	    AT(max_leases), .def = 20, .min = 1, .max = 1000000 },
	[FIELD_MAX_SOURCE] = { "limit source", CONF_TYPE_NUMBER,
	    AT(max_source), .def = 16, .min = 1, .max = 10000 },
	[FIELD_MAX_HANDSHAKES] = { "limit handshakes", CONF_TYPE_NUMBER,
	    AT(max_handshakes), .def = 64, .min = 1, .max = 10000 },
	[FIELD_MAX_UPDATES] = { "limit updates", CONF_TYPE_NUMBER,
	    AT(max_updates), .def = 50000, .min = 1, .max = 10000000 },
	[FIELD_DIRECT] = { "direct", CONF_TYPE_CHOICE, AT(direct),
	    .def = 1, .max = 1, .choice = { "no", "yes" } },
	[FIELD_DISASSOCIATE] = { "disassociate", CONF_TYPE_CHOICE,
	    AT(disassociate), .def = 1, .max = 1, .choice = { "no", "yes" } },
	[FIELD_LEAVE_ROUTES] = { "routes", CONF_TYPE_CHOICE,
	    AT(leave_routes), .def = 1, .max = 1,
	    .choice = { "remove", "keep" } },
	[FIELD_VERBOSE] = { "log", CONF_TYPE_CHOICE, AT(verbose),
	    .max = 1, .choice = { "brief", "verbose" } },
	[FIELD_ONLINK] = { "onlink", CONF_TYPE_CHOICE, AT(onlink),
	    .max = 1, .choice = { "no", "yes" } },
	[FIELD_PREFERENCE] = { "router preference", CONF_TYPE_CHOICE,
	    AT(preference), .max = PREFERENCE_LOW,
	    .choice = { "medium", "high", "low" } },
	[FIELD_DHCP6] = { "dhcp6", CONF_TYPE_CHOICE, AT(dhcp6),
	    .max = DHCP6_DELEGATE,
	    .choice = { "no", "stateless", "delegate" } },
};

static const char *const sources[] = {
	[SOURCE_AUTO] = "auto",
	[SOURCE_PACKETS] = "packets",
	[SOURCE_BRIDGE] = "bridge",
	[SOURCE_NL80211] = "nl80211"
};

struct conf *
conf_new(void)
{
	const struct conf_field *f;
	struct conf *conf;
	char *at;

	if ((conf = calloc(1, sizeof(*conf))) == NULL)
		return NULL;
	for (f = fields; f < fields + FIELD_COUNT; f++) {
		at = (char *)&conf->global + f->offset;
		if (is_number(f) && f->size == sizeof(uint32_t))
			memcpy(at, &f->def, sizeof(f->def));
		else if (is_number(f))
			*at = (char)f->def;
		else if (f->text != NULL)
			strlcpy(at, f->text, f->size);
	}
	return conf;
}

void
conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;
	free(conf->listens);
	free(conf->peers);
	free(conf->ifaces);
	free(conf->options);
	free(conf->hosts);
	conf_forget_secrets(conf);
	freezero(conf, sizeof(*conf));	/* it holds the network key */
}

int
conf_add_listen(struct conf *conf, const struct conf_listen *listen)
{
	return append((void **)&conf->listens, &conf->nlistens,
	    sizeof(*listen), CONF_LISTENS, listen);
}

int
conf_add_peer(struct conf *conf, const struct conf_peer *peer)
{
	return append((void **)&conf->peers, &conf->npeers, sizeof(*peer),
	    CONF_PEERS, peer);
}

int
conf_add_iface(struct conf *conf, const struct conf_iface *iface)
{
	return append((void **)&conf->ifaces, &conf->nifaces, sizeof(*iface),
	    CONF_IFACES, iface);
}

int
conf_add_option(struct conf *conf, const struct dhcp_option *option)
{
	return append((void **)&conf->options, &conf->noptions,
	    sizeof(*option), CONF_OPTIONS, option);
}

int
conf_add_host(struct conf *conf, const struct conf_host *host)
{
	return append((void **)&conf->hosts, &conf->nhosts, sizeof(*host),
	    CONF_HOSTS, host);
}

int
conf_add_secret(struct conf *conf, uint32_t kind, size_t offset,
    const void *data, size_t len)
{
	struct conf_secret *s = &conf->secrets[conf->nsecrets];
	uint8_t *bigger;

	errno = EINVAL;
	if (offset == 0 && conf->nsecrets >= CONF_SECRETS)
		return -1;
	if (offset != 0 && (conf->nsecrets == 0 || (--s)->kind != kind ||
	    s->len != offset))
		return -1;
	if (kind >= SECRET_KINDS || len == 0 ||
	    len > CONF_SECRET_MAX - offset ||
	    (bigger = malloc(offset + len)) == NULL)
		return -1;
	if (offset != 0) {
		memcpy(bigger, s->data, offset);
		freezero(s->data, s->len);
	} else
		conf->nsecrets++;
	memcpy(bigger + offset, data, len);
	s->kind = kind;
	s->data = bigger;
	s->len = offset + len;
	return 0;
}

void
conf_forget_secrets(struct conf *conf)
{
	while (conf->nsecrets > 0) {
		conf->nsecrets--;
		freezero(conf->secrets[conf->nsecrets].data,
		    conf->secrets[conf->nsecrets].len);
	}
	memset(conf->secrets, 0, sizeof(conf->secrets));
	explicit_bzero(conf->tls.psks, sizeof(conf->tls.psks));
}

static int
append(void **array, size_t *n, size_t size, size_t limit, const void *record)
{
	void *bigger;

	errno = E2BIG;
	if (*n >= limit ||
	    (bigger = reallocarray(*array, *n + 1, size)) == NULL)
		return -1;
	*array = bigger;
	memcpy((char *)bigger + *n * size, record, size);
	(*n)++;
	return 0;
}

const char *
conf_peer_text(const struct conf_peer *peer)
{
	static char text[CONF_HOST + sizeof("auto on ")];

	snprintf(text, sizeof(text), "%s%s", peer->automatic ? "auto on " : "",
	    peer->host[0] != '\0' ? peer->host : addr_text(&peer->addr));
	return text;
}

bool
conf_covers(const struct conf_global *global, const struct prefix *prefix)
{
	uint32_t i;

	for (i = 0; i < global->nprefixes && i < CONF_PREFIXES; i++) {
		if (prefix_covers(&global->prefixes[i], prefix))
			return true;
	}
	return false;
}

uint8_t
conf_lease_len(const struct conf_global *global, uint32_t i)
{
	if (prefix_is_v4(&global->prefixes[i]))
		return 128;
	return global->delegates[i] != 0 ? global->delegates[i] : 64;
}

bool
conf_leases(const struct conf_global *global, const struct prefix *prefix)
{
	uint32_t i;

	for (i = 0; i < global->nprefixes && i < CONF_PREFIXES; i++) {
		if (prefix_covers(&global->prefixes[i], prefix))
			return prefix->len == conf_lease_len(global, i);
	}
	return false;
}

bool
conf_permits(const struct conf_listen *listen, const struct addr *addr)
{
	uint32_t i;

	for (i = 0; i < listen->nfrom && i < CONF_SOURCES; i++)
		if (prefix_contains(&listen->from[i], addr))
			return true;
	return listen->nfrom == 0;
}

const struct conf_field *
conf_field(enum conf_index index)
{
	return &fields[index];
}

static bool
is_number(const struct conf_field *f)
{
	return f->type >= CONF_TYPE_SECONDS;
}

uint32_t
conf_field_number(const struct conf_field *f, const struct conf_global *global)
{
	const uint8_t *at = (const uint8_t *)global + f->offset;
	uint32_t n;

	if (f->size != sizeof(n))
		return *at;
	memcpy(&n, at, sizeof(n));
	return n;
}

const char *
conf_field_text(const struct conf_field *f, const struct conf_global *global)
{
	return (const char *)global + f->offset;
}

const char *
conf_number_text(const struct conf_field *f, uint32_t n)
{
	static const struct {
		uint32_t	 seconds;
		const char	*name;
	} units[] = { { DAY, "d" }, { 3600, "h" }, { 60, "m" }, { 1, "s" } };
	static char text[24];
	size_t i;

	if (f->type == CONF_TYPE_CHOICE) {
		return n <= f->max ? f->choice[n] : "?";
	} else if (f->type == CONF_TYPE_MS && n % 1000 != 0) {
		snprintf(text, sizeof(text), "%ums", n);
		return text;
	} else if (f->type == CONF_TYPE_MS) {
		n /= 1000;
	} else if (f->type == CONF_TYPE_NUMBER) {
		snprintf(text, sizeof(text), "%u", n);
		return text;
	}
	for (i = 0; n == 0 || n % units[i].seconds != 0; i++) {
		if (units[i].seconds == 1)
			break;
	}
	snprintf(text, sizeof(text), "%u%s", n / units[i].seconds,
	    units[i].name);
	return text;
}

const char *
conf_source_name(uint32_t source)
{
	return source < sizeof(sources) / sizeof(sources[0]) ?
	    sources[source] : NULL;
}

void
conf_print(const struct conf *conf, FILE *fp)
{
	size_t i;

	print_global(&conf->global, fp);
	conf_dhcp_print(conf, fp);
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
		print_field(&fields[i], g, fp);
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
	const struct conf_field *f = &fields[FIELD_PREFERENCE];
	uint32_t i;

	for (i = 0; i < g->nsearch; i++) {
		fprintf(fp, "search ");
		conf_print_quoted(g->search[i], fp);
		putc('\n', fp);
	}
	if (g->nat64.len != 0)
		fprintf(fp, "nat64 prefix %s\n", prefix_text(&g->nat64));
	if (g->captive[0] != '\0') {
		fprintf(fp, "captive portal ");
		conf_print_quoted(g->captive, fp);
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
		if (f == &fields[FIELD_STATE] && text[0] == '\0')
			text = "none";
		if (text[0] == '\0')
			return;
		fprintf(fp, "%s ", f->name);
		conf_print_quoted(text, fp);
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
	putc(f + 1 < fields + FIELD_COUNT && f[1].joined ? ' ' : '\n', fp);
}

/* Secrets as well: the text is to parse to the same. */
static void
print_tls(const struct conf_tls *tls, FILE *fp)
{
	uint32_t i;

	for (i = 0; i < tls->npsks; i++) {
		fprintf(fp, "tls psk ");
		conf_print_quoted(tls->psks[i], fp);
		putc('\n', fp);
	}
	if (tls->ca[0] == '\0')
		return;
	fprintf(fp, "tls ca ");
	conf_print_quoted(tls->ca, fp);
	fprintf(fp, " cert ");
	conf_print_quoted(tls->cert, fp);
	fprintf(fp, " key ");
	conf_print_quoted(tls->key, fp);
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
		conf_print_quoted(peer->host, fp);
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
	conf_print_quoted(iface->name, fp);
	fprintf(fp, " {\n\tstations %s", conf_source_name(iface->source));
	for (i = 0; i < iface->nports; i++) {
		fprintf(fp, i == 0 ? " on { " : ", ");
		conf_print_quoted(iface->ports[i], fp);
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

void
conf_print_quoted(const char *text, FILE *fp)
{
	putc('"', fp);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', fp);
		putc(*text, fp);
	}
	putc('"', fp);
}
