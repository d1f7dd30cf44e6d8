/* SPDX-License-Identifier: ISC */
/*
 * The core with memory refused, at each allocation of a scenario in turn: it
 * goes on, says so, keeps what it has, and with memory again it comes to the
 * state that it should have, by what stations and peers do anyway.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "lease/assoc.h"
#include "lease/state.h"
#include "refuse.h"

#define POOL		"192.168.0.0/16"	/* room enough: no two meet */
#define FLAGS		(PEER_EXTENDED | PEER_DIGESTS)
#define ATTEMPTS	2000
#define OURS		12	/* stations that come to us first */
#define THEIRS		12	/* and to our peer */
#define STATIONS	(OURS + THEIRS)
#define UNKNOWN		140	/* data of a kind that is only kept */
#define ROUND_MS	34000	/* of digests, at most */

struct scene {
	struct node	*us, *peer;
	uint32_t	 session;	/* 0: none */
	uint32_t	 last;
	struct addr	 had[STATIONS];	/* acknowledged, last */
	bool		 here[STATIONS];
};

static void
talk(struct scene *s)
{
	struct core *core[2] = { s->us->core, s->peer->core };
	struct update u;
	struct digest g;
	int i, more, n;

	for (n = 0, more = 1; more && n < 100000; n++)
		for (i = more = 0; i < 2; i++) {
			if (core_peer_next(core[i], s->session, &u, now)) {
				core_update(core[!i], s->session, &u, now);
				more = 1;
			} else if (core_peer_digest(core[i], s->session, &g)) {
				core_digest(core[!i], s->session, &g);
				more = 1;
			}
		}
	assert_int_not_equal(n, 100000);
}

/* A session, again and again until both have it. */
static void
meet(struct scene *s)
{
	if (s->session != 0)
		return;
	s->last++;
	if (core_peer_up(s->us->core, s->last, FLAGS | PEER_OPENER,
	    now) == -1)
		return;
	if (core_peer_up(s->peer->core, s->last, FLAGS, now) == -1) {
		core_peer_down(s->us->core, s->last, now);
		return;
	}
	s->session = s->last;
	talk(s);
}

static void
time_passes(struct scene *s, int64_t ms)
{
	monotime_t start = now;

	s->us->n = s->peer->n = 0;
	pass(s->us, ms);
	now = start;
	pass(s->peer, ms);
	s->us->n = s->peer->n = 0;
	talk(s);
}

/* What a DHCP client does, as long as it takes; without memory, nothing. */
static void
lease(struct scene *s, struct node *node, int i)
{
	const struct dhcp_reply *reply;
	struct addr want = s->had[i];

	if (!addr_is_none(&want))
		reply = dhcp(node, i, DHCP_REQUEST, &want, 0);
	else {
		if ((reply = dhcp(node, i, DHCP_DISCOVER, NULL, 0)) == NULL)
			return;
		want = reply->yiaddr;
		reply = dhcp(node, i, DHCP_REQUEST, &want, 1);
	}
	if (reply == NULL)
		return;
	/* What it has it keeps. */
	assert_int_equal(reply->type, DHCP_ACK);
	assert_int_equal(addr_cmp(&reply->yiaddr, &want), 0);
	s->had[i] = want;
}

static void
speak(struct node *node, int i)
{
	struct addr addr;
	struct solicit rs;

	memset(&addr, 0, sizeof(addr));
	(void)addr_parse("fe80::7:0", &addr);
	addr.octet[15] = (uint8_t)i;
	hear(node, i, HEARD_NS, &addr);
	memset(&rs, 0, sizeof(rs));
	rs.ifindex = IFINDEX;
	rs.source_mac = station(i);
	rs.source = addr;
	core_solicit(node->core, &rs, now);
}

static void
arrive(struct scene *s, struct node *node, int i)
{
	sight(node, i, SIGHTING_JOINED);
	s->here[i] = node == s->us;
	lease(s, node, i);
	speak(node, i);
	talk(s);
}

