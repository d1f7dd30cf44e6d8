/* SPDX-License-Identifier: ISC */
/*
 * The core's inside: the objects and who refers to whom.
 *
 *	datum ----- one record of the replicated table, by key
 *	  | lease            | location           | router
 *	station -- by MAC; its leases, its place  router -- by id; who is there
 *	  | only while it is at this router
 *	assoc ---- evidence, probes, announcements, advertisements
 *
 * Every lookup is by tree; every deadline is a timer in one of the queues.
 */
#ifndef SROAMD_CORE_STATE_H
#define SROAMD_CORE_STATE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include "common/bucket.h"
#include "common/timer.h"
#include "core/core.h"
#include "table/kind.h"
#include "table/reader.h"

#define LEASE_MEMORY_MS	(24 * 3600LL * 1000)	/* past its end */
#define NOWHERE_S	600		/* how long "nowhere" is remembered */
#define ROUTER_S	3600		/* lifetime of a router datum */
#define ROUTER_REFRESH_S 120		/* how often it is sent anew */
#define ROUTER_SILENT_S	300		/* so long without is a fault */
#define DECLINED_S	3600		/* quarantine of a declined address */
#define LIFETIME_MAX_S	(365 * 24 * 3600U)
#define OFFER_MS	30000		/* an offer nobody took */
#define OFFERS_MAX	8192
#define LIMIT_BUCKETS	64
#define LIMIT_MEMORY_MS	3600000		/* ms */
#define AGE_OLD_MS	(24 * 3600LL * 1000)	/* an age that nobody knows */
#define LEAVE_GRACE_MS	100		/* left and back: a port that blinked, */
#define LEAVE_RADIO_MS	1000		/* or a re-association, with its keys */
#define LOST_MS		3000		/* a lost station may still answer */
#define FLAP_MS		1000		/* evidence by frames, while it flaps */
#define FLAP_HALF_MS	16000		/* moves count half after so long */
#define FLAP_HIGH	8		/* so many are too many, */
#define FLAP_LOW	2		/* and so few are not any more */
#define RENUMBER_MS	600000		/* for a station that does not listen */
#define GUARD_MS	100		/* frames may be this late */
#define ORPHAN_MS	2000		/* our claim without a station */
#define REFRESH_MIN_MS	2000		/* smaller gains are clocks' rounding */

enum timer_kind {
	TIMER_DATUM = 1,
	TIMER_OFFER,
	TIMER_SETTLE,
	TIMER_ROUND,
	TIMER_LEAVE,
	TIMER_PROBE,
	TIMER_ANNOUNCE,
	TIMER_ADVERT
};

/*
 * data is the key and behind it the value.  A lease that has ended stays for
 * a day, in a queue of its own, as the memory of who had the address.
 */
struct datum {
	RB_ENTRY(datum)		 entry;
	TAILQ_ENTRY(datum)	 change;	/* in order of last change */
	LIST_ENTRY(datum)	 lease;		/* of its station */
	LIST_ENTRY(datum)	 bucket;	/* of the digests' leaf */
	struct station		*station;	/* of a lease or location */
	struct timer		 timer;		/* end, refresh or removal */
	monotime_t		 expires;
	monotime_t		 claimed;
	uint64_t		 sum;		/* in digests; 0: in none */
	struct datum		*chain;		/* of its place in the index */
	uint32_t		 from;		/* session; 0: ourselves */
	uint16_t		 seqno;
	uint16_t		 place;		/* in the digests' tree */
	uint8_t			 keylen, vallen;
	uint8_t			 size;		/* room for the value */
	uint8_t			 memory;	/* an ended lease */
	uint8_t			 routed;	/* a route of ours stands */
	uint8_t			 counted;	/* in its pool */
	uint8_t			 ending;	/* soon, so its sum says */
	uint8_t			 data[];
};

/* Where a station's routes point; a datum's `routed` says which have one. */
struct place {
	uint8_t			 kind;		/* enum route_kind */
	uint32_t		 ifindex;
	struct router		*router;
};

