/* SPDX-License-Identifier: ISC */
/* How much memory a process uses, for `show memory`. */
#ifndef SROAMD_MEMORY_H
#define SROAMD_MEMORY_H

#include "common/ctl.h"

/* Before chroot: opens what memory_fill reads.  child_drop calls it. */
void	memory_init(void);
/* Process, pid, rss and heap; the objects are the caller's to fill in. */
void	memory_fill(struct ctl_memory *, enum ctl_process);
#endif
