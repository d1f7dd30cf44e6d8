/* SPDX-License-Identifier: ISC */
/*
 * Whose of the clients of a MAC address a lease is: a datum beside the lease
 * (kind 8 of sroam-flood(7)), so that who does not know it understands the
 * lease.
 *
 *	| 8 | key of the lease |	first octets of the SHA-256 of the
 *					client identifier
 *
 * It has the seqno of the lease, or a later one.  If it is older, or there is
 * none, the lease is that of the client which has no identifier but the MAC
 * address, until another client of this MAC address asks for this very address:
 * the lease may be older than the datum.
 */
#ifndef SROAMD_LEASE_WHOSE_H
#define SROAMD_LEASE_WHOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "lease/client.h"
#include "msg.h"
#include "table/order.h"

struct core;
struct datum;
struct inner;

/* Whether a lease of this MAC address, live or ended, is the client's. */
bool		 whose_is(struct core *, const struct datum *lease,
		    const struct client *, monotime_t now);
/* The same, or nobody's in particular and what the client asks for. */
bool		 whose_may_be(struct core *, const struct datum *lease,
		    const struct client *, monotime_t now);
/* The lease, of this seqno from now on, is the client's for so long. */
void		 whose_say(struct core *, const struct prefix *,
		    const struct client *, uint64_t seqno, uint32_t seconds,
		    monotime_t now);
/* The lease is about to go on, or end, with this seqno. */
void		 whose_follow(struct core *, const struct datum *lease,
		    uint64_t seqno, monotime_t now);
/* Whether it is said to be of the client with this identifier. */
bool		 whose_ident(struct core *, const struct datum *lease,
		    struct ident *, monotime_t now);
/* The rows of kinds: table/kind.h. */
bool		 whose_fits(const struct core *, const struct inner *);
const char	*whose_check(const struct core *, const struct update *);
uint32_t	 whose_life(const struct core *, const uint8_t *data,
		    uint8_t keylen, uint8_t vallen);
bool		 whose_claimed(struct core *, struct datum *,
		    const struct claim *, enum table_result, monotime_t now);
#endif
