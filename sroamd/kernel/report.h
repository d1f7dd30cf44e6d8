/* SPDX-License-Identifier: ISC */
/* What the engine learns of an interface of the configuration. */
#ifndef SROAMD_KERNEL_REPORT_H
#define SROAMD_KERNEL_REPORT_H

struct kernel;
struct kiface;

/* Unless nothing has changed. */
void		 iface_report(struct kernel *, struct kiface *);
#endif
