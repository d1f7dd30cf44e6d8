/* SPDX-License-Identifier: ISC */
/*
 * The messages between our processes.  One table (rows.c) gives for each: its
 * name, who may send it to whom, whether a descriptor comes with it, its
 * struct, and the rule of every field.
 */
#ifndef SROAMD_IPC_H
#define SROAMD_IPC_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ctl.h"
#include "common/imsg.h"
#include "conf/conf.h"
#include "msg.h"

enum proc_id {
	PROC_PARENT,
	PROC_ENGINE,
	PROC_FRONTEND,
	PROC_RESOLVER,
	PROC_SIGNER,
	PROC_EXAMINER,		/* has no pipe */
	PROC_NONE
};

enum ipc_type {
	/*
	 * engine, parent -> frontend: CTL_STATUS to CTL_END, but for
	 * CTL_INTERFACE, answers to the client that the id names
	 */
	IPC_FIRST = CTL_STATUS,
	/* parent -> children: start and configuration */
	/* struct ipc_hello + fd of the sibling */
	IPC_HELLO = CTL_END + 1,
	IPC_HELLO_SIGNER,	/* + file of the identity (signer) */
	/* + their ends of a channel (engine, signer) */
	IPC_SIGNER,
	IPC_CONF_BEGIN,		/* struct conf_global */
	IPC_CONF_NETWORK,	/* struct conf_network */
	IPC_CONF_LISTEN,	/* struct conf_listen */
	IPC_CONF_PEER,		/* struct conf_peer */
	IPC_CONF_IFACE,		/* struct conf_iface */
	IPC_CONF_OPTION,	/* struct conf_option */
	IPC_CONF_STATIC,	/* struct conf_host */
	IPC_CONF_ROUTER,	/* struct conf_router */
	IPC_CONF_DENY,		/* struct conf_deny */
	IPC_CONF_BAR,		/* struct conf_bar */
	IPC_CONF_SECRET,	/* struct ipc_secret (engine) */
	IPC_CONF_END,		/* complete: answer READY */
	IPC_CONF_COMMIT,	/* use it from now on */
	IPC_CONF_ABORT,		/* forget it */
	IPC_VERBOSE,		/* uint32_t */
	IPC_LINK,		/* struct link */
	IPC_LINK_SOCKET,	/* struct ipc_link_socket + it (frontend) */
	IPC_CONTROL_SOCKET,	/* + listening socket (frontend) */
	IPC_SIGHTING,		/* struct sighting (engine) */
	IPC_ADOPT,		/* struct route (engine) */
	/* struct ipc_peer + connected socket (engine) */
	IPC_PEER_FD,
	IPC_PEER_FAILED,	/* struct ipc_peer: connect failed (engine) */
	/* struct ipc_peer: there is a route now (engine) */
	IPC_PEER_ROUTE,
	/* struct ipc_discover + datagram socket (engine) */
	IPC_DISCOVER_SOCKET,
	IPC_RESOLVE,		/* struct ipc_resolve (resolver) */
	IPC_PARENT_STATUS,	/* struct ctl_parent (frontend) */
	IPC_SHUTDOWN,		/* send the last messages, and exit */
	/* children -> parent */
	IPC_CONF_READY,
	IPC_CONF_REFUSED,	/* struct ipc_refused */
	IPC_FD_LOST,		/* a descriptor was lost: too many open */
	IPC_LOG,		/* struct ipc_log */
	IPC_LOG_LOST,		/* struct ipc_lost: of the sender's lines */
	/* resolver -> parent */
	/* struct ipc_resolved, with the id of the request */
	IPC_RESOLVED,
	/* signer -> parent */
	IPC_IDENTITY,		/* struct ipc_identity */
	/* engine -> parent */
	IPC_PEER_CONNECT,	/* struct ipc_peer */
	IPC_ROUTE,		/* struct route */
	IPC_NEIGH,		/* struct neigh */
	IPC_NEXTHOP,		/* struct nexthop */
	IPC_STARTED,
	IPC_DISASSOCIATE,	/* struct disassociate */
	IPC_PIN,		/* struct pin */
	IPC_INQUIRY,		/* struct inquiry */
	/* engine -> signer */
	IPC_SIGN_ROUTER,	/* struct ipc_sign_router */
	IPC_SIGN_SESSION,	/* struct ipc_sign_session */
	/* signer -> engine */
	IPC_SIGNED_ROUTER,	/* struct ipc_signed_router */
	IPC_SIGNED_SESSION,	/* struct ipc_signed_session */
	/* frontend -> engine */
	IPC_DHCP,		/* struct dhcp_request */
	IPC_DHCP6,		/* struct dhcp6_request */
	IPC_SOLICIT,		/* struct solicit */
	IPC_HEARD,		/* struct heard */
	IPC_ARP_ASK,		/* struct arp_ask */
	/* engine -> frontend */
	IPC_DHCP_REPLY,		/* struct dhcp_reply */
	IPC_DHCP6_REPLY,	/* struct dhcp6_reply */
	IPC_ADVERT,		/* struct advert */
	IPC_ANNOUNCE,		/* struct announce */
	IPC_PROBE,		/* struct probe */
	IPC_ARP_REPLY,		/* struct arp_ask */
	IPC_DROPS,		/* struct ipc_drops */
	/* frontend -> engine: uint32_t, whether anybody wants CTL_EVENT */
	IPC_LISTEN,
	/*
	 * frontend -> engine, parent: uint32_t, how many records more the
	 * client that the id names may get; 0: it has left
	 */
	IPC_CTL_MORE,
	/* frontend -> engine, parent: a request, the id names the client */
	IPC_CTL,		/* struct ipc_ctl */
	/* parent -> children: + socket, see proc/alive.h */
	IPC_ALIVE,
	IPC_MAX
};

