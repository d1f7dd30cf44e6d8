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
/* For the way to each router that is marked. */
void	way_ask(struct kernel *);
/* In so many ms check all nexthops, and find all ways again. */
void	way_recheck(struct kernel *, int64_t ms);
#endif
