/* SPDX-License-Identifier: ISC */
/* The rows of the settings, and lookups in them. */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"

#define DAY	86400u

/* In the order in which errors and the manual name them. */
static const struct conf_word yes_no[] = {
	{ "yes", 1 }, { "no", 0 }, { NULL, 0 }
};
static const struct conf_word keep_remove[] = {
	{ "keep", 1 }, { "remove", 0 }, { NULL, 0 }
};
static const struct conf_word brief_verbose[] = {
	{ "brief", 0 }, { "verbose", 1 }, { NULL, 0 }
};
static const struct conf_word preferences[] = {
	{ "high", PREFERENCE_HIGH }, { "medium", PREFERENCE_MEDIUM },
	{ "low", PREFERENCE_LOW }, { NULL, 0 }
};
static const struct conf_word dhcp6_modes[] = {
	{ "no", DHCP6_NO }, { "stateless", DHCP6_STATELESS },
	{ "delegate", DHCP6_DELEGATE }, { NULL, 0 }
};
static const struct conf_word tls_modes[] = {
	{ "none", CONF_TLS_NONE }, { "psk", CONF_TLS_PSK },
	{ "ca", CONF_TLS_CERT }, { NULL, 0 }
};
static const struct conf_word admissions[] = {
	{ "any", ROUTERS_ANY }, { "known", ROUTERS_KNOWN }, { NULL, 0 }
};
static const struct conf_word sources[] = {
	{ "nl80211", SOURCE_NL80211 }, { "bridge", SOURCE_BRIDGE },
	{ "packets", SOURCE_PACKETS }, { "auto", SOURCE_AUTO }, { NULL, 0 }
};

#define MEMBER(record, member)	(((struct record *)NULL)->member)
#define ONE(in, record, member) \
	.table = (in), .offset = offsetof(struct record, member), \
	    .size = sizeof(MEMBER(record, member)), .fit = 1
#define SOME(in, record, member, number) \
	.table = (in), .offset = offsetof(struct record, member), \
	    .size = sizeof(MEMBER(record, member)[0]), \
	    .fit = sizeof(MEMBER(record, member)) / \
	    sizeof(MEMBER(record, member)[0]), \
	    .count = offsetof(struct record, number)
#define GLOBAL(member)		ONE(CONF_GLOBAL, conf_global, member)
#define NETWORK(member)		ONE(CONF_NETWORK, conf_network, member)
#define NETWORKS(member, n)	SOME(CONF_NETWORK, conf_network, member, n)
#define IFACE(member)		ONE(CONF_IFACE, conf_iface, member)
#define IFACES(member, n)	SOME(CONF_IFACE, conf_iface, member, n)

/*
 * In the order in which they are printed.  sockaddr_un bounds the paths of
 * sockets, the main table's rule (32766) the priority of ours, RFC 4861 6.2.1
 * the router lifetime.  The lower bounds of times are low for the sake of
 * tests.
 */
