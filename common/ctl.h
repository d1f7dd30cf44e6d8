/* SPDX-License-Identifier: ISC */
/*
 * The control protocol between sroamctl and the daemon: imsgs on a
 * SOCK_STREAM UNIX socket.  The client sends one CTL_* request (struct
 * ctl_request, or nothing more), the daemon answers records and one CTL_END.
 * All structs are fixed-width, times relative (seconds or ms), texts
 * NUL-terminated.
 */
#ifndef COMMON_CTL_H
#define COMMON_CTL_H

#include <stdint.h>

#include "common/addr.h"

#define CTL_VERSION	2

enum ctl_type {
	CTL_NONE,
	/* requests */
	CTL_SHOW_STATUS,
	CTL_SHOW_LEASES,
	CTL_SHOW_STATIONS,
	CTL_SHOW_PEERS,
	CTL_SHOW_INTERFACES,
	CTL_SHOW_ROUTES,
	CTL_SHOW_ROUTERS,
	CTL_SHOW_MEMORY,
	CTL_RELOAD,
	CTL_LOG,		/* ctl_request.number: 0 brief, 1 verbose */
	CTL_DISASSOCIATE,	/* ctl_request.mac */
	CTL_CLEAR_LEASE,	/* ctl_request.mac or .prefix */
	CTL_RETIRE,
	CTL_SHOW_ROAMS,
	CTL_SHOW_NETWORKS,
	/* ctl_request.number: of enum ctl_event_type, a bit each; 0: most */
	CTL_MONITOR,
	CTL_CLEAR_ROUTER,	/* ctl_request.router */
	CTL_REQUESTS,		/* how many */
	/* answers */
	CTL_STATUS = 64,
	CTL_LEASE,
	CTL_STATION,
	CTL_PEER,
	CTL_INTERFACE,
	CTL_ROUTE,
	CTL_ROUTER,
	CTL_MEMORY,
	CTL_ROAM,
	CTL_NETWORK,
	CTL_EVENT,
	CTL_END			/* struct ctl_end */
};

#define CTL_NETWORK_NAME 16	/* with its NUL */
#define CTL_UNNAMED	"unnamed"	/* the network without a name */
#define CTL_NAME	64	/* of a router, with its NUL */

struct ctl_request {
	uint32_t	version;	/* CTL_VERSION */
	uint32_t	number;
	char		network[CTL_NETWORK_NAME];	/* empty: all */
	struct mac	mac;		/* zero if none */
	uint8_t		has_prefix;
	uint8_t		pad;
	struct prefix	prefix;
	uint8_t		pad2[3];
	char		router[CTL_NAME];	/* its name or id; empty: any */
};

struct ctl_end {
	int32_t	error;		/* 0, or 1: text says why */
	char	text[252];
};

#define CTL_WARNING	256

/* The network of what a record shows. */
struct ctl_scope {
	char	network[CTL_NETWORK_NAME];	/* empty: none */
	/* of the longest name, in octets; 0: there is one network only */
	uint8_t	width;
	uint8_t	pad[7];
};

/* Importance of a line of the log. */
enum ctl_log {
	CTL_LOG_WARNING,	/* or worse */
	CTL_LOG_INFO,
	CTL_LOG_DEBUG,
	CTL_LOGS
};

/* Counters of the parent. */
struct ctl_parent {
	uint64_t	log_lost[CTL_LOGS];	/* lines dropped */
	uint64_t	kernel_refused;		/* requests not made */
	uint64_t	kernel_failed;		/* refused by it */
	/* missing or changed by others */
	uint64_t	kernel_repaired;
	uint64_t	kernel_overflows;	/* netlink: ENOBUFS */
	uint64_t	kernel_unseen;	/* MAC addresses, over the limit */
	uint64_t	memory_refused;		/* times */
};

