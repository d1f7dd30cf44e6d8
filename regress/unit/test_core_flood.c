/* SPDX-License-Identifier: ISC */
/*
 * What a peer's word may cost and how long it may last: answers to old
 * versions, the bucket of a key, seqnos near their end, lifetimes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"
#define LATE	(UINT64_C(1) << 63)
#define UNKNOWN	77
#define ASKER	5
#define OTHER	6
#define TEST(f)	cmocka_unit_test_setup(f, reset)

static const struct addr	none;
static const uint8_t	there[8] = { 2, [7] = 9 };
static const uint8_t	elsewhere[8] = { 2, [7] = 8 };

static int
reset(void **state)
{
	(void)state;
	now.us = 1000000;
	return 0;
}

static struct update
location(int i, const void *where, size_t len, uint64_t seqno, uint32_t life)
{
	struct mac mac = station(i);
	struct update u;

	make_update(&u, DATUM_LOCATION, mac.octet, 6, where, len, seqno, life);
	return u;
}

static struct update
opaque(uint8_t i, uint8_t value, uint64_t seqno, uint32_t life)
{
	struct update u;

	make_update(&u, UNKNOWN, &i, 1, &value, 1, seqno, life);
	return u;
}

static void
say(struct node *node, uint32_t peer, const struct update *u)
{
	assert_null(core_update(node->core, peer, u, now));
}

/* What there is to send to the peer, but for router data: the last, and n. */
static int
take(struct node *node, uint32_t peer, struct update *last)
{
	struct update u;
	int n = 0;

	while (core_peer_next(node->core, peer, &u, now))
		if (u.data[0] != DATUM_ROUTER) {
			*last = u;
			n++;
		}
	return n;
}

static struct node *
with_peers(unsigned int flags)
{
	struct node *node = node_new(1, POOL);
	struct update u;

	assert_int_equal(core_peer_up(node->core, ASKER, flags, now), 0);
	assert_int_equal(core_peer_up(node->core, OTHER, PEER_EXTENDED, now),
	    0);
	(void)take(node, ASKER, &u);
	(void)take(node, OTHER, &u);
	return node;
}

static struct ctl_status
status(struct node *node)
{
	struct ctl_status s;

	core_show_status(node->core, &s, now);
	return s;
}

static void
old_and_losing_versions_get_ours(void **state)
{
	static const struct {
		uint64_t	seqno;
		uint8_t		value;
		int		answers;
	} rows[] = {
		{ 6, 9, 1 },		/* older, whatever its value */
		{ 0, 9, 1 },
		{ 7, 3, 1 },		/* a conflict that ours wins */
		{ 7, 4, 0 },		/* the same */
	};
	struct node *node;
	struct update u, last;
	size_t i;
	int flags;

	(void)state;
	for (flags = 0; flags <= PEER_EXTENDED; flags++)
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			node = with_peers(PEER_EXTENDED | (flags ?
			    PEER_DIGESTS : 0));
			u = opaque(1, 4, 7, 600);
			say(node, STRANGER, &u);
			(void)take(node, ASKER, &last);
			(void)take(node, OTHER, &last);
			u = opaque(1, rows[i].value, rows[i].seqno, 600);
			say(node, ASKER, &u);
			assert_int_equal(take(node, ASKER, &last),
			    rows[i].answers);
			assert_int_equal(last.seqno, 7);
			assert_int_equal(last.data[last.keylen], 4);
			/* To nobody else. */
			assert_int_equal(take(node, OTHER, &last), 0);
			node_free(node);
		}
}

