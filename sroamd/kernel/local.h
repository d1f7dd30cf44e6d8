/* SPDX-License-Identifier: ISC */
/* What the files of the kernel's room share. */
#ifndef SROAMD_KERNEL_LOCAL_H
#define SROAMD_KERNEL_LOCAL_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/monotime.h"
#include "conf/conf.h"
#include "kernel/kernel.h"
#include "kernel/netlink.h"
#include "kernel/nlmsg.h"
#include "kernel/plan.h"
#include "msg.h"
#include "radio/nl80211.h"
#include "radio/radio.h"

/* Of routes in our own table, where nobody else competes. */
#define TABLE_METRIC	1024

struct event;
struct hostapd;
struct kap;
struct kiface;
struct krouter;

/* Every interface of this host. */
struct knode {
	RB_ENTRY(knode)	 entry;
	struct kernel_link link;
	struct kiface	*iface;		/* stations' layer-3 interface, or */
	struct kiface	*serves;	/* the one whose stations it has */
	enum nl80211_role role;
	uint32_t	 wiphy;		/* if it has a role */
	struct kap	*ap;		/* an access point that is watched */
	bool		 seen;
};
RB_HEAD(knode_tree, knode);

/* Every address of this host. */
struct kaddr {
	RB_ENTRY(kaddr)	 entry;
	struct kernel_addr a;
	uint64_t	 order;		/* of appearance */
	bool		 seen;
};
RB_HEAD(kaddr_tree, kaddr);

struct kroute;
TAILQ_HEAD(kroute_list, kroute);

/* An interface of the configuration, there or not. */
struct kiface {
	TAILQ_ENTRY(kiface) entry;
	struct conf_iface conf;
	uint32_t	 index;		/* in struct conf */
	struct knode	*node;		/* NULL: does not exist now */
	struct link	 told;		/* as last told; ifindex 0: not */
	bool		 ours[CONF_ADDRS];	/* addresses we set */
	bool		 mac_set;	/* we set the MAC; it was: */
	struct mac	 mac_was;
	bool		 kept;		/* by the new configuration */
	struct kroute_list routes;	/* wanted here */
};
TAILQ_HEAD(kiface_list, kiface);

/* A station behind a port of a bridge. */
struct kfdb {
	RB_ENTRY(kfdb)	 entry;
	uint32_t	 bridge;
	struct mac	 mac;
	uint16_t	 vlan;
	uint32_t	 port;
	bool		 seen;
};
RB_HEAD(kfdb_tree, kfdb);

/* A neighbour entry that we keep. */
struct kneigh {
	RB_ENTRY(kneigh) entry;
	uint32_t	 ifindex;
	struct addr	 addr;
	struct mac	 mac;
	bool		 seen;
	uint32_t	 touched;	/* the walk during which it changed */
};
RB_HEAD(kneigh_tree, kneigh);

struct kroute {
	RB_ENTRY(kroute) entry;
	struct prefix	 prefix;
	uint8_t		 kind;		/* enum route_kind wanted */
	uint8_t		 seen;		/* PLAN_SEEN_* of this walk */
	bool		 held;		/* of a former run, until settled */
	bool		 dirty;		/* on the list */
	bool		 moved;		/* from local to elsewhere just now */
	bool		 failing;	/* on the list */
	bool		 draining;	/* on the list */
	struct mac	 mac;
	int32_t		 error;		/* errno the kernel answered, or 0 */
	struct kiface	*iface;		/* ROUTE_LOCAL */
	uint32_t	 ifindex;
	struct addr	 gateway;	/* of a local /64, or none */
	uint32_t	 drain_ifindex;	/* 0: not draining */
	uint32_t	 touched;	/* the walk during which it changed */
	struct krouter	*router;	/* ROUTE_DIRECT */
	struct place	 have;
	monotime_t	 drain_due;
	TAILQ_ENTRY(kroute) at;		/* iface's or router's */
	TAILQ_ENTRY(kroute) dirties, fails, drains;
};
RB_HEAD(kroute_tree, kroute);

/* A nexthop object in the kernel, for one family's routes to a router. */
struct knexthop {
	bool		 present;
	struct addr	 gateway;
	uint32_t	 ifindex;
};

