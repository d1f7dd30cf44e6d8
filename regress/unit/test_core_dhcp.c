/* SPDX-License-Identifier: ISC */
/*
 * Which address a station gets, and for how long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "regress/fake_signer.h"

#define POOL	"192.168.44.0/24"

static struct ctl_status
status_of(struct node *node)
{
	struct ctl_status status;

	core_show_status(node->core, &status, now);
	return status;
}

static struct addr
v4(uint8_t last)
{
	const uint8_t octets[4] = { 192, 168, 44, last };
	struct addr addr;

	addr_from_v4(&addr, octets);
	return addr;
}

static struct conf_host *
add_host(struct node *node, const char *name)
{
	struct conf_host host;

	memset(&host, 0, sizeof(host));
	strcpy(host.name, name);
	assert_int_equal(conf_add_host(node->conf, &host), 0);
	return &node->conf->hosts[node->conf->nhosts - 1];
}

static const struct dhcp_reply *
send(struct node *node, const struct dhcp_request *req)
{
	int n = node->n;

	core_dhcp(node->core, req, now);
	for (; n < node->n; n++)
		if (node->seen[n].type == EFFECT_DHCP_REPLY)
			return &node->seen[n].reply;
	return NULL;
}

static struct dhcp_request
request_of(int i, enum dhcp_type type)
{
	struct dhcp_request req;

	memset(&req, 0, sizeof(req));
	req.ifindex = IFINDEX;
	req.type = (uint8_t)type;
	req.chaddr = req.source_mac = station(i);
	return req;
}

static void
a_slash_24_serves_253_stations_and_says_no_to_the_next(void **state)
{
	struct node *node = node_new(1, POOL);
	uint8_t seen[256] = { 0 }, last;
	const struct dhcp_reply *reply;
	struct addr addr;
	int i;

	(void)state;
	for (i = 1; i <= 253; i++) {
		node->n = 0;
		addr = obtain(node, i);
		assert_true(addr_is_v4(&addr));
		last = addr_v4(&addr)[3];
		assert_int_equal(seen[last], 0);
		seen[last] = 1;
	}
	assert_int_equal(seen[0] + seen[1] + seen[255], 0);
	assert_int_equal(status_of(node).pool_empty, 0);
	addr = obtain(node, 254);
	assert_true(addr_is_none(&addr));
	assert_int_equal(status_of(node).pool_empty, 1);
	addr = v4(77);
	reply = dhcp(node, 254, DHCP_REQUEST, &addr, 0);
	assert_non_null(reply);
	assert_int_equal(reply->type, DHCP_NAK);
	/* one goes, and the next may have its place */
	addr = v4(200);
	for (i = 1; i <= 253; i++)
		dhcp(node, i, DHCP_RELEASE, &addr, 0);
	pass(node, 3000);
	addr = obtain(node, 254);
	assert_int_equal(addr_v4(&addr)[3], 200);
	assert_int_equal(status_of(node).pool_reused, 1);
	node_free(node);
}

static void
a_short_pool_is_reused_from_its_oldest_end(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/29");
	struct addr addrs[6], addr;
	int i;

	(void)state;
	for (i = 1; i <= 5; i++) {
		addrs[i] = obtain(node, i);
		pass(node, 1000);
	}
	pass(node, 3600 * 1000);
	addr = obtain(node, 3);			/* it is back in time */
	assert_int_equal(addr_cmp(&addr, &addrs[3]), 0);
	addr = obtain(node, 10);
	assert_int_equal(addr_cmp(&addr, &addrs[1]), 0);
	addr = obtain(node, 11);
	assert_int_equal(addr_cmp(&addr, &addrs[2]), 0);
	addr = obtain(node, 12);
	assert_int_equal(addr_cmp(&addr, &addrs[4]), 0);
	node_free(node);
}

