/* SPDX-License-Identifier: ISC */
/* The rules that put our table in front of the main one. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel_local.h"
#include "log.h"

static void	 each_rule(void *, struct nlmsghdr *);
static int	 set_family(struct kernel *, int, bool *);
static void	 rule_done(void *, void *, int, int, struct nlmsghdr *);

static int	 rule_error;
static int	 dumping;		/* family */

/*
 * Add what is missing; an old one of ours that says something else goes.
 * 0, or -1 when a family that has prefixes is left without.
 */
int
rule_set(struct kernel *k)
{
	bool need4 = false, need6 = false;
	uint32_t i;
	int rv = 0;

	for (i = 0; i < k->conf.nprefixes; i++)
		if (prefix_is_v4(&k->conf.prefixes[i]))
			need4 = true;
		else
			need6 = true;
	/* A server that only floods has no routes and needs no rules. */
	if (!need4 && !need6) {
		rule_remove(k);
		return 0;
	}
	if (set_family(k, AF_INET, &k->rules4) == -1 && need4)
		rv = -1;
	if (set_family(k, AF_INET6, &k->rules6) == -1 && need6)
		rv = -1;
	return rv;
}

static int
set_family(struct kernel *k, int family, bool *have)
{
	dumping = family;
	(void)netlink_dump(k->dumper, msg_dump_rules(family), each_rule);
	netlink_request(k->nl, msg_rule(RTM_NEWRULE, NLM_F_CREATE |
	    NLM_F_EXCL, family, k->conf.table, k->conf.rule_priority),
	    rule_done, NULL, 0);
	netlink_flush(k->nl);
	if (rule_error != 0 && rule_error != EEXIST) {
		log_warnx("rule %u lookup %u, IPv%d: %s",
		    k->conf.rule_priority, k->conf.table,
		    family == AF_INET ? 4 : 6, strerror(rule_error));
		return -1;
	}
	*have = true;
	return 0;
}

static void
rule_done(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	(void)arg;
	(void)obj;
	(void)op;
	(void)reply;
	rule_error = error;
}

static void
each_rule(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	uint32_t table, priority;
	uint8_t proto;

	if (nlh->nlmsg_type != RTM_NEWRULE ||
	    msg_read_rule(nlh, &table, &priority, &proto) == -1 ||
	    proto != PROTO_LOCAL || (table == k->conf.table &&
	    priority == k->conf.rule_priority))
		return;
	netlink_request(k->nl, msg_rule(RTM_DELRULE, 0, dumping, table,
	    priority), NULL, NULL, 0);
}

void
rule_remove(struct kernel *k)
{
	if (k->rules4)
		netlink_request(k->nl, msg_rule(RTM_DELRULE, 0, AF_INET,
		    k->conf.table, k->conf.rule_priority), NULL, NULL, 0);
	if (k->rules6)
		netlink_request(k->nl, msg_rule(RTM_DELRULE, 0, AF_INET6,
		    k->conf.table, k->conf.rule_priority), NULL, NULL, 0);
	k->rules4 = k->rules6 = false;
	netlink_flush(k->nl);
}
