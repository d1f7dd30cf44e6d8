/* SPDX-License-Identifier: ISC */
/*
 * Stations that come, go and are contended for: the event lists of faults
 * that the simulator and the fuzzer found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "roam/asking.h"

static void
solicit(struct node *node, int i)
{
	struct solicit s;

	memset(&s, 0, sizeof(s));
	s.ifindex = IFINDEX;
	s.source_mac = station(i);
	core_solicit(node->core, &s, now);
}

/* A peer's word on whose an address is, or a /64 by its first half. */
static void
contend(struct node *node, const struct addr *addr, const struct prefix *p6,
    int i, uint64_t seqno)
{
	struct update u;
	struct mac mac = station(i);

	if (addr != NULL)
		make_update(&u, DATUM_LEASE4, addr_v4(addr), 4, mac.octet, 6,
		    seqno, 1800);
	else
		make_update(&u, DATUM_LEASE6, p6->addr.octet, 8, mac.octet, 6,
		    seqno, 1800);
	core_update(node->core, STRANGER, &u, now);
}

static const struct advert *
last_advert(const struct node *node)
{
	int n;

	for (n = node->n; n-- > 0;)
		if (node->seen[n].type == EFFECT_ADVERT)
			return &node->seen[n].advert;
	return NULL;
}

/* Where the link layer reports stations a frame alone shows none. */
static void
a_frame_of_one_that_has_a_lease_is_no_sighting(void **state)
{
	static const uint8_t four[4] = { 192, 168, 44, 77 };
	static const struct addr none;
	struct node *a = node_new(1, "192.168.44.0/24");
	struct mac mac = station(2);
	struct update u, found;

	(void)state;
	pass(a, 2000);
	make_update(&u, DATUM_LEASE4, four, 4, mac.octet, 6, 1, 600);
	assert_null(core_update(a->core, STRANGER, &u, now));
	hear(a, 2, HEARD_OTHER, &none);
	make_update(&u, DATUM_LOCATION, mac.octet, 6, "", 0, 1, 600);
	assert_int_equal(find_datum(a, &u, &found), 0);
	node_free(a);
}

