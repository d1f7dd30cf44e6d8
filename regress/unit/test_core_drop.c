/* SPDX-License-Identifier: ISC */
/* What is dropped is counted by its reason and interface, and in all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core_node.h"
#include "regress/fake_signer.h"

#define POOL	"192.168.44.0/30"	/* one for a station */

static int	lines;			/* of LEVEL_DEBUG */
static char	last[256];

static void
effect(void *arg, const struct effect *e)
{
	(void)arg;
	if (e->type != EFFECT_LOG || e->log->level != LEVEL_DEBUG)
		return;
	lines++;
	strlcpy(last, e->log->text, sizeof(last));
}

static uint32_t
random_word(void *arg)
{
	(void)arg;
	return 4;
}

/* A core with one station here, and IPv4 but where without. */
static struct core *
core_with_station(struct conf **conf, bool gateway, uint8_t dhcp6)
{
	static const struct router_id self = { { 2, [7] = 1 } };
	struct core_ops ops = { effect, random_word, FAKE_SIGNER, NULL };
	struct sighting s = { .ifindex = IFINDEX, .port = PORT,
	    .mac = station(1) };
	struct link link = { .ifindex = IFINDEX, .name = "roam0",
	    .lladdr = { { 2 } }, .up = 1, .source = SOURCE_NL80211,
	    .mtu = 1500 };
	struct core *core;

	assert_non_null(*conf = conf_new());
	(void)prefix_parse(POOL, &(*conf)->networks[0].prefixes[0]);
	(void)prefix_parse("2001:db8:1234::/48",
	    &(*conf)->networks[0].prefixes[1]);
	(*conf)->networks[0].nprefixes = 2;
	(*conf)->networks[0].dhcp6 = dhcp6;
	core = fake_core(&ops, &self, *conf, now);
	assert_non_null(core);
	if (gateway)
		(void)addr_parse("192.168.44.1", &link.gateway4);
	(void)addr_parse("fe80::1", &link.gateway6);
	core_link(core, &link, now);
	core_sighting(core, &s, now);
	return core;
}

static uint64_t
count_of(struct core *core, uint32_t where, enum ctl_drop why)
{
	uint64_t n[CTL_DROPS], found = 0;
	uint32_t ifindex = 0, before;

	for (before = 0; core_show_drops(core, &ifindex, n);
	    before = ifindex) {
		assert_true(ifindex > before);
		if (ifindex == where)
			found = n[why];
	}
	return found;
}

static uint64_t
all(struct core *core)
{
	uint64_t n[CTL_DROPS], sum = 0;
	uint32_t ifindex = 0;
	int i;

	while (core_show_drops(core, &ifindex, n))
		for (i = 0; i < CTL_DROPS; i++)
			sum += n[i];
	return sum;
}

static struct addr
address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

/* A peer says so. */
static void
leased_to(struct core *core, int i, const char *text)
{
	struct addr a = address(text);
	struct mac mac = station(i);
	struct update u;

	make_update(&u, DATUM_LEASE4, addr_v4(&a), 4, &mac, sizeof(mac), 1,
	    600);
	core_peer_up(core, 7, PEER_EXTENDED, now);
	assert_null(core_update(core, 7, &u, now));
}

static void
each_reason_has_its_count(void **state)
{
	enum { SELF = 1, OTHER = 2, AWAY = 3 };
	struct {
		enum ctl_drop	why;
		bool		gateway;
		uint8_t		type;
		const char	*ciaddr, *requested, *server;
		int		chaddr;		/* which station's */
		const char	*text;
	} dhcp[] = {
		{ CTL_DROP_DHCP_GATEWAY, false, DHCP_DISCOVER, NULL, NULL,
		    NULL, SELF, "roam0: station 06:00:00:00:00:01: dropped: "
		    "dhcp: no gateway address to answer from" },
		{ CTL_DROP_DHCP_SENDER, true, DHCP_DISCOVER, NULL, NULL,
		    NULL, OTHER, "roam0: station 06:00:00:00:00:02: dropped: "
		    "dhcp: not from the station that it is for" },
		{ CTL_DROP_DHCP_TYPE, true, DHCP_OFFER, NULL, NULL, NULL,
		    SELF, NULL },
		{ CTL_DROP_DHCP_SERVER, true, DHCP_REQUEST, NULL,
		    "192.168.44.2", "192.168.44.9", SELF, NULL },
		{ CTL_DROP_DHCP_SERVER, true, DHCP_REQUEST, NULL, NULL, NULL,
		    SELF, NULL },
		{ CTL_DROP_DHCP_OWNER, true, DHCP_RELEASE, "192.168.44.2",
		    NULL, NULL, SELF, NULL },
		{ CTL_DROP_DHCP_OWNER, true, DHCP_DECLINE, NULL,
		    "192.168.44.2", NULL, SELF, NULL },
		{ CTL_DROP_DHCP_PLACE, true, DHCP_RELEASE, "192.168.44.2",
		    NULL, NULL, AWAY, "roam0: station 06:00:00:00:00:03: "
		    "dropped: dhcp: a release or decline of a station that is "
		    "not here" },
		{ CTL_DROP_DHCP_PLACE, true, DHCP_DECLINE, NULL,
		    "192.168.44.2", NULL, AWAY, NULL },
		{ CTL_DROP_DHCP_OWNER, true, DHCP_INFORM, NULL,
		    NULL, NULL, SELF, NULL },
	};
	struct dhcp_request r;
	struct ctl_status status;
	struct conf *conf;
	struct core *core;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(dhcp) / sizeof(dhcp[0]); i++) {
		core = core_with_station(&conf, dhcp[i].gateway, DHCP6_NO);
		core_verbose(core, true);
		memset(&r, 0, sizeof(r));
		r.ifindex = IFINDEX;
		r.type = dhcp[i].type;
		r.chaddr = station(dhcp[i].chaddr);
		r.source_mac = station(dhcp[i].chaddr == AWAY ? AWAY : SELF);
		if (dhcp[i].chaddr == AWAY)
			leased_to(core, AWAY, "192.168.44.2");
		if (dhcp[i].ciaddr != NULL)
			r.ciaddr = address(dhcp[i].ciaddr);
		if (dhcp[i].requested != NULL)
			r.requested = address(dhcp[i].requested);
		if (dhcp[i].server != NULL)
			r.server = address(dhcp[i].server);
		lines = 0;
		core_dhcp(core, &r, now);
		if (count_of(core, IFINDEX, dhcp[i].why) != 1 ||
		    all(core) != 1)
			fail_msg("row %zu", i);
		assert_int_equal(lines, 1);
		if (dhcp[i].text != NULL)
			assert_string_equal(last, dhcp[i].text);
		core_show_status(core, &status, now);
		assert_int_equal(status.dhcp_dropped, 1);
		core_free(core);
		conf_free(conf);
	}
}

