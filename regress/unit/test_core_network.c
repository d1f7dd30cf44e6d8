/* SPDX-License-Identifier: ISC */
/*
 * Several networks in one core: whose an address is, one MAC address in two of
 * them, and the keys of their data (sroam-flood(7), kind 16).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "lease/network.h"
#include "table/state.h"

#define POOL		"192.168.44.0/24"

static bool
is_in(const char *prefix, const struct addr *addr)
{
	struct prefix p;

	assert_int_equal(prefix_parse(prefix, &p), 0);
	return prefix_contains(&p, addr);
}

/* One of its leases in the network, by its whole key. */
static int
has_lease(struct node *node, const char *network, const struct addr *addr)
{
	struct update key = { 0 }, found;
	uint8_t plain[5] = { DATUM_LEASE4 };

	memcpy(plain + 1, addr_v4(addr), 4);
	key.keylen = key_outer(network, plain, sizeof(plain), key.data);
	return find_datum(node, &key, &found) && found.lifetime > 0;
}

static void
an_interface_gives_addresses_of_its_network(void **state)
{
	struct node *node = node_with_guest(1);
	struct addr staff, guest;
	const struct dhcp_reply *reply;

	(void)state;
	staff = join(node, 1);
	be_guest(node, true);
	guest = join(node, 2);
	assert_true(is_in(POOL, &staff));
	assert_true(is_in(GUEST, &guest));
	assert_true(has_lease(node, "", &staff));
	assert_false(has_lease(node, "guest", &staff));
	assert_true(has_lease(node, "guest", &guest));
	assert_false(has_lease(node, "", &guest));
	/* A station that changes networks asks for what it had. */
	be_guest(node, false);
	sight(node, 2, SIGHTING_JOINED);
	assert_non_null(reply = dhcp(node, 2, DHCP_REQUEST, &guest, 0));
	assert_int_equal(reply->type, DHCP_NAK);
	be_guest(node, true);
	assert_non_null(reply = dhcp(node, 3, DHCP_REQUEST, &staff, 0));
	assert_int_equal(reply->type, DHCP_NAK);
	/* Nor is a wish of another network granted. */
	sight(node, 4, SIGHTING_JOINED);
	assert_non_null(reply = dhcp(node, 4, DHCP_DISCOVER, &staff, 0));
	assert_true(is_in(GUEST, &reply->yiaddr));
	node_free(node);
}

/* Behind a trunk: they are two stations. */
static void
one_mac_address_is_in_two_networks(void **state)
{
	struct node *a = node_with_guest(1), *b = node_with_guest(2);
	struct addr staff, guest;

	(void)state;
	peering(a, b, 1);
	sight_by(a, 7, SIGHTING_JOINED, SOURCE_BRIDGE);
	staff = obtain(a, 7);
	be_guest(a, true);
	sight_by(a, 7, SIGHTING_JOINED, SOURCE_BRIDGE);
	guest = obtain(a, 7);
	assert_int_equal(route_of(a, &staff), ROUTE_LOCAL);
	assert_int_equal(route_of(a, &guest), ROUTE_LOCAL);
	carry(a, b, 1);
	assert_true(has_lease(b, "", &staff));
	assert_true(has_lease(b, "guest", &guest));
	assert_int_equal(route_of(b, &staff), ROUTE_DIRECT);
	assert_int_equal(route_of(b, &guest), ROUTE_DIRECT);
	/* It roams in one of them. */
	pass(a, 5000);
	be_guest(b, true);
	sight(b, 7, SIGHTING_JOINED);
	carry(a, b, 1);
	assert_int_equal(route_of(b, &guest), ROUTE_LOCAL);
	assert_int_equal(route_of(a, &guest), ROUTE_DIRECT);
	assert_int_equal(route_of(b, &staff), ROUTE_DIRECT);
	assert_int_equal(route_of(a, &staff), ROUTE_LOCAL);
	node_free(a);
	node_free(b);
}

/* A router without the network stores and relays its data untouched. */
static void
data_of_a_network_pass_a_router_without_it(void **state)
{
	struct node *a = node_with_guest(1), *middle = node_new(2, POOL);
	struct node *c = node_with_guest(3);
	struct addr guest;

	(void)state;
	peering(a, middle, 1);
	peering(middle, c, 2);
	be_guest(a, true);
	guest = join(a, 7);
	carry(a, middle, 1);
	carry(middle, c, 2);
	assert_true(has_lease(middle, "guest", &guest));
	assert_int_equal(route_of(middle, &guest), -1);
	assert_true(has_lease(c, "guest", &guest));
	assert_int_equal(route_of(c, &guest), ROUTE_DIRECT);
	node_free(a);
	node_free(middle);
	node_free(c);
}

