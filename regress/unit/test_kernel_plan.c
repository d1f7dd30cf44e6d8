/* SPDX-License-Identifier: ISC */
/* What is to be done in the kernel, by what is wanted and what is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/plan.h"

#define M1	{ { 2, 0, 0, 0, 0, 1 } }
#define M2	{ { 2, 0, 0, 0, 0, 2 } }
#define M0	{ { 0 } }
#define G0	{ { 0 } }
#define G1	{ { 0xfe, 0x80, [15] = 1 } }
#define G2	{ { 0xfe, 0x80, [15] = 2 } }

static void
wanted_places(void **state)
{
	static const struct {
		const char		*name;
		struct plan_facts	 facts;
		struct place		 want;
	} rows[] = {
		{ "local IPv4: all three places",
		  { true, true, 5, M1, 0, 10, 0, G0, 0 },
		  { 5, 10, 5, 0, 5, M1, G0, G0 } },
		{ "local IPv6 without a next hop: nobody is asked, so nowhere",
		  { true, false, 5, M1, 0, 10, 0, G0, 0 },
		  { 0, 0, 0, 0, 0, M0, G0, G0 } },
		{ "local IPv6: by its link-local address, in our table only",
		  { true, false, 5, M1, 0, 10, 0, G1, 0 },
		  { 5, 10, 5, 0, 0, M0, G1, G0 } },
		{ "local IPv4: has no such gateway",
		  { true, true, 5, M1, 0, 10, 0, G1, 0 },
		  { 5, 10, 5, 0, 5, M1, G0, G0 } },
		{ "elsewhere: nor has a route to another router",
		  { false, false, 0, M1, 77, 10, 0, G1, 0 },
		  { 0, 0, 0, 77, 0, M0, G0, G0 } },
		{ "local without MAC: likewise",
		  { true, true, 5, M0, 0, 10, 0, G0, 0 },
		  { 0, 0, 0, 0, 0, M0, G0, G0 } },
		{ "local on a link that is down: nowhere",
		  { true, true, 0, M1, 0, 10, 0, G0, 0 },
		  { 0, 0, 0, 0, 0, M0, G0, G0 } },
		{ "local again while draining: not demoted",
		  { true, true, 5, M1, 0, 10, 5, G0, 0 },
		  { 5, 10, 5, 0, 5, M1, G0, G0 } },
		{ "elsewhere: by the nexthop, in our table only",
		  { false, true, 0, M1, 77, 10, 0, G0, 0 },
		  { 0, 0, 0, 77, 0, M0, G0, G0 } },
		{ "elsewhere, draining: demoted in main, still for it alone",
		  { false, true, 0, M1, 0, 10, 5, G0, 0 },
		  { 5, 1010, 0, 0, 5, M1, G0, G0 } },
		{ "likewise, IPv6: by its link-local address",
		  { false, false, 0, M1, 0, 10, 5, G1, 0 },
		  { 5, 1010, 0, 0, 0, M0, G0, G1 } },
		{ "here, in a VRF: once",
		  { true, true, 5, M1, 0, 10, 0, G0, 1 },
		  { 0, 0, 5, 0, 5, M1, G0, G0 } },
		{ "likewise, IPv6", { true, false, 5, M1, 0, 10, 0, G1, 1 },
		  { 0, 0, 5, 0, 0, M0, G1, G0 } },
		{ "elsewhere, draining, in a VRF: demoted there",
		  { false, true, 0, M1, 0, 10, 5, G0, 1 },
		  { 5, 1010, 0, 0, 5, M1, G0, G0 } },
		{ "nowhere", { false, true, 0, M1, 0, 10, 0, G0, 0 },
		  { 0, 0, 0, 0, 0, M0, G0, G0 } },
	};
	struct place got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_want(&rows[i].facts, &got);
		if (memcmp(&got, &rows[i].want, sizeof(got)) != 0)
			fail_msg("%s", rows[i].name);
	}
}

static void
steps_from_have_to_want(void **state)
{
	static const struct {
		const char	*name;
		struct place	 have, want;
		const char	*steps;
	} rows[] = {
		{ "new local", { 0 }, { 5, 10, 5, 0, 5, M1, G0, G0 },
		  "neigh+5 table+5 main+5/10 " },
		{ "right already", { 5, 10, 5, 0, 5, M1, G0, G0 },
		  { 5, 10, 5, 0, 5, M1, G0, G0 }, "" },
		{ "nothing to nothing", { 0 }, { 0 }, "" },
		{ "another MAC: the entry is replaced",
		  { 5, 10, 5, 0, 5, M1, G0, G0 },
		  { 5, 10, 5, 0, 5, M2, G0, G0 }, "neigh+5 " },
		{ "roamed away: the table is replaced, not emptied",
		  { 5, 10, 5, 0, 5, M1, G0, G0 },
		  { 0, 0, 0, 77, 0, M0, G0, G0 },
		  "table+#77 main-5/10 neigh-5 " },
		{ "roamed back", { 0, 0, 0, 77, 0, M0, G0, G0 },
		  { 5, 10, 5, 0, 5, M1, G0, G0 },
		  "neigh+5 table+5 main+5/10 " },
		{ "to another router", { 0, 0, 0, 77, 0, M0, G0, G0 },
		  { 0, 0, 0, 79, 0, M0, G0, G0 }, "table+#79 " },
		{ "to another interface: make before break",
		  { 5, 10, 5, 0, 5, M1, G0, G0 },
		  { 6, 10, 6, 0, 6, M1, G0, G0 },
		  "neigh+6 table+6 main+6/10 main-5/10 neigh-5 " },
		{ "drain: demoted before the old one goes",
		  { 5, 10, 5, 0, 5, M1, G0, G0 },
		  { 5, 1010, 0, 0, 5, M1, G0, G0 },
		  "main+5/1010 main-5/10 table-5 " },
		{ "drain, IPv6: by its link-local address",
		  { 5, 10, 5, 0, 0, M0, G1, G0 },
		  { 5, 1010, 0, 0, 0, M0, G0, G1 },
		  "main+5/1010/1 main-5/10 table-5 " },
		{ "drained", { 5, 1010, 0, 0, 5, M1, G0, G0 }, { 0 },
		  "main-5/1010 neigh-5 " },
		{ "link-local address learned: the table alone is replaced",
		  { 5, 10, 5, 0, 0, M0, G0, G0 },
		  { 5, 10, 5, 0, 0, M0, G1, G0 },
		  "table+5 " },
		{ "another link-local address",
		  { 5, 10, 5, 0, 0, M0, G1, G0 },
		  { 5, 10, 5, 0, 0, M0, G2, G0 },
		  "table+5 " },
		{ "router lost", { 0, 0, 0, 77, 0, M0, G0, G0 }, { 0 },
		  "table-#77 " },
	};
	struct plan_step s[PLAN_MAX];
	char got[200];
	unsigned int n, j;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = plan_steps(&rows[i].want, &rows[i].have, s);
		got[0] = '\0';
		for (j = 0; j < n; j++) {
			char text[40];
			static const char *const names[] = { "neigh+",
			    "table+", "main+", "main-", "table-", "neigh-" };

			if (s[j].nhid != 0)
				snprintf(text, sizeof(text), "%s#%u ",
				    names[s[j].op], s[j].nhid);
			else if (!addr_is_none(&s[j].gateway) &&
			    s[j].metric != 0)
				snprintf(text, sizeof(text), "%s%u/%u/%u ",
				    names[s[j].op], s[j].ifindex,
				    s[j].metric, s[j].gateway.octet[15]);
			else if (s[j].metric != 0)
				snprintf(text, sizeof(text), "%s%u/%u ",
				    names[s[j].op], s[j].ifindex,
				    s[j].metric);
			else
				snprintf(text, sizeof(text), "%s%u ",
				    names[s[j].op], s[j].ifindex);
			strcat(got, text);
		}
		if (strcmp(got, rows[i].steps) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", rows[i].name, got,
			    rows[i].steps);
	}
}

static void
a_dump_against_what_is_believed(void **state)
{
	static const struct place local = { 5, 10, 5, 0, 5, M1, G0, G0 };
	static const struct place direct = { 0, 0, 0, 77, 0, M0, G0, G0 };
	static const struct {
		const char		*name;
		const struct place	*have;
		bool			 in_main;
		uint32_t		 ifindex, metric, nhid;
		uint8_t			 seen;
		enum plan_found		 result;
		uint8_t			 seen_after;
	} rows[] = {
		{ "main as believed", &local, true, 5, 10, 0, 0,
		  PLAN_KNOWN, PLAN_SEEN_MAIN },
		{ "main on another interface", &local, true, 6, 10, 0, 0,
		  PLAN_EXTRA, 0 },
		{ "main with another metric", &local, true, 5, 1010, 0, 0,
		  PLAN_EXTRA, 0 },
		{ "main twice", &local, true, 5, 10, 0, PLAN_SEEN_MAIN,
		  PLAN_EXTRA, PLAN_SEEN_MAIN },
		{ "main, nothing believed", &direct, true, 5, 10, 0, 0,
		  PLAN_NEWS, 0 },
		{ "table as believed", &local, false, 5, 1024, 0, 0,
		  PLAN_KNOWN, PLAN_SEEN_TABLE },
		{ "table by a nexthop, its interface aside", &direct, false,
		  9, 1024, 77, 0, PLAN_KNOWN, PLAN_SEEN_TABLE },
		{ "table by another nexthop", &direct, false, 9, 1024, 79, 0,
		  PLAN_EXTRA, 0 },
		{ "table by a nexthop on the believed interface", &local,
		  false, 5, 1024, 77, 0, PLAN_EXTRA, 0 },
		{ "table by interface, a nexthop believed", &direct, false,
		  9, 1024, 0, 0, PLAN_EXTRA, 0 },
	};
	uint8_t seen;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		seen = rows[i].seen;
		if (plan_found(rows[i].have, rows[i].in_main, rows[i].ifindex,
		    rows[i].metric, rows[i].nhid, &addr_none, &seen) !=
		    rows[i].result ||
		    seen != rows[i].seen_after)
			fail_msg("%s", rows[i].name);
	}
}

/* In main it is without one, whatever our table has. */
static void
a_gateway_counts_in_our_table(void **state)
{
	static const struct place via = { 5, 10, 5, 0, 0, M0, G1, G0 };
	static const struct addr g1 = G1, g2 = G2;
	uint8_t seen = 0;

	(void)state;
	assert_int_equal(plan_found(&via, false, 5, 1024, 0, &g2, &seen),
	    PLAN_EXTRA);
	assert_int_equal(plan_found(&via, false, 5, 1024, 0, &addr_none,
	    &seen), PLAN_EXTRA);
	assert_int_equal(plan_found(&via, false, 5, 1024, 0, &g1, &seen),
	    PLAN_KNOWN);
	assert_int_equal(plan_found(&via, true, 5, 10, 0, &addr_none, &seen),
	    PLAN_KNOWN);
}

