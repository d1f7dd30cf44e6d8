/* SPDX-License-Identifier: ISC */
/*
 * Reports what this run has set, for the next run; and takes back what a former
 * run has set and this configuration does not want.
 */
#ifndef SROAMD_KERNEL_FOOTPRINT_H
#define SROAMD_KERNEL_FOOTPRINT_H

#include <stdbool.h>

#include "common/addr.h"

struct kernel;

void	footprint_former(struct kernel *);	/* at start */
void	footprint_changed(struct kernel *);	/* report, soon */
void	footprint_report(struct kernel *);	/* if it changed */
/* Whether a former run has set this MAC address, and the one it replaced. */
bool	footprint_mac(struct kernel *, const char *ifname, const struct mac *,
	    struct mac *was);
#endif
