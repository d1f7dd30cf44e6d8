/* SPDX-License-Identifier: ISC */
/*
 * The configuration as plain data.  parent/parse.y makes it, conf_print writes
 * it as text that parses to the same, conf_send and conf_receive carry it to
 * the children record by record (every struct here but struct conf itself is
 * of fixed width and without pointers).
 */
#ifndef SROAMD_CONF_H
#define SROAMD_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/addr.h"
#include "msg.h"

#define CONF_PATH	256
#define CONF_WHY	512	/* of a text that describes a fault */
#define CONF_WARNS	": warning: "	/* in a line that is no error */
#define CONF_HOST	256		/* of a name, with the NUL */
#define CONF_PORTS	16		/* layer-2 interfaces per interface */
#define CONF_ADDRS	8		/* gateway addresses per interface */
#define CONF_NETWORKS	33		/* 32, and the one without a name */
#define CONF_UNNAMED	"unnamed"	/* in statements, the first one */
#define CONF_PREFIXES	16		/* of a network, as the lists below */
#define POOL4_SHORTEST	8	/* lengths of a network's prefixes */
#define POOL4_LONGEST	30		/* room for a gateway and a station */
#define POOL6_SHORTEST	16
#define POOL6_LONGEST	63		/* a /64 is one station's */
#define CONF_NAMESERVERS 8
#define CONF_SEARCH	6		/* domains to search */
#define CONF_DOMAIN	256		/* RFC 1035: 253 octets as text */
#define CONF_URI	256		/* RFC 8910: what DHCP can carry too */
#define CONF_MEMBERS	16384		/* routers of the network */
#define CONF_ROUTES	8		/* in advertisements */
#define CONF_LISTENS	64
#define CONF_SOURCES	32		/* that may connect to one of them */
#define CONF_PEERS	1024
#define CONF_IFACES	256
#define CONF_NTP	8
#define CONF_RELAYS	32
#define CONF_RANGES	16
#define CONF_TABLE_STEP	100	/* from one `table' to the next: isolate.h */
#define CONF_VRF_RULE	1000	/* the kernel's, that leads into VRFs */
#define CONF_PROHIBITS	16
#define CONF_OPTIONS	64
#define CONF_BOOTS	16		/* files, one an architecture */
#define CONF_BOOT_FILE	128		/* with the NUL: as in BOOTP */
#define CONF_BOOT_SERVER 64		/* likewise */
#define CONF_ARCH_MAX	65534
#define CONF_HOSTS	4096
#define CONF_ROUTERS	CONF_MEMBERS	/* known, and denied */
#define CONF_BARS	4096	/* stations that are denied */

/* A range of IPv4 addresses, with the last one. */
struct conf_range {
	struct addr	first, last;
};

/* Preference of a router, RFC 4191 2.1. */
enum preference {
	PREFERENCE_MEDIUM,
	PREFERENCE_HIGH,
	PREFERENCE_LOW
};

/* What DHCPv6 is answered. */
enum dhcp6_mode {
	DHCP6_NO,
	DHCP6_STATELESS,	/* name servers and search list only */
	DHCP6_DELEGATE		/* prefixes too, RFC 9663 */
};

/* A route in advertisements, RFC 4191 2.3. */
struct conf_route {
	struct prefix	prefix;
	uint8_t		preference;	/* enum preference */
};

/* What a station loads that boots by the network. */
struct conf_boot {
	uint32_t	arch;		/* of option 93, and one; 0: any */
	char		file[CONF_BOOT_FILE];
};

/* Which routers are admitted. */
enum conf_admission {
	ROUTERS_ANY,
	ROUTERS_KNOWN		/* those of struct conf_router */
};

