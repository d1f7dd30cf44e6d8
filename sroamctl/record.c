/* SPDX-License-Identifier: ISC */
/*
 * The records of the control protocol, field by field: for tables, JSON and
 * metrics.
 */
#include <stdio.h>
#include <string.h>

#include "common/fingerprint.h"
#include "msg.h"
#include "sroamctl/names.h"
#include "sroamctl/record.h"
#include "sroamctl/text.h"

#define ADDRESS_WIDTH	23		/* 2001:db8:1234:5678::/64 */
#define MAC_WIDTH	17
#define NAME_WIDTH	23		/* or a router id */

static void	router_text(const struct router_id *, const char *, bool,
		    char *, size_t);
static field_text lease_left, lease_where, station_where, station_port,
		station_flaps, interface_hostapd, peer_who, peer_address,
		peer_name, peer_how,
		interface_state, interface_gateways, route_target,
		route_router, route_way, router_who, router_left,
		router_addresses, router_heard, router_fingerprint,
		router_cloned, roam_from, roam_to, network_pool,
		network_state, network_more;

#define AT(s, f)	offsetof(struct s, f), sizeof(((struct s *)0)->f)
#define JSON(k, t, s, f) \
	{ k, t, AT(s, f), NULL, 0, FIELD_HIDDEN, NULL, NULL, NULL }
#define IDENTITY(k, t, s, f) \
	{ k, t, AT(s, f), NULL, 0, FIELD_HIDDEN | FIELD_IDENTITY, NULL, NULL, \
	    NULL }
#define COLUMN(k, t, s, f, h, w) \
	{ k, t, AT(s, f), h, w, 0, NULL, NULL, NULL }
#define NAMED(k, s, f, h, w, n) \
	{ k, FIELD_ENUM, AT(s, f), h, w, 0, NULL, n, NULL }
#define MADE(make, h, w) \
	{ NULL, FIELD_MADE, 0, 0, h, w, 0, NULL, NULL, make }
/* Only where there are several networks. */
#define NETWORK(s) \
	{ "network", FIELD_SCOPE, AT(s, scope), "NETWORK", 7, 0, NULL, NULL, \
	    NULL }
/* Of a router: narrower where there are several networks. */
#define ROUTER(make, h) \
	{ NULL, FIELD_MADE, 0, 0, h, NAME_WIDTH, FIELD_NAME, NULL, NULL, make }
#define DETAIL(k, t, s, f, l) \
	{ k, t, AT(s, f), NULL, 0, FIELD_DETAIL, l, NULL, NULL }
#define ODDITY(k, t, s, f, l) \
	{ k, t, AT(s, f), NULL, 0, FIELD_DETAIL | FIELD_NONZERO, l, NULL, NULL }
