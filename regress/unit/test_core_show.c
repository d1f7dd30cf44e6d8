/* SPDX-License-Identifier: ISC */
/*
 * What an operator sees of several networks, and does in one of them; and which
 * data are there of networks that are not configured here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL		"192.168.44.0/24"

static void
set_link(struct node *node, bool guest, bool drops)
{
	struct link link = { .ifindex = guest ? GUEST_IFINDEX : IFINDEX,
	    .conf = guest, .up = 1, .drops = drops, .source = SOURCE_NL80211,
	    .lladdr = { { 2, 0, 0, 0, 0, 1 } }, .mtu = 1500 };

	strlcpy(link.name, guest ? "roamg" : "roam0", sizeof(link.name));
	(void)addr_parse(guest ? "10.45.0.1" : "192.168.44.1", &link.gateway4);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
}

static void
join_in(struct node *node, bool guest, int n)
{
	be_guest(node, guest);
	/* A radio has a station in one network at a time. */
	sight_by(node, n, SIGHTING_JOINED, guest ? SOURCE_NL80211 :
	    SOURCE_BRIDGE);
	(void)obtain(node, n);
}

/* Station 0 is in both networks, 1 to 3 are guests, and 4 is staff. */
static struct node *
node_with_both(void)
{
	struct node *node = node_with_guest(1);
	int i;

	pass(node, 30000);
	for (i = 0; i < 4; i++)
		join_in(node, true, i);
	join_in(node, false, 0);
	join_in(node, false, 4);
	return node;
}

static void
expect_scope(const struct ctl_scope *scope, const char *network)
{
	if (network[0] != '\0')
		assert_string_equal(scope->network, network);
	assert_int_equal(scope->width, strlen("unnamed"));
}

/* Records for one network only, or for all. */
struct listed {
	int		leases, stations, roams;
	struct prefix	first;
};

static struct listed
listed(struct node *node, const char *network)
{
	struct ctl_cursor leases = { .started = 0 }, stations, roams;
	struct listed n = { .leases = 0 };
	struct ctl_station s;
	struct ctl_lease l;
	struct ctl_roam r;

	strlcpy(leases.network, network, sizeof(leases.network));
	stations = roams = leases;
	while (core_show_lease(node->core, &leases, &l, now)) {
		if (n.leases++ == 0)
			n.first = l.prefix;
		expect_scope(&l.scope, network);
	}
	while (core_show_station(node->core, &stations, &s, now)) {
		n.stations++;
		expect_scope(&s.scope, network);
	}
	while (core_show_roam(node->core, &roams, &r, now)) {
		n.roams++;
		expect_scope(&r.scope, network);
	}
	return n;
}

static void
is_in(const struct prefix *p, const char *text)
{
	struct prefix in;

	assert_int_equal(prefix_parse(text, &in), 0);
	assert_true(prefix_covers(&in, p));
}

static void
an_operator_sees_one_network_or_all(void **state)
{
	struct node *node = node_with_both();
	struct listed all = listed(node, ""), staff = listed(node, "unnamed"),
	    guest = listed(node, "guest"), none = listed(node, "other");

	(void)state;
	assert_int_equal(staff.leases, 4);	/* an address and a /64 each */
	assert_int_equal(staff.stations, 2);
	assert_int_equal(staff.roams, 2);
	is_in(&staff.first, POOL);
	assert_int_equal(guest.leases, 8);
	assert_int_equal(guest.stations, 4);
	assert_int_equal(guest.roams, 4);
	is_in(&guest.first, GUEST);
	assert_int_equal(all.leases, 12);
	assert_int_equal(all.stations, 6);
	assert_int_equal(all.roams, 6);
	assert_int_equal(none.leases + none.stations + none.roams, 0);
	node_free(node);
}

/* Live leases of addresses; an IPv6 prefix is leased again at once. */
static int
addresses(struct node *node, const char *network, const struct mac *mac)
{
	struct ctl_cursor cursor = { .started = 0 };
	struct ctl_lease l;
	int n = 0;

	strlcpy(cursor.network, network, sizeof(cursor.network));
	while (core_show_lease(node->core, &cursor, &l, now))
		n += l.state == CTL_LEASE_VALID && prefix_is_v4(&l.prefix) &&
		    mac_cmp(&l.mac, mac) == 0;
	return n;
}

