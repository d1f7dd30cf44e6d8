/* SPDX-License-Identifier: ISC */
/* Events of nl80211: which interfaces are access points, and their stations. */
#ifndef SROAMD_KERNEL_WIFI_H
#define SROAMD_KERNEL_WIFI_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

struct kernel;
struct kiface;
struct knode;

void	wifi_open(struct kernel *);
void	wifi_close(struct kernel *);
void	wifi_conf(struct kernel *);
void	wifi_roles(struct kernel *);	/* of all interfaces, asked */
void	wifi_link(struct kernel *, struct knode *);
void	wifi_check(struct kernel *, uint32_t ifindex, const struct mac *);
/* 0, or -1: there is no hostapd to ask. */
int	wifi_drop(struct kernel *, const struct knode *, const struct mac *,
	    bool silent);
#endif