static void
the_operator_drops_a_station(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct mac mac = station(1);
	struct update u, found;

	(void)state;
	pass(a, 2000);
	assert_int_equal(core_disassociate(a->core, "", &mac, now), -1);
	sight_by(a, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	make_update(&u, DATUM_LOCATION, mac.octet, 6, "", 0, 1, 600);
	assert_int_equal(find_datum(a, &u, &found), 1);
	assert_int_equal(found.vallen, 8);
	assert_int_equal(core_disassociate(a->core, "", &mac, now), 0);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	assert_int_equal(find_datum(a, &u, &found), 1);
	assert_int_equal(found.vallen, 0);
	assert_int_equal(core_disassociate(a->core, "", &mac, now), -1);
	node_free(a);
}

/* On its way back, it must not be hit by the end of its last visit. */
static void
a_quick_return_is_not_disassociated(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");

	(void)state;
	peering(a, b, 5);
	join(a, 1);
	carry(a, b, 5);
	pass(a, 5000);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	pass(a, 20);
	sight(a, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	pass(a, 10000);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
	node_free(a);
	node_free(b);
}

static void
a_station_that_went_for_good_is_disassociated(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct mac mac = station(1);

	(void)state;
	peering(a, b, 5);
	join(a, 1);
	join(a, 2);
	carry(a, b, 5);
	pass(a, 5000);
	sight(b, 1, SIGHTING_JOINED);
	sight(b, 2, SIGHTING_JOINED);
	sight(a, 2, SIGHTING_LEFT);	/* nothing to drop for this one */
	carry(a, b, 5);
	pass(a, 10000);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	assert_int_equal(mac_cmp(&a->seen[a->n - 1].drop.mac, &mac), 0);
	node_free(a);
	node_free(b);
}

static void
ask_dhcp(struct node *node, int i, const struct addr *want)
{
	const struct dhcp_reply *reply = dhcp(node, i, DHCP_REQUEST, want, 0);

	assert_non_null(reply);
	assert_int_equal(reply->type, DHCP_ACK);
}

/* Whatever the link layer has told of it, and however it was lost. */
static void
who_is_acknowledged_is_claimed(void **state)
{
	static const int64_t after[] = { 0, 50, 200, 2000, 20000 };
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr addr;
	size_t i;

	(void)state;
	pass(node, 5000);
	addr = obtain(node, 1);
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	for (i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		sight(node, 1, SIGHTING_JOINED);
		sight(node, 1, SIGHTING_LEFT);
		pass(node, 1200);
		assert_int_equal(route_of(node, &addr), ROUTE_NONE);
		pass(node, after[i]);
		ask_dhcp(node, 1, &addr);
		assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	}
	node_free(node);
}

static void
link_is(struct node *node, bool up, uint8_t returns)
{
	struct link link;

	memset(&link, 0, sizeof(link));
	link.ifindex = IFINDEX;
	strlcpy(link.name, "roam0", sizeof(link.name));
	link.up = up;
	link.source = SOURCE_BRIDGE;
	link.returns = returns;
	link.mtu = 1500;
	(void)addr_parse("192.168.44.1", &link.gateway4);
	(void)addr_parse("fe80::44", &link.gateway6);
	core_link(node->core, &link, now);
}

/* How many questions there were to a station; of each of 64 ms: the most. */
static int
asked(const struct node *node, int i)
{
	struct mac mac = station(i);
	int n, asks = 0;

	for (n = 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_PROBE &&
		    mac_cmp(&node->seen[n].probe.mac, &mac) == 0)
			asks++;
	return asks;
}

/* A port's link goes and returns: those that were behind it are asked. */
static void
who_went_with_its_link_is_asked(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr addr;
	int by_port, n;

	(void)state;
	for (by_port = 0; by_port < 2; by_port++) {
		link_is(node, true, 0);
		sight_by(node, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		addr = obtain(node, 1);
		pass(node, 10000);
		if (by_port)
			sight_by(node, 1, SIGHTING_LEFT, SOURCE_BRIDGE);
		else
			link_is(node, false, 0);
		pass(node, 2000);
		assert_int_equal(route_of(node, &addr), ROUTE_NONE);
		node->n = 0;
		pass(node, 10000);
		assert_int_equal(asked(node, 1), 0);
		link_is(node, true, (uint8_t)by_port);
		/* Once at once; it is silent, asked again, and not for ever. */
		pass(node, 100);
		assert_int_equal(asked(node, 1), 1);
		for (n = 0; n < node->n; n++)
			if (node->seen[n].type == EFFECT_PROBE)
				assert_int_equal(addr_cmp(
				    &node->seen[n].probe.addr, &addr), 0);
		pass(node, 60000);
		assert_int_equal(asked(node, 1), ASKING_TIMES);
		/* The next time it answers, as its bridge reports. */
		node->n = 0;
		link_is(node, true, (uint8_t)(by_port + 1));
		pass(node, 1000);
		assert_int_equal(asked(node, 1), 1);
		sight_by(node, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
		node->n = 0;
		pass(node, 10000);
		link_is(node, true, (uint8_t)(by_port + 2));
		pass(node, 10000);
		assert_int_equal(asked(node, 1), 0);
		sight_by(node, 1, SIGHTING_LEFT, SOURCE_BRIDGE);
		pass(node, 2000);
	}
	node_free(node);
}

/* Who is elsewhere is not asked, nor who has no address any more. */
static void
who_is_elsewhere_is_not_asked(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct addr addr;

	(void)state;
	peering(a, b, 5);
	pass(a, 5000);
	link_is(a, true, 0);
	sight_by(a, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	addr = obtain(a, 1);
	sight_by(a, 2, SIGHTING_JOINED, SOURCE_BRIDGE);
	carry(a, b, 5);
	sight_by(a, 1, SIGHTING_LEFT, SOURCE_BRIDGE);
	sight_by(a, 2, SIGHTING_LEFT, SOURCE_BRIDGE);
	pass(a, 1000);
	carry(a, b, 5);
	sight_by(b, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	carry(a, b, 5);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	a->n = 0;
	link_is(a, true, 1);
	pass(a, 10000);
	assert_int_equal(asked(a, 1), 0);
	assert_int_equal(asked(a, 2), 0);
	node_free(a);
	node_free(b);
}

/* A switch with many: 20 questions a second, each station at least once. */
static void
many_are_asked_at_a_rate(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	int i, many = 60, n = 0, more, probes;

	(void)state;
	link_is(node, true, 0);
	for (i = 1; i <= many; i++) {
		sight_by(node, i, SIGHTING_JOINED, SOURCE_BRIDGE);
		(void)obtain(node, i);
		node->n = 0;
	}
	pass(node, 2000);
	link_is(node, false, 0);
	pass(node, 2000);
	link_is(node, true, 0);
	for (i = 0; i < 10; i++) {
		node->n = 0;
		/* It flaps on: that makes no more of them. */
		link_is(node, true, (uint8_t)i);
		pass(node, 1000);
		for (n = probes = 0; n < node->n; n++)
			probes += node->seen[n].type == EFFECT_PROBE;
		assert_in_range(probes, 0, 20);
		if (i < 3)
			assert_in_range(probes, 19, 20);
		for (more = 1; i < 3 && more <= many; more++)
			assert_in_range(asked(node, more), 0, 1);
	}
	node_free(node);
}

/* Its request was on its way when it roamed: it stays where it is. */
static void
who_has_just_roamed_is_not_taken_back(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct addr addr;

	(void)state;
	peering(a, b, 5);
	pass(a, 5000);
	addr = join(a, 1);
	carry(a, b, 5);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	ask_dhcp(a, 1, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	/* But it may well return without a word of the link layer. */
	pass(a, 2000);
	ask_dhcp(a, 1, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	node_free(a);
	node_free(b);
}

/* Lost while the station was here. */
static void
a_station_whose_address_is_lost_asks_anew(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	const struct dhcp_reply *reply;
	struct addr addr;

	(void)state;
	core_peer_up(node->core, STRANGER, true, now);
	addr = join(node, 1);
	contend(node, &addr, NULL, 2, 1);
	assert_int_equal(count(node, EFFECT_DISASSOCIATE), 1);
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	reply = dhcp(node, 1, DHCP_REQUEST, &addr, 0);
	assert_non_null(reply);
	assert_int_equal(reply->type, DHCP_NAK);
	node_free(node);
}

/* Lost before the link layer told of the station; and only told once. */
static void
a_station_that_uses_anothers_address_asks_anew(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr addr;

	(void)state;
	core_peer_up(node->core, STRANGER, true, now);
	addr = join(node, 1);
	sight(node, 1, SIGHTING_LEFT);
	pass(node, 1000);
	contend(node, &addr, NULL, 2, 1);
	sight(node, 1, SIGHTING_JOINED);
	assert_int_equal(count(node, EFFECT_DISASSOCIATE), 0);
	hear(node, 1, HEARD_ARP, &addr);
	assert_int_equal(count(node, EFFECT_DISASSOCIATE), 1);
	hear(node, 1, HEARD_ARP, &addr);
	assert_int_equal(count(node, EFFECT_DISASSOCIATE), 1);
	node_free(node);
}

/* One advertisement takes the old one and gives another: no need to kick. */
static void
a_lost_prefix_is_deprecated_and_replaced(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	const struct advert *advert;
	struct prefix lost;
	uint32_t i;
	int gone = 0, fresh = 0;

	(void)state;
	core_peer_up(node->core, STRANGER, true, now);
	join(node, 1);
	solicit(node, 1);
	advert = last_advert(node);
	assert_non_null(advert);
	lost = advert->prefixes[0].prefix;
	node->n = 0;
	contend(node, NULL, &lost, 2, 1);
	assert_int_equal(count(node, EFFECT_DISASSOCIATE), 0);
	advert = last_advert(node);
	assert_non_null(advert);
	for (i = 0; i < advert->nprefixes; i++)
		if (prefix_cmp(&advert->prefixes[i].prefix, &lost) == 0)
			gone += advert->prefixes[i].preferred == 0;
		else
			fresh += advert->prefixes[i].preferred > 0;
	assert_int_equal(gone, 1);
	assert_int_equal(fresh, 1);
	node_free(node);
}

/* The table of a peer may be older than what the link layer found. */
static void
a_station_found_at_start_is_ours_once_it_speaks(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct addr addr;

	(void)state;
	addr = join(b, 1);
	sight(a, 1, SIGHTING_PRESENT);
	peering(a, b, 5);
	pass(a, 60000);
	assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	hear(a, 1, HEARD_ARP, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	node_free(a);
	node_free(b);
}

/* Its address may become known only then, and a question may get lost. */
static void
a_station_found_at_start_is_asked_again(void **state)
{
	struct node *b = node_new(2, "192.168.44.0/24"), *a;
	struct addr addr;

	(void)state;
	addr = join(b, 1);
	sight(b, 1, SIGHTING_LEFT);
	pass(b, 5000);
	a = node_new(1, "192.168.44.0/24");
	sight(a, 1, SIGHTING_PRESENT);
	assert_int_equal(count(a, EFFECT_PROBE), 0);	/* whom? */
	peering(a, b, 5);
	assert_int_equal(count(a, EFFECT_PROBE), 0);
	pass(a, 600);
	assert_int_equal(count(a, EFFECT_PROBE), 1);
	assert_int_not_equal(route_of(a, &addr), ROUTE_LOCAL);
	hear(a, 1, HEARD_ARP_REPLY, &addr);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	node_free(a);
	node_free(b);
}

/* Found is not seen to join: it takes no station from where it is. */
static void
a_station_found_at_start_is_not_claimed_from_another(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct addr addr;
	int late;

	(void)state;
	addr = join(b, 1);
	peering(a, b, 5);
	for (late = 0; late < 2; late++) {
		sight(a, 1, SIGHTING_PRESENT);
		carry(a, b, 5);
		pass(a, 60000);
		carry(a, b, 5);
		assert_int_equal(route_of(b, &addr), ROUTE_LOCAL);
		assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
	}
	node_free(a);
	node_free(b);
}

enum claimant { NOBODY, US, ANOTHER };

/* Found by a, which has just started (late: long ago); whom b knows it at. */
static struct addr
found(struct node *a, struct node *b, enum claimant who, bool late,
    enum station_source source)
{
	struct addr addr = addr_none;
	struct mac mac = station(1);
	struct update u;

	if (who == ANOTHER)
		addr = join(b, 1);
	else if (who == US) {
		addr = obtain(b, 1);
		make_update(&u, DATUM_LOCATION, mac.octet, 6, a->id.octet, 8,
		    1, 3000);
		core_update(b->core, STRANGER, &u, now);
	}
	if (!late)
		sight_by(a, 1, SIGHTING_PRESENT, source);
	peering(a, b, 5);
	pass(a, 3100);
	if (late)
		sight_by(a, 1, SIGHTING_PRESENT, source);
	carry(a, b, 5);
	return addr;
}

static bool
is_at(struct node *node, const struct node *where)
{
	struct mac mac = station(1);
	struct update u, location;

	make_update(&u, DATUM_LOCATION, mac.octet, 6, NULL, 0, 0, 0);
	return find_datum(node, &u, &location) && location.vallen == 8 &&
	    memcmp(location.data + 7, where->id.octet, 8) == 0;
}

/* Forgotten, without a word to the station, and then asked. */
static void
expect_forgotten(const struct node *node)
{
	struct mac mac = station(1);
	int n;

	for (n = 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_DISASSOCIATE)
			break;
	assert_int_not_equal(n, node->n);
	assert_int_equal(node->seen[n].drop.ifindex, IFINDEX);
	assert_int_equal(node->seen[n].drop.port, PORT);
	assert_int_equal(node->seen[n].drop.silent, 1);
	assert_int_equal(mac_cmp(&node->seen[n].drop.mac, &mac), 0);
	while (n < node->n && node->seen[n].type != EFFECT_PROBE)
		n++;
	assert_int_not_equal(n, node->n);
}

/*
 * While a bridge has it, its frames are no news.  So either it is taken to be
 * here or the bridge forgets it; a radio's association stands.
 */
static void
a_found_station_is_here_or_its_return_is_news(void **state)
{
	static const struct {
		enum claimant		who;
		bool			late;
		enum station_source	source;
	} rows[] = {
		{ NOBODY, false, SOURCE_BRIDGE },
		{ NOBODY, true, SOURCE_BRIDGE },
		{ NOBODY, false, SOURCE_NL80211 },
		{ NOBODY, true, SOURCE_NL80211 },
		{ US, false, SOURCE_BRIDGE },
		{ US, true, SOURCE_BRIDGE },
		{ US, false, SOURCE_NL80211 },
		{ US, true, SOURCE_NL80211 },
		{ ANOTHER, false, SOURCE_BRIDGE },
		{ ANOTHER, true, SOURCE_BRIDGE },
		{ ANOTHER, false, SOURCE_NL80211 },
		{ ANOTHER, true, SOURCE_NL80211 }
	};
	struct node *a, *b;
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = node_new(1, "192.168.44.0/24");
		b = node_new(2, "192.168.44.0/24");
		addr = found(a, b, rows[i].who, rows[i].late, rows[i].source);
		assert_true(is_at(a, rows[i].who == ANOTHER ? b : a));
		if (rows[i].who == ANOTHER &&
		    rows[i].source == SOURCE_BRIDGE)
			expect_forgotten(a);
		else
			assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
		pass(a, 10000);
		assert_true(is_at(a, rows[i].who == ANOTHER ? b : a));
		assert_in_range(count(a, EFFECT_DISASSOCIATE), 0,
		    rows[i].source == SOURCE_BRIDGE);
		if (rows[i].who == ANOTHER) {
			assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
			sight_by(a, 1, SIGHTING_JOINED, rows[i].source);
			assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
			assert_true(is_at(a, a));
		}
		node_free(a);
		node_free(b);
	}
}

/* It was here all the time: the question that follows finds out. */
static void
a_found_station_that_answers_is_here(void **state)
{
	static const enum heard_kind kinds[] = { HEARD_ARP_REPLY, HEARD_NA };
	struct node *a, *b;
	struct addr addr, linklocal;
	size_t i;
	int late;

	(void)state;
	(void)addr_parse("fe80::1:2", &linklocal);
	for (i = 0; i < 2; i++)
		for (late = 0; late < 2; late++) {
			a = node_new(1, "192.168.44.0/24");
			b = node_new(2, "192.168.44.0/24");
			addr = found(a, b, ANOTHER, late, SOURCE_BRIDGE);
			pass(a, 5);
			hear(a, 1, kinds[i], kinds[i] == HEARD_NA ?
			    &linklocal : &addr);
			pass(a, 20000);
			assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
			assert_true(is_at(a, a));
			node_free(a);
			node_free(b);
		}
}

/* Nothing is kept for one that a bridge was made to forget. */
static void
a_found_station_that_does_not_answer_is_forgotten(void **state)
{
	struct node *a, *b;
	struct addr addr;
	int late;

	(void)state;
	for (late = 0; late < 2; late++) {
		a = node_new(1, "192.168.44.0/24");
		b = node_new(2, "192.168.44.0/24");
		addr = found(a, b, ANOTHER, late, SOURCE_BRIDGE);
		pass(a, 3100);
		/* What the bridge learned would be told before its frame. */
		hear(a, 1, HEARD_ARP, &addr);
		assert_int_equal(route_of(a, &addr), ROUTE_DIRECT);
		assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
		node_free(a);
		node_free(b);
	}
}

static void
a_silent_station_is_asked_and_then_gone(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr addr;
	int asked;

	(void)state;
	sight_by(node, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	addr = obtain(node, 1);
	asked = count(node, EFFECT_PROBE);	/* when it came */
	pass(node, 20000);
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	pass(node, 20000);
	assert_int_equal(route_of(node, &addr), ROUTE_NONE);
	assert_int_equal(count(node, EFFECT_PROBE), asked + 3);
	assert_int_equal(count(node, EFFECT_INQUIRY), 0);
	node_free(node);
}

/*
 * A bridge's news of one that left may be lost, or be of another port than is
 * known; one without an address to ask for would be here for ever.
 */
static void
one_that_cannot_be_asked_and_is_silent_is_gone(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct ctl_status status;

	(void)state;
	pass(node, 130000);		/* the start is long over */
	sight_by(node, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
	pass(node, 290000);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.stations_here, 1);
	assert_int_equal(count(node, EFFECT_PROBE), 0);
	pass(node, 40000);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.stations_here, 0);
	/* If it was only quiet, its next frame is news to the bridge. */
	assert_int_equal(count(node, EFFECT_DISASSOCIATE), 1);
	node_free(node);
}

/* Ended leases are remembered: a new station gets what nobody had. */
static void
an_address_is_kept_for_the_station_that_had_it(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/27");
	struct addr had[15], again;
	int i;

	(void)state;
	for (i = 0; i < 14; i++)
		had[i] = join(node, i);
	for (i = 0; i < 14; i++)
		sight(node, i, SIGHTING_LEFT);
	pass(node, 3600 * 1000);
	for (i = 14; i < 28; i++) {
		again = join(node, i);
		assert_false(addr_is_none(&again));
	}
	for (i = 0; i < 14; i++) {
		again = join(node, i);
		assert_int_equal(addr_cmp(&again, &had[i]), 0);
	}
	node_free(node);
}

/* Version 1 gives its gateway away, and .0 and .255. */
static void
what_no_station_may_have_is_neither_routed_nor_confirmed(void **state)
{
	static const char *const bad[] = { "192.168.44.0", "192.168.44.1",
	    "192.168.44.255", "10.0.0.9" };
	struct node *node = node_new(1, "192.168.44.0/24");
	const struct dhcp_reply *reply;
	struct addr addr;
	size_t i;

	(void)state;
	core_peer_up(node->core, STRANGER, false, now);
	sight(node, 1, SIGHTING_JOINED);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(addr_parse(bad[i], &addr), 0);
		contend(node, &addr, NULL, 1, 7);
		assert_int_equal(route_of(node, &addr), -1);
		reply = dhcp(node, 1, DHCP_REQUEST, &addr, 0);
		assert_non_null(reply);
		assert_int_equal(reply->type, DHCP_NAK);
	}
	addr = obtain(node, 1);
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	node_free(node);
}

/* The wire cannot say this, a sibling that was taken over can. */
static void
an_ipv6_address_in_dhcp_is_not_leased(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct addr addr;

	(void)state;
	assert_int_equal(addr_parse("2001:db8:1234:5::1", &addr), 0);
	assert_null(dhcp(node, 1, DHCP_REQUEST, &addr, 0));
	assert_null(dhcp(node, 1, DHCP_DISCOVER, &addr, 0));
	node_free(node);
}

/* The router that a station came from may be known by that station alone. */
static void
a_station_comes_from_a_router_nobody_else_named(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct mac mac = station(1);
	struct update u;

	(void)state;
	core_peer_up(node->core, STRANGER, true, now);
	make_update(&u, DATUM_LOCATION, mac.octet, 6, "\002\0\0\0\0\0\0\7", 8,
	    3, 1000);
	core_update(node->core, STRANGER, &u, now);
	sight(node, 1, SIGHTING_JOINED);
	assert_int_equal(find_datum(node, &u, &u), 1);
	assert_int_equal(u.seqno, 4);
	assert_memory_equal(u.data + 7, node->id.octet, 8);
	node_free(node);
}

/*
 * Two daemons of version 1 side by side may differ for ever, and what one of
 * them has lost to is known behind the other only.
 */
static void
nowhere_that_lives_too_long_is_asked_for_anew(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct mac mac = station(1);
	struct update u, found;

	(void)state;
	pass(a, 2000);			/* its start is over */
	assert_int_equal(core_peer_up(a->core, STRANGER, 0, now), 0);
	sight(b, 1, SIGHTING_JOINED);
	make_update(&u, DATUM_LOCATION, mac.octet, 6, "", 0, 1, 600);
	u.age = AGE_UNKNOWN;
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_int_equal(find_datum(a, &u, &found), 1);
	assert_int_equal(found.seqno, 1);
	u.lifetime = 5400;
	assert_null(core_update(a->core, STRANGER, &u, now));
	pass(a, 900);
	assert_int_equal(find_datum(a, &u, &found), 1);
	assert_int_equal(found.seqno, 1);
	pass(a, 2100);
	assert_int_equal(find_datum(a, &u, &found), 1);
	assert_int_equal(found.seqno, 2);
	assert_int_equal(found.vallen, 0);
	assert_in_range(found.lifetime, 598, 600);
	assert_null(core_update(b->core, STRANGER, &found, now));
	assert_int_equal(find_datum(b, &u, &found), 1);
	assert_int_equal(found.seqno, 3);
	assert_memory_equal(found.data + 7, b->id.octet, 8);
	node_free(a);
	node_free(b);
}

static void
an_offer_outlives_the_core_no_longer(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_non_null(dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	node_free(node);	/* for the sanitizers */
}

/*
 * atk6-flood_rs6 -S: a MAC address a frame.  The table grows by what a port
 * may bring, one that was refused joins when it is heard again, and whoever is
 * known is no matter of this.
 */
static void
a_port_brings_new_stations_at_a_rate(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/16");
	struct ctl_status status;
	int i;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	node->conf->networks[0].max_leases = 2;
	core_conf(node->core, node->conf, now);
	pass(node, 1000);
	for (i = 2; i < 2000; i++)
		sight(node, i, SIGHTING_JOINED);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.stations_here, 1 + 20);
	assert_in_range(status.leases6, 20, 1 + 20);
	assert_int_equal(status.joins_limited, 1998 - 20);
	sight(node, 1, SIGHTING_LEFT);
	sight(node, 1, SIGHTING_JOINED);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.joins_limited, 1998 - 20);
	/* The last was refused, and speaks. */
	pass(node, 1000);
	hear(node, 1999, HEARD_OTHER, &addr_none);
	assert_int_equal(dhcp(node, 1999, DHCP_DISCOVER, NULL, 0)->type,
	    DHCP_OFFER);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.stations_here, 1 + 20 + 1);
	node_free(node);
}

/* Else they send to the old one for the seconds that a doubt takes. */
static void
another_mac_of_the_gateway_is_announced(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/24");
	struct link link;

	(void)state;
	(void)join(node, 1);
	pass(node, 5000);
	node->n = 0;
	memset(&link, 0, sizeof(link));
	link.ifindex = IFINDEX;
	memcpy(link.name, "roam0", 6);
	link.lladdr.octet[0] = 2;
	link.up = 1;
	link.source = SOURCE_NL80211;
	link.mtu = 1500;
	(void)addr_parse("192.168.44.1", &link.gateway4);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
	pass(node, 2000);
	assert_int_equal(count(node, EFFECT_ANNOUNCE), 0);
	link.lladdr.octet[5] = 9;
	core_link(node->core, &link, now);
	assert_int_equal(count(node, EFFECT_ANNOUNCE), 1);
	pass(node, 2000);
	assert_int_equal(count(node, EFFECT_ANNOUNCE), 3);
	node_free(node);
}

static int
reset(void **state)
{
	(void)state;
	now.us = 1000000;
	return 0;
}

/* Newest first: "1: 0 > 1 late, ...", by stations and routers. */
static void
expect_roams(struct node *node, const char *what)
{
	struct ctl_cursor cursor;
	struct ctl_roam r;
	char text[400] = "";
	size_t n;

	memset(&cursor, 0, sizeof(cursor));
	while (core_show_roam(node->core, &cursor, &r, now)) {
		n = strlen(text);
		snprintf(text + n, sizeof(text) - n, "%s%u: %u > %u%s%s",
		    n > 0 ? ", " : "", r.mac.octet[5], r.from.octet[7],
		    r.to.octet[7], r.late > 0 ? " late" : "",
		    r.ago >= 5000 ? " long ago" : "");
	}
	assert_string_equal(text, what);
}

static void
movements_are_remembered_wherever_they_are(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	struct ctl_cursor cursor;
	struct ctl_roam r;
	int i, n;

	(void)state;
	core_start(a);
	core_start(b);
	peering(a, b, 5);
	pass(a, 60000);
	pass(b, 0);
	expect_roams(a, "");
	join(a, 1);
	expect_roams(a, "1: 0 > 1");
	expect_roams(b, "");
	pass(a, 30);
	carry(a, b, 5);
	expect_roams(b, "1: 0 > 1 late");
	pass(a, 6000);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	expect_roams(a, "1: 1 > 2, 1: 0 > 1 long ago");
	sight(b, 1, SIGHTING_LEFT);
	pass(b, 1000);
	expect_roams(b, "1: 2 > 0, 1: 1 > 2, 1: 0 > 1 late long ago");
	node_free(b);

	/* Not more than fit, and none twice while it goes on. */
	memset(&cursor, 0, sizeof(cursor));
	for (i = 0; i < 600; i++) {
		sight(a, 100, SIGHTING_JOINED);
		sight(a, 100, SIGHTING_LEFT);
		pass(a, 1000);
		a->n = 0;
	}
	for (n = 0; core_show_roam(a->core, &cursor, &r, now); n++) {
		sight(a, 100, n % 2 ? SIGHTING_JOINED : SIGHTING_LEFT);
		pass(a, 1000);
		a->n = 0;
	}
	assert_in_range(n, 100, 512);
	node_free(a);
}

/* What a table brings that has been so for long is no movement. */
static void
an_old_table_is_no_crowd_of_roams(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");

	(void)state;
	core_start(a);
	core_start(b);
	pass(a, 60000);
	pass(b, 0);
	join(a, 1);
	pass(a, 100000);
	pass(b, 0);
	join(a, 2);
	peering(a, b, 5);
	expect_roams(b, "2: 0 > 1");
	node_free(a);
	node_free(b);
}

/* A bridge has forgotten it: what it answers is all that tells. */
static void
an_answer_brings_a_station_back_for_three_seconds(void **state)
{
	static const int after_ms[] = { 20, 1500, 2900, 3100 };
	struct node *a, *b;
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		a = node_new(1, "192.168.44.0/24");
		b = node_new(2, "192.168.44.0/24");
		peering(a, b, 5);
		sight_by(a, 1, SIGHTING_JOINED, SOURCE_BRIDGE);
		addr = obtain(a, 1);
		carry(a, b, 5);
		pass(a, 5000);
		sight(b, 1, SIGHTING_JOINED);
		carry(a, b, 5);
		pass(a, after_ms[i]);
		hear(a, 1, HEARD_ARP_REPLY, &addr);
		assert_int_equal(route_of(a, &addr),
		    after_ms[i] < 3000 ? ROUTE_LOCAL : ROUTE_DIRECT);
		node_free(a);
		node_free(b);
	}
}

/* Neither an advertisement nor an announcement nor a probe. */
static void
who_is_elsewhere_is_told_nothing(void **state)
{
	struct node *a = node_new(1, "192.168.44.0/24");
	struct node *b = node_new(2, "192.168.44.0/24");
	int source;

	(void)state;
	peering(a, b, 5);
	pass(a, 5000);
	for (source = 0; source < 2; source++) {
		sight_by(a, 1, SIGHTING_JOINED, source == 0 ?
		    SOURCE_NL80211 : SOURCE_BRIDGE);
		obtain(a, 1);
		/* In between of all that is sent more than once. */
		pass(a, 20);
		carry(a, b, 5);
		sight(b, 1, SIGHTING_JOINED);
		carry(a, b, 5);
		a->n = 0;
		pass(a, 3600 * 1000);
		assert_int_equal(count(a, EFFECT_ADVERT), 0);
		assert_int_equal(count(a, EFFECT_ANNOUNCE), 0);
		assert_int_equal(count(a, EFFECT_PROBE), 0);
		sight(b, 1, SIGHTING_JOINED);
		carry(a, b, 5);
	}
	node_free(a);
	node_free(b);
}

static void
bar(struct node *node, int which, bool more)
{
	struct conf_bar b;

	memset(&b, 0, sizeof(b));
	b.mac = station(which);
	if (more)
		assert_int_equal(conf_add_bar(node->conf, &b), 0);
	else
		node->conf->nbars = 0;
	conf_routers_sort(node->conf);
	core_conf(node->core, node->conf, now);
}

static bool
is_there(struct node *node, int which)
{
	struct ctl_cursor cursor = { 0 };
	struct ctl_station s;
	struct mac mac = station(which);

	while (core_show_station(node->core, &cursor, &s, now))
		if (mac_cmp(&s.mac, &mac) == 0 && s.here)
			return true;
	return false;
}

static void
denied_station_gets_nothing(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/24");
	struct ctl_status c;

	(void)state;
	core_start(node);
	bar(node, 7, true);
	bar(node, 3, true);
	sight(node, 7, SIGHTING_JOINED);
	hear(node, 7, HEARD_ARP_REPLY, &addr_none);
	assert_null(dhcp(node, 7, DHCP_DISCOVER, NULL, 0));
	assert_false(is_there(node, 7));
	core_show_status(node->core, &c, now);
	assert_int_equal(c.joins_limited, 3);
	assert_int_equal(c.stations, 0);
	assert_int_equal(c.leases4, 0);
	/* The others as ever; and it too, when it is not denied any more. */
	sight(node, 8, SIGHTING_JOINED);
	assert_true(is_there(node, 8));
	assert_non_null(dhcp(node, 8, DHCP_DISCOVER, NULL, 0));
	bar(node, 0, false);
	sight(node, 7, SIGHTING_JOINED);
	assert_true(is_there(node, 7));
	/* It is here, and is denied now. */
	bar(node, 7, true);
	assert_false(is_there(node, 7));
	assert_true(is_there(node, 8));
	node_free(node);
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		TEST(a_quick_return_is_not_disassociated),
		TEST(the_operator_drops_a_station),
		TEST(denied_station_gets_nothing),
		TEST(a_frame_of_one_that_has_a_lease_is_no_sighting),
		TEST(a_station_that_went_for_good_is_disassociated),
		TEST(who_is_acknowledged_is_claimed),
		TEST(who_went_with_its_link_is_asked),
		TEST(who_is_elsewhere_is_not_asked),
		TEST(many_are_asked_at_a_rate),
		TEST(who_has_just_roamed_is_not_taken_back),
		TEST(a_station_whose_address_is_lost_asks_anew),
		TEST(a_station_that_uses_anothers_address_asks_anew),
		TEST(a_lost_prefix_is_deprecated_and_replaced),
		TEST(a_station_found_at_start_is_ours_once_it_speaks),
		TEST(a_station_found_at_start_is_asked_again),
		TEST(a_station_found_at_start_is_not_claimed_from_another),
		TEST(a_found_station_is_here_or_its_return_is_news),
		TEST(a_found_station_that_answers_is_here),
		TEST(a_found_station_that_does_not_answer_is_forgotten),
		TEST(a_silent_station_is_asked_and_then_gone),
		TEST(one_that_cannot_be_asked_and_is_silent_is_gone),
		TEST(an_address_is_kept_for_the_station_that_had_it),
		TEST(what_no_station_may_have_is_neither_routed_nor_confirmed),
		TEST(an_ipv6_address_in_dhcp_is_not_leased),
		TEST(a_station_comes_from_a_router_nobody_else_named),
		TEST(nowhere_that_lives_too_long_is_asked_for_anew),
		TEST(an_offer_outlives_the_core_no_longer),
		TEST(a_port_brings_new_stations_at_a_rate),
		TEST(movements_are_remembered_wherever_they_are),
		TEST(an_old_table_is_no_crowd_of_roams),
		TEST(an_answer_brings_a_station_back_for_three_seconds),
		TEST(who_is_elsewhere_is_told_nothing),
		TEST(another_mac_of_the_gateway_is_announced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
