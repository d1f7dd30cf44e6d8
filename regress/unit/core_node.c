/* SPDX-License-Identifier: ISC */
/* A core with a clock, for tests: see core_node.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/field.h"
#include "core_node.h"
#include "regress/fake_signer.h"

monotime_t	now;

static void	tick(struct node *);

static void
effect(void *arg, const struct effect *e)
{
	struct node *node = arg;
	struct seen *seen = &node->seen[node->n];

	if (e->type == EFFECT_NO_MEMORY) {
		node->no_memory++;
		strlcpy(node->no_memory_for, e->no_memory,
		    sizeof(node->no_memory_for));
		return;
	}
	assert_true(node->n < EFFECTS);
	seen->type = e->type;
	seen->at = now;
	switch (e->type) {
	case EFFECT_DHCP_REPLY:
		seen->reply = *e->dhcp_reply;
		break;
	case EFFECT_DHCP6_REPLY:
		seen->reply6 = *e->dhcp6_reply;
		break;
	case EFFECT_ADVERT:
		seen->advert = *e->advert;
		break;
	case EFFECT_ROUTE:
		seen->route = *e->route;
		break;
	case EFFECT_NEIGH:
		seen->neigh = *e->neigh;
		break;
	case EFFECT_NEXTHOP:
		seen->nexthop = *e->nexthop;
		break;
	case EFFECT_DISASSOCIATE:
		seen->drop = *e->disassociate;
		break;
	case EFFECT_PIN:
		seen->pin = *e->pin;
		break;
	case EFFECT_SIGN_ROUTER:
		node->asked = *e->sign_router;
		node->is_asked = 1;
		return;
	case EFFECT_REFUSED:
		node->refused++;
		strlcpy(node->refused_why, e->refused->why,
		    sizeof(node->refused_why));
		return;
	case EFFECT_ANNOUNCE:
	case EFFECT_ARP_REPLY:
	case EFFECT_INQUIRY:
		break;
	case EFFECT_EVENT:
		seen->event = *e->event;
		break;
	case EFFECT_PROBE:
		seen->probe = *e->probe;
		break;
	case EFFECT_LOG:
		node->infos += e->log->level == LEVEL_INFO;
		if (e->log->level == LEVEL_INFO)
			strlcpy(node->info, e->log->text, sizeof(node->info));
		if (e->log->level != LEVEL_WARN)
			return;
		strlcpy(seen->text, e->log->text, sizeof(seen->text));
		break;
	default:
		return;
	}
	node->n++;
}

static uint32_t
random_word(void *arg)
{
	struct node *node = arg;

	return node->random = node->random * 1664525 + 1013904223;
}

static bool
verify(void *arg, const struct router_key *key, const void *text, size_t len,
    const struct router_signature *signature)
{
	struct node *node = arg;

	node->verified++;
	return fake_verify(NULL, key, text, len, signature);
}

struct core *
node_core(struct node *node)
{
	struct core_ops ops = { effect, random_word, verify,
	    fake_fingerprint, node->verifications, node };
	struct core_self self = { node->id, fake_key(&node->id), node->run };

	return core_new(&ops, &self, node->conf, now);
}

void
answer_signer(struct node *node)
{
	struct router_signature s;

	if (!node->is_asked || node->signer_is_away)
		return;
	node->is_asked = 0;
	s = fake_sign_router(&node->id, &node->asked);
	core_router_signed(node->core, node->asked.seqno, &s, now);
}

void
core_start(struct node *node)
{
	struct link link;

	node->core = node_core(node);
	assert_non_null(node->core);
	memset(&link, 0, sizeof(link));
	link.ifindex = IFINDEX;
	memcpy(link.name, "roam0", 6);
	link.lladdr.octet[0] = 2;
	link.up = 1;
	link.source = node->source != SOURCE_AUTO ? (uint8_t)node->source :
	    SOURCE_NL80211;
	link.mtu = 1500;
	(void)addr_parse("192.168.44.1", &link.gateway4);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
	tick(node);
}

struct node *
node_new(uint8_t which, const char *pool)
{
	struct node *node = calloc(1, sizeof(*node));
	struct conf_iface iface;
	struct conf_global *global;
	struct conf_network *net;
	uint8_t v4[4] = { 10, 0, 0, which };

	assert_non_null(node);
	node->seen = calloc(EFFECTS, sizeof(*node->seen));
	node->conf = conf_new();
	assert_non_null(node->seen);
	assert_non_null(node->conf);
	node->id.octet[0] = 2;
	node->id.octet[7] = which;
	node->random = which;
	node->run = 1000U + which;
	node->ifindex = IFINDEX;
	node->gateway = "192.168.44.1";
	node->verifications = 1000;
	global = &node->conf->global;
	net = &node->conf->networks[0];
	assert_int_equal(prefix_parse(pool, &net->prefixes[0]), 0);
	assert_int_equal(prefix_parse("2001:db8:1234::/48",
	    &net->prefixes[1]), 0);
	net->nprefixes = 2;
	assert_int_equal(addr_parse("192.168.43.43",
	    &net->nameservers[0]), 0);
	assert_int_equal(addr_parse("2001:db8:4343::43",
	    &net->nameservers[1]), 0);
	net->nnameservers = 2;
	addr_from_v4(&global->router_addr4, v4);
	net->max_leases = 1000000;	/* but where it is the subject */
	net->max_share = 100;
	memset(&iface, 0, sizeof(iface));
	memcpy(iface.name, "roam0", 6);
	assert_int_equal(conf_add_iface(node->conf, &iface), 0);
	core_start(node);
	return node;
}