static void
only_ranges_without_what_is_excluded_are_leased(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_network *g = &node->conf->networks[0];
	struct addr addr;
	uint8_t last;
	int i;

	(void)state;
	g->ranges[0] = (struct conf_range){ v4(100), v4(109) };
	g->ranges[1] = (struct conf_range){ v4(105), v4(119) };
	g->ranges[2] = (struct conf_range){ v4(10), v4(10) };
	g->nranges = 3;
	g->excludes[0] = (struct conf_range){ v4(103), v4(107) };
	g->excludes[1] = (struct conf_range){ v4(119), v4(119) };
	g->nexcludes = 2;
	core_conf(node->core, node->conf, now);
	for (i = 1; i <= 15; i++) {
		addr = obtain(node, i);
		last = addr_v4(&addr)[3];
		assert_true(last == 10 || (last >= 100 && last < 103) ||
		    (last > 107 && last < 119));
	}
	addr = obtain(node, 16);
	assert_true(addr_is_none(&addr));
	/* nor by request */
	addr = v4(50);
	assert_int_equal(dhcp(node, 17, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_NAK);
	node_free(node);
}

/* A range that is narrowed moves stations at their next renewal, not before. */
static void
a_station_outside_of_new_ranges_is_renumbered_when_it_renews(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_network *g = &node->conf->networks[0];
	struct addr addr = v4(77);

	(void)state;
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_ACK);
	g->ranges[0] = (struct conf_range){ v4(100), v4(109) };
	g->nranges = 1;
	core_conf(node->core, node->conf, now);
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_NAK);
	addr = obtain(node, 1);
	assert_in_range(addr_v4(&addr)[3], 100, 109);
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_ACK);
	node_free(node);
}

static void
a_host_has_its_address_and_nobody_else_does(void **state)
{
	struct node *node = node_new(1, POOL);
	struct dhcp_request req;
	struct conf_host *host;
	struct addr addr, taken = v4(9);
	const struct dhcp_reply *reply;
	int i;

	(void)state;
	/* It had another before it became a host. */
	addr = obtain(node, 1);
	host = add_host(node, "printer");
	host->mac = station(1);
	host->addr = v4(9);
	host = add_host(node, "laser");
	host->client_idlen = 3;
	memcpy(host->client_id, "\1ab", 3);
	host->addr = v4(10);
	core_conf(node->core, node->conf, now);
	assert_int_equal(dhcp(node, 2, DHCP_REQUEST, &taken, 0)->type,
	    DHCP_NAK);
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &addr, 0)->type,
	    DHCP_NAK);
	addr = obtain(node, 1);
	assert_int_equal(addr_v4(&addr)[3], 9);
	reply = dhcp(node, 1, DHCP_REQUEST, &addr, 0);
	assert_string_equal(reply->host, "printer");
	assert_int_equal(reply->lease, 1800);

	/* By its client id it may come with any MAC address. */
	for (i = 3; i < 5; i++) {
		req = request_of(i, DHCP_DISCOVER);
		req.client_idlen = 3;
		memcpy(req.client_id, "\1ab", 3);
		assert_non_null(reply = send(node, &req));
		assert_string_equal(reply->host, "laser");
		assert_int_equal(addr_v4(&reply->yiaddr)[3], 10);
		req.type = DHCP_REQUEST;
		req.requested = reply->yiaddr;
		assert_int_equal(send(node, &req)->type, DHCP_ACK);
		req.type = DHCP_RELEASE;
		req.ciaddr = req.source = req.requested;
		req.requested = addr_none;
		send(node, &req);
		pass(node, 3000);
	}
	for (i = 10; i < 250; i++) {
		node->n = 0;
		addr = obtain(node, i);
		assert_int_not_equal(addr_v4(&addr)[3], 9);
		assert_int_not_equal(addr_v4(&addr)[3], 10);
	}
	node_free(node);
}

/* It is told to everybody on the link, and so is no proof. */
static void
a_client_id_takes_no_address_that_is_in_use(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_host *host = add_host(node, "laser");
	struct dhcp_request req;
	struct addr addr = v4(10);
	int i;

	(void)state;
	host->client_idlen = 3;
	memcpy(host->client_id, "\1ab", 3);
	host->addr = addr;
	core_conf(node->core, node->conf, now);
	for (i = 3; i < 6; i++) {
		req = request_of(i < 5 ? i : 3, DHCP_REQUEST);
		req.client_idlen = 3;
		memcpy(req.client_id, "\1ab", 3);
		req.requested = addr;
		assert_int_equal(send(node, &req)->type,
		    i == 4 ? DHCP_NAK : DHCP_ACK);
		/* Nor has another client of its MAC address. */
		assert_int_equal(dhcp(node, 3, DHCP_REQUEST, &addr, 0)->type,
		    DHCP_NAK);
	}
	node_free(node);
}

