/* SPDX-License-Identifier: ISC */
/*
 * The prefixes of all networks, which do not overlap, in the order of their
 * addresses: whose an address is takes a binary search.
 */
#ifndef SROAMD_CONF_PREFIXES_H
#define SROAMD_CONF_PREFIXES_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"

struct conf_prefix {
	struct prefix	prefix;
	uint32_t	network;	/* of struct conf: by number */
	uint32_t	number;		/* of struct conf_network: likewise */
	uint32_t	table;		/* of its VRF; 0: in none */
	uint8_t		lease_len;	/* of what one station gets */
};

/* An address as a number: its halves. */
struct conf_number {
	uint64_t	high, low;
};

struct conf_prefixes {
	uint32_t		n;
	/* where they begin and end: what is searched */
	struct conf_number	first[CONF_NETWORKS * CONF_PREFIXES];
	struct conf_number	last[CONF_NETWORKS * CONF_PREFIXES];
	struct conf_prefix	list[CONF_NETWORKS * CONF_PREFIXES];
};

/* From a configuration that was checked. */
void				 conf_prefixes_make(struct conf_prefixes *,
				    const struct conf *);
/* The one that covers it, or NULL. */
const struct conf_prefix	*conf_prefix_over(const struct conf_prefixes *,
				    const struct prefix *);
bool				 conf_covers(const struct conf_prefixes *,
				    const struct prefix *);
/*
 * Whether one station may have it: an IPv4 address, an IPv6 /64, or a prefix
 * of the length that is delegated from the configured prefix that contains it.
 */
bool				 conf_leases(const struct conf_prefixes *,
				    const struct prefix *);
#endif
