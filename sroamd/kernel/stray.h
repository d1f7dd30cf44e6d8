/* SPDX-License-Identifier: ISC */
/*
 * Routes of other programs where only ours may be, and that would come before
 * ours or pass for one of them.  They are removed as soon as the kernel tells
 * of them, or by the walk of each minute.
 */
#ifndef SROAMD_KERNEL_STRAY_H
#define SROAMD_KERNEL_STRAY_H

#include <sys/queue.h>

#include <stdbool.h>

#include "kernel/nlmsg.h"

struct kernel;

#define STRAYS_MAX	64	/* more of them are left to a walk */

struct kstray {
	TAILQ_ENTRY(kstray)	entry;
	struct kernel_rt	rt;
};
TAILQ_HEAD(kstray_list, kstray);

/*
 * Whether this is the place of our routes alone: in our own table as long a
 * prefix as that of a station, or a longer one, in a prefix of stations; in the
 * main table any in those with our protocol.
 */
bool	stray_place(struct kernel *, const struct kernel_rt *);
/* An event told of one that is not ours there. */
void	stray_note(struct kernel *, const struct kernel_rt *);
/* Remove those, unless they have become ours. */
void	stray_mend(struct kernel *);
/* Remove one; ours beside it is set again. */
void	stray_remove(struct kernel *, const struct kernel_rt *);
void	stray_free_all(struct kernel *);
#endif
