/* SPDX-License-Identifier: ISC */
/* Every message and every field of it, valid and wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc/conf_ipc.h"
#include "ipc/rows.h"
#include "ipc_samples.h"

/* One field made wrong: octets written over a valid message. */
struct bad {
	uint32_t	 type;
	const char	*name;		/* of the field */
	size_t		 offset, len;
	uint8_t		 octets[17];
};

#define OCTETS(type, s, field, len, ...) \
	{ type, #field, offsetof(struct s, field), len, __VA_ARGS__ }
#define NUM(type, s, field, value) \
	OCTETS(type, s, field, 4, \
	    { (value) & 0xff, (value) >> 8 & 0xff, (value) >> 16 & 0xff, \
	    (value) >> 24 & 0xff })
#define BYTE(type, s, field, value) \
	OCTETS(type, s, field, 1, { (value) })
#define ADDR(type, s, field, ...) \
	OCTETS(type, s, field, 16, __VA_ARGS__)
#define TEXT(type, s, field) \
	BYTE(type, s, field, 0x1b), \
	OCTETS(type, s, field, 100 + sizeof(((struct s *)NULL)->field), \
	    { 'x' })
#define NONE		{ 0 }
#define ONES		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }
#define MULTICAST	{ 0xff, 2, [15] = 1 }
#define MULTICAST4	{ [10] = 0xff, 0xff, 224, 0, 0, 1 }
#define SOME4		{ [10] = 0xff, 0xff, 10, 0, 0, 1 }
#define SOME6		{ 0x20, 1, 0x0d, 0xb8, [15] = 1 }

static const struct bad bads[] = {
	OCTETS(IPC_HELLO, ipc_hello, self, 8, NONE),
	NUM(IPC_HELLO, ipc_hello, verbose, 3),
	OCTETS(IPC_HELLO, ipc_hello, run, 8, NONE),
	OCTETS(IPC_IDENTITY, ipc_identity, id, 8, NONE),
	OCTETS(IPC_SIGN_ROUTER, ipc_sign_router, number, 8, NONE),
	BYTE(IPC_SIGN_ROUTER, ipc_sign_router, vallen, SIGN_VALUE_MAX + 1),
	BYTE(IPC_SIGN_ROUTER, ipc_sign_router, pad, 1),
	BYTE(IPC_SIGN_SESSION, ipc_sign_session, role, 0),
	BYTE(IPC_SIGN_SESSION, ipc_sign_session, role, 'd'),
	BYTE(IPC_SIGN_SESSION, ipc_sign_session, pad, 1),
	OCTETS(IPC_SIGN_SESSION, ipc_sign_session, session, 8, NONE),
	OCTETS(IPC_SIGNED_SESSION, ipc_signed_session, session, 8, NONE),
	OCTETS(IPC_SIGNED_ROUTER, ipc_signed_router, number, 8, NONE),

	ADDR(IPC_CONF_BEGIN, conf_global, router_addr4, SOME6),
	ADDR(IPC_CONF_BEGIN, conf_global, router_addr6, SOME4),
	TEXT(IPC_CONF_BEGIN, conf_global, name),
	TEXT(IPC_CONF_BEGIN, conf_global, user),
	BYTE(IPC_CONF_BEGIN, conf_global, user, 0),
	TEXT(IPC_CONF_BEGIN, conf_global, chroot),
	BYTE(IPC_CONF_BEGIN, conf_global, chroot, 0),
	TEXT(IPC_CONF_BEGIN, conf_global, state),
	TEXT(IPC_CONF_BEGIN, conf_global, socket),
	BYTE(IPC_CONF_BEGIN, conf_global, socket, 0),
	NUM(IPC_CONF_NETWORK, conf_network, lease_time, 0),
	NUM(IPC_CONF_BEGIN, conf_global, location_time, 0),
	NUM(IPC_CONF_NETWORK, conf_network, router_lifetime, 9001),
	BYTE(IPC_CONF_NETWORK, conf_network, onlink, 2),
	BYTE(IPC_CONF_NETWORK, conf_network, preference, 3),
	BYTE(IPC_CONF_NETWORK, conf_network, dhcp6, 3),
	NUM(IPC_CONF_NETWORK, conf_network, nsearch, CONF_SEARCH + 1),
	NUM(IPC_CONF_NETWORK, conf_network, nsearch, 1),
	NUM(IPC_CONF_NETWORK, conf_network, nroutes, CONF_ROUTES + 1),
	BYTE(IPC_CONF_NETWORK, conf_network, nat64, 1),
	BYTE(IPC_CONF_NETWORK, conf_network, captive, 0x1b),
	BYTE(IPC_CONF_BEGIN, conf_global, direct, 2),
	BYTE(IPC_CONF_BEGIN, conf_global, direct_default, 2),
	BYTE(IPC_CONF_BEGIN, conf_global, disassociate, 2),
	BYTE(IPC_CONF_BEGIN, conf_global, leave_routes, 2),
	BYTE(IPC_CONF_BEGIN, conf_global, verbose, 3),
	BYTE(IPC_CONF_BEGIN, conf_global, tls, 3),
	NUM(IPC_CONF_NETWORK, conf_network, nprefixes, CONF_PREFIXES + 1),
	NUM(IPC_CONF_NETWORK, conf_network, nprefixes, UINT32_MAX),
	NUM(IPC_CONF_NETWORK, conf_network, nnameservers, CONF_NAMESERVERS + 1),
	BYTE(IPC_CONF_NETWORK, conf_network, prefixes[1].len, 129),
	BYTE(IPC_CONF_NETWORK, conf_network, prefixes[1].len, 10),
	BYTE(IPC_CONF_NETWORK, conf_network, prefixes[0].len, 95),
	BYTE(IPC_CONF_NETWORK, conf_network, delegates[1], 47),
	BYTE(IPC_CONF_NETWORK, conf_network, delegates[1], 65),
	ADDR(IPC_CONF_NETWORK, conf_network, nameservers[0], NONE),
	ADDR(IPC_CONF_NETWORK, conf_network, nameservers[0], MULTICAST4),

	NUM(IPC_CONF_NETWORK, conf_network, nrelays, CONF_RELAYS + 1),
	NUM(IPC_CONF_NETWORK, conf_network, nrelays, 1),
	NUM(IPC_CONF_NETWORK, conf_network, nntp, 1),
	NUM(IPC_CONF_NETWORK, conf_network, nranges, 1),
	NUM(IPC_CONF_NETWORK, conf_network, nexcludes, 1),
	NUM(IPC_CONF_NETWORK, conf_network, nstatics, 1),
	NUM(IPC_CONF_NETWORK, conf_network, nsearch, CONF_SEARCH + 1),
	BYTE(IPC_CONF_NETWORK, conf_network, rapid_commit, 2),
	TEXT(IPC_CONF_NETWORK, conf_network, domain),

	OCTETS(IPC_CONF_OPTION, conf_option, option.len, 2, { 0xff, 0xff }),
	TEXT(IPC_CONF_STATIC, conf_host, name),
	BYTE(IPC_CONF_STATIC, conf_host, name, 0),
	BYTE(IPC_CONF_STATIC, conf_host, mac, 1),
	ADDR(IPC_CONF_STATIC, conf_host, addr, SOME6),
	BYTE(IPC_CONF_STATIC, conf_host, prefix.len, 63),
	BYTE(IPC_CONF_STATIC, conf_host, delegated.len, 47),

	ADDR(IPC_CONF_LISTEN, conf_listen, addr, MULTICAST),
	OCTETS(IPC_CONF_LISTEN, conf_listen, port, 2, NONE),
	BYTE(IPC_CONF_LISTEN, conf_listen, notls, 2),
	NUM(IPC_CONF_LISTEN, conf_listen, nfrom, CONF_SOURCES + 1),
	BYTE(IPC_CONF_LISTEN, conf_listen, from[0].len, 129),
	BYTE(IPC_CONF_LISTEN, conf_listen, from[0].len, 8),

	ADDR(IPC_CONF_PEER, conf_peer, addr, NONE),
	ADDR(IPC_CONF_PEER, conf_peer, addr, MULTICAST),
	OCTETS(IPC_CONF_PEER, conf_peer, port, 2, NONE),
	BYTE(IPC_CONF_PEER, conf_peer, notls, 2),
	BYTE(IPC_CONF_PEER, conf_peer, automatic, 2),
	ADDR(IPC_CONF_PEER, conf_peer, from, MULTICAST),
	BYTE(IPC_CONF_PEER, conf_peer, host[0], 'x'),
	TEXT(IPC_CONF_PEER, conf_peer, host),

	TEXT(IPC_CONF_IFACE, conf_iface, name),
	BYTE(IPC_CONF_IFACE, conf_iface, name, 0),
	BYTE(IPC_CONF_IFACE, conf_iface, name[2], '/'),
	BYTE(IPC_CONF_IFACE, conf_iface, name[2], ' '),
	NUM(IPC_CONF_IFACE, conf_iface, source, SOURCE_NL80211 + 1),
	NUM(IPC_CONF_IFACE, conf_iface, nports, CONF_PORTS + 1),
	NUM(IPC_CONF_IFACE, conf_iface, nports, 3),
	TEXT(IPC_CONF_IFACE, conf_iface, ports[1]),
	NUM(IPC_CONF_IFACE, conf_iface, isolated, 2),
	BYTE(IPC_CONF_IFACE, conf_iface, lladdr, 1),
	NUM(IPC_CONF_IFACE, conf_iface, naddrs, CONF_ADDRS + 1),
	NUM(IPC_CONF_IFACE, conf_iface, naddrs, 3),
	BYTE(IPC_CONF_IFACE, conf_iface, addrs[0].len, 24),
	BYTE(IPC_CONF_IFACE, conf_iface, addrs[1].len, 129),
	ADDR(IPC_CONF_IFACE, conf_iface, addrs[1].addr, MULTICAST),

	OCTETS(IPC_CONF_ROUTER, conf_router, id, 8, NONE),
	TEXT(IPC_CONF_ROUTER, conf_router, name),
	OCTETS(IPC_CONF_DENY, conf_deny, id, 8, NONE),
	BYTE(IPC_CONF_BAR, conf_bar, mac, 1),
	TEXT(IPC_CONF_BEGIN, conf_global, identity),
	BYTE(IPC_CONF_BEGIN, conf_global, routers, 2),

	NUM(IPC_CONF_SECRET, ipc_secret, kind, SECRET_KINDS),
	NUM(IPC_CONF_SECRET, ipc_secret, len, 0),
	NUM(IPC_CONF_SECRET, ipc_secret, len, IPC_SECRET_MAX + 1),
	NUM(IPC_CONF_SECRET, ipc_secret, offset, CONF_SECRET_MAX + 1),

	{ IPC_VERBOSE, "verbose", 0, 4, { 3 } },
	{ IPC_LISTEN, "listened", 0, 4, { 2 } },
	{ IPC_CTL_MORE, "records", 0, 4, { 1, 2 } },

	NUM(IPC_LINK, link, ifindex, 0),
	TEXT(IPC_LINK, link, name),
	BYTE(IPC_LINK, link, name, 0),
	BYTE(IPC_LINK, link, lladdr, 1),
	BYTE(IPC_LINK, link, up, 2),
	BYTE(IPC_LINK, link, source, SOURCE_NL80211 + 1),
	ADDR(IPC_LINK, link, gateway4, SOME6),
	ADDR(IPC_LINK, link, gateway6, SOME6),

	NUM(IPC_LINK_SOCKET, ipc_link_socket, ifindex, 0),
	NUM(IPC_LINK_SOCKET, ipc_link_socket, kind, LINK_SOCKETS),

	NUM(IPC_SIGHTING, sighting, ifindex, 0),
	NUM(IPC_SIGHTING, sighting, port, 0),
	NUM(IPC_SIGHTING, sighting, kind, SIGHTING_NO_ACK + 1),
	BYTE(IPC_SIGHTING, sighting, source, SOURCE_PACKETS),
	BYTE(IPC_SIGHTING, sighting, mac, 1),
	TEXT(IPC_SIGHTING, sighting, port_name),
	BYTE(IPC_SIGHTING, sighting, port_name, '/'),

	BYTE(IPC_ADOPT, route, prefix.len, 120),
	BYTE(IPC_ADOPT, route, prefix.len, 127),
	BYTE(IPC_ADOPT, route, kind, ROUTE_NONE),
	BYTE(IPC_ADOPT, route, mac, 1),
	NUM(IPC_ADOPT, route, ifindex, 0),

	NUM(IPC_PEER_FD, ipc_peer, error, 1),
	ADDR(IPC_PEER_FD, ipc_peer, addr, NONE),
	OCTETS(IPC_PEER_FD, ipc_peer, port, 2, NONE),
	BYTE(IPC_PEER_FD, ipc_peer, notls, 2),
	BYTE(IPC_PEER_FD, ipc_peer, automatic, 2),
	BYTE(IPC_PEER_FD, ipc_peer, known, 2),
	BYTE(IPC_PEER_CONNECT, ipc_peer, fruitless, 2),
	NUM(IPC_PEER_FD, ipc_peer, more, 1),
	BYTE(IPC_PEER_FD, ipc_peer, automatic, 1),
	TEXT(IPC_PEER_FD, ipc_peer, host),

	NUM(IPC_PEER_FAILED, ipc_peer, number, 0),
	NUM(IPC_PEER_FAILED, ipc_peer, error, 0),
	NUM(IPC_PEER_FAILED, ipc_peer, error, UINT32_MAX),
	NUM(IPC_PEER_FAILED, ipc_peer, error, 4096),
	NUM(IPC_PEER_FAILED, ipc_peer, error, IPC_EAI_BASE),
	NUM(IPC_PEER_FAILED, ipc_peer, error, IPC_EAI_BASE + 1001),
	ADDR(IPC_PEER_FAILED, ipc_peer, addr, MULTICAST),
	OCTETS(IPC_PEER_FAILED, ipc_peer, port, 2, NONE),
	BYTE(IPC_PEER_FAILED, ipc_peer, notls, 2),
	BYTE(IPC_PEER_FAILED, ipc_peer, known, 1),
	NUM(IPC_PEER_FAILED, ipc_peer, more, 1),

	NUM(IPC_PEER_ROUTE, ipc_peer, number, 0),
	NUM(IPC_PEER_ROUTE, ipc_peer, error, 1),
	BYTE(IPC_PEER_ROUTE, ipc_peer, known, 1),
	ADDR(IPC_PEER_ROUTE, ipc_peer, addr, MULTICAST),

	TEXT(IPC_CONF_REFUSED, ipc_refused, why),
	NUM(IPC_LOG, ipc_log, priority, LOG_EMERG),
	NUM(IPC_LOG, ipc_log, priority, LOG_ALERT),
	NUM(IPC_LOG, ipc_log, priority, 8),
	NUM(IPC_LOG, ipc_log, priority, UINT32_MAX),
	TEXT(IPC_LOG, ipc_log, text),
	BYTE(IPC_LOG, ipc_log, text, '\n'),
	BYTE(IPC_LOG, ipc_log, text, 0x7f),
	OCTETS(IPC_LOG_LOST, ipc_lost, count[0], 8, ONES),
	OCTETS(IPC_PARENT_STATUS, ctl_parent, log_lost[2], 8, ONES),
	OCTETS(IPC_PARENT_STATUS, ctl_parent, kernel_refused, 8, ONES),
	OCTETS(IPC_PARENT_STATUS, ctl_parent, kernel_overflows, 8, ONES),
	OCTETS(IPC_PARENT_STATUS, ctl_parent, memory_refused, 8, ONES),

	NUM(IPC_DISCOVER_SOCKET, ipc_discover, ifindex, 0),
	NUM(IPC_FD_LOST, ipc_fd_lost, ifindex, 0),
	NUM(IPC_FD_LOST, ipc_fd_lost, type, IPC_PEER_FD),
	OCTETS(IPC_DISCOVER_SOCKET, ipc_discover, port, 2, NONE),
	BYTE(IPC_DISCOVER_SOCKET, ipc_discover, name[0], 0),
	BYTE(IPC_RESOLVE, ipc_resolve, host[0], 0),
	TEXT(IPC_RESOLVE, ipc_resolve, host),
	NUM(IPC_RESOLVED, ipc_resolved, error, 2),
	NUM(IPC_RESOLVED, ipc_resolved, error, UINT32_MAX),
	NUM(IPC_RESOLVED, ipc_resolved, naddrs, 0),
	NUM(IPC_RESOLVED, ipc_resolved, naddrs, RESOLVE_ADDRS + 1),
	ADDR(IPC_RESOLVED, ipc_resolved, addrs[1], NONE),
	ADDR(IPC_RESOLVED, ipc_resolved, addrs[1], MULTICAST),

	NUM(IPC_PEER_CONNECT, ipc_peer, number, 0),
	NUM(IPC_PEER_CONNECT, ipc_peer, error, 1),
	ADDR(IPC_PEER_CONNECT, ipc_peer, addr, NONE),
	OCTETS(IPC_PEER_CONNECT, ipc_peer, port, 2, NONE),
	BYTE(IPC_PEER_CONNECT, ipc_peer, notls, 2),

	BYTE(IPC_ROUTE, route, prefix.len, 120),
	BYTE(IPC_ROUTE, route, prefix.len, 129),
	BYTE(IPC_ROUTE, route, prefix.len, 64),
	ADDR(IPC_ROUTE, route, prefix.addr, SOME6),
	ADDR(IPC_ROUTE, route, prefix.addr, NONE),
	ADDR(IPC_ROUTE, route, prefix.addr, MULTICAST4),
	BYTE(IPC_ROUTE, route, kind, ROUTE_NONE + 1),
	BYTE(IPC_ROUTE, route, mac, 1),
	NUM(IPC_ROUTE, route, ifindex, 0),
	ADDR(IPC_ROUTE, route, gateway, SOME6),
	ADDR(IPC_ADOPT, route, gateway, SOME4),
	NUM(IPC_NEIGH, neigh, ifindex, 0),
	BYTE(IPC_NEIGH, neigh, present, 2),
	BYTE(IPC_NEIGH, neigh, mac, 1),
	ADDR(IPC_NEIGH, neigh, addr, SOME4),
	ADDR(IPC_NEIGH, neigh, addr, NONE),
	ADDR(IPC_NEIGH, neigh, addr, MULTICAST),

	OCTETS(IPC_NEXTHOP, nexthop, router, 8, NONE),
	ADDR(IPC_NEXTHOP, nexthop, addr4, SOME6),
	ADDR(IPC_NEXTHOP, nexthop, addr6, SOME4),

	NUM(IPC_DISASSOCIATE, disassociate, ifindex, 0),
	BYTE(IPC_DISASSOCIATE, disassociate, mac, 1),
	BYTE(IPC_DISASSOCIATE, disassociate, silent, 2),
	NUM(IPC_PIN, pin, ifindex, 0),
	NUM(IPC_PIN, pin, port, 0),
	BYTE(IPC_PIN, pin, mac, 1),
	BYTE(IPC_PIN, pin, held, 2),
	BYTE(IPC_PIN, pin, pad, 1),
	NUM(IPC_INQUIRY, inquiry, ifindex, 0),
	NUM(IPC_INQUIRY, inquiry, port, 0),
	BYTE(IPC_INQUIRY, inquiry, mac, 1),

	NUM(IPC_DHCP, dhcp_request, ifindex, 0),
	ADDR(IPC_DHCP, dhcp_request, ciaddr, SOME6),
	ADDR(IPC_DHCP, dhcp_request, giaddr, SOME6),
	ADDR(IPC_DHCP, dhcp_request, requested, SOME6),
	ADDR(IPC_DHCP, dhcp_request, server, SOME6),
	ADDR(IPC_DHCP, dhcp_request, source, SOME6),
	BYTE(IPC_DHCP, dhcp_request, type, 0),
	BYTE(IPC_DHCP, dhcp_request, type, DHCP_OFFER),
	BYTE(IPC_DHCP, dhcp_request, type, DHCP_ACK),
	BYTE(IPC_DHCP, dhcp_request, type, DHCP_INFORM + 1),
	BYTE(IPC_DHCP, dhcp_request, nparams, DHCP_PARAMS_MAX + 1),
	BYTE(IPC_DHCP, dhcp_request, source_mac, 1),

	NUM(IPC_SOLICIT, solicit, ifindex, 0),
	BYTE(IPC_SOLICIT, solicit, source_mac, 1),

	NUM(IPC_HEARD, heard, ifindex, 0),
	NUM(IPC_HEARD, heard, kind, HEARD_NA + 1),
	BYTE(IPC_HEARD, heard, mac, 1),
	ADDR(IPC_HEARD, heard, addr, SOME6),

	NUM(IPC_DHCP_REPLY, dhcp_reply, to.ifindex, 0),
	BYTE(IPC_DHCP_REPLY, dhcp_reply, to.nparams, DHCP_PARAMS_MAX + 1),
	BYTE(IPC_DHCP_REPLY, dhcp_reply, to.type, DHCP_ACK),
	ADDR(IPC_DHCP_REPLY, dhcp_reply, yiaddr, SOME6),
	ADDR(IPC_DHCP_REPLY, dhcp_reply, server, SOME6),
	BYTE(IPC_DHCP_REPLY, dhcp_reply, type, DHCP_REQUEST),
	TEXT(IPC_DHCP_REPLY, dhcp_reply, message),

	NUM(IPC_DHCP6, dhcp6_request, ifindex, 0),
	BYTE(IPC_DHCP6, dhcp6_request, type, DHCP6_REPLY),
	BYTE(IPC_DHCP6, dhcp6_request, type, 10),
	BYTE(IPC_DHCP6, dhcp6_request, type, 12),
	NUM(IPC_DHCP6, dhcp6_request, xid, 0x1000000),
	BYTE(IPC_DHCP6, dhcp6_request, nias, DHCP6_IAS + 1),
	BYTE(IPC_DHCP6, dhcp6_request, client_idlen, 131),
	BYTE(IPC_DHCP6, dhcp6_request, server_idlen, 131),
	BYTE(IPC_DHCP6, dhcp6_request, ias[0].prefix.len, 129),
	BYTE(IPC_DHCP6, dhcp6_request, source_mac, 1),
	ADDR(IPC_DHCP6, dhcp6_request, source, SOME6),
	BYTE(IPC_DHCP6_REPLY, dhcp6_reply, type, DHCP6_SOLICIT),
	BYTE(IPC_DHCP6_REPLY, dhcp6_reply, has_status, 2),
	BYTE(IPC_DHCP6_REPLY, dhcp6_reply, to.nias, DHCP6_IAS + 1),
	NUM(IPC_ADVERT, advert, ifindex, 0),
	NUM(IPC_ADVERT, advert, router_lifetime, 9001),
	NUM(IPC_ADVERT, advert, nprefixes, ADVERT_PREFIXES + 1),
	NUM(IPC_ADVERT, advert, nprefixes, 2),
	BYTE(IPC_ADVERT, advert, prefixes[0].prefix.len, 63),
	BYTE(IPC_ADVERT, advert, prefixes[0].prefix.len, 129),
	NUM(IPC_ADVERT, advert, prefixes[0].valid, 2699),

	NUM(IPC_ANNOUNCE, announce, ifindex, 0),
	BYTE(IPC_ANNOUNCE, announce, mac, 1),

	NUM(IPC_ARP_ASK, arp_ask, ifindex, 0),
	BYTE(IPC_ARP_ASK, arp_ask, mac, 1),
	BYTE(IPC_ARP_ASK, arp_ask, isolated, 2),
	ADDR(IPC_ARP_ASK, arp_ask, target, NONE),
	ADDR(IPC_ARP_REPLY, arp_ask, sender, SOME6),
	NUM(IPC_DROPS, ipc_drops, ifindex, 0),
	NUM(IPC_PROBE, probe, ifindex, 0),
	BYTE(IPC_PROBE, probe, mac, 1),
	ADDR(IPC_PROBE, probe, addr, NONE),
	ADDR(IPC_PROBE, probe, addr, MULTICAST),

	NUM(IPC_CTL, ipc_ctl, type, CTL_NONE),
	NUM(IPC_CTL, ipc_ctl, type, CTL_REQUESTS),
	NUM(IPC_CTL, ipc_ctl, type, CTL_END),
	NUM(IPC_CTL, ipc_ctl, request.version, CTL_VERSION + 1),
	TEXT(IPC_CTL, ipc_ctl, request.network),
	BYTE(IPC_CTL, ipc_ctl, request.has_prefix, 2),
	BYTE(IPC_CTL, ipc_ctl, request.prefix.len, 129),
	BYTE(IPC_CTL, ipc_ctl, request.prefix.len, 100),

	TEXT(CTL_STATUS, ctl_status, name),
	TEXT(CTL_STATUS, ctl_status, version),
	NUM(CTL_STATUS, ctl_status, started, 2),

	BYTE(CTL_LEASE, ctl_lease, prefix.len, 129),
	BYTE(CTL_LEASE, ctl_lease, delegated, 2),
	BYTE(CTL_LEASE, ctl_lease, state, CTL_LEASE_DECLINED + 1),
	TEXT(CTL_LEASE, ctl_lease, router_name),

	BYTE(CTL_STATION, ctl_station, here, 2),
	BYTE(CTL_STATION, ctl_station, nprefixes, CTL_STATION_PREFIXES + 1),
	BYTE(CTL_STATION, ctl_station, prefixes[1].len, 10),
	TEXT(CTL_STATION, ctl_station, router_name),
	TEXT(CTL_STATION, ctl_station, interface),
	TEXT(CTL_STATION, ctl_station, port),

	BYTE(CTL_PEER, ctl_peer, state, CTL_PEER_OTHER_WAY + 1),
	BYTE(CTL_PEER, ctl_peer, inbound, 2),
	BYTE(CTL_PEER, ctl_peer, extended, 2),
	BYTE(CTL_PEER, ctl_peer, notls, 2),
	BYTE(CTL_PEER, ctl_peer, configured, 2),
	BYTE(CTL_PEER, ctl_peer, automatic, 2),
	TEXT(CTL_PEER, ctl_peer, host),
	BYTE(CTL_PEER, ctl_peer, heartbeat, 2),
	BYTE(CTL_PEER, ctl_peer, proven, 2),
	TEXT(CTL_PEER, ctl_peer, router_name),
	TEXT(CTL_PEER, ctl_peer, error),
	TEXT(CTL_PEER, ctl_peer, tls_version),
	TEXT(CTL_PEER, ctl_peer, tls_cipher),
	TEXT(CTL_PEER, ctl_peer, tls_identity),

	BYTE(CTL_ROUTE, ctl_route, prefix.len, 129),
	BYTE(CTL_ROUTE, ctl_route, kind, ROUTE_NONE + 1),
	BYTE(CTL_ROUTE, ctl_route, installed, 2),
	TEXT(CTL_ROUTE, ctl_route, interface),
	TEXT(CTL_ROUTE, ctl_route, error),

	TEXT(CTL_ROUTER, ctl_router, name),
	TEXT(CTL_ROUTER, ctl_router, version),
	ADDR(CTL_ROUTER, ctl_router, addr4, SOME6),
	ADDR(CTL_ROUTER, ctl_router, addr6, SOME4),
	BYTE(CTL_ROUTER, ctl_router, self, 2),
	BYTE(CTL_ROUTER, ctl_router, peer, 2),
	BYTE(CTL_ROUTER, ctl_router, silent, 2),
	BYTE(CTL_ROUTER, ctl_router, known, 2),
	TEXT(CTL_ROUTER, ctl_router, via_name),
	TEXT(CTL_ROAM, ctl_roam, from_name),
	TEXT(CTL_ROAM, ctl_roam, to_name),

	TEXT(CTL_LEASE, ctl_lease, scope.network),
	BYTE(CTL_LEASE, ctl_lease, scope.width, CTL_NETWORK_NAME),
	TEXT(CTL_STATION, ctl_station, scope.network),
	TEXT(CTL_ROUTE, ctl_route, scope.network),
	TEXT(CTL_ROAM, ctl_roam, scope.network),
	TEXT(CTL_EVENT, ctl_event, scope.network),
	TEXT(CTL_EVENT, ctl_event, router_name),
	TEXT(CTL_EVENT, ctl_event, from_name),
	TEXT(CTL_EVENT, ctl_event, interface),
	TEXT(CTL_EVENT, ctl_event, port),
	TEXT(CTL_EVENT, ctl_event, text),
	BYTE(CTL_EVENT, ctl_event, type, CTL_EVENTS),
	BYTE(CTL_EVENT, ctl_event, about, CTL_SUBJECTS),
	BYTE(CTL_EVENT, ctl_event, nprefixes, CTL_EVENT_PREFIXES + 1),
	BYTE(CTL_EVENT, ctl_event, prefixes[0].len, 129),
	BYTE(CTL_EVENT, ctl_event, pad[6], 1),
	TEXT(CTL_NETWORK, ctl_network, scope.network),
	BYTE(CTL_NETWORK, ctl_network, configured, 2),
	BYTE(CTL_NETWORK, ctl_network, isolated, 2),
	BYTE(CTL_NETWORK, ctl_network, pools[15].prefix.len, 129),
	TEXT(CTL_NETWORK, ctl_network, interfaces[15]),
	TEXT(CTL_NETWORK, ctl_network, reaches[31]),

	NUM(CTL_MEMORY, ctl_memory, process, CTL_FRONTEND + 1),
	NUM(CTL_MEMORY, ctl_memory, pid, 0),
	NUM(CTL_MEMORY, ctl_memory, pid, UINT32_MAX),

	NUM(CTL_END, ctl_end, error, 2),
	NUM(CTL_END, ctl_end, error, UINT32_MAX),
	TEXT(CTL_END, ctl_end, text),

	/* Settings with limits of conf's, one of each kind. */
	TEXT(IPC_CONF_BEGIN, conf_global, hostapd),
	BYTE(IPC_CONF_BEGIN, conf_global, chroot, 0),
	NUM(IPC_CONF_NETWORK, conf_network, lease_first, 9),
	NUM(IPC_CONF_NETWORK, conf_network, ipv6_only, 365 * 86400 + 1),
	NUM(IPC_CONF_BEGIN, conf_global, probe_interval, 3601),
	NUM(IPC_CONF_BEGIN, conf_global, table, 0),
	NUM(IPC_CONF_BEGIN, conf_global, rule_priority, 32766),
	NUM(IPC_CONF_BEGIN, conf_global, metric, 65536),
	NUM(IPC_CONF_BEGIN, conf_global, drain, 60001),
	NUM(IPC_CONF_BEGIN, conf_global, max_data, 0),
	NUM(IPC_CONF_BEGIN, conf_global, max_memory, 3),
	NUM(IPC_CONF_BEGIN, conf_global, max_routers, CONF_MEMBERS + 1),
	NUM(IPC_CONF_BEGIN, conf_global, max_peers, 10001),
	NUM(IPC_CONF_NETWORK, conf_network, max_leases, 0),
	NUM(IPC_CONF_NETWORK, conf_network, max_share, 0),
	NUM(IPC_CONF_NETWORK, conf_network, max_share, 101),
	NUM(IPC_CONF_NETWORK, conf_network, max_addrs, 0),
	NUM(IPC_CONF_NETWORK, conf_network, max_addrs, 65),
	NUM(IPC_CONF_NETWORK, conf_network, max_learned, 65),
	NUM(IPC_CONF_BEGIN, conf_global, max_source, 0),
	NUM(IPC_CONF_BEGIN, conf_global, max_handshakes, 0),
	NUM(IPC_CONF_BEGIN, conf_global, max_updates, 0),

	NUM(IPC_HELLO, ipc_hello, pad, 1),
	BYTE(IPC_CONF_LISTEN, conf_listen, pad, 1),
	BYTE(IPC_CONF_PEER, conf_peer, automatic, 1),
	BYTE(IPC_CONF_IFACE, conf_iface, pad[1], 1),
	NUM(IPC_CONF_IFACE, conf_iface, netmask, 33),
	BYTE(IPC_CONF_OPTION, conf_option, option.always, 2),
	BYTE(IPC_CONF_STATIC, conf_host, client_text, 2),
	NUM(IPC_LINK, link, conf, CONF_IFACES),
	BYTE(IPC_LINK, link, drops, 2),
	BYTE(IPC_LINK, link, pad[1], 1),
	BYTE(IPC_SIGHTING, sighting, isolated, 2),
	BYTE(IPC_SIGHTING, sighting, fixed, 2),
	BYTE(IPC_SIGHTING, sighting, pad, 1),
	NUM(IPC_SIGHTING, sighting, tag, VLAN_MAX + 1),
	NUM(IPC_PEER_FD, ipc_peer, number, CONF_PEERS + 1),
	BYTE(IPC_PEER_FD, ipc_peer, pad[1], 1),
	BYTE(IPC_DISCOVER_SOCKET, ipc_discover, pad[0], 1),
	BYTE(IPC_ROUTE, route, kind, UINT8_MAX),
	BYTE(IPC_NEIGH, neigh, pad, 1),
	BYTE(IPC_DISASSOCIATE, disassociate, pad, 1),
	BYTE(IPC_INQUIRY, inquiry, pad[1], 1),
	ADDR(IPC_DHCP, dhcp_request, override, SOME6),
	BYTE(IPC_DHCP, dhcp_request, has_arch, 2),
	BYTE(IPC_DHCP, dhcp_request, rapid, 2),
	BYTE(IPC_DHCP, dhcp_request, plain, 2),
	BYTE(IPC_DHCP, dhcp_request, repeated, DHCP_REPEATED_BARE + 1),
	BYTE(IPC_DHCP, dhcp_request, relay_port, 2),
	BYTE(IPC_DHCP6, dhcp6_request, rapid, 2),
	BYTE(IPC_DHCP6, dhcp6_request, wants, DHCP6_WANTS_CAPTIVE << 1),
	BYTE(IPC_DHCP6, dhcp6_request, ias[0].wish, 129),
	BYTE(IPC_DHCP6, dhcp6_request, ias[0].status, DHCP6_NO_PREFIX + 1),
	BYTE(IPC_HEARD, heard, pad[0], 1),
	BYTE(IPC_ARP_ASK, arp_ask, pad, 1),
	BYTE(IPC_DHCP_REPLY, dhcp_reply, pad[0], 1),
	TEXT(IPC_DHCP_REPLY, dhcp_reply, host),
	BYTE(IPC_DHCP6_REPLY, dhcp6_reply, status, DHCP6_NO_PREFIX + 1),
	NUM(IPC_ADVERT, advert, dns_lifetime, 9001),
	ADDR(IPC_ADVERT, advert, dst, SOME6),
	BYTE(IPC_ADVERT, advert, mac, 1),
	BYTE(IPC_ADVERT, advert, pad[1], 1),
	BYTE(IPC_ADVERT, advert, prefixes[0].pad[0], 1),
	BYTE(IPC_ANNOUNCE, announce, pad[0], 1),
	BYTE(IPC_PROBE, probe, everybody, 2),
	BYTE(IPC_PROBE, probe, pad[2], 1),
	NUM(IPC_PROBE, probe, tag, VLAN_MAX + 1),
	BYTE(IPC_DROPS, ipc_drops, pad[3], 1),
	OCTETS(IPC_DROPS, ipc_drops, count[1], 8, ONES),
	NUM(IPC_CTL, ipc_ctl, request.number, 1U << CTL_EVENTS),
	BYTE(IPC_CTL, ipc_ctl, request.mac, 1),
	BYTE(IPC_CTL, ipc_ctl, request.pad, 1),
	BYTE(IPC_CTL, ipc_ctl, request.pad2[2], 1),
	OCTETS(CTL_STATUS, ctl_status, uptime, 8, ONES),
	OCTETS(CTL_STATUS, ctl_status, adverts, 8, ONES),
	OCTETS(CTL_STATUS, ctl_status, parent.kernel_failed, 8, ONES),
	TEXT(CTL_STATUS, ctl_status, warning),
	BYTE(CTL_STATION, ctl_station, flapping, 2),
	OCTETS(CTL_PEER, ctl_peer, connects, 8, ONES),
	BYTE(CTL_PEER, ctl_peer, pad2[0], 1),
	BYTE(CTL_ROUTE, ctl_route, pad, 1),
	BYTE(CTL_ROUTE, ctl_route, pad2[1], 1),
	OCTETS(CTL_MEMORY, ctl_memory, heap, 8, ONES),
	BYTE(CTL_ROAM, ctl_roam, pad[0], 1),
	NUM(CTL_ROAM, ctl_roam, pad2, 1),
};

static _Alignas(max_align_t) uint8_t buffer[IMSG_MAX];

static void
make(struct imsg *imsg, const struct good *g)
{
	if (g->len > 0)
		memcpy(buffer, g->data, g->len);
	imsg->type = g->type;
	imsg->id = 0;
	imsg->len = g->len;
	imsg->fd = g->fd ? STDIN_FILENO : -1;
	imsg->data = buffer;
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

/*
 * Whether a text is about this field: a row may be of several fields, the
 * limits of settings are conf's, and an element is named instead of its count.
 */
static bool
is_named(const char *wrong, const struct bad *b)
{
	const struct ipc_part *part = ipc_message(b->type)->part;
	const struct ipc_field *f = part->fields;
	char name[64];

	while (b->offset >= f->offset + f->elements * f->size)
		f++;
	strlcpy(name, b->name, sizeof(name));
	name[strcspn(name, ".[")] = '\0';
	return strncmp(wrong, "field ", 6) == 0 &&
	    (f->rule == RULE_SETTING || strstr(f->name, " to ") != NULL ||
	    strstr(wrong, name) != NULL ||
	    (name[0] == 'n' && strstr(wrong, name + 1) != NULL));
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
		/* A text without NUL: its length is 100 more than it is. */
		if (b->len > 100)
			memset(buffer + b->offset, b->octets[0],
			    b->len - 100);
		else
			memcpy(buffer + b->offset, b->octets, b->len);
		wrong = check(&imsg, g);
		if (wrong == NULL && conf_settings_check(&imsg) != NULL)
			wrong = "field settings";
		if (wrong == NULL || !is_named(wrong, b))
			fail_msg("%s: row %zu, %s: %s", g->name, i, b->name,
			    wrong);
		seen[b->type - IPC_FIRST] = true;
	}
	/* None is missing: each message with a payload has a wrong one. */
	for (g = goods; g < goods + TYPES - 1; g++)
		assert_int_equal(seen[g->type - IPC_FIRST], g->len > 0);
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
	    "field router: none, expected one");
	r.kind = ROUTE_NONE;
	assert_null(ipc_check(&imsg, PROC_ENGINE, PROC_PARENT));
}