/* The settings.  Each has a row in field.c, with its range and default. */
struct conf_global {
	struct addr	router_addr4, router_addr6;	/* or none */
	char		name[ROUTER_NAME_MAX];	/* empty: host name */
	char		user[32];
	char		chroot[CONF_PATH];
	char		state[CONF_PATH];	/* empty: none */
	char		identity[CONF_PATH]; /* empty: in state */
	char		socket[CONF_PATH];
	char		hostapd[CONF_PATH];	/* empty: not asked */
	/* seconds, as all without unit, that a claim lives */
	uint32_t	location_time;
	/* that a station may be silent */
	uint32_t	probe_interval;
	uint32_t	table;		/* kernel table of our routes */
	/* of the rule that selects it */
	uint32_t	rule_priority;
	uint32_t	metric;		/* of local routes in main */
	/* ms that a lost route is kept */
	uint32_t	drain;
	uint32_t	max_data;	/* entries of the table */
	uint32_t	max_memory;	/* of it, MB; 0: not known */
	uint32_t	max_routers;	/* that announce themselves */
	uint32_t	max_peers;	/* sessions */
	uint32_t	max_source;	/* sessions of one address */
	/* inbound connections before hello */
	uint32_t	max_handshakes;
	uint32_t	max_updates;	/* a second, of one peer */
	uint8_t		direct;		/* direct routes */
	uint8_t		disassociate;	/* drop stale associations */
	uint8_t		leave_routes;	/* at exit */
	uint8_t		verbose;	/* log debug; -v raises it */
	uint8_t		tls;		/* enum conf_tls_mode */
	uint8_t		network_key[32]; /* keys the address hash */
	uint8_t		routers;	/* enum conf_admission */
	/* over a default route, too */
	uint8_t		direct_default;
	uint8_t		pad;
};

/*
 * What the stations of a network are given.  Networks are kept apart: the first
 * one has no name and is that of all statements outside of a block.
 */
struct conf_network {
	char			name[NETWORK_NAME_MAX];
	uint32_t		lease_time;
	uint32_t		lease_first;	/* of a new station */
	uint32_t		ipv6_only;	/* option 108; 0: not sent */
	uint32_t		prefix_valid;
	uint32_t		prefix_preferred;
	uint32_t		router_lifetime;
	/* new ones of a port and second */
	uint32_t		max_leases;
	uint32_t		max_share;	/* percent of a pool: a port */
	uint32_t		table;		/* of a VRF; 0: in none */
	/* IPv4 addresses of a station, and those that no DHCP gave */
	uint32_t		max_addrs, max_learned;
	uint32_t		nprefixes, nnameservers;
	struct prefix		prefixes[CONF_PREFIXES];
	uint8_t			delegates[CONF_PREFIXES]; /* length; 0: none */
	struct addr		nameservers[CONF_NAMESERVERS];
	/* Further contents of router advertisements and DHCPv6. */
	/* L flag of stations' prefixes */
	uint8_t			onlink;
	uint8_t			preference;	/* enum preference */
	uint8_t			dhcp6;		/* enum dhcp6_mode */
	uint8_t			rapid_commit;
	uint32_t		nsearch, nroutes;
	struct prefix		nat64;		/* none: of length 0 */
	struct conf_route	routes[CONF_ROUTES];
	char			captive[CONF_URI];
	char			search[CONF_SEARCH][CONF_DOMAIN];
	char			domain[CONF_DOMAIN];
	uint8_t			pad[3];
	uint32_t		nntp, nrelays, nranges, nexcludes, nstatics;
	struct addr		ntp[CONF_NTP];
	struct addr		relays[CONF_RELAYS];	/* DHCP relay agents */
	/* none: all of the prefixes */
	struct conf_range	ranges[CONF_RANGES];
	struct conf_range	excludes[CONF_RANGES];
	/* for stations that never ask DHCP */
	struct conf_range	statics[CONF_RANGES];
	/* not to be reached from here, and what may be */
	uint32_t		nprohibits, nreaches;
	struct prefix		prohibits[CONF_PROHIBITS];
	char			reaches[CONF_NETWORKS - 1][NETWORK_NAME_MAX];
	uint8_t			isolate;	/* from the other networks */
	uint8_t			pad2[3];
	struct addr		next_server;	/* to load from, or none */
	uint32_t		nboots;
	struct conf_boot	boots[CONF_BOOTS];
	char			server_name[CONF_BOOT_SERVER];
};

/* A listening address. */
struct conf_listen {
	struct addr	addr;		/* none: all */
	uint16_t	port;		/* [4444] */
	uint8_t		notls;
	uint8_t		pad;
	uint32_t	nfrom;		/* 0: any address may connect */
	struct prefix	from[CONF_SOURCES];
};