struct ctl_status {
	struct router_id	id;
	char			name[CTL_NAME];
	char			version[32];
	uint64_t		uptime;		/* seconds */
	uint32_t		prefixes, interfaces, interfaces_up;
	uint32_t		peers, peers_up, routers;
	uint32_t		stations, stations_here;
	uint32_t		leases4, leases6, delegated;
	uint32_t		started;	/* 0: still starting */
	uint32_t		data;
	uint64_t		joins, roams_in, roams_out, leaves;
	/* stations that began to flap */
	uint64_t		flaps;
	/* addresses seen in two places */
	uint64_t		duplicates;
	/* stations that answered where they were: times */
	uint64_t		reclaimed;
	/* those of radios that joined another network than they were in */
	uint64_t		crossings;
	uint64_t		updates_in, updates_out, updates_dropped,
	    conflicts;
	/* old versions of peers, those that got ours */
	uint64_t		updates_old, updates_answered;
	/* what was new and had no room in the table's memory; octets */
	uint64_t		table_refused, table_octets, table_limit;
	/* changes that waited for their bucket */
	uint64_t		updates_held;
	uint64_t		updates_late;	/* seqnos from 2^63 on */
	/* router data: wrongly signed; not examined, for want of time */
	uint64_t		routers_forged, routers_missed;
	uint64_t		dhcp_in, dhcp_offers, dhcp_acks, dhcp_naks,
			dhcp_dropped, dhcp_limited, dhcp_declines,
			joins_limited;
	uint64_t		pool_reused, pool_empty;	/* times */
	uint64_t		pool_kept;	/* for other ports, times */
	uint64_t		adverts, probes, answers_dropped;
	uint64_t		sessions_refused, sessions_failed;
	uint64_t		solicits_dropped, impostors, learn_refused;
	uint64_t		dhcp6_in, dhcp6_replies, dhcp6_dropped;
	uint64_t		hellos_in;	/* messages of neighbours, */
	/* with another key, or malformed */
	uint64_t		hellos_bad;
	uint64_t		hellos_old;	/* replayed: old time stamps */
	uint64_t		memory_refused;	/* times: of all processes */
	struct ctl_parent	parent;
	char			warning[CTL_WARNING];	/* empty: no fault */
};

enum ctl_lease_state {
	CTL_LEASE_VALID,
	CTL_LEASE_RELEASED,	/* or expired: remembered */
	CTL_LEASE_DECLINED
};

struct ctl_lease {
	struct ctl_scope	scope;
	struct prefix		prefix;
	uint8_t			state;		/* enum ctl_lease_state */
	uint8_t			delegated;	/* a prefix that is delegated */
	struct mac		mac;		/* zero: nobody's */
	uint64_t		seqno;		/* of the table's entry */
	uint32_t		remaining;	/* seconds */
	uint32_t		pad;
	/* where its station is; zero: nowhere */
	struct router_id	router;
	char			router_name[CTL_NAME];
};

#define CTL_STATION_PREFIXES	8

struct ctl_station {
	struct ctl_scope	scope;
	struct mac		mac;
	uint8_t			here;		/* 1: at this router */
	/* its leases, at most 8 shown */
	uint8_t			nprefixes;
	uint8_t			flapping;	/* it roams too often: a flap */
	uint8_t			moves;		/* lately, see station_moves */
	struct router_id	router;	/* zero: nowhere */
	char			router_name[CTL_NAME];
	char			interface[16];	/* if here */
	char			port[16];
	/* ms in this place, as far as known */
	uint64_t		since;
	uint64_t		seqno;
	/* s since it was last heard, if here */
	uint32_t		heard;
	/* s until the claim expires */
	uint32_t		lifetime;
	struct prefix		prefixes[CTL_STATION_PREFIXES];
	uint32_t		lifetimes[CTL_STATION_PREFIXES];	/* s */
};

