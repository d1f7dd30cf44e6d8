/* SPDX-License-Identifier: ISC */
/*
 * The messages as plain structs: the wire_* functions make them from octets,
 * the core takes and gives them, and processes exchange them.  All are of
 * fixed width, without pointers; an absent address is addr_none, an absent
 * duration 0.
 */
#ifndef SROAMD_MSG_H
#define SROAMD_MSG_H

#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "common/router_key.h"

#define AGE_UNKNOWN	UINT32_MAX	/* for an age in ms */
#define VLAN_MAX	4094		/* IEEE Std 802.1Q */

/* Octets of a router's public key, of its hash, of a signature (RFC 8032). */
#define PUBLIC_KEY	32
#define FINGERPRINT	32
#define SIGNATURE	64

/* DHCPv4 message types, RFC 2132 9.6. */
enum dhcp_type {
	DHCP_DISCOVER = 1,
	DHCP_OFFER,
	DHCP_REQUEST,
	DHCP_DECLINE,
	DHCP_ACK,
	DHCP_NAK,
	DHCP_RELEASE,
	DHCP_INFORM,
	DHCP_BOOTP = 32		/* of no type: RFC 951 */
};

#define DHCP_PARAMS_MAX		64
#define DHCP_CLIENT_ID_MAX	255
#define DHCP_RELAY_ID_MAX	255
#define DHCP_FQDN_MAX		128
#define DHCP_HOST_MAX		64
#define DHCP_OPTION_MAX		512

/*
 * A station's request (RFC 2131 table 1, options of RFC 2132).  One of a client
 * behind a repeater, which sends with its own MAC address, is the repeater's:
 * chaddr is that of the frame, and `behind' that of the message.
 */
enum dhcp_repeated {
	DHCP_DIRECT,
	DHCP_REPEATED,
	DHCP_REPEATED_BARE	/* client_id is made: type 1 and `behind' */
};

struct dhcp_request {
	uint32_t	ifindex;	/* interface it came in on */
	uint32_t	xid;
	struct addr	ciaddr;
	struct addr	giaddr;
	struct addr	requested;	/* option 50 */
	struct addr	server;		/* option 54 */
	struct addr	source;		/* of the IP header */
	struct addr	link;		/* RFC 3527: of the relay's link */
	struct addr	override;	/* RFC 5107: what option 54 must be */
	uint32_t	lease;		/* option 51, seconds */
	uint16_t	secs;
	uint16_t	flags;		/* 0x8000: broadcast */
	uint16_t	maxsize;	/* option 57, 0 if absent */
	uint16_t	sport;		/* of the UDP header */
	uint16_t	arch;		/* option 93, the first; */
	uint8_t		has_arch;	/* if it is there */
	uint8_t		type;		/* enum dhcp_type */
	uint8_t		nparams;	/* option 55 */
	struct mac	source_mac;	/* of the Ethernet header */
	struct mac	chaddr;
	uint8_t		params[DHCP_PARAMS_MAX];
	uint8_t		client_idlen;	/* option 61 */
	uint8_t		client_id[DHCP_CLIENT_ID_MAX];
	struct mac	behind;
	uint8_t		repeated;	/* enum dhcp_repeated */
	uint8_t		rapid;		/* option 80 */
	uint8_t		plain;		/* BOOTP that knows no options */
	uint8_t		relay_port;	/* RFC 8357: answer to sport */
	uint8_t		fqdnlen;	/* option 81 */
	uint8_t		fqdn[DHCP_FQDN_MAX];
	uint8_t		relay_idlen;	/* option 82, of relays only */
	uint8_t		relay_id[DHCP_RELAY_ID_MAX];
};

/* The answer; the frontend adds the configured options. */
struct dhcp_reply {
	/* the request, for fields to echo */
	struct dhcp_request	to;
	struct addr		yiaddr;		/* none in NAK and for INFORM */
	struct addr		server;		/* option 54: the gateway */
	/* seconds; 0: option not sent */
	uint32_t		lease, t1, t2;
	/* DHCP_OFFER, DHCP_ACK or DHCP_NAK */
	uint8_t			type;
	uint8_t			pad[3];
	char			message[64];	/* option 56, NAK only */
	/* option 12, if not empty */
	char			host[DHCP_HOST_MAX];
};

/* An option as the operator wrote it. */
struct dhcp_option {
	uint8_t		code;
	uint8_t		always;		/* also if it is not asked for */
	uint16_t	len;
	uint8_t		data[DHCP_OPTION_MAX];
};

/* DHCPv6 message types and status codes, RFC 8415 7.3 and 21.13. */
enum dhcp6_type {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE,
	DHCP6_REQUEST,
	DHCP6_CONFIRM,
	DHCP6_RENEW,
	DHCP6_REBIND,
	DHCP6_REPLY,
	DHCP6_RELEASE,
	DHCP6_DECLINE,
	DHCP6_INFORMATION_REQUEST = 11
};

