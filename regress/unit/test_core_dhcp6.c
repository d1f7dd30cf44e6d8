/* SPDX-License-Identifier: ISC */
/* DHCPv6: who is answered what, at whichever router. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/24"

static struct dhcp6_request
request(enum dhcp6_type type)
{
	struct dhcp6_request r;

	memset(&r, 0, sizeof(r));
	r.ifindex = IFINDEX;
	r.type = type;
	r.source_mac = station(1);
	(void)addr_parse("fe80::7", &r.source);
	r.client_idlen = 10;
	r.client_id[1] = 3;
	if (type != DHCP6_INFORMATION_REQUEST) {
		r.nias = 1;
		r.ias[0].iaid = 1;
		r.ias[0].delegation = 1;
	}
	return r;
}

/* The answer, or NULL. */
static const struct dhcp6_reply *
ask(struct node *node, const struct dhcp6_request *r)
{
	int before = node->n, n;

	pass(node, 1000);
	core_dhcp6(node->core, r, now);
	for (n = node->n; n-- > before;)
		if (node->seen[n].type == EFFECT_DHCP6_REPLY)
			return &node->seen[n].reply6;
	return NULL;
}

static struct node *
node_with_station(uint8_t which, enum dhcp6_mode mode)
{
	struct node *node = node_new(which, POOL);

	pass(node, 2000);
	node->conf->networks[0].dhcp6 = mode;
	core_conf(node->core, node->conf, now);
	sight(node, 1, SIGHTING_JOINED);
	return node;
}

static struct prefix
advertised(const struct node *node)
{
	int n;

	for (n = node->n; n-- > 0;)
		if (node->seen[n].type == EFFECT_ADVERT)
			return node->seen[n].advert.prefixes[0].prefix;
	fail();
	return (struct prefix){ .len = 0 };
}

static void
take_server_id(struct dhcp6_request *r, const struct dhcp6_reply *reply)
{
	r->server_idlen = reply->to.server_idlen;
	memcpy(r->server_id, reply->to.server_id, sizeof(r->server_id));
}

/* What is answered in which mode, and what never: RFC 8415 16. */
static void
each_message_in_each_mode(void **state)
{
	enum { NONE, OURS, OTHERS };
	static const struct {
		const char	*name;
		enum dhcp6_type	 type;
		int		 server, client, answer[3];
	} rows[] = {
		{ "solicit", DHCP6_SOLICIT, NONE, 1,
		  { 0, 0, DHCP6_ADVERTISE } },
		{ "solicit to a server", DHCP6_SOLICIT, OURS, 1, { 0 } },
		{ "solicit of nobody", DHCP6_SOLICIT, NONE, 0, { 0 } },
		{ "request", DHCP6_REQUEST, OURS, 1,
		  { 0, 0, DHCP6_REPLY } },
		{ "request to another", DHCP6_REQUEST, OTHERS, 1, { 0 } },
		{ "request to none", DHCP6_REQUEST, NONE, 1, { 0 } },
		{ "renew", DHCP6_RENEW, OURS, 1, { 0, 0, DHCP6_REPLY } },
		{ "renew to another", DHCP6_RENEW, OTHERS, 1, { 0 } },
		{ "rebind", DHCP6_REBIND, NONE, 1, { 0, 0, DHCP6_REPLY } },
		{ "rebind to a server", DHCP6_REBIND, OURS, 1, { 0 } },
		{ "release", DHCP6_RELEASE, OURS, 1, { 0, 0, DHCP6_REPLY } },
		{ "decline", DHCP6_DECLINE, OURS, 1, { 0, 0, DHCP6_REPLY } },
		{ "confirm without address", DHCP6_CONFIRM, NONE, 1, { 0 } },
		{ "information", DHCP6_INFORMATION_REQUEST, NONE, 1,
		  { 0, DHCP6_REPLY, DHCP6_REPLY } },
		{ "information for nobody", DHCP6_INFORMATION_REQUEST, NONE,
		  0, { 0, DHCP6_REPLY, DHCP6_REPLY } },
		{ "information of another", DHCP6_INFORMATION_REQUEST, OTHERS,
		  1, { 0 } },
	};
	const struct dhcp6_reply *reply;
	struct dhcp6_request r, first;
	struct node *node;
	size_t i;
	int mode;

	(void)state;
	for (mode = DHCP6_NO; mode <= DHCP6_DELEGATE; mode++) {
		node = node_with_station(1, DHCP6_DELEGATE);
		first = request(DHCP6_SOLICIT);
		assert_non_null(reply = ask(node, &first));
		take_server_id(&first, reply);
		node->conf->networks[0].dhcp6 = (uint8_t)mode;
		core_conf(node->core, node->conf, now);
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			r = request(rows[i].type);
			if (rows[i].server != NONE) {
				r.server_idlen = first.server_idlen;
				memcpy(r.server_id, first.server_id,
				    sizeof(r.server_id));
				r.server_id[5] ^= rows[i].server == OTHERS;
			}
			if (!rows[i].client)
				r.client_idlen = 0;
			reply = ask(node, &r);
			if ((reply == NULL ? 0 : reply->type) !=
			    rows[i].answer[mode])
				fail_msg("%s, mode %d", rows[i].name, mode);
		}
		node_free(node);
	}
}

