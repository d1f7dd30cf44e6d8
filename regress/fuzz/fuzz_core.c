/* SPDX-License-Identifier: ISC */
/*
 * Octets as a sequence of events on three cores, two of which have a session
 * and all of which may have a session with an unknown peer.  An octet is the
 * event, the following ones its contents.  No event may make a core give an
 * unassignable address, set a route that is not ours or list its table out of
 * order; what it says on an interface is of the interface's network.  A reload
 * adds or takes the second network.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/field.h"
#include "core/core.h"
#include "regress/fake_signer.h"
#include "regress/unit/covers.h"
#include "table/state.h"

#define CORES		3
#define STRANGER	1000	/* a hostile peer; + 1: of version 1 */
#define IFINDEX		10	/* and the guests' */
#define GUESTS		"guest"

struct input {
	const uint8_t	*data;
	size_t		 left;
};

struct node {
	struct core		*core;
	struct conf		*conf;
	struct router_id	 id;
	struct sign_router	 asked;
	int			 is_asked;
	uint32_t		 random;
	/* session with the next node, or 0 */
	uint32_t		 peer;
	int			 busy;
	/* last seen in a reply */
	uint8_t			 duid[DHCP6_DUID_MAX];
};

static struct node	nodes[CORES];
static monotime_t	now;
static uint32_t		next_peer;

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static uint8_t
take8(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->data++;
}

static uint32_t
take32(struct input *in)
{
	uint32_t v = 0;
	int i;

	for (i = 0; i < 4; i++)
		v = v << 8 | take8(in);
	return v;
}

/* One of eight stations, or rarely any octets at all. */
static struct mac
take_mac(struct input *in)
{
	struct mac mac = { { 0x06, 0, 0, 0, 0, 0 } };
	uint8_t which = take8(in);
	int i;

	mac.octet[5] = which & 7;
	if (which >= 0xf0)
		for (i = 0; i < 6; i++)
			mac.octet[i] = take8(in);
	return mac;
}

static struct addr
take_addr(struct input *in)
{
	struct addr addr;
	uint8_t v4[4] = { 192, 168, 44, 0 };
	int i;

	switch (take8(in) & 7) {
	case 0:
		return addr_none;
	case 1:
		for (i = 0; i < 16; i++)
			addr.octet[i] = take8(in);
		return addr;
	case 2:
		(void)addr_parse("fe80::6", &addr);
		addr.octet[15] = take8(in);
		return addr;
	case 3:
		(void)addr_parse("2001:db8:1234::1", &addr);
		addr.octet[7] = take8(in);
		return addr;
	case 4:
		(void)addr_parse("2001:db8:8000::", &addr);
		addr.octet[7] = take8(in);
		return addr;
	case 5:
		v4[0] = 10;
		v4[1] = 45;
		v4[2] = 0;
		/* FALLTHROUGH */
	default:
		v4[3] = take8(in);
		addr_from_v4(&addr, v4);
		return addr;
	}
}

/* The interface that an address belongs to. */
static uint32_t
iface_of(const struct node *node, const struct prefix *prefix)
{
	const struct conf *conf = node->conf;
	uint32_t i;

	if (conf->nnetworks > 1)
		for (i = 0; i < conf->networks[1].nprefixes; i++)
			if (prefix_covers(&conf->networks[1].prefixes[i],
			    prefix))
				return IFINDEX + 1;
	return IFINDEX;
}

static void
check_given(const struct node *node, uint32_t ifindex, const struct addr *addr)
{
	const struct conf_network *network;
	struct prefix host, net;
	uint32_t i;

	prefix_host(&host, addr);
	MUST(addr_is_v4(addr) && is_covered(node->conf, &host));
	MUST(iface_of(node, &host) == ifindex);
	network = &node->conf->networks[ifindex - IFINDEX];
	for (i = 0; i < network->nprefixes; i++) {
		net = network->prefixes[i];
		if (!prefix_is_v4(&net) || !prefix_contains(&net, addr) ||
		    prefix_plen(&net) > 30)
			continue;
		MUST(addr_cmp(addr, &net.addr) != 0);
		net.addr = *addr;		/* all ones: broadcast */
		for (unsigned int bit = net.len; bit < 128; bit++)
			net.addr.octet[bit / 8] |=
			    (uint8_t)(0x80 >> bit % 8);
		MUST(addr_cmp(addr, &net.addr) != 0);
	}
}