enum ctl_peer_state {
	CTL_PEER_IDLE,		/* waits before it connects again */
	CTL_PEER_CONNECTING,
	CTL_PEER_HANDSHAKE,
	CTL_PEER_UP,
	CTL_PEER_OTHER_WAY	/* its router has connected to us */
};

struct ctl_peer {
	struct addr		addr;
	uint16_t		port;
	uint8_t			state;		/* enum ctl_peer_state */
	uint8_t			inbound;
	uint8_t			extended;	/* 0: version 1 */
	uint8_t			notls;
	uint8_t			configured;
	/* found on the interface host */
	uint8_t			automatic;
	uint8_t			heartbeat;
	/* its router, by a signature */
	uint8_t			proven;
	struct router_id	router;	/* zero: not known (v1) */
	char			router_name[CTL_NAME];
	uint64_t		since;		/* s in this state */
	uint64_t		updates_in, updates_out, dropped, connects,
	    failures;
	/* times that reading paused, over its rate */
	uint64_t		limits;
	/* sessions closed as the peer was silent */
	uint64_t		cuts;
	uint32_t		retry;		/* s to the next try */
	uint32_t		queued;		/* octets waiting to be sent */
	char			error[64];	/* last failure */
	char			tls_version[16], tls_cipher[40];
	char			tls_identity[64];	/* empty: no tls */
	uint32_t		ifindex;	/* of a link-local address */
	uint8_t			pad2[4];
	/* its configured name, if any */
	char			host[256];
};

/*
 * Why the engine drops a message that the frontend took, or refuses a new
 * lease: name, the counter of struct ctl_status that it adds to, key, label,
 * and the text of the log.
 */
#define CTL_DROP_LIST(X) \
	X(DHCP_GATEWAY, dhcp_dropped, "dhcp_no_gateway", \
	    "DHCP without a gateway", \
	    "dhcp: no gateway address to answer from") \
	X(DHCP_SENDER, dhcp_dropped, "dhcp_for_others", \
	    "DHCP for others", \
	    "dhcp: not from the station that it is for") \
	X(DHCP_TYPE, dhcp_dropped, "dhcp_no_client", \
	    "DHCP of no client", \
	    "dhcp: no message of a client") \
	X(DHCP_SERVER, dhcp_dropped, "dhcp_other_server", \
	    "DHCP for other servers", \
	    "dhcp: for another server, or for no address") \
	X(DHCP_OWNER, dhcp_dropped, "dhcp_not_owner", \
	    "DHCP of addresses not theirs", \
	    "dhcp: of an address that it has not") \
	X(DHCP_PLACE, dhcp_dropped, "dhcp_not_here", \
	    "DHCP from where they are not", \
	    "dhcp: a release or decline of a station that is not here") \
	X(DHCP_USED, dhcp_dropped, "dhcp_still_used", \
	    "DHCP releases of addresses in use", \
	    "dhcp: released or declined, and still in use") \
	X(DHCP_DECLINED, dhcp_dropped, "dhcp_declined", \
	    "DHCP just after a decline", \
	    "dhcp: it has declined its address, which is not given up yet") \
	X(DHCP_EMPTY, dhcp_dropped, "dhcp_no_address", \
	    "DHCP and no address free", \
	    "dhcp: no address is free") \
	X(DHCP_KEPT, dhcp_dropped, "dhcp_kept", \
	    "DHCP and the rest kept for other ports", \
	    "dhcp: its port has many addresses, the rest is kept for others") \
	X(DHCP_FULL, dhcp_dropped, "dhcp_table_full", \
	    "DHCP and a full table", \
	    "dhcp: the table is full") \
	X(DHCP_LIMIT, dhcp_limited, "dhcp_lease_limit", \
	    "DHCP over the limit of leases", \
	    "dhcp: too many new leases") \
	X(BOOTP_HOST, dhcp_dropped, "bootp_no_host", \
	    "BOOTP of no host", \
	    "bootp: no host of the configuration with an address") \
	X(DHCP_ADDRS, dhcp_limited, "dhcp_address_limit", \
	    "DHCP over the limit of addresses", \
	    "dhcp: its station has too many addresses") \
	X(DHCP6_OFF, dhcp6_dropped, "dhcp6_not_configured", \
	    "DHCPv6 not configured", \
	    "dhcp6: not configured") \
	X(DHCP6_PLACE, dhcp6_dropped, "dhcp6_not_here", \
	    "DHCPv6 of no station here", \
	    "dhcp6: no station here") \
	X(DHCP6_OFTEN, dhcp6_dropped, "dhcp6_too_often", \
	    "DHCPv6 too often", \
	    "dhcp6: asks too often") \
	X(DHCP6_SERVER, dhcp6_dropped, "dhcp6_other_server", \
	    "DHCPv6 for other servers", \
	    "dhcp6: for another server, or its identifiers are wrong") \
	X(DHCP6_NOTHING, dhcp6_dropped, "dhcp6_no_answer", \
	    "DHCPv6 and nothing to answer", \
	    "dhcp6: there is nothing to answer") \
	X(DHCP6_LIMIT, dhcp_limited, "dhcp6_lease_limit", \
	    "DHCPv6 over the limit of leases", \
	    "dhcp6: too many new leases") \
	X(RS_PLACE, solicits_dropped, "solicits_not_here", \
	    "RS of no station here", \
	    "router solicitation: no station here") \
	X(RS_OFTEN, solicits_dropped, "solicits_too_often", \
	    "RS too often", \
	    "router solicitation: asks too often") \
	X(DENIED, joins_limited, "station_denied", \
	    "of denied stations", \
	    "its station is denied") \
	X(JOIN_LIMIT, joins_limited, "join_limit", \
	    "stations over the limit", \
	    "too many new stations") \
	X(ADDRESS, impostors, "router_addresses", \
	    "claiming a router's address", \
	    "has an address of a router") \
	X(LEARN_USED, learn_refused, "address_in_use", \
	    "claiming an address that another has", \
	    "uses an address that another has, too") \
	X(LEARN_LIMIT, learn_refused, "address_limit", \
	    "addresses without DHCP over the limit", \
	    "uses too many addresses that no DHCP gave") \
	X(OVERLOAD, answers_dropped, "overload", \
	    "answers dropped by overload", \
	    "too many answers wait to be sent")

