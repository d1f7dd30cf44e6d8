/* SPDX-License-Identifier: ISC */
/*
 * What our processes give up once they have what they need.
 */
#ifndef SROAMD_SANDBOX_H
#define SROAMD_SANDBOX_H

#include <stddef.h>

/*
 * The parent, when its children run.  What stays is CAP_NET_ADMIN (routes,
 * addresses, links), CAP_NET_RAW (packet sockets on links that come later)
 * and CAP_NET_BIND_SERVICE (a reload may bring a port below 1024).  It keeps
 * user 0, so files that belong to root or that all may read can be read
 * again by a reload, and sockets and the state folder, being root's, be
 * replaced; nothing else can: CAP_DAC_OVERRIDE and its kin are gone, and so
 * is CAP_KILL, so children are ended by closing their pipes.  But user 0
 * without capabilities still owns what root owns: this limits what a broken
 * parent can do to the system, it does not make it harmless.
 */
void	sandbox_parent(void);

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