/* A second network, "guest", without an interface. */
void
add_guest(struct conf *conf)
{
	struct conf_network net = { .name = "guest" };

	conf_field_defaults(CONF_NETWORK, &net);
	net.max_leases = 1000000;
	assert_int_equal(prefix_parse(GUEST, &net.prefixes[0]), 0);
	assert_int_equal(prefix_parse("2001:db8:45::/48", &net.prefixes[1]),
	    0);
	net.nprefixes = 2;
	assert_int_equal(conf_add_network(conf, &net), 0);
}

void
guest_link(struct node *node, uint8_t up)
{
	struct link link = { .ifindex = GUEST_IFINDEX, .conf = 1,
	    .name = "roamg", .up = up, .source = SOURCE_NL80211,
	    .mtu = 1500 };

	link.lladdr.octet[0] = 2;
	link.lladdr.octet[5] = 1;
	(void)addr_parse("10.45.0.1", &link.gateway4);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
}

struct node *
node_with_guest(uint8_t which)
{
	struct node *node = node_new(which, "192.168.44.0/24");
	struct conf_iface iface = { .name = "roamg", .network = 1 };

	add_guest(node->conf);
	assert_int_equal(conf_add_iface(node->conf, &iface), 0);
	core_conf(node->core, node->conf, now);
	guest_link(node, 1);
	return node;
}

void
be_guest(struct node *node, bool guest)
{
	node->ifindex = guest ? GUEST_IFINDEX : IFINDEX;
	node->gateway = guest ? "10.45.0.1" : "192.168.44.1";
}

void
node_free(struct node *node)
{
	core_free(node->core);
	conf_free(node->conf);
	free(node->seen);
	free(node);
}

struct mac
station(int i)
{
	return (struct mac){ { 0x06, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i } };
}

static void
tick(struct node *node)
{
	core_tick(node->core, now);
	answer_signer(node);
}

void
pass(struct node *node, int64_t ms)
{
	monotime_t until = monotime_add(now, ms), due;
	int n;

	for (n = 0; n < 1000000; n++) {
		due = core_due(node->core);
		if (!monotime_before(due, until))
			break;
		if (monotime_before(now, due))
			now = due;
		tick(node);
	}
	assert_int_not_equal(n, 1000000);
	now = until;
	tick(node);
}

void
sight(struct node *node, int i, enum sighting_kind kind)
{
	sight_by(node, i, kind, SOURCE_AUTO);
}

void
sight_by(struct node *node, int i, enum sighting_kind kind,
    enum station_source source)
{
	struct sighting s;

	memset(&s, 0, sizeof(s));
	s.ifindex = node->ifindex;
	s.port = PORT;
	s.kind = kind;
	s.source = (uint8_t)source;
	s.mac = station(i);
	core_sighting(node->core, &s, now);
}

