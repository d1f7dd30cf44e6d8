/* SPDX-License-Identifier: ISC */
/* The value of a router datum, and what is signed of it: sroam-flood(7). */
#ifndef SROAMD_LEASE_ROUTER_INFO_H
#define SROAMD_LEASE_ROUTER_INFO_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"

/* The purpose, the key of the datum, its number, its value. */
#define ROUTER_TEXT_MAX	(12 + 9 + 8 + DATUM_MAX)

/* Unknown fields are skipped; 0, or -1 when it is malformed. */
int	router_info_parse(const uint8_t *key, uint8_t keylen,
	    const uint8_t *value, uint8_t vallen, struct router_info *);
/* All but the signature, at most ROUTER_SIGNED_MAX octets; their number. */
uint8_t	router_info_build(const struct router_info *, uint8_t *value);
/* Append the signature; the length of the whole value. */
uint8_t	router_info_sign(uint8_t *value, uint8_t len,
	    const struct router_signature *);
/* What is signed; its length. */
size_t	router_text(const struct router_id *, uint64_t seqno,
	    const uint8_t *value, uint8_t signed_len,
	    uint8_t text[ROUTER_TEXT_MAX]);
#endif
