/* SPDX-License-Identifier: ISC */
/* How the children limit themselves once they have what they need. */
#ifndef SROAMD_SANDBOX_H
#define SROAMD_SANDBOX_H

#include <stddef.h>

#include "ipc/ipc.h"

/*
 * For a child, last of all: no new privileges, resource limits, and a list of
 * the system calls of its kind, with their arguments where these matter; any
 * other kills it, but in the resolver, where it fails.  It may use descriptors
 * that it has or receives, and make no others; it can signal nobody, and run
 * no octets that it has written.  Of files it may write only the given ones:
 * the store's.  The resolver opens files and makes sockets of IP, the examiner
 * opens files.  For all of its threads.  Programs with sanitizers need more
 * calls: for them the list is not applied.
 */
void	sandbox_child(enum proc_id, const int *files, size_t n);
#endif
