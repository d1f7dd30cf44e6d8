/* SPDX-License-Identifier: ISC */
/*
 * What can be leased of a prefix.  IPv4: its ranges without what is excluded or
 * for stations that never ask, in order.  IPv6: all of it.
 */
#ifndef SROAMD_LEASE_POOL_H
#define SROAMD_LEASE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "conf/conf.h"
#include "table/key.h"

struct network;

struct span {
	uint32_t		 first, last;
};

struct pool {
	struct network	*network;
	struct prefix	 prefix;
	enum lease_kind	 kind;
	uint8_t		 len;		/* of what one station gets */
	struct span	 spans[3 * CONF_RANGES + 1];
	uint32_t	 nspans;
	uint64_t	 size;
	uint32_t	 used;		/* leases inside, ended too */
	uint32_t	 taken;		/* live ones, and offers: share.h */
};

/* Of the i-th prefix of a network. */
void	pool_make(struct pool *, const struct conf_network *, uint32_t i);
/*
 * Whether it is the first address of the pool's prefix, or the last one: of
 * IPv4, and if there are others.  It is in the prefix.
 */
bool	pool_is_end(const struct pool *, const struct prefix *);
bool	pool_has(const struct pool *, const struct prefix *);
/* The n-th address or prefix. */
void	pool_nth(const struct pool *, uint64_t n, struct prefix *);
#endif
