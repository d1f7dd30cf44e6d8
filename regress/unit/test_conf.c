/* SPDX-License-Identifier: ISC */
/* The checks of a configuration in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/alike.h"
#include "conf/conf.h"
#include "conf/field.h"
#include "conf/setting.h"
#include "conf/value.h"
#include "regress/unit/covers.h"

#define N(rows)	(sizeof(rows) / sizeof((rows)[0]))

static struct prefix
prefix(const char *text)
{
	struct prefix p;

	if (prefix_parse(text, &p) == -1)
		fail_msg("%s", text);
	return p;
}

static void
defaults_are_in_their_ranges(void **state)
{
	struct conf *conf;

	(void)state;
	assert_non_null(conf = conf_new());
	assert_null(conf_check(conf));
	assert_int_equal(conf->networks[0].lease_time, 1800);
	assert_int_equal(conf->global.direct, 1);
	assert_int_equal(conf->global.leave_routes, 1);
	assert_string_equal(conf->global.user, "_sroamd");
	conf_free(conf);
	conf_free(NULL);
}

/* One octet or number changed in a message that a sibling process may send. */
static void
every_field_out_of_range_is_named(void **state)
{
	static const struct {
		bool		 network;
		size_t		 at, size;
		uint32_t	 value;
		const char	*says;
	} rows[] = {
#define ROW(field, value, says)						\
	{ false, offsetof(struct conf_global, field),			\
	    sizeof(((struct conf_global *)NULL)->field), value, says }
#define NET(field, value, says)						\
	{ true, offsetof(struct conf_network, field),			\
	    sizeof(((struct conf_network *)NULL)->field), value, says }
		NET(lease_time, 9, "lease time"),
		ROW(location_time, UINT32_MAX, "location time"),
		NET(prefix_valid, 2699, "prefix lifetime"),
		NET(prefix_preferred, 5401, "prefix lifetime"),
		NET(prefix_preferred, 1, "prefix lifetime preferred"),
		NET(router_lifetime, 9001, "router lifetime"),
		ROW(probe_interval, 0, "probe interval"),
		ROW(table, 0, "table"),
		ROW(table, 253, "table"),
		ROW(table, 254, "table"),
		ROW(table, 255, "table"),
		ROW(rule_priority, 32766, "rule priority"),
		ROW(metric, 0, "route metric"),
		ROW(drain, 60001, "drain"),
		ROW(max_data, 0, "limit data"),
		ROW(max_memory, 3, "limit memory"),
		ROW(max_routers, 0, "limit routers"),
		ROW(max_peers, 0, "limit peers"),
		ROW(max_source, 0, "limit source"),
		ROW(max_handshakes, 0, "limit handshakes"),
		ROW(max_updates, 0, "limit updates"),
		ROW(direct, 2, "direct"),
		ROW(disassociate, 255, "disassociate"),
		ROW(leave_routes, 2, "routes"),
		ROW(verbose, 2, "log"),
		{ false, offsetof(struct conf_global, name), 1, '\n',
		    "router name" },
		{ false, offsetof(struct conf_global, user), 1, 0, "user" },
		{ false, offsetof(struct conf_global, state), 1, 'x',
		    "state" },
		{ false, offsetof(struct conf_global, chroot) + 3, 1, 7,
		    "chroot" },
	};
	struct conf *conf;
	const char *why;
	uint8_t *at;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		assert_non_null(conf = conf_new());
		at = (rows[i].network ? (uint8_t *)conf->networks :
		    (uint8_t *)&conf->global) + rows[i].at;
		/* Little or big, a value of one octet has one octet. */
		if (rows[i].size == 1)
			*at = (uint8_t)rows[i].value;
		else
			memcpy(at, &rows[i].value, sizeof(rows[i].value));
		if ((why = conf_check(conf)) == NULL)
			fail_msg("row %zu: %s not named", i, rows[i].says);
		if (strncmp(why, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("row %zu: %s", i, why);
		conf_free(conf);
	}
}

static void
texts_without_an_end_are_named(void **state)
{
	struct conf *conf;

	(void)state;
	assert_non_null(conf = conf_new());
	memset(conf->global.user, 'x', sizeof(conf->global.user));
	assert_string_equal(conf_check(conf),
	    "user: too long, at most 31 octets fit");
	conf_free(conf);
}

static void
covers_what_lies_within_a_prefix(void **state)
{
	static const struct {
		const char	*prefix;
		bool		 covered;
	} rows[] = {
		{ "192.168.44.0/24", true },
		{ "192.168.44.0/32", true },
		{ "192.168.44.255/32", true },
		{ "192.168.45.0/32", false },
		{ "192.168.44.0/23", false },
		{ "0.0.0.0/0", false },
		{ "2001:db8:1234::/64", true },
		{ "2001:db8:1234:ffff::/64", true },
		{ "2001:db8:1235::/64", false },
		{ "2001:db8::/32", false },
		{ "::/0", false },
	};
	struct conf *conf;
	struct prefix p;
	size_t i;

	(void)state;
	assert_non_null(conf = conf_new());
	for (i = 0; i < N(rows); i++) {
		p = prefix(rows[i].prefix);
		assert_false(is_covered(conf, &p));
	}
	conf->networks[0].prefixes[0] = prefix("192.168.44.0/24");
	conf->networks[0].prefixes[1] = prefix("2001:db8:1234::/48");
	conf->networks[0].nprefixes = 2;
	for (i = 0; i < N(rows); i++) {
		p = prefix(rows[i].prefix);
		if (is_covered(conf, &p) != rows[i].covered)
			fail_msg("%s", rows[i].prefix);
	}
	conf_free(conf);
}

static void
records_beyond_the_limit_are_refused(void **state)
{
	const struct conf_peer peer = { .port = 1 };
	struct conf *conf;
	int i;

	(void)state;
	assert_non_null(conf = conf_new());
	for (i = 0; i < CONF_PEERS; i++)
		assert_int_equal(conf_add_peer(conf, &peer), 0);
	assert_int_equal(conf_add_peer(conf, &peer), -1);
	assert_int_equal(conf->npeers, CONF_PEERS);
	conf_free(conf);
}

static void
numbers_are_written_with_the_largest_unit_that_fits(void **state)
{
	static const struct {
		const char	*first, *second;
		uint32_t	 n;
		const char	*text;
	} rows[] = {
		{ "lease", "time", 0, "0s" },
		{ "lease", "time", 59, "59s" },
		{ "lease", "time", 60, "1m" },
		{ "lease", "time", 90, "90s" },
		{ "lease", "time", 5400, "90m" },
		{ "lease", "time", 7200, "2h" },
		{ "lease", "time", 259200, "3d" },
		{ "drain", NULL, 0, "0s" },
		{ "drain", NULL, 250, "250ms" },
		{ "drain", NULL, 2000, "2s" },
		{ "table", NULL, 60, "60" },
		{ "routes", NULL, 1, "keep" },
	};
	const struct conf_field *f;
	uint32_t value;
	char why[CONF_WHY];
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		assert_non_null(f = conf_field_find(CONF_TOP, rows[i].first,
		    rows[i].second));
		assert_string_equal(conf_number_text(f, rows[i].n),
		    rows[i].text);
		value = UINT32_MAX;
		assert_int_equal(conf_setting_set(f, &value, rows[i].text,
		    why), 0);
		assert_int_equal(conf_setting_number(f, &value), rows[i].n);
	}
}

