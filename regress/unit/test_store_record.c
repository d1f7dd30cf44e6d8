/* SPDX-License-Identifier: ISC */
/* Records of the store, and their times under any clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine/store/record.h"

#define N(array)	(sizeof(array) / sizeof((array)[0]))
#define WALL		1700000000000LL		/* when it was written */
#define MONO		400000000LL		/* ms */
#define MIN		60000LL

static const struct store_clock written = { WALL, { MONO * 1000 } };

static struct stored
lease(int64_t lives_ms, int64_t age_ms)
{
	static const uint8_t data[] = { DATUM_LEASE4, 192, 168, 44, 9,
	    2, 0, 0, 0, 0, 7 };
	struct stored s;

	memset(&s, 0, sizeof(s));
	s.expires = monotime_add(written.mono, lives_ms);
	s.claimed = monotime_add(written.mono, -age_ms);
	s.seqno = 0x123456789abcfedcULL;
	s.keylen = 5;
	s.vallen = 6;
	memcpy(s.data, data, sizeof(data));
	return s;
}

static size_t
encode(const struct stored *s, uint8_t room[STORE_VALUE_MAX])
{
	struct ibuf buf;

	ibuf_to(&buf, room, STORE_VALUE_MAX);
	assert_int_equal(store_record_add(&buf, s, &written), 0);
	return ibuf_len(&buf);
}

/* The format, octet by octet: files on disks have it. */
static void
record_is_as_documented(void **state)
{
	static const uint8_t want[] = {
		0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xfe, 0xdc,
		0x00, 0x00, 0x01, 0x8b, 0xcf, 0xe7, 0xd3, 0x40,
		0x00, 0x00, 0x01, 0x8b, 0xcf, 0xe5, 0x67, 0xe8,
		2, 0, 0, 0, 0, 7
	};
	struct stored s = lease(0, 0);
	uint8_t room[STORE_VALUE_MAX];
	size_t len;

	(void)state;
	s.expires = monotime_add(written.mono, 0x18bcfe7d340LL - WALL);
	s.claimed = monotime_add(written.mono, 0x18bcfe567e8LL - WALL);
	len = encode(&s, room);
	assert_int_equal(len, sizeof(want) + 4);
	assert_memory_equal(room, want, sizeof(want));
}

/* Files of version 1 are read: its seqnos have 16 bits. */
static void
record_of_version_1_is_read(void **state)
{
	static const uint8_t old[] = {
		0xfe, 0xdc, 0x00, 0x00, 0x01, 0x8b, 0xcf, 0xe7,
		0xd3, 0x40, 0x00, 0x00, 0x01, 0x8b, 0xcf, 0xe5,
		0x67, 0xe8, 0x02, 0x00, 0x00, 0x00, 0x00, 0x07,
		0x84, 0x88, 0x21, 0x5f
	};
	struct stored s = lease(0, 0), got;

	(void)state;
	assert_int_equal(store_record_get(&got, s.data, 5, old, sizeof(old),
	    &written), 0);
	assert_int_equal(got.seqno, 0xfedc);
	assert_int_equal(got.keylen, 5);
	assert_int_equal(got.vallen, 6);
	assert_memory_equal(got.data, s.data, 11);
	assert_int_equal(monotime_ms(written.mono, got.expires),
	    0x18bcfe7d340LL - WALL);
}

static void
record_survives_and_its_times_follow_the_clocks(void **state)
{
	static const struct {
		const char *what;
		int64_t wall, mono;	/* of the next run, when it loads */
		int64_t lives, age;	/* then */
	} rows[] = {
		{ "at once", WALL, MONO, 30 * MIN, 5 * MIN },
		{ "later", WALL + 10 * MIN, MONO + 10 * MIN, 20 * MIN,
		    15 * MIN },
		{ "after a boot", WALL + 10 * MIN, 50 * MIN, 20 * MIN,
		    15 * MIN },
		{ "past its end", WALL + 40 * MIN, MONO, -10 * MIN, 45 * MIN },
		{ "clock went back a little", WALL - 1, MONO, 30 * MIN,
		    5 * MIN },
		{ "clock never set", 0, 1000 * MIN, 30 * MIN, 5 * MIN },
		{ "clock before 1970", -1000 * WALL, MONO, 30 * MIN, 5 * MIN },
	};
	struct stored s = lease(30 * MIN, 5 * MIN), got;
	struct store_clock now;
	uint8_t room[STORE_VALUE_MAX];
	size_t i, len = encode(&s, room);

	(void)state;
	for (i = 0; i < N(rows); i++) {
		now.wall = rows[i].wall;
		now.mono.us = rows[i].mono * 1000;
		store_clock_since(&now, WALL);
		assert_int_equal(store_record_get(&got, s.data, 5, room, len,
		    &now), 0);
		if (monotime_ms(now.mono, got.expires) != rows[i].lives ||
		    monotime_ms(got.claimed, now.mono) != rows[i].age)
			fail_msg("%s: lives %lld ms, is %lld ms old",
			    rows[i].what,
			    (long long)monotime_ms(now.mono, got.expires),
			    (long long)monotime_ms(got.claimed, now.mono));
		assert_int_equal(got.seqno, s.seqno);
		assert_int_equal(got.keylen, 5);
		assert_int_equal(got.vallen, 6);
		assert_memory_equal(got.data, s.data, 11);
	}
}

