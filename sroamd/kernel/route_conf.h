/* SPDX-License-Identifier: ISC */
/* The routes of stations after a reload: k->conf is new. */
#ifndef SROAMD_KERNEL_ROUTE_CONF_H
#define SROAMD_KERNEL_ROUTE_CONF_H

struct conf_global;
struct kernel;

/*
 * What goes to another table, or to another metric in that of a VRF, where
 * nothing replaces it, is removed before it is set again.
 */
void	route_conf(struct kernel *, const struct conf_global *old);
#endif
