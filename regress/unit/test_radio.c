/* SPDX-License-Identifier: ISC */
/* Stations of access points: lists of events, and the reports about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "radio/radio.h"

#define WLAN0	3
#define WLAN1	4

static const struct mac	sta = { { 2, 0, 0, 0, 0, 7 } };
static const struct mac	other = { { 2, 0, 0, 0, 0, 8 } };

static struct radio	*r;
static monotime_t	 now;
static char		 reports[400];	/* "3 joined, 3 left" */
static struct radio_state state;	/* that the kernel would give */
static bool		 exists, has_key;
static uint32_t		 place;		/* where it is; 0: where asked */
static bool		 is_nowhere;
static int		 asked, probed;

static void
tell(void *arg, uint32_t ifindex, const struct mac *mac,
    enum sighting_kind kind, uint64_t associated)
{
	static const char *const names[] = {
		[SIGHTING_JOINED] = "joined", [SIGHTING_PRESENT] = "present",
		[SIGHTING_LEFT] = "left", [SIGHTING_ACTIVE] = "active",
		[SIGHTING_NO_ACK] = "no ack"
	};
	size_t n = strlen(reports);

	(void)arg;
	snprintf(reports + n, sizeof(reports) - n, "%s%u %s%s%s",
	    n > 0 ? ", " : "", ifindex, names[kind],
	    mac_cmp(mac, &sta) == 0 ? "" : " (other)",
	    associated == 77 ? " since 77" : "");
}

static bool
ask(void *arg, uint32_t ifindex, const struct mac *mac, struct radio_state *s)
{
	(void)arg;
	(void)ifindex;
	(void)mac;
	asked++;
	*s = state;
	return exists;
}

static bool
keyed(void *arg, uint32_t ifindex, const struct mac *mac)
{
	(void)arg;
	(void)ifindex;
	(void)mac;
	return has_key;
}

static void
where(void *arg, uint32_t *ifindex, const struct mac *mac)
{
	(void)arg;
	(void)mac;
	if (place != 0 || is_nowhere)
		*ifindex = is_nowhere ? 0 : place;
}

static void
probe(void *arg, uint32_t ifindex, const struct mac *mac)
{
	(void)arg;
	(void)ifindex;
	(void)mac;
	probed++;
}

static int
setup(void **unused)
{
	const struct radio_ops ops = { tell, ask, keyed, where, probe,
	    NULL };

	(void)unused;
	r = radio_new(&ops);
	now = (monotime_t){ 1000000 };
	memset(&state, 0, sizeof(state));
	state.has_flags = state.has_received = exists = has_key = true;
	asked = probed = 0;
	place = 0;
	is_nowhere = false;
	reports[0] = '\0';
	return 0;
}

static int
teardown(void **unused)
{
	(void)unused;
	radio_free(r);
	return 0;
}

static void
pass(int64_t ms)
{
	monotime_t end = monotime_add(now, ms);

	while (!monotime_before(end, radio_due(r))) {
		now = radio_due(r);
		radio_tick(r, now);
	}
	now = end;
}

static void
expect(const char *what)
{
	assert_string_equal(reports, what);
	reports[0] = '\0';
}

/*
 * hostapd 2.10 has the kernel authorise a station that returns to its old
 * association, and only then asks for its keys: it may be anybody.
 */
static void
authorised_without_a_key_is_no_evidence(void **unused)
{
	(void)unused;
	state.protects = state.authorised = true;
	radio_authorised(r, WLAN0, &sta, now);
	expect("3 joined");
	has_key = false;
	pass(60000);
	radio_left(r, WLAN0, &sta);
	radio_appeared(r, WLAN0, &sta, now);
	expect("3 left");
	radio_authorised(r, WLAN0, &sta, now);
	pass(60000);
	radio_dump_begin(r, WLAN0);
	radio_dump_each(r, WLAN0, &sta, &state, SIGHTING_PRESENT, now);
	radio_dump_end(r, WLAN0);
	expect("");
}

static void
the_key_is_seen_when_it_is_there(void **unused)
{
	(void)unused;
	state.protects = state.authorised = true;
	has_key = false;
	radio_appeared(r, WLAN0, &sta, now);
	radio_authorised(r, WLAN0, &sta, now);
	pass(40);
	expect("");
	has_key = true;
	pass(60);				/* without hostapd's event */
	expect("3 joined");

	has_key = false;
	radio_appeared(r, WLAN0, &sta, now);
	radio_authorised(r, WLAN0, &sta, now);
	pass(40);
	expect("3 left");
	has_key = true;
	radio_connected(r, WLAN0, &sta, now);	/* and with it */
	expect("3 joined");
}

/* An open network has no keys, and its stations may send at once. */
static void
an_open_network_has_no_keys(void **unused)
{
	(void)unused;
	has_key = false;
	radio_appeared(r, WLAN0, &sta, now);
	radio_authorised(r, WLAN0, &sta, now);
	expect("");				/* the flag comes after it */
	state.authorised = true;
	radio_authorised(r, WLAN0, &sta, now);
	expect("3 joined");
}