/*
 * A router to connect to: by its address or by its name; or, automatic, all
 * routers that are found on an interface.
 */
struct conf_peer {
	struct addr	addr;		/* none if there is a host */
	struct addr	from;		/* source of connections [none: any] */
	uint16_t	port;		/* [4444]; automatic: of the messages */
	uint8_t		notls;
	uint8_t		automatic;
	char		host[CONF_HOST];	/* a name, or the interface's */
};

/* A layer-3 interface with stations; its settings have rows in field.c, too. */
struct conf_iface {
	char		name[16];
	uint32_t	network;	/* of struct conf: by number */
	uint32_t	source;		/* enum station_source */
	uint32_t	nports;		/* 0: itself, or all of its ports */
	char		ports[CONF_PORTS][16];
	struct mac	lladdr;		/* the shared MAC; zero: not set */
	uint8_t		pad[2];
	uint32_t	naddrs;
	struct prefix	addrs[CONF_ADDRS];	/* with the length to set */
	uint32_t	netmask;	/* mask for stations; 0: 32 */
	uint32_t	isolated;	/* no direct way between them */
	uint32_t	repeaters;	/* stations ask DHCP for others */
};

/* An option of DHCP, as the operator wrote it. */
struct conf_option {
	uint32_t		network;
	struct dhcp_option	option;
};

/* A station with a reserved address or prefix. */
struct conf_host {
	uint32_t	network;
	char		name[DHCP_HOST_MAX];
	struct mac	mac;		/* zero: identified by its client id */
	uint8_t		client_text;	/* or of type 0 and this text */
	uint8_t		client_idlen;
	uint8_t		client_id[DHCP_CLIENT_ID_MAX];
	struct addr	addr;		/* IPv4, or none */
	struct prefix	prefix;		/* a /64; of length 0: none */
	struct prefix	delegated;	/* by DHCPv6; likewise */
};

/* A router that is known, or denied; both are in the order of ids. */
struct conf_router {
	struct router_id	id;
	char			name[ROUTER_NAME_MAX];	/* may be empty */
};

struct conf_deny {
	struct router_id	id;
};

/* A station that is not served; in the order of their addresses. */
struct conf_bar {
	struct mac	mac;
};

/*
 * Authentication of sessions.  The statements stay in the parent; the secrets,
 * from files and texts, go to the engine and to no other process.
 */
#define CONF_PSKS	8
#define CONF_SECRETS	(CONF_PSKS + 3)
#define CONF_SECRET_MAX	262144u	/* octets: a file of certificates */

enum conf_tls_mode {
	CONF_TLS_NONE,
	CONF_TLS_PSK,
	CONF_TLS_CERT
};

struct conf_tls {
	uint32_t	npsks;
	char		psks[CONF_PSKS][CONF_PATH];	/* or "file:/path" */
	char		ca[CONF_PATH], cert[CONF_PATH], key[CONF_PATH];
};

enum secret_kind {
	SECRET_PSK,		/* the first is used, all are accepted */
	SECRET_CA,		/* PEM */
	SECRET_CERT,
	SECRET_KEY,
	SECRET_KINDS
};

struct conf_secret {
	uint32_t	 kind;		/* enum secret_kind */
	size_t		 len;
	uint8_t		*data;
};

struct conf {
	struct conf_global	 global;
	struct conf_network	*networks;	/* the first one is there */
	size_t			 nnetworks;
	struct conf_tls		 tls;
	struct conf_secret	 secrets[CONF_SECRETS];
	size_t			 nsecrets;
	struct conf_listen	*listens;
	size_t			 nlistens;
	struct conf_peer	*peers;
	size_t			 npeers;
	struct conf_iface	*ifaces;
	size_t			 nifaces;
	struct conf_option	*options;
	size_t			 noptions;
	struct conf_host	*hosts;
	size_t			 nhosts;
	struct conf_router	*routers;
	size_t			 nrouters;
	struct conf_deny	*denies;
	size_t			 ndenies;
	struct conf_bar		*bars;
	size_t			 nbars;
};

/* All defaults, and the first network; NULL: no memory. */
struct conf			*conf_new(void);
/* The same without any network. */
struct conf			*conf_empty(void);
void				 conf_free(struct conf *);
/* Append one record; 0, or -1 and errno: ENOMEM, or CONF_* are there. */
int				 conf_add_network(struct conf *,
				    const struct conf_network *);
