/* SPDX-License-Identifier: ISC */
/*
 * The key of a datum within its network, sroam-flood(7).  Data of the network
 * without a name have plain keys.  Those of another one are of kind 16, with
 * its name and the plain key behind it:
 *
 *	| 16 | length | name | key in the network |
 */
#ifndef SROAMD_TABLE_SCOPE_H
#define SROAMD_TABLE_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "msg.h"

struct core;

#define KEY_MAX		28	/* octets of a key that this daemon makes */

/* The names of the configured networks, in order. */
struct scopes {
	uint32_t	n;
	struct scope {
		char		name[NETWORK_NAME_MAX];
		uint8_t		len;
		uint32_t	number;		/* of struct conf */
	}		list[CONF_NETWORKS];
};

/* A key within its network; it points into the whole one. */
struct inner {
	const uint8_t	*key;
	uint8_t		 len;
	uint8_t		 at;		/* octets before it */
	int32_t		 network;	/* by number; -1: not configured here */
};

void	scopes_make(struct scopes *, const struct conf *);
/* false: malformed, and `inner` is not set. */
bool	key_inner(const struct core *, const uint8_t *key, uint8_t keylen,
	    struct inner *);
/* Whether it has the form: a kind, and the MAC address of a station. */
bool	key_is_of_station(const struct inner *);
/* The whole key of a plain one; returns its length. */
uint8_t	key_outer(const char *network, const uint8_t *key, uint8_t len,
	    uint8_t outer[KEY_MAX]);
#endif
