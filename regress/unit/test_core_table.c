/* SPDX-License-Identifier: ISC */
/*
 * The order of versions, and what sessions are sent of the table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/core.h"
#include "regress/fake_signer.h"
#include "table/order.h"
#include "table/state.h"
#include "table/table.h"

#define NVERSIONS	5

static const struct router_id	self = { { 2, 0, 0, 0, 0, 0, 0, 1 } };
static int			woken;
static struct sign_router	asked;

static void
effect(void *arg, const struct effect *e)
{
	(void)arg;
	if (e->type == EFFECT_PEER_WAKE)
		woken++;
	if (e->type == EFFECT_SIGN_ROUTER)
		asked = *e->sign_router;
}

static uint32_t
draw(void *arg)
{
	(void)arg;
	return 4;
}

/* It says who it is. */
static void
speak(struct core *core)
{
	struct router_signature	s;

	core_tick(core, MONOTIME_ZERO);
	s = fake_sign_router(&self, &asked);
	core_router_signed(core, asked.seqno, &s, MONOTIME_ZERO);
}

static struct core *
make(void)
{
	struct core_ops	 ops = { effect, draw, FAKE_SIGNER, NULL };
	struct conf	*conf = conf_new();
	struct core	*core;

	assert_non_null(conf);
	core = fake_core(&ops, &self, conf, MONOTIME_ZERO);
	assert_non_null(core);
	conf_free(conf);
	speak(core);
	woken = 0;
	return core;
}

static struct update
opaque(uint8_t key, uint64_t seqno, uint32_t lifetime, const char *value)
{
	struct update	u;

	memset(&u, 0, sizeof(u));
	u.age = AGE_UNKNOWN;
	u.seqno = seqno;
	u.lifetime = lifetime;
	u.keylen = 2;
	u.vallen = (uint8_t)strlen(value);
	u.data[0] = 99;		/* a kind that nobody knows */
	u.data[1] = key;
	memcpy(u.data + 2, value, u.vallen);
	return u;
}

/* Whatever is compared, both sides see the same winner. */
static void
test_order_is_antisymmetric(void **state)
{
	static const uint64_t	 seqnos[] = { 0, 1, 0x8000, 0xffff, 0x10000,
				    UINT64_C(1) << 63, UINT64_MAX - 1,
				    UINT64_MAX };
	static const char *const values[] = { "", "a", "aa", "b", "ba" };
	size_t			 i, j, k, l, n = 0;
	int			 ab, ba;

	(void)state;
	for (i = 0; i < 8; i++)
		for (j = 0; j < 8; j++)
			for (k = 0; k < 5; k++)
				for (l = 0; l < 5; l++) {
					ab = claim_order(seqnos[i],
					    (const uint8_t *)values[k],
					    (uint8_t)strlen(values[k]),
					    seqnos[j],
					    (const uint8_t *)values[l],
					    (uint8_t)strlen(values[l]));
					ba = claim_order(seqnos[j],
					    (const uint8_t *)values[l],
					    (uint8_t)strlen(values[l]),
					    seqnos[i],
					    (const uint8_t *)values[k],
					    (uint8_t)strlen(values[k]));
					assert_int_equal(ab, -ba);
					if (ab == 0) {
						assert_int_equal(i, j);
						assert_int_equal(k, l);
						n++;
					}
				}
	assert_int_equal(n, 8 * 5);
}

static void
test_higher_seqno_wins_without_a_wrap(void **state)
{
	const uint8_t	v[1] = { 0 };

	(void)state;
	assert_true(claim_order(0xffff, v, 1, 0, v, 1) < 0);
	assert_true(claim_order(0x10000, v, 1, 0xffff, v, 1) < 0);
	assert_true(claim_order(5, v, 1, 4, v, 1) < 0);
	assert_true(claim_order(UINT64_MAX, v, 1, 0, v, 1) < 0);
}

static void
test_nowhere_yields_to_any_router(void **state)
{
	const uint8_t	v[8] = { 0 };

	(void)state;
	assert_true(claim_order(1, v, 8, 1, v, 0) < 0);
}

/* All orders of arrival of conflicting versions end the same. */
static void
test_arrival_order_does_not_matter(void **state)
{
	static const struct {
		uint64_t	 seqno;
		const char	*value;
	} v[NVERSIONS] = {
		{ 7, "bb" }, { 7, "ba" }, { 6, "zz" }, { 7, "b" }, { 7, "" }
	};
	int		 order[NVERSIONS], i, n, tmp, runs = 0;
	struct core	*core;
	struct ctl_cursor cursor;
	struct update	 u;
	uint32_t	 seed;

	(void)state;
	for (seed = 1; seed <= 200; seed++) {
		for (i = 0; i < NVERSIONS; i++)
			order[i] = i;
		srand(seed);
		for (i = NVERSIONS - 1; i > 0; i--) {
			n = rand() % (i + 1);
			tmp = order[i];
			order[i] = order[n];
			order[n] = tmp;
		}
		core = make();
		for (i = 0; i < NVERSIONS; i++) {
			/* Lifetimes that would say otherwise. */
			u = opaque(1, v[order[i]].seqno,
			    (uint32_t)(100 * (i + 1)), v[order[i]].value);
			core_update(core, 1, &u, MONOTIME_ZERO);
		}
		memset(&cursor, 0, sizeof(cursor));
		while (core_show_datum(core, &cursor, &u, MONOTIME_ZERO))
			if (u.data[0] == 99) {
				assert_int_equal(u.seqno, 7);
				assert_int_equal(u.vallen, 2);
				assert_memory_equal(u.data + 2, "bb", 2);
				runs++;
			}
		core_free(core);
	}
	assert_int_equal(runs, 200);
}