struct krouter {
	RB_ENTRY(krouter) entry;	/* by id */
	RB_ENTRY(krouter) by_number;
	struct router_id id;
	uint32_t	 number;	/* its objects: ROUTER_NEXTHOP */
	struct addr	 addr4, addr6;
	struct plan_reach reach4, reach6;
	struct knexthop	 nh4, nh6;	/* for IPv4 and for IPv6 routes */
	bool		 dirty;
	bool		 told;		/* said that there is no way to it */
	bool		 seen4, seen6;	/* while comparing */
	bool		 failing;	/* the kernel refused an object */
	bool		 gone;		/* an object that was to be replaced */
	struct kroute_list routes;
	TAILQ_ENTRY(krouter) dirties;
};
RB_HEAD(krouter_tree, krouter);
RB_HEAD(krouter_numbers, krouter);
TAILQ_HEAD(krouter_list, krouter);

/* Nexthop objects of a former run, by id, until settled. */
struct kleftover {
	RB_ENTRY(kleftover) entry;
	struct kernel_nh nh;
	bool		 seen;		/* while comparing */
};
RB_HEAD(kleftover_tree, kleftover);

#define NEXTHOP_BASE	0x53520000U	/* "SR" and twice the number */
#define NEXTHOP_NUMBERS	0x8000U

#define FORMER_MAX	(4 * CONF_PREFIXES)

/* How often a cause was logged lately. */
#define WARN_CAUSES	32

struct kwarn {
	int		 cause;
	unsigned int	 held_back;
	monotime_t	 next;
};

struct kernel {
	struct event_base *base;
	struct kernel_ops ops;
	struct conf_global conf;
	bool		 configured, settled, closing;
	bool		 rule4, rule6;		/* ours, to be kept */
	monotime_t	 rule_next;		/* repair, not before */

	struct netlink	*nl;			/* requests */
	struct netlink	*dumper;		/* short dumps, at once */
	struct netlink	*walker;		/* long dumps, from the loop */
	struct netlink_monitor *links, *neighs, *routes_changed;
	struct netlink_monitor *rules_changed;

	struct event	*flush;			/* end of this turn */
	struct event	*resolve;		/* routes or links changed */
	struct event	*reconcile;
	struct event	*rules;			/* one of ours went */
	struct event	*retry;
	struct event	*drain;

	struct knode_tree nodes;
	struct kaddr_tree addrs;
	uint64_t	 addr_order;
	struct kiface_list ifaces;
	bool		 quiet;			/* dumping: tell later */

	struct kfdb_tree fdb;
	bool		 fdb_dump;	/* to be done */
	bool		 fdb_lost;	/* events, before that dump */
	monotime_t	 fdb_next;	/* dump, not before */
	uint64_t	 nfdb;

	struct nl80211_ids nl80211;
	struct netlink	*genl;			/* NULL: no nl80211 yet */
	struct netlink_monitor *stations;
	struct radio	*radio;
	struct event	*radio_due;
	struct hostapd	*hostapd;
	uint32_t	 dump_ifindex;	/* the access point asked about */
	enum sighting_kind dump_kind;

	struct kroute_tree routes;
	uint64_t	 nroutes;		/* in the tree */
	struct kroute_list dirty, fails, drains;
	int64_t		 backoff;		/* ms; 0: nothing failed */
	uint32_t	 walk;			/* number of the walk */
	int		 walk_step;		/* 0: none under way */
	bool		 walk_again;
	unsigned int	 told;			/* differences, of this walk */
	/* Taken away by reloads; ours until a whole walk has cleared them. */
	struct prefix	 former[FORMER_MAX];
	uint32_t	 nformer;
	uint32_t	 former_walk;		/* the last that is too old */
	struct footprint *former_run;		/* what it told, or NULL */
	bool		 footprint_changed;

	struct kneigh_tree neigh_tree;
	uint64_t	 nneighs;

	struct krouter_tree routers;
	struct krouter_numbers numbers;
	struct krouter_list dirty_routers;
	struct kleftover_tree leftovers;
	uint64_t	 nrouters;
	bool		 check_nexthops;

	struct kernel_stats stats;
	struct kwarn	 warns[WARN_CAUSES];
	monotime_t	 lost_log;	/* of lost events, not before */
};

/* event.c */
void		 kernel_wake(struct kernel *);	/* flush after this event */
void		 kernel_later(struct event *, int64_t ms); /* unless pending */
/* Log, but one cause only once a minute. */
void		 kernel_warn(struct kernel *, int cause, const char *, ...)
		    __attribute__((format(printf, 3, 4)));
/* Of lost news, at most once a minute. */
bool		 kernel_may_log_lost(struct kernel *);
#define REPAIRS_LOGGED	10		/* of each walk */
/* A difference has been put right; whether to log it. */
bool		 kernel_may_log_repair(struct kernel *);

