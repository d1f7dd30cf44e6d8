/* SPDX-License-Identifier: ISC */
/*
 * The rules that put our table before the main one, one of each family.
 * Without them our routes have no effect, so the rules are watched, and set
 * again when somebody removes them.
 */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/event.h"
#include "kernel/mend.h"
#include "kernel/monitor.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/rule.h"
#include "kernel/state.h"

#define PAUSE	1000	/* ms between repairs of rules */

static int			set(struct kernel *, int, bool *);
static int			add(struct kernel *, int);
static void			unset(struct kernel *, int, bool *);
static void			check(struct kernel *, int);
static void			added(void *, void *, int, int,
				    struct nlmsghdr *);
static struct kernel_rule	ours(struct kernel *, int);
static bool			is_ours(struct kernel *,
				    const struct kernel_rule *);
static void			each_leftover(void *, struct nlmsghdr *);
static void			each_other(void *, struct nlmsghdr *);
static void			say_other(struct kernel *,
				    const struct kernel_rule *);
static void			say_vrfs(struct kernel *,
				    const struct kernel_rule *);
static bool			was_said(struct kernel *,
				    const struct kernel_rule *);
static void			each_change(void *, struct nlmsghdr *);
static void			changes_lost(void *);

int
rule_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE };

	k->rules_changed = netlink_monitor_open(k->base, NETLINK_ROUTE, groups,
	    2, NULL, 0, each_change, changes_lost, k);
	return k->rules_changed == NULL ? -1 : 0;
}

void
rule_close(struct kernel *k)
{
	netlink_monitor_close(k->rules_changed);
	k->rules_changed = NULL;
}

/* At start, before rule_set: remove what a killed run has left. */
void
rule_leftovers(struct kernel *k)
{
	(void)netlink_dump(k->dumper, msg_dump(RTM_GETRULE, AF_INET),
	    each_leftover);
	(void)netlink_dump(k->dumper, msg_dump(RTM_GETRULE, AF_INET6),
	    each_leftover);
	netlink_flush(k->nl);
}

/*
 * A rule of our protocol and form that leads to the table of another
 * configuration, whose routes nobody maintains any more.
 */
static void
each_leftover(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rule rule;

	if (nlh->nlmsg_type != RTM_NEWRULE ||
	    msg_read_rule(nlh, &rule) == -1 || !rule.plain ||
	    rule.proto != PROTO_LOCAL ||
	    (k->prefixes.n > 0 && is_ours(k, &rule)))
		return;
	log_info("rule %u lookup %u, IPv%d: of a former run, removed",
	    rule.priority, rule.table, rule.family == AF_INET ? 4 : 6);
	netlink_request(k->nl, msg_rule(RTM_DELRULE, 0, &rule), NULL, NULL, 0);
}

/* Add missing rules. 0, or -1: a family with prefixes has none. */
int
rule_set(struct kernel *k)
{
	bool need4 = false, need6 = false;
	uint32_t i;
	int rv = 0;

	for (i = 0; i < k->prefixes.n; i++)
		if (prefix_is_v4(&k->prefixes.list[i].prefix))
			need4 = true;
		else
			need6 = true;
	/* A router that only floods has no routes and needs no rules. */
	if (!need4 && !need6) {
		rule_remove(k);
		return 0;
	}
	if (set(k, AF_INET, &k->rule4) == -1 && need4)
		rv = -1;
	if (set(k, AF_INET6, &k->rule6) == -1 && need6)
		rv = -1;
	(void)netlink_dump(k->dumper, msg_dump(RTM_GETRULE, AF_INET),
	    each_other);
	(void)netlink_dump(k->dumper, msg_dump(RTM_GETRULE, AF_INET6),
	    each_other);
	return rv;
}

static void
each_other(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rule rule;

	if (nlh->nlmsg_type == RTM_NEWRULE && msg_read_rule(nlh, &rule) == 0)
		say_other(k, &rule);
}

/*
 * A rule of another program that comes before ours, or beside it, may take
 * packets to stations elsewhere.  Each is said once; the kernel's own, to the
 * table of local addresses, is no news.
 */
static void
say_other(struct kernel *k, const struct kernel_rule *rule)
{
	int v = rule->family == AF_INET ? 4 : 6;

	if (rule->vrfs) {
		say_vrfs(k, rule);
		return;
	}
	if (rule->priority > k->conf.rule_priority || is_ours(k, rule) ||
	    isolate_has_rule(k, rule) ||
	    rule->table == RT_TABLE_LOCAL ||
	    (v == 4 ? !k->rule4 : !k->rule6) || was_said(k, rule))
		return;
	log_warnx("rule %u lookup %u, IPv%d, of another program: comes before "
	    "ours, %u, and may take packets to stations elsewhere%s",
	    rule->priority, rule->table, v, k->conf.rule_priority,
	    k->nothers == RULES_SAID ? "; further ones are not named" : "");
}

