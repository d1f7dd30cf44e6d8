/* SPDX-License-Identifier: ISC */
/* Hosts: stations of the configuration, and the addresses that are theirs. */
#ifndef SROAMD_LEASE_HOST_H
#define SROAMD_LEASE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "conf/conf.h"
#include "msg.h"
#include "table/key.h"

struct core;

/* A station of the configuration; by client id it is whoever showed it. */
struct host {
	struct conf_host	conf;
	struct mac		owner;		/* zero: nobody yet */
};

/* With the orders to look them up by. */
struct hosts {
	struct host	 *list;
	struct host	**by[5];	/* enum host_key, sorted */
	uint32_t	  n, nby[5];
};

/* 0, or -1 */
int		 hosts_make(struct hosts *, const struct conf *);
void		 hosts_free(struct hosts *);
/* They take the place of the ones there are; who showed a client id stays. */
void		 hosts_replace(struct core *, struct hosts *);
struct host	*host_find(struct core *, const struct mac *);
/* As a DHCP client: what has shown a client id is its host's owner now. */
struct host	*host_client(struct core *, const struct dhcp_request *);
struct host	*host_at(const struct core *, enum lease_kind,
		    const struct prefix *);
/* What the configuration has for it, whether free or not; false: nothing. */
bool		 host_prefix(struct core *, const struct mac *, enum lease_kind,
		    struct prefix *);
#endif
