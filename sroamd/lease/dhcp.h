/* SPDX-License-Identifier: ISC */
/* Requests of DHCP, answered. */
#ifndef SROAMD_LEASE_DHCP_H
#define SROAMD_LEASE_DHCP_H

#include <stdbool.h>

#include "common/monotime.h"
#include "msg.h"

struct core;

/* Whether the sender, on this link itself, was acknowledged an address. */
bool	dhcp_serve(struct core *, const struct dhcp_request *, monotime_t now);
#endif
