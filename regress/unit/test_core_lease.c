/* SPDX-License-Identifier: ISC */
/* Whose word ends a lease, and what its station is told then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"
#define OLD_MS	3600000

/* The prefix that the station was last advertised, and the last of these. */
static const struct seen *
advertised(const struct node *a)
{
	int n;

	for (n = a->n; n-- > 0;)
		if (a->seen[n].type == EFFECT_ADVERT &&
		    a->seen[n].advert.nprefixes > 0)
			return &a->seen[n];
	fail_msg("nothing was advertised");
	return NULL;
}

static void
lease6(struct update *u, const struct prefix *p, int i, uint64_t seqno,
    uint32_t lifetime, uint32_t age)
{
	struct mac mac = station(i);

	make_update(u, DATUM_LEASE6, p->addr.octet, 8, mac.octet, 6, seqno,
	    lifetime);
	u->age = age;
}

static void
lease4(struct update *u, const struct addr *addr, int i, uint64_t seqno,
    uint32_t lifetime, uint32_t age)
{
	struct mac mac = station(i);

	make_update(u, DATUM_LEASE4, addr_v4(addr), 4, mac.octet, 6, seqno,
	    lifetime);
	u->age = age;
}

static uint32_t
lifetime(struct node *a, const struct update *key)
{
	struct update found;

	return find_datum(a, key, &found) ? found.lifetime : 0;
}

/* No version of the lease that is made up makes the end a younger one. */
static void
an_old_end_is_outbid_whatever_was_said_between(void **state)
{
	struct node *a = node_new(1, POOL);
	struct addr addr;
	struct prefix p;
	struct update u;

	(void)state;
	pass(a, OLD_MS);
	/* The link layer may have been slower than DHCP. */
	addr = obtain(a, 1);
	pass(a, 100);
	sight(a, 1, SIGHTING_JOINED);
	pass(a, 30000);
	p = advertised(a)->advert.prefixes[0].prefix;
	lease6(&u, &p, 1, 3, 5000, OLD_MS);
	assert_null(core_update(a->core, STRANGER, &u, now));
	lease6(&u, &p, 1, 6, 0, OLD_MS - 10000);
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_true(lifetime(a, &u) > 0);
	lease4(&u, &addr, 1, 3, 5000, OLD_MS);
	assert_null(core_update(a->core, STRANGER, &u, now));
	lease4(&u, &addr, 1, 6, 0, OLD_MS - 10000);
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_true(lifetime(a, &u) > 0);
	assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
	node_free(a);
}

/* An operator ended them at another router. */
static void
a_station_learns_of_a_younger_end_at_once(void **state)
{
	struct node *a = node_new(1, POOL);
	struct addr addr = join(a, 1);
	const struct seen *advert;
	struct prefix p;
	struct update u;

	(void)state;
	pass(a, 30000);
	p = advertised(a)->advert.prefixes[0].prefix;
	lease6(&u, &p, 1, 1, 0, 5);
	assert_null(core_update(a->core, STRANGER, &u, now));
	advert = advertised(a);
	assert_int_equal(advert->at.us, now.us);
	lease6(&u, &advert->advert.prefixes[0].prefix, 1, 0, 0, 0);
	assert_true(lifetime(a, &u) > 0);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
	lease4(&u, &addr, 1, 1, 0, 5);
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_int_equal(lifetime(a, &u), 0);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	node_free(a);
}

static void
the_operators_end_is_told_to_the_station(void **state)
{
	struct node *a = node_new(1, POOL);
	struct mac mac = station(1);
	struct addr addr = join(a, 1);

	(void)state;
	pass(a, 30000);
	assert_int_equal(core_clear_lease(a->core, "", NULL, &mac, now), 0);
	assert_int_equal(route_of(a, &addr), ROUTE_NONE);
	assert_int_equal(advertised(a)->at.us, now.us);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	node_free(a);
}

/* It released its address, or did so elsewhere before it came here. */
static void
a_station_that_ended_its_lease_itself_is_left_alone(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct addr addr = join(a, 1);
	struct update u;

	(void)state;
	peering(a, b, 5);
	dhcp(a, 1, DHCP_RELEASE, &addr, 0);
	pass(a, 3000);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);
	assert_non_null(dhcp(a, 1, DHCP_REQUEST, &addr, 0));
	carry(a, b, 5);
	sight(b, 1, SIGHTING_JOINED);
	pass(b, 1000);
	lease4(&u, &addr, 1, 7, 0, 2000);
	assert_null(core_update(b->core, STRANGER, &u, now));
	assert_int_equal(count(b, EFFECT_DISASSOCIATE), 0);
	node_free(a);
	node_free(b);
}

