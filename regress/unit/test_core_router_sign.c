/* SPDX-License-Identifier: ISC */
/*
 * Router data are what their routers have signed: forged and old ones, many at
 * once, clones, and routers that are not admitted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "lease/router_datum.h"
#include "lease/router_self.h"
#include "lease/state.h"
#include "regress/fake_signer.h"

#define POOL	"192.168.44.0/24"
#define DAY_MS	(24 * 3600 * 1000LL)

static const uint8_t	other[8] = { 2, [7] = 0x77 };

/* It says this address, its run and number. */
static struct update
says_run(const uint8_t *id, uint8_t addr, uint64_t seqno, uint64_t run)
{
	const uint8_t value[] = { 1, 4, 10, 9, 9, addr };
	struct update u;

	memset(&u, 0, sizeof(u));
	u.seqno = seqno;
	u.lifetime = ROUTER_S;
	u.keylen = 9;
	u.data[0] = DATUM_ROUTER;
	memcpy(u.data + 1, id, 8);
	u.vallen = sizeof(value);
	memcpy(u.data + 9, value, sizeof(value));
	fake_router(&u, run);
	return u;
}

static struct update
says(uint8_t addr, uint64_t seqno)
{
	return says_run(other, addr, seqno, 1);
}

static bool
find(struct node *node, const uint8_t *id, struct ctl_router *found)
{
	struct ctl_cursor cursor = { 0 };

	while (core_show_router(node->core, &cursor, found, now))
		if (memcmp(found->id.octet, id, 8) == 0)
			return found->known || found->stations > 0;
	return false;
}

/* The last octet of the address that is believed; 0: none. */
static int
address_of(struct node *node, const uint8_t *id)
{
	struct ctl_router r;

	return find(node, id, &r) && !addr_is_none(&r.addr4) ?
	    addr_v4(&r.addr4)[3] : 0;
}

static struct node *
with_peers(int n)
{
	struct node *node = node_new(1, POOL);
	int i;

	for (i = 0; i < n; i++)
		core_peer_up(node->core, 7 + (uint32_t)i, PEER_EXTENDED |
		    PEER_DIGESTS, now);
	return node;
}

static int
lines(const struct node *node, const char *part)
{
	int n, found = 0;

	for (n = 0; n < node->n; n++)
		found += node->seen[n].type == EFFECT_LOG &&
		    strstr(node->seen[n].text, part) != NULL;
	return found;
}

/* Each octet of key, number, value and signature counts. */
static void
what_is_not_as_it_was_signed_is_refused(void **state)
{
	struct node *node = with_peers(1);
	struct update good = says(9, 5), u;
	struct ctl_status status;
	const char *why;
	int i, bit;

	(void)state;
	for (i = 1; i < good.keylen + good.vallen; i++)
		for (bit = 1; bit < 256; bit <<= 1) {
			u = good;
			u.data[i] ^= (uint8_t)bit;
			why = core_update(node->core, 7, &u, now);
			assert_true(why != NULL || node->refused > 0);
			node->refused = 0;
			assert_int_equal(address_of(node, other), 0);
			pass(node, 20);
		}
	for (bit = 0; bit < 64; bit++) {
		u = good;
		u.seqno ^= (uint64_t)1 << bit;
		assert_null(core_update(node->core, 7, &u, now));
		assert_int_equal(node->refused, 1);
		assert_string_equal(node->refused_why,
		    "a router datum with a wrong signature");
		node->refused = 0;
		assert_int_equal(address_of(node, other), 0);
		pass(node, 20);
	}
	core_show_status(node->core, &status, now);
	assert_true(status.routers_forged > 64);
	assert_null(core_update(node->core, 7, &good, now));
	assert_int_equal(address_of(node, other), 9);
	node_free(node);
}