static struct conf *
another_conf(const struct node *node)
{
	struct conf *conf = conf_new();
	struct conf_host host = { .name = "host", .mac = { { 6, 1, 1, 1, 1,
	    1 } } };
	struct conf_iface iface = { .name = "roam1" };

	if (conf == NULL)
		return NULL;
	conf->global = node->conf->global;
	conf->networks[0] = node->conf->networks[0];
	strlcpy(conf->global.name, "another-name-that-is-longer",
	    sizeof(conf->global.name));
	(void)addr_parse("192.168.44.77", &host.addr);
	(void)addr_parse("192.168.43.77", &conf->networks[0].ntp[0]);
	conf->networks[0].nntp = 1;
	if (conf_add_iface(conf, &node->conf->ifaces[0]) == -1 ||
	    conf_add_iface(conf, &iface) == -1 ||
	    conf_add_host(conf, &host) == -1) {
		conf_free(conf);
		return NULL;
	}
	return conf;
}

static void
reload(struct node *node)
{
	struct conf *conf = another_conf(node);

	if (conf != NULL)
		core_conf(node->core, conf, now);
	conf_free(conf);
}

static void
link_state(struct node *node, uint32_t ifindex, const char *name, bool up)
{
	struct link link;

	memset(&link, 0, sizeof(link));
	link.ifindex = ifindex;
	strlcpy(link.name, name, sizeof(link.name));
	link.lladdr.octet[0] = 2;
	link.up = up;
	link.source = SOURCE_NL80211;
	link.mtu = 1500;
	(void)addr_parse("192.168.44.1", &link.gateway4);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(node->core, &link, now);
}

static void
unknown_at(struct node *node, int number)
{
	uint8_t key[2] = { (uint8_t)(number >> 8), (uint8_t)number };
	struct update u;

	make_update(&u, 77, key, sizeof(key), "value", 5, 1, 100000);
	core_update(node->core, 99, &u, now);
}

static void
unknown(struct scene *s, int number)
{
	unknown_at(s->peer, number);
}

/* Another router, of which a third one tells: it has a station, and goes. */
static void
third_router(struct scene *s)
{
	uint8_t id[8] = { 2, 0, 0, 0, 0, 0, 0, 9 };
	uint8_t v4[4] = { 192, 168, 44, 9 };
	uint8_t value[6] = { 1, 4, 192, 168, 44, 9 };
	struct mac mac = station(STRANGER);
	struct update u;

	make_update(&u, DATUM_ROUTER, id, 8, value, 6, 1, 3600);
	core_update(s->us->core, s->session, &u, now);
	make_update(&u, DATUM_LOCATION, &mac, 6, id, 8, 1, 600);
	core_update(s->us->core, s->session, &u, now);
	make_update(&u, DATUM_LEASE4, v4, 4, &mac, 6, 1, 1);
	core_update(s->us->core, s->session, &u, now);
}

static struct scene *
scene_new(void)
{
	struct scene *s = calloc(1, sizeof(*s));
	int i;

	assert_non_null(s);
	now = (monotime_t){ 1000000000000 };
	s->us = node_new(1, POOL);
	s->peer = node_new(2, POOL);
	pass(s->peer, 2000);
	for (i = OURS; i < STATIONS; i++) {
		arrive(s, s->peer, i);
		assert_false(addr_is_none(&s->had[i]));
	}
	for (i = 0; i < UNKNOWN; i++)
		unknown(s, i);
	return s;
}

static void
scene_free(struct scene *s)
{
	node_free(s->us);
	node_free(s->peer);
	free(s);
}

static void
play(struct scene *s)
{
	struct addr addr;
	int i;

	meet(s);
	time_passes(s, 5000);
	for (i = 0; i < OURS; i++)
		arrive(s, s->us, i);
	reload(s->us);
	for (i = UNKNOWN; i < 2 * UNKNOWN; i++)
		unknown(s, i);
	talk(s);
	/* They change places. */
	for (i = 0; i < 4; i++)
		arrive(s, s->peer, i);
	time_passes(s, 4000);
	for (i = OURS; i < OURS + 4; i++)
		arrive(s, s->us, i);
	third_router(s);
	link_state(s->us, 20, "roam1", true);
	sight(s->us, 5, SIGHTING_LEFT);
	s->here[5] = false;
	if (!addr_is_none(&s->had[6]))
		(void)dhcp(s->us, 6, DHCP_RELEASE, &s->had[6], 0);
	s->had[6] = addr_none;
	/* It was given what another uses. */
	if (!addr_is_none(&s->had[7]))
		(void)dhcp(s->us, 7, DHCP_DECLINE, &s->had[7], 0);
	s->had[7] = addr_none;
	(void)addr_parse("2001:db8:1234::1", &addr);
	hear(s->us, 8, HEARD_NS, &addr);
	time_passes(s, 20000);
	link_state(s->us, IFINDEX, "roam0", false);
	link_state(s->us, IFINDEX, "roam0", true);
	for (i = 0; i < STATIONS; i++)
		if (s->here[i])
			arrive(s, s->us, i);
	if (s->session != 0)
		core_peer_down(s->us->core, s->session, now);
	if (s->session != 0)
		core_peer_down(s->peer->core, s->session, now);
	s->session = 0;
	meet(s);
	time_passes(s, 60000);
}