enum dhcp6_status {
	DHCP6_SUCCESS = 0,
	DHCP6_NO_ADDRS = 2,
	DHCP6_NOT_ON_LINK = 4,
	DHCP6_NO_PREFIX = 6
};

#define DHCP6_DUID_MAX	130
/* Lengths of delegated prefixes. */
#define DELEGATED_SHORTEST	48
#define DELEGATED_LONGEST	64

#define DHCP6_IAS	4	/* identity associations, at most */

#define DHCP6_WANTS_SERVERS	0x1
#define DHCP6_WANTS_DOMAINS	0x2
#define DHCP6_WANTS_REFRESH	0x4
#define DHCP6_WANTS_CAPTIVE	0x8

struct dhcp6_ia {
	uint32_t	iaid;
	uint8_t		delegation;	/* IA_PD; else IA_NA */
	uint8_t		status;		/* answer: enum dhcp6_status */
	uint8_t		wish;		/* length asked for, or 0 */
	struct prefix	prefix;		/* asked for, given; length 0: none */
	struct prefix	old;		/* answer: withdrawn; or length 0 */
	uint32_t	preferred, valid;	/* answer: seconds */
};

/* A station's message to all DHCPv6 servers. */
struct dhcp6_request {
	uint32_t	ifindex;
	uint32_t	xid;
	uint8_t		type;		/* enum dhcp6_type */
	uint8_t		rapid;		/* option 14 */
	uint8_t		wants;		/* of option 6: DHCP6_WANTS_* */
	uint8_t		nias;
	struct mac	source_mac;
	uint8_t		client_idlen, server_idlen;	/* 0: none */
	struct addr	source;		/* link-local */
	uint8_t		client_id[DHCP6_DUID_MAX];
	uint8_t		server_id[DHCP6_DUID_MAX];
	struct dhcp6_ia	ias[DHCP6_IAS];
};

struct dhcp6_reply {
	struct dhcp6_request	to;	/* with our identifier and answers */
	/* DHCP6_ADVERTISE or DHCP6_REPLY */
	uint8_t			type;
	uint8_t			rapid;
	uint8_t			has_status, status;
	uint32_t		t1, t2;		/* of prefixes, seconds */
	/* option 32, seconds; 0: not sent */
	uint32_t		refresh;
};

/* A router solicitation (RFC 4861 4.1). */
struct solicit {
	uint32_t	ifindex;
	struct mac	source_mac;	/* of the frame; for the answer */
	/* source link-layer option; zero if none */
	struct mac	lladdr;
	struct addr	source;		/* may be :: */
};

/* A router advertisement to one station (RFC 4861 4.2, RFC 8273). */
#define ADVERT_PREFIXES	5

struct advertised {
	struct prefix	prefix;		/* a /64, A set, L clear */
	uint8_t		pad[3];
	uint32_t	valid, preferred;	/* seconds */
};

struct advert {
	uint32_t		ifindex;
	/* seconds, at most 9000 */
	uint32_t		router_lifetime;
	/* RDNSS, RFC 8106 5.1 */
	uint32_t		dns_lifetime;
	uint32_t		nprefixes;
	struct advertised	prefixes[ADVERT_PREFIXES];
	/* link-local, or none: ff02::1 */
	struct addr		dst;
	struct mac		mac;		/* Ethernet destination */
	uint8_t			pad[2];
};

/*
 * An announcement of the gateway to one station: an ARP announcement in
 * request form and an unsolicited NA for the link-local address, both Ethernet
 * unicast.
 */
struct announce {
	uint32_t	ifindex;
	struct mac	mac;
	uint8_t		pad[2];
};

/*
 * A probe of one station for an address that it leases: unicast ARP request or
 * NS.
 */
struct probe {
	uint32_t	ifindex;
	uint32_t	port;		/* sent through this one; 0: any */
	struct mac	mac;
	uint16_t	tag;		/* there; 0: none */
	struct addr	addr;		/* IPv4: ARP; IPv6: NS */
	/* asked are all, and it is whose the address may be */
	uint8_t		everybody;
	uint8_t		pad[3];
};

/*
 * A station's ARP request for any address, as if its whole network were on the
 * link; and the answer to it: the gateway has the address.
 */
struct arp_ask {
	uint32_t	ifindex;
	struct mac	mac;		/* the sender */
	uint8_t		isolated;	/* reaches no stations there */
	uint8_t		pad;
	struct addr	sender;		/* its address, or none: a probe */
	struct addr	target;
};

/*
 * A station was heard: it sent this frame itself.  addr is the IP address that
 * it claims to have, if any.
 */
