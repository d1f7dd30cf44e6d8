/* SPDX-License-Identifier: ISC */
/*
 * Networks: what is configured for the stations of each, and its pools.  The
 * first one is that without a name.
 */
#ifndef SROAMD_LEASE_NETWORK_H
#define SROAMD_LEASE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "conf/names.h"
#include "conf/prefixes.h"
#include "lease/pool.h"
#include "table/scope.h"

struct core;

struct network {
	struct conf_network	conf;
	uint32_t		number;		/* of struct conf */
	uint32_t		id;		/* the same after a reload */
	struct pool		pools[CONF_PREFIXES];	/* one of each prefix */
	/* also those that have ended and are remembered */
	uint32_t		nleases[LEASE_KINDS];
	uint32_t		nstations, nassocs;
};

/* Its pools, in the order of their statements. */
#define POOL_FOREACH(pool, net) \
	for ((pool) = (net)->pools; \
	    (pool) < (net)->pools + (net)->conf.nprefixes; (pool)++)

struct networks {
	struct network		*list[CONF_NETWORKS];	/* as configured */
	uint32_t		 n;
	uint32_t		 ids;			/* used up */
	struct conf_prefixes	 prefixes;		/* of all */
	struct conf_names	 names;
};

/*
 * The networks of a configuration, for networks_replace; 0, or -1: no memory.
 * Those that are there already are used again.
 */
int		 networks_make(const struct core *, const struct conf *,
		    struct networks *new);
/* Free what networks_make has made, if it is not used. */
void		 networks_discard(const struct core *, struct networks *new);
/*
 * They take effect.  `new` has those that are gone then, which networks_free
 * is for when nothing refers to them any more.
 */
void		 networks_replace(struct core *, struct networks *new,
		    const struct conf *);
/* Nothing of any pool is in use, until it is counted again. */
void		 networks_uncount(struct core *);
/* Whether it is among them. */
bool		 networks_have(const struct networks *, const struct network *);
void		 networks_free(struct networks *);
/* That of a whole key; NULL: not configured here. */
struct network	*network_of_key(const struct core *, const uint8_t *key,
		    uint8_t keylen);
/* The whole key of a plain one; returns its length. */
uint8_t		 network_key(const struct network *, const uint8_t *key,
		    uint8_t len, uint8_t whole[KEY_MAX]);
/* That of an interface, by its number in the configuration. */
struct network	*network_of_iface(const struct core *, uint32_t conf);
/* That of a name for operators, or NULL. */
struct network	*network_named(const struct core *, const char *);
/* Whether an operator means it: the name of a request, empty for all. */
bool		 network_meant(const struct core *, const struct network *,
		    const char *);
/* Its name in a record; NULL: of no network. */
void		 network_scope(const struct core *, const struct network *,
		    struct ctl_scope *);
/* Seconds that a lease of this kind lives. */
uint32_t	 network_life(const struct network *, enum lease_kind);
/* Whether there are others than the one without a name. */
bool		 networks_named(const struct core *);
/* Whether stations have addresses at all; else this router only floods. */
bool		 networks_serve(const struct core *);
/* The pool whose prefix covers it, or NULL. */
struct pool	*pool_over(const struct core *, const struct prefix *);
/* The same, if such are leased there: of this kind and length. */
struct pool	*pool_of(const struct core *, enum lease_kind,
		    const struct prefix *);
/* The same, if it counts there: not beyond the ranges. */
struct pool	*pool_inside(const struct core *, enum lease_kind,
		    const struct prefix *);
#endif
