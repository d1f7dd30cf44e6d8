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

#define MEMBER(member)	(((struct RECORD *)NULL)->member)
#define ONE(member) \
	.offset = offsetof(struct RECORD, member), .size = \
	    sizeof(MEMBER(member)), .fit = 1
#define SOME(member, number) \
	.offset = offsetof(struct RECORD, member), .size = \
	    sizeof(MEMBER(member)[0]), .fit = sizeof(MEMBER(member)) / \
	    sizeof(MEMBER(member)[0]), .count = \
	    offsetof(struct RECORD, number)

/*
 * In the order in which they are printed.  sockaddr_un bounds the paths of
 * sockets, the main table's rule (32766) the priority of ours, RFC 4861 6.2.1
 * the router lifetime.  The lower bounds of times are low for the sake of
 * tests.
 */
#define RECORD	conf_global
static const struct conf_field globals[] = {
	{ "router name", CONF_TYPE_NAME, 0, ONE(name),
	    .max = ROUTER_NAME_MAX - 1 },
	{ "user", CONF_TYPE_NAME, CONF_FIXED, ONE(user),
	    .text = "_sroamd", .min = 1, .max = 31 },
	{ "chroot", CONF_TYPE_PATH, CONF_FIXED, ONE(chroot),
	    .text = "/run/sroamd/empty", .min = 1, .max = CONF_PATH - 1 },
	{ "state", CONF_TYPE_PATH, CONF_FIXED, ONE(state),
	    .text = "/var/lib/sroamd", .none = "none", .max = CONF_PATH - 1 },
	{ "identity", CONF_TYPE_PATH, CONF_FIXED, ONE(identity),
	    .max = CONF_PATH - 1 },
	{ "control socket", CONF_TYPE_PATH, CONF_FIXED, ONE(socket),
	    .text = "/run/sroamd.sock", .min = 1, .max = 107 },
	{ "hostapd", CONF_TYPE_PATH, 0, ONE(hostapd), .max = 107 },
	{ "network key", CONF_TYPE_KEY, 0, ONE(network_key) },
	{ "lease time", CONF_TYPE_SECONDS, 0, ONE(lease_time),
	    .def = 1800, .min = 10, .max = 365 * DAY },
	{ "lease first", CONF_TYPE_SECONDS, 0, ONE(lease_first),
	    .def = 600, .min = 10, .max = 365 * DAY },
	{ "rapid commit", CONF_TYPE_CHOICE, 0, ONE(rapid_commit),
	    .def = 1, .words = yes_no },
	{ "ipv6 only", CONF_TYPE_SECONDS, CONF_OR_ZERO, ONE(ipv6_only),
	    .min = 300, .max = 365 * DAY },
	{ "domain name", CONF_TYPE_NAME, 0, ONE(domain), .max = 253 },
	{ "location time", CONF_TYPE_SECONDS, 0, ONE(location_time),
	    .def = 5400, .min = 10, .max = 365 * DAY },
	{ "prefix lifetime", CONF_TYPE_SECONDS, 0, ONE(prefix_valid),
	    .def = 5400, .min = 10, .max = 365 * DAY },
	{ "preferred", CONF_TYPE_SECONDS, CONF_JOINED, ONE(prefix_preferred),
	    .def = 2700, .min = 5, .max = 365 * DAY },
	{ "router lifetime", CONF_TYPE_SECONDS, 0, ONE(router_lifetime),
	    .def = 1800, .min = 10, .max = 9000 },
	{ "probe interval", CONF_TYPE_SECONDS, 0, ONE(probe_interval),
	    .def = 30, .min = 1, .max = 3600 },
	{ "table", CONF_TYPE_NUMBER, 0, ONE(table),
	    .def = 44, .min = 1, .max = UINT32_MAX },
	{ "rule priority", CONF_TYPE_NUMBER, 0, ONE(rule_priority),
	    .def = 1000, .min = 1, .max = 32765 },
	{ "route metric", CONF_TYPE_NUMBER, 0, ONE(metric),
	    .def = 10, .min = 1, .max = 65535 },
	{ "drain", CONF_TYPE_MS, 0, ONE(drain), .max = 60000 },
	{ "limit data", CONF_TYPE_NUMBER, 0, ONE(max_data),
	    .def = 1000000, .min = 1, .max = 100000000 },
	{ "limit memory", CONF_TYPE_NUMBER, CONF_OR_ZERO, ONE(max_memory),
	    .min = 4, .max = 1048576 },
	{ "limit routers", CONF_TYPE_NUMBER, 0, ONE(max_routers),
	    .def = 4096, .min = 1, .max = CONF_MEMBERS },
	{ "limit peers", CONF_TYPE_NUMBER, 0, ONE(max_peers),
	    .def = 256, .min = 1, .max = 10000 },
	{ "limit leases", CONF_TYPE_NUMBER, 0, ONE(max_leases),
	    .def = 20, .min = 1, .max = 1000000 },
	{ "limit share", CONF_TYPE_NUMBER, 0, ONE(max_share),
	    .def = 75, .min = 1, .max = 100 },
	{ "limit source", CONF_TYPE_NUMBER, 0, ONE(max_source),
	    .def = 16, .min = 1, .max = 10000 },
	{ "limit handshakes", CONF_TYPE_NUMBER, 0, ONE(max_handshakes),
	    .def = 64, .min = 1, .max = 10000 },
	{ "limit updates", CONF_TYPE_NUMBER, 0, ONE(max_updates),
	    .def = 50000, .min = 1, .max = 10000000 },
	{ "direct", CONF_TYPE_CHOICE, 0, ONE(direct),
	    .def = 1, .words = yes_no },
	{ "default", CONF_TYPE_CHOICE, CONF_JOINED, ONE(direct_default),
	    .words = yes_no },
	{ "disassociate", CONF_TYPE_CHOICE, 0, ONE(disassociate),
	    .def = 1, .words = yes_no },
	{ "routes", CONF_TYPE_CHOICE, 0, ONE(leave_routes),
	    .def = 1, .words = keep_remove },
	{ "log", CONF_TYPE_CHOICE, 0, ONE(verbose), .words = brief_verbose },
	{ "onlink", CONF_TYPE_CHOICE, 0, ONE(onlink), .words = yes_no },
	{ "routers", CONF_TYPE_CHOICE, 0, ONE(routers),
	    .def = ROUTERS_ANY, .words = admissions },
	{ "router preference", CONF_TYPE_CHOICE, 0, ONE(preference),
	    .def = PREFERENCE_MEDIUM, .words = preferences },
	{ "dhcp6", CONF_TYPE_CHOICE, 0, ONE(dhcp6),
	    .def = DHCP6_NO, .words = dhcp6_modes },
	{ "router address", CONF_TYPE_ROUTER4, CONF_OWN, ONE(router_addr4) },
	{ "router address", CONF_TYPE_ROUTER6, CONF_OWN, ONE(router_addr6) },
	{ "prefix", CONF_TYPE_PREFIX, CONF_OWN, SOME(prefixes, nprefixes) },
	{ "delegate", CONF_TYPE_NUMBER, CONF_OWN | CONF_JOINED | CONF_OR_ZERO,
	    SOME(delegates, nprefixes),
	    .min = DELEGATED_SHORTEST, .max = DELEGATED_LONGEST },
	{ "nameserver", CONF_TYPE_ADDR, 0, SOME(nameservers, nnameservers) },
	{ "search", CONF_TYPE_DOMAIN, 0, SOME(search, nsearch) },
	{ "nat64 prefix", CONF_TYPE_NAT64, 0, ONE(nat64) },
	{ "captive portal", CONF_TYPE_URI, 0, ONE(captive) },
	{ "advertise route", CONF_TYPE_ROUTE, CONF_OWN,
	    SOME(routes, nroutes) },
	{ "ntp", CONF_TYPE_ADDR, 0, SOME(ntp, nntp) },
	{ "relay", CONF_TYPE_V4, 0, SOME(relays, nrelays) },
	{ "range", CONF_TYPE_RANGE, CONF_OWN, SOME(ranges, nranges) },
	{ "exclude", CONF_TYPE_RANGE, CONF_OWN, SOME(excludes, nexcludes) },
	{ "tls", CONF_TYPE_CHOICE, CONF_OWN | CONF_HIDDEN, ONE(tls),
	    .def = CONF_TLS_NONE, .words = tls_modes },
	{ .name = NULL }
};
#undef RECORD

