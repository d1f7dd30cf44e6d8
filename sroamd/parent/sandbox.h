/* SPDX-License-Identifier: ISC */
/* The privileges that the parent gives up once its children run. */
#ifndef SROAMD_PARENT_SANDBOX_H
#define SROAMD_PARENT_SANDBOX_H

/*
 * It keeps CAP_NET_ADMIN (routes, addresses, links), CAP_NET_RAW (packet
 * sockets on later links) and CAP_NET_BIND_SERVICE (a reload may add a port
 * below 1024).  It stays user 0, so that a reload can read root's files and
 * files that all may read, and replace sockets and the state folder, which are
 * root's.  All other capabilities are dropped: without CAP_DAC_OVERRIDE it
 * reads no other files, and without CAP_KILL it ends children by closing their
 * pipes.  User 0 without capabilities still owns root's files: this limits the
 * harm that a compromised parent can do, but does not prevent it.  It can
 * start no programs, processes or threads any more.
 */
void	sandbox_parent(void);
#endif
