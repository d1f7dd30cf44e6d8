/* SPDX-License-Identifier: ISC */
/*
 * Routers that have sessions with each other: how often each is told, by whom,
 * and what becomes of it when sessions break or peers lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "table/peer.h"
#include "table/state.h"

#define POOL	"192.168.44.0/24"
#define FLAGS	(PEER_EXTENDED | PEER_DIGESTS)
#define MOST	32
#define QUEUE	65536
#define HOUR_S	3600

enum what { NEIGHBOURS, UPDATE, SUMMARY, DIGEST, WHATS };

struct message {
	enum what	what;
	int		from, to;
	union {
		struct neighbours	neighbours;
		struct update		update;
		struct digest		digest;
	};
};

/* Routers by numbers, and what is under way between them. */
struct net {
	int		 n;
	struct node	*node[MOST];
	bool		 up[MOST][MOST];
	bool		 cut[MOST][MOST];	/* what one sends is lost */
	/* messages, by who sends and who gets them */
	int		 sent[WHATS][MOST][MOST];
	struct message	*queue;
};

static struct net	net;

/* The number of the session of i with j, at both. */
static uint32_t
session(int i, int j)
{
	return 1 + (uint32_t)(i < j ? i * MOST + j : j * MOST + i) +
	    STRANGER;
}

static struct core *
core_at(int i)
{
	return net.node[i]->core;
}

static struct router_id
id_of(int i)
{
	return net.node[i]->id;
}

static void
pass_all(int64_t ms)
{
	monotime_t start = now;
	int i;

	for (i = 0; i < net.n; i++) {
		now = start;
		pass(net.node[i], ms);
		net.node[i]->n = 0;
	}
}

static int
take(int i, int j, struct message *m)
{
	m->from = i;
	m->to = j;
	m->what = NEIGHBOURS;
	if (core_peer_say(core_at(i), session(i, j), &m->neighbours))
		return 1;
	m->what = UPDATE;
	if (core_peer_next(core_at(i), session(i, j), &m->update, now))
		return 1;
	if (!core_peer_digest(core_at(i), session(i, j), &m->digest))
		return 0;
	m->what = m->digest.kind == DIGEST_SUMMARY ? SUMMARY : DIGEST;
	return 1;
}

static void
give(const struct message *m)
{
	struct core *core = core_at(m->to);
	uint32_t peer = session(m->from, m->to);

	net.sent[m->what][m->from][m->to]++;
	if (net.cut[m->from][m->to])
		return;
	switch (m->what) {
	case NEIGHBOURS:
		core_peer_neighbours(core, peer, &m->neighbours, now);
		break;
	case UPDATE:
		core_update(core, peer, &m->update, now);
		break;
	default:
		core_digest(core, peer, &m->digest);
	}
	net.node[m->to]->n = 0;
}

/* All that all have to say, sent at once; then all of it arrives. */
static bool
wave(void)
{
	int i, j, n = 0;

	for (i = 0; i < net.n; i++)
		for (j = 0; j < net.n; j++)
			while (net.up[i][j] && take(i, j, &net.queue[n])) {
				assert_true(n < QUEUE - 1);
				n++;
			}
	for (i = 0; i < n; i++)
		give(&net.queue[i]);
	return n > 0;
}

static void
talk(void)
{
	int n = 0;

	while (wave())
		assert_true(n++ < 1000);
}

/* The same, one message at a time, of a router that chance names. */
static void
talk_at_random(void)
{
	struct message m;
	int i, j, n = 0, left = 20 * net.n * net.n;

	while (left > 0) {
		i = (int)(random() % net.n);
		j = (int)(random() % net.n);
		left--;
		if (!net.up[i][j] || !take(i, j, &m))
			continue;
		give(&m);
		assert_true(n++ < 100000);
		left = 20 * net.n * net.n;
	}
}

static void
join_pair(int i, int j, unsigned int flags)
{
	struct router_id a = id_of(i), b = id_of(j);

	core_peer_up(core_at(i), session(i, j), flags | PEER_OPENER, now);
	core_peer_up(core_at(j), session(i, j), flags, now);
	core_peer_is(core_at(i), session(i, j), &b, now);
	core_peer_is(core_at(j), session(i, j), &a, now);
	net.up[i][j] = net.up[j][i] = true;
}

