/* SPDX-License-Identifier: ISC */
/*
 * Data of networks that are not configured here, or that their network has no
 * use for: they are kept and relayed, and nothing follows from them but what a
 * router says of itself (sroam-flood(7), kind 16).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/field.h"
#include "core_node.h"
#include "lease/network.h"
#include "lease/state.h"
#include "table/state.h"

#define WIDER		"10.45.0.0/16"
#define OUTSIDE		"\x00\x0a\x2d\x01\x07"	/* 10.45.1.7 */

static struct conf_network *
guest_of(struct node *node)
{
	return &node->conf->networks[1];
}

static void
reload(struct node *node)
{
	core_conf(node->core, node->conf, now);
}

/* What is left of it later is a network of this name and prefix. */
static void
learn_guest(struct node *node, const char *prefix)
{
	struct conf_network net = { .name = "guest" };

	conf_field_defaults(CONF_NETWORK, &net);
	net.max_leases = 1000000;
	assert_int_equal(prefix_parse(prefix, &net.prefixes[0]), 0);
	assert_int_equal(prefix_parse("2001:db8:45::/48", &net.prefixes[1]),
	    0);
	net.nprefixes = 2;
	assert_int_equal(conf_add_network(node->conf, &net), 0);
	reload(node);
}

static void
give_guest_link(struct node *node)
{
	struct conf_iface iface = { .name = "roamg", .network = 1 };
	struct link link = { .ifindex = GUEST_IFINDEX, .conf = 1,
	    .name = "roamg", .up = 1, .source = SOURCE_NL80211, .mtu = 1500 };

	assert_int_equal(conf_add_iface(node->conf, &iface), 0);
	reload(node);
	link.lladdr.octet[0] = 2;
	(void)addr_parse("10.45.0.1", &link.gateway4);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
	node->ifindex = GUEST_IFINDEX;
	node->gateway = "10.45.0.1";
}

/* An update of the network guest, by its key there. */
static struct update
of_guest(const void *plain, size_t len, const void *value, size_t vallen,
    uint64_t seqno)
{
	struct update u;

	memset(&u, 0, sizeof(u));
	u.keylen = key_outer("guest", plain, (uint8_t)len, u.data);
	u.vallen = (uint8_t)vallen;
	memcpy(u.data + u.keylen, value, vallen);
	u.seqno = seqno;
	u.lifetime = 600;
	return u;
}

static struct update
location(int i, const void *router, size_t len, uint64_t seqno)
{
	struct mac mac = station(i);
	uint8_t plain[7] = { DATUM_LOCATION };

	memcpy(plain + 1, mac.octet, 6);
	return of_guest(plain, sizeof(plain), router, len, seqno);
}

static const char *
say(struct node *node, const struct update *u)
{
	return core_update(node->core, 1, u, now);
}

static bool
holds(struct node *node, const struct update *u, uint64_t seqno)
{
	struct update found;

	return find_datum(node, u, &found) && found.seqno == seqno &&
	    found.lifetime > 0;
}

static struct node *
node_with_peer(uint8_t which)
{
	struct node *node = node_new(which, "192.168.44.0/24");

	core_peer_up(node->core, 1, PEER_EXTENDED, now);
	return node;
}

static const struct pool *
pool_of_guest(const struct node *node)
{
	return &node->core->lease->networks.list[1]->pools[0];
}

