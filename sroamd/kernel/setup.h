/* SPDX-License-Identifier: ISC */
/* The settings of interfaces are made while they are there, and taken back. */
#ifndef SROAMD_KERNEL_SETUP_H
#define SROAMD_KERNEL_SETUP_H

struct conf;
struct kernel;
struct kernel_addr;
struct kiface;
struct knode;

/* Match a new configuration with our interfaces, by name. */
void	iface_conf(struct kernel *, const struct conf *);
void	iface_appeared(struct kernel *, struct kiface *, struct knode *);
void	iface_vanished(struct kernel *, struct kiface *);
void	iface_setup(struct kernel *, struct kiface *);
/* What another program takes from it: an address; its MAC address. */
void	iface_addr_lost(struct kernel *, struct kiface *,
	    const struct kernel_addr *);
void	iface_mac_lost(struct kernel *, struct kiface *);
void	iface_mend(struct kernel *, struct kiface *);
void	iface_restore(struct kernel *, struct kiface *);
void	iface_free(struct kernel *, struct kiface *);
#endif