#define DROPPED(r, total, k, l, text) \
	ODDITY(k, FIELD_COUNTER, ctl_interface, dropped[CTL_DROP_##r], l),
#define LINE(k, t, s, f, h, l) \
	{ k, t, AT(s, f), h, 0, 0, l, NULL, NULL }
#define ODDLINE(k, t, s, f, h, l) \
	{ k, t, AT(s, f), h, 0, FIELD_NONZERO, l, NULL, NULL }
#define MORE(k, t, s, f, l) \
	{ k, t, AT(s, f), NULL, 0, 0, l, NULL, NULL }
#define LAST \
	{ NULL, FIELD_TEXT, 0, 0, NULL, 0, 0, NULL, NULL, NULL }

static const char *const lease_states[] = {
	"valid", "released", "declined", NULL
};
static const char *const peer_states[] = {
	"idle", "connecting", "handshake", "up", "other way", NULL
};
static const char *const sources[] = {
	"auto", "packets", "bridge", "nl80211", NULL
};
static const char *const route_kinds[] = { "local", "direct", "none", NULL };
static const char *const alike[] = { "?", "yes", "no", NULL };
static const char *const processes[] = {
	"parent", "engine", "frontend", NULL
};

static const struct field status_fields[] = {
	LINE("router_id", FIELD_ROUTER, ctl_status, id, "router id", NULL),
	LINE("name", FIELD_TEXT, ctl_status, name, "name", NULL),
	LINE("version", FIELD_TEXT, ctl_status, version, "version", NULL),
	LINE("uptime_seconds", FIELD_SECONDS, ctl_status, uptime, "uptime",
	    NULL),
	LINE("settled", FIELD_BOOL, ctl_status, started, "started", NULL),
	LINE("prefixes", FIELD_NUMBER, ctl_status, prefixes, "prefixes", NULL),
	LINE("interfaces", FIELD_NUMBER, ctl_status, interfaces, "interfaces",
	    NULL),
	MORE("interfaces_up", FIELD_NUMBER, ctl_status, interfaces_up, "up"),
	LINE("peers", FIELD_NUMBER, ctl_status, peers, "peers", NULL),
	MORE("peers_up", FIELD_NUMBER, ctl_status, peers_up, "up"),
	LINE("routers", FIELD_NUMBER, ctl_status, routers, "routers", NULL),
	LINE("stations", FIELD_NUMBER, ctl_status, stations, "stations", NULL),
	MORE("stations_here", FIELD_NUMBER, ctl_status, stations_here, "here"),
	LINE("leases_ipv4", FIELD_NUMBER, ctl_status, leases4, "leases",
	    "IPv4"),
	MORE("leases_ipv6", FIELD_NUMBER, ctl_status, leases6, "IPv6"),
	MORE("leases_delegated", FIELD_NUMBER, ctl_status, delegated,
	    "delegated"),
	LINE("data", FIELD_NUMBER, ctl_status, data, "data", NULL),
	LINE("table_octets", FIELD_OCTETS, ctl_status, table_octets, "table",
	    NULL),
	MORE("table_limit_octets", FIELD_OCTETS, ctl_status, table_limit,
	    "at most"),
	MORE("table_refused", FIELD_COUNTER, ctl_status, table_refused,
	    "refused for that"),
	LINE("joins", FIELD_COUNTER, ctl_status, joins, "movements", "joined"),
	MORE("roams_in", FIELD_COUNTER, ctl_status, roams_in, "roamed here"),
	MORE("roams_out", FIELD_COUNTER, ctl_status, roams_out, "roamed away"),
	MORE("leaves", FIELD_COUNTER, ctl_status, leaves, "left"),
	LINE("updates_in", FIELD_COUNTER, ctl_status, updates_in, "updates",
	    "in"),
	MORE("updates_out", FIELD_COUNTER, ctl_status, updates_out, "out"),
	MORE("updates_dropped", FIELD_COUNTER, ctl_status, updates_dropped,
	    "dropped"),
	MORE("conflicts", FIELD_COUNTER, ctl_status, conflicts, "conflicts"),
	LINE("updates_old", FIELD_COUNTER, ctl_status, updates_old, "versions",
	    "old"),
	MORE("updates_answered", FIELD_COUNTER, ctl_status, updates_answered,
	    "answered"),
	MORE("updates_held", FIELD_COUNTER, ctl_status, updates_held, "held"),
	MORE("updates_late", FIELD_COUNTER, ctl_status, updates_late, "late"),
	LINE("routers_forged", FIELD_COUNTER, ctl_status, routers_forged,
	    "router data", "forged"),
	MORE("routers_missed", FIELD_COUNTER, ctl_status, routers_missed,
	    "put off"),
	LINE("dhcp_in", FIELD_COUNTER, ctl_status, dhcp_in, "DHCP", "in"),
	MORE("dhcp_offers", FIELD_COUNTER, ctl_status, dhcp_offers, "offers"),
	MORE("dhcp_acks", FIELD_COUNTER, ctl_status, dhcp_acks, "acks"),
	MORE("dhcp_naks", FIELD_COUNTER, ctl_status, dhcp_naks, "naks"),
	MORE("dhcp_dropped", FIELD_COUNTER, ctl_status, dhcp_dropped,
	    "dropped"),
	LINE("dhcp_limited", FIELD_COUNTER, ctl_status, dhcp_limited, "pool",
	    "over the limit"),
	MORE("dhcp_declines", FIELD_COUNTER, ctl_status, dhcp_declines,
	    "declined"),
	MORE("pool_reused", FIELD_COUNTER, ctl_status, pool_reused,
	    "reused"),
	MORE("pool_empty", FIELD_COUNTER, ctl_status, pool_empty,
	    "times empty"),
	MORE("pool_kept", FIELD_COUNTER, ctl_status, pool_kept,
	    "kept"),
	LINE("adverts", FIELD_COUNTER, ctl_status, adverts, "sent",
	    "router advertisements"),
	MORE("probes", FIELD_COUNTER, ctl_status, probes, "probes"),
	MORE("answers_dropped", FIELD_COUNTER, ctl_status, answers_dropped,
	    "answers dropped by overload"),
	LINE("sessions_refused", FIELD_COUNTER, ctl_status, sessions_refused,
	    "sessions", "refused"),
	MORE("sessions_failed", FIELD_COUNTER, ctl_status, sessions_failed,
	    "failed"),
	LINE("solicits_dropped", FIELD_COUNTER, ctl_status, solicits_dropped,
	    "refused", "solicitations"),
	MORE("impostors", FIELD_COUNTER, ctl_status, impostors,
	    "claims of our addresses"),
	MORE("joins_limited", FIELD_COUNTER, ctl_status, joins_limited,
	    "new stations"),
	LINE("learn_refused", FIELD_COUNTER, ctl_status, learn_refused,
	    "no DHCP", "addresses refused"),
	LINE("dhcp6_in", FIELD_COUNTER, ctl_status, dhcp6_in, "DHCPv6", "in"),
	MORE("dhcp6_replies", FIELD_COUNTER, ctl_status, dhcp6_replies,
	    "answered"),
	MORE("dhcp6_dropped", FIELD_COUNTER, ctl_status, dhcp6_dropped,
	    "dropped"),
	ODDLINE("hellos_in", FIELD_COUNTER, ctl_status, hellos_in,
	    "neighbours", "hellos"),
	ODDLINE("hellos_bad", FIELD_COUNTER, ctl_status, hellos_bad, NULL,
	    "refused"),
	ODDLINE("hellos_old", FIELD_COUNTER, ctl_status, hellos_old, NULL,
	    "replayed"),
	ODDLINE("flaps", FIELD_COUNTER, ctl_status, flaps, "unstable",
	    "stations that flapped"),
	ODDLINE("duplicates", FIELD_COUNTER, ctl_status, duplicates, NULL,
	    "addresses in two places"),
	ODDLINE("reclaimed", FIELD_COUNTER, ctl_status, reclaimed, NULL,
	    "times taken back"),
	ODDLINE("network_changes", FIELD_COUNTER, ctl_status, crossings, NULL,
	    "changes of network"),
	ODDLINE("log_lost_warnings", FIELD_COUNTER, ctl_status,
	    parent.log_lost[CTL_LOG_WARNING], "log", "warnings lost"),
	ODDLINE("log_lost_info", FIELD_COUNTER, ctl_status,
	    parent.log_lost[CTL_LOG_INFO], NULL, "info lines lost"),
	ODDLINE("log_lost_debug", FIELD_COUNTER, ctl_status,
	    parent.log_lost[CTL_LOG_DEBUG], NULL, "debug lines lost"),
	ODDLINE("kernel_refused", FIELD_COUNTER, ctl_status,
	    parent.kernel_refused, "kernel", "requests not made"),
	ODDLINE("kernel_failed", FIELD_COUNTER, ctl_status,
	    parent.kernel_failed, NULL, "refused"),
	ODDLINE("kernel_repaired", FIELD_COUNTER, ctl_status,
	    parent.kernel_repaired, NULL, "differences repaired"),
	ODDLINE("kernel_overflows", FIELD_COUNTER, ctl_status,
	    parent.kernel_overflows, NULL, "times messages were lost"),
	ODDLINE("kernel_unseen", FIELD_COUNTER, ctl_status,
	    parent.kernel_unseen, NULL, "MAC addresses not seen"),
	ODDLINE("memory_refused", FIELD_COUNTER, ctl_status, memory_refused,
	    "memory", "times refused"),
	ODDLINE("warning", FIELD_TEXT, ctl_status, warning, "warning", NULL),
	LAST
};

static const struct field lease_fields[] = {
	COLUMN("prefix", FIELD_PREFIX, ctl_lease, prefix, "ADDRESS",
	    ADDRESS_WIDTH),
	MADE(lease_left, "LEFT", -8),
	COLUMN("mac", FIELD_MAC, ctl_lease, mac, "STATION", MAC_WIDTH),
	NETWORK(ctl_lease),
	MADE(lease_where, "WHERE", NAME_WIDTH),
	{ "state", FIELD_ENUM, AT(ctl_lease, state), NULL, 0, FIELD_HIDDEN,
	    NULL, lease_states, NULL },
	JSON("delegated", FIELD_BOOL, ctl_lease, delegated),
	JSON("remaining_seconds", FIELD_SECONDS, ctl_lease, remaining),
	JSON("seqno", FIELD_NUMBER, ctl_lease, seqno),
	JSON("router_id", FIELD_ROUTER, ctl_lease, router),
	JSON("router", FIELD_TEXT, ctl_lease, router_name),
	LAST
};

static const struct field station_fields[] = {
	COLUMN("mac", FIELD_MAC, ctl_station, mac, "STATION", MAC_WIDTH),
	NETWORK(ctl_station),
	ROUTER(station_where, "WHERE"),
	COLUMN("since_ms", FIELD_MS, ctl_station, since, "SINCE", -7),
	MADE(station_port, "INTERFACE", NAME_WIDTH),
	JSON("here", FIELD_BOOL, ctl_station, here),
	JSON("router_id", FIELD_ROUTER, ctl_station, router),
	JSON("router", FIELD_TEXT, ctl_station, router_name),
	JSON("interface", FIELD_TEXT, ctl_station, interface),
	JSON("port", FIELD_TEXT, ctl_station, port),
	JSON("heard_seconds", FIELD_SECONDS, ctl_station, heard),
	JSON("seqno", FIELD_NUMBER, ctl_station, seqno),
	JSON("lifetime_seconds", FIELD_SECONDS, ctl_station, lifetime),
	JSON("moves", FIELD_NUMBER, ctl_station, moves),
	JSON("flapping", FIELD_BOOL, ctl_station, flapping),
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, station_flaps },
	{ "leases", FIELD_LEASES, AT(ctl_station, prefixes), NULL, 0,
	    FIELD_DETAIL | FIELD_NONZERO, NULL, NULL, NULL },
	LAST
};

static const struct field peer_fields[] = {
	MADE(peer_who, "ROUTER", NAME_WIDTH),
	NAMED("state", ctl_peer, state, "STATE", 10, peer_states),
	COLUMN("since_seconds", FIELD_SECONDS, ctl_peer, since, "SINCE", -7),
	COLUMN("updates_in", FIELD_COUNTER, ctl_peer, updates_in, "IN", -7),
	COLUMN("updates_out", FIELD_COUNTER, ctl_peer, updates_out, "OUT", -7),
	MADE(peer_address, "ADDRESS", NAME_WIDTH),
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, peer_name },
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, peer_how },
	JSON("address", FIELD_ADDR, ctl_peer, addr),
	IDENTITY("port", FIELD_NUMBER, ctl_peer, port),
	JSON("inbound", FIELD_BOOL, ctl_peer, inbound),
	JSON("extended", FIELD_BOOL, ctl_peer, extended),
	JSON("no_tls", FIELD_BOOL, ctl_peer, notls),
	JSON("tls_version", FIELD_TEXT, ctl_peer, tls_version),
	JSON("tls_cipher", FIELD_TEXT, ctl_peer, tls_cipher),
	JSON("tls_identity", FIELD_TEXT, ctl_peer, tls_identity),
	JSON("heartbeat", FIELD_BOOL, ctl_peer, heartbeat),
	JSON("proven", FIELD_BOOL, ctl_peer, proven),
	JSON("configured", FIELD_BOOL, ctl_peer, configured),
	JSON("router_id", FIELD_ROUTER, ctl_peer, router),
	JSON("router", FIELD_TEXT, ctl_peer, router_name),
	JSON("connects", FIELD_COUNTER, ctl_peer, connects),
	ODDITY("dropped", FIELD_COUNTER, ctl_peer, dropped, "dropped"),
	ODDITY("queued_octets", FIELD_OCTETS, ctl_peer, queued, "queued"),
	ODDITY("failures", FIELD_COUNTER, ctl_peer, failures, "failures"),
	ODDITY("limits", FIELD_COUNTER, ctl_peer, limits, "times limited"),
	ODDITY("cuts", FIELD_COUNTER, ctl_peer, cuts, "cut by silence"),
	ODDITY("retry_seconds", FIELD_SECONDS, ctl_peer, retry,
	    "to the next try"),
	ODDITY("error", FIELD_TEXT, ctl_peer, error, NULL),
	JSON("automatic", FIELD_BOOL, ctl_peer, automatic),
	JSON("host", FIELD_TEXT, ctl_peer, host),
	LAST
};

