/* SPDX-License-Identifier: ISC */
/* Who may connect how often: no address uses up another's share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "parent/peerlimit.h"

static struct peerlimit	*limit;
static monotime_t	 now;

static int
setup(void **state)
{
	(void)state;
	now.us = 1000000;
	return (limit = peerlimit_new(42)) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	peerlimit_free(limit);
	return 0;
}

/* How many of n connections, from fmt with 0 to n - 1 in it, are accepted. */
static unsigned int
taken(const char *fmt, unsigned int n)
{
	unsigned int i, count = 0;
	struct addr addr;
	char text[64];

	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), fmt, i);
		assert_int_equal(addr_parse(text, &addr), 0);
		count += peerlimit_take(limit, &addr, now);
	}
	return count;
}

static void
later(int ms)
{
	now = monotime_add(now, ms);
}

static void
an_address_has_its_own_share(void **state)
{
	static const char *const rows[] = { "192.0.2.1", "2001:db8::1",
	    "fe80::1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(taken(rows[i], 500), 64);
		later(1000);
		assert_int_equal(taken(rows[i], 500), 16);
		later(60000);
		assert_int_equal(taken(rows[i], 500), 64);
	}
	assert_int_equal(taken("192.0.2.2", 50), 50);
	assert_int_equal(taken("2001:db8:1::1", 50), 50);
	assert_int_equal(taken("fe80::2", 50), 50);
}

static void
a_host_is_its_whole_network(void **state)
{
	(void)state;
	assert_int_equal(taken("2001:db8::%x", 2000), 256);
	later(1000);
	assert_int_equal(taken("2001:db8::1:%x", 2000), 64);
	/* It is not another network's share, nor that of one host of a link. */
	assert_int_equal(taken("2001:db8:0:1::%x", 100), 100);
	assert_int_equal(taken("fe80::%x", 400), 400);
}

/* The total limit; addresses over their own limit do not add to it. */
static void
all_together_have_a_share(void **state)
{
	(void)state;
	assert_int_equal(taken("192.0.2.1", 100000), 64);
	assert_int_equal(taken("2001:db8::%x", 65536), 256);
	assert_int_equal(taken("10.0.%u.1", 256), 256);
	assert_int_equal(taken("10.1.%u.1", 256), 256);
	assert_int_equal(taken("10.2.%u.1", 256), 1024 - 64 - 256 - 512);
	later(1000);
	assert_int_equal(taken("10.3.%u.1", 256), 256);
	assert_int_equal(taken("10.4.%u.1", 256), 0);
}

int
main(void)
{
#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_address_has_its_own_share),
		TEST(a_host_is_its_whole_network),
		TEST(all_together_have_a_share),
	};

	return cmocka_run_group_tests_name("peerlimit", tests, NULL, NULL);
}