/* Whether the last advertisement says that the prefix is not to be used. */
static bool
deprecates(const struct node *a, const struct prefix *p)
{
	const struct advert *ra = &advertised(a)->advert;
	uint32_t n;

	for (n = 0; n < ra->nprefixes; n++)
		if (prefix_cmp(&ra->prefixes[n].prefix, p) == 0)
			return ra->prefixes[n].preferred == 0;
	return false;
}

/* What said so when it was lost may have been lost, too. */
static void
a_lost_prefix_is_deprecated_where_its_station_comes_next(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct mac mac = station(1);
	struct prefix p;
	struct update u;

	(void)state;
	sight(a, 1, SIGHTING_JOINED);
	pass(a, 30000);
	pass(b, 0);
	make_update(&u, DATUM_LOCATION, mac.octet, 6, a->id.octet, 8, 1, 5000);
	assert_null(core_update(b->core, STRANGER, &u, now));
	p = advertised(a)->advert.prefixes[0].prefix;
	lease6(&u, &p, 1, 0, 5000, 0);
	assert_null(core_update(b->core, STRANGER, &u, now));
	lease6(&u, &p, 2, 1, 5000, 0);
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_null(core_update(b->core, STRANGER, &u, now));
	assert_true(deprecates(a, &p));
	sight(a, 1, SIGHTING_LEFT);
	pass(a, 1000);
	a->n = 0;
	sight(a, 1, SIGHTING_JOINED);
	assert_true(deprecates(a, &p));
	sight(b, 1, SIGHTING_JOINED);
	assert_true(deprecates(b, &p));
	node_free(a);
	node_free(b);
}

/* It may be what the other found the address in use by. */
static void
a_station_that_uses_a_declined_address_is_made_to_ask(void **state)
{
	static const struct mac nobody;
	struct node *a = node_new(1, POOL);
	struct heard h;
	struct update u;
	struct addr addr;

	(void)state;
	assert_int_equal(addr_parse("192.168.44.17", &addr), 0);
	sight(a, 1, SIGHTING_JOINED);
	pass(a, 30000);
	make_update(&u, DATUM_LEASE4, addr_v4(&addr), 4, nobody.octet, 6, 2,
	    3600);
	assert_null(core_update(a->core, STRANGER, &u, now));
	memset(&h, 0, sizeof(h));
	h.ifindex = IFINDEX;
	h.kind = HEARD_ARP;
	h.mac = station(1);
	h.addr = addr;
	core_heard(a->core, &h, now);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	core_heard(a->core, &h, now);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 1);
	node_free(a);
}

/* Another router extends it by a new version: that is no end to be answered. */
static void
an_older_word_that_is_no_end_is_taken(void **state)
{
	struct node *a = node_new(1, POOL);
	struct addr addr;
	struct update u, found;

	(void)state;
	pass(a, OLD_MS);
	addr = join(a, 1);
	lease4(&u, &addr, 1, 7, 900, OLD_MS);
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_int_equal(find_datum(a, &u, &found), 1);
	assert_int_equal(found.seqno, 7);
	assert_int_equal(found.lifetime, 900);
	node_free(a);
}

/* As an old end, but before anything was said of it a second time. */
static void
a_prefix_that_was_just_given_has_no_older_end(void **state)
{
	struct node *a = node_new(1, POOL);
	struct prefix p;
	struct update u;

	(void)state;
	pass(a, OLD_MS);
	sight(a, 1, SIGHTING_JOINED);
	p = advertised(a)->advert.prefixes[0].prefix;
	lease6(&u, &p, 1, 0, 5400, OLD_MS);
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_true(lifetime(a, &u) > 5000);
	lease6(&u, &p, 1, 6, 0, OLD_MS - 10000);
	assert_null(core_update(a->core, STRANGER, &u, now));
	assert_true(lifetime(a, &u) > 5000);
	node_free(a);
}

/* By prefix or by station; what is not leased any more is not there. */
static void
the_operator_ends_what_there_is(void **state)
{
	struct node *a = node_new(1, POOL);
	struct mac mac = station(1), other = station(2);
	struct prefix p;
	struct addr addr;

	(void)state;
	pass(a, 5000);
	addr = join(a, 1);
	sight(a, 1, SIGHTING_LEFT);
	pass(a, 2000);
	sight(a, 2, SIGHTING_JOINED);
	prefix_host(&p, &addr);
	assert_int_equal(core_clear_lease(a->core, "", NULL, &mac, now), 0);
	assert_int_equal(core_clear_lease(a->core, "", NULL, &mac, now), -1);
	assert_int_equal(core_clear_lease(a->core, "", &p, NULL, now), -1);
	assert_int_equal(core_clear_lease(a->core, "", NULL, NULL, now), -1);
	/* Its prefix: it is given another, which is there then. */
	assert_int_equal(core_clear_lease(a->core, "", NULL, &other, now), 0);
	assert_int_equal(core_clear_lease(a->core, "", NULL, &other, now), 0);
	other = station(3);
	assert_int_equal(core_clear_lease(a->core, "", NULL, &other, now), -1);
	node_free(a);
}

