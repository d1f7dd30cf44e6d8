/* SPDX-License-Identifier: ISC */
/* Events of our routes and neighbours: watch.h. */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

#include "common/log.h"
#include "kernel/event.h"
#include "kernel/monitor.h"
#include "kernel/neigh.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/plan.h"
#include "kernel/route.h"
#include "kernel/state.h"
#include "kernel/vrf.h"
#include "kernel/watch.h"

static void	each(void *, struct nlmsghdr *);
static void	lost(void *);
static void	route_event(struct kernel *, const struct kernel_rt *,
		    const struct nlmsghdr *);
static bool	has_key(const struct kroute *, const struct kernel_rt *,
		    uint8_t slot);

#define LOAD(size, at)	BPF_STMT(BPF_LD | (size) | BPF_ABS, (at))
#define AT(member)	offsetof(struct nlmsghdr, member)
#define IF(op, k, t, f)	BPF_JUMP(BPF_JMP | (op) | BPF_K, (k), (t), (f))

int
watch_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
	    RTNLGRP_NEIGH };

	k->watch = netlink_monitor_open(k->base, NETLINK_ROUTE, groups, 3,
	    NULL, 0, each, lost, k);
	if (k->watch == NULL)
		return -1;
	watch_conf(k);
	return 0;
}

/*
 * Not what our own requests have done, which may be thousands of events: what
 * they answer is known.  Of routes those of our protocols, all of our table,
 * and those that replace others; of neighbours all but the entries of bridges.
 */
void
watch_conf(struct kernel *k)
{
	uint32_t table = k->conf.table < 256 ? k->conf.table : RT_TABLE_COMPAT;
	uint32_t others = k->isolate.nrules > 0 ? RT_TABLE_COMPAT : table;
	/* Filters read in network order what the kernel wrote in its own. */
	struct sock_filter filter[] = {
		LOAD(BPF_W, AT(nlmsg_pid)),
		IF(BPF_JEQ, htonl(netlink_port(k->nl)), 14, 0),
		LOAD(BPF_H, AT(nlmsg_type)),
		IF(BPF_JEQ, htons(RTM_NEWNEIGH), 1, 0),
		IF(BPF_JEQ, htons(RTM_DELNEIGH), 0, 2),
		LOAD(BPF_B, NLMSG_HDRLEN + offsetof(struct ndmsg, ndm_family)),
		IF(BPF_JEQ, AF_BRIDGE, 9, 8),
		LOAD(BPF_B, NLMSG_HDRLEN + offsetof(struct rtmsg, rtm_table)),
		IF(BPF_JEQ, table, 6, 0),
		IF(BPF_JEQ, others, 5, 0),
		LOAD(BPF_B, NLMSG_HDRLEN + offsetof(struct rtmsg,
		    rtm_protocol)),
		IF(BPF_JEQ, PROTO_LOCAL, 3, 0),
		IF(BPF_JEQ, PROTO_DIRECT, 2, 0),
		LOAD(BPF_H, AT(nlmsg_flags)),
		IF(BPF_JSET, htons(NLM_F_REPLACE), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};

	netlink_monitor_filter(k->watch, filter,
	    sizeof(filter) / sizeof(filter[0]));
}

void
watch_close(struct kernel *k)
{
	netlink_monitor_close(k->watch);
	k->watch = NULL;
}

static void
lost(void *arg)
{
	struct kernel *k = arg;

	k->stats.overflows++;
	if (k->started)
		kernel_later(k->reconcile, 1000);
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rt rt;
	struct kernel_neigh n;

	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		if (msg_read_route(nlh, &rt) == 0)
			route_event(k, &rt, nlh);
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		if (msg_read_neigh(nlh, &n) == 0 && !addr_is_none(&n.addr))
			neigh_event(k, &n, nlh->nlmsg_type == RTM_NEWNEIGH);
		break;
	}
}

/* Ours has gone, stands there, or another has come, perhaps instead of it. */
static void
route_event(struct kernel *k, const struct kernel_rt *rt,
    const struct nlmsghdr *nlh)
{
	bool same = route_stands(k, rt), replaced;
	uint32_t vrf;
	uint8_t slot = vrf_place(k, rt, &vrf);
	struct kroute *r;

	if (slot == 0 && vrf == 0) {
		(void)isolate_event(k, rt);
		return;
	}
	if ((r = route_find(k, &rt->prefix)) != NULL && (slot == 0 ||
	    r->vrf != vrf || !has_key(r, rt, slot)))
		r = NULL;
	if (nlh->nlmsg_type == RTM_DELROUTE) {
		if (r != NULL && same)
			route_doubt(k, r, slot);
		return;
	}
	if (same && r != NULL) {
		r->doubt &= (uint8_t)~slot;
		return;
	}
	replaced = r != NULL && (nlh->nlmsg_flags & NLM_F_REPLACE);
	if (replaced) {
		route_doubt(k, r, slot);
		r->replaced |= slot;
	}
	/* In our table ours replaces it in turn. */
	if (!(replaced && slot == PLAN_SEEN_TABLE) && stray_place(k, rt))
		stray_note(k, rt);
}

/* Whether ours is there, and one of the two would replace the other. */
static bool
has_key(const struct kroute *r, const struct kernel_rt *rt, uint8_t slot)
{
	if (rt->tos != 0)
		return false;
	if (slot == PLAN_SEEN_MAIN)
		return r->have.main_ifindex != 0 &&
		    rt->metric == r->have.main_metric;
	return (r->have.ifindex != 0 || r->have.nhid != 0) &&
	    (r->vrf != 0 || rt->metric == TABLE_METRIC);
}
