/* SPDX-License-Identifier: ISC */
/* Things done at a limited rate, for one cause and for many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/ratelimit.h"

static monotime_t
at(int64_t ms)
{
	return monotime_add(MONOTIME_ZERO, ms);
}

static void
first_passes_and_the_next_when_its_time_has_come(void **state)
{
	struct ratelimit r = { 0 };

	(void)state;
	assert_true(ratelimit_pass(&r, 1000, at(0)));
	assert_false(ratelimit_pass(&r, 1000, at(0)));
	assert_false(ratelimit_pass(&r, 1000, at(999)));
	assert_true(ratelimit_pass(&r, 1000, at(1000)));
	assert_false(ratelimit_pass(&r, 1000, at(1999)));
	assert_true(ratelimit_pass(&r, 1000, at(50000)));
}

static void
what_is_held_back_does_not_delay_the_next(void **state)
{
	struct ratelimit r = { 0 };
	int64_t ms;
	unsigned int n = 0;

	(void)state;
	for (ms = 0; ms < 10000; ms += 10)
		n += ratelimit_pass(&r, 1000, at(ms));
	assert_int_equal(n, 10);
}

static void
causes_are_limited_one_by_one(void **state)
{
	struct ratelimits r = { 0 };

	(void)state;
	assert_true(ratelimits_pass(&r, "a", 1000, at(0)));
	assert_true(ratelimits_pass(&r, "b", 1000, at(500)));
	assert_false(ratelimits_pass(&r, "a", 1000, at(999)));
	assert_false(ratelimits_pass(&r, "b", 1000, at(1000)));
	assert_true(ratelimits_pass(&r, "a", 1000, at(1000)));
	assert_true(ratelimits_pass(&r, "b", 1000, at(1500)));
}

static void
no_more_causes_pass_than_are_kept(void **state)
{
	struct ratelimits r = { 0 };
	char cause[16];
	unsigned int i, n = 0;

	(void)state;
	for (i = 0; i < 1000; i++) {
		snprintf(cause, sizeof(cause), "cause %u", i);
		n += ratelimits_pass(&r, cause, 1000, at(i));
	}
	assert_int_equal(n, RATELIMIT_CAUSES);
	/* The one that was used the longest ago is replaced. */
	assert_true(ratelimits_pass(&r, "new", 1000, at(1000)));
	assert_false(ratelimits_pass(&r, "newer", 1000, at(1000)));
	assert_false(ratelimits_pass(&r, "cause 1", 1000, at(1000)));
	assert_true(ratelimits_pass(&r, "cause 1", 1000, at(1001)));
}

static void
long_causes_differ_by_their_beginning(void **state)
{
	struct ratelimits r = { 0 };
	char cause[2 * RATELIMIT_CAUSE];

	(void)state;
	snprintf(cause, sizeof(cause), "%0*d", RATELIMIT_CAUSE + 50, 1);
	assert_true(ratelimits_pass(&r, cause, 1000, at(0)));
	assert_false(ratelimits_pass(&r, cause, 1000, at(1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    first_passes_and_the_next_when_its_time_has_come),
		cmocka_unit_test(what_is_held_back_does_not_delay_the_next),
		cmocka_unit_test(causes_are_limited_one_by_one),
		cmocka_unit_test(no_more_causes_pass_than_are_kept),
		cmocka_unit_test(long_causes_differ_by_their_beginning),
	};

	return cmocka_run_group_tests_name("ratelimit", tests, NULL, NULL);
}
