/* SPDX-License-Identifier: ISC */
/*
 * A MAC address that turns up in another network: whose radio saw it is in one
 * network at a time, who is behind a port may be in several.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define MAC	"06:00:00:00:00:07"

enum where {
	HERE,		/* at the same router */
	THERE		/* at another one */
};

/*
 * A station is in staff at a router.  It turns up in guest, here or there, as
 * the younger or as the older of the two.
 */
static const struct row {
	const char		*name;
	enum station_source	 was, joins;
	enum where		 where;
	bool			 younger;
	/* at the first router: it is asked, and without an answer ends */
	bool			 asked, ends;
	bool			 ends_at_once;
	unsigned int		 counted;	/* where it turns up */
} rows[] = {
	{ "radio, radio, here, younger", SOURCE_NL80211, SOURCE_NL80211,
	    HERE, true, false, true, true, 1 },
	{ "radio, wire, here, younger", SOURCE_NL80211, SOURCE_BRIDGE,
	    HERE, true, false, false, false, 0 },
	{ "wire, radio, here, younger", SOURCE_BRIDGE, SOURCE_NL80211,
	    HERE, true, false, false, false, 0 },
	{ "wire, wire, here, younger", SOURCE_BRIDGE, SOURCE_BRIDGE,
	    HERE, true, false, false, false, 0 },
	{ "radio, radio, there, younger", SOURCE_NL80211, SOURCE_NL80211,
	    THERE, true, true, true, false, 1 },
	{ "radio, wire, there, younger", SOURCE_NL80211, SOURCE_BRIDGE,
	    THERE, true, true, true, false, 0 },
	{ "wire, radio, there, younger", SOURCE_BRIDGE, SOURCE_NL80211,
	    THERE, true, false, false, false, 1 },
	{ "wire, wire, there, younger", SOURCE_BRIDGE, SOURCE_BRIDGE,
	    THERE, true, false, false, false, 0 },
	{ "radio, radio, here, older", SOURCE_NL80211, SOURCE_NL80211,
	    HERE, false, false, false, false, 0 },
	{ "wire, radio, here, older", SOURCE_BRIDGE, SOURCE_NL80211,
	    HERE, false, false, false, false, 0 },
	{ "radio, radio, there, older", SOURCE_NL80211, SOURCE_NL80211,
	    THERE, false, false, false, false, 0 },
	{ "radio, wire, there, older", SOURCE_NL80211, SOURCE_BRIDGE,
	    THERE, false, false, false, false, 0 },
	{ "wire, radio, there, older", SOURCE_BRIDGE, SOURCE_NL80211,
	    THERE, false, false, false, false, 0 }
};

static struct ctl_status
status(struct node *node)
{
	struct ctl_status	s;

	core_show_status(node->core, &s, now);
	return s;
}

static void
arrive(struct node *node, bool guest, const struct row *row)
{
	struct sighting	s;

	be_guest(node, guest);
	memset(&s, 0, sizeof(s));
	s.ifindex = node->ifindex;
	s.port = PORT;
	s.mac = station(7);
	s.source = (uint8_t)(guest ? row->joins : row->was);
	s.kind = SIGHTING_JOINED;
	if (guest && row->where == HERE && !row->younger) {
		s.kind = SIGHTING_PRESENT;	/* found late, here since */
		s.age = 60000;
	}
	core_sighting(node->core, &s, now);
}

/* A station that has just come is asked for other addresses, too. */
static int
probes_for(const struct node *node, const struct addr *addr)
{
	int	i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_PROBE &&
		    addr_cmp(&node->seen[i].probe.addr, addr) == 0;
	return n;
}

static void
check(const struct row *row)
{
	struct node	*a = node_with_guest(1), *b = node_with_guest(2);
	struct node	*other = row->where == HERE ? a : b;
	struct addr	 addr;
	uint64_t	 counted;
	int		 asked, probed;

	peering(a, b, 1);
	be_guest(a, false);
	addr = join(a, 7);		/* it has an address there */
	sight(a, 7, SIGHTING_LEFT);
	pass(a, 2000);
	carry(a, b, 1);
	if (!row->younger && row->where == THERE)
		arrive(other, true, row);
	pass(a, 1000);
	arrive(a, false, row);
	if (row->younger)
		carry(a, b, 1);
	pass(a, 3000);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	counted = status(other).crossings;
	asked = count(a, EFFECT_INQUIRY);
	probed = probes_for(a, &addr);
	if (row->younger || row->where == HERE)
		arrive(other, true, row);
	carry(a, b, 1);
	pass(a, 0);
	if ((count(a, EFFECT_INQUIRY) > asked) != row->asked ||
	    (probes_for(a, &addr) > probed) != row->asked)
		fail_msg("%s: %s", row->name, row->asked ? "not asked" :
		    "asked");
	if (status(other).crossings - counted != row->counted)
		fail_msg("%s: counted %llu", row->name, (unsigned long long)
		    (status(other).crossings - counted));
	if ((route_of(a, &addr) != ROUTE_LOCAL) != row->ends_at_once)
		fail_msg("%s: %s at once", row->name, row->ends_at_once ?
		    "does not end" : "ends");
	pass(a, 4000);
	if ((route_of(a, &addr) != ROUTE_LOCAL) != row->ends)
		fail_msg("%s: %s", row->name, row->ends ? "stays" : "ends");
	node_free(a);
	node_free(b);
}