enum ctl_drop {
#define CTL_DROP_NAME(name, total, key, label, text)	CTL_DROP_##name,
	CTL_DROP_LIST(CTL_DROP_NAME)
#undef CTL_DROP_NAME
	CTL_DROPS
};

struct ctl_interface {
	struct ctl_scope	scope;
	char			name[16];
	uint32_t		ifindex;	/* 0: does not exist */
	uint8_t			up;
	/* enum station_source that is used */
	uint8_t			source;
	/* attached to hostapd's socket */
	uint8_t			drops;
	struct mac		lladdr;
	struct addr		gateway4, gateway6;
	/* frames taken */
	uint64_t		dhcp, solicits, arps, neighbours;
	/* dropped: malformed, or of no station */
	uint64_t		malformed, foreign;
	uint64_t		sent, send_errors;
	/* dropped: over a station's rate */
	uint64_t		limited;
	/* ARP answered for other stations */
	uint64_t		proxied;
	/* dropped: of an unknown relay */
	uint64_t		relays;
	/* frames claiming the gateway's address */
	uint64_t		impostors;
	uint64_t		probes;		/* for the gateway's address */
	/* frames of other DHCP servers */
	uint64_t		servers;
	/* router advertisements of stations */
	uint64_t		adverts;
	uint64_t		dhcp6;		/* frames taken */
	/* dropped: too many new stations */
	uint64_t		strangers;
	uint64_t		lost;		/* by the kernel: socket full */
	uint64_t		others;		/* dropped: not for us */
	/* dropped: down, or not served yet */
	uint64_t		idle;
	/* answers that could not be written */
	uint64_t		unmade;
	/* dropped by the engine */
	uint64_t		dropped[CTL_DROPS];
};

