/* SPDX-License-Identifier: ISC */
/*
 * Reports what this run has set, for the next run; and takes back what a former
 * run has set and this configuration does not want.
 */
#include <sys/socket.h>

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/event.h"
#include "kernel/footprint.h"
#include "kernel/former.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/node.h"
#include "kernel/state.h"
#include "kernel/vrf.h"

static void	take_addr(struct kernel *, const struct footprint_addr *);
static void	take_mac(struct kernel *, struct footprint_mac *);
static bool	has_other_table(struct kernel *, const struct footprint *);
static bool	is_other_table(struct kernel *, uint32_t);
static void	take_tables(struct kernel *);
static bool	was_table(const struct footprint *, uint32_t);
static void	each_route(void *, struct nlmsghdr *);
static void	collect(struct kernel *, struct footprint *);
static void	collect_iface(struct kernel *, const struct kiface *,
		    struct footprint *);
static bool	known(const struct footprint *, const struct prefix *);

void
kernel_former(struct kernel *k, const struct footprint *fp)
{
	if ((k->former_run = malloc(sizeof(*fp))) == NULL)
		log_warn("what an earlier run has set stays");
	else
		*k->former_run = *fp;
}

/*
 * At start; or at the end, when nothing is wanted.  Prefixes that are not
 * configured any more stay ours until a walk has cleared them, as after a
 * reload.
 */
void
footprint_former(struct kernel *k)
{
	struct footprint *fp = k->former_run;
	uint32_t i;

	if (fp == NULL)
		return;
	for (i = 0; i < fp->nprefixes; i++)
		former_add(k, &fp->prefixes[i]);
	for (i = 0; i < fp->naddrs; i++)
		take_addr(k, &fp->addrs[i]);
	for (i = 0; i < fp->nmacs; i++)
		take_mac(k, &fp->macs[i]);
	if (has_other_table(k, fp))
		take_tables(k);
	netlink_flush(k->nl);
}

/* Unless it is configured now, or of somebody else. */
static void
take_addr(struct kernel *k, const struct footprint_addr *a)
{
	struct knode *n = node_by_name(k, a->ifname);
	struct kernel_addr ka = { .addr = a->addr.addr, .len = a->addr.len };
	struct kaddr *there;
	uint32_t i;

	if (n == NULL || (there = addr_on(k, n->link.ifindex, &ka.addr,
	    ka.len)) == NULL || there->a.proto != PROTO_LOCAL)
		return;
	for (i = 0; n->iface != NULL && !k->closing &&
	    i < n->iface->conf.naddrs; i++)
		if (prefix_cmp(&n->iface->conf.addrs[i], &a->addr) == 0)
			return;
	ka.ifindex = n->link.ifindex;
	netlink_request(k->nl, msg_addr(RTM_DELADDR, 0, &ka), NULL, NULL, 0);
}

/* What is configured to have one is set up with what it had before. */
static void
take_mac(struct kernel *k, struct footprint_mac *m)
{
	struct knode *n = node_by_name(k, m->ifname);

	if (n == NULL || !mac_is_station(&m->set) ||
	    mac_cmp(&n->link.mac, &m->set) != 0 ||
	    (n->iface != NULL && !k->closing))
		return;
	netlink_request(k->nl, msg_lladdr(n->link.ifindex, &m->was), NULL,
	    NULL, 0);
	memset(&m->set, 0, sizeof(m->set));
}

bool
footprint_mac(struct kernel *k, const char *ifname, const struct mac *mac,
    struct mac *was)
{
	struct footprint *fp = k->former_run;
	struct footprint_mac *m;

	if (fp == NULL)
		return false;
	for (m = fp->macs; m < fp->macs + fp->nmacs; m++)
		if (mac_is_station(&m->set) && mac_cmp(&m->set, mac) == 0 &&
		    strcmp(m->ifname, ifname) == 0) {
			*was = m->was;
			memset(&m->set, 0, sizeof(m->set));
			return true;
		}
	return false;
}

/* Tables whose routes no walk of this run sees. */
static bool
has_other_table(struct kernel *k, const struct footprint *fp)
{
	uint32_t i;

	for (i = 0; i < fp->nvrfs; i++)
		if (is_other_table(k, fp->vrfs[i]))
			return true;
	return is_other_table(k, fp->table);
}

