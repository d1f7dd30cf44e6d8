/* SPDX-License-Identifier: ISC */
/* What sroamctl prints, as tables and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "msg.h"
#include "sroamctl/names.h"
#include "sroamctl/output.h"
#include "sroamctl/record.h"
#include "sroamctl/text.h"

#define MAC(n)		{ { 2, 0, 0, 0, 0, (n) } }
#define ID(n)		{ { 2, 0, 0, 0, 0, 0, 0, (n) } }
#define V4(a, b, c, d)	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, \
	(a), (b), (c), (d) } }
#define LEASE4(d)	{ V4(192, 168, 44, (d)), 128 }
#define LEASE6		{ { { 0x20, 1, 0xd, 0xb8, 0x12, 0x34, 0x56, 0x78 } }, \
			    64 }
#define DELEGATED	{ { { 0x20, 1, 0xd, 0xb8, 0x80, 0, 0, 0x10 } }, 60 }
#define FE80_44		{ { 0xfe, 0x80, [15] = 0x44 } }
#define ADDR6(d)	{ { 0x20, 1, 0xd, 0xb8, 0, 1, [15] = (d) } }

#define UNNAMED		.scope = { .network = "unnamed" }
#define OF(name)	.scope = { .network = (name), .width = 9 }

static const struct ctl_status status = {
	.id = ID(2), .name = "ap2", .version = "2.0.0", .uptime = 8100,
	.prefixes = 2, .interfaces = 1, .interfaces_up = 1, .peers = 2,
	.peers_up = 2, .routers = 4, .stations = 2, .stations_here = 1,
	.leases4 = 2, .leases6 = 2, .delegated = 1, .started = 1,
	.data = 10, .joins = 1,
	.roams_in = 4, .roams_out = 3, .updates_in = 57, .updates_out = 31,
	.dhcp_in = 12, .dhcp_offers = 1, .dhcp_acks = 6, .adverts = 19,
	.probes = 2, .hellos_in = 7, .hellos_bad = 1, .duplicates = 2,
	.table_octets = 1258291, .table_limit = 64 << 20, .table_refused = 5,
	.parent = {
		.log_lost = { [CTL_LOG_INFO] = 3, [CTL_LOG_DEBUG] = 1200 },
		.kernel_repaired = 2
	},
	.warning = "the network may be in parts: no session with ap4"
};

static const struct ctl_lease leases[] = {
	{ UNNAMED, .prefix = LEASE4(17), .mac = MAC(7), .remaining = 1798,
	    .seqno = 3,
	    .router = ID(2), .router_name = "ap2" },
	{ UNNAMED, .prefix = LEASE6, .mac = MAC(7), .remaining = 5399,
	    .router = ID(2), .router_name = "ap2" },
	{ UNNAMED, .prefix = LEASE4(90), .mac = MAC(9),
	    .state = CTL_LEASE_RELEASED },
	{ UNNAMED, .prefix = LEASE4(91), .state = CTL_LEASE_DECLINED },
	{ UNNAMED, .prefix = DELEGATED, .mac = MAC(8), .remaining = 5399,
	    .delegated = 1 }
};

static const struct ctl_station stations[] = {
	{ UNNAMED, .mac = MAC(7), .here = 1, .nprefixes = 2, .router = ID(2),
	    .router_name = "ap2", .interface = "roam0", .port = "eth1",
	    .since = 242000, .heard = 3, .seqno = 12, .lifetime = 5158,
	    .moves = 1,
	    .prefixes = { LEASE4(17), LEASE6 }, .lifetimes = { 1798, 5399 } },
	{ UNNAMED, .mac = MAC(8), .nprefixes = 1, .router = ID(3),
	    .router_name = "ap3", .since = 350, .prefixes = { LEASE4(61) },
	    .lifetimes = { 620 }, .moves = 9, .flapping = 1 },
	{ UNNAMED, .mac = MAC(9) }
};

static const struct ctl_peer peers[] = {
	{ .addr = V4(10, 1, 1, 2), .port = 4444, .state = CTL_PEER_UP,
	    .extended = 1, .configured = 1, .router = ID(1),
	    .router_name = "core", .since = 8099, .updates_in = 57,
	    .updates_out = 31, .connects = 1, .tls_version = "TLSv1.3",
	    .tls_cipher = "TLS_AES_128_GCM_SHA256",
	    .tls_identity = "psk 98f4c69c", .proven = 1 },
	{ .addr = ADDR6(3), .port = 4444, .state = CTL_PEER_UP, .inbound = 1,
	    .notls = 1, .since = 60, .updates_in = 5, .updates_out = 91 },
	{ .addr = V4(10, 1, 1, 4), .port = 4444, .state = CTL_PEER_IDLE,
	    .configured = 1, .since = 3, .failures = 4, .retry = 5,
	    .host = "ap4.example",
	    .error = "connect: Connection refused" }
};

static const struct ctl_interface interfaces[] = {
	{ UNNAMED, .name = "roam0", .ifindex = 4, .up = 1,
	    .source = SOURCE_BRIDGE,
	    .lladdr = { { 2, 0, 0x5e, 0, 0x53, 0x44 } },
	    .gateway4 = V4(192, 168, 44, 1), .gateway6 = FE80_44, .dhcp = 12,
	    .solicits = 3, .arps = 40, .neighbours = 33, .foreign = 1,
	    .sent = 77, .drops = 1, .dropped = { [CTL_DROP_DHCP_EMPTY] = 5,
	    [CTL_DROP_RS_PLACE] = 2 } },
	{ UNNAMED, .name = "wlan0", .source = SOURCE_AUTO }
};

static const struct ctl_route routes[] = {
	{ UNNAMED, .prefix = LEASE4(17), .kind = ROUTE_LOCAL, .installed = 1,
	    .interface = "roam0", .mac = MAC(7) },
	{ UNNAMED, .prefix = LEASE6, .kind = ROUTE_LOCAL, .installed = 1,
	    .interface = "roam0", .mac = MAC(7) },
	{ UNNAMED, .prefix = LEASE4(61), .kind = ROUTE_DIRECT, .installed = 1,
	    .interface = "eth0", .via = V4(10, 1, 1, 3), .router = ID(3) },
	{ UNNAMED, .prefix = LEASE4(62), .kind = ROUTE_DIRECT, .router = ID(4),
	    .error = "no route to 10.1.1.4" }
};

static const struct ctl_router routers[] = {
	{ .id = ID(2), .name = "ap2", .version = "2.0.0",
	    .addr4 = V4(10, 1, 1, 2), .addr6 = ADDR6(2), .stations = 1,
	    .self = 1, .alike = CTL_ALIKE_YES },
	{ .id = ID(3), .name = "ap3", .version = "2.0.0",
	    .addr4 = V4(10, 1, 1, 3), .stations = 1, .lifetime = 5102,
	    .known = 1, .heard = 12, .session = 1, .hops = 1,
	    .via = ID(1), .via_name = "core", .peer = 1,
	    .fingerprint = { 1, 2, 3, [31] = 4 }, .cloned = 1,
	    .alike = CTL_ALIKE_NO }
};

static const struct ctl_memory memory[] = {
	{ .process = CTL_PARENT, .pid = 812, .rss = 3600000, .heap = 210000,
	    .objects = 3, .object_bytes = 900 },
	{ .process = CTL_ENGINE, .pid = 814, .rss = 5000000,
	    .heap = 1900000, .objects = 10, .object_bytes = 2560 }
};

static const struct ctl_roam roams[] = {
	{ UNNAMED, .mac = MAC(7), .late = 3, .ago = 5200, .from = ID(2),
	    .to = ID(3), .from_name = "ap2", .to_name = "ap3" },
	{ UNNAMED, .mac = MAC(7), .ago = 61000, .to = ID(2) }
};

/* Where there are several networks; the longest name has 9 octets. */
static const struct ctl_lease leases_of[] = {
	{ OF("unnamed"), .prefix = LEASE4(17), .mac = MAC(7),
	    .remaining = 1798, .router = ID(2), .router_name = "ap2" },
	{ OF("guest-ext"), .prefix = { V4(10, 45, 0, 17), 128 },
	    .mac = MAC(7), .remaining = 98, .router = ID(2),
	    .router_name = "ap2" }
};
static const struct ctl_station stations_of[] = {
	{ OF("unnamed"), .mac = MAC(7), .router = ID(3), .router_name = "ap3" },
	{ OF("guest-ext"), .mac = MAC(7), .here = 1, .router = ID(2),
	    .router_name = "ap2", .interface = "roam0", .port = "eth1" }
};
static const struct ctl_route routes_of[] = {
	{ OF("unnamed"), .prefix = LEASE4(17), .kind = ROUTE_LOCAL,
	    .installed = 1, .interface = "roam0", .mac = MAC(7) },
	{ OF(""), .prefix = LEASE6, .kind = ROUTE_LOCAL, .installed = 1,
	    .interface = "roam0", .mac = MAC(7) }
};
static const struct ctl_roam roams_of[] = {
	{ OF("guest-ext"), .mac = MAC(7), .late = 3, .ago = 5200,
	    .from = ID(2), .to = ID(3), .from_name = "ap2", .to_name = "ap3" }
};
static const struct ctl_network networks[] = {
	{ OF("unnamed"), .configured = 1, .isolated = 1, .ninterfaces = 1,
	    .stations = 12, .stations_here = 4, .leases4 = 13, .leases6 = 12,
	    .size4 = 253, .used4 = 12, .size6 = 65536, .used6 = 12,
	    .pools = { { .prefix = { V4(192, 168, 44, 0), 120 },
	    .size = 253, .used = 12 }, { .prefix = { { { 0x20, 1, 0xd, 0xb8,
	    0, 0x44 } }, 48 }, .size = 65536, .used = 12 } },
	    .interfaces = { "roam0" }, .reaches = { "iot" } },
	{ OF("iot"), .configured = 1, .ninterfaces = 18,
	    .interfaces = { "a\033", "b" }, .reaches = { "unnamed" } },
	{ OF("gues"), .data = 14 }
};

