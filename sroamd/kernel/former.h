/* SPDX-License-Identifier: ISC */
/*
 * The prefixes in which routes and neighbours with our protocol are ours: those
 * of the configuration, and those before a reload or of an earlier run, until a
 * whole walk has cleared them.
 */
#ifndef SROAMD_KERNEL_FORMER_H
#define SROAMD_KERNEL_FORMER_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"

struct kernel;

#define FORMER_MAX	(2 * CONF_NETWORKS * CONF_PREFIXES)

/* Add one of a former configuration, if this one has it not. */
void	former_add(struct kernel *, const struct prefix *);
/* Whether what has our protocol in the prefix is ours. */
bool	former_owns(struct kernel *, const struct prefix *);
#endif