/* What is verified and has no place is refused, too. */
static void
a_full_table_has_no_place_for_a_good_one(void **state)
{
	struct node *node = node_new(1, POOL);
	struct update u = says(9, 5), lease;
	struct ctl_status before, after;
	uint8_t addr[4] = { 192, 168, 44, 0 };
	struct mac mac = station(1);

	(void)state;
	node->conf->global.max_data = 10;
	core_conf(node->core, node->conf, now);
	core_peer_up(node->core, 7, PEER_EXTENDED | PEER_DIGESTS, now);
	for (; addr[3] < 20; addr[3]++) {
		make_update(&lease, DATUM_LEASE4, addr, 4, mac.octet, 6, 1,
		    600);
		(void)core_update(node->core, 7, &lease, now);
	}
	core_show_status(node->core, &before, now);
	node->refused = 0;
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(node->refused, 1);
	assert_string_equal(node->refused_why, "the table is full");
	core_show_status(node->core, &after, now);
	assert_int_equal(after.updates_dropped, before.updates_dropped + 1);
	assert_int_equal(address_of(node, other), 0);
	node_free(node);
}

static void
what_is_cheap_to_see_is_not_verified(void **state)
{
	struct node *node = with_peers(2);
	struct update u = says(9, 5);
	int i;

	(void)state;
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(node->verified, 1);
	/* Copies, and what is older. */
	for (i = 0; i < 100; i++)
		assert_null(core_update(node->core, 7 + (uint32_t)i % 2, &u,
		    now));
	u = says(9, 4);
	assert_null(core_update(node->core, 8, &u, now));
	/* A key that is another's, or not that of the id. */
	u = says(9, 6);
	u.data[u.keylen + 6 + 2 + 20] = 1;
	assert_string_equal(core_update(node->core, 8, &u, now),
	    "a second public key for a router");
	u = says_run((const uint8_t[8]){ 2, 3 }, 9, 6, 1);
	u.data[8] = 9;
	assert_string_equal(core_update(node->core, 8, &u, now),
	    "a router id that is not that of its key");
	/* From version 1, which would not know what it is. */
	core_peer_up(node->core, 20, 0, now);
	u = says(9, 6);
	assert_non_null(core_update(node->core, 20, &u, now));
	assert_int_equal(node->verified, 1);
	/* The same forged octets, any number of times, from whomever. */
	u.data[u.keylen + u.vallen - 1] ^= 1;
	for (i = 0; i < 100; i++)
		assert_null(core_update(node->core, 7 + (uint32_t)i % 2, &u,
		    now));
	assert_int_equal(node->verified, 2);
	assert_int_equal(node->refused, 100);
	node_free(node);
}

/* Told again it does not live longer, by whomever, nor when it was away. */
static void
only_a_router_itself_makes_its_word_live_longer(void **state)
{
	struct node *node = with_peers(2);
	const struct router_id id = { { 2, [7] = 0x77 } };
	struct update u = says(9, 5);
	struct router_key key;
	struct ctl_router r;

	(void)state;
	assert_null(core_update(node->core, 7, &u, now));
	pass(node, 1000 * 1000);
	assert_null(core_update(node->core, 7, &u, now));
	assert_null(core_update(node->core, 8, &u, now));
	assert_true(find(node, other, &r));
	assert_int_equal(r.lifetime, ROUTER_S - 1000);
	pass(node, 2600 * 1000);
	assert_false(find(node, other, &r));
	assert_string_equal(core_update(node->core, 8, &u, now),
	    "a router datum from before its end");
	u = says(9, 4);
	assert_non_null(core_update(node->core, 8, &u, now));
	/* Its key is remembered, too. */
	u = says(9, 7);
	u.data[u.keylen + 6 + 2 + 20] = 1;
	assert_string_equal(core_update(node->core, 8, &u, now),
	    "a second public key for a router");
	assert_true(core_router_key(node->core, &id, &key, now));
	assert_memory_equal(key.octet, other, 8);
	u = says(8, 6);
	assert_null(core_update(node->core, 8, &u, now));
	assert_true(core_router_key(node->core, &id, &key, now));
	assert_int_equal(address_of(node, other), 8);
	/* A day after its end it is forgotten. */
	pass(node, ROUTER_S * 1000 + DAY_MS - 1);
	u = says(7, 6);
	assert_non_null(core_update(node->core, 8, &u, now));
	pass(node, 2);
	assert_false(core_router_key(node->core, &id, &key, now));
	assert_null(core_update(node->core, 8, &u, now));
	assert_int_equal(address_of(node, other), 7);
	node_free(node);
}

