/* SPDX-License-Identifier: ISC */
/*
 * Settings of the system without which stations are not served, beside
 * forwarding (netconf.h).  The kernel tells of few of them, so they are read
 * now and then, and named in the log.  They are never written.
 */
#ifndef SROAMD_KERNEL_SYSCTL_H
#define SROAMD_KERNEL_SYSCTL_H

#include <stdint.h>

struct kernel;

/* The value of a file with a small number, or -1. */
int	sysctl_read(const char *path);
/* Log which are wrong, and which are right again. */
void	sysctl_check(struct kernel *);
/* The next look names all that are wrong once more. */
void	sysctl_forget(struct kernel *);
#endif
