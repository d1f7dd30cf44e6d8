/* SPDX-License-Identifier: ISC */
/*
 * The table of scalar settings, which the parser, the checks and the printer
 * share: a keyword is a row.
 */
#ifndef SROAMD_CONF_FIELD_H
#define SROAMD_CONF_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

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

void		 conf_field_defaults(struct conf_global *);
const struct conf_field	*conf_field(enum conf_index);
uint32_t	 conf_field_number(const struct conf_field *,
		    const struct conf_global *);
const char	*conf_field_text(const struct conf_field *,
		    const struct conf_global *);
/* A number with its unit, as it would be written; one static buffer. */
const char	*conf_number_text(const struct conf_field *, uint32_t);
/* Words of enum station_source, or NULL beyond them. */
const char	*conf_source_name(uint32_t);
#endif