static void
as_many_are_remembered_as_there_may_be_routers(void **state)
{
	struct node *node = node_new(1, POOL);
	uint8_t id[8] = { 2, 1 };
	struct update u;
	int i;

	(void)state;
	node->conf->global.max_routers = 10;
	core_free(node->core);
	core_start(node);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	for (i = 0; i < 1000; i++) {
		id[6] = (uint8_t)(i >> 8);
		id[7] = (uint8_t)i;
		u = says_run(id, 9, 5, 1);
		u.lifetime = ROUTER_SILENT_S;
		assert_null(core_update(node->core, 7, &u, now));
		pass(node, ROUTER_SILENT_S * 1000);
		assert_in_range(node->core->lease->npast, 1, 10);
	}
	u.lifetime = ROUTER_S;
	assert_string_equal(core_update(node->core, 7, &u, now),
	    "a router datum from before its end");
	node_free(node);
}

/* A lifetime is not signed: nobody ends a router by a short one. */
static void
a_short_lifetime_ends_no_router(void **state)
{
	static const uint32_t lifetimes[] = { 0, 1, 60, ROUTER_SILENT_S - 1 };
	struct node *node = with_peers(2);
	struct update u = says(9, 5);
	uint64_t seqno = 6;
	size_t i;

	(void)state;
	assert_null(core_update(node->core, 7, &u, now));
	for (i = 0; i < sizeof(lifetimes) / sizeof(lifetimes[0]); i++) {
		u = says(9, seqno++);
		u.lifetime = lifetimes[i];
		assert_string_equal(core_update(node->core, 8, &u, now),
		    "a router datum that is near its end");
		u.lifetime = ROUTER_S;
		assert_null(core_update(node->core, 7, &u, now));
		pass(node, ROUTER_REFRESH_S * 1000);
		assert_int_equal(address_of(node, other), 9);
	}
	/* As short as it may be, until the next version comes. */
	u = says(9, seqno++);
	u.lifetime = ROUTER_SILENT_S;
	assert_null(core_update(node->core, 8, &u, now));
	pass(node, ROUTER_REFRESH_S * 1000);
	u = says(9, seqno);
	assert_null(core_update(node->core, 7, &u, now));
	pass(node, ROUTER_SILENT_S * 1000);
	assert_int_equal(address_of(node, other), 9);
	node_free(node);
}

/* One that has forgotten its number comes back in time. */
static void
who_has_forgotten_its_number_is_told(void **state)
{
	struct node *a = node_new(1, POOL), *b;
	struct ctl_router r;
	struct ctl_status status;
	uint64_t former;
	int i;

	(void)state;
	b = node_new(2, POOL);
	for (i = 0; i < 10; i++)
		pass(b, ROUTER_REFRESH_S * 1000);
	peering(a, b, 7);
	assert_true(find(a, b->id.octet, &r));
	former = b->core->lease->own.number;
	assert_true(former > 5);
	core_peer_down(a->core, 7, now);
	node_free(b);
	pass(a, 2 * ROUTER_S * 1000);
	assert_false(find(a, (const uint8_t[]){ 2, 0, 0, 0, 0, 0, 0, 2 }, &r));
	b = node_new(2, POOL);
	peering(a, b, 8);
	for (i = 0; i < 5; i++) {
		pass(a, 1000);
		now = monotime_add(now, -1000);
		pass(b, 1000);
		carry(a, b, 8);
	}
	assert_true(b->core->lease->own.number > former);
	assert_true(find(a, b->id.octet, &r));
	core_show_status(b->core, &status, now);
	assert_string_equal(status.warning, "");
	node_free(a);
	node_free(b);
}