/* Version 1's seqno is lifted; what is below zero is old, too. */
static void
version_1_gets_answers(void **state)
{
	struct node *node = with_peers(0);
	struct update u = location(1, there, 8, 0x12340007, 600), last;

	(void)state;
	say(node, OTHER, &u);
	(void)take(node, ASKER, &last);
	u = location(1, elsewhere, 8, 6, 600);
	say(node, ASKER, &u);
	assert_int_equal(take(node, ASKER, &last), 1);
	assert_int_equal(last.seqno, 0x12340007);
	/* And is newer, where version 1 says so. */
	u = location(1, elsewhere, 8, 8, 600);
	say(node, ASKER, &u);
	assert_int_equal(find_datum(node, &u, &last), 1);
	assert_int_equal(last.seqno, 0x12340008);
	node_free(node);

	node = with_peers(0);
	u = location(1, there, 8, 3, 600);
	say(node, OTHER, &u);
	(void)take(node, ASKER, &last);
	u = location(1, elsewhere, 8, 0xfff0, 600);
	say(node, ASKER, &u);
	assert_int_equal(take(node, ASKER, &last), 1);
	assert_int_equal(last.seqno, 3);
	node_free(node);
}

static void
an_answer_comes_once_a_second(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct update u = opaque(1, 4, 7, 600), last;
	int i, n = 0;

	(void)state;
	say(node, STRANGER, &u);
	(void)take(node, ASKER, &last);
	u = opaque(1, 4, 6, 600);
	for (i = 0; i < 1000; i++) {
		say(node, ASKER, &u);
		n += take(node, ASKER, &last);
		pass(node, 10);
	}
	assert_in_range(n, 9, 11);
	assert_int_equal(status(node).updates_old, 1000);
	assert_int_equal(status(node).updates_answered, n);
	node_free(node);
}

/* All keys at once: a peer's budget is 5,000 a second. */
static void
answers_have_a_budget(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct update u, last;
	uint8_t key[2];
	int i;

	(void)state;
	for (i = 0; i < 12000; i++) {
		key[0] = (uint8_t)(i >> 8);
		key[1] = (uint8_t)i;
		make_update(&u, UNKNOWN, key, 2, "x", 1, 7, 600);
		say(node, STRANGER, &u);
	}
	(void)take(node, ASKER, &last);
	for (i = 0; i < 12000; i++) {
		key[0] = (uint8_t)(i >> 8);
		key[1] = (uint8_t)i;
		make_update(&u, UNKNOWN, key, 2, "y", 1, 6, 600);
		say(node, ASKER, &u);
	}
	assert_int_equal(take(node, ASKER, &last), 5000);
	/* The others in their turn. */
	pass(node, 1000);
	for (i = 0; i < 12000; i++) {
		key[0] = (uint8_t)(i >> 8);
		key[1] = (uint8_t)i;
		make_update(&u, UNKNOWN, key, 2, "y", 1, 6, 600);
		say(node, ASKER, &u);
	}
	assert_int_equal(take(node, ASKER, &last), 5000);
	node_free(node);
}

/* A datum that is gone needs no answer; a peer that is gone gets none. */
static void
an_answer_in_the_queue_may_lose_its_datum(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct update u = opaque(1, 4, 7, 5), last;

	(void)state;
	say(node, STRANGER, &u);
	(void)take(node, ASKER, &last);
	u = opaque(1, 4, 6, 600);
	say(node, ASKER, &u);
	say(node, OTHER, &u);
	pass(node, 6000);
	assert_int_equal(take(node, ASKER, &last), 0);
	core_peer_down(node->core, OTHER, now);
	node_free(node);
}

/*
 * Changes of one key, each at once: how many get out, and that the last does
 * within the interval.
 */
