/* SPDX-License-Identifier: ISC */
/*
 * A station's IPv6: what it is advertised and how often, and its own
 * addresses, by which it is reached.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"

static void
heard(struct node *node, int i, const char *addr)
{
	struct heard h;

	memset(&h, 0, sizeof(h));
	h.ifindex = IFINDEX;
	h.kind = HEARD_NS;
	h.mac = station(i);
	(void)addr_parse(addr, &h.addr);
	core_heard(node->core, &h, now);
}

static void
solicit(struct node *node, int i, const char *source)
{
	struct solicit s;

	memset(&s, 0, sizeof(s));
	s.ifindex = IFINDEX;
	s.source_mac = station(i);
	if (source != NULL)
		(void)addr_parse(source, &s.source);
	core_solicit(node->core, &s, now);
}

static const struct seen *
last(const struct node *node, enum effect_type type)
{
	int n;

	for (n = node->n; n-- > 0;)
		if (node->seen[n].type == type)
			return &node->seen[n];
	return NULL;
}

/* The last route of its /64: its gateway, as text. */
static const char *
gateway_of(const struct node *node)
{
	int n;

	for (n = node->n; n-- > 0;)
		if (node->seen[n].type == EFFECT_ROUTE &&
		    node->seen[n].route.prefix.len == 64)
			return node->seen[n].route.kind == ROUTE_NONE ?
			    "none" : addr_text(&node->seen[n].route.gateway);
	return "never";
}

/* The address that the MAC address of a station makes. */
static const char *
own_of(int i)
{
	struct mac mac = station(i);
	struct addr addr;

	addr_from_mac(&addr, &mac);
	return addr_text(&addr);
}

/* How many entries stand, of all that was told: its own address, or others. */
static int
entries(const struct node *node, int i, int is_own)
{
	struct mac mac = station(i);
	const struct neigh *e;
	int n, stand = 0;

	for (n = 0; n < node->n; n++) {
		e = &node->seen[n].neigh;
		if (node->seen[n].type == EFFECT_NEIGH &&
		    mac_cmp(&e->mac, &mac) == 0 &&
		    (strcmp(addr_text(&e->addr), own_of(i)) == 0) == is_own)
			stand += e->present ? 1 : -1;
	}
	return stand;
}

static int
neighbours(const struct node *node, int i)
{
	return entries(node, i, 0);
}

static struct node *
node_started(uint8_t which)
{
	struct node *node = node_new(which, POOL);

	pass(node, 2000);
	node->n = 0;
	return node;
}

static void
a_station_is_advertised_to_before_it_asks(void **state)
{
	struct node *node = node_started(1);
	static const int at[] = { 0, 1000, 3000 };
	monotime_t start = now;
	int n, i = 0;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	pass(node, 60000);
	for (n = 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_ADVERT) {
			assert_in_range(i, 0, 2);
			assert_int_equal(monotime_ms(start,
			    node->seen[n].at), at[i++]);
			assert_int_equal(node->seen[n].advert.nprefixes, 1);
		}
	assert_int_equal(i, 3);
	node_free(node);
}

/* All nodes, for it has no address yet; the frame is for it alone. */
static void
an_unspecified_source_is_answered_to_all_nodes(void **state)
{
	struct node *node = node_started(1);
	const struct seen *s;
	struct mac mac = station(1);

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	heard(node, 1, "fe80::7");
	solicit(node, 1, NULL);
	assert_non_null(s = last(node, EFFECT_ADVERT));
	assert_true(addr_is_none(&s->advert.dst));
	assert_int_equal(mac_cmp(&s->advert.mac, &mac), 0);
	solicit(node, 1, "fe80::7");
	assert_non_null(s = last(node, EFFECT_ADVERT));
	assert_string_equal(addr_text(&s->advert.dst), "fe80::7");
	node_free(node);
}