/* link.c: all links and addresses of the host */
int		 link_open(struct kernel *);
void		 link_close(struct kernel *);
int		 link_dump(struct kernel *);	/* ask for everything */
void		 link_lost(void *);
void		 addr_refresh(struct kernel *);
void		 node_serves(struct kernel *, struct knode *);

/* node.c */
struct knode	*node_find(struct kernel *, uint32_t ifindex);
struct knode	*node_by_name(struct kernel *, const char *);
const char	*node_name(struct kernel *, uint32_t ifindex);
RB_PROTOTYPE(knode_tree, knode, entry, node_cmp)

/* addr.c */
bool		 addr_is_local(struct kernel *, const struct addr *);
bool		 prefix_has_local(struct kernel *, const struct prefix *);
struct kaddr	*addr_on(struct kernel *, uint32_t ifindex,
		    const struct addr *, uint8_t len);
RB_PROTOTYPE(kaddr_tree, kaddr, entry, kaddr_cmp)

/* setup.c: those of the configuration */
void		 iface_conf(struct kernel *, const struct conf *);
void		 iface_appeared(struct kernel *, struct kiface *,
		    struct knode *);
void		 iface_vanished(struct kernel *, struct kiface *);
void		 iface_setup(struct kernel *, struct kiface *);
void		 iface_setup_all(struct kernel *);	/* and tell */
void		 iface_restore(struct kernel *, struct kiface *);
void		 iface_free(struct kernel *, struct kiface *);

/* tell.c */
void		 iface_tell(struct kernel *, struct kiface *);

/* iface.c */
struct kiface	*iface_find(struct kernel *, uint32_t ifindex);
struct kiface	*iface_by_name(struct kernel *, const char *);
bool		 iface_by_fdb(const struct kiface *);	/* of bridges, and */
bool		 iface_by_radio(const struct kiface *);	/* of access points */
bool		 iface_usable(const struct kiface *);	/* takes routes */

/* fdb.c */
int		 fdb_open(struct kernel *);
void		 fdb_close(struct kernel *);
void		 fdb_dump(struct kernel *);
void		 fdb_port_changed(struct kernel *);
void		 fdb_forget(struct kernel *, struct kiface *,
		    const struct mac *);
void		 fdb_drop_iface(struct kernel *, uint32_t ifindex);

/* station.c: stations of access points */
/* A question, for the answer to find its way. */
struct question {
	struct nl80211_news news;
	uint16_t	 family;
	bool		 answered;
	int		 error;
};

void		 station_open(struct kernel *);
void		 station_close(struct kernel *);
void		 station_schedule(struct kernel *);	/* timers have changed */
/* Ask nl80211, which answers at once. */
void		 station_inquire(struct kernel *, struct nl_msg *,
		    struct question *);

/* ap.c */
/* What is watched of an access point whose stations are ours. */
struct kap {
	struct kernel	*kernel;
	uint32_t	 ifindex;
	int		 fd;		/* XID frames; -1: none can be had */
	struct event	*readable;
	bool		 attached;	/* to hostapd, by this name: */
	char		 name[16];
};

void		 ap_watch(struct kernel *, struct knode *);
void		 ap_unwatch(struct kernel *, struct knode *);
/* Ask for its stations, and tell those that are new to us as this kind. */
void		 ap_dump(struct kernel *, const struct knode *,
		    enum sighting_kind);
void		 ap_retell(struct kernel *, const struct kiface *);
/* Whether hostapd is there to drop stations of all access points of this. */
bool		 ap_drops(struct kernel *, const struct kiface *);
/* The access point under which a station is kept; 0: none knows it. */
uint32_t	 ap_of(struct kernel *, const struct knode *,
		    const struct mac *);

/* wifi.c */
void		 wifi_open(struct kernel *);
void		 wifi_close(struct kernel *);
void		 wifi_conf(struct kernel *);
void		 wifi_roles(struct kernel *);	/* of all interfaces, asked */
void		 wifi_link(struct kernel *, struct knode *);
void		 wifi_link_gone(struct kernel *, struct knode *);
void		 wifi_serves(struct kernel *, struct knode *);
bool		 wifi_knows(struct kernel *, const struct mac *);
void		 wifi_check(struct kernel *, uint32_t ifindex,
		    const struct mac *);
/* 0, or -1: there is no hostapd to ask. */
int		 wifi_drop(struct kernel *, const struct knode *,
		    const struct mac *, bool silent);

