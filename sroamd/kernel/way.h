/* SPDX-License-Identifier: ISC */
/*
 * How the kernel reaches other routers.  It is asked again when a route changes
 * that may affect this.
 */
#ifndef SROAMD_KERNEL_WAY_H
#define SROAMD_KERNEL_WAY_H

#include <stdint.h>

struct kernel;
struct krouter;

int	way_open(struct kernel *);
void	way_close(struct kernel *);
/* Have way_ask ask for it at the end of this turn. */
void	way_dirty(struct kernel *, struct krouter *);
void	way_ask(struct kernel *);
/* In so many ms check all nexthops, and find all ways again. */
void	way_recheck(struct kernel *, int64_t ms);
#endif