enum heard_kind {
	HEARD_OTHER,		/* DHCP, RS: no address in it */
	HEARD_ARP,		/* sender of an ARP request or announcement */
	HEARD_ARP_REPLY,	/* answer to a probe of ours */
	HEARD_NS,
	HEARD_NA		/* answer to a probe of ours, or unsolicited */
};

struct heard {
	uint32_t	ifindex;
	uint32_t	kind;		/* enum heard_kind */
	struct mac	mac;
	uint8_t		pad[2];
	struct addr	addr;
};

/*
 * An entry of the replicated table, as flooded (sroam-flood(7)).  data is the
 * key, whose first octet is the kind, and then the value.
 */
#define DATUM_MAX	237		/* key and value: the most in a TLV */

enum datum_kind {
	DATUM_LEASE4 = 0,	/* IPv4 address (4) -> MAC (6) */
	DATUM_LEASE6 = 1,	/* first half of a /64 (8) -> MAC (6) */
	DATUM_LOCATION = 2,	/* MAC (6) -> router id (8), or empty */
	DATUM_ROUTER = 3,	/* router id (8) -> struct router_info */
	DATUM_LINKLOCAL = 4,	/* MAC (6) -> last half of fe80::/64 (8) */
	DATUM_DELEGATED = 5,	/* length, first half (8) -> MAC (6) */
	/* key of a lease -> of the SHA-256 of its client's identifier (8) */
	DATUM_WHOSE = 8,
	DATUM_NETWORK = 16	/* length, name, another key: scope.h */
};

struct update {
	uint64_t	seqno;
	uint32_t	lifetime;	/* seconds that remain */
	/* ms since the claim; AGE_UNKNOWN (v1) */
	uint32_t	age;
	uint8_t		keylen;
	uint8_t		vallen;
	/* sessions that it came over, with this one; 0: unknown */
	uint8_t		hops;
	uint8_t		data[DATUM_MAX];
};

/* An entry as stored on disk; times are by our clock. */
struct stored {
	monotime_t	expires;
	monotime_t	claimed;
	uint64_t	seqno;
	uint8_t		keylen;
	uint8_t		vallen;
	uint8_t		data[DATUM_MAX];
};

/* What the table on disk is: the examiner's exit status, less EXAMINED. */
#define EXAMINED	16	/* so that no failure looks like one */

enum store_verdict {
	STORE_GOOD,
	STORE_EMPTY,		/* no such record, or file */
	STORE_FOREIGN,
	STORE_NEWER,		/* of an unknown version */
	STORE_DAMAGED,
	STORE_DENIED,
	STORE_BUSY,		/* another process writes it */
	STORE_VERDICTS
};

/*
 * Digests of two tables that are compared: a tree of nodes with sixteen
 * branches each (sroam-flood(7)).
 */
#define DIGEST_FANOUT	16

enum digest_kind {
	DIGEST_SUMMARY,		/* sums[0]: of the whole table */
	DIGEST_SUMS,		/* of the nodes right below this one */
	DIGEST_FETCH		/* send all that is below this node */
};

struct digest {
	uint8_t		kind;		/* enum digest_kind */
	uint8_t		level;		/* of the node; the root: 0 */
	uint16_t	index;		/* in its level */
	uint64_t	sums[DIGEST_FANOUT];
};

/*
 * The routers that a peer has sessions with, a TLV's worth of them at a time:
 * who has heard a datum from it already.
 */
#define NEIGHBOUR_IDS	31

enum neighbours_operation {
	NEIGHBOURS_NEW,		/* forget the former: a list begins */
	NEIGHBOURS_MORE,	/* these, too */
	NEIGHBOURS_LESS		/* these no more */
};

struct neighbours {
	uint8_t			operation;	/* enum neighbours_operation */
	uint8_t			n;
	struct router_id	ids[NEIGHBOUR_IDS];
};

/*
 * A router's announcement of itself: the value of a DATUM_ROUTER.  It is signed
 * by the router; the signature is its last field.
 */
#define NETWORK_NAME_MAX	16	/* with its NUL */
#define ROUTER_NAME_MAX		64
#define ROUTER_NAME_CUT		40	/* if it must be cut */
#define ROUTER_VERSION_MAX	32
#define ROUTER_CONFIG		8
#define ROUTER_SIGNED_MAX	162	/* of the value, unsigned */

struct router_info {
	struct router_id	id;
	struct addr		addr4, addr6;	/* none if it has none */
	char			name[ROUTER_NAME_MAX];
	char			version[ROUTER_VERSION_MAX];
	struct router_key	key;
	/* random, of its start; not 0 */
	uint64_t		run;
	/* hash of what all routers have alike (conf/alike.h) */
	uint8_t			config[ROUTER_CONFIG];
	uint8_t			has_config;
	uint8_t			signed_len;	/* of the value */
	struct router_signature	signature;
};