static void
check_route(const struct node *node, const struct route *route)
{
	if (route->kind == ROUTE_NONE)
		return;
	MUST(route->kind == ROUTE_LOCAL || route->kind == ROUTE_DIRECT);
	MUST(is_leasable(node->conf, &route->prefix));
	MUST(mac_is_station(&route->mac));
	MUST(addr_is_none(&route->gateway) ||
	    (addr_is_linklocal(&route->gateway) &&
	    !prefix_is_v4(&route->prefix) && route->kind == ROUTE_LOCAL));
	if (route->kind == ROUTE_LOCAL)
		MUST(route->ifindex == iface_of(node, &route->prefix));
	else
		MUST(router_id_cmp(&route->router, &node->id) != 0 &&
		    node->conf->global.direct);
}

static void
effect(void *arg, const struct effect *e)
{
	struct node *node = arg;
	const struct advert *a;
	uint32_t i;

	switch (e->type) {
	case EFFECT_DHCP_REPLY:
		MUST(e->dhcp_reply->type != DHCP_NAK ||
		    addr_is_none(&e->dhcp_reply->yiaddr));
		if (!addr_is_none(&e->dhcp_reply->yiaddr))
			check_given(node, e->dhcp_reply->to.ifindex,
			    &e->dhcp_reply->yiaddr);
		break;
	case EFFECT_ROUTE:
		check_route(node, e->route);
		break;
	case EFFECT_ADVERT:
		a = e->advert;
		MUST(a->nprefixes <= ADVERT_PREFIXES &&
		    a->router_lifetime <= 9000);
		for (i = 0; i < a->nprefixes; i++)
			MUST(a->prefixes[i].prefix.len == 64 &&
			    a->prefixes[i].preferred <= a->prefixes[i].valid);
		break;
	case EFFECT_NEIGH:
		MUST((e->neigh->ifindex | 1) == (IFINDEX | 1) &&
		    e->neigh->present <= 1);
		MUST(mac_is_station(&e->neigh->mac));
		MUST(!addr_is_v4(&e->neigh->addr) &&
		    !addr_is_none(&e->neigh->addr) &&
		    !addr_is_multicast(&e->neigh->addr));
		break;
	case EFFECT_DHCP6_REPLY:
		MUST(e->dhcp6_reply->to.nias <= DHCP6_IAS);
		memcpy(node->duid, e->dhcp6_reply->to.server_id,
		    sizeof(node->duid));
		for (i = 0; i < e->dhcp6_reply->to.nias; i++) {
			const struct dhcp6_ia *ia = &e->dhcp6_reply->to.ias[i];

			MUST(ia->prefix.len == 0 || is_leasable(node->conf,
			    &ia->prefix));
		}
		break;
	case EFFECT_SIGN_ROUTER:
		node->asked = *e->sign_router;
		node->is_asked = 1;
		break;
	case EFFECT_LOG:
		MUST(strlen(e->log->text) < 4096);
		break;
	default:
		break;
	}
}

static uint32_t
random_word(void *arg)
{
	struct node *node = arg;

	return node->random = node->random * 1664525 + 1013904223;
}

static void
start(struct node *node)
{
	struct core_ops ops = { effect, random_word, FAKE_SIGNER, node };

	node->peer = 0;
	node->core = fake_core(&ops, &node->id, node->conf, now);
	MUST(node->core != NULL);
	core_verbose(node->core, true);
	core_peer_up(node->core, STRANGER, PEER_EXTENDED | PEER_DIGESTS,
	    now);
	core_peer_up(node->core, STRANGER + 1, 0, now);
}

