/* SPDX-License-Identifier: ISC */
/* What the parent gives up once its children run. */
#ifndef SROAMD_PARENT_SANDBOX_H
#define SROAMD_PARENT_SANDBOX_H

/*
 * What stays is CAP_NET_ADMIN (routes, addresses, links), CAP_NET_RAW (packet
 * sockets on links that come later) and CAP_NET_BIND_SERVICE (a reload may
 * bring a port below 1024).  It keeps user 0, so files that belong to root or
 * that all may read can be read again by a reload, and sockets and the state
 * folder, being root's, be replaced; nothing else can: CAP_DAC_OVERRIDE and
 * its kin are gone, and so is CAP_KILL, so children are ended by closing their
 * pipes.  But user 0 without capabilities still owns what root owns: this
 * limits what a broken parent can do to the system, it does not make it
 * harmless.  Programs, processes and threads it starts none any more.
 */
void	sandbox_parent(void);
#endif
