/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <syslog.h>

#include "ipc/ipc.h"

#define P		(1u << PROC_PARENT)
#define E		(1u << PROC_ENGINE)
#define F		(1u << PROC_FRONTEND)
#define R		(1u << PROC_RESOLVER)

#define ERRNO_MAX	4095
#define EAI_MAX		(IPC_EAI_BASE + 1000)
#define VERBOSE_MAX	2
#define LIFETIME_MAX	9000		/* s, of a router: RFC 4861 6.2.1 */
#define PLEN_SLASH64	64

/* A payload, aligned: what arrives in a read buffer is not. */
union payload {
	uint32_t		number;
	struct ipc_hello	hello;
	struct ipc_refused	refused;
	struct ipc_peer		peer;
	struct ipc_link_socket	link_socket;
	struct ipc_beacon	beacon;
	struct ipc_resolve	resolve;
	struct ipc_resolved	resolved;
	struct ipc_log		log;
	struct ipc_lost		lost;
	struct ctl_parent	parent;
	struct ipc_fd_lost	fd_lost;
	struct ipc_ctl		ctl;
	struct conf_global	global;
	struct conf_listen	listen;
	struct conf_peer	conf_peer;
	struct conf_iface	iface;
	struct dhcp_option	option;
	struct conf_host	host;
	struct ipc_secret	secret;
	struct link		link;
	struct sighting		sighting;
	struct route		route;
	struct neigh		neigh;
	struct nexthop		nexthop;
	struct disassociate	disassociate;
	struct inquiry		inquiry;
	struct dhcp_request	dhcp;
	struct dhcp_reply	reply;
	struct dhcp6_request	dhcp6;
	struct dhcp6_reply	reply6;
	struct solicit		solicit;
	struct heard		heard;
	struct arp_ask		arp;
	struct advert		advert;
	struct announce		announce;
	struct probe		probe;
	struct ipc_drops	drops;
	struct ctl_status	status;
	struct ctl_lease	lease;
	struct ctl_station	station;
	struct ctl_peer		ctl_peer;
	struct ctl_route	ctl_route;
	struct ctl_router	router;
	struct ctl_memory	memory;
	struct ctl_roam		roam;
	struct ctl_end		end;
};

typedef const char *check_fn(const union payload *);

_Static_assert(sizeof(struct conf_global) <= IMSG_MAX - IMSG_HEADER,
    "the configuration's scalars in one message");

/* One message: who may send it to whom, and what must be in it. */
struct rule {
	const char	*name;
	unsigned int	 from, to;
	bool		 fd;
	size_t		 len;
	check_fn	*check;
};

static check_fn	check_hello, check_refused, check_global, check_listen, check_conf_peer,
		check_iface, check_option, check_host, check_secret,
		check_verbose, check_link, check_link_socket, check_drops,
		check_fd_lost, check_sighting, check_adopt, check_peer_fd, check_peer_failed,
		check_beacon, check_resolve, check_resolved,
		check_log, check_lost, check_parent_status,
		check_peer_connect, check_route, check_neigh,
		check_nexthop, check_disassociate, check_inquiry, check_dhcp,
		check_dhcp6,
		check_reply6, check_solicit, check_heard, check_arp,
		check_reply, check_advert, check_announce, check_probe,
		check_ctl, check_status, check_lease, check_station,
		check_ctl_peer, check_ctl_route, check_router, check_memory,
		check_roam, check_end;
static bool	text_ok(const char *, size_t);
static bool	name_ok(const char *);
static bool	path_ok(const char *);
static bool	v4_or_none(const struct addr *);
static bool	v6_or_none(const struct addr *);
static bool	unicast(const struct addr *);
static bool	plen_ok(const struct prefix *);
static bool	prefix_ok(const struct prefix *);
static bool	delegable(unsigned int len);
static bool	is_lease(const struct prefix *);
static bool	gateway_ok(const struct route *);
static const char *check_peer(const struct ipc_peer *);
static bool	range_ok(const struct conf_range *);
static const char *check_request(const struct dhcp_request *);
static const char *check_request6(const struct dhcp6_request *);
static bool	mac_or_none(const struct mac *);

#define TEXT_OK(array)		text_ok((array), sizeof(array))

