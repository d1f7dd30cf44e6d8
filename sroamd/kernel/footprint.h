/* SPDX-License-Identifier: ISC */
/*
 * What this run has set is told for the next one to know; what a former run has
 * set and this one's configuration does not want is taken back.
 */
#ifndef SROAMD_KERNEL_FOOTPRINT_H
#define SROAMD_KERNEL_FOOTPRINT_H

#include <stdbool.h>

#include "common/addr.h"

struct kernel;

void	footprint_former(struct kernel *);	/* at start */
void	footprint_changed(struct kernel *);	/* tell, soon */
void	footprint_report(struct kernel *);	/* if it has */
/* Whether a former run has set this MAC address, in place of which. */
bool	footprint_mac(struct kernel *, const char *ifname, const struct mac *,
	    struct mac *was);
#endif