/* With any octets on disk and any clock, arithmetic is defined. */
static void
extreme_times_are_held(void **state)
{
	static const int64_t walls[] = { INT64_MIN, -1, 0, WALL, INT64_MAX };
	struct stored s = lease(0, 0), got;
	struct store_clock then, now;
	struct ibuf buf;
	uint8_t room[STORE_VALUE_MAX];
	size_t i, j;

	(void)state;
	s.expires = MONOTIME_NEVER;
	for (i = 0; i < N(walls); i++)
		for (j = 0; j < N(walls); j++) {
			then.wall = walls[i];
			then.mono = MONOTIME_ZERO;
			ibuf_to(&buf, room, sizeof(room));
			assert_int_equal(store_record_add(&buf, &s, &then), 0);
			now.wall = walls[j];
			now.mono.us = 1;
			assert_int_equal(store_record_get(&got, s.data, 5,
			    room, ibuf_len(&buf), &now), 0);
			assert_true(got.expires.us >= 0);
			assert_true(got.claimed.us >= 0 &&
			    got.claimed.us <= 1);
		}
}

static void
claim_from_the_future_is_as_of_now(void **state)
{
	struct stored s = lease(30 * MIN, -5 * MIN), got;
	uint8_t room[STORE_VALUE_MAX];
	size_t len = encode(&s, room);

	(void)state;
	assert_int_equal(store_record_get(&got, s.data, 5, room, len,
	    &written), 0);
	assert_int_equal(got.claimed.us, written.mono.us);
}

static void
every_changed_bit_and_every_other_length_is_noticed(void **state)
{
	struct stored s = lease(30 * MIN, 0), got;
	uint8_t room[STORE_VALUE_MAX + 1], key[5];
	size_t len = encode(&s, room), n;

	(void)state;
	for (n = 0; n < len * 8; n++) {
		room[n / 8] ^= (uint8_t)(1 << n % 8);
		assert_int_equal(store_record_get(&got, s.data, 5, room, len,
		    &written), -1);
		room[n / 8] ^= (uint8_t)(1 << n % 8);
	}
	memcpy(key, s.data, 5);
	for (n = 0; n < 40; n++) {
		key[n / 8] ^= (uint8_t)(1 << n % 8);
		assert_int_equal(store_record_get(&got, key, 5, room, len,
		    &written), -1);
		key[n / 8] ^= (uint8_t)(1 << n % 8);
	}
	for (n = 0; n <= len + 1; n++)
		assert_int_equal(store_record_get(&got, key, 5, room, n,
		    &written), n == len ? 0 : -1);
	assert_int_equal(store_record_get(&got, key, 0, room, len, &written),
	    -1);
}

static void
head_tells_what_the_file_is(void **state)
{
	static const struct {
		size_t at;
		uint8_t octet;
		size_t len;
		enum store_verdict verdict;
	} rows[] = {
		{ 0, 's', 22, STORE_GOOD },
		{ 0, 'S', 22, STORE_FOREIGN },
		{ 7, 'm', 22, STORE_FOREIGN },
		{ 0, 's', 9, STORE_FOREIGN },
		{ 0, 's', 0, STORE_FOREIGN },
		{ 9, STORE_VERSION + 1, 22, STORE_NEWER },
		{ 9, STORE_VERSION + 1, 10, STORE_NEWER },
		{ 8, 1, 22, STORE_NEWER },
		{ 9, 0, 22, STORE_DAMAGED },
		{ 17, 0x55, 22, STORE_DAMAGED },
		{ 21, 0x55, 22, STORE_DAMAGED },
		{ 0, 's', 21, STORE_DAMAGED },
		{ 0, 's', 23, STORE_DAMAGED },
	};
	struct ibuf buf;
	uint8_t room[24];
	int64_t when;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		memset(room, 0, sizeof(room));
		ibuf_to(&buf, room, sizeof(room));
		assert_int_equal(store_head_add(&buf, WALL), 0);
		assert_int_equal(ibuf_len(&buf), 22);
		room[rows[i].at] = rows[i].octet;
		when = 0;
		if (store_head_get(room, rows[i].len, &when) !=
		    rows[i].verdict)
			fail_msg("row %zu", i);
		if (rows[i].verdict == STORE_GOOD)
			assert_true(when == WALL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_is_as_documented),
		cmocka_unit_test(record_of_version_1_is_read),
		cmocka_unit_test(
		    record_survives_and_its_times_follow_the_clocks),
		cmocka_unit_test(extreme_times_are_held),
		cmocka_unit_test(claim_from_the_future_is_as_of_now),
		cmocka_unit_test(
		    every_changed_bit_and_every_other_length_is_noticed),
		cmocka_unit_test(head_tells_what_the_file_is),
	};

	return cmocka_run_group_tests_name("store_record", tests, NULL, NULL);
}
