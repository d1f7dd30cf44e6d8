/* SPDX-License-Identifier: ISC */
/* Prefixes delegated out of a pool: whose they are, where, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"
#define PEER	5

static struct prefix
prefix(const char *text)
{
	struct prefix p;

	if (text == NULL)
		return (struct prefix){ .len = 0 };
	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

static void
add_pool(struct node *node, const char *pool, uint8_t length)
{
	struct conf_network *g = &node->conf->networks[0];

	g->prefixes[g->nprefixes] = prefix(pool);
	g->delegates[g->nprefixes++] = length;
	core_conf(node->core, node->conf, now);
}

static struct node *
node_with_pool(uint8_t which, const char *pool, uint8_t length)
{
	struct node *node = node_new(which, POOL);

	pass(node, 2000);
	node->conf->networks[0].dhcp6 = DHCP6_DELEGATE;
	add_pool(node, pool, length);
	return node;
}

/* Only where the station is: one IA_PD with or without a prefix; or NULL. */
static const struct dhcp6_ia *
ask_at_once(struct node *node, int i, enum dhcp6_type type,
    const struct prefix *has, uint8_t wish)
{
	static struct dhcp6_reply reply, server;
	struct dhcp6_request r;
	int before, n;

	memset(&r, 0, sizeof(r));
	r.ifindex = IFINDEX;
	r.source_mac = station(i);
	(void)addr_parse("fe80::1:0", &r.source);
	r.source.octet[14] = (uint8_t)(i >> 8);
	r.source.octet[15] = (uint8_t)i;
	r.client_idlen = 10;
	r.nias = 1;
	r.ias[0].iaid = 1;
	r.ias[0].delegation = 1;
	r.ias[0].wish = wish;
	if (has != NULL)
		r.ias[0].prefix = *has;
	r.type = (uint8_t)type;
	if (type != DHCP6_SOLICIT && type != DHCP6_REBIND) {
		r.server_idlen = server.to.server_idlen;
		memcpy(r.server_id, server.to.server_id, sizeof(r.server_id));
	}
	before = node->n;
	core_dhcp6(node->core, &r, now);
	for (n = node->n; n-- > before;)
		if (node->seen[n].type == EFFECT_DHCP6_REPLY) {
			reply = server = node->seen[n].reply6;
			return &reply.to.ias[0];
		}
	return NULL;
}

static const struct dhcp6_ia *
ask(struct node *node, int i, enum dhcp6_type type, const struct prefix *has,
    uint8_t wish)
{
	pass(node, 1000);
	return ask_at_once(node, i, type, has, wish);
}

/* By SOLICIT and REQUEST; of length 0 if there was nothing to have. */
static struct prefix
obtain6(struct node *node, int i, const struct prefix *hint)
{
	const struct dhcp6_ia *ia;
	struct prefix p;

	assert_non_null(ia = ask(node, i, DHCP6_SOLICIT, hint, 0));
	if (ia->prefix.len == 0) {
		assert_int_equal(ia->status, DHCP6_NO_PREFIX);
		return ia->prefix;
	}
	p = ia->prefix;
	assert_non_null(ia = ask(node, i, DHCP6_REQUEST, &p, 0));
	assert_int_equal(ia->status, DHCP6_SUCCESS);
	assert_int_equal(prefix_cmp(&ia->prefix, &p), 0);
	assert_int_equal(ia->valid, 5400);
	assert_int_equal(ia->preferred, 2700);
	return p;
}

static const struct route *
route6(const struct node *node, const struct prefix *p)
{
	int n;

	for (n = node->n; n-- > 0;)
		if (node->seen[n].type == EFFECT_ROUTE &&
		    prefix_cmp(&node->seen[n].route.prefix, p) == 0)
			return &node->seen[n].route;
	return NULL;
}

static int
route_kind(const struct node *node, const struct prefix *p)
{
	const struct route *r = route6(node, p);

	return r == NULL ? ROUTE_NONE : r->kind;
}