/* What was leased before there were clients is whose who asks for it. */
static void
a_client_id_that_appears_later_costs_no_address(void **state)
{
	struct node *node = node_new(1, POOL);
	struct addr first = obtain(node, 1);
	struct dhcp_request req = request_of(1, DHCP_REQUEST);

	(void)state;
	req.client_idlen = 4;
	memcpy(req.client_id, "\xff\0\0\1", 4);
	req.requested = first;
	assert_int_equal(send(node, &req)->type, DHCP_ACK);
	node_free(node);
}

static void
a_new_station_has_a_short_lease_first(void **state)
{
	struct node *node = node_new(1, POOL);
	const struct dhcp_reply *reply;
	struct dhcp_request req;
	struct addr addr;
	uint32_t different = 0, last = 0;
	int i;

	(void)state;
	reply = dhcp(node, 1, DHCP_DISCOVER, NULL, 0);
	assert_int_equal(reply->lease, 600);
	addr = reply->yiaddr;
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &addr, 1)->lease, 600);
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &addr, 0)->lease, 1800);
	/* it wishes less, and more than there is */
	req = request_of(1, DHCP_REQUEST);
	req.requested = addr;
	req.lease = 300;
	assert_int_equal(send(node, &req)->lease, 300);
	req.lease = 1;
	assert_int_equal(send(node, &req)->lease, 60);
	req.lease = UINT32_MAX;
	assert_int_equal(send(node, &req)->lease, 1800);
	for (i = 0; i < 50; i++) {
		reply = dhcp(node, 1, DHCP_REQUEST, &addr, 0);
		assert_in_range(reply->t1, 900 - 1800 / 16, 900);
		assert_in_range(reply->t2, 1575 - 1800 / 16, 1575);
		different += reply->t1 != last;
		last = reply->t1;
	}
	assert_true(different > 10);
	node_free(node);
}

static void
rapid_commit_leases_at_once_unless_ipv4_is_not_wanted(void **state)
{
	static const struct {
		uint8_t		 conf, rapid, param;
		uint32_t	 ipv6_only;
		enum dhcp_type	 answer;
	} rows[] = {
		{ 1, 1, 0, 0, DHCP_ACK },
		{ 1, 0, 0, 0, DHCP_OFFER },
		{ 0, 1, 0, 0, DHCP_OFFER },
		{ 1, 1, 108, 0, DHCP_ACK },
		{ 1, 1, 108, 1800, DHCP_OFFER },	/* RFC 8925 3.3 */
		{ 1, 1, 1, 1800, DHCP_ACK }
	};
	struct node *node;
	struct dhcp_request req;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_new(1, POOL);
		node->conf->networks[0].rapid_commit = rows[i].conf;
		node->conf->networks[0].ipv6_only = rows[i].ipv6_only;
		core_conf(node->core, node->conf, now);
		req = request_of(1, DHCP_DISCOVER);
		req.rapid = rows[i].rapid;
		req.nparams = 1;
		req.params[0] = rows[i].param;
		assert_int_equal(send(node, &req)->type, rows[i].answer);
		assert_int_equal(status_of(node).leases4,
		    rows[i].answer == DHCP_ACK);
		node_free(node);
	}
}

/* Whoever has a lease is served still, also on the port that has no more. */
static void
new_leases_of_a_port_have_a_rate(void **state)
{
	struct node *node = node_new(1, "10.0.0.0/16");
	const struct dhcp_reply *reply;
	struct addr addr, first = addr_none;
	int i, got = 0;

	(void)state;
	node->conf->networks[0].max_leases = 2;
	core_conf(node->core, node->conf, now);
	for (i = 1; i <= 100; i++) {
		reply = dhcp(node, i, DHCP_DISCOVER, NULL, 0);
		addr = reply->yiaddr;
		reply = dhcp(node, i, DHCP_REQUEST, &addr, 1);
		got += reply != NULL && reply->type == DHCP_ACK;
		if (i == 1)
			first = addr;
	}
	assert_int_equal(got, 20);
	assert_int_equal(status_of(node).dhcp_limited, 80);
	assert_int_equal(dhcp(node, 1, DHCP_REQUEST, &first, 0)->type,
	    DHCP_ACK);
	pass(node, 1000);
	for (got = 0, i = 101; i <= 110; i++) {
		reply = dhcp(node, i, DHCP_DISCOVER, NULL, 0);
		addr = reply->yiaddr;
		reply = dhcp(node, i, DHCP_REQUEST, &addr, 1);
		got += reply != NULL && reply->type == DHCP_ACK;
	}
	assert_int_equal(got, 2);
	/* another port */
	sight(node, 200, SIGHTING_JOINED);
	addr = obtain(node, 200);
	assert_true(addr_is_v4(&addr));
	node_free(node);
}

