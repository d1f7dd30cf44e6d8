/* SPDX-License-Identifier: ISC */
/* Digests: what travels when sessions begin, and differences that heal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium/crypto_shorthash_siphash24.h>

#include "core_node.h"
#include "table/digest.h"
#include "table/state.h"
#include "table/table.h"

#define POOL	"192.168.44.0/24"
#define FLAGS	(PEER_EXTENDED | PEER_DIGESTS)

struct traffic {
	int	updates, digests;
};

/* A datum of a kind that the core only stores; value: one octet. */
static struct update
datum(int number, uint8_t value, uint64_t seqno, uint32_t lifetime)
{
	uint8_t key[3] = { (uint8_t)(number >> 16), (uint8_t)(number >> 8),
	    (uint8_t)number };
	struct update u;

	make_update(&u, 77, key, sizeof(key), &value, 1, seqno, lifetime);
	return u;
}

static void
put(struct node *node, uint32_t peer, int number, uint8_t value,
    uint64_t seqno)
{
	struct update u = datum(number, value, seqno, 100000);

	core_update(node->core, peer, &u, now);
}

static int
holds(struct node *node, int number)
{
	struct update u = datum(number, 0, 0, 0), found;

	return find_datum(node, &u, &found) ? found.data[4] : -1;
}

static bool
step(struct node *a, struct node *b, uint32_t peer, struct traffic *t)
{
	struct update u;
	struct digest g;

	if (core_peer_next(a->core, peer, &u, now)) {
		t->updates++;
		core_update(b->core, peer, &u, now);
		return true;
	}
	if (core_peer_digest(a->core, peer, &g)) {
		t->digests++;
		core_digest(b->core, peer, &g);
		return true;
	}
	return false;
}

static struct traffic
talk(struct node *a, struct node *b, uint32_t peer)
{
	struct traffic t = { 0, 0 };
	int n;

	for (n = 0; n < 1000000; n++)
		if (!step(a, b, peer, &t) && !step(b, a, peer, &t))
			break;
	assert_int_not_equal(n, 1000000);
	return t;
}

static struct traffic
meet(struct node *a, struct node *b, uint32_t peer)
{
	core_peer_up(a->core, peer, FLAGS | PEER_OPENER, now);
	core_peer_up(b->core, peer, FLAGS, now);
	return talk(a, b, peer);
}

static void
part(struct node *a, struct node *b, uint32_t peer)
{
	core_peer_down(a->core, peer, now);
	core_peer_down(b->core, peer, now);
}

/* What one has to say is lost. */
static void
forget(struct node *node, uint32_t peer)
{
	struct update u;

	while (core_peer_next(node->core, peer, &u, now))
		;
}

static void
pass_both(struct node *a, struct node *b, int64_t ms)
{
	monotime_t start = now;

	pass(a, ms);
	now = start;
	pass(b, ms);
}

static void
an_empty_router_gets_everything_once(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct traffic t;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		put(a, STRANGER, i, 1, 1);
	t = meet(a, b, 5);
	/*
	 * All of it, the two routers' own, and little to find out: a leaf that
	 * both have something in is sent twice.
	 */
	assert_in_range(t.updates, 1002, 1020);
	assert_in_range(t.digests, 1, 40);
	for (i = 0; i < 1000; i++)
		assert_int_equal(holds(b, i), 1);
	node_free(a);
	node_free(b);
}

static void
equal_tables_exchange_one_digest(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct traffic t;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		put(a, STRANGER, i, 1, 1);
	meet(a, b, 5);
	part(a, b, 5);
	t = meet(a, b, 6);
	assert_int_equal(t.updates, 2);		/* who they are */
	assert_int_equal(t.digests, 1);
	node_free(a);
	node_free(b);
}

