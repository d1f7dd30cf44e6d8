/* SPDX-License-Identifier: ISC */
/*
 * The contents of a message's field: a row says where the field is, which rule
 * it obeys and within which limits.  Numbers are unsigned, in host order, of
 * 1, 2, 4 or 8 octets; a negative one is read as a very large one.
 */
#ifndef SROAMD_IPC_FIELD_H
#define SROAMD_IPC_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ipc_rule {
	RULE_ANY,	/* any value: the sender passes it on */
	RULE_ZERO,	/* reserved; or unused in this message */
	RULE_NUMBER,	/* min to max */
	RULE_FLAG,	/* 0 or 1 */
	RULE_NONZERO,
	RULE_COUNT,	/* 64 bits; other sizes: not negative */
	RULE_ONE_OF,	/* set: bit n for the value n */
	RULE_TEXT,	/* of min octets or more, and a NUL */
	RULE_NAME,	/* an interface's */
	RULE_STATION,	/* MAC address of a station */
	RULE_LLADDR,	/* MAC address, not of a group */
	RULE_V4,
	RULE_V6,
	RULE_UNICAST,
	RULE_UNICAST6,
	RULE_LINKLOCAL,	/* of IPv6 */
	RULE_PREFIX,	/* without bits beyond its length: min to max */
	RULE_LEASE,	/* IPv4 /32, IPv6 /64, or what is delegated */
	RULE_GATEWAY,	/* unicast address with a prefix length */
	RULE_ROUTER,	/* id of a router */
	RULE_SETTING,	/* conf/ has the rows: conf_settings_check */
	RULE_PART,	/* a struct with rows of its own */
	RULES
};

struct ipc_part;

struct ipc_field {
	const char		*name;
	size_t			 offset;
	size_t			 size;		/* of one element */
	size_t			 elements;	/* of an array; 1: no array */
	/* offset of the number in use */
	size_t			 count;
	size_t			 count_size;	/* 0: all elements are used */
	enum ipc_rule		 rule;
	bool			 none;		/* or all zeroes */
	uint64_t		 min;
	union {
		uint64_t max;
		uint64_t set;
	};
	const struct ipc_part	*part;
};

/* The fields of a struct, and the combinations that are not permitted. */
struct ipc_part {
	size_t			 size;
	const struct ipc_field	*fields;
	size_t			 nfields;
	const char	*(*agree)(const void *);	/* may be NULL */
};

/*
 * NULL, or what is wrong with a field of the struct at `base`, which need not
 * be aligned, or with the combination, for which it must be: "name: value,
 * expected so and so", valid until the next call of one of these three.
 */
const char	*ipc_field_check(const struct ipc_field *, const void *base);
const char	*ipc_part_check(const struct ipc_part *, const void *base);
/* Make such a text. */
const char	*ipc_wrong(const char *fmt, ...) __attribute__((format(printf,
		    1, 2)));
/* Whether it is valid as an interface's name, of 16 octets with its NUL. */
bool		 ipc_is_name(const char *);
#endif