static void
make_delegated(struct update *u, const struct prefix *p, int i,
    uint64_t seqno, uint32_t lifetime)
{
	struct mac mac = station(i);
	uint8_t key[9];

	key[0] = p->len;
	memcpy(key + 1, p->addr.octet, 8);
	make_update(u, DATUM_DELEGATED, key, 9, mac.octet, 6, seqno, lifetime);
}

static uint32_t
lifetime_at(struct node *node, const struct prefix *p)
{
	struct update key, found;

	make_delegated(&key, p, 0, 0, 0);
	return find_datum(node, &key, &found) ? found.lifetime : 0;
}

static uint32_t
delegated(struct node *node)
{
	struct ctl_status status;

	core_show_status(node->core, &status, now);
	return status.delegated;
}

static bool
same(const struct prefix *a, const struct prefix *b)
{
	return prefix_cmp(a, b) == 0;
}

static void
it_is_offered_leased_routed_and_moves_with_the_station(void **state)
{
	struct node *a = node_with_pool(1, "2001:db8:8000::/36", 60);
	struct node *b = node_with_pool(2, "2001:db8:8000::/36", 60);
	const struct dhcp6_ia *ia;
	struct prefix p, pool = prefix("2001:db8:8000::/36");
	struct addr gateway;

	(void)state;
	peering(a, b, PEER);
	sight(a, 1, SIGHTING_JOINED);
	assert_non_null(ia = ask(a, 1, DHCP6_SOLICIT, NULL, 0));
	p = ia->prefix;
	assert_int_equal(p.len, 60);
	assert_true(prefix_covers(&pool, &p));
	assert_int_equal(delegated(a), 0);	/* an offer is no lease */
	assert_int_equal(route_kind(a, &p), ROUTE_NONE);
	assert_non_null(ia = ask(a, 1, DHCP6_REQUEST, &p, 0));
	assert_true(same(&ia->prefix, &p));
	assert_int_equal(delegated(a), 1);
	assert_int_equal(route_kind(a, &p), ROUTE_LOCAL);
	assert_int_equal(addr_parse("fe80::1:1", &gateway), 0);
	assert_int_equal(addr_cmp(&route6(a, &p)->gateway, &gateway), 0);

	carry(a, b, PEER);
	assert_int_equal(route_kind(b, &p), ROUTE_DIRECT);
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, PEER);
	assert_int_equal(route_kind(b, &p), ROUTE_LOCAL);
	assert_int_equal(addr_cmp(&route6(b, &p)->gateway, &gateway), 0);
	assert_int_equal(route_kind(a, &p), ROUTE_DIRECT);
	pass(b, 20000);
	assert_non_null(ia = ask(b, 1, DHCP6_RENEW, &p, 0));
	assert_true(same(&ia->prefix, &p));
	assert_int_equal(ia->old.len, 0);
	carry(a, b, PEER);
	assert_in_range(lifetime_at(a, &p), 5390, 5400);

	/* What nobody renews ends, and its route with it. */
	pass(b, 5401000);
	assert_int_equal(route_kind(b, &p), ROUTE_NONE);
	node_free(a);
	node_free(b);
}