static void
what_is_missing_is_forgotten(void **state)
{
	struct place p = { 5, 10, 5, 0, 5, M1, G0, G0 };

	(void)state;
	assert_int_equal(plan_missing(&p, PLAN_SEEN_MAIN | PLAN_SEEN_TABLE |
	    PLAN_SEEN_NEIGH), 0);
	assert_int_equal(plan_missing(&p, PLAN_SEEN_MAIN | PLAN_SEEN_TABLE),
	    PLAN_SEEN_NEIGH);
	assert_int_equal(p.neigh_ifindex, 0);
	assert_int_equal(p.ifindex, 5);
	assert_int_equal(plan_missing(&p, PLAN_SEEN_MAIN), PLAN_SEEN_TABLE);
	assert_int_equal(p.main_ifindex, 5);
	assert_int_equal(p.ifindex, 0);
	assert_int_equal(plan_missing(&p, PLAN_SEEN_MAIN), 0);
	assert_int_equal(plan_missing(&p, 0), PLAN_SEEN_MAIN);
	assert_int_equal(p.main_ifindex, 0);
}

static void
nexthops_by_family(void **state)
{
	struct plan_reach no = { 0 };
	struct plan_reach by4 = { 1, { { { { 0 } }, 3, 1 } } };
	struct plan_reach via6 = { 1,
	    { { { { 0xfe, 0x80, [15] = 2 } }, 4, 1 } } };
	struct plan_reach mixed = { 2, { by4.leg[0], via6.leg[0] } };
	struct plan_reach out;

	(void)state;
	assert_int_equal(addr_parse("10.0.0.2", &by4.leg[0].gateway), 0);
	mixed.leg[0] = by4.leg[0];
	/* Each family takes its own answer. */
	assert_true(plan_nexthop(true, &by4, &via6, &out));
	assert_int_equal(out.leg[0].ifindex, 3);
	assert_true(plan_nexthop(false, &by4, &via6, &out));
	assert_int_equal(out.leg[0].ifindex, 4);
	/* IPv4 goes through an IPv6 gateway, IPv6 not through an IPv4 one. */
	assert_true(plan_nexthop(true, &no, &via6, &out));
	assert_int_equal(out.leg[0].ifindex, 4);
	assert_false(plan_nexthop(false, &by4, &no, &out));
	/* An IPv4 address reached by an IPv6 gateway serves both. */
	assert_true(plan_nexthop(false, &via6, &no, &out));
	assert_int_equal(out.leg[0].ifindex, 4);
	assert_false(plan_nexthop(true, &no, &no, &out));
	/* Each family takes the legs that it can; one and the same once. */
	assert_true(plan_nexthop(true, &mixed, &no, &out));
	assert_int_equal(out.n, 2);
	assert_true(plan_nexthop(false, &mixed, &no, &out));
	assert_int_equal(out.n, 1);
	assert_int_equal(out.leg[0].ifindex, 4);
	mixed.leg[1] = by4.leg[0];
	assert_true(plan_nexthop(true, &mixed, &no, &out));
	assert_int_equal(out.n, 1);
}

