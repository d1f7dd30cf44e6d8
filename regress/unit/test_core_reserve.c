/* SPDX-License-Identifier: ISC */
/*
 * Addresses of servers: leased to nobody, or to the host that is the server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"

#define POOL	"192.168.44.0/29"	/* gateway .1, and five */

/* What a statement gives all stations, of network 0. */
enum server {
	NAMESERVER,
	NTP,
	RELAY,
	NOTHING
};

static void			 give(struct node *, enum server, const char *);
static struct conf_host		*add_host(struct node *, int);
static struct addr		 addr_of(const char *);
static int			 is_refused(struct node *, int,
				    const struct addr *);
static const struct prefix	*advertised(struct node *);

static struct addr
addr_of(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr), 0);
	return addr;
}

static void
give(struct node *node, enum server what, const char *text)
{
	struct conf_network *net = &node->conf->networks[0];
	struct addr addr = addr_of(text);

	if (what == NAMESERVER)
		net->nameservers[net->nnameservers++] = addr;
	else if (what == NTP)
		net->ntp[net->nntp++] = addr;
	else if (what == RELAY)
		net->relays[net->nrelays++] = addr;
}

static struct conf_host *
add_host(struct node *node, int i)
{
	struct conf_host host;

	memset(&host, 0, sizeof(host));
	strcpy(host.name, "server");
	host.mac = station(i);
	assert_int_equal(conf_add_host(node->conf, &host), 0);
	return &node->conf->hosts[node->conf->nhosts - 1];
}

static int
is_refused(struct node *node, int i, const struct addr *addr)
{
	return dhcp(node, i, DHCP_REQUEST, addr, 0)->type == DHCP_NAK;
}

static void
a_server_is_leased_to_its_host_alone(void **state)
{
	static const struct {
		enum server	 what;
		int		 host, leased;
	} rows[] = {
		{ NAMESERVER, 1, 1 },
		{ NAMESERVER, 0, 0 },
		{ NTP, 1, 1 },
		{ NTP, 0, 0 },
		{ RELAY, 1, 1 },
		{ RELAY, 0, 0 },
		{ NOTHING, 1, 1 }
	};
	struct addr server = addr_of("192.168.44.3"), addr;
	struct node *node;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_new(1, POOL);
		if (rows[i].host)
			add_host(node, 1)->addr = server;
		give(node, rows[i].what, "192.168.44.3");
		core_conf(node->core, node->conf, now);
		for (n = 2; n < 8; n++) {
			addr = obtain(node, n);
			assert_int_not_equal(addr_cmp(&addr, &server), 0);
			assert_true(is_refused(node, n, &server));
		}
		addr = obtain(node, 1);
		assert_int_equal(addr_cmp(&addr, &server) == 0,
		    rows[i].leased);
		if (rows[i].leased) {
			assert_false(is_refused(node, 1, &server));
			assert_int_equal(route_of(node, &server), ROUTE_LOCAL);
		}
		node_free(node);
	}
}

/* Another network's server may be a host here. */
static void
a_router_or_gateway_is_nobodys_whatever_says_so(void **state)
{
	static const char *const rows[] = { "192.168.44.1", "192.168.44.2" };
	struct node *node;
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_new(1, POOL);
		addr = addr_of(rows[i]);
		node->conf->global.router_addr4 = addr_of("192.168.44.2");
		add_host(node, 1)->addr = addr;
		give(node, NAMESERVER, rows[i]);
		core_conf(node->core, node->conf, now);
		assert_true(is_refused(node, 1, &addr));
		node_free(node);
	}
}

/* The prefix in the last advertisement. */
static const struct prefix *
advertised(struct node *node)
{
	int n = node->n;

	while (n-- > 0)
		if (node->seen[n].type == EFFECT_ADVERT &&
		    node->seen[n].advert.nprefixes > 0)
			return &node->seen[n].advert.prefixes[0].prefix;
	return NULL;
}

static void
a_server_has_the_prefix_of_its_host(void **state)
{
	struct node *node;
	struct prefix p;
	int host;

	(void)state;
	assert_int_equal(prefix_parse("2001:db8:1234:53::/64", &p), 0);
	for (host = 0; host < 2; host++) {
		node = node_new(1, POOL);
		if (host)
			add_host(node, 1)->prefix = p;
		give(node, NAMESERVER, "2001:db8:1234:53::53");
		core_conf(node->core, node->conf, now);
		sight(node, 1, SIGHTING_JOINED);
		pass(node, 30000);
		assert_non_null(advertised(node));
		assert_int_equal(prefix_cmp(advertised(node), &p) == 0, host);
		node_free(node);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_leased_to_its_host_alone),
		cmocka_unit_test(
		    a_router_or_gateway_is_nobodys_whatever_says_so),
		cmocka_unit_test(a_server_has_the_prefix_of_its_host),
	};

	return cmocka_run_group_tests_name("core_reserve", tests, NULL, NULL);
}
