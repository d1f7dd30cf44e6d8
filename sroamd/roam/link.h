/* SPDX-License-Identifier: ISC */
/* How layer-3 interfaces come and go. */
#ifndef SROAMD_ROAM_LINK_H
#define SROAMD_ROAM_LINK_H

#include <stddef.h>

#include "common/monotime.h"

struct core;
struct networks;

/* Make them so many in all, with the spare ones: 0, or -1. */
int	ifaces_provide(struct core *, size_t n);
/* Those of networks that are not among the new ones go down. */
void	ifaces_leave(struct core *, const struct networks *new, monotime_t now);
void	ifaces_trim(struct core *, size_t n);
/* Another router goes on as this one: all are down, for good. */
void	ifaces_withdraw(struct core *, monotime_t now);
void	ifaces_free(struct core *);
#endif
