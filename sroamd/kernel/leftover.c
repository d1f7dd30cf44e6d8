/* SPDX-License-Identifier: ISC */
/* Nexthop objects of a former run, until the start is over. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "common/log.h"
#include "kernel/leftover.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/state.h"

static void	each_leftover(void *, struct nlmsghdr *);
static int	leftover_cmp(const struct kleftover *,
		    const struct kleftover *);

RB_GENERATE(kleftover_tree, kleftover, entry, leftover_cmp)

/* Read what a former run left. */
void
leftover_learn(struct kernel *k)
{
	if (netlink_dump(k->dumper, msg_dump(RTM_GETNEXTHOP, AF_UNSPEC),
	    each_leftover) == -1 && errno != EINTR)
		log_warn("netlink: list of nexthops");
}

static void
each_leftover(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_nh nh;
	struct kleftover *l;

	if (nlh->nlmsg_type != RTM_NEWNEXTHOP ||
	    msg_read_nexthop(nlh, &nh) == -1 || nh.proto != PROTO_DIRECT ||
	    nh.id < NEXTHOP_BASE || nh.id >= NEXTHOP_END)
		return;
	if ((l = calloc(1, sizeof(*l))) == NULL)
		fatal("nexthop");
	l->nh = nh;
	if (RB_INSERT(kleftover_tree, &k->leftovers, l) != NULL)
		free(l);
}

void
leftover_remove(struct kernel *k)
{
	struct kleftover *l;

	while ((l = RB_ROOT(&k->leftovers)) != NULL) {
		netlink_request(k->nl, msg_nexthop(RTM_DELNEXTHOP, 0, &l->nh),
		    NULL, NULL, 0);
		leftover_drop(k, l);
	}
}

struct kleftover *
leftover_find(struct kernel *k, uint32_t id)
{
	struct kleftover key;

	key.nh.id = id;
	return RB_FIND(kleftover_tree, &k->leftovers, &key);
}

void
leftover_drop(struct kernel *k, struct kleftover *l)
{
	RB_REMOVE(kleftover_tree, &k->leftovers, l);
	free(l);
}

void
leftover_free_all(struct kernel *k)
{
	struct kleftover *l;

	while ((l = RB_ROOT(&k->leftovers)) != NULL)
		leftover_drop(k, l);
}

static int
leftover_cmp(const struct kleftover *a, const struct kleftover *b)
{
	return a->nh.id < b->nh.id ? -1 : a->nh.id > b->nh.id;
}
