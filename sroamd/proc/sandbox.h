/* SPDX-License-Identifier: ISC */
/* What the children give up once they have what they need. */
#ifndef SROAMD_SANDBOX_H
#define SROAMD_SANDBOX_H

#include <stddef.h>

/*
 * A child, last of all: no new privileges, limits, and a list of the system
 * calls it may make, any other of which kills it.  It may use descriptors
 * that it has or is handed, and make none but from them.  Without effect on
 * system calls when built with sanitizers, which need more.  Of files it may
 * write only those given: the store's.  For all of its threads.
 */
void	sandbox_child(const int *files, size_t n);

/*
 * The resolver: no new privileges, and limits.  It runs what the C library
 * loads to resolve names, and whatever calls that needs; it holds nothing.
 */
void	sandbox_resolver(void);
#endif
