/* SPDX-License-Identifier: ISC */
/* Keys of data, sroam-flood(7): the kind, then what the datum is about. */
#ifndef SROAMD_TABLE_KEY_H
#define SROAMD_TABLE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

struct datum;

/* What is leased.  Each kind has its own pools. */
enum lease_kind {
	LEASE_ADDRESS,		/* IPv4 */
	LEASE_PREFIX,		/* an IPv6 /64 for the station's own link */
	LEASE_DELEGATED,	/* one to hand on, by DHCPv6 */
	LEASE_KINDS
};

#define LEASE_KEY_MAX	10	/* octets of its datum's key */
#define ROUTER_KEY	9

/* Writes the key and returns its length. */
uint8_t			 lease_key(enum lease_kind, const struct prefix *,
			    uint8_t key[LEASE_KEY_MAX]);
void			 router_key(const struct router_id *,
			    uint8_t key[ROUTER_KEY]);
/* The kind and prefix of a lease by its key; false if it is no lease. */
bool			 lease_key_parse(const uint8_t *key, uint8_t keylen,
			    enum lease_kind *, struct prefix *);
/* enum lease_kind, or -1 */
int			 lease_kind_of(uint8_t type);
bool			 lease_is(const struct datum *);
enum lease_kind		 lease_kind(const struct datum *);	/* of a lease */
bool			 lease_prefix(const struct datum *, struct prefix *);
const struct mac	*lease_mac(const struct datum *);
#endif