static int
drain(struct core *core, uint32_t peer, struct update *last)
{
	struct update	u;
	int		n = 0;

	while (core_peer_next(core, peer, &u, MONOTIME_ZERO)) {
		*last = u;
		n++;
	}
	return n;
}

static void
test_slow_peer_gets_only_the_last_change(void **state)
{
	struct core	*core = make();
	struct update	 u, last;
	uint64_t	 seqno;

	(void)state;
	core_peer_up(core, 1, false, MONOTIME_ZERO);
	assert_int_equal(drain(core, 1, &last), 0);
	woken = 0;
	for (seqno = 1; seqno <= 1000; seqno++) {
		u = opaque((uint8_t)(seqno % 3), seqno, 86400, "x");
		core_update(core, 2, &u, monotime_add(MONOTIME_ZERO,
		    (int64_t)seqno * 1000));
	}
	assert_int_equal(woken, 1);
	assert_int_equal(drain(core, 1, &last), 3);
	assert_int_equal(last.seqno, 1000);
	core_free(core);
}

static void
test_change_is_not_sent_back(void **state)
{
	struct core	*core = make();
	struct update	 u = opaque(1, 1, 60, "x"), last;

	(void)state;
	core_peer_up(core, 1, false, MONOTIME_ZERO);
	core_peer_up(core, 2, false, MONOTIME_ZERO);
	core_update(core, 1, &u, MONOTIME_ZERO);
	assert_int_equal(drain(core, 1, &last), 0);
	assert_int_equal(drain(core, 2, &last), 1);
	core_free(core);
}

static void
test_new_session_gets_all(void **state)
{
	struct core	*core = make();
	struct update	 u, last;
	int		 i;

	(void)state;
	for (i = 0; i < 100; i++) {
		u = opaque((uint8_t)i, 1, 60, "x");
		core_update(core, 1, &u, MONOTIME_ZERO);
	}
	core_peer_up(core, 2, false, MONOTIME_ZERO);
	assert_int_equal(drain(core, 2, &last), 100);
	core_peer_down(core, 2, MONOTIME_ZERO);
	core_peer_up(core, 3, true, MONOTIME_ZERO);
	/* And, with our extensions, who we are. */
	assert_int_equal(drain(core, 3, &last), 101);
	core_free(core);
}

static void
test_longer_value_keeps_its_place(void **state)
{
	struct core	*core = make();
	struct update	 u, last;

	(void)state;
	core_peer_up(core, 2, false, MONOTIME_ZERO);
	u = opaque(1, 1, 60, "x");
	core_update(core, 1, &u, MONOTIME_ZERO);
	u = opaque(1, 2, 60, "a much longer value than before");
	core_update(core, 1, &u, MONOTIME_ZERO);
	assert_int_equal(drain(core, 2, &last), 1);
	assert_int_equal(last.seqno, 2);
	assert_int_equal(last.vallen, u.vallen);
	assert_memory_equal(last.data, u.data, (size_t)u.keylen + u.vallen);
	core_free(core);
}

static void
test_rounded_lifetimes_are_not_passed_on(void **state)
{
	struct core	*core = make();
	struct update	 u = opaque(1, 1, 60, "x"), last;

	(void)state;
	core_peer_up(core, 2, false, MONOTIME_ZERO);
	core_update(core, 1, &u, MONOTIME_ZERO);
	assert_int_equal(drain(core, 2, &last), 1);
	u.lifetime = 61;
	core_update(core, 3, &u, MONOTIME_ZERO);
	assert_int_equal(drain(core, 2, &last), 0);
	u.lifetime = 90;
	core_update(core, 3, &u, MONOTIME_ZERO);
	assert_int_equal(drain(core, 2, &last), 1);
	core_free(core);
}

static struct update
lease(uint8_t i)
{
	struct update	u = { .keylen = 5, .vallen = 6, .lifetime = 60 };

	u.data[4] = i;
	u.data[5] = 2;
	u.data[10] = i;
	return u;
}

static void
test_table_has_a_ceiling(void **state)
{
	struct core_ops	 ops = { effect, draw, FAKE_SIGNER, NULL };
	struct conf	*conf = conf_new();
	struct ctl_status status;
	struct core	*core;
	struct update	 u;
	int		 i;

	(void)state;
	assert_non_null(conf);
	conf->global.max_data = 10;
	core = fake_core(&ops, &self, conf, MONOTIME_ZERO);
	conf_free(conf);
	speak(core);
	for (i = 0; i < 100; i++) {
		u = lease((uint8_t)i);
		core_update(core, 1, &u, MONOTIME_ZERO);
	}
	core_show_status(core, &status, MONOTIME_ZERO);
	assert_int_equal(status.data, 10);
	assert_int_equal(status.updates_dropped, 91);	/* one is ourselves */
	core_free(core);
}