/*
 * Values that the parser does not pass, but a message between processes may
 * have.
 */
static void
records_of_a_sibling_are_checked(void **state)
{
	struct conf_iface iface = { .name = "roam0", .source = 4 };
	struct conf *conf;

	(void)state;
	assert_non_null(conf = conf_new());
	conf->networks[0].prefixes[0] = prefix("10.0.0.0/8");
	conf->networks[0].nprefixes = 1;
	assert_int_equal(conf_add_iface(conf, &iface), 0);
	assert_non_null(strstr(conf_check(conf), "stations 4"));
	conf->ifaces[0].source = SOURCE_BRIDGE;
	assert_null(conf_check(conf));
	conf->ifaces[0].addrs[0] = prefix("10.0.0.1/32");
	conf->ifaces[0].addrs[0].len = 129;
	conf->ifaces[0].naddrs = 1;
	assert_non_null(strstr(conf_check(conf), "bad length"));
	conf->ifaces[0].naddrs = 0;
	memset(conf->ifaces[0].name, 'x', 16);
	assert_non_null(strstr(conf_check(conf), "names of interfaces"));
	conf_free(conf);
}

static void
mark_rows(uint8_t *marks, enum conf_fields which)
{
	const struct conf_field *f;

	CONF_FIELD_FOREACH(f, CONF_IN(which)) {
		memset(marks + f->offset, 1, f->size * f->fit);
		if (f->count != 0)
			memset(marks + f->count, 1, sizeof(uint32_t));
	}
}

