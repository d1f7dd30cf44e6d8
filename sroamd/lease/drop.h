/* SPDX-License-Identifier: ISC */
/* What is dropped, by reason; a message also says so. */
#ifndef SROAMD_LEASE_DROP_H
#define SROAMD_LEASE_DROP_H

#include <stdint.h>

#include "common/addr.h"
#include "common/ctl.h"

struct core;

void	drop_count(struct core *, uint32_t ifindex, enum ctl_drop);
void	drop_message(struct core *, uint32_t ifindex, const struct mac *,
	    enum ctl_drop);
void	drops_free(struct core *);
#endif
