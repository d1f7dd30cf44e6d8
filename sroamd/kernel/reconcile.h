/* SPDX-License-Identifier: ISC */
/* Kernel state is compared with what is wanted, not assumed. */
#ifndef SROAMD_KERNEL_RECONCILE_H
#define SROAMD_KERNEL_RECONCILE_H

struct kernel;

void		 reconcile_start(struct kernel *);	/* from the loop */
void		 reconcile_adopt(struct kernel *);	/* at once, at start */
#endif