static void
solicitations_are_answered_once_a_second_after_a_burst(void **state)
{
	struct node *node = node_started(1);
	struct ctl_status status;
	int i;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	pass(node, 10000);
	node->n = 0;
	for (i = 0; i < 100; i++)
		solicit(node, 1, "fe80::7");
	assert_int_equal(count(node, EFFECT_ADVERT), 3);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.solicits_dropped, 97);
	node->n = 0;
	for (i = 0; i < 100; i++) {
		pass(node, 100);
		solicit(node, 1, "fe80::7");
	}
	assert_in_range(count(node, EFFECT_ADVERT), 9, 11);
	/* Another one is not kept waiting. */
	sight(node, 2, SIGHTING_JOINED);
	node->n = 0;
	solicit(node, 2, "fe80::8");
	assert_int_equal(count(node, EFFECT_ADVERT), 1);
	node_free(node);
}

static void
a_stranger_that_solicits_leaves_no_trace(void **state)
{
	struct node *node = node_started(1);
	struct ctl_status status;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		solicit(node, i, "fe80::7");
	core_show_status(node->core, &status, now);
	assert_int_equal(status.leases6, 0);
	assert_int_equal(status.stations, 0);
	assert_int_equal(status.solicits_dropped, 1000);
	assert_int_equal(count(node, EFFECT_ADVERT), 0);
	node_free(node);
}

/*
 * Two hours, in which any three advertisements in a row may get lost: what
 * it was told last before them has not run out when the fourth comes.
 */
static void
three_lost_advertisements_are_harmless_for_two_hours(void **state)
{
	struct node *node = node_started(1);
	const struct advert *a;
	monotime_t told[5] = { { 0 } }, end;
	int n, i, have = 0;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	heard(node, 1, "fe80::7");
	for (end = monotime_add(now, 7200 * 1000); monotime_before(now, end);) {
		pass(node, 10000);
		heard(node, 1, "fe80::7");
		for (n = 0; n < node->n; n++) {
			if (node->seen[n].type != EFFECT_ADVERT)
				continue;
			a = &node->seen[n].advert;
			assert_int_equal(a->nprefixes, 1);
			for (i = 4; i > 0; i--)
				told[i] = told[i - 1];
			told[0] = node->seen[n].at;
			if (++have < 5)
				continue;
			i = (int)(monotime_ms(told[4], told[0]) / 1000);
			assert_in_range(i, 0, a->router_lifetime - 1);
			assert_in_range(i, 0, a->dns_lifetime - 1);
			assert_in_range(i, 0, a->prefixes[0].preferred - 1);
		}
		node->n = 0;
	}
	assert_in_range(have, 16, 30);
	node_free(node);
}

static const uint32_t *
preferred_of(const struct advert *a, const struct prefix *p)
{
	uint32_t i;

	for (i = 0; i < a->nprefixes; i++)
		if (prefix_cmp(&a->prefixes[i].prefix, p) == 0)
			return &a->prefixes[i].preferred;
	return NULL;
}

/*
 * RFC 4862 5.5.3: a shorter lifetime is not believed below two hours, so the
 * old prefix stays in the advertisements until it has ended by itself.
 */
static void
a_prefix_removed_by_a_reload_is_deprecated_until_its_end(void **state)
{
	struct node *node = node_started(1);
	const struct seen *s;
	const uint32_t *preferred;
	struct prefix old;
	monotime_t start;
	int n;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	pass(node, 5000);
	assert_non_null(s = last(node, EFFECT_ADVERT));
	old = s->advert.prefixes[0].prefix;
	assert_int_equal(prefix_parse("2001:db8:5678::/48",
	    &node->conf->networks[0].prefixes[1]), 0);
	node->n = 0;
	core_conf(node->core, node->conf, now);
	start = now;
	while (monotime_ms(start, now) < 3 * 3600 * 1000) {
		pass(node, 10000);
		heard(node, 1, "fe80::7");
		for (n = 0; n < node->n; n++) {
			s = &node->seen[n];
			if (s->type != EFFECT_ADVERT)
				continue;
			assert_in_range(s->advert.router_lifetime, 1, 9000);
			preferred = preferred_of(&s->advert, &old);
			if (monotime_ms(start, s->at) < 5380 * 1000) {
				assert_non_null(preferred);
				assert_int_equal(*preferred, 0);
				assert_in_range(s->advert.prefixes[1].valid,
				    1, 7200);
				assert_int_equal(s->advert.nprefixes, 2);
				assert_in_range(s->advert.prefixes[0].preferred,
				    1, 2700);
			} else if (monotime_ms(start, s->at) > 5400 * 1000)
				assert_null(preferred);
		}
		node->n = 0;
	}
	node_free(node);
}