struct ipc_hello {
	struct router_id	self;
	uint32_t		verbose;
	uint32_t		pad;
	uint64_t		run;		/* random, of this start */
	uint8_t			key[PUBLIC_KEY];	/* public, of self */
};

/* Who we are; hash: what the id is the first octets of. */
struct ipc_identity {
	struct router_id	id;
	uint8_t			key[PUBLIC_KEY];
	uint8_t			hash[FINGERPRINT];
};

/*
 * To sign: our router datum, whose value is without the signature; a session
 * by its exported keying material.  The answers have the number or the session
 * again; a number that does not rise has none.
 */
#define SIGN_VALUE_MAX	162

struct ipc_sign_router {
	uint64_t	number;
	uint8_t		vallen;
	uint8_t		value[SIGN_VALUE_MAX];
	uint8_t		pad[5];
};

struct ipc_sign_session {
	uint64_t	session;	/* the engine's own number; not 0 */
	uint8_t		role;		/* enum sign_role */
	uint8_t		pad[7];
	uint8_t		exporter[32];
};

enum sign_role {
	SIGN_CLIENT = 'c',	/* connected */
	SIGN_SERVER = 's'	/* accepted */
};

struct ipc_signed_router {
	uint64_t	number;
	uint8_t		signature[SIGNATURE];
};

struct ipc_signed_session {
	uint64_t	session;
	uint8_t		signature[SIGNATURE];
};

/* Why a configuration cannot be used; empty: no memory. */
struct ipc_refused {
	char		why[508];	/* LOG_TEXT */
};

/*
 * number: of a configured peer, its index + 1; 0 for one that connected.  The
 * address of a peer with a name is none until it is connected.
 */
struct ipc_peer {
	uint32_t	number;
	int32_t		error;		/* IPC_PEER_FAILED: errno, IPC_EAI() */
	struct addr	addr;
	uint32_t	ifindex;	/* of a link-local address, else 0 */
	uint32_t	more;		/* refused before, and not reported */
	uint16_t	port;
	uint8_t		notls;
	uint8_t		automatic;	/* found by discovery, not configured */
	uint8_t		known;		/* connected from a peer's address */
	/* to connect: the last try had no session */
	uint8_t		fruitless;
	uint8_t		pad[2];
	char		host[CONF_HOST];	/* as in struct conf_peer */
};

/* An error of getaddrinfo(3), as a number that no errno has. */
#define IPC_EAI_BASE	10000
#define IPC_EAI(eai)	(IPC_EAI_BASE - (eai))

/* A socket for frames; it replaces the former one of its kind. */
struct ipc_link_socket {
	uint32_t	ifindex;
	uint32_t	kind;		/* enum link_socket */
};

/* The process has too many open files for the descriptor: IPC_*_SOCKET. */
struct ipc_fd_lost {
	uint32_t	type;
	uint32_t	ifindex;
};

/* A link for discovery.  It replaces the former one. */
struct ipc_discover {
	uint32_t	ifindex;
	uint16_t	port;		/* that messages are sent to */
	uint8_t		pad[2];
	char		name[16];	/* NUL-terminated */
};

#define RESOLVE_ADDRS	8

struct ipc_resolve {
	char		host[CONF_HOST];
};

struct ipc_resolved {
	int32_t		error;		/* 0, or IPC_EAI() */
	uint32_t	naddrs;		/* at least 1 without an error */
	struct addr	addrs[RESOLVE_ADDRS];
};

/* Messages of an interface that the engine dropped. */
struct ipc_drops {
	uint32_t	ifindex;
	uint8_t		pad[4];
	uint64_t	count[CTL_DROPS];
};

#define IPC_SECRET_MAX	1024

/* A part of a struct conf_secret; offset 0 begins a new one. */
struct ipc_secret {
	uint32_t	kind;		/* enum secret_kind */
	uint32_t	offset;
	uint32_t	len;		/* of data */
	uint8_t		data[IPC_SECRET_MAX];
};

struct ipc_log {
	int32_t	priority;	/* LOG_CRIT at most: syslog(3) */
	char	text[508];	/* LOG_TEXT */
};

/* Lines of the log that were dropped, by priority. */
struct ipc_lost {
	uint64_t	count[CTL_LOGS];
};

struct ipc_ctl {
	/* enum ctl_type of the request */
	uint32_t		type;
	struct ctl_request	request;
};

/*
 * Whether `from` may send this message to `to`, and its payload, aligned as
 * imsg_get returns it, is right: NULL, or what is wrong, valid until the next
 * call: "field port: 0, expected another".  Receivers call it before anything
 * else.
 */
const char	*ipc_check(const struct imsg *, enum proc_id from,
		    enum proc_id to);
const char	*ipc_name(uint32_t type);
/* The error of an ipc_peer as text. */
const char	*ipc_error_text(int32_t);
const char	*proc_name(enum proc_id);
#endif