/* Likewise one that gets the network by a reload, or loses it. */
static void
a_reload_brings_and_takes_a_network(void **state)
{
	struct node *a = node_with_guest(1), *b = node_new(2, POOL);
	struct ctl_status status;
	struct addr guest;
	size_t i;

	(void)state;
	peering(a, b, 1);
	be_guest(a, true);
	guest = join(a, 7);
	carry(a, b, 1);
	assert_int_equal(route_of(b, &guest), -1);
	assert_int_not_equal(b->core->nforeign, 0);
	for (i = 0; i < 3; i++) {
		add_guest(b->conf);
		core_conf(b->core, b->conf, now);
		assert_int_equal(route_of(b, &guest), ROUTE_DIRECT);
		assert_int_equal(b->core->nforeign, 0);
		b->conf->nnetworks = 1;
		core_conf(b->core, b->conf, now);
		assert_int_equal(route_of(b, &guest), ROUTE_NONE);
		assert_true(has_lease(b, "guest", &guest));
		assert_int_not_equal(b->core->nforeign, 0);
		pass(b, 1000);
	}
	core_show_status(b->core, &status, now);
	assert_int_equal(status.stations, 0);
	/* And where stations are; they go with their interface. */
	a->conf->nnetworks = a->conf->nifaces = 1;
	core_conf(a->core, a->conf, now);
	assert_int_equal(route_of(a, &guest), ROUTE_NONE);
	guest_link(a, 0);
	pass(a, 10000);
	core_show_status(a->core, &status, now);
	assert_int_equal(status.stations_here, 0);
	node_free(a);
	node_free(b);
}

/* An interface that changes its network has no stations of the former one. */
static void
an_interface_changes_its_network(void **state)
{
	struct node *node = node_with_guest(1);
	struct addr guest, staff;

	(void)state;
	be_guest(node, true);
	guest = join(node, 7);
	node->conf->ifaces[1].network = 0;
	core_conf(node->core, node->conf, now);
	guest_link(node, 1);
	assert_int_not_equal(route_of(node, &guest), ROUTE_LOCAL);
	node->gateway = "10.45.0.1";
	staff = join(node, 7);
	assert_true(is_in(POOL, &staff));
	node_free(node);
}

/* What nobody may send: a plain lease in a prefix of a network. */
static void
keys_of_networks_are_checked(void **state)
{
	static const struct {
		const char	*key;
		size_t		 len;
		const char	*why;
	} rows[] = {
		/* Of no network: relayed, as by who knows no networks. */
		{ "\x10", 1, NULL },
		{ "\x10\x05", 2, NULL },
		{ "\x10\x05guest", 7, NULL },
		{ "\x10\x00\x00\x0a\x2d\x00\x07", 7, NULL },
		{ "\x10\x10" "0123456789abcdef\x00\x0a\x2d\x00\x07", 23, NULL },
		{ "\x10\x05guest\x03" "12345678", 16, NULL },
		{ "\x10\x05guest\x10\x01x\x00\x0a\x2d\x00\x07", 15, NULL },
		{ "\x10\x05guest\x00\x0a\x2d\x00", 11, NULL },
		{ "\x10\x05guest\x00\xc0\xa8\x2c\x07", 12, NULL },
		{ "\x00\x0a\x2d\x00\x07", 5,
		    "a lease in a prefix of another network" },
		{ "\x10\x05guest\x00\x0a\x2e\x00\x07", 12, NULL },
		{ "\x10\x05guest\x00\x0a\x2d\x00\x07", 12, NULL },
		{ "\x10\x05other\x00\x0a\x2d\x00\x07", 12, NULL },
		{ "\x10\x05other\x00\x0a\x2d\x00", 11, NULL },
	};
	struct node *node = node_with_guest(1);
	struct mac mac = station(9);
	struct update u;
	const char *why;
	size_t i;

	(void)state;
	core_peer_up(node->core, 1, PEER_EXTENDED, now);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_update(&u, (enum datum_kind)(uint8_t)rows[i].key[0],
		    rows[i].key + 1, rows[i].len - 1, &mac, 6, 1, 600);
		why = core_update(node->core, 1, &u, now);
		if ((why == NULL) != (rows[i].why == NULL) ||
		    (why != NULL && strcmp(why, rows[i].why) != 0))
			fail_msg("row %zu: %s", i, why);
	}
	node_free(node);
}

