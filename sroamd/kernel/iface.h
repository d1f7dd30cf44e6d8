/* SPDX-License-Identifier: ISC */
/*
 * The interfaces of the configuration, present or not.  A list, as they are
 * few.
 */
#ifndef SROAMD_KERNEL_IFACE_H
#define SROAMD_KERNEL_IFACE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "kernel/route.h"
#include "msg.h"

struct kernel;
struct knode;

struct kiface {
	TAILQ_ENTRY(kiface)	 entry;
	struct conf_iface	 conf;
	uint32_t		 index;		/* in struct conf */
	struct knode		*node;		/* NULL: does not exist now */
	/* Above this link, of this VLAN: vlan.h; or 0. */
	RB_ENTRY(kiface)	 by_vlan;
	uint32_t		 above;
	uint16_t		 vid;
	struct link		 reported;	/* last; ifindex 0: not yet */
	bool			 ours[CONF_ADDRS];	/* addresses we set */
	bool			 mac_set;	/* we set the MAC; it was: */
	struct mac		 mac_was;
	/* no IPv4, no IPv6 forwarding here; what the log has */
	bool			 off[2], off_said[2];
	uint16_t		 sysctls;	/* wrong, by sysctl.c's rows */
	uint8_t			 returns;	/* of ports: struct link */
	bool			 kept;		/* by the new configuration */
	/* Taken by another program, it seems: an address, MAC; any IPv4. */
	bool			 gone[CONF_ADDRS], mac_lost, v4_lost;
	bool			 open_said;	/* ports: check.h */
	/* by rules: guard.h; that of the look under way */
	bool			 guarded, guarding;
	bool			 vrf_said;	/* in another: vrf.h */
	bool			 stp_said, uplink_said;
	struct kroute_list	 routes;	/* wanted here */
};
TAILQ_HEAD(kiface_list, kiface);

struct kiface	*iface_find(struct kernel *, uint32_t ifindex);
struct kiface	*iface_by_name(struct kernel *, const char *);
bool		 iface_by_fdb(const struct kiface *);	/* of bridges, and */
bool		 iface_by_radio(const struct kiface *);	/* of access points */
bool		 iface_usable(const struct kiface *);	/* takes routes */
#endif