/* What a station asks for, and what it gets of 2001:db8:8000::/56, by /60. */
static void
wishes_are_heard_where_they_can_be(void **state)
{
	static const struct {
		const char	*name, *has;	/* another station's */
		enum dhcp6_type	 type;
		const char	*asks, *gets;	/* NULL: any other */
		bool		 old;		/* takes away what it asks */
	} rows[] = {
		{ "hint", NULL, DHCP6_SOLICIT, "2001:db8:8000:20::/60",
		  "2001:db8:8000:20::/60", false },
		{ "another's", "2001:db8:8000:20::/60", DHCP6_SOLICIT,
		  "2001:db8:8000:20::/60", NULL, false },
		{ "too wide", NULL, DHCP6_SOLICIT, "2001:db8:8000::/56",
		  NULL, false },
		{ "too narrow", NULL, DHCP6_SOLICIT, "2001:db8:8000:20::/64",
		  NULL, false },
		{ "elsewhere", NULL, DHCP6_REQUEST, "2001:db8:9000::/60",
		  NULL, true },
		{ "of the link's", NULL, DHCP6_REQUEST, "2001:db8:1234::/60",
		  NULL, true },
		{ "request", NULL, DHCP6_REQUEST, "2001:db8:8000:30::/60",
		  "2001:db8:8000:30::/60", false },
		{ "renewed, never heard of", NULL, DHCP6_RENEW,
		  "2001:db8:8000:30::/60", "2001:db8:8000:30::/60", false },
		{ "rebound, never heard of", NULL, DHCP6_REBIND,
		  "2001:db8:8000:30::/60", "2001:db8:8000:30::/60", false },
		{ "renewed, another's", "2001:db8:8000:30::/60", DHCP6_RENEW,
		  "2001:db8:8000:30::/60", NULL, true },
		{ "rebound, another's", "2001:db8:8000:30::/60",
		  DHCP6_REBIND, "2001:db8:8000:30::/60", NULL, true },
		{ "renewed, too wide", NULL, DHCP6_RENEW,
		  "2001:db8:8000::/56", NULL, true },
	};
	const struct dhcp6_ia *ia;
	struct prefix asks, gets, pool = prefix("2001:db8:8000::/56");
	struct update u;
	struct node *node;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_with_pool(1, "2001:db8:8000::/56", 60);
		core_peer_up(node->core, STRANGER, PEER_EXTENDED, now);
		sight(node, 1, SIGHTING_JOINED);
		assert_non_null(ask(node, 1, DHCP6_SOLICIT, NULL, 0));
		if (rows[i].has != NULL) {
			asks = prefix(rows[i].has);
			make_delegated(&u, &asks, 2, 1, 1000);
			assert_null(core_update(node->core, STRANGER, &u,
			    now));
		}
		asks = prefix(rows[i].asks);
		ia = ask(node, 1, rows[i].type, &asks, 0);
		if (ia == NULL || ia->status != DHCP6_SUCCESS ||
		    ia->prefix.len != 60 || !prefix_covers(&pool,
		    &ia->prefix))
			fail_msg("%s: no prefix", rows[i].name);
		gets = prefix(rows[i].gets);
		if (gets.len != 0 ? !same(&gets, &ia->prefix) :
		    same(&asks, &ia->prefix))
			fail_msg("%s: got %s", rows[i].name,
			    prefix_text(&ia->prefix));
		if ((ia->old.len != 0) != rows[i].old ||
		    (rows[i].old && !same(&ia->old, &asks)))
			fail_msg("%s: old %s", rows[i].name,
			    prefix_text(&ia->old));
		node_free(node);
	}
}

static void
a_length_is_a_wish_for_the_pool_that_has_it(void **state)
{
	static const struct { uint8_t wish, gets; } rows[] = {
		{ 56, 56 }, { 60, 60 }, { 48, 60 }, { 64, 64 }, { 0, 60 }
	};
	const struct dhcp6_ia *ia;
	struct node *node = node_with_pool(1, "2001:db8:8000::/36", 60);
	size_t i;

	(void)state;
	add_pool(node, "2001:db8:9000::/36", 56);
	add_pool(node, "2001:db8:a000::/36", 64);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sight(node, (int)i + 1, SIGHTING_JOINED);
		assert_non_null(ia = ask(node, (int)i + 1, DHCP6_SOLICIT, NULL,
		    rows[i].wish));
		assert_int_equal(ia->prefix.len, rows[i].gets);
	}
	node_free(node);
}