/* How often; whether it is at its port (roam/contest.h) is another question. */
static int
asked(const struct node *node, const struct addr *addr)
{
	int i, n = 0;

	for (i = 0; i < node->n; i++)
		n += node->seen[i].type == EFFECT_PROBE &&
		    node->seen[i].probe.port == 0 &&
		    addr_cmp(&node->seen[i].probe.addr, addr) == 0;
	return n;
}

/*
 * What the station does after its RELEASE, or whoever has forged it, and
 * whether its lease goes on.
 */
static void
a_released_address_in_use_is_kept(void **state)
{
	enum { NOTHING, ANSWERS, ASKS, EARLY, WITH_ANOTHER, REQUESTS, LEAVES,
	    ROAMS, DISCOVERS };
	static const struct {
		const char	*name;
		int		 does;
		bool		 kept, warned;
		enum dhcp_type	 type;
	} rows[] = {
		{ "says nothing", NOTHING, false, false,
		    DHCP_RELEASE },
		{ "answers", ANSWERS, true, true,
		    DHCP_RELEASE },
		{ "asks for another by it", ASKS, true, true,
		    DHCP_RELEASE },
		{ "has not removed it yet", EARLY, false, false,
		    DHCP_RELEASE },
		{ "answers to another", WITH_ANOTHER, false, false,
		    DHCP_RELEASE },
		{ "requests it again", REQUESTS, true, false,
		    DHCP_RELEASE },
		{ "leaves", LEAVES, false, false,
		    DHCP_RELEASE },
		{ "is at another router", ROAMS, true, false,
		    DHCP_RELEASE },
		{ "declines, says nothing", NOTHING, false, false,
		    DHCP_DECLINE },
		{ "declines, answers", ANSWERS, true, true,
		    DHCP_DECLINE },
		{ "declines, requests it", REQUESTS, true, false,
		    DHCP_DECLINE },
		{ "declines, and discovers", DISCOVERS, false, false,
		    DHCP_DECLINE },
		{ "declines, leaves", LEAVES, false, false,
		    DHCP_DECLINE },
	};
	static const struct router_id other = { { 2, [7] = 9 } };
	struct mac mac = station(1);
	const struct dhcp_reply *reply;
	struct ctl_status status;
	struct addr addr, wrong;
	struct update u;
	struct node *a;
	bool declines;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = node_new(1, POOL);
		pass(a, 5000);
		addr = join(a, 1);
		pass(a, 1000);
		dhcp(a, 1, rows[i].type, &addr, 0);
		declines = rows[i].type == DHCP_DECLINE;
		assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
		a->n = 0;
		if (rows[i].does == EARLY)
			hear(a, 1, HEARD_ARP, &addr);
		pass(a, 1200);
		assert_int_equal(asked(a, &addr), declines ? 2 : 1);
		wrong = addr;
		wrong.octet[15]++;
		switch (rows[i].does) {
		case ANSWERS:
			hear(a, 1, HEARD_ARP_REPLY, &addr);
			break;
		case ASKS:
			hear(a, 1, HEARD_ARP, &addr);
			break;
		case WITH_ANOTHER:
			hear(a, 1, HEARD_ARP_REPLY, &wrong);
			break;
		case REQUESTS:
			assert_int_equal(dhcp(a, 1, DHCP_REQUEST, &addr,
			    0)->type, DHCP_ACK);
			break;
		case DISCOVERS:
			assert_null(dhcp(a, 1, DHCP_DISCOVER, NULL, 0));
			pass(a, 3000);
			assert_non_null(reply = dhcp(a, 1, DHCP_DISCOVER,
			    NULL, 0));
			assert_int_not_equal(addr_cmp(&reply->yiaddr, &addr),
			    0);
			break;
		case LEAVES:
			sight(a, 1, SIGHTING_LEFT);
			break;
		case ROAMS:
			make_update(&u, DATUM_LOCATION, mac.octet, 6,
			    other.octet, 8, 77, 5400);
			assert_null(core_update(a->core, STRANGER, &u, now));
			break;
		}
		pass(a, 5000);
		lease4(&u, &addr, 1, 0, 0, 0);
		/* A declined address is quarantined. */
		if ((lifetime(a, &u) > 0) != (rows[i].kept || declines))
			fail_msg("who %s", rows[i].name);
		if (!rows[i].kept)
			assert_int_not_equal(route_of(a, &addr), ROUTE_LOCAL);
		core_show_status(a->core, &status, now);
		assert_int_equal(status.dhcp_dropped, rows[i].warned ||
		    rows[i].does == DISCOVERS);
		assert_int_equal(status.dhcp_declines, declines &&
		    !rows[i].kept);
		assert_int_equal(count(a, EFFECT_LOG), rows[i].warned + 2 *
		    status.dhcp_declines);
		/* Kept until its end, and no longer. */
		pass(a, 3600000);
		assert_int_equal(lifetime(a, &u), 0);
		node_free(a);
	}
}

