/* SPDX-License-Identifier: ISC */
/* What the engine is told of an interface of the configuration. */
#ifndef SROAMD_KERNEL_TELL_H
#define SROAMD_KERNEL_TELL_H

struct kernel;
struct kiface;

/* Unless it is what was told last. */
void		 iface_tell(struct kernel *, struct kiface *);
#endif