static void
the_end_of_the_network_is_said_three_times(void **state)
{
	struct node *node = node_started(1);
	int i, n, finals;

	(void)state;
	for (i = 0; i < 10; i++)
		sight(node, i, SIGHTING_JOINED);
	pass(node, 5000);
	for (i = 0; i < node->n; i++)	/* and never before */
		if (node->seen[i].type == EFFECT_ADVERT)
			assert_int_not_equal(
			    node->seen[i].advert.router_lifetime, 0);
	node->n = 0;
	core_retire(node->core, now);
	pass(node, 3600 * 1000);
	for (i = 0; i < 10; i++) {
		struct mac mac = station(i);

		finals = 0;
		for (n = 0; n < node->n; n++) {
			const struct advert *a = &node->seen[n].advert;

			if (node->seen[n].type != EFFECT_ADVERT ||
			    mac_cmp(&a->mac, &mac) != 0)
				continue;
			finals++;
			assert_int_equal(a->router_lifetime, 0);
			assert_int_equal(a->dns_lifetime, 0);
			assert_int_equal(a->nprefixes, 1);
			assert_int_equal(a->prefixes[0].preferred, 0);
			assert_in_range(a->prefixes[0].valid, 1, 7200);
		}
		assert_int_equal(finals, 3);
	}
	/* A reload begins it again. */
	node->n = 0;
	sight(node, 3, SIGHTING_JOINED);
	core_conf(node->core, node->conf, now);
	pass(node, 1000);
	assert_non_null(last(node, EFFECT_ADVERT));
	assert_int_equal(last(node,
	    EFFECT_ADVERT)->advert.router_lifetime, 1800);
	node_free(node);
}

static void
a_prefix_is_reached_by_the_link_local_address(void **state)
{
	struct node *node = node_started(1);

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_string_equal(gateway_of(node), own_of(1));
	heard(node, 1, "fe80::7");
	assert_string_equal(gateway_of(node), "fe80::7");
	assert_int_equal(neighbours(node, 1), 1);
	/* Another at once is not believed, later it is. */
	heard(node, 1, "fe80::8");
	assert_string_equal(gateway_of(node), "fe80::7");
	pass(node, 2000);
	heard(node, 1, "fe80::8");
	assert_string_equal(gateway_of(node), "fe80::8");
	assert_int_equal(neighbours(node, 1), 1);
	sight(node, 1, SIGHTING_LEFT);
	pass(node, 1000);
	assert_string_equal(gateway_of(node), "none");
	assert_int_equal(neighbours(node, 1), 0);
	assert_int_equal(entries(node, 1, 1), 0);
	node_free(node);
}

/*
 * Its /64 leads to its MAC address before it has said a word: on the link, ND
 * would ask, and whoever answers had its packets.
 */