/* It had one before, and has released that just now. */
static void
the_address_that_was_released_last_is_asked_for(void **state)
{
	struct node *a = node_new(1, POOL);
	struct conf_host host = { .name = "fixed", .mac = station(1) };
	struct addr old, new;
	struct update u;

	(void)state;
	pass(a, 5000);
	old = join(a, 1);
	assert_int_equal(addr_parse("192.168.44.33", &new), 0);
	host.addr = new;
	assert_int_equal(conf_add_host(a->conf, &host), 0);
	core_conf(a->core, a->conf, now);
	dhcp(a, 1, DHCP_RELEASE, &old, 0);
	assert_int_equal(dhcp(a, 1, DHCP_REQUEST, &new, 0)->type, DHCP_ACK);
	dhcp(a, 1, DHCP_RELEASE, &new, 0);
	pass(a, 3000);
	lease4(&u, &new, 1, 0, 0, 0);
	assert_int_equal(lifetime(a, &u), 0);
	/* It ended when the station took the other one. */
	lease4(&u, &old, 1, 0, 0, 0);
	assert_int_equal(lifetime(a, &u), 0);
	node_free(a);
}

/* Where the station is not, nobody speaks for it. */
static void
who_is_elsewhere_releases_and_declines_nothing(void **state)
{
	static const enum dhcp_type types[] = { DHCP_RELEASE, DHCP_DECLINE };
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct dhcp_request r;
	struct link link;
	struct addr addr;
	struct update u;
	size_t i;

	(void)state;
	peering(a, b, 5);
	addr = join(a, 1);
	carry(a, b, 5);
	pass(a, 5000);
	pass(b, 0);
	memset(&link, 0, sizeof(link));
	link.ifindex = 20;
	link.up = 1;
	link.mtu = 1500;
	link.source = SOURCE_NL80211;
	link.lladdr.octet[0] = 2;
	strlcpy(link.name, "roam1", sizeof(link.name));
	(void)addr_parse("192.168.44.1", &link.gateway4);
	core_link(a->core, &link, now);
	lease4(&u, &addr, 1, 0, 0, 0);
	for (i = 0; i < 2; i++) {
		dhcp(b, 1, types[i], &addr, 0);
		memset(&r, 0, sizeof(r));
		r.ifindex = link.ifindex;
		r.type = (uint8_t)types[i];
		r.source_mac = r.chaddr = station(1);
		r.ciaddr = r.source = types[i] == DHCP_RELEASE ? addr :
		    addr_none;
		r.requested = types[i] == DHCP_DECLINE ? addr : addr_none;
		core_dhcp(a->core, &r, now);
		pass(a, 5000);
		pass(b, 0);
		carry(a, b, 5);
		assert_true(lifetime(a, &u) > 0);
		assert_true(lifetime(b, &u) > 0);
		assert_int_equal(route_of(a, &addr), ROUTE_LOCAL);
	}
	node_free(a);
	node_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_old_end_is_outbid_whatever_was_said_between),
		cmocka_unit_test(a_station_learns_of_a_younger_end_at_once),
		cmocka_unit_test(the_operators_end_is_told_to_the_station),
		cmocka_unit_test(
		    a_station_that_ended_its_lease_itself_is_left_alone),
		cmocka_unit_test(
		    a_lost_prefix_is_deprecated_where_its_station_comes_next),
		cmocka_unit_test(
		    a_station_that_uses_a_declined_address_is_made_to_ask),
		cmocka_unit_test(a_prefix_that_was_just_given_has_no_older_end),
		cmocka_unit_test(an_older_word_that_is_no_end_is_taken),
		cmocka_unit_test(the_operator_ends_what_there_is),
		cmocka_unit_test(a_released_address_in_use_is_kept),
		cmocka_unit_test(
		    the_address_that_was_released_last_is_asked_for),
		cmocka_unit_test(
		    who_is_elsewhere_releases_and_declines_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
