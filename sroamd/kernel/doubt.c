/* SPDX-License-Identifier: ISC */
/* Looks at all that is in doubt, and puts it back: mend.h. */
#include "kernel/doubt.h"
#include "kernel/event.h"
#include "kernel/mend.h"
#include "kernel/monitor.h"
#include "kernel/neigh.h"
#include "kernel/netconf.h"
#include "kernel/nexthop.h"
#include "kernel/route_sync.h"
#include "kernel/setup.h"
#include "kernel/state.h"
#include "kernel/sysctl.h"

/*
 * What is in doubt is what an event contradicts.  What keeps networks apart
 * comes first; then links: what went with its link, no other program has taken.
 */
void
doubt_run(struct kernel *k)
{
	struct kiface *i;

	if (!k->configured || k->closing)
		return;
	netlink_monitor_read(k->links);
	netlink_monitor_read(k->watch);
	isolate_mend(k);
	TAILQ_FOREACH(i, &k->ifaces, entry)
		iface_mend(k, i);
	netlink_monitor_read(k->links);		/* what that has changed */
	if (k->check_nexthops)
		nexthop_check(k);
	stray_mend(k);
	route_mend(k);
	neigh_mend(k);
	mend_say(k);
	netconf_say(k);
	sysctl_check(k);
	kernel_wake(k);
}