/* A peer may say so of one MAC; it must not be lost while it has them. */
static void
test_station_with_very_many_leases(void **state)
{
	struct core		*core = make();
	struct ctl_cursor	 cursor;
	struct ctl_station	 station;
	struct update		 u;
	uint32_t		 i;
	int			 n = 0;

	(void)state;
	memset(&u, 0, sizeof(u));
	u.lifetime = 60;
	u.keylen = 5;
	u.vallen = 6;
	u.data[1] = 10;
	for (i = 0; i < 65536 + 1; i++) {
		u.data[2] = (uint8_t)(i >> 16);
		u.data[3] = (uint8_t)(i >> 8);
		u.data[4] = (uint8_t)i;
		u.data[5] = 2;
		core_update(core, 1, &u, MONOTIME_ZERO);
	}
	/* The last goes to another station. */
	u.seqno = 1;
	u.data[10] = 7;
	core_update(core, 1, &u, MONOTIME_ZERO);
	memset(&cursor, 0, sizeof(cursor));
	while (core_show_station(core, &cursor, &station, MONOTIME_ZERO))
		n += station.nprefixes > 0;
	assert_int_equal(n, 2);
	core_free(core);
}

/* Keys of all lengths, more than there are places in the index at first. */
static void
numbered(struct update *u, int i, uint64_t seqno)
{
	int	j;

	memset(u, 0, sizeof(*u));
	u->age = AGE_UNKNOWN;
	u->seqno = seqno;
	u->lifetime = i % 2 != 0 ? 10 : 1000;
	u->keylen = (uint8_t)(3 + i % 150);
	u->data[0] = 200;
	for (j = 1; j < u->keylen; j++)
		u->data[j] = (uint8_t)(j % 2 != 0 ? i >> 8 : i);
	u->vallen = (uint8_t)(seqno * 9);
}

static void
test_each_key_is_there_once_until_its_end(void **state)
{
	struct core	*core = make();
	struct datum	*d;
	struct update	 u;
	int		 i, round;

	(void)state;
	for (round = 1; round <= 3; round++)
		for (i = 0; i < 3000; i++) {
			numbered(&u, i, (uint16_t)round);
			assert_null(core_update(core, 1, &u, MONOTIME_ZERO));
		}
	assert_int_equal(core->ndata, 3001);
	assert_in_range(core->nindex, 3000, 6000);
	for (i = 0; i < 3000; i++) {
		numbered(&u, i, 3);
		d = table_find(core, u.data, u.keylen);
		assert_non_null(d);
		assert_int_equal(d->seqno, 3);
	}
	core_tick(core, monotime_add(MONOTIME_ZERO, 11000));
	assert_int_equal(core->ndata, 1501);
	for (i = 0; i < 3000; i++) {
		numbered(&u, i, 3);
		d = table_find(core, u.data, u.keylen);
		assert_int_equal(d != NULL, i % 2 == 0);
	}
	core_free(core);
}

/* Version 1 has no field for it. */
static void
test_age_is_told_to_extended_peers_only(void **state)
{
	monotime_t	 first = monotime_add(MONOTIME_ZERO, 60000);
	monotime_t	 later = monotime_add(first, 5000);
	struct core	*core = make();
	struct update	 u = opaque(1, 1, 60, "x");
	uint32_t	 peer;

	(void)state;
	core_peer_up(core, 1, 0, first);
	core_peer_up(core, 2, PEER_EXTENDED, first);
	u.age = 2000;
	core_update(core, 3, &u, first);
	for (peer = 1; peer <= 2; peer++)
		while (core_peer_next(core, peer, &u, later))
			if (u.data[0] == 99) {
				assert_int_equal(u.lifetime, 55);
				assert_int_equal(u.age, peer == 1 ?
				    AGE_UNKNOWN : 7000);
			}
	core_free(core);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_order_is_antisymmetric),
		cmocka_unit_test(test_higher_seqno_wins_without_a_wrap),
		cmocka_unit_test(test_nowhere_yields_to_any_router),
		cmocka_unit_test(test_arrival_order_does_not_matter),
		cmocka_unit_test(test_slow_peer_gets_only_the_last_change),
		cmocka_unit_test(test_change_is_not_sent_back),
		cmocka_unit_test(test_new_session_gets_all),
		cmocka_unit_test(test_longer_value_keeps_its_place),
		cmocka_unit_test(test_rounded_lifetimes_are_not_passed_on),
		cmocka_unit_test(test_table_has_a_ceiling),
		cmocka_unit_test(test_station_with_very_many_leases),
		cmocka_unit_test(test_each_key_is_there_once_until_its_end),
		cmocka_unit_test(test_age_is_told_to_extended_peers_only),
	};

	return cmocka_run_group_tests_name("core_table", tests, NULL, NULL);
}
