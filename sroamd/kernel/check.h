/* SPDX-License-Identifier: ISC */
/*
 * Settings of the system that operators forget: one log line each, at start and
 * after a reload.
 */
#ifndef SROAMD_KERNEL_CHECK_H
#define SROAMD_KERNEL_CHECK_H

struct kernel;

void		 check_conf(struct kernel *);
#endif
