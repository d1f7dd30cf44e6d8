/* SPDX-License-Identifier: ISC */
/* The fields of the records of the control protocol. */
#ifndef SROAMCTL_RECORD_H
#define SROAMCTL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ctl.h"

enum field_type {
	FIELD_TEXT,		/* char[] */
	FIELD_BOOL,		/* integers of any size from here ... */
	FIELD_NUMBER,
	FIELD_COUNTER,		/* a number that only grows */
	FIELD_SIGNED,
	FIELD_ENUM,
	FIELD_SECONDS,
	FIELD_MS,
	FIELD_OCTETS,		/* ... to here */
	FIELD_MAC,
	FIELD_ADDR,
	FIELD_PREFIX,
	FIELD_ROUTER,		/* struct router_id */
	FIELD_SCOPE,		/* struct ctl_scope, a record's first */
	FIELD_POOLS,		/* of a struct ctl_network */
	FIELD_NAMES,		/* char[][CTL_NETWORK_NAME] */
	FIELD_LEASES,		/* of a struct ctl_station */
	FIELD_MADE		/* text, made by a function */
};

typedef void field_text(const void *record, bool numeric, char *, size_t);

/*
 * A column has a heading and a width.  A detail has no width, maybe a label,
 * and is printed on the lines below.  In a vertical record a field with a
 * heading begins a line, and fields without one continue it.
 */
struct field {
	const char	*key;		/* in JSON; NULL: not there */
	enum field_type	 type;
	uint16_t	 offset, size;
	const char	*heading;
	int		 width;		/* negative: aligned to the right */
	unsigned int	 flags;
	const char	*label;		/* printed after the value */
	const char *const *names;	/* FIELD_ENUM; the last is NULL */
	field_text	*make;
};

#define FIELD_HIDDEN	0x1		/* JSON only */
#define FIELD_DETAIL	0x2		/* on the lines below */
#define FIELD_NONZERO	0x4		/* detail is omitted if zero */
#define FIELD_IDENTITY	0x8		/* an identity, not a measurement */
#define FIELD_NAME	0x10		/* narrower beside a network */

struct record {
	enum ctl_type		 request, type;
	const char		*key;		/* in JSON, of the list */
	bool			 single;	/* one record, vertical */
	size_t			 len;
	/* the last has no type, key or make */
	const struct field	*fields;
	/* prefix of their metrics, or NULL */
	const char		*metrics;
	struct {
		const char	*key, *name;
	/* labels of its metrics; last: NULL */
	}		 labels[4];
};

/* The records that answer a request; NULL: no records. */
const struct record	*record_find(enum ctl_type request);
bool			 field_is_last(const struct field *);
/* An integer of any size; a text, cut to fit; the name of an enum's value. */
uint64_t		 field_number(const struct field *, const void *record);
void			 field_string(const struct field *, const void *record,
			    char *, size_t);
const char		*field_name(const struct field *, uint64_t);
#endif
