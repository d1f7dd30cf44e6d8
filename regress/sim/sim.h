/* SPDX-License-Identifier: ISC */
/*
 * A network of cores in one process, on a virtual clock: routers whose
 * effects fill a model of a kernel, sessions that delay, break and hold back,
 * and stations that roam and speak DHCP.  Everything random comes from one
 * seed, so a seed is a test case.
 */
#ifndef REGRESS_SIM_H
#define REGRESS_SIM_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/core.h"
#include "table/scope.h"

#define SIM_IFINDEX	10		/* layer 3; ports follow */
#define SIM_NETWORKS	3		/* the next are at 20 and 30 */
#define SIM_PORTS	2
#define SIM_ROUTERS	512
#define SIM_STATIONS	10240
#define SIM_OPAQUE	77		/* a kind that the core only stores */
#define SIM_CONVERGE_MS	1000		/* eight hops of the slowest sessions */

struct sim;
struct router;
struct station;
struct session;
struct v1;

struct rng {
	uint64_t	 state;
};

/* A call at a later time; data is freed afterwards. */
struct event {
	monotime_t	  at;
	/* order of those at one time */
	uint64_t	  order;
	void		(*fn)(struct sim *, const struct event *);
	void		 *obj;
	uint32_t	  gen;		/* of obj, when this was made */
	int		  n;
	void		 *data;
};

struct fib_entry {
	RB_ENTRY(fib_entry)	entry;
	struct route		route;
	/* of a former run, not claimed yet */
	bool			stale;
};
RB_HEAD(fib, fib_entry);

/* A neighbour entry of the kernel's. */
struct arp_entry {
	RB_ENTRY(arp_entry)	entry;
	uint32_t		ifindex;
	struct addr		addr;
	struct mac		mac;
};
RB_HEAD(arp, arp_entry);

struct ack {
	RB_ENTRY(ack)	entry;
	struct addr	addr;
	struct mac	mac;
	monotime_t	until;
};
RB_HEAD(acks, ack);

struct router {
	struct sim		*sim;
	int			 index;
	struct router_id	 id;
	/* NULL: down, or of version 1 */
	struct core		*core;
	struct v1		*v1;		/* a relay of version 1 */
	/* bits: networks that are configured, and with an interface */
	uint32_t		 blocks, served;
	int64_t			 offset;	/* us that its clock is ahead */
	/* us that it gains in a second */
	int64_t			 drift;
	struct rng		 rng;
	uint32_t		 gen;		/* of this run of the core */
	bool			 busy;		/* inside a core function */
	bool			 started;
	/* when a tick is queued for, or never */
	monotime_t		 ticking;
	int			 alarm;		/* which tick that is */
	struct fib		 fib;
	struct arp		 arp;		/* IPv6: of this run */
	struct acks		 acks;
	bool			 nexthops[SIM_ROUTERS];
	uint8_t			 home;		/* an octet of its address */
	uint8_t			 homes[SIM_ROUTERS];	/* as it has heard */
	/* port the link layer has */
	uint8_t			 assoc[SIM_STATIONS];
	/* when it last came there */
	monotime_t		 came[SIM_STATIONS];
	/* DISASSOCIATE of one that is here */
	uint64_t		 kicks;
	struct stored		*kept;		/* on its disk */
	size_t			 nkept;
};

struct session {
	struct router	*end[2];
	uint32_t	 peer[2];	/* the session's number at each end */
	bool		 up[2];		/* what each core was given */
	bool		 wake[2];
	bool		 alive;		/* octets get through */
	bool		 blocked;	/* by a partition */
	bool		 extended, digests;
	bool		 hello[2];	/* is to be sent first */
	int		 stall;		/* % of messages TCP sends again */
	uint32_t	 gen;
	int		 window, inflight[2];
	struct message	*queue[2];	/* under way: a ring */
	int		 room, first[2], queued[2];
	monotime_t	 busy[2];	/* since when it always has more */
	monotime_t	 last[2];	/* arrival of the last update sent */
	int64_t		 delay_min, delay_max;	/* us */
};

