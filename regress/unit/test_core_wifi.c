/* SPDX-License-Identifier: ISC */
/*
 * Stations of radios: an association may stand where nobody is any more, and
 * a station may sleep, come back without a word, or flap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

static struct node	*a, *b;

static int
setup(void **state)
{
	(void)state;
	a = node_new(1, "192.168.44.0/24");
	b = node_new(2, "192.168.44.0/24");
	peering(a, b, 5);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	node_free(a);
	node_free(b);
	return 0;
}

static struct ctl_station
show(struct node *node)
{
	struct ctl_cursor c;
	struct ctl_station s;

	memset(&c, 0, sizeof(c));
	assert_int_equal(core_show_station(node->core, &c, &s, now), 1);
	return s;
}

static int
warnings(const struct node *node, const char *about)
{
	int i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_LOG &&
		    strstr(node->seen[i].text, about) != NULL;
	return n;
}

static const struct disassociate *
last_drop(const struct node *node)
{
	int i;

	for (i = node->n; i-- > 0;)
		if (node->seen[i].type == EFFECT_DISASSOCIATE)
			return &node->seen[i].drop;
	return NULL;
}

/* Let time pass, with this answer to each inquiry. */
static void
pass_with(struct node *node, int64_t ms, enum sighting_kind answer)
{
	int before;

	for (; ms > 0; ms -= 100) {
		before = count(node, EFFECT_INQUIRY);
		pass(node, 100);
		if (count(node, EFFECT_INQUIRY) > before)
			sight(node, 1, answer);
	}
}

static void
a_station_that_neither_answers_nor_acknowledges_is_gone(void **state)
{
	struct addr addr = join(a, 1);
	int asked = count(a, EFFECT_PROBE);	/* when it came */

	(void)state;
	pass_with(a, 30000, SIGHTING_NO_ACK);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	pass_with(a, 5000, SIGHTING_NO_ACK);
	assert_int_equal(route_of(a, &addr), ROUTE_NONE);
	assert_int_equal(count(a, EFFECT_PROBE), asked + 3);
	assert_non_null(last_drop(a));
	assert_int_equal(last_drop(a)->silent, 1);
	assert_int_equal(show(a).here, 0);
}

/* It is not thrown out for being deaf to ARP; but not kept for ever. */
static void
a_sleeping_station_is_kept_for_ten_intervals(void **state)
{
	struct addr addr = join(a, 1);

	(void)state;
	pass(a, 290000);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	pass(a, 40000);
	assert_int_equal(route_of(a, &addr), ROUTE_NONE);
}

static void
a_station_whose_frames_the_radio_counts_is_alive(void **state)
{
	struct addr addr = join(a, 1);

	(void)state;
	pass_with(a, 500000, SIGHTING_ACTIVE);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	assert_int_equal(show(a).here, 1);
}

static void
a_station_that_wakes_is_here_with_its_first_frame(void **state)
{
	struct addr addr = join(a, 1);

	(void)state;
	pass_with(a, 40000, SIGHTING_NO_ACK);
	assert_int_equal(route_of(a, &addr), ROUTE_NONE);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
}

/* Without hostapd nothing ends a stale association. */
static void
a_return_that_no_event_tells_is_seen_by_its_frames(void **state)
{
	struct addr addr = join(a, 1);

	(void)state;
	carry(a, b, 5);
	pass(a, 5000);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	/* What was under way when it left does not bring it back. */
	pass(a, 50);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	/* Long after, what comes through its association does. */
	pass(a, 300000);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	carry(a, b, 5);
	assert_int_equal(route_of(b, &addr), ROUTE_DIRECT);
}

/* We were away while it came; it slept, and then has something to say. */
static void
a_station_found_at_start_speaks_up_late(void **state)
{
	struct addr addr = join(b, 1);

	(void)state;
	carry(a, b, 5);
	sight(a, 1, SIGHTING_PRESENT);
	pass(a, 200000);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
}