static void
an_operator_ends_leases_of_one_network_or_all(void **state)
{
	struct node *node = node_with_both();
	struct core *core = node->core;
	struct mac mac = station(0), other = station(1);
	struct prefix p = listed(node, "guest").first;

	(void)state;
	assert_int_equal(core_clear_lease(core, "unnamed", &p, NULL, now), -1);
	assert_int_equal(core_clear_lease(core, "other", &p, NULL, now), -1);
	assert_int_equal(core_clear_lease(core, "guest", &p, NULL, now), 0);
	assert_int_equal(core_clear_lease(core, "guest", &p, NULL, now), -1);
	join_in(node, true, 0);
	join_in(node, true, 1);
	assert_int_equal(core_clear_lease(core, "unnamed", NULL, &other, now),
	    -1);
	assert_int_equal(core_clear_lease(core, "unnamed", NULL, &mac, now),
	    0);
	assert_int_equal(addresses(node, "unnamed", &mac), 0);
	assert_int_equal(addresses(node, "guest", &mac), 1);
	join_in(node, false, 0);
	assert_int_equal(addresses(node, "", &mac), 2);
	assert_int_equal(core_clear_lease(core, "", NULL, &mac, now), 0);
	assert_int_equal(addresses(node, "", &mac), 0);
	assert_int_equal(addresses(node, "", &other), 1);
	node_free(node);
}

static void
an_operator_drops_stations_of_one_network_or_all(void **state)
{
	struct node *node = node_with_both();
	struct core *core = node->core;
	struct mac both = station(0), staff = station(4);
	struct ctl_network n;

	(void)state;
	assert_int_equal(core_disassociate(core, "other", &both, now), -1);
	assert_int_equal(core_disassociate(core, "guest", &staff, now), -1);
	assert_int_equal(core_disassociate(core, "guest", &both, now), -2);
	set_link(node, false, true);
	assert_int_equal(core_disassociate(core, "guest", &both, now), -2);
	assert_int_equal(core_disassociate(core, "unnamed", &both, now), 0);
	assert_int_equal(core_disassociate(core, "unnamed", &both, now), -1);
	set_link(node, true, true);
	join_in(node, false, 0);
	assert_int_equal(core_disassociate(core, "", &both, now), 0);
	assert_int_equal(core_disassociate(core, "", &both, now), -1);
	memset(&n, 0, sizeof(n));
	assert_true(core_show_network(core, &(struct ctl_cursor){ 0 }, &n,
	    now));
	assert_int_equal(n.stations_here, 1);
	node_free(node);
}

static struct ctl_network
shown(struct node *node, const char *only, int index)
{
	struct ctl_cursor cursor = { .started = 0 };
	struct ctl_network n;
	int i;

	memset(&n, 0, sizeof(n));
	strlcpy(cursor.network, only, sizeof(cursor.network));
	for (i = 0; i <= index; i++)
		if (!core_show_network(node->core, &cursor, &n, now)) {
			memset(&n, 0, sizeof(n));
			break;
		}
	return n;
}

static void
networks_are_shown_with_what_is_in_them(void **state)
{
	struct node *node = node_with_both();
	struct ctl_network n = shown(node, "", 0);

	(void)state;
	assert_string_equal(n.scope.network, "unnamed");
	assert_true(n.configured && n.isolated);
	assert_int_equal(n.stations, 2);
	assert_int_equal(n.stations_here, 2);
	assert_int_equal(n.leases4, 2);
	assert_int_equal(n.used4, 2);
	assert_int_equal(n.size4, 256);
	assert_int_equal(n.ninterfaces, 1);

	n = shown(node, "guest", 0);
	assert_string_equal(n.scope.network, "guest");
	assert_int_equal(n.stations, 4);
	assert_int_equal(n.leases4, 4);
	assert_int_equal(n.leases6, 4);
	assert_string_equal(prefix_text(&n.pools[0].prefix), GUEST);
	assert_int_equal(n.pools[0].size, 256);
	assert_int_equal(n.pools[0].used, 4);
	assert_int_equal(n.pools[1].size, 65536);
	assert_int_equal(n.pools[1].used, 4);
	assert_int_equal(n.pools[2].prefix.len, 0);
	assert_int_equal(n.used6, 4);
	assert_string_equal(n.interfaces[0], "roamg");
	assert_string_equal(n.interfaces[1], "");
	assert_string_equal(n.reaches[0], "");
	assert_int_equal(shown(node, "guest", 1).configured, 0);
	assert_int_equal(shown(node, "", 2).configured, 0);
	node_free(node);
}

