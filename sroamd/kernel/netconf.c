/* SPDX-License-Identifier: ISC */
/* Forwarding, when somebody switches it off or on: netconf.h. */
#include <sys/socket.h>

#include <linux/netconf.h>
#include <linux/rtnetlink.h>

#include "common/log.h"
#include "kernel/event.h"
#include "kernel/iface.h"
#include "kernel/mend.h"
#include "kernel/monitor.h"
#include "kernel/netconf.h"
#include "kernel/nlmsg.h"
#include "kernel/state.h"

static void	each(void *, struct nlmsghdr *);
static void	lost(void *);
static void	say(struct kernel *, int, const char *, bool);

int
netconf_open(struct kernel *k)
{
	const int groups[] = { RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF };

	k->settings = netlink_monitor_open(k->base, NETLINK_ROUTE, groups, 2,
	    NULL, 0, each, lost, k);
	return k->settings == NULL ? -1 : 0;
}

void
netconf_close(struct kernel *k)
{
	netlink_monitor_close(k->settings);
	k->settings = NULL;
}

static void
each(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_netconf c;
	struct kiface *i;
	bool *off;
	int v6;

	if (!k->configured || nlh->nlmsg_type != RTM_NEWNETCONF ||
	    msg_read_netconf(nlh, &c) == -1)
		return;
	v6 = c.family == AF_INET6;
	if (c.ifindex == NETCONFA_IFINDEX_ALL)
		off = k->off;
	else if (c.ifindex > 0 &&
	    (i = iface_find(k, (uint32_t)c.ifindex)) != NULL)
		off = i->off;
	else
		return;
	if (c.forwarding != -1)
		off[v6] = c.forwarding == 0;
	mend_soon(k);			/* or another one: sysctl.h */
}

/* "all" sets those of all interfaces, before or after: one line says it. */
void
netconf_say(struct kernel *k)
{
	struct kiface *i;
	bool all;
	int v6;

	for (v6 = 0; v6 < 2; v6++) {
		if (!netconf_serves(k, !v6))
			continue;
		if ((all = k->off[v6] != k->off_said[v6])) {
			say(k, v6, "all", !k->off[v6]);
			k->off_said[v6] = k->off[v6];
		}
		TAILQ_FOREACH(i, &k->ifaces, entry) {
			if (i->off[v6] != i->off_said[v6] && !all &&
			    !k->off[v6])
				say(k, v6, i->conf.name, !i->off[v6]);
			i->off_said[v6] = i->off[v6];
		}
	}
}

bool
netconf_serves(struct kernel *k, bool v4)
{
	uint32_t p;

	for (p = 0; p < k->prefixes.n; p++)
		if (prefix_is_v4(&k->prefixes.list[p].prefix) == v4)
			return true;
	return false;
}

/* A line a minute of each: this may be done as often as one likes. */
static void
say(struct kernel *k, int v6, const char *which, bool on)
{
	int v = v6 ? 6 : 4;

	if (on)
		kernel_warn(k, RTM_NEWNETCONF << 8 | v << 1 | 1,
		    "IPv%d forwarding of %s is on again", v, which);
	else
		kernel_warn(k, RTM_NEWNETCONF << 8 | v << 1,
		    "IPv%d forwarding of %s was switched off: set "
		    "net.ipv%d.conf.%s.forwarding=1", v, which, v, which);
}

static void
lost(void *arg)
{
	struct kernel *k = arg;

	k->stats.overflows++;
}