static void
check_bucket(uint8_t kind, int burst, int64_t interval)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct mac mac = station(1);
	struct update u, last;
	int i, n = 0;

	for (i = 1; i <= 400; i++) {
		make_update(&u, kind, mac.octet, 6, i & 1 ? there : elsewhere,
		    8, (uint64_t)i, 600);
		say(node, ASKER, &u);
		n += take(node, OTHER, &last);
		/* It holds in the table, at once. */
		assert_int_equal(find_datum(node, &u, &last), 1);
		assert_int_equal(last.seqno, i);
	}
	assert_int_equal(n, burst);
	for (i = 401; i <= 500; i++) {
		make_update(&u, kind, mac.octet, 6, i & 1 ? there : elsewhere,
		    8, (uint64_t)i, 600);
		say(node, ASKER, &u);
		pass(node, 100);
		n += take(node, OTHER, &last);
	}
	assert_in_range(n, burst + 10000 / interval - 1,
	    burst + 10000 / interval + 1);
	pass(node, interval);
	(void)take(node, OTHER, &last);
	assert_int_equal(last.seqno, 500);
	assert_true(status(node).updates_held > 0);
	/* Quiet: nothing more, and the bucket fills. */
	pass(node, burst * interval);
	assert_int_equal(take(node, OTHER, &last), 0);
	for (n = 0, i = 501; i <= 540; i++) {
		make_update(&u, kind, mac.octet, 6, i & 1 ? there : elsewhere,
		    8, (uint64_t)i, 600);
		say(node, ASKER, &u);
		n += take(node, OTHER, &last);
	}
	assert_int_equal(n, burst);
	node_free(node);
}

static void
a_bucket_bounds_what_a_key_costs(void **state)
{
	(void)state;
	check_bucket(DATUM_LOCATION, 16, 500);
	check_bucket(DATUM_LINKLOCAL, 4, 2000);
	check_bucket(UNKNOWN, 4, 2000);
}

/* What is held back is another datum meanwhile, or none. */
static void
a_datum_that_is_held_back_may_grow_or_end(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct update u, last;
	uint8_t key = 1, value[40] = { 0 };
	int i;

	(void)state;
	for (i = 1; i <= 30; i++) {
		make_update(&u, UNKNOWN, &key, 1, value, (size_t)i, (uint64_t)i,
		    20);
		say(node, ASKER, &u);
	}
	(void)take(node, OTHER, &last);
	assert_int_equal(last.vallen, 30);	/* a slow reader has it */
	make_update(&u, UNKNOWN, &key, 1, value, 31, 31, 20);
	say(node, ASKER, &u);
	assert_int_equal(take(node, OTHER, &last), 0);
	pass(node, 2000);
	assert_int_equal(take(node, OTHER, &last), 1);
	assert_int_equal(last.vallen, 31);
	make_update(&u, UNKNOWN, &key, 1, value, 32, 32, 1);
	say(node, ASKER, &u);
	pass(node, 5000);
	assert_int_equal(take(node, OTHER, &last), 0);
	node_free(node);
}

/* Its own claim by what it sees is flooded whatever others do to the key. */
static void
own_evidence_is_not_held_back(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct update u, last;
	int i;

	(void)state;
	pass(node, 20000);
	for (i = 1; i <= 400; i++) {
		u = location(1, i & 1 ? there : elsewhere, 8, (uint64_t)i, 600);
		say(node, ASKER, &u);
	}
	(void)take(node, OTHER, &last);
	sight(node, 1, SIGHTING_JOINED);
	while (core_peer_next(node->core, OTHER, &last, now))
		if (last.data[0] == DATUM_LOCATION)
			break;
	assert_int_equal(last.data[0], DATUM_LOCATION);
	assert_int_equal(last.seqno, 401);
	assert_memory_equal(last.data + 7, node->id.octet, 8);
	node_free(node);
}

/* What a station is told here is told to all, before this router may stop. */
static void
own_leases_are_not_held_back(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct addr addr = join(node, 1);
	struct mac mac = station(1);
	struct update u, last, found;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		(void)core_clear_lease(node->core, "", NULL, &mac, now);
		addr = obtain(node, 1);
		make_update(&u, DATUM_LEASE4, addr_v4(&addr), 4, mac.octet, 6,
		    0, 0);
		memset(&last, 0, sizeof(last));
		while (core_peer_next(node->core, OTHER, &last, now))
			if (last.data[0] == DATUM_LEASE4)
				break;
		assert_int_equal(last.data[0], DATUM_LEASE4);
		assert_int_equal(find_datum(node, &u, &found), 1);
		assert_int_equal(last.seqno, found.seqno);
		assert_int_equal(last.lifetime, 1800);
		while (core_peer_next(node->core, OTHER, &last, now))
			;
	}
	node_free(node);
}

