/* SPDX-License-Identifier: ISC */
/* A table that is full: what is new is refused, and has its place later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"

static void
set_room(struct node *node, uint32_t max_data)
{
	node->conf->global.max_data = max_data;
	core_conf(node->core, node->conf, now);
}

/* What it says of itself is all that it holds. */
static struct node *
full_node(void)
{
	struct node *node = node_new(1, POOL);

	pass(node, 5000);
	set_room(node, 1);
	return node;
}

static int
complaints(const struct node *node)
{
	int i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_LOG &&
		    strstr(node->seen[i].text, "the table is full") != NULL;
	return n;
}

static bool
is_located(struct node *node, int i)
{
	struct mac mac = station(i);
	struct update key, u;

	make_update(&key, DATUM_LOCATION, mac.octet, 6, "", 0, 0, 0);
	return find_datum(node, &key, &u);
}

static void
it_is_said_once_an_hour(void **state)
{
	struct node *node = full_node();
	struct addr addr;
	int i;

	(void)state;
	assert_int_equal(complaints(node), 0);
	/* The claim alone: there is no prefix that it could have. */
	node->conf->global.nprefixes = 1;
	core_conf(node->core, node->conf, now);
	for (i = 1; i <= 5; i++)
		sight(node, i, SIGHTING_JOINED);
	assert_int_equal(complaints(node), 1);
	pass(node, 3599 * 1000);
	sight(node, 6, SIGHTING_JOINED);
	assert_int_equal(complaints(node), 1);
	pass(node, 1000);
	sight(node, 7, SIGHTING_JOINED);
	assert_int_equal(complaints(node), 2);
	pass(node, 3600 * 1000);
	node->n = 0;
	(void)addr_parse("192.168.44.7", &addr);
	assert_null(dhcp(node, 8, DHCP_REQUEST, &addr, 0));
	assert_int_equal(complaints(node), 1);
	node_free(node);
}

/* It is here all the same, and nobody need tell of it a second time. */
static void
a_station_is_claimed_when_there_is_room(void **state)
{
	struct node *node = full_node();

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_false(is_located(node, 1));
	set_room(node, 100);
	pass(node, node->conf->global.probe_interval * 1000LL);
	assert_true(is_located(node, 1));
	node_free(node);
}

static void
a_lease_is_not_given_that_cannot_be_kept(void **state)
{
	struct node *node = full_node();
	const struct dhcp_reply *reply;
	struct ctl_status status;
	struct addr addr;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_non_null(reply = dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	addr = reply->yiaddr;
	assert_null(dhcp(node, 1, DHCP_REQUEST, &addr, 1));
	assert_int_equal(count(node, EFFECT_ADVERT), 0);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.dhcp_dropped, 1);
	assert_int_equal(status.dhcp_acks, 0);
	set_room(node, 100);
	assert_non_null(reply = dhcp(node, 1, DHCP_REQUEST, &addr, 1));
	assert_int_equal(reply->type, DHCP_ACK);
	pass(node, 10000);
	assert_int_equal(count(node, EFFECT_ADVERT) > 0, 1);
	node_free(node);
}

static const char *
put_lease(struct node *node, int i)
{
	uint8_t addr[4] = { 192, 168, 44, (uint8_t)(i + 2) };
	struct mac mac = station(i);
	struct update u;

	make_update(&u, DATUM_LEASE4, addr, sizeof(addr), mac.octet, 6, 1,
	    1800);
	return core_update(node->core, STRANGER, &u, now);
}

static void
what_stands_is_changed_as_ever(void **state)
{
	struct node *node = node_new(1, POOL);
	struct update u, found;
	int i;

	(void)state;
	make_update(&u, 77, "a", 1, "1", 1, 1, 60);
	assert_null(core_update(node->core, STRANGER, &u, now));
	for (i = 0; i < 6; i++)
		assert_null(put_lease(node, i));
	set_room(node, 8);
	make_update(&u, 77, "b", 1, "1", 1, 1, 60);
	assert_string_equal(core_update(node->core, STRANGER, &u, now),
	    "the table is full");
	make_update(&u, 77, "a", 1, "2: longer", 9, 2, 60);
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.vallen, 9);
	/* Its end makes room. */
	pass(node, 61000);
	make_update(&u, 77, "b", 1, "1", 1, 1, 60);
	assert_null(core_update(node->core, STRANGER, &u, now));
	node_free(node);
}

