/* SPDX-License-Identifier: ISC */
/*
 * At each step of a reload networks are apart: the changes of rules and routes
 * are replayed, one by one, in a model of the kernel's look-up.  What may not
 * be reached before nor after a reload may not be reached in between, wherever
 * blocks, interfaces and prohibitions go, so that tables get another meaning.
 */
#include <sys/socket.h>

#include <event2/event.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/field.h"
#include "kernel/event.h"
#include "kernel/monitor.h"
#include "kernel/state.h"
#include "kernel_hand.h"

#define NETS	4
#define RELOADS	500
#define MANY	512

static struct event_base		*base;
static struct kernel		*k;
static struct conf		*conf;
static struct netlink_monitor	*events;
static uint32_t			 seed;

/* The model: rules in the order of their look-up, routes of our tables. */
static struct kernel_rule	 rules[MANY];
static struct kernel_rt		 routes[MANY];
static size_t			 nrules, nroutes;
static unsigned int		 nsteps;

/* [interface][network or destination][family]: of the old and the new one. */
static bool			 closed[NETS][NETS + 1][2];
static bool			 stays[NETS][NETS + 1][2];

static const char *const four[] = { "10.40.0.0/16", "10.41.0.0/16",
    "10.42.0.0/16", "10.43.0.0/16", "10.99.0.0/16" };
static const char *const six[] = { "2001:db8:40::/48", "2001:db8:41::/48",
    "2001:db8:42::/48", "2001:db8:43::/48", "2001:db8:99::/48" };

static uint32_t
draw(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % n;
}

static bool
same_route(const struct kernel_rt *a, const struct kernel_rt *b)
{
	return a->table == b->table && a->metric == b->metric &&
	    prefix_cmp(&a->prefix, &b->prefix) == 0;
}

static void
on_rt(const struct kernel_rt *rt, bool there)
{
	size_t i = 0;

	if (rt->table < CONF_TABLE_STEP || rt->table == RT_TABLE_MAIN ||
	    rt->table == RT_TABLE_LOCAL)
		return;
	while (i < nroutes && !same_route(&routes[i], rt))
		i++;
	if (there) {
		assert_in_range(i, 0, MANY - 1);
		routes[i] = *rt;
		nroutes += i == nroutes;
	} else if (i < nroutes)
		routes[i] = routes[--nroutes];
}

static void
on_rule(const struct kernel_rule *rule, bool there)
{
	size_t i = 0;

	if (!rule->by_iface)
		return;
	if (there) {
		while (i < nrules && rules[i].priority <= rule->priority)
			i++;
		assert_in_range(nrules, 0, MANY - 1);
		memmove(&rules[i + 1], &rules[i], (nrules - i) *
		    sizeof(rules[0]));
		rules[i] = *rule;
		nrules++;
		return;
	}
	while (i < nrules && (rules[i].family != rule->family ||
	    rules[i].table != rule->table ||
	    rules[i].priority != rule->priority ||
	    strcmp(rules[i].iif, rule->iif) != 0))
		i++;
	assert_in_range(i, 0, nrules - 1);
	nrules--;
	memmove(&rules[i], &rules[i + 1], (nrules - i) * sizeof(rules[0]));
}

static uint8_t
type_in(uint32_t table, const struct prefix *to)
{
	const struct kernel_rt *best = NULL;
	size_t i;

	for (i = 0; i < nroutes; i++)
		if (routes[i].table == table &&
		    prefix_covers(&routes[i].prefix, to) &&
		    (best == NULL || best->prefix.len < routes[i].prefix.len))
			best = &routes[i];
	return best == NULL ? RTN_THROW : best->type;
}

/* Whether a packet that arrives there is prohibited. */
static bool
is_closed(unsigned int iface, unsigned int to, unsigned int v)
{
	struct prefix p;
	char name[16];
	uint8_t type;
	size_t i;

	assert_int_equal(prefix_parse((v ? six : four)[to], &p), 0);
	snprintf(name, sizeof(name), "br%u", iface);
	for (i = 0; i < nrules; i++) {
		if (rules[i].family != (v ? AF_INET6 : AF_INET) ||
		    strcmp(rules[i].iif, name) != 0)
			continue;
		type = type_in(rules[i].table, &p);
		if (type != RTN_THROW)
			return type == RTN_PROHIBIT;
	}
	return false;
}

#define EACH(i, t, v) \
	for (i = 0; i < NETS; i++) \
		for (t = 0; t <= NETS; t++) \
			for (v = 0; v < 2; v++)

static void
on_event(void *arg, struct nlmsghdr *nlh)
{
	struct kernel_rule rule;
	struct kernel_rt rt;
	unsigned int i, t, v;

	(void)arg;
	if (nlh->nlmsg_type == RTM_NEWRULE || nlh->nlmsg_type == RTM_DELRULE) {
		assert_int_equal(msg_read_rule(nlh, &rule), 0);
		on_rule(&rule, nlh->nlmsg_type == RTM_NEWRULE);
	} else if (msg_read_route(nlh, &rt) == 0)
		on_rt(&rt, nlh->nlmsg_type == RTM_NEWROUTE);
	nsteps++;
	EACH(i, t, v)
		if (stays[i][t][v] && !is_closed(i, t, v))
			fail_msg("seed %u: br%u reaches %s", seed, i,
			    (v ? six : four)[t]);
}