#define LEG(n)	{ G1, (n), 1 }

/* A leg that stays keeps its place, so that its flows stay on it. */
static void
legs_keep_their_places(void **state)
{
	static const struct plan_leg none = { .ifindex = 0 };
	struct plan_leg place[PLAN_LEGS] = { LEG(1), LEG(2), LEG(3) };
	struct plan_reach want = { 3, { LEG(3), LEG(1), LEG(7) } };
	bool changed[PLAN_LEGS];
	unsigned int i;

	(void)state;
	plan_places(place, &want, changed);
	assert_int_equal(place[0].ifindex, 1);
	assert_int_equal(place[1].ifindex, 7);
	assert_int_equal(place[2].ifindex, 3);
	for (i = 0; i < PLAN_LEGS; i++)
		assert_int_equal(changed[i], i == 1);
	/* Another weight is another leg. */
	want.leg[2].weight = 2;
	plan_places(place, &want, changed);
	assert_int_equal(place[1].weight, 2);
	assert_true(changed[1] && !changed[0] && !changed[2]);
	want.n = 1;
	plan_places(place, &want, changed);
	assert_true(changed[0] && changed[1] && !changed[2]);
	assert_memory_equal(&place[0], &none, sizeof(none));
	assert_memory_equal(&place[1], &none, sizeof(none));
	plan_places(place, &want, changed);
	for (i = 0; i < PLAN_LEGS; i++)
		assert_false(changed[i]);
	/* All places taken, by others. */
	want.n = PLAN_LEGS;
	for (i = 0; i < PLAN_LEGS; i++)
		want.leg[i] = (struct plan_leg)LEG(20 + i);
	plan_places(place, &want, changed);
	for (i = 0; i < PLAN_LEGS; i++)
		assert_true(changed[i] && place[i].ifindex >= 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wanted_places),
		cmocka_unit_test(steps_from_have_to_want),
		cmocka_unit_test(a_dump_against_what_is_believed),
		cmocka_unit_test(a_gateway_counts_in_our_table),
		cmocka_unit_test(what_is_missing_is_forgotten),
		cmocka_unit_test(nexthops_by_family),
		cmocka_unit_test(legs_keep_their_places),
	};

	return cmocka_run_group_tests_name("kernel_plan", tests, NULL, NULL);
}