struct station {
	RB_ENTRY(station)	 entry;
	LIST_ENTRY(station)	 at_router;	/* if router is set */
	struct mac		 mac;
	LIST_HEAD(, datum)	 leases;
	struct datum		*location;
	struct router		*router;	/* whom a live location names */
	struct assoc		*assoc;		/* if it is here */
	struct place		 place;		/* of the routes that stand */
	monotime_t		 renumber;	/* not again before then */
	uint32_t		 moved;		/* s, when moves were counted */
	uint8_t			 moves;		/* lately: station_moves */
	uint8_t			 flapping;
	struct oldprefix	*old;		/* OLD_PREFIXES, or NULL */
};

#define OLD_PREFIXES	4

/* What a station has lost, and is to be told so, wherever it comes to. */
struct oldprefix {
	struct prefix		 prefix;
	monotime_t		 until;
};

/*
 *	          found at start    joined, heard    younger claim, silent
 *	(none) ------> FOUND ------------> HERE -----------------> LOST
 *	                 the link layer     ^   answered, heard     |  3 s, or
 *	                 says left: freed   +-----------------------+---> freed
 *
 * A radio's association is kept until the link layer says that it has ended:
 * a station that is heard through it is here, whatever was thought of it.
 */
enum assoc_state {
	ASSOC_FOUND,		/* seen, but since when is not known */
	ASSOC_HERE,		/* by evidence: we claim it */
	ASSOC_LOST		/* not claimed any more; asked once more */
};

/* An IPv6 address that a station uses here. */
struct neighbour {
	RB_ENTRY(neighbour)	 entry;		/* of its interface */
	TAILQ_ENTRY(neighbour)	 order;		/* as heard; link-local first */
	struct assoc		*assoc;
	struct addr		 addr;
};

RB_HEAD(neigh_tree, neighbour);
TAILQ_HEAD(neigh_list, neighbour);

/* What is leased, each kind out of pools of its own. */
enum lease_kind {
	LEASE_ADDRESS,		/* IPv4 */
	LEASE_PREFIX,		/* an IPv6 /64 for the station's own link */
	LEASE_DELEGATED,	/* one to hand on, by DHCPv6 */
	LEASE_KINDS
};

#define LEASE_KEY_MAX	10	/* octets of its datum's key */

/* What a station here was last told to be its own. */
struct given {
	struct prefix		 prefix;
	monotime_t		 at;
};

struct assoc {
	struct station		*station;
	LIST_ENTRY(assoc)	 on_link;
	struct iface		*iface;
	uint32_t		 port;
	char			 port_name[16];
	uint8_t			 state;		/* enum assoc_state */
	uint8_t			 source;	/* enum station_source */
	uint8_t			 deaf;		/* link layer's probes lost */
	uint8_t			 returns;	/* from LOST, by its frames */
	uint8_t			 probes;	/* unanswered */
	uint8_t			 announces;	/* sent since it joined */
	uint8_t			 adverts;	/* sent since it joined */
	monotime_t		 since;		/* when it came, or was lost */
	monotime_t		 heard;
	monotime_t		 solicits;	/* answered up to here, SOLICIT_MS */
	monotime_t		 dhcp6;		/* likewise */
	struct addr		 linklocal;	/* if it was heard with one */
	monotime_t		 linklocal_since;
	struct neigh_list	 neighs;
	uint8_t			 nneighs;	/* without the link-local one */
	struct given		 given[LEASE_KINDS];
	struct addr		 offered;	/* last, to be delegated */
	struct timer		 leave, probe, announce, advert;
};

/* A layer-3 interface that exists. */
struct iface {
	RB_ENTRY(iface)		 entry;
	LIST_ENTRY(iface)	 spare;		/* while it is not there */
	struct link		 link;
	LIST_HEAD(, assoc)	 assocs;
	/* What is new of one port, or of few, comes no faster than it fills. */
	struct bucket		 leases[LIMIT_BUCKETS];
	struct bucket		 joins[LIMIT_BUCKETS];
	monotime_t		 refused;	/* a join, last; or 0 */
	monotime_t		 missed;	/* likewise, for want of memory */
	struct neigh_tree	 neighs;
	monotime_t		 complain;	/* not before */
};

/*
 * What a session was the last to speak of is in its list; what none of those
 * that live did, in the core's.
 */
struct spoken {
	TAILQ_ENTRY(spoken)	 entry;
	struct spoken_list	*by;		/* NULL: in no list */
};

