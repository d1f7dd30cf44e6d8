/* SPDX-License-Identifier: ISC */
/*
 * Several clients of DHCP behind one MAC address: each has addresses of its
 * own, and every router knows whose each is (sroam-flood(7), kind 8).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/field.h"
#include "core_node.h"
#include "lease/client.h"

#define POOL	"192.168.44.0/24"
#define SMALL	"192.168.44.0/29"
#define PEER	1

static const char	plain[] = "";		/* no identifier */
static const char	linux_id[] = "\xff\1\2\3\4\5";
static const char	pxe_id[] = "\0\1\2\3\4\5\6\7";

static struct addr
v4(uint8_t last)
{
	const uint8_t octets[4] = { 192, 168, 44, last };
	struct addr addr;

	addr_from_v4(&addr, octets);
	return addr;
}

static int
last_of(struct addr addr)
{
	return addr_is_v4(&addr) ? addr_v4(&addr)[3] : -1;
}

/* A message of the client with this identifier at a station's MAC address. */
static const struct dhcp_reply *
ask(struct node *node, int i, const char *id, size_t len, enum dhcp_type type,
    struct addr want)
{
	struct dhcp_request r;
	int n = node->n;

	memset(&r, 0, sizeof(r));
	r.ifindex = node->ifindex;
	r.type = (uint8_t)type;
	r.chaddr = r.source_mac = station(i);
	r.client_idlen = (uint8_t)len;
	memcpy(r.client_id, id, len);
	if (type == DHCP_RELEASE)
		r.ciaddr = r.source = want;
	else
		r.requested = want;
	core_dhcp(node->core, &r, now);
	for (; n < node->n; n++)
		if (node->seen[n].type == EFFECT_DHCP_REPLY)
			return &node->seen[n].reply;
	return NULL;
}

/* DISCOVER to ACK; -1: there was none. */
static int
get(struct node *node, int i, const char *id, size_t len)
{
	const struct dhcp_reply *reply;
	struct addr addr;

	if ((reply = ask(node, i, id, len, DHCP_DISCOVER, addr_none)) == NULL)
		return -1;
	addr = reply->yiaddr;
	if ((reply = ask(node, i, id, len, DHCP_REQUEST, addr)) == NULL)
		return -1;
	assert_int_equal(reply->type, DHCP_ACK);
	assert_int_equal(addr_cmp(&reply->yiaddr, &addr), 0);
	return last_of(addr);
}

/* The answer to INIT-REBOOT, or to a renewal. */
static int
again(struct node *node, int i, const char *id, size_t len, int last)
{
	const struct dhcp_reply *reply;

	reply = ask(node, i, id, len, DHCP_REQUEST, v4((uint8_t)last));
	return reply != NULL ? reply->type : -1;
}

#define GET(node, i, id)	get(node, i, id, sizeof(id) - 1)
#define AGAIN(node, i, id, last) again(node, i, id, sizeof(id) - 1, last)

static void
whose_key(struct update *u, int last)
{
	const uint8_t key[5] = { DATUM_LEASE4, 192, 168, 44, (uint8_t)last };

	make_update(u, DATUM_WHOSE, key, sizeof(key), "", 0, 0, 0);
}

/* Whether it is said whose the lease is. */
static int
is_said(struct node *node, int last)
{
	struct update key, u;

	whose_key(&key, last);
	return find_datum(node, &key, &u);
}

static int
mac_of(struct node *node, int last)
{
	const uint8_t key[4] = { 192, 168, 44, (uint8_t)last };
	struct update like, u;

	make_update(&like, DATUM_LEASE4, key, sizeof(key), "", 0, 0, 0);
	return find_datum(node, &like, &u) ? u.data[u.keylen + 5] : -1;
}

static int
is_routed(struct node *node, int last)
{
	struct addr addr = v4((uint8_t)last);

	return route_of(node, &addr) == ROUTE_LOCAL;
}

