/* SPDX-License-Identifier: ISC */
/* Networks are kept apart by routing: isolate.h. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/event.h"
#include "kernel/isolate.h"
#include "kernel/isolate_want.h"
#include "kernel/mend.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/state.h"

#define PAUSE	10	/* ms between comparisons */

enum removal {			/* of what is not wanted */
	REMOVE_NOTHING,
	REMOVE_OPENINGS,
	REMOVE_ALL
};

static const int families[] = { AF_INET, AF_INET6 };
static const uint8_t types[] = { RTN_PROHIBIT, RTN_THROW };

static bool			is_table(uint32_t);
static bool			is_wanted_table(const struct kernel *,
				    uint32_t);
static int			put(struct kernel *, bool wide);
static void			look(struct kernel *, bool wide, enum removal);
static void			each_rule(void *, struct nlmsghdr *);
static void			each_route(void *, struct nlmsghdr *);
static void			extra_route(struct kernel *,
				    const struct kernel_rt *);
static void			set_routes(struct kernel *, uint8_t);
static void			set_rules(struct kernel *);
static void			route_done(void *, void *, int, int,
				    struct nlmsghdr *);
static void			rule_done(void *, void *, int, int,
				    struct nlmsghdr *);
static struct kernel_rule	as_rule(const struct kernel *,
				    const struct kisolate_rule *);

/* Of this configuration, or of another one. */
static bool
is_table(uint32_t table)
{
	return table >= CONF_TABLE_STEP &&
	    table % CONF_TABLE_STEP < CONF_NETWORKS;
}

static bool
is_wanted_table(const struct kernel *k, uint32_t table)
{
	uint32_t n = table - isolate_table(k, 0);

	return n < CONF_NETWORKS && k->isolate.tables[n];
}

int
isolate_conf(struct kernel *k, const struct conf *conf)
{
	isolate_free(k);
	isolate_make(k, conf);
	k->isolate.mending = false;
	return put(k, true);
}

void
isolate_check(struct kernel *k)
{
	k->isolate.doubt = false;
	if (k->isolate.nrules == 0)
		return;
	k->isolate.mending = true;
	k->isolate.next = monotime_add(clock_monotime(), PAUSE);
	(void)put(k, false);
}

void
isolate_mend(struct kernel *k)
{
	if (k->isolate.doubt && k->configured && !k->closing)
		isolate_check(k);
}

void
isolate_doubt(struct kernel *k)
{
	monotime_t now;

	if (!k->configured || k->closing || k->isolate.nrules == 0)
		return;
	k->isolate.doubt = true;
	now = clock_monotime();
	kernel_later(k->apart, monotime_before(now, k->isolate.next) ?
	    monotime_ms(now, k->isolate.next) : 0);
}

/* Ours went, or something else came. */
bool
isolate_event(struct kernel *k, const struct kernel_rt *rt)
{
	if (!is_wanted_table(k, rt->table))
		return false;
	isolate_doubt(k);
	return true;
}

bool
isolate_has_rule(const struct kernel *k, const struct kernel_rule *rule)
{
	return isolate_find_rule(k, rule) != NULL;
}

void
isolate_remove(struct kernel *k)
{
	isolate_free(k);
	k->isolate.mending = false;
	look(k, true, REMOVE_ALL);
}

void
isolate_free(struct kernel *k)
{
	free(k->isolate.routes);
	free(k->isolate.rules);
	memset(&k->isolate, 0, sizeof(k->isolate));
}

/*
 * What is closed before and is to be closed after it is closed all the time,
 * also where a table gets another meaning: first all that closes is set, what
 * is not wanted and opens is removed, then come the rules; only then go old
 * rules, what closed for them, and at last comes what opens.
 */
static int
put(struct kernel *k, bool wide)
{
	struct kisolate *all = &k->isolate;

	all->failed = false;
	look(k, wide, REMOVE_NOTHING);
	set_routes(k, RTN_PROHIBIT);
	if (all->openings > 0)
		look(k, wide, REMOVE_OPENINGS);
	set_rules(k);
	if (all->unwanted > 0)
		look(k, wide, REMOVE_ALL);
	set_routes(k, RTN_THROW);
	mend_say(k);
	return all->failed ? -1 : 0;
}

/* In our tables; wide: also in those of other configurations. */
static void
look(struct kernel *k, bool wide, enum removal removing)
{
	struct kisolate *all = &k->isolate;
	uint32_t n;
	size_t i, f, t;

	all->removing = removing;
	all->unwanted = all->openings = 0;
	for (i = 0; i < all->nroutes; i++)
		all->routes[i].seen = false;
	for (i = 0; i < all->nrules; i++)
		all->rules[i].seen = false;
	for (f = 0; f < 2; f++)
		(void)netlink_dump(k->dumper, msg_dump(RTM_GETRULE,
		    families[f]), each_rule);
	netlink_flush(k->nl);
	for (n = 0; n < CONF_NETWORKS; n++)
		for (f = 0; all->tables[n] && f < 2; f++)
			(void)netlink_dump(k->dumper, msg_dump_routes(
			    families[f], isolate_table(k, n), 0), each_route);
	for (t = 0; wide && t < sizeof(types); t++)
		for (f = 0; f < 2; f++)
			(void)netlink_dump(k->dumper, msg_dump_type(
			    families[f], PROTO_LOCAL, types[t]), each_route);
	netlink_flush(k->nl);
}