/* Valid ones, of as many key pairs as a member can make. */
static void
a_flood_of_routers_delays_nobody_else(void **state)
{
	struct node *node = with_peers(3);
	uint8_t id[8] = { 3 };
	struct ctl_status status;
	struct update u;
	int i, before;
	uint64_t objects, bytes, full;

	(void)state;
	before = (int)node->verified;
	for (i = 0; i < 33500; i++) {
		id[5] = (uint8_t)(i >> 16);
		id[6] = (uint8_t)(i >> 8);
		id[7] = (uint8_t)i;
		u = says_run(id, 9, 1, 1);
		assert_null(core_update(node->core, 7, &u, now));
	}
	/* What was saved of the time for it: a tenth of a second. */
	assert_in_range((int)node->verified - before, 1, 100);
	core_show_memory(node->core, &objects, &full);
	core_show_status(node->core, &status, now);
	assert_in_range(status.routers_missed, 33500 - 4096, 33500);
	/* Those of others wait for one of it each, not for all. */
	before = (int)node->verified;
	u = says(9, 1);
	assert_null(core_update(node->core, 8, &u, now));
	u = says_run((const uint8_t[8]){ 2, 5 }, 8, 1, 1);
	assert_null(core_update(node->core, 9, &u, now));
	pass(node, 20);
	assert_int_equal(address_of(node, other), 9);
	assert_int_equal(address_of(node, (const uint8_t[8]){ 2, 5 }), 8);
	assert_in_range((int)node->verified - before, 2, 21);
	/* A thousand a second, to the last, and no more than may be. */
	before = (int)node->verified;
	pass(node, 1000);
	assert_in_range((int)node->verified - before, 900, 1100);
	pass(node, 10000);
	assert_in_range(node->core->lease->nrouter_data, 100, 4096);
	core_show_memory(node->core, &objects, &bytes);
	assert_true(bytes < full + 4096 * 2048);
	node_free(node);
}

/* What had no room is asked for once the others are done. */
static void
what_was_dropped_is_asked_for_again(void **state)
{
	struct node *node = with_peers(1);
	uint8_t id[8] = { 3 };
	struct update u;
	struct digest g;
	int i;

	(void)state;
	while (core_peer_digest(node->core, 7, &g))
		continue;
	for (i = 0; i < 5000; i++) {
		id[6] = (uint8_t)(i >> 8);
		id[7] = (uint8_t)i;
		u = says_run(id, 9, 1, 1);
		(void)core_update(node->core, 7, &u, now);
	}
	assert_int_equal(core_peer_digest(node->core, 7, &g), 0);
	for (i = 0; i < 100; i++) {
		pass(node, 100);
		node->n = 0;
		if (core_peer_digest(node->core, 7, &g))
			break;
	}
	assert_in_range(i, 30, 60);
	assert_int_equal(g.kind, DIGEST_SUMMARY);
	node_free(node);
}

/* Of one router the newest waits, and a peer that is gone has nothing. */
static void
the_newest_of_each_router_waits(void **state)
{
	struct node *node = with_peers(2);
	uint8_t id[8] = { 3 };
	struct update u;
	int i, before;

	(void)state;
	for (i = 0; i < 300; i++) {
		id[7] = (uint8_t)i;
		id[6] = (uint8_t)(i >> 8);
		u = says_run(id, 9, 1, 1);
		assert_null(core_update(node->core, 7, &u, now));
	}
	for (i = 1; i <= 100; i++) {
		u = says((uint8_t)i, (uint64_t)i);
		assert_null(core_update(node->core, 8, &u, now));
	}
	u = says(7, 50);
	assert_null(core_update(node->core, 8, &u, now));
	before = (int)node->verified;
	pass(node, 20);
	assert_int_equal(address_of(node, other), 100);
	core_peer_down(node->core, 7, now);
	pass(node, 1000);
	assert_in_range((int)node->verified - before, 1, 25);
	node_free(node);
}

/* The engine's answer comes when it comes; without one it is asked again. */
static void
our_own_word_is_stored_when_it_is_signed(void **state)
{
	struct node *node = node_new(1, POOL);
	struct router_signature s;
	struct update u;

	(void)state;
	core_free(node->core);
	node->signer_is_away = 1;
	core_start(node);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	assert_int_equal(node->asked.seqno, 1);
	assert_int_equal(core_peer_next(node->core, 7, &u, now), 0);
	s = fake_sign_router(&node->id, &node->asked);
	core_router_signed(node->core, 2, &s, now);	/* another's */
	assert_int_equal(core_peer_next(node->core, 7, &u, now), 0);
	pass(node, SELF_SIGN_MS);
	assert_int_equal(node->asked.seqno, 2);
	core_router_signed(node->core, 1, &s, now);	/* too late */
	assert_int_equal(core_peer_next(node->core, 7, &u, now), 0);
	node->signer_is_away = 0;
	answer_signer(node);
	assert_int_equal(core_peer_next(node->core, 7, &u, now), 1);
	assert_int_equal(u.seqno, 2);
	/* Not again. */
	core_router_signed(node->core, 2, &s, now);
	assert_int_equal(core_peer_next(node->core, 7, &u, now), 0);
	pass(node, ROUTER_REFRESH_S * 1000);
	assert_int_equal(core_peer_next(node->core, 7, &u, now), 1);
	assert_int_equal(u.seqno, 3);
	node_free(node);
}