/* hostapd begins anew: the keys are there a handshake later. */
static void
an_association_anew_is_no_departure(void **state)
{
	struct addr addr = join(a, 1);
	struct ctl_station s = show(a);
	uint32_t seqno = s.seqno;

	(void)state;
	pass(a, 5000);
	sight(a, 1, SIGHTING_LEFT);
	pass(a, 700);
	sight(a, 1, SIGHTING_JOINED);
	pass(a, 5000);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	/* nothing was flooded */
	assert_int_equal(show(a).seqno, seqno);
	sight(a, 1, SIGHTING_LEFT);
	pass(a, 1100);
	assert_int_equal(route_of(a, &addr), ROUTE_NONE);
}

static void
an_association_that_has_ended_brings_nobody_back(void **state)
{
	struct addr addr = join(a, 1);

	(void)state;
	carry(a, b, 5);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	sight(a, 1, SIGHTING_LEFT);
	pass(a, 10000);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
}

static void
a_stale_association_is_dropped_silently(void **state)
{
	(void)state;
	join(a, 1);
	carry(a, b, 5);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	pass(a, 10000);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	assert_int_equal(last_drop(a)->silent, 1);
}

/* An operator's wish is one that the station must notice. */
static void
the_operator_needs_hostapd(void **state)
{
	struct mac mac = station(1);
	struct link link;

	(void)state;
	assert_int_equal(core_disassociate(a->core, "", &mac, now), -1);
	join(a, 1);
	assert_int_equal(core_disassociate(a->core, "", &mac, now), -2);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
	memset(&link, 0, sizeof(link));
	link.ifindex = IFINDEX;
	link.up = link.drops = 1;
	link.source = SOURCE_NL80211;
	core_link(a->core, &link, now);
	assert_int_equal(core_disassociate(a->core, "", &mac, now), 0);
	assert_int_equal(last_drop(a)->silent, 0);
}

/* Ports of a bridge and access points may be of one interface. */
static void
each_port_is_handled_by_its_kind(void **state)
{
	(void)state;
	sight_by(a, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	obtain(a, 1);
	carry(a, b, 5);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	/* A bridge forgets at once, a radio later. */
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	sight(a, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	assert_int_equal(count(b, EFFECT_DISASSOCIATE), 0);
}

static void
roam(struct node *to, int64_t ms)
{
	pass(to, ms);
	sight(to, 1, SIGHTING_JOINED);
	carry(a, b, 5);
}

static void
a_station_that_flaps_is_reachable_where_it_is(void **state)
{
	struct addr addr = join(a, 1);
	int i;

	(void)state;
	carry(a, b, 5);
	for (i = 0; i < 40; i++) {
		roam(i % 2 ? a : b, 400);
		assert_int_equal(route_of(i % 2 ? a : b, &addr), ROUTE_LOCAL);
		assert_int_equal(route_of(i % 2 ? b : a, &addr), ROUTE_DIRECT);
	}
	assert_int_equal(warnings(a, "flaps"), 1);
	assert_int_equal(warnings(b, "flaps"), 1);
	assert_int_equal(show(a).flapping, 1);
	assert_in_range(show(a).moves, 8, 60);
	pass(a, 120000);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(show(a).flapping, 0);
	assert_int_equal(show(a).moves, 0);
	/* It may do it again, and that is said again. */
	for (i = 0; i < 20; i++)
		roam(i % 2 ? a : b, 400);
	assert_int_equal(warnings(a, "flaps"), 2);
}

/* A bridge forgets one that flaps a second after it was lost. */
static void
a_bridge_forgets_one_that_flaps_after_a_second(void **state)
{
	int i, before;

	(void)state;
	for (i = 0; i < 20; i++) {
		pass(a, 600);
		sight_by(a, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		carry(a, b, 5);
		if (i == 19)
			break;
		pass(b, 600);
		sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		carry(a, b, 5);
	}
	assert_int_equal(show(a).flapping, 1);
	sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	carry(a, b, 5);
	before = count(a, EFFECT_DISASSOCIATE);
	pass(a, 900);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), before);
	pass(a, 200);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), before + 1);
}