struct row {
	enum ctl_type	 request, type;
	const void	*records;
	size_t		 len, n;
	const char	*text, *json;	/* NULL: as that of another row */
	const char	*numeric;	/* -n, where it differs */
};

#define LIST(r, t, a)	CTL_SHOW_##r, CTL_##t, a, sizeof((a)[0]), \
	sizeof(a) / sizeof((a)[0])

static const struct row rows[] = {
	{ CTL_SHOW_STATUS, CTL_STATUS, &status, sizeof(status), 1,
	    "router id     02:00:00:00:00:00:00:02\n"
	    "name          ap2\n"
	    "version       2.0.0\n"
	    "uptime        2h15m\n"
	    "started       yes\n"
	    "prefixes      2\n"
	    "interfaces    1, 1 up\n"
	    "peers         2, 2 up\n"
	    "routers       4\n"
	    "stations      2, 1 here\n"
	    "leases        2 IPv4, 2 IPv6, 1 delegated\n"
	    "data          10\n"
	    "table         1228K, 64M at most, 5 refused for that\n"
	    "movements     1 joined, 4 roamed here, 3 roamed away, 0 "
	    "left\n"
	    "updates       57 in, 31 out, 0 dropped, 0 conflicts\n"
	    "versions      0 old, 0 answered, 0 held, 0 late\n"
	    "router data   0 forged, 0 put off\n"
	    "DHCP          12 in, 1 offers, 6 acks, 0 naks, 0 dropped"
	    "\n"
	    "pool          0 over the limit, 0 declined, 0 reused, 0 times "
	    "empty, 0 kept\n"
	    "sent          19 router advertisements, 2 probes, 0 answers "
	    "dropped by overload\n"
	    "sessions      0 refused, 0 failed\n"
	    "refused       0 solicitations, 0 claims of our addresses"
	    ", 0 new stations\nno DHCP       0 addresses refused\n"
	    "DHCPv6        0 in, 0 answered, 0 dropped\n"
	    "neighbours    7 hellos, 1 refused\n"
	    "unstable      2 addresses in two places\n"
	    "log           3 info lines lost, 1200 debug lines lost\n"
	    "kernel        2 differences repaired\n"
	    "warning       the network may be in parts: no session wi"
	    "th ap4\n",
	    "{\"status\":{\"router_id\":\"02:00:00:00:00:00:00:02\","
	    "\"name\":\"ap2\",\"version\":\"2.0.0\",\"uptime_seconds"
	    "\":8100,\"settled\":true,\"prefixes\":2,\"interfaces\":1"
	    ",\"interfaces_up\":1,\"peers\":2,\"peers_up\":2,\"router"
	    "s\":4,\"stations\":2,\"stations_here\":1,\"leases_ipv4\""
	    ":2,\"leases_ipv6\":2,\"leases_delegated\":1,\"data\":10,\"table_octets\":1258291,"
	    "\"table_limit_octets\":67108864,\"table_refused\":5,"
	    "\"joins\":1,\"roams_in"
	    "\":4,\"roams_out\":3,\"leaves\":0,\"updates_in\":57,\"up"
	    "dates_out\":31,\"updates_dropped\":0,\"conflicts\":0,\"updates_old\":0,\"updates_answered\":0,"
	    "\"updates_held\":0,\"updates_late\":0,"
	    "\"routers_forged\":0,\"routers_missed\":0,\"d"
	    "hcp_in\":12,\"dhcp_offers\":1,\"dhcp_acks\":6,\"dhcp_nak"
	    "s\":0,\"dhcp_dropped\":0,\"dhcp_limited\":0,\"dhcp_decl"
	    "ines\":0,\"pool_reused\":0,\"pool_empty\":0,\"pool_kept\":0,"
	    "\"adverts\":19,\"probes\":2,\"answers_dropped\":0,\"s"
	    "essions_refused\":0,\"sessions_failed\":0,\"solicits_dro"
	    "pped\":0,\"impostors\":0,\"joins_limited\":0,"
	    "\"learn_refused\":0,\"dhcp6_in\":0,\"dhcp6_replies"
	    "\":0,\"dhcp6_dropped\":0,\"hellos_in\":7,\"hellos_bad\":"
	    "1,\"hellos_old\":0,\"flaps\":0,\"duplicates\":2,\"reclaimed\":0,"
	    "\"network_changes\":0,"
	    "\"log_lost_warnings\":0,\"log_lost_info\":3,"
	    "\"log_lost_debug\":1200,\"kernel_refused\":0,"
	    "\"kernel_failed\":0,\"kernel_repaired\":2,"
	    "\"kernel_overflows\":0,\"kernel_unseen\":0,"
	    "\"memory_refused\":0,\"warning\":\"the network may be in p"
	    "arts: no session with ap4\"}}\n",
	    NULL },
	{ LIST(LEASES, LEASE, leases),
	    "ADDRESS                     LEFT STATION           WHERE\n"
	    "192.168.44.17/32          29m58s 02:00:00:00:00:07 ap2\n"
	    "2001:db8:1234:5678::/64    1h29m 02:00:00:00:00:07 ap2\n"
	    "192.168.44.90/32        released 02:00:00:00:00:09 -\n"
	    "192.168.44.91/32        declined -                 -\n"
	    "2001:db8:8000:10::/60      1h29m 02:00:00:00:00:08 -\n",
	    "{\"leases\":[\n"
	    "{\"prefix\":\"192.168.44.17/32\",\"mac\":\"02:00:00:00:00:"
	    "07\",\"network\":\"unnamed\",\"state\":\"valid\",\"delegat"
	    "ed\":false,\"remaining_seconds\":1798,\"seqno\":3,\"router"
	    "_id\":\"02:00:00:00:00:00:00:02\",\"router\":\"ap2\"},\n"
	    "{\"prefix\":\"2001:db8:1234:5678::/64\",\"mac\":\"02:00:00"
	    ":00:00:07\",\"network\":\"unnamed\",\"state\":\"valid\",\""
	    "delegated\":false,\"remaining_seconds\":5399,\"seqno\":0,"
	    "\"router_id\":\"02:00:00:00:00:00:00:02\",\"router\":\"ap2"
	    "\"},\n"
	    "{\"prefix\":\"192.168.44.90/32\",\"mac\":\"02:00:00:00:00:"
	    "09\",\"network\":\"unnamed\",\"state\":\"released\",\"dele"
	    "gated\":false,\"remaining_seconds\":0,\"seqno\":0,\"router"
	    "_id\":null,\"router\":null},\n"
	    "{\"prefix\":\"192.168.44.91/32\",\"mac\":null,\"network\":"
	    "\"unnamed\",\"state\":\"declined\",\"delegated\":false,\"r"
	    "emaining_seconds\":0,\"seqno\":0,\"router_id\":null,\"rout"
	    "er\":null},\n"
	    "{\"prefix\":\"2001:db8:8000:10::/60\",\"mac\":\"02:00:00:0"
	    "0:00:08\",\"network\":\"unnamed\",\"state\":\"valid\",\"de"
	    "legated\":true,\"remaining_seconds\":5399,\"seqno\":0,\"ro"
	    "uter_id\":null,\"router\":null}\n"
	    "]}\n",
	    "ADDRESS                     LEFT STATION           WHERE\n"
	    "192.168.44.17/32          29m58s 02:00:00:00:00:07 02:00:0"
	    "0:00:00:00:00:02\n"
	    "2001:db8:1234:5678::/64    1h29m 02:00:00:00:00:07 02:00:0"
	    "0:00:00:00:00:02\n"
	    "192.168.44.90/32        released 02:00:00:00:00:09 -\n"
	    "192.168.44.91/32        declined -                 -\n"
	    "2001:db8:8000:10::/60      1h29m 02:00:00:00:00:08 -\n" },
	{ LIST(STATIONS, STATION, stations),
	    "STATION           WHERE                     SINCE INTERFAC"
	    "E\n"
	    "02:00:00:00:00:07 ap2                       4m02s roam0 et"
	    "h1\n"
	    "  192.168.44.17/32 29m58s left, 2001:db8:1234:5678::/64 1h"
	    "29m left\n"
	    "02:00:00:00:00:08 ap3                       350ms -\n"
	    "  flaps: 9 moves lately, 192.168.44.61/32 10m20s left\n"
	    "02:00:00:00:00:09 -                            0s -\n",
	    "{\"stations\":[\n"
	    "{\"mac\":\"02:00:00:00:00:07\",\"network\":\"unnamed\",\"s"
	    "ince_ms\":242000,\"here\":true,\"router_id\":\"02:00:00:00"
	    ":00:00:00:02\",\"router\":\"ap2\",\"interface\":\"roam0\","
	    "\"port\":\"eth1\",\"heard_seconds\":3,\"seqno\":12,\"lifet"
	    "ime_seconds\":5158,\"moves\":1,\"flapping\":false,\"leases"
	    "\":[{\"prefix\":\"192.168.44.17/32\",\"remaining_seconds\""
	    ":1798},{\"prefix\":\"2001:db8:1234:5678::/64\",\"remaining"
	    "_seconds\":5399}]},\n"
	    "{\"mac\":\"02:00:00:00:00:08\",\"network\":\"unnamed\",\"s"
	    "ince_ms\":350,\"here\":false,\"router_id\":\"02:00:00:00:0"
	    "0:00:00:03\",\"router\":\"ap3\",\"interface\":null,\"port"
	    "\":null,\"heard_seconds\":0,\"seqno\":0,\"lifetime_seconds"
	    "\":0,\"moves\":9,\"flapping\":true,\"leases\":[{\"prefix\""
	    ":\"192.168.44.61/32\",\"remaining_seconds\":620}]},\n"
	    "{\"mac\":\"02:00:00:00:00:09\",\"network\":\"unnamed\",\"s"
	    "ince_ms\":0,\"here\":false,\"router_id\":null,\"router\":n"
	    "ull,\"interface\":null,\"port\":null,\"heard_seconds\":0,"
	    "\"seqno\":0,\"lifetime_seconds\":0,\"moves\":0,\"flapping"
	    "\":false,\"leases\":[]}\n"
	    "]}\n",
	    "STATION           WHERE                     SINCE INTERFAC"
	    "E\n"
	    "02:00:00:00:00:07 02:00:00:00:00:00:00:02   4m02s roam0 et"
	    "h1\n"
	    "  192.168.44.17/32 29m58s left, 2001:db8:1234:5678::/64 1h"
	    "29m left\n"
	    "02:00:00:00:00:08 02:00:00:00:00:00:00:03   350ms -\n"
	    "  flaps: 9 moves lately, 192.168.44.61/32 10m20s left\n"
	    "02:00:00:00:00:09 -                            0s -\n" },
	{ LIST(PEERS, PEER, peers),
	    "ROUTER                  STATE        SINCE      IN     O"
	    "UT ADDRESS\n"
	    "core                    up           2h14m      57      "
	    "31 10.1.1.2:4444\n"
	    "  TLSv1.3 TLS_AES_128_GCM_SHA256, psk 98f4c69c, proven\n"
	    "-                       up           1m00s       5      "
	    "91 [2001:db8:1::3]:4444\n"
	    "  connected to us, version 1, no tls, not proven\n"
	    "-                       idle            3s       0      "
	    " 0 10.1.1.4:4444\n"
	    "  named ap4.example, 4 failures, 5s to the next try,\n"
	    "  connect: Connection refused\n",
	    "{\"peers\":[\n"
	    "{\"state\":\"up\",\"since_seconds\":8099,\"updates_in\":"
	    "57,\"updates_out\":31,\"address\":\"10.1.1.2\",\"port\":"
	    "4444,\"inbound\":false,\"extended\":true,\"no_tls\":fals"
	    "e,\"tls_version\":\"TLSv1.3\",\"tls_cipher\":\"TLS_AES_1"
	    "28_GCM_SHA256\",\"tls_identity\":\"psk 98f4c69c\",\"hear"
	    "tbeat\":false,\"proven\":true,\"configured\":true,\"router_id\":\"02:00:"
	    "00:00:00:00:00:01\",\"router\":\"core\",\"connects\":1,"
	    "\"dropped\":0,\"queued_octets\":0,\"failures\":0,\"limit"
	    "s\":0,\"cuts\":0,\"retry_seconds\":0,\"error\":null,\"au"
	    "tomatic\":false,\"host\":null},\n"
	    "{\"state\":\"up\",\"since_seconds\":60,\"updates_in\":5,"
	    "\"updates_out\":91,\"address\":\"2001:db8:1::3\",\"port"
	    "\":4444,\"inbound\":true,\"extended\":false,\"no_tls\":t"
	    "rue,\"tls_version\":null,\"tls_cipher\":null,\"tls_ident"
	    "ity\":null,\"heartbeat\":false,\"proven\":false,\"configured\":false,\"ro"
	    "uter_id\":null,\"router\":null,\"connects\":0,\"dropped"
	    "\":0,\"queued_octets\":0,\"failures\":0,\"limits\":0,\"c"
	    "uts\":0,\"retry_seconds\":0,\"error\":null,\"automatic\""
	    ":false,\"host\":null},\n"
	    "{\"state\":\"idle\",\"since_seconds\":3,\"updates_in\":0"
	    ",\"updates_out\":0,\"address\":\"10.1.1.4\",\"port\":444"
	    "4,\"inbound\":false,\"extended\":false,\"no_tls\":false,"
	    "\"tls_version\":null,\"tls_cipher\":null,\"tls_identity"
	    "\":null,\"heartbeat\":false,\"proven\":false,\"configured\":true,\"router"
	    "_id\":null,\"router\":null,\"connects\":0,\"dropped\":0,"
	    "\"queued_octets\":0,\"failures\":4,\"limits\":0,\"cuts\""
	    ":0,\"retry_seconds\":5,\"error\":\"connect: Connection r"
	    "efused\",\"automatic\":false,\"host\":\"ap4.example\"}\n"
	    "]}\n",
	    "ROUTER                  STATE        SINCE      IN     O"
	    "UT ADDRESS\n"
	    "02:00:00:00:00:00:00:01 up           2h14m      57      "
	    "31 10.1.1.2:4444\n"
	    "  TLSv1.3 TLS_AES_128_GCM_SHA256, psk 98f4c69c, proven\n"
	    "-                       up           1m00s       5      "
	    "91 [2001:db8:1::3]:4444\n"
	    "  connected to us, version 1, no tls, not proven\n"
	    "-                       idle            3s       0      "
	    " 0 10.1.1.4:4444\n"
	    "  named ap4.example, 4 failures, 5s to the next try,\n"
	    "  connect: Connection refused\n" },
	{ LIST(INTERFACES, INTERFACE, interfaces),
	    "INTERFACE       STATE  SOURCE   LLADDR            GATEWAYS"
	    "\n"
	    "roam0           up     bridge   02:00:5e:00:53:44 192.168."
	    "44.1 fe80::44\n"
	    "  hostapd, 12 DHCP, 3 RS, 40 ARP, 33 NS and NA, 77 sent, 1 "
	    "foreign,\n  5 DHCP and no address free, 2 RS of no station "
	    "here\n"
	    "wlan0           absent auto     -                 -\n"
	    "  0 DHCP, 0 RS, 0 ARP, 0 NS and NA, 0 sent\n",
	    "{\"interfaces\":[\n"
	    "{\"name\":\"roam0\",\"network\":\"unnamed\",\"source\":\"bridge\",\"lladdr\":\"02:"
	    "00:5e:00:53:44\",\"ifindex\":4,\"up\":true,\"gateway_ipv4"
	    "\":\"192.168.44.1\",\"gateway_ipv6\":\"fe80::44\",\"host"
	    "apd\":true,\"dhcp\":12,\"solicits\":3,\"arps\":40,\"neighbours\":33,\"sent\":"
	    "77,\"malformed\":0,\"foreign\":1,"
	    "\"limited\":0,\"strangers\":0,\"lost\":0,"
	    "\"not_for_us\":0,\"idle\":0,\"answers_unmade\":0,"
	    "\"relays_denied\":0,\"impostors\":0,"
	    "\"probes\":0,\"dhcp_servers\":0,\"proxied\":0,\"send_errors\":0,"
	    "\"dhcp6\":0,\"adverts\":0"
	    ",\"dhcp_no_gateway\":0,\"dhcp_for_others\":0"
	    ",\"dhcp_no_client\":0,\"dhcp_other_server\":0"
	    ",\"dhcp_not_owner\":0,\"dhcp_not_here\":0"
	    ",\"dhcp_still_used\":0,\"dhcp_declined\":0,"
	    "\"dhcp_no_address\":5,\"dhcp_kept\":0"
	    ",\"dhcp_table_full\":0,\"dhcp_lease_limit\":0"
	    ",\"bootp_no_host\":0,\"dhcp_address_limit\":0"
	    ",\"dhcp6_not_configured\":0,\"dhcp6_not_here\":0"
	    ",\"dhcp6_too_often\":0,\"dhcp6_other_server\":0"
	    ",\"dhcp6_no_answer\":0,\"dhcp6_lease_limit\":0"
	    ",\"solicits_not_here\":2,\"solicits_too_often\":0"
	    ",\"station_denied\":0,\"join_limit\":0"
	    ",\"router_addresses\":0,"
	    "\"address_in_use\":0,\"address_limit\":0,"
	    "\"overload\":0},\n"
	    "{\"name\":\"wlan0\",\"network\":\"unnamed\",\"source\":\"auto\",\"lladdr\":null,\""
	    "ifindex\":0,\"up\":false,\"gateway_ipv4\":null,\"gateway_i"
	    "pv6\":null,\"hostapd\":false,\"dhcp\":0,\"solicits\":0,\"arps\":0,\"neighbou"
	    "rs\":0,\"sent\":0,\"malformed\":0,\"foreign\":0,"
	    "\"limited\":0,\"strangers\":0,\"lost\":0,"
	    "\"not_for_us\":0,\"idle\":0,\"answers_unmade\":0,"
	    "\"relays_denied\":0,\"impostors\":0,"
	    "\"probes\":0,\"dhcp_servers\":0,\"proxied\":0,\"send_errors\":0,"
	    "\"dhcp6\":0,\"adverts\":0"
	    ",\"dhcp_no_gateway\":0,\"dhcp_for_others\":0"
	    ",\"dhcp_no_client\":0,\"dhcp_other_server\":0"
	    ",\"dhcp_not_owner\":0,\"dhcp_not_here\":0"
	    ",\"dhcp_still_used\":0,\"dhcp_declined\":0,"
	    "\"dhcp_no_address\":0,\"dhcp_kept\":0"
	    ",\"dhcp_table_full\":0,\"dhcp_lease_limit\":0"
	    ",\"bootp_no_host\":0,\"dhcp_address_limit\":0"
	    ",\"dhcp6_not_configured\":0,\"dhcp6_not_here\":0"
	    ",\"dhcp6_too_often\":0,\"dhcp6_other_server\":0"
	    ",\"dhcp6_no_answer\":0,\"dhcp6_lease_limit\":0"
	    ",\"solicits_not_here\":0,\"solicits_too_often\":0"
	    ",\"station_denied\":0,\"join_limit\":0"
	    ",\"router_addresses\":0,"
	    "\"address_in_use\":0,\"address_limit\":0,"
	    "\"overload\":0}\n"
	    "]}\n",
	    NULL },
	{ LIST(ROUTES, ROUTE, routes),
	    "ROUTE                   KIND   TO                      BY"
	    "\n"
	    "192.168.44.17/32        local  02:00:00:00:00:07       roa"
	    "m0\n"
	    "2001:db8:1234:5678::/64 local  02:00:00:00:00:07       roa"
	    "m0\n"
	    "192.168.44.61/32        direct ap3                     eth"
	    "0 10.1.1.3\n"
	    "192.168.44.62/32        direct 02:00:00:00:00:00:00:04 not"
	    " installed\n"
	    "  no route to 10.1.1.4\n",
	    "{\"routes\":[\n"
	    "{\"prefix\":\"192.168.44.17/32\",\"network\":\"unnamed\","
	    "\"kind\":\"local\",\"installed\":true,\"interface\":\"roam"
	    "0\",\"via\":null,\"router_id\":null,\"router\":null,\"mac"
	    "\":\"02:00:00:00:00:07\",\"error\":null},\n"
	    "{\"prefix\":\"2001:db8:1234:5678::/64\",\"network\":\"unna"
	    "med\",\"kind\":\"local\",\"installed\":true,\"interface\":"
	    "\"roam0\",\"via\":null,\"router_id\":null,\"router\":null,"
	    "\"mac\":\"02:00:00:00:00:07\",\"error\":null},\n"
	    "{\"prefix\":\"192.168.44.61/32\",\"network\":\"unnamed\","
	    "\"kind\":\"direct\",\"installed\":true,\"interface\":\"eth"
	    "0\",\"via\":\"10.1.1.3\",\"router_id\":\"02:00:00:00:00:00"
	    ":00:03\",\"router\":\"ap3\",\"mac\":null,\"error\":null},\n"
	    "{\"prefix\":\"192.168.44.62/32\",\"network\":\"unnamed\","
	    "\"kind\":\"direct\",\"installed\":false,\"interface\":null"
	    ",\"via\":null,\"router_id\":\"02:00:00:00:00:00:00:04\",\""
	    "router\":null,\"mac\":null,\"error\":\"no route to 10.1.1."
	    "4\"}\n"
	    "]}\n",
	    "ROUTE                   KIND   TO                      BY"
	    "\n"
	    "192.168.44.17/32        local  02:00:00:00:00:07       roa"
	    "m0\n"
	    "2001:db8:1234:5678::/64 local  02:00:00:00:00:07       roa"
	    "m0\n"
	    "192.168.44.61/32        direct 02:00:00:00:00:00:00:03 eth"
	    "0 10.1.1.3\n"
	    "192.168.44.62/32        direct 02:00:00:00:00:00:00:04 not"
	    " installed\n"
	    "  no route to 10.1.1.4\n" },
	{ LIST(ROUTERS, ROUTER, routers),
	    "ROUTER                  VERSION  STATIONS    LEFT ALIKE "
	    "ADDRESSES\n"
	    "ap2                     2.0.0           1    self yes   10.1.1.2"
	    " 2001:db8:1::2\n"
	    "ap3                     2.0.0           1   1h25m no    10.1.1.3"
	    "\n"
	    "  heard of 12s ago from core, 1 hop, a peer,\n"
	    "  SHA256:AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ,\n"
	    "  two routers have its identity\n",
	    "{\"routers\":[\n"
	    "{\"version\":\"2.0.0\",\"stations\":1,\"alike\":\"yes\","
	    "\"router_id\":\"02:0"
	    "0:00:00:00:00:00:02\",\"router\":\"ap2\",\"address_ipv4\":"
	    "\"10.1.1.2\",\"address_ipv6\":\"2001:db8:1::2\",\"lifetime"
	    "_seconds\":0,\"self\":true,\"heard_seconds\":0,\"hops\":0"
	    ",\"via_id\":nu"
	    "ll,\"via\":null,\"via_address\":null,\"peer\":false,\"silen"
	    "t\":false,\"fingerprint\":null,\"cloned\":false},\n"
	    "{\"version\":\"2.0.0\",\"stations\":1,\"alike\":\"no\","
	    "\"router_id\":\"02:0"
	    "0:00:00:00:00:00:03\",\"router\":\"ap3\",\"address_ipv4\":"
	    "\"10.1.1.3\",\"address_ipv6\":null,\"lifetime_seconds\":51"
	    "02,\"self\":false,\"heard_seconds\":12,\"hops\":1,\"via_id\":\"02:00:00"
	    ":00:00:00:00:01\",\"via\":\"core\",\"via_address\":null,\"p"
	    "eer\":true,\"silent\":false,"
	    "\"fingerprint\":\"SHA256:AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAQ\",\"cloned\":true}\n"
	    "]}\n",
	    "ROUTER                  VERSION  STATIONS    LEFT ALIKE "
	    "ADDRESSES\n"
	    "02:00:00:00:00:00:00:02 2.0.0           1    self yes   10.1.1.2"
	    " 2001:db8:1::2\n"
	    "02:00:00:00:00:00:00:03 2.0.0           1   1h25m no    10.1.1.3"
	    "\n"
	    "  heard of 12s ago from 02:00:00:00:00:00:00:01, 1 hop, a"
	    " peer,\n"
	    "  SHA256:AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ,\n"
	    "  two routers have its identity\n" },
	{ LIST(MEMORY, MEMORY, memory),
	    "PROCESS           PID   RESIDENT       HEAP    OBJECTS    "
	    "   SIZE\n"
	    "parent            812      3515K       205K          3    "
	    "    900\n"
	    "engine            814      4882K      1855K         10    "
	    "   2560\n",
	    "{\"memory\":[\n"
	    "{\"process\":\"parent\",\"pid\":812,\"rss_octets\":3600000"
	    ",\"heap_octets\":210000,\"objects\":3,\"object_octets\":90"
	    "0},\n"
	    "{\"process\":\"engine\",\"pid\":814,\"rss_octets\":5000000"
	    ",\"heap_octets\":1900000,\"objects\":10,\"object_octets\":"
	    "2560}\n"
	    "]}\n",
	    NULL },
	{ LIST(ROAMS, ROAM, roams),
	    "    AGO STATION           FROM                    TO        "
	    "               HEARD\n"
	    "     5s 02:00:00:00:00:07 ap2                     ap3       "
	    "                 3ms\n"
	    "  1m01s 02:00:00:00:00:07 -                       02:00:00:0"
	    "0:00:00:00:02     0s\n",
	    "{\"roams\":[\n"
	    "{\"ago_ms\":5200,\"mac\":\"02:00:00:00:00:07\",\"network\""
	    ":\"unnamed\",\"heard_after_ms\":3,\"from_id\":\"02:00:00:0"
	    "0:00:00:00:02\",\"from\":\"ap2\",\"to_id\":\"02:00:00:00:0"
	    "0:00:00:03\",\"to\":\"ap3\"},\n"
	    "{\"ago_ms\":61000,\"mac\":\"02:00:00:00:00:07\",\"network"
	    "\":\"unnamed\",\"heard_after_ms\":0,\"from_id\":null,\"fro"
	    "m\":null,\"to_id\":\"02:00:00:00:00:00:00:02\",\"to\":null"
	    "}\n"
	    "]}\n",
	    "    AGO STATION           FROM                    TO        "
	    "               HEARD\n"
	    "     5s 02:00:00:00:00:07 02:00:00:00:00:00:00:02 02:00:00:0"
	    "0:00:00:00:03    3ms\n"
	    "  1m01s 02:00:00:00:00:07 -                       02:00:00:0"
	    "0:00:00:00:02     0s\n" },
	{ LIST(LEASES, LEASE, leases_of),
	    "ADDRESS                     LEFT STATION           NETWORK   "
	    "WHERE\n"
	    "192.168.44.17/32          29m58s 02:00:00:00:00:07 unnamed   "
	    "ap2\n"
	    "10.45.0.17/32              1m38s 02:00:00:00:00:07 guest-ext "
	    "ap2\n",
	    NULL, NULL },
	{ LIST(STATIONS, STATION, stations_of),
	    "STATION           NETWORK   WHERE               SINCE INTERFACE"
	    "\n"
	    "02:00:00:00:00:07 unnamed   ap3                    0s -\n"
	    "02:00:00:00:00:07 guest-ext ap2                    0s roam0 "
	    "eth1\n",
	    NULL, NULL },
	{ LIST(ROUTES, ROUTE, routes_of),
	    "ROUTE                   NETWORK   KIND   TO                BY\n"
	    "192.168.44.17/32        unnamed   local  02:00:00:00:00:07 roam0"
	    "\n"
	    "2001:db8:1234:5678::/64 -         local  02:00:00:00:00:07 roam0"
	    "\n",
	    NULL, NULL },
	{ LIST(ROAMS, ROAM, roams_of),
	    "    AGO STATION           NETWORK   FROM              TO        "
	    "         HEARD\n"
	    "     5s 02:00:00:00:00:07 guest-ext ap2               ap3       "
	    "           3ms\n",
	    NULL, NULL },
	{ LIST(NETWORKS, NETWORK, networks),
	    "NETWORK         STATIONS   HERE    IPV4  POOL    IPV6 DELEGATED"
	    "\n"
	    "unnamed               12      4      13    5%      12         0"
	    "\n"
	    "  192.168.44.0/24 12 of 253, 2001:db8:44::/48 12 of 65536, "
	    "interface roam0,\n"
	    "  reaches iot\n"
	    "iot                    0      0       0     -       0         0"
	    "\n"
	    "  not isolated, interface a?, interface b, and 2 interfaces "
	    "more,\n"
	    "  reaches unnamed\n"
	    "gues                   0      0       0     -       0         0"
	    "\n"
	    "  not configured here, 14 data to relay\n",
	    "{\"networks\":[\n"
	    "{\"network\":\"unnamed\",\"stations\":12,\"stations_here\":4,"
	    "\"leases_ipv4\":13,\"leases_ipv6\":12,\"leases_delegated\":0,"
	    "\"configured\":true,\"isolated\":true,\"prefixes\":["
	    "{\"prefix\":\"192.168.44.0/24\",\"size\":253,\"used\":12},"
	    "{\"prefix\":\"2001:db8:44::/48\",\"size\":65536,\"used\":12}],"
	    "\"interface_count\":1,\"interfaces\":[\"roam0\"],"
	    "\"reaches\":[\"iot\"],\"data\":0,\"pool_ipv4\":253,"
	    "\"pool_ipv4_used\":12,\"pool_ipv6\":65536,"
	    "\"pool_ipv6_used\":12,\"pool_delegated\":0,"
	    "\"pool_delegated_used\":0},\n"
	    "{\"network\":\"iot\",\"stations\":0,\"stations_here\":0,"
	    "\"leases_ipv4\":0,\"leases_ipv6\":0,\"leases_delegated\":0,"
	    "\"configured\":true,\"isolated\":false,\"prefixes\":[],"
	    "\"interface_count\":18,\"interfaces\":[\"a?\",\"b\"],"
	    "\"reaches\":[\"unnamed\"],\"data\":0,\"pool_ipv4\":0,"
	    "\"pool_ipv4_used\":0,\"pool_ipv6\":0,"
	    "\"pool_ipv6_used\":0,\"pool_delegated\":0,"
	    "\"pool_delegated_used\":0},\n"
	    "{\"network\":\"gues\",\"stations\":0,\"stations_here\":0,"
	    "\"leases_ipv4\":0,\"leases_ipv6\":0,\"leases_delegated\":0,"
	    "\"configured\":false,\"isolated\":false,\"prefixes\":[],"
	    "\"interface_count\":0,\"interfaces\":[],"
	    "\"reaches\":[],\"data\":14,\"pool_ipv4\":0,"
	    "\"pool_ipv4_used\":0,\"pool_ipv6\":0,"
	    "\"pool_ipv6_used\":0,\"pool_delegated\":0,"
	    "\"pool_delegated_used\":0}\n"
	    "]}\n", NULL },
	/* empty lists, and requests that are answered with success only */
	{ CTL_SHOW_LEASES, CTL_LEASE, NULL, 0, 0,
	    "ADDRESS                     LEFT STATION           WHERE\n",
	    "{\"leases\":[]}\n", NULL },
	{ CTL_RELOAD, CTL_NONE, NULL, 0, 0, "", "{\"ok\":true}\n", NULL }
};

