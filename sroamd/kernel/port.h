/* SPDX-License-Identifier: ISC */
/*
 * The interface of the configuration whose stations are at a port of a bridge
 * or at an access point.
 */
#ifndef SROAMD_KERNEL_PORT_H
#define SROAMD_KERNEL_PORT_H

struct kernel;
struct knode;

/*
 * Find it again after a change.  An access point that serves one of ours is
 * watched, another is not.
 */
void		 port_serves(struct kernel *, struct knode *);
#endif