/* Of a former run by the disk, or by what others have kept. */
static void
numbers_go_on_after_a_start(void **state)
{
	struct node *node = node_new(1, POOL);
	struct stored s, kept;
	struct update u, found;
	int n = 0;

	(void)state;
	core_store_start(node->core);
	pass(node, ROUTER_REFRESH_S * 1000 * 5);
	while (core_store_next(node->core, &s)) {
		kept = s;
		n++;
	}
	assert_int_equal(n, 1);
	assert_int_equal(kept.data[0], DATUM_ROUTER);
	assert_int_equal(kept.seqno, 6);
	core_free(node->core);
	node->core = node_core(node);
	assert_int_equal(core_store_load(node->core, &kept, now), 0);
	pass(node, 0);
	assert_int_equal(node->asked.seqno, kept.seqno + SELF_MARGIN + 1);
	/* Another's is not kept, nor taken for ours. */
	kept.data[8]++;
	assert_int_equal(core_store_load(node->core, &kept, now), -1);
	/* Without a disk, from a peer; once, since it was before our start. */
	core_free(node->core);
	node->run++;
	core_start(node);
	core_peer_up(node->core, 7, PEER_EXTENDED, now);
	u = says_run(node->id.octet, 9, 4711, 9999);
	u.age = 60000;
	assert_null(core_update(node->core, 7, &u, now));
	answer_signer(node);
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.seqno, 4712);
	assert_false(node->core->lease->own.lost);
	/* Not by what somebody else has made up. */
	u = says_run(node->id.octet, 9, 9999, 9999);
	u.data[u.keylen + u.vallen - 1] ^= 1;
	pass(node, 2000);
	assert_null(core_update(node->core, 7, &u, now));
	pass(node, 2000);
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.seqno, 4712);
	node_free(node);
}

/* It has had our word, and goes on after it. */
static void
a_clone_speaks(struct node *node, uint64_t run)
{
	struct update u = says_run(node->id.octet, 99, 0, 1), found;

	assert_true(find_datum(node, &u, &found));
	u = says_run(node->id.octet, 99, found.seqno + 1, run);
	assert_null(core_update(node->core, 7, &u, now));
	pass(node, 2000);
}

static void
of_two_clones_the_greater_run_goes_on(void **state)
{
	struct node *node = with_peers(1);
	struct ctl_status status;
	struct ctl_station s;
	struct ctl_cursor cursor = { 0 };
	struct update u = says_run(node->id.octet, 99, 0, 1), found;
	struct addr addr;
	int withdrawn;

	(void)state;
	pass(node, 20000);
	addr = join(node, 1);
	/* Less than ours: we go on, and say so. */
	a_clone_speaks(node, 5);
	core_show_status(node->core, &status, now);
	assert_string_equal(status.warning, "");
	a_clone_speaks(node, 5);
	a_clone_speaks(node, 5);
	core_show_status(node->core, &status, now);
	assert_string_equal(status.warning,
	    "another router has this identity, too");
	assert_int_equal(lines(node, "this one goes on"), 1);
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.data[9 + 5], 1);		/* still our address */
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	/* Greater: once may be a rumour, twice is one. */
	a_clone_speaks(node, UINT64_MAX);
	assert_int_equal(route_of(node, &addr), ROUTE_LOCAL);
	assert_false(node->core->clone);
	a_clone_speaks(node, UINT64_MAX);
	assert_true(node->core->clone);
	assert_int_not_equal(route_of(node, &addr), ROUTE_LOCAL);
	assert_true(core_show_station(node->core, &cursor, &s, now));
	assert_false(s.here);
	assert_true(router_id_is_none(&s.router));
	/* The other's word is held and passed on, ours is not. */
	assert_true(find_datum(node, &u, &found));
	assert_int_equal(found.data[9 + 5], 99);
	core_show_status(node->core, &status, now);
	assert_non_null(strstr(status.warning, "goes on: no stations"));
	withdrawn = lines(node, "serves no stations");
	assert_int_equal(withdrawn, 1);
	pass(node, 10 * 60000);
	assert_int_equal(lines(node, "serves no stations"), withdrawn + 10);
	/* Nobody joins here any more, and what it claims is let alone. */
	sight(node, 2, SIGHTING_JOINED);
	cursor = (struct ctl_cursor){ 0 };
	while (core_show_station(node->core, &cursor, &s, now))
		assert_false(s.here);
	node_free(node);
}