static void
only_its_owner_releases_it_and_then_it_is_over(void **state)
{
	struct node *a = node_with_pool(1, "2001:db8:8000::/36", 60);
	struct node *b = node_with_pool(2, "2001:db8:8000::/36", 60);
	struct prefix p, again;

	(void)state;
	peering(a, b, PEER);
	sight(a, 1, SIGHTING_JOINED);
	sight(a, 2, SIGHTING_JOINED);
	p = obtain6(a, 1, NULL);
	carry(a, b, PEER);
	assert_non_null(ask(a, 2, DHCP6_RELEASE, &p, 0));
	assert_int_equal(route_kind(a, &p), ROUTE_LOCAL);
	assert_non_null(ask(a, 1, DHCP6_RELEASE, &p, 0));
	carry(a, b, PEER);
	assert_int_equal(route_kind(a, &p), ROUTE_NONE);
	assert_int_equal(route_kind(b, &p), ROUTE_NONE);
	assert_int_equal(lifetime_at(a, &p), 0);
	assert_int_equal(lifetime_at(b, &p), 0);
	assert_int_equal(count(a, EFFECT_DISASSOCIATE), 0);

	/* It is remembered, at every router. */
	sight(a, 1, SIGHTING_LEFT);
	sight(b, 1, SIGHTING_JOINED);
	again = obtain6(b, 1, NULL);
	assert_true(same(&p, &again));
	node_free(a);
	node_free(b);
}

/* Two stations got the same in two parts of the network. */
static void
the_loser_of_a_conflict_gets_another(void **state)
{
	struct node *a = node_with_pool(1, "2001:db8:8000::/36", 60);
	struct node *b = node_with_pool(2, "2001:db8:8000::/36", 60);
	struct node *loser, *winner;
	const struct dhcp6_ia *ia;
	struct prefix p = prefix("2001:db8:8000:40::/60"), q;
	int lost, n;

	(void)state;
	sight(a, 1, SIGHTING_JOINED);
	sight(b, 2, SIGHTING_JOINED);
	q = obtain6(a, 1, &p);
	assert_true(same(&p, &q));
	q = obtain6(b, 2, &p);
	assert_true(same(&p, &q));
	peering(a, b, PEER);
	loser = route_kind(a, &p) == ROUTE_LOCAL ? b : a;
	winner = loser == a ? b : a;
	lost = loser == a ? 1 : 2;
	assert_int_equal(route_kind(winner, &p), ROUTE_LOCAL);
	assert_int_equal(route_kind(loser, &p), ROUTE_DIRECT);
	for (n = loser->n; n-- > 0;)
		if (loser->seen[n].type == EFFECT_LOG)
			break;
	assert_true(n >= 0);
	assert_non_null(strstr(loser->seen[n].text,
	    "lease 2001:db8:8000:40::/60: lost by"));
	/* It is made to ask, and would have learned of it at its renewal. */
	assert_int_equal(count(loser, EFFECT_DISASSOCIATE), 1);
	assert_int_equal(count(winner, EFFECT_DISASSOCIATE), 0);
	assert_non_null(ia = ask(loser, lost, DHCP6_RENEW, &p, 0));
	assert_int_equal(ia->status, DHCP6_SUCCESS);
	assert_false(same(&ia->prefix, &p));
	assert_true(same(&ia->old, &p));
	q = ia->prefix;
	carry(a, b, PEER);
	assert_int_equal(route_kind(loser, &q), ROUTE_LOCAL);
	assert_int_equal(route_kind(winner, &q), ROUTE_DIRECT);
	node_free(a);
	node_free(b);
}