/* All routers hold the same, whether they have the network or not. */
static void
what_a_network_has_no_use_for_is_kept(void **state)
{
	static const struct {
		const char	*plain;
		size_t		 len, vallen;
		bool		 kept;
	} rows[] = {
		{ "\x00\x0a\x2d\x00\x07", 5, 6, true },
		{ "\x00\x0a\x2d\x01\x07", 5, 6, true },	/* outside */
		{ "\x00\xc0\xa8\x2c\x07", 5, 6, true },	/* another's */
		{ "\x00\x0a\x2d\x00", 4, 6, true },	/* of no lease */
		{ "\x00\x0a\x2d\x00\x08", 5, 5, false },
		{ "\x00\x0a\x2d\x01\x08", 5, 7, false },
		{ "\x01\x20\x01\x0d\xb8\x00\x46\x00\x00", 9, 6, true },
		{ "\x05\x30\x20\x01\x0d\xb8\x00\x45\x00\x01", 10, 6, true },
		{ "\x02\x02\x00\x00\x00\x00\x07", 7, 8, true },
		{ "\x02\x02\x00\x00\x00\x00\x08", 7, 7, false },
		{ "\x02\x01\x00\x00\x00\x00\x07", 7, 8, true },	/* a group */
		{ "\x02\x02\x00\x00\x00", 5, 8, true },
		{ "\x04\x02\x00\x00\x00\x00\x07", 7, 8, true },
		{ "\x04\x02\x00\x00\x00\x00\x08", 7, 6, false },
		{ "\x04\x02", 2, 8, true },
		{ "\x09\x01", 2, 1, true },
		{ "\x03" "12345678", 9, 8, true },
	};
	struct node *with = node_with_peer(1), *without = node_with_peer(2);
	struct update u;
	size_t i;

	(void)state;
	learn_guest(with, GUEST);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		u = of_guest(rows[i].plain, rows[i].len, "\x02" "abcdefgh",
		    rows[i].vallen, 1);
		if ((say(with, &u) == NULL) != rows[i].kept ||
		    (say(without, &u) == NULL) != rows[i].kept ||
		    holds(with, &u, 1) != rows[i].kept ||
		    holds(without, &u, 1) != rows[i].kept)
			fail_msg("row %zu", i);
	}
	/* Those of use alone are no part of what is kept for others. */
	assert_int_equal(with->core->nforeign, without->core->nforeign - 3);
	node_free(with);
	node_free(without);
}

/* Not a station, a route or an address in use follows from it. */
static void
it_gets_its_meaning_with_its_prefix(void **state)
{
	struct node *node = node_with_peer(1);
	struct mac mac = station(7);
	struct router_id other = { { 2, 0, 0, 0, 0, 0, 0, 9 } };
	struct update u = of_guest(OUTSIDE, 5, &mac, 6, 3);
	struct update where = location(7, &other, 8, 1);
	int i;

	(void)state;
	learn_guest(node, GUEST);
	assert_null(say(node, &where));
	assert_int_equal(node->core->lease->nstations, 1);
	assert_null(say(node, &u));
	assert_int_equal(node->core->lease->nleases[LEASE_ADDRESS], 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(prefix_parse(WIDER,
		    &guest_of(node)->prefixes[0]), 0);
		reload(node);
		assert_int_equal(node->core->lease->nleases[LEASE_ADDRESS], 1);
		assert_int_equal(pool_of_guest(node)->used, 1);
		assert_int_equal(pool_of_guest(node)->taken, 1);
		assert_int_equal(node->core->nforeign, 0);
		assert_int_equal(prefix_parse(GUEST,
		    &guest_of(node)->prefixes[0]), 0);
		reload(node);
		assert_int_equal(node->core->lease->nleases[LEASE_ADDRESS], 0);
		assert_int_equal(pool_of_guest(node)->used, 0);
		assert_int_equal(node->core->nforeign, 1);
		assert_true(holds(node, &u, 3));
	}
	node_free(node);
}

/* A station here hears that its /64 is not of its network any more. */
static void
a_station_hears_that_its_prefix_goes(void **state)
{
	struct node *node = node_with_peer(1);
	struct solicit solicit = { .ifindex = GUEST_IFINDEX,
	    .source_mac = station(7) };
	struct prefix had;
	bool gone = false;
	uint32_t i;
	int n;

	(void)state;
	learn_guest(node, GUEST);
	give_guest_link(node);
	pass(node, 20000);
	sight(node, 7, SIGHTING_JOINED);
	node->n = 0;
	core_solicit(node->core, &solicit, now);
	pass(node, 1000);
	assert_int_equal(count(node, EFFECT_ADVERT), 1);
	for (n = 0; node->seen[n].type != EFFECT_ADVERT; n++)
		;
	assert_int_equal(node->seen[n].advert.nprefixes, 1);
	had = node->seen[n].advert.prefixes[0].prefix;
	node->n = 0;
	assert_int_equal(prefix_parse("2001:db8:46::/48",
	    &guest_of(node)->prefixes[1]), 0);
	reload(node);
	pass(node, 5000);
	for (n = 0; n < node->n; n++)
		for (i = 0; node->seen[n].type == EFFECT_ADVERT &&
		    i < node->seen[n].advert.nprefixes; i++)
			gone |= prefix_cmp(&had,
			    &node->seen[n].advert.prefixes[i].prefix) == 0 &&
			    node->seen[n].advert.prefixes[i].preferred == 0;
	assert_true(gone);
	node_free(node);
}