static const struct conf_field rows[] = {
	{ "router name", CONF_TYPE_NAME, 0, GLOBAL(name),
	    .max = ROUTER_NAME_MAX - 1 },
	{ "user", CONF_TYPE_NAME, CONF_FIXED, GLOBAL(user),
	    .text = "_sroamd", .min = 1, .max = 31 },
	{ "chroot", CONF_TYPE_PATH, CONF_FIXED, GLOBAL(chroot),
	    .text = "/run/sroamd/empty", .min = 1, .max = CONF_PATH - 1 },
	{ "state", CONF_TYPE_PATH, CONF_FIXED, GLOBAL(state),
	    .text = "/var/lib/sroamd", .none = "none", .max = CONF_PATH - 1 },
	{ "identity", CONF_TYPE_PATH, CONF_FIXED, GLOBAL(identity),
	    .max = CONF_PATH - 1 },
	{ "control socket", CONF_TYPE_PATH, CONF_FIXED, GLOBAL(socket),
	    .text = "/run/sroamd.sock", .min = 1, .max = 107 },
	{ "hostapd", CONF_TYPE_PATH, 0, GLOBAL(hostapd), .max = 107 },
	{ "network key", CONF_TYPE_KEY, 0, GLOBAL(network_key) },
	{ "lease time", CONF_TYPE_SECONDS, 0, NETWORK(lease_time),
	    .def = 1800, .min = 10, .max = 365 * DAY },
	{ "lease first", CONF_TYPE_SECONDS, 0, NETWORK(lease_first),
	    .def = 600, .min = 10, .max = 365 * DAY },
	{ "rapid commit", CONF_TYPE_CHOICE, 0, NETWORK(rapid_commit),
	    .def = 1, .words = yes_no },
	{ "ipv6 only", CONF_TYPE_SECONDS, CONF_OR_ZERO, NETWORK(ipv6_only),
	    .min = 300, .max = 365 * DAY },
	{ "domain name", CONF_TYPE_NAME, 0, NETWORK(domain), .max = 253 },
	{ "location time", CONF_TYPE_SECONDS, 0, GLOBAL(location_time),
	    .def = 5400, .min = 10, .max = 365 * DAY },
	{ "prefix lifetime", CONF_TYPE_SECONDS, 0, NETWORK(prefix_valid),
	    .def = 5400, .min = 10, .max = 365 * DAY },
	{ "preferred", CONF_TYPE_SECONDS, CONF_JOINED,
	    NETWORK(prefix_preferred),
	    .def = 2700, .min = 5, .max = 365 * DAY },
	{ "router lifetime", CONF_TYPE_SECONDS, 0, NETWORK(router_lifetime),
	    .def = 1800, .min = 10, .max = 9000 },
	{ "probe interval", CONF_TYPE_SECONDS, 0, GLOBAL(probe_interval),
	    .def = 30, .min = 1, .max = 3600 },
	{ "table", CONF_TYPE_NUMBER, 0, GLOBAL(table),
	    .def = 44, .min = 1, .max = UINT32_MAX },
	{ "rule priority", CONF_TYPE_NUMBER, 0, GLOBAL(rule_priority),
	    .def = 1000, .min = 1, .max = 32765 },
	{ "route metric", CONF_TYPE_NUMBER, 0, GLOBAL(metric),
	    .def = 10, .min = 1, .max = 65535 },
	{ "drain", CONF_TYPE_MS, 0, GLOBAL(drain), .max = 60000 },
	{ "limit data", CONF_TYPE_NUMBER, 0, GLOBAL(max_data),
	    .def = 1000000, .min = 1, .max = 100000000 },
	{ "limit memory", CONF_TYPE_NUMBER, CONF_OR_ZERO, GLOBAL(max_memory),
	    .min = 4, .max = 1048576 },
	{ "limit routers", CONF_TYPE_NUMBER, 0, GLOBAL(max_routers),
	    .def = 4096, .min = 1, .max = CONF_MEMBERS },
	{ "limit peers", CONF_TYPE_NUMBER, 0, GLOBAL(max_peers),
	    .def = 256, .min = 1, .max = 10000 },
	{ "limit leases", CONF_TYPE_NUMBER, 0, NETWORK(max_leases),
	    .def = 20, .min = 1, .max = 1000000 },
	{ "limit share", CONF_TYPE_NUMBER, 0, NETWORK(max_share),
	    .def = 75, .min = 1, .max = 100 },
	{ "limit addresses", CONF_TYPE_NUMBER, 0, NETWORK(max_addrs),
	    .def = 8, .min = 1, .max = 64 },
	{ "learned", CONF_TYPE_NUMBER, CONF_JOINED | CONF_OR_ZERO,
	    NETWORK(max_learned), .def = 4, .min = 1, .max = 64 },
	{ "limit source", CONF_TYPE_NUMBER, 0, GLOBAL(max_source),
	    .def = 16, .min = 1, .max = 10000 },
	{ "limit handshakes", CONF_TYPE_NUMBER, 0, GLOBAL(max_handshakes),
	    .def = 64, .min = 1, .max = 10000 },
	{ "limit updates", CONF_TYPE_NUMBER, 0, GLOBAL(max_updates),
	    .def = 50000, .min = 1, .max = 10000000 },
	{ "direct", CONF_TYPE_CHOICE, 0, GLOBAL(direct),
	    .def = 1, .words = yes_no },
	{ "default", CONF_TYPE_CHOICE, CONF_JOINED, GLOBAL(direct_default),
	    .words = yes_no },
	{ "disassociate", CONF_TYPE_CHOICE, 0, GLOBAL(disassociate),
	    .def = 1, .words = yes_no },
	{ "routes", CONF_TYPE_CHOICE, 0, GLOBAL(leave_routes),
	    .def = 1, .words = keep_remove },
	{ "log", CONF_TYPE_CHOICE, 0, GLOBAL(verbose), .words = brief_verbose },
	{ "onlink", CONF_TYPE_CHOICE, 0, NETWORK(onlink), .words = yes_no },
	{ "routers", CONF_TYPE_CHOICE, 0, GLOBAL(routers),
	    .def = ROUTERS_ANY, .words = admissions },
	{ "router preference", CONF_TYPE_CHOICE, 0, NETWORK(preference),
	    .def = PREFERENCE_MEDIUM, .words = preferences },
	{ "dhcp6", CONF_TYPE_CHOICE, 0, NETWORK(dhcp6),
	    .def = DHCP6_NO, .words = dhcp6_modes },
	{ "router address", CONF_TYPE_ROUTER4, CONF_OWN, GLOBAL(router_addr4) },
	{ "router address", CONF_TYPE_ROUTER6, CONF_OWN, GLOBAL(router_addr6) },
	{ "prefix", CONF_TYPE_PREFIX, CONF_OWN, NETWORKS(prefixes, nprefixes) },
	{ "delegate", CONF_TYPE_NUMBER, CONF_OWN | CONF_JOINED | CONF_OR_ZERO,
	    NETWORKS(delegates, nprefixes),
	    .min = DELEGATED_SHORTEST, .max = DELEGATED_LONGEST },
	{ "nameserver", CONF_TYPE_ADDR, 0,
	    NETWORKS(nameservers, nnameservers) },
	{ "search", CONF_TYPE_DOMAIN, 0, NETWORKS(search, nsearch) },
	{ "nat64 prefix", CONF_TYPE_NAT64, 0, NETWORK(nat64) },
	{ "captive portal", CONF_TYPE_URI, 0, NETWORK(captive) },
	{ "advertise route", CONF_TYPE_ROUTE, CONF_OWN,
	    NETWORKS(routes, nroutes) },
	{ "ntp", CONF_TYPE_ADDR, 0, NETWORKS(ntp, nntp) },
	{ "next server", CONF_TYPE_V4, 0, NETWORK(next_server) },
	{ "server name", CONF_TYPE_NAME, 0, NETWORK(server_name),
	    .max = CONF_BOOT_SERVER - 1 },
	{ "boot file", CONF_TYPE_BOOT, CONF_OWN, NETWORKS(boots, nboots) },
	{ "relay", CONF_TYPE_V4, 0, NETWORKS(relays, nrelays) },
	{ "range", CONF_TYPE_RANGE, CONF_OWN, NETWORKS(ranges, nranges) },
	{ "exclude", CONF_TYPE_RANGE, CONF_OWN, NETWORKS(excludes, nexcludes) },
	{ "static", CONF_TYPE_RANGE, CONF_OWN, NETWORKS(statics, nstatics) },
	{ "tls", CONF_TYPE_CHOICE, CONF_OWN | CONF_HIDDEN, GLOBAL(tls),
	    .def = CONF_TLS_NONE, .words = tls_modes },
	{ "prohibit", CONF_TYPE_PREFIX, 0, NETWORKS(prohibits, nprohibits) },
	{ "reach", CONF_TYPE_NETWORK, 0, NETWORKS(reaches, nreaches) },
	{ "table", CONF_TYPE_NUMBER, CONF_OR_ZERO | CONF_IN_BLOCK,
	    NETWORK(table), .min = 1, .max = UINT32_MAX },
	{ "isolate", CONF_TYPE_CHOICE, 0, NETWORK(isolate),
	    .def = 1, .words = yes_no },
	{ "network", CONF_TYPE_NETWORK, CONF_OWN | CONF_HIDDEN,
	    NETWORK(name) },
	{ "interface", CONF_TYPE_IFNAME, CONF_OWN | CONF_HIDDEN, IFACE(name),
	    .min = 1 },
	{ "stations", CONF_TYPE_CHOICE, 0, IFACE(source),
	    .def = SOURCE_AUTO, .words = sources },
	{ "on", CONF_TYPE_IFNAME, CONF_JOINED, IFACES(ports, nports) },
	{ "lladdr", CONF_TYPE_MAC, 0, IFACE(lladdr) },
	{ "netmask", CONF_TYPE_NUMBER, 0, IFACE(netmask),
	    .none = "32", .min = 8, .max = 32 },
	{ "isolated", CONF_TYPE_CHOICE, 0, IFACE(isolated), .words = yes_no },
	{ "repeaters", CONF_TYPE_CHOICE, 0, IFACE(repeaters), .words = yes_no },
	{ "address", CONF_TYPE_GATEWAY, 0, IFACES(addrs, naddrs) },
	{ .name = NULL }
};