static void
a_clones_hello_is_its_word_too(void **state)
{
	struct node *node = with_peers(1);

	(void)state;
	core_clone(node->core, node->run, now);
	core_clone(node->core, node->run, now);
	core_clone(node->core, UINT64_MAX, now);
	pass(node, 100);
	assert_false(node->core->clone);
	core_clone(node->core, UINT64_MAX, now);
	pass(node, 100);
	assert_true(node->core->clone);
	node_free(node);
}

static void
peers_name_two_of_one_identity(void **state)
{
	struct node *node = with_peers(2);
	struct ctl_router r;
	struct update u;
	uint64_t seqno;

	(void)state;
	for (seqno = 1; seqno <= 2; seqno++) {	/* a restart */
		u = says_run(other, (uint8_t)seqno, seqno, seqno);
		assert_null(core_update(node->core, 7, &u, now));
	}
	assert_int_equal(lines(node, "two routers"), 0);
	for (; seqno <= 40; seqno++) {		/* and back */
		u = says_run(other, (uint8_t)(2 - seqno % 2), seqno,
		    2 - seqno % 2);
		assert_null(core_update(node->core, 7, &u, now));
		pass(node, 1000);
	}
	assert_int_equal(lines(node, "two routers"), 1);
	assert_int_equal(lines(node, "10.9.9.1 and one at 10.9.9.2"), 1);
	assert_true(find(node, other, &r));
	assert_true(r.cloned);
	pass(node, 700 * 1000);
	assert_true(find(node, other, &r));
	assert_false(r.cloned);
	node_free(node);
}

static struct conf_router
known(const uint8_t *id)
{
	struct conf_router r = { { { 0 } }, "" };

	memcpy(r.id.octet, id, 8);
	return r;
}

static const char *
located(struct node *node, int i, const uint8_t *id, uint64_t seqno)
{
	struct mac mac = station(i);
	struct update u;

	make_update(&u, DATUM_LOCATION, mac.octet, 6, id, 8, seqno, 600);
	return core_update(node->core, 7, &u, now);
}

static void
a_denied_router_goes_at_once_and_stays_away(void **state)
{
	struct node *node = with_peers(1);
	struct conf_deny deny;
	struct update u = says(9, 5);
	struct ctl_router r;
	struct stored s = { .keylen = 7, .vallen = 8, .seqno = 1,
	    .data = { DATUM_LOCATION } };
	int i;

	(void)state;
	assert_null(core_update(node->core, 7, &u, now));
	for (i = 0; i < 5; i++)
		assert_null(located(node, i, other, 1));
	assert_true(find(node, other, &r));
	assert_int_equal(r.stations, 5);
	memcpy(deny.id.octet, other, 8);
	assert_int_equal(conf_add_deny(node->conf, &deny), 0);
	core_conf(node->core, node->conf, now);
	assert_false(find(node, other, &r));
	u = says(9, 6);
	assert_string_equal(core_update(node->core, 7, &u, now),
	    "router 02:00:00:00:00:00:00:77 is denied");
	assert_string_equal(located(node, 1, other, 2),
	    "router 02:00:00:00:00:00:00:77 is denied");
	memcpy(s.data + 7, other, 8);
	memcpy(s.data + 1, &(struct mac){ { 6, 1, 1, 1, 1, 1 } }, 6);
	s.expires = monotime_add(now, 60000);
	assert_int_equal(core_store_load(node->core, &s, now), -1);
	/* All others are as before, and "nowhere" can be said. */
	u = says_run((const uint8_t[8]){ 2, 5 }, 8, 1, 1);
	assert_null(core_update(node->core, 7, &u, now));
	assert_null(located(node, 1, u.data + 1, 2));
	/* It is taken again when it is not denied any more. */
	node->conf->ndenies = 0;
	core_conf(node->core, node->conf, now);
	u = says(9, 6);
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(address_of(node, other), 9);
	node_free(node);
}