TAILQ_HEAD(spoken_list, spoken);

struct router {
	RB_ENTRY(router)	 entry;
	struct router_info	 info;		/* of its datum, or just the id */
	struct datum		*datum;
	LIST_HEAD(, station)	 stations;
	uint32_t		 nstations;
	struct spoken		 spoken;	/* by the session, its datum */
	uint8_t			 nexthop;	/* told to the kernel */
	uint8_t			 silent;	/* not heard of for too long */
	uint8_t			 hops;		/* it was heard over; 0: ? */
	uint8_t			 is_overtaken;	/* ourselves: by this seqno */
	uint16_t		 overtaken;
};

/* Nodes of the digests' tree: no word before hint is set. */
struct bits {
	uint64_t		*words;
	uint32_t		 hint, count;
};

struct peer {
	RB_ENTRY(peer)		 entry;
	struct reader		 reader;
	uint32_t		 id;
	bool			 extended;
	bool			 digests;	/* all below is for these */
	bool			 greets;	/* our own word is to be sent */
	bool			 summary;	/* is to be sent */
	bool			 refused;	/* something of the peer's */
	uint8_t			 skip, backoff;	/* rounds */
	struct bits		 tell;		/* nodes whose sums to send */
	struct bits		 fetch;		/* nodes to ask for */
	struct bits		 send;		/* nodes to send */
	struct timer		 round;
	struct spoken_list	 spoken;
};

LIST_HEAD(leaf, datum);

/* sums: of all nodes, the root first. */
struct digest_tree {
	uint64_t		*sums;
	struct leaf		*leaves;
	uint8_t			 depth;		/* the leaves' level */
};

/*
 * Where stations are given addresses of a prefix: IPv4, its ranges without
 * what is excluded, in order; IPv6, all of it.
 */
struct span {
	uint32_t		 first, last;
};

struct pool {
	enum lease_kind		 kind;
	uint8_t			 len;		/* of what one station gets */
	struct span		 spans[2 * CONF_RANGES + 1];
	uint32_t		 nspans;
	uint64_t		 size;
	uint32_t		 used;		/* leases inside, ended too */
};

/* A station of the configuration; by client id it is whoever showed it. */
struct host {
	struct conf_host	 conf;
	struct mac		 owner;		/* zero: nobody yet */
};

/* With the orders to look them up by. */
struct hosts {
	struct host		*list;
	struct host		**by[5];	/* enum host_key, sorted */
	uint32_t		 n, nby[5];
};

struct offer {
	RB_ENTRY(offer)		 entry;
	TAILQ_ENTRY(offer)	 order;		/* oldest first */
	struct addr		 addr;
	struct mac		 mac;
	struct timer		 timer;
};

/* An address that no station may have: a router's. */
struct reserved {
	RB_ENTRY(reserved)	 entry;
	unsigned int		 count;
	struct addr		 addr;
};

/* Of an interface, by reason; kept when it is gone. */
struct drops {
	RB_ENTRY(drops)		 entry;
	uint32_t		 ifindex;
	uint64_t		 count[CTL_DROPS];
};

RB_HEAD(datum_tree, datum);
RB_HEAD(station_tree, station);
RB_HEAD(iface_tree, iface);
RB_HEAD(router_tree, router);
RB_HEAD(peer_tree, peer);
RB_HEAD(offer_tree, offer);
RB_HEAD(reserved_tree, reserved);
RB_HEAD(drops_tree, drops);
TAILQ_HEAD(datum_list, datum);
TAILQ_HEAD(offer_list, offer);

#define ROAMS		512	/* movements that are remembered */

/* A movement of a station. */
struct roam {
	monotime_t		 heard;
	struct router_id	 from, to;	/* none: nowhere */
	struct mac		 mac;
	uint32_t		 late;		/* ms after it was claimed */
};

LIST_HEAD(iface_list, iface);

struct core {
	struct core_ops		 ops;
	struct router_id	 self;
	struct conf_global	 conf;
	struct conf_iface	*conf_ifaces;
	size_t			 nconf_ifaces;
	struct staged		*staged;	/* by core_prepare, or NULL */
	size_t			 nconf_peers;