/* By another configuration, or made up: passed on, and nothing more. */
static void
what_is_of_another_length_is_relayed_and_no_more(void **state)
{
	static const struct {
		const char	*prefix;
		int		 kind;		/* of datum */
		bool		 taken, routed;
	} rows[] = {
		{ "2001:db8:8000:10::/60", DATUM_DELEGATED, true, true },
		{ "2001:db8:8000::/56", DATUM_DELEGATED, true, false },
		{ "2001:db8:8000:20::/64", DATUM_DELEGATED, true, false },
		{ "2001:db8:8000:30::/64", DATUM_LEASE6, true, false },
		{ "2001:db8:1234:40::/60", DATUM_DELEGATED, true, false },
		{ "2001:db8:1234:50::/64", DATUM_DELEGATED, true, false },
		{ "2001:db8:1234:60::/64", DATUM_LEASE6, true, true },
		{ "2001:db8:8000::/47", DATUM_DELEGATED, false, false },
		{ "2001:db8:8000::/65", DATUM_DELEGATED, false, false },
		{ "2001:db8:7000::/60", DATUM_DELEGATED, false, false },
	};
	struct node *node = node_with_pool(1, "2001:db8:8000::/36", 60);
	struct node *next = node_with_pool(2, "2001:db8:8000::/36", 60);
	struct mac mac = station(1);
	struct prefix p;
	struct update u, found;
	size_t i;

	(void)state;
	core_peer_up(node->core, STRANGER, PEER_EXTENDED, now);
	peering(node, next, PEER);
	sight(node, 1, SIGHTING_JOINED);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p = prefix(rows[i].prefix);
		if (rows[i].kind == DATUM_DELEGATED)
			make_delegated(&u, &p, 1, 1, 1000);
		else
			make_update(&u, DATUM_LEASE6, p.addr.octet, 8,
			    mac.octet, 6, 1, 1000);
		if ((core_update(node->core, STRANGER, &u, now) == NULL) !=
		    rows[i].taken)
			fail_msg("%s: taken or refused", rows[i].prefix);
		carry(node, next, PEER);
		assert_int_equal(find_datum(next, &u, &found), rows[i].taken);
		assert_int_equal(route_kind(node, &p), rows[i].routed ?
		    ROUTE_LOCAL : ROUTE_NONE);
	}
	/* A key whose prefix has bits beyond its length, or is cut. */
	p = prefix("2001:db8:8000:11::/64");
	p.len = 60;
	make_delegated(&u, &p, 1, 1, 1000);
	assert_non_null(core_update(node->core, STRANGER, &u, now));
	u.keylen--;
	assert_non_null(core_update(node->core, STRANGER, &u, now));
	node_free(node);
	node_free(next);
}

/* Two to have: who comes third waits until one is given back. */
static void
a_short_pool_gives_again_what_was_given_back(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/59", 60);
	struct prefix p[3];
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		sight(node, i + 1, SIGHTING_JOINED);
		p[i] = obtain6(node, i + 1, NULL);
	}
	assert_int_equal(p[0].len, 60);
	assert_int_equal(p[1].len, 60);
	assert_false(prefix_overlaps(&p[0], &p[1]));
	assert_int_equal(p[2].len, 0);
	(void)ask(node, 1, DHCP6_RELEASE, &p[0], 0);
	p[2] = obtain6(node, 3, NULL);
	assert_true(same(&p[2], &p[0]));
	/* Its first owner has lost it for good. */
	assert_int_equal(obtain6(node, 1, NULL).len, 0);
	/* Their own links are not concerned. */
	assert_true(count(node, EFFECT_ADVERT) >= 3);
	node_free(node);
}

static void
a_host_has_its_own_and_no_other_has_it(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/58", 60);
	struct conf_host host = { .name = "cpe", .mac = station(1),
	    .delegated = prefix("2001:db8:8000:10::/60") };
	struct prefix p;
	int i;

	(void)state;
	assert_int_equal(conf_add_host(node->conf, &host), 0);
	core_conf(node->core, node->conf, now);
	for (i = 2; i <= 5; i++) {
		sight(node, i, SIGHTING_JOINED);
		p = obtain6(node, i, &host.delegated);
		assert_int_equal(p.len, i < 5 ? 60 : 0);
		assert_false(same(&p, &host.delegated));
	}
	sight(node, 1, SIGHTING_JOINED);
	p = obtain6(node, 1, NULL);
	assert_true(same(&p, &host.delegated));
	node_free(node);
}

