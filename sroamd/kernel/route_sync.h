/* SPDX-License-Identifier: ISC */
/* Makes the routes of the kernel what is wanted: route.h. */
#ifndef SROAMD_KERNEL_ROUTE_SYNC_H
#define SROAMD_KERNEL_ROUTE_SYNC_H

struct kernel;

/* Handle all changes, at the end of a turn. */
void	route_flush(struct kernel *);
/* Try again what the kernel refused. */
void	route_retry(struct kernel *);
/* End the drains that are due. */
void	route_drain(struct kernel *);
/* Put back what is in doubt: watch.h. */
void	route_mend(struct kernel *);
/* At exit: remove all, those of former runs too. */
void	route_remove_all(struct kernel *);
#endif
