/* SPDX-License-Identifier: ISC */
/* Timers, in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/container_of.h"
#include "common/timer.h"

#define TIMERS	300
#define STEPS	20000

/* What the queue must agree with: a due time per timer, -1 when not set. */
static struct timer	timers[TIMERS];
static int64_t		model[TIMERS];

static uint64_t
next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 33;
}

static int64_t
model_first(void)
{
	int64_t first = INT64_MAX;
	int i;

	for (i = 0; i < TIMERS; i++)
		if (model[i] != -1 && model[i] < first)
			first = model[i];
	return first;
}

/* Takes all that is due out of both, in order. */
static void
expire_all(struct timerq *q, int64_t now)
{
	struct timer *timer;
	int64_t last = 0;

	while ((timer = timerq_expire(q, (monotime_t){ now })) != NULL) {
		ptrdiff_t i = timer - timers;

		assert_int_equal(timer->due.us, model[i]);
		assert_true(timer->due.us >= last);
		assert_false(timer_is_set(timer));
		last = timer->due.us;
		model[i] = -1;
	}
	assert_true(model_first() > now);
}

static void
run_against_model(uint64_t start)
{
	struct timerq q = { 0 };
	uint64_t seed = start;
	int64_t now = 0;
	int step, i;

	for (i = 0; i < TIMERS; i++) {
		timer_init(&timers[i], i);
		model[i] = -1;
	}
	for (step = 0; step < STEPS; step++) {
		i = next_random(&seed) % TIMERS;
		switch (next_random(&seed) % 8) {
		case 0:
			timer_clear(&q, &timers[i]);
			model[i] = -1;
			break;
		case 1:
			now += next_random(&seed) % 50;
			expire_all(&q, now);
			break;
		default:
			model[i] = now + next_random(&seed) % 1000;
			assert_int_equal(timer_set(&q, &timers[i],
			    (monotime_t){ model[i] }), 0);
			break;
		}
		assert_int_equal(timer_is_set(&timers[i]), model[i] != -1);
		assert_int_equal(timers[i].kind, i);
		assert_int_equal(timerq_due(&q).us, model_first());
	}
	expire_all(&q, INT64_MAX - 1);
	assert_int_equal(q.len, 0);
	timerq_free(&q);
}

static void
random_operations_agree_with_a_model(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 10; seed++) {
		print_message("seed %d\n", (int)seed);
		run_against_model(seed);
	}
}

static void
an_empty_queue_is_never_due(void **state)
{
	struct timerq q = { 0 };
	struct timer timer;

	(void)state;
	timer_init(&timer, 7);
	assert_false(timer_is_set(&timer));
	assert_true(monotime_is_never(timerq_due(&q)));
	assert_null(timerq_expire(&q, (monotime_t){ 5 }));
	assert_null(timerq_peek(&q, 0));
	timer_clear(&q, &timer);
	timerq_free(&q);
}

static void
a_timer_is_due_at_its_time_and_not_before(void **state)
{
	struct timerq q = { 0 };
	struct timer timer;

	(void)state;
	timer_init(&timer, 7);
	assert_int_equal(timer_set(&q, &timer, (monotime_t){ 100 }), 0);
	assert_null(timerq_expire(&q, (monotime_t){ 99 }));
	assert_ptr_equal(timerq_expire(&q, (monotime_t){ 100 }), &timer);
	assert_null(timerq_expire(&q, (monotime_t){ 100 }));
	timerq_free(&q);
}

static void
setting_again_moves_the_same_timer(void **state)
{
	struct timerq q = { 0 };
	struct timer a, b;

	(void)state;
	timer_init(&a, 0);
	timer_init(&b, 1);
	timer_set(&q, &a, (monotime_t){ 10 });
	timer_set(&q, &b, (monotime_t){ 20 });
	timer_set(&q, &a, (monotime_t){ 30 });
	assert_int_equal(q.len, 2);
	assert_ptr_equal(timerq_expire(&q, (monotime_t){ 50 }), &b);
	assert_ptr_equal(timerq_expire(&q, (monotime_t){ 50 }), &a);
	timerq_free(&q);
}

struct thing {
	int		name;
	struct timer	timer;
};

static void
what_is_due_first_is_seen_and_stays_set(void **state)
{
	struct timerq q = { 0 };
	struct thing a = { .name = 1 }, b = { .name = 2 };

	(void)state;
	timer_set(&q, &a.timer, (monotime_t){ 20 });
	timer_set(&q, &b.timer, (monotime_t){ 10 });
	assert_int_equal(container_of(timerq_peek(&q, 0), struct thing,
	    timer)->name, 2);
	assert_int_equal(container_of(timerq_peek(&q, 1), struct thing,
	    timer)->name, 1);
	assert_null(timerq_peek(&q, 2));
	assert_true(timer_is_set(&b.timer));
	timerq_free(&q);
}

static void
adding_to_a_time_stays_within_its_range(void **state)
{
	static const struct {
		int64_t from, ms, want;
	} rows[] = {
		{ 1000, 5, 6000 },
		{ 1000, -1, 0 },
		{ 1000, -2, 0 },
		{ 1000, INT64_MAX, INT64_MAX },
		{ 1000, INT64_MIN, 0 },
		{ INT64_MAX, -5, INT64_MAX },
		{ INT64_MAX - 1, 1, INT64_MAX }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(monotime_add((monotime_t){ rows[i].from },
		    rows[i].ms).us, rows[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_queue_is_never_due),
		cmocka_unit_test(a_timer_is_due_at_its_time_and_not_before),
		cmocka_unit_test(setting_again_moves_the_same_timer),
		cmocka_unit_test(what_is_due_first_is_seen_and_stays_set),
		cmocka_unit_test(random_operations_agree_with_a_model),
		cmocka_unit_test(adding_to_a_time_stays_within_its_range)
	};

	return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