static const struct field interface_fields[] = {
	COLUMN("name", FIELD_TEXT, ctl_interface, name, "INTERFACE", 15),
	NETWORK(ctl_interface),
	MADE(interface_state, "STATE", 6),
	NAMED("source", ctl_interface, source, "SOURCE", 8, sources),
	COLUMN("lladdr", FIELD_MAC, ctl_interface, lladdr, "LLADDR",
	    MAC_WIDTH),
	MADE(interface_gateways, "GATEWAYS", NAME_WIDTH),
	IDENTITY("ifindex", FIELD_NUMBER, ctl_interface, ifindex),
	JSON("up", FIELD_BOOL, ctl_interface, up),
	JSON("gateway_ipv4", FIELD_ADDR, ctl_interface, gateway4),
	JSON("gateway_ipv6", FIELD_ADDR, ctl_interface, gateway6),
	JSON("hostapd", FIELD_BOOL, ctl_interface, drops),
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, interface_hostapd },
	DETAIL("dhcp", FIELD_COUNTER, ctl_interface, dhcp, "DHCP"),
	DETAIL("solicits", FIELD_COUNTER, ctl_interface, solicits, "RS"),
	DETAIL("arps", FIELD_COUNTER, ctl_interface, arps, "ARP"),
	DETAIL("neighbours", FIELD_COUNTER, ctl_interface, neighbours,
	    "NS and NA"),
	DETAIL("sent", FIELD_COUNTER, ctl_interface, sent, "sent"),
	ODDITY("malformed", FIELD_COUNTER, ctl_interface, malformed,
	    "malformed"),
	ODDITY("foreign", FIELD_COUNTER, ctl_interface, foreign, "foreign"),
	ODDITY("limited", FIELD_COUNTER, ctl_interface, limited,
	    "over the limit of a station"),
	ODDITY("strangers", FIELD_COUNTER, ctl_interface, strangers,
	    "over the limit of new stations"),
	ODDITY("lost", FIELD_COUNTER, ctl_interface, lost,
	    "lost before they were read"),
	ODDITY("not_for_us", FIELD_COUNTER, ctl_interface, others,
	    "not for this router"),
	ODDITY("idle", FIELD_COUNTER, ctl_interface, idle,
	    "while it was not served"),
	ODDITY("answers_unmade", FIELD_COUNTER, ctl_interface, unmade,
	    "answers not possible"),
	ODDITY("relays_denied", FIELD_COUNTER, ctl_interface, relays,
	    "of relays not listed"),
	ODDITY("impostors", FIELD_COUNTER, ctl_interface, impostors,
	    "claiming to be the gateway"),
	ODDITY("probes", FIELD_COUNTER, ctl_interface, probes,
	    "asking for the gateway's address"),
	ODDITY("dhcp_servers", FIELD_COUNTER, ctl_interface, servers,
	    "of other DHCP servers"),
	ODDITY("proxied", FIELD_COUNTER, ctl_interface, proxied,
	    "proxy ARP"),
	ODDITY("send_errors", FIELD_COUNTER, ctl_interface, send_errors,
	    "not sent"),
	ODDITY("dhcp6", FIELD_COUNTER, ctl_interface, dhcp6, "DHCPv6"),
	ODDITY("adverts", FIELD_COUNTER, ctl_interface, adverts,
	    "RA of stations"),
	CTL_DROP_LIST(DROPPED)
	LAST
};

