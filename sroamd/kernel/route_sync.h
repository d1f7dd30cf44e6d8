/* SPDX-License-Identifier: ISC */
/* Makes the routes of the kernel what is wanted: route.h. */
#ifndef SROAMD_KERNEL_ROUTE_SYNC_H
#define SROAMD_KERNEL_ROUTE_SYNC_H

struct conf_global;
struct kernel;
struct kroute;
struct place;

/* Handle all changes, at the end of a turn. */
void	route_flush(struct kernel *);
/* Try again what the kernel refused. */
void	route_retry(struct kernel *);
/* End the drains that are due. */
void	route_drain(struct kernel *);
/* Put back what is in doubt: watch.h. */
void	route_mend(struct kernel *);
/* Remove it from all places but these; it has those of a configuration. */
void	route_reduce(struct kernel *, struct kroute *, const struct place *,
	    const struct conf_global *);
/* At exit: remove all, those of former runs too. */
void	route_remove_all(struct kernel *);
#endif