static void
clients_of_one_mac_have_addresses_of_their_own(void **state)
{
	struct node *node = node_new(1, POOL);
	int a, b, c;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	a = GET(node, 1, plain);
	b = GET(node, 1, linux_id);
	c = GET(node, 1, pxe_id);
	assert_true(a > 0 && b > 0 && c > 0);
	assert_true(a != b && b != c && a != c);
	assert_true(is_routed(node, a) && is_routed(node, b) &&
	    is_routed(node, c));
	/* Each keeps its own, and gets no other's. */
	assert_int_equal(AGAIN(node, 1, linux_id, b), DHCP_ACK);
	assert_int_equal(AGAIN(node, 1, linux_id, a), DHCP_NAK);
	assert_int_equal(AGAIN(node, 1, plain, b), DHCP_NAK);
	assert_int_equal(AGAIN(node, 1, pxe_id, b), DHCP_NAK);
	assert_int_equal(AGAIN(node, 1, plain, a), DHCP_ACK);
	assert_int_equal(GET(node, 1, linux_id), b);
	assert_int_equal(GET(node, 1, plain), a);
	assert_int_equal(GET(node, 1, pxe_id), c);
	node_free(node);
}

/* RFC 2132 9.14, RFC 6842: type 1 and the MAC address, or none. */
static void
an_identifier_that_repeats_the_mac_is_none(void **state)
{
	static const char own[] = "\1\6\0\0\0\0\1";
	static const char other[] = "\1\6\0\0\0\0\2";
	struct node *node = node_new(1, POOL);
	int a;

	(void)state;
	a = GET(node, 1, plain);
	assert_int_equal(GET(node, 1, own), a);
	assert_int_equal(AGAIN(node, 1, own, a), DHCP_ACK);
	assert_false(is_said(node, a));
	assert_int_not_equal(GET(node, 1, other), a);
	node_free(node);
}

/* As from a version that told no clients apart. */
static void
who_asks_for_what_is_nobodys_has_it_from_then_on(void **state)
{
	struct node *node = node_new(1, POOL);
	int a = GET(node, 1, plain), b;

	(void)state;
	/* It has forgotten what it had, if it was that. */
	b = GET(node, 1, linux_id);
	assert_int_not_equal(a, b);
	/* With an address of its own it gets no other. */
	assert_int_equal(AGAIN(node, 1, linux_id, a), DHCP_NAK);
	assert_int_equal(AGAIN(node, 1, pxe_id, a), DHCP_ACK);
	assert_int_equal(AGAIN(node, 1, plain, a), DHCP_NAK);
	assert_int_equal(GET(node, 1, pxe_id), a);
	node_free(node);
}

static void
other_routers_know_whose_each_is(void **state)
{
	struct node *one = node_new(1, POOL), *two = node_new(2, POOL);
	int a, b;

	(void)state;
	peering(one, two, PEER);
	sight(one, 1, SIGHTING_JOINED);
	a = GET(one, 1, plain);
	b = GET(one, 1, linux_id);
	carry(one, two, PEER);
	pass(two, 5000);
	sight(two, 1, SIGHTING_JOINED);
	assert_true(is_routed(two, a) && is_routed(two, b));
	assert_int_equal(AGAIN(two, 1, plain, b), DHCP_NAK);
	assert_int_equal(AGAIN(two, 1, linux_id, a), DHCP_NAK);
	assert_int_equal(GET(two, 1, linux_id), b);
	assert_int_equal(GET(two, 1, plain), a);
	assert_int_equal(GET(two, 1, pxe_id) == a, 0);
	node_free(one);
	node_free(two);
}

/* In whatever order they come, and by their old address or without one. */
static void
lost_tables_give_the_same_to_each(void **state)
{
	struct node *one = node_new(1, POOL), *two = node_new(2, POOL);
	struct node *three = node_new(3, POOL);
	int a = GET(one, 1, plain), b = GET(one, 1, linux_id);

	(void)state;
	assert_int_equal(GET(two, 1, linux_id), b);
	assert_int_equal(GET(two, 1, plain), a);
	assert_int_equal(AGAIN(three, 1, linux_id, b), DHCP_ACK);
	assert_int_equal(AGAIN(three, 1, plain, a), DHCP_ACK);
	assert_int_equal(AGAIN(three, 1, plain, b), DHCP_NAK);
	node_free(one);
	node_free(two);
	node_free(three);
}

/* As at a start that finds the routes of a former run, and no table. */
static void
adopt(struct node *node, int i, int last)
{
	struct route route;
	struct addr addr = v4((uint8_t)last);

	memset(&route, 0, sizeof(route));
	prefix_host(&route.prefix, &addr);
	route.kind = ROUTE_LOCAL;
	route.mac = station(i);
	route.ifindex = IFINDEX;
	core_adopt(node->core, &route, now);
}

