/* SPDX-License-Identifier: ISC */
/*
 * How the kernel reaches other routers, asked again when a route changes that
 * bears on it.
 */
#ifndef SROAMD_KERNEL_WAY_H
#define SROAMD_KERNEL_WAY_H

#include <stdint.h>

struct kernel;
struct krouter;

int	way_open(struct kernel *);
void	way_close(struct kernel *);
/* Ask for the way to it, at the end of this turn; that is way_ask. */
void	way_dirty(struct kernel *, struct krouter *);
void	way_ask(struct kernel *);
/* In so many ms see whether all nexthops are there, and find all ways again. */
void	way_recheck(struct kernel *, int64_t ms);
#endif