	const struct kind	*kinds[KINDS];
	struct datum_tree	 data;
	struct datum		**index;	/* by hash of the key */
	uint32_t		 nindex;	/* places: a power of two */
	uint64_t		 index_seed;
	struct datum_list	 changes;
	struct reader_list	 readers;	/* by their number, the store last */
	struct reader		 store;
	bool			 storing;	/* it is among them */
	struct digest_tree	 digest;
	uint32_t		 ndata;
	uint64_t		 data_bytes;
	struct pool		 pools[CONF_PREFIXES];
	struct hosts		 hosts;
	monotime_t		 complain_short[LEASE_KINDS];	/* not before */
	monotime_t		 complain_empty[LEASE_KINDS];
	struct station_tree	 stations;
	uint32_t		 nstations, nassocs, nleases[LEASE_KINDS];
	struct iface_tree	 ifaces;
	uint32_t		 nifaces;
	/* With these there are as many as are configured. */
	struct iface_list	 spare_ifaces;
	uint32_t		 nspare_ifaces;
	struct router_tree	 routers;
	uint32_t		 nrouters;
	uint32_t		 nrouter_data;	/* without our own */
	struct spoken_list	 orphans;	/* spoken of by no live session */
	struct peer_tree	 peers;
	uint32_t		 npeers;
	uint32_t		 nv1;		/* of them of version 1 */
	struct offer_tree	 offers;
	struct offer_list	 offer_order;
	uint32_t		 noffers;
	struct reserved_tree	 reserved;
	uint32_t		 nreserved;
	bool			 reserve_short;	/* some are not in there */
	struct drops_tree	 drops;
	uint32_t		 ndrops;
	struct roam		 roams[ROAMS];	/* a ring */
	uint64_t		 nroams;	/* ever */

	struct timerq		 timers;
	struct timerq		 memory[LEASE_KINDS];	/* ended leases */
	struct timer		 settle;
	bool			 verbose;
	bool			 settled;
	bool			 retired;	/* the network has ended */
	monotime_t		 complain6;	/* no prefix is free: not before */
	monotime_t		 complain_full;	/* likewise, the table */
	monotime_t		 started;
	struct ctl_status	 counters;	/* only its counters are used */
};

int	 datum_cmp(const struct datum *, const struct datum *);
int	 station_cmp(const struct station *, const struct station *);
int	 iface_cmp(const struct iface *, const struct iface *);
int	 router_cmp(const struct router *, const struct router *);
int	 peer_cmp(const struct peer *, const struct peer *);
int	 offer_cmp(const struct offer *, const struct offer *);
int	 reserved_cmp(const struct reserved *, const struct reserved *);
int	 drops_cmp(const struct drops *, const struct drops *);
RB_PROTOTYPE(datum_tree, datum, entry, datum_cmp)
RB_PROTOTYPE(station_tree, station, entry, station_cmp)
RB_PROTOTYPE(iface_tree, iface, entry, iface_cmp)
int	 neigh_cmp(const struct neighbour *, const struct neighbour *);
RB_PROTOTYPE(neigh_tree, neighbour, entry, neigh_cmp)
RB_PROTOTYPE(router_tree, router, entry, router_cmp)
RB_PROTOTYPE(peer_tree, peer, entry, peer_cmp)
RB_PROTOTYPE(offer_tree, offer, entry, offer_cmp)
RB_PROTOTYPE(reserved_tree, reserved, entry, reserved_cmp)
RB_PROTOTYPE(drops_tree, drops, entry, drops_cmp)

/* core/kinds.c: the rows */
void	 core_kinds(struct core *);

/* core.c */
void	 core_effect(struct core *, const struct effect *);
void	 core_log(struct core *, enum effect_level, const char *, ...)
	    __attribute__((format(printf, 3, 4)));
void	 core_reserve(struct core *);	/* anew, after any change of routers */
/* Something is refused: counted and said by who runs the core. */
void	 core_no_memory(struct core *, const char *what);
void	 reserved_sweep(struct core *, bool all);
void	 reserve_add(struct core *, const struct addr *);
void	 reserve_remove(struct core *, const struct addr *);
bool	 core_is_reserved(const struct core *, const struct prefix *);
int	 core_random_ms(struct core *, int min, int max);

