/* SPDX-License-Identifier: ISC */
/*
 * The interfaces that hostapd makes beside an access point, of nl80211's type
 * AP_VLAN: for each VLAN of stations (vlan_file, RADIUS, wpa_psk_file), or for
 * a 4-address station.  One that is in the access point's own bridge is a port
 * like others; stations are kept under the access point.  One that is not, but
 * in that of its VLAN, is apart: its stations are of another network, and kept
 * under the interface itself.
 */
#ifndef SROAMD_KERNEL_AP_VLAN_H
#define SROAMD_KERNEL_AP_VLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

struct kernel;
struct knode;

/* Find out which are apart, after a change of any. */
void		ap_vlan_update(struct kernel *);
/* Its access point's index, if it is apart; else its own. */
uint32_t	ap_vlan_ap(const struct knode *);
/* Whether both are the same access point, or interfaces of it. */
bool		ap_vlan_related(const struct knode *, const struct knode *);
/*
 * Under which interface a station of an access point is kept that has some
 * which are apart: asked of the driver; 0: it has none such.
 */
uint32_t	ap_vlan_where(struct kernel *, const struct knode *,
		    const struct mac *);
#endif