/* A member without a row would be neither checked nor printed. */
static void
every_octet_of_the_structs_has_a_row(void **state)
{
	static uint8_t global[sizeof(struct conf_global)];
	static uint8_t network[sizeof(struct conf_network)];
	static uint8_t iface[sizeof(struct conf_iface)];

	(void)state;
	mark_rows(global, CONF_GLOBAL);
	mark_rows(network, CONF_NETWORK);
	mark_rows(iface, CONF_IFACE);
	memset(&((struct conf_global *)global)->pad, 1, 1);
	memset(((struct conf_network *)network)->pad, 1, 3);
	memset(((struct conf_network *)network)->pad2, 1, 3);
	memset(((struct conf_iface *)iface)->pad, 1, 2);
	memset(&((struct conf_iface *)iface)->network, 1, 4);
	assert_null(memchr(global, 0, sizeof(global)));
	assert_null(memchr(network, 0, sizeof(network)));
	assert_null(memchr(iface, 0, sizeof(iface)));
}

/* One value of each list, at least. */
static struct conf *
a_full_one(void)
{
	struct conf *conf = conf_new();
	struct conf_global *g = &conf->global;
	struct conf_network *net = &conf->networks[0];

	net->prefixes[net->nprefixes++] = prefix("10.0.0.0/8");
	net->nameservers[net->nnameservers++] = prefix("10.0.0.53/32").addr;
	strlcpy(net->search[net->nsearch++], "example.org", CONF_DOMAIN);
	net->nat64 = prefix("64:ff9b::/96");
	strlcpy(net->captive, "https://example.org", sizeof(net->captive));
	strlcpy(net->domain, "example.org", sizeof(net->domain));
	net->routes[net->nroutes++].prefix = prefix("2001:db8::/32");
	net->ntp[net->nntp++] = prefix("2001:db8::123/128").addr;
	net->relays[net->nrelays++] = prefix("10.0.0.7/32").addr;
	net->ranges[net->nranges].first = prefix("10.0.0.10/32").addr;
	net->ranges[net->nranges++].last = prefix("10.0.0.99/32").addr;
	net->excludes[net->nexcludes].first = prefix("10.0.0.20/32").addr;
	net->excludes[net->nexcludes++].last = prefix("10.0.0.29/32").addr;
	g->router_addr4 = prefix("10.9.0.1/32").addr;
	g->router_addr6 = prefix("2001:db8::1/128").addr;
	return conf;
}

