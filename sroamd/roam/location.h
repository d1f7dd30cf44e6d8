/* SPDX-License-Identifier: ISC */
/* The claims on where stations are. */
#ifndef SROAMD_ROAM_LOCATION_H
#define SROAMD_ROAM_LOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "msg.h"
#include "table/order.h"
#include "table/scope.h"

struct core;
struct datum;
struct station;

/* The rows of kinds: table/kind.h. */
const char	*location_check(const struct core *, const struct update *);
/* Of link-local addresses, too. */
bool		 location_fits(const struct core *, const struct inner *);
uint32_t	 location_life(const struct core *, const uint8_t *data,
		    uint8_t keylen, uint8_t vallen);
int		 location_name(struct core *, const struct claim *);
void		 location_unname(struct core *, const struct claim *, int made);
bool		 location_claimed(struct core *, struct datum *,
		    const struct claim *, enum table_result, monotime_t now);
void		 location_accepted(struct core *, struct datum *,
		    const struct claim *, enum table_result, monotime_t now);
void		 location_stored(struct core *, struct datum *, monotime_t now);
/* The datum goes, and the place of the station. */
void		 location_forget_datum(struct core *, struct datum *,
		    monotime_t now);
void		 location_forget(struct core *, struct station *,
		    monotime_t now);
void		 location_timer(struct core *, struct datum *, monotime_t now);
/* A peer sent its location in this run, or the start is over. */
bool		 location_is_current(const struct core *,
		    const struct station *);
/* Claim that the station is at a router (NULL: nowhere). */
bool		 station_claim(struct core *, struct station *,
		    const struct router_id *where, uint64_t seqno,
		    monotime_t claimed, monotime_t now);
bool		 station_nowhere(struct core *, struct station *,
		    monotime_t now);
void		 stations_started(struct core *, monotime_t now);
#endif
