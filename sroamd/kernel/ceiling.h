/* SPDX-License-Identifier: ISC */
/*
 * How much the engine may have the kernel and us keep, in case it is
 * compromised: no more than its table can ask for by the configuration in
 * force, and than a part of the machine's memory holds.  What is there may
 * change and go at any number.
 */
#ifndef SROAMD_KERNEL_CEILING_H
#define SROAMD_KERNEL_CEILING_H

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* The machine's memory, in octets; at the start. */
uint64_t	ceiling_memory(void);
uint64_t	ceiling_routes(const struct kernel *);
uint64_t	ceiling_neighs(const struct kernel *);
/* With those that are about to be removed. */
uint64_t	ceiling_neighs_all(const struct kernel *);
uint64_t	ceiling_routers(const struct kernel *);
#endif