/* An invalid number of values, or an invalid octet at an offset. */
static void
every_field_of_a_message_is_checked(void **state)
{
	static const struct {
		size_t		 at;
		int		 value;
		const char	*says;
	} globals[] = {
#define OCTET(member, value, says)	\
		{ offsetof(struct conf_global, member), value, says }
		OCTET(tls, 3, "tls"),
		OCTET(hostapd[0], 'x', "hostapd"),
		OCTET(router_addr4.octet[0], 0x20, "router address"),
		OCTET(router_addr6.octet[0], 0xff, "router address"),
	}, networks[] = {
#undef OCTET
#define OCTET(member, value, says)	\
		{ offsetof(struct conf_network, member), value, says }
		OCTET(nprefixes, CONF_PREFIXES + 1, "prefix"),
		OCTET(prefixes[0].len, 129, "prefix"),
		OCTET(delegates[0], 65, "prefix delegate"),
		OCTET(nnameservers, 255, "nameserver"),
		OCTET(nsearch, CONF_SEARCH + 1, "search"),
		OCTET(search[0][0], ' ', "search"),
		OCTET(nat64.len, 95, "nat64 prefix"),
		OCTET(captive[0], 'f', "captive portal"),
		OCTET(domain[0], '\n', "domain name"),
		OCTET(nroutes, CONF_ROUTES + 1, "advertise route"),
		OCTET(routes[0].preference, 3, "advertise route"),
		OCTET(nntp, CONF_NTP + 1, "ntp"),
		OCTET(ntp[0].octet[0], 0xff, "ntp"),
		OCTET(nrelays, CONF_RELAYS + 1, "relay"),
		OCTET(relays[0].octet[0], 0x20, "relay"),
		OCTET(nranges, CONF_RANGES + 1, "range"),
		OCTET(ranges[0].last.octet[0], 0x20, "range"),
		OCTET(nexcludes, CONF_RANGES + 1, "exclude"),
		OCTET(excludes[0].first.octet[0], 0x20, "exclude"),
		OCTET(nstatics, CONF_RANGES + 1, "static"),
		OCTET(onlink, 2, "onlink"),
		OCTET(preference, 3, "router preference"),
		OCTET(dhcp6, 3, "dhcp6"),
		OCTET(rapid_commit, 2, "rapid commit"),
	}, ifaces[] = {
#undef OCTET
#define OCTET(member, value, says)	\
		{ offsetof(struct conf_iface, member), value, says }
		OCTET(name[0], '/', "interface"),
		OCTET(source, 4, "stations"),
		OCTET(nports, CONF_PORTS + 1, "stations on"),
		OCTET(ports[0][0], '/', "stations on"),
		OCTET(lladdr.octet[0], 1, "lladdr"),
		OCTET(netmask, 33, "netmask"),
		OCTET(isolated, 2, "isolated"),
		OCTET(naddrs, CONF_ADDRS + 1, "address"),
		OCTET(addrs[0].len, 129, "address"),
		OCTET(addrs[0].addr.octet[0], 0xff, "address"),
	};
	const struct conf_iface good = { .name = "roam0", .nports = 1,
	    .ports = { "wlan0" }, .naddrs = 1, .addrs = {
	    prefix("10.0.0.1/32") } };
	struct conf_iface iface;
	struct conf *conf;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < N(globals); i++) {
		assert_non_null(conf = a_full_one());
		assert_null(conf_global_check(&conf->global));
		((uint8_t *)&conf->global)[globals[i].at] = globals[i].value;
		if ((why = conf_global_check(&conf->global)) == NULL ||
		    strstr(why, globals[i].says) != why)
			fail_msg("%s: %s", globals[i].says, why);
		assert_non_null(conf_check(conf));
		conf_free(conf);
	}
	for (i = 0; i < N(networks); i++) {
		assert_non_null(conf = a_full_one());
		assert_null(conf_network_check(conf->networks));
		((uint8_t *)conf->networks)[networks[i].at] =
		    (uint8_t)networks[i].value;
		if ((why = conf_network_check(conf->networks)) == NULL ||
		    strstr(why, networks[i].says) != why)
			fail_msg("%s: %s", networks[i].says, why);
		assert_non_null(conf_check(conf));
		conf_free(conf);
	}
	assert_null(conf_iface_check(&good));
	for (i = 0; i < N(ifaces); i++) {
		iface = good;
		((uint8_t *)&iface)[ifaces[i].at] = ifaces[i].value;
		if ((why = conf_iface_check(&iface)) == NULL ||
		    strstr(why, ifaces[i].says) != why)
			fail_msg("%s: %s", ifaces[i].says, why);
	}
}

/* By its whole id, wherever it stands. */
static void
routers_are_found_by_their_id(void **state)
{
	struct conf_router router = { .name = "" };
	struct conf_deny deny = { .id = { { 0 } } };
	struct router_id id = { { 0 } };
	struct conf *conf = conf_new();
	int i;

	(void)state;
	assert_non_null(conf);
	conf_routers_sort(conf);
	assert_null(conf_router_find(conf, &id));
	assert_false(conf_denied(conf, &id));
	for (i = 0; i < 256; i += 2) {
		router.id.octet[0] = (uint8_t)(i * 37);
		router.id.octet[7] = (uint8_t)i;
		deny.id = router.id;
		deny.id.octet[1] = 1;
		assert_int_equal(conf_add_router(conf, &router), 0);
		assert_int_equal(conf_add_deny(conf, &deny), 0);
	}
	conf_routers_sort(conf);
	for (i = 0; i < 256; i++) {
		id.octet[0] = (uint8_t)(i * 37);
		id.octet[7] = (uint8_t)i;
		id.octet[1] = 0;
		assert_int_equal(conf_router_find(conf, &id) != NULL,
		    i % 2 == 0);
		assert_false(conf_denied(conf, &id));
		id.octet[1] = 1;
		assert_null(conf_router_find(conf, &id));
		assert_int_equal(conf_denied(conf, &id), i % 2 == 0);
	}
	conf_free(conf);
}

static uint64_t
alike(const struct conf *conf)
{
	uint8_t hash[8];
	uint64_t n;

	conf_alike(conf, hash);
	memcpy(&n, hash, sizeof(n));
	return n;
}

