/* SPDX-License-Identifier: ISC */
/*
 * Forwarding, which the kernel reports when somebody switches it off.  It is
 * named in the log, never set.
 */
#ifndef SROAMD_KERNEL_NETCONF_H
#define SROAMD_KERNEL_NETCONF_H

#include <stdbool.h>

struct kernel;

int	netconf_open(struct kernel *);
void	netconf_close(struct kernel *);
/* Log what has changed. */
void	netconf_say(struct kernel *);
/* Whether there are stations of this family. */
bool	netconf_serves(struct kernel *, bool v4);
#endif
