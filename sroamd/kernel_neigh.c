/* SPDX-License-Identifier: ISC */
/*
 * Neighbour entries for the IPv6 addresses that stations use here.  The
 * link-local ones, which are next hops of routes, are permanent: no packet
 * of anybody's makes the kernel ask for them.  The others are the kernel's to
 * confirm, but not to throw away.
 */
#include <sys/socket.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "kernel_local.h"
#include "log.h"

#define NEIGHS_MAX	100000	/* the engine may be in a stranger's hands */

static const char *refusal(struct kernel *, const struct neigh *);
static void	 set(struct kernel *, const struct kneigh *);
static void	 unset(struct kernel *, uint32_t, const struct addr *);
static void	 drop(struct kernel *, struct kneigh *);
static struct kneigh *find(struct kernel *, uint32_t, const struct addr *);
static void	 each(void *, struct nlmsghdr *);
static int	 neigh_cmp(const struct kneigh *, const struct kneigh *);

RB_PROTOTYPE(kneigh_tree, kneigh, entry, neigh_cmp)
RB_GENERATE(kneigh_tree, kneigh, entry, neigh_cmp)

int
kernel_neigh(struct kernel *k, const struct neigh *neigh)
{
	struct kneigh *n = find(k, neigh->ifindex, &neigh->addr);
	const char *why;

	if (!neigh->present) {
		if (n == NULL || mac_cmp(&n->mac, &neigh->mac) != 0)
			return 0;	/* another's by now */
		if (iface_find(k, n->ifindex) != NULL)
			unset(k, n->ifindex, &n->addr);
		drop(k, n);
		return 0;
	}
	if ((why = refusal(k, neigh)) != NULL) {
		k->stats.refused++;
		kernel_warn(k, RTM_NEWNEIGH, "neighbour %s: refused: %s",
		    addr_text(&neigh->addr), why);
		return -1;
	}
	if (n == NULL) {
		if ((n = calloc(1, sizeof(*n))) == NULL)
			fatal("neighbour");
		n->ifindex = neigh->ifindex;
		n->addr = neigh->addr;
		RB_INSERT(kneigh_tree, &k->neigh_tree, n);
		k->nneighs++;
	}
	n->mac = neigh->mac;
	set(k, n);
	return 0;
}

static const char *
refusal(struct kernel *k, const struct neigh *neigh)
{
	struct prefix host;

	prefix_host(&host, &neigh->addr);
	if (addr_is_v4(&neigh->addr) || addr_is_none(&neigh->addr) ||
	    addr_is_multicast(&neigh->addr))
		return "no IPv6 address of a station";
	if (iface_find(k, neigh->ifindex) == NULL)
		return "not on an interface with stations";
	if (!addr_is_linklocal(&neigh->addr) && !conf_covers(&k->conf, &host))
		return "not in a configured prefix";
	if (addr_is_local(k, &neigh->addr))
		return "an address of this router";
	if (k->nneighs >= NEIGHS_MAX)
		return "too many";
	return NULL;
}

static void
set(struct kernel *k, const struct kneigh *n)
{
	struct nl_msg *msg;

	if (addr_is_linklocal(&n->addr))
		msg = msg_neigh_static(n->ifindex, &n->addr, &n->mac);
	else
		msg = msg_neigh(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE,
		    n->ifindex, &n->addr, &n->mac);
	netlink_request(k->nl, msg, NULL, NULL, 0);
	kernel_wake(k);
}

static void
unset(struct kernel *k, uint32_t ifindex, const struct addr *addr)
{
	netlink_request(k->nl, msg_neigh(RTM_DELNEIGH, 0, ifindex, addr, NULL),
	    NULL, NULL, 0);
	kernel_wake(k);
}

static void
drop(struct kernel *k, struct kneigh *n)
{
	RB_REMOVE(kneigh_tree, &k->neigh_tree, n);
	k->nneighs--;
	free(n);
}

static struct kneigh *
find(struct kernel *k, uint32_t ifindex, const struct addr *addr)
{
	struct kneigh key;

	key.ifindex = ifindex;
	key.addr = *addr;
	return RB_FIND(kneigh_tree, &k->neigh_tree, &key);
}

/* Going down, it lost most of them. */
void
neigh_iface_up(struct kernel *k, struct kiface *i)
{
	struct kneigh key = { .ifindex = i->node->link.ifindex }, *n;

	for (n = RB_NFIND(kneigh_tree, &k->neigh_tree, &key);
	    n != NULL && n->ifindex == key.ifindex;
	    n = RB_NEXT(kneigh_tree, &k->neigh_tree, n))
		set(k, n);
}

/* It is no more an interface of ours, or no more at all. */
void
neigh_iface_drop(struct kernel *k, uint32_t ifindex)
{
	struct kneigh key = { .ifindex = ifindex }, *n;

	while ((n = RB_NFIND(kneigh_tree, &k->neigh_tree, &key)) != NULL &&
	    n->ifindex == ifindex) {
		unset(k, ifindex, &n->addr);
		drop(k, n);
	}
}

/* Compare with what is there: put back what is gone, remove leftovers. */
void
neigh_reconcile(struct kernel *k)
{
	struct kneigh *n;

	RB_FOREACH(n, kneigh_tree, &k->neigh_tree)
		n->seen = false;
	if (netlink_dump(k->dumper, msg_dump_neighs(AF_INET6), each) == -1)
		return;			/* next time */
	RB_FOREACH(n, kneigh_tree, &k->neigh_tree)
		if (!n->seen && iface_find(k, n->ifindex) != NULL) {
			k->stats.repaired++;
			set(k, n);
		}
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_neigh kn;
	struct kneigh *n;

	if (nlh->nlmsg_type != RTM_NEWNEIGH ||
	    msg_read_neigh(nlh, &kn) == -1 || kn.family != AF_INET6)
		return;
	if ((n = find(k, kn.ifindex, &kn.addr)) != NULL) {
		n->seen = mac_cmp(&n->mac, &kn.mac) == 0 &&
		    !(kn.state & NUD_FAILED);
		return;
	}
	if (kn.proto == PROTO_LOCAL && k->settled &&
	    iface_find(k, kn.ifindex) != NULL)
		unset(k, kn.ifindex, &kn.addr);
}

void
neigh_remove_all(struct kernel *k)
{
	struct kneigh *n;

	RB_FOREACH(n, kneigh_tree, &k->neigh_tree)
		unset(k, n->ifindex, &n->addr);
	netlink_flush(k->nl);
}

void
neigh_free_all(struct kernel *k)
{
	struct kneigh *n;

	while ((n = RB_ROOT(&k->neigh_tree)) != NULL)
		drop(k, n);
}

static int
neigh_cmp(const struct kneigh *a, const struct kneigh *b)
{
	if (a->ifindex != b->ifindex)
		return a->ifindex < b->ifindex ? -1 : 1;
	return addr_cmp(&a->addr, &b->addr);
}
