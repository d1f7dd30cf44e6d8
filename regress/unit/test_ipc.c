/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc_samples.h"

/* One field made wrong: octets written over a message that was right. */
struct bad {
	uint32_t	 type;
	size_t		 offset, len;
	uint8_t		 octets[17];
	const char	*why;
};

#define NUM(type, s, field, value, why) \
	{ IPC_##type, offsetof(struct s, field), 4, \
	    { (value) & 0xff, (value) >> 8 & 0xff, (value) >> 16 & 0xff, \
	    (value) >> 24 & 0xff }, why }
#define BYTE(type, s, field, value, why) \
	{ IPC_##type, offsetof(struct s, field), 1, { (value) }, why }
#define ADDR(type, s, field, why, ...) \
	{ IPC_##type, offsetof(struct s, field), 16, __VA_ARGS__, why }
#define TEXT(type, s, field, why) \
	BYTE(type, s, field, 0x1b, why), \
	{ IPC_##type, offsetof(struct s, field), \
	    100 + sizeof(((struct s *)NULL)->field), { 'x' }, why }
#define NONE		{ 0 }
#define ONES		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }
#define MULTICAST	{ 0xff, 2, [15] = 1 }
#define MULTICAST4	{ [10] = 0xff, 0xff, 224, 0, 0, 1 }
#define SOME4		{ [10] = 0xff, 0xff, 10, 0, 0, 1 }
#define SOME6		{ 0x20, 1, 0x0d, 0xb8, [15] = 1 }

static const struct bad bads[] = {
	{ IPC_HELLO, 0, 8, NONE, "no router id" },
	NUM(HELLO, ipc_hello, verbose, 3, "bad verbosity"),

	ADDR(CONF_BEGIN, conf_global, router_addr4, "bad router address",
	    SOME6),
	ADDR(CONF_BEGIN, conf_global, router_addr6, "bad router address",
	    SOME4),
	TEXT(CONF_BEGIN, conf_global, name, "bad name"),
	TEXT(CONF_BEGIN, conf_global, user, "bad user"),
	BYTE(CONF_BEGIN, conf_global, user, 0, "bad user"),
	TEXT(CONF_BEGIN, conf_global, chroot, "bad path"),
	BYTE(CONF_BEGIN, conf_global, chroot, 0, "bad path"),
	TEXT(CONF_BEGIN, conf_global, state, "bad path"),
	TEXT(CONF_BEGIN, conf_global, socket, "bad path"),
	BYTE(CONF_BEGIN, conf_global, socket, 0, "bad path"),
	NUM(CONF_BEGIN, conf_global, lease_time, 0, "bad lifetime"),
	NUM(CONF_BEGIN, conf_global, location_time, 0, "bad lifetime"),
	NUM(CONF_BEGIN, conf_global, prefix_valid, 2699, "bad lifetime"),
	NUM(CONF_BEGIN, conf_global, router_lifetime, 9001, "bad lifetime"),
	BYTE(CONF_BEGIN, conf_global, onlink, 2, "bad flag"),
	BYTE(CONF_BEGIN, conf_global, preference, 3, "bad flag"),
	BYTE(CONF_BEGIN, conf_global, dhcp6, 3, "bad flag"),
	NUM(CONF_BEGIN, conf_global, nsearch, CONF_SEARCH + 1, "bad count"),
	NUM(CONF_BEGIN, conf_global, nsearch, 1, "bad domain"),
	NUM(CONF_BEGIN, conf_global, nroutes, CONF_ROUTES + 1, "bad count"),
	BYTE(CONF_BEGIN, conf_global, nat64, 1, "bad prefix"),
	BYTE(CONF_BEGIN, conf_global, captive, 0x1b, "bad URI"),
	BYTE(CONF_BEGIN, conf_global, direct, 2, "bad flag"),
	BYTE(CONF_BEGIN, conf_global, disassociate, 2, "bad flag"),
	BYTE(CONF_BEGIN, conf_global, leave_routes, 2, "bad flag"),
	BYTE(CONF_BEGIN, conf_global, verbose, 3, "bad flag"),
	BYTE(CONF_BEGIN, conf_global, tls, 3, "bad flag"),
	NUM(CONF_BEGIN, conf_global, nprefixes, CONF_PREFIXES + 1,
	    "bad count"),
	NUM(CONF_BEGIN, conf_global, nprefixes, UINT32_MAX, "bad count"),
	NUM(CONF_BEGIN, conf_global, nnameservers, CONF_NAMESERVERS + 1,
	    "bad count"),
	BYTE(CONF_BEGIN, conf_global, prefixes[1].len, 129, "bad prefix"),
	BYTE(CONF_BEGIN, conf_global, prefixes[1].len, 10, "bad prefix"),
	BYTE(CONF_BEGIN, conf_global, prefixes[0].len, 95, "bad prefix"),
	BYTE(CONF_BEGIN, conf_global, delegates[1], 47, "bad prefix"),
	BYTE(CONF_BEGIN, conf_global, delegates[1], 65, "bad prefix"),
	ADDR(CONF_BEGIN, conf_global, nameservers[0], "bad name server",
	    NONE),
	ADDR(CONF_BEGIN, conf_global, nameservers[0], "bad name server",
	    MULTICAST4),

	NUM(CONF_BEGIN, conf_global, nrelays, CONF_RELAYS + 1, "bad count"),
	NUM(CONF_BEGIN, conf_global, nrelays, 1, "bad relay"),
	NUM(CONF_BEGIN, conf_global, nntp, 1, "bad time server"),
	NUM(CONF_BEGIN, conf_global, nranges, 1, "bad range"),
	NUM(CONF_BEGIN, conf_global, nexcludes, 1, "bad range"),
	NUM(CONF_BEGIN, conf_global, nsearch, CONF_SEARCH + 1, "bad count"),
	BYTE(CONF_BEGIN, conf_global, rapid_commit, 2, "bad flag"),
	TEXT(CONF_BEGIN, conf_global, domain, "bad text"),

	{ IPC_CONF_OPTION, offsetof(struct dhcp_option, len), 2,
	    { 0xff, 0xff }, "bad length" },
	TEXT(CONF_STATIC, conf_host, name, "bad name"),
	BYTE(CONF_STATIC, conf_host, name, 0, "bad name"),
	BYTE(CONF_STATIC, conf_host, mac, 1, "bad MAC address"),
	ADDR(CONF_STATIC, conf_host, addr, "bad address", SOME6),
	BYTE(CONF_STATIC, conf_host, prefix.len, 63, "bad address"),
	BYTE(CONF_STATIC, conf_host, delegated.len, 47, "bad address"),

	ADDR(CONF_LISTEN, conf_listen, addr, "bad address", MULTICAST),
	{ IPC_CONF_LISTEN, offsetof(struct conf_listen, port), 2, NONE,
	    "bad port" },
	BYTE(CONF_LISTEN, conf_listen, notls, 2, "bad flag"),
	NUM(CONF_LISTEN, conf_listen, nfrom, CONF_SOURCES + 1, "bad count"),
	BYTE(CONF_LISTEN, conf_listen, from[0].len, 129, "bad prefix"),
	BYTE(CONF_LISTEN, conf_listen, from[0].len, 8, "bad prefix"),

	ADDR(CONF_PEER, conf_peer, addr, "bad address", NONE),
	ADDR(CONF_PEER, conf_peer, addr, "bad address", MULTICAST),
	{ IPC_CONF_PEER, offsetof(struct conf_peer, port), 2, NONE,
	    "bad port" },
	BYTE(CONF_PEER, conf_peer, notls, 2, "bad flag"),
	BYTE(CONF_PEER, conf_peer, automatic, 2, "bad flag"),
	ADDR(CONF_PEER, conf_peer, from, "bad source", MULTICAST),
	BYTE(CONF_PEER, conf_peer, host[0], 'x', "bad address"),
	TEXT(CONF_PEER, conf_peer, host, "bad host"),

	TEXT(CONF_IFACE, conf_iface, name, "bad interface name"),
	BYTE(CONF_IFACE, conf_iface, name, 0, "bad interface name"),
	BYTE(CONF_IFACE, conf_iface, name[2], '/', "bad interface name"),
	BYTE(CONF_IFACE, conf_iface, name[2], ' ', "bad interface name"),
	NUM(CONF_IFACE, conf_iface, source, SOURCE_NL80211 + 1, "bad source"),
	NUM(CONF_IFACE, conf_iface, nports, CONF_PORTS + 1, "bad count"),
	NUM(CONF_IFACE, conf_iface, nports, 3, "bad port name"),
	TEXT(CONF_IFACE, conf_iface, ports[1], "bad port name"),
	NUM(CONF_IFACE, conf_iface, isolated, 2, "bad flag"),
	BYTE(CONF_IFACE, conf_iface, lladdr, 1, "bad MAC address"),
	NUM(CONF_IFACE, conf_iface, naddrs, CONF_ADDRS + 1, "bad count"),
	NUM(CONF_IFACE, conf_iface, naddrs, 3, "bad address"),
	BYTE(CONF_IFACE, conf_iface, addrs[0].len, 24, "bad address"),
	BYTE(CONF_IFACE, conf_iface, addrs[1].len, 129, "bad address"),
	ADDR(CONF_IFACE, conf_iface, addrs[1].addr, "bad address", MULTICAST),

	NUM(CONF_SECRET, ipc_secret, kind, SECRET_KINDS, "bad kind"),
	NUM(CONF_SECRET, ipc_secret, len, 0, "bad length"),
	NUM(CONF_SECRET, ipc_secret, len, IPC_SECRET_MAX + 1, "bad length"),
	NUM(CONF_SECRET, ipc_secret, offset, CONF_SECRET_MAX + 1,
	    "bad length"),

	{ IPC_VERBOSE, 0, 4, { 3 }, "bad verbosity" },

	NUM(LINK, link, ifindex, 0, "bad interface index"),
	TEXT(LINK, link, name, "bad interface name"),
	BYTE(LINK, link, name, 0, "bad interface name"),
	BYTE(LINK, link, lladdr, 1, "bad MAC address"),
	BYTE(LINK, link, up, 2, "bad flag"),
	BYTE(LINK, link, source, SOURCE_NL80211 + 1, "bad source"),
	ADDR(LINK, link, gateway4, "bad IPv4 gateway", SOME6),
	ADDR(LINK, link, gateway6, "bad IPv6 gateway", SOME6),

	NUM(LINK_SOCKET, ipc_link_socket, ifindex, 0, "bad interface index"),
	NUM(LINK_SOCKET, ipc_link_socket, kind, LINK_SOCKETS, "bad kind"),

	NUM(SIGHTING, sighting, ifindex, 0, "bad interface index"),
	NUM(SIGHTING, sighting, port, 0, "bad interface index"),
	NUM(SIGHTING, sighting, kind, SIGHTING_DEAF + 1, "bad kind"),
	BYTE(SIGHTING, sighting, source, SOURCE_PACKETS, "bad source"),
	BYTE(SIGHTING, sighting, mac, 1, "bad MAC address"),
	TEXT(SIGHTING, sighting, port_name, "bad port name"),
	BYTE(SIGHTING, sighting, port_name, '/', "bad port name"),

	BYTE(ADOPT, route, prefix.len, 120, "bad prefix"),
	BYTE(ADOPT, route, prefix.len, 127, "bad prefix"),
	BYTE(ADOPT, route, kind, ROUTE_NONE, "bad kind"),
	BYTE(ADOPT, route, mac, 1, "bad MAC address"),
	NUM(ADOPT, route, ifindex, 0, "bad interface index"),

	NUM(PEER_FD, ipc_peer, error, 1, "bad error"),
	ADDR(PEER_FD, ipc_peer, addr, "bad address", NONE),
	{ IPC_PEER_FD, offsetof(struct ipc_peer, port), 2, NONE, "bad port" },
	BYTE(PEER_FD, ipc_peer, notls, 2, "bad flag"),
	BYTE(PEER_FD, ipc_peer, automatic, 2, "bad flag"),
	BYTE(PEER_FD, ipc_peer, known, 2, "bad flag"),
	BYTE(PEER_CONNECT, ipc_peer, fruitless, 2, "bad flag"),
	NUM(PEER_FD, ipc_peer, more, 1, "bad count"),
	BYTE(PEER_FD, ipc_peer, automatic, 1, "bad interface name"),
	TEXT(PEER_FD, ipc_peer, host, "bad host"),

	NUM(PEER_FAILED, ipc_peer, number, 0, "bad number"),
	NUM(PEER_FAILED, ipc_peer, error, 0, "bad error"),
	NUM(PEER_FAILED, ipc_peer, error, UINT32_MAX, "bad error"),
	NUM(PEER_FAILED, ipc_peer, error, 4096, "bad error"),
	NUM(PEER_FAILED, ipc_peer, error, IPC_EAI_BASE, "bad error"),
	NUM(PEER_FAILED, ipc_peer, error, IPC_EAI_BASE + 1001, "bad error"),
	ADDR(PEER_FAILED, ipc_peer, addr, "bad address", MULTICAST),
	{ IPC_PEER_FAILED, offsetof(struct ipc_peer, port), 2, NONE,
	    "bad port" },
	BYTE(PEER_FAILED, ipc_peer, notls, 2, "bad flag"),
	BYTE(PEER_FAILED, ipc_peer, known, 1, "bad flag"),
	NUM(PEER_FAILED, ipc_peer, more, 1, "bad count"),

	NUM(PEER_ROUTE, ipc_peer, number, 0, "bad number"),
	NUM(PEER_ROUTE, ipc_peer, error, 1, "bad error"),
	BYTE(PEER_ROUTE, ipc_peer, known, 1, "bad flag"),
	ADDR(PEER_ROUTE, ipc_peer, addr, "bad address", MULTICAST),

	TEXT(CONF_REFUSED, ipc_refused, why, "bad text"),
	NUM(LOG, ipc_log, priority, LOG_EMERG, "bad priority"),
	NUM(LOG, ipc_log, priority, LOG_ALERT, "bad priority"),
	NUM(LOG, ipc_log, priority, 8, "bad priority"),
	NUM(LOG, ipc_log, priority, UINT32_MAX, "bad priority"),
	TEXT(LOG, ipc_log, text, "bad text"),
	BYTE(LOG, ipc_log, text, '\n', "bad text"),
	BYTE(LOG, ipc_log, text, 0x7f, "bad text"),
	{ IPC_LOG_LOST, offsetof(struct ipc_lost, count[0]), 8, ONES,
	    "bad count" },
	{ IPC_PARENT_STATUS, offsetof(struct ctl_parent, log_lost[2]), 8, ONES,
	    "bad count" },
	{ IPC_PARENT_STATUS, offsetof(struct ctl_parent, kernel_refused), 8,
	    ONES, "bad count" },
	{ IPC_PARENT_STATUS, offsetof(struct ctl_parent, kernel_overflows), 8,
	    ONES, "bad count" },
	{ IPC_PARENT_STATUS, offsetof(struct ctl_parent, memory_refused), 8,
	    ONES, "bad count" },

	NUM(BEACON_SOCKET, ipc_beacon, ifindex, 0, "bad interface index"),
	NUM(FD_LOST, ipc_fd_lost, ifindex, 0, "bad interface index"),
	NUM(FD_LOST, ipc_fd_lost, type, IPC_PEER_FD, "bad type"),
	{ IPC_BEACON_SOCKET, offsetof(struct ipc_beacon, port), 2, NONE,
	    "bad port" },
	BYTE(BEACON_SOCKET, ipc_beacon, name[0], 0, "bad interface name"),
	BYTE(RESOLVE, ipc_resolve, host[0], 0, "bad host"),
	TEXT(RESOLVE, ipc_resolve, host, "bad host"),
	NUM(RESOLVED, ipc_resolved, error, 2, "bad error"),
	NUM(RESOLVED, ipc_resolved, error, UINT32_MAX, "bad error"),
	NUM(RESOLVED, ipc_resolved, naddrs, 0, "bad count"),
	NUM(RESOLVED, ipc_resolved, naddrs, RESOLVE_ADDRS + 1, "bad count"),
	ADDR(RESOLVED, ipc_resolved, addrs[1], "bad address", NONE),
	ADDR(RESOLVED, ipc_resolved, addrs[1], "bad address", MULTICAST),

	NUM(PEER_CONNECT, ipc_peer, number, 0, "bad number"),
	NUM(PEER_CONNECT, ipc_peer, error, 1, "bad error"),
	ADDR(PEER_CONNECT, ipc_peer, addr, "bad address", NONE),
	{ IPC_PEER_CONNECT, offsetof(struct ipc_peer, port), 2, NONE,
	    "bad port" },
	BYTE(PEER_CONNECT, ipc_peer, notls, 2, "bad flag"),

	BYTE(ROUTE, route, prefix.len, 120, "bad prefix"),
	BYTE(ROUTE, route, prefix.len, 129, "bad prefix"),
	BYTE(ROUTE, route, prefix.len, 64, "bad prefix"),
	ADDR(ROUTE, route, prefix.addr, "bad prefix", SOME6),
	ADDR(ROUTE, route, prefix.addr, "bad prefix", NONE),
	ADDR(ROUTE, route, prefix.addr, "bad prefix", MULTICAST4),
	BYTE(ROUTE, route, kind, ROUTE_NONE + 1, "bad kind"),
	BYTE(ROUTE, route, mac, 1, "bad MAC address"),
	NUM(ROUTE, route, ifindex, 0, "bad interface index"),
	ADDR(ROUTE, route, gateway, "bad gateway", SOME6),
	ADDR(ADOPT, route, gateway, "bad gateway", SOME4),
	NUM(NEIGH, neigh, ifindex, 0, "bad interface index"),
	BYTE(NEIGH, neigh, present, 2, "bad flag"),
	BYTE(NEIGH, neigh, mac, 1, "bad MAC address"),
	ADDR(NEIGH, neigh, addr, "bad address", SOME4),
	ADDR(NEIGH, neigh, addr, "bad address", NONE),
	ADDR(NEIGH, neigh, addr, "bad address", MULTICAST),

	{ IPC_NEXTHOP, offsetof(struct nexthop, router), 8, NONE,
	    "bad router" },
	ADDR(NEXTHOP, nexthop, addr4, "bad address", SOME6),
	ADDR(NEXTHOP, nexthop, addr6, "bad address", SOME4),

	NUM(DISASSOCIATE, disassociate, ifindex, 0, "bad interface index"),
	BYTE(DISASSOCIATE, disassociate, mac, 1, "bad MAC address"),
	BYTE(DISASSOCIATE, disassociate, silent, 2, "bad flag"),
	NUM(INQUIRY, inquiry, ifindex, 0, "bad interface index"),
	NUM(INQUIRY, inquiry, port, 0, "bad interface index"),
	BYTE(INQUIRY, inquiry, mac, 1, "bad MAC address"),

	NUM(DHCP, dhcp_request, ifindex, 0, "bad interface index"),
	ADDR(DHCP, dhcp_request, ciaddr, "bad address", SOME6),
	ADDR(DHCP, dhcp_request, giaddr, "bad address", SOME6),
	ADDR(DHCP, dhcp_request, requested, "bad address", SOME6),
	ADDR(DHCP, dhcp_request, server, "bad address", SOME6),
	ADDR(DHCP, dhcp_request, source, "bad address", SOME6),
	BYTE(DHCP, dhcp_request, type, 0, "bad type"),
	BYTE(DHCP, dhcp_request, type, DHCP_OFFER, "bad type"),
	BYTE(DHCP, dhcp_request, type, DHCP_ACK, "bad type"),
	BYTE(DHCP, dhcp_request, type, DHCP_INFORM + 1, "bad type"),
	BYTE(DHCP, dhcp_request, nparams, DHCP_PARAMS_MAX + 1, "bad count"),
	BYTE(DHCP, dhcp_request, source_mac, 1, "bad MAC address"),

	NUM(SOLICIT, solicit, ifindex, 0, "bad interface index"),
	BYTE(SOLICIT, solicit, source_mac, 1, "bad MAC address"),

	NUM(HEARD, heard, ifindex, 0, "bad interface index"),
	NUM(HEARD, heard, kind, HEARD_NA + 1, "bad kind"),
	BYTE(HEARD, heard, mac, 1, "bad MAC address"),
	ADDR(HEARD, heard, addr, "bad address", SOME6),

	NUM(DHCP_REPLY, dhcp_reply, to.ifindex, 0, "bad interface index"),
	BYTE(DHCP_REPLY, dhcp_reply, to.nparams, DHCP_PARAMS_MAX + 1,
	    "bad count"),
	BYTE(DHCP_REPLY, dhcp_reply, to.type, DHCP_ACK, "bad type"),
	ADDR(DHCP_REPLY, dhcp_reply, yiaddr, "bad address", SOME6),
	ADDR(DHCP_REPLY, dhcp_reply, server, "bad address", SOME6),
	BYTE(DHCP_REPLY, dhcp_reply, type, DHCP_REQUEST, "bad type"),
	TEXT(DHCP_REPLY, dhcp_reply, message, "bad text"),

	NUM(DHCP6, dhcp6_request, ifindex, 0, "bad interface index"),
	BYTE(DHCP6, dhcp6_request, type, DHCP6_REPLY, "bad type"),
	BYTE(DHCP6, dhcp6_request, type, 10, "bad type"),
	BYTE(DHCP6, dhcp6_request, type, 12, "bad type"),
	NUM(DHCP6, dhcp6_request, xid, 0x1000000, "bad transaction"),
	BYTE(DHCP6, dhcp6_request, nias, DHCP6_IAS + 1, "bad count"),
	BYTE(DHCP6, dhcp6_request, client_idlen, 131, "bad count"),
	BYTE(DHCP6, dhcp6_request, server_idlen, 131, "bad count"),
	BYTE(DHCP6, dhcp6_request, ias[0].prefix.len, 129, "bad prefix"),
	BYTE(DHCP6, dhcp6_request, source_mac, 1, "bad MAC address"),
	ADDR(DHCP6, dhcp6_request, source, "bad address", SOME6),
	BYTE(DHCP6_REPLY, dhcp6_reply, type, DHCP6_SOLICIT, "bad type"),
	BYTE(DHCP6_REPLY, dhcp6_reply, has_status, 2, "bad flag"),
	BYTE(DHCP6_REPLY, dhcp6_reply, to.nias, DHCP6_IAS + 1, "bad count"),
	NUM(ADVERT, advert, ifindex, 0, "bad interface index"),
	NUM(ADVERT, advert, router_lifetime, 9001, "bad lifetime"),
	NUM(ADVERT, advert, nprefixes, ADVERT_PREFIXES + 1, "bad count"),
	NUM(ADVERT, advert, nprefixes, 2, "bad prefix"),
	BYTE(ADVERT, advert, prefixes[0].prefix.len, 63, "bad prefix"),
	BYTE(ADVERT, advert, prefixes[0].prefix.len, 129, "bad prefix"),
	NUM(ADVERT, advert, prefixes[0].valid, 2699, "bad lifetime"),

	NUM(ANNOUNCE, announce, ifindex, 0, "bad interface index"),
	BYTE(ANNOUNCE, announce, mac, 1, "bad MAC address"),

	NUM(ARP_ASK, arp_ask, ifindex, 0, "bad interface index"),
	BYTE(ARP_ASK, arp_ask, mac, 1, "bad MAC address"),
	BYTE(ARP_ASK, arp_ask, isolated, 2, "bad flag"),
	ADDR(ARP_ASK, arp_ask, target, "bad address", NONE),
	ADDR(ARP_REPLY, arp_ask, sender, "bad address", SOME6),
	NUM(DROPS, ipc_drops, ifindex, 0, "bad interface index"),
	NUM(PROBE, probe, ifindex, 0, "bad interface index"),
	BYTE(PROBE, probe, mac, 1, "bad MAC address"),
	ADDR(PROBE, probe, addr, "bad address", NONE),
	ADDR(PROBE, probe, addr, "bad address", MULTICAST),

	NUM(CTL, ipc_ctl, type, CTL_NONE, "bad request"),
	NUM(CTL, ipc_ctl, type, CTL_REQUESTS, "bad request"),
	NUM(CTL, ipc_ctl, type, CTL_END, "bad request"),
	NUM(CTL, ipc_ctl, request.version, CTL_VERSION + 1, "bad version"),
	BYTE(CTL, ipc_ctl, request.has_prefix, 2, "bad flag"),
	BYTE(CTL, ipc_ctl, request.prefix.len, 129, "bad prefix"),
	BYTE(CTL, ipc_ctl, request.prefix.len, 100, "bad prefix"),

	TEXT(CTL_STATUS, ctl_status, name, "bad text"),
	TEXT(CTL_STATUS, ctl_status, version, "bad text"),
	NUM(CTL_STATUS, ctl_status, settled, 2, "bad flag"),

	BYTE(CTL_LEASE, ctl_lease, prefix.len, 129, "bad prefix"),
	BYTE(CTL_LEASE, ctl_lease, delegated, 2, "bad flag"),
	BYTE(CTL_LEASE, ctl_lease, state, CTL_LEASE_DECLINED + 1,
	    "bad state"),
	TEXT(CTL_LEASE, ctl_lease, router_name, "bad text"),

	BYTE(CTL_STATION, ctl_station, here, 2, "bad flag"),
	BYTE(CTL_STATION, ctl_station, nprefixes, CTL_STATION_PREFIXES + 1,
	    "bad count"),
	BYTE(CTL_STATION, ctl_station, prefixes[1].len, 10, "bad prefix"),
	TEXT(CTL_STATION, ctl_station, router_name, "bad text"),
	TEXT(CTL_STATION, ctl_station, interface, "bad text"),
	TEXT(CTL_STATION, ctl_station, port, "bad text"),

	BYTE(CTL_PEER, ctl_peer, state, CTL_PEER_UP + 1, "bad state"),
	BYTE(CTL_PEER, ctl_peer, inbound, 2, "bad flag"),
	BYTE(CTL_PEER, ctl_peer, extended, 2, "bad flag"),
	BYTE(CTL_PEER, ctl_peer, notls, 2, "bad flag"),
	BYTE(CTL_PEER, ctl_peer, configured, 2, "bad flag"),
	BYTE(CTL_PEER, ctl_peer, automatic, 2, "bad flag"),
	TEXT(CTL_PEER, ctl_peer, host, "bad text"),
	BYTE(CTL_PEER, ctl_peer, heartbeat, 2, "bad flag"),
	TEXT(CTL_PEER, ctl_peer, router_name, "bad text"),
	TEXT(CTL_PEER, ctl_peer, error, "bad text"),
	TEXT(CTL_PEER, ctl_peer, tls_version, "bad text"),
	TEXT(CTL_PEER, ctl_peer, tls_cipher, "bad text"),
	TEXT(CTL_PEER, ctl_peer, tls_identity, "bad text"),

	BYTE(CTL_ROUTE, ctl_route, prefix.len, 129, "bad prefix"),
	BYTE(CTL_ROUTE, ctl_route, kind, ROUTE_NONE + 1, "bad kind"),
	BYTE(CTL_ROUTE, ctl_route, installed, 2, "bad flag"),
	TEXT(CTL_ROUTE, ctl_route, interface, "bad text"),
	TEXT(CTL_ROUTE, ctl_route, error, "bad text"),

	TEXT(CTL_ROUTER, ctl_router, name, "bad text"),
	TEXT(CTL_ROUTER, ctl_router, version, "bad text"),
	ADDR(CTL_ROUTER, ctl_router, addr4, "bad address", SOME6),
	ADDR(CTL_ROUTER, ctl_router, addr6, "bad address", SOME4),
	BYTE(CTL_ROUTER, ctl_router, self, 2, "bad flag"),
	BYTE(CTL_ROUTER, ctl_router, peer, 2, "bad flag"),
	BYTE(CTL_ROUTER, ctl_router, silent, 2, "bad flag"),
	BYTE(CTL_ROUTER, ctl_router, known, 2, "bad flag"),
	TEXT(CTL_ROUTER, ctl_router, via_name, "bad text"),
	TEXT(CTL_ROAM, ctl_roam, from_name, "bad text"),
	TEXT(CTL_ROAM, ctl_roam, to_name, "bad text"),

	NUM(CTL_MEMORY, ctl_memory, process, CTL_FRONTEND + 1,
	    "bad process"),
	NUM(CTL_MEMORY, ctl_memory, pid, 0, "bad process id"),
	NUM(CTL_MEMORY, ctl_memory, pid, UINT32_MAX, "bad process id"),

	NUM(CTL_END, ctl_end, error, 2, "bad error"),
	NUM(CTL_END, ctl_end, error, UINT32_MAX, "bad error"),
	TEXT(CTL_END, ctl_end, text, "bad text"),
};

/* At an odd address, as in a read buffer. */
static uint8_t	buffer[IMSG_MAX + 1];

static void
make(struct imsg *imsg, const struct good *g)
{
	if (g->len > 0)
		memcpy(buffer + 1, g->data, g->len);
	imsg->type = g->type;
	imsg->id = 0;
	imsg->len = g->len;
	imsg->fd = g->fd ? STDIN_FILENO : -1;
	imsg->data = buffer + 1;
}

static const char *
check(const struct imsg *imsg, const struct good *g)
{
	enum proc_id from = first_of(g->from);
	enum proc_id to = first_of(g->to & ~(1u << from));

	return ipc_check(imsg, from, to);
}

static void
right_message_is_taken_from_and_by_the_right_ones_only(void **state)
{
	const struct good *g;
	unsigned int from, to;
	const char *wrong;
	struct imsg imsg;

	(void)state;
	for (g = goods; g < goods + TYPES - 1; g++) {
		make(&imsg, g);
		for (from = 0; from <= PROC_NONE; from++) {
			for (to = 0; to <= PROC_NONE; to++) {
				wrong = ipc_check(&imsg, from, to);
				if (from < PROC_NONE && to < PROC_NONE &&
				    (g->from & 1u << from) &&
				    (g->to & 1u << to))
					assert_null(wrong);
				else
					assert_string_equal(wrong,
					    "not permitted");
			}
		}
	}
}

static void
every_other_length_is_refused(void **state)
{
	const struct good *g;
	struct imsg imsg;
	uint32_t len;

	(void)state;
	for (g = goods; g < goods + TYPES - 1; g++) {
		make(&imsg, g);
		for (len = 0; len <= IMSG_MAX - IMSG_HEADER; len++) {
			imsg.len = len;
			if (len == g->len)
				assert_null(check(&imsg, g));
			else
				assert_string_equal(check(&imsg, g),
				    "wrong length");
		}
	}
}

static void
missing_or_unexpected_descriptor_is_refused(void **state)
{
	const struct good *g;
	struct imsg imsg;

	(void)state;
	for (g = goods; g < goods + TYPES - 1; g++) {
		make(&imsg, g);
		imsg.fd = g->fd ? -1 : STDIN_FILENO;
		assert_string_equal(check(&imsg, g), g->fd ?
		    "descriptor missing" : "unexpected descriptor");
	}
}

static void
every_field_out_of_range_is_refused(void **state)
{
	bool seen[TYPES] = { false };
	const struct good *g;
	const struct bad *b;
	const char *wrong;
	struct imsg imsg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		b = &bads[i];
		for (g = goods; g->type != b->type; g++)
			continue;
		make(&imsg, g);
		/* A text without end: its length is 100 more than it is. */
		if (b->len > 100)
			memset(buffer + 1 + b->offset, b->octets[0],
			    b->len - 100);
		else
			memcpy(buffer + 1 + b->offset, b->octets, b->len);
		wrong = check(&imsg, g);
		if (wrong == NULL || strcmp(wrong, b->why) != 0)
			fail_msg("%s: row %zu, offset %zu: %s, not %s",
			    g->name, i, b->offset, wrong, b->why);
		seen[b->type - IPC_NONE] = true;
	}
	/* None forgotten: what has a payload has a wrong one. */
	for (g = goods; g < goods + TYPES - 1; g++)
		assert_int_equal(seen[g->type - IPC_NONE], g->len > 0);
}

static void
direct_route_needs_a_router_and_withdrawal_nothing(void **state)
{
	struct route r = route;
	struct imsg imsg = {
		.type = IPC_ROUTE, .len = sizeof(r), .fd = -1,
		.data = (const uint8_t *)&r
	};

	(void)state;
	memset(&r.mac, 0, sizeof(r.mac));
	r.ifindex = 0;
	r.kind = ROUTE_DIRECT;
	assert_null(ipc_check(&imsg, PROC_ENGINE, PROC_PARENT));
	memset(&r.router, 0, sizeof(r.router));
	assert_string_equal(ipc_check(&imsg, PROC_ENGINE, PROC_PARENT),
	    "bad router");
	r.kind = ROUTE_NONE;
	assert_null(ipc_check(&imsg, PROC_ENGINE, PROC_PARENT));
}

/* Any peer may flood these: they must not end us. */
static void
strangers_addresses_are_no_breach_of_the_rules(void **state)
{
	struct nexthop n = { .router = ID, .addr4 = V4(224, 0, 0, 1),
	    .addr6 = { { 0xff, 2, [15] = 1 } } };
	struct solicit s = { .ifindex = 3, .source_mac = MAC,
	    .lladdr = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	    .source = V4(1, 2, 3, 4) };
	struct dhcp_request d = DHCP;
	struct imsg imsg = { .fd = -1 };

	(void)state;
	imsg.type = IPC_NEXTHOP;
	imsg.len = sizeof(n);
	imsg.data = (const uint8_t *)&n;
	assert_null(ipc_check(&imsg, PROC_ENGINE, PROC_PARENT));
	imsg.type = IPC_SOLICIT;
	imsg.len = sizeof(s);
	imsg.data = (const uint8_t *)&s;
	assert_null(ipc_check(&imsg, PROC_FRONTEND, PROC_ENGINE));
	memset(&d.chaddr, 0xff, sizeof(d.chaddr));
	imsg.type = IPC_DHCP;
	imsg.len = sizeof(d);
	imsg.data = (const uint8_t *)&d;
	assert_null(ipc_check(&imsg, PROC_FRONTEND, PROC_ENGINE));
}

static void
unknown_types_are_refused(void **state)
{
	static const uint32_t types[] = {
		0, CTL_SHOW_STATUS, CTL_END, IPC_NONE, IPC_MAX, IPC_MAX + 1,
		UINT32_MAX
	};
	struct imsg imsg = { .fd = -1, .data = buffer };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		imsg.type = types[i];
		assert_string_equal(ipc_check(&imsg, PROC_PARENT,
		    PROC_ENGINE), "unknown message");
		assert_string_equal(ipc_name(types[i]), "unknown message");
	}
}

static void
every_message_and_process_has_its_name(void **state)
{
	const struct good *g;

	(void)state;
	for (g = goods; g < goods + TYPES - 1; g++)
		assert_string_equal(ipc_name(g->type), g->name);
	assert_string_equal(proc_name(PROC_PARENT), "parent");
	assert_string_equal(proc_name(PROC_ENGINE), "engine");
	assert_string_equal(proc_name(PROC_FRONTEND), "frontend");
	assert_string_equal(proc_name(PROC_NONE), "nobody");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    right_message_is_taken_from_and_by_the_right_ones_only),
		cmocka_unit_test(every_other_length_is_refused),
		cmocka_unit_test(missing_or_unexpected_descriptor_is_refused),
		cmocka_unit_test(every_field_out_of_range_is_refused),
		cmocka_unit_test(
		    direct_route_needs_a_router_and_withdrawal_nothing),
		cmocka_unit_test(
		    strangers_addresses_are_no_breach_of_the_rules),
		cmocka_unit_test(unknown_types_are_refused),
		cmocka_unit_test(every_message_and_process_has_its_name),
	};

	return cmocka_run_group_tests_name("ipc", tests, NULL, NULL);
}
