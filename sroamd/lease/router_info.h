/* SPDX-License-Identifier: ISC */
/* The value of a router datum: sroam-flood(7). */
#ifndef SROAMD_LEASE_ROUTER_INFO_H
#define SROAMD_LEASE_ROUTER_INFO_H

#include <stdint.h>

#include "msg.h"

/* Unknown fields are skipped; 0, or -1 when it is malformed. */
int	router_info_parse(const uint8_t *key, uint8_t keylen,
	    const uint8_t *value, uint8_t vallen, struct router_info *);
/* At most 2 + 4 + 2 + 16 + 2 + 63 + 2 + 31 octets; their number. */
uint8_t	router_info_build(const struct router_info *, uint8_t *value);
#endif