/* route.c */
void		 route_iface_down(struct kernel *, struct kiface *);
void		 route_iface_up(struct kernel *, struct kiface *);
void		 route_iface_drop(struct kernel *, struct kiface *);
void		 route_neighs_lost(struct kernel *, struct kiface *);
void		 route_router_changed(struct kernel *, struct krouter *,
		    bool v4, bool lost);
/* Routes of a former run went with this object. */
void		 route_nexthop_lost(struct kernel *, uint32_t nhid);
void		 route_flush(struct kernel *);
void		 route_retry(struct kernel *);
void		 route_drain(struct kernel *);
void		 route_conf(struct kernel *, const struct conf_global *old);
void		 route_settled(struct kernel *);
void		 route_remove_all(struct kernel *);
void		 route_free_all(struct kernel *);
struct kroute	*route_find(struct kernel *, const struct prefix *);
struct kroute	*route_new(struct kernel *, const struct prefix *);
void		 route_dirty(struct kernel *, struct kroute *);
RB_PROTOTYPE(kroute_tree, kroute, entry, route_cmp)

/* neigh.c */
void		 neigh_conf(struct kernel *, const struct conf_global *old);
void		 neigh_iface_set(struct kernel *, struct kiface *);
void		 neigh_iface_drop(struct kernel *, uint32_t ifindex);
/* A walk: its begin, an entry that is there (IPv4 too), its end. */
void		 neigh_walk(struct kernel *);
void		 neigh_found(struct kernel *, const struct kernel_neigh *);
void		 neigh_walked(struct kernel *);
/* Whether it is as we set it for a station with this MAC address. */
bool		 neigh_stands(const struct kernel_neigh *, const struct mac *);
void		 neigh_remove_all(struct kernel *);
void		 neigh_free_all(struct kernel *);

/* reconcile.c */
void		 reconcile_start(struct kernel *);	/* from the loop */
void		 reconcile_adopt(struct kernel *);	/* at once, at start */

/* former.c */
void		 former_conf(struct kernel *,	/* after a reload */
		    const struct conf_global *old);
/* Whether what has our protocol there is ours. */
bool		 former_owns(struct kernel *, const struct prefix *);

/* way.c */
int		 way_open(struct kernel *);
void		 way_close(struct kernel *);
void		 way_dirty(struct kernel *, struct krouter *);
void		 way_ask(struct kernel *);

/* leftover.c */
void		 leftover_learn(struct kernel *);	/* at start */
void		 leftover_remove(struct kernel *);	/* start is over */
struct kleftover *leftover_find(struct kernel *, uint32_t id);
void		 leftover_drop(struct kernel *, struct kleftover *);
void		 leftover_free_all(struct kernel *);
RB_PROTOTYPE(kleftover_tree, kleftover, entry, leftover_cmp)

/* nexthop.c */
void		 nexthop_flush(struct kernel *);
void		 nexthop_check(struct kernel *);	/* all, anew */
void		 nexthop_news(struct kernel *, struct nlmsghdr *);
void		 nexthop_remove_all(struct kernel *);

/* router.c */
struct krouter	*krouter_find(struct kernel *, const struct router_id *);
struct krouter	*krouter_get(struct kernel *, const struct router_id *);
void		 router_reap(struct kernel *, struct krouter *);
void		 router_free_all(struct kernel *);
/* The object that routes of a family to this router use; 0: none now. */
uint32_t	 router_nhid(const struct krouter *, bool v4);
/* The router that the object with this id belongs to. */
struct krouter	*router_by_nhid(struct kernel *, uint32_t id);
RB_PROTOTYPE(krouter_tree, krouter, entry, router_cmp)
RB_PROTOTYPE(krouter_numbers, krouter, by_number, number_cmp)

/* rule.c */
int		 rule_open(struct kernel *);
void		 rule_close(struct kernel *);
void		 rule_leftovers(struct kernel *);
int		 rule_set(struct kernel *);
void		 rule_check(struct kernel *);
void		 rule_check_soon(struct kernel *);
void		 rule_remove(struct kernel *);

/* footprint.c */
void		 footprint_former(struct kernel *);	/* at start */
void		 footprint_changed(struct kernel *);	/* tell, soon */
void		 footprint_tell(struct kernel *);	/* if it has */
/* Whether a former run has set this MAC address, in place of which. */
bool		 footprint_mac(struct kernel *, const char *ifname,
		    const struct mac *, struct mac *was);

/* check.c: what operators forget */
void		 check_conf(struct kernel *);
#endif
