/* SPDX-License-Identifier: ISC */
/*
 * Neighbour entries.  Those of the IPv6 addresses that stations use here are
 * kept here, as the engine wants them; those of IPv4 addresses are part of
 * their routes.  All are permanent: the engine says who has an address, no
 * frame changes that, and the kernel never asks.
 */
#include <sys/socket.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/ceiling.h"
#include "kernel/event.h"
#include "kernel/former.h"
#include "kernel/iface.h"
#include "kernel/mend.h"
#include "kernel/neigh.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/route.h"
#include "kernel/state.h"

#define LEAVE_MS	1000	/* longer than its routes stand */

static bool		 too_many(struct kernel *, const struct kneigh *);
static const char	*refusal(struct kernel *, const struct neigh *);
static void		 set(struct kernel *, struct kneigh *);
static bool		 wanted(const struct conf_prefixes *,
			    const struct kneigh *);
static bool		 covered(const struct conf_prefixes *,
			    const struct addr *);
static void		 leave(struct kernel *, struct kneigh *);
static void		 stay(struct kernel *, struct kneigh *);
static void		 unset(struct kernel *, uint32_t, const struct addr *);
static void		 drop(struct kernel *, struct kneigh *);
static struct kneigh	*find(struct kernel *, uint32_t, const struct addr *);
static bool		 expected(struct kernel *, const struct kernel_neigh *);
static bool		 expected4(struct kernel *,
			    const struct kernel_neigh *);
static bool		 is_ours(struct kernel *, const struct kernel_neigh *);
static void		 asked(void *, void *, int, int, struct nlmsghdr *);
static void		 each_leftover(void *, struct nlmsghdr *);
static int		 neigh_cmp(const struct kneigh *,
			    const struct kneigh *);

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
		leave(k, n);
		return 0;
	}
	why = refusal(k, neigh);
	if (why == NULL && too_many(k, n))
		why = "too many, see limit data";
	if (why != NULL) {
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
	stay(k, n);
	n->mac = neigh->mac;
	set(k, n);
	return 0;
}

/* Those that leave make room, so that stations may come while others go. */
static bool
too_many(struct kernel *k, const struct kneigh *n)
{
	if (n != NULL && !n->leaving)
		return false;
	return k->nneighs - k->nneighs_leaving >= ceiling_neighs(k) ||
	    (n == NULL && k->nneighs >= ceiling_neighs_all(k));
}

/*
 * It may be the next hop of a route that goes only after it.  Without the entry
 * a packet that comes between would make the kernel ask, and wait for whoever
 * answers.
 */
static void
leave(struct kernel *k, struct kneigh *n)
{
	int64_t ms = LEAVE_MS + k->conf.drain;

	if (n->leaving)
		return;
	n->leaving = true;
	n->due = monotime_add(clock_monotime(), ms);
	TAILQ_INSERT_TAIL(&k->neigh_leavings, n, leavings);
	k->nneighs_leaving++;
	if (TAILQ_FIRST(&k->neigh_leavings) == n)
		kernel_later(k->leaving, ms);
}

static void
stay(struct kernel *k, struct kneigh *n)
{
	if (!n->leaving)
		return;
	TAILQ_REMOVE(&k->neigh_leavings, n, leavings);
	k->nneighs_leaving--;
	n->leaving = false;
}

/* The list is in order of time, but for a reload that changes the drain. */
void
neigh_expire(struct kernel *k)
{
	monotime_t now = clock_monotime();
	struct kneigh *n;

	while ((n = TAILQ_FIRST(&k->neigh_leavings)) != NULL) {
		if (monotime_before(now, n->due)) {
			kernel_later(k->leaving, monotime_ms(now, n->due) + 1);
			return;
		}
		if (iface_find(k, n->ifindex) != NULL)
			unset(k, n->ifindex, &n->addr);
		drop(k, n);
	}
}

static const char *
refusal(struct kernel *k, const struct neigh *neigh)
{
	if (addr_is_v4(&neigh->addr) || addr_is_none(&neigh->addr) ||
	    addr_is_multicast(&neigh->addr))
		return "no IPv6 address of a station";
	if (iface_find(k, neigh->ifindex) == NULL)
		return "not on an interface with stations";
	if (!addr_is_linklocal(&neigh->addr) &&
	    !covered(&k->prefixes, &neigh->addr))
		return "not in a configured prefix";
	if (addr_is_local(k, &neigh->addr))
		return "an address of this router";
	return NULL;
}