static bool
is_other_table(struct kernel *k, uint32_t table)
{
	return table != 0 && table != k->conf.table &&
	    table != RT_TABLE_MAIN && vrf_find(k, table) == NULL;
}

static void
take_tables(struct kernel *k)
{
	static const uint8_t protos[] = { PROTO_LOCAL, PROTO_DIRECT };
	static const int families[] = { AF_INET, AF_INET6 };
	int i;

	for (i = 0; i < 4; i++)
		if (netlink_dump(k->dumper, msg_dump_routes(families[i / 2],
		    0, protos[i % 2]), each_route) == -1)
			log_warn("netlink: list of routes");
}

static void
each_route(void *arg, struct nlmsghdr *nlh)
{
	struct kernel *k = arg;
	struct kernel_rt rt;

	if (nlh->nlmsg_type == RTM_NEWROUTE && msg_read_route(nlh, &rt) == 0 &&
	    was_table(k->former_run, rt.table) &&
	    is_other_table(k, rt.table) && rt.type == RTN_UNICAST &&
	    (rt.proto == PROTO_LOCAL || rt.proto == PROTO_DIRECT) &&
	    former_owns(k, &rt.prefix))
		netlink_request(k->nl, msg_route(RTM_DELROUTE, 0, &rt), NULL,
		    NULL, 0);
}

static bool
was_table(const struct footprint *fp, uint32_t table)
{
	uint32_t i;

	for (i = 0; i < fp->nvrfs; i++)
		if (fp->vrfs[i] == table)
			return true;
	return fp->table == table;
}

/* It has changed, or may have. */
void
footprint_changed(struct kernel *k)
{
	k->footprint_changed = true;
	kernel_wake(k);
}

void
footprint_report(struct kernel *k)
{
	struct footprint *fp;

	if (!k->footprint_changed || k->ops.footprint == NULL)
		return;
	if ((fp = calloc(1, sizeof(*fp))) == NULL)
		return;			/* at the next opportunity */
	k->footprint_changed = false;
	if (k->configured)
		collect(k, fp);
	k->ops.footprint(k->ops.arg, fp);
	free(fp);
}

static void
collect(struct kernel *k, struct footprint *fp)
{
	const struct kiface *i;
	uint32_t n;

	for (n = 0; n < k->prefixes.n; n++)
		fp->prefixes[fp->nprefixes++] = k->prefixes.list[n].prefix;
	for (n = 0; n < k->nformer; n++)
		if (!known(fp, &k->former[n]))
			fp->prefixes[fp->nprefixes++] = k->former[n];
	if (fp->nprefixes > 0)
		fp->table = k->conf.table;
	for (n = 0; n < k->vrfs.n; n++)
		fp->vrfs[fp->nvrfs++] = k->vrfs.list[n].table;
	TAILQ_FOREACH(i, &k->ifaces, entry)
		collect_iface(k, i, fp);
}

static void
collect_iface(struct kernel *k, const struct kiface *i, struct footprint *fp)
{
	struct footprint_mac *m = &fp->macs[fp->nmacs];
	struct footprint_addr *a;
	uint32_t n;

	if (i->node == NULL)
		return;
	for (n = 0; n < i->conf.naddrs; n++)
		if (i->ours[n]) {
			a = &fp->addrs[fp->naddrs++];
			strlcpy(a->ifname, i->conf.name, sizeof(a->ifname));
			a->addr = i->conf.addrs[n];
		}
	if (i->mac_set) {
		strlcpy(m->ifname, i->conf.name, sizeof(m->ifname));
		m->set = i->conf.lladdr;
		m->was = i->mac_was;
		fp->nmacs++;
	}
	if (fp->naddrs + fp->nmacs > 0)
		fp->table = k->conf.table;
}

static bool
known(const struct footprint *fp, const struct prefix *p)
{
	uint32_t i;

	for (i = 0; i < fp->nprefixes; i++)
		if (prefix_cmp(&fp->prefixes[i], p) == 0)
			return true;
	return false;
}