/* Both list their tables in the order of keys. */
static bool
same(struct node *a, struct node *b)
{
	struct ctl_cursor at = { 0 }, bt = { 0 };
	struct update u, v;
	int more;

	do {
		memset(&u, 0, sizeof(u));
		memset(&v, 0, sizeof(v));
		more = core_show_datum(a->core, &at, &u, now);
		if (core_show_datum(b->core, &bt, &v, now) != more ||
		    u.seqno != v.seqno || u.keylen != v.keylen ||
		    u.vallen != v.vallen || memcmp(u.data, v.data,
		    sizeof(u.data)) != 0)
			return false;
	} while (more);
	return true;
}

/* Whatever was refused, what is there is whole, and has its time. */
static void
check(struct core *core)
{
	struct datum *d;
	struct station *s;
	struct router *r;

	RB_FOREACH(d, datum_tree, &core->data) {
		assert_true(timer_is_set(&d->timer));
		if (d->data[0] == DATUM_ROUTER) {
			r = router_find(core,
			    (const struct router_id *)(d->data + 1));
			assert_non_null(r);
			assert_ptr_equal(r->datum, d);
		}
		if (d->data[0] == DATUM_LOCATION) {
			assert_non_null(d->station);
			assert_ptr_equal(d->station->location, d);
			if (d->vallen == 8 && datum_live(d, now)) {
				assert_non_null(d->station->router);
				assert_memory_equal(datum_value(d),
				    &d->station->router->info.id, 8);
			}
		}
		if (lease_is(d) && mac_is_station(lease_mac(d))) {
			assert_non_null(d->station);
			assert_int_equal(mac_cmp(&d->station->mac,
			    lease_mac(d)), 0);
		}
	}
	RB_FOREACH(s, station_tree, &core->lease->stations) {
		assert_true(s->assoc != NULL || s->location != NULL ||
		    !LIST_EMPTY(&s->leases));
		if (assoc_here(s) != NULL)
			assert_true(timer_is_set(&s->assoc->probe));
	}
	RB_FOREACH(r, router_tree, &core->lease->routers)
		assert_true(r->datum != NULL || r->nstations > 0);
}

/* Whom the link layer has told of, and what became of it. */
static void
look(struct scene *s)
{
	struct ctl_station c;
	struct ctl_lease l;
	struct ctl_cursor cursor;
	struct mac mac;
	int i, found = 0;

	memset(&cursor, 0, sizeof(cursor));
	while (core_show_station(s->us->core, &cursor, &c, now)) {
		for (i = 0; i < STATIONS; i++) {
			mac = station(i);
			if (mac_cmp(&c.mac, &mac) != 0)
				continue;
			assert_int_equal(c.here, s->here[i]);
			found += s->here[i];
			if (c.here) {
				assert_int_equal(router_id_cmp(&c.router,
				    &s->us->id), 0);
				assert_true(c.nprefixes >= 2);
			}
		}
	}
	for (i = 0; i < STATIONS; i++)
		found -= s->here[i];
	assert_int_equal(found, 0);
	/* Every lease belongs to its station, wherever that is. */
	memset(&cursor, 0, sizeof(cursor));
	while (core_show_lease(s->us->core, &cursor, &l, now)) {
		if (l.state != CTL_LEASE_VALID)
			continue;
		for (i = 0; i < STATIONS; i++) {
			mac = station(i);
			if (mac_cmp(&l.mac, &mac) == 0 && i != 5)
				assert_false(router_id_is_none(&l.router));
		}
	}
}