enum dhcp_state {
	STATION_INIT,
	STATION_SELECTING,
	STATION_REQUESTING,
	STATION_REBOOTING,
	STATION_BOUND,
	STATION_RENEWING
};

enum leaving {			/* what the former router hears */
	LEAVING_SILENT,
	LEAVING_EARLY,
	LEAVING_LATE,
	LEAVING_RANDOM
};

struct station {
	int		 index;
	struct mac	 mac;
	uint32_t	 net;		/* of struct conf */
	/* its MAC address in another network, or NULL */
	struct station	*twin;
	struct router	*at;		/* NULL: nowhere */
	uint32_t	 port;
	uint32_t	 move;		/* counts attachments */
	uint32_t	 kicked;	/* its move when a router dropped it */
	monotime_t	 joined;	/* when the core was informed */
	bool		 reported;
	enum dhcp_state	 state;
	uint32_t	 timer;		/* generation of the DHCP timer */
	int		 tries;
	uint32_t	 xid;
	struct addr	 addr, offered;	/* addr: in use by the station */
	struct addr	 server;
	monotime_t	 lease_end;
	uint32_t	 acks, naks;
	bool		 has6;
	struct prefix	 prefix6;
	bool		 has_old6;	/* not deprecated yet */
	struct prefix	 old6;
	monotime_t	 ra_end;	/* when the first of it runs out */
	bool		 delegates;	/* asks for a delegated prefix */
	struct prefix	 delegated, hint;	/* it has this one, or had */
	struct prefix	 released;	/* and a router has granted it */
	monotime_t	 delegated_end;
	uint32_t	 timer6, xid6;
	uint8_t		 server6_len;
	uint8_t		 server6[DHCP6_DUID_MAX];
	bool		 mute;		/* sends nothing unless asked */
	bool		 no_dhcp;
	bool		 phone;		/* at one place, its twin not */
	struct addr	 second;	/* of another client behind it */
	uint8_t		 answer;	/* which was answered this */
	struct addr	 answered;
	int64_t		 converged;	/* ms until the last router knew */
};

struct sim {
	const char	 *scenario;
	uint64_t	  seed;
	FILE		 *trace;
	struct rng	  rng;
	monotime_t	  now;
	uint64_t	  order;
	struct event	 *heap;
	size_t		  len, cap;
	struct router	 *routers[SIM_ROUTERS];
	int		  nrouters;
	struct station	 *stations[SIM_STATIONS];
	int		  nstations;
	struct session	**sessions;
	int		  nsessions;
	struct session	**by_peer;	/* whose end has this number */
	uint32_t	  next_peer;
	struct conf	 *conf;		/* what routers start with */
	bool		  v1;		/* some session is of version 1 */
	int		  lose;		/* % of updates that get lost */
	bool		  gentle;	/* no station here may be kicked */
	bool		  lossless;	/* nor renumbered, nor lose a route */
	bool		  strangers;	/* say leases of wrong networks */
	int64_t		  sighting_max;	/* us a sighting may be late */
	enum leaving	  leaving;
	bool		  duplicates;	/* sightings may come twice */
	bool		  store;		/* routers have disks */
	monotime_t	  disturbed;	/* last cut, partition or restart */
	bool		  failed;
	char		  failure[512];
	/* what the summary line says */
	uint64_t	  events, updates, digests, joins, probes, kicks;
	uint64_t	  routes;
	uint64_t	  opaque;	/* updates of SIM_OPAQUE */
	int64_t		  converge_max;	/* ms */
	int64_t		  converge_sum, converge_n;	/* over all roams */
};

/* sim.c: time, random numbers, failures */
uint32_t	sim_random(struct rng *);
int64_t		sim_between(struct sim *, int64_t low, int64_t high);
bool		sim_chance(struct sim *, int percent);
void		sim_at(struct sim *, int64_t us_from_now, void (*)(struct sim *,
		    const struct event *), void *obj, uint32_t gen, int n,
		    void *data);