/* A frame from behind a 4-address station, say. */
static void
an_xid_of_no_station_is_no_evidence(void **unused)
{
	(void)unused;
	has_key = exists = false;
	radio_authorised(r, WLAN0, &sta, now);
	expect("");
	assert_false(radio_knows(r, &sta));
}

/* Anybody can send an Authentication frame with anybody's address. */
static void
authentication_is_no_evidence(void **unused)
{
	(void)unused;
	radio_appeared(r, WLAN0, &sta, now);
	pass(60000);
	expect("");
	/* and requests come to an end */
	assert_in_range(asked, 10, 20);
	assert_true(monotime_is_never(radio_due(r)));
	exists = false;
	radio_left(r, WLAN0, &sta);
	expect("");
	assert_false(radio_knows(r, &sta));
}

static void
an_attack_leaves_the_true_association_alone(void **unused)
{
	(void)unused;
	radio_appeared(r, WLAN0, &sta, now);
	radio_authorised(r, WLAN0, &sta, now);
	expect("3 joined");
	radio_appeared(r, WLAN1, &sta, now);
	pass(60000);
	radio_left(r, WLAN1, &sta);
	expect("");
}

static void
the_kernels_word_is_taken_at_once(void **unused)
{
	uint64_t candidates;

	(void)unused;
	radio_appeared(r, WLAN0, &sta, now);
	assert_int_equal(radio_stations(r, &candidates), 0);
	assert_int_equal(candidates, 1);
	pass(1);
	radio_authorised(r, WLAN0, &sta, now);
	expect("3 joined");
	assert_int_equal(radio_stations(r, &candidates), 1);
	assert_int_equal(candidates, 0);
	asked = 0;
	pass(60000);
	assert_int_equal(asked, 0);
	radio_left(r, WLAN0, &sta);
	expect("3 left");
}

/* Two sockets: the XID may be read first. */
static void
the_kernels_word_may_come_first(void **unused)
{
	(void)unused;
	radio_authorised(r, WLAN0, &sta, now);
	expect("3 joined");
	radio_appeared(r, WLAN0, &sta, now);
	expect("3 left");
	state.authorised = true;
	pass(10);
	expect("3 joined");
}

static void
a_station_is_reported_once_a_second_at_most(void **unused)
{
	int i;

	(void)unused;
	radio_authorised(r, WLAN0, &sta, now);
	for (i = 0; i < 100; i++) {
		pass(9);
		radio_authorised(r, WLAN0, &sta, now);
	}
	expect("3 joined");
	pass(200);
	radio_authorised(r, WLAN0, &sta, now);
	expect("3 joined");
}

static void
hostapds_word_makes_us_look(void **unused)
{
	(void)unused;
	radio_appeared(r, WLAN0, &sta, now);
	radio_connected(r, WLAN0, &sta, now);
	/* the kernel is not yet that far */
	expect("");
	state.authorised = true;
	pass(2);
	expect("3 joined");
	radio_connected(r, WLAN0, &sta, now);
	expect("");
}

static void
hostapds_farewell_counts_before_the_kernels(void **unused)
{
	(void)unused;
	state.authorised = true;
	radio_appeared(r, WLAN0, &sta, now);
	radio_authorised(r, WLAN0, &sta, now);
	radio_disconnected(r, WLAN0, &sta);
	expect("3 joined, 3 left");
	asked = 0;
	pass(2000);			/* no probe: it still has it */
	assert_int_equal(asked, 0);
	radio_left(r, WLAN0, &sta);
	expect("");
}

/* Two access points of one hostapd: the old one reports it 2 s later. */
static void
a_late_farewell_names_its_interface(void **unused)
{
	(void)unused;
	radio_authorised(r, WLAN0, &sta, now);
	radio_authorised(r, WLAN1, &sta, now);
	expect("3 joined, 4 joined");
	assert_int_equal(radio_at(r, &sta, 0), WLAN0);
	assert_int_equal(radio_at(r, &sta, 1), WLAN1);
	assert_int_equal(radio_at(r, &sta, 2), 0);
	pass(2000);
	radio_left(r, WLAN0, &sta);
	expect("3 left");
	assert_true(radio_knows(r, &sta));
}

static void
a_poll_finds_what_no_event_tells(void **unused)
{
	(void)unused;
	radio_appeared(r, WLAN0, &sta, now);
	pass(300);
	expect("");
	state.authorised = true;
	pass(1000);
	expect("3 joined");
}

static void
a_driver_without_flags_is_believed(void **unused)
{
	(void)unused;
	state.has_flags = false;
	radio_appeared(r, WLAN0, &sta, now);
	pass(10);
	expect("3 joined");
}

static void
a_candidate_that_vanished_is_forgotten(void **unused)
{
	(void)unused;
	radio_appeared(r, WLAN0, &sta, now);
	exists = false;
	pass(10);
	expect("");
	assert_false(radio_knows(r, &sta));
}

