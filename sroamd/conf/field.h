/* SPDX-License-Identifier: ISC */
/*
 * What the parser, the checks and the printer of the configuration share:
 * the table of scalar settings (a keyword is a row), texts to values, and
 * faults, which name the record they are about so that the parser can tell
 * its line.
 */
#ifndef SROAMD_CONF_FIELD_H
#define SROAMD_CONF_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

#define CONF_WHY	512		/* for a text that says what is wrong */

enum conf_type {
	CONF_TYPE_ID,
	CONF_TYPE_NAME,		/* letters, digits, dot, dash, underscore */
	CONF_TYPE_PATH,		/* absolute */
	CONF_TYPE_KEY,		/* 32 octets */
	CONF_TYPE_SECONDS,
	CONF_TYPE_MS,
	CONF_TYPE_NUMBER,
	CONF_TYPE_CHOICE	/* one of some words */
};

enum conf_index {
	FIELD_ROUTER_ID,
	FIELD_ROUTER_NAME,
	FIELD_USER,
	FIELD_CHROOT,
	FIELD_STATE,
	FIELD_SOCKET,
	FIELD_HOSTAPD,
	FIELD_NETWORK_KEY,
	FIELD_LEASE_TIME,
	FIELD_LEASE_FIRST,
	FIELD_RAPID_COMMIT,
	FIELD_IPV6_ONLY,
	FIELD_DOMAIN,
	FIELD_LOCATION_TIME,
	FIELD_PREFIX_VALID,
	FIELD_PREFIX_PREFERRED,
	FIELD_ROUTER_LIFETIME,
	FIELD_PROBE_INTERVAL,
	FIELD_TABLE,
	FIELD_RULE_PRIORITY,
	FIELD_METRIC,
	FIELD_DRAIN,
	FIELD_MAX_DATA,
	FIELD_MAX_ROUTERS,
	FIELD_MAX_PEERS,
	FIELD_MAX_LEASES,
	FIELD_MAX_SOURCE,
	FIELD_MAX_HANDSHAKES,
	FIELD_MAX_UPDATES,
	FIELD_DIRECT,
	FIELD_DISASSOCIATE,
	FIELD_LEAVE_ROUTES,
	FIELD_VERBOSE,
	FIELD_ONLINK,
	FIELD_PREFERENCE,
	FIELD_DHCP6,
	FIELD_COUNT
};

struct conf_field {
	const char	*name;		/* as it is written */
	enum conf_type	 type;
	size_t		 offset, size;	/* in struct conf_global */
	const char	*text;		/* default of a name or a path */
	uint32_t	 def, min, max;	/* of a text, max is its length */
	const char	*choice[3];	/* words for 0, 1 and maybe 2 */
	bool		 joined;	/* on the line of the field above */
	bool		 fixed;		/* a reload cannot change it */
};

const struct conf_field	*conf_field(enum conf_index);
uint32_t	 conf_field_number(const struct conf_field *,
		    const struct conf_global *);
const char	*conf_field_text(const struct conf_field *,
		    const struct conf_global *);
/* A number with its unit, as it would be written; one static buffer. */
const char	*conf_number_text(const struct conf_field *, uint32_t);
/* Words of enum station_source, or NULL beyond them. */
const char	*conf_source_name(uint32_t);

/* value.c: 0, or -1 and `why` of CONF_WHY octets. */
int	conf_value_field(struct conf_global *, enum conf_index, const char *,
	    char *why);
int	conf_value_prefix(const char *, struct prefix *, char *why);
int	conf_value_gateway(const char *, struct prefix *, char *why);
int	conf_value_addr(const char *, struct addr *, char *why);
/* The name of a host, RFC 1123 2.1, or of an alias in some /etc/hosts. */
int	conf_value_host(const char *, char host[CONF_HOST], char *why);
int	conf_value_mac(const char *, struct mac *, char *why);
int	conf_value_port(const char *, uint16_t *, char *why);
/* A text or what a file holds; its octets are not told in `why`. */
int	conf_value_secret(const void *, size_t len, char *why);
int	conf_value_psk(const char *, char text[CONF_PATH], char *why);
int	conf_value_path(const char *, char path[CONF_PATH], char *why);
int	conf_value_ifname(const char *, char name[16], char *why);
int	conf_value_source(const char *, uint32_t *, char *why);
int	conf_value_number(const char *, uint32_t min, uint32_t max,
	    uint32_t *, char *why);
int	conf_value_v4(const char *, struct addr *, char *why);
/* Octets in hexadecimal, colons between them or not. */
int	conf_value_hex(const char *, uint8_t *, size_t max, size_t *len,
	    char *why);
int	conf_value_domain(const char *, char domain[CONF_DOMAIN], char *why);
int	conf_value_uri(const char *, char uri[CONF_URI], char *why);
int	conf_value_nat64(const char *, struct prefix *, char *why);

/* check.c: which record a fault is about. */
enum conf_record {
	RECORD_NONE,
	RECORD_FIELD,		/* index: enum conf_index */
	RECORD_ROUTER_ADDR,	/* index: 0 IPv4, 1 IPv6 */
	RECORD_PREFIX,
	RECORD_NAMESERVER,
	RECORD_LISTEN,
	RECORD_PEER,
	RECORD_IFACE,
	RECORD_ADVERT_ROUTE,
	RECORD_NTP,
	RECORD_RELAY,
	RECORD_RANGE,
	RECORD_EXCLUDE,
	RECORD_OPTION,
	RECORD_HOST
};

struct conf_fault {
	enum conf_record record;
	uint32_t	 index;
	char		 text[CONF_WHY];
};

/* Call fn for everything that conf_check objects to; 0, or -1: no memory. */
int	conf_faults(const struct conf *,
	    void (*fn)(void *arg, const struct conf_fault *), void *arg);

/* dhcp.c: what only DHCP is about, checked. */
int	conf_dhcp_faults(const struct conf *,
	    void (*fn)(void *arg, const struct conf_fault *), void *arg);

/*
 * parent/parse.y: parse len octets of text that came from `name`.  Without includes
 * no file is opened.
 */
struct conf	*conf_parse_text(const char *name, const char *text,
		    size_t len, bool includes);
#endif