/*
 * table/table.c: the table itself.  A datum changes only by table_put, which
 * moves it to the end of the change list and wakes the peers.
 */
enum table_result {
	TABLE_OLD,		/* what we hold is newer, or the same */
	TABLE_REFRESHED,	/* the same claim, living longer */
	TABLE_REPLACED,		/* newer: value or seqno are another */
	TABLE_KEPT,		/* a conflict that ours wins */
	TABLE_LOST,		/* a conflict that theirs wins */
	TABLE_FULL
};

struct claim {			/* a version of a datum */
	const uint8_t	*key;
	const uint8_t	*value;
	uint8_t		 keylen, vallen;
	uint8_t		 hops;		/* of a router's, or 0 */
	uint16_t	 seqno;
	uint32_t	 from;
	monotime_t	 expires;
	monotime_t	 claimed;
};

/* Which of two versions of one key stands: <0 a, >0 b, 0 they are equal. */
int	 claim_order(uint16_t a_seqno, const uint8_t *a, uint8_t alen,
	    uint16_t b_seqno, const uint8_t *b, uint8_t blen);
enum table_result table_compare(const struct datum *, const struct claim *);
int	 table_init(struct core *);
struct datum *table_find(struct core *, const uint8_t *key, uint8_t keylen);
struct datum *table_at(struct core *, const struct ctl_cursor *);
void	 table_cursor(struct ctl_cursor *, const struct datum *);
struct datum *table_put(struct core *, struct datum *, const struct claim *);
bool	 table_is_full(const struct core *);
/* At most one line an hour. */
void	 table_complain(struct core *, monotime_t now);
void	 table_touch(struct core *, struct datum *);	/* send it anew */
void	 table_remove(struct core *, struct datum *);
const uint8_t *datum_value(const struct datum *);
bool	 datum_live(const struct datum *, monotime_t now);
uint32_t datum_remaining(const struct datum *, monotime_t now); /* s */

/* lease/station.c: stations, where they are, and who says so. */
struct station *station_find(struct core *, const struct mac *);
struct station *station_get(struct core *, const struct mac *);
void	 station_release(struct core *, struct station *); /* if unused */
/* For a claim that names it: 1 if it was made, 0, or -1. */
int	 station_name(struct core *, const struct mac *);
/* It is elsewhere: counted, and said where that is too often. */
void	 station_moved(struct core *, struct station *, monotime_t now);
/* The rows of kinds: table/kind.h. */
const char *location_check(const struct core *, const struct update *);
uint32_t location_life(const struct core *, const struct stored *);
int	 location_name(struct core *, const struct claim *);
void	 location_unname(struct core *, const struct claim *, int made);
bool	 location_claimed(struct core *, struct datum *, const struct claim *,
	    enum table_result, monotime_t now);
void	 location_stored(struct core *, struct datum *, monotime_t now);
bool	 location_is_told(const struct core *, const struct station *);
void	 location_timer(struct core *, struct datum *, monotime_t now);
void	 station_claim(struct core *, struct station *,
	    const struct router_id *where, uint16_t seqno, monotime_t claimed,
	    monotime_t now);
void	 station_nowhere(struct core *, struct station *, monotime_t now);
/* It lost a prefix, of which it was told that it is valid until then. */
void	 station_lost_prefix(struct core *, struct station *,
	    const struct prefix *, monotime_t until);
bool	 station_has_lost(const struct station *, const struct prefix *,
	    monotime_t now);		/* and is being told so */
bool	 station_is_ours(const struct core *, const struct station *,
	    monotime_t now);		/* a live location names us */
void	 stations_settled(struct core *, monotime_t now);
/* Moves lately, older ones counting less; whether they are too many. */
uint8_t	 station_moves(const struct core *, const struct station *,
	    monotime_t now);
bool	 station_flaps(const struct core *, const struct station *,
	    monotime_t now);

/* lease/iface.c */
struct iface *iface_at(struct core *, uint32_t ifindex);

/* roam/link.c */
/* So many in all, with the spare ones: 0, or -1. */
int	 ifaces_provide(struct core *, size_t n);
void	 ifaces_trim(struct core *, size_t n);
void	 ifaces_free(struct core *);