static void
after_a_break_only_differences_travel(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct traffic t;
	int i;

	(void)state;
	for (i = 0; i < 5000; i++)
		put(a, STRANGER, i, 1, 1);
	meet(a, b, 5);
	part(a, b, 5);
	for (i = 0; i < 5000; i += 500) {
		put(a, STRANGER, i, 2, 2);
		put(b, STRANGER, i + 250, 3, 2);
	}
	put(b, STRANGER, 6000, 4, 1);
	t = meet(a, b, 6);
	/* 21 data, and the few that share a leaf with one, in both ways. */
	assert_in_range(t.updates, 21, 21 * 10);
	for (i = 0; i < 5000; i += 500) {
		assert_int_equal(holds(b, i), 2);
		assert_int_equal(holds(a, i + 250), 3);
	}
	assert_int_equal(holds(a, 6000), 4);
	node_free(a);
	node_free(b);
}

static void
a_lost_update_is_found_within_a_minute(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct traffic t;
	int i;

	(void)state;
	meet(a, b, 5);
	for (i = 0; i < 2; i++) {
		put(a, STRANGER, 7 + i, 1, 1);
		forget(a, 5);
		put(b, STRANGER, 9 + i, 1, 1);
		forget(b, 5);
		assert_int_equal(holds(b, 7 + i), -1);
		pass_both(a, b, 34000);
		talk(a, b, 5);
		assert_int_equal(holds(b, 7 + i), 1);
		assert_int_equal(holds(a, 9 + i), 1);
	}
	/* And peace: a summary, to which there is nothing to say. */
	pass_both(a, b, 34000);
	t = talk(a, b, 5);
	assert_int_equal(t.updates, 0);
	assert_int_equal(t.digests, 1);
	node_free(a);
	node_free(b);
}

/* 256 leaves on one side, 4096 or 65536 on the other. */
static void
trees_of_different_depth_compare(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	static const int sizes[] = { 4300, 66000 };
	size_t n;
	int i;

	(void)state;
	a->conf->global.max_data = b->conf->global.max_data = 200000;
	core_conf(a->core, a->conf, now);
	core_conf(b->core, b->conf, now);
	for (n = 0; n < 2; n++) {
		for (i = 0; i < sizes[n] - 200; i++)
			put(a, STRANGER, i, 1, (uint16_t)(1 + n));
		put(b, STRANGER, 70000, 9, (uint16_t)(7 + n));
		meet(n == 0 ? a : b, n == 0 ? b : a, 5);
		part(a, b, 5);
		for (i = 0; i < sizes[n] - 200; i += 997)
			assert_int_equal(holds(b, i), holds(a, i));
		assert_int_equal(holds(a, 70000), 9);
	}
	node_free(a);
	node_free(b);
}

/* Its prefixes are others: it is not told of the same lease each time. */
static void
who_refuses_is_asked_less_and_less(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, "10.0.0.0/24");
	struct traffic t;
	int rounds, sent = 0;

	(void)state;
	obtain(a, 1);
	meet(a, b, 5);
	for (rounds = 0; rounds < 100; rounds++) {
		pass_both(a, b, 34000);
		t = talk(a, b, 5);
		sent += t.updates > 0;
	}
	/* What routers say of themselves is refreshed every two minutes. */
	assert_in_range(sent, 2, 20 + 100 * 34 / 120 + 2);
	node_free(a);
	node_free(b);
}

/*
 * It ended long ago, where a router that came later could not hear of it: a
 * lease that this one gives is not taken back, and everybody learns of it.
 */
static void
a_lease_begins_anew_behind_a_forgotten_end(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct update u, found;
	struct mac mac = station(1);
	struct addr addr;

	(void)state;
	addr = join(a, 1);
	pass(a, 1000);
	dhcp(a, 1, DHCP_RELEASE, &addr, 0);
	sight(a, 1, SIGHTING_LEFT);
	pass(a, 700000);
	meet(a, b, 5);
	assert_int_equal(addr_cmp(&addr, &(struct addr){ { 0 } }) != 0, 1);
	addr = join(b, 1);
	talk(a, b, 5);
	make_update(&u, DATUM_LEASE4, addr_v4(&addr), 4, mac.octet, 6, 0, 0);
	assert_true(find_datum(a, &u, &found));
	assert_true(found.lifetime > 0);
	assert_true(find_datum(b, &u, &found));
	assert_true(found.lifetime > 0);
	assert_int_equal(found.seqno, 2);
	assert_int_equal(route_of(b, &addr), ROUTE_LOCAL);
	node_free(a);
	node_free(b);
}