#define RULE(type, from, to, fd, payload, check) \
	[IPC_##type - IPC_NONE] = \
	    { "IPC_" #type, from, to, fd, sizeof(payload), check }
#define EMPTY(type, from, to, fd) \
	[IPC_##type - IPC_NONE] = { "IPC_" #type, from, to, fd, 0, NULL }

static const struct rule rules[IPC_MAX - IPC_NONE] = {
	RULE(HELLO, P, E | F, true, struct ipc_hello, check_hello),
	RULE(CONF_BEGIN, P, E | F, false, struct conf_global, check_global),
	RULE(CONF_LISTEN, P, E | F, false, struct conf_listen, check_listen),
	RULE(CONF_PEER, P, E | F, false, struct conf_peer, check_conf_peer),
	RULE(CONF_IFACE, P, E | F, false, struct conf_iface, check_iface),
	RULE(CONF_OPTION, P, E | F, false, struct dhcp_option, check_option),
	RULE(CONF_STATIC, P, E | F, false, struct conf_host, check_host),
	RULE(CONF_SECRET, P, E, false, struct ipc_secret, check_secret),
	EMPTY(CONF_END, P, E | F, false),
	EMPTY(CONF_COMMIT, P, E | F, false),
	EMPTY(CONF_ABORT, P, E | F, false),
	RULE(VERBOSE, P, E | F, false, uint32_t, check_verbose),
	RULE(LINK, P, E | F, false, struct link, check_link),
	RULE(LINK_SOCKET, P, F, true, struct ipc_link_socket,
	    check_link_socket),
	EMPTY(CONTROL_SOCKET, P, F, true),
	RULE(SIGHTING, P, E, false, struct sighting, check_sighting),
	RULE(ADOPT, P, E, false, struct route, check_adopt),
	RULE(PEER_FD, P, E, true, struct ipc_peer, check_peer_fd),
	RULE(PEER_FAILED, P, E, false, struct ipc_peer, check_peer_failed),
	RULE(PEER_ROUTE, P, E, false, struct ipc_peer, check_peer_connect),
	RULE(BEACON_SOCKET, P, E, true, struct ipc_beacon, check_beacon),
	RULE(RESOLVE, P, R, false, struct ipc_resolve, check_resolve),
	RULE(PARENT_STATUS, P, F, false, struct ctl_parent,
	    check_parent_status),
	EMPTY(SHUTDOWN, P, E | F | R, false),

	EMPTY(CONF_READY, E | F, P, false),
	RULE(CONF_REFUSED, E | F, P, false, struct ipc_refused, check_refused),
	RULE(FD_LOST, E | F, P, false, struct ipc_fd_lost, check_fd_lost),
	RULE(LOG, E | F | R, P, false, struct ipc_log, check_log),
	RULE(LOG_LOST, E | F | R, P, false, struct ipc_lost, check_lost),

	RULE(RESOLVED, R, P, false, struct ipc_resolved, check_resolved),

	RULE(PEER_CONNECT, E, P, false, struct ipc_peer, check_peer_connect),
	RULE(ROUTE, E, P, false, struct route, check_route),
	RULE(NEIGH, E, P, false, struct neigh, check_neigh),
	RULE(NEXTHOP, E, P, false, struct nexthop, check_nexthop),
	EMPTY(SETTLED, E, P, false),
	RULE(DISASSOCIATE, E, P, false, struct disassociate,
	    check_disassociate),
	RULE(INQUIRY, E, P, false, struct inquiry, check_inquiry),

	RULE(DHCP, F, E, false, struct dhcp_request, check_dhcp),
	RULE(DHCP6, F, E, false, struct dhcp6_request, check_dhcp6),
	RULE(SOLICIT, F, E, false, struct solicit, check_solicit),
	RULE(HEARD, F, E, false, struct heard, check_heard),
	RULE(ARP_ASK, F, E, false, struct arp_ask, check_arp),

	RULE(DHCP_REPLY, E, F, false, struct dhcp_reply, check_reply),
	RULE(DHCP6_REPLY, E, F, false, struct dhcp6_reply, check_reply6),
	RULE(ADVERT, E, F, false, struct advert, check_advert),
	RULE(ANNOUNCE, E, F, false, struct announce, check_announce),
	RULE(PROBE, E, F, false, struct probe, check_probe),
	RULE(ARP_REPLY, E, F, false, struct arp_ask, check_arp),
	RULE(DROPS, E, F, false, struct ipc_drops, check_drops),

	RULE(CTL, F, P | E, false, struct ipc_ctl, check_ctl),

	RULE(CTL_STATUS, E, F, false, struct ctl_status, check_status),
	RULE(CTL_LEASE, E, F, false, struct ctl_lease, check_lease),
	RULE(CTL_STATION, E, F, false, struct ctl_station, check_station),
	RULE(CTL_PEER, E, F, false, struct ctl_peer, check_ctl_peer),
	RULE(CTL_ROUTE, P, F, false, struct ctl_route, check_ctl_route),
	RULE(CTL_ROUTER, E, F, false, struct ctl_router, check_router),
	RULE(CTL_MEMORY, P | E, F, false, struct ctl_memory, check_memory),
	RULE(CTL_ROAM, E, F, false, struct ctl_roam, check_roam),
	RULE(CTL_END, P | E, F, false, struct ctl_end, check_end),
};

const char *
ipc_check(const struct imsg *imsg, enum proc_id from, enum proc_id to)
{
	const struct rule *rule;
	union payload payload;
	const char *wrong;

	if (imsg->type <= IPC_NONE || imsg->type >= IPC_MAX)
		return "unknown message";
	rule = &rules[imsg->type - IPC_NONE];
	if (from >= PROC_NONE || to >= PROC_NONE ||
	    !(rule->from & (1u << from)) || !(rule->to & (1u << to)))
		return "not permitted";
	if (imsg->len != rule->len)
		return "wrong length";
	if (rule->fd && imsg->fd == -1)
		return "descriptor missing";
	if (!rule->fd && imsg->fd != -1)
		return "unexpected descriptor";
	if (rule->check == NULL)
		return NULL;
	memcpy(&payload, imsg->data, rule->len);
	wrong = rule->check(&payload);
	if (imsg->type == IPC_CONF_SECRET)
		explicit_bzero(&payload, sizeof(payload));
	return wrong;
}

const char *
ipc_name(uint32_t type)
{
	if (type <= IPC_NONE || type >= IPC_MAX)
		return "unknown message";
	return rules[type - IPC_NONE].name;
}

const char *
ipc_error_text(int32_t error)
{
	return error > IPC_EAI_BASE ? gai_strerror(IPC_EAI_BASE - error) :
	    strerror(error);
}

const char *
proc_name(enum proc_id id)
{
	static const char *const names[] = {
		[PROC_PARENT] = "parent",
		[PROC_ENGINE] = "engine",
		[PROC_FRONTEND] = "frontend",
		[PROC_RESOLVER] = "resolver"
	};

	return id < PROC_NONE ? names[id] : "nobody";
}

/* Parent to children. */

static const char *
check_hello(const union payload *p)
{
	if (router_id_is_none(&p->hello.self))
		return "no router id";
	if (p->hello.verbose > VERBOSE_MAX)
		return "bad verbosity";
	return NULL;
}

static const char *
check_global(const union payload *p)
{
	const struct conf_global *g = &p->global;
	uint32_t i;

	if (!v4_or_none(&g->router_addr4) || !v6_or_none(&g->router_addr6))
		return "bad router address";
	if (!TEXT_OK(g->name))
		return "bad name";
	if (!TEXT_OK(g->user) || g->user[0] == '\0')
		return "bad user";
	if (!path_ok(g->chroot) || !TEXT_OK(g->state) || !path_ok(g->socket) || !TEXT_OK(g->hostapd))
		return "bad path";
	if (g->lease_time == 0 || g->location_time == 0 ||
	    g->prefix_preferred > g->prefix_valid ||
	    g->router_lifetime > LIFETIME_MAX)
		return "bad lifetime";
	if (g->rapid_commit > 1 || g->direct > 1 || g->disassociate > 1 ||
	    g->leave_routes > 1 || g->verbose > VERBOSE_MAX ||
	    g->tls > CONF_TLS_CERT)
		return "bad flag";
	if (g->nprefixes > CONF_PREFIXES ||
	    g->nnameservers > CONF_NAMESERVERS ||
	    g->nntp > CONF_NTP || g->nrelays > CONF_RELAYS ||
	    g->nranges > CONF_RANGES || g->nexcludes > CONF_RANGES)
		return "bad count";
	if (!TEXT_OK(g->domain))
		return "bad text";
	for (i = 0; i < g->nntp; i++)
		if (!unicast(&g->ntp[i]))
			return "bad time server";
	for (i = 0; i < g->nrelays; i++)
		if (!addr_is_v4(&g->relays[i]))
			return "bad relay";
	for (i = 0; i < g->nranges; i++)
		if (!range_ok(&g->ranges[i]))
			return "bad range";
	for (i = 0; i < g->nexcludes; i++)
		if (!range_ok(&g->excludes[i]))
			return "bad range";
	if (g->onlink > 1 || g->preference > PREFERENCE_LOW ||
	    g->dhcp6 > DHCP6_DELEGATE)
		return "bad flag";
	if (g->nsearch > CONF_SEARCH || g->nroutes > CONF_ROUTES)
		return "bad count";
	if (!TEXT_OK(g->captive))
		return "bad URI";
	if (!prefix_ok(&g->nat64))
		return "bad prefix";
	for (i = 0; i < g->nsearch; i++)
		if (!TEXT_OK(g->search[i]) || g->search[i][0] == '\0')
			return "bad domain";
	for (i = 0; i < g->nroutes; i++)
		if (!prefix_ok(&g->routes[i].prefix) ||
		    addr_is_v4(&g->routes[i].prefix.addr) ||
		    g->routes[i].preference > PREFERENCE_LOW)
			return "bad route";
	for (i = 0; i < g->nprefixes; i++)
		if (!prefix_ok(&g->prefixes[i]) || (g->delegates[i] != 0 &&
		    !delegable(g->delegates[i])))
			return "bad prefix";
	for (i = 0; i < g->nnameservers; i++)
		if (!unicast(&g->nameservers[i]))
			return "bad name server";
	return NULL;
}

static const char *
check_listen(const union payload *p)
{
	uint32_t i;

	if (addr_is_multicast(&p->listen.addr))
		return "bad address";
	if (p->listen.port == 0)
		return "bad port";
	if (p->listen.notls > 1)
		return "bad flag";
	if (p->listen.nfrom > CONF_SOURCES)
		return "bad count";
	for (i = 0; i < p->listen.nfrom; i++)
		if (!prefix_ok(&p->listen.from[i]))
			return "bad prefix";
	return NULL;
}

static const char *
check_conf_peer(const union payload *p)
{
	const struct conf_peer *c = &p->conf_peer;

	if (!TEXT_OK(c->host))
		return "bad host";
	if (c->host[0] == '\0' ? !unicast(&c->addr) : !addr_is_none(&c->addr))
		return "bad address";
	if (c->port == 0)
		return "bad port";
	if (c->notls > 1 || c->automatic > 1)
		return "bad flag";
	if (c->automatic && !name_ok(c->host))
		return "bad interface name";
	if (!addr_is_none(&c->from) && !unicast(&c->from))
		return "bad source";
	return NULL;
}

static const char *
check_secret(const union payload *p)
{
	if (p->secret.kind >= SECRET_KINDS)
		return "bad kind";
	if (p->secret.len == 0 || p->secret.len > IPC_SECRET_MAX ||
	    p->secret.offset > CONF_SECRET_MAX)
		return "bad length";
	return NULL;
}

static const char *
check_iface(const union payload *p)
{
	const struct conf_iface *c = &p->iface;
	uint32_t i;

	if (!name_ok(c->name))
		return "bad interface name";
	if (c->source > SOURCE_NL80211)
		return "bad source";
	if (c->nports > CONF_PORTS || c->naddrs > CONF_ADDRS ||
	    c->netmask > 32)
		return "bad count";
	if (c->isolated > 1)
		return "bad flag";
	for (i = 0; i < c->nports; i++)
		if (!name_ok(c->ports[i]))
			return "bad port name";
	if (!mac_or_none(&c->lladdr))
		return "bad MAC address";
	for (i = 0; i < c->naddrs; i++)
		if (!unicast(&c->addrs[i].addr) || !plen_ok(&c->addrs[i]))
			return "bad address";
	return NULL;
}

static bool
range_ok(const struct conf_range *r)
{
	return addr_is_v4(&r->first) && addr_is_v4(&r->last) &&
	    addr_cmp(&r->first, &r->last) <= 0;
}

static const char *
check_option(const union payload *p)
{
	return p->option.len > DHCP_OPTION_MAX ? "bad length" : NULL;
}

static const char *
check_host(const union payload *p)
{
	const struct conf_host *h = &p->host;

	if (!TEXT_OK(h->name) || h->name[0] == '\0')
		return "bad name";
	if (!mac_or_none(&h->mac))
		return "bad MAC address";
	if (!v4_or_none(&h->addr) || (h->prefix.len != 0 &&
	    h->prefix.len != PLEN_SLASH64) || !prefix_ok(&h->delegated) ||
	    (h->delegated.len != 0 && !delegable(h->delegated.len)))
		return "bad address";
	return NULL;
}

static const char *
check_verbose(const union payload *p)
{
	return p->number > VERBOSE_MAX ? "bad verbosity" : NULL;
}

static const char *
check_link(const union payload *p)
{
	const struct link *l = &p->link;

	if (l->ifindex == 0)
		return "bad interface index";
	if (!name_ok(l->name))
		return "bad interface name";
	if (l->lladdr.octet[0] & 1)
		return "bad MAC address";
	if (l->up > 1 || l->drops > 1)
		return "bad flag";
	if (l->source > SOURCE_NL80211)
		return "bad source";
	if (!v4_or_none(&l->gateway4))
		return "bad IPv4 gateway";
	if (!addr_is_none(&l->gateway6) && !addr_is_linklocal(&l->gateway6))
		return "bad IPv6 gateway";
	return NULL;
}

static const char *
check_link_socket(const union payload *p)
{
	if (p->link_socket.ifindex == 0)
		return "bad interface index";
	return p->link_socket.kind < LINK_SOCKETS ? NULL : "bad kind";
}

static const char *
check_sighting(const union payload *p)
{
	if (p->sighting.ifindex == 0 || p->sighting.port == 0)
		return "bad interface index";
	if (p->sighting.kind > SIGHTING_DEAF)
		return "bad kind";
	if (p->sighting.source != SOURCE_BRIDGE &&
	    p->sighting.source != SOURCE_NL80211)
		return "bad source";
	if (p->sighting.port_name[0] != '\0' &&
	    !name_ok(p->sighting.port_name))
		return "bad port name";
	if (!mac_is_station(&p->sighting.mac))
		return "bad MAC address";
	return NULL;
}

/* What a former run left: its station and router may not be known. */
static const char *
check_adopt(const union payload *p)
{
	const struct route *r = &p->route;

	if (!is_lease(&r->prefix))
		return "bad prefix";
	if (r->kind != ROUTE_LOCAL && r->kind != ROUTE_DIRECT)
		return "bad kind";
	if (!mac_or_none(&r->mac))
		return "bad MAC address";
	if (r->kind == ROUTE_LOCAL && r->ifindex == 0)
		return "bad interface index";
	return gateway_ok(r) ? NULL : "bad gateway";
}

static const char *
check_peer(const struct ipc_peer *p)
{
	bool named = p->host[0] != '\0' && !p->automatic;

	if (!TEXT_OK(p->host))
		return "bad host";
	if (!unicast(&p->addr) && !(named && addr_is_none(&p->addr)))
		return "bad address";
	if (p->port == 0)
		return "bad port";
	if (p->notls > 1 || p->automatic > 1 || p->known > 1 ||
	    (p->known && p->number != 0) || p->fruitless > 1)
		return "bad flag";
	if (p->more != 0 && (p->number != 0 || p->error == 0))
		return "bad count";
	if (p->automatic && !name_ok(p->host))
		return "bad interface name";
	if (p->automatic && (p->ifindex == 0 ||
	    !addr_is_linklocal(&p->addr) || addr_is_v4(&p->addr)))
		return "bad scope";
	return NULL;
}

static const char *
check_peer_fd(const union payload *p)
{
	if (p->peer.error != 0)
		return "bad error";
	if (addr_is_none(&p->peer.addr))
		return "bad address";
	return check_peer(&p->peer);
}

static const char *
check_peer_failed(const union payload *p)
{
	/* Without a number: it tried to connect to us, and may not. */
	if (p->peer.number == 0 && p->peer.error != EACCES &&
	    p->peer.error != EUSERS)
		return "bad number";
	if (p->peer.error <= 0 || (p->peer.error > ERRNO_MAX &&
	    p->peer.error <= IPC_EAI_BASE) || p->peer.error > EAI_MAX)
		return "bad error";
	return check_peer(&p->peer);
}

static const char *
check_beacon(const union payload *p)
{
	if (p->beacon.ifindex == 0)
		return "bad interface index";
	if (p->beacon.port == 0)
		return "bad port";
	return name_ok(p->beacon.name) ? NULL : "bad interface name";
}

static const char *
check_resolve(const union payload *p)
{
	if (!TEXT_OK(p->resolve.host) || p->resolve.host[0] == '\0')
		return "bad host";
	return NULL;
}

static const char *
check_resolved(const union payload *p)
{
	const struct ipc_resolved *r = &p->resolved;
	uint32_t i;

	if (r->error != 0)
		return r->error > IPC_EAI_BASE && r->error <= EAI_MAX ? NULL :
		    "bad error";
	if (r->naddrs == 0 || r->naddrs > RESOLVE_ADDRS)
		return "bad count";
	for (i = 0; i < r->naddrs; i++)
		if (!unicast(&r->addrs[i]))
			return "bad address";
	return NULL;
}

/* Children to parent. */

/* Some syslogs write an emergency to all terminals: none of ours is one. */
static const char *
check_refused(const union payload *p)
{
	return TEXT_OK(p->refused.why) ? NULL : "bad text";
}

static const char *
check_log(const union payload *p)
{
	if (p->log.priority < LOG_CRIT || p->log.priority > LOG_DEBUG)
		return "bad priority";
	if (!TEXT_OK(p->log.text))
		return "bad text";
	return NULL;
}

static const char *
check_lost(const union payload *p)
{
	size_t i;

	for (i = 0; i < CTL_LOGS; i++)
		if (p->lost.count[i] > INT64_MAX)
			return "bad count";
	return NULL;
}

static const char *
check_fd_lost(const union payload *p)
{
	if (p->fd_lost.type != IPC_LINK_SOCKET &&
	    p->fd_lost.type != IPC_BEACON_SOCKET)
		return "bad type";
	return p->fd_lost.ifindex == 0 ? "bad interface index" : NULL;
}

static const char *
check_parent_status(const union payload *p)
{
	const struct ctl_parent *c = &p->parent;
	size_t i;

	for (i = 0; i < CTL_LOGS; i++)
		if (c->log_lost[i] > INT64_MAX)
			return "bad count";
	return (c->kernel_refused | c->kernel_failed | c->kernel_repaired |
	    c->kernel_overflows | c->memory_refused) > INT64_MAX ? "bad count" : NULL;
}

static const char *
check_peer_connect(const union payload *p)
{
	if (p->peer.number == 0)
		return "bad number";
	if (p->peer.error != 0)
		return "bad error";
	return check_peer(&p->peer);
}

static const char *
check_route(const union payload *p)
{
	const struct route *r = &p->route;

	if (!is_lease(&r->prefix))
		return "bad prefix";
	switch (r->kind) {
	case ROUTE_LOCAL:
		if (r->ifindex == 0)
			return "bad interface index";
		if (!mac_is_station(&r->mac))
			return "bad MAC address";
		return gateway_ok(r) ? NULL : "bad gateway";
	case ROUTE_DIRECT:
		return router_id_is_none(&r->router) ? "bad router" : NULL;
	case ROUTE_NONE:
		return NULL;
	default:
		return "bad kind";
	}
}

/* The addresses came from far away: whether they will do is the kernel's. */
static const char *
check_neigh(const union payload *p)
{
	const struct neigh *n = &p->neigh;

	if (n->ifindex == 0)
		return "bad interface index";
	if (n->present > 1)
		return "bad flag";
	if (!mac_is_station(&n->mac))
		return "bad MAC address";
	if (!unicast(&n->addr) || addr_is_v4(&n->addr))
		return "bad address";
	return NULL;
}

static const char *
check_nexthop(const union payload *p)
{
	const struct nexthop *n = &p->nexthop;

	if (router_id_is_none(&n->router))
		return "bad router";
	if (!v4_or_none(&n->addr4) || !v6_or_none(&n->addr6))
		return "bad address";
	return NULL;
}

static const char *
check_disassociate(const union payload *p)
{
	if (p->disassociate.ifindex == 0)
		return "bad interface index";
	if (!mac_is_station(&p->disassociate.mac))
		return "bad MAC address";
	if (p->disassociate.silent > 1)
		return "bad flag";
	return NULL;
}

static const char *
check_inquiry(const union payload *p)
{
	if (p->inquiry.ifindex == 0 || p->inquiry.port == 0)
		return "bad interface index";
	if (!mac_is_station(&p->inquiry.mac))
		return "bad MAC address";
	return NULL;
}

/*
 * Frontend to engine.  What a stranger may write into a packet as he likes
 * (chaddr, the link-layer option, an ND address) is the core's to judge: if
 * it were refused here, his packet could end us.
 */

static const char *
check_request(const struct dhcp_request *d)
{
	if (d->ifindex == 0)
		return "bad interface index";
	if (!v4_or_none(&d->ciaddr) || !v4_or_none(&d->giaddr) ||
	    !v4_or_none(&d->requested) || !v4_or_none(&d->server) ||
	    !v4_or_none(&d->source) || !v4_or_none(&d->link) ||
	    !v4_or_none(&d->override))
		return "bad address";
	switch (d->type) {
	case DHCP_DISCOVER:
	case DHCP_REQUEST:
	case DHCP_DECLINE:
	case DHCP_RELEASE:
	case DHCP_INFORM:
		break;
	default:
		return "bad type";
	}
	if (d->nparams > DHCP_PARAMS_MAX || d->fqdnlen > DHCP_FQDN_MAX)
		return "bad count";
	return mac_is_station(&d->source_mac) ? NULL : "bad MAC address";
}

static const char *
check_dhcp(const union payload *p)
{
	return check_request(&p->dhcp);
}

static const char *
check_request6(const struct dhcp6_request *d)
{
	uint32_t i;

	if (d->ifindex == 0)
		return "bad interface index";
	if (d->type == DHCP6_ADVERTISE || d->type == DHCP6_REPLY ||
	    d->type < DHCP6_SOLICIT || d->type > DHCP6_INFORMATION_REQUEST ||
	    d->type == DHCP6_DECLINE + 1)
		return "bad type";
	if (d->xid > 0xffffff)
		return "bad transaction";
	if (d->nias > DHCP6_IAS || d->client_idlen > DHCP6_DUID_MAX ||
	    d->server_idlen > DHCP6_DUID_MAX)
		return "bad count";
	for (i = 0; i < d->nias; i++)
		if (!prefix_ok(&d->ias[i].prefix) ||
		    !prefix_ok(&d->ias[i].old) || d->ias[i].delegation > 1)
			return "bad prefix";
	if (!addr_is_linklocal(&d->source))
		return "bad address";
	return mac_is_station(&d->source_mac) ? NULL : "bad MAC address";
}

static const char *
check_dhcp6(const union payload *p)
{
	return check_request6(&p->dhcp6);
}

static const char *
check_solicit(const union payload *p)
{
	if (p->solicit.ifindex == 0)
		return "bad interface index";
	if (!mac_is_station(&p->solicit.source_mac))
		return "bad MAC address";
	return NULL;
}

static const char *
check_heard(const union payload *p)
{
	if (p->heard.ifindex == 0)
		return "bad interface index";
	if (p->heard.kind > HEARD_NA)
		return "bad kind";
	if (!mac_is_station(&p->heard.mac))
		return "bad MAC address";
	if ((p->heard.kind == HEARD_ARP || p->heard.kind == HEARD_ARP_REPLY) &&
	    !v4_or_none(&p->heard.addr))
		return "bad address";
	return NULL;
}

/* Both ways. */
static const char *
check_arp(const union payload *p)
{
	if (p->arp.ifindex == 0)
		return "bad interface index";
	if (!mac_is_station(&p->arp.mac))
		return "bad MAC address";
	if (!v4_or_none(&p->arp.sender) || !addr_is_v4(&p->arp.target))
		return "bad address";
	if (p->arp.isolated > 1)
		return "bad flag";
	return NULL;
}

/* Engine to frontend. */

static const char *
check_reply(const union payload *p)
{
	const struct dhcp_reply *r = &p->reply;

	if (r->type != DHCP_OFFER && r->type != DHCP_ACK &&
	    r->type != DHCP_NAK)
		return "bad type";
	if (!v4_or_none(&r->yiaddr) || !v4_or_none(&r->server))
		return "bad address";
	if (!TEXT_OK(r->message) || !TEXT_OK(r->host))
		return "bad text";
	return check_request(&r->to);
}

static const char *
check_reply6(const union payload *p)
{
	const struct dhcp6_reply *r = &p->reply6;

	if (r->type != DHCP6_ADVERTISE && r->type != DHCP6_REPLY)
		return "bad type";
	if (r->rapid > 1 || r->has_status > 1)
		return "bad flag";
	return check_request6(&r->to);
}

static const char *
check_advert(const union payload *p)
{
	const struct advert *a = &p->advert;
	uint32_t i;

	if (a->ifindex == 0)
		return "bad interface index";
	if (a->router_lifetime > LIFETIME_MAX)
		return "bad lifetime";
	if (a->nprefixes > ADVERT_PREFIXES)
		return "bad count";
	for (i = 0; i < a->nprefixes; i++) {
		if (!prefix_ok(&a->prefixes[i].prefix) ||
		    a->prefixes[i].prefix.len != PLEN_SLASH64)
			return "bad prefix";
		if (a->prefixes[i].preferred > a->prefixes[i].valid)
			return "bad lifetime";
	}
	return NULL;
}

static const char *
check_announce(const union payload *p)
{
	if (p->announce.ifindex == 0)
		return "bad interface index";
	return mac_is_station(&p->announce.mac) ? NULL : "bad MAC address";
}

static const char *
check_drops(const union payload *p)
{
	return p->drops.ifindex == 0 ? "bad interface index" : NULL;
}

static const char *
check_probe(const union payload *p)
{
	if (p->probe.ifindex == 0)
		return "bad interface index";
	if (!mac_is_station(&p->probe.mac))
		return "bad MAC address";
	return unicast(&p->probe.addr) ? NULL : "bad address";
}

/* A request of sroamctl, which the frontend has checked already. */

static const char *
check_ctl(const union payload *p)
{
	const struct ctl_request *r = &p->ctl.request;

	if (p->ctl.type == CTL_NONE || p->ctl.type >= CTL_REQUESTS)
		return "bad request";
	if (r->version != CTL_VERSION)
		return "bad version";
	if (r->has_prefix > 1)
		return "bad flag";
	if (r->has_prefix && !prefix_ok(&r->prefix))
		return "bad prefix";
	return NULL;
}

/* Answers. */

static const char *
check_status(const union payload *p)
{
	if (!TEXT_OK(p->status.name) || !TEXT_OK(p->status.version) ||
	    !TEXT_OK(p->status.warning))
		return "bad text";
	return p->status.settled > 1 ? "bad flag" : NULL;
}

static const char *
check_lease(const union payload *p)
{
	if (!prefix_ok(&p->lease.prefix))
		return "bad prefix";
	if (p->lease.state > CTL_LEASE_DECLINED)
		return "bad state";
	if (p->lease.delegated > 1)
		return "bad flag";
	if (!TEXT_OK(p->lease.router_name))
		return "bad text";
	return NULL;
}

static const char *
check_station(const union payload *p)
{
	const struct ctl_station *s = &p->station;
	unsigned int i;

	if (s->here > 1 || s->flapping > 1)
		return "bad flag";
	if (s->nprefixes > CTL_STATION_PREFIXES)
		return "bad count";
	for (i = 0; i < s->nprefixes; i++)
		if (!prefix_ok(&s->prefixes[i]))
			return "bad prefix";
	if (!TEXT_OK(s->router_name) || !TEXT_OK(s->interface) ||
	    !TEXT_OK(s->port))
		return "bad text";
	return NULL;
}

static const char *
check_ctl_peer(const union payload *p)
{
	const struct ctl_peer *c = &p->ctl_peer;

	if (c->state > CTL_PEER_UP)
		return "bad state";
	if (c->inbound > 1 || c->extended > 1 || c->notls > 1 ||
	    c->configured > 1 || c->automatic > 1 || c->heartbeat > 1)
		return "bad flag";
	if (!TEXT_OK(c->router_name) || !TEXT_OK(c->error) ||
	    !TEXT_OK(c->host) || !TEXT_OK(c->tls_version) ||
	    !TEXT_OK(c->tls_cipher) || !TEXT_OK(c->tls_identity))
		return "bad text";
	return NULL;
}

static const char *
check_ctl_route(const union payload *p)
{
	const struct ctl_route *r = &p->ctl_route;

	if (!prefix_ok(&r->prefix))
		return "bad prefix";
	if (r->kind > ROUTE_NONE)
		return "bad kind";
	if (r->installed > 1)
		return "bad flag";
	if (!TEXT_OK(r->interface) || !TEXT_OK(r->error))
		return "bad text";
	return NULL;
}

static const char *
check_router(const union payload *p)
{
	const struct ctl_router *r = &p->router;

	if (!TEXT_OK(r->name) || !TEXT_OK(r->version) || !TEXT_OK(r->via_name))
		return "bad text";
	if (!v4_or_none(&r->addr4) || !v6_or_none(&r->addr6))
		return "bad address";
	return r->self > 1 || r->peer > 1 || r->silent > 1 || r->known > 1 ?
	    "bad flag" : NULL;
}

static const char *
check_memory(const union payload *p)
{
	if (p->memory.process > CTL_FRONTEND)
		return "bad process";
	return p->memory.pid <= 0 ? "bad process id" : NULL;
}

static const char *
check_roam(const union payload *p)
{
	return TEXT_OK(p->roam.from_name) && TEXT_OK(p->roam.to_name) ?
	    NULL : "bad text";
}

static const char *
check_end(const union payload *p)
{
	if (p->end.error != 0 && p->end.error != 1)
		return "bad error";
	return TEXT_OK(p->end.text) ? NULL : "bad text";
}

/* Fields. */

/* Ends within its array, and nothing in it steers a terminal. */
static bool
text_ok(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size && text[i] != '\0'; i++)
		if ((text[i] > 0 && text[i] < ' ') || text[i] == 0x7f)
			return false;
	return i < size;
}

/* As the kernel's dev_valid_name() has it: 16 octets with the NUL. */
static bool
name_ok(const char *name)
{
	return text_ok(name, 16) && name[0] != '\0' &&
	    strpbrk(name, "/ ") == NULL && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
}

static bool
path_ok(const char *path)
{
	return text_ok(path, CONF_PATH) && path[0] != '\0';
}

static bool
v4_or_none(const struct addr *addr)
{
	return addr_is_none(addr) || addr_is_v4(addr);
}

static bool
v6_or_none(const struct addr *addr)
{
	return !addr_is_v4(addr);
}

static bool
unicast(const struct addr *addr)
{
	return !addr_is_none(addr) && !addr_is_multicast(addr);
}

static bool
plen_ok(const struct prefix *prefix)
{
	return prefix->len <= 128 &&
	    (!addr_is_v4(&prefix->addr) || prefix->len >= V4_PLEN);
}

/* With no bits beyond its length. */
static bool
prefix_ok(const struct prefix *prefix)
{
	struct prefix masked = *prefix;

	if (!plen_ok(prefix))
		return false;
	prefix_mask(&masked);
	return prefix_cmp(prefix, &masked) == 0;
}

static bool
delegable(unsigned int len)
{
	return len >= DELEGATED_SHORTEST && len <= DELEGATED_LONGEST;
}

/* An IPv4 /32, an IPv6 /64, or what may be delegated. */
static bool
is_lease(const struct prefix *prefix)
{
	return prefix_ok(prefix) && unicast(&prefix->addr) &&
	    (addr_is_v4(&prefix->addr) ? prefix->len == 128 :
	    delegable(prefix->len));
}

/* Only IPv6 has one, and only a link-local address is one. */
static bool
gateway_ok(const struct route *r)
{
	return addr_is_none(&r->gateway) ||
	    (addr_is_linklocal(&r->gateway) && !addr_is_v4(&r->prefix.addr));
}

static bool
mac_or_none(const struct mac *mac)
{
	static const struct mac none;

	return mac_cmp(mac, &none) == 0 || mac_is_station(mac);
}