static void
on_lost(void *arg)
{
	(void)arg;
	fail_msg("events are lost");
}

/* A call reads some, so as to leave time for others. */
static void
replay(void)
{
	unsigned int before;

	do {
		before = nsteps;
		netlink_monitor_read(events);
	} while (nsteps != before);
}

/* Of four networks some are there, in some order. */
static void
configure(void)
{
	unsigned int i, n, at[NETS], order[NETS] = { 0, 1, 2, 3 }, swap;
	struct conf_network *net;

	conf_free(conf);
	assert_non_null(conf = conf_new());
	for (i = 1; i < NETS; i++) {
		n = draw(NETS);
		swap = order[i];
		order[i] = order[n];
		order[n] = swap;
	}
	n = 2 + draw(NETS - 1);
	for (i = 0; i < n; i++) {
		struct conf_network new = { .name = "" };

		conf_field_defaults(CONF_NETWORK, &new);
		snprintf(new.name, sizeof(new.name), "n%u", order[i]);
		if (i > 0)
			assert_int_equal(conf_add_network(conf, &new), 0);
		net = &conf->networks[i];
		assert_int_equal(prefix_parse(four[order[i]],
		    &net->prefixes[0]), 0);
		assert_int_equal(prefix_parse(six[order[i]],
		    &net->prefixes[1]), 0);
		net->nprefixes = 2;
		if (draw(3) == 0) {
			assert_int_equal(prefix_parse("10.0.0.0/8",
			    &net->prohibits[0]), 0);
			assert_int_equal(prefix_parse("2001:db8::/32",
			    &net->prohibits[1]), 0);
			net->nprohibits = 2;
		}
		at[i] = i;
	}
	for (i = 1; i < n; i++)
		if (draw(2) == 0) {
			net = &conf->networks[i];
			swap = draw(i);
			strlcpy(net->reaches[net->nreaches++], swap == 0 ?
			    CONF_UNNAMED : conf->networks[swap].name,
			    sizeof(net->reaches[0]));
		}
	for (i = 0; i < NETS; i++) {
		struct conf_iface iface = { .network = at[draw(n)] };

		snprintf(iface.name, sizeof(iface.name), "br%u", i);
		assert_int_equal(conf_add_iface(conf, &iface), 0);
	}
	conf->global.table = draw(4) == 0 ? 50 : 44;
	assert_null(conf_check(conf));
}

/* By the configuration, not by what is in the kernel. */
static bool
should_be_closed(unsigned int iface, unsigned int to, unsigned int v)
{
	const struct conf_network *net =
	    &conf->networks[conf->ifaces[iface].network], *other;
	struct prefix p;
	size_t i;

	assert_int_equal(prefix_parse((v ? six : four)[to], &p), 0);
	for (i = 0; i < conf->nnetworks; i++) {
		other = &conf->networks[i];
		if (prefix_cmp(&other->prefixes[v], &p) == 0)
			return !conf_reaches(net, other);
	}
	return net->nprohibits > 0;
}

static void
nothing_opens_at_any_step_of_a_reload(void **state)
{
	const int groups[] = { RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE,
	    RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };
	unsigned int i, t, v, reload, nstays = 0;
	bool now;

	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		skip();
	assert_int_equal(sh("for i in 0 1 2 3; do ip link add br$i type "
	    "bridge; ip link set br$i up; done; ip link set lo up"), 0);
	assert_non_null(base = event_base_new());
	assert_non_null(events = netlink_monitor_open(base, NETLINK_ROUTE,
	    groups, 4, NULL, 0, on_event, on_lost, NULL));
	replay();
	assert_non_null(k = kernel_open(base, &ops));
	for (reload = 0; reload < RELOADS; reload++) {
		configure();
		EACH(i, t, v) {
			now = should_be_closed(i, t, v);
			stays[i][t][v] = closed[i][t][v] && now;
			closed[i][t][v] = now;
			nstays += stays[i][t][v];
		}
		assert_int_equal(kernel_conf(k, conf), 0);
		replay();
		EACH(i, t, v)
			if (is_closed(i, t, v) != closed[i][t][v])
				fail_msg("seed %u, reload %u: br%u to %s", seed,
				    reload, i, (v ? six : four)[t]);
	}
	/* It was looked at, and there was something to see. */
	assert_true(nsteps > 10 * RELOADS && nstays > 5 * RELOADS);
	memset(stays, 0, sizeof(stays));
	kernel_close(k, false);
	replay();
	assert_int_equal(nrules, 0);
	netlink_monitor_close(events);
	conf_free(conf);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_opens_at_any_step_of_a_reload)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