/* The text of a listing; the caller frees it. */
static char *
print(const struct row *row, bool json, bool numeric)
{
	const char *record = row->records;
	struct output out;
	char *text = NULL;
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	output_init(&out, row->request, f, json, numeric);
	for (i = 0; i < row->n; i++)
		assert_int_equal(output_record(&out, row->type,
		    record + i * row->len, row->len), 0);
	output_end(&out, true);
	fclose(f);
	return text;
}

static void
fits_a_screen(const char *text)
{
	const char *end;

	for (; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		assert_true(end - text <= 80);
		assert_true(end == text || end[-1] != ' ');
	}
	assert_int_equal(*text, '\0');
}

static void
records_are_listed_as_text_and_as_json(void **state)
{
	const struct row *row;
	char *text;

	(void)state;
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++) {
		text = print(row, false, false);
		assert_string_equal(text, row->text);
		fits_a_screen(text);
		free(text);
		if (row->json == NULL)
			continue;
		text = print(row, true, false);
		assert_string_equal(text, row->json);
		free(text);
		text = print(row, false, true);
		assert_string_equal(text, row->numeric != NULL ?
		    row->numeric : row->text);
		fits_a_screen(text);
		free(text);
		/* JSON has both, and always the same keys. */
		text = print(row, true, true);
		assert_string_equal(text, row->json);
		free(text);
	}
}

