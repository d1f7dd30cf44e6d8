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
	node->conf->networks[0].nprefixes = 1;
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
	int kind = 6 + i % 200;

	if (kind == DATUM_WHOSE)	/* its keys have a form */
		kind = 206;
	make_update(&u, (enum datum_kind)kind, key, sizeof(key), "?",
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
		if (i != DATUM_NETWORK && i != DATUM_WHOSE)
			assert_null(put_junk(node, i - 6, 1));
	assert_null(put_lease(node, 1));
	core_peer_up(node->core, 1, 0, now);
	core_peer_up(node->core, 2, PEER_EXTENDED, now);
	for (i = 0; i < 2; i++)
		while (core_peer_next(node->core, 1 + (uint32_t)i, &u, now))
			got[i][u.data[0]]++;
	for (i = 0; i < 206; i++) {
		if (i == DATUM_NETWORK || i == DATUM_WHOSE)
			continue;
		assert_int_equal(got[0][i], i == DATUM_LEASE4 || i >= 16);
		assert_int_equal(got[1][i], i == DATUM_LEASE4 || i >= 6 ||
		    i == DATUM_ROUTER);
	}
	node_free(node);
}

/* The memory that the table may take. */

static uint64_t
used(struct node *node)
{
	struct ctl_status status;

	core_show_status(node->core, &status, now);
	return status.table_octets;
}

static uint64_t
refused(struct node *node)
{
	struct ctl_status status;

	core_show_status(node->core, &status, now);
	return status.table_refused;
}

static struct node *
small_node(uint32_t mb)
{
	struct node *node = node_new(1, "10.0.0.0/16");

	node->conf->global.max_memory = mb;
	node->conf->global.max_data = 10000000;
	core_conf(node->core, node->conf, now);
	pass(node, 5000);
	node->n = 0;
	return node;
}

/* A key of its own for each number, of one kind of all; the length varies. */
static const char *
put_strange(struct node *node, int i, enum datum_kind kind, uint8_t vallen,
    uint64_t seqno)
{
	static uint8_t value[200];
	uint8_t key[8] = { 2, 0, (uint8_t)(i >> 24), (uint8_t)(i >> 16),
	    (uint8_t)(i >> 8), (uint8_t)i };
	struct update u;

	node->n = 0;
	make_update(&u, kind, key, kind == DATUM_LEASE6 ? 8 : 6, value, vallen,
	    seqno, 600);
	return core_update(node->core, STRANGER, &u, now);
}

/* As many as it takes: how many it took, 0 for none. */
static int
fill(struct node *node, int from, enum datum_kind kind, uint8_t vallen)
{
	int i;

	for (i = from; i < from + 1000000; i++)
		if (put_strange(node, i, kind, vallen, 1) != NULL)
			return i - from;
	return -1;
}

#define MB	(1u << 20)

static int
room_lines(const struct node *node)
{
	int i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_LOG &&
		    strstr(node->seen[i].text, "limit memory") != NULL;
	return n;
}

#if !defined(__SANITIZE_ADDRESS__) && defined(__GLIBC__)
#include <malloc.h>

/* Data of all kinds and what grows with them, counted as malloc counts. */
static void
all_of_it_is_counted(void **state)
{
	struct node *node = small_node(0);
	struct mallinfo2 before, after;
	uint64_t octets = used(node), grown, heap;
	int i, round;

	(void)state;
	for (round = 0; round < 2; round++) {
		before = mallinfo2();
		octets = used(node);
		for (i = 0; i < 20000; i++) {
			assert_null(put_strange(node, i, 77, 20, 1));
			assert_null(put_strange(node, i, DATUM_LOCATION, 8,
			    1));
			assert_null(put_strange(node, i, 78, 3, 1));
			assert_null(put_strange(node, i, 78, 90, 2));
		}
		after = mallinfo2();
		heap = after.uordblks + after.hblkhd - before.uordblks -
		    before.hblkhd;
		grown = used(node) - octets;
		assert_in_range(grown, heap - heap / 50, heap + heap / 50);
		/* All ends, but for arrays, and so does the memory of it. */
		for (i = 0; i < 200; i++) {
			pass(node, 6000);
			node->n = 0;
		}
		pass(node, 4 * 3600 * 1000);
		assert_in_range(used(node) - octets, 0, grown / 10);
		pass(node, 1000);
	}
	node_free(node);
}

static void
sight_at(struct node *node, int i, uint32_t port)
{
	struct sighting sight = { .ifindex = IFINDEX, .port = port,
	    .kind = SIGHTING_JOINED, .source = SOURCE_BRIDGE,
	    .mac = station(i) };

	node->n = 0;
	core_sighting(node->core, &sight, now);
}

/* Stations that are here, and are seen at another port. */
static void
stations_at_two_places_are_counted(void **state)
{
	struct node *node = small_node(0);
	struct mallinfo2 before = mallinfo2(), after;
	uint64_t octets = used(node), grown, heap;
	int i;

	(void)state;
	for (i = 0; i < 4000; i++) {
		sight_at(node, i, PORT);
		sight_at(node, i, PORT + 1);
	}
	after = mallinfo2();
	heap = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
	grown = used(node) - octets;
	assert_in_range(grown, heap - heap / 50, heap + heap / 50);
	node_free(node);
}
#else
static void
all_of_it_is_counted(void **state)
{
	(void)state;
	skip();
}