static void
the_delegated_prefix_is_the_advertised_one_at_every_router(void **state)
{
	struct node *a = node_with_station(1, DHCP6_DELEGATE);
	struct node *b = node_new(2, POOL);
	struct dhcp6_request r = request(DHCP6_SOLICIT);
	const struct dhcp6_reply *reply;
	struct prefix p = advertised(a);

	(void)state;
	pass(b, 2000);
	b->conf->networks[0].dhcp6 = DHCP6_DELEGATE;
	core_conf(b->core, b->conf, now);
	peering(a, b, 5);
	assert_non_null(reply = ask(a, &r));
	assert_int_equal(prefix_cmp(&reply->to.ias[0].prefix, &p), 0);
	assert_int_equal(reply->to.ias[0].valid, 5400);
	assert_int_equal(reply->to.ias[0].preferred, 2700);
	assert_int_equal(reply->t1, 1350);
	assert_int_equal(reply->t2, 2160);
	r.rapid = 1;
	assert_non_null(reply = ask(a, &r));
	assert_int_equal(reply->type, DHCP6_REPLY);
	assert_int_equal(reply->rapid, 1);

	/* It moves, and renews there as if nothing had happened. */
	r = request(DHCP6_RENEW);
	take_server_id(&r, reply);
	r.ias[0].prefix = p;
	carry(a, b, 5);
	assert_null(ask(b, &r));
	sight(b, 1, SIGHTING_JOINED);
	carry(a, b, 5);
	assert_non_null(reply = ask(b, &r));
	assert_int_equal(reply->type, DHCP6_REPLY);
	assert_int_equal(prefix_cmp(&reply->to.ias[0].prefix, &p), 0);
	assert_int_equal(reply->to.ias[0].old.len, 0);
	node_free(a);
	node_free(b);
}

static void
what_a_client_has_not_is_taken_from_it(void **state)
{
	struct node *node = node_with_station(1, DHCP6_DELEGATE);
	struct dhcp6_request r = request(DHCP6_REBIND);
	const struct dhcp6_reply *reply;
	struct prefix p = advertised(node), wrong;

	(void)state;
	assert_int_equal(prefix_parse("2001:db8:9::/64", &wrong), 0);
	r.nias = 3;
	r.ias[0].prefix = wrong;
	r.ias[1].iaid = 2;
	r.ias[1].delegation = 1;
	r.ias[1].prefix = p;
	r.ias[2].delegation = 0;
	assert_non_null(reply = ask(node, &r));
	assert_int_equal(prefix_cmp(&reply->to.ias[0].prefix, &p), 0);
	assert_int_equal(prefix_cmp(&reply->to.ias[0].old, &wrong), 0);
	/* There is one prefix, and no address. */
	assert_int_equal(reply->to.ias[1].prefix.len, 0);
	assert_int_equal(reply->to.ias[1].status, DHCP6_NO_PREFIX);
	assert_int_equal(reply->to.ias[2].status, DHCP6_NO_ADDRS);
	node_free(node);
}

static void
an_address_is_confirmed_in_the_stations_prefix_alone(void **state)
{
	struct node *node = node_with_station(1, DHCP6_DELEGATE);
	struct dhcp6_request r = request(DHCP6_CONFIRM);
	const struct dhcp6_reply *reply;
	struct prefix p = advertised(node);

	(void)state;
	r.ias[0].delegation = 0;
	r.ias[0].prefix = p;
	r.ias[0].prefix.addr.octet[15] = 7;
	r.ias[0].prefix.len = 128;
	assert_non_null(reply = ask(node, &r));
	assert_int_equal(reply->has_status, 1);
	assert_int_equal(reply->status, DHCP6_SUCCESS);
	r.ias[0].prefix.addr.octet[7] ^= 1;
	assert_non_null(reply = ask(node, &r));
	assert_int_equal(reply->status, DHCP6_NOT_ON_LINK);
	node_free(node);
}

/* Nor does it keep another from being answered. */
static void
a_flood_is_answered_in_part_and_leaves_no_trace(void **state)
{
	struct node *node = node_with_station(1, DHCP6_DELEGATE);
	struct dhcp6_request r = request(DHCP6_SOLICIT);
	struct ctl_status status;
	int i;

	(void)state;
	pass(node, 10000);
	node->n = 0;
	for (i = 0; i < 1000; i++)
		core_dhcp6(node->core, &r, now);
	assert_int_equal(count(node, EFFECT_DHCP6_REPLY), 10);
	for (i = 100; i < 1100; i++) {		/* who are not here */
		r.source_mac = station(i);
		core_dhcp6(node->core, &r, now);
	}
	assert_int_equal(count(node, EFFECT_DHCP6_REPLY), 10);
	core_show_status(node->core, &status, now);
	assert_int_equal(status.leases6, 1);
	assert_int_equal(status.dhcp6_dropped, 1990);
	sight(node, 2, SIGHTING_JOINED);
	r.source_mac = station(2);
	core_dhcp6(node->core, &r, now);
	assert_int_equal(count(node, EFFECT_DHCP6_REPLY), 11);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_in_each_mode),
		cmocka_unit_test(
		    the_delegated_prefix_is_the_advertised_one_at_every_router),
		cmocka_unit_test(what_a_client_has_not_is_taken_from_it),
		cmocka_unit_test(
		    an_address_is_confirmed_in_the_stations_prefix_alone),
		cmocka_unit_test(
		    a_flood_is_answered_in_part_and_leaves_no_trace),
	};

	now = monotime_add(MONOTIME_ZERO, 1000000);
	return cmocka_run_group_tests_name("core_dhcp6", tests, NULL, NULL);
}