static void
foreign_text_does_not_steer_the_terminal(void **state)
{
	struct ctl_router router = { .id = ID(3), .name = "\033[2Jap\n\xff" };
	const struct row row = { CTL_SHOW_ROUTERS, CTL_ROUTER, &router,
	    sizeof(router), 1, NULL, NULL, NULL };
	char *text;

	(void)state;
	text = print(&row, false, false);
	assert_non_null(strstr(text, "?[2Jap??"));
	assert_null(strchr(text, '\033'));
	free(text);
	text = print(&row, true, false);
	assert_non_null(strstr(text, "\"router\":\"?[2Jap??\""));
	free(text);
}

static void
a_record_that_was_not_asked_for_is_refused(void **state)
{
	struct output out;

	(void)state;
	output_init(&out, CTL_SHOW_LEASES, stdout, false, false);
	assert_int_equal(output_record(&out, CTL_STATION, stations,
	    sizeof(stations[0])), -1);
	assert_int_equal(output_record(&out, CTL_LEASE, leases,
	    sizeof(leases[0]) - 1), -1);
	output_init(&out, CTL_RELOAD, stdout, false, false);
	assert_int_equal(output_record(&out, CTL_LEASE, leases,
	    sizeof(leases[0])), -1);
}

/* Output that was begun as JSON is valid JSON, also after a failure. */
static void
a_listing_that_fails_is_closed_and_one_that_never_began_is_silent(void **state)
{
	struct output out;
	char *text = NULL;
	size_t size;
	FILE *f;

	(void)state;
	assert_non_null(f = open_memstream(&text, &size));
	output_init(&out, CTL_SHOW_MEMORY, f, true, false);
	assert_int_equal(output_record(&out, CTL_MEMORY, memory,
	    sizeof(memory[0])), 0);
	output_end(&out, false);
	fclose(f);
	assert_non_null(strstr(text, "\n]}\n"));
	free(text);

	text = NULL;
	assert_non_null(f = open_memstream(&text, &size));
	output_init(&out, CTL_SHOW_MEMORY, f, true, false);
	output_end(&out, false);
	fclose(f);
	assert_string_equal(text, "");
	free(text);
}