/* roam/assoc.c: a station at this router. */
struct assoc *assoc_here(const struct station *);	/* or NULL */
/* One that is found; NULL: no memory. */
struct assoc *assoc_new(struct core *, struct station *, struct iface *,
	    const struct sighting *, monotime_t now);
void	 assoc_disassociate(struct core *, const struct assoc *, bool silent);
void	 assoc_lose(struct core *, struct assoc *, monotime_t now);
void	 assoc_adopt(struct core *, const struct mac *, uint32_t ifindex,
	    monotime_t now);
void	 assoc_doubt(struct core *, struct assoc *, monotime_t now);
/* It is not claimed any more, and the link layer may not know. */
void	 assoc_silent(struct core *, struct assoc *, monotime_t now);
void	 assoc_renumber(struct core *, struct assoc *, monotime_t now);
/* By this sighting, or (NULL) a frame. */
void	 assoc_arrive(struct core *, struct station *, struct iface *,
	    const struct sighting *, monotime_t now);
/* since: when it came, as far as that is known; the claim is as old. */
void	 assoc_join(struct core *, struct assoc *, monotime_t since,
	    monotime_t now);
/* It is claimed anew, if that could not be done when it came. */
void	 assoc_claim(struct core *, struct assoc *, monotime_t now);
void	 assoc_drop(struct core *, struct assoc *, const char *why,
	    monotime_t now);
void	 assoc_free(struct core *, struct assoc *);

/* lease/drop.c: what is dropped, and why; a message also says so. */
void	 drop_count(struct core *, uint32_t ifindex, enum ctl_drop);
void	 drop_message(struct core *, uint32_t ifindex, const struct mac *,
	    enum ctl_drop);
void	 drops_free(struct core *);

/* lease/probe.c */
/* An address at which the station can be asked, IPv4 first. */
bool	 probe_addr(struct core *, const struct assoc *, struct addr *,
	    monotime_t now);
void	 assoc_probe(struct core *, const struct assoc *, monotime_t now);
int64_t	 probe_interval(const struct core *);	/* ms */

/* roam/presence.c: whether it is here still. */
void	 probe_timer(struct core *, struct assoc *, monotime_t now);
void	 assoc_timer(struct core *, struct timer *, monotime_t now);
/* What came of an inquiry. */
void	 probe_answered(struct assoc *, enum sighting_kind, monotime_t now);

/* lease/limit.c: how much that is new a port may bring. */
bool	 limit_lease(const struct core *, struct iface *, uint32_t port,
	    monotime_t now);
bool	 limit_station(struct core *, struct iface *, const struct station *,
	    uint32_t port, monotime_t now);	/* NULL: not known at all */
bool	 limit_was_hit(const struct iface *, monotime_t now);
bool	 limit_has_missed(const struct iface *, monotime_t now);

/* table/key.c */
/* The datum's key, and its length. */
uint8_t	 lease_key(enum lease_kind, const struct prefix *,
	    uint8_t key[LEASE_KEY_MAX]);
#define ROUTER_KEY	9	/* octets */
void	 router_key(const struct router_id *, uint8_t key[ROUTER_KEY]);
/* What a key leases; false if it is none of a lease. */
bool	 lease_key_parse(const uint8_t *key, uint8_t keylen, enum lease_kind *,
	    struct prefix *);
int	 lease_kind_of(uint8_t type);	/* enum lease_kind, or -1 */
bool	 lease_is(const struct datum *);
enum lease_kind lease_kind(const struct datum *);	/* of a lease */
bool	 lease_prefix(const struct datum *, struct prefix *);
const struct mac *lease_mac(const struct datum *);

/* lease/choose.c: which address a station gets. */
struct datum *lease_find(struct core *, enum lease_kind,
	    const struct prefix *);
struct datum *lease_best(struct core *, struct station *, enum lease_kind,
	    monotime_t now);
/*
 * What is free for the station: 0, or -1 when there is none.  wish: this one
 * if it can be; near: of the prefix that this is in; both may be NULL.
 */
int	 lease_choose(struct core *, const struct mac *, enum lease_kind,
	    const struct prefix *wish, const struct addr *near,
	    struct prefix *, monotime_t now);
