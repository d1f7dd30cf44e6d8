/* SPDX-License-Identifier: ISC */
/* The links of this host, by interface index. */
#ifndef SROAMD_KERNEL_NODE_H
#define SROAMD_KERNEL_NODE_H

#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "kernel/nlmsg.h"
#include "radio/nl80211.h"

struct kap;
struct kernel;
struct kiface;

struct knode {
	RB_ENTRY(knode)		 entry;
	struct kernel_link	 link;
	/* is a layer-3 interface of stations, or */
	struct kiface		*iface;
	/*
	 * has stations of this one; as a port of a bridge that tells VLANs
	 * apart, those without a tag: port_iface
	 */
	struct kiface		*serves;
	/* likewise, in the VLAN of the bridge itself */
	struct kiface		*own;
	struct kernel_vlans	*vlans;		/* if known, of a bridge's */
	enum nl80211_role	 role;
	uint32_t		 wiphy;		/* if it has a role */
	/* of an AP_VLAN, as in ap_vlan.h: its access point, or 0 */
	uint32_t		 access_point;
	bool			 apart;
	bool			 divided;	/* an AP: some are apart */
	/* if so, another of the access point has stations of ours */
	bool			 related;
	/* an access point that is watched */
	struct kap		*ap;
	bool			 seen;
	bool			 dumped;	/* a bridge: fdb.c */
};
RB_HEAD(knode_tree, knode);

struct knode	*node_find(struct kernel *, uint32_t ifindex);
/* A new one has no name and no flags yet. */
struct knode	*node_get(struct kernel *, uint32_t ifindex);
void		 node_drop(struct kernel *, struct knode *);
struct knode	*node_by_name(struct kernel *, const char *);
/* The name, or "interface 7"; valid until the call after the next. */
const char	*node_name(struct kernel *, uint32_t ifindex);
RB_PROTOTYPE(knode_tree, knode, entry, node_cmp)
#endif
