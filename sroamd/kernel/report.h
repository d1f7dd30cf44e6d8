/* SPDX-License-Identifier: ISC */
/* Reports an interface of the configuration to the engine. */
#ifndef SROAMD_KERNEL_REPORT_H
#define SROAMD_KERNEL_REPORT_H

struct kernel;
struct kiface;

/* Report it if it has changed. */
void		 iface_report(struct kernel *, struct kiface *);
#endif
