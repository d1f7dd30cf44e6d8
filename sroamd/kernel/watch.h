/* SPDX-License-Identifier: ISC */
/*
 * Events of our routes and neighbours.  One that contradicts what we believe
 * to be there puts that in doubt, until mend.h looks at it.
 */
#ifndef SROAMD_KERNEL_WATCH_H
#define SROAMD_KERNEL_WATCH_H

struct kernel;

int	watch_open(struct kernel *);
/* Another table may be ours now. */
void	watch_conf(struct kernel *);
void	watch_close(struct kernel *);
#endif
