/* SPDX-License-Identifier: ISC */
/*
 * The order of versions: it is linear, and whatever way three versions of one
 * key come by, and in whatever order, the greatest of them is held at last.
 * Numbers of version 1 are lifted so that each pair is judged as it judges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "table/order.h"

#define POOL	"192.168.44.0/24"
#define OPAQUE	77		/* a kind that the core only stores */
#define CASES	4000		/* keys in one table */
#define NITEMS(a) (sizeof(a) / sizeof((a)[0]))
#define ONE	UINT64_C(1)

struct version {
	uint64_t	 seqno;
	size_t		 len;
	const uint8_t	*value;
};

/* Three versions of one key, in the order of their arrival. */
struct arrival {
	struct version	v[3];
};

struct batch {
	struct arrival	 *arrivals;
	int		  n;
	int		  total;
	uint8_t		  kind;
	void		(*run)(const struct batch *);
};

static const uint64_t seqnos[] = { 0, 1, 0xffff, 0x10000, 0x10001, ONE << 32,
    (ONE << 63) - 1, ONE << 63, (ONE << 63) + 1, UINT64_MAX };

/* Nothing, a beginning of others, and two of one length. */
static const struct version opaques[] = {
	{ 0, 0, (const uint8_t *)"" },
	{ 0, 1, (const uint8_t *)"b" },
	{ 0, 2, (const uint8_t *)"ba" },
	{ 0, 2, (const uint8_t *)"bb" }
};

/* Nowhere, and two routers. */
static const struct version places[] = {
	{ 0, 0, (const uint8_t *)"" },
	{ 0, 8, (const uint8_t *)"\2\0\0\0\0\0\1\1" },
	{ 0, 8, (const uint8_t *)"\2\0\0\0\0\0\1\2" }
};

static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
    { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

static int
order(const struct version *a, const struct version *b)
{
	return claim_order(a->seqno, a->value, (uint8_t)a->len, b->seqno,
	    b->value, (uint8_t)b->len);
}

/* By the words of sroam-flood(7), octet by octet: who is greater. */
static int
greater(const struct version *a, const struct version *b)
{
	size_t i;

	if (a->seqno != b->seqno)
		return a->seqno > b->seqno ? 1 : -1;
	for (i = 0; i < a->len && i < b->len; i++)
		if (a->value[i] != b->value[i])
			return a->value[i] > b->value[i] ? 1 : -1;
	if (a->len == b->len)
		return 0;
	return a->len > b->len ? 1 : -1;
}

static const struct version *
greatest(const struct arrival *a)
{
	const struct version *most = &a->v[0];
	int i;

	for (i = 1; i < 3; i++)
		if (greater(&a->v[i], most) > 0)
			most = &a->v[i];
	return most;
}

/* All versions of the grid. */
static int
grid(struct version *to, const struct version *values, size_t nvalues)
{
	size_t i, j;
	int n = 0;

	for (i = 0; i < NITEMS(seqnos); i++)
		for (j = 0; j < nvalues; j++) {
			to[n] = values[j];
			to[n++].seqno = seqnos[i];
		}
	return n;
}

static void
test_order_is_linear(void **state)
{
	struct version v[64];
	int n = grid(v, opaques, NITEMS(opaques));
	int i, j, k;

	(void)state;
	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			assert_int_equal(order(&v[i], &v[j]) == 0, i == j);
			assert_int_equal(order(&v[i], &v[j]) < 0,
			    greater(&v[i], &v[j]) > 0);
			assert_int_equal(order(&v[i], &v[j]) < 0,
			    order(&v[j], &v[i]) > 0);
			for (k = 0; k < n; k++)
				if (order(&v[i], &v[j]) < 0 &&
				    order(&v[j], &v[k]) < 0)
					assert_true(order(&v[i], &v[k]) < 0);
		}
}

static void
flush(struct batch *b)
{
	b->run(b);
	b->total += b->n;
	b->n = 0;
}

/* Each three of the grid, in each order. */
static void
all_arrivals(struct batch *b, const struct version *values, size_t nvalues)
{
	struct version v[64];
	const struct version *three[3];
	int n = grid(v, values, nvalues);
	int i, j, k, o, p;

	b->arrivals = calloc(CASES, sizeof(*b->arrivals));
	assert_non_null(b->arrivals);
	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++)
			for (k = j + 1; k < n; k++) {
				three[0] = &v[i];
				three[1] = &v[j];
				three[2] = &v[k];
				for (o = 0; o < 6; o++, b->n++)
					for (p = 0; p < 3; p++)
						b->arrivals[b->n].v[p] =
						    *three[orders[o][p]];
				if (b->n + 6 > CASES)
					flush(b);
			}
	flush(b);
	assert_int_equal(b->total, n * (n - 1) * (n - 2));
	free(b->arrivals);
}

/* The key of a case: for locations, of a station's form. */
static struct update
word(const struct batch *b, int i, const struct version *v)
{
	uint8_t key[6] = { 2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i };
	struct update u;

	make_update(&u, b->kind, key, sizeof(key), v->value, v->len, v->seqno,
	    300);
	u.age = 0;
	return u;
}

