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
struct network;

/* A host of the configuration; with a client id, the owner showed it. */
struct host {
	struct conf_host	conf;
	struct mac		owner;		/* zero: nobody yet */
};

/* The hosts, and indices to find them. */
struct hosts {
	struct host	 *list;
	struct host	**by[5];	/* enum host_key, sorted */
	uint32_t	  n, nby[5];
};

/* 0, or -1 */
int		 hosts_make(struct hosts *, const struct conf *);
void		 hosts_free(struct hosts *);
/* They replace the present ones; owners by client id stay. */
void		 hosts_replace(struct core *, struct hosts *);
struct host	*host_find(struct core *, const struct network *,
		    const struct mac *);
/*
 * The host of a DHCP client, which becomes its owner if it shows the client id.
 */
struct host	*host_client(struct core *, const struct network *,
		    const struct dhcp_request *, monotime_t now);
struct host	*host_at(const struct core *, enum lease_kind,
		    const struct prefix *);
/* The configured address or prefix, free or not; false: none. */
bool		 host_prefix(struct core *, const struct network *,
		    const struct mac *, enum lease_kind, struct prefix *);
#endif