/* An end is not passed round for ever. */
static void
an_end_heard_again_changes_nothing(void **state)
{
	struct node *a = node_new(1, POOL);
	struct mac mac = station(1);
	uint8_t addr[4] = { 192, 168, 44, 17 };
	struct update u;

	(void)state;
	core_peer_up(a->core, 7, PEER_EXTENDED, now);
	make_update(&u, DATUM_LEASE4, addr, 4, mac.octet, 6, 1, 1000);
	core_update(a->core, STRANGER, &u, now);
	u.seqno = 2;
	u.lifetime = 0;
	core_update(a->core, STRANGER, &u, now);
	forget(a, 7);
	pass(a, 60000);
	core_update(a->core, STRANGER, &u, now);
	assert_int_equal(core_peer_next(a->core, 7, &u, now), 0);
	node_free(a);
}

/* Version 1 decides it by time, and keeps silent: the next seqno speaks. */
static void
a_conflict_beside_version_1_takes_the_next_seqno(void **state)
{
	struct node *a = node_new(1, POOL);
	struct mac low = station(1), high = station(2);
	uint8_t addr[4] = { 192, 168, 44, 17 };
	struct update u, found;

	(void)state;
	core_peer_up(a->core, 7, 0, now);
	make_update(&u, DATUM_LEASE4, addr, 4, high.octet, 6, 5, 1000);
	core_update(a->core, STRANGER, &u, now);
	make_update(&u, DATUM_LEASE4, addr, 4, low.octet, 6, 5, 2000);
	core_update(a->core, 7, &u, now);
	assert_true(find_datum(a, &u, &found));
	assert_int_equal(found.seqno, 6);
	assert_memory_equal(found.data + 5, high.octet, 6);
	node_free(a);
}

/*
 * One side was away when it was extended, or has it from its disk: the sums
 * are the same until the end comes near, and no station loses its route.
 */
static void
what_lives_on_elsewhere_does_not_end_here(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct mac mac = station(1);
	uint8_t four[4] = { 192, 168, 44, 17 }, where[8] = { 2, [7] = 9 };
	uint8_t six[8] = { 0x20, 1, 0x0d, 0xb8, 0x12, 0x34, 0, 7 };
	struct update u[10], found;
	struct traffic t;
	int i, n;

	(void)state;
	for (i = 0; i < 10; i += 5) {		/* each kind for two */
		make_update(&u[i], DATUM_LEASE4, four, 4, mac.octet, 6, 1, 0);
		make_update(&u[i + 1], DATUM_LEASE6, six, 8, mac.octet, 6, 1,
		    0);
		make_update(&u[i + 2], DATUM_LOCATION, mac.octet, 6, where, 8,
		    1, 0);
		make_update(&u[i + 3], DATUM_LINKLOCAL, mac.octet, 6, where, 8,
		    1, 0);
		make_update(&u[i + 4], 77, six, 8, where, 8, 1, 0);
		mac = station(2);
		four[3]++;
		six[7]++;
	}
	for (i = 0; i < 10; i++) {
		u[i].lifetime = 600;
		assert_null(core_update(b->core, STRANGER, &u[i], now));
		u[i].lifetime = 1800;
		assert_null(core_update(a->core, STRANGER, &u[i], now));
	}
	t = meet(b, a, 5);
	assert_in_range(t.updates, 0, 4);	/* of the routers themselves */
	for (n = 0; n < 1700; n++) {
		pass_both(a, b, 1000);
		talk(b, a, 5);
		for (i = 0; i < 10; i++)
			assert_true(find_datum(b, &u[i], &found));
	}
	/* The end comes to both at once: there is nothing to say. */
	for (n = t.updates = 0; n < 200; n++) {
		pass_both(a, b, 1000);
		t.updates += talk(b, a, 5).updates;
	}
	assert_in_range(t.updates, 0, 4);
	for (i = 0; i < 10; i++) {
		assert_false(find_datum(a, &u[i], &found));
		assert_false(find_datum(b, &u[i], &found));
	}
	node_free(a);
	node_free(b);
}

