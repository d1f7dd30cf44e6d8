/* SPDX-License-Identifier: ISC */
/* Which address or prefix a station gets, and which it may have. */
#ifndef SROAMD_LEASE_CHOOSE_H
#define SROAMD_LEASE_CHOOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "lease/find.h"
#include "table/key.h"

struct client;
struct core;
struct datum;
struct network;
struct station;

#define CHOOSE_NONE	(-1)
#define CHOOSE_KEPT	(-2)	/* for other ports: share.h */

/*
 * The live lease of a client of the station, or (NULL) of any; of several, the
 * one that lasts longest.  NULL: none.
 */
struct datum	*lease_best(struct core *, struct station *,
		    const struct client *, enum lease_kind, monotime_t now);
/*
 * A free address or prefix for the client: 0, or why there is none. wish: this
 * one if possible; near: in the prefix of this address; both may be NULL;
 * share: that of its port.
 */
int		 lease_choose(struct core *, struct network *,
		    const struct client *, enum lease_kind,
		    const struct prefix *wish, const struct addr *near,
		    uint16_t share, struct prefix *, monotime_t now);
/* The IPv4 address that all routers give to a new client: 0, or why none is. */
int		 lease_first(struct core *, struct network *,
		    const struct client *, uint16_t share, struct prefix *,
		    monotime_t now);
/* Whether it is that one, in its own prefix. */
bool		 lease_is_first(struct core *, struct network *,
		    const struct client *, const struct prefix *,
		    uint16_t share, monotime_t now);
/* Whether a client of this share may have this one, in spite of others. */
bool		 lease_is_open(struct core *, const struct client *,
		    enum lease_kind, const struct prefix *, uint16_t share,
		    monotime_t now);
/* Count and log that one was kept for others. */
void		 lease_kept(struct core *, enum lease_kind, monotime_t now);
/* Whether it is kept by evidence: no DHCP need extend it. */
bool		 lease_by_evidence(const struct core *, const struct datum *);
bool		 lease_usable(const struct core *, enum lease_kind,
		    const struct prefix *);
/*
 * Whether the client may have it: of its network, in range, not reserved,
 * nobody else's.
 */
bool		 lease_allowed(struct core *, struct network *,
		    const struct client *, enum lease_kind,
		    const struct prefix *, monotime_t now);
#endif