static void
among_known_routers_others_are_nobody(void **state)
{
	struct node *node = with_peers(1);
	struct conf_router r = known(other);
	struct update u = says(9, 5);
	struct update stranger = says_run((const uint8_t[8]){ 2, 5 }, 8, 1,
	    1);

	(void)state;
	assert_null(core_update(node->core, 7, &stranger, now));
	assert_int_equal(address_of(node, (const uint8_t[8]){ 2, 5 }), 8);
	assert_int_equal(conf_add_router(node->conf, &r), 0);
	node->conf->global.routers = ROUTERS_KNOWN;
	core_conf(node->core, node->conf, now);
	assert_int_equal(address_of(node, (const uint8_t[8]){ 2, 5 }), 0);
	assert_string_equal(core_update(node->core, 7, &stranger, now),
	    "router 02:05:00:00:00:00:00:00 is not known");
	assert_non_null(located(node, 1, stranger.data + 1, 1));
	assert_null(core_update(node->core, 7, &u, now));
	assert_null(located(node, 1, other, 1));
	assert_null(located(node, 2, node->id.octet, 1));
	assert_int_equal(address_of(node, other), 9);
	node_free(node);
}

/* Not those that are there at our start, nor one that was away for a while. */
static void
a_new_router_is_named(void **state)
{
	struct node *node = with_peers(1);
	uint8_t id[8] = { 3 };
	struct update u = says(9, 5);
	unsigned int before;
	int i;

	(void)state;
	before = node->infos;
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(node->infos, before);
	pass(node, 20000);
	u = says(9, 6);
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(node->infos, before);
	pass(node, 2 * ROUTER_S * 1000);
	u = says(9, 7);
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(node->infos, before);
	u = says_run((const uint8_t[8]){ 2, 5 }, 8, 1, 1);
	assert_null(core_update(node->core, 7, &u, now));
	assert_int_equal(node->infos, before + 1);
	assert_string_equal(node->info,
	    "router id 02:05:00:00:00:00:00:00, without a name: is new");
	/* However many a member makes. */
	for (i = 0; i < 2000; i++) {
		id[6] = (uint8_t)(i >> 8);
		id[7] = (uint8_t)i;
		u = says_run(id, 9, 1, 1);
		(void)core_update(node->core, 7, &u, now);
		node->n = 0;
		if (i % 50 == 0)
			pass(node, 50);
	}
	assert_int_equal(node->infos, before + RATELIMIT_CAUSES);
	node_free(node);
}

/* A name has 63 octets at most. */
static void
a_name_that_is_too_long_is_refused(void **state)
{
	struct node *node = with_peers(1);
	struct update u;
	uint8_t len;

	(void)state;
	for (len = 62; len <= 65; len++) {
		memset(&u, 0, sizeof(u));
		u.seqno = len;
		u.lifetime = ROUTER_S;
		u.keylen = 9;
		u.data[0] = DATUM_ROUTER;
		memcpy(u.data + 1, other, 8);
		u.vallen = (uint8_t)(2 + len);
		u.data[9] = 3;
		u.data[10] = len;
		memset(u.data + 11, 'n', len);
		fake_router(&u, 1);
		assert_int_equal(core_update(node->core, 7, &u, now) == NULL,
		    len <= 63);
	}
	node_free(node);
}