/*
 * Both have data that end soon.  Which of them a side has extended while they
 * were apart (bit 0: the first, 1: the second) is found out, be it none.
 */
static void
extended_apart(const int *numbers, const uint8_t *by, int n)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct update u, found;
	struct traffic t;
	int i, differ = 0;

	for (i = 0; i < n; i++) {
		u = datum(numbers[i], 1, 1, 100);
		core_update(a->core, STRANGER, &u, now);
		core_update(b->core, STRANGER, &u, now);
	}
	meet(a, b, 5);
	part(a, b, 5);
	for (i = 0; i < n; i++) {
		u = datum(numbers[i], 1, 1, 3000);
		if (by[i] & 1)
			core_update(a->core, STRANGER, &u, now);
		if (by[i] & 2)
			core_update(b->core, STRANGER, &u, now);
		differ += by[i] == 1 || by[i] == 2;
	}
	pass_both(a, b, 70000);
	t = meet(a, b, 6);
	/* Beside who they are. */
	assert_int_equal(t.updates > 2, differ > 0);
	for (i = 0; i < n; i++) {
		u = datum(numbers[i], 1, 1, 0);
		assert_true(find_datum(a, &u, &found));
		assert_int_equal(found.lifetime > 1000, by[i] != 0);
		assert_true(find_datum(b, &u, &found));
		assert_int_equal(found.lifetime > 1000, by[i] != 0);
	}
	node_free(a);
	node_free(b);
}

/* The page's formulas, by the library's whole function. */
static uint64_t
siphash(const uint8_t *text, size_t len)
{
	static const uint8_t key[] = "sroam table sums";
	uint8_t out[crypto_shorthash_siphash24_BYTES];
	uint64_t n = 0;
	int i;

	crypto_shorthash_siphash24(out, text, len, key);
	for (i = 7; i >= 0; i--)
		n = n << 8 | out[i];
	return n;
}

/* Numbers of data in one leaf. */
static void
one_leaf(int *numbers, int n)
{
	struct update u;
	int i, found = 0;

	for (i = 0; found < n; i++) {
		u = datum(i, 0, 0, 0);
		if (siphash(u.data, u.keylen) >> 56 == 0)
			numbers[found++] = i;
	}
}

static uint64_t
sum_of(const struct update *u, bool is_ending)
{
	uint8_t text[10 + DATUM_MAX] = { is_ending };
	int i;

	for (i = 0; i < 8; i++)
		text[1 + i] = (uint8_t)(u->seqno >> 8 * (7 - i));
	text[9] = u->keylen;
	memcpy(text + 10, u->data, (size_t)u->keylen + u->vallen);
	return siphash(text, 10 + (size_t)u->keylen + u->vallen);
}

/*
 * Of any 65 numbers of 64 bits some have the exclusive or zero, and they are
 * found at once.  Their plain sum is another.
 */
static void
no_crafted_set_cancels(void **state)
{
	struct node *a = node_new(1, POOL);
	struct update u;
	uint64_t rows[64] = { 0 }, sum, before, wanted = 0;
	bool sets[65][65] = { { false } };
	int of[64] = { 0 }, i, j, bit, n = 0;

	(void)state;
	for (i = 0; i < 65; i++) {
		u = datum(i, 1, 1, 0);
		sum = sum_of(&u, false);
		sets[i][i] = true;
		for (bit = 0; bit < 64 && sum != 0; bit++) {
			if (!(sum >> bit & 1))
				continue;
			if (rows[bit] == 0) {
				rows[bit] = sum;
				of[bit] = i;
				break;
			}
			sum ^= rows[bit];
			for (j = 0; j < 65; j++)
				sets[i][j] ^= sets[of[bit]][j];
		}
		if (sum == 0)
			break;
	}
	assert_int_equal(sum, 0);
	before = digest_sum(a->core, 0, 0);
	for (j = 0; j < 65; j++) {
		if (!sets[i][j])
			continue;
		u = datum(j, 1, 1, 0);
		sum ^= sum_of(&u, false);
		wanted += sum_of(&u, false);
		put(a, STRANGER, j, 1, 1);
		n++;
	}
	assert_int_equal(sum, 0);
	assert_int_not_equal(n, 0);
	assert_int_not_equal(wanted, 0);
	assert_int_equal(digest_sum(a->core, 0, 0) - before, wanted);
	node_free(a);
}