/* How: also which of the two. */
static void
link_change(struct node *node, uint8_t how)
{
	struct link link;

	memset(&link, 0, sizeof(link));
	link.conf = how >> 4 & 1;
	if (link.conf >= node->conf->nifaces)
		return;
	link.ifindex = IFINDEX + link.conf;
	memcpy(link.name, "roam0", 6);
	link.lladdr.octet[0] = 2;
	link.up = (how & 1) == 0;
	link.source = how & 2 ? SOURCE_PACKETS : SOURCE_BRIDGE;
	link.mtu = 1500;
	if ((how & 4) == 0)
		(void)addr_parse(link.conf ? "10.45.0.1" : "192.168.44.1",
		    &link.gateway4);
	if ((how & 8) == 0)
		(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
}

static void
add_guests(struct conf *conf)
{
	struct conf_network net;
	struct conf_iface iface;

	memset(&net, 0, sizeof(net));
	conf_field_defaults(CONF_NETWORK, &net);
	strlcpy(net.name, GUESTS, sizeof(net.name));
	(void)prefix_parse("10.45.0.0/28", &net.prefixes[0]);
	(void)prefix_parse("2001:db8:1235::/60", &net.prefixes[1]);
	net.nprefixes = 2;
	memset(&iface, 0, sizeof(iface));
	strlcpy(iface.name, "roamg", sizeof(iface.name));
	iface.network = 1;
	MUST(conf_add_network(conf, &net) == 0);
	MUST(conf_add_iface(conf, &iface) == 0);
}

static void
begin(void)
{
	struct conf_iface iface;
	struct conf_network *net;
	struct conf_global *global;
	uint8_t v4[4] = { 10, 0, 0, 1 };
	int i;

	now.us = 1000000;
	next_peer = 1;
	memset(&iface, 0, sizeof(iface));
	memcpy(iface.name, "roam0", 6);
	for (i = 0; i < CORES; i++) {
		memset(&nodes[i], 0, sizeof(nodes[i]));
		nodes[i].id.octet[7] = (uint8_t)(i + 1);
		nodes[i].random = (uint32_t)i;
		MUST((nodes[i].conf = conf_new()) != NULL);
		global = &nodes[i].conf->global;
		net = &nodes[i].conf->networks[0];
		(void)prefix_parse("192.168.44.0/28", &net->prefixes[0]);
		(void)prefix_parse("2001:db8:1234::/60",
		    &net->prefixes[1]);
		(void)prefix_parse("2001:db8:8000::/57",
		    &net->prefixes[2]);
		net->delegates[2] = 60;
		net->nprefixes = 3;
		net->dhcp6 = (uint8_t)(DHCP6_DELEGATE - i % 2);
		v4[3] = (uint8_t)(i + 1);
		addr_from_v4(&global->router_addr4, v4);
		MUST(conf_add_iface(nodes[i].conf, &iface) == 0);
		add_guests(nodes[i].conf);
		if (i == 1)		/* the one in the middle lacks it */
			nodes[i].conf->nnetworks = nodes[i].conf->nifaces = 1;
		start(&nodes[i]);
		link_change(&nodes[i], 0);
		link_change(&nodes[i], 16);
	}
}

static void
end(void)
{
	int i;

	for (i = 0; i < CORES; i++) {
		core_free(nodes[i].core);
		conf_free(nodes[i].conf);
	}
}

/* Time passes, by microseconds or by months. */
static void
pass(struct input *in)
{
	int64_t ms = take8(in);
	int i, n;

	ms <<= take8(in) & 31;
	now = monotime_add(now, ms);
	for (i = 0; i < CORES; i++)
		for (n = 0; n < 100 && !monotime_before(now,
		    core_due(nodes[i].core)); n++)
			core_tick(nodes[i].core, now);
}

static void
sighting(struct node *node, struct input *in)
{
	struct sighting s;
	uint8_t where;

	memset(&s, 0, sizeof(s));
	s.kind = take8(in) % (SIGHTING_NO_ACK + 1);
	where = take8(in);
	s.ifindex = IFINDEX + (where >> 2 & 1);
	s.port = IFINDEX + 1 + (where & 1);
	s.source = where & 2 ? SOURCE_BRIDGE : SOURCE_NL80211;
	s.mac = take_mac(in);
	core_sighting(node->core, &s, now);
}

static void
heard(struct node *node, struct input *in)
{
	struct heard h;
	uint8_t how;

	memset(&h, 0, sizeof(h));
	how = take8(in);
	h.kind = how % 5;
	h.ifindex = IFINDEX + (how >> 7);
	h.mac = take_mac(in);
	h.addr = take_addr(in);
	core_heard(node->core, &h, now);
}

static void
dhcp(struct node *node, struct input *in)
{
	struct dhcp_request r;
	uint8_t flags = take8(in);

	memset(&r, 0, sizeof(r));
	r.type = (uint8_t)(take8(in) % 10);
	r.ifindex = IFINDEX;
	r.xid = 1;
	r.chaddr = r.source_mac = take_mac(in);
	if (flags & 1)
		r.ciaddr = r.source = take_addr(in);
	if (flags & 2)
		r.requested = take_addr(in);
	if (flags & 4)
		r.server = take_addr(in);
	if (flags & 8)
		r.source_mac = take_mac(in);
	if (flags & 16)
		r.giaddr = take_addr(in);
	if (flags & 32)
		r.lease = take32(in);
	if (flags & 64)
		r.ifindex = take8(in);
	if (flags & 128)
		r.ifindex = IFINDEX + 1;
	core_dhcp(node->core, &r, now);
}

/* Or, of a type that there is not, the end of the network. */
static void
dhcp6(struct node *node, struct input *in)
{
	struct dhcp6_request r;
	uint32_t i;

	memset(&r, 0, sizeof(r));
	r.type = take8(in) % 13;
	if (r.type == 0) {
		core_retire(node->core, now);
		return;
	}
	r.ifindex = IFINDEX;
	r.rapid = take8(in) & 1;
	r.source_mac = take_mac(in);
	r.client_idlen = take8(in) % 20;
	r.server_idlen = take8(in) % 20;
	memcpy(r.server_id, node->duid, r.server_idlen);
	r.nias = take8(in) % (DHCP6_IAS + 1);
	for (i = 0; i < r.nias; i++) {
		r.ias[i].delegation = take8(in) & 1;
		r.ias[i].prefix.addr = take_addr(in);
		r.ias[i].prefix.len = !r.ias[i].delegation ? 128 :
		    r.ias[i].prefix.addr.octet[4] == 0x80 ? 60 : 64;
		prefix_mask(&r.ias[i].prefix);
	}
	core_dhcp6(node->core, &r, now);
}

static void
solicit(struct node *node, struct input *in)
{
	struct solicit s;
	uint8_t how;

	memset(&s, 0, sizeof(s));
	s.source_mac = take_mac(in);
	how = take8(in);
	s.ifindex = IFINDEX + (how >> 1 & 1);
	if (how & 1)
		s.lladdr = take_mac(in);
	s.source = take_addr(in);
	core_solicit(node->core, &s, now);
}

/* The same within the network of guests, if there is room for its name. */
static void
of_guests(struct update *u)
{
	const size_t more = 2 + sizeof(GUESTS) - 1;

	if (u->keylen + u->vallen + more > DATUM_MAX)
		return;
	memmove(u->data + more, u->data, (size_t)u->keylen + u->vallen);
	u->data[0] = DATUM_NETWORK;
	u->data[1] = sizeof(GUESTS) - 1;
	memcpy(u->data + 2, GUESTS, sizeof(GUESTS) - 1);
	u->keylen = (uint8_t)(u->keylen + more);
}

/* An update with the shape of a kind, or with none. */
static void
update(struct node *node, struct input *in)
{
	static const uint8_t shapes[][2] = {
		{ 5, 6 }, { 9, 6 }, { 7, 8 }, { 7, 0 }, { 9, 60 }, { 10, 6 }
	};
	struct update u;
	struct addr addr;
	struct mac mac;
	uint8_t how = take8(in), shape = how & 15;
	int i;

	if (shape == 15)		/* of guests */
		how = (uint8_t)((how & 0xf0) | take8(in) % 14);
	memset(&u, 0, sizeof(u));
	u.lifetime = how & 0x80 ? take32(in) : take8(in);
	u.age = how & 0x40 ? AGE_UNKNOWN : (uint32_t)take8(in) << 7;
	u.seqno = how & 0x20 ? (uint64_t)take32(in) << take8(in) % 33 :
	    take8(in);
	if ((how & 15) < 6) {
		u.keylen = shapes[how & 15][0];
		u.vallen = shapes[how & 15][1];
	} else {
		u.keylen = take8(in);
		u.vallen = take8(in);
	}
	for (i = 0; i < u.keylen + u.vallen && i < DATUM_MAX; i++)
		u.data[i] = in->left > 0 && (how & 15) >= 4 &&
		    (how & 15) != 5 ? take8(in) : 0;
	if ((how & 15) < 4) {
		u.data[0] = how & 15 ? (how & 15) == 1 ? 1 : 2 : 0;
		addr = take_addr(in);
		mac = take_mac(in);
		if (u.data[0] == 0)
			memcpy(u.data + 1, addr.octet + 12, 4);
		else if (u.data[0] == 1)
			memcpy(u.data + 1, addr.octet, 8);
		else
			memcpy(u.data + 1, mac.octet, 6);
		if (u.data[0] < 2)
			memcpy(u.data + u.keylen, mac.octet, 6);
		else if (u.vallen == 8)
			u.data[u.keylen + 7] = take8(in) & 7;
	} else if ((how & 15) == 4) {
		u.data[0] = DATUM_ROUTER;
		/* Any key, number and run, well signed. */
		if ((how & 0x60) != 0 && u.keylen == 9 && u.vallen <= 100)
			fake_router(&u, take8(in) & 3);
	} else if ((how & 15) == 5) {
		u.data[0] = DATUM_DELEGATED;
		u.data[1] = take8(in) & 1 ? 60 : 40 + take8(in) % 32;
		addr = take_addr(in);
		memcpy(u.data + 2, addr.octet, 8);
		mac = take_mac(in);
		memcpy(u.data + 10, mac.octet, 6);
	}
	if (shape == 15)
		of_guests(&u);
	core_update(node->core, STRANGER + (how & 0x10 ? 1 : 0), &u, now);
}

/* Of two linked peers each has the other, whatever they say. */
static void
check_links(struct core *core)
{
	struct peer *p, *q, key;
	uint32_t i, j;

	RB_FOREACH(p, peer_tree, &core->peers) {
		MUST(p->mesh.place != 0 || p->mesh.linked.n == 0);
		MUST(p->mesh.said.n <= MESH_SAID_MAX);
		for (i = 0; i < p->mesh.linked.n; i++) {
			MUST(i == 0 || p->mesh.linked.at[i - 1] <
			    p->mesh.linked.at[i]);
			key.mesh.place = p->mesh.linked.at[i];
			q = RB_FIND(mesh_tree, &core->mesh, &key);
			MUST(q != NULL && q != p);
			for (j = 0; j < q->mesh.linked.n &&
			    q->mesh.linked.at[j] != p->mesh.place; j++)
				;
			MUST(j < q->mesh.linked.n);
		}
	}
}

/* Small ids are those of the cores. */
static struct router_id
take_router(struct input *in)
{
	struct router_id id = { { 0 } };
	uint8_t which = take8(in);

	id.octet[7] = which & 15;
	id.octet[0] = which & 16 ? 0xff : 0;
	return id;
}

static void
neighbours(struct node *node, uint32_t peer, struct input *in)
{
	struct router_id id = take_router(in);
	struct neighbours n;
	uint8_t i;

	if (take8(in) & 1)
		core_peer_is(node->core, peer, &id, now);
	memset(&n, 0, sizeof(n));
	n.operation = take8(in) & 3;
	n.n = take8(in) & 31;
	for (i = 0; i < n.n && i < NEIGHBOUR_IDS; i++)
		n.ids[i] = take_router(in);
	core_peer_neighbours(node->core, peer, &n, now);
	check_links(node->core);
	while (core_peer_say(node->core, peer, &n))
		MUST(n.n <= NEIGHBOUR_IDS && n.operation <= NEIGHBOURS_LESS);
}

/* A session transfers a part of its data, comes up or goes down. */
static void
session(int i, struct input *in)
{
	struct node *a = &nodes[i], *b = &nodes[(i + 1) % CORES];
	uint8_t how = take8(in), count = take8(in);
	struct neighbours n;
	struct update u;
	struct digest g;

	if (how < 64) {
		if (a->peer != 0) {
			core_peer_down(a->core, a->peer, now);
			core_peer_down(b->core, a->peer, now);
			check_links(a->core);
			check_links(b->core);
			a->peer = 0;
			return;
		}
		a->peer = ++next_peer;
		core_peer_up(a->core, a->peer, how & 7, now);
		core_peer_up(b->core, a->peer, how & 3, now);
		core_peer_is(a->core, a->peer, &b->id, now);
		core_peer_is(b->core, a->peer, &a->id, now);
	}
	while (a->peer != 0 && count-- > 0) {
		if (core_peer_say((how & 1 ? a : b)->core, a->peer, &n))
			core_peer_neighbours((how & 1 ? b : a)->core, a->peer,
			    &n, now);
		else if (core_peer_next((how & 1 ? a : b)->core, a->peer, &u,
		    now)) {
			MUST(u.keylen > 0 && u.keylen + u.vallen <= DATUM_MAX);
			core_update((how & 1 ? b : a)->core, a->peer, &u, now);
		} else if (core_peer_digest((how & 1 ? a : b)->core, a->peer,
		    &g))
			core_digest((how & 1 ? b : a)->core, a->peer, &g);
	}
	if (how >= 200 && how < 240)
		neighbours(a, how & 8 ? STRANGER : how & 4 ? STRANGER + 1 :
		    a->peer, in);
	if (how >= 240) {		/* one that makes no sense */
		memset(&g, 0, sizeof(g));
		g.kind = take8(in) & 3;
		g.level = take8(in) & 7;
		g.index = (uint16_t)take32(in);
		g.sums[count % DIGEST_FANOUT] = take8(in);
		core_digest(a->core, STRANGER, &g);
		while (core_peer_next(a->core, STRANGER, &u, now))
			MUST(u.keylen > 0 && u.keylen + u.vallen <= DATUM_MAX);
		while (core_peer_digest(a->core, STRANGER, &g))
			MUST(g.level <= 4);
	}
}

static void
configure(struct node *node, struct input *in)
{
	static const char *const pools[] = { "192.168.44.0/28",
	    "192.168.44.0/30", "192.168.44.64/26", "192.168.44.8/32" };
	struct conf_global *global = &node->conf->global;
	struct conf_network *net = &node->conf->networks[0];
	uint8_t how = take8(in);

	(void)prefix_parse(pools[how & 3], &net->prefixes[0]);
	/* Of three, that do not overlap. */
	net->nprefixes = how >> 2 & 3 ? 1 + (how >> 2 & 3) % 3 :
	    how >> 4 & 1;
	global->direct = how >> 5 & 1;
	global->disassociate = how >> 6 & 1;
	global->max_data = how & 0x80 ? 8 : 1000;
	how = take8(in);
	node->conf->nnetworks = node->conf->nifaces = 1 + (how & 1);
	(void)prefix_parse(how & 2 ? "10.45.0.0/30" : "10.45.0.0/28",
	    &node->conf->networks[1].prefixes[0]);
	node->conf->networks[1].nprefixes = 1 + (how >> 2 & 1);
	core_conf(node->core, node->conf, now);
	link_change(node, 16);
}

static void
adopt(struct node *node, struct input *in)
{
	struct route route;

	memset(&route, 0, sizeof(route));
	prefix_host(&route.prefix, &(struct addr){ { 0 } });
	route.prefix.addr = take_addr(in);
	route.prefix.len = route.prefix.addr.octet[4] == 0x80 ? 60 :
	    take8(in) & 1 ? 64 : 128;
	prefix_mask(&route.prefix);
	route.kind = take8(in) & 1 ? ROUTE_LOCAL : ROUTE_DIRECT;
	route.mac = take_mac(in);
	route.ifindex = IFINDEX;
	route.router.octet[7] = take8(in) & 3;
	core_adopt(node->core, &route, now);
}

static void
show(struct node *node)
{
	struct ctl_cursor cursor;
	struct ctl_lease lease;
	struct ctl_station station;
	struct ctl_router router;
	struct ctl_roam roam;
	struct ctl_status status;
	struct update u, before;
	int n, len;

	memset(&cursor, 0, sizeof(cursor));
	for (n = 0; core_show_lease(node->core, &cursor, &lease, now); n++)
		MUST(n < 100000);
	memset(&cursor, 0, sizeof(cursor));
	for (n = 0; core_show_station(node->core, &cursor, &station, now); n++)
		MUST(n < 100000 && station.nprefixes <= CTL_STATION_PREFIXES);
	memset(&cursor, 0, sizeof(cursor));
	for (n = 0; core_show_router(node->core, &cursor, &router, now); n++)
		MUST(n < 100000);
	memset(&cursor, 0, sizeof(cursor));
	for (n = 0; core_show_roam(node->core, &cursor, &roam, now); n++)
		MUST(n < 512 && mac_is_station(&roam.mac));
	core_show_status(node->core, &status, now);
	memset(&cursor, 0, sizeof(cursor));
	for (n = 0; core_show_datum(node->core, &cursor, &u, now); n++) {
		if (n > 0) {
			len = u.keylen < before.keylen ? u.keylen :
			    before.keylen;
			MUST(memcmp(before.data, u.data, (size_t)len) < 0 ||
			    (memcmp(before.data, u.data, (size_t)len) == 0 &&
			    before.keylen < u.keylen));
		}
		before = u;
	}
}

/* A restart, with the data on disk of the run before, or made-up ones. */
static void
restart(struct node *node, uint8_t how, struct input *in)
{
	static struct stored kept[256];
	struct stored s;
	int i, n = 0;

	if (how & 16) {
		core_store_all(node->core);
		while (n < 256 && core_store_next(node->core, &kept[n])) {
			MUST(core_store_holds(node->core, kept[n].data,
			    kept[n].keylen));
			n++;
		}
	}
	core_free(node->core);
	node->is_asked = 0;
	start(node);
	for (i = 0; i < n; i++)
		(void)core_store_load(node->core, &kept[i], now);
	if (how & 32) {
		memset(&s, 0, sizeof(s));
		s.expires = monotime_add(now, 1000LL * take8(in) - 1000);
		s.claimed = monotime_add(now, 1000 - 100LL * take8(in));
		s.keylen = take8(in);
		s.vallen = take8(in);
		for (i = 0; i < DATUM_MAX && in->left > 0 &&
		    i < s.keylen + s.vallen; i++)
			s.data[i] = take8(in);
		(void)core_store_load(node->core, &s, now);
	}
	if (how & 64)
		core_store_start(node->core);
	link_change(node, 0);
	link_change(node, 16);
}

static void
operate(struct node *node, struct input *in)
{
	struct mac mac = take_mac(in);
	struct prefix prefix;
	uint8_t how = take8(in);

	prefix.addr = take_addr(in);
	prefix.len = how & 4 ? 64 : how & 16 ? 60 : 128;
	prefix_mask(&prefix);
	if (how & 0x80)
		core_clone(node->core, how & 3 ? UINT64_MAX : 1, now);
	if (how & 8)
		restart(node, how, in);
	else if (how & 1)
		(void)core_disassociate(node->core, "", &mac, now);
	else
		(void)core_clear_lease(node->core, "", how & 2 ? &prefix : NULL,
		    how & 2 ? NULL : &mac, now);
}

/* The signer answers, now or after the next event. */
static void
answer_signers(bool later)
{
	struct router_signature s;
	struct node *node;

	for (node = nodes; node < nodes + CORES; node++) {
		if (!node->is_asked || later)
			continue;
		node->is_asked = 0;
		s = fake_sign_router(&node->id, &node->asked);
		core_router_signed(node->core, node->asked.seqno, &s, now);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct node *node;
	uint8_t event;
	int i;

	begin();
	while (in.left > 0) {
		event = take8(&in);
		i = (event >> 4) % CORES;
		node = &nodes[i];
		switch (event & 15) {
		case 0:
		case 1:
			pass(&in);
			break;
		case 2:
		case 3:
			sighting(node, &in);
			break;
		case 4:
			heard(node, &in);
			break;
		case 5:
			dhcp(node, &in);
			break;
		case 6:
			dhcp6(node, &in);
			break;
		case 7:
			solicit(node, &in);
			break;
		case 8:
		case 9:
			update(node, &in);
			break;
		case 10:
		case 11:
			session(i, &in);
			break;
		case 12:
			configure(node, &in);
			break;
		case 13:
			adopt(node, &in);
			break;
		case 14:
			if (take8(&in) & 1)
				link_change(node, take8(&in));
			else
				show(node);
			break;
		default:
			operate(node, &in);
		}
		answer_signers(event >> 7);
	}
	end();
	return 0;
}