static void
leases_found_in_the_kernel_go_to_who_asks_for_them(void **state)
{
	struct node *one = node_new(1, POOL), *node;
	int a = GET(one, 1, plain), b = GET(one, 1, linux_id), order;

	(void)state;
	for (order = 0; order < 2; order++) {
		node = node_new(2, POOL);
		adopt(node, 1, order ? a : b);
		pass(node, 1000);
		adopt(node, 1, order ? b : a);
		/* One without an identifier is known by its hash alone. */
		assert_int_equal(GET(node, 1, plain), a);
		assert_int_equal(AGAIN(node, 1, linux_id, b), DHCP_ACK);
		assert_int_equal(AGAIN(node, 1, plain, a), DHCP_ACK);
		assert_int_equal(AGAIN(node, 1, plain, b), DHCP_NAK);
		node_free(node);
	}
	node_free(one);
}

/* It stays the client's when the lease goes on by a later seqno, and after. */
static void
an_ended_lease_is_still_its_clients(void **state)
{
	struct node *node = node_new(1, POOL);
	int b = GET(node, 1, linux_id), a;

	(void)state;
	ask(node, 1, linux_id, sizeof(linux_id) - 1, DHCP_RELEASE,
	    v4((uint8_t)b));
	pass(node, 3000);
	assert_int_equal(mac_of(node, b), -1);
	a = GET(node, 1, plain);
	assert_int_not_equal(a, b);
	assert_int_equal(GET(node, 1, linux_id), b);
	/* Nobody may release what is another's. */
	ask(node, 1, plain, 0, DHCP_RELEASE, v4((uint8_t)b));
	pass(node, 3000);
	assert_int_equal(mac_of(node, b), 1);
	pass(node, 3600 * 1000);
	assert_int_equal(mac_of(node, b), -1);
	assert_int_equal(GET(node, 1, pxe_id) == b, 0);
	assert_int_equal(GET(node, 1, linux_id), b);
	node_free(node);
}

/* Another client has the address next: what was said of it is over. */
static void
what_was_said_of_a_former_lease_is_void(void **state)
{
	struct node *node = node_new(1, SMALL);
	struct mac mac = station(9);
	const uint8_t key[4] = { 192, 168, 44, 0 };
	uint8_t addr[4];
	struct update u;
	int b = GET(node, 1, linux_id);

	(void)state;
	pass(node, 3600 * 1000);
	/* A router that knows of no clients leases it. */
	memcpy(addr, key, sizeof(addr));
	addr[3] = (uint8_t)b;
	make_update(&u, DATUM_LEASE4, addr, 4, mac.octet, 6, 1, 600);
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_true(is_said(node, b));
	assert_int_equal(AGAIN(node, 9, plain, b), DHCP_ACK);
	assert_int_equal(AGAIN(node, 1, linux_id, b), DHCP_NAK);
	assert_int_equal(AGAIN(node, 9, linux_id, b), DHCP_ACK);
	assert_int_equal(AGAIN(node, 9, plain, b), DHCP_NAK);
	node_free(node);
}

/* Version 1 gets the lease as ever, and no word of clients. */
static void
version_1_gets_the_lease_alone(void **state)
{
	struct node *node = node_new(1, POOL);
	int b = GET(node, 1, linux_id), n, kinds[2][2] = { { 0 } };
	struct update u;

	(void)state;
	core_peer_up(node->core, 1, 0, now);
	core_peer_up(node->core, 2, PEER_EXTENDED, now);
	for (n = 0; n < 2; n++)
		while (core_peer_next(node->core, 1 + (uint32_t)n, &u, now)) {
			kinds[n][0] += u.data[0] == DATUM_LEASE4;
			kinds[n][1] += u.data[0] == DATUM_WHOSE;
		}
	assert_int_equal(kinds[0][0], 1);
	assert_int_equal(kinds[0][1], 0);
	assert_int_equal(kinds[1][0], 1);
	assert_int_equal(kinds[1][1], 1);
	assert_true(b > 0);
	node_free(node);
}

