/* SPDX-License-Identifier: ISC */
/*
 * Addresses of servers: leased to nobody, or to the host that is the server;
 * and reservations that change under a lease.
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
static int			 owner(struct node *, const struct prefix *,
				    int);
static void			 reserve(struct node *, struct node *,
				    const struct addr *);

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

/* Whose it is: a station's number; 0: nobody's, -1: another's. */
static int
owner(struct node *node, const struct prefix *p, int stations)
{
	struct update u, found;
	struct mac mac;
	int i;

	if (prefix_is_v4(p))
		make_update(&u, DATUM_LEASE4, addr_v4(&p->addr), 4, NULL, 0, 1,
		    600);
	else
		make_update(&u, DATUM_LEASE6, p->addr.octet, 8, NULL, 0, 1,
		    600);
	if (!find_datum(node, &u, &found) || found.lifetime == 0)
		return 0;
	for (i = 1; i <= stations; i++) {
		mac = station(i);
		if (memcmp(found.data + found.keylen, &mac, sizeof(mac)) == 0)
			return i;
	}
	return -1;
}

/* The same reservation at both routers. */
static void
reserve(struct node *a, struct node *b, const struct addr *addr)
{
	a->conf->hosts[0].addr = b->conf->hosts[0].addr = *addr;
	core_conf(a->core, a->conf, now);
	core_conf(b->core, b->conf, now);
}

/* Twice: what was in a pool, and then what was reserved. */
static void
what_was_leased_ends_when_the_reserved_address_is_taken(void **state)
{
	static const char *const reserved[] = { "192.168.44.3", "192.168.44.4",
	    "192.168.44.5" };
	struct node *a = node_new(1, POOL), *b = node_new(2, POOL);
	struct prefix old, new, neighbour;
	struct addr addr, first;
	int changes = 0;
	size_t i;

	(void)state;
	peering(a, b, 5);
	addr = join(a, 2);
	prefix_host(&neighbour, &addr);
	first = join(a, 1);
	prefix_host(&old, &first);
	add_host(a, 1);
	add_host(b, 1);
	carry(a, b, 5);
	for (i = 0; i < 3; i++) {
		addr = addr_of(reserved[i]);
		prefix_host(&new, &addr);
		if (owner(a, &new, 2) != 0)
			continue;
		reserve(a, b, &addr);
		assert_true(is_refused(a, 1, &old.addr));
		/* It uses it still. */
		assert_int_equal(owner(a, &old, 2), 1);
		assert_int_equal(route_of(a, &old.addr), ROUTE_LOCAL);
		addr = obtain(a, 1);
		assert_int_equal(addr_cmp(&addr, &new.addr), 0);
		carry(a, b, 5);
		assert_int_equal(owner(a, &new, 2), 1);
		assert_int_equal(owner(a, &old, 2), 0);
		assert_int_equal(owner(b, &old, 2), 0);
		assert_int_equal(route_of(a, &new.addr), ROUTE_LOCAL);
		assert_int_equal(route_of(a, &old.addr), ROUTE_NONE);
		assert_int_equal(route_of(b, &new.addr), ROUTE_DIRECT);
		assert_int_not_equal(route_of(b, &old.addr), ROUTE_DIRECT);
		old = new;
		changes++;
	}
	assert_in_range(changes, 1, 3);
	/* What it had is another's at once; its neighbour has its own. */
	assert_int_equal(dhcp(a, 3, DHCP_REQUEST, &first, 0)->type, DHCP_ACK);
	assert_int_equal(owner(a, &neighbour, 2), 2);
	assert_false(is_refused(a, 2, &neighbour.addr));
	node_free(a);
	node_free(b);
}

/* There is no question and answer: it is told, and the old one deprecated. */
static void
a_reserved_prefix_takes_the_place_of_the_former(void **state)
{
	struct node *node = node_new(1, POOL);
	const struct advert *ra;
	struct prefix old, new;
	int n;

	(void)state;
	sight(node, 1, SIGHTING_JOINED);
	pass(node, 30000);
	old = *advertised(node);
	assert_int_equal(prefix_parse("2001:db8:1234:53::/64", &new), 0);
	add_host(node, 1)->prefix = new;
	node->n = 0;
	core_conf(node->core, node->conf, now);
	pass(node, 5000);
	for (n = node->n - 1; n > 0 && node->seen[n].type != EFFECT_ADVERT;)
		n--;
	ra = &node->seen[n].advert;
	assert_int_equal(ra->nprefixes, 2);
	assert_int_equal(prefix_cmp(&ra->prefixes[0].prefix, &new), 0);
	assert_int_equal(prefix_cmp(&ra->prefixes[1].prefix, &old), 0);
	assert_int_equal(ra->prefixes[1].preferred, 0);
	assert_int_equal(owner(node, &new, 1), 1);
	assert_int_equal(owner(node, &old, 1), 0);
	node_free(node);
}

/* In whatever order. */
static void
a_declined_address_is_declined_after_a_release_too(void **state)
{
	static const struct {
		enum dhcp_type	first, second;
		uint64_t	declines;
	} rows[] = {
		{ DHCP_RELEASE, DHCP_DECLINE, 1 },
		{ DHCP_DECLINE, DHCP_RELEASE, 1 },
		{ DHCP_DECLINE, DHCP_DECLINE, 1 },
		{ DHCP_RELEASE, DHCP_RELEASE, 0 }
	};
	struct ctl_status status;
	struct node *node;
	struct prefix p;
	struct addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		node = node_new(1, POOL);
		addr = join(node, 1);
		prefix_host(&p, &addr);
		dhcp(node, 1, rows[i].first, &addr, 0);
		dhcp(node, 1, rows[i].second, &addr, 0);
		pass(node, 5000);
		core_show_status(node->core, &status, now);
		assert_int_equal(status.dhcp_declines, rows[i].declines);
		assert_int_equal(owner(node, &p, 1),
		    rows[i].declines > 0 ? -1 : 0);
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
		cmocka_unit_test(
		    what_was_leased_ends_when_the_reserved_address_is_taken),
		cmocka_unit_test(
		    a_reserved_prefix_takes_the_place_of_the_former),
		cmocka_unit_test(
		    a_declined_address_is_declined_after_a_release_too),
	};

	return cmocka_run_group_tests_name("core_reserve", tests, NULL, NULL);
}