static void
part(int i, int j)
{
	core_peer_down(core_at(i), session(i, j), now);
	core_peer_down(core_at(j), session(i, j), now);
	net.up[i][j] = net.up[j][i] = false;
}

static void
begin(int n)
{
	int i;

	memset(&net, 0, sizeof(net));
	net.n = n;
	net.queue = calloc(QUEUE, sizeof(*net.queue));
	assert_non_null(net.queue);
	for (i = 0; i < n; i++)
		net.node[i] = node_new((uint8_t)(i + 1), POOL);
}

static void
mesh(int n)
{
	int i, j;

	begin(n);
	/* Who connects has nothing to do with who is who. */
	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			if ((i + j) % 2 != 0)
				join_pair(i, j, FLAGS);
			else
				join_pair(j, i, FLAGS);
	talk();
	pass_all(5000);
	talk();
	memset(net.sent, 0, sizeof(net.sent));
}

static void
end(void)
{
	int i;

	for (i = 0; i < net.n; i++)
		node_free(net.node[i]);
	free(net.queue);
}

static int
sent(enum what what)
{
	int i, j, n = 0;

	for (i = 0; i < net.n; i++)
		for (j = 0; j < net.n; j++)
			n += net.sent[what][i][j];
	return n;
}

static struct update
datum(int number, uint64_t seqno)
{
	uint8_t key[2] = { (uint8_t)(number >> 8), (uint8_t)number };
	struct update u;

	make_update(&u, 77, key, sizeof(key), "?", 1, seqno, 80000);
	return u;
}

static void
put(int i, int number, uint64_t seqno)
{
	struct update u = datum(number, seqno);

	assert_null(core_update(core_at(i), STRANGER, &u, now));
}

static uint64_t
seqno_at(int i, int number)
{
	struct update u = datum(number, 0), found;

	return find_datum(net.node[i], &u, &found) ? found.seqno : 0;
}

static bool
all_have(int number, uint64_t seqno)
{
	int i;

	for (i = 0; i < net.n; i++)
		if (seqno_at(i, number) != seqno)
			return false;
	return true;
}

/* At once, and however the copies overtake each other. */
static void
a_mesh_says_each_datum_twice(void **state)
{
	static const int sizes[] = { 3, 5, 10, 30 };
	size_t s;
	int i, r, number;

	(void)state;
	srandom(1);
	for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		mesh(r = sizes[s]);
		for (i = 0; i < r; i++)
			for (number = 4 * i; number < 4 * i + 4; number++) {
				memset(net.sent, 0, sizeof(net.sent));
				put(i, number, (uint64_t)i + 1);
				if (number % 4 == 0)
					talk();
				else
					talk_at_random();
				assert_in_range(sent(UPDATE), r - 1,
				    2 * (r - 1));
				assert_true(all_have(number,
				    (uint64_t)i + 1));
			}
		end();
	}
}

/* A roam is said by the router that sees it, which sends to all. */
static void
a_roam_in_a_mesh_is_said_twice(void **state)
{
	const int r = 10;
	int i;

	(void)state;
	mesh(r);
	sight(net.node[0], 1, SIGHTING_JOINED);
	talk();
	for (i = 1; i < r; i++) {
		memset(net.sent, 0, sizeof(net.sent));
		sight(net.node[i], 1, SIGHTING_JOINED);
		talk();
		assert_in_range(sent(UPDATE), r - 1, 2 * (r - 1));
	}
	end();
}

/* What is said while nothing happens: each router's word about itself. */
static void
an_idle_mesh_is_quiet(void **state)
{
	const int r = 30;
	int s;

	(void)state;
	mesh(r);
	for (s = 0; s < HOUR_S; s += 5) {
		pass_all(5000);
		talk();
	}
	/* (R - 1)^2 each without links: more than ten times as many. */
	assert_in_range(sent(UPDATE), 1, 31 * r * 2 * (r - 1));
	assert_true(30 * r * (r - 1) * (r - 1) > 10 * sent(UPDATE));
	assert_int_equal(sent(NEIGHBOURS), 0);
	end();
}