/* A renewal floods the lease, and what is said of it twice a day. */
static void
what_is_said_is_not_said_with_each_renewal(void **state)
{
	struct node *node = node_new(1, POOL);
	int b = GET(node, 1, linux_id), n, said = 0, leases = 0;
	struct update u;

	(void)state;
	core_peer_up(node->core, 2, PEER_EXTENDED, now);
	for (n = 0; n < 100; n++) {
		node->n = 0;
		pass(node, 900 * 1000);
		assert_int_equal(AGAIN(node, 1, linux_id, b), DHCP_ACK);
		while (core_peer_next(node->core, 2, &u, now)) {
			leases += u.data[0] == DATUM_LEASE4;
			said += u.data[0] == DATUM_WHOSE;
		}
	}
	assert_int_equal(leases >= 100, 1);
	assert_in_range(said, 2, 5);
	assert_int_equal(AGAIN(node, 1, plain, b), DHCP_NAK);
	node_free(node);
}

/*
 * Both parts of a network lease one address, to clients of two stations, and
 * meet: the lease is one station's everywhere, and whose it is follows it.
 */
static void
conflict(const char *id1, size_t len1, const char *id2, size_t len2)
{
	struct node *one = node_new(1, "192.168.44.0/30");
	struct node *two = node_new(2, "192.168.44.0/30"), *its, *other;
	const char *won, *lost;
	size_t wonlen, lostlen;
	int winner;

	sight(one, 1, SIGHTING_JOINED);
	sight(two, 2, SIGHTING_JOINED);
	pass(one, 20000);
	pass(two, 20000);
	assert_int_equal(get(one, 1, id1, len1), 2);
	assert_int_equal(get(two, 2, id2, len2), 2);
	peering(one, two, PEER);
	pass(one, 10000);
	pass(two, 10000);
	carry(one, two, PEER);
	winner = mac_of(one, 2);
	assert_int_equal(winner, mac_of(two, 2));
	assert_int_equal(winner, 2);
	its = two;
	other = one;
	won = id2;
	wonlen = len2;
	lost = id1;
	lostlen = len1;
	assert_int_equal(again(its, 2, won, wonlen, 2), DHCP_ACK);
	carry(one, two, PEER);
	/* It roams, and the other router knows, too. */
	sight(other, 2, SIGHTING_JOINED);
	assert_int_equal(again(other, 2, won, wonlen, 2), DHCP_ACK);
	if (lostlen > 0)
		assert_int_equal(again(other, 2, lost, lostlen, 2), DHCP_NAK);
	assert_int_equal(again(other, 1, lost, lostlen, 2), DHCP_NAK);
	node_free(one);
	node_free(two);
}

static void
of_a_conflict_lease_and_client_are_of_one(void **state)
{
	(void)state;
	conflict("\1ab", 3, "\1cd", 3);
	conflict("\1cd", 3, "\1ab", 3);
	conflict("\1ab", 3, "", 0);
	conflict("\1cd", 3, "", 0);
	conflict("", 0, "\1ab", 3);
}

/* A MAC address may have so many, whatever it shows. */
static void
a_station_has_so_many_addresses(void **state)
{
	struct node *node = node_new(1, POOL);
	int i, first = 0, got;
	char id[3] = "\xff";

	(void)state;
	for (i = 0; i < 8; i++) {
		id[1] = (char)i;
		got = get(node, 1, id, sizeof(id));
		assert_true(got > 0);
		first = i == 0 ? got : first;
		pass(node, 1000);
	}
	id[1] = 8;
	assert_int_equal(get(node, 1, id, sizeof(id)), -1);
	assert_true(GET(node, 2, plain) > 0);
	/* Its clients renew, but the first. */
	pass(node, 300 * 1000);
	for (i = 1; i < 8; i++) {
		id[1] = (char)i;
		get(node, 1, id, sizeof(id));
	}
	assert_int_equal(mac_of(node, first), 1);
	id[1] = 8;
	assert_true(get(node, 1, id, sizeof(id)) > 0);
	assert_int_equal(mac_of(node, first), -1);
	id[1] = 9;
	assert_int_equal(get(node, 1, id, sizeof(id)), -1);
	node_free(node);
}