void		sim_run(struct sim *, int64_t ms);
void		sim_trace_line(struct sim *, const char *, ...)
		    __attribute__((format(printf, 2, 3)));
/* A text that is not printed is not made. */
#define sim_trace(sim, ...)						\
	do {								\
		if ((sim)->trace != NULL)				\
			sim_trace_line(sim, __VA_ARGS__);		\
	} while (0)
void	 sim_fail(struct sim *, const char *, ...) __attribute__((format(printf,
	    2, 3)));
void	*sim_alloc(size_t);
void	*sim_copy(const void *, size_t);

/* sim_network.c: networks by their numbers in the configuration of all */
void		 net_add(struct sim *);
uint32_t	 net_ifindex(uint32_t net);
uint32_t	 net_of_iface(uint32_t ifindex);
struct addr	 net_gateway(uint32_t net);
/* By prefix; -1: of none. */
int		 net_of(const struct sim *, const struct prefix *);
int		 net_of_addr(const struct sim *, const struct addr *);
/* The whole key of a plain one; its length. */
uint8_t		 net_key(const struct sim *, uint32_t net,
		    const uint8_t *plain, uint8_t len,
		    uint8_t whole[KEY_MAX]);
int		 net_inner(const struct sim *, const struct update *,
		    const uint8_t **key, int *len);
bool		 net_is_known(const struct router *, uint32_t net);
bool		 net_is_served(const struct router *, uint32_t net);
uint32_t	 net_conf_iface(const struct router *, uint32_t net);
struct conf	*net_conf(const struct router *);

/* sim_find.c: by their addresses, or NULL */
struct router	*ap_find(struct sim *, const struct router_id *);
struct station	*sta_find(struct sim *, const struct mac *, uint32_t net);

/* sim_store.c */
void	store_keep(struct router *);
void	store_load(struct router *, monotime_t now);
void	store_free(struct router *);

/* sim_router.c */
bool			 ap_is_up(const struct router *);
monotime_t		 ap_now(const struct router *);	/* by its own clock */
void			 ap_begin(struct router *);
/* around every core call */
void			 ap_end(struct router *);
void			 ap_note_ack(struct router *,
			    const struct dhcp_reply *);
void			 ap_forget_ack(struct router *, const struct addr *);
void			 ap_forget_acks(struct router *);
void			 ap_forget_routes(struct router *);
struct fib_entry	*ap_route(struct router *, const struct prefix *);
RB_PROTOTYPE(fib, fib_entry, entry, fib_cmp)
void		ap_neigh(struct router *, const struct neigh *);
/* zero: there is none */
struct mac	ap_neigh_mac(struct router *, uint32_t ifindex,
		    const struct addr *);
void		ap_forget_neighs(struct router *);
RB_PROTOTYPE(arp, arp_entry, entry, arp_cmp)

/* sim_session.c */
struct session	*session_add(struct router *, struct router *, bool extended);
void		 session_free(struct session *);
void		 session_discard(struct router *);
void		 session_cut(struct session *);
int64_t		 session_lag(struct sim *);	/* ms: of the busiest */
int64_t		 session_slowest(struct sim *);	/* us that an update takes */
void		 session_open(struct session *);
void		 session_wake(struct sim *, struct router *, uint32_t peer);
void		 session_router_down(struct router *);
void		 session_router_up(struct router *);
void		 sim_partition(struct sim *, const uint8_t *side);
void		 sim_merge(struct sim *);
/* A session that a test writes into, of which only the core knows. */
uint32_t	 session_raw(struct router *, unsigned int flags);
void		 session_raw_end(struct router *, uint32_t peer);

/* sim_station.c */
struct station	*sta_add(struct sim *);
/* The same MAC address in another network. */
struct station	*sta_add_twin(struct sim *, struct station *, uint32_t net);
void		 sta_attach(struct sim *, struct station *, struct router *);
void		 sta_detach(struct sim *, struct station *, enum leaving);
void		 sta_sight(struct router *, struct station *, uint32_t port,
		    enum sighting_kind);