/* The kernel's, which comes with the first VRF: ours has to be behind it. */
static void
say_vrfs(struct kernel *k, const struct kernel_rule *rule)
{
	int v = rule->family == AF_INET ? 4 : 6;

	if (rule->priority < k->conf.rule_priority ||
	    (v == 4 ? !k->rule4 : !k->rule6) || was_said(k, rule))
		return;
	log_warnx("rule %u, IPv%d, that leads into VRFs: ours, %u, is not "
	    "behind it, and takes packets inside of VRFs to stations outside: "
	    "write rule priority %u", rule->priority, v,
	    k->conf.rule_priority, rule->priority + 1);
}

/* If not, it is said now; or there were too many. */
static bool
was_said(struct kernel *k, const struct kernel_rule *rule)
{
	unsigned int i;

	if (k->nothers == RULES_SAID)
		return true;
	for (i = 0; i < k->nothers; i++)
		if (k->others[i].family == rule->family &&
		    k->others[i].priority == rule->priority &&
		    k->others[i].table == rule->table)
			return true;
	k->others[k->nothers++] = *rule;
	return false;
}

static int
set(struct kernel *k, int family, bool *have)
{
	int error = add(k, family);

	if (error != 0 && error != EEXIST) {
		log_warnx("rule %u lookup %u, IPv%d: %s",
		    k->conf.rule_priority, k->conf.table,
		    family == AF_INET ? 4 : 6, strerror(error));
		return -1;
	}
	*have = true;
	return 0;
}

/* The answer of the kernel: 0, EEXIST when it is there, another errno. */
static int
add(struct kernel *k, int family)
{
	struct kernel_rule rule = ours(k, family);
	int error = 0;

	netlink_request(k->nl, msg_rule(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL,
	    &rule), added, &error, 0);
	netlink_flush(k->nl);
	return error;
}

static void
added(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	(void)arg;
	(void)op;
	(void)reply;
	*(int *)obj = error;
}

static struct kernel_rule
ours(struct kernel *k, int family)
{
	return (struct kernel_rule){
		.family = (uint8_t)family,
		.table = k->conf.table,
		.priority = k->conf.rule_priority,
		.proto = PROTO_LOCAL,
		.plain = true
	};
}

static bool
is_ours(struct kernel *k, const struct kernel_rule *rule)
{
	return rule->plain && rule->table == k->conf.table &&
	    rule->priority == k->conf.rule_priority;
}

void
rule_remove(struct kernel *k)
{
	unset(k, AF_INET, &k->rule4);
	unset(k, AF_INET6, &k->rule6);
	netlink_flush(k->nl);
}

static void
unset(struct kernel *k, int family, bool *have)
{
	struct kernel_rule rule = ours(k, family);

	if (*have)
		netlink_request(k->nl, msg_rule(RTM_DELRULE, 0, &rule), NULL,
		    NULL, 0);
	*have = false;
}

/* Set missing rules again. */
void
rule_check(struct kernel *k)
{
	if (k->rule4)
		check(k, AF_INET);
	if (k->rule6)
		check(k, AF_INET6);
	mend_say(k);
}

/* The answer to adding it shows whether it was there. */
static void
check(struct kernel *k, int family)
{
	int v = family == AF_INET ? 4 : 6, error = add(k, family);

	if (error == EEXIST)
		return;
	k->rule_next = monotime_add(clock_monotime(), PAUSE);
	if (error == 0) {
		mend_note(k, v == 4 ? MEND_RULE4 : MEND_RULE6,
		    "rule %u lookup %u, IPv%d: removed by another program, "
		    "put back", k->conf.rule_priority, k->conf.table, v);
		return;
	}
	k->stats.failed++;
	kernel_warn(k, RTM_NEWRULE << 16 | v,
	    "rule %u lookup %u, IPv%d: was gone: %s", k->conf.rule_priority,
	    k->conf.table, v, strerror(error));
	rule_check_soon(k);
}

/* Not of our own changes, which are known. */
static void
each_change(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rule rule;

	if (nlh->nlmsg_pid == netlink_port(k->nl) ||
	    msg_read_rule(nlh, &rule) == -1)
		return;
	if (isolate_has_rule(k, &rule))
		isolate_doubt(k);
	if (nlh->nlmsg_type == RTM_NEWRULE)
		say_other(k, &rule);
	else if (nlh->nlmsg_type == RTM_DELRULE && is_ours(k, &rule) &&
	    (rule.family == AF_INET ? k->rule4 : k->rule6))
		rule_check_soon(k);
}

static void
changes_lost(void *arg)
{
	struct kernel *k = arg;

	k->stats.overflows++;
	isolate_doubt(k);
	rule_check_soon(k);
}

/* At the earliest PAUSE after a repair. */
void
rule_check_soon(struct kernel *k)
{
	monotime_t now = clock_monotime();

	kernel_later(k->rules, monotime_before(now, k->rule_next) ?
	    monotime_ms(now, k->rule_next) : 0);
}