static void
several_associations_share_one(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/36", 60);
	struct dhcp6_request r;
	const struct dhcp6_reply *reply;
	struct prefix p;
	int n;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	p = obtain6(node, 1, NULL);
	memset(&r, 0, sizeof(r));
	r.ifindex = IFINDEX;
	r.type = DHCP6_REBIND;
	r.source_mac = station(1);
	(void)addr_parse("fe80::1:1", &r.source);
	r.client_idlen = 10;
	r.nias = 3;
	r.ias[0].delegation = r.ias[1].delegation = 1;
	r.ias[0].prefix = r.ias[1].prefix = p;
	pass(node, 1000);
	core_dhcp6(node->core, &r, now);
	for (n = node->n; node->seen[--n].type != EFFECT_DHCP6_REPLY;)
		assert_int_not_equal(n, 0);
	reply = &node->seen[n].reply6;
	assert_true(same(&reply->to.ias[0].prefix, &p));
	assert_int_equal(reply->to.ias[0].old.len, 0);
	assert_int_equal(reply->to.ias[1].prefix.len, 0);
	assert_int_equal(reply->to.ias[1].status, DHCP6_NO_PREFIX);
	assert_int_equal(reply->to.ias[2].status, DHCP6_NO_ADDRS);
	assert_int_equal(delegated(node), 1);
	/* Who asks for nothing gets no answer. */
	r.nias = 0;
	n = count(node, EFFECT_DHCP6_REPLY);
	pass(node, 1000);
	core_dhcp6(node->core, &r, now);
	assert_int_equal(count(node, EFFECT_DHCP6_REPLY), n);
	node_free(node);
}

/* What it was given last counts, whatever others say of when that was. */
static void
what_was_just_given_has_no_older_end(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/33", 60);
	struct update u, found;
	struct prefix p;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	p = obtain6(node, 1, NULL);
	pass(node, 60000);
	make_delegated(&u, &p, 1, 5, 5400);
	u.age = 100000;
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_non_null(ask_at_once(node, 1, DHCP6_RENEW, &p, 0));
	make_delegated(&u, &p, 1, 6, 0);
	u.age = 30000;
	assert_null(core_update(node->core, STRANGER, &u, now));
	assert_int_equal(find_datum(node, &u, &found), 1);
	assert_int_equal(found.seqno, 7);
	assert_int_equal(found.lifetime, 5400);
	node_free(node);
}

/* However it asks, a station keeps one from others, and leases one. */
static void
one_station_does_not_take_the_pool(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/58", 60);
	struct prefix p, hint;
	int i;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	sight(node, 2, SIGHTING_JOINED);
	for (i = 0; i < 4; i++) {
		hint = prefix("2001:db8:8000::/60");
		hint.addr.octet[7] = (uint8_t)(i << 4);
		assert_non_null(ask(node, 1, DHCP6_SOLICIT, &hint, 0));
	}
	assert_int_equal(obtain6(node, 2, NULL).len, 60);
	for (i = 0; i < 4; i++) {
		p = obtain6(node, 1, NULL);
		assert_int_equal(p.len, 60);
		assert_non_null(ask(node, 1, DHCP6_RELEASE, &p, 0));
	}
	assert_int_equal(delegated(node), 2);
	node_free(node);
}

static void
it_is_shown_kept_adopted_and_cleared(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/36", 60);
	struct stored kept[32];
	struct ctl_cursor cursor;
	struct ctl_lease lease;
	struct route r;
	struct prefix p;
	int n, nkept = 0, leases = 0, shown = 0;

	(void)state;
	core_store_start(node->core);
	join(node, 1);
	p = obtain6(node, 1, NULL);
	/* Behind the kinds of other data. */
	memset(&cursor, 0, sizeof(cursor));
	while (core_show_lease(node->core, &cursor, &lease, now) &&
	    leases++ < 10)
		if (lease.delegated) {
			assert_true(same(&lease.prefix, &p));
			shown++;
		}
	assert_int_equal(leases, 3);
	assert_int_equal(shown, 1);

	core_store_all(node->core);
	while (nkept < 32 && core_store_next(node->core, &kept[nkept]))
		nkept++;
	core_free(node->core);
	core_start(node);
	for (n = 0; n < nkept; n++)
		assert_int_equal(core_store_load(node->core, &kept[n], now),
		    0);
	assert_in_range(lifetime_at(node, &p), 5300, 5400);

	/* Without a disk, the kernel's route tells. */
	core_free(node->core);
	core_start(node);
	memset(&r, 0, sizeof(r));
	r.kind = ROUTE_LOCAL;
	r.ifindex = IFINDEX;
	r.mac = station(1);
	r.prefix = p;
	core_adopt(node->core, &r, now);
	assert_in_range(lifetime_at(node, &p), 5300, 5400);
	r.prefix.len = 56;
	prefix_mask(&r.prefix);
	core_adopt(node->core, &r, now);
	assert_int_equal(lifetime_at(node, &r.prefix), 0);

	assert_int_equal(core_clear_lease(node->core, "", &r.prefix, NULL, now),
	    -1);
	assert_int_equal(core_clear_lease(node->core, "", &p, NULL, now), 0);
	assert_int_equal(lifetime_at(node, &p), 0);
	node_free(node);
}