static void
recover(struct scene *s)
{
	struct node *at;
	int i, n;

	link_state(s->us, IFINDEX, "roam0", true);
	reload(s->us);
	meet(s);
	for (n = 0; n < 2; n++)
		for (i = 0; i < STATIONS; i++) {
			if (i == 5)
				continue;
			s->us->n = s->peer->n = 0;
			at = s->here[i] ? s->us : s->peer;
			speak(at, i);
			lease(s, at, i);
			talk(s);
		}
	for (n = 0; n < 4; n++)
		time_passes(s, ROUND_MS);
	for (i = 0; i < STATIONS; i++)
		if (i != 5) {
			s->us->n = s->peer->n = 0;
			lease(s, s->here[i] ? s->us : s->peer, i);
			speak(s->here[i] ? s->us : s->peer, i);
			talk(s);
			assert_false(addr_is_none(&s->had[i]));
		}
}

static void
refused(unsigned int first, unsigned int len, unsigned int *asked)
{
	struct scene *s;
	long before = refuse_held();
	unsigned int n;

	refuse(0, 0);
	s = scene_new();
	refuse(first, len);
	play(s);
	*asked = refuse_asked();
	n = refuse_refused();
	refuse(0, 0);
	check(s->us->core);
	check(s->peer->core);
	if (n > 1)		/* of one alone it may be the test's own */
		assert_true(s->us->no_memory + s->peer->no_memory > 0);
	assert_true(s->us->no_memory + s->peer->no_memory <= n);
	recover(s);
	assert_true(same(s->us, s->peer));
	check(s->us->core);
	look(s);
	scene_free(s);
	assert_int_equal(refuse_held(), before);
}

static void
each_allocation_in_turn_may_be_refused(void **state)
{
	unsigned int n, asked = 1;

	(void)state;
	for (n = 1; n <= ATTEMPTS && n <= asked; n++)
		refused(n, 1, &asked);
	print_message("%u allocations\n", n - 1);
	assert_true(n > 200);
}

static void
so_may_many(void **state)
{
	unsigned int n, asked = 1;

	(void)state;
	for (n = 1; n <= ATTEMPTS && n <= asked; n += 7)
		refused(n, 30, &asked);
	for (n = 1; n <= ATTEMPTS && n <= asked; n += 23)
		refused(n, 100000, &asked);
}

static void
a_core_that_cannot_begin_says_so(void **state)
{
	struct node *node;
	unsigned int n;
	long before;

	(void)state;
	node = node_new(1, POOL);
	core_free(node->core);
	before = refuse_held();
	for (n = 1;; n++) {
		refuse(n, 1);
		node->core = node_core(node);
		if (refuse_refused() == 0)
			break;
		refuse(0, 0);
		core_free(node->core);
		assert_int_equal(refuse_held(), before);
	}
	refuse(0, 0);
	assert_non_null(node->core);
	assert_true(n > 5);
	node_free(node);
}

/* More places in the index, and deeper digests: what there is serves on. */
static void
a_table_that_cannot_grow_is_as_good(void **state)
{
	struct node *a, *b;
	struct scene s;
	unsigned int n, asked;
	int i;
	long before;

	(void)state;
	for (n = 0; n < 24; n++) {
		before = refuse_held();
		now = (monotime_t){ 1000000000000 };
		memset(&s, 0, sizeof(s));
		s.us = a = node_new(1, POOL);
		s.peer = b = node_new(2, POOL);
		meet(&s);
		for (i = 0; i < 4070; i++)
			unknown(&s, i);
		talk(&s);
		/* Two for each datum, and what grows with them. */
		refuse(1 + n, 3);
		for (i = 4070; i < 4110; i++)
			unknown(&s, i);
		talk(&s);
		asked = refuse_asked();
		refuse(0, 0);
		assert_true(asked > 40);
		for (i = 4070; i < 4110; i++)
			unknown(&s, i);
		for (i = 0; i < 3; i++)
			time_passes(&s, ROUND_MS);
		assert_true(same(a, b));
		node_free(a);
		node_free(b);
		assert_int_equal(refuse_held(), before);
	}
}

