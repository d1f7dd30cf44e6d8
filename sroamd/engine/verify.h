/* SPDX-License-Identifier: ISC */
/* Signatures of routers (Ed25519, RFC 8032), for the core. */
#ifndef SROAMD_ENGINE_VERIFY_H
#define SROAMD_ENGINE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/router_key.h"

/* Before the sandbox. */
void		verify_start(void);
/* The members of struct core_ops; arg is not used. */
bool		verify_signature(void *arg, const struct router_key *,
		    const void *text, size_t len,
		    const struct router_signature *);
void		verify_fingerprint(void *arg, const struct router_key *,
		    uint8_t hash[32]);
/* How many a tenth of this processor can do in a second: measured now. */
uint32_t	verify_rate(void);
#endif
