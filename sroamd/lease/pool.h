/* SPDX-License-Identifier: ISC */
/*
 * What can be leased of a prefix.  IPv4: its ranges without what is excluded,
 * in order.  IPv6: all of it.
 */
#ifndef SROAMD_LEASE_POOL_H
#define SROAMD_LEASE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "conf/conf.h"
#include "table/key.h"

struct core;

struct span {
	uint32_t		 first, last;
};

struct pool {
	enum lease_kind	kind;
	uint8_t		len;		/* of what one station gets */
	struct span	spans[2 * CONF_RANGES + 1];
	uint32_t	nspans;
	uint64_t	size;
	uint32_t	used;		/* leases inside, ended too */
	uint32_t	taken;		/* live ones, and offers: share.h */
};

void		pools_make(struct core *);
/* The configured prefix of this kind that contains it; or -1. */
int		pool_of(const struct core *, enum lease_kind,
		    const struct prefix *);
/* The kind that is leased there; without a pool, by its length. */
enum lease_kind	pool_kind(const struct core *, const struct prefix *);
bool		pool_has(const struct pool *, const struct prefix *);
/* The pool in which it counts, or -1. */
int		pool_inside(const struct core *, enum lease_kind,
		    const struct prefix *);
/* The n-th address or prefix. */
void		pool_nth(const struct pool *, const struct prefix *, uint64_t n,
		    struct prefix *);
#endif
