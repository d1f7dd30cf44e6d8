/* SPDX-License-Identifier: ISC */
/*
 * A valid message of each type between our processes, with who may send it to
 * whom: written independently of the table in ipc/ipc.c.
 */
#ifndef REGRESS_IPC_SAMPLES_H
#define REGRESS_IPC_SAMPLES_H

#include "ipc/ipc.h"
#include "ipc/listing.h"

#define P		(1u << PROC_PARENT)
#define E		(1u << PROC_ENGINE)
#define F		(1u << PROC_FRONTEND)
#define R		(1u << PROC_RESOLVER)
#define S		(1u << PROC_SIGNER)
#define TYPES		(IPC_MAX - IPC_FIRST)

/* Addresses as octets, and what uses them. */
#define V4(a, b, c, d)	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, \
			    a, b, c, d } }
#define V6(a, b)	{ { a, b, 0x0d, 0xb8, 0, 1, 0, 2 } }
#define V6HOST		{ { 0x20, 1, 0x0d, 0xb8, [15] = 1 } }
#define LINKLOCAL	{ { 0xfe, 0x80, [15] = 1 } }
#define ID		{ { 2, 0, 0, 0, 0, 0, 0, 1 } }
#define MAC		{ { 2, 0, 0, 0, 0, 7 } }
#define HOST4		{ V4(192, 168, 44, 17), 128 }
#define STATION6	{ V6(0x20, 0x01), 64 }

static const struct ipc_hello hello = { .self = ID, .verbose = 1, .run = 7 };
static const struct ipc_identity identity = { .id = ID };
static const struct ipc_sign_router sign_router = {
	.number = 1, .vallen = 3, .value = { 4, 1, '2' }
};
static const struct ipc_sign_session sign_session = {
	.session = 4, .role = SIGN_CLIENT
};
static const struct ipc_signed_router signed_router = { .number = 1 };
static const struct ipc_signed_session signed_session = { .session = 4 };
static const struct ipc_refused refused = { .why = "tls cert: expired" };
static const struct conf_global global = {
	.router_addr4 = V4(10, 1, 1, 1),
	.router_addr6 = V6HOST, .name = "ap1", .user = "_sroamd",
	.chroot = "/run/sroamd/empty", .state = "/var/lib/sroamd",
	.socket = "/run/sroamd.sock", .location_time = 5400,
	.probe_interval = 30, .table = 44, .rule_priority = 1000,
	.metric = 10, .max_data = 1000, .max_routers = 4096,
	.max_peers = 16, .max_source = 16,
	.max_handshakes = 64, .max_updates = 50000, .direct = 1
};
static const struct conf_network conf_network = {
	.lease_time = 1800, .lease_first = 600, .max_leases = 20,
	.max_share = 75, .max_addrs = 8, .prefix_valid = 5400,
	.prefix_preferred = 2700,
	.router_lifetime = 1800, .nprefixes = 2, .nnameservers = 1,
	.prefixes = { { V4(192, 168, 44, 0), 120 },
	    { { { 0x20, 1, 0x0d, 0xb8, 0, 1 } }, 48 } },
	.nameservers = { V4(192, 168, 43, 43) }
};
static const struct conf_listen conf_listen = {
	.port = 4444, .notls = 1, .nfrom = 1,
	.from = { { V4(10, 0, 0, 0), 104 } }
};
static const struct conf_peer conf_peer = {
	.addr = V4(10, 1, 1, 2), .port = 4444, .notls = 1
};
static const struct conf_iface iface = {
	.name = "wlan0", .source = SOURCE_BRIDGE, .nports = 2,
	.ports = { "p1", "p2" }, .lladdr = MAC, .naddrs = 2,
	.addrs = { { V4(192, 168, 44, 1), 120 }, { LINKLOCAL, 64 } }
};
static const struct ipc_secret secret = {
	.kind = SECRET_PSK, .len = 3, .data = { 1, 2, 3 }
};
static const uint32_t one = 1;
static const struct link link0 = {
	.ifindex = 3, .name = "wlan0", .lladdr = MAC, .up = 1,
	.source = SOURCE_BRIDGE, .mtu = 1500,
	.gateway4 = V4(192, 168, 44, 1), .gateway6 = LINKLOCAL
};
static const struct sighting sighting = {
	.ifindex = 3, .port = 4, .kind = SIGHTING_PRESENT, .mac = MAC,
	.source = SOURCE_NL80211, .tag = 10
};
static const struct route route = {
	.prefix = HOST4, .kind = ROUTE_LOCAL, .mac = MAC, .ifindex = 3,
	.router = ID
};
static const struct neigh neigh = {
	.ifindex = 3, .present = 1, .mac = MAC, .addr = LINKLOCAL
};
static const struct ipc_peer peer = {
	.number = 1, .addr = V4(10, 1, 1, 2), .port = 4444, .notls = 1
};
static const struct ipc_peer peer_failed = {
	.number = 1, .error = 111, .addr = V4(10, 1, 1, 2), .port = 4444
};
static const struct ipc_link_socket link_socket = {
	.ifindex = 4, .kind = LINK_SOCKET_NEIGHBOUR
};
static const struct ipc_discover discover = {
	.ifindex = 3, .port = 4444, .name = "eth0"
};
static const struct ipc_resolve resolve = { .host = "ap2.example" };
static const struct ipc_resolved resolved = {
	.naddrs = 2, .addrs = { V4(10, 1, 1, 2), V6HOST }
};
static const struct ipc_log log_text = { .priority = 6, .text = "hello" };
static const struct ctl_parent parent_status = {
	.log_lost = { 0, 2, 30 }, .kernel_refused = 1, .kernel_repaired = 7
};
static const struct ipc_fd_lost fd_lost = {
	.type = IPC_LINK_SOCKET, .ifindex = 4
};
static const struct ipc_lost lost = { .count = { 0, 2, 30 } };
static const struct nexthop nexthop = {
	.router = ID, .addr4 = V4(10, 1, 1, 2), .addr6 = V6HOST
};
static const struct disassociate disassociate = {
	.ifindex = 3, .port = 4, .mac = MAC, .silent = 1
};
static const struct pin pin = {
	.ifindex = 3, .port = 4, .mac = MAC, .held = 1
};
static const struct inquiry inquiry = {
	.ifindex = 3, .port = 4, .mac = MAC
};
static const struct conf_option conf_option = {
	.option = { .code = 66, .len = 3, .data = "abc" }
};
static const struct conf_host conf_host = {
	.name = "printer", .mac = MAC, .addr = V4(192, 168, 44, 5),
	.prefix = STATION6
};
static const struct conf_router conf_router = { .id = ID, .name = "ap2" };
static const struct conf_deny conf_deny = { .id = ID };
static const struct conf_bar conf_bar = { .mac = MAC };
#define ASKED { \
	.ifindex = 3, .ciaddr = V4(192, 168, 44, 17), .type = DHCP_REQUEST, \
	.source_mac = MAC, .chaddr = MAC, .nparams = 2 }
