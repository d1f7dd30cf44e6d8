/* SPDX-License-Identifier: ISC */
/* A netlink socket on which the kernel reports changes, read from the loop. */
#ifndef SROAMD_KERNEL_MONITOR_H
#define SROAMD_KERNEL_MONITOR_H

#include <linux/filter.h>

#include "kernel/netlink.h"

struct event_base;
struct netlink_monitor;

/* lost: events were dropped, so dump again.  NULL: failed (logged). */
struct netlink_monitor	*netlink_monitor_open(struct event_base *, int protocol,
			    const int *groups, unsigned int ngroups,
			    struct sock_filter *, unsigned int nfilter,
			    netlink_each *, void (*lost)(void *), void *arg);
/* Another filter of datagrams, in place of the last one. */
void			 netlink_monitor_filter(struct netlink_monitor *,
			    struct sock_filter *, unsigned int nfilter);
/* Read all events that are there. */
void			 netlink_monitor_read(struct netlink_monitor *);
void			 netlink_monitor_close(struct netlink_monitor *);
#endif