int				 conf_add_listen(struct conf *,
				    const struct conf_listen *);
int				 conf_add_peer(struct conf *,
				    const struct conf_peer *);
int				 conf_add_iface(struct conf *,
				    const struct conf_iface *);
int				 conf_add_option(struct conf *,
				    const struct conf_option *);
int				 conf_add_host(struct conf *,
				    const struct conf_host *);
int				 conf_add_router(struct conf *,
				    const struct conf_router *);
int				 conf_add_deny(struct conf *,
				    const struct conf_deny *);
int				 conf_add_bar(struct conf *,
				    const struct conf_bar *);
/*
 * A secret, or (offset not 0) more octets of the last one; 0, or -1 as above.
 */
int				 conf_add_secret(struct conf *, uint32_t kind,
				    size_t offset, const void *, size_t len);
/* When all routers and bars were added: the lookups need their order. */
void				 conf_routers_sort(struct conf *);
/* NULL: not known. */
const struct conf_router	*conf_router_find(const struct conf *,
				    const struct router_id *);
bool				 conf_denied(const struct conf *,
				    const struct router_id *);
/* Whether this station is not served. */
bool				 conf_barred(const struct conf *,
				    const struct mac *);
/* Wipe secrets, the texts of `tls psk` and the network key. */
void				 conf_forget_secrets(struct conf *);
/*
 * Looks for contradictions between statements: NULL: none, or a text;
 * conf_no_memory if memory for the check was refused.
 */
extern const char conf_no_memory[];
const char			*conf_check(const struct conf *);
/* A peer's name for the log: host or address; in one static buffer. */
const char			*conf_peer_text(const struct conf_peer *);
/*
 * The whole configuration; or what differs from the defaults, which parses to
 * the same.
 */
void				 conf_print(const struct conf *, FILE *);
void				 conf_print_changes(const struct conf *,
				    FILE *);
/* The block of one network, by number: what differs from the defaults. */
void				 conf_print_network(const struct conf *, size_t,
				    FILE *);
/* Its name in statements and for people: CONF_UNNAMED, if it has none. */
const char			*conf_network_text(const struct conf_network *);
/* By such a name; NULL: there is none. */
const struct conf_network	*conf_network_find(const struct conf *,
				    const char *);
/* Whether stations of one may reach those of the other; the same both ways. */
bool				 conf_reaches(const struct conf_network *,
				    const struct conf_network *);
/* The prefix of the network that contains it, or NULL. */
const struct prefix		*conf_prefix_of(const struct conf_network *,
				    const struct addr *);
/* Whether it is in one of its `static' ranges. */
bool				 conf_is_static(const struct conf_network *,
				    const struct addr *);
/* Whether it is the first address of the prefix, or the last one of IPv4. */
bool				 conf_is_end(const struct prefix *,
				    const struct addr *);
/* The last address of it. */
void				 conf_last(const struct prefix *,
				    struct addr *);
/* The length of what one station gets of prefixes[i]. */
uint8_t				 conf_lease_len(const struct conf_network *,
				    uint32_t i);
/* The file for an architecture (if there is one), or for all; NULL: none. */
const char			*conf_boot_file(const struct conf_network *,
				    bool has_arch, uint16_t arch);
/* Whether this address may connect to the listening address. */
bool				 conf_permits(const struct conf_listen *,
				    const struct addr *);

/*
 * Parse a file ("-" for standard input); macros are those of -D.  It and those
 * that it includes must be trusted, and its secrets be in files that nobody
 * else reads: parent/trust.h.  Errors go to the log as file:line.  NULL on
 * error.
 */
struct conf	*conf_parse(const char *path);
/* Write there what is to stand in place of statements that are wrong. */
void		 conf_propose_to(FILE *);
/* Who asks for something else than the configuration reads no advice on it. */
void		 conf_without_warnings(void);
int		 conf_define(const char *name_is_value);	/* -D */
/*
 * Parse len octets of text that came from `name`.  Without includes no file
 * is opened.
 */
struct conf	*conf_parse_text(const char *name, const char *text, size_t len,
		    bool includes);
#endif
