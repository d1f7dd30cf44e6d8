/* SPDX-License-Identifier: ISC */
/*
 * How many connections a second strangers may open: each address, each IPv6
 * network of 64 bits, and all of them together.  Who has spent its own share
 * leaves that of the others alone.  Tables are of fixed size.
 */
#ifndef SROAMD_PEERLIMIT_H
#define SROAMD_PEERLIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"

struct peerlimit;

/* NULL: no memory.  The seed is that of a hash, best unguessable. */
struct peerlimit	*peerlimit_new(uint32_t seed);
void			 peerlimit_free(struct peerlimit *);
bool			 peerlimit_take(struct peerlimit *, const struct addr *,
			    monotime_t now);
#endif