bool	 lease_usable(const struct core *, enum lease_kind,
	    const struct prefix *);
/* Whether the station may have it: nobody else's, in range, not reserved. */
bool	 lease_allowed(struct core *, const struct mac *, enum lease_kind,
	    const struct prefix *, monotime_t now);

/* lease/lease.c */
struct datum *lease_grant(struct core *, const struct mac *, enum lease_kind,
	    const struct prefix *, uint32_t seconds, monotime_t now);
void	 lease_end(struct core *, struct datum *, monotime_t now);
void	 lease_decline(struct core *, struct datum *, monotime_t now);
/* The station, if it is here, is told now that this is its own. */
void	 lease_given(struct core *, const struct mac *, enum lease_kind,
	    const struct prefix *, monotime_t now);
/* It is here: what it was told by us before we knew. */
void	 lease_recall(struct assoc *);
/* The rows of kinds: table/kind.h. */
const char *lease_check(const struct core *, const struct update *);
uint32_t lease4_life(const struct core *, const struct stored *);
uint32_t lease6_life(const struct core *, const struct stored *);
int	 lease_name(struct core *, const struct claim *);
void	 lease_unname(struct core *, const struct claim *, int made);
bool	 lease_claimed(struct core *, struct datum *, const struct claim *,
	    enum table_result, monotime_t now);
void	 lease_accepted(struct core *, struct datum *, const struct claim *,
	    enum table_result, monotime_t now);
void	 lease_stored(struct core *, struct datum *, monotime_t now);
void	 lease_timer(struct core *, struct datum *, monotime_t now);
void	 lease_remove(struct core *, struct datum *);
void	 lease_recount(struct core *);
int	 offer_make(struct core *, const struct mac *, const struct addr *,
	    monotime_t now);
void	 offer_drop(struct core *, const struct mac *, const struct addr *);
void	 offer_free(struct core *, struct offer *);

/* lease/host.c: who has an address of the configuration's. */
int	 hosts_make(struct hosts *, const struct conf *);	/* 0, or -1 */
void	 hosts_free(struct hosts *);
/* They take the place of the ones there are; who showed a client id stays. */
void	 hosts_replace(struct core *, struct hosts *);
struct host *host_find(struct core *, const struct mac *);
/* As a DHCP client: what has shown a client id is its host's owner now. */
struct host *host_client(struct core *, const struct dhcp_request *);
struct host *host_at(const struct core *, enum lease_kind,
	    const struct prefix *);
/* What the configuration has for it, whether free or not; false: nothing. */
bool	 host_prefix(struct core *, const struct mac *, enum lease_kind,
	    struct prefix *);

/* lease/pool.c: what there is for all others. */
void	 pools_make(struct core *);
/* Which of the configured prefixes, if of this kind, it is in; or -1. */
int	 pool_of(const struct core *, enum lease_kind, const struct prefix *);
/* What is leased there; where there is no pool, what it looks like. */
enum lease_kind pool_kind(const struct core *, const struct prefix *);
bool	 pool_has(const struct pool *, const struct prefix *);
/* The pool that it counts in, or -1. */
int	 pool_inside(const struct core *, enum lease_kind,
	    const struct prefix *);
/* The n-th address or prefix. */
void	 pool_nth(const struct pool *, const struct prefix *, uint64_t n,
	    struct prefix *);

/* roam/roam.c: it was at old (NULL: nowhere), and is now where it is. */
void	 roam_note(struct core *, const struct station *,
	    const struct router *old, monotime_t now);

/* lease/route.c: what the kernel is to hold. */
void	 route_station(struct core *, struct station *, monotime_t now);
void	 route_lease(struct core *, struct station *, struct datum *,
	    monotime_t now);
void	 route_gateway(struct core *, struct station *, monotime_t now);
void	 route_withdraw(struct core *, struct datum *);

/* lease/router.c */
struct router *router_find(struct core *, const struct router_id *);
struct router *router_get(struct core *, const struct router_id *);
void	 router_release(struct core *, struct router *);	/* if unused */
/* The rows of kinds: table/kind.h. */
const char *router_check(const struct core *, const struct update *);
int	 router_name(struct core *, const struct claim *);
void	 router_unname(struct core *, const struct claim *, int made);
bool	 router_claimed(struct core *, struct datum *, const struct claim *,
	    enum table_result, monotime_t now);