static void
a_prefix_is_never_on_the_link(void **state)
{
	struct node *node = node_started(1);
	int n;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_string_equal(gateway_of(node), own_of(1));
	assert_int_equal(entries(node, 1, 1), 1);
	/* It is its own address, or it is not: it stays. */
	heard(node, 1, own_of(1));
	assert_string_equal(gateway_of(node), own_of(1));
	pass(node, 2000);
	heard(node, 1, "fe80::7");
	pass(node, 2000);
	heard(node, 1, own_of(1));
	assert_string_equal(gateway_of(node), own_of(1));
	assert_int_equal(neighbours(node, 1), 0);
	assert_int_equal(entries(node, 1, 1), 1);
	for (n = 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_ROUTE &&
		    node->seen[n].route.kind == ROUTE_LOCAL &&
		    node->seen[n].route.prefix.len == 64)
			assert_false(addr_is_none(
			    &node->seen[n].route.gateway));
	node_free(node);
}

/* Who said it first: the other, before it came; or it is a neighbour's. */
static void
what_a_mac_address_makes_is_its_stations(void **state)
{
	struct node *node = node_started(1);

	(void)state;
	sight(node, 2, SIGHTING_JOINED);
	heard(node, 2, own_of(1));
	assert_string_equal(gateway_of(node), own_of(1));
	assert_int_equal(neighbours(node, 2), 1);
	node->n = 0;
	sight(node, 1, SIGHTING_JOINED);
	assert_int_equal(entries(node, 1, 1), 1);
	assert_int_equal(neighbours(node, 2), -1);
	assert_string_equal(gateway_of(node), own_of(1));
	node->n = 0;
	pass(node, 2000);
	heard(node, 2, own_of(1));
	assert_int_equal(count(node, EFFECT_NEIGH), 0);
	/* The thief is where he was, by his own. */
	heard(node, 2, "fe80::8");
	assert_string_equal(gateway_of(node), "fe80::8");
	node_free(node);
}