static void
a_configuration_that_cannot_be_had_changes_nothing(void **state)
{
	struct node *node;
	struct ctl_status status;
	struct conf *conf;
	unsigned int n;
	long before;

	(void)state;
	for (n = 1;; n++) {
		before = refuse_held();
		node = node_new(1, POOL);
		conf = another_conf(node);
		assert_non_null(conf);
		refuse(n, 1);
		if (core_prepare(node->core, conf) == -1) {
			refuse(0, 0);
			core_show_status(node->core, &status, now);
			assert_string_equal(status.name, "");
			assert_int_equal(status.interfaces, 1);
			assert_int_equal(node->no_memory, 1);
		} else {
			/* From here on there is no way back. */
			refuse(1, 100000);
			core_conf(node->core, conf, now);
			refuse(0, 0);
			core_show_status(node->core, &status, now);
			assert_string_equal(status.name,
			    "another-name-that-is-longer");
			assert_int_equal(status.interfaces, 2);
			break;
		}
		conf_free(conf);
		node_free(node);
		assert_int_equal(refuse_held(), before);
	}
	assert_true(n > 5);
	conf_free(conf);
	node_free(node);
}

/* The next version of a datum that needs more room than there is. */
static void
what_finds_no_room_leaves_what_stood(void **state)
{
	struct node *node = node_new(1, POOL);
	struct update old, new, found;
	unsigned int n;

	(void)state;
	make_update(&old, 77, "key", 3, "old", 3, 1, 1000);
	make_update(&new, 77, "key", 3, "longer than before", 18, 2, 1000);
	assert_null(core_update(node->core, 99, &old, now));
	for (n = 1;; n++) {
		refuse(n, 1);
		if (core_update(node->core, 99, &new, now) == NULL)
			break;
		refuse(0, 0);
		assert_true(find_datum(node, &old, &found));
		assert_int_equal(found.seqno, 1);
		assert_memory_equal(found.data + 4, "old", 3);
		assert_int_equal(node->core->ndata, 2);
		assert_string_equal(node->no_memory_for, "a datum");
		check(node->core);
	}
	refuse(0, 0);
	assert_true(n > 1);
	assert_true(find_datum(node, &old, &found));
	assert_int_equal(found.seqno, 2);
	assert_int_equal(found.vallen, 18);
	assert_int_equal(node->core->ndata, 2);
	node_free(node);
}

static int
sent_to(struct node *node, uint32_t peer)
{
	struct update u;
	int n = 0;

	while (core_peer_next(node->core, peer, &u, now))
		n++;
	return n;
}

/* An address that a station uses: without memory for it there is a word. */
static void
a_neighbour_without_memory_is_said(void **state)
{
	struct node *node;
	struct addr addr;
	int n, said = 0;

	(void)state;
	assert_int_equal(addr_parse("fe80::5", &addr), 0);
	for (n = 1; n <= 8; n++) {
		node = node_new(1, POOL);
		join(node, 1);
		node->no_memory_for[0] = '\0';
		refuse((unsigned int)n, 1);
		hear(node, 1, HEARD_NS, &addr);
		refuse(0, 0);
		said += strcmp(node->no_memory_for, "a neighbour") == 0;
		node_free(node);
	}
	assert_int_equal(said, 1);
}

/* Its digests cannot grow with the tree: all is sent, and none compared. */
static void
a_session_without_memory_for_digests_does_without(void **state)
{
	struct node *node;
	struct digest g = { .kind = DIGEST_SUMMARY };
	unsigned int n, without = 0;
	int i;

	(void)state;
	for (n = 1; n <= 12; n++) {
		node = node_new(1, POOL);
		core_peer_up(node->core, 5, FLAGS, now);
		for (i = 0; i < 4095; i++)
			unknown_at(node, i);
		assert_int_equal(sent_to(node, 5), 4096);	/* and we */
		refuse(n, 1);
		unknown_at(node, i);
		refuse(0, 0);
		if (strcmp(node->no_memory_for, "the digests of a peer") == 0) {
			without++;
			core_digest(node->core, 5, &g);
			assert_int_equal(core_peer_digest(node->core, 5, &g),
			    0);
			assert_int_equal(sent_to(node, 5), 4097);
		} else
			assert_in_range(sent_to(node, 5), 0, 1);
		node_free(node);
	}
	assert_int_equal(without, 3);		/* sets of nodes */
}