static void
durations_are_short_and_say_their_unit(void **state)
{
	static const struct {
		uint64_t	 ms;
		const char	*text;
	} durations[] = {
		{ 0, "0s" }, { 1, "1ms" }, { 999, "999ms" }, { 1000, "1s" },
		{ 59999, "59s" }, { 60000, "1m00s" }, { 1798000, "29m58s" },
		{ 3600000, "1h00m" }, { 86399000, "23h59m" },
		{ 86400000, "1d00h" }, { 273600000, "3d04h" }
	};
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(durations) / sizeof(durations[0]); i++)
		assert_string_equal(text_duration(durations[i].ms, text,
		    sizeof(text)), durations[i].text);
}

static void
every_record_has_room_and_alignment(void **state)
{
	const struct record *r;
	uint32_t type;

	(void)state;
	for (type = CTL_SHOW_STATUS; type < CTL_REQUESTS; type++)
		if ((r = record_find(type)) != NULL &&
		    r->len > sizeof(union ctl_record))
			fail_msg("union ctl_record has no room for %s", r->key);
}

static void
learn_names(void)
{
	names_add(&routers[1]);
	names_add(&routers[1]);		/* a second time */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_has_room_and_alignment),
		cmocka_unit_test(records_are_listed_as_text_and_as_json),
		cmocka_unit_test(foreign_text_does_not_steer_the_terminal),
		cmocka_unit_test(a_record_that_was_not_asked_for_is_refused),
		cmocka_unit_test(
	    a_listing_that_fails_is_closed_and_one_that_never_began_is_silent),
		cmocka_unit_test(durations_are_short_and_say_their_unit)
	};

	learn_names();
	return cmocka_run_group_tests_name("sroamctl_output", tests, NULL,
	    NULL);
}