static void
a_reload_changes_no_number_of_a_network_that_stays(void **state)
{
	struct node *node = node_with_both();
	struct conf_network *guest = &node->conf->networks[1];
	struct ctl_network n;

	(void)state;
	strlcpy(guest->reaches[0], "unnamed", sizeof(guest->reaches[0]));
	guest->nreaches = 1;
	core_conf(node->core, node->conf, now);
	n = shown(node, "guest", 0);
	assert_int_equal(n.stations, 4);
	assert_int_equal(n.stations_here, 4);
	assert_int_equal(n.leases4, 4);
	assert_int_equal(n.used4, 4);
	assert_string_equal(n.reaches[0], "unnamed");
	assert_string_equal(shown(node, "unnamed", 0).reaches[0], "guest");

	/* Its stations go with it; its data stay, for others. */
	node->conf->nnetworks = 1;
	node->conf->nifaces = 1;
	core_conf(node->core, node->conf, now);
	n = shown(node, "", 0);
	assert_int_equal(n.stations, 2);
	assert_int_equal(n.scope.width, 0);
	n = shown(node, "", 1);
	assert_string_equal(n.scope.network, "guest");
	assert_false(n.configured);
	assert_in_range(n.data, 8, 20);
	assert_int_equal(shown(node, "", 2).data, 0);
	add_guest(node->conf);
	core_conf(node->core, node->conf, now);
	n = shown(node, "guest", 0);
	assert_int_equal(n.leases4, 4);
	assert_int_equal(n.leases6, 4);
	assert_int_equal(n.stations_here, 0);
	assert_int_equal(shown(node, "", 2).data, 0);
	node_free(node);
}

static void
give(struct node *node, const void *key, size_t len)
{
	struct mac mac = station(9);
	struct update u;

	make_update(&u, DATUM_NETWORK, key, len, &mac, sizeof(mac), 1, 600);
	(void)core_update(node->core, 1, &u, now);
}

static void
give_named(struct node *node, const char *name, size_t len, uint8_t n)
{
	uint8_t key[40];

	key[0] = (uint8_t)len;
	memcpy(key + 1, name, len);
	key[1 + len] = 9;
	key[2 + len] = n;
	give(node, key, len + 3);
}

/* A peer may give its networks any names. */
static void
data_of_networks_that_are_not_here_are_counted(void **state)
{
	static const struct {
		const char	*name;
		size_t		 len;
		uint8_t		 n;
		const char	*shown;
	} rows[] = {
		{ "\xff", 1, 2, "?" },
		{ "abc", 3, 3, "abc" },
		{ "\xff\xff\xff\xff", 4, 1, "????" },
		{ "\0\n \x1bz", 5, 2, "????z" },
		{ "guesu", 5, 4, "guesu" },
		{ "exactly15octets", 15, 1, "exactly15octets" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		    "\xff\xff\xff", 15, 2, "???????????????" }
	};
	struct node *node = node_with_guest(1);
	struct ctl_network n;
	uint8_t i, j;

	(void)state;
	core_peer_up(node->core, 1, PEER_EXTENDED, now);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (j = 0; j < rows[i].n; j++)
			give_named(node, rows[i].name, rows[i].len, j);
	give_named(node, "guest", 5, 1);		/* configured */
	/* Of no network: without a name, without a key, with a long name. */
	give(node, "\x00\x09", 2);
	give(node, "\x03xyz", 4);
	give(node, "\x10" "0123456789abcdef\x09", 18);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = shown(node, "", 2 + i);
		assert_string_equal(n.scope.network, rows[i].shown);
		assert_int_equal(n.data, rows[i].n);
		assert_false(n.configured);
	}
	assert_int_equal(shown(node, "", 2 + i).data, 0);
	assert_int_equal(shown(node, "abc", 0).data, 0);
	node_free(node);
}

/* So many networks are named, however many there are. */
static void
networks_that_are_not_here_are_bounded(void **state)
{
	struct node *node = node_with_guest(1);
	char name[8];
	int i;

	(void)state;
	core_peer_up(node->core, 1, PEER_EXTENDED, now);
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "%d", i);
		give_named(node, name, strlen(name), 0);
	}
	assert_int_equal(shown(node, "", 2 + 63).data, 1);
	assert_int_equal(shown(node, "", 2 + 64).data, 0);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_operator_sees_one_network_or_all),
		cmocka_unit_test(
		    an_operator_ends_leases_of_one_network_or_all),
		cmocka_unit_test(
		    an_operator_drops_stations_of_one_network_or_all),
		cmocka_unit_test(networks_are_shown_with_what_is_in_them),
		cmocka_unit_test(
		    a_reload_changes_no_number_of_a_network_that_stays),
		cmocka_unit_test(
		    data_of_networks_that_are_not_here_are_counted),
		cmocka_unit_test(networks_that_are_not_here_are_bounded)
	};

	return cmocka_run_group_tests_name("core_show", tests, NULL, NULL);
}
