/* SPDX-License-Identifier: ISC */
/* The data of leases, by what is leased. */
#ifndef SROAMD_LEASE_FIND_H
#define SROAMD_LEASE_FIND_H

#include <stdint.h>

#include "common/addr.h"
#include "table/key.h"
#include "table/scope.h"

struct core;
struct datum;

/* The key of its datum; returns the length. */
uint8_t		 lease_whole_key(const struct core *, enum lease_kind,
		    const struct prefix *, uint8_t key[KEY_MAX]);
struct datum	*lease_find(struct core *, enum lease_kind,
		    const struct prefix *);
#endif