static void
limits_and_full_pools_are_counted_too(void **state)
{
	struct ctl_status status;
	struct dhcp_request r;
	struct conf *conf;
	struct core *core = core_with_station(&conf, true, DHCP6_NO);

	(void)state;
	conf->networks[0].max_leases = 1;
	core_conf(core, conf, now);
	memset(&r, 0, sizeof(r));
	r.ifindex = IFINDEX;
	r.type = DHCP_REQUEST;
	r.source_mac = r.chaddr = station(1);
	r.requested = address("192.168.44.2");
	core_dhcp(core, &r, now);
	assert_int_equal(all(core), 0);
	r.type = DHCP_DISCOVER;
	r.source_mac = r.chaddr = station(2);
	core_dhcp(core, &r, now);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_DHCP_EMPTY), 1);
	core_show_status(core, &status, now);
	assert_int_equal(status.dhcp_dropped, 1);
	assert_int_equal(status.dhcp_limited, 0);
	/* One that is gone keeps its counts; one that never was has some. */
	r.ifindex = IFINDEX + 7;
	core_dhcp(core, &r, now);
	assert_int_equal(count_of(core, IFINDEX + 7, CTL_DROP_DHCP_GATEWAY),
	    1);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_DHCP_EMPTY), 1);
	/* What the core wants said may find no room on its way. */
	core_answer_dropped(core, IFINDEX);
	core_answer_dropped(core, IFINDEX + 9);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_OVERLOAD), 1);
	assert_int_equal(count_of(core, IFINDEX + 9, CTL_DROP_OVERLOAD), 1);
	core_show_status(core, &status, now);
	assert_int_equal(status.answers_dropped, 2);
	core_free(core);
	conf_free(conf);
}

static void
ipv6_has_reasons_as_well(void **state)
{
	struct dhcp6_request r = { .ifindex = IFINDEX, .type = DHCP6_SOLICIT,
	    .source_mac = station(1), .source = address("fe80::7"),
	    .client_idlen = 10 };
	struct solicit rs = { .ifindex = IFINDEX, .source_mac = station(1),
	    .source = address("fe80::7") };
	struct conf *conf;
	struct core *core = core_with_station(&conf, true, DHCP6_NO);
	int i;

	(void)state;
	core_dhcp6(core, &r, now);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_DHCP6_OFF), 1);
	conf->networks[0].dhcp6 = DHCP6_STATELESS;
	core_conf(core, conf, now);
	core_dhcp6(core, &r, now);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_DHCP6_NOTHING), 1);
	r.server_idlen = 3;
	core_dhcp6(core, &r, now);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_DHCP6_SERVER), 1);
	for (i = 0; i < 20; i++)
		core_dhcp6(core, &r, now);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_DHCP6_OFTEN) +
	    count_of(core, IFINDEX, CTL_DROP_DHCP6_SERVER), 21);
	assert_true(count_of(core, IFINDEX, CTL_DROP_DHCP6_OFTEN) > 0);
	r.source_mac = station(2);
	core_dhcp6(core, &r, now);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_DHCP6_PLACE), 1);

	for (i = 0; i < 20; i++)
		core_solicit(core, &rs, now);
	assert_in_range(count_of(core, IFINDEX, CTL_DROP_RS_OFTEN), 16, 18);
	rs.source_mac = station(2);
	core_solicit(core, &rs, now);
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_RS_PLACE), 1);
	core_free(core);
	conf_free(conf);
}

/* On the path of a packet no text is made for nobody. */
static void
what_is_not_logged_is_not_written(void **state)
{
	struct solicit rs = { .ifindex = IFINDEX, .source_mac = station(2) };
	struct conf *conf;
	struct core *core = core_with_station(&conf, true, DHCP6_NO);

	(void)state;
	lines = 0;
	core_solicit(core, &rs, now);
	assert_int_equal(lines, 0);
	core_verbose(core, true);
	core_solicit(core, &rs, now);
	assert_int_equal(lines, 1);
	assert_string_equal(last, "roam0: station 06:00:00:00:00:02: "
	    "dropped: router solicitation: no station here");
	assert_int_equal(count_of(core, IFINDEX, CTL_DROP_RS_PLACE), 2);
	core_free(core);
	conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_has_its_count),
		cmocka_unit_test(limits_and_full_pools_are_counted_too),
		cmocka_unit_test(ipv6_has_reasons_as_well),
		cmocka_unit_test(what_is_not_logged_is_not_written),
	};

	now = monotime_add(MONOTIME_ZERO, 1000000);
	return cmocka_run_group_tests_name("core_drop", tests, NULL, NULL);
}