static void
say(const struct batch *b, struct node *node, uint32_t peer, int which)
{
	struct update u;
	int i;

	for (i = 0; i < b->n; i++) {
		u = word(b, i, &b->arrivals[i].v[which]);
		assert_null(core_update(node->core, peer, &u, now));
	}
}

/* Of each key the node holds the greatest version. */
static void
check(const struct batch *b, struct node *node)
{
	const struct version *want;
	struct ctl_cursor cursor;
	struct update u;
	int i, found = 0;

	memset(&cursor, 0, sizeof(cursor));
	while (core_show_datum(node->core, &cursor, &u, now)) {
		if (u.data[0] != b->kind)
			continue;
		i = u.data[5] << 8 | u.data[6];
		want = greatest(&b->arrivals[i]);
		assert_true(u.seqno == want->seqno);
		assert_int_equal(u.vallen, want->len);
		assert_memory_equal(u.data + u.keylen, want->value, want->len);
		found++;
	}
	assert_int_equal(found, b->n);
}

static struct node *
fresh(uint8_t which)
{
	struct node *node = node_new(which, POOL);

	node->conf->global.max_data = 100000;
	core_conf(node->core, node->conf, now);
	return node;
}

/* From three peers; a fourth is told the greatest, too. */
static void
run_updates(const struct batch *b)
{
	struct node *node = fresh(1), *next = fresh(2);
	uint32_t peer;

	for (peer = 1; peer <= 3; peer++)
		core_peer_up(node->core, peer, PEER_EXTENDED, now);
	peering(node, next, 4);
	for (peer = 1; peer <= 3; peer++)
		say(b, node, peer, (int)peer - 1);
	check(b, node);
	carry(node, next, 4);
	check(b, next);
	node_free(node);
	node_free(next);
}

static void
test_the_greatest_is_held_whatever_came_first(void **state)
{
	struct batch b = { .kind = OPAQUE, .run = run_updates };

	(void)state;
	all_arrivals(&b, opaques, NITEMS(opaques));
}

static bool
step(struct node *a, struct node *b, uint32_t peer)
{
	struct update u;
	struct digest g;

	if (core_peer_next(a->core, peer, &u, now)) {
		core_update(b->core, peer, &u, now);
		return true;
	}
	if (core_peer_digest(a->core, peer, &g)) {
		core_digest(b->core, peer, &g);
		return true;
	}
	return false;
}

/* One router has heard the first, the other the rest, before they meet. */
static void
run_digests(const struct batch *b)
{
	const unsigned int flags = PEER_EXTENDED | PEER_DIGESTS;
	struct node *one = fresh(1), *other = fresh(2);
	int n = 0;

	say(b, one, STRANGER, 0);
	say(b, other, STRANGER, 1);
	say(b, other, STRANGER, 2);
	core_peer_up(one->core, 1, flags | PEER_OPENER, now);
	core_peer_up(other->core, 1, flags, now);
	while (step(one, other, 1) || step(other, one, 1))
		assert_true(++n < 1000000);
	check(b, one);
	check(b, other);
	node_free(one);
	node_free(other);
}

static void
test_digests_find_the_greatest(void **state)
{
	struct batch b = { .kind = OPAQUE, .run = run_digests };

	(void)state;
	all_arrivals(&b, opaques, NITEMS(opaques));
}

/* The table goes to the disk and comes back. */
static void
restart(struct node *node)
{
	static struct stored kept[CASES + 8];
	int i, n = 0;

	core_store_start(node->core);
	core_store_all(node->core);
	while (core_store_next(node->core, &kept[n]))
		assert_true(++n < (int)NITEMS(kept));
	core_free(node->core);
	node->n = 0;
	core_start(node);
	for (i = 0; i < n; i++)
		assert_int_equal(core_store_load(node->core, &kept[i], now),
		    0);
}

/* The router restarts after each of the first two. */
static void
run_store(const struct batch *b)
{
	struct node *node = fresh(1);

	say(b, node, STRANGER, 0);
	restart(node);
	say(b, node, STRANGER, 1);
	restart(node);
	say(b, node, STRANGER, 2);
	check(b, node);
	node_free(node);
}

static void
test_the_disk_keeps_the_order(void **state)
{
	struct batch b = { .kind = DATUM_LOCATION, .run = run_store };

	(void)state;
	all_arrivals(&b, places, NITEMS(places));
}

/* What version 1 says of two of its numbers: <0 the first is older. */
static int
version1(uint16_t a, uint16_t b)
{
	int distance = ((int)a - (int)b) & 0xffff;

	if (a == b)
		return 0;
	if (distance == 32768)
		return a > b ? 1 : -1;
	return distance < 32768 ? 1 : -1;
}

/* The lifted number must be this far off; true if there is such a number. */
static bool
wanted(uint64_t held, uint16_t low, uint64_t *want)
{
	uint16_t mine = (uint16_t)held;
	uint64_t up = ((uint64_t)low + 65536 - mine) % 65536;
	uint64_t down = ((uint64_t)mine + 65536 - low) % 65536;

	if (version1(low, mine) >= 0) {
		*want = held + up;
		return *want >= held;
	}
	*want = held - down;
	return *want <= held;
}