/* A pool that the configuration no longer has, or has by another length. */
static void
a_reload_withdraws_what_is_no_lease_any_more(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/36", 60);
	const struct dhcp6_ia *ia;
	struct prefix p, wide;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	p = obtain6(node, 1, NULL);
	node->conf->networks[0].delegates[2] = 56;
	core_conf(node->core, node->conf, now);
	assert_int_equal(route_kind(node, &p), ROUTE_NONE);
	assert_non_null(ia = ask(node, 1, DHCP6_RENEW, &p, 0));
	assert_int_equal(ia->prefix.len, 56);
	assert_true(same(&ia->old, &p));
	wide = ia->prefix;
	/* It was told that it has that no more, so it must ask again. */
	node->conf->networks[0].delegates[2] = 60;
	core_conf(node->core, node->conf, now);
	assert_int_equal(route_kind(node, &p), ROUTE_NONE);
	assert_non_null(ia = ask(node, 1, DHCP6_RENEW, &wide, 0));
	assert_true(same(&ia->prefix, &p));
	assert_true(same(&ia->old, &wide));
	assert_int_equal(route_kind(node, &p), ROUTE_LOCAL);
	assert_int_equal(route_kind(node, &wide), ROUTE_NONE);
	node->conf->networks[0].nprefixes = 2;
	core_conf(node->core, node->conf, now);
	assert_int_equal(route_kind(node, &p), ROUTE_NONE);
	assert_int_equal(delegated(node), 0);
	node_free(node);
}

/* Ten at once and one a second: who comes too early is told so. */
static void
a_port_leases_new_prefixes_at_a_rate(void **state)
{
	struct node *node = node_with_pool(1, "2001:db8:8000::/52", 60);
	const struct dhcp6_ia *ia;
	struct prefix p;
	int i;

	(void)state;
	for (i = 1; i <= 20; i++)
		sight(node, i, SIGHTING_JOINED);
	node->conf->networks[0].max_leases = 1;
	core_conf(node->core, node->conf, now);
	pass(node, 60000);
	for (i = 1; i <= 20; i++) {
		assert_non_null(ia = ask_at_once(node, i, DHCP6_REBIND, NULL,
		    0));
		assert_int_equal(ia->status, i <= 10 ? DHCP6_SUCCESS :
		    DHCP6_NO_PREFIX);
		assert_int_equal(ia->prefix.len, i <= 10 ? 60 : 0);
		if (i == 10)
			p = ia->prefix;
	}
	assert_int_equal(delegated(node), 10);
	/* What one has is none of that. */
	assert_non_null(ia = ask_at_once(node, 10, DHCP6_REBIND, &p, 0));
	assert_int_equal(prefix_cmp(&ia->prefix, &p), 0);
	assert_non_null(ia = ask(node, 20, DHCP6_REBIND, NULL, 0));
	assert_int_equal(ia->prefix.len, 60);
	node_free(node);
}

static void
sight_at(struct node *node, int i, uint32_t port)
{
	struct sighting s = {
		.ifindex = IFINDEX, .port = port, .kind = SIGHTING_JOINED,
		.source = SOURCE_BRIDGE, .mac = station(i)
	};

	core_sighting(node->core, &s, now);
}