/* What stands in for it is not what it has: nobody else is told so. */
static void
what_stands_in_is_not_flooded(void **state)
{
	struct node *a = node_started(1), *b = node_started(2);
	struct route r = { .kind = ROUTE_LOCAL, .ifindex = IFINDEX,
	    .mac = station(1) };

	(void)state;
	peering(a, b, 5);
	assert_int_equal(prefix_parse("2001:db8:1234:5::/64", &r.prefix), 0);
	addr_from_mac(&r.gateway, &r.mac);
	core_adopt(a->core, &r, now);
	sight(a, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	pass(a, 1000);
	pass(b, 0);
	b->n = 0;
	sight(b, 1, SIGHTING_JOINED);
	assert_non_null(last(b, EFFECT_ADVERT));
	assert_true(addr_is_none(&last(b, EFFECT_ADVERT)->advert.dst));
	assert_string_equal(gateway_of(b), own_of(1));
	node_free(a);
	node_free(b);
}

/* It need not say a word at the next router. */
static void
the_link_local_address_moves_with_the_station(void **state)
{
	struct node *a = node_started(1), *b = node_started(2);

	(void)state;
	peering(a, b, 5);
	sight(a, 1, SIGHTING_JOINED);
	heard(a, 1, "fe80::7");
	carry(a, b, 5);
	pass(a, 1000);
	pass(b, 0);
	sight(b, 1, SIGHTING_JOINED);
	assert_string_equal(gateway_of(b), "fe80::7");
	assert_int_equal(neighbours(b, 1), 1);
	carry(a, b, 5);
	assert_int_equal(neighbours(a, 1), 0);
	node_free(a);
	node_free(b);
}

/* Or a second station could have the first one's packets. */
static void
an_address_is_one_stations_at_a_time(void **state)
{
	struct node *node = node_started(1);
	const struct seen *s;
	struct mac first = station(1);
	char theirs[64];
	int n;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_non_null(s = last(node, EFFECT_ADVERT));
	snprintf(theirs, sizeof(theirs), "%s", addr_text(
	    &s->advert.prefixes[0].prefix.addr));
	strcat(theirs, "7");
	sight(node, 2, SIGHTING_JOINED);
	heard(node, 1, "fe80::7");
	heard(node, 1, theirs);
	assert_int_equal(neighbours(node, 1), 2);
	heard(node, 2, "fe80::7");
	heard(node, 2, theirs);
	heard(node, 2, "2001:db8:9::7");
	assert_int_equal(neighbours(node, 2), 0);
	for (n = 0; n < node->n; n++)
		if (node->seen[n].type == EFFECT_NEIGH && strcmp(addr_text(
		    &node->seen[n].neigh.addr), own_of(2)) != 0)
			assert_int_equal(mac_cmp(&node->seen[n].neigh.mac,
			    &first), 0);
	node_free(node);
}

/* It came by that address where the other's lease was not known. */
static void
who_uses_anothers_prefix_is_told_so(void **state)
{
	struct node *node = node_started(1);
	const struct seen *s;
	struct prefix theirs;
	char addr[64];
	int n;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	assert_non_null(s = last(node, EFFECT_ADVERT));
	theirs = s->advert.prefixes[0].prefix;
	snprintf(addr, sizeof(addr), "%s7", addr_text(&theirs.addr));
	sight(node, 2, SIGHTING_JOINED);
	pass(node, 10000);
	node->n = 0;
	heard(node, 2, addr);
	assert_non_null(s = last(node, EFFECT_ADVERT));
	assert_int_equal(s->advert.nprefixes, 2);
	assert_int_not_equal(prefix_cmp(&s->advert.prefixes[0].prefix,
	    &theirs), 0);
	assert_int_equal(prefix_cmp(&s->advert.prefixes[1].prefix, &theirs),
	    0);
	assert_int_equal(s->advert.prefixes[1].preferred, 0);
	assert_int_equal(s->advert.prefixes[1].valid, 5400);
	/* Told three times, whatever else it says. */
	for (n = 0; n < 10; n++) {
		pass(node, 1000);
		heard(node, 2, addr);
	}
	assert_int_equal(count(node, EFFECT_ADVERT), 3);
	node_free(node);
}

static void
a_router_has_its_address_for_itself(void **state)
{
	struct node *node = node_started(1);
	struct ctl_status status;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	heard(node, 1, "fe80::1");
	solicit(node, 1, "fe80::1");
	assert_int_equal(neighbours(node, 1), 0);
	assert_string_equal(gateway_of(node), own_of(1));
	core_show_status(node->core, &status, now);
	assert_int_equal(status.impostors, 2);
	node_free(node);
}

/* The link-local one stays whatever else it uses. */
static void
a_station_has_a_limited_number_of_addresses(void **state)
{
	struct node *node = node_started(1);
	const struct seen *s;
	char text[80];
	int i;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	heard(node, 1, "fe80::7");
	assert_non_null(s = last(node, EFFECT_ADVERT));
	for (i = 1; i < 1000; i++) {
		snprintf(text, sizeof(text), "%s%x", addr_text(
		    &s->advert.prefixes[0].prefix.addr), i);
		heard(node, 1, text);
		assert_in_range(neighbours(node, 1), 1, 17);
		/* One that is heard again and again is not the one to go. */
		snprintf(text, sizeof(text), "%s1", addr_text(
		    &s->advert.prefixes[0].prefix.addr));
		heard(node, 1, text);
	}
	assert_int_equal(neighbours(node, 1), 17);
	for (i = 0; i < node->n; i++)
		if (node->seen[i].type == EFFECT_NEIGH &&
		    !node->seen[i].neigh.present)
			assert_int_not_equal(
			    node->seen[i].neigh.addr.octet[15] +
			    node->seen[i].neigh.addr.octet[14] * 256, 1);
	assert_string_equal(gateway_of(node), "fe80::7");
	node_free(node);
}

/* Nobody confirms them any more: they must not outlive what they are in. */
static void
addresses_go_with_their_prefix(void **state)
{
	struct mac mac = station(1);
	struct node *node;
	const struct seen *s;
	struct prefix prefix;
	char own[64];
	int how;

	(void)state;
	for (how = 0; how < 3; how++) {
		node = node_started(1);
		sight(node, 1, SIGHTING_JOINED);
		assert_non_null(s = last(node, EFFECT_ADVERT));
		prefix = s->advert.prefixes[0].prefix;
		snprintf(own, sizeof(own), "%s7", addr_text(&prefix.addr));
		heard(node, 1, "fe80::7");
		heard(node, 1, own);
		assert_int_equal(neighbours(node, 1), 2);
		switch (how) {
		case 0:
			assert_int_equal(core_clear_lease(node->core, "", NULL,
			    &mac, now), 0);
			break;
		case 1:
			assert_int_equal(core_clear_lease(node->core, "",
			    &prefix, NULL, now), 0);
			break;
		case 2:
			assert_int_equal(prefix_parse("2001:db8:5678::/48",
			    &node->conf->networks[0].prefixes[1]), 0);
			core_conf(node->core, node->conf, now);
			break;
		}
		/* It is here all the same. */
		assert_int_equal(neighbours(node, 1), 1);
		node_free(node);
	}
}

/*
 * As from the kernel, which a former run left so; its lease may be known from
 * the disk, or be another's by now.
 */
static void
an_adopted_route_keeps_its_gateway(void **state)
{
	struct node *node;
	struct route r;
	int lessee;

	(void)state;
	memset(&r, 0, sizeof(r));
	r.kind = ROUTE_LOCAL;
	r.ifindex = IFINDEX;
	assert_int_equal(prefix_parse("2001:db8:1234:5::/64", &r.prefix), 0);
	for (lessee = 0; lessee < 3; lessee++) {
		node = node_new(1, POOL);
		r.gateway = addr_none;
		if (lessee != 0) {
			r.mac = station(lessee);
			core_adopt(node->core, &r, now);
		}
		r.mac = station(1);
		assert_int_equal(addr_parse("fe80::7", &r.gateway), 0);
		core_adopt(node->core, &r, now);
		sight(node, lessee == 2 ? 2 : 1, SIGHTING_PRESENT);
		pass(node, 5000);
		assert_string_equal(gateway_of(node),
		    lessee == 2 ? own_of(2) : "fe80::7");
		node_free(node);
	}
}

/* Its question is answered by one of the three. */
static void
who_asks_while_the_network_ends_is_told_three_times_in_all(void **state)
{
	struct node *node = node_started(1);

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	pass(node, 5000);
	node->n = 0;
	core_retire(node->core, now);
	pass(node, 10);
	solicit(node, 1, "fe80::7");
	solicit(node, 1, "fe80::7");
	assert_int_equal(count(node, EFFECT_ADVERT), 3);
	pass(node, 3600 * 1000);
	assert_int_equal(count(node, EFFECT_ADVERT), 3);
	node_free(node);
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

/* Where there are prefixes to be leased at all, that is. */
static void
it_is_said_once_a_minute_that_no_prefix_is_free(void **state)
{
	struct node *node = node_started(1);
	struct conf_network *g = &node->conf->networks[0];
	int i;

	(void)state;
	assert_int_equal(prefix_parse("2001:db8:1234::/64", &g->prefixes[1]),
	    0);
	core_conf(node->core, node->conf, now);
	for (i = 1; i < 5; i++)
		sight(node, i, SIGHTING_JOINED);
	assert_int_equal(warnings(node, "no prefix is free"), 1);
	assert_int_equal(last(node, EFFECT_ADVERT)->advert.mac.octet[5], 1);
	pass(node, 60000);
	sight(node, 5, SIGHTING_JOINED);
	assert_int_equal(warnings(node, "no prefix is free"), 2);
	g->nprefixes = 1;
	core_conf(node->core, node->conf, now);
	pass(node, 60000);
	node->n = 0;
	sight(node, 6, SIGHTING_JOINED);
	assert_int_equal(warnings(node, "no prefix is free"), 0);
	node_free(node);
}

/* The last octet of what is flooded next of a station's link-local address. */
static int
flooded(struct node *node, uint64_t *seqno)
{
	struct update u;
	int octet = -1;

	while (core_peer_next(node->core, 7, &u, now))
		if (u.data[0] == DATUM_LINKLOCAL) {
			octet = u.data[u.keylen + 7];
			*seqno = u.seqno;
		}
	return octet;
}

/* But it stays for a second at least, and is said again at half its life. */
static void
a_new_link_local_address_is_flooded_with_the_next_seqno(void **state)
{
	struct node *node = node_started(1);
	uint64_t first, seqno;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	heard(node, 1, "fe80::7");
	assert_int_equal(flooded(node, &first), 7);
	heard(node, 1, "fe80::7");
	heard(node, 1, "fe80::8");
	assert_int_equal(flooded(node, &seqno), -1);
	pass(node, 1000);
	heard(node, 1, "fe80::8");
	assert_int_equal(flooded(node, &seqno), 8);
	assert_int_equal(seqno, first + 1);
	pass(node, node->conf->global.location_time / 2 * 1000LL - 2000);
	heard(node, 1, "fe80::8");
	assert_int_equal(flooded(node, &seqno), -1);
	pass(node, 3000);
	heard(node, 1, "fe80::8");
	assert_int_equal(flooded(node, &seqno), 8);
	assert_int_equal(seqno, first + 1);
	node_free(node);
}

/* Not each advertisement is a new lease, of which all routers hear. */
static void
a_prefix_is_leased_anew_after_ten_seconds_at_most(void **state)
{
	static const int after_ms[] = { 5000, 5000, 1000 };
	struct node *node = node_started(1);
	struct update u;
	int i, leased;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	while (core_peer_next(node->core, 7, &u, now))
		;
	for (i = 0; i < 3; i++) {
		pass(node, after_ms[i]);
		solicit(node, 1, "fe80::7");
		leased = 0;
		while (core_peer_next(node->core, 7, &u, now))
			leased += u.data[0] == DATUM_LEASE6;
		assert_int_equal(leased, i == 2);
	}
	node_free(node);
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test(name)
	const struct CMUnitTest tests[] = {
		TEST(a_station_is_advertised_to_before_it_asks),
		TEST(an_unspecified_source_is_answered_to_all_nodes),
		TEST(solicitations_are_answered_once_a_second_after_a_burst),
		TEST(a_stranger_that_solicits_leaves_no_trace),
		TEST(three_lost_advertisements_are_harmless_for_two_hours),
		TEST(a_prefix_removed_by_a_reload_is_deprecated_until_its_end),
		TEST(the_end_of_the_network_is_said_three_times),
		TEST(a_prefix_is_reached_by_the_link_local_address),
		TEST(a_prefix_is_never_on_the_link),
		TEST(what_a_mac_address_makes_is_its_stations),
		TEST(what_stands_in_is_not_flooded),
		TEST(the_link_local_address_moves_with_the_station),
		TEST(an_address_is_one_stations_at_a_time),
		TEST(who_uses_anothers_prefix_is_told_so),
		TEST(a_router_has_its_address_for_itself),
		TEST(a_station_has_a_limited_number_of_addresses),
		TEST(addresses_go_with_their_prefix),
		TEST(an_adopted_route_keeps_its_gateway),
		TEST(
		    who_asks_while_the_network_ends_is_told_three_times_in_all),
		TEST(it_is_said_once_a_minute_that_no_prefix_is_free),
		TEST(a_new_link_local_address_is_flooded_with_the_next_seqno),
		TEST(a_prefix_is_leased_anew_after_ten_seconds_at_most),
	};

	now = monotime_add(MONOTIME_ZERO, 1000000);
	return cmocka_run_group_tests_name("core_neigh", tests, NULL, NULL);
}