/* Listed are the leases of all, between data of other kinds. */
static void
every_lease_is_listed_once(void **state)
{
	struct node *node = node_with_guest(1);
	struct ctl_cursor cursor = { 0 };
	struct ctl_lease lease;
	struct ctl_station who;
	struct mac mac = station(9);
	struct update u;
	int i, n;

	(void)state;
	for (i = 0; i < 5; i++) {
		be_guest(node, i % 2);
		(void)join(node, i);
	}
	be_guest(node, true);
	sight_by(node, 0, SIGHTING_JOINED, SOURCE_BRIDGE);	/* a trunk */
	(void)obtain(node, 0);
	pass(node, 30000);
	core_peer_up(node->core, 1, PEER_EXTENDED, now);
	/* Of no kind, of no network, and behind all. */
	make_update(&u, 9, "abc", 3, "x", 1, 1, 600);
	assert_null(core_update(node->core, 1, &u, now));
	make_update(&u, DATUM_NETWORK, "\x05" "other\x00\x0a\x2d\x00\x07", 11,
	    &mac, 6, 1, 600);
	assert_null(core_update(node->core, 1, &u, now));
	make_update(&u, DATUM_NETWORK, "\x05guest\x09\x01", 8, &mac, 6, 1,
	    600);
	assert_null(core_update(node->core, 1, &u, now));
	make_update(&u, 200, "abc", 3, "x", 1, 1, 600);
	assert_null(core_update(node->core, 1, &u, now));
	for (n = 0; core_show_lease(node->core, &cursor, &lease, now); n++)
		assert_in_range(n, 0, 100);
	assert_int_equal(n, 12);	/* an address and a prefix each */
	memset(&cursor, 0, sizeof(cursor));
	for (n = 0; core_show_station(node->core, &cursor, &who, now); n++) {
		assert_in_range(n, 0, 100);
		assert_int_equal(who.nprefixes, 2);
	}
	assert_int_equal(n, 6);
	node_free(node);
}

/* What is told to a station to keep goes to the disk, whatever its network. */
static void
leases_of_a_network_are_stored_and_loaded(void **state)
{
	struct node *a = node_with_guest(1), *b = node_with_guest(2);
	struct stored s;
	struct addr guest;
	int n = 0;

	(void)state;
	core_store_start(a->core);
	be_guest(a, true);
	guest = join(a, 7);
	while (core_store_next(a->core, &s)) {
		n++;
		assert_int_equal(core_store_load(b->core, &s, now),
		    s.data[0] == DATUM_ROUTER ? -1 : 0);
	}
	assert_int_not_equal(n, 0);
	assert_true(has_lease(b, "guest", &guest));
	node_free(a);
	node_free(b);
}

/* Whether a station here that asks for the address is answered. */
static bool
is_answered(struct node *node, uint32_t ifindex, int i,
    const struct addr *target)
{
	struct arp_ask ask = { .ifindex = ifindex, .mac = station(i),
	    .target = *target };

	node->n = 0;
	core_arp(node->core, &ask, now);
	return count(node, EFFECT_ARP_REPLY) > 0;
}

/* Those elsewhere are answered for, but not to who may not reach them. */
static void
arp_tells_nothing_of_other_networks(void **state)
{
	struct node *a = node_with_guest(1), *b = node_with_guest(2);
	struct addr staff, guest;

	(void)state;
	peering(a, b, 1);
	staff = join(b, 1);
	be_guest(b, true);
	guest = join(b, 2);
	carry(a, b, 1);
	assert_true(is_answered(a, IFINDEX, 3, &staff));
	assert_false(is_answered(a, IFINDEX, 3, &guest));
	assert_true(is_answered(a, GUEST_IFINDEX, 4, &guest));
	assert_false(is_answered(a, GUEST_IFINDEX, 4, &staff));
	strlcpy(a->conf->networks[1].reaches[0], CONF_UNNAMED,
	    NETWORK_NAME_MAX);
	a->conf->networks[1].nreaches = 1;
	core_conf(a->core, a->conf, now);
	assert_true(is_answered(a, IFINDEX, 3, &guest));
	assert_true(is_answered(a, GUEST_IFINDEX, 4, &staff));
	node_free(a);
	node_free(b);
}

/* A relay in a network ends no lease of another one. */
static void
a_release_ends_leases_of_its_network_alone(void **state)
{
	struct node *node = node_with_guest(1);
	struct dhcp_request r;
	struct addr staff;

	(void)state;
	staff = join(node, 1);
	sight(node, 1, SIGHTING_LEFT);
	pass(node, 3000);
	memset(&r, 0, sizeof(r));
	r.type = DHCP_RELEASE;
	r.ifindex = GUEST_IFINDEX;
	r.chaddr = r.source_mac = station(1);
	r.ciaddr = r.source = staff;
	(void)addr_parse("10.45.0.2", &r.giaddr);
	node->conf->networks[1].relays[0] = r.giaddr;
	node->conf->networks[1].nrelays = 1;
	core_conf(node->core, node->conf, now);
	(void)addr_parse("10.45.0.1", &r.server);
	core_dhcp(node->core, &r, now);
	pass(node, 5000);
	assert_true(has_lease(node, "", &staff));
	node_free(node);
}

static int
setup(void **state)
{
	(void)state;
	now = (monotime_t){ 1000000000 };
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_interface_gives_addresses_of_its_network),
		TEST(one_mac_address_is_in_two_networks),
		TEST(data_of_a_network_pass_a_router_without_it),
		TEST(a_reload_brings_and_takes_a_network),
		TEST(an_interface_changes_its_network),
		TEST(keys_of_networks_are_checked),
		TEST(every_lease_is_listed_once),
		TEST(leases_of_a_network_are_stored_and_loaded),
		TEST(arp_tells_nothing_of_other_networks),
		TEST(a_release_ends_leases_of_its_network_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