/* Two in one minute: each has a line of its own. */
static void
each_other_configuration_is_named(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct node *c = node_new(3, POOL);

	(void)state;
	strlcpy(b->conf->global.name, "ap2", sizeof(b->conf->global.name));
	strlcpy(c->conf->global.name, "ap3", sizeof(c->conf->global.name));
	b->conf->networks[0].lease_time = ++c->conf->networks[0].lease_time;
	core_conf(b->core, b->conf, now);
	core_conf(c->core, c->conf, now);
	peering(a, b, 5);
	peering(a, c, 6);
	assert_int_equal(lines(a, "ap2: other prefixes than ours"), 1);
	assert_int_equal(lines(a, "ap3: other prefixes than ours"), 1);
	node_free(a);
	node_free(b);
	node_free(c);
}

/* Whatever differs of what must not is said, once. */
static void
another_configuration_is_named(void **state)
{
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct ctl_router r;

	(void)state;
	strlcpy(b->conf->global.name, "ap2", sizeof(b->conf->global.name));
	peering(a, b, 5);
	core_conf(b->core, b->conf, now);
	carry(a, b, 5);
	assert_true(find(a, b->id.octet, &r));
	assert_int_equal(r.alike, CTL_ALIKE_YES);
	b->conf->networks[0].lease_time++;
	core_conf(b->core, b->conf, now);
	carry(a, b, 5);
	assert_true(find(a, b->id.octet, &r));
	assert_int_equal(r.alike, CTL_ALIKE_NO);
	assert_int_equal(lines(a, "ap2: other prefixes than ours"), 1);
	pass(a, 600);
	pass(b, 300000);
	carry(a, b, 5);
	assert_int_equal(lines(a, "ap2: other prefixes than ours"), 1);
	a->conf->networks[0].lease_time++;
	core_conf(a->core, a->conf, now);
	assert_true(find(a, b->id.octet, &r));
	assert_int_equal(r.alike, CTL_ALIKE_YES);
	pass(b, ROUTER_REFRESH_S * 1000);
	carry(a, b, 5);
	b->conf->networks[0].lease_time++;
	core_conf(b->core, b->conf, now);
	carry(a, b, 5);
	assert_int_equal(lines(a, "ap2: other prefixes than ours"), 2);
	node_free(a);
	node_free(b);
}

static int
reset(void **state)
{
	(void)state;
	now.us = 1000000;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    what_is_not_as_it_was_signed_is_refused, reset),
		cmocka_unit_test_setup(a_full_table_has_no_place_for_a_good_one,
		    reset),
		cmocka_unit_test_setup(what_is_cheap_to_see_is_not_verified,
		    reset),
		cmocka_unit_test_setup(
		    only_a_router_itself_makes_its_word_live_longer, reset),
		cmocka_unit_test_setup(
		    as_many_are_remembered_as_there_may_be_routers, reset),
		cmocka_unit_test_setup(a_short_lifetime_ends_no_router, reset),
		cmocka_unit_test_setup(a_name_that_is_too_long_is_refused,
		    reset),
		cmocka_unit_test_setup(each_other_configuration_is_named,
		    reset),
		cmocka_unit_test_setup(who_has_forgotten_its_number_is_told,
		    reset),
		cmocka_unit_test_setup(a_flood_of_routers_delays_nobody_else,
		    reset),
		cmocka_unit_test_setup(what_was_dropped_is_asked_for_again,
		    reset),
		cmocka_unit_test_setup(the_newest_of_each_router_waits,
		    reset),
		cmocka_unit_test_setup(
		    our_own_word_is_stored_when_it_is_signed, reset),
		cmocka_unit_test_setup(numbers_go_on_after_a_start, reset),
		cmocka_unit_test_setup(of_two_clones_the_greater_run_goes_on,
		    reset),
		cmocka_unit_test_setup(a_clones_hello_is_its_word_too, reset),
		cmocka_unit_test_setup(peers_name_two_of_one_identity, reset),
		cmocka_unit_test_setup(
		    a_denied_router_goes_at_once_and_stays_away, reset),
		cmocka_unit_test_setup(among_known_routers_others_are_nobody,
		    reset),
		cmocka_unit_test_setup(a_new_router_is_named, reset),
		cmocka_unit_test_setup(another_configuration_is_named, reset),
	};

	return cmocka_run_group_tests_name("core_router_sign", tests, NULL,
	    NULL);
}
