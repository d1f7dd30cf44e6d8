/* SPDX-License-Identifier: ISC */
/*
 * Networks in VRFs.  The routes of their stations are in the VRF's table, with
 * those of its routing daemon, and nowhere else: a packet inside of a VRF is
 * looked up there by the kernel's rule, 1000.  What is local has one route,
 * which serves for packets and for the routing daemon alike.
 *
 *	network without a name	table 44, by our rule, and main
 *	network in VRF 100	table 100, with the metric of main
 */
#ifndef SROAMD_KERNEL_VRF_H
#define SROAMD_KERNEL_VRF_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "conf/conf.h"

struct conf;
struct kernel;
struct kernel_rt;
struct kiface;

struct kvrf {
	uint32_t	table;
	uint32_t	ifindex;	/* of its device; 0: there is none */
	bool		missing_said;
};

/* In the order of tables, each once. */
struct kvrfs {
	uint32_t	n;
	struct kvrf	list[CONF_NETWORKS];
};

/* After k->prefixes. */
void		 vrf_conf(struct kernel *, const struct conf *);
/* The device of a VRF came, went or changed. */
void		 vrf_changed(struct kernel *);
/* That of the network of a prefix; 0: the prefix is in none. */
uint32_t	 vrf_table(const struct kernel *, const struct prefix *);
/* NULL: no network is in a VRF with this table. */
struct kvrf	*vrf_find(struct kernel *, uint32_t table);
/*
 * PLAN_SEEN_MAIN or PLAN_SEEN_TABLE: which of our places a route of the kernel
 * is in; 0: in none.  And the VRF's table, or 0.
 */
uint8_t		 vrf_place(struct kernel *, const struct kernel_rt *,
		    uint32_t *vrf);
/* Say what is missing: a VRF, or its interfaces. */
void		 vrf_check(struct kernel *);
#endif