static const struct field route_fields[] = {
	COLUMN("prefix", FIELD_PREFIX, ctl_route, prefix, "ROUTE",
	    ADDRESS_WIDTH),
	NETWORK(ctl_route),
	NAMED("kind", ctl_route, kind, "KIND", 6, route_kinds),
	ROUTER(route_target, "TO"),
	MADE(route_way, "BY", NAME_WIDTH),
	JSON("installed", FIELD_BOOL, ctl_route, installed),
	JSON("interface", FIELD_TEXT, ctl_route, interface),
	JSON("via", FIELD_ADDR, ctl_route, via),
	JSON("router_id", FIELD_ROUTER, ctl_route, router),
	{ "router", FIELD_MADE, 0, 0, NULL, 0, FIELD_HIDDEN, NULL, NULL,
	    route_router },
	JSON("mac", FIELD_MAC, ctl_route, mac),
	ODDITY("error", FIELD_TEXT, ctl_route, error, NULL),
	LAST
};

static const struct field router_fields[] = {
	MADE(router_who, "ROUTER", NAME_WIDTH),
	COLUMN("version", FIELD_TEXT, ctl_router, version, "VERSION", 8),
	COLUMN("stations", FIELD_NUMBER, ctl_router, stations, "STATIONS", -8),
	MADE(router_left, "LEFT", -7),
	NAMED("alike", ctl_router, alike, "ALIKE", 5, alike),
	MADE(router_addresses, "ADDRESSES", NAME_WIDTH),
	JSON("router_id", FIELD_ROUTER, ctl_router, id),
	JSON("router", FIELD_TEXT, ctl_router, name),
	JSON("address_ipv4", FIELD_ADDR, ctl_router, addr4),
	JSON("address_ipv6", FIELD_ADDR, ctl_router, addr6),
	JSON("lifetime_seconds", FIELD_SECONDS, ctl_router, lifetime),
	JSON("self", FIELD_BOOL, ctl_router, self),
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, router_heard },
	JSON("heard_seconds", FIELD_SECONDS, ctl_router, heard),
	JSON("hops", FIELD_NUMBER, ctl_router, hops),
	JSON("via_id", FIELD_ROUTER, ctl_router, via),
	JSON("via", FIELD_TEXT, ctl_router, via_name),
	JSON("via_address", FIELD_ADDR, ctl_router, via_addr),
	JSON("peer", FIELD_BOOL, ctl_router, peer),
	JSON("silent", FIELD_BOOL, ctl_router, silent),
	{ "fingerprint", FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL |
	    FIELD_NONZERO, NULL, NULL, router_fingerprint },
	JSON("cloned", FIELD_BOOL, ctl_router, cloned),
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, router_cloned },
	LAST
};

