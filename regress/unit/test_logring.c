/* SPDX-License-Identifier: ISC */
/* The ring of waiting lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "parent/logring.h"
#include "proc/loglevel.h"

#define SIZE(text)	(sizeof(struct logline) + sizeof(text))

static struct logring	*ring;

/* A ring with room for so many lines of one letter. */
static void
room_for(size_t lines)
{
	logring_free(ring);
	ring = logring_new(lines * SIZE("x"));
	assert_non_null(ring);
}

static void
put(int priority, const char *text)
{
	logring_put(ring, 0, priority, "parent", text);
}

/* Its contents, and the numbers of lost warnings, info and debug lines. */
static void
expect(const char *texts, uint64_t warnings, uint64_t info, uint64_t debug)
{
	const uint64_t *lost = logring_total(ring);
	struct logline *line;
	char got[256] = "";

	assert_int_equal(logring_is_empty(ring), texts[0] == '\0');
	while ((line = logring_get(ring)) != NULL) {
		strlcat(got, line->text, sizeof(got));
		free(line);
	}
	assert_string_equal(got, texts);
	assert_int_equal(lost[CTL_LOG_WARNING], warnings);
	assert_int_equal(lost[CTL_LOG_INFO], info);
	assert_int_equal(lost[CTL_LOG_DEBUG], debug);
	assert_true(logring_is_empty(ring));
}

static int
teardown(void **state)
{
	(void)state;
	logring_free(ring);
	ring = NULL;
	return 0;
}

static void
lines_come_out_whole_and_in_order(void **state)
{
	struct logline *line;

	(void)state;
	room_for(100);
	logring_put(ring, 17, LOG_INFO, "engine", "one line, and all of it");
	put(LOG_DEBUG, "b");
	put(LOG_CRIT, "c");
	line = logring_get(ring);
	assert_string_equal(line->text, "one line, and all of it");
	assert_string_equal(line->process, "engine");
	assert_int_equal(line->priority, LOG_INFO);
	assert_int_equal(line->when, 17);
	free(line);
	expect("bc", 0, 0, 0);
}

static void
what_matters_least_goes_first_and_of_that_the_oldest(void **state)
{
	static const struct {
		const char	*put;	/* Warning, Info, Debug; the text */
		const char	*left;
		uint64_t	 lost[CTL_LOGS];
	} rows[] = {
		{ "DaDbDc", "abc", { 0, 0, 0 } },
		{ "DaDbDcDd", "bcd", { 0, 0, 1 } },
		{ "WaDbIcDd", "acd", { 0, 0, 1 } },
		{ "WaDbIcWd", "acd", { 0, 0, 1 } },
		{ "DaIbWcWdWe", "cde", { 0, 1, 1 } },
		{ "IaWbIcId", "bcd", { 0, 1, 0 } },
		{ "WaWbWcDd", "abc", { 0, 0, 1 } },
		{ "WaWbWcId", "abc", { 0, 1, 0 } },
		{ "WaWbWcWd", "bcd", { 1, 0, 0 } },
		{ "IaIbIcDdIeDf", "bce", { 0, 1, 2 } },
	};
	const char *s;
	char text[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		room_for(3);
		for (s = rows[i].put; *s != '\0'; s += 2) {
			snprintf(text, sizeof(text), "%c", s[1]);
			put(s[0] == 'W' ? LOG_WARNING : s[0] == 'I' ?
			    LOG_INFO : LOG_DEBUG, text);
		}
		expect(rows[i].left, rows[i].lost[CTL_LOG_WARNING],
		    rows[i].lost[CTL_LOG_INFO], rows[i].lost[CTL_LOG_DEBUG]);
	}
}

static void
every_priority_has_its_level(void **state)
{
	int priority;

	(void)state;
	for (priority = LOG_EMERG; priority <= LOG_DEBUG; priority++)
		assert_int_equal(loglevel_of(priority),
		    priority <= LOG_WARNING ? CTL_LOG_WARNING :
		    priority <= LOG_INFO ? CTL_LOG_INFO : CTL_LOG_DEBUG);
}

static void
a_long_line_takes_the_place_of_several(void **state)
{
	(void)state;
	room_for(4);
	put(LOG_DEBUG, "a");
	put(LOG_DEBUG, "b");
	put(LOG_WARNING, "c");
	put(LOG_INFO, "d");
	logring_put(ring, 0, LOG_INFO, "parent", "a longer one than these");
	expect("cda longer one than these", 0, 0, 2);
	/* One that can never fit does not remove more important ones. */
	room_for(1);
	put(LOG_WARNING, "a");
	put(LOG_INFO, "much too long for a ring of one letter");
	expect("a", 0, 1, 0);
}

static void
room_that_was_made_is_used_again(void **state)
{
	unsigned int i;

	(void)state;
	room_for(3);
	for (i = 0; i < 1000; i++) {
		put(LOG_INFO, "x");
		if (i % 2)
			free(logring_get(ring));
	}
	/* Three are in it, then each turn gets one and loses one. */
	expect("xx", 0, 498, 0);
}

static void
what_others_lost_is_added(void **state)
{
	static const uint64_t more[CTL_LOGS] = { 1, 20, 300 };

	(void)state;
	room_for(1);
	put(LOG_DEBUG, "a");
	put(LOG_INFO, "b");
	logring_lost(ring, more);
	logring_lost(ring, more);
	expect("b", 2, 40, 601);
}

#define TEST(f)	cmocka_unit_test_teardown(f, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_come_out_whole_and_in_order),
		TEST(what_matters_least_goes_first_and_of_that_the_oldest),
		TEST(every_priority_has_its_level),
		TEST(a_long_line_takes_the_place_of_several),
		TEST(room_that_was_made_is_used_again),
		TEST(what_others_lost_is_added),
	};

	return cmocka_run_group_tests_name("logring", tests, NULL, NULL);
}