static void
a_relayed_station_gets_an_address_of_its_link(void **state)
{
	struct node *node = node_new(1, POOL);
	struct conf_network *g = &node->conf->networks[0];
	struct dhcp_request req = request_of(1, DHCP_DISCOVER);

	(void)state;
	assert_int_equal(prefix_parse("10.7.0.0/16", &g->prefixes[2]), 0);
	g->nprefixes = 3;
	g->nrelays = 1;
	assert_int_equal(addr_parse("10.7.0.2", &g->relays[0]), 0);
	core_conf(node->core, node->conf, now);
	req.source_mac = station(9);
	req.giaddr = g->relays[0];
	assert_int_equal(addr_v4(&send(node, &req)->yiaddr)[0], 10);
	req.chaddr = station(2);
	req.link = v4(0);
	assert_int_equal(addr_v4(&send(node, &req)->yiaddr)[0], 192);
	req.giaddr = v4(7);
	assert_null(send(node, &req));
	assert_int_equal(status_of(node).stations_here, 0);
	node_free(node);
}

static int	answers;

static void
count_answer(void *arg, const struct effect *e)
{
	(void)arg;
	answers += e->type == EFFECT_ARP_REPLY;
}

static uint32_t
no_chance(void *arg)
{
	(void)arg;
	return 0;
}

/* Who is asked for, by whom, and from what address. */
static void
arp_is_answered_for_live_leases_elsewhere_only(void **state)
{
	static const struct {
		int		 asker;
		uint8_t		 sender, target;
		int		 answers;
		const char	*why;
		uint8_t		 isolated;
	} rows[] = {
		{ 1, 11, 12, 1, "2 is at another router", 0 },
		{ 1, 11, 12, 1, "2 is at another router", 1 },
		{ 1, 11, 13, 1, "3 does not hear it", 1 },
		{ 3, 13, 13, 0, "its own announcement, isolated", 1 },
		{ 1, 11, 15, 0, "nobody has it, isolated", 1 },
		{ 1, 0, 12, 1, "a probe for what another has", 0 },
		{ 2, 0, 12, 0, "its own probe, after a roam", 0 },
		{ 2, 12, 12, 0, "its own announcement", 0 },
		{ 2, 11, 12, 0, "its own address", 0 },
		{ 1, 12, 12, 0, "an announcement is no question", 0 },
		{ 1, 11, 13, 0, "3 is on this link and answers itself", 0 },
		{ 1, 11, 14, 0, "4 is nowhere", 0 },
		{ 1, 11, 15, 0, "nobody has it", 0 },
		{ 1, 11, 16, 0, "declined", 0 },
		{ 1, 0, 14, 1, "a probe for what 4 may come back to", 0 },
		{ 4, 0, 14, 0, "its own probe, when it comes back", 0 },
		{ 1, 0, 13, 0, "a probe that 3 answers itself", 0 },
		{ 1, 0, 13, 1, "a probe that 3 does not hear", 1 },
		{ 1, 0, 15, 0, "a probe for what nobody has", 0 },
		{ 1, 0, 16, 0, "a probe for a declined one", 0 }
	};
	struct core_ops ops = { count_answer, no_chance, FAKE_SIGNER, NULL };
	const struct router_id self = { { 2, 0, 0, 0, 0, 0, 0, 1 } },
	    other = { { 2, 0, 0, 0, 0, 0, 0, 2 } };
	struct node *node = node_new(1, POOL);
	struct link link = { .ifindex = IFINDEX, .name = "roam0", .up = 1,
	    .source = SOURCE_BRIDGE, .mtu = 1500 };
	struct sighting joined = { .ifindex = IFINDEX, .port = PORT };
	struct mac nobody = { { 0 } }, mac;
	struct update u;
	struct core *core;
	struct addr addr;
	size_t i;
	int n;

	(void)state;
	core = fake_core(&ops, &self, node->conf, now);
	assert_non_null(core);
	link.gateway4 = v4(1);
	core_link(core, &link, now);
	core_peer_up(core, 1, true, now);
	for (n = 1; n <= 4; n++) {
		mac = station(n);
		addr = v4((uint8_t)(10 + n));
		make_update(&u, DATUM_LEASE4, addr_v4(&addr), 4, &mac, 6, 1,
		    600);
		core_update(core, 1, &u, now);
	}
	addr = v4(16);
	make_update(&u, DATUM_LEASE4, addr_v4(&addr), 4, &nobody, 6, 1, 600);
	core_update(core, 1, &u, now);
	mac = station(2);
	make_update(&u, DATUM_LOCATION, &mac, 6, &other, 8, 1, 600);
	core_update(core, 1, &u, now);
	joined.mac = station(3);
	core_sighting(core, &joined, now);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arp_ask ask = { .ifindex = IFINDEX,
		    .mac = station(rows[i].asker),
		    .isolated = rows[i].isolated,
		    .target = v4(rows[i].target) };

		if (rows[i].sender != 0)
			ask.sender = v4(rows[i].sender);
		answers = 0;
		core_arp(core, &ask, now);
		if (answers != rows[i].answers)
			fail_msg("%s", rows[i].why);
	}
	core_free(core);
	node_free(node);
}

