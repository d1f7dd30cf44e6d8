/* SPDX-License-Identifier: ISC */
/*
 * A station whose MAC address another uses, at another router, interface or
 * port: it keeps what it answers for, and is followed when it really moves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define STEP_MS		5	/* a question, and an answer, takes as long */
#define PORT2		12

static struct node	*a, *b;
static struct addr	 addr;

/* Where one answers: a node and a port (0: any), or NULL. */
struct host {
	struct node	*at;
	uint32_t	 port;
	int		 from;		/* effects of it seen so far */
};

static int
setup(void **state)
{
	(void)state;
	a = node_new(1, "192.168.44.0/24");
	b = node_new(2, "192.168.44.0/24");
	peering(a, b, 5);
	sight_by(a, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	addr = obtain(a, 1);
	carry(a, b, 5);
	pass(a, 10000);
	pass(b, 0);
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

static void
sight_at(struct node *node, uint32_t port, enum station_source source,
    int isolated)
{
	struct sighting	s;

	memset(&s, 0, sizeof(s));
	s.ifindex = IFINDEX;
	s.port = port;
	s.kind = SIGHTING_JOINED;
	s.source = (uint8_t)source;
	s.isolated = (uint8_t)isolated;
	s.mac = station(1);
	core_sighting(node->core, &s, now);
}

static void
move_host(struct host *h, struct node *to)
{
	h->at = to;
	h->from = to != NULL ? to->n : 0;
}

/* Its answers to what it was asked. */
static void
answer(struct host *h)
{
	const struct seen	*seen;
	int			 n = h->at != NULL ? h->at->n : 0;

	for (; h->from < n; h->from++) {
		seen = &h->at->seen[h->from];
		if (seen->type == EFFECT_PROBE && (h->port == 0 ||
		    seen->probe.port == 0 || seen->probe.port == h->port))
			hear(h->at, 1, HEARD_ARP_REPLY, &addr);
	}
}

static void
step(struct host *victim, struct host *thief)
{
	now = monotime_add(now, STEP_MS);
	core_tick(a->core, now);
	core_tick(b->core, now);
	answer(victim);
	answer(thief);
	carry(a, b, 5);
}

/* Of so many ms, those in which all is sent to the node. */
static int64_t
served(struct node *node, struct host *victim, struct host *thief, int64_t ms,
    int every, struct node *robber)
{
	int64_t	t, good = 0;

	for (t = 0; t < ms; t += STEP_MS) {
		if (robber != NULL && t % every == 0)
			sight_by(robber, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		carry(a, b, 5);
		step(victim, thief);
		if (route_of(node, &addr) == ROUTE_LOCAL &&
		    route_of(node == a ? b : a, &addr) == ROUTE_DIRECT)
			good += STEP_MS;
	}
	return good;
}

static int
warnings(const struct node *node, const char *about)
{
	int	i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_LOG &&
		    strstr(node->seen[i].text, about) != NULL;
	return n;
}

static struct ctl_status
status(struct node *node)
{
	struct ctl_status	s;

	core_show_status(node->core, &s, now);
	return s;
}

static const struct pin *
last_pin(const struct node *node)
{
	int	n = node->n;

	while (n-- > 0)
		if (node->seen[n].type == EFFECT_PIN)
			return &node->seen[n].pin;
	return NULL;
}

static void
one_frame_is_answered_where_the_station_was(void **state)
{
	struct host	victim = { .port = 0 }, nobody = { .port = 0 };

	(void)state;
	move_host(&victim, a);
	sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	carry(a, b, 5);
	assert_int_equal(route_of(b, &addr), ROUTE_LOCAL);
	assert_in_range(served(a, &victim, &nobody, 1000, 1, NULL), 980, 1000);
}

static void
one_that_has_moved_stays_where_it_is(void **state)
{
	struct host	victim = { .port = 0 }, nobody = { .port = 0 };

	(void)state;
	move_host(&victim, b);
	sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	assert_in_range(served(b, &victim, &nobody, 10000, 1, NULL), 9990,
	    10000);
	assert_int_equal(status(a).reclaimed, 0);
}

static void
robbed(int every, int64_t least)
{
	struct host	victim = { .port = 0 }, nobody = { .port = 0 };
	uint64_t	before;

	move_host(&victim, a);
	before = status(b).updates_in;
	assert_in_range(served(a, &victim, &nobody, 58000, every, b), least,
	    58000);
	/* An exchange a second at most: theirs, ours. */
	assert_in_range(status(b).updates_in - before, 1, 60);
	/* Both routers name the place of the other, once a minute. */
	assert_int_equal(warnings(a, "two stations with one address"), 1);
	assert_int_equal(warnings(b, "two stations with one address"), 1);
	assert_int_equal(status(a).duplicates, 1);
	assert_in_range(status(a).reclaimed, 2, 60);
}

static void
a_frame_a_second_steals_nothing_for_long(void **state)
{
	(void)state;
	robbed(1000, 57500);
}

static void
twenty_frames_a_second_do_not_either(void **state)
{
	(void)state;
	robbed(50, 57500);
}

/* As strong as the station itself: both are served, and nothing is flooded. */
static void
a_thief_that_answers_does_not_win(void **state)
{
	struct host	victim = { .port = 0 }, thief = { .port = 0 };
	uint64_t	before;

	(void)state;
	move_host(&victim, a);
	move_host(&thief, b);
	before = status(b).updates_in + status(a).updates_in;
	assert_in_range(served(a, &victim, &thief, 58000, 50, b), 50000,
	    58000);
	assert_in_range(status(b).updates_in + status(a).updates_in - before,
	    1, 58 * 3);
}

static void
one_that_moves_out_of_a_theft_is_followed(void **state)
{
	struct host	victim = { .port = 0 }, nobody = { .port = 0 };
	int		i;

	(void)state;
	move_host(&victim, a);
	(void)served(a, &victim, &nobody, 10000, 200, b);
	for (i = 0; i < 4; i++) {
		/* The thief goes on where the station was, and is. */
		move_host(&victim, i % 2 ? a : b);
		sight_by(i % 2 ? a : b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		assert_in_range(served(i % 2 ? a : b, &victim, &nobody, 10000,
		    200, i % 2 ? b : a), 8500, 10000);
	}
}

static void
a_radio_that_reports_it_is_believed_at_once(void **state)
{
	struct host	victim = { .port = 0 }, nobody = { .port = 0 };

	(void)state;
	move_host(&victim, a);
	(void)served(a, &victim, &nobody, 5000, 200, b);
	sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	sight_by(b, 1, SIGHTING_JOINED, SOURCE_NL80211);
	assert_int_equal(route_of(b, &addr), ROUTE_LOCAL);
}

static int
asked_at(const struct node *node, uint32_t port)
{
	int	i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_PROBE &&
		    node->seen[i].probe.port == port;
	return n;
}

/* The bridge sends to the other port by then, so the question goes around. */
static void
at_another_port_it_is_asked_where_it_was(void **state)
{
	int	i, probes;

	(void)state;
	for (i = 0; i < 3; i++) {
		probes = asked_at(a, PORT);
		sight_at(a, PORT2, SOURCE_BRIDGE, 0);
		assert_int_equal(asked_at(a, PORT), probes + 1);
		pass(a, STEP_MS);
		sight_at(a, PORT, SOURCE_BRIDGE, 0);
		hear(a, 1, HEARD_ARP_REPLY, &addr);
		assert_non_null(last_pin(a));
		assert_int_equal(last_pin(a)->port, PORT);
		assert_int_equal(last_pin(a)->held, 1);
		/* A report that was on its way changes nothing. */
		sight_at(a, PORT2, SOURCE_BRIDGE, 0);
		assert_int_equal(asked_at(a, PORT), probes + 1);
		for (probes = 0; last_pin(a)->held; probes++) {
			assert_in_range(probes, 0, 11);
			pass(a, 1000);
			hear(a, 1, HEARD_ARP_REPLY, &addr);
		}
		assert_in_range(probes, 9, 11);
	}
	assert_int_equal(status(a).reclaimed, 3);
	assert_int_equal(warnings(a, "two stations with one address"), 1);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
}

/* It has moved on while it was kept at its port. */
static void
one_that_does_not_answer_is_let_go(void **state)
{
	(void)state;
	sight_at(a, PORT2, SOURCE_BRIDGE, 0);
	pass(a, STEP_MS);
	sight_at(a, PORT, SOURCE_BRIDGE, 0);
	hear(a, 1, HEARD_ARP_REPLY, &addr);
	assert_int_equal(last_pin(a)->held, 1);
	pass(a, 1600);
	assert_int_equal(last_pin(a)->held, 0);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	sight_at(a, PORT2, SOURCE_BRIDGE, 0);
	pass(a, 20000);
	assert_int_equal(last_pin(a)->held, 0);
}

/* Kept from the start, but not before there is an address to ask for. */
static void
an_isolated_port_keeps_its_station(void **state)
{
	int	probes;

	(void)state;
	sight_by(a, 1, SIGHTING_LEFT, SOURCE_BRIDGE);
	pass(a, 1000);
	sight_at(a, PORT, SOURCE_BRIDGE, 1);
	assert_int_equal(last_pin(a)->held, 1);
	pass(a, 2000);
	sight_at(a, PORT2, SOURCE_BRIDGE, 1);
	assert_int_equal(last_pin(a)->port, PORT);
	/* A frame of it, or of another: it is asked, and answers. */
	probes = count(a, EFFECT_PROBE);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(count(a, EFFECT_PROBE), probes + 1);
	assert_int_equal(a->seen[a->n - 1].probe.port, PORT);
	hear(a, 1, HEARD_ARP_REPLY, &addr);
	pass(a, 5000);
	assert_int_equal(count(a, EFFECT_PROBE), probes + 1);
	assert_int_equal(last_pin(a)->held, 1);
	/* It has moved. */
	hear(a, 1, HEARD_ARP, &addr);
	pass(a, 500);
	assert_int_equal(last_pin(a)->held, 0);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(last_pin(a)->held, 0);
	sight_at(a, PORT2, SOURCE_BRIDGE, 1);
	assert_int_equal(last_pin(a)->held, 1);
	assert_int_equal(last_pin(a)->port, PORT2);
}

static void
a_new_one_at_an_isolated_port_is_kept_once_it_has_an_address(void **state)
{
	struct sighting	s;
	struct addr	new;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.ifindex = IFINDEX;
	s.port = PORT;
	s.kind = SIGHTING_JOINED;
	s.source = SOURCE_BRIDGE;
	s.isolated = 1;
	s.mac = station(2);
	core_sighting(a->core, &s, now);
	assert_int_equal(count(a, EFFECT_PIN), 0);
	new = obtain(a, 2);
	hear(a, 2, HEARD_ARP, &new);
	assert_int_equal(last_pin(a)->held, 1);
}

/* Each is forgotten in time, and there are only so many. */
/* By the address that its former router has told of. */
static void
one_without_a_lease_is_asked_by_its_link_local_address(void **state)
{
	struct mac	mac = station(1);
	struct addr	linklocal;
	int		i, n;

	(void)state;
	assert_int_equal(addr_parse("fe80::7", &linklocal), 0);
	hear(a, 1, HEARD_NS, &linklocal);
	assert_int_equal(core_clear_lease(a->core, "", NULL, &mac, now), 0);
	carry(a, b, 5);
	for (i = 0; i < 2; i++) {
		sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		carry(a, b, 5);
		now = monotime_add(now, STEP_MS);
		hear(a, 1, HEARD_NA, &linklocal);
		carry(a, b, 5);
	}
	/* Only its answer counts at the other router now. */
	pass(b, 5000);
	n = b->n;
	sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	pass(b, 1500);
	for (; n < b->n; n++)
		if (b->seen[n].type == EFFECT_PROBE)
			break;
	assert_int_not_equal(n, b->n);
	assert_int_equal(addr_cmp(&b->seen[n].probe.addr, &linklocal), 0);
}

static void
contests_are_bounded(void **state)
{
	struct sighting	s;
	int		i;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.ifindex = IFINDEX;
	s.kind = SIGHTING_JOINED;
	s.source = SOURCE_BRIDGE;
	for (i = 0; i < 2 * 5000; i++) {
		s.mac = station(10 + i / 2);
		s.port = i % 2 ? PORT2 : PORT;
		core_sighting(a->core, &s, now);
		carry(a, b, 5);
		a->n = b->n = 0;
	}
	assert_int_equal(status(a).stations_here, 5001);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_frame_is_answered_where_the_station_was),
		TEST(one_that_has_moved_stays_where_it_is),
		TEST(a_frame_a_second_steals_nothing_for_long),
		TEST(twenty_frames_a_second_do_not_either),
		TEST(a_thief_that_answers_does_not_win),
		TEST(one_that_moves_out_of_a_theft_is_followed),
		TEST(a_radio_that_reports_it_is_believed_at_once),
		TEST(at_another_port_it_is_asked_where_it_was),
		TEST(one_that_does_not_answer_is_let_go),
		TEST(an_isolated_port_keeps_its_station),
		TEST(a_new_one_at_an_isolated_port_is_kept_once_it_has_an_address),
		TEST(one_without_a_lease_is_asked_by_its_link_local_address),
		TEST(contests_are_bounded),
	};

	return cmocka_run_group_tests_name("core_theft", tests, NULL, NULL);
}