static const struct dhcp_request dhcp = ASKED;
#define ASKED6 { \
	.ifindex = 3, .type = DHCP6_SOLICIT, .nias = 1, .source_mac = MAC, \
	.client_idlen = 10, .source = LINKLOCAL, \
	.ias = { { .delegation = 1 } } }
static const struct dhcp6_request dhcp6 = ASKED6;
static const struct dhcp6_reply reply6 = {
	.to = ASKED6, .type = DHCP6_ADVERTISE
};
static const struct solicit solicit = {
	.ifindex = 3, .source_mac = MAC, .lladdr = MAC, .source = LINKLOCAL
};
static const struct heard heard = {
	.ifindex = 3, .kind = HEARD_ARP, .mac = MAC,
	.addr = V4(192, 168, 44, 17)
};
static const struct dhcp_reply reply = {
	.to = ASKED, .yiaddr = V4(192, 168, 44, 17),
	.server = V4(192, 168, 44, 1), .lease = 1800, .type = DHCP_ACK
};
static const struct advert advert = {
	.ifindex = 3, .router_lifetime = 1800, .nprefixes = 1,
	.prefixes = { { STATION6, { 0 }, 5400, 2700 } }, .mac = MAC
};
static const struct announce announce = { .ifindex = 3, .mac = MAC };
static const struct arp_ask arp = {
	.ifindex = 3, .mac = MAC, .target = V4(192, 168, 44, 17)
};
static const struct ipc_drops drops = {
	.ifindex = 3, .count = { [CTL_DROP_DHCP_EMPTY] = 2 }
};
static const struct probe probe = {
	.ifindex = 3, .tag = 10, .mac = MAC, .addr = V4(192, 168, 44, 17)
};
static const struct ipc_ctl ctl = {
	.type = CTL_CLEAR_LEASE, .request = {
	    .version = CTL_VERSION, .network = "guest", .has_prefix = 1,
	    .prefix = HOST4 }
};
static const struct ctl_status show_status = { .name = "ap1", .version = "2" };
#define SCOPE	.scope = { .network = "guest", .width = 7 }
static const struct ctl_lease lease = { SCOPE, .prefix = HOST4 };
static const struct ctl_station station = {
	SCOPE, .mac = MAC, .here = 1, .nprefixes = 2,
	.prefixes = { HOST4, STATION6 }
};
static const struct ctl_peer ctl_peer = { .state = CTL_PEER_UP };
static const struct ctl_route ctl_route = { SCOPE, .prefix = HOST4 };
static const struct ctl_router router = {
	.addr4 = V4(10, 1, 1, 1), .addr6 = V6HOST
};
static const struct ctl_memory memory = { .pid = 1 };
static const struct ctl_roam roam = { SCOPE, .mac = MAC, .to_name = "ap1" };
static const struct ctl_network network = {
	SCOPE, .configured = 1, .ninterfaces = 1,
	.pools = { { .prefix = { { { 0x20, 1, 0xd, 0xb8 } }, 48 },
	    .size = 65536, .used = 2 } },
	.interfaces = { "roamg" }, .reaches = { "unnamed" }
};
static const struct ctl_event event = {
	SCOPE, .seq = 1, .time = 1, .type = CTL_EVENT_ROAM,
	.about = CTL_ABOUT_STATION, .mac = MAC, .nprefixes = 2,
	.prefixes = { HOST4, STATION6 }, .router_name = "ap1"
};
static const uint32_t records = LISTING_WINDOW;
static const struct ctl_end end = { .error = 1, .text = "no" };