static const uint64_t interesting[] = { 0, 1, 2, 0x7ffe, 0x7fff, 0x8000, 0x8001,
    0xfffe, 0xffff, 0x10000, 0x10001, 0x17fff, 0x18000, 0x18001, 0x1ffff,
    (ONE << 32) - 1, ONE << 32, (ONE << 32) + 0x8000, (ONE << 63) - 1,
    ONE << 63, UINT64_MAX - 0x10000, UINT64_MAX - 0xffff, UINT64_MAX - 0x8000,
    UINT64_MAX - 0x7fff, UINT64_MAX - 1, UINT64_MAX };

static void
test_lifted_numbers_are_judged_as_version_1_judges(void **state)
{
	uint64_t held, got, want = 0;
	size_t i;
	int low;

	(void)state;
	for (i = 0; i < NITEMS(interesting); i++)
		for (low = 0; low <= 0xffff; low++) {
			held = interesting[i];
			got = 0;
			if (seqno_lift(held, (uint16_t)low, &got) !=
			    wanted(held, (uint16_t)low, &want))
				fail_msg("%llx, %x: whether there is one",
				    (unsigned long long)held, (unsigned)low);
			if (!wanted(held, (uint16_t)low, &want))
				continue;
			if (got != want || (uint16_t)got != low ||
			    (got > held) != (version1((uint16_t)low,
			    (uint16_t)held) > 0))
				fail_msg("%llx, %x: lifted to %llx",
				    (unsigned long long)held, (unsigned)low,
				    (unsigned long long)got);
		}
}

/* What a table holds after a word of version 1, and what it tells it. */
static void
hears_version1(uint64_t held, uint16_t low)
{
	const struct batch b = { .kind = OPAQUE };
	const struct version ours = { held, 1, (const uint8_t *)"b" };
	const struct version theirs = { low, 1, (const uint8_t *)"a" };
	struct node *node = fresh(1);
	struct update u = word(&b, 0, &ours), found;
	uint64_t want = 0;
	bool is = wanted(held, low, &want);

	core_peer_up(node->core, 1, 0, now);
	assert_null(core_update(node->core, STRANGER, &u, now));
	u = word(&b, 0, &theirs);
	u.age = AGE_UNKNOWN;
	assert_null(core_update(node->core, 1, &u, now));
	assert_int_equal(find_datum(node, &u, &found), 1);
	assert_true(found.seqno == (is && want > held ? want : held));
	assert_int_equal(found.data[found.keylen], is && want > held ? 'a' :
	    'b');
	node_free(node);
}

static void
test_words_of_version_1_are_lifted(void **state)
{
	static const int far[] = { -0x8001, -0x8000, -0x7fff, -2, -1, 1, 2,
	    0x7fff, 0x8000, 0x8001 };
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(interesting); i++)
		for (j = 0; j < NITEMS(far); j++)
			hears_version1(interesting[i],
			    (uint16_t)(interesting[i] + (uint64_t)far[j]));
}

/* Old words that a peer says: how many it is answered, each with ours. */
static int
answers(struct node *node, const struct update *old, uint64_t ours)
{
	struct update u;
	int n = 0;

	assert_null(core_update(node->core, 1, old, now));
	while (core_peer_next(node->core, 1, &u, now)) {
		if (u.data[0] != OPAQUE)
			continue;
		assert_true(u.seqno == ours);
		n++;
	}
	return n;
}

static void
test_an_old_word_is_answered_once_a_second(void **state)
{
	const struct batch b = { .kind = OPAQUE };
	const struct version ours = { 5, 1, (const uint8_t *)"b" };
	const struct version older = { 4, 1, (const uint8_t *)"c" };
	const struct version less = { 5, 1, (const uint8_t *)"a" };
	struct node *node = fresh(1);
	struct update u = word(&b, 0, &ours);

	(void)state;
	core_peer_up(node->core, 1, PEER_EXTENDED, now);
	assert_int_equal(answers(node, &u, 5), 0);
	pass(node, 2000);
	assert_int_equal(answers(node, &u, 5), 0);	/* the same */
	u = word(&b, 0, &older);
	assert_int_equal(answers(node, &u, 5), 1);
	assert_int_equal(answers(node, &u, 5), 0);
	pass(node, 1100);
	u = word(&b, 0, &less);
	assert_int_equal(answers(node, &u, 5), 1);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_is_linear),
		cmocka_unit_test(test_the_greatest_is_held_whatever_came_first),
		cmocka_unit_test(test_digests_find_the_greatest),
		cmocka_unit_test(test_the_disk_keeps_the_order),
		cmocka_unit_test(
		    test_lifted_numbers_are_judged_as_version_1_judges),
		cmocka_unit_test(test_words_of_version_1_are_lifted),
		cmocka_unit_test(test_an_old_word_is_answered_once_a_second)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