/* By leases, by offers, or by what it says that it has: 64, a quarter kept. */
static void
a_port_cannot_take_a_whole_pool(void **state)
{
	static const enum dhcp6_type types[] = {
		DHCP6_SOLICIT, DHCP6_REBIND
	};
	const struct dhcp6_ia *ia;
	struct node *node;
	struct prefix has;
	int i, got, way;

	(void)state;
	for (way = 0; way < 2; way++) {
		node = node_with_pool(1, "2001:db8:8000::/54", 60);
		node->conf->networks[0].max_share = 75;
		core_conf(node->core, node->conf, now);
		has = prefix("2001:db8:8000::/60");
		for (i = 1, got = 0; i <= 64; i++) {
			node->n = 0;
			sight_at(node, i, 100);
			has.addr.octet[6] = (uint8_t)((i - 1) >> 4);
			has.addr.octet[7] = (uint8_t)((i - 1) << 4);
			ia = ask_at_once(node, i, types[way], &has, 0);
			assert_non_null(ia);
			got += ia->prefix.len == 60;
		}
		assert_int_equal(got, 48);
		for (i = 101, got = 0; i <= 120; i++) {
			node->n = 0;
			sight_at(node, i, 101);
			ia = ask_at_once(node, i, DHCP6_REBIND, NULL, 0);
			assert_non_null(ia);
			got += ia->prefix.len == 60;
		}
		assert_int_equal(got, 12);
		node_free(node);
	}
}

/*
 * One that was another's: a hint is not enough to have it, but who says that
 * it has it, while nobody does, is believed.
 */
static void
who_renews_has_what_it_says_and_who_hints_has_not(void **state)
{
	static const struct {
		enum dhcp6_type	type;
		bool		has;
	} rows[] = {
		{ DHCP6_SOLICIT, false }, { DHCP6_REQUEST, false },
		{ DHCP6_RENEW, true }, { DHCP6_REBIND, true }
	};
	const struct dhcp6_ia *ia;
	struct node *node;
	struct prefix p;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		node = node_with_pool(1, "2001:db8:8000::/52", 60);
		sight(node, 1, SIGHTING_JOINED);
		sight(node, 2, SIGHTING_JOINED);
		p = obtain6(node, 1, NULL);
		assert_non_null(ask(node, 1, DHCP6_RELEASE, &p, 0));
		assert_non_null(ia = ask(node, 2, rows[i].type, &p, 0));
		assert_int_equal(ia->prefix.len, 60);
		assert_int_equal(prefix_cmp(&ia->prefix, &p) == 0,
		    rows[i].has);
		node_free(node);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    it_is_offered_leased_routed_and_moves_with_the_station),
		cmocka_unit_test(wishes_are_heard_where_they_can_be),
		cmocka_unit_test(a_length_is_a_wish_for_the_pool_that_has_it),
		cmocka_unit_test(
		    only_its_owner_releases_it_and_then_it_is_over),
		cmocka_unit_test(the_loser_of_a_conflict_gets_another),
		cmocka_unit_test(
		    what_is_of_another_length_is_relayed_and_no_more),
		cmocka_unit_test(a_short_pool_gives_again_what_was_given_back),
		cmocka_unit_test(what_was_just_given_has_no_older_end),
		cmocka_unit_test(a_host_has_its_own_and_no_other_has_it),
		cmocka_unit_test(several_associations_share_one),
		cmocka_unit_test(one_station_does_not_take_the_pool),
		cmocka_unit_test(it_is_shown_kept_adopted_and_cleared),
		cmocka_unit_test(a_reload_withdraws_what_is_no_lease_any_more),
		cmocka_unit_test(a_port_leases_new_prefixes_at_a_rate),
		cmocka_unit_test(a_port_cannot_take_a_whole_pool),
		cmocka_unit_test(
		    who_renews_has_what_it_says_and_who_hints_has_not),
	};

	now = monotime_add(MONOTIME_ZERO, 1000000);
	return cmocka_run_group_tests_name("core_delegate", tests, NULL, NULL);
}