void
hear(struct node *node, int i, enum heard_kind kind, const struct addr *addr)
{
	struct heard h;

	memset(&h, 0, sizeof(h));
	h.ifindex = node->ifindex;
	h.kind = kind;
	h.mac = station(i);
	h.addr = *addr;
	core_heard(node->core, &h, now);
}

const struct dhcp_reply *
dhcp(struct node *node, int i, enum dhcp_type type, const struct addr *want,
    int selecting)
{
	struct dhcp_request r;
	int n, before = node->n;

	memset(&r, 0, sizeof(r));
	r.ifindex = node->ifindex;
	r.xid = (uint32_t)i + 1;
	r.type = (uint8_t)type;
	r.chaddr = r.source_mac = station(i);
	if (selecting || type == DHCP_RELEASE || type == DHCP_DECLINE)
		(void)addr_parse(node->gateway, &r.server);
	if (want != NULL) {
		if (type == DHCP_RELEASE)
			r.ciaddr = r.source = *want;
		else
			r.requested = *want;
	}
	core_dhcp(node->core, &r, now);
	for (n = before; n < node->n; n++)
		if (node->seen[n].type == EFFECT_DHCP_REPLY)
			return &node->seen[n].reply;
	return NULL;
}

struct addr
obtain(struct node *node, int i)
{
	const struct dhcp_reply *reply;
	struct addr addr;

	if ((reply = dhcp(node, i, DHCP_DISCOVER, NULL, 0)) == NULL)
		return addr_none;
	assert_int_equal(reply->type, DHCP_OFFER);
	addr = reply->yiaddr;
	reply = dhcp(node, i, DHCP_REQUEST, &addr, 1);
	assert_non_null(reply);
	assert_int_equal(reply->type, DHCP_ACK);
	assert_int_equal(addr_cmp(&reply->yiaddr, &addr), 0);
	return addr;
}

struct addr
join(struct node *node, int i)
{
	sight(node, i, SIGHTING_JOINED);
	return obtain(node, i);
}

int
route_of(const struct node *node, const struct addr *addr)
{
	struct prefix host;
	int n;

	prefix_host(&host, addr);
	for (n = node->n; n-- > 0;)
		if (node->seen[n].type == EFFECT_ROUTE && prefix_cmp(
		    &node->seen[n].route.prefix, &host) == 0)
			return node->seen[n].route.kind;
	return -1;
}

int
count(const struct node *node, enum effect_type type)
{
	int n, found = 0;

	for (n = 0; n < node->n; n++)
		found += node->seen[n].type == type;
	return found;
}

void
make_update(struct update *u, enum datum_kind kind, const void *key,
    size_t keylen, const void *value, size_t vallen, uint64_t seqno,
    uint32_t lifetime)
{
	memset(u, 0, sizeof(*u));
	u->seqno = seqno;
	u->lifetime = lifetime;
	u->keylen = (uint8_t)(1 + keylen);
	u->vallen = (uint8_t)vallen;
	u->data[0] = (uint8_t)kind;
	memcpy(u->data + 1, key, keylen);
	memcpy(u->data + 1 + keylen, value, vallen);
	if (kind == DATUM_ROUTER && keylen == 8)
		fake_router(u, 1);
}

int
find_datum(struct node *node, const struct update *key, struct update *found)
{
	struct ctl_cursor cursor;

	memset(&cursor, 0, sizeof(cursor));
	while (core_show_datum(node->core, &cursor, found, now))
		if (found->keylen == key->keylen && memcmp(found->data,
		    key->data, key->keylen) == 0)
			return 1;
	return 0;
}

void
carry(struct node *a, struct node *b, uint32_t peer)
{
	struct update u;
	int more, n;

	answer_signer(a);
	answer_signer(b);
	for (n = 0, more = 1; more && n < 10000; n++) {
		more = 0;
		if (core_peer_next(a->core, peer, &u, now)) {
			core_update(b->core, peer, &u, now);
			more = 1;
		}
		if (core_peer_next(b->core, peer, &u, now)) {
			core_update(a->core, peer, &u, now);
			more = 1;
		}
		answer_signer(a);
		answer_signer(b);
	}
	assert_int_not_equal(n, 10000);
}

void
peering(struct node *a, struct node *b, uint32_t peer)
{
	core_peer_up(a->core, peer, true, now);
	core_peer_up(b->core, peer, true, now);
	carry(a, b, peer);
}
