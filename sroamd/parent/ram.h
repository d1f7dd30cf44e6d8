/* SPDX-License-Identifier: ISC */
/* How much memory the daemon may take where the configuration does not say. */
#ifndef SROAMD_PARENT_RAM_H
#define SROAMD_PARENT_RAM_H

#include <stdint.h>

/*
 * A quarter of the machine's memory, or of what cgroups leave of it to this
 * process when it is asked first; MB, RAM_MIN to RAM_MAX.
 */
uint32_t	ram_share(void);
/*
 * Octets: the least limit of a cgroup, as a line of /proc/self/cgroup names it,
 * and of those above it; UINT64_MAX: none.  root is where cgroups are mounted.
 */
uint64_t	ram_cgroup(const char *root, const char *line);

#define RAM_MIN		4
#define RAM_MAX		1536	/* the engine itself gets 2 GB */
#endif