/* Who cannot be noted as linked gets what it may have already. */
static void
peers_without_memory_are_told_more(void **state)
{
	struct node *node;
	struct neighbours list = { .n = 3 };
	struct update u;
	struct peer *p;
	unsigned int n, refused;
	uint32_t i;
	int told;

	(void)state;
	make_update(&u, 77, "key", 3, "value", 5, 1, 1000);
	for (i = 0; i < 3; i++)
		list.ids[i].octet[0] = (uint8_t)(5 + i);
	for (n = 1, refused = 1; refused > 0; n++) {
		node = node_new(1, POOL);
		for (i = 0; i < 3; i++) {
			core_peer_up(node->core, 5 + i, FLAGS, now);
			core_peer_is(node->core, 5 + i, &list.ids[i], now);
			(void)sent_to(node, 5 + i);
		}
		refuse(n, 1);
		for (i = 0; i < 3; i++)
			core_peer_neighbours(node->core, 5 + i, &list, now);
		refused = refuse_refused();
		refuse(0, 0);
		assert_int_equal(node->no_memory, refused);
		for (i = told = 0; i < 3; i++) {
			p = peer_find(node->core, 5 + i);
			told += (int)p->mesh.linked.n;
		}
		assert_int_equal(told % 2, 0);
		assert_true(refused > 0 || told == 6);
		assert_null(core_update(node->core, 5, &u, now));
		assert_int_equal(sent_to(node, 5), 0);
		for (i = 1, told = 0; i < 3; i++)
			told += sent_to(node, 5 + i);
		assert_in_range(told, 1, refused > 0 ? 2 : 1);
		node_free(node);
	}
	assert_true(n > 6);
}

/* Room for its timer is there, or it is not taken. */
static void
no_datum_stands_without_a_timer(void **state)
{
	struct node *node = node_new(1, POOL);
	struct mac mac = station(1);
	uint8_t four[4] = { 192, 168, 7, 0 };
	struct update u;
	int i, refusals = 0;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);	/* whose leases they are */
	for (i = 0; i < 400; i++) {
		four[3] = (uint8_t)i;
		if (i % 2 == 0)
			make_update(&u, DATUM_LEASE4, four, 4, mac.octet, 6,
			    1, i % 4 == 0 ? 60 : 1);
		else
			make_update(&u, 77, &i, sizeof(i), "v", 1, 1, 60);
		refuse(2, 100000);	/* the datum itself is granted */
		if (core_update(node->core, 99, &u, now) != NULL) {
			refusals++;
			refuse(0, 0);
			assert_null(core_update(node->core, 99, &u, now));
		}
		refuse(1, 100000);
		if (i % 50 == 0)
			pass(node, 2000);
		refuse(0, 0);
		check(node->core);
	}
	assert_true(refusals > 1);
	node_free(node);
}

static void
an_offer_that_cannot_be_kept_is_not_made(void **state)
{
	struct node *node = node_new(1, POOL);
	struct ctl_status status;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	refuse(1, 1);
	assert_null(dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	refuse(0, 0);
	assert_string_equal(node->no_memory_for, "an offer");
	core_show_status(node->core, &status, now);
	assert_int_equal(status.dhcp_dropped, 1);
	assert_int_equal(status.dhcp_offers, 0);
	assert_non_null(dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_in_turn_may_be_refused),
		cmocka_unit_test(so_may_many),
		cmocka_unit_test(a_core_that_cannot_begin_says_so),
		cmocka_unit_test(a_table_that_cannot_grow_is_as_good),
		cmocka_unit_test(
		    a_configuration_that_cannot_be_had_changes_nothing),
		cmocka_unit_test(what_finds_no_room_leaves_what_stood),
		cmocka_unit_test(
		    a_session_without_memory_for_digests_does_without),
		cmocka_unit_test(a_neighbour_without_memory_is_said),
		cmocka_unit_test(peers_without_memory_are_told_more),
		cmocka_unit_test(no_datum_stands_without_a_timer),
		cmocka_unit_test(an_offer_that_cannot_be_kept_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