static int
compare64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Whichever of ten data in one leaf are about to end: no two sums are equal. */
static void
no_marks_cancel(void **state)
{
	static uint64_t sums[1 << 10];
	struct node *a;
	struct update u;
	int numbers[10], set, i;

	(void)state;
	one_leaf(numbers, 10);
	for (set = 0; set < 1 << 10; set++) {
		a = node_new(1, POOL);
		for (i = 0; i < 10; i++) {
			u = datum(numbers[i], 1, 1, set & 1 << i ? 30 : 100);
			core_update(a->core, STRANGER, &u, now);
		}
		sums[set] = digest_sum(a->core, 2, 0);
		node_free(a);
	}
	qsort(sums, 1 << 10, sizeof(sums[0]), compare64);
	for (set = 1; set < 1 << 10; set++)
		assert_int_not_equal(sums[set - 1], sums[set]);
}

/* One hash in 2^64 is zero: its datum counts all the same, and only once. */
static void
a_hash_of_zero_is_one(void **state)
{
	struct node *a = node_new(1, POOL);
	struct update u = datum(1, 1, 1, 100000);
	struct datum *d;
	uint64_t before;
	unsigned int level;

	(void)state;
	before = digest_sum(a->core, 0, 0);
	core_update(a->core, STRANGER, &u, now);
	assert_non_null(d = table_find(a->core, u.data, u.keylen));
	for (level = 0; level <= 2; level++)
		a->core->digest.sums[digest_first(level) +
		    (d->place >> (16 - 4 * level))] -= d->sum;
	d->sum = 0;
	(void)digest_add(a->core, d, now);
	assert_int_equal(digest_sum(a->core, 0, 0), before);
	digest_subtract(a->core, d);
	(void)digest_add(a->core, d, now);
	assert_int_equal(digest_sum(a->core, 0, 0) - before,
	    sum_of(&u, false));
	node_free(a);
}

static void
any_of_a_leaf_that_were_extended_are_found(void **state)
{
	int numbers[10], others, set, i;
	uint8_t by[10];

	(void)state;
	one_leaf(numbers, 10);
	for (others = 0; others < 4; others++)	/* extended by whom */
		for (set = 0; set < 1 << 10; set++) {
			for (i = 0; i < 10; i++)
				by[i] = set & 1 << i ? 1 : (uint8_t)others;
			extended_apart(numbers, by, 10);
		}
}

static void
any_of_a_tree_that_were_extended_are_found(void **state)
{
	int numbers[300], round, i;
	uint8_t by[300];

	(void)state;
	srandom(1);
	for (i = 0; i < 300; i++)
		numbers[i] = i;
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 300; i++)
			by[i] = random() % 50 < round ?
			    (uint8_t)(random() % 4) : 0;
		extended_apart(numbers, by, 300);
	}
}

static void
odd_digests_are_harmless(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct digest g;
	int level, kind;

	(void)state;
	put(a, STRANGER, 1, 1, 1);
	meet(a, b, 5);
	for (kind = 0; kind < 5; kind++)
		for (level = 0; level < 7; level++) {
			memset(&g, 0x5a, sizeof(g));
			g.kind = (uint8_t)kind;
			g.level = (uint8_t)level;
			core_digest(a->core, 5, &g);
			g.index = 0;
			core_digest(a->core, 5, &g);
			core_digest(a->core, 6, &g);
		}
	talk(a, b, 5);
	assert_int_equal(holds(b, 1), 1);
	node_free(a);
	node_free(b);
}

