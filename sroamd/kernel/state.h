/* SPDX-License-Identifier: ISC */
/* What the files of this room share. */
#ifndef SROAMD_KERNEL_STATE_H
#define SROAMD_KERNEL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "conf/conf.h"
#include "conf/names.h"
#include "conf/prefixes.h"
#include "kernel/addr.h"
#include "kernel/event.h"
#include "kernel/fdb.h"
#include "kernel/former.h"
#include "kernel/guard.h"
#include "kernel/iface.h"
#include "kernel/isolate.h"
#include "kernel/kernel.h"
#include "kernel/leftover.h"
#include "kernel/mend.h"
#include "kernel/neigh.h"
#include "kernel/nft.h"
#include "kernel/node.h"
#include "kernel/route.h"
#include "kernel/router.h"
#include "kernel/rule.h"
#include "kernel/stray.h"
#include "kernel/vlan.h"
#include "kernel/vrf.h"
#include "radio/nl80211.h"

struct event;
struct event_base;
struct hostapd;
struct netlink;
struct netlink_monitor;
struct radio;

struct kernel {
	struct event_base	*base;
	struct kernel_ops	 ops;
	struct conf_global	 conf;
	uint64_t		 memory;	/* the machine's, in octets */
	struct conf_prefixes	 prefixes;	/* of all networks */
	struct conf_names	 names;
	uint32_t		 network_vrfs[CONF_NETWORKS];	/* tables, 0 */
	struct kvrfs		 vrfs;
	bool			 configured, started, closing;
	bool			 rule4, rule6;		/* ours, to be kept */
	struct kisolate		 isolate;
	/* no IPv4, no IPv6 forwarding at all; what the log has */
	bool			 off[2], off_said[2];
	monotime_t		 rule_next;		/* repair, not before */
	struct kernel_rule	 others[RULES_SAID];	/* before ours, said */
	unsigned int		 nothers;

	struct netlink		*nl;			/* requests */
	/* for short dumps, read at once */
	struct netlink		*dumper;
	/* for long dumps, from the loop */
	struct netlink		*walker;
	struct netlink_monitor	*links, *neighs, *routes_changed;
	struct netlink_monitor	*rules_changed, *watch, *settings;

	struct event		*flush;			/* end of this turn */
	/* routes or links changed */
	struct event		*resolve;
	struct event		*reconcile;
	struct event		*rules;			/* one of ours went */
	struct event		*retry;
	struct event		*drain;
	struct event		*mend_due;	/* something is in doubt */
	struct event		*leaving;	/* neighbour entries go */
	struct event		*apart;		/* networks are not, perhaps */

	struct knode_tree	 nodes;
	struct kaddr_tree	 addrs;
	uint64_t		 addr_order;
	struct kiface_list	 ifaces;
	/* during a dump: report later */
	bool			 quiet;

	struct kvlan_tree	 vlans;		/* interfaces of ours */
	struct kfdb_tree	 fdb;
	bool			 fdb_dump;	/* to be done */
	bool			 fdb_lost;	/* events, before that dump */
	monotime_t		 fdb_next;	/* dump, not before */
	uint64_t		 nfdb;

	struct nl80211_ids	 nl80211;
	/* NULL: no nl80211 yet */
	struct netlink		*genl;
	struct netlink_monitor	*stations;
	struct radio		*radio;
	struct event		*radio_due;
	struct hostapd		*hostapd;
	/* the access point of a dump */
	uint32_t		 dump_ifindex;
	enum sighting_kind	 dump_kind;
	/* a station that is sought in a list */
	struct mac		 sought;
	bool			 found;

	struct kroute_tree	 routes;
	uint64_t		 nroutes;		/* in the tree */
	struct kstray_list	 strays;
	unsigned int		 nstrays;
	struct kroute_list	 dirty, fails, drains, doubts;
	/* ms; 0: nothing failed */
	int64_t			 backoff;
	uint32_t		 walk;			/* number of the walk */
	int			 walk_step;		/* 0: none under way */
	bool			 walk_again;
	bool			 walk_stale;		/* of other tables */
	unsigned int		 repairs;		/* of this walk */
	/* Removed by reloads; ours until a whole walk has cleared them. */
	struct prefix		 former[FORMER_MAX];
	uint32_t		 nformer;
	/* the last walk that is too old for that */
	uint32_t		 former_walk;
	/* the footprint of the former run, or NULL */
	struct footprint	*former_run;
	bool			 footprint_changed;

	struct kneigh_tree	 neigh_tree;
	struct kneigh_list	 neigh_doubts, neigh_leavings;
	uint64_t		 nneighs, nneighs_leaving;

	struct krouter_tree	 routers;
	struct krouter_numbers	 numbers;
	struct krouter_list	 dirty_routers;
	struct kleftover_tree	 leftovers;
	uint64_t		 nrouters;
	bool			 check_nexthops;

	struct kernel_stats	 stats;
	struct kmend		 mend;
	struct knft		 nft;
	struct kguard		 guard;
	struct kwarn		 warns[WARN_CAUSES];
	struct ratelimit	 lost_log;	/* of lost events */
};
#endif