static void
stations_at_two_places_are_counted(void **state)
{
	(void)state;
	skip();
}
#endif

/* Which kind does not matter, nor how long the values are. */
static void
strangers_have_four_fifths(void **state)
{
	static const struct {
		enum datum_kind	kind;
		uint8_t		vallen;
	} rows[] = {
		{ 77, 1 }, { 77, 200 }, { DATUM_LOCATION, 8 },
		{ DATUM_LEASE6, 6 }
	};
	struct node *node;
	struct addr addr;
	size_t row;
	int n, i, again;

	(void)state;
	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		node = small_node(8);
		if (rows[row].kind == DATUM_LEASE6) {
			assert_int_equal(prefix_parse("200::/16",
			    &node->conf->networks[0].prefixes[1]), 0);
			node->conf->networks[0].nprefixes = 2;
			core_conf(node->core, node->conf, now);
		}
		addr = join(node, 1);
		assert_false(addr_is_none(&addr));
		n = fill(node, 5, rows[row].kind, rows[row].vallen);
		assert_in_range(n, 1000, 900000);
		assert_in_range(used(node), 8 * MB * 4 / 5,
		    8 * MB * 4 / 5 + 1000);
		assert_int_equal(room_lines(node), 1);
		assert_int_equal(refused(node), 1);
		/* What is theirs lives on. */
		assert_null(put_strange(node, 5, rows[row].kind,
		    rows[row].vallen, 2));
		/* Ours comes and goes as ever, a new one, too. */
		assert_false(addr_is_none((addr = join(node, 2),
		    &addr)));
		assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
		/* And nothing says it again within the hour. */
		node->n = 0;
		assert_non_null(put_strange(node, 4, rows[row].kind, 1, 1));
		assert_int_equal(room_lines(node), 0);
		/* When theirs have ended there is room again. */
		for (i = 0; i < 110; i++) {
			pass(node, 6000);
			node->n = 0;
		}
		if (rows[row].kind != DATUM_LEASE6)
			assert_in_range(used(node), 0, 8 * MB / 2);
		/* Ended leases are remembered, unless there is no room. */
		again = fill(node, 2000000, rows[row].kind, rows[row].vallen);
		assert_in_range(again, n - n / 5, n + n / 5);
		node_free(node);
	}
}

/* Nothing that is new; all that is known. */
static void
at_the_limit_only_what_is_known_changes(void **state)
{
	struct node *node = small_node(4);
	const struct dhcp_reply *reply;
	struct addr addr;
	uint64_t most;
	int i, n, whole_lines = 0;

	(void)state;
	addr = join(node, 1);
	n = fill(node, 5, 77, 20);
	assert_in_range(n, 1000, 100000);
	for (i = 2; i < 30000 && used(node) < 4 * MB; i++) {
		node->n = 0;
		sight(node, i, SIGHTING_JOINED);
		whole_lines += room_lines(node);
	}
	assert_in_range(i, 100, 20000);
	most = used(node);
	assert_in_range(most, 4 * MB, 4 * MB + 2000);
	/* A station that nobody knows: it has nothing here. */
	n = (int)refused(node);
	for (; i < 30000; i++) {
		node->n = 0;
		sight(node, i, SIGHTING_JOINED);
		whole_lines += room_lines(node);
	}
	assert_int_equal(used(node), most);
	assert_in_range(refused(node), n + 10000, UINT64_MAX);
	assert_int_equal(whole_lines, 1);
	/* One that is here renews, leaves, and comes back. */
	node->n = 0;
	assert_non_null(reply = dhcp(node, 1, DHCP_REQUEST, &addr, 0));
	assert_int_equal(reply->type, DHCP_ACK);
	sight(node, 1, SIGHTING_LEFT);
	pass(node, 2000);
	node->n = 0;
	sight(node, 1, SIGHTING_JOINED);
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	/* Theirs are refreshed, and do not grow. */
	assert_null(put_strange(node, 5, 77, 20, 2));
	assert_string_equal(put_strange(node, 6, 77, 200, 2),
	    "the table is full");
	assert_in_range(used(node), 0, most + 1000);
	node_free(node);
}

/* Of a reload. */
static void
the_limit_may_change(void **state)
{
	struct node *node = small_node(0);
	int i;

	(void)state;
	for (i = 5; i < 50000; i++)
		assert_null(put_strange(node, i, 77, 1, 1));
	node->conf->global.max_memory = 4;
	core_conf(node->core, node->conf, now);
	assert_non_null(put_strange(node, i, 77, 1, 1));
	assert_null(put_strange(node, 5, 77, 1, 2));
	node->conf->global.max_memory = 64;
	core_conf(node->core, node->conf, now);
	assert_null(put_strange(node, i, 77, 1, 1));
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
		TEST(all_of_it_is_counted),
		TEST(stations_at_two_places_are_counted),
		TEST(strangers_have_four_fifths),
		TEST(at_the_limit_only_what_is_known_changes),
		TEST(the_limit_may_change),
	};

	return cmocka_run_group_tests_name("core_full", tests, NULL, NULL);
}
