/* SPDX-License-Identifier: ISC */
/* Whose stations are at a port of a bridge, as serve.h has found out. */
#ifndef SROAMD_KERNEL_PORT_H
#define SROAMD_KERNEL_PORT_H

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct kiface;
struct knode;

/*
 * The interface whose stations are in this VLAN of a port, which is 0 where the
 * bridge does not tell them apart; or NULL: none of ours.
 */
struct kiface	*port_iface(struct kernel *, const struct knode *,
		    uint16_t vid);
/* Whether there may be stations of the interface. */
bool		 port_has(struct kernel *, const struct knode *,
		    const struct kiface *);
/* One of ours whose stations may be there, or NULL. */
struct kiface	*port_any(struct kernel *, const struct knode *);
/* Whether the interface names it among its ports. */
bool		 port_is_listed(const struct kiface *, const struct knode *);
#endif
