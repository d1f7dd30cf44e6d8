/* SPDX-License-Identifier: ISC */
/* Removes all that this router and its former runs have left in the kernel. */
#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/adopt.h"
#include "kernel/footprint.h"
#include "kernel/neigh.h"
#include "kernel/news.h"
#include "kernel/nexthop.h"
#include "kernel/route.h"
#include "kernel/route_sync.h"
#include "kernel/rule.h"
#include "kernel/setup.h"
#include "kernel/state.h"
#include "kernel/vrf.h"

#define ROUNDS	4	/* of removing what is there */

static void	 restore(struct kernel *, struct kiface *);

/*
 * For a router that is taken out of service.  Several routes may be in one
 * slot, and a dump shows one at a time.
 */
int
kernel_remove(struct kernel *k, const struct conf *conf)
{
	struct kiface *i;
	int rounds;

	k->closing = true;		/* nothing is set up */
	k->conf = conf->global;
	conf_prefixes_make(&k->prefixes, conf);
	vrf_conf(k, conf);
	if (news_dump(k) == -1)
		return -1;
	iface_conf(k, conf);
	footprint_former(k);
	for (rounds = 0; rounds < ROUNDS; rounds++) {
		adopt_former(k);
		neigh_remove_all(k);
		if (RB_EMPTY(&k->routes))
			break;
		route_remove_all(k);
		route_free_all(k);
	}
	nexthop_remove_all(k);
	k->prefixes.n = 0;		/* so that no rule is wanted */
	rule_leftovers(k);
	TAILQ_FOREACH(i, &k->ifaces, entry)
		restore(k, i);
	isolate_remove(k);
	if (rounds < ROUNDS)
		return 0;
	log_warnx("routes: some cannot be removed");
	return -1;
}

/* Our addresses are known by their protocol, even without a footprint. */
static void
restore(struct kernel *k, struct kiface *i)
{
	struct kaddr *there;
	uint32_t a;

	for (a = 0; i->node != NULL && a < i->conf.naddrs; a++) {
		there = addr_on(k, i->node->link.ifindex,
		    &i->conf.addrs[a].addr, i->conf.addrs[a].len);
		i->ours[a] = there != NULL && there->a.proto == PROTO_LOCAL;
	}
	iface_restore(k, i);
}
