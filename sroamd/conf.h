/* SPDX-License-Identifier: ISC */
/*
 * The configuration as plain data.  parse.y makes it, conf_print writes it
 * back as text that parses to the same, conf_send and conf_receive carry it
 * to the children record by record (every struct here but struct conf itself
 * is fixed-width and free of pointers).
 */
#ifndef SROAMD_CONF_H
#define SROAMD_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "addr.h"
#include "msg.h"

#define CONF_PATH	256
#define CONF_HOST	256		/* of a name, with the NUL */
#define CONF_PORTS	16		/* layer-2 interfaces per interface */
#define CONF_ADDRS	8		/* gateway addresses per interface */
#define CONF_PREFIXES	16
#define CONF_NAMESERVERS 8
#define CONF_LISTENS	64
#define CONF_PEERS	1024
#define CONF_IFACES	256

/* The scalars.  Defaults in brackets. */
struct conf_global {
	struct router_id router_id;	/* [none: kept in the state folder] */
	struct addr	router_addr4, router_addr6;	/* [none] */
	char		name[ROUTER_NAME_MAX];	/* [empty: host name] */
	char		user[32];	/* [_sroamd] */
	char		chroot[CONF_PATH];	/* [/run/sroamd/empty] */
	char		state[CONF_PATH];	/* [/var/lib/sroamd]; empty: none */
	char		socket[CONF_PATH];	/* [/run/sroamd.sock] */
	uint32_t	lease_time;	/* seconds [1800] */
	uint32_t	location_time;	/* seconds a claim lives [5400, as v1] */
	uint32_t	prefix_valid;	/* seconds [5400] */
	uint32_t	prefix_preferred;	/* seconds [2700] */
	uint32_t	router_lifetime;	/* seconds [1800] */
	uint32_t	probe_interval;	/* seconds a station may be silent [30] */
	uint32_t	table;		/* kernel table of our routes [44] */
	uint32_t	rule_priority;	/* of the rule that selects it [1000] */
	uint32_t	metric;		/* of local routes in main [10] */
	uint32_t	drain;		/* ms a lost route is kept, demoted [2000] */
	uint32_t	max_data;	/* data in the table [1000000] */
	uint32_t	max_peers;	/* sessions [256] */
	uint8_t		direct;		/* direct routes [yes] */
	uint8_t		disassociate;	/* drop stale associations [yes] */
	uint8_t		leave_routes;	/* at exit [no] */
	uint8_t		verbose;	/* log debug [0]; -v raises it */
	uint8_t		network_key[32];	/* keys the address hash [zero] */
	uint32_t	nprefixes, nnameservers;
	struct prefix	prefixes[CONF_PREFIXES];
	struct addr	nameservers[CONF_NAMESERVERS];
};

/* A listening address. */
struct conf_listen {
	struct addr	addr;		/* none: all */
	uint16_t	port;		/* [4444] */
	uint8_t		notls;
	uint8_t		pad;
};

/*
 * A router to connect to: by its address, by its name, or, automatic, those
 * that are found on an interface.
 */
struct conf_peer {
	struct addr	addr;		/* none if there is a host */
	uint16_t	port;		/* [4444]; automatic: of the messages */
	uint8_t		notls;
	uint8_t		automatic;
	char		host[CONF_HOST];	/* a name, or the interface's */
};

/* A layer-3 interface with stations. */
struct conf_iface {
	char		name[16];
	uint32_t	source;		/* enum station_source [auto] */
	uint32_t	nports;		/* 0: the interface itself, or all ports */
	char		ports[CONF_PORTS][16];
	struct mac	lladdr;		/* the shared MAC [zero: left alone] */
	uint8_t		pad[2];
	uint32_t	naddrs;
	struct prefix	addrs[CONF_ADDRS];	/* with the length to set */
};

struct conf {
	struct conf_global	 global;
	struct conf_listen	*listens;
	size_t			 nlistens;
	struct conf_peer	*peers;
	size_t			 npeers;
	struct conf_iface	*ifaces;
	size_t			 nifaces;
};

struct conf	*conf_new(void);		/* all defaults; NULL: no memory */
void		 conf_free(struct conf *);
/* Append one record; 0, or -1: no memory, or CONF_* of them are there. */
int		 conf_add_listen(struct conf *, const struct conf_listen *);
int		 conf_add_peer(struct conf *, const struct conf_peer *);
int		 conf_add_iface(struct conf *, const struct conf_iface *);
/* What contradicts itself across statements: NULL if nothing, or a text. */
const char	*conf_check(const struct conf *);
/* What it is called: its host, or its address; one static buffer. */
const char	*conf_peer_text(const struct conf_peer *);
void		 conf_print(const struct conf *, FILE *);
bool		 conf_covers(const struct conf_global *, const struct prefix *);

/*
 * Parse a file ("-" for standard input); macros are those of -D.  Errors go
 * to the log as file:line.  NULL on error.
 */
struct conf	*conf_parse(const char *path);
int		 conf_define(const char *name_is_value);	/* -D */
#endif
