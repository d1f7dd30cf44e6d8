/* SPDX-License-Identifier: ISC */
/* Hosts: stations of the configuration, and the addresses that are theirs. */
#ifndef SROAMD_LEASE_HOST_H
#define SROAMD_LEASE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "conf/conf.h"
#include "lease/client.h"
#include "msg.h"
#include "table/key.h"

struct core;
struct network;

/* A host of the configuration. */
struct host {
	struct conf_host	conf;
	/* of its client id; of a text, of type 0 and that, too */
	struct ident		idents[2];
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
/* They replace the present ones. */
void		 hosts_replace(struct core *, struct hosts *);
struct host	*host_find(struct core *, const struct network *,
		    const struct mac *);
/* The host of a DHCP client: by its identifier, else by its MAC address. */
struct host	*host_client(struct core *, const struct network *,
		    const struct dhcp_request *);
bool		 host_is(const struct host *, const struct client *);
struct host	*host_at(const struct core *, enum lease_kind,
		    const struct prefix *);
/* The n-th of those with an address, in its order; or NULL. */
struct host	*host_nth(const struct core *, uint32_t n);
/* The configured address or prefix, free or not; false: none. */
bool		 host_prefix(struct core *, const struct network *,
		    const struct mac *, enum lease_kind, struct prefix *);
#endif