const char *router_admit(struct core *, monotime_t now);
void	 router_accepted(struct core *, struct datum *, const struct claim *,
	    enum table_result, monotime_t now);
void	 router_stored(struct core *, struct datum *, monotime_t now);
uint8_t	 router_hops(struct core *, const struct datum *);
void	 router_timer(struct core *, struct datum *, monotime_t now);
int	 router_info_parse(const uint8_t *key, uint8_t keylen,
	    const uint8_t *value, uint8_t vallen, struct router_info *);
/* At most 2 + 4 + 2 + 16 + 2 + 63 + 2 + 31 octets; their number. */
uint8_t	 router_info_build(const struct router_info *, uint8_t *value);
void	 router_announce(struct core *, monotime_t now);	/* ourselves */
void	 router_refresh(struct core *, struct router *); /* its next hop */
bool	 router_is_self(const struct core *, const struct router *);
bool	 router_reachable(const struct router *);
const char *core_router_name(const struct router *);

/* lease/advert.c: what stations are told unasked. */
/* Where their gateway is: now, and some times more. */
void	 gateway_announce(struct core *, struct assoc *, monotime_t now);
void	 advert_send(struct core *, struct assoc *, monotime_t now);
/* It has asked from this address, or none. */
void	 advert_answer(struct core *, struct assoc *, const struct addr *source,
	    monotime_t now);
/* One a second, and a few of them saved. */
bool	 advert_may_ask(struct assoc *, monotime_t now);
void	 advert_soon(struct core *, struct assoc *, monotime_t now);
void	 advert_all(struct core *, monotime_t now);
/* A station's prefix, leased anew as for an advertisement; false: none. */
bool	 advert_prefix(struct core *, struct station *, struct prefix *,
	    monotime_t now);

/* lease/neighbour.c */
struct neighbour *neigh_find(struct iface *, const struct addr *);
/* NULL: no memory, or another station of this link has it. */
struct neighbour *neigh_add(struct core *, struct assoc *,
	    const struct addr *);
void	 neigh_free(struct core *, struct neighbour *);

/* lease/neigh.c: IPv6 addresses in use here */
void	 neigh_heard(struct core *, struct assoc *, const struct addr *,
	    monotime_t now);
void	 neigh_join(struct core *, struct assoc *, monotime_t now);
void	 neigh_left(struct core *, struct assoc *);
void	 neigh_withdraw(struct core *, struct assoc *, const struct prefix *);
void	 neigh_forget(struct assoc *);	/* and tell nobody */
const char *neigh_check(const struct core *, const struct update *);
void	 neigh_stored(struct core *, struct datum *, monotime_t now);
void	 neigh_adopt(struct core *, const struct mac *, const struct addr *,
	    monotime_t now);

/* table/digest.c: the sums */
#define DIGEST_DEPTH_MAX	4	/* 65536 leaves */
/* Nodes are numbered from the root on, level by level. */
uint32_t digest_first(unsigned int level);
uint64_t digest_sum(const struct core *, unsigned int level, uint32_t index);
int	 digest_init(struct core *);
void	 digest_free(struct core *);
uint64_t digest_bytes(const struct core *);
void	 digest_enter(struct core *, struct datum *);
void	 digest_leave(struct core *, struct datum *);
monotime_t digest_add(struct core *, struct datum *, monotime_t now);
void	 digest_subtract(struct core *, struct datum *);

/* table/compare.c: what to do about peers whose sums differ. */
void	 peer_deepened(struct core *, struct reader *, unsigned int depth);
int	 digest_peer_up(struct core *, struct peer *, bool opener,
	    monotime_t now);
void	 digest_peer_down(struct core *, struct peer *);
void	 digest_timer(struct core *, struct timer *, monotime_t now);
struct datum *digest_next_datum(struct core *, struct peer *);

/* table/peer.c */
struct peer *peer_find(struct core *, uint32_t id);
struct peer *peer_of(struct reader *);
/* Last in the list, and in no other; NULL: it says no more. */
void	 spoken_by(struct spoken *, struct spoken_list *);
void	 peer_wake(struct core *, const struct peer *);

#endif