/* Nobody knows yet that what one sends to the other is lost. */
static void
a_cut_session_is_bridged_at_once(void **state)
{
	const int r = 6;
	int s, p;

	(void)state;
	mesh(r);
	for (s = 0; s < r; s++)
		for (p = 0; p < r; p++) {
			if (p == s)
				continue;
			net.cut[s][p] = true;
			put(s, s * r + p, 1);
			talk();
			assert_true(all_have(s * r + p, 1));
			net.cut[s][p] = false;
		}
	end();
}

/* Neither the sender nor the one before it on the circle reaches it. */
static void
lose(int s, int p, int number)
{
	int i;

	for (i = 0; i < net.n; i++)
		net.cut[i][p] = true;
	put(s, number, 1);
	talk();
	for (i = 0; i < net.n; i++)
		net.cut[i][p] = false;
	assert_int_equal(seqno_at(p, number), 0);
}

/* Once one of its ends says that the session is over, all others ask. */
static void
when_a_link_is_gone_its_ends_are_asked(void **state)
{
	const int r = 6, s = 1, p = 4;
	int i, j, n;

	(void)state;
	mesh(r);
	lose(s, p, 7);
	memset(net.sent, 0, sizeof(net.sent));
	part(s, p);
	assert_true(wave());		/* they say so, */
	for (i = 0; i < r; i++)
		for (j = 0; j < r; j++) {
			n = net.sent[NEIGHBOURS][i][j];
			assert_int_equal(n, (i == s || i == p) && j != s &&
			    j != p);
		}
	memset(net.sent, 0, sizeof(net.sent));
	assert_true(wave());		/* and are asked: nobody else is */
	for (i = 0; i < r; i++)
		for (j = 0; j < r; j++) {
			n = net.sent[SUMMARY][i][j];
			assert_int_equal(n, (j == s || j == p) && i != s &&
			    i != p);
		}
	talk();
	assert_true(all_have(7, 1));
	end();
}

/* They all lost its last words, or not: of each two, one asks the other. */
static void
when_a_router_is_gone_the_others_compare(void **state)
{
	const int r = 6, s = 2;
	int i, j, p;

	(void)state;
	for (p = 0; p < r; p++) {
		if (p == s)
			continue;
		mesh(r);
		lose(s, p, 7);
		memset(net.sent, 0, sizeof(net.sent));
		for (i = 0; i < r; i++)
			if (i != s)
				part(i, s);
		assert_true(wave());
		for (i = 0; i < r; i++)
			for (j = 0; j < i; j++)
				assert_int_equal(net.sent[SUMMARY][i][j] +
				    net.sent[SUMMARY][j][i], i != s && j != s);
		talk();
		assert_true(all_have(7, 1));
		end();
	}
}

static void
say(int i, int from, int operation, const struct router_id *ids, int n)
{
	struct neighbours message = { .operation = (uint8_t)operation,
	    .n = (uint8_t)n };

	memcpy(message.ids, ids, (size_t)n * sizeof(*ids));
	core_peer_neighbours(core_at(i), session(i, from), &message, now);
}

/* 0 and 1 are neighbours of the middle, 2, only. */
static void
chain(void)
{
	begin(4);
	join_pair(0, 2, FLAGS);
	join_pair(1, 2, FLAGS);
	join_pair(3, 2, FLAGS);
	talk();
	pass_all(5000);
	talk();
	memset(net.sent, 0, sizeof(net.sent));
}

/* It says that it has a session with another, who does not say so. */
static void
a_lie_of_one_changes_nothing(void **state)
{
	struct router_id lie[2];

	(void)state;
	chain();
	lie[0] = id_of(1);
	lie[1] = id_of(3);
	say(2, 0, NEIGHBOURS_MORE, lie, 2);
	put(0, 1, 1);
	talk();
	assert_true(all_have(1, 1));
	assert_int_equal(sent(UPDATE), 3);
	end();
}

/* All of them say what is not so: a round later all have it. */
static void
a_lie_of_all_is_found_within_a_round(void **state)
{
	struct router_id ids[4];
	int i, lost = 0;

	(void)state;
	chain();
	for (i = 0; i < 4; i++)
		ids[i] = id_of(i);
	for (i = 0; i < 4; i++)
		if (i != 2)
			say(2, i, NEIGHBOURS_MORE, ids, 4);
	put(0, 1, 1);
	talk();
	for (i = 0; i < 4; i++)
		lost += seqno_at(i, 1) == 0;
	assert_int_equal(lost, 1);
	pass_all(34000);
	talk();
	assert_true(all_have(1, 1));
	end();
}