/* It was asked as any other, so that its answer counts as any other's. */
static void
the_move_that_makes_it_flap_is_answered_at_once(void **state)
{
	struct addr addr = join(a, 1);
	int i, asked = 0;

	(void)state;
	carry(a, b, 5);
	for (i = 0; !show(a).flapping; i++) {
		assert_in_range(i, 0, 20);
		asked = count(a, EFFECT_PROBE);
		roam(i % 2 ? a : b, 400);
	}
	assert_int_equal(i % 2, 1);
	assert_int_equal(count(a, EFFECT_PROBE), asked + 1);
	pass(a, 200);
	hear(a, 1, HEARD_ARP_REPLY, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	pass(a, 5000);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
}

static void
a_station_that_walks_does_not_flap(void **state)
{
	int i;

	(void)state;
	join(a, 1);
	carry(a, b, 5);
	for (i = 0; i < 100; i++)
		roam(i % 2 ? a : b, 6000);
	assert_int_equal(warnings(a, "flaps"), 0);
	assert_int_equal(show(a).flapping, 0);
}

/*
 * Both answer whenever they are asked: reported, and not fought over as fast
 * as they answer.
 */
static void
two_stations_with_one_address_are_reported(void **state)
{
	struct addr addr = join(a, 1);
	int before, i, claims = 0;

	(void)state;
	carry(a, b, 5);
	pass(a, 200);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	for (i = 0; i < 1000; i++) {
		before = count(a, EFFECT_ROUTE) + count(b, EFFECT_ROUTE);
		pass(a, 10);
		core_tick(b->core, now);
		hear(a, 1, HEARD_ARP_REPLY, &addr);
		hear(b, 1, HEARD_ARP_REPLY, &addr);
		carry(a, b, 5);
		claims += count(a, EFFECT_ROUTE) + count(b, EFFECT_ROUTE) >
		    before;
	}
	assert_int_equal(warnings(a, "two stations with one address"), 1);
	assert_in_range(claims, 3, 40);		/* in ten seconds */
}

/*
 * A station holds itself for authorised some moments after its access point
 * does, and hears nothing before.  The next word on its gateway must not be
 * long then; but not many are said in all.
 */
static void
a_station_that_is_late_to_hear_is_told_soon(void **state)
{
	monotime_t begin;
	int64_t said[16], late;
	int i, n = 0;

	(void)state;
	obtain(a, 1);
	carry(a, b, 5);
	begin = now;
	sight(b, 1, SIGHTING_JOINED);
	pass(b, 2000);
	for (i = 0; i < b->n; i++)
		if (b->seen[i].type == EFFECT_ANNOUNCE) {
			assert_in_range(n, 0, 15);
			said[n++] = monotime_ms(begin, b->seen[i].at);
		}
	assert_in_range(n, 4, 10);
	assert_int_equal(said[0], 0);
	for (late = 1, i = 1; late <= 50; late++) {
		while (i < n && said[i] < late)
			i++;
		assert_true(i < n && said[i] - late < (late <= 40 ? 8 : 16));
	}
	assert_in_range(said[n - 1], 900, 2000);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_station_that_neither_answers_nor_acknowledges_is_gone),
		TEST(a_sleeping_station_is_kept_for_ten_intervals),
		TEST(a_station_whose_frames_the_radio_counts_is_alive),
		TEST(a_station_that_wakes_is_here_with_its_first_frame),
		TEST(a_return_that_no_event_tells_is_seen_by_its_frames),
		TEST(a_station_found_at_start_speaks_up_late),
		TEST(an_association_anew_is_no_departure),
		TEST(an_association_that_has_ended_brings_nobody_back),
		TEST(a_stale_association_is_dropped_silently),
		TEST(the_operator_needs_hostapd),
		TEST(each_port_is_handled_by_its_kind),
		TEST(a_station_that_flaps_is_reachable_where_it_is),
		TEST(a_bridge_forgets_one_that_flaps_after_a_second),
		TEST(the_move_that_makes_it_flap_is_answered_at_once),
		TEST(a_station_that_walks_does_not_flap),
		TEST(two_stations_with_one_address_are_reported),
		TEST(a_station_that_is_late_to_hear_is_told_soon),
	};

	return cmocka_run_group_tests_name("core_wifi", tests, NULL, NULL);
}
