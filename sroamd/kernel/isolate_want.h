/* SPDX-License-Identifier: ISC */
/*
 * The rules and routes that keep the networks of a configuration apart, in
 * order: what isolate.c compares with the kernel.
 */
#ifndef SROAMD_KERNEL_ISOLATE_WANT_H
#define SROAMD_KERNEL_ISOLATE_WANT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

/* The lowest of IPv6: no other route is preferred. */
#define ISOLATE_METRIC6	1

struct conf;
struct kernel;
struct kernel_rt;
struct kernel_rule;

struct kisolate_route {
	struct prefix	prefix;
	uint32_t	table;
	uint8_t		type;		/* RTN_PROHIBIT or RTN_THROW */
	bool		seen;
};

struct kisolate_rule {
	char		iif[16];
	uint32_t	table;
	uint8_t		family;
	bool		seen;
};

/* k->isolate, which is empty, from a configuration whose globals k has. */
void			 isolate_make(struct kernel *, const struct conf *);
/* The table of a network, by its number. */
uint32_t		 isolate_table(const struct kernel *, uint32_t);
/* Of the rules. */
uint32_t		 isolate_priority(const struct kernel *);
/* NULL: not one of ours, as it would have to be. */
struct kisolate_route	*isolate_find_route(const struct kernel *,
			    const struct kernel_rt *);
struct kisolate_rule	*isolate_find_rule(const struct kernel *,
			    const struct kernel_rule *);
#endif