/* A key of its own for each number, of a kind without a row here. */
static const char *
put_junk(struct node *node, int i, uint64_t seqno)
{
	uint8_t key[4] = { 0, 0, (uint8_t)(i >> 8), (uint8_t)i };
	struct update u;

	make_update(&u, (enum datum_kind)(6 + i % 200), key, sizeof(key), "?",
	    1, seqno, 60);
	return core_update(node->core, STRANGER, &u, now);
}

static int
junk_lines(const struct node *node)
{
	int i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_LOG &&
		    strstr(node->seen[i].text, "unknown kinds") != NULL;
	return n;
}

/* A member floods data of 200 kinds, each of which is stored for others. */
static void
what_nobody_knows_has_a_quarter(void **state)
{
	struct node *node = node_new(1, POOL);
	struct ctl_status before, after;
	int i, stored = 0;

	(void)state;
	pass(node, 5000);
	set_room(node, 200);
	core_show_status(node->core, &before, now);
	for (i = 0; i < 1000; i++)
		stored += put_junk(node, i, 1) == NULL;
	assert_int_equal(stored, 50);
	core_show_status(node->core, &after, now);
	assert_int_equal(after.updates_dropped - before.updates_dropped, 950);
	assert_int_equal(junk_lines(node), 1);
	/* What stands may change, and what is known has all of the rest. */
	assert_null(put_junk(node, 0, 2));
	for (i = 0; i < 149; i++)
		assert_null(put_lease(node, i));
	assert_string_equal(put_lease(node, 149), "the table is full");
	node_free(node);
}

static void
the_quarter_is_free_again(void **state)
{
	struct node *node = node_new(1, POOL);
	int i, round;

	(void)state;
	set_room(node, 40);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 10; i++)
			assert_null(put_junk(node, 100 * round + i, 1));
		assert_non_null(put_junk(node, 100 * round + 11, 1));
		pass(node, 61000);
	}
	node_free(node);
}

/* They are for later versions of ours, whoever knows them already. */
static void
version_1_gets_no_reserved_kind(void **state)
{
	struct node *node = node_new(1, POOL);
	struct update u;
	int i, got[2][256] = { { 0 } };

	(void)state;
	for (i = 6; i < 206; i++)
		assert_null(put_junk(node, i - 6, 1));
	assert_null(put_lease(node, 1));
	core_peer_up(node->core, 1, 0, now);
	core_peer_up(node->core, 2, PEER_EXTENDED, now);
	for (i = 0; i < 2; i++)
		while (core_peer_next(node->core, 1 + (uint32_t)i, &u, now))
			got[i][u.data[0]]++;
	for (i = 0; i < 206; i++) {
		assert_int_equal(got[0][i], i == DATUM_LEASE4 || i >= 16);
		assert_int_equal(got[1][i], i == DATUM_LEASE4 || i >= 6 ||
		    i == DATUM_ROUTER);
	}
	node_free(node);
}

static int
reset(void **state)
{
	(void)state;
	now.us = 1000000;
	return 0;
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		TEST(it_is_said_once_an_hour),
		TEST(a_station_is_claimed_when_there_is_room),
		TEST(a_lease_is_not_given_that_cannot_be_kept),
		TEST(what_stands_is_changed_as_ever),
		TEST(what_nobody_knows_has_a_quarter),
		TEST(the_quarter_is_free_again),
		TEST(version_1_gets_no_reserved_kind),
	};

	return cmocka_run_group_tests_name("core_full", tests, NULL, NULL);
}