/* Who cannot be asked, and who cannot say, is sent everything. */
static void
version_1_is_always_told(void **state)
{
	struct router_id ids[4];
	unsigned int flags;
	int i, n;

	(void)state;
	for (flags = 0; flags <= PEER_EXTENDED; flags += PEER_EXTENDED) {
		begin(4);
		for (i = 0; i < 4; i++)
			ids[i] = id_of(i);
		join_pair(0, 1, FLAGS);
		join_pair(0, 2, FLAGS);
		join_pair(0, 3, flags);
		talk();
		memset(net.sent, 0, sizeof(net.sent));
		for (i = 1; i < 4; i++)
			say(0, i, NEIGHBOURS_NEW, ids, 4);
		for (n = 1; n < 4; n++) {
			put(n, 1, (uint64_t)n);
			talk();
			assert_int_equal(seqno_at(3, 1), n);
		}
		end();
	}
}

static struct router_id
number_id(uint64_t n)
{
	struct router_id id = { { 9 } };
	int i;

	for (i = 0; i < 7; i++)
		id.octet[7 - i] = (uint8_t)(n >> 8 * i);
	return id;
}

/* What a peer that reads would know of the routers with these numbers. */
struct told {
	bool	has[200];
	int	news, lists;
};

static void
hear_all(struct node *node, uint32_t peer, struct told *told)
{
	struct neighbours n;
	int i;

	while (core_peer_say(node->core, peer, &n)) {
		assert_true(n.n <= NEIGHBOUR_IDS);
		told->news++;
		if (n.operation == NEIGHBOURS_NEW) {
			memset(told->has, 0, sizeof(told->has));
			told->lists++;
		}
		for (i = 0; i < n.n; i++)
			told->has[n.ids[i].octet[7]] =
			    n.operation != NEIGHBOURS_LESS;
	}
}

static void
expect_told(const struct told *told, const bool *has)
{
	assert_memory_equal(told->has, has, sizeof(told->has));
}

/* The list first, then what changes; who is too slow gets the list again. */
static void
every_peer_is_told_who_is_there(void **state)
{
	struct node *node = node_new(1, POOL);
	struct router_id id;
	struct told told = { .news = 0 };
	bool has[200] = { false };
	uint32_t i;
	int round, changes;

	(void)state;
	srandom(1);
	core_peer_up(node->core, 1000, FLAGS, now);
	core_peer_up(node->core, 1001, 0, now);
	hear_all(node, 1000, &told);
	assert_int_equal(told.news, 1);
	assert_int_equal(told.lists, 1);
	for (round = 0; round < 200; round++) {
		for (changes = (int)(random() % 80); changes >= 0; changes--) {
			i = (uint32_t)random() % 200;
			id = number_id(i);
			if (has[i])
				core_peer_down(node->core, 1 + i, now);
			else {
				core_peer_up(node->core, 1 + i, FLAGS, now);
				core_peer_is(node->core, 1 + i, &id, now);
			}
			has[i] = !has[i];
			if (random() % 50 == 0)
				hear_all(node, 1000, &told);
		}
		hear_all(node, 1000, &told);
		expect_told(&told, has);
	}
	assert_true(told.lists > 2);
	assert_true(told.lists < 200);
	memset(&told, 0, sizeof(told));
	hear_all(node, 1001, &told);
	assert_int_equal(told.news, 0);
	/* A newcomer gets the list alone. */
	core_peer_up(node->core, 1002, FLAGS, now);
	hear_all(node, 1002, &told);
	assert_int_equal(told.lists, 1);
	expect_told(&told, has);
	node_free(node);
}