/* One of each kind that a digest counts, by number. */
static struct update
any_datum(int i, uint64_t seqno, uint32_t lifetime)
{
	uint8_t four[4] = { 192, 168, 44, (uint8_t)i };
	uint8_t where[8] = { 2, [7] = (uint8_t)(9 + seqno % 3) };
	struct mac mac = station(i % 7 + seqno % 2);
	struct update u;

	if (i % 3 == 0)
		make_update(&u, DATUM_LEASE4, four, 4, mac.octet, 6, seqno,
		    lifetime);
	else if (i % 3 == 1)
		make_update(&u, 77, four, 4, where, seqno % 9, seqno,
		    lifetime);
	else {
		mac = station(i);
		make_update(&u, DATUM_LOCATION, mac.octet, 6, where, 8, seqno,
		    lifetime);
	}
	return u;
}

/* It says nothing of itself. */
static struct node *
silent_node(void)
{
	struct node *node = node_new(1, POOL);

	core_free(node->core);
	node->signer_is_away = 1;
	core_start(node);
	return node;
}

/* Another core that has never known anything else. */
static struct node *
copy_of(struct node *node)
{
	struct node *copy = silent_node();
	struct ctl_cursor cursor = { 0 };
	struct update u;

	while (core_show_datum(node->core, &cursor, &u, now))
		if (u.data[0] != DATUM_ROUTER)
			assert_null(core_update(copy->core, STRANGER, &u,
			    now));
	return copy;
}

static void
expect_same_sums(struct node *a, struct node *b)
{
	uint32_t level, i;

	for (level = 0; level <= 2; level++)
		for (i = 0; i < 1U << 4 * level; i++)
			assert_int_equal(digest_sum(a->core, level, i),
			    digest_sum(b->core, level, i));
}

/* Whatever was there before, was changed, has ended, or is a memory only. */
static void
sums_are_those_of_what_lives(void **state)
{
	struct node *a = silent_node(), *b;
	struct update u;
	int i, round;

	(void)state;
	srandom(1);
	for (round = 1; round <= 12; round++) {
		for (i = 0; i < 90; i++) {
			/* Far from their end, over, or soon over. */
			static const uint32_t lives[] = { 90000, 0, 100 };

			if (random() % 3 != 0)
				continue;
			u = any_datum(i, (uint16_t)round,
			    lives[random() % 3]);
			(void)core_update(a->core, STRANGER, &u, now);
		}
		pass(a, 110000);
		b = copy_of(a);
		expect_same_sums(a, b);
		node_free(b);
	}
	/* In the end there is nothing. */
	pass(a, 100000 * 1000LL);
	b = copy_of(a);
	expect_same_sums(a, b);
	node_free(b);
	node_free(a);
}

/* A leaf of ours beside the sixteen that are the same of a deeper tree. */
static void
a_leaf_is_sent_only_if_it_differs_from_a_deeper_trees(void **state)
{
	struct node *a = node_new(1, POOL);
	struct digest g, answer;
	struct update u;
	int number, differ, sent;

	(void)state;
	one_leaf(&number, 1);
	put(a, STRANGER, number, 1, 1);
	core_peer_up(a->core, 5, FLAGS, now);
	assert_int_equal(core_peer_next(a->core, 5, &u, now), 1);
	for (differ = 0; differ < 2; differ++) {
		memset(&g, 0, sizeof(g));
		g.kind = DIGEST_SUMS;
		g.level = 2;			/* of its sixteen: 3 */
		g.sums[3] = 0x55;
		g.sums[4] = digest_sum(a->core, 2, 0) - 0x55;
		g.sums[9] = (uint64_t)differ;
		core_digest(a->core, 5, &g);
		for (sent = 0; core_peer_next(a->core, 5, &u, now); sent++)
			assert_int_equal(u.data[0], 77);
		assert_int_equal(sent > 0, differ);
		assert_int_equal(core_peer_digest(a->core, 5, &answer),
		    differ);
	}
	assert_int_equal(answer.kind, DIGEST_FETCH);
	assert_int_equal(answer.level, 2);
	assert_int_equal(answer.index, 0);
	node_free(a);
}

