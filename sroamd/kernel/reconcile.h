/* SPDX-License-Identifier: ISC */
/* The state of the kernel is compared with what is wanted, not assumed. */
#ifndef SROAMD_KERNEL_RECONCILE_H
#define SROAMD_KERNEL_RECONCILE_H

#define RECONCILE_INTERVAL	60000	/* ms, without another reason */

struct kernel;

void	reconcile_start(struct kernel *);	/* from the loop */
/*
 * Read our routes at once.  Unknown ones are of a former run, and held until
 * the start is over.
 */
void	reconcile_dump(struct kernel *);
#endif