/* A router that connects to us has an address, and maybe no number. */
static void
connected_peer_needs_an_address_and_no_number(void **state)
{
	struct ipc_peer p = peer;
	struct imsg imsg = {
		.type = IPC_PEER_FD, .len = sizeof(p), .fd = STDIN_FILENO,
		.data = (const uint8_t *)&p
	};

	(void)state;
	p.number = 0;
	assert_null(ipc_check(&imsg, PROC_PARENT, PROC_ENGINE));
	strlcpy(p.host, "ap2.example", sizeof(p.host));
	assert_null(ipc_check(&imsg, PROC_PARENT, PROC_ENGINE));
	memset(&p.addr, 0, sizeof(p.addr));
	assert_string_equal(ipc_check(&imsg, PROC_PARENT, PROC_ENGINE),
	    "field addr: ::, expected unicast");
	imsg.type = IPC_PEER_CONNECT;
	imsg.fd = -1;
	p.number = 1;
	assert_null(ipc_check(&imsg, PROC_ENGINE, PROC_PARENT));
}

/* Any peer may flood these: they must not end our processes. */
static void
strangers_addresses_are_no_breach_of_the_rules(void **state)
{
	struct nexthop n = { .router = ID, .addr4 = V4(224, 0, 0, 1),
	    .addr6 = { { 0xff, 2, [15] = 1 } } };
	struct solicit s = { .ifindex = 3, .source_mac = MAC,
	    .lladdr = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	    .source = V4(1, 2, 3, 4) };
	struct dhcp_request d = ASKED;
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
		0, CTL_SHOW_STATUS, CTL_INTERFACE, IPC_FIRST - 1, IPC_MAX,
		IPC_MAX + 1,
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
		    connected_peer_needs_an_address_and_no_number),
		cmocka_unit_test(
		    strangers_addresses_are_no_breach_of_the_rules),
		cmocka_unit_test(unknown_types_are_refused),
		cmocka_unit_test(every_message_and_process_has_its_name),
	};

	return cmocka_run_group_tests_name("ipc", tests, NULL, NULL);
}
