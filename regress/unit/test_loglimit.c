/* SPDX-License-Identifier: ISC */
/* How many lines a cause gets, however fast it is, and what others get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "common/loglimit.h"

#define MINUTE	60000

static struct loglimit	limit;

static int
setup(void **state)
{
	(void)state;
	memset(&limit, 0, sizeof(limit));
	return 0;
}

static monotime_t
at(int64_t ms)
{
	return monotime_add(MONOTIME_ZERO, 1000 + ms);
}

static bool
pass(int priority, const char *format, int64_t ms)
{
	uint32_t like;

	return loglimit_pass(&limit, priority, format, &like, at(ms));
}

/* Of a thousand a second, for this long. */
static int
flood(int priority, const char *format, int64_t begin, int64_t ms)
{
	int64_t i;
	int n = 0;

	for (i = 0; i < ms; i++)
		n += pass(priority, format, begin + i);
	return n;
}

static void
each_level_has_its_rate(void **state)
{
	(void)state;
	assert_in_range(flood(LOG_WARNING, "a", 0, MINUTE), 39, 40);
	assert_in_range(flood(LOG_INFO, "b", 0, MINUTE), 259, 260);
	/* Debug lines: what an operator looks at for a minute. */
	assert_in_range(flood(LOG_DEBUG, "c", 0, MINUTE), 39900, 40000);
	/* And from then on. */
	assert_in_range(flood(LOG_WARNING, "a", MINUTE, MINUTE), 9, 10);
	assert_in_range(flood(LOG_INFO, "b", MINUTE, MINUTE), 59, 60);
	assert_in_range(flood(LOG_DEBUG, "c", MINUTE, MINUTE), 29900, 30000);
}

static void
a_storm_of_a_start_is_said_in_full(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		assert_true(pass(LOG_INFO, "%s: station %s joined", 0));
	assert_false(pass(LOG_INFO, "%s: station %s joined", 0));
}

static void
no_cause_takes_the_room_of_another(void **state)
{
	(void)state;
	(void)flood(LOG_WARNING, "a", 0, MINUTE);
	assert_int_equal(flood(LOG_WARNING, "a", MINUTE, 2) < 2, 1);
	assert_true(pass(LOG_WARNING, "b", MINUTE));
	(void)flood(LOG_DEBUG, "c", 0, MINUTE);
	assert_true(pass(LOG_INFO, "c", MINUTE));
}

static void
the_next_line_says_how_many_were_left_out(void **state)
{
	uint32_t like = 7;
	int i;

	(void)state;
	assert_true(loglimit_pass(&limit, LOG_WARNING, "a", &like, at(0)));
	assert_int_equal(like, 0);
	for (i = 0; i < 129; i++)
		(void)pass(LOG_WARNING, "a", 0);
	assert_true(loglimit_pass(&limit, LOG_WARNING, "a", &like, at(6000)));
	assert_int_equal(like, 100);
	assert_true(loglimit_pass(&limit, LOG_WARNING, "a", &like, at(12000)));
	assert_int_equal(like, 0);
}

/* More than there are: the rest share, and all are bounded. */
static void
any_number_of_causes_is_bounded(void **state)
{
	static const char texts[100000];
	int i, round, n = 0;

	(void)state;
	for (i = 0; i < 100000; i++)
		n += pass(LOG_WARNING, texts + i, 0);
	assert_true(n <= LOGLIMIT_CAUSES * 30);
	for (round = 0; round < 31; round++)
		for (i = 0; i < 100000; i += 97)
			n += pass(LOG_WARNING, texts + i, 0);
	assert_true(n <= LOGLIMIT_CAUSES * 30);
	/* One that has its own place still has it. */
	assert_int_equal(limit.ncauses, LOGLIMIT_CAUSES / 2);
}

#define TEST(f)	cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_level_has_its_rate),
		TEST(a_storm_of_a_start_is_said_in_full),
		TEST(no_cause_takes_the_room_of_another),
		TEST(the_next_line_says_how_many_were_left_out),
		TEST(any_number_of_causes_is_bounded),
	};

	return cmocka_run_group_tests_name("loglimit", tests, NULL, NULL);
}
