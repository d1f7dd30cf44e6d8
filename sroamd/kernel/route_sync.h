/* SPDX-License-Identifier: ISC */
/* The kernel's routes become what is wanted: route.h. */
#ifndef SROAMD_KERNEL_ROUTE_SYNC_H
#define SROAMD_KERNEL_ROUTE_SYNC_H

struct kernel;

/* All that is to be done; at the end of a turn. */
void	route_flush(struct kernel *);
/* What the kernel refused, once more. */
void	route_retry(struct kernel *);
/* End the drains that are due. */
void	route_drain(struct kernel *);
/* At exit: those of former runs, too. */
void	route_remove_all(struct kernel *);
#endif