/* What the router's own identity is to sign: the value without signature. */
struct sign_router {
	uint64_t	seqno;
	uint8_t		vallen;
	uint8_t		value[ROUTER_SIGNED_MAX];
};

/*
 * A layer-3 interface with stations, as the parent sees it.  Sent whole
 * whenever any part changes.
 */
struct link {
	uint32_t	ifindex;	/* never 0 */
	uint32_t	conf;		/* index in struct conf's interfaces */
	char		name[16];	/* NUL-terminated */
	struct mac	lladdr;		/* what its frames carry */
	uint8_t		up;		/* exists, IFF_UP and running */
	uint8_t		source;		/* enum station_source in force */
	uint8_t		drops;		/* hostapd drops stations for us */
	/* how often a port of it has got its carrier; goes round */
	uint8_t		returns;
	uint8_t		pad[2];
	uint32_t	mtu;
	struct addr	gateway4;	/* our address on it; none: no DHCP */
	/* our link-local address; none: no RA */
	struct addr	gateway6;
};

/*
 * The kinds of frames that have sockets of their own: many stations that ask
 * for addresses must not delay answers to probes, or stations that arrive.
 */
enum link_socket {
	LINK_SOCKET_DHCP,	/* and DHCPv6 */
	LINK_SOCKET_NEIGHBOUR,	/* ARP, router and neighbour discovery */
	LINK_SOCKETS
};

/* How a router detects that a station is there, weakest first. */
enum station_source {
	SOURCE_AUTO,		/* decide by the kind of interface */
	SOURCE_PACKETS,
	SOURCE_BRIDGE,
	SOURCE_NL80211
};

/* The link layer's report of a station: it is at this port, or no longer. */
enum sighting_kind {
	SIGHTING_JOINED,	/* may send and receive: evidence */
	SIGHTING_PRESENT,	/* found at start: of unknown age */
	SIGHTING_LEFT,
	SIGHTING_ACTIVE,	/* after an inquiry: it sent frames */
	SIGHTING_NO_ACK		/* after an inquiry: no acknowledgements */
};

struct sighting {
	uint32_t	ifindex;	/* layer-3 interface */
	uint32_t	port;		/* layer-2 interface, maybe the same */
	uint32_t	kind;		/* enum sighting_kind */
	/*
	 * SIGHTING_PRESENT: ms since it came or was last heard; or
	 * AGE_UNKNOWN.
	 */
	uint32_t	age;
	struct mac	mac;
	uint8_t		source;		/* enum station_source of the report */
	uint8_t		isolated;	/* the port, from others */
	/* a static entry: stays and is silent, whatever the station does */
	uint8_t		fixed;
	uint8_t		pad;
	uint16_t	tag;		/* of frames to the port; 0: none */
	char		port_name[16];	/* NUL-terminated; may be empty */
};

/*
 * Routes that the engine wants.  A prefix has one at most: a new one replaces
 * it.
 */
enum route_kind {
	ROUTE_LOCAL,		/* the station is on ifindex (protocol 44) */
	ROUTE_DIRECT,		/* it is at router (protocol 45) */
	ROUTE_NONE		/* take the route away */
};

struct route {
	/* of one station, see conf_leases */
	struct prefix		prefix;
	uint8_t			kind;		/* enum route_kind */
	/* the station's, for the neighbour entry */
	struct mac		mac;
	uint32_t		ifindex;	/* ROUTE_LOCAL */
	struct router_id	router;	/* ROUTE_DIRECT */
	/* ROUTE_LOCAL, IPv6: the station's link-local address, or none. */
	struct addr		gateway;
};

/*
 * An IPv6 address that a station uses here, or (present 0) has stopped to use.
 */
struct neigh {
	uint32_t	ifindex;
	uint8_t		present;
	struct mac	mac;
	uint8_t		pad;
	struct addr	addr;
};

/* Addresses to reach a router for ROUTE_DIRECT; both none: remove it. */
struct nexthop {
	struct router_id	router;
	struct addr		addr4, addr6;
};

/* Tell the link layer to disconnect a station. */
struct disassociate {
	uint32_t	ifindex;	/* layer 3 */
	uint32_t	port;
	struct mac	mac;
	uint8_t		silent;		/* elsewhere: no frame to it */
	uint8_t		pad;
};

/*
 * Keep a station at this port of a bridge, whatever frames come in at others;
 * or (held 0) no more.
 */
struct pin {
	uint32_t	ifindex;	/* layer 3 */
	uint32_t	port;
	struct mac	mac;
	uint8_t		held;
	uint8_t		pad;
};

/* Ask the link layer whether a station is still there. */
struct inquiry {
	uint32_t	ifindex;	/* layer 3 */
	uint32_t	port;
	struct mac	mac;
	uint8_t		pad[2];
};
#endif
