/* SPDX-License-Identifier: ISC */
/*
 * Access points that serve one of our interfaces: each link has its struct kap.
 */
#ifndef SROAMD_KERNEL_AP_H
#define SROAMD_KERNEL_AP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "msg.h"

struct event;
struct kernel;
struct kiface;
struct knode;

/* An access point whose stations are watched. */
struct kap {
	struct kernel	*kernel;
	uint32_t	 ifindex;
	int		 fd;		/* XID frames; -1: none can be had */
	struct event	*readable;
	bool		 attached;	/* to hostapd, by this name: */
	char		 name[16];
};

void		ap_watch(struct kernel *, struct knode *);
void		ap_unwatch(struct kernel *, struct knode *);
/* Ask for its stations, and report new ones as this kind. */
void		ap_dump(struct kernel *, const struct knode *,
		    enum sighting_kind);
void		ap_report(struct kernel *, const struct kiface *);
/* The same of one, which has stations of another interface now. */
void		ap_again(struct kernel *, const struct knode *);
/* Whether hostapd can drop stations at all access points of the interface. */
bool		ap_drops(struct kernel *, const struct kiface *);
/*
 * Read the XID frames that have come, where a station could be taken for one of
 * the access point that is in a VLAN.
 */
void		ap_read(struct kernel *);
/*
 * The interface of the same access point under which a station is kept; 0: none
 * knows it.
 */
uint32_t	ap_of(struct kernel *, const struct knode *,
		    const struct mac *);
#endif