static void
set(struct kernel *k, struct kneigh *n)
{
	n->touched = k->walk;
	if (!wanted(&k->prefixes, n))
		return;
	netlink_request(k->nl, msg_neigh(RTM_NEWNEIGH,
	    NLM_F_CREATE | NLM_F_REPLACE, n->ifindex, &n->addr, &n->mac),
	    NULL, NULL, 0);
	kernel_wake(k);
}

/* A reload may have removed its prefix, and bring it back. */
static bool
wanted(const struct conf_prefixes *prefixes, const struct kneigh *n)
{
	return addr_is_linklocal(&n->addr) || covered(prefixes, &n->addr);
}

static bool
covered(const struct conf_prefixes *prefixes, const struct addr *addr)
{
	struct prefix host;

	prefix_host(&host, addr);
	return conf_covers(prefixes, &host);
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
	stay(k, n);
	if (n->doubted)
		TAILQ_REMOVE(&k->neigh_doubts, n, doubts);
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

/* After a reload: k->prefixes is new. */
void
neigh_conf(struct kernel *k, const struct conf_prefixes *old)
{
	struct kneigh *n;
	bool was;

	RB_FOREACH(n, kneigh_tree, &k->neigh_tree) {
		if (n->leaving)
			continue;
		was = wanted(old, n);
		if (!was && wanted(&k->prefixes, n))
			set(k, n);
		else if (was && !wanted(&k->prefixes, n))
			unset(k, n->ifindex, &n->addr);
	}
}

/* An interface that goes down or changes its MAC address loses its entries. */
void
neigh_iface_set(struct kernel *k, struct kiface *i)
{
	struct kneigh key = { .ifindex = i->node->link.ifindex }, *n;

	for (n = RB_NFIND(kneigh_tree, &k->neigh_tree, &key);
	    n != NULL && n->ifindex == key.ifindex;
	    n = RB_NEXT(kneigh_tree, &k->neigh_tree, n))
		if (!n->leaving)
			set(k, n);
}

/* The interface is not ours any more, or is gone. */
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

void
neigh_walk(struct kernel *k)
{
	struct kneigh *n;

	RB_FOREACH(n, kneigh_tree, &k->neigh_tree)
		n->seen = false;
}

/* An entry of a dump: as it should be, of somebody else, or left over. */
void
neigh_found(struct kernel *k, const struct kernel_neigh *kn)
{
	if (iface_find(k, kn->ifindex) == NULL ||
	    (kn->family == AF_INET ? expected4(k, kn) : expected(k, kn)))
		return;
	if (k->started && is_ours(k, kn)) {
		if (kernel_repaired(k))
			log_info("neighbour %s dev %s: not wanted, removed",
			    addr_text(&kn->addr), node_name(k, kn->ifindex));
		unset(k, kn->ifindex, &kn->addr);
	}
}

/* Whether this address should have an entry. */
static bool
expected(struct kernel *k, const struct kernel_neigh *kn)
{
	struct kneigh *n = find(k, kn->ifindex, &kn->addr);

	if (n == NULL || !wanted(&k->prefixes, n))
		return false;
	n->seen = neigh_stands(kn, &n->mac);
	return true;
}

static bool
expected4(struct kernel *k, const struct kernel_neigh *kn)
{
	struct prefix host;
	struct kroute *r;

	prefix_host(&host, &kn->addr);
	if ((r = route_find(k, &host)) == NULL)
		return false;
	if (r->touched == k->walk)
		return true;
	if (r->have.neigh_ifindex != kn->ifindex)
		return false;
	if (neigh_stands(kn, &r->have.neigh_mac))
		r->seen |= PLAN_SEEN_NEIGH;
	return true;
}

bool
neigh_stands(const struct kernel_neigh *kn, const struct mac *mac)
{
	return kn->proto == PROTO_LOCAL && (kn->state & NUD_PERMANENT) &&
	    mac_cmp(&kn->mac, mac) == 0;
}

/* Set by us, in this run or a former one. */
static bool
is_ours(struct kernel *k, const struct kernel_neigh *kn)
{
	struct prefix host;

	prefix_host(&host, &kn->addr);
	return kn->proto == PROTO_LOCAL && (former_owns(k, &host) ||
	    (kn->family == AF_INET6 && addr_is_linklocal(&kn->addr)));
}

/* Set again what is gone or was changed. */
void
neigh_walked(struct kernel *k)
{
	struct kneigh *n;
	struct kiface *i;

	RB_FOREACH(n, kneigh_tree, &k->neigh_tree) {
		if (n->seen || n->leaving || n->touched == k->walk ||
		    !wanted(&k->prefixes, n) ||
		    (i = iface_find(k, n->ifindex)) == NULL ||
		    !iface_usable(i))
			continue;
		if (kernel_repaired(k))
			log_info("neighbour %s: was gone, put back",
			    addr_text(&n->addr));
		set(k, n);
	}
}

/* Ours is in doubt when an event contradicts it. */
void
neigh_event(struct kernel *k, const struct kernel_neigh *kn, bool there)
{
	struct prefix host;
	struct kneigh *n;
	struct kroute *r;

	if (iface_find(k, kn->ifindex) == NULL)
		return;
	if (kn->family == AF_INET) {
		prefix_host(&host, &kn->addr);
		if ((r = route_find(k, &host)) != NULL &&
		    r->have.neigh_ifindex == kn->ifindex &&
		    !(there && neigh_stands(kn, &r->have.neigh_mac)))
			route_doubt(k, r, PLAN_SEEN_NEIGH);
		return;
	}
	if ((n = find(k, kn->ifindex, &kn->addr)) == NULL || n->doubted ||
	    n->leaving || !wanted(&k->prefixes, n) ||
	    (there && neigh_stands(kn, &n->mac)))
		return;
	n->doubted = true;
	n->stands = n->replaced = false;
	TAILQ_INSERT_TAIL(&k->neigh_doubts, n, doubts);
	mend_soon(k);
}

void
neigh_mend(struct kernel *k)
{
	struct kneigh *n;
	struct kiface *i;

	/* It may have been set since, or the event be of a former entry. */
	TAILQ_FOREACH(n, &k->neigh_doubts, doubts)
		netlink_request(k->nl, msg_neigh_get(n->ifindex, &n->addr),
		    asked, n, 0);
	netlink_flush(k->nl);
	while ((n = TAILQ_FIRST(&k->neigh_doubts)) != NULL) {
		TAILQ_REMOVE(&k->neigh_doubts, n, doubts);
		n->doubted = false;
		if (n->stands || n->leaving || !wanted(&k->prefixes, n) ||
		    (i = iface_find(k, n->ifindex)) == NULL || !iface_usable(i))
			continue;
		mend_note(k, MEND_NEIGH, "neighbour %s dev %s: %s by another "
		    "program, put back", addr_text(&n->addr),
		    node_name(k, n->ifindex),
		    n->replaced ? "replaced" : "removed");
		set(k, n);
	}
}

static void
asked(void *arg, void *obj, int op, int error, struct nlmsghdr *reply)
{
	struct kneigh *n = obj;
	struct kernel_neigh kn;

	(void)arg;
	(void)op;
	n->stands = false;
	if (error != 0 || reply == NULL || msg_read_neigh(reply, &kn) == -1)
		return;
	n->stands = neigh_stands(&kn, &n->mac);
	n->replaced = true;
}

void
neigh_remove_all(struct kernel *k)
{
	struct kneigh *n;

	RB_FOREACH(n, kneigh_tree, &k->neigh_tree)
		unset(k, n->ifindex, &n->addr);
	if (!k->started) {
		(void)netlink_dump(k->dumper, msg_dump(RTM_GETNEIGH, AF_INET),
		    each_leftover);
		(void)netlink_dump(k->dumper, msg_dump(RTM_GETNEIGH, AF_INET6),
		    each_leftover);
	}
	netlink_flush(k->nl);
}

/* Entries of a former run, when this one ends before its start is over. */
static void
each_leftover(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_neigh kn;

	if (nlh->nlmsg_type == RTM_NEWNEIGH &&
	    msg_read_neigh(nlh, &kn) == 0 &&
	    iface_find(k, kn.ifindex) != NULL && is_ours(k, &kn))
		unset(k, kn.ifindex, &kn.addr);
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
