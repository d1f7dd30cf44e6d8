/* SPDX-License-Identifier: ISC */
/* Looks at all that is in doubt: what an event contradicts. */
#ifndef SROAMD_KERNEL_DOUBT_H
#define SROAMD_KERNEL_DOUBT_H

struct kernel;

void	doubt_run(struct kernel *);
#endif