#define RECORD	conf_iface
static const struct conf_field options[] = {
	{ "interface", CONF_TYPE_IFNAME, CONF_OWN | CONF_HIDDEN, ONE(name),
	    .min = 1 },
	{ "stations", CONF_TYPE_CHOICE, 0, ONE(source),
	    .def = SOURCE_AUTO, .words = sources },
	{ "on", CONF_TYPE_IFNAME, CONF_JOINED, SOME(ports, nports) },
	{ "lladdr", CONF_TYPE_MAC, 0, ONE(lladdr) },
	{ "netmask", CONF_TYPE_NUMBER, 0, ONE(netmask),
	    .none = "32", .min = 8, .max = 32 },
	{ "isolated", CONF_TYPE_CHOICE, 0, ONE(isolated), .words = yes_no },
	{ "address", CONF_TYPE_GATEWAY, 0, SOME(addrs, naddrs) },
	{ .name = NULL }
};
#undef RECORD

const struct conf_field *
conf_fields(enum conf_fields which)
{
	return which == CONF_GLOBAL ? globals : options;
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
conf_field_find(enum conf_fields which, const char *first, const char *second)
{
	const struct conf_field *f;
	size_t len = strlen(first);

	for (f = conf_fields(which); f->name != NULL; f++) {
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
	const struct conf_field *f = conf_fields(which);

	while (f->offset != offset)
		f++;
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

	for (f = conf_fields(which); f->name != NULL; f++) {
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
