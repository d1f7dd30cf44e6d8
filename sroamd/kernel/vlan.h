/* SPDX-License-Identifier: ISC */
/*
 * Bridges that tell VLANs apart (vlan_filtering 1).  Above such a bridge, as in
 * OpenWrt, there is a VLAN device for each network, roam0.10 and roam0.20, and
 * a port has stations of several: those of a VLAN belong to the device of that
 * VLAN, those of the bridge's own VLAN to the bridge.
 *
 *	roam0.10	roam0.20	roam0 itself: its PVID
 *	     |		    |		   |
 *	----------------- roam0 -----------------
 *	lan1: 10 untagged   lan2: 20 untagged   lan3: 10, 20 tagged
 */
#ifndef SROAMD_KERNEL_VLAN_H
#define SROAMD_KERNEL_VLAN_H

#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct kiface;
struct knode;

RB_HEAD(kvlan_tree, kiface);

/* An interface of ours is there, and may be such a device; or is gone. */
void		 vlan_appeared(struct kernel *, struct kiface *);
void		 vlan_vanished(struct kernel *, struct kiface *);
/* The bridge above which the interface is as such a device, or NULL. */
struct knode	*vlan_bridge(struct kernel *, const struct kiface *);
/* The bridge of a port, if it tells VLANs apart, or NULL. */
struct knode	*vlan_master(struct kernel *, const struct knode *port);
/* The interface that is the device of this VLAN, or NULL. */
struct kiface	*vlan_iface(struct kernel *, const struct knode *bridge,
		    uint16_t vid);
/* What comes from the port without a tag is in this VLAN; 0: none, or any. */
uint16_t	 vlan_untagged(struct kernel *, const struct knode *port);
/* Whether frames of the VLAN go to and from the port. */
bool		 vlan_at(const struct knode *port, uint16_t vid);
/* The tag of frames of the VLAN that are sent to the port; 0: none. */
uint16_t	 vlan_tag(struct kernel *, const struct knode *port,
		    uint16_t vid);

/*
 * A bridge knows its own MAC address.  With another one at the device above it
 * (lladdr) it would flood what stations send to their gateway to all ports, and
 * believe whoever sends in its name.  So it gets that address, too; and loses
 * it when the device gets its former one back.
 */
void	vlan_lladdr(struct kernel *, struct kiface *);
void	vlan_lladdr_back(struct kernel *, struct kiface *);
#endif
