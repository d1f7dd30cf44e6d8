/* SPDX-License-Identifier: ISC */
/*
 * The messages between our processes, and a row for every field of each.  The
 * field's writer decides its rule.  A value that a sibling process makes must
 * be as promised.  A value of a station or a distant peer, which a sibling
 * passes on, may be anything: else that station or peer could end us.
 * Elements of an array beyond the used ones, and octets behind the NUL of a
 * text, are not read.
 */
#include <errno.h>
#include <syslog.h>

#include "ipc/ipc.h"
#include "ipc/listing.h"
#include "ipc/rows.h"

#define ERRNO_MAX	4095
#define EAI_MAX		(IPC_EAI_BASE + 1000)
#define VERBOSE_MAX	2
#define LIFETIME_MAX	9000		/* s, of a router: RFC 4861 6.2.1 */
#define PLEN_MAX	128
#define PLEN_SLASH64	64

#define BIT(n)		(UINT64_C(1) << (n))
#define OR_NONE		.none = true
#define SIZE(s, f)	sizeof(((struct s *)NULL)->f)

/* A field; an array, as far as a count says; all of an array; a struct. */
#define ROW(s, f, what, ...) \
	{ .name = #f, .offset = offsetof(struct s, f), .size = SIZE(s, f), \
	    .elements = 1, .rule = RULE_##what, __VA_ARGS__ }
#define LIST(s, f, n, what, ...) \
	{ .name = #f, .offset = offsetof(struct s, f), \
	    .size = SIZE(s, f[0]), \
	    .elements = SIZE(s, f) / SIZE(s, f[0]), \
	    .count = offsetof(struct s, n), .count_size = SIZE(s, n), \
	    .rule = RULE_##what, __VA_ARGS__ }
#define EACH(s, f, what, ...) \
	{ .name = #f, .offset = offsetof(struct s, f), \
	    .size = SIZE(s, f[0]), \
	    .elements = SIZE(s, f) / SIZE(s, f[0]), \
	    .rule = RULE_##what, __VA_ARGS__ }
/* Fields of one type in sequence, by the first and the last one. */
#define SPAN(s, f, last, what, ...) \
	{ .name = #f " to " #last, .offset = offsetof(struct s, f), \
	    .size = SIZE(s, f), .elements = 1 + (offsetof(struct s, last) - \
	    offsetof(struct s, f)) / SIZE(s, f), \
	    .rule = RULE_##what, __VA_ARGS__ }

#define PART(s, agree) \
	static const struct ipc_part s##_part = { sizeof(struct s), \
	    s##_rows, sizeof(s##_rows) / sizeof(s##_rows[0]), agree }
/* Rows for one message with the struct s. */
#define ALSO(name, s, agree) \
	static const struct ipc_part name##_part = { sizeof(struct s), \
	    name##_rows, sizeof(name##_rows) / sizeof(name##_rows[0]), agree }

/* The configuration. */

/*
 * The rows of settings are in conf/ only, and the receiver of a configuration
 * checks by those: conf_receive.  Here are the other fields, and names, which
 * are shown and so must not control a terminal.
 */

static const struct ipc_field conf_global_rows[] = {
	{ .name = "settings", .size = sizeof(struct conf_global),
	    .elements = 1, .rule = RULE_SETTING },
	ROW(conf_global, pad, ZERO)
};
PART(conf_global, NULL);

static const struct ipc_field conf_network_rows[] = {
	{ .name = "settings", .size = sizeof(struct conf_network),
	    .elements = 1, .rule = RULE_SETTING },
	ROW(conf_network, name, TEXT),
	ROW(conf_network, pad, ZERO),
	ROW(conf_network, pad2, ZERO)
};
PART(conf_network, NULL);

static const struct ipc_field conf_iface_rows[] = {
	{ .name = "settings", .size = sizeof(struct conf_iface),
	    .elements = 1, .rule = RULE_SETTING },
	ROW(conf_iface, network, NUMBER, .max = CONF_NETWORKS - 1),
	ROW(conf_iface, name, NAME),
	LIST(conf_iface, ports, nports, NAME),
	ROW(conf_iface, pad, ZERO)
};
PART(conf_iface, NULL);

static const struct ipc_field conf_listen_rows[] = {
	ROW(conf_listen, addr, UNICAST, OR_NONE),
	ROW(conf_listen, port, NONZERO),
	ROW(conf_listen, notls, FLAG),
	ROW(conf_listen, pad, ZERO),
	ROW(conf_listen, nfrom, NUMBER, .max = CONF_SOURCES),
	LIST(conf_listen, from, nfrom, PREFIX, .max = PLEN_MAX)
};
PART(conf_listen, NULL);

static const struct ipc_field conf_peer_rows[] = {
	ROW(conf_peer, addr, UNICAST, OR_NONE),
	ROW(conf_peer, from, UNICAST, OR_NONE),
	ROW(conf_peer, port, NONZERO),
	ROW(conf_peer, notls, FLAG),
	ROW(conf_peer, automatic, FLAG),
	ROW(conf_peer, host, TEXT)
};

static const char *
peer_named(const void *payload)
{
	const struct conf_peer *c = payload;

	if ((c->host[0] == '\0') == addr_is_none(&c->addr))
		return ipc_wrong("addr: %s, expected either it or a host",
		    addr_text(&c->addr));
	if (c->automatic && !ipc_is_name(c->host))
		return ipc_wrong("host: unfit, expected the interface of an "
		    "automatic one");
	return NULL;
}

PART(conf_peer, peer_named);

static const struct ipc_field conf_option_rows[] = {
	ROW(conf_option, network, NUMBER, .max = CONF_NETWORKS - 1),
	ROW(conf_option, option.code, ANY),
	ROW(conf_option, option.always, FLAG),
	ROW(conf_option, option.len, NUMBER, .max = DHCP_OPTION_MAX),
	ROW(conf_option, option.data, ANY)
};
PART(conf_option, NULL);

static const struct ipc_field conf_host_rows[] = {
	ROW(conf_host, network, NUMBER, .max = CONF_NETWORKS - 1),
	ROW(conf_host, name, TEXT, .min = 1),
	ROW(conf_host, mac, STATION, OR_NONE),
	ROW(conf_host, client_text, FLAG),
	ROW(conf_host, client_idlen, NUMBER, .max = DHCP_CLIENT_ID_MAX),
	ROW(conf_host, client_id, ANY),
	ROW(conf_host, addr, V4, OR_NONE),
	ROW(conf_host, prefix, PREFIX, OR_NONE, .min = PLEN_SLASH64,
	    .max = PLEN_SLASH64),
	ROW(conf_host, delegated, PREFIX, OR_NONE,
	    .min = DELEGATED_SHORTEST, .max = DELEGATED_LONGEST)
};
PART(conf_host, NULL);

static const struct ipc_field conf_router_rows[] = {
	ROW(conf_router, id, ROUTER),
	ROW(conf_router, name, TEXT)
};
PART(conf_router, NULL);

static const struct ipc_field conf_deny_rows[] = {
	ROW(conf_deny, id, ROUTER)
};
PART(conf_deny, NULL);

static const struct ipc_field conf_bar_rows[] = {
	ROW(conf_bar, mac, STATION)
};
PART(conf_bar, NULL);

static const struct ipc_field ipc_secret_rows[] = {
	ROW(ipc_secret, kind, NUMBER, .max = SECRET_KINDS - 1),
	ROW(ipc_secret, offset, NUMBER, .max = CONF_SECRET_MAX),
	ROW(ipc_secret, len, NUMBER, .min = 1, .max = IPC_SECRET_MAX),
	ROW(ipc_secret, data, ANY)
};
PART(ipc_secret, NULL);

/* Parent to children. */

static const struct ipc_field ipc_hello_rows[] = {
	ROW(ipc_hello, self, ROUTER),
	ROW(ipc_hello, verbose, NUMBER, .max = VERBOSE_MAX),
	ROW(ipc_hello, pad, ZERO),
	ROW(ipc_hello, run, NONZERO),
	ROW(ipc_hello, key, ANY)
};
PART(ipc_hello, NULL);

/* The signer's. */

static const struct ipc_field ipc_identity_rows[] = {
	ROW(ipc_identity, id, ROUTER),
	ROW(ipc_identity, key, ANY),
	ROW(ipc_identity, hash, ANY)
};
PART(ipc_identity, NULL);

static const struct ipc_field ipc_sign_router_rows[] = {
	ROW(ipc_sign_router, number, NONZERO),
	ROW(ipc_sign_router, vallen, NUMBER, .max = SIGN_VALUE_MAX),
	ROW(ipc_sign_router, value, ANY),
	ROW(ipc_sign_router, pad, ZERO)
};
PART(ipc_sign_router, NULL);

static const struct ipc_field ipc_sign_session_rows[] = {
	ROW(ipc_sign_session, session, NONZERO),
	ROW(ipc_sign_session, role, NUMBER, .min = SIGN_CLIENT,
	    .max = SIGN_SERVER),
	ROW(ipc_sign_session, pad, ZERO),
	ROW(ipc_sign_session, exporter, ANY)
};

static const char *
sign_role(const void *payload)
{
	const struct ipc_sign_session *s = payload;

	if (s->role != SIGN_CLIENT && s->role != SIGN_SERVER)
		return ipc_wrong("role: %u, expected %u or %u", s->role,
		    SIGN_CLIENT, SIGN_SERVER);
	return NULL;
}

PART(ipc_sign_session, sign_role);

static const struct ipc_field ipc_signed_router_rows[] = {
	ROW(ipc_signed_router, number, NONZERO),
	ROW(ipc_signed_router, signature, ANY)
};
PART(ipc_signed_router, NULL);

static const struct ipc_field ipc_signed_session_rows[] = {
	ROW(ipc_signed_session, session, NONZERO),
	ROW(ipc_signed_session, signature, ANY)
};
PART(ipc_signed_session, NULL);

static const struct ipc_field verbose_rows[] = {
	{ .name = "verbose", .size = sizeof(uint32_t), .elements = 1,
	    .rule = RULE_NUMBER, .max = VERBOSE_MAX }
};
static const struct ipc_part verbose_part = { sizeof(uint32_t), verbose_rows,
	1, NULL };

static const struct ipc_field listen_rows[] = {
	{ .name = "listened", .size = sizeof(uint32_t), .elements = 1,
	    .rule = RULE_FLAG }
};
static const struct ipc_part listen_part = { sizeof(uint32_t), listen_rows,
	1, NULL };

static const struct ipc_field more_rows[] = {
	{ .name = "records", .size = sizeof(uint32_t), .elements = 1,
	    .rule = RULE_NUMBER, .max = LISTING_WINDOW }
};
static const struct ipc_part more_part = { sizeof(uint32_t), more_rows, 1,
	NULL };

static const struct ipc_field link_rows[] = {
	ROW(link, ifindex, NONZERO),
	ROW(link, conf, NUMBER, .max = CONF_IFACES - 1),
	ROW(link, name, NAME),
	ROW(link, lladdr, LLADDR),
	ROW(link, up, FLAG),
	ROW(link, source, NUMBER, .max = SOURCE_NL80211),
	ROW(link, drops, FLAG),
	ROW(link, returns, ANY),
	ROW(link, pad, ZERO),
	ROW(link, mtu, ANY),
	ROW(link, gateway4, V4, OR_NONE),
	ROW(link, gateway6, LINKLOCAL, OR_NONE)
};
PART(link, NULL);

static const struct ipc_field ipc_link_socket_rows[] = {
	ROW(ipc_link_socket, ifindex, NONZERO),
	ROW(ipc_link_socket, kind, NUMBER, .max = LINK_SOCKETS - 1)
};
PART(ipc_link_socket, NULL);

static const struct ipc_field sighting_rows[] = {
	ROW(sighting, ifindex, NONZERO),
	ROW(sighting, port, NONZERO),
	ROW(sighting, kind, NUMBER, .max = SIGHTING_NO_ACK),
	ROW(sighting, age, ANY),
	ROW(sighting, mac, STATION),
	ROW(sighting, source, ONE_OF,
	    .set = BIT(SOURCE_BRIDGE) | BIT(SOURCE_NL80211)),
	SPAN(sighting, isolated, fixed, FLAG),
	ROW(sighting, pad, ZERO),
	ROW(sighting, tag, NUMBER, .max = VLAN_MAX),
	ROW(sighting, port_name, NAME, OR_NONE)
};
PART(sighting, NULL);

static const struct ipc_field ipc_peer_rows[] = {
	ROW(ipc_peer, number, NUMBER, .max = CONF_PEERS),
	ROW(ipc_peer, error, NUMBER, .max = EAI_MAX),
	ROW(ipc_peer, addr, UNICAST, OR_NONE),
	ROW(ipc_peer, ifindex, ANY),
	ROW(ipc_peer, more, ANY),
	ROW(ipc_peer, port, NONZERO),
	ROW(ipc_peer, notls, FLAG),
	ROW(ipc_peer, automatic, FLAG),
	ROW(ipc_peer, known, FLAG),
	ROW(ipc_peer, fruitless, FLAG),
	ROW(ipc_peer, pad, ZERO),
	ROW(ipc_peer, host, TEXT)
};

static const char *
peer(const void *payload)
{
	const struct ipc_peer *p = payload;

	if (addr_is_none(&p->addr) && (p->host[0] == '\0' || p->automatic))
		return ipc_wrong("addr: none, expected one without a host");
	if (p->known && p->number != 0)
		return ipc_wrong("known: 1, expected 0 of a configured one");
	if (p->more != 0 && (p->number != 0 || p->error == 0))
		return ipc_wrong("more: %u, expected 0 but for refused ones",
		    p->more);
	if (p->automatic && !ipc_is_name(p->host))
		return ipc_wrong("host: unfit, expected the interface of an "
		    "automatic one");
	if (p->automatic && (p->ifindex == 0 ||
	    !addr_is_linklocal(&p->addr) || addr_is_v4(&p->addr)))
		return ipc_wrong("addr: %s, expected a link-local IPv6 one "
		    "and its interface", addr_text(&p->addr));
	return NULL;
}

PART(ipc_peer, peer);

static const struct ipc_field peer_fd_rows[] = {
	ROW(ipc_peer, error, ZERO),
	ROW(ipc_peer, addr, UNICAST)
};
ALSO(peer_fd, ipc_peer, NULL);

static const struct ipc_field peer_failed_rows[] = {
	ROW(ipc_peer, error, NONZERO)
};

/* number 0: it tried to connect to us, and may not. */
static const char *
peer_failed(const void *payload)
{
	const struct ipc_peer *p = payload;

	if (p->number == 0 && p->error != EACCES && p->error != EUSERS)
		return ipc_wrong("number: 0, expected another with error %d",
		    p->error);
	if (p->error > ERRNO_MAX && p->error <= IPC_EAI_BASE)
		return ipc_wrong("error: %d, expected one of a system call "
		    "or of getaddrinfo", p->error);
	return NULL;
}

ALSO(peer_failed, ipc_peer, peer_failed);

/* To connect, or a way there. */
static const struct ipc_field peer_wanted_rows[] = {
	ROW(ipc_peer, number, NONZERO),
	ROW(ipc_peer, error, ZERO)
};
ALSO(peer_wanted, ipc_peer, NULL);

static const struct ipc_field ipc_discover_rows[] = {
	ROW(ipc_discover, ifindex, NONZERO),
	ROW(ipc_discover, port, NONZERO),
	ROW(ipc_discover, pad, ZERO),
	ROW(ipc_discover, name, NAME)
};
PART(ipc_discover, NULL);

static const struct ipc_field ipc_resolve_rows[] = {
	ROW(ipc_resolve, host, TEXT, .min = 1)
};
PART(ipc_resolve, NULL);

static const struct ipc_field ctl_parent_rows[] = {
	EACH(ctl_parent, log_lost, COUNT),
	SPAN(ctl_parent, kernel_refused, memory_refused, COUNT)
};
PART(ctl_parent, NULL);

/* Children to parent. */

static const struct ipc_field ipc_resolved_rows[] = {
	ROW(ipc_resolved, error, NUMBER, OR_NONE, .min = IPC_EAI_BASE + 1,
	    .max = EAI_MAX),
	ROW(ipc_resolved, naddrs, NUMBER, .max = RESOLVE_ADDRS),
	LIST(ipc_resolved, addrs, naddrs, UNICAST)
};

static const char *
resolved(const void *payload)
{
	const struct ipc_resolved *r = payload;

	return r->error != 0 || r->naddrs > 0 ? NULL :
	    ipc_wrong("naddrs: 0, expected some without an error");
}

PART(ipc_resolved, resolved);

/* Some syslogs write an emergency to all terminals: none of ours is one. */
static const struct ipc_field ipc_log_rows[] = {
	ROW(ipc_log, priority, NUMBER, .min = LOG_CRIT, .max = LOG_DEBUG),
	ROW(ipc_log, text, TEXT)
};
PART(ipc_log, NULL);

static const struct ipc_field ipc_refused_rows[] = {
	ROW(ipc_refused, why, TEXT)
};
PART(ipc_refused, NULL);

static const struct ipc_field ipc_lost_rows[] = {
	EACH(ipc_lost, count, COUNT)
};
PART(ipc_lost, NULL);

static const struct ipc_field ipc_fd_lost_rows[] = {
	ROW(ipc_fd_lost, type, ANY),
	ROW(ipc_fd_lost, ifindex, NONZERO)
};

static const char *
fd_lost(const void *payload)
{
	const struct ipc_fd_lost *f = payload;

	return f->type == IPC_LINK_SOCKET || f->type == IPC_DISCOVER_SOCKET ?
	    NULL : ipc_wrong("type: %u, expected that of a socket of an "
	    "interface", f->type);
}

PART(ipc_fd_lost, fd_lost);

static const struct ipc_field route_rows[] = {
	ROW(route, prefix, LEASE),
	ROW(route, kind, NUMBER, .max = ROUTE_NONE),
	ROW(route, mac, STATION, OR_NONE),
	ROW(route, ifindex, ANY),
	ROW(route, router, ANY),
	ROW(route, gateway, LINKLOCAL, OR_NONE)
};

static const char *
route_whole(const void *payload)
{
	const struct route *r = payload;

	if (r->kind == ROUTE_LOCAL && r->ifindex == 0)
		return ipc_wrong("ifindex: 0, expected that of a local route");
	if (!addr_is_none(&r->gateway) && prefix_is_v4(&r->prefix))
		return ipc_wrong("gateway: %s, expected none for IPv4",
		    addr_text(&r->gateway));
	return NULL;
}

PART(route, route_whole);

/* A route left by a former run: its station and router may be unknown. */
static const struct ipc_field adopt_rows[] = {
	ROW(route, kind, ONE_OF, .set = BIT(ROUTE_LOCAL) | BIT(ROUTE_DIRECT))
};
ALSO(adopt, route, NULL);

static const char *
has_place(const void *payload)
{
	static const struct mac nobody;
	const struct route *r = payload;

	if (r->kind == ROUTE_LOCAL && mac_cmp(&r->mac, &nobody) == 0)
		return ipc_wrong("mac: none, expected that of a station");
	if (r->kind == ROUTE_DIRECT && router_id_is_none(&r->router))
		return ipc_wrong("router: none, expected one");
	return NULL;
}

static const struct ipc_part route_wanted_part = {
	sizeof(struct route), NULL, 0, has_place
};

/* The addresses are a distant router's: the kernel decides if it takes them. */
static const struct ipc_field neigh_rows[] = {
	ROW(neigh, ifindex, NONZERO),
	ROW(neigh, present, FLAG),
	ROW(neigh, mac, STATION),
	ROW(neigh, pad, ZERO),
	ROW(neigh, addr, UNICAST6)
};
PART(neigh, NULL);

static const struct ipc_field nexthop_rows[] = {
	ROW(nexthop, router, ROUTER),
	ROW(nexthop, addr4, V4, OR_NONE),
	ROW(nexthop, addr6, V6, OR_NONE)
};
PART(nexthop, NULL);

static const struct ipc_field disassociate_rows[] = {
	ROW(disassociate, ifindex, NONZERO),
	ROW(disassociate, port, ANY),
	ROW(disassociate, mac, STATION),
	ROW(disassociate, silent, FLAG),
	ROW(disassociate, pad, ZERO)
};
PART(disassociate, NULL);

static const struct ipc_field pin_rows[] = {
	ROW(pin, ifindex, NONZERO),
	ROW(pin, port, NONZERO),
	ROW(pin, mac, STATION),
	ROW(pin, held, FLAG),
	ROW(pin, pad, ZERO)
};
PART(pin, NULL);

static const struct ipc_field inquiry_rows[] = {
	ROW(inquiry, ifindex, NONZERO),
	ROW(inquiry, port, NONZERO),
	ROW(inquiry, mac, STATION),
	ROW(inquiry, pad, ZERO)
};
PART(inquiry, NULL);

/*
 * Frontend to engine.  Values that a station may choose (chaddr, the
 * link-layer option, an ND address) are checked by the core.
 */

#define DHCP_ASKS	(BIT(DHCP_DISCOVER) | BIT(DHCP_REQUEST) | \
			    BIT(DHCP_DECLINE) | BIT(DHCP_RELEASE) | \
			    BIT(DHCP_INFORM) | BIT(DHCP_BOOTP))
#define DHCP6_ASKS	(BIT(DHCP6_SOLICIT) | BIT(DHCP6_REQUEST) | \
			    BIT(DHCP6_CONFIRM) | BIT(DHCP6_RENEW) | \
			    BIT(DHCP6_REBIND) | BIT(DHCP6_RELEASE) | \
			    BIT(DHCP6_DECLINE) | \
			    BIT(DHCP6_INFORMATION_REQUEST))
#define DHCP6_WANTS	(DHCP6_WANTS_SERVERS | DHCP6_WANTS_DOMAINS | \
			    DHCP6_WANTS_REFRESH | DHCP6_WANTS_CAPTIVE)
#define XID6_MAX	0xffffff

static const struct ipc_field dhcp_request_rows[] = {
	ROW(dhcp_request, ifindex, NONZERO),
	ROW(dhcp_request, xid, ANY),
	SPAN(dhcp_request, ciaddr, override, V4, OR_NONE),
	ROW(dhcp_request, lease, ANY),
	SPAN(dhcp_request, secs, arch, ANY),
	ROW(dhcp_request, has_arch, FLAG),
	ROW(dhcp_request, type, ONE_OF, .set = DHCP_ASKS),
	ROW(dhcp_request, nparams, NUMBER, .max = DHCP_PARAMS_MAX),
	ROW(dhcp_request, source_mac, STATION),
	ROW(dhcp_request, chaddr, ANY),
	ROW(dhcp_request, params, ANY),
	ROW(dhcp_request, client_idlen, NUMBER, .max = DHCP_CLIENT_ID_MAX),
	ROW(dhcp_request, client_id, ANY),
	ROW(dhcp_request, behind, ANY),
	ROW(dhcp_request, repeated, NUMBER, .max = DHCP_REPEATED_BARE),
	SPAN(dhcp_request, rapid, plain, FLAG),
	ROW(dhcp_request, relay_port, FLAG),
	ROW(dhcp_request, fqdnlen, NUMBER, .max = DHCP_FQDN_MAX),
	ROW(dhcp_request, fqdn, ANY),
	ROW(dhcp_request, relay_idlen, NUMBER, .max = DHCP_RELAY_ID_MAX),
	ROW(dhcp_request, relay_id, ANY)
};
PART(dhcp_request, NULL);

static const struct ipc_field dhcp6_ia_rows[] = {
	ROW(dhcp6_ia, iaid, ANY),
	ROW(dhcp6_ia, delegation, FLAG),
	ROW(dhcp6_ia, status, NUMBER, .max = DHCP6_NO_PREFIX),
	ROW(dhcp6_ia, wish, NUMBER, .max = PLEN_MAX),
	ROW(dhcp6_ia, prefix, PREFIX, .max = PLEN_MAX),
	ROW(dhcp6_ia, old, PREFIX, .max = PLEN_MAX),
	SPAN(dhcp6_ia, preferred, valid, ANY)
};
PART(dhcp6_ia, NULL);

static const struct ipc_field dhcp6_request_rows[] = {
	ROW(dhcp6_request, ifindex, NONZERO),
	ROW(dhcp6_request, xid, NUMBER, .max = XID6_MAX),
	ROW(dhcp6_request, type, ONE_OF, .set = DHCP6_ASKS),
	ROW(dhcp6_request, rapid, FLAG),
	ROW(dhcp6_request, wants, NUMBER, .max = DHCP6_WANTS),
	ROW(dhcp6_request, nias, NUMBER, .max = DHCP6_IAS),
	ROW(dhcp6_request, source_mac, STATION),
	ROW(dhcp6_request, client_idlen, NUMBER, .max = DHCP6_DUID_MAX),
	ROW(dhcp6_request, server_idlen, NUMBER, .max = DHCP6_DUID_MAX),
	ROW(dhcp6_request, source, LINKLOCAL),
	ROW(dhcp6_request, client_id, ANY),
	ROW(dhcp6_request, server_id, ANY),
	LIST(dhcp6_request, ias, nias, PART, .part = &dhcp6_ia_part)
};
PART(dhcp6_request, NULL);

static const struct ipc_field solicit_rows[] = {
	ROW(solicit, ifindex, NONZERO),
	ROW(solicit, source_mac, STATION),
	ROW(solicit, lladdr, ANY),
	ROW(solicit, source, ANY)
};
PART(solicit, NULL);

static const struct ipc_field heard_rows[] = {
	ROW(heard, ifindex, NONZERO),
	ROW(heard, kind, NUMBER, .max = HEARD_NA),
	ROW(heard, mac, STATION),
	ROW(heard, pad, ZERO),
	ROW(heard, addr, ANY)
};

static const char *
heard_by_arp(const void *payload)
{
	const struct heard *h = payload;

	if ((h->kind == HEARD_ARP || h->kind == HEARD_ARP_REPLY) &&
	    !addr_is_none(&h->addr) && !addr_is_v4(&h->addr))
		return ipc_wrong("addr: %s, expected IPv4 by ARP",
		    addr_text(&h->addr));
	return NULL;
}

PART(heard, heard_by_arp);

/* Both ways. */
static const struct ipc_field arp_ask_rows[] = {
	ROW(arp_ask, ifindex, NONZERO),
	ROW(arp_ask, mac, STATION),
	ROW(arp_ask, isolated, FLAG),
	ROW(arp_ask, pad, ZERO),
	ROW(arp_ask, sender, V4, OR_NONE),
	ROW(arp_ask, target, V4)
};
PART(arp_ask, NULL);

/* Engine to frontend. */

static const struct ipc_field dhcp_reply_rows[] = {
	ROW(dhcp_reply, to, PART, .part = &dhcp_request_part),
	ROW(dhcp_reply, yiaddr, V4, OR_NONE),
	ROW(dhcp_reply, server, V4, OR_NONE),
	SPAN(dhcp_reply, lease, t2, ANY),
	ROW(dhcp_reply, type, ONE_OF,
	    .set = BIT(DHCP_OFFER) | BIT(DHCP_ACK) | BIT(DHCP_NAK) |
	    BIT(DHCP_BOOTP)),
	ROW(dhcp_reply, pad, ZERO),
	ROW(dhcp_reply, message, TEXT),
	ROW(dhcp_reply, host, TEXT)
};
PART(dhcp_reply, NULL);

static const struct ipc_field dhcp6_reply_rows[] = {
	ROW(dhcp6_reply, to, PART, .part = &dhcp6_request_part),
	ROW(dhcp6_reply, type, ONE_OF,
	    .set = BIT(DHCP6_ADVERTISE) | BIT(DHCP6_REPLY)),
	ROW(dhcp6_reply, rapid, FLAG),
	ROW(dhcp6_reply, has_status, FLAG),
	ROW(dhcp6_reply, status, NUMBER, .max = DHCP6_NO_PREFIX),
	SPAN(dhcp6_reply, t1, refresh, ANY)
};
PART(dhcp6_reply, NULL);

static const struct ipc_field advertised_rows[] = {
	ROW(advertised, prefix, PREFIX, .min = PLEN_SLASH64,
	    .max = PLEN_SLASH64),
	ROW(advertised, pad, ZERO),
	SPAN(advertised, valid, preferred, ANY)
};

static const char *
lifetimes(const void *payload)
{
	const struct advertised *a = payload;

	return a->preferred <= a->valid ? NULL :
	    ipc_wrong("preferred: %u, expected at most %u", a->preferred,
	    a->valid);
}

PART(advertised, lifetimes);

static const struct ipc_field advert_rows[] = {
	ROW(advert, ifindex, NONZERO),
	ROW(advert, router_lifetime, NUMBER, .max = LIFETIME_MAX),
	ROW(advert, dns_lifetime, NUMBER, .max = LIFETIME_MAX),
	ROW(advert, nprefixes, NUMBER, .max = ADVERT_PREFIXES),
	LIST(advert, prefixes, nprefixes, PART, .part = &advertised_part),
	ROW(advert, dst, LINKLOCAL, OR_NONE),
	ROW(advert, mac, STATION),
	ROW(advert, pad, ZERO)
};
PART(advert, NULL);

static const struct ipc_field announce_rows[] = {
	ROW(announce, ifindex, NONZERO),
	ROW(announce, mac, STATION),
	ROW(announce, pad, ZERO)
};
PART(announce, NULL);

static const struct ipc_field probe_rows[] = {
	ROW(probe, ifindex, NONZERO),
	ROW(probe, port, ANY),
	ROW(probe, mac, STATION),
	ROW(probe, tag, NUMBER, .max = VLAN_MAX),
	ROW(probe, addr, UNICAST),
	ROW(probe, everybody, FLAG),
	ROW(probe, pad, ZERO)
};
PART(probe, NULL);

static const struct ipc_field ipc_drops_rows[] = {
	ROW(ipc_drops, ifindex, NONZERO),
	ROW(ipc_drops, pad, ZERO),
	EACH(ipc_drops, count, COUNT)
};
PART(ipc_drops, NULL);

/* A request of sroamctl; the frontend has checked it already. */

static const struct ipc_field ctl_request_rows[] = {
	ROW(ctl_request, version, NUMBER, .min = CTL_VERSION,
	    .max = CTL_VERSION),
	ROW(ctl_request, number, NUMBER, .max = (1U << CTL_EVENTS) - 1),
	ROW(ctl_request, network, TEXT),
	ROW(ctl_request, mac, STATION, OR_NONE),
	ROW(ctl_request, has_prefix, FLAG),
	ROW(ctl_request, pad, ZERO),
	ROW(ctl_request, prefix, PREFIX, .max = PLEN_MAX),
	ROW(ctl_request, pad2, ZERO),
	ROW(ctl_request, router, TEXT)
};
PART(ctl_request, NULL);

static const struct ipc_field ipc_ctl_rows[] = {
	ROW(ipc_ctl, type, NUMBER, .min = CTL_NONE + 1,
	    .max = CTL_REQUESTS - 1),
	ROW(ipc_ctl, request, PART, .part = &ctl_request_part)
};
PART(ipc_ctl, NULL);

/*
 * Answers to sroamctl.  Values that the engine has from distant routers are
 * shown as they are; but a text must not control the terminal.
 */

static const struct ipc_field ctl_scope_rows[] = {
	ROW(ctl_scope, network, TEXT),
	ROW(ctl_scope, width, NUMBER, .max = CTL_NETWORK_NAME - 1),
	ROW(ctl_scope, pad, ZERO)
};
PART(ctl_scope, NULL);

static const struct ipc_field ctl_status_rows[] = {
	ROW(ctl_status, id, ANY),
	ROW(ctl_status, name, TEXT),
	ROW(ctl_status, version, TEXT),
	ROW(ctl_status, uptime, COUNT),
	SPAN(ctl_status, prefixes, delegated, ANY),
	ROW(ctl_status, started, FLAG),
	ROW(ctl_status, data, ANY),
	SPAN(ctl_status, joins, memory_refused, COUNT),
	ROW(ctl_status, parent, PART, .part = &ctl_parent_part),
	ROW(ctl_status, warning, TEXT)
};
PART(ctl_status, NULL);

static const struct ipc_field ctl_lease_rows[] = {
	ROW(ctl_lease, scope, PART, .part = &ctl_scope_part),
	ROW(ctl_lease, prefix, PREFIX, .max = PLEN_MAX),
	ROW(ctl_lease, state, NUMBER, .max = CTL_LEASE_DECLINED),
	ROW(ctl_lease, delegated, FLAG),
	ROW(ctl_lease, mac, ANY),
	ROW(ctl_lease, seqno, ANY),
	ROW(ctl_lease, remaining, ANY),
	ROW(ctl_lease, pad, ZERO),
	ROW(ctl_lease, router, ANY),
	ROW(ctl_lease, router_name, TEXT)
};
PART(ctl_lease, NULL);

static const struct ipc_field ctl_station_rows[] = {
	ROW(ctl_station, scope, PART, .part = &ctl_scope_part),
	ROW(ctl_station, mac, ANY),
	ROW(ctl_station, here, FLAG),
	ROW(ctl_station, nprefixes, NUMBER, .max = CTL_STATION_PREFIXES),
	ROW(ctl_station, flapping, FLAG),
	ROW(ctl_station, moves, ANY),
	ROW(ctl_station, router, ANY),
	ROW(ctl_station, router_name, TEXT),
	ROW(ctl_station, interface, TEXT),
	ROW(ctl_station, port, TEXT),
	SPAN(ctl_station, since, seqno, ANY),
	SPAN(ctl_station, heard, lifetime, ANY),
	LIST(ctl_station, prefixes, nprefixes, PREFIX, .max = PLEN_MAX),
	EACH(ctl_station, lifetimes, ANY)
};
PART(ctl_station, NULL);

static const struct ipc_field ctl_peer_rows[] = {
	ROW(ctl_peer, addr, ANY),
	ROW(ctl_peer, port, ANY),
	ROW(ctl_peer, state, NUMBER, .max = CTL_PEER_OTHER_WAY),
	SPAN(ctl_peer, inbound, proven, FLAG),
	ROW(ctl_peer, router, ANY),
	ROW(ctl_peer, router_name, TEXT),
	ROW(ctl_peer, since, ANY),
	SPAN(ctl_peer, updates_in, cuts, COUNT),
	SPAN(ctl_peer, retry, queued, ANY),
	ROW(ctl_peer, error, TEXT),
	ROW(ctl_peer, tls_version, TEXT),
	ROW(ctl_peer, tls_cipher, TEXT),
	ROW(ctl_peer, tls_identity, TEXT),
	ROW(ctl_peer, ifindex, ANY),
	ROW(ctl_peer, pad2, ZERO),
	ROW(ctl_peer, host, TEXT)
};
PART(ctl_peer, NULL);

static const struct ipc_field ctl_route_rows[] = {
	ROW(ctl_route, scope, PART, .part = &ctl_scope_part),
	ROW(ctl_route, prefix, PREFIX, .max = PLEN_MAX),
	ROW(ctl_route, kind, NUMBER, .max = ROUTE_NONE),
	ROW(ctl_route, installed, FLAG),
	ROW(ctl_route, pad, ZERO),
	ROW(ctl_route, interface, TEXT),
	ROW(ctl_route, via, ANY),
	ROW(ctl_route, router, ANY),
	ROW(ctl_route, mac, ANY),
	ROW(ctl_route, pad2, ZERO),
	ROW(ctl_route, error, TEXT)
};
PART(ctl_route, NULL);

static const struct ipc_field ctl_router_rows[] = {
	ROW(ctl_router, id, ANY),
	ROW(ctl_router, name, TEXT),
	ROW(ctl_router, version, TEXT),
	ROW(ctl_router, addr4, V4, OR_NONE),
	ROW(ctl_router, addr6, V6, OR_NONE),
	SPAN(ctl_router, stations, lifetime, ANY),
	SPAN(ctl_router, self, known, FLAG),
	SPAN(ctl_router, heard, hops, ANY),
	ROW(ctl_router, via, ANY),
	ROW(ctl_router, via_name, TEXT),
	ROW(ctl_router, via_addr, ANY),
	ROW(ctl_router, fingerprint, ANY),
	ROW(ctl_router, cloned, FLAG),
	ROW(ctl_router, alike, NUMBER, .max = CTL_ALIKE_NO),
	ROW(ctl_router, pad, ZERO)
};
PART(ctl_router, NULL);

static const struct ipc_field ctl_memory_rows[] = {
	ROW(ctl_memory, process, NUMBER, .max = CTL_FRONTEND),
	ROW(ctl_memory, pid, NUMBER, .min = 1, .max = INT32_MAX),
	SPAN(ctl_memory, rss, object_bytes, COUNT)
};
PART(ctl_memory, NULL);

static const struct ipc_field ctl_roam_rows[] = {
	ROW(ctl_roam, scope, PART, .part = &ctl_scope_part),
	ROW(ctl_roam, mac, ANY),
	ROW(ctl_roam, pad, ZERO),
	ROW(ctl_roam, late, ANY),
	ROW(ctl_roam, pad2, ZERO),
	ROW(ctl_roam, ago, ANY),
	SPAN(ctl_roam, from, to, ANY),
	SPAN(ctl_roam, from_name, to_name, TEXT)
};
PART(ctl_roam, NULL);

static const struct ipc_field ctl_event_rows[] = {
	ROW(ctl_event, scope, PART, .part = &ctl_scope_part),
	SPAN(ctl_event, seq, count, ANY),
	ROW(ctl_event, type, NUMBER, .max = CTL_EVENTS - 1),
	ROW(ctl_event, about, NUMBER, .max = CTL_SUBJECTS - 1),
	ROW(ctl_event, mac, ANY),
	ROW(ctl_event, nprefixes, NUMBER, .max = CTL_EVENT_PREFIXES),
	ROW(ctl_event, pad, ZERO),
	LIST(ctl_event, prefixes, nprefixes, PREFIX, .max = PLEN_MAX),
	SPAN(ctl_event, router, from, ANY),
	SPAN(ctl_event, router_name, from_name, TEXT),
	SPAN(ctl_event, interface, port, TEXT),
	ROW(ctl_event, text, TEXT)
};
PART(ctl_event, NULL);

static const struct ipc_field ctl_pool_rows[] = {
	ROW(ctl_pool, prefix, PREFIX, OR_NONE, .max = PLEN_MAX),
	ROW(ctl_pool, pad, ZERO),
	SPAN(ctl_pool, size, used, COUNT)
};
PART(ctl_pool, NULL);

static const struct ipc_field ctl_network_rows[] = {
	ROW(ctl_network, scope, PART, .part = &ctl_scope_part),
	SPAN(ctl_network, configured, isolated, FLAG),
	ROW(ctl_network, pad, ZERO),
	SPAN(ctl_network, ninterfaces, data, ANY),
	SPAN(ctl_network, size4, used_delegated, COUNT),
	EACH(ctl_network, pools, PART, .part = &ctl_pool_part),
	EACH(ctl_network, interfaces, TEXT),
	EACH(ctl_network, reaches, TEXT)
};
PART(ctl_network, NULL);

static const struct ipc_field ctl_end_rows[] = {
	ROW(ctl_end, error, FLAG),
	ROW(ctl_end, text, TEXT)
};
PART(ctl_end, NULL);

/* The messages. */

#define P		(1u << PROC_PARENT)
#define E		(1u << PROC_ENGINE)
#define F		(1u << PROC_FRONTEND)
#define R		(1u << PROC_RESOLVER)
#define S		(1u << PROC_SIGNER)
#define FD		.fd = true
#define EARLY		.early = true
#define HAS(s)		.part = &s##_part
#define ALSO_HAS(s)	.also = &s##_part

#define MESSAGE(type, source, target, ...) \
	[type - IPC_FIRST] = { .name = #type, .from = source, .to = target, \
	    __VA_ARGS__ }

static const struct ipc_message messages[IPC_MAX - IPC_FIRST] = {
	MESSAGE(IPC_HELLO, P, E | F, EARLY, FD, HAS(ipc_hello)),
	MESSAGE(IPC_HELLO_SIGNER, P, S, EARLY, FD),
	MESSAGE(IPC_SIGNER, P, E | S, EARLY, FD),
	MESSAGE(IPC_CONF_BEGIN, P, E | F, EARLY, HAS(conf_global)),
	MESSAGE(IPC_CONF_NETWORK, P, E | F, EARLY, HAS(conf_network)),
	MESSAGE(IPC_CONF_LISTEN, P, E | F, EARLY, HAS(conf_listen)),
	MESSAGE(IPC_CONF_PEER, P, E | F, EARLY, HAS(conf_peer)),
	MESSAGE(IPC_CONF_IFACE, P, E | F, EARLY, HAS(conf_iface)),
	MESSAGE(IPC_CONF_OPTION, P, E | F, EARLY, HAS(conf_option)),
	MESSAGE(IPC_CONF_STATIC, P, E | F, EARLY, HAS(conf_host)),
	MESSAGE(IPC_CONF_ROUTER, P, E | F, EARLY, HAS(conf_router)),
	MESSAGE(IPC_CONF_DENY, P, E | F, EARLY, HAS(conf_deny)),
	MESSAGE(IPC_CONF_BAR, P, E | F, EARLY, HAS(conf_bar)),
	MESSAGE(IPC_CONF_SECRET, P, E, EARLY, HAS(ipc_secret)),
	MESSAGE(IPC_CONF_END, P, E | F, EARLY),
	MESSAGE(IPC_CONF_COMMIT, P, E | F, EARLY),
	MESSAGE(IPC_CONF_ABORT, P, E | F, EARLY),
	MESSAGE(IPC_VERBOSE, P, E | F, EARLY, HAS(verbose)),
	MESSAGE(IPC_LINK, P, E | F, HAS(link)),
	MESSAGE(IPC_LINK_SOCKET, P, F, FD, HAS(ipc_link_socket)),
	MESSAGE(IPC_CONTROL_SOCKET, P, F, FD),
	MESSAGE(IPC_SIGHTING, P, E, HAS(sighting)),
	MESSAGE(IPC_ADOPT, P, E, HAS(route), ALSO_HAS(adopt)),
	MESSAGE(IPC_PEER_FD, P, E, FD, HAS(ipc_peer), ALSO_HAS(peer_fd)),
	MESSAGE(IPC_PEER_FAILED, P, E, HAS(ipc_peer), ALSO_HAS(peer_failed)),
	MESSAGE(IPC_PEER_ROUTE, P, E, HAS(ipc_peer), ALSO_HAS(peer_wanted)),
	MESSAGE(IPC_DISCOVER_SOCKET, P, E, FD, HAS(ipc_discover)),
	MESSAGE(IPC_RESOLVE, P, R, HAS(ipc_resolve)),
	MESSAGE(IPC_PARENT_STATUS, P, F, HAS(ctl_parent)),
	MESSAGE(IPC_SHUTDOWN, P, E | F | R | S, EARLY),
	MESSAGE(IPC_ALIVE, P, E | F | R | S, EARLY, FD),

	MESSAGE(IPC_CONF_READY, E | F, P, EARLY),
	MESSAGE(IPC_CONF_REFUSED, E | F, P, EARLY, HAS(ipc_refused)),
	MESSAGE(IPC_FD_LOST, E | F, P, EARLY, HAS(ipc_fd_lost)),
	MESSAGE(IPC_LOG, E | F | R | S, P, EARLY, HAS(ipc_log)),
	MESSAGE(IPC_LOG_LOST, E | F | R | S, P, EARLY, HAS(ipc_lost)),

	MESSAGE(IPC_RESOLVED, R, P, HAS(ipc_resolved)),

	MESSAGE(IPC_IDENTITY, S, P, EARLY, HAS(ipc_identity)),
	MESSAGE(IPC_SIGN_ROUTER, E, S, HAS(ipc_sign_router)),
	MESSAGE(IPC_SIGN_SESSION, E, S, HAS(ipc_sign_session)),
	MESSAGE(IPC_SIGNED_ROUTER, S, E, HAS(ipc_signed_router)),
	MESSAGE(IPC_SIGNED_SESSION, S, E, HAS(ipc_signed_session)),

	MESSAGE(IPC_PEER_CONNECT, E, P, HAS(ipc_peer), ALSO_HAS(peer_wanted)),
	MESSAGE(IPC_ROUTE, E, P, HAS(route), ALSO_HAS(route_wanted)),
	MESSAGE(IPC_NEIGH, E, P, HAS(neigh)),
	MESSAGE(IPC_NEXTHOP, E, P, HAS(nexthop)),
	MESSAGE(IPC_STARTED, E, P),
	MESSAGE(IPC_DISASSOCIATE, E, P, HAS(disassociate)),
	MESSAGE(IPC_PIN, E, P, HAS(pin)),
	MESSAGE(IPC_INQUIRY, E, P, HAS(inquiry)),

	MESSAGE(IPC_DHCP, F, E, HAS(dhcp_request)),
	MESSAGE(IPC_DHCP6, F, E, HAS(dhcp6_request)),
	MESSAGE(IPC_SOLICIT, F, E, HAS(solicit)),
	MESSAGE(IPC_HEARD, F, E, HAS(heard)),
	MESSAGE(IPC_ARP_ASK, F, E, HAS(arp_ask)),

	MESSAGE(IPC_DHCP_REPLY, E, F, HAS(dhcp_reply)),
	MESSAGE(IPC_DHCP6_REPLY, E, F, HAS(dhcp6_reply)),
	MESSAGE(IPC_ADVERT, E, F, HAS(advert)),
	MESSAGE(IPC_ANNOUNCE, E, F, HAS(announce)),
	MESSAGE(IPC_PROBE, E, F, HAS(probe)),
	MESSAGE(IPC_ARP_REPLY, E, F, HAS(arp_ask)),
	MESSAGE(IPC_DROPS, E, F, HAS(ipc_drops)),

	MESSAGE(IPC_LISTEN, F, E, HAS(listen)),
	MESSAGE(IPC_CTL_MORE, F, P | E, HAS(more)),
	MESSAGE(IPC_CTL, F, P | E, HAS(ipc_ctl)),

	MESSAGE(CTL_STATUS, E, F, HAS(ctl_status)),
	MESSAGE(CTL_LEASE, E, F, HAS(ctl_lease)),
	MESSAGE(CTL_STATION, E, F, HAS(ctl_station)),
	MESSAGE(CTL_PEER, E, F, HAS(ctl_peer)),
	MESSAGE(CTL_ROUTE, P, F, HAS(ctl_route)),
	MESSAGE(CTL_ROUTER, E, F, HAS(ctl_router)),
	MESSAGE(CTL_MEMORY, P | E, F, HAS(ctl_memory)),
	MESSAGE(CTL_ROAM, E, F, HAS(ctl_roam)),
	MESSAGE(CTL_NETWORK, E, F, HAS(ctl_network)),
	MESSAGE(CTL_EVENT, E, F, HAS(ctl_event)),
	MESSAGE(CTL_END, P | E, F, HAS(ctl_end)),
};

const struct ipc_message *
ipc_message(uint32_t type)
{
	if (type < IPC_FIRST || type >= IPC_MAX ||
	    messages[type - IPC_FIRST].name == NULL)
		return NULL;
	return &messages[type - IPC_FIRST];
}