static void
an_offer_that_nobody_takes_is_anothers_after_half_a_minute(void **state)
{
	struct node *node = node_new(1, "192.168.44.0/30");	/* of one */

	(void)state;
	assert_non_null(dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	pass(node, 29000);
	assert_null(dhcp(node, 2, DHCP_DISCOVER, NULL, 0));
	/* Who asks again keeps it. */
	assert_non_null(dhcp(node, 1, DHCP_DISCOVER, NULL, 0));
	pass(node, 29000);
	assert_null(dhcp(node, 2, DHCP_DISCOVER, NULL, 0));
	pass(node, 2000);
	assert_non_null(dhcp(node, 2, DHCP_DISCOVER, NULL, 0));
	node_free(node);
}

/* All four of the first octets that there are. */
static void
a_slash_6_is_used_in_all_its_breadth(void **state)
{
	struct node *node = node_new(1, "8.0.0.0/6");
	unsigned int seen = 0;
	struct addr addr;
	int i;

	(void)state;
	for (i = 1; i <= 50; i++) {
		addr = obtain(node, i);
		assert_in_range(addr_v4(&addr)[0], 8, 11);
		seen |= 1U << addr_v4(&addr)[0];
	}
	assert_int_equal(seen, 0xf00);
	node_free(node);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_slash_24_serves_253_stations_and_says_no_to_the_next),
		cmocka_unit_test(a_short_pool_is_reused_from_its_oldest_end),
		cmocka_unit_test(
		    only_ranges_without_what_is_excluded_are_leased),
		cmocka_unit_test(
		    a_station_outside_of_new_ranges_is_renumbered_when_it_renews),
		cmocka_unit_test(a_host_has_its_address_and_nobody_else_does),
		cmocka_unit_test(a_client_id_takes_no_address_that_is_in_use),
		cmocka_unit_test(
		    a_client_id_that_appears_later_costs_no_address),
		cmocka_unit_test(a_new_station_has_a_short_lease_first),
		cmocka_unit_test(
		    rapid_commit_leases_at_once_unless_ipv4_is_not_wanted),
		cmocka_unit_test(new_leases_of_a_port_have_a_rate),
		cmocka_unit_test(a_relayed_station_gets_an_address_of_its_link),
		cmocka_unit_test(arp_is_answered_for_live_leases_elsewhere_only),
		cmocka_unit_test(
		    an_offer_that_nobody_takes_is_anothers_after_half_a_minute),
		cmocka_unit_test(a_slash_6_is_used_in_all_its_breadth),
	};

	return cmocka_run_group_tests_name("core_dhcp", tests, NULL, NULL);
}