void		 sta_dhcp_reply(struct sim *, struct router *,
		    const struct dhcp_reply *);
void		 sta_advert(struct sim *, struct router *,
		    const struct advert *);
void		 sta_probe(struct sim *, struct router *, const struct probe *);
/* Half of the routers serve stations on a bridge, half by radio. */
bool		 router_is_bridge(const struct router *);
bool		 router_drops(const struct router *);
void		 sta_kick(struct sim *, struct router *,
		    const struct disassociate *);
void		 sta_inquire(struct sim *, struct router *,
		    const struct inquiry *);
void		 sta_release(struct sim *, struct station *);
void		 sta_decline(struct sim *, struct station *);
void		 sta_talk(struct station *);
/* It asks by ARP for an address as if that were on its link. */
void		 sta_ask(struct station *, const struct addr *);
/* It asks for its address again, whenever that would be due. */
void		 sta_dhcp_again(struct sim *, struct station *);

/* sim_delegate.c */
void	sta_delegate(struct sim *, struct station *, bool sure);
void	sta_dhcp6_reply(struct sim *, struct router *,
	    const struct dhcp6_reply *);
void	sta_undelegate(struct sim *, struct station *);

/* sim_v1.c */
/* Whether routers of version 1 have such data. */
bool		 is_of_v1(const struct update *);
/* There is something for the peer. */
typedef void	 v1_wake_fn(struct sim *, struct router *, uint32_t peer);
struct v1	*v1_new(struct router *, v1_wake_fn *);
void		 v1_free(struct v1 *);
void		 v1_up(struct v1 *, uint32_t peer);
void		 v1_down(struct v1 *, uint32_t peer);
int		 v1_next(struct v1 *, uint32_t peer, struct update *);
void		 v1_update(struct v1 *, uint32_t peer, const struct update *);

/* sim_check.c */
bool	check_assignable(struct sim *, const struct addr *);
void	check_route(struct router *, const struct route *);
/* An address that is spoken of on an interface is of its network. */
void	check_on(struct router *, uint32_t ifindex, const struct addr *,
	    const char *what);
/* Packets end at their station or are dropped, wherever they start. */
void	check_ways(struct sim *);
void	check_equal(struct sim *);	/* the tables */
/* Whether all hold this version. */
bool	check_holds(struct sim *, const struct update *);
void	check_quiet(struct sim *);
void	check_gone(struct sim *);	/* stations that went away */
void	check_heard(struct sim *);	/* every router of all others */

/* sim_core.c */
struct router	*ap_add(struct sim *);
struct router	*ap_add_v1(struct sim *);
void		 ap_start(struct router *);
/* Another configuration: these networks, with interfaces in those. */
void		 ap_reload(struct router *, uint32_t blocks, uint32_t served);
void		 ap_stop(struct router *);
void		 ap_free(struct router *);

/* sim_world.c */
struct sim	*sim_new(const char *scenario, uint64_t seed, FILE *trace);
void		 sim_free(struct sim *);

/* sim_forge.c */
void	run_forged(struct sim *);

/* sim_apart.c */
void	run_networks(struct sim *);
void	run_blocks(struct sim *);
void	run_apart(struct sim *);
void	run_strangers(struct sim *);

/* sim_clients.c */
void	run_clients(struct sim *);

/* sim_static.c */
void	run_static(struct sim *);

/* sim_thief.c */
void	run_thief(struct sim *);

/* sim_order.c */
/* Whether all routers send to where the station is. */
bool	check_reachable(struct sim *, const struct station *);
void	run_order(struct sim *);
void	run_order_v1(struct sim *);
void	run_hot(struct sim *);
void	run_commuter(struct sim *);
void	run_late(struct sim *);

/* sim_scenario.c */
struct scenario {
	const char	 *name;
	void		(*run)(struct sim *);
	/* at most; 0: its share, -1: only when it is named */
	int		  seeds;
	bool		  networks;	/* several, for every third seed */
};
extern const struct scenario scenarios[];
extern const int nscenarios;
#endif