/* In any order; and what an operator may choose for each router. */
static struct conf *
of_a_network(int turned)
{
	static const char *const prefixes[2] = { "192.168.44.0/24",
	    "2001:db8:44::/48" };
	struct conf *conf = conf_new();
	struct conf_network *net;
	struct conf_host host;
	int i;

	assert_non_null(conf);
	net = &conf->networks[0];
	net->nprefixes = net->nranges = net->nexcludes = 2;
	for (i = 0; i < 2; i++) {
		net->prefixes[i] = prefix(prefixes[i ^ turned]);
		net->delegates[i] = (i ^ turned) == 1 ? 60 : 0;
		net->ranges[i].first.octet[15] = (uint8_t)(10 + (i ^ turned));
		net->ranges[i].last.octet[15] = (uint8_t)(20 + (i ^ turned));
		net->excludes[i].first.octet[15] = (uint8_t)(12 + (i ^ turned));
		memset(&host, 0, sizeof(host));
		host.mac.octet[5] = (uint8_t)(1 + (i ^ turned));
		host.addr.octet[15] = (uint8_t)(30 + (i ^ turned));
		assert_int_equal(conf_add_host(conf, &host), 0);
	}
	return conf;
}

static void
what_all_routers_have_alike_is_one_hash(void **state)
{
	struct conf *conf = of_a_network(0), *other = of_a_network(1);
	struct conf_network *net = &other->networks[0], same;
	struct conf_global *g = &other->global, good;
	uint64_t hash = alike(conf);
	struct conf_range range;
	size_t i;

	(void)state;
	assert_int_equal(alike(other), hash);
	memcpy(g->name, "ap2", 4);
	g->drain = 5;
	g->probe_interval = 7;
	g->router_addr4.octet[15] = 9;
	net->nnameservers = 1;
	memcpy(other->hosts[0].name, "printer", 8);
	assert_int_equal(alike(other), hash);
	good = *g;
	same = *net;
	/* Each of the others counts. */
#define COUNTS(change) do {						\
		change;							\
		assert_int_not_equal(alike(other), hash);		\
		*g = good;						\
		*net = same;						\
		assert_int_equal(alike(other), hash);			\
	} while (0)
	COUNTS(net->prefixes[0].len++);
	COUNTS(net->prefixes[1].addr.octet[14]++);
	COUNTS(net->nprefixes = 1);
	COUNTS(net->delegates[0]++);
	COUNTS(net->ranges[0].first.octet[15]--);
	COUNTS(net->ranges[1].last.octet[15]++);
	COUNTS(net->nranges = 0);
	COUNTS(net->excludes[0].last.octet[15]++);
	COUNTS(net->nexcludes = 1);
	COUNTS((net->nstatics = 1, net->statics[0] = net->ranges[0]));
	COUNTS(net->lease_time++);
	COUNTS(net->lease_first++);
	COUNTS(g->location_time++);
	COUNTS(net->prefix_valid++);
	COUNTS(net->prefix_preferred++);
	for (i = 0; i < sizeof(g->network_key); i++)
		COUNTS(g->network_key[i]++);
	/* A range is no exclusion. */
	range = net->ranges[0];
	COUNTS((net->ranges[0] = net->excludes[0], net->excludes[0] = range));
	other->hosts[0].mac.octet[0] = 2;
	assert_int_not_equal(alike(other), hash);
	other->nhosts = 1;
	assert_int_not_equal(alike(other), hash);
	other->nhosts = 2;
	other->hosts[0].mac.octet[0] = 0;
	other->hosts[1].client_idlen = 1;
	assert_int_not_equal(alike(other), hash);
	conf_free(conf);
	conf_free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routers_are_found_by_their_id),
		cmocka_unit_test(defaults_are_in_their_ranges),
		cmocka_unit_test(every_field_out_of_range_is_named),
		cmocka_unit_test(texts_without_an_end_are_named),
		cmocka_unit_test(covers_what_lies_within_a_prefix),
		cmocka_unit_test(records_beyond_the_limit_are_refused),
		cmocka_unit_test(
		    numbers_are_written_with_the_largest_unit_that_fits),
		cmocka_unit_test(records_of_a_sibling_are_checked),
		cmocka_unit_test(every_octet_of_the_structs_has_a_row),
		cmocka_unit_test(every_field_of_a_message_is_checked),
		cmocka_unit_test(what_all_routers_have_alike_is_one_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
