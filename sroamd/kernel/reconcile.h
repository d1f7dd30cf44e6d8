/* SPDX-License-Identifier: ISC */
/* Kernel state is compared with what is wanted, not assumed. */
#ifndef SROAMD_KERNEL_RECONCILE_H
#define SROAMD_KERNEL_RECONCILE_H

#define RECONCILE_INTERVAL	60000	/* ms, when nothing suggests one */

struct kernel;

void	reconcile_start(struct kernel *);	/* from the loop */
/*
 * Learn our routes at once.  What is not known is a former run's, and held,
 * as long as k is not settled.
 */
void	reconcile_dump(struct kernel *);
#endif