/* All valid messages: the whole table again, written independently. */
struct good {
	uint32_t	 type;
	const char	*name;
	unsigned int	 from, to;
	bool		 fd;
	const void	*data;
	size_t		 len;
};

#define GOOD(type, from, to, fd, data) \
	{ type, #type, from, to, fd, &data, sizeof(data) }
#define EMPTY(type, from, to, fd) \
	{ type, #type, from, to, fd, NULL, 0 }

static const struct good goods[] = {
	GOOD(IPC_HELLO, P, E | F, true, hello),
	EMPTY(IPC_HELLO_SIGNER, P, S, true),
	EMPTY(IPC_SIGNER, P, E | S, true),
	GOOD(IPC_CONF_BEGIN, P, E | F, false, global),
	GOOD(IPC_CONF_NETWORK, P, E | F, false, conf_network),
	GOOD(IPC_CONF_LISTEN, P, E | F, false, conf_listen),
	GOOD(IPC_CONF_PEER, P, E | F, false, conf_peer),
	GOOD(IPC_CONF_IFACE, P, E | F, false, iface),
	GOOD(IPC_CONF_OPTION, P, E | F, false, conf_option),
	GOOD(IPC_CONF_STATIC, P, E | F, false, conf_host),
	GOOD(IPC_CONF_ROUTER, P, E | F, false, conf_router),
	GOOD(IPC_CONF_DENY, P, E | F, false, conf_deny),
	GOOD(IPC_CONF_BAR, P, E | F, false, conf_bar),
	GOOD(IPC_CONF_SECRET, P, E, false, secret),
	EMPTY(IPC_CONF_END, P, E | F, false),
	EMPTY(IPC_CONF_COMMIT, P, E | F, false),
	EMPTY(IPC_CONF_ABORT, P, E | F, false),
	GOOD(IPC_VERBOSE, P, E | F, false, one),
	GOOD(IPC_LINK, P, E | F, false, link0),
	GOOD(IPC_LINK_SOCKET, P, F, true, link_socket),
	EMPTY(IPC_CONTROL_SOCKET, P, F, true),
	GOOD(IPC_SIGHTING, P, E, false, sighting),
	GOOD(IPC_ADOPT, P, E, false, route),
	GOOD(IPC_PEER_FD, P, E, true, peer),
	GOOD(IPC_PEER_FAILED, P, E, false, peer_failed),
	GOOD(IPC_PEER_ROUTE, P, E, false, peer),
	GOOD(IPC_DISCOVER_SOCKET, P, E, true, discover),
	GOOD(IPC_RESOLVE, P, R, false, resolve),
	GOOD(IPC_PARENT_STATUS, P, F, false, parent_status),
	EMPTY(IPC_SHUTDOWN, P, E | F | R | S, false),
	EMPTY(IPC_ALIVE, P, E | F | R | S, true),
	EMPTY(IPC_CONF_READY, E | F, P, false),
	GOOD(IPC_CONF_REFUSED, E | F, P, false, refused),
	GOOD(IPC_FD_LOST, E | F, P, false, fd_lost),
	GOOD(IPC_LOG, E | F | R | S, P, false, log_text),
	GOOD(IPC_LOG_LOST, E | F | R | S, P, false, lost),
	GOOD(IPC_RESOLVED, R, P, false, resolved),
	GOOD(IPC_IDENTITY, S, P, false, identity),
	GOOD(IPC_SIGN_ROUTER, E, S, false, sign_router),
	GOOD(IPC_SIGN_SESSION, E, S, false, sign_session),
	GOOD(IPC_SIGNED_ROUTER, S, E, false, signed_router),
	GOOD(IPC_SIGNED_SESSION, S, E, false, signed_session),
	GOOD(IPC_PEER_CONNECT, E, P, false, peer),
	GOOD(IPC_ROUTE, E, P, false, route),
	GOOD(IPC_NEIGH, E, P, false, neigh),
	GOOD(IPC_NEXTHOP, E, P, false, nexthop),
	EMPTY(IPC_STARTED, E, P, false),
	GOOD(IPC_DISASSOCIATE, E, P, false, disassociate),
	GOOD(IPC_PIN, E, P, false, pin),
	GOOD(IPC_INQUIRY, E, P, false, inquiry),
	GOOD(IPC_DHCP, F, E, false, dhcp),
	GOOD(IPC_DHCP6, F, E, false, dhcp6),
	GOOD(IPC_SOLICIT, F, E, false, solicit),
	GOOD(IPC_HEARD, F, E, false, heard),
	GOOD(IPC_DHCP_REPLY, E, F, false, reply),
	GOOD(IPC_DHCP6_REPLY, E, F, false, reply6),
	GOOD(IPC_ADVERT, E, F, false, advert),
	GOOD(IPC_ANNOUNCE, E, F, false, announce),
	GOOD(IPC_PROBE, E, F, false, probe),
	GOOD(IPC_ARP_ASK, F, E, false, arp),
	GOOD(IPC_ARP_REPLY, E, F, false, arp),
	GOOD(IPC_DROPS, E, F, false, drops),
	GOOD(IPC_LISTEN, F, E, false, one),
	GOOD(IPC_CTL_MORE, F, P | E, false, records),
	GOOD(IPC_CTL, F, P | E, false, ctl),
	GOOD(CTL_STATUS, E, F, false, show_status),
	GOOD(CTL_LEASE, E, F, false, lease),
	GOOD(CTL_STATION, E, F, false, station),
	GOOD(CTL_PEER, E, F, false, ctl_peer),
	GOOD(CTL_ROUTE, P, F, false, ctl_route),
	GOOD(CTL_ROUTER, E, F, false, router),
	GOOD(CTL_MEMORY, P | E, F, false, memory),
	GOOD(CTL_ROAM, E, F, false, roam),
	GOOD(CTL_NETWORK, E, F, false, network),
	GOOD(CTL_EVENT, E, F, false, event),
	GOOD(CTL_END, P | E, F, false, end),
};
_Static_assert(sizeof(goods) / sizeof(goods[0]) == TYPES - 1,
    "every message has a row");

static inline enum proc_id
first_of(unsigned int set)
{
	return set & P ? PROC_PARENT : set & E ? PROC_ENGINE :
	    set & F ? PROC_FRONTEND : set & R ? PROC_RESOLVER :
	    PROC_SIGNER;
}
#endif