static const struct field memory_fields[] = {
	NAMED("process", ctl_memory, process, "PROCESS", 10, processes),
	COLUMN("pid", FIELD_SIGNED, ctl_memory, pid, "PID", -10),
	COLUMN("rss_octets", FIELD_OCTETS, ctl_memory, rss, "RESIDENT", -10),
	COLUMN("heap_octets", FIELD_OCTETS, ctl_memory, heap, "HEAP", -10),
	COLUMN("objects", FIELD_NUMBER, ctl_memory, objects, "OBJECTS", -10),
	COLUMN("object_octets", FIELD_OCTETS, ctl_memory, object_bytes, "SIZE",
	    -10),
	LAST
};

static const struct field roam_fields[] = {
	COLUMN("ago_ms", FIELD_MS, ctl_roam, ago, "AGO", -7),
	COLUMN("mac", FIELD_MAC, ctl_roam, mac, "STATION", MAC_WIDTH),
	NETWORK(ctl_roam),
	ROUTER(roam_from, "FROM"),
	ROUTER(roam_to, "TO"),
	COLUMN("heard_after_ms", FIELD_MS, ctl_roam, late, "HEARD", -6),
	JSON("from_id", FIELD_ROUTER, ctl_roam, from),
	JSON("from", FIELD_TEXT, ctl_roam, from_name),
	JSON("to_id", FIELD_ROUTER, ctl_roam, to),
	JSON("to", FIELD_TEXT, ctl_roam, to_name),
	LAST
};

