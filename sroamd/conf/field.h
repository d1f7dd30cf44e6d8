/* SPDX-License-Identifier: ISC */
/*
 * The settings: a row for each member of struct conf_global, of struct
 * conf_network and of struct conf_iface.  A row gives keyword, type, unit,
 * range and default of a setting.  Parser, printer, the checks of a
 * configuration and those of messages between processes use the rows: a new
 * setting is its member, its row and its use.
 *
 * A setting has one value, or up to `fit` of them, counted in its member
 * `count`.
 */
#ifndef SROAMD_CONF_FIELD_H
#define SROAMD_CONF_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"

enum conf_type {
	CONF_TYPE_ID,		/* struct router_id */
	CONF_TYPE_NAME,		/* letters, digits, dot, dash, underscore */
	CONF_TYPE_PATH,		/* absolute */
	CONF_TYPE_DOMAIN,
	CONF_TYPE_URI,
	CONF_TYPE_IFNAME,
	CONF_TYPE_NETWORK,	/* its name */
	CONF_TYPE_KEY,		/* 32 octets, not shown in the log */
	CONF_TYPE_SECONDS,	/* from here: uint32_t or uint8_t */
	CONF_TYPE_MS,
	CONF_TYPE_NUMBER,
	CONF_TYPE_CHOICE,	/* one of some words; to here */
	CONF_TYPE_ADDR,		/* struct addr: unicast */
	CONF_TYPE_V4,		/* the same, IPv4 */
	CONF_TYPE_ROUTER4,	/* the same, and not link-local */
	CONF_TYPE_ROUTER6,
	CONF_TYPE_MAC,		/* struct mac */
	CONF_TYPE_PREFIX,	/* struct prefix */
	CONF_TYPE_POOL,		/* the same, of stations */
	CONF_TYPE_NAT64,	/* the same, RFC 6052 2.2 */
	CONF_TYPE_GATEWAY,	/* the same: an address and its length */
	CONF_TYPE_LEASED,	/* the same, of a station */
	CONF_TYPE_SOURCE,	/* the same, or an address */
	CONF_TYPE_ROUTE,	/* struct conf_route */
	CONF_TYPE_RANGE,	/* struct conf_range */
	CONF_TYPE_BOOT,		/* struct conf_boot */
	CONF_TYPE_PORT,		/* uint16_t */
	CONF_TYPE_HOST,		/* RFC 1123 2.1, or as in some /etc/hosts */
	CONF_TYPE_PSK		/* or file:/path; not shown in the log */
};

/* A word and its value; the name of the last is NULL. */
struct conf_word {
	const char	*name;
	uint32_t	 value;
};

#define CONF_FIXED	0x1	/* a reload cannot change it */
#define CONF_JOINED	0x2	/* written behind the value of the row above */
#define CONF_OWN	0x4	/* its statement has its own grammar */
#define CONF_HIDDEN	0x8	/* printed together with its statement */
#define CONF_OR_ZERO	0x10	/* 0 is permitted, too */
#define CONF_IN_BLOCK	0x20	/* outside it is another's keyword */

enum conf_fields {
	CONF_GLOBAL,		/* of struct conf_global */
	CONF_NETWORK,		/* of struct conf_network */
	CONF_IFACE,		/* of struct conf_iface */
	CONF_TABLES
};

/*
 * Sets of them.  Outside of all blocks there are the settings of the first
 * network, too.
 */
#define CONF_IN(table)	(1u << (table))
#define CONF_TOP	(CONF_IN(CONF_GLOBAL) | CONF_IN(CONF_NETWORK))
#define CONF_ANYWHERE	(CONF_TOP | CONF_IN(CONF_IFACE))

struct conf_field {
	/* the keywords; the last is NULL */
	const char		*name;
	enum conf_type		 type;
	unsigned int		 flags;
	enum conf_fields	 table;
	/* of the value, or of the first one */
	size_t			 offset, size;
	uint32_t		 fit;		/* how many values */
	/* offset of the number in use; 0: all */
	size_t			 count;
	/* default of a name or a path */
	const char		*text;
	/* is stored as 0, or as an empty text */
	const char		*none;
	uint32_t		 def, min, max;	/* of a text: of its length */
	const struct conf_word	*words;	/* of CONF_TYPE_CHOICE */
};

/* The first row of these tables, and the next one; NULL: no more. */
const struct conf_field	*conf_field_first(unsigned int tables);
const struct conf_field	*conf_field_next(const struct conf_field *,
			    unsigned int tables);
#define CONF_FIELD_FOREACH(f, tables) \
	for ((f) = conf_field_first(tables); (f) != NULL; \
	    (f) = conf_field_next(f, tables))
/* The row with these keywords (the second may be NULL), or NULL. */
const struct conf_field	*conf_field_find(unsigned int tables, const char *first,
			    const char *second);
/* The row of the member at this offset; it must exist. */
const struct conf_field	*conf_field_at(enum conf_fields, size_t offset);
/* Whether this is the first keyword of the row. */
bool			 conf_field_is(const struct conf_field *,
			    const char *word);
/* The name in errors: with the name of the row that it is joined to. */
const char		*conf_field_name(const struct conf_field *);
/* Set the defaults, in a struct of zeroes. */
void			 conf_field_defaults(enum conf_fields, void *base);
/* The number of values in this struct; where the i-th one is. */
uint32_t		 conf_field_count(const struct conf_field *,
			    const void *base);
void			*conf_field_value(const struct conf_field *, void *base,
			    uint32_t i);
const void		*conf_field_const(const struct conf_field *,
			    const void *base, uint32_t i);

/*
 * check.c: whether each value, by itself, of a struct that came from another
 * process is permitted.  NULL, or a text, valid until the next call.
 */
const char	*conf_global_check(const struct conf_global *);
const char	*conf_network_check(const struct conf_network *);
const char	*conf_iface_check(const struct conf_iface *);
#endif
