/* SPDX-License-Identifier: ISC */
/* Which routers and stations this one admits, by its configuration. */
#ifndef SROAMD_LEASE_ADMIT_H
#define SROAMD_LEASE_ADMIT_H

#include "conf/conf.h"

struct core;

/* These lists are copied, nothing else: 0, or -1: no memory. */
int		 admission_make(struct conf *, const struct conf *);
void		 admission_free(struct conf *);
/* The lists are the core's from now on. */
void		 admission_replace(struct core *, struct conf *);
/* NULL, or why nothing about this router is taken; in a static buffer. */
const char	*router_refused(const struct core *, const struct router_id *);
/* A station that is denied, which is counted: true. */
bool		 station_barred(struct core *, uint32_t ifindex,
		    const struct mac *);
#endif