static void
lifetimes_are_cut_to_what_can_be(void **state)
{
	static const uint8_t address[4] = { 192, 168, 44, 9 };
	static const struct {
		uint8_t		kind, keylen, vallen;
		uint64_t	seqno;
		uint32_t	says, lives;
	} rows[] = {
		{ DATUM_LEASE4, 4, 6, 1, 31536000, 1800 },
		{ DATUM_LOCATION, 6, 8, 1, 31536000, 5400 },
		{ DATUM_LOCATION, 6, 0, 1, 31536000, 600 },
		{ DATUM_LINKLOCAL, 6, 8, 1, 31536000, 5400 },
		{ UNKNOWN, 4, 6, 1, UINT32_MAX, 86400 },
		{ UNKNOWN, 4, 6, 1, 5, 5 },
		{ UNKNOWN, 4, 6, LATE - 1, UINT32_MAX, 86400 },
		{ UNKNOWN, 4, 6, LATE, UINT32_MAX, 60 },
		{ DATUM_LOCATION, 6, 8, LATE, 5400, 60 },
		{ DATUM_LEASE4, 4, 6, UINT64_MAX, 5400, 60 },
		{ DATUM_LEASE4, 4, 6, UINT64_MAX, 30, 30 },
	};
	struct mac mac = station(3);
	struct update u, found;
	struct node *node;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_new(1, POOL);
		make_update(&u, rows[i].kind, rows[i].keylen == 4 ?
		    address : mac.octet, rows[i].keylen, rows[i].vallen == 6 ?
		    mac.octet : there, rows[i].vallen, rows[i].seqno,
		    rows[i].says);
		say(node, STRANGER, &u);
		assert_int_equal(find_datum(node, &u, &found), 1);
		assert_int_equal(found.lifetime, rows[i].lives);
		node_free(node);
	}
}

/* Round and round in a ring of 12, with a part of a second on each hop. */
static void
no_datum_outlives_its_origins_word(void **state)
{
	struct node *node[12];
	struct update u = opaque(1, 4, 7, 5), found;
	int i, step;

	(void)state;
	for (i = 0; i < 12; i++)
		node[i] = node_new((uint8_t)(1 + i), POOL);
	for (i = 0; i < 12; i++)
		peering(node[i], node[(i + 1) % 12], (uint32_t)(100 + i));
	say(node[0], STRANGER, &u);
	for (step = 0; step < 70; step++) {
		for (i = 0; i < 12; i++) {
			carry(node[i], node[(i + 1) % 12],
			    (uint32_t)(100 + i));
			core_tick(node[i]->core, now);
		}
		now = monotime_add(now, 99);
	}
	for (i = 0; i < 12; i++) {
		core_tick(node[i]->core, now);
		assert_int_equal(find_datum(node[i], &u, &found), 0);
		node_free(node[i]);
	}
}

/*
 * Somebody writes a seqno near the end, and names himself, as often as he
 * wants.  The station answers its router's probe.
 */
