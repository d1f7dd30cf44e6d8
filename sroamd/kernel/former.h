/* SPDX-License-Identifier: ISC */
/*
 * The prefixes in which what has our protocol is ours: those of the
 * configuration, and those that it had before a reload or in an earlier run,
 * until a whole walk has cleared them.
 */
#ifndef SROAMD_KERNEL_FORMER_H
#define SROAMD_KERNEL_FORMER_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"

struct kernel;

#define FORMER_MAX	(4 * CONF_PREFIXES)

/* Of the configuration before this one, unless this one has them, too. */
void	former_add(struct kernel *, const struct prefix *, uint32_t n);
/* Whether what has our protocol there is ours. */
bool	former_owns(struct kernel *, const struct prefix *);
#endif
