/* SPDX-License-Identifier: ISC */
/* Leases, from the grant until they are forgotten. */
#ifndef SROAMD_LEASE_LEASE_H
#define SROAMD_LEASE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "msg.h"
#include "table/key.h"
#include "table/order.h"
#include "table/scope.h"

struct assoc;
struct client;
struct core;
struct datum;

#define LEASE_MEMORY_MS	(24 * 3600LL * 1000)	/* past its end */
/* Of a lease that is only passed on. */
#define RELAYED_S	(365 * 24 * 3600U)

/* It counts for this share of its pool.  NULL: no memory, or a full table. */
struct datum	*lease_grant(struct core *, const struct client *,
		    enum lease_kind, const struct prefix *, uint16_t share,
		    uint32_t seconds, monotime_t now);
void		 lease_end(struct core *, struct datum *, monotime_t now);
void		 lease_declined(struct core *, struct datum *, monotime_t now);
/* The client's station, if it is here, is given this now. */
void		 lease_given(struct core *, const struct client *,
		    enum lease_kind, const struct prefix *, monotime_t now);
/* It joined: what we gave it before we knew. */
void		 lease_recall(struct assoc *);
/* Then it is here: what no DHCP extends is asked for in time. */
void		 lease_joined(struct core *, const struct assoc *,
		    monotime_t now);
/* It came to this port: its leases count there. */
void		 lease_moved(struct core *, const struct assoc *);
/* The rows of kinds: table/kind.h. */
const char	*lease_check(const struct core *, const struct update *);
bool		 lease_fits(const struct core *, const struct inner *);
uint32_t	 lease_life(const struct core *, const uint8_t *data,
		    uint8_t keylen, uint8_t vallen);
void		 lease_forget(struct core *, struct datum *, monotime_t now);
int		 lease_name(struct core *, const struct claim *);
void		 lease_unname(struct core *, const struct claim *, int made);
bool		 lease_claimed(struct core *, struct datum *,
		    const struct claim *, enum table_result, monotime_t now);
void		 lease_accepted(struct core *, struct datum *,
		    const struct claim *, enum table_result, monotime_t now);
void		 lease_stored(struct core *, struct datum *, monotime_t now);
void		 lease_timer(struct core *, struct datum *, monotime_t now);
void		 lease_remove(struct core *, struct datum *);
void		 lease_recount(struct core *);
#endif
