/* SPDX-License-Identifier: ISC */
/* Routes of a former run; the neighbour entries say whose they are. */
#ifndef SROAMD_KERNEL_ADOPT_H
#define SROAMD_KERNEL_ADOPT_H

struct kernel;

/* At start: read what a former run left, and report it to the engine. */
void		 adopt_former(struct kernel *);
#endif
