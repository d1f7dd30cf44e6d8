/* SPDX-License-Identifier: ISC */
/* Routes of a former run, and whose they are, by the neighbour entries. */
#ifndef SROAMD_KERNEL_ADOPT_H
#define SROAMD_KERNEL_ADOPT_H

struct kernel;

/* At start: learn what a former run left, and tell the engine. */
void		 adopt_former(struct kernel *);
#endif