/* Half of the list was read when a session within that half ends. */
static void
a_list_that_is_under_way_is_corrected(void **state)
{
	struct node *node = node_new(1, POOL);
	struct neighbours n;
	struct router_id id;
	struct told told = { .news = 0 };
	bool has[200] = { false };
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		id = number_id(i);
		has[i] = true;
		core_peer_up(node->core, 1 + i, FLAGS, now);
		core_peer_is(node->core, 1 + i, &id, now);
	}
	core_peer_up(node->core, 1000, FLAGS, now);
	assert_int_equal(core_peer_say(node->core, 1000, &n), 1);
	assert_int_equal(n.operation, NEIGHBOURS_NEW);
	assert_int_equal(n.n, NEIGHBOUR_IDS);
	for (i = 0; i < n.n; i++)
		told.has[n.ids[i].octet[7]] = true;
	for (i = 0; i < 100; i += 10) {
		has[i] = false;
		core_peer_down(node->core, 1 + i, now);
	}
	hear_all(node, 1000, &told);
	assert_int_equal(told.lists, 0);
	expect_told(&told, has);
	node_free(node);
}

/* The one with the router's newer session is meant; nobody else is told. */
static void
a_second_session_takes_the_place_of_the_first(void **state)
{
	struct router_id a, b;
	struct told told = { .news = 0 };
	int number;

	(void)state;
	mesh(3);
	a = id_of(0);
	b = id_of(1);
	core_peer_up(core_at(0), 5000, FLAGS, now);
	core_peer_is(core_at(0), 5000, &b, now);
	core_peer_up(core_at(1), 5000, FLAGS, now);
	core_peer_is(core_at(1), 5000, &a, now);
	part(0, 1);
	hear_all(net.node[0], session(0, 2), &told);
	hear_all(net.node[1], session(1, 2), &told);
	assert_int_equal(told.news, 0);
	/* On this session no list was heard. */
	for (number = 0; number < 3; number++) {
		put(2, number, 1);
		talk();
		assert_true(all_have(number, 1));
	}
	core_peer_down(core_at(0), 5000, now);
	hear_all(net.node[0], session(0, 2), &told);
	assert_int_equal(told.news, 1);
	end();
}

/* Whether the first sends what it has from the second to the third. */
static bool
relays(int i, int from, int to, int number)
{
	struct update u = datum(number, 1);
	bool is_told = false;

	core_update(core_at(i), session(i, from), &u, now);
	while (core_peer_next(core_at(i), session(i, to), &u, now))
		is_told = is_told || u.data[0] == 77;
	return is_told;
}

/* 3 follows 2 on the circle, but not 0; all are linked. */
static void
a_session_is_of_the_router_that_it_says(void **state)
{
	struct router_id other = { { 7, 7 } };
	struct told told = { .news = 0 };
	const struct peer *p;

	(void)state;
	mesh(4);
	assert_false(relays(0, 1, 3, 1));
	assert_true(relays(0, 1, 2, 1));
	/* Another's now: nobody has said anything of it. */
	core_peer_is(core_at(0), session(0, 1), &other, now);
	hear_all(net.node[0], session(0, 3), &told);
	assert_int_equal(told.news, 2);		/* one ended, one began */
	p = peer_find(core_at(0), session(0, 3));
	assert_int_equal(p->mesh.linked.n, 1);
	assert_true(relays(0, 1, 3, 2));
	/* And as before: its list has stayed. */
	other = id_of(1);
	core_peer_is(core_at(0), session(0, 1), &other, now);
	assert_int_equal(p->mesh.linked.n, 2);
	assert_false(relays(0, 1, 3, 3));
	end();
}

/* What a new list has no more is gone like what is said to be. */
static void
a_new_list_ends_the_former(void **state)
{
	struct router_id ids[2];
	struct digest g;

	(void)state;
	mesh(4);
	ids[0] = id_of(0);
	ids[1] = id_of(2);
	say(0, 1, NEIGHBOURS_NEW, ids, 2);
	assert_true(core_peer_digest(core_at(0), session(0, 3), &g));
	assert_int_equal(g.kind, DIGEST_SUMMARY);
	assert_false(core_peer_digest(core_at(0), session(0, 2), &g));
	assert_true(relays(0, 1, 3, 1));
	assert_true(relays(0, 1, 2, 1));
	end();
}

static int
summaries(int i, int j)
{
	struct digest g;
	int n = 0;

	while (core_peer_digest(core_at(i), session(i, j), &g))
		n += g.kind == DIGEST_SUMMARY;
	return n;
}