static const struct field network_fields[] = {
	COLUMN("network", FIELD_TEXT, ctl_network, scope.network, "NETWORK",
	    15),
	COLUMN("stations", FIELD_NUMBER, ctl_network, stations, "STATIONS",
	    -8),
	COLUMN("stations_here", FIELD_NUMBER, ctl_network, stations_here,
	    "HERE", -6),
	COLUMN("leases_ipv4", FIELD_NUMBER, ctl_network, leases4, "IPV4", -7),
	MADE(network_pool, "POOL", -5),
	COLUMN("leases_ipv6", FIELD_NUMBER, ctl_network, leases6, "IPV6", -7),
	COLUMN("leases_delegated", FIELD_NUMBER, ctl_network, delegated,
	    "DELEGATED", -9),
	IDENTITY("configured", FIELD_BOOL, ctl_network, configured),
	JSON("isolated", FIELD_BOOL, ctl_network, isolated),
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, network_state },
	{ "prefixes", FIELD_POOLS, AT(ctl_network, pools), NULL, 0,
	    FIELD_DETAIL | FIELD_NONZERO, NULL, NULL, NULL },
	IDENTITY("interface_count", FIELD_NUMBER, ctl_network, ninterfaces),
	{ "interfaces", FIELD_NAMES, AT(ctl_network, interfaces), NULL, 0,
	    FIELD_DETAIL | FIELD_NONZERO, "interface", NULL, NULL },
	{ NULL, FIELD_MADE, 0, 0, NULL, 0, FIELD_DETAIL | FIELD_NONZERO, NULL,
	    NULL, network_more },
	{ "reaches", FIELD_NAMES, AT(ctl_network, reaches), NULL, 0,
	    FIELD_DETAIL | FIELD_NONZERO, "reaches", NULL, NULL },
	{ "data", FIELD_NUMBER, AT(ctl_network, data), NULL, 0,
	    FIELD_DETAIL | FIELD_NONZERO | FIELD_IDENTITY, "data to relay",
	    NULL, NULL },
	JSON("pool_ipv4", FIELD_NUMBER, ctl_network, size4),
	JSON("pool_ipv4_used", FIELD_NUMBER, ctl_network, used4),
	JSON("pool_ipv6", FIELD_NUMBER, ctl_network, size6),
	JSON("pool_ipv6_used", FIELD_NUMBER, ctl_network, used6),
	JSON("pool_delegated", FIELD_NUMBER, ctl_network, size_delegated),
	JSON("pool_delegated_used", FIELD_NUMBER, ctl_network,
	    used_delegated),
	LAST
};

#define LIST(r, t, k, s, f) \
	CTL_SHOW_##r, CTL_##t, k, false, sizeof(struct s), f

static const struct record records[] = {
	{ CTL_SHOW_STATUS, CTL_STATUS, "status", true,
	    sizeof(struct ctl_status), status_fields, "",
	    { { "router_id", "router_id" }, { "name", "router" },
	    { "version", "version" } } },
	{ LIST(LEASES, LEASE, "leases", ctl_lease, lease_fields), NULL,
	    { { NULL, NULL } } },
	{ LIST(STATIONS, STATION, "stations", ctl_station, station_fields),
	    NULL, { { NULL, NULL } } },
	{ LIST(PEERS, PEER, "peers", ctl_peer, peer_fields), "peer_",
	    { { "router_id", "router_id" }, { "router", "router" },
	    { "address", "address" } } },
	{ LIST(INTERFACES, INTERFACE, "interfaces", ctl_interface,
	    interface_fields), "interface_", { { "name", "interface" },
	    { "network", "network" } } },
	{ LIST(ROUTES, ROUTE, "routes", ctl_route, route_fields), NULL,
	    { { NULL, NULL } } },
	{ LIST(ROUTERS, ROUTER, "routers", ctl_router, router_fields),
	    "router_", { { "router_id", "router_id" },
	    { "router", "router" } } },
	{ LIST(MEMORY, MEMORY, "memory", ctl_memory, memory_fields),
	    "process_", { { "process", "process" } } },
	{ LIST(ROAMS, ROAM, "roams", ctl_roam, roam_fields), NULL,
	    { { NULL, NULL } } },
	{ LIST(NETWORKS, NETWORK, "networks", ctl_network, network_fields),
	    "network_", { { "network", "network" } } }
};