/* The client that is there answers; the others are switched off. */
static void
a_station_is_asked_for_each_address(void **state)
{
	struct node *node = node_new(1, POOL);
	int a, b, n, asked = 0;
	struct addr addr;

	(void)state;
	node->source = SOURCE_BRIDGE;
	core_free(node->core);
	core_start(node);
	sight_by(node, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	a = GET(node, 1, plain);
	b = GET(node, 1, linux_id);
	pass(node, 20000);
	node->n = 0;
	pass(node, 12000);
	for (n = 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_PROBE) {
			addr = node->seen[n].probe.addr;
			asked |= last_of(addr) == a ? 1 : last_of(addr) == b ?
			    2 : 4;
		}
	assert_int_equal(asked, 3);
	node_free(node);
}

static struct conf_host *
add_host(struct node *node, const char *id, size_t len, int text, int last)
{
	struct conf_host host;

	memset(&host, 0, sizeof(host));
	host.name[0] = (char)('a' + last);
	host.client_idlen = (uint8_t)len;
	host.client_text = (uint8_t)text;
	memcpy(host.client_id, id, len);
	host.addr = v4((uint8_t)last);
	assert_int_equal(conf_add_host(node->conf, &host), 0);
	return &node->conf->hosts[node->conf->nhosts - 1];
}

static void
the_address_of_a_client_is_for_it_alone(void **state)
{
	struct node *node = node_new(1, POOL);

	(void)state;
	add_host(node, linux_id, sizeof(linux_id) - 1, 0, 70);
	core_conf(node->core, node->conf, now);
	assert_true(GET(node, 1, plain) != 70);
	assert_int_equal(GET(node, 1, linux_id), 70);
	assert_true(GET(node, 1, plain) != 70);
	assert_int_equal(AGAIN(node, 1, plain, 70), DHCP_NAK);
	assert_int_equal(AGAIN(node, 1, pxe_id, 70), DHCP_NAK);
	assert_int_equal(AGAIN(node, 1, linux_id, 70), DHCP_ACK);
	/* While it has the address, no other station by its identifier. */
	assert_int_equal(AGAIN(node, 2, linux_id, 70), DHCP_NAK);
	node_free(node);
}

static void
a_text_is_of_type_0_or_alone(void **state)
{
	static const struct {
		const char	*id;
		size_t		 len;
		int		 text, hex;	/* what each host gives */
	} rows[] = {
		{ "door", 4, 1, 1 }, { "\0door", 5, 1, 0 },
		{ "\1door", 5, 0, 0 }, { "\0\0door", 6, 0, 0 },
		{ "doo", 3, 0, 0 }, { "\0doo", 4, 0, 0 },
		{ "door\0", 5, 0, 0 }, { "\0", 1, 0, 0 }
	};
	struct node *node;
	size_t i;
	int text;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (text = 0; text < 2; text++) {
			node = node_new(1, POOL);
			add_host(node, "door", 4, text, 78);
			core_conf(node->core, node->conf, now);
			assert_int_equal(get(node, 1, rows[i].id,
			    rows[i].len) == 78, text ? rows[i].text :
			    rows[i].hex);
			node_free(node);
		}
}

/* Of a host with a MAC address, whichever client comes with it. */
static void
a_host_by_its_mac_is_any_client(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_host *host = add_host(node, "", 0, 0, 50);

	(void)state;
	host->mac = station(1);
	core_conf(node->core, node->conf, now);
	assert_int_equal(GET(node, 1, pxe_id), 50);
	assert_int_equal(GET(node, 1, linux_id), 50);
	assert_int_equal(GET(node, 1, plain), 50);
	assert_false(is_said(node, 50));
	node_free(node);
}

/* Each key is refused that is not of a lease here, and each other length. */
static void
what_is_no_word_of_a_lease_is_refused(void **state)
{
	static const struct {
		uint8_t		 key[12];
		size_t		 keylen, vallen;
		int		 good;
	} rows[] = {
		{ { 0, 192, 168, 44, 7 }, 5, 8, 1 },
		{ { 0, 192, 168, 44, 7 }, 5, 7, 0 },
		{ { 0, 192, 168, 44, 7 }, 5, 9, 0 },
		{ { 0, 192, 168, 44, 7 }, 5, 0, 0 },
		{ { 0, 192, 168, 45, 7 }, 5, 8, 0 },
		{ { 0, 192, 168, 44 }, 4, 8, 0 },
		{ { 0, 192, 168, 44, 7, 0 }, 6, 8, 0 },
		{ { 1, 0x20, 1, 0x0d, 0xb8, 0x12, 0x34, 0, 1 }, 9, 8, 1 },
		{ { 2, 6, 0, 0, 0, 0, 1 }, 7, 8, 0 },
		{ { 8, 0, 192, 168, 44, 7 }, 6, 8, 0 },
		{ { 0 }, 1, 8, 0 }, { { 0 }, 0, 8, 0 }
	};
	struct node *node = node_new(1, POOL);
	struct update u;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_update(&u, DATUM_WHOSE, rows[i].key, rows[i].keylen,
		    "12345678x", rows[i].vallen, 1, 600);
		assert_int_equal(core_update(node->core, STRANGER, &u, now) ==
		    NULL, rows[i].good);
	}
	node_free(node);
}