const struct conf_field *
conf_field_first(unsigned int tables)
{
	return tables & CONF_IN(rows[0].table) ? rows :
	    conf_field_next(rows, tables);
}

const struct conf_field *
conf_field_next(const struct conf_field *f, unsigned int tables)
{
	do
		f++;
	while (f->name != NULL && !(tables & CONF_IN(f->table)));
	return f->name != NULL ? f : NULL;
}

bool
conf_field_is(const struct conf_field *f, const char *word)
{
	const char *p = f->name;

	while (*p == *word && *p != '\0' && *p != ' ') {
		p++;
		word++;
	}
	return *word == '\0' && (*p == '\0' || *p == ' ');
}

const struct conf_field *
conf_field_find(unsigned int tables, const char *first, const char *second)
{
	const struct conf_field *f;
	size_t len = strlen(first);

	CONF_FIELD_FOREACH(f, tables) {
		if ((f->flags & (CONF_OWN | CONF_JOINED)) ||
		    !conf_field_is(f, first))
			continue;
		if (second == NULL ? f->name[len] == '\0' :
		    f->name[len] == ' ' &&
		    strcmp(f->name + len + 1, second) == 0)
			return f;
	}
	return NULL;
}

const struct conf_field *
conf_field_at(enum conf_fields which, size_t offset)
{
	const struct conf_field *f = conf_field_first(CONF_IN(which));

	while (f->offset != offset)
		f = conf_field_next(f, CONF_IN(which));
	return f;
}

const char *
conf_field_name(const struct conf_field *f)
{
	static char text[64];

	if (!(f->flags & CONF_JOINED))
		return f->name;
	snprintf(text, sizeof(text), "%s %s", f[-1].name, f->name);
	return text;
}

void
conf_field_defaults(enum conf_fields which, void *base)
{
	const struct conf_field *f;
	char *at;

	CONF_FIELD_FOREACH(f, CONF_IN(which)) {
		at = (char *)base + f->offset;
		if (f->text != NULL)
			strlcpy(at, f->text, f->size);
		else if (f->size == sizeof(f->def) && f->def != 0)
			memcpy(at, &f->def, sizeof(f->def));
		else if (f->def != 0)
			*at = (char)f->def;
	}
}

uint32_t
conf_field_count(const struct conf_field *f, const void *base)
{
	uint32_t n;

	if (f->count == 0)
		return f->fit;
	memcpy(&n, (const char *)base + f->count, sizeof(n));
	return n;
}

void *
conf_field_value(const struct conf_field *f, void *base, uint32_t i)
{
	return (char *)base + f->offset + i * f->size;
}

const void *
conf_field_const(const struct conf_field *f, const void *base, uint32_t i)
{
	return (const char *)base + f->offset + i * f->size;
}