const struct record *
record_find(enum ctl_type request)
{
	size_t i;

	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		if (records[i].request == request)
			return &records[i];
	return NULL;
}

bool
field_is_last(const struct field *field)
{
	return field->key == NULL && field->make == NULL;
}

/* An integer of any size. */
uint64_t
field_number(const struct field *f, const void *data)
{
	const char *at = (const char *)data + f->offset;
	uint64_t n64;
	uint32_t n32;
	uint16_t n16;

	switch (f->size) {
	case sizeof(n64):
		memcpy(&n64, at, sizeof(n64));
		return n64;
	case sizeof(n32):
		memcpy(&n32, at, sizeof(n32));
		return n32;
	case sizeof(n16):
		memcpy(&n16, at, sizeof(n16));
		return n16;
	default:
		return *(const uint8_t *)at;
	}
}

/* A newer daemon may have more of them. */
const char *
field_name(const struct field *f, uint64_t n)
{
	uint64_t i;

	for (i = 0; f->names[i] != NULL; i++)
		if (i == n)
			return f->names[i];
	return "unknown";
}

void
field_string(const struct field *f, const void *data, char *text, size_t size)
{
	const char *at = (const char *)data + f->offset;
	size_t len = strnlen(at, f->type == FIELD_SCOPE ? CTL_NETWORK_NAME :
	    f->size);

	if (len >= size)
		len = size - 1;
	memcpy(text, at, len);
	text[len] = '\0';
	text_printable(text);
}

/* The router's name, if it announced one and names are wanted; else its id. */
static void
router_text(const struct router_id *id, const char *name, bool numeric,
    char *text, size_t size)
{
	if (!numeric && name[0] != '\0')
		strlcpy(text, name, size);
	else if (!router_id_is_none(id))
		strlcpy(text, router_id_text(id), size);
}

static void
lease_left(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_lease *lease = record;

	(void)numeric;
	if (lease->state == CTL_LEASE_VALID)
		text_duration((uint64_t)lease->remaining * 1000, text, size);
	else if (lease->state <= CTL_LEASE_DECLINED)
		strlcpy(text, lease_states[lease->state], size);
}

static void
lease_where(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_lease *lease = record;

	router_text(&lease->router, lease->router_name, numeric, text, size);
}

static void
station_where(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_station *s = record;

	router_text(&s->router, s->router_name, numeric, text, size);
}

static void
station_port(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_station *s = record;
	bool both = s->port[0] != '\0' && strcmp(s->port, s->interface) != 0;

	(void)numeric;
	if (s->here)
		snprintf(text, size, "%s%s%s", s->interface, both ? " " : "",
		    both ? s->port : "");
}

static void
interface_hostapd(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_interface *i = record;

	(void)numeric;
	if (i->drops)
		strlcpy(text, "hostapd", size);
}

static void
station_flaps(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_station *s = record;

	(void)numeric;
	if (s->flapping)
		snprintf(text, size, "flaps: %u moves lately", s->moves);
}

static void
peer_who(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_peer *peer = record;

	router_text(&peer->router, peer->router_name, numeric, text, size);
}

static void
peer_address(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_peer *peer = record;

	(void)numeric;
	if (addr_is_none(&peer->addr))
		snprintf(text, size, "%.255s:%u", peer->host, peer->port);
	else
		snprintf(text, size, addr_is_v4(&peer->addr) ? "%s:%u" :
		    "[%s]:%u", addr_text(&peer->addr), peer->port);
}

static void
peer_name(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_peer *peer = record;

	(void)numeric;
	if (peer->host[0] != '\0')
		snprintf(text, size, "%s%.255s", peer->automatic ?
		    "found on " : "named ", peer->host);
}

static void
peer_how(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_peer *peer = record;

	(void)numeric;
	if (peer->inbound)
		strlcat(text, ", connected to us", size);
	if (peer->state == CTL_PEER_UP && !peer->extended)
		strlcat(text, ", version 1", size);
	if (peer->notls)
		strlcat(text, ", no tls", size);
	else if (peer->tls_version[0] != '\0') {
		strlcat(text, ", ", size);
		strlcat(text, peer->tls_version, size);
		strlcat(text, " ", size);
		strlcat(text, peer->tls_cipher, size);
		strlcat(text, ", ", size);
		strlcat(text, peer->tls_identity, size);
	}
	if (peer->state == CTL_PEER_UP)
		strlcat(text, peer->proven ? ", proven" : ", not proven",
		    size);
	if (text[0] != '\0')
		memmove(text, text + 2, strlen(text + 2) + 1);
}