static void
attack(uint64_t seqno, bool stays)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct update u, found;
	int i;

	pass(node, 20000);
	sight(node, 1, SIGHTING_JOINED);
	u = location(1, there, 8, seqno, 5400);
	u.age = 10000000;		/* older than ours: no roam */
	say(node, ASKER, &u);
	assert_int_equal(find_datum(node, &u, &found), 1);
	assert_int_equal(memcmp(found.data + 7, node->id.octet, 8) == 0, stays);
	for (i = 0; i < 70; i++) {
		hear(node, 1, HEARD_OTHER, &none);
		pass(node, 1000);
	}
	/* A minute later it is here again, whatever was written. */
	assert_int_equal(find_datum(node, &u, &found), 1);
	assert_memory_equal(found.data + 7, node->id.octet, 8);
	for (i = 0; i < 300; i++) {
		hear(node, 1, HEARD_OTHER, &none);
		pass(node, 1000);
		assert_int_equal(find_datum(node, &u, &found), 1);
	}
	if (stays)
		assert_int_equal(found.seqno, seqno + 1);
	else
		assert_true(found.seqno < 3);
	node_free(node);
}

static void
a_station_survives_seqnos_near_their_end(void **state)
{
	(void)state;
	attack(5, true);
	attack(LATE - 2, true);
	attack(LATE - 1, true);
	attack(LATE, true);
	attack(UINT64_MAX - 1, true);
	attack(UINT64_MAX, false);
}

/* It has 60 s at most, and is refreshed while its station may use it. */
static void
a_lease_with_a_late_seqno_lives_on(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	struct addr addr = join(node, 1);
	struct mac mac = station(1);
	struct update u, found;
	int i;

	(void)state;
	make_update(&u, DATUM_LEASE4, addr_v4(&addr), 4, mac.octet, 6, LATE, 0);
	u.age = 10000000;
	say(node, ASKER, &u);
	for (i = 0; i < 1700; i++) {
		hear(node, 1, HEARD_OTHER, &none);
		pass(node, 1000);
		assert_int_equal(find_datum(node, &u, &found), 1);
		assert_int_equal(found.seqno, LATE + 1);
		assert_in_range(found.lifetime, 35, 60);
	}
	/* The station does not renew it: it ends, and begins at zero. */
	pass(node, 300000);
	assert_int_equal(find_datum(node, &u, &found), 0);
	addr = obtain(node, 1);
	make_update(&u, DATUM_LEASE4, addr_v4(&addr), 4, mac.octet, 6, 0, 0);
	assert_int_equal(find_datum(node, &u, &found), 1);
	assert_int_equal(found.seqno, 0);
	node_free(node);
}

static void
late_seqnos_are_counted(void **state)
{
	struct node *node = with_peers(PEER_EXTENDED);
	static const struct router_id id = { { 2, [7] = 7 } };
	struct update u = opaque(1, 4, LATE, 5);
	int i;

	(void)state;
	core_peer_is(node->core, ASKER, &id, now);
	say(node, ASKER, &u);
	u = opaque(2, 4, LATE - 1, 5);
	say(node, ASKER, &u);
	assert_int_equal(status(node).updates_late, 1);
	u = opaque(3, 4, UINT64_MAX, 5);
	say(node, ASKER, &u);
	assert_int_equal(status(node).updates_late, 2);
	/* Once a minute, with who it was. */
	assert_int_equal(count(node, EFFECT_LOG), 1);
	for (i = 0; i < node->n && node->seen[i].type != EFFECT_LOG; i++)
		;
	assert_non_null(strstr(node->seen[i].text,
	    "peer 02:00:00:00:00:00:00:07: "));
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(old_and_losing_versions_get_ours),
		TEST(version_1_gets_answers),
		TEST(an_answer_comes_once_a_second),
		TEST(answers_have_a_budget),
		TEST(an_answer_in_the_queue_may_lose_its_datum),
		TEST(a_bucket_bounds_what_a_key_costs),
		TEST(a_datum_that_is_held_back_may_grow_or_end),
		TEST(own_evidence_is_not_held_back),
		TEST(own_leases_are_not_held_back),
		TEST(lifetimes_are_cut_to_what_can_be),
		TEST(no_datum_outlives_its_origins_word),
		TEST(a_station_survives_seqnos_near_their_end),
		TEST(a_lease_with_a_late_seqno_lives_on),
		TEST(late_seqnos_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