struct ctl_route {
	struct ctl_scope	scope;
	struct prefix		prefix;
	uint8_t			kind;		/* enum route_kind */
	uint8_t			installed;
	uint8_t			pad;
	char			interface[16];	/* on this interface */
	/* next hop of a direct route, or none */
	struct addr		via;
	struct router_id	router;	/* of a direct route */
	struct mac		mac;		/* of a local route */
	uint8_t			pad2[2];
	char			error[64];	/* why it is not set */
};

/* Whether a router is configured as this one, where all must be alike. */
enum ctl_alike {
	CTL_ALIKE_UNKNOWN,	/* it does not say */
	CTL_ALIKE_YES,
	CTL_ALIKE_NO
};

struct ctl_router {
	struct router_id	id;
	char			name[CTL_NAME];
	char			version[32];
	struct addr		addr4, addr6;
	uint32_t		stations;
	uint32_t		lifetime;	/* s */
	uint8_t			self;
	uint8_t			peer;		/* there is a session with it */
	uint8_t			silent;		/* not heard of for too long */
	/* heard of: the fields below are valid */
	uint8_t			known;
	uint32_t		heard;		/* s since it was heard */
	uint32_t		session;	/* interface to it; 0: none */
	/* hops to it; 0: unknown */
	uint32_t		hops;
	/* the router of that session, */
	struct router_id	via;
	char			via_name[CTL_NAME];
	struct addr		via_addr;	/* or its address (v1) */
	uint8_t			fingerprint[32];	/* of its public key */
	uint8_t			cloned;		/* two have its identity */
	uint8_t			alike;		/* enum ctl_alike */
	uint8_t			pad[2];
};

/* A roam of a station. */
struct ctl_roam {
	struct ctl_scope	scope;
	struct mac		mac;
	uint8_t			pad[2];
	/* ms from the claim to its arrival here */
	uint32_t		late;
	uint32_t		pad2;
	uint64_t		ago;		/* ms since the claim */
	struct router_id	from, to;	/* zero: nowhere */
	char			from_name[CTL_NAME], to_name[CTL_NAME];
};

/* What an event is about. */
enum ctl_subject {
	CTL_ABOUT_NOTHING,
	CTL_ABOUT_STATION,
	CTL_ABOUT_LEASE,
	CTL_ABOUT_ROUTER,
	CTL_ABOUT_PEER,
	CTL_SUBJECTS
};

/* What can happen: number, word, and whether it is told unasked. */
#define CTL_EVENT_LIST(X) \
	/* it was so when the listener came; all of that has been told */ \
	X(PRESENT, "present", 1) \
	X(LIVE, "live", 1) \
	/* a station, anywhere */ \
	X(JOIN, "join", 1) \
	X(LEAVE, "leave", 1) \
	X(ROAM, "roam", 1) \
	X(FLAP, "flap", 1) \
	X(DUPLICATE, "duplicate", 1) \
	X(NETWORK_CHANGE, "network-change", 1) \
	/* a lease, anywhere */ \
	X(LEASE, "lease", 1) \
	X(ADDRESS_LEARNED, "address-learned", 1) \
	X(RENEW, "renew", 0) \
	X(RELEASE, "release", 1) \
	X(EXPIRE, "expire", 1) \
	X(DECLINE, "decline", 1) \
	X(CONFLICT, "conflict", 1) \
	/* a router, a session with one */ \
	X(ROUTER_UP, "router-up", 1) \
	X(ROUTER_SILENT, "router-silent", 1) \
	X(PEER_UP, "peer-up", 1) \
	X(PEER_DOWN, "peer-down", 1) \
	/* this router */ \
	X(WARNING, "warning", 1) \
	X(RELOAD, "reload", 1) \
	/* events that this listener did not get */ \
	X(LOST, "lost", 1)