/* Nobody has the number 0, by which is meant that we say it ourselves. */
static void
a_session_is_one_by_its_number(void **state)
{
	struct node *a = node_new(1, POOL);
	struct ctl_status status;
	struct update u;
	int n = 0;

	(void)state;
	assert_int_equal(core_peer_up(a->core, 0, PEER_EXTENDED, now), 0);
	assert_int_equal(core_peer_next(a->core, 0, &u, now), 0);
	assert_int_equal(core_peer_up(a->core, 5, PEER_EXTENDED, now), 0);
	assert_int_equal(core_peer_up(a->core, 5, PEER_EXTENDED, now), 0);
	core_show_status(a->core, &status, now);
	assert_int_equal(status.peers_up, 1);
	while (core_peer_next(a->core, 5, &u, now))
		n++;
	assert_int_equal(n, 1);
	core_peer_down(a->core, 5, now);
	core_peer_down(a->core, 5, now);
	core_show_status(a->core, &status, now);
	assert_int_equal(status.peers_up, 0);
	node_free(a);
}

/* Who has not taken all yet is asked nothing. */
static void
no_round_begins_while_there_is_something_to_send(void **state)
{
	struct node *a = node_new(1, POOL);
	struct digest g = { .kind = DIGEST_FETCH, .level = 2 };
	struct update u;
	int numbers[2], i;

	(void)state;
	one_leaf(numbers, 2);
	for (i = 0; i < 2; i++)
		put(a, STRANGER, numbers[i], 1, 1);
	core_peer_up(a->core, 5, FLAGS | PEER_OPENER, now);
	forget(a, 5);
	assert_int_equal(core_peer_digest(a->core, 5, &g), 1);
	g = (struct digest){ .kind = DIGEST_FETCH, .level = 2 };
	core_digest(a->core, 5, &g);
	assert_int_equal(core_peer_next(a->core, 5, &u, now), 1);
	pass(a, 120000);
	assert_int_equal(core_peer_digest(a->core, 5, &g), 0);
	assert_int_equal(core_peer_next(a->core, 5, &u, now), 1);
	forget(a, 5);
	pass(a, 34000);
	assert_int_equal(core_peer_digest(a->core, 5, &g), 1);
	assert_int_equal(g.kind, DIGEST_SUMMARY);
	node_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_router_gets_everything_once),
		cmocka_unit_test(equal_tables_exchange_one_digest),
		cmocka_unit_test(after_a_break_only_differences_travel),
		cmocka_unit_test(a_lost_update_is_found_within_a_minute),
		cmocka_unit_test(trees_of_different_depth_compare),
		cmocka_unit_test(who_refuses_is_asked_less_and_less),
		cmocka_unit_test(a_lease_begins_anew_behind_a_forgotten_end),
		cmocka_unit_test(an_end_heard_again_changes_nothing),
		cmocka_unit_test(
		    a_conflict_beside_version_1_takes_the_next_seqno),
		cmocka_unit_test(what_lives_on_elsewhere_does_not_end_here),
		cmocka_unit_test(no_crafted_set_cancels),
		cmocka_unit_test(no_marks_cancel),
		cmocka_unit_test(a_hash_of_zero_is_one),
		cmocka_unit_test(any_of_a_leaf_that_were_extended_are_found),
		cmocka_unit_test(any_of_a_tree_that_were_extended_are_found),
		cmocka_unit_test(odd_digests_are_harmless),
		cmocka_unit_test(sums_are_those_of_what_lives),
		cmocka_unit_test(
		    a_leaf_is_sent_only_if_it_differs_from_a_deeper_trees),
		cmocka_unit_test(a_session_is_one_by_its_number),
		cmocka_unit_test(
		    no_round_begins_while_there_is_something_to_send),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
