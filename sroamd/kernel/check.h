/* SPDX-License-Identifier: ISC */
/* What operators forget: one line each, at start and after a reload. */
#ifndef SROAMD_KERNEL_CHECK_H
#define SROAMD_KERNEL_CHECK_H

struct kernel;

void		 check_conf(struct kernel *);
#endif