/* It is said to have a station in a network that it does not have. */
static void
who_is_named_says_that_it_is_not_there(void **state)
{
	struct node *node = node_with_peer(1);
	struct router_id other = { { 2, 0, 0, 0, 0, 0, 0, 9 } };
	struct update us = location(7, &node->id, 8, 5);
	struct update them = location(8, &other, 8, 5), found;
	struct update last = location(9, &node->id, 8, UINT64_MAX);

	(void)state;
	assert_null(say(node, &us));
	assert_null(say(node, &them));
	assert_null(say(node, &last));
	/* Not before the start is over: it is known then what there is. */
	assert_false(node->core->started);
	pass(node, 900);
	assert_true(holds(node, &us, 5));
	pass(node, 30000);
	assert_true(holds(node, &them, 5));
	assert_true(find_datum(node, &us, &found));
	assert_int_equal(found.seqno, 6);
	assert_int_equal(found.vallen, 0);
	assert_in_range(found.lifetime, 560, 600);
	/* To the last seqno there is no answer; it does not live long. */
	assert_true(holds(node, &last, UINT64_MAX));
	pass(node, 40000);
	assert_false(holds(node, &last, UINT64_MAX));
	/* Nor does it say more than once. */
	pass(node, 30000);
	assert_true(holds(node, &us, 6));
	node_free(node);
}

/* Sixteen roams in a moment, as of a network that is known. */
static void
roams_are_passed_on_as_any(void **state)
{
	struct node *a = node_with_peer(1), *b = node_new(2, "192.168.44.0/24");
	struct update u;
	uint64_t i;

	(void)state;
	peering(a, b, 2);
	pass(a, 5000);
	for (i = 1; i <= 16; i++) {
		struct router_id at = { { 2, 0, 0, 0, 0, 0, 0, (uint8_t)(i % 2 +
		    7) } };

		u = location(7, &at, 8, i);
		assert_null(say(a, &u));
		carry(a, b, 2);
		assert_true(holds(b, &u, i));
	}
	u.seqno = i;
	assert_null(say(a, &u));
	carry(a, b, 2);
	assert_false(holds(b, &u, i));
	node_free(a);
	node_free(b);
}

/* Where a router that is denied has stations is told in no network. */
static void
who_is_denied_is_named_in_no_network(void **state)
{
	struct node *node = node_with_peer(1);
	struct router_id bad = { { 2, 0, 0, 0, 0, 0, 0, 9 } };
	struct conf_deny deny = { .id = bad };
	struct update u = location(7, &bad, 8, 5), nowhere;

	(void)state;
	assert_null(say(node, &u));
	assert_int_equal(conf_add_deny(node->conf, &deny), 0);
	reload(node);
	assert_false(holds(node, &u, 5));
	assert_int_equal(node->core->nforeign, 0);
	assert_non_null(say(node, &u));
	nowhere = location(7, "", 0, 6);
	assert_null(say(node, &nowhere));
	assert_true(holds(node, &nowhere, 6));
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
		TEST(what_a_network_has_no_use_for_is_kept),
		TEST(it_gets_its_meaning_with_its_prefix),
		TEST(a_station_hears_that_its_prefix_goes),
		TEST(who_is_named_says_that_it_is_not_there),
		TEST(roams_are_passed_on_as_any),
		TEST(who_is_denied_is_named_in_no_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