static void
interface_state(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_interface *i = record;

	(void)numeric;
	strlcpy(text, i->ifindex == 0 ? "absent" : i->up ? "up" : "down",
	    size);
}

static void
interface_gateways(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_interface *i = record;

	(void)numeric;
	if (!addr_is_none(&i->gateway4))
		strlcpy(text, addr_text(&i->gateway4), size);
	if (addr_is_none(&i->gateway6))
		return;
	if (text[0] != '\0')
		strlcat(text, " ", size);
	strlcat(text, addr_text(&i->gateway6), size);
}

/* The station itself, or the router that it is at. */
static void
route_target(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_route *route = record;

	if (route->kind == ROUTE_LOCAL && mac_is_station(&route->mac))
		strlcpy(text, mac_text(&route->mac), size);
	else if (route->kind == ROUTE_DIRECT)
		router_text(&route->router, names_find(&route->router),
		    numeric, text, size);
}

static void
route_router(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_route *route = record;

	(void)numeric;
	strlcpy(text, names_find(&route->router), size);
}

static void
route_way(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_route *route = record;
	bool via = !addr_is_none(&route->via);

	(void)numeric;
	if (!route->installed)
		strlcpy(text, "not installed", size);
	else
		snprintf(text, size, "%s%s%s", route->interface,
		    via ? " " : "", via ? addr_text(&route->via) : "");
}

static void
router_who(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_router *router = record;

	router_text(&router->id, router->name, numeric, text, size);
}

/* How the router was heard of, and how long ago. */
static void
router_heard(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_router *router = record;
	char ago[32], hops[32] = "", via[CTL_NAME] = "";

	if (router->self || !router->known)
		return;
	text_duration((uint64_t)router->heard * 1000, ago, sizeof(ago));
	router_text(&router->via, router->via_name, numeric, via, sizeof(via));
	if (via[0] == '\0' && !addr_is_none(&router->via_addr))
		strlcpy(via, addr_text(&router->via_addr), sizeof(via));
	if (router->hops > 0)
		snprintf(hops, sizeof(hops), ", %u hop%s", router->hops,
		    router->hops == 1 ? "" : "s");
	snprintf(text, size, "%s %s ago%s%s%s%s", router->silent ?
	    "silent, last heard of" : "heard of", ago,
	    via[0] != '\0' ? " from " : "", via, hops,
	    router->peer ? ", a peer" : "");
}

/* Of a router that has said its key. */
static void
router_fingerprint(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_router *router = record;
	char made[FINGERPRINT_TEXT];

	(void)numeric;
	if (!router->known)
		return;
	fingerprint_text(made, router->fingerprint);
	strlcpy(text, made, size);
}

static void
router_cloned(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_router *router = record;

	(void)numeric;
	if (router->cloned)
		strlcpy(text, "two routers have its identity", size);
}

static void
roam_from(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_roam *roam = record;

	router_text(&roam->from, roam->from_name, numeric, text, size);
}

static void
roam_to(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_roam *roam = record;

	router_text(&roam->to, roam->to_name, numeric, text, size);
}

/* How much of the IPv4 addresses is in use. */
static void
network_pool(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_network *n = record;

	(void)numeric;
	if (n->size4 > 0)
		snprintf(text, size, "%.0f%%", 100.0 * (double)n->used4 /
		    (double)n->size4);
}

static void
network_state(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_network *n = record;

	(void)numeric;
	if (!n->configured)
		strlcpy(text, "not configured here", size);
	else if (!n->isolated)
		strlcpy(text, "not isolated", size);
}

static void
network_more(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_network *n = record;

	(void)numeric;
	if (n->ninterfaces > CTL_NETWORK_INTERFACES)
		snprintf(text, size, "and %u interfaces more",
		    n->ninterfaces - CTL_NETWORK_INTERFACES);
}

static void
router_left(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_router *router = record;

	(void)numeric;
	if (router->self)
		strlcpy(text, "self", size);
	else
		text_duration((uint64_t)router->lifetime * 1000, text, size);
}

static void
router_addresses(const void *record, bool numeric, char *text, size_t size)
{
	const struct ctl_router *router = record;

	(void)numeric;
	if (!addr_is_none(&router->addr4))
		strlcpy(text, addr_text(&router->addr4), size);
	if (addr_is_none(&router->addr6))
		return;
	if (text[0] != '\0')
		strlcat(text, " ", size);
	strlcat(text, addr_text(&router->addr6), size);
}