/* Of a network it is wrapped as the lease is. */
static void
clients_of_a_network_are_its_own(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_network net = { .name = "guest" };
	struct conf_iface iface = { .name = "roamg", .network = 1 };
	struct link link = { .ifindex = IFINDEX + 1, .conf = 1,
	    .name = "roamg", .up = 1, .source = SOURCE_NL80211, .mtu = 1500 };
	struct ctl_cursor cursor = { 0 };
	struct update u;
	int a, b, found = 0;

	(void)state;
	conf_field_defaults(CONF_NETWORK, &net);
	assert_int_equal(prefix_parse("10.45.0.0/24", &net.prefixes[0]), 0);
	net.nprefixes = 1;
	assert_int_equal(conf_add_network(node->conf, &net), 0);
	assert_int_equal(conf_add_iface(node->conf, &iface), 0);
	core_conf(node->core, node->conf, now);
	link.lladdr.octet[0] = 2;
	(void)addr_parse("10.45.0.1", &link.gateway4);
	core_link(node->core, &link, now);
	GET(node, 1, linux_id);
	node->ifindex = IFINDEX + 1;
	a = GET(node, 1, plain);
	b = GET(node, 1, linux_id);
	assert_int_not_equal(a, b);
	while (core_show_datum(node->core, &cursor, &u, now))
		found += u.keylen == 2 + 5 + 6 && u.vallen == 8 &&
		    memcmp(u.data, "\x10\5guest\10\0\x0a\x2d\0", 12) == 0 &&
		    u.data[12] == b;
	assert_int_equal(found, 1);
	assert_int_equal(GET(node, 1, linux_id), b);
	node_free(node);
}

/* The identifiers of the page: SHA-256, cut. */
static void
an_identifier_is_hashed_with_its_type(void **state)
{
	static const uint8_t abc[IDENT] = {	/* FIPS 180-2 B.1 */
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea
	};
	struct mac mac = station(1);
	struct ident ident, own;

	(void)state;
	ident_make(&ident, (const uint8_t *)"abc", 3);
	assert_memory_equal(ident.octet, abc, sizeof(abc));
	ident_make(&ident, (const uint8_t *)"\1\6\0\0\0\0\1", 7);
	ident_of_mac(&own, &mac);
	assert_int_equal(ident_cmp(&ident, &own), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    clients_of_one_mac_have_addresses_of_their_own),
		cmocka_unit_test(an_identifier_that_repeats_the_mac_is_none),
		cmocka_unit_test(
		    who_asks_for_what_is_nobodys_has_it_from_then_on),
		cmocka_unit_test(other_routers_know_whose_each_is),
		cmocka_unit_test(lost_tables_give_the_same_to_each),
		cmocka_unit_test(
		    leases_found_in_the_kernel_go_to_who_asks_for_them),
		cmocka_unit_test(an_ended_lease_is_still_its_clients),
		cmocka_unit_test(what_was_said_of_a_former_lease_is_void),
		cmocka_unit_test(version_1_gets_the_lease_alone),
		cmocka_unit_test(what_is_said_is_not_said_with_each_renewal),
		cmocka_unit_test(of_a_conflict_lease_and_client_are_of_one),
		cmocka_unit_test(a_station_has_so_many_addresses),
		cmocka_unit_test(a_station_is_asked_for_each_address),
		cmocka_unit_test(the_address_of_a_client_is_for_it_alone),
		cmocka_unit_test(a_text_is_of_type_0_or_alone),
		cmocka_unit_test(a_host_by_its_mac_is_any_client),
		cmocka_unit_test(what_is_no_word_of_a_lease_is_refused),
		cmocka_unit_test(clients_of_a_network_are_its_own),
		cmocka_unit_test(an_identifier_is_hashed_with_its_type)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