/* One that says yes and no by turns: the others do not hear it as often. */
static void
who_changes_its_mind_causes_little(void **state)
{
	struct router_id id, all[3];
	int i, n = 0;

	(void)state;
	mesh(4);
	id = id_of(2);
	all[0] = id_of(0);
	all[1] = id_of(2);
	all[2] = id_of(3);
	for (i = 0; i < 1000; i++) {
		say(0, 1, NEIGHBOURS_LESS, &id, 1);
		n += summaries(0, 2);
		say(0, 1, i % 2 ? NEIGHBOURS_MORE : NEIGHBOURS_NEW, &id, 1);
		n += summaries(0, 2);
	}
	assert_in_range(n, 1, 32);
	now = monotime_add(now, 10000);
	for (i = n = 0; i < 1000; i++) {
		say(0, 1, NEIGHBOURS_LESS, &id, 1);
		say(0, 1, NEIGHBOURS_MORE, &id, 1);
		n += summaries(0, 2);
	}
	assert_in_range(n, 1, 10);
	/* In the end they are linked as before. */
	say(0, 1, NEIGHBOURS_NEW, all, 3);
	talk();
	memset(net.sent, 0, sizeof(net.sent));
	put(1, 1, 1);
	talk();
	assert_in_range(sent(UPDATE), 3, 6);
	end();
}

/* More than fit, ourselves, nobody, and operations of later versions. */
static void
odd_lists_are_harmless(void **state)
{
	struct router_id ids[NEIGHBOUR_IDS], later;
	uint64_t n = 0;
	int i, round;

	(void)state;
	mesh(4);
	say(0, 1, NEIGHBOURS_NEW, ids, 0);
	for (round = 0; round < 40; round++) {
		for (i = 0; i < NEIGHBOUR_IDS; i++)
			ids[i] = number_id(n++);
		say(0, 1, NEIGHBOURS_MORE, ids, NEIGHBOUR_IDS);
	}
	assert_int_equal(peer_find(core_at(0), session(0, 1))->mesh.said.n,
	    MESH_SAID_MAX);
	/* There is no room for this one: it is as if it were not said. */
	later = id_of(3);
	say(0, 1, NEIGHBOURS_MORE, &later, 1);
	put(1, 1, 1);
	net.cut[1][3] = net.cut[2][3] = true;
	talk();
	assert_true(all_have(1, 1));
	/* A new list makes room. */
	memset(ids, 0, sizeof(ids));
	ids[0] = id_of(0);
	ids[2] = id_of(2);
	ids[3] = id_of(3);
	ids[4] = id_of(1);		/* it says it of itself */
	say(0, 1, NEIGHBOURS_NEW, ids, 5);
	memset(net.sent, 0, sizeof(net.sent));
	net.cut[1][3] = net.cut[2][3] = false;
	put(1, 1, 2);
	talk();
	assert_in_range(sent(UPDATE), 3, 6);
	assert_true(all_have(1, 2));
	for (i = 0; i < 256; i++)
		if (i > NEIGHBOURS_LESS)
			say(0, 1, i, ids, 5);
	core_peer_neighbours(core_at(0), 4711, &(struct neighbours){ 0 }, now);
	later = id_of(0);
	core_peer_is(core_at(0), session(0, 1), &later, now);
	put(1, 1, 3);
	talk();
	assert_true(all_have(1, 3));
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mesh_says_each_datum_twice),
		cmocka_unit_test(a_roam_in_a_mesh_is_said_twice),
		cmocka_unit_test(an_idle_mesh_is_quiet),
		cmocka_unit_test(a_cut_session_is_bridged_at_once),
		cmocka_unit_test(when_a_link_is_gone_its_ends_are_asked),
		cmocka_unit_test(when_a_router_is_gone_the_others_compare),
		cmocka_unit_test(a_lie_of_one_changes_nothing),
		cmocka_unit_test(a_lie_of_all_is_found_within_a_round),
		cmocka_unit_test(version_1_is_always_told),
		cmocka_unit_test(every_peer_is_told_who_is_there),
		cmocka_unit_test(a_list_that_is_under_way_is_corrected),
		cmocka_unit_test(
		    a_second_session_takes_the_place_of_the_first),
		cmocka_unit_test(a_session_is_of_the_router_that_it_says),
		cmocka_unit_test(a_new_list_ends_the_former),
		cmocka_unit_test(who_changes_its_mind_causes_little),
		cmocka_unit_test(odd_lists_are_harmless),
	};

	return cmocka_run_group_tests_name("core_mesh", tests, NULL, NULL);
}