enum ctl_event_type {
#define CTL_EVENT_NAME(name, word, told)	CTL_EVENT_##name,
	CTL_EVENT_LIST(CTL_EVENT_NAME)
#undef CTL_EVENT_NAME
	CTL_EVENTS
};

#define CTL_EVENT_PREFIXES	8
#define CTL_EVENT_TEXT		160

struct ctl_event {
	struct ctl_scope	scope;
	/* of this run, from 1 on; 0: it answers a listener alone */
	uint64_t		seq;
	uint64_t		time;		/* ms since 1970, UTC */
	uint64_t		count;		/* of CTL_EVENT_LOST */
	uint8_t			type;		/* enum ctl_event_type */
	uint8_t			about;		/* enum ctl_subject */
	struct mac		mac;		/* zero if none */
	/* of a station its leases, at most 8; of a lease itself */
	uint8_t			nprefixes;
	uint8_t			pad[7];
	struct prefix		prefixes[CTL_EVENT_PREFIXES];
	/* where it is, where it was; zero: nowhere */
	struct router_id	router, from;
	char			router_name[CTL_NAME], from_name[CTL_NAME];
	/* of a station at this router */
	char			interface[16], port[16];
	char			text[CTL_EVENT_TEXT];	/* may be empty */
};

/* What a prefix has for stations, and what they have of it. */
struct ctl_pool {
	struct prefix	prefix;		/* of length 0: no more */
	uint8_t		pad[7];
	/* addresses, or prefixes of stations: in all, and in use */
	uint64_t	size, used;
};

#define CTL_NETWORK_POOLS	16
#define CTL_NETWORK_INTERFACES	16
#define CTL_NETWORK_REACHES	32

/*
 * A network that is configured here, or (data only) one that is not, whose
 * data are stored and relayed.  Names end with an empty one.
 */
struct ctl_network {
	struct ctl_scope	scope;
	uint8_t			configured;
	uint8_t			isolated;	/* from others: isolate */
	uint8_t			pad[2];
	uint32_t		ninterfaces;
	uint32_t		stations, stations_here;
	uint32_t		leases4, leases6, delegated;
	uint32_t		data;
	/* of all prefixes, as struct ctl_pool */
	uint64_t		size4, used4, size6, used6, size_delegated,
				used_delegated;
	struct ctl_pool		pools[CTL_NETWORK_POOLS];
	/* at most 16 shown; networks that its stations may reach */
	char			interfaces[CTL_NETWORK_INTERFACES][CTL_NETWORK_NAME];
	char			reaches[CTL_NETWORK_REACHES][CTL_NETWORK_NAME];
};

enum ctl_process {
	CTL_PARENT,
	CTL_ENGINE,
	CTL_FRONTEND
};

struct ctl_memory {
	uint32_t	process;	/* enum ctl_process */
	int32_t		pid;
	uint64_t	rss;		/* octets resident */
	uint64_t	heap;		/* octets allocated and in use */
	uint64_t	objects;	/* data, routes or sockets */
	uint64_t	object_bytes;	/* octets they take */
};

/* Position in a listing, of all networks or one: the last record's key. */
struct ctl_cursor {
	char	network[CTL_NETWORK_NAME];	/* empty: all */
	uint8_t	started;
	uint8_t	part;		/* of a listing of several trees */
	uint8_t	len;
	uint8_t	key[288];
};

/* A record of any kind, with the alignment that all of them need. */
union ctl_record {
	struct ctl_status	status;
	struct ctl_lease	lease;
	struct ctl_station	station;
	struct ctl_peer		peer;
	struct ctl_interface	interface;
	struct ctl_route	route;
	struct ctl_router	router;
	struct ctl_memory	memory;
	struct ctl_roam		roam;
	struct ctl_network	network;
	struct ctl_event	event;
};
#endif