/* Ours, by protocol and form, that we do not want, is of a former run. */
static void
each_rule(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rule rule;
	struct kisolate_rule *r;

	if (nlh->nlmsg_type != RTM_NEWRULE || msg_read_rule(nlh, &rule) == -1)
		return;
	if ((r = isolate_find_rule(k, &rule)) != NULL) {
		r->seen = true;
		return;
	}
	if (!rule.by_iface || rule.proto != PROTO_LOCAL ||
	    !is_table(rule.table))
		return;
	k->isolate.unwanted++;
	if (k->isolate.removing == REMOVE_ALL)
		netlink_request(k->nl, msg_rule(RTM_DELRULE, 0, &rule), NULL,
		    NULL, 0);
}

static void
each_route(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rt rt;
	struct kisolate_route *r;

	if (nlh->nlmsg_type != RTM_NEWROUTE || msg_read_route(nlh, &rt) == -1)
		return;
	if ((r = isolate_find_route(k, &rt)) != NULL) {
		r->seen = true;
		return;
	}
	if (is_wanted_table(k, rt.table) || (is_table(rt.table) &&
	    rt.proto == PROTO_LOCAL &&
	    (rt.type == RTN_PROHIBIT || rt.type == RTN_THROW)))
		extra_route(k, &rt);
}

/* Such as a more specific one, that would open what is closed. */
static void
extra_route(struct kernel *k, const struct kernel_rt *rt)
{
	bool opens = rt->type != RTN_PROHIBIT && rt->type != RTN_UNREACHABLE &&
	    rt->type != RTN_BLACKHOLE;

	k->isolate.unwanted++;
	k->isolate.openings += opens;
	if (k->isolate.removing == REMOVE_NOTHING ||
	    (k->isolate.removing == REMOVE_OPENINGS && !opens))
		return;
	if (k->isolate.mending)
		mend_note(k, MEND_STRAY, "route %s, table %u, protocol %u: set "
		    "by another program, removed", prefix_text(&rt->prefix),
		    rt->table, rt->proto);
	netlink_request(k->nl, msg_route(RTM_DELROUTE, 0, rt), NULL, NULL, 0);
}

static void
set_routes(struct kernel *k, uint8_t type)
{
	struct kernel_rt rt = { .proto = PROTO_LOCAL };
	struct kisolate_route *r;
	size_t i;

	for (i = 0; i < k->isolate.nroutes; i++) {
		r = &k->isolate.routes[i];
		if (r->seen || r->type != type)
			continue;
		rt.prefix = r->prefix;
		rt.table = r->table;
		rt.type = r->type;
		rt.family = (uint8_t)addr_family(&r->prefix.addr);
		rt.metric = rt.family == AF_INET ? 0 : ISOLATE_METRIC6;
		netlink_request(k->nl, msg_route(RTM_NEWROUTE, NLM_F_CREATE |
		    NLM_F_REPLACE, &rt), route_done, r, 0);
	}
	netlink_flush(k->nl);
}

static void
route_done(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	const struct kisolate_route *r = obj;
	const char *what = r->type == RTN_THROW ? "throw" : "prohibit";

	(void)op;
	(void)reply;
	if (error != 0) {
		k->isolate.failed = true;
		k->stats.failed++;
		kernel_warn(k, RTM_NEWROUTE << 16 | r->type,
		    "%s %s, table %u: %s", what, prefix_text(&r->prefix),
		    r->table, netlink_why(k->nl));
	} else if (k->isolate.mending)
		mend_note(k, MEND_APART, "%s %s, table %u: removed by "
		    "another program, put back", what,
		    prefix_text(&r->prefix), r->table);
}

static void
set_rules(struct kernel *k)
{
	struct kernel_rule rule;
	size_t i;

	for (i = 0; i < k->isolate.nrules; i++) {
		if (k->isolate.rules[i].seen)
			continue;
		rule = as_rule(k, &k->isolate.rules[i]);
		netlink_request(k->nl, msg_rule(RTM_NEWRULE, NLM_F_CREATE |
		    NLM_F_EXCL, &rule), rule_done, &k->isolate.rules[i], 0);
	}
	netlink_flush(k->nl);
}

static void
rule_done(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct kernel *k = arg;
	const struct kisolate_rule *r = obj;
	int v = r->family == AF_INET ? 4 : 6;

	(void)op;
	(void)reply;
	if (error != 0 && error != EEXIST) {
		k->isolate.failed = true;
		k->stats.failed++;
		kernel_warn(k, RTM_NEWRULE << 16 | (v + 10),
		    "rule %u iif %s lookup %u, IPv%d: %s",
		    isolate_priority(k), r->iif, r->table, v,
		    netlink_why(k->nl));
	} else if (error == 0 && k->isolate.mending)
		mend_note(k, MEND_APART,
		    "rule %u iif %s lookup %u, IPv%d: removed by another "
		    "program, put back", isolate_priority(k), r->iif,
		    r->table, v);
}

static struct kernel_rule
as_rule(const struct kernel *k, const struct kisolate_rule *r)
{
	struct kernel_rule rule = {
		.family = r->family,
		.table = r->table,
		.priority = isolate_priority(k),
		.proto = PROTO_LOCAL,
		.by_iface = true
	};

	strlcpy(rule.iif, r->iif, sizeof(rule.iif));
	return rule;
}