static void
a_dump_is_compared(void **unused)
{
	(void)unused;
	radio_authorised(r, WLAN0, &sta, now);
	radio_authorised(r, WLAN1, &sta, now);
	expect("3 joined, 4 joined");
	state.authorised = true;
	state.associated = 77;
	radio_dump_begin(r, WLAN0);
	radio_dump_each(r, WLAN0, &other, &state, SIGHTING_PRESENT, now);
	radio_dump_end(r, WLAN0);
	expect("3 present (other) since 77, 3 left");
	/* Requests are for the stations of this access point only. */
	assert_int_equal(radio_at(r, &sta, 0), WLAN1);
	radio_drop(r, WLAN1);
	expect("4 left");
}

static void
a_dump_finds_candidates(void **unused)
{
	(void)unused;
	radio_dump_begin(r, WLAN0);
	radio_dump_each(r, WLAN0, &sta, &state, SIGHTING_PRESENT, now);
	radio_dump_end(r, WLAN0);
	expect("");
	state.authorised = true;
	pass(5);
	expect("3 joined");
}

static void
a_silent_station_is_looked_for(void **unused)
{
	(void)unused;
	radio_authorised(r, WLAN0, &sta, now);
	expect("3 joined");
	state.received = 100;
	radio_check(r, WLAN0, &sta);		/* nothing to compare with */
	assert_int_equal(probed, 1);
	state.received = 101;
	radio_check(r, WLAN0, &sta);
	expect("3 active");
	assert_int_equal(probed, 1);
	radio_check(r, WLAN0, &sta);
	assert_int_equal(probed, 2);
	radio_probed(r, WLAN0, &sta, true);	/* hardware does that */
	expect("");
	radio_probed(r, WLAN0, &sta, false);
	expect("3 no ack");
	exists = false;
	radio_check(r, WLAN0, &sta);
	expect("3 left");
	/* An unknown station is not reported. */
	radio_check(r, WLAN1, &sta);
	radio_probed(r, WLAN1, &sta, false);
	expect("");
}

static void
a_station_on_its_way_back_is_not_stale(void **unused)
{
	(void)unused;
	radio_authorised(r, WLAN0, &sta, now);
	state.authorised = state.has_inactive = true;
	state.inactive = 2500;
	assert_true(radio_is_stale(r, WLAN0, &sta));
	state.inactive = 30;		/* it authenticates again */
	assert_false(radio_is_stale(r, WLAN0, &sta));
	state.inactive = 2500;
	state.authorised = false;	/* its entry is another one already */
	assert_false(radio_is_stale(r, WLAN0, &sta));
	state.authorised = true;
	state.has_inactive = false;	/* a driver that does not know */
	assert_true(radio_is_stale(r, WLAN0, &sta));
	radio_appeared(r, WLAN0, &sta, now);
	assert_false(radio_is_stale(r, WLAN0, &sta));
	assert_false(radio_is_stale(r, WLAN1, &sta));
}

/* hostapd has put it into its VLAN, and no frame of the kernel came. */
static void
a_poll_finds_a_station_in_its_vlan(void **unused)
{
	const uint32_t vlan = WLAN0 + 50;

	(void)unused;
	radio_appeared(r, WLAN0, &sta, now);
	place = vlan;
	state.authorised = true;
	pass(100);
	expect("53 joined");
	assert_int_equal(radio_at(r, &sta, 0), vlan);
	assert_int_equal(radio_at(r, &sta, 1), 0);
	/* Again at the access point: it is there already. */
	radio_connected(r, WLAN0, &sta, now);
	expect("");
	assert_int_equal(radio_at(r, &sta, 1), 0);
	radio_left(r, vlan, &sta);
	expect("53 left");
	/* It went meanwhile. */
	is_nowhere = true;
	radio_appeared(r, WLAN0, &sta, now);
	pass(100);
	expect("");
	assert_int_equal(radio_at(r, &sta, 0), 0);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(authorised_without_a_key_is_no_evidence),
		TEST(the_key_is_seen_when_it_is_there),
		TEST(an_open_network_has_no_keys),
		TEST(an_xid_of_no_station_is_no_evidence),
		TEST(authentication_is_no_evidence),
		TEST(an_attack_leaves_the_true_association_alone),
		TEST(the_kernels_word_is_taken_at_once),
		TEST(the_kernels_word_may_come_first),
		TEST(a_station_is_reported_once_a_second_at_most),
		TEST(hostapds_word_makes_us_look),
		TEST(hostapds_farewell_counts_before_the_kernels),
		TEST(a_late_farewell_names_its_interface),
		TEST(a_poll_finds_what_no_event_tells),
		TEST(a_driver_without_flags_is_believed),
		TEST(a_candidate_that_vanished_is_forgotten),
		TEST(a_dump_is_compared),
		TEST(a_dump_finds_candidates),
		TEST(a_silent_station_is_looked_for),
		TEST(a_poll_finds_a_station_in_its_vlan),
		TEST(a_station_on_its_way_back_is_not_stale),
	};

	return cmocka_run_group_tests_name("radio", tests, NULL, NULL);
}