static void
who_is_in_another_network_ends_in_the_first(void **state)
{
	const struct row	*row;

	(void)state;
	for (row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++)
		check(row);
}

/* An answer, a frame of data that the radio has counted since, or none. */
static void
who_answers_stays(void **state)
{
	struct node	*a = node_with_guest(1), *b = node_with_guest(2);
	struct addr	 addr;
	int		 round;

	(void)state;
	peering(a, b, 1);
	be_guest(a, false);
	be_guest(b, true);
	addr = join(a, 7);
	for (round = 0; round < 3; round++) {
		pass(a, 5000);
		hear(a, 7, HEARD_ARP, &addr);
		pass(a, 1000);
		sight(b, 7, SIGHTING_LEFT);
		pass(b, 2000);
		carry(a, b, 1);
		sight(b, 7, SIGHTING_JOINED);
		carry(a, b, 1);
		/* What the radio counts at first was sent before. */
		pass(a, 0);
		sight(a, 7, SIGHTING_ACTIVE);
		pass(a, 1500);
		if (round == 0)
			hear(a, 7, HEARD_ARP_REPLY, &addr);
		else if (round == 1)
			sight(a, 7, SIGHTING_ACTIVE);
		pass(a, 4000);
		assert_int_equal(route_of(a, &addr) == ROUTE_LOCAL,
		    round < 2);
	}
	node_free(a);
	node_free(b);
}

/* A frame through the association that ended at the same router, as well. */
static void
a_frame_brings_it_back(void **state)
{
	struct node	*a = node_with_guest(1);
	struct addr	 staff, guest;

	(void)state;
	staff = join(a, 7);
	be_guest(a, true);
	guest = join(a, 7);
	pass(a, 0);
	assert_int_equal(route_of(a, &staff), ROUTE_NONE);
	pass(a, 1000);
	be_guest(a, false);
	hear(a, 7, HEARD_ARP, &staff);
	assert_int_equal(route_of(a, &staff), ROUTE_LOCAL);
	/* No frame ends another one. */
	assert_int_equal(route_of(a, &guest), ROUTE_LOCAL);
	node_free(a);
}

/* But not when the radio has said that it left, just before. */
static void
what_left_is_not_brought_back(void **state)
{
	struct node	*a = node_with_guest(1);
	struct addr	 staff;

	(void)state;
	staff = join(a, 7);
	sight(a, 7, SIGHTING_LEFT);
	be_guest(a, true);
	(void)join(a, 7);
	pass(a, 3000);
	be_guest(a, false);
	hear(a, 7, HEARD_ARP, &staff);
	assert_int_equal(route_of(a, &staff), ROUTE_NONE);
	node_free(a);
}

static bool
says(const struct node *node, const char *text)
{
	return strcmp(node->info, text) == 0;
}

/* Where it was, how long ago, where it is: once a minute. */
static void
the_log_has_a_line_a_minute(void **state)
{
	struct node	*a = node_with_guest(1), *b = node_with_guest(2);
	unsigned int	 lines;
	int		 n;

	(void)state;
	peering(a, b, 1);
	be_guest(b, true);
	sight(a, 7, SIGHTING_JOINED);
	carry(a, b, 1);
	pass(a, 3400);
	sight(b, 7, SIGHTING_JOINED);
	assert_true(says(b, "station " MAC ": was in unnamed at "
	    "02:00:00:00:00:00:00:01 3 s ago, joined guest here"));
	for (n = 0; n < 20; n++) {
		carry(a, b, 1);
		pass(a, 100);
		sight(a, 7, SIGHTING_JOINED);
		carry(a, b, 1);
		pass(a, 100);
		lines = b->infos;
		sight(b, 7, SIGHTING_LEFT);
		sight(b, 7, SIGHTING_JOINED);
		assert_false(strncmp(b->info, "station " MAC ": was",
		    25) == 0 && b->infos > lines);
	}
	assert_in_range(status(b).crossings, 15, 21);
	node_free(a);
	node_free(b);
}

static int
setup(void **state)
{
	(void)state;
	now = (monotime_t){ 1000000000 };
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_is_in_another_network_ends_in_the_first),
		TEST(who_answers_stays),
		TEST(a_frame_brings_it_back),
		TEST(what_left_is_not_brought_back),
		TEST(the_log_has_a_line_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
