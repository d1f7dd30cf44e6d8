/* SPDX-License-Identifier: ISC */
/* The table of scalar settings. */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"

#define DAY	86400u

static bool	is_number(const struct conf_field *);

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

/* All of them, into what is zero. */
void
conf_field_defaults(struct conf_global *global)
{
	const struct conf_field *f;
	char *at;

	for (f = fields; f < fields + FIELD_COUNT; f++) {
		at = (char *)global + f->offset;
		if (is_number(f) && f->size == sizeof(uint32_t))
			memcpy(at, &f->def, sizeof(f->def));
		else if (is_number(f))
			*at = (char)f->def;
		else if (f->text != NULL)
			strlcpy(at, f->text, f->size);
	}
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
