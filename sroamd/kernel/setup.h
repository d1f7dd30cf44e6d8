/* SPDX-License-Identifier: ISC */
/* The settings of interfaces are made while they are there, and taken back. */
#ifndef SROAMD_KERNEL_SETUP_H
#define SROAMD_KERNEL_SETUP_H

struct conf;
struct kernel;
struct kiface;
struct knode;

/* Match a new configuration with our interfaces, by name. */
void	iface_conf(struct kernel *, const struct conf *);
void	iface_appeared(struct kernel *, struct kiface *, struct knode *);
void	iface_vanished(struct kernel *, struct kiface *);
void	iface_setup(struct kernel *, struct kiface *);
void	iface_restore(struct kernel *, struct kiface *);
void	iface_free(struct kernel *, struct kiface *);
#endif
