/* SPDX-License-Identifier: ISC */
/*
 * Settings of the system that operators forget: one log line each, at start and
 * after a reload; of ports, which come later, too.
 */
#ifndef SROAMD_KERNEL_CHECK_H
#define SROAMD_KERNEL_CHECK_H

struct kernel;

void	check_conf(struct kernel *);
/*
 * Whether stations of several ports of a bridge can play the gateway to each
 * other; once a minute, and (check_isolation) after each look at nftables.
 */
void	check_ports(struct kernel *);
void	check_isolation(struct kernel *);
#endif
